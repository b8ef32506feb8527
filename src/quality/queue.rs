//! What a reviewer should look at first: the expected gain of reviewing a flagged value.

use super::QueueConfig;
use super::catalogue::test_named;
use crate::model::{CharacteristicName as Name, Flag};

/// Why a flagged value is worth a look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Review {
    /// Probability that the value is wrong.
    pub wrong: f64,
    /// Importance of the characteristic.
    pub importance: f64,
    /// Expected gain: the product of the two.
    pub gain: f64,
}

/// Weighs a flagged value by its confidence and the tests that it did not pass.
///
/// The tests' odds are weights of evidence, not calibrated: together they never make more than 0.99.
pub fn review<'a>(
    name: Name,
    confidence: f64,
    flag: Flag,
    tests: impl Iterator<Item = &'a str>,
    config: &QueueConfig,
) -> Review {
    let doubt = (1.0 - confidence).clamp(0.01, 0.95);
    let odds = tests.fold(doubt / (1.0 - doubt), |odds, test| odds * test_named(test).map_or(1.0, |test| test.odds));
    let wrong = (odds / (1.0 + odds)).min(0.99);
    let importance = match name {
        Name::FoF2 => config.fo_f2,
        Name::M3000F2 | Name::Muf3000F2 => config.m3000,
        Name::HF | Name::HF2 | Name::HpF2 => config.heights,
        Name::FoF1 | Name::FoE | Name::FoEs => config.lower_layers,
        _ => config.others,
    };
    // What failed is not used by anyone: a review can only win it back.
    let importance = if flag == Flag::Fail { config.failed * importance } else { importance };
    Review { wrong, importance, gain: wrong * importance }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubt_and_importance_raise_the_gain() {
        let gain = |name, confidence, tests: &str| {
            review(name, confidence, Flag::Suspect, tests.split_whitespace(), &QueueConfig::default()).gain
        };
        assert!(gain(Name::FoF2, 0.5, "confidence") > gain(Name::FoF2, 0.8, "confidence"));
        assert!(gain(Name::FoF2, 0.8, "spike") > gain(Name::FoF2, 0.8, "qualified"));
        assert!(gain(Name::FoF2, 0.8, "spike") > gain(Name::Fmin, 0.8, "spike"));
        assert!(gain(Name::FoF2, 0.0, "range spike step") <= 0.99);
    }
}

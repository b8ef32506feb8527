//! What a reviewer should look at first: the expected gain of reviewing a value.

use super::QueueConfig;
use super::error_probability::probability;
use crate::model::{CharacteristicName as Name, Flag};

/// Why a value is worth a look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Review {
    /// Probability that the value is wrong.
    pub error_probability: f64,
    /// Importance of the characteristic.
    pub importance: f64,
    /// Expected gain: the product of the two.
    pub gain: f64,
}

/// What reviewing a value would gain; `None` if it has no flag and is most likely right.
///
/// `evidence` is the log odds that it is wrong, but for the tests that it did not pass; what has none is weighed by its confidence, and
/// queued only if it is flagged.
pub fn review<'a>(
    name: Name,
    (confidence, evidence): (f32, Option<f32>),
    flag: Flag,
    tests: impl Iterator<Item = &'a str>,
    config: &QueueConfig,
) -> Option<Review> {
    let doubt = (1.0 - f64::from(confidence)).clamp(0.01, 0.95);
    let odds = evidence.map_or((doubt / (1.0 - doubt)).ln(), f64::from);
    let error_probability = probability(odds, tests);
    let is_queued = match flag {
        Flag::Suspect | Flag::Fail => true,
        Flag::Pass => evidence.is_some() && error_probability >= config.least_error_probability,
        Flag::NotEvaluated | Flag::Missing => false,
    };
    let importance = match name {
        Name::FoF2 => config.fo_f2,
        Name::M3000F2 | Name::Muf3000F2 => config.m3000,
        Name::HF | Name::HF2 | Name::HpF2 => config.heights,
        Name::FoF1 | Name::FoE | Name::FoEs => config.lower_layers,
        _ => config.others,
    };
    // What failed is not used by anyone: a review can only win it back.
    let importance = if flag == Flag::Fail { config.failed * importance } else { importance };
    is_queued.then_some(Review { error_probability, importance, gain: error_probability * importance })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubt_and_importance_raise_the_gain() {
        let gain = |name, confidence, evidence, tests: &str| {
            let tests = tests.split_whitespace();
            review(name, (confidence, evidence), Flag::Suspect, tests, &QueueConfig::default()).unwrap().gain
        };
        assert!(gain(Name::FoF2, 0.5, None, "confidence") > gain(Name::FoF2, 0.8, None, "confidence"));
        assert!(gain(Name::FoF2, 0.8, Some(1.0), "") > gain(Name::FoF2, 0.8, Some(-1.0), ""));
        assert!(gain(Name::FoF2, 0.8, None, "spike") > gain(Name::FoF2, 0.8, None, "qualified"));
        assert!(gain(Name::FoF2, 0.8, None, "spike") > gain(Name::Fmin, 0.8, None, "spike"));
        assert!(gain(Name::FoF2, 0.0, None, "gross_range rate_of_change spike") <= 0.99);
    }

    #[test]
    fn what_has_no_flag_is_queued_where_it_may_be_wrong() {
        let is_queued = |flag, evidence| {
            review(Name::FoF2, (0.5, evidence), flag, std::iter::empty(), &QueueConfig::default()).is_some()
        };
        assert!(is_queued(Flag::Suspect, None) && is_queued(Flag::Fail, Some(-9.0)));
        assert!(is_queued(Flag::Pass, Some(-2.0)));
        assert!(!is_queued(Flag::Pass, Some(-9.0)) && !is_queued(Flag::Pass, None));
        assert!(!is_queued(Flag::Missing, Some(2.0)) && !is_queued(Flag::NotEvaluated, Some(2.0)));
    }
}

//! The letters that go with what was seen, by the rules in `letters.toml`.

use crate::model::CharacteristicName;
use serde::Deserialize;
use std::sync::LazyLock;

/// Qualifying and descriptive letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Letters {
    pub(super) qualifier: Option<char>,
    pub(super) descriptor: Option<char>,
}

/// What evidence there is about a characteristic that is not plainly read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Condition {
    /// The frame shows no echo at all.
    NoEcho,
    /// Sporadic E is seen and nothing above it.
    Blanketed,
    /// Sporadic E hides the low end of a trace that still rises where it begins.
    BlanketedLowEnd,
    /// Nothing shows through the sheet.
    BlanketsAll,
    /// The layer above shows as low as the sheet itself.
    Transparent,
    /// Other echoes show, this one does not.
    Absorbed,
    /// Echoes of higher layers show from the first frequency of the sweep on.
    BelowBand,
    /// The lowest trace comes down from the cusp of a layer whose own echo is not seen.
    LowerMissed,
    /// The lowest echo stands at the first frequency of the sweep.
    AtBandStart,
    /// The trace ends with the sweep.
    BeyondBand,
    /// The trace leaves the film at its upper edge.
    BeyondHeights,
    /// The trace ends below its cusp.
    Fades,
    /// The bounds of a critical frequency are wider than a plain value may have.
    UncertainCusp,
    /// The same for a height.
    UncertainHeight,
    /// The same for the low end of a trace.
    UncertainEnd,
    /// The F trace is spread in frequency.
    Spread,
    /// The F trace is spread in range.
    RangeSpread,
    /// O is deduced from X.
    FromX,
    /// X is deduced from O.
    FromO,
    /// Normal E is seen and no sheet denser than it.
    NoDenser,
    /// A ledge without a definite cusp.
    NoDefiniteCusp,
    /// A thick E layer long after sunset.
    Particles,
    /// The third component shows beside O and X.
    ThirdSeen,
    /// Interference hides the film where the value lies.
    Interfered,
    /// An echo shows, and what it is cannot be told.
    NotTold,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    condition: Condition,
    /// Empty for all.
    characteristics: Vec<CharacteristicName>,
    qualifier: Option<char>,
    descriptor: Option<char>,
    #[cfg_attr(not(test), expect(dead_code, reason = "for people, and tested to be there"))]
    source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rules {
    #[cfg_attr(not(test), expect(dead_code, reason = "names the rules for people"))]
    version: u32,
    rule: Vec<Rule>,
}

/// The shipped rules; a test reads them whole.
static RULES: LazyLock<Option<Rules>> = LazyLock::new(|| toml::from_str(include_str!("letters.toml")).ok());

/// The letters of a characteristic under a condition; none where no rule speaks of it.
pub(super) fn letters(name: CharacteristicName, condition: Condition) -> Letters {
    let speaks = |rule: &&Rule| {
        rule.condition == condition && (rule.characteristics.is_empty() || rule.characteristics.contains(&name))
    };
    let rule = RULES.as_ref().and_then(|rules| rules.rule.iter().find(speaks));
    rule.map_or(Letters::default(), |rule| Letters { qualifier: rule.qualifier, descriptor: rule.descriptor })
}

#[cfg(test)]
mod tests {
    use super::*;
    use CharacteristicName as Name;

    #[test]
    fn every_rule_has_letters_and_a_source() {
        let rules: Rules = toml::from_str(include_str!("letters.toml")).unwrap();
        assert_eq!(rules.version, 1);
        for rule in &rules.rule {
            assert!(rule.descriptor.is_some(), "{rule:?}");
            assert!(rule.source.starts_with("UAG-23 section"), "{rule:?}");
        }
    }

    #[test]
    fn letters_follow_the_evidence() {
        let t = |name, condition, text: &str| {
            let Letters { qualifier, descriptor } = letters(name, condition);
            let said: String = [qualifier, descriptor].into_iter().flatten().collect();
            assert_eq!(said, text, "{name:?} {condition:?}");
        };
        t(Name::FoF2, Condition::FromX, "JX");
        t(Name::FoF2, Condition::Blanketed, "A");
        t(Name::HF, Condition::BlanketedLowEnd, "EA");
        t(Name::Fmin, Condition::AtBandStart, "EE");
        t(Name::FoEs, Condition::NoDenser, "G");
        t(Name::FoF1, Condition::NoDefiniteCusp, "L");
        t(Name::FoE, Condition::Particles, "K");
        t(Name::FoF2, Condition::ThirdSeen, "Z");
        t(Name::FoF2, Condition::Interfered, "S");
        t(Name::Fmin, Condition::Interfered, "ES");
        t(Name::FoF2, Condition::NotTold, "N");
        t(Name::FxI, Condition::FromO, "OR");
        t(Name::FoF2, Condition::BeyondHeights, "W");
    }
}

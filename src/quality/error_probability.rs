//! The probability that a value is wrong, by all that is known of it: what the review queue is ordered by.
//!
//! A logistic regression over few facts, in log odds: an offset of the characteristic, the [`FACTS`], of which two weigh differently for each
//! characteristic, and the tests that the value did not pass. Wrong is a value that strays by more than letter U allows ([`tolerance`]), or that the film does not show. The weights stand in
//! `error_probability.toml`; `examples/fit_error_probability.rs` fits them on simulated film.

use super::catalogue::test_named;
use super::series::{NeighbourFit, Sounding};
use crate::model::{Characteristic, CharacteristicName as Name};
use crate::physics::x_of_o;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The names of the facts, in the order of [`Facts::known`].
pub const FACTS: [&str; 11] = [
    "confidence",
    "frame_confidence",
    "deviation",
    "scatter",
    "deviation_by_scatter",
    "frame_deviation",
    "alone",
    "spread",
    "letter_u",
    "letter_o",
    "excess",
];

/// The facts, by their place in [`FACTS`], that each characteristic has a weight of its own for besides the common one.
pub const OWN: [usize; 2] = [0, 2];

/// What is known of a value besides the tests.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Facts {
    /// Which characteristic.
    pub name: Name,
    /// Numbers in the order of [`FACTS`]: log odds of its confidence; mean of those of the frame; distance from its neighbours on the film and their own scatter, in
    /// tolerances; the one over the other; mean distance of the frame's values; 1 if it has no neighbours; if the frame shows spread echoes
    /// (letter F); if its letter is U; if it is O; of fxI by how much it exceeds fxF2 as foF2 has it, in tolerances.
    pub known: [f64; FACTS.len()],
}

/// What a value may stray by: the larger of 5 % and two reading units, 0.3 MHz of foF2 (the limits of letter U, URSI Handbook, UAG-23).
pub fn tolerance(name: Name, value: f64) -> f64 {
    if name == Name::FoF2 { 0.3 } else { (0.05 * value.abs()).max(2.0 * name.reading_unit()) }
}

/// Deviation and scatter of a value without neighbours: the usual ones, so that only "alone" speaks.
const USUAL: [f64; 2] = [0.4, 0.3];

/// The facts of each value of a frame; `None` for what has no value or was added.
pub(super) fn facts(frame: &Sounding, around: &[Option<NeighbourFit>]) -> Vec<Option<Facts>> {
    let is_value =
        |place: &usize| !frame.values[*place].is_added() && frame.values[*place].characteristic.value.is_some();
    let places: Vec<usize> = (0..frame.values.len()).filter(is_value).collect();
    let logit = |place: usize| {
        let confidence = f64::from(frame.values[place].characteristic.confidence).clamp(0.01, 0.99);
        (confidence / (1.0 - confidence)).ln()
    };
    let distance = |place: usize| {
        let row = &frame.values[place].characteristic;
        let value = row.value.unwrap_or_default();
        around.get(place).copied().flatten().map_or(USUAL, |around| {
            let allowed = tolerance(row.name, value);
            [((value - around.expected).abs() / allowed).min(3.0), (around.scatter / allowed).min(2.0)]
        })
    };
    let mean =
        |of: &dyn Fn(usize) -> f64| places.iter().map(|&place| of(place)).sum::<f64>() / places.len().max(1) as f64;
    let (frame_logit, frame_deviation) = (mean(&logit), mean(&|place| distance(place)[0]));
    let is_spread = frame.values.iter().any(|flagged| flagged.characteristic.descriptor == Some('F'));
    let excess = |row: &Characteristic| {
        let value =
            |name: Name| frame.values.iter().find(|flagged| flagged.characteristic.name == name)?.characteristic.value;
        let known = value(Name::FoF2).zip(frame.gyro_mhz).zip(row.value).filter(|_| row.name == Name::FxI);
        known.map_or(0.0, |((fo, gyro), fx)| ((fx - x_of_o(fo, gyro)) / tolerance(row.name, fx)).clamp(0.0, 3.0))
    };
    let number = |is: bool| f64::from(u8::from(is));
    let of = |place: usize| {
        let row = &frame.values[place].characteristic;
        let is_alone = around.get(place).copied().flatten().is_none();
        let [deviation, scatter] = distance(place);
        let by_scatter = if is_alone { 0.0 } else { (deviation / (scatter + 0.2)).min(5.0) };
        Facts {
            name: row.name,
            known: [
                logit(place),
                frame_logit,
                deviation,
                scatter,
                by_scatter,
                frame_deviation,
                number(is_alone),
                number(is_spread),
                number(row.qualifier == Some('U')),
                number(row.qualifier == Some('O')),
                excess(row),
            ],
        }
    };
    (0..frame.values.len()).map(|place| is_value(&place).then(|| of(place))).collect()
}

/// Weights, in log odds.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Weights {
    /// Of a characteristic as such.
    offset: BTreeMap<Name, f64>,
    /// For each of the facts.
    facts: BTreeMap<String, f64>,
    /// What a characteristic adds to these.
    own: BTreeMap<Name, BTreeMap<String, f64>>,
    /// Of tests that did not pass, where they were seen often enough; else the logarithm of the odds in the catalogue.
    tests: BTreeMap<String, f64>,
}

#[expect(clippy::expect_used, reason = "the file is part of the program and a test reads it")]
static WEIGHTS: LazyLock<Weights> =
    LazyLock::new(|| toml::from_str(include_str!("error_probability.toml")).expect("error_probability.toml"));

/// Log odds that a value is wrong, but for the tests that it did not pass; `None` of characteristics that were not fitted.
pub(super) fn evidence(facts: &Facts) -> Option<f64> {
    let offset = WEIGHTS.offset.get(&facts.name)?;
    let own = WEIGHTS.own.get(&facts.name);
    let weight = |fact: &str| {
        let common = WEIGHTS.facts.get(fact).copied().unwrap_or(0.0);
        common + own.and_then(|own| own.get(fact)).copied().unwrap_or(0.0)
    };
    Some(offset + FACTS.iter().zip(facts.known).map(|(fact, number)| weight(fact) * number).sum::<f64>())
}

/// Probability that a value is wrong, by the evidence and the tests that it did not pass.
pub(super) fn probability<'a>(evidence: f64, tests: impl Iterator<Item = &'a str>) -> f64 {
    let weight = |test: &str| {
        WEIGHTS.tests.get(test).copied().or_else(|| test_named(test).map(|test| test.odds.ln())).unwrap_or(0.0)
    };
    let odds = (evidence + tests.map(weight).sum::<f64>()).exp();
    (odds / (1.0 + odds)).clamp(0.0, 0.99)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weights_are_of_known_facts_and_tests() {
        assert!(WEIGHTS.tests.keys().all(|name| test_named(name).is_some()));
        assert!(FACTS.iter().all(|fact| WEIGHTS.facts.contains_key(*fact)) && WEIGHTS.facts.len() == FACTS.len());
        let known = OWN.map(|place| FACTS[place]);
        assert!(WEIGHTS.own.values().flat_map(BTreeMap::keys).all(|fact| known.contains(&fact.as_str())));
    }

    #[test]
    fn doubt_of_the_neighbours_and_tests_make_a_value_likelier_to_be_wrong() {
        let of = |confidence: f64, deviation: f64, tests: &str| {
            let known = [confidence, 1.0, deviation, 0.2, deviation / 0.4, 0.3, 0.0, 0.0, 0.0, 0.0, 0.0];
            probability(evidence(&Facts { name: Name::FoF2, known }).unwrap(), tests.split_whitespace())
        };
        assert!(of(0.0, 0.2, "") > of(2.0, 0.2, ""));
        assert!(of(2.0, 2.0, "") > of(2.0, 0.2, ""));
        assert!(of(2.0, 0.2, "spike") > of(2.0, 0.2, ""));
        assert!(of(-4.0, 3.0, "gross_range rate_of_change spike") <= 0.99);
    }
}

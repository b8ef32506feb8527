//! All quality tests: names, flags, and how much each says against a value. docs/quality.md explains every one.

use crate::model::Flag;
use serde::{Deserialize, Deserializer};

/// What a test looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// One frame as a whole: its film, axes, caption.
    Frame,
    /// One value, with the others of its frame.
    Value,
    /// The frames of a segment in their order.
    Roll,
    /// The whole dataset.
    Dataset,
}

/// A quality test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Test {
    /// Its name in the column `tests`.
    pub name: &'static str,
    /// What it looks at.
    pub scope: Scope,
    /// The flag of what does not pass.
    pub flag: Flag,
    /// Odds by which a failure makes a value likelier to be wrong (1), where `error_probability.toml` has none that
    /// were measured: for the order of the review queue, and what its fit starts from.
    pub odds: f64,
    /// What does not pass, in a few words.
    pub brief: &'static str,
}

const fn test(name: &'static str, scope: Scope, flag: Flag, odds: f64, brief: &'static str) -> Test {
    Test { name, scope, flag, odds, brief }
}

/// Every test, in the order of the data flow.
pub const CATALOGUE: &[Test] = {
    use Flag::{Fail, Suspect};
    use Scope::{Dataset, Frame, Roll, Value};
    &[
        test("frame_class", Frame, Fail, 50.0, "the frame holds no usable ionogram"),
        test("calibration_missing", Frame, Fail, 50.0, "the axes are not proved"),
        test("frequency_residual", Frame, Suspect, 4.0, "the frequency markers stray from the fitted sweep"),
        test("height_residual", Frame, Suspect, 3.0, "the height markers stray from the fitted axis"),
        test("identity_margin", Frame, Suspect, 4.0, "the identity of the frequency markers is not clear"),
        test("markers_found", Frame, Suspect, 2.0, "too few frequency markers were found"),
        test("masked_share", Frame, Suspect, 2.0, "much of the panel is unreadable"),
        test("interference_bands", Frame, Suspect, 2.0, "interference bands cover the panel"),
        test("time_withheld", Frame, Suspect, 1.2, "the time is not known"),
        test("station_withheld", Frame, Suspect, 1.2, "the station is not known"),
        test("caption_confidence", Frame, Suspect, 1.5, "the time is not sure"),
        test("caption_date", Frame, Suspect, 4.0, "the station code was not in use at the date"),
        test("gross_range", Value, Fail, 100.0, "outside the physical range"),
        test("confidence", Value, Suspect, 2.0, "low confidence of the reading"),
        test("bounds", Value, Suspect, 2.0, "wide bounds"),
        test("qualified", Value, Suspect, 1.5, "a limit or an uncertain value by its letter"),
        test("order", Value, Suspect, 5.0, "contradicts the order of the characteristics"),
        test("component_separation", Value, Suspect, 5.0, "O and X do not differ by the gyrofrequency's amount"),
        test("factor_product", Value, Suspect, 5.0, "MUF is not foF2 times the factor"),
        test("component_pair", Value, Suspect, 3.0, "topside O and X do not end as a pair"),
        test("hop_ratio", Value, Suspect, 4.0, "multiple echoes do not stand at multiples of the height"),
        test("trace_contrast", Value, Suspect, 2.0, "the trace is hardly stronger than the noise"),
        test("trace_coverage", Value, Suspect, 2.0, "little of the trace is seen"),
        test("fit_residual", Value, Suspect, 3.0, "the fitted trace and the seen one give different factors"),
        test("time_order", Roll, Suspect, 8.0, "the time does not follow the course of the roll"),
        test("duplicate_time", Roll, Suspect, 4.0, "another frame has the same time"),
        test("calibration_from_roll", Roll, Suspect, 2.0, "the axes are those of neighbouring frames"),
        test("axis_drift", Roll, Suspect, 10.0, "the axes differ from those of the neighbouring frames"),
        test("spike", Roll, Suspect, 12.0, "the value does not follow from its neighbours in time"),
        test("rate_of_change", Roll, Suspect, 5.0, "the series jumps"),
        test("flat_line", Roll, Suspect, 8.0, "the value does not change from frame to frame"),
        test(
            "diurnal_envelope",
            Roll,
            Suspect,
            4.0,
            "outside the spread of the same hour on other days of the segment",
        ),
        test("climatology", Roll, Suspect, 4.0, "far from the monthly median to be expected"),
        test("improbable", Roll, Suspect, 1.0, "all that is known of it together makes it likelier wrong than right"),
        test("monthly_envelope", Dataset, Suspect, 4.0, "outside the spread of the same hour of the month"),
        test("duplicate_frame", Dataset, Suspect, 4.0, "a frame of another segment has the same station and time"),
        test("film_table", Dataset, Suspect, 6.0, "film and table disagree"),
    ]
};

/// The test of a name.
pub fn test_named(name: &str) -> Option<&'static Test> {
    CATALOGUE.iter().find(|test| test.name == name)
}

/// The flag that names of tests call for: the worst of theirs. Names that are not in the catalogue call for "suspect".
pub fn worst_flag<'a>(names: impl Iterator<Item = &'a str>) -> Flag {
    names.map(|name| test_named(name).map_or(Flag::Suspect, |test| test.flag)).max().unwrap_or(Flag::Pass)
}

/// Reads the names of tests that are switched off; a name that is in no catalogue is an error.
pub(super) fn known_tests<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<String>, D::Error> {
    let names = Vec::<String>::deserialize(input)?;
    match names.iter().find(|name| test_named(name).is_none()) {
        None => Ok(names),
        Some(name) => {
            let all: Vec<&str> = CATALOGUE.iter().map(|test| test.name).collect();
            Err(serde::de::Error::custom(format!("there is no test {name}; the tests are {}", all.join(", "))))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_test_has_one_name_and_a_section_in_the_documentation() {
        let names: BTreeSet<&str> = CATALOGUE.iter().map(|test| test.name).collect();
        assert_eq!(names.len(), CATALOGUE.len());
        let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/quality.md")).unwrap();
        let missing: Vec<&str> = names.into_iter().filter(|name| !text.contains(&format!("| `{name}` |"))).collect();
        assert!(missing.is_empty(), "docs/quality.md does not explain {missing:?}");
    }

    #[test]
    fn the_worst_test_gives_the_flag() {
        let flag = |names: &str| worst_flag(names.split_whitespace());
        assert_eq!(flag(""), Flag::Pass);
        assert_eq!(flag("spike order"), Flag::Suspect);
        assert_eq!(flag("gross_range order"), Flag::Fail);
    }
}

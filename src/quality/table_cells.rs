//! Flags of the cells of legacy tables.

use crate::model::Flag;
use crate::table::{Reading, TableQualityConfig};

/// Judges a cell by the tests it did not pass and by how surely it was read.
pub fn qc_cell(cell: &Reading, config: &TableQualityConfig) -> (Flag, Vec<&'static str>) {
    let mut tests = cell.tests.clone();
    if cell.inferred {
        tests.push("inferred");
    }
    if cell.likelihood < config.cell_likelihood {
        tests.push("likelihood");
    }
    tests.sort_unstable();
    tests.dedup();
    let flag = if cell.value.is_none() {
        Flag::Missing
    } else if tests.iter().any(|test| matches!(*test, "gross_range" | "unit")) {
        Flag::Fail
    } else if tests.is_empty() {
        Flag::Pass
    } else {
        Flag::Suspect
    };
    (flag, tests)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_flagged_by_what_is_known_against_them() {
        let t = |value: Option<f64>, likelihood: f32, tests: &[&'static str]| {
            let mut cell = Reading::new("2006-07-01T00:00".parse().unwrap());
            (cell.value, cell.likelihood, cell.tests) = (value, likelihood, tests.to_vec());
            qc_cell(&cell, &TableQualityConfig::default())
        };
        assert_eq!(t(Some(5.3), 1.0, &[]), (Flag::Pass, vec![]));
        assert_eq!(t(None, 1.0, &[]), (Flag::Missing, vec![]));
        assert_eq!(t(Some(5.3), 0.5, &[]), (Flag::Suspect, vec!["likelihood"]));
        assert_eq!(t(Some(53.0), 1.0, &["gross_range", "unit"]), (Flag::Fail, vec!["gross_range", "unit"]));
        assert_eq!(t(Some(5.3), 1.0, &["day_mismatch"]), (Flag::Suspect, vec!["day_mismatch"]));
    }
}

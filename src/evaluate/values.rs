//! Characteristics: coverage and accuracy.

use super::report::Figures;
use super::series::FrameRecord;
use super::statistics::{mean, median_abs, rms, share_within};
use super::truth::Row;
use crate::model::CharacteristicName;
use std::collections::BTreeMap;

/// QARTOD flag of a value that must not be used.
const FAIL: u8 = 4;

#[derive(Default)]
struct Tally {
    errors: Vec<f64>,
    passed_errors: Vec<f64>,
    truths: usize,
    absent: usize,
    false_presence: usize,
    missed: usize,
    bounded: usize,
    held: usize,
}

/// Compares the characteristics by name. Readings that are limits only (letters D and E) do not count.
pub(super) fn compare(pairs: &[(&Row, &FrameRecord)]) -> Vec<Figures> {
    let mut tallies: BTreeMap<CharacteristicName, Tally> = BTreeMap::new();
    for (row, frame) in pairs {
        let Some(name) = row.text("characteristic").and_then(CharacteristicName::from_name) else { continue };
        let limit = matches!(row.text("qualifier"), Some("D" | "E"))
            || (row.text("value").is_none() && (row.text("lower").is_some() || row.text("upper").is_some()));
        if limit {
            continue;
        }
        let tally = tallies.entry(name).or_default();
        let ours = frame.values.iter().find(|value| value.name == name.as_str() && value.flag != FAIL);
        let value = ours.and_then(|ours| ours.value);
        match (row.number("value"), value) {
            (Some(truth), Some(value)) => {
                tally.truths += 1;
                tally.errors.push(value - truth);
                let ours = ours.filter(|ours| ours.flag == 1);
                tally.passed_errors.extend(ours.map(|_| value - truth));
                if let Some(ours) = frame.values.iter().find(|value| value.name == name.as_str()) {
                    tally.bounded += 1;
                    let inside =
                        ours.lower.is_none_or(|lower| truth >= lower) && ours.upper.is_none_or(|upper| truth <= upper);
                    tally.held += usize::from(inside);
                }
            }
            (Some(_), None) => {
                tally.truths += 1;
                tally.missed += 1;
            }
            (None, Some(_)) => {
                tally.absent += 1;
                tally.false_presence += 1;
            }
            (None, None) => tally.absent += 1,
        }
    }
    tallies.into_iter().map(|(name, tally)| figures(name, &tally)).collect()
}

fn figures(name: CharacteristicName, tally: &Tally) -> Figures {
    let unit = reading_unit(name);
    Figures {
        subject: format!("{} ({})", name.as_str(), name.unit()),
        figures: vec![
            ("truth", tally.truths as f64),
            ("scaled", tally.errors.len() as f64),
            ("coverage", tally.errors.len() as f64 / tally.truths as f64),
            ("bias", mean(&tally.errors)),
            ("rmse", rms(&tally.errors)),
            ("median", median_abs(&tally.errors)),
            ("in 1 unit", share_within(&tally.errors, unit * 1.0001)),
            ("in 5 units", share_within(&tally.errors, unit * 5.0001)),
            ("flag 1", tally.passed_errors.len() as f64),
            ("flag 1 in 5", share_within(&tally.passed_errors, unit * 5.0001)),
            ("in bounds", tally.held as f64 / tally.bounded as f64),
            ("missed", tally.missed as f64),
            ("absent", tally.absent as f64),
            ("false", tally.false_presence as f64),
        ],
        notes: Vec::new(),
    }
}

/// Reading resolution of a characteristic by the URSI Handbook; for topside quantities what film shows.
fn reading_unit(name: CharacteristicName) -> f64 {
    use CharacteristicName as Name;
    match name {
        Name::M3000F2 | Name::M3000F1 | Name::FoF1 | Name::FoE | Name::FoE2 => 0.05,
        Name::TopsideFoDeepest | Name::TopsideFxDeepest => 0.1,
        Name::TopsideRangeODeepest | Name::TopsideRangeXDeepest => 10.0,
        _ if name.unit() == "km" => 5.0,
        _ => 0.1,
    }
}

//! What the confidence of values is worth: error against coverage, and whether shares match probabilities.

use super::report::{CurvePoint, ReliabilityBin};
use super::statistics::{mean, median_abs, rms, share, share_within};
use super::values::Comparison;
use crate::model::CharacteristicName;
use std::collections::BTreeSet;

/// Steps of confidence in the curve and bins of the reliability table.
const STEPS: u32 = 20;
const BINS: u32 = 10;

fn names(comparisons: &[Comparison]) -> BTreeSet<CharacteristicName> {
    comparisons.iter().map(|comparison| comparison.name).filter(|name| name.unit() != "letters").collect()
}

/// For each characteristic: coverage and errors of the values from each confidence on.
pub(super) fn curve(comparisons: &[Comparison]) -> Vec<CurvePoint> {
    let mut curve = Vec::new();
    for name in names(comparisons) {
        let rows: Vec<&Comparison> = comparisons.iter().filter(|row| row.name == name).collect();
        let truths = rows.iter().filter(|row| row.truth.is_present()).count() as f64;
        let absent = rows.len() as f64 - truths;
        for step in 0..STEPS {
            let confidence = f64::from(step) / f64::from(STEPS);
            let kept = || rows.iter().filter(|row| row.ours.is_present() && row.confidence >= confidence);
            let errors: Vec<f64> = kept().filter_map(|row| row.error()).collect();
            if errors.is_empty() {
                break;
            }
            curve.push(CurvePoint {
                characteristic: name.as_str(),
                confidence,
                coverage: share(errors.len() as f64, truths),
                rmse: rms(&errors),
                median: median_abs(&errors),
                in_one_unit: share_within(&errors, name.reading_unit()),
                false_presence: share(kept().filter(|row| row.is_false()).count() as f64, absent),
            });
        }
    }
    curve
}

/// For each characteristic and bin of confidence: how often the value is there and within one reading unit of the truth.
/// A value that the film does not show counts as wrong.
pub(super) fn reliability(comparisons: &[Comparison]) -> Vec<ReliabilityBin> {
    let mut bins = Vec::new();
    for name in names(comparisons) {
        for bin in 0..BINS {
            let inside = |row: &&Comparison| ((row.confidence * f64::from(BINS)) as u32).min(BINS - 1) == bin;
            let rows: Vec<&Comparison> =
                comparisons.iter().filter(|row| row.name == name && row.ours.is_present()).filter(inside).collect();
            if rows.is_empty() {
                continue;
            }
            let right =
                |row: &&&Comparison| row.error().is_some_and(|error| error.abs() <= name.reading_unit() * 1.0001);
            bins.push(ReliabilityBin {
                characteristic: name.as_str(),
                from: f64::from(bin) / f64::from(BINS),
                values: rows.len(),
                mean_confidence: mean(&rows.iter().map(|row| row.confidence).collect::<Vec<_>>()),
                in_one_unit: share(rows.iter().filter(right).count() as f64, rows.len() as f64),
            });
        }
    }
    bins
}

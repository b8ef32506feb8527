//! The picture of whether confidence means what it says: the share of right values against confidence, a curve for each
//! characteristic and one for all together.

use super::coverage_error_plot::{Plane, SHOWN};
use crate::evaluate::ReliabilityBin;
use crate::plot::{Colour, Scene, Stroke};
use std::collections::BTreeMap;

/// Fewest values of a bin that is drawn: the share of fewer says little.
const FEWEST: usize = 10;

/// Draws the curves over the diagonal on which they should lie.
pub(super) fn reliability(bins: &[&ReliabilityBin]) -> Scene {
    let mut plane = Plane::new("Values within one reading unit", "confidence", 1.0);
    plane.line((0.0, 0.0), (1.0, 1.0), Stroke::dashed(Colour::SLATE, 1.5, 6.0, 4.0));
    let drawn = |bin: &&&ReliabilityBin| bin.values >= FEWEST;
    for (i, (name, colour)) in SHOWN.iter().enumerate() {
        let own = bins.iter().filter(|bin| bin.characteristic == *name).filter(drawn);
        let points: Vec<(f64, f64)> = own.map(|bin| (bin.mean_confidence, bin.in_one_unit)).collect();
        plane.curve(i, name, *colour, &points);
    }
    plane.curve(SHOWN.len(), "all", Colour::BLACK, &pooled(bins));
    plane.scene()
}

/// Mean confidence and share of right values of all characteristics together, bin by bin.
fn pooled(bins: &[&ReliabilityBin]) -> Vec<(f64, f64)> {
    let mut sums: BTreeMap<u32, (usize, f64, f64)> = BTreeMap::new();
    for bin in bins {
        let sum = sums.entry((100.0 * bin.from).round() as u32).or_default();
        let weight = bin.values as f64;
        sum.0 += bin.values;
        sum.1 += weight * bin.mean_confidence;
        sum.2 += weight * bin.in_one_unit;
    }
    let full = sums.values().filter(|(values, ..)| *values >= FEWEST);
    full.map(|&(values, confidence, right)| (confidence / values as f64, right / values as f64)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bin(characteristic: &'static str, from: f64, values: usize, mean: f64, right: f64) -> ReliabilityBin {
        ReliabilityBin { characteristic, from, values, mean_confidence: mean, in_one_unit: right }
    }

    #[test]
    fn bins_of_all_characteristics_are_weighed_by_their_values() {
        let bins = [bin("foF2", 0.9, 30, 0.95, 1.0), bin("h'F", 0.9, 10, 0.91, 0.6), bin("h'F", 0.4, 3, 0.45, 0.3)];
        let all = pooled(&bins.iter().collect::<Vec<_>>());
        assert_eq!(all.len(), 1, "three values are too few to be drawn");
        assert!((all[0].0 - 0.94).abs() < 1e-9 && (all[0].1 - 0.9).abs() < 1e-9, "{all:?}");
    }

    #[test]
    fn the_picture_names_what_it_draws() {
        let bins = [bin("foF2", 0.9, 30, 0.95, 1.0)];
        let picture = reliability(&bins.iter().collect::<Vec<_>>()).to_svg();
        assert!(picture.contains("foF2") && picture.contains("confidence") && !picture.contains("fmin"));
    }
}

//! Mixed echoes: reflected by a sheet and by the F region, one after the other.

use super::curve::{Curve, E_REGION_KM, Point};

/// How near to the height of a mixed echo a point must stand, as a share of it, and the share of a trace that must stand there.
const SHARE: f64 = 0.03;
const MOST: f64 = 0.8;
/// Least strength of the echo that it repeats, as a share of its own: film saturates.
const WEAKER: f64 = 0.85;

/// A trace that stands at each frequency at the sum of the heights of a sheet and of a trace of the F region (N echo), or at
/// twice the F region's less the sheet's (M echo), and is no stronger than the F region's.
pub(super) fn is_mixed(curve: &Curve, others: &[Curve]) -> bool {
    let below = |other: &&Curve| {
        let lower = other.median_km() < curve.median_km() - 0.5 * E_REGION_KM;
        other.is_f() && other.hop == 1 && lower && other.strength() > WEAKER * curve.strength()
    };
    let layers: Vec<&Curve> = others.iter().filter(below).collect();
    let sheets: Vec<&Curve> = others.iter().filter(|other| other.is_low() && other.hop == 1).collect();
    if layers.is_empty() || sheets.is_empty() {
        return false;
    }
    let fits = |point: &&Point| {
        let near = |km: f64| (point.edge_km - km).abs() < SHARE * km;
        let mixes = |layer: f64, sheet: f64| near(layer + sheet) || near(2.0 * layer - sheet);
        let sheets: Vec<f64> = sheets.iter().filter_map(|curve| curve.edge_at(point.mhz)).collect();
        let mut layers = layers.iter().filter_map(|curve| curve.edge_at(point.mhz));
        layers.any(|layer| sheets.iter().any(|sheet| mixes(layer, *sheet)))
    };
    curve.points.iter().filter(fits).count() as f64 > MOST * curve.points.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Mode;

    fn curve(points: impl Iterator<Item = (f64, f64)>, amplitude: f64) -> Curve {
        let point = |(mhz, km)| Point { mhz, edge_km: km, centre_km: km, sigma_mhz: 0.01, amplitude };
        Curve { points: points.map(point).collect(), mode: Mode::Unknown, hop: 1, confidence: 0.3, repeats_low: false }
    }

    /// Rises to a cusp at 4 MHz.
    fn rising() -> impl Iterator<Item = (f64, f64)> {
        (0..60).map(|i| 2.6 + 1.37 * f64::from(i) / 59.0).map(|mhz| (mhz, 200.0 - 40.0 * (1.0 - mhz / 4.0).ln()))
    }

    #[test]
    fn a_sheet_and_a_layer_one_after_the_other_are_no_layer() {
        let sheet = curve((0..60).map(|i| (2.0 + 0.05 * f64::from(i), 110.0)), 200.0);
        let layer = curve(rising(), 200.0);
        let at = |sheet: f64, twice: f64| curve(rising().map(|(mhz, km)| (mhz, twice * km + sheet)), 90.0);
        for mixed in [at(110.0, 1.0), at(-110.0, 2.0)] {
            assert!(is_mixed(&mixed, &[sheet.clone(), layer.clone(), mixed.clone()]));
            assert!(!is_mixed(&mixed, &[layer.clone(), mixed.clone()]), "no sheet");
        }
        let higher = at(180.0, 1.0);
        assert!(!is_mixed(&higher, &[sheet, layer, higher.clone()]));
    }
}

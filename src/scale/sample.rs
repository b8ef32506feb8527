//! The curves of a frame, echoes of which layers, and samples of them for the fits.

use super::Scene;
use super::curve::{Curve, E_REGION_KM};
use super::layer::{PATHS, Sample, UNEXPLAINED};
use super::mixed::is_mixed;
use super::stray::stands_alone;
use crate::model::{Mode, Trace};

/// All curves of a frame. Multiples of the E region are marked; curves of the F region end at cusps.
pub(super) fn curves(traces: &[Trace], scene: &Scene<'_>) -> Vec<Curve> {
    let all: Vec<Curve> = traces.iter().map(|trace| Curve::of(trace, scene)).filter(|c| c.points.len() >= 4).collect();
    let low: Vec<Curve> = all.iter().filter(|curve| curve.is_low()).cloned().collect();
    let mut out = Vec::new();
    for mut curve in all {
        // The name of a multiple is a hint; that the heights are multiples along the trace decides.
        let share = if curve.repeats_low { NAMED_REPEATS } else { REPEATS };
        curve.repeats_low = !curve.is_low() && (curve.repeats(&low) > share || curve.is_level());
        if curve.is_f() && curve.hop == 1 {
            out.extend(curve.split_at_cusps(CUSP_KM).into_iter().flat_map(Curve::split_at_kink));
        } else {
            out.push(curve);
        }
    }
    let mut alone = out.iter().map(|curve| curve.is_f() && stands_alone(curve, &out)).collect::<Vec<_>>().into_iter();
    out.retain(|_| alone.next() != Some(true));
    let mixed: Vec<bool> = out.iter().map(|curve| curve.is_f() && curve.hop == 1 && is_mixed(curve, &out)).collect();
    for (curve, mixed) in out.iter_mut().zip(mixed) {
        curve.repeats_low |= mixed;
    }
    out
}

/// Share of a trace that must stand there for it to be a multiple, and of one that goes by that name.
const REPEATS: f64 = 0.9;
const NAMED_REPEATS: f64 = 0.4;
/// Least rise and fall about a cusp inside a trace, km.
const CUSP_KM: f64 = 15.0;

/// About `count` samples of curves, evenly along them. The names of the traces are hints that the fit may
/// overrule.
pub(super) fn samples(
    curves: &[Curve],
    scene: &Scene<'_>,
    count: usize,
    admitted: impl Fn(&Curve) -> bool,
) -> Vec<Sample> {
    let mut out = Vec::new();
    let total: usize = curves.iter().filter(|curve| admitted(curve)).map(|curve| curve.points.len()).sum();
    let step = total.div_ceil(count).max(1);
    for (trace, curve) in curves.iter().enumerate().filter(|(_, curve)| admitted(curve)) {
        for point in curve.points.iter().skip(step / 2).step_by(step) {
            let mut penalty = [0.0; PATHS.len()];
            for (path, (mode, hop)) in PATHS.into_iter().enumerate() {
                if curve.mode != Mode::Unknown && curve.mode != mode && mode != Mode::Z {
                    penalty[path] += 3.0 * curve.confidence;
                }
                let named = f64::from(curve.hop);
                if named != hop {
                    penalty[path] += 2.0 + 2.0 * curve.confidence;
                }
                if hop > 1.5 && point.edge_km < 2.0 * E_REGION_KM {
                    penalty[path] = UNEXPLAINED;
                }
            }
            out.push(Sample {
                mhz: point.mhz,
                km: point.edge_km,
                sigma_km: scene.km_scatter,
                sigma_mhz: point.sigma_mhz,
                trace,
                penalty,
            });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scale::curve::Point;

    fn curve(points: impl Iterator<Item = (f64, f64)>) -> Curve {
        let point = |(mhz, km)| Point { mhz, edge_km: km, centre_km: km, sigma_mhz: 0.01, amplitude: 200.0 };
        Curve { points: points.map(point).collect(), mode: Mode::Unknown, hop: 1, confidence: 0.3, repeats_low: false }
    }

    #[test]
    fn multiples_are_told_by_the_height_at_their_frequency() {
        let sheet = curve((0..30).map(|i| (3.0 + 0.1 * f64::from(i), 150.0 - f64::from(i))));
        let double = curve((0..30).map(|i| (3.0 + 0.1 * f64::from(i), 300.0 - 2.0 * f64::from(i))));
        let rising = curve((0..30).map(|i| (3.0 + 0.1 * f64::from(i), 260.0 + 6.0 * f64::from(i))));
        assert!(double.repeats(std::slice::from_ref(&sheet)) > REPEATS);
        assert!(rising.repeats(std::slice::from_ref(&sheet)) < NAMED_REPEATS);
    }
}

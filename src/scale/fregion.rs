//! The F region: which traces are O and X of its uppermost layer, and the profile that explains them.

use super::Scene;
use super::account::{Account, Singles, accounts};
use super::curve::Curve;
use super::layer::{Amounts, Fit, Layer, Prior, Sample};
use super::refine::{Upper, explains, refine};
use super::retardation::Field;
use super::sample::samples;

/// Foot, parabolic thickness, even growth, the lower layer passed, slow beginning and thin ionization below: what F layers
/// are like, km and km MHz^2. Wide, so that points decide wherever there are any.
pub(super) const F2_PRIOR: Prior =
    Prior([(240.0, 70.0), (70.0, 40.0), (0.0, 40.0), (10.0, 15.0), (10.0, 25.0), (10.0, 25.0)]);
const START: Amounts = Amounts { base: 220.0, parabola: 60.0, linear: 0.0, passed: 5.0, slow: 0.0, thin: 5.0 };

/// Samples in the search and in the final fit.
const COARSE: usize = 80;
const FINE: usize = 140;
/// The layers of the F region.
#[derive(Debug, Clone)]
pub(super) struct FRegion {
    /// The uppermost layer: F2, or F where there is one only.
    pub(super) upper: Upper,
    /// F1, if a layer below explains traces that the uppermost does not.
    pub(super) lower: Option<Upper>,
}

/// Finds the layers of the F region. Where the field is not known, each that would make a pair of O and X of two traces is
/// tried.
pub(super) fn f_region(curves: &[Curve], scene: &Scene<'_>) -> Option<FRegion> {
    let admitted = |curve: &Curve| curve.is_f() && curve.points.len() >= 4;
    let coarse = samples(curves, scene, COARSE, admitted);
    // Without a cusp nothing tells an echo of the F region from a level line.
    if !curves.iter().any(|curve| admitted(curve) && curve.end_rise() > LEAST_RISE_KM) {
        return None;
    }
    let unusual = |gyro_mhz: f64| ((gyro_mhz - scene.gyro_mhz) / FIELD_SPREAD).powi(2);
    let single = |gyro_mhz| Singles::of(curves, &coarse, Scene { gyro_mhz, ..*scene });
    let mut singles: Vec<Singles<'_>> = fields(curves, scene).into_iter().map(single).collect();
    // A single layer shows what a field is worth: O and X of one agree under the right one.
    let worth = |singles: &Singles<'_>| singles.worth() - unusual(singles.gyro_mhz());
    singles.sort_by(|a, b| worth(b).total_cmp(&worth(a)));
    let tried = singles.iter().take(MOST_WORKED_OUT).flat_map(|singles| {
        let mut all = accounts(singles, curves, &coarse);
        all.iter_mut().for_each(|account| account.gain -= unusual(account.gyro_mhz));
        all
    });
    let tried: Vec<Account> = tried.collect();
    let best = tried.iter().reduce(|best, next| if next.gain > best.gain { next } else { best })?;
    // The margin is over the best account that puts the cusp elsewhere.
    let rival = tried.iter().filter(|other| other.differs(best)).map(|other| other.gain).fold(0.0, f64::max);
    let margin = best.gain - rival;
    let Account { upper, lower, gyro_mhz, .. } = best;
    let scene = &Scene { gyro_mhz: *gyro_mhz, ..*scene };
    let fine = samples(curves, scene, FINE, admitted);
    let passed = lower.as_ref().map(|lower| lower.layer.critical_mhz).or(upper.layer.lower_mhz);
    let upper = refine(&fine, scene, &F2_PRIOR, upper, passed, margin)?;
    let lower = lower.as_ref().and_then(|lower| {
        let own = |sample: &&Sample| explains(lower, sample) || !explains(&upper.fit, sample);
        let left: Vec<Sample> = fine.iter().filter(own).copied().collect();
        refine(&left, scene, &F2_PRIOR, lower, lower.layer.lower_mhz, margin)
    });
    Some(FRegion { upper, lower })
}

/// Least and greatest gyrofrequency over the Earth at heights of the F region, MHz.
const FIELDS: [f64; 2] = [0.55, 1.7];
/// Fields nearer to each other than this are refined to the same, MHz, and most that are tried.
const FIELD_STEP: f64 = 0.05;
const MOST_FIELDS: usize = 5;
/// Fields whose pairs of layers are worked out: those whose single layers explain most.
const MOST_WORKED_OUT: usize = 3;
/// One sigma of the gyrofrequency about the usual one, MHz.
const FIELD_SPREAD: f64 = 0.35;
/// Rise of a trace to its end from which the end is a cusp, km.
const CUSP_RISE_KM: f64 = 20.0;

/// Least rise of a trace to its end with which the F region is read at all, km.
const LEAST_RISE_KM: f64 = 15.0;

/// Gyrofrequencies to try, the usual one first.
fn fields(curves: &[Curve], scene: &Scene<'_>) -> Vec<f64> {
    let mut out = vec![scene.gyro_mhz];
    if scene.gyro_known {
        return out;
    }
    let rising = |curve: &&Curve| curve.is_f() && curve.hop == 1 && curve.points.len() >= 8;
    let ends: Vec<f64> =
        curves.iter().filter(rising).filter(|curve| curve.end_rise() > CUSP_RISE_KM).map(Curve::last_mhz).collect();
    for o in &ends {
        for x in ends.iter().filter(|x| *x > o) {
            let gyro = (x * x - o * o) / x;
            let near = out.iter().any(|kept: &f64| (kept - gyro).abs() < FIELD_STEP);
            if (FIELDS[0]..FIELDS[1]).contains(&gyro) && !near && out.len() < MOST_FIELDS {
                out.push(gyro);
            }
        }
    }
    out
}

/// Best critical frequency for samples of one trace that ends near `end_mhz`.
pub(super) fn along(
    samples: &[Sample],
    scene: &Scene<'_>,
    prior: &Prior,
    end_mhz: f64,
    passed_mhz: Option<f64>,
) -> Option<Fit> {
    let field = Field { gyro_mhz: scene.gyro_mhz, sin2: scene.sin2 };
    let mut best: Option<Fit> = None;
    for i in 0..7 {
        let share = f64::from(i) / 6.0;
        let critical = end_mhz * (0.995 + 0.1 * share * share);
        let start = Amounts { base: lowest(samples) - 0.3 * prior.0[1].0, parabola: prior.0[1].0, ..START };
        let fit = Layer::new(critical, field, passed_mhz).fit(samples, prior, start, 3);
        if best.as_ref().is_none_or(|kept| fit.cost < kept.cost) {
            best = Some(fit);
        }
    }
    best
}

fn lowest(samples: &[Sample]) -> f64 {
    samples.iter().map(|sample| sample.km).fold(f64::MAX, f64::min)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Mode;
    use crate::physics::Stratum;
    use crate::scale::curve::Point;
    use crate::scale::testcurves::{scene, sky, stratum, traces};

    fn region(curves: &[Curve], gyro_known: bool) -> Option<FRegion> {
        let scene = scene();
        f_region(curves, &Scene { gyro_mhz: if gyro_known { scene.gyro_mhz } else { 1.2 }, gyro_known, ..scene })
    }

    #[test]
    fn both_components_without_names_give_the_critical_frequency_and_the_field() {
        let sky = sky(vec![stratum(7.0, 300.0, 90.0)]);
        let curves = traces(&sky, &[Mode::X, Mode::O], &[(2.5, 6.93)]);
        for known in [true, false] {
            let found = region(&curves, known).unwrap();
            assert!(
                (found.upper.fit.layer.critical_mhz - 7.0).abs() < 0.03,
                "{:?}",
                found.upper.fit.layer.critical_mhz
            );
            assert!((found.upper.gyro_mhz - sky.gyro_at(280.0)).abs() < 0.1, "{}", found.upper.gyro_mhz);
            assert!(found.upper.lower_mhz < 7.01 && found.upper.upper_mhz > 6.99);
            assert!(found.lower.is_none());
        }
    }

    #[test]
    fn a_single_trace_is_taken_for_o() {
        let sky = sky(vec![stratum(5.0, 280.0, 80.0)]);
        let found = region(&traces(&sky, &[Mode::O], &[(2.0, 4.95)]), true).unwrap();
        assert!((found.upper.fit.layer.critical_mhz - 5.0).abs() < 0.03, "{}", found.upper.fit.layer.critical_mhz);
    }

    #[test]
    fn two_layers_are_told_apart() {
        let sky = sky(vec![stratum(6.5, 310.0, 80.0), Stratum { scale_km: 20.0, ..stratum(4.2, 190.0, 55.0) }]);
        let found = region(&traces(&sky, &[Mode::O, Mode::X], &[(2.6, 4.17), (4.23, 6.45)]), true).unwrap();
        assert!((found.upper.fit.layer.critical_mhz - 6.5).abs() < 0.04);
        let lower = found.lower.unwrap().fit.layer.critical_mhz;
        assert!((lower - 4.2).abs() < 0.06, "{lower}");
    }

    #[test]
    fn o_traces_of_two_layers_are_not_o_and_x_of_one() {
        // The X cusp of the lower layer lies at the O cusp of the upper one.
        let sky = sky(vec![stratum(4.9, 310.0, 80.0), Stratum { scale_km: 20.0, ..stratum(4.2, 190.0, 55.0) }]);
        let found = region(&traces(&sky, &[Mode::O], &[(2.6, 4.17), (4.23, 4.87)]), true).unwrap();
        let upper = found.upper.fit.layer.critical_mhz;
        assert!((upper - 4.9).abs() < 0.06, "{upper}");
        assert!(found.lower.is_some_and(|lower| (lower.fit.layer.critical_mhz - 4.2).abs() < 0.08));
    }

    #[test]
    fn a_scrap_at_the_place_of_z_does_not_hide_the_upper_layer() {
        let sky = sky(vec![stratum(6.5, 310.0, 80.0), Stratum { scale_km: 20.0, ..stratum(4.2, 190.0, 55.0) }]);
        let mut curves = traces(&sky, &[Mode::O, Mode::X], &[(2.6, 4.17), (4.23, 6.45)]);
        let z = |i: i32| (3.1 + 0.02 * f64::from(i), 215.0 + 0.12 * f64::from(i * i));
        let points = (0..24).map(z).map(|(mhz, km)| Point { mhz, edge_km: km, centre_km: km, ..curves[0].points[0] });
        curves.push(Curve { points: points.collect(), ..curves[0].clone() });
        let found = region(&curves, true).unwrap();
        assert!((found.upper.fit.layer.critical_mhz - 6.5).abs() < 0.05, "{}", found.upper.fit.layer.critical_mhz);
    }

    #[test]
    fn no_trace_gives_no_layer() {
        assert!(region(&[], true).is_none());
    }
}

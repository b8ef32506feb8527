//! The critical frequency of a layer from all its traces: the fit of the layer as likelihood, what the labels say as prior.

use super::retardation::Field;
use super::{Amounts, Fit, Layer, PATHS, Prior, Sample, UNEXPLAINED};
use crate::model::Mode;
use crate::physics::x_of_o;

/// A layer fitted to its traces.
#[derive(Debug, Clone)]
pub(in crate::scale) struct FittedLayer {
    pub(in crate::scale) fit: Fit,
    /// One sigma of the critical frequency, from fit and prior, MHz.
    pub(in crate::scale) sigma_mhz: f64,
    /// Highest share of the critical frequency that is seen of O and of X.
    pub(in crate::scale) seen: [f64; 2],
}

/// What is expected of a critical frequency before the fit.
#[derive(Debug, Clone, Copy)]
pub(in crate::scale) struct Expected {
    pub(in crate::scale) mhz: f64,
    pub(in crate::scale) sigma_mhz: f64,
}

/// Samples that behave like one: neighbours on a trace err together.
const CORRELATED: f64 = 4.0;
/// Share of the critical frequency below which the shape of a trace says nothing about its cusp.
const FROM: f64 = 0.62;
/// Fewest samples that a layer is fitted to.
const FEWEST: usize = 8;
/// Sigmas on either side of what is expected that are searched.
const SEARCHED: f64 = 3.0;
/// Steps of the coarse search.
const STEPS: i32 = 6;

/// The most probable critical frequency under the prior `expected`. `passed_mhz` is the critical frequency of the layer below. `None` if too
/// few samples, or less than half of them, are explained.
pub(in crate::scale) fn fit_critical_frequency(
    samples: &[Sample],
    field: Field,
    prior: &Prior,
    expected: Expected,
    passed_mhz: Option<f64>,
) -> Option<FittedLayer> {
    let used: Vec<Sample> = samples.iter().filter(|sample| sample.mhz > FROM * expected.mhz).copied().collect();
    if used.len() < FEWEST {
        return None;
    }
    let lowest = used.iter().map(|sample| sample.km).fold(f64::MAX, f64::min);
    let start = Amounts { base: lowest - 20.0, parabola: 60.0, passed: 5.0, thin: 5.0, ..Amounts::default() };
    let fitted = |critical: f64, start: Amounts, rounds: u32| {
        let fit = Layer::new(critical, field, passed_mhz).fit(&used, prior, start, rounds);
        let cost = fit.cost / CORRELATED + ((critical - expected.mhz) / expected.sigma_mhz).powi(2);
        (cost, fit)
    };
    let step = SEARCHED * expected.sigma_mhz / f64::from(STEPS);
    let (mut cost, mut fit) = (-STEPS..=STEPS)
        .map(|i| fitted(expected.mhz + step * f64::from(i), start, 3))
        .min_by(|a, b| a.0.total_cmp(&b.0))?;
    let mut width = step;
    for _ in 0..4 {
        width *= 0.5;
        for sign in [-1.0, 1.0] {
            let next = fitted(fit.layer.critical_mhz + sign * width, fit.amounts, 2);
            if next.0 < cost {
                (cost, fit) = next;
            }
        }
    }
    let critical = fit.layer.critical_mhz;
    let bound = |sign: f64| {
        let mut reach = 0.0;
        let mut step = 0.0008 * critical;
        for _ in 0..14 {
            if fitted(critical + sign * (reach + step), fit.amounts, 2).0 - cost > 1.0 {
                return reach + step;
            }
            reach += step;
            step *= 1.4;
        }
        reach
    };
    let sigma_mhz = 0.5 * (bound(-1.0) + bound(1.0));
    let mut explained = 0;
    let mut seen = [0.0f64; 2];
    for sample in &used {
        let (path, cost) = best_path(&fit, sample);
        if cost < 0.5 * UNEXPLAINED {
            let (side, share) = match PATHS[path].0 {
                Mode::X => (1, sample.mhz / x_of_o(critical, field.gyro_mhz)),
                _ => (0, sample.mhz / critical),
            };
            explained += 1;
            seen[side] = seen[side].max(share);
        }
    }
    (2 * explained >= used.len() && explained >= FEWEST).then_some(FittedLayer { fit, sigma_mhz, seen })
}

/// The path that explains a sample best and its cost.
fn best_path(fit: &Fit, sample: &Sample) -> (usize, f64) {
    let costs = fit.costs(sample);
    let total = |path: usize| (path, costs[path] + sample.penalty[path]);
    (0..PATHS.len()).map(total).min_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((0, UNEXPLAINED))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::physics::{Profile, Stratum};

    /// Samples of the O and X traces of a layer at 7 MHz, up to a share of the cusps.
    fn samples(to: f64) -> Vec<Sample> {
        let stratum = Stratum { critical_mhz: 7.0, peak_km: 300.0, half_km: 90.0, scale_km: 60.0, scale_growth: 0.1 };
        let profile = Profile { strata: vec![stratum], gyro_mhz: 1.35, sin2: 0.12, sounder_km: 0.0 };
        let mut out = Vec::new();
        for (path, mode) in [(0, Mode::O), (1, Mode::X)] {
            let cusp = if mode == Mode::X { x_of_o(7.0, profile.gyro_at(270.0)) } else { 7.0 };
            for i in 0..50 {
                let mhz = cusp * (0.5 + (to - 0.5) * f64::from(i) / 49.0);
                let Some(km) = profile.virtual_range(mhz, mode) else { continue };
                let mut penalty = [UNEXPLAINED; PATHS.len()];
                penalty[path] = 0.0;
                out.push(Sample { mhz, km, sigma_km: 3.0, sigma_mhz: 0.01, penalty });
            }
        }
        out
    }

    fn fitted(to: f64, expected: Expected) -> Option<FittedLayer> {
        let field = Field { gyro_mhz: 1.35, sin2: 0.12 };
        fit_critical_frequency(&samples(to), field, &super::super::F2_PRIOR, expected, None)
    }

    #[test]
    fn traces_that_reach_their_cusps_tell_more_than_the_prior() {
        let found = fitted(0.99, Expected { mhz: 7.12, sigma_mhz: 0.1 }).unwrap();
        assert!((found.fit.layer.critical_mhz - 7.0).abs() < 0.03, "{}", found.fit.layer.critical_mhz);
        assert!(
            found.sigma_mhz < 0.05 && found.seen.iter().all(|seen| *seen > 0.94),
            "{} {:?}",
            found.sigma_mhz,
            found.seen
        );
    }

    #[test]
    fn traces_that_end_early_leave_the_prior_as_it_is() {
        let found = fitted(0.8, Expected { mhz: 7.0, sigma_mhz: 0.1 }).unwrap();
        assert!((found.fit.layer.critical_mhz - 7.0).abs() < 0.15 && found.sigma_mhz > 0.02);
        assert!(fitted(0.55, Expected { mhz: 7.0, sigma_mhz: 0.1 }).is_none(), "nothing near the cusp");
    }
}

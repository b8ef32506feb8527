//! The joint fit of a layer to all its traces, with the bounds of its critical frequency.

use super::Scene;
use super::layer::{Amounts, Fit, Layer, PATHS, Prior, Sample, UNEXPLAINED};
use super::retardation::Field;
use crate::model::Mode;
use crate::physics::x_of_o;

/// The uppermost layer with its bounds.
#[derive(Debug, Clone)]
pub(super) struct Upper {
    pub(super) fit: Fit,
    pub(super) gyro_mhz: f64,
    /// 95 % bounds of the critical frequency by the fit alone, MHz.
    pub(super) lower_mhz: f64,
    pub(super) upper_mhz: f64,
    /// Number of samples explained by each path.
    pub(super) explained: [usize; PATHS.len()],
    /// Margin of cost over the best other naming.
    pub(super) margin: f64,
    /// Highest share of the critical frequency that is seen of O and of X.
    pub(super) reach: [f64; 2],
}

/// Samples that behave like one: neighbours on a trace err together.
const CORRELATED: f64 = 4.0;

/// Joint fit of all paths around a critical frequency, with bounds.
pub(super) fn refine(
    samples: &[Sample],
    scene: &Scene<'_>,
    prior: &Prior,
    guess: &Fit,
    lower_mhz: Option<f64>,
    margin: f64,
) -> Option<Upper> {
    let start_mhz = guess.layer.critical_mhz;
    let used: Vec<Sample> = samples.iter().filter(|sample| sample.mhz > 0.62 * start_mhz).copied().collect();
    if used.len() < 4 {
        return None;
    }
    let mut gyro_mhz = scene.gyro_mhz;
    let layer = |critical: f64, gyro_mhz: f64| Layer::new(critical, Field { gyro_mhz, sin2: scene.sin2 }, lower_mhz);
    let mut best = layer(start_mhz, gyro_mhz).fit(&used, prior, guess.amounts, 3);
    // From here on each sample is what explains it.
    let used: Vec<Sample> = used
        .iter()
        .filter_map(|sample| {
            let (path, cost) = least(&best, sample);
            (cost < 0.95 * UNEXPLAINED).then(|| only(sample, path))
        })
        .collect();
    if used.len() < 4 {
        return None;
    }
    let fitted = |critical: f64, gyro_mhz: f64, start: Amounts| layer(critical, gyro_mhz).fit(&used, prior, start, 2);
    best = fitted(start_mhz, gyro_mhz, best.amounts);
    for narrow in [1.0, 0.35] {
        let amounts = best.amounts;
        let critical = minimum(best.layer.critical_mhz, 0.02 * narrow, |mhz| fitted(mhz, gyro_mhz, amounts).cost);
        best = fitted(critical, gyro_mhz, amounts);
        if !scene.gyro_known {
            let amounts = best.amounts;
            let cost = |gyro| fitted(critical, gyro, amounts).cost;
            gyro_mhz = minimum(gyro_mhz, 0.12 * narrow, cost).clamp(0.6, 1.7);
            best = fitted(critical, gyro_mhz, amounts);
        }
    }
    let critical = best.layer.critical_mhz;
    let bound = |sign: f64| {
        let mut reach: f64 = 0.0;
        let mut step = 0.0008 * critical;
        for _ in 0..14 {
            let trial = fitted(critical + sign * (reach + step), gyro_mhz, best.amounts);
            if (trial.cost - best.cost) / CORRELATED > 3.84 {
                return reach + step;
            }
            reach += step;
            step *= 1.4;
        }
        reach
    };
    let (below, above) = (bound(-1.0), bound(1.0));
    let mut explained = [0; PATHS.len()];
    let mut reach = [0.0f64; 2];
    for sample in &used {
        let (path, cost) = least(&best, sample);
        if cost < 0.5 * UNEXPLAINED {
            explained[path] += 1;
            let (side, share) = match PATHS[path].0 {
                Mode::X => (1, sample.mhz / x_of_o(critical, gyro_mhz)),
                Mode::Z => continue,
                Mode::O | Mode::Unknown => (0, sample.mhz / critical),
            };
            reach[side] = reach[side].max(share);
        }
    }
    Some(Upper {
        gyro_mhz,
        lower_mhz: critical - below,
        upper_mhz: critical + above,
        fit: best,
        explained,
        margin,
        reach,
    })
}

/// Minimum of a cost near `start` within a share `width` on either side: a coarse row, then golden sections.
fn minimum(start: f64, width: f64, cost: impl Fn(f64) -> f64) -> f64 {
    let row: Vec<(f64, f64)> =
        (-2..=2).map(|i| start * (1.0 + width * f64::from(i) / 2.0)).map(|value| (cost(value), value)).collect();
    let best = (0..row.len()).min_by(|&a, &b| row[a].0.total_cmp(&row[b].0)).unwrap_or(2);
    let (mut low, mut high) = (row[best.saturating_sub(1)].1, row[(best + 1).min(row.len() - 1)].1);
    let golden = 0.618_034;
    let (mut a, mut b) = (high - golden * (high - low), low + golden * (high - low));
    let (mut cost_a, mut cost_b) = (cost(a), cost(b));
    for _ in 0..5 {
        if cost_a < cost_b {
            (high, b, cost_b) = (b, a, cost_a);
            a = high - golden * (high - low);
            cost_a = cost(a);
        } else {
            (low, a, cost_a) = (a, b, cost_b);
            b = low + golden * (high - low);
            cost_b = cost(b);
        }
    }
    0.5 * (low + high)
}

/// The path that explains a sample best and its cost.
pub(super) fn least(fit: &Fit, sample: &Sample) -> (usize, f64) {
    least_of(&fit.costs(sample), sample)
}

/// The same from the costs of all paths.
pub(super) fn least_of(costs: &[f64; PATHS.len()], sample: &Sample) -> (usize, f64) {
    let total = |path: usize| (path, costs[path] + sample.penalty[path]);
    (0..PATHS.len()).map(total).min_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((0, UNEXPLAINED))
}

pub(super) fn explains(fit: &Fit, sample: &Sample) -> bool {
    least(fit, sample).1 < 0.5 * UNEXPLAINED
}

pub(super) fn only(sample: &Sample, path: usize) -> Sample {
    let mut penalty = [UNEXPLAINED; PATHS.len()];
    penalty[path] = 0.0;
    Sample { penalty, ..*sample }
}

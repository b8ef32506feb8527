//! Accounts of the F traces: what one layer, or a layer over a lower one, makes of all of them.
//!
//! Every trace is taken in turn for O and for X of a layer. Each of these layers alone, and each pair of them, is fitted to
//! all samples together; an account is worth what it explains. Two layers are tried as a pair, and not one after the other,
//! because the O traces of F1 and F2 can pass for O and X of one layer.

use super::Scene;
use super::curve::{Curve, Point};
use super::gain::{CUSP_RISE_KM, WELL, beyond, gain};
use super::layer::{Fit, Sample, UNEXPLAINED};
use super::naming::ordinary_of;
use super::refine::{explains, least};
use super::seeds::{STEPS, Seed, from, polished, seeds};
use crate::model::Mode;
use crate::physics::x_of_o;

/// One account of all traces.
#[derive(Debug, Clone)]
pub(super) struct Account {
    pub(super) upper: Fit,
    pub(super) lower: Option<Fit>,
    pub(super) gyro_mhz: f64,
    /// Cost saved over leaving all samples unexplained, less what is strange.
    pub(super) gain: f64,
}

impl Account {
    /// The other account puts the uppermost cusp elsewhere.
    pub(super) fn differs(&self, other: &Self) -> bool {
        (self.upper.layer.critical_mhz / other.upper.layer.critical_mhz - 1.0).abs() > ELSEWHERE
    }
}

/// Difference of critical frequencies from which on they are not the same reading, as a share.
const ELSEWHERE: f64 = 0.03;
/// Most layers that are tried in pairs: those that explain most.
const MOST_LAYERS: usize = 14;
/// Single layers and pairs that are worked out: those that explain most at first sight.
const MOST_ALONE: usize = 4;
const MOST_PAIRS: usize = 3;
/// Pairs that are fitted at all: those whose layers, as each stands, explain most together.
const FIRST_PAIRS: usize = 10;
/// Ratio of the critical frequencies of F1 and F2.
const F1_SHARE: std::ops::Range<f64> = 0.4..0.92;
/// What a second layer must be worth: one that explains as much is the better account.
const SECOND: f64 = 3.0 * UNEXPLAINED;
/// How near to the X cusp of a layer another trace's cusp must stand to be that, as a share.
const TWIN: f64 = 0.04;
/// How much higher than the O trace of the lower layer such a trace must stand to be none, km.
const ABOVE_KM: f64 = 50.0;

/// The layers of single traces under one field, by what each is worth at first sight, the best first.
pub(super) struct Singles<'a> {
    scene: Scene<'a>,
    seeds: Vec<(f64, Seed)>,
}

impl<'a> Singles<'a> {
    pub(super) fn of(curves: &[Curve], samples: &[Sample], scene: Scene<'a>) -> Self {
        let mut seeds: Vec<(f64, Seed)> = seeds(curves, samples, &scene)
            .into_iter()
            .map(|seed| (alone(&seed, samples, &scene, &[]).gain, seed))
            .collect();
        seeds.sort_by(|a, b| b.0.total_cmp(&a.0));
        // The better part of each trace for each component.
        let mut kept: Vec<(usize, bool)> = Vec::new();
        seeds.retain(|(_, seed)| {
            let own = (seed.trace, seed.of_ordinary);
            let first = !kept.contains(&own);
            kept.push(own);
            first
        });
        seeds.truncate(MOST_LAYERS);
        Self { scene, seeds }
    }

    /// Gyrofrequency of the field, MHz.
    pub(super) fn gyro_mhz(&self) -> f64 {
        self.scene.gyro_mhz
    }

    /// What the best of them is worth at first sight.
    pub(super) fn worth(&self) -> f64 {
        self.seeds.first().map_or(0.0, |(gain, _)| *gain)
    }
}

/// The account of a layer by itself.
fn alone(seed: &Seed, samples: &[Sample], scene: &Scene<'_>, steps: &[f64]) -> Account {
    let upper = polished(seed, seed.fit.layer.lower_mhz, samples, scene, steps);
    let gain = gain(samples, &[(&upper, from(&upper, seed))]);
    Account { upper, lower: None, gyro_mhz: scene.gyro_mhz, gain }
}

/// All accounts that begin with some layers.
pub(super) fn accounts(singles: &Singles<'_>, curves: &[Curve], samples: &[Sample]) -> Vec<Account> {
    let Singles { scene, seeds } = singles;
    let gyro_mhz = scene.gyro_mhz;
    let costs: Vec<Vec<f64>> =
        seeds.iter().map(|(_, seed)| samples.iter().map(|sample| least(&seed.fit, sample).1).collect()).collect();
    // What each layer leaves of each sample tells beforehand what two of them can explain together.
    let left: Vec<Vec<f64>> = seeds.iter().zip(&costs).map(|((_, seed), costs)| left(seed, samples, costs)).collect();
    let together = |i: usize, j: usize| -> f64 { left[i].iter().zip(&left[j]).map(|(a, b)| a.min(*b)).sum() };
    let mut out: Vec<Account> =
        seeds.iter().take(MOST_ALONE).map(|(_, seed)| alone(seed, samples, scene, &STEPS)).collect();
    let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
    for (i, (_, low)) in seeds.iter().enumerate() {
        let x_mhz = x_of_o(low.critical(), gyro_mhz);
        let is_x_of = |(_, other): &(f64, Seed)| {
            let near = (low.critical() / x_of_o(other.critical(), gyro_mhz) - 1.0).abs() < TWIN;
            let (own, others) = (&curves[low.trace], &curves[other.trace]);
            // A scrap is no O of a long trace: it may be Z, or a line of noise.
            let long = others.span() > SCRAP * own.span();
            other.of_ordinary && near && long && above(own, others, gyro_mhz).abs() < ABOVE_KM
        };
        // Of a lower layer O is seen: of one that shows X only there is nothing to read.
        if !low.of_ordinary || seeds.iter().any(is_x_of) {
            continue;
        }
        for (j, (_, high)) in seeds.iter().enumerate() {
            let share = low.critical() / high.critical();
            if !F1_SHARE.contains(&share) || i == j {
                continue;
            }
            // The X trace of a layer is no layer above it, and one above shows its cusp.
            let near = (high.critical() / x_mhz - 1.0).abs() < TWIN;
            let is_twin = near && above(&curves[high.trace], &curves[low.trace], gyro_mhz) < ABOVE_KM;
            if is_twin || (j > 0 && curves[high.trace].end_rise() < CUSP_RISE_KM) {
                continue;
            }
            pairs.push((together(i, j), i, j));
        }
    }
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let fitted = |i: usize, j: usize, steps: &[f64]| {
        let unexplained = samples.iter().zip(&costs[i]).filter(|(_, cost)| **cost > WELL);
        let rest: Vec<Sample> = unexplained.map(|(sample, _)| *sample).collect();
        pair(&seeds[i].1, &seeds[j].1, samples, &rest, scene, steps)
    };
    let first = pairs.iter().take(FIRST_PAIRS);
    let mut first: Vec<(f64, usize, usize)> =
        first.filter_map(|&(_, i, j)| Some((fitted(i, j, &[])?.gain, i, j))).collect();
    first.sort_by(|a, b| b.0.total_cmp(&a.0));
    out.extend(first.iter().take(MOST_PAIRS).filter_map(|&(_, i, j)| fitted(i, j, &STEPS)));
    for account in &mut out {
        account.gain -= beyond(&account.upper, gyro_mhz, curves, samples);
    }
    out
}

/// Cost that the layer of a seed leaves of each sample, of what each costs in it.
fn left(seed: &Seed, samples: &[Sample], costs: &[f64]) -> Vec<f64> {
    let from = from(&seed.fit, seed);
    let left = |(sample, cost): (&Sample, &f64)| if sample.mhz > from { cost.min(UNEXPLAINED) } else { UNEXPLAINED };
    samples.iter().zip(costs).map(left).collect()
}

/// Least span of an O trace as a share of that of its X trace.
const SCRAP: f64 = 0.4;

/// How much higher than the O trace another stands where, taken for X, it is reflected by the same densities; if there is no
/// such place, how much higher its lowest point is.
fn above(curve: &Curve, ordinary: &Curve, gyro_mhz: f64) -> f64 {
    let same = |point: &Point| {
        let mhz = ordinary_of(point.mhz, Mode::X, gyro_mhz);
        ordinary.edge_at(mhz).map(|km| point.edge_km - km)
    };
    let mut all: Vec<f64> = curve.points.iter().filter_map(same).collect();
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or(curve.lowest_km() - ordinary.lowest_km())
}

/// The account of a layer over another, begun with the samples that the lower one does not explain.
fn pair(
    low: &Seed,
    high: &Seed,
    samples: &[Sample],
    unexplained: &[Sample],
    scene: &Scene<'_>,
    steps: &[f64],
) -> Option<Account> {
    let upper = polished(high, Some(low.critical()), unexplained, scene, steps);
    let rest: Vec<Sample> = samples.iter().filter(|sample| !explains(&upper, sample)).copied().collect();
    let lower = polished(low, low.fit.layer.lower_mhz, &rest, scene, steps);
    if lower.amounts.base > upper.amounts.base + UPSIDE_DOWN_KM {
        return None;
    }
    let gain = gain(samples, &[(&upper, from(&upper, high)), (&lower, from(&lower, low))]) - SECOND;
    Some(Account { upper, lower: Some(lower), gyro_mhz: scene.gyro_mhz, gain })
}

/// How much higher than the upper layer's foot the lower one's may come out, km.
const UPSIDE_DOWN_KM: f64 = 20.0;

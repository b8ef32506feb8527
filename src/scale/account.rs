//! Accounts of the F traces: what one layer, or a layer over a lower one, makes of all of them.
//!
//! Every trace is taken in turn for O and for X of a layer. Each of these layers alone, and each pair of them, is fitted to
//! all samples together; an account is worth what it explains. Two layers are tried as a pair, and not one after the other,
//! because the O traces of F1 and F2 can pass for O and X of one layer.

use super::Scene;
use super::fregion::{F2_PRIOR, along};
use super::gain::{CUSP_RISE_KM, WELL, beyond, gain};
use super::layer::{Fit, Layer, Sample, UNEXPLAINED};
use super::naming::ordinary_of;
use super::refine::{explains, least, only};
use super::retardation::Field;
use super::sample::{Curve, Point};
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
/// Layers whose critical frequencies and lower cusps differ by less are one, as a share.
const SAME: f64 = 0.006;

/// A layer that starts from one trace.
struct Seed {
    fit: Fit,
    /// Frequency from which on the layer tells where echoes are.
    from_mhz: f64,
    trace: usize,
    /// The trace was taken for O.
    of_ordinary: bool,
}

impl Seed {
    fn critical(&self) -> f64 {
        self.fit.layer.critical_mhz
    }
}

/// All accounts under the scene's field.
pub(super) fn accounts(curves: &[Curve], samples: &[Sample], scene: &Scene<'_>) -> Vec<Account> {
    let gyro_mhz = scene.gyro_mhz;
    let by_itself = |seed: &Seed, steps: &[f64]| {
        let upper = polished(seed, seed.fit.layer.lower_mhz, samples, scene, steps);
        let gain = gain(samples, &[(&upper, from(&upper, seed))]);
        Account { upper, lower: None, gyro_mhz, gain }
    };
    let mut seeds: Vec<(f64, Seed)> =
        seeds(curves, samples, scene).into_iter().map(|seed| (by_itself(&seed, &[]).gain, seed)).collect();
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
    // What each layer leaves of each sample tells beforehand what two of them can explain together.
    let left: Vec<Vec<f64>> = seeds.iter().map(|(_, seed)| left(seed, samples)).collect();
    let together = |i: usize, j: usize| -> f64 { left[i].iter().zip(&left[j]).map(|(a, b)| a.min(*b)).sum() };
    let mut out: Vec<Account> = seeds.iter().take(MOST_ALONE).map(|(_, seed)| by_itself(seed, &STEPS)).collect();
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
    let fitted = |i: usize, j: usize, steps: &[f64]| pair(&seeds[i].1, &seeds[j].1, samples, scene, steps);
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

/// Cost that the layer of a seed leaves of each sample.
fn left(seed: &Seed, samples: &[Sample]) -> Vec<f64> {
    let from = from(&seed.fit, seed);
    let cost = |sample: &Sample| if sample.mhz > from { least(&seed.fit, sample).1 } else { UNEXPLAINED };
    samples.iter().map(|sample| cost(sample).min(UNEXPLAINED)).collect()
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

/// The account of a layer over another.
fn pair(low: &Seed, high: &Seed, samples: &[Sample], scene: &Scene<'_>, steps: &[f64]) -> Option<Account> {
    let rest: Vec<Sample> = samples.iter().filter(|sample| least(&low.fit, sample).1 > WELL).copied().collect();
    let upper = polished(high, Some(low.critical()), &rest, scene, steps);
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

/// Layers of which single traces may be O or X.
fn seeds(curves: &[Curve], samples: &[Sample], scene: &Scene<'_>) -> Vec<Seed> {
    let mut out: Vec<Seed> = Vec::new();
    let rising = curves.iter().filter(|curve| curve.is_f() && curve.hop == 1 && curve.end_rise() > CUSP_RISE_KM);
    let floor = FLOOR * rising.map(Curve::last_mhz).fold(0.0, f64::max);
    let e_cusp = e_cusp(curves);
    let first_hop = |curve: &&Curve| curve.is_f() && curve.points.len() >= 4 && curve.hop == 1;
    for (index, curve) in curves.iter().enumerate().filter(|(_, curve)| first_hop(curve)) {
        for path in [0, 1] {
            let component = |mhz| ordinary(mhz, path, scene.gyro_mhz);
            let passed = if curve.falls_first() { Some(0.985 * component(curve.first_mhz())) } else { e_cusp };
            let passed = passed.filter(|mhz| *mhz < 0.9 * component(curve.last_mhz()));
            // A trace may go over from one component to the other where they cross: then its end alone is one.
            for part in PARTS {
                let own: Vec<Sample> = samples
                    .iter()
                    .filter(|sample| sample.trace == index && sample.mhz > part * curve.last_mhz())
                    .map(|sample| only(sample, path))
                    .collect();
                if own.len() < 4 {
                    continue;
                }
                let Some(fit) = along(&own, scene, &F2_PRIOR, component(curve.last_mhz()), passed) else { continue };
                // All accounts are told by the same samples.
                let seed = Seed {
                    fit,
                    from_mhz: floor.min(PARTS[0] * curve.last_mhz()),
                    trace: index,
                    of_ordinary: path == 0,
                };
                let same = |other: &Seed| {
                    other.trace == index
                        && other.of_ordinary == seed.of_ordinary
                        && (other.critical() / seed.critical() - 1.0).abs() < SAME
                        && other.fit.layer.lower_mhz.zip(passed).is_none_or(|(a, b)| (a / b - 1.0).abs() < SAME)
                        && other.fit.layer.lower_mhz.is_some() == passed.is_some()
                };
                if !out.iter().any(same) {
                    out.push(seed);
                }
            }
        }
    }
    out
}

/// The highest end of a trace of the E region that rises to its end like a thick layer's, MHz.
fn e_cusp(curves: &[Curve]) -> Option<f64> {
    let thick =
        |curve: &&Curve| curve.is_low() && curve.hop == 1 && curve.points.len() >= 8 && curve.end_rise() > E_RISE_KM;
    curves.iter().filter(thick).map(Curve::last_mhz).reduce(f64::max)
}

/// Least rise of such a trace, km.
const E_RISE_KM: f64 = 12.0;
/// Share of the highest cusp's frequency from which on layers are told by samples.
const FLOOR: f64 = 0.35;
/// Shares of a trace's last frequency from which on it is taken for one component.
const PARTS: [f64; 2] = [0.5, 0.88];

/// A layer of a critical frequency fitted to the samples as a whole: the twin and the multiples of the seed's trace count.
fn fitted(
    seed: &Seed,
    start: &Fit,
    critical_mhz: f64,
    lower_mhz: Option<f64>,
    samples: &[Sample],
    scene: &Scene<'_>,
) -> Fit {
    let field = Field { gyro_mhz: scene.gyro_mhz, sin2: scene.sin2 };
    let from = lower_mhz.unwrap_or(0.0).max(seed.from_mhz);
    let near: Vec<Sample> = samples.iter().filter(|sample| sample.mhz > from).copied().collect();
    Layer::new(critical_mhz, field, lower_mhz).fit(&near, &F2_PRIOR, start.amounts, 4)
}

/// The same with the critical frequency, in steps from the seed's, that explains most.
fn polished(seed: &Seed, lower_mhz: Option<f64>, samples: &[Sample], scene: &Scene<'_>, steps: &[f64]) -> Fit {
    let at = |critical: f64, start: &Fit| fitted(seed, start, critical, lower_mhz, samples, scene);
    let mut best = at(seed.critical(), &seed.fit);
    for &step in steps {
        for side in [-step, step] {
            let next = at(best.layer.critical_mhz * (1.0 + side), &best);
            if next.cost < best.cost {
                best = next;
                break;
            }
        }
    }
    best
}

/// Steps of the critical frequency, as shares of it.
const STEPS: [f64; 3] = [0.014, 0.008, 0.004];

/// Above a lower layer's cusp, and near enough below its own, a layer tells where echoes are.
fn from(fit: &Fit, seed: &Seed) -> f64 {
    fit.layer.lower_mhz.unwrap_or(0.0).max(seed.from_mhz)
}

/// The O critical frequency of a trace of a component that ends at `mhz`.
fn ordinary(mhz: f64, path: usize, gyro_mhz: f64) -> f64 {
    if path == 1 { (mhz * (mhz - gyro_mhz)).max(0.01).sqrt() } else { mhz }
}

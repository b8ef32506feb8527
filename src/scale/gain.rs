//! What an account of the F traces is worth: what its layers explain, less what is strange about them.

use super::curve::Curve;
use super::layer::{Fit, PATHS, Sample, UNEXPLAINED};
use super::refine::least_of;
use crate::physics::x_of_o;

/// Rise of a trace to its end from which the end is a cusp, km.
pub(super) const CUSP_RISE_KM: f64 = 20.0;
/// Share of the cost at which a sample counts as explained well.
pub(super) const WELL: f64 = 0.5 * UNEXPLAINED;
/// What a pair of traces as O and X is worth beside the samples that it explains, in the units of the cost.
const PAIR: f64 = 2.0 * UNEXPLAINED;
/// Ratio to the X cusp from which an echo lies beyond it, and share of the cost of a sample that such an echo costs more.
const BEYOND_X: f64 = 1.02;
const BEYOND: f64 = 0.5;

/// What layers explain, each from a frequency on, less what is strange about them.
pub(super) fn gain(samples: &[Sample], layers: &[(&Fit, f64)]) -> f64 {
    let mut left = vec![UNEXPLAINED; samples.len()];
    let mut strange = 0.0;
    for (fit, from) in layers {
        let costs: Vec<[f64; PATHS.len()]> = samples.iter().map(|sample| fit.costs(sample)).collect();
        let told: Vec<Option<(usize, f64)>> = samples
            .iter()
            .zip(&costs)
            .map(|(sample, costs)| (sample.mhz > *from).then(|| least_of(costs, sample)))
            .collect();
        for (left, (_, cost)) in left.iter_mut().zip(&told).filter_map(|(left, told)| Some((left, (*told)?))) {
            *left = left.min(cost);
        }
        let paired = if is_pair(samples, &told) { PAIR } else { 0.0 };
        strange += absence(fit.layer.critical_mhz, samples, &costs) + 0.5 * fit.strain - paired;
    }
    left.iter().map(|left| UNEXPLAINED - left).sum::<f64>() - strange
}

/// Whether different traces are a layer's O and X; `told` are the path and cost of the samples that the layer tells.
fn is_pair(samples: &[Sample], told: &[Option<(usize, f64)>]) -> bool {
    let by_path = |wanted: usize| {
        let is = move |told: &Option<(usize, f64)>| told.is_some_and(|(path, cost)| path == wanted && cost < WELL);
        samples.iter().zip(told).filter(move |(_, told)| is(told)).map(|(sample, _)| sample.trace)
    };
    const ENOUGH: usize = 5;
    let x: Vec<usize> = by_path(1).collect();
    x.len() >= ENOUGH && by_path(0).filter(|trace| !x.contains(trace)).count() >= ENOUGH
}

/// Cost of first echoes that go on to a cusp above the X cusp of the uppermost layer: the highest layer is another one.
pub(super) fn beyond(upper: &Fit, gyro_mhz: f64, curves: &[Curve], samples: &[Sample]) -> f64 {
    let limit = BEYOND_X * x_of_o(upper.layer.critical_mhz, gyro_mhz);
    let cusps = |curve: &Curve| curve.hop == 1 && curve.last_mhz() > limit && curve.end_rise() > CUSP_RISE_KM;
    let strange = |sample: &&Sample| sample.mhz > limit && cusps(&curves[sample.trace]);
    BEYOND * UNEXPLAINED * samples.iter().filter(strange).count() as f64
}

/// Cost of an O trace that should be seen just below its cusp and is not: O is rarely weaker than X. `costs` are those of
/// the samples along each path.
fn absence(critical_mhz: f64, samples: &[Sample], costs: &[[f64; PATHS.len()]]) -> f64 {
    const BINS: usize = 6;
    let mut seen = [false; BINS];
    for (sample, costs) in samples.iter().zip(costs) {
        let share = (sample.mhz / critical_mhz - 0.88) / 0.115;
        if (0.0..1.0).contains(&share) && costs[0] < WELL {
            seen[(share * BINS as f64) as usize] = true;
        }
    }
    UNEXPLAINED * seen.iter().filter(|seen| !**seen).count() as f64
}

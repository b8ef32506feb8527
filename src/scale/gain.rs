//! What an account of the F traces is worth: what its layers explain, less what is strange about them.

use super::layer::{Fit, Sample, UNEXPLAINED};
use super::refine::least;
use super::sample::Curve;
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
    let cost = |sample: &Sample| {
        let near = layers.iter().filter(|(_, from)| sample.mhz > *from);
        near.map(|(fit, _)| least(fit, sample).1).fold(UNEXPLAINED, f64::min)
    };
    let saved: f64 = samples.iter().map(|sample| UNEXPLAINED - cost(sample)).sum();
    let strange = layers.iter().map(|(fit, from)| {
        let near: Vec<Sample> = samples.iter().filter(|sample| sample.mhz > *from).copied().collect();
        let paired = if is_pair(fit, &near) { PAIR } else { 0.0 };
        absence(fit, samples) + 0.5 * fit.strain - paired
    });
    saved - strange.sum::<f64>()
}

/// Whether the layer explains different traces as its O and its X.
fn is_pair(fit: &Fit, samples: &[Sample]) -> bool {
    let by_path = |wanted: usize| {
        samples.iter().filter(move |sample| {
            let (path, cost) = least(fit, sample);
            path == wanted && cost < WELL
        })
    };
    const ENOUGH: usize = 5;
    let x: Vec<usize> = by_path(1).map(|sample| sample.trace).collect();
    let o = by_path(0).filter(|sample| !x.contains(&sample.trace)).count();
    o >= ENOUGH && x.len() >= ENOUGH
}

/// Cost of first echoes that go on to a cusp above the X cusp of the uppermost layer: the highest layer is another one.
pub(super) fn beyond(upper: &Fit, gyro_mhz: f64, curves: &[Curve], samples: &[Sample]) -> f64 {
    let limit = BEYOND_X * x_of_o(upper.layer.critical_mhz, gyro_mhz);
    let cusps = |curve: &Curve| curve.hop == 1 && curve.last_mhz() > limit && curve.end_rise() > CUSP_RISE_KM;
    let strange = |sample: &&Sample| sample.mhz > limit && cusps(&curves[sample.trace]);
    BEYOND * UNEXPLAINED * samples.iter().filter(strange).count() as f64
}

/// Cost of an O trace that should be seen just below its cusp and is not: O is rarely weaker than X.
fn absence(fit: &Fit, samples: &[Sample]) -> f64 {
    let critical = fit.layer.critical_mhz;
    let bins = 6;
    let mut seen = vec![false; bins];
    for sample in samples {
        let share = (sample.mhz / critical - 0.88) / 0.115;
        if (0.0..1.0).contains(&share) && fit.costs(sample)[0] < WELL {
            seen[(share * bins as f64) as usize] = true;
        }
    }
    UNEXPLAINED * seen.iter().filter(|seen| !**seen).count() as f64
}

//! The F region: which traces are O and X of its uppermost layer, and the profile that explains them.

use super::Scene;
use super::layer::{Amounts, Fit, Layer, PATHS, Prior, Sample, UNEXPLAINED};
use super::refine::{Upper, explains, least, only, refine};
use super::retardation::Field;
use super::sample::{Curve, samples};
use crate::model::Mode;
use crate::physics::x_of_o;

/// Foot, parabolic thickness, even growth and the lower layer passed: what F layers are like, km. Wide, so that points
/// decide wherever there are any.
pub(super) const F2_PRIOR: Prior = Prior([(240.0, 70.0), (70.0, 40.0), (0.0, 40.0), (10.0, 15.0)]);
const START: Amounts = Amounts { base: 220.0, parabola: 60.0, linear: 0.0, passed: 5.0 };

/// Samples in the search and in the final fit.
const COARSE: usize = 90;
const FINE: usize = 170;
/// A trace taken for one component of a layer.
#[derive(Debug, Clone)]
struct Guess {
    fit: Fit,
    /// Cost saved over leaving all samples unexplained.
    gain: f64,
}

/// The layers of the F region.
#[derive(Debug, Clone)]
pub(super) struct FRegion {
    /// The uppermost layer: F2, or F where there is one only.
    pub(super) upper: Upper,
    /// F1, if a layer below explains traces that the uppermost does not.
    pub(super) lower: Option<Upper>,
}

/// The namings of the traces under one field, best first.
struct Choice {
    gyro_mhz: f64,
    upper: Guess,
    lower: Option<Guess>,
    /// Gain of the best other naming.
    rival: f64,
    /// Gain of all layers together, less what the field is away from the usual one.
    score: f64,
}

/// Finds the layers of the F region. Where the field is not known, each that would make a pair of O and X of two traces is
/// tried.
pub(super) fn f_region(curves: &[Curve], scene: &Scene<'_>) -> Option<FRegion> {
    let admitted = |curve: &Curve| curve.is_f() && curve.points.len() >= 4;
    let coarse = samples(curves, scene, COARSE, admitted);
    let choose = |gyro_mhz: f64| choice(curves, &coarse, &Scene { gyro_mhz, ..*scene }, scene.gyro_mhz);
    // Without a cusp nothing tells an echo of the F region from a level line.
    if !curves.iter().any(|curve| admitted(curve) && curve.end_rise() > LEAST_RISE_KM) {
        return None;
    }
    let Choice { gyro_mhz, upper, lower, rival, .. } = fields(curves, scene)
        .into_iter()
        .filter_map(choose)
        .reduce(|best, next| if next.score > best.score { next } else { best })?;
    let scene = &Scene { gyro_mhz, ..*scene };
    let fine = samples(curves, scene, FINE, admitted);
    let margin = upper.gain - rival;
    let passed = lower.as_ref().map(|lower| lower.fit.layer.critical_mhz).or(upper.fit.layer.lower_mhz);
    let upper = refine(&fine, scene, &F2_PRIOR, &upper.fit, passed, margin)?;
    let lower = lower.and_then(|lower| {
        let own = |sample: &&Sample| explains(&lower.fit, sample) || !explains(&upper.fit, sample);
        let left: Vec<Sample> = fine.iter().filter(own).copied().collect();
        refine(&left, scene, &F2_PRIOR, &lower.fit, lower.fit.layer.lower_mhz, lower.gain)
    });
    Some(FRegion { upper, lower })
}

/// Least and greatest gyrofrequency over the Earth at heights of the F region, MHz.
const FIELDS: [f64; 2] = [0.55, 1.7];
/// Fields nearer to each other than this are refined to the same.
const FIELD_STEP: f64 = 0.08;
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
            if (FIELDS[0]..FIELDS[1]).contains(&gyro) && !near {
                out.push(gyro);
            }
        }
    }
    out
}

/// The best naming of the traces under the scene's field.
fn choice(curves: &[Curve], coarse: &[Sample], scene: &Scene<'_>, usual_mhz: f64) -> Option<Choice> {
    let mut guesses: Vec<Seed> = Vec::new();
    let first_hop = |curve: &&Curve| curve.is_f() && curve.points.len() >= 4 && curve.hop == 1;
    for (index, curve) in curves.iter().enumerate().filter(|(_, curve)| first_hop(curve)) {
        for path in [0, 1] {
            let own: Vec<Sample> = coarse
                .iter()
                .filter(|sample| sample.trace == index && sample.mhz > 0.5 * curve.last_mhz())
                .map(|sample| only(sample, path))
                .collect();
            if own.len() >= 4 {
                let component = |mhz| ordinary(mhz, path, scene.gyro_mhz);
                let passed = curve.falls_first().then(|| 0.985 * component(curve.first_mhz()));
                let fit = along(&own, scene, &F2_PRIOR, component(curve.last_mhz()), passed);
                // Both readings of a trace are told by the same samples.
                guesses.extend(fit.map(|fit| Seed { fit, from_mhz: 0.5 * curve.last_mhz(), trace: index }));
            }
        }
    }
    let all: Vec<Guess> = guesses.iter().map(|guess| joint(guess, coarse)).collect();
    let first = all.iter().max_by(|a, b| a.gain.total_cmp(&b.gain))?.clone();
    let unexplained =
        |fit: &Fit| coarse.iter().filter(|sample| !explains(fit, sample)).copied().collect::<Vec<Sample>>();
    let ratio = |guess: &Guess| guess.fit.layer.critical_mhz / first.fit.layer.critical_mhz;
    // The X trace of the first is no layer above it.
    let twins = x_traces(&first.fit, coarse);
    let x_mhz = x_of_o(first.fit.layer.critical_mhz, scene.gyro_mhz);
    let is_twin = |guess: &Guess, trace: usize| {
        (guess.fit.layer.critical_mhz / x_mhz - 1.0).abs() < TWIN && (twins.is_empty() || twins.contains(&trace))
    };
    // What explains much of what is left is a second layer, above or below.
    let left = unexplained(&first.fit);
    let second = guesses
        .iter()
        .map(|seed| (joint(seed, &left), seed.trace))
        .filter(|(guess, trace)| {
            // A layer above shows its cusp, and enough of it.
            let rises = curves[*trace].end_rise() > CUSP_RISE_KM && guess.gain > 0.2 * first.gain;
            (ratio(guess) > 1.12 && rises && !is_twin(guess, *trace)) || ratio(guess) < 0.92
        })
        .map(|(guess, _)| guess)
        .max_by(|a, b| a.gain.total_cmp(&b.gain))
        .filter(|guess| guess.gain > 6.0 * UNEXPLAINED);
    let strangeness = ((scene.gyro_mhz - usual_mhz) / FIELD_SPREAD).powi(2);
    let alone = first.gain - strangeness;
    let (upper, lower, score) = match second {
        Some(second) if ratio(&second) > 1.12 => {
            let score = alone + second.gain - SECOND;
            (second, Some(first), score)
        }
        Some(second) if ratio(&second) < 0.92 => {
            let score = alone + second.gain - SECOND;
            (first, Some(second), score)
        }
        _ => (first, None, alone),
    };
    // The margin is over the best naming that puts the cusp elsewhere and is no part of this one.
    let differs = |guess: &Guess, fit: &Fit| (guess.fit.layer.critical_mhz / fit.layer.critical_mhz - 1.0).abs() > 0.03;
    let rival =
        |guess: &&Guess| differs(guess, &upper.fit) && lower.as_ref().is_none_or(|low| differs(guess, &low.fit));
    let rival = all.iter().filter(rival).map(|guess| guess.gain).fold(0.0, f64::max);
    Some(Choice { gyro_mhz: scene.gyro_mhz, upper, lower, rival, score })
}

/// A layer fitted to one trace.
struct Seed {
    fit: Fit,
    /// Frequency from which on the layer tells where echoes are.
    from_mhz: f64,
    trace: usize,
}

/// Whether the layer explains different traces as its O and its X.
fn is_pair(fit: &Fit, samples: &[Sample]) -> bool {
    let by_path = |wanted: usize| {
        samples.iter().filter(move |sample| {
            let (path, cost) = least(fit, sample);
            path == wanted && cost < 0.5 * UNEXPLAINED
        })
    };
    const ENOUGH: usize = 5;
    let x: Vec<usize> = by_path(1).map(|sample| sample.trace).collect();
    let o = by_path(0).filter(|sample| !x.contains(&sample.trace)).count();
    o >= ENOUGH && x.len() >= ENOUGH
}

/// What a pair of traces as O and X is worth beside the samples that it explains, in the units of the cost.
const PAIR: f64 = 2.0 * UNEXPLAINED;

/// Traces of which some samples are the X echo of a layer.
fn x_traces(fit: &Fit, samples: &[Sample]) -> Vec<usize> {
    let own = |sample: &&Sample| {
        let (path, cost) = least(fit, sample);
        PATHS[path] == (Mode::X, 1.0) && cost < 0.5 * UNEXPLAINED
    };
    let mut all: Vec<usize> = samples.iter().filter(own).map(|sample| sample.trace).collect();
    all.sort_unstable();
    let counted = all.chunk_by(|a, b| a == b).filter(|run| run.len() >= 4);
    counted.map(|run| run[0]).collect()
}

/// What a second layer must be worth: one that explains as much is the better account.
const SECOND: f64 = 3.0 * UNEXPLAINED;

/// How near to the X cusp of a layer another trace's cusp must stand to be that, as a share.
const TWIN: f64 = 0.04;

/// The guess fitted to the samples as a whole: the twin and the multiples of the trace that led to it count.
fn joint(seed: &Seed, samples: &[Sample]) -> Guess {
    let Seed { fit: guess, from_mhz, .. } = seed;
    // Above a lower layer's cusp, and near enough below its own, a layer tells where echoes are.
    let from = guess.layer.lower_mhz.unwrap_or(0.0).max(*from_mhz);
    let near: Vec<Sample> = samples.iter().filter(|sample| sample.mhz > from).copied().collect();
    let fit = guess.layer.clone().fit(&near, &F2_PRIOR, guess.amounts, 5);
    let saved: f64 = near.iter().map(|sample| UNEXPLAINED - least(&fit, sample).1.min(UNEXPLAINED)).sum();
    let paired = if is_pair(&fit, &near) { PAIR } else { 0.0 };
    let gain = saved + paired - absence(&fit, samples) - 0.5 * fit.strain;
    Guess { fit, gain }
}

/// The O critical frequency of a trace of a component that ends at `mhz`.
fn ordinary(mhz: f64, path: usize, gyro_mhz: f64) -> f64 {
    if path == 1 { (mhz * (mhz - gyro_mhz)).max(0.01).sqrt() } else { mhz }
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

/// Cost of an O trace that should be seen just below its cusp and is not: O is rarely weaker than X.
fn absence(fit: &Fit, samples: &[Sample]) -> f64 {
    let critical = fit.layer.critical_mhz;
    let bins = 6;
    let mut seen = vec![false; bins];
    for sample in samples {
        let share = (sample.mhz / critical - 0.88) / 0.115;
        if (0.0..1.0).contains(&share) && fit.costs(sample)[0] < 0.5 * UNEXPLAINED {
            seen[(share * bins as f64) as usize] = true;
        }
    }
    UNEXPLAINED * seen.iter().filter(|seen| !**seen).count() as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{RangeAxis, Sweep};
    use crate::physics::{Profile, Stratum};
    use crate::scale::sample::Point;

    /// Traces of exact virtual heights, without names.
    fn traces(profile: &Profile, modes: &[Mode], ranges: &[(f64, f64)]) -> Vec<Curve> {
        let curve = |mode: Mode, &(from, to): &(f64, f64)| {
            let limit = |mhz: f64| if mode == Mode::X { x_of_o(mhz, profile.gyro_at(270.0)) } else { mhz };
            let (from, to) = (limit(from), limit(to));
            let points = (0..80)
                .map(|i| to - (to - from) * (1.0 - f64::from(i) / 79.0).powi(2))
                .filter_map(|mhz| Some((mhz, profile.virtual_range(mhz, mode)?)))
                .map(|(mhz, km)| Point { mhz, edge_km: km, centre_km: km, sigma_mhz: 0.01, amplitude: 200.0 })
                .collect();
            Curve { points, mode: Mode::Unknown, hop: 1, confidence: 0.3, repeats_low: false }
        };
        modes.iter().flat_map(|mode| ranges.iter().map(|range| curve(*mode, range))).collect()
    }

    fn region(curves: &[Curve], gyro_known: bool) -> Option<FRegion> {
        let (sweep, range) = (Sweep::default(), RangeAxis::default());
        let scene = Scene {
            sweep: &sweep,
            range: &range,
            mhz_error: 0.01,
            km_error: 2.0,
            band_mhz: [1.0, 20.0],
            top_km: 800.0,
            mhz_axis: 0.0,
            km_scatter: 3.0,
            place_px: 1.0,
            gyro_mhz: if gyro_known { 1.35 } else { 1.2 },
            gyro_known,
            sin2: 0.12,
        };
        f_region(curves, &scene)
    }

    fn stratum(critical_mhz: f64, peak_km: f64, half_km: f64) -> Stratum {
        Stratum { critical_mhz, peak_km, half_km, scale_km: 60.0, scale_growth: 0.1 }
    }

    #[test]
    fn both_components_without_names_give_the_critical_frequency_and_the_field() {
        let sky = Profile { strata: vec![stratum(7.0, 300.0, 90.0)], gyro_mhz: 1.35, sin2: 0.12, sounder_km: 0.0 };
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
        let sky = Profile { strata: vec![stratum(5.0, 280.0, 80.0)], gyro_mhz: 1.35, sin2: 0.12, sounder_km: 0.0 };
        let found = region(&traces(&sky, &[Mode::O], &[(2.0, 4.95)]), true).unwrap();
        assert!((found.upper.fit.layer.critical_mhz - 5.0).abs() < 0.03, "{}", found.upper.fit.layer.critical_mhz);
    }

    #[test]
    fn two_layers_are_told_apart() {
        let strata = vec![stratum(6.5, 310.0, 80.0), Stratum { scale_km: 20.0, ..stratum(4.2, 190.0, 55.0) }];
        let sky = Profile { strata, gyro_mhz: 1.35, sin2: 0.12, sounder_km: 0.0 };
        let found = region(&traces(&sky, &[Mode::O, Mode::X], &[(2.6, 4.17), (4.23, 6.45)]), true).unwrap();
        assert!((found.upper.fit.layer.critical_mhz - 6.5).abs() < 0.04);
        let lower = found.lower.unwrap().fit.layer.critical_mhz;
        assert!((lower - 4.2).abs() < 0.06, "{lower}");
    }

    #[test]
    fn no_trace_gives_no_layer() {
        assert!(region(&[], true).is_none());
    }
}

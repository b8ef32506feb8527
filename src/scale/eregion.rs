//! The E region: the normal E layer and sporadic E.

use super::Scene;
use super::curve::{Curve, Point, falls_first};
use super::fregion::along;
use super::intermediate::{Intermediate, intermediate};
use super::layer::{Fit, NO_THIRD, PATHS, Prior, Sample, UNEXPLAINED};
use super::naming::{lowest_km, ordinary_of};
use super::refine::{Upper, only, refine};
use super::sample::samples;
use super::sporadic::{Sporadic, sporadic};
use crate::model::Mode;
use crate::physics::x_of_o;

/// Foot, parabolic thickness, even growth and lower layer of E, km.
pub(super) const E_PRIOR: Prior =
    Prior([(103.0, 12.0), (13.0, 7.0), (0.0, 6.0), (0.0, 1e-3), (0.0, 1e-3), (0.0, 1e-3)]);

/// Normal E.
#[derive(Debug, Clone)]
pub(super) struct Normal {
    /// Critical frequency of O, MHz.
    pub(super) fo_mhz: f64,
    /// One sigma of it, MHz.
    pub(super) sigma_mhz: f64,
    /// Height of the layer's foot, km.
    pub(super) foot_km: f64,
    /// O points, one list for each curve.
    pub(super) points: Vec<Vec<Point>>,
    /// Lowest frequency of an echo of the layer, MHz: where X is seen, O is absorbed less.
    pub(super) first_mhz: f64,
    /// The cusp was seen from below; else only what lies above it begins there.
    pub(super) rises: bool,
}

/// What the E region shows.
#[derive(Debug, Clone, Default)]
pub(super) struct ERegion {
    pub(super) normal: Option<Normal>,
    /// A thick layer between E and F1.
    pub(super) intermediate: Option<Intermediate>,
    pub(super) sporadic: Option<Sporadic>,
}

/// Where the O echo of the F region begins.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Start {
    mhz: f64,
    /// It comes down from a cusp there: the layer below ends.
    falls: bool,
}

/// Nothing reflects below this height, km; and what spans less, as a logarithm of frequencies, is no trace of the E region.
const LEAST_KM: f64 = 85.0;
const LEAST_SPAN: f64 = 0.03;
/// Least rise of a trace at its high end for the cusp of a thick layer, km.
const RISE_KM: f64 = 9.0;
/// Highest foE that is believed, MHz.
pub(super) const HIGHEST_FOE_MHZ: f64 = 4.7;
/// Share of foE below which no O echo comes from above the layer.
const HIDDEN: f64 = 0.93;
/// Rise from which a trace's end is a cusp beyond doubt, km, and that share then: Z comes from above the layer.
const CERTAIN_RISE_KM: f64 = 20.0;
const CERTAIN_HIDDEN: f64 = 0.8;
/// How near to the O frequency that goes with an X cusp another cusp must stand to be its O, as a share.
const TWIN: f64 = 0.07;
/// Largest ratio of the frequencies at which a trace of E ends and the next one comes down from the same cusp.
pub(super) const SAME_CUSP: f64 = 1.16;
/// The same if the next trace was not seen to come down.
const NEAR_CUSP: f64 = 1.08;
/// The same for a trace that rises to its end: what lies between is not seen.
const FAR_CUSP: f64 = 1.4;
/// Rise to its end that tells the trace of a thick layer from a sheet's, km.
const SLIGHT_RISE_KM: f64 = 4.0;
/// Where a trace comes into sight above a cusp, as a ratio to the critical frequency.
const PAST_CUSP: f64 = 1.016;
/// The share of the fit's own bounds that foE keeps to: its points err less together than those of F.
const FIT_SHARE: f64 = 0.4;
/// Least rise and fall about a cusp inside a trace of the E region, km.
const CUSP_KM: f64 = 10.0;
/// Share of foE below which the trace of E is level.
const LEVEL_SHARE: f64 = 0.7;
/// Gyrofrequency at E heights over that of the F region.
const LOW_FIELD: f64 = 1.085;

/// Where the lowest of some O echoes of the F region begins that go on well above `end_mhz`: one that does not is Z if a
/// layer's cusp stands there.
fn start(ordinary: &[Vec<Point>], end_mhz: f64) -> Option<Start> {
    let first = |list: &&Vec<Point>| list.first().map_or(f64::MAX, |point| point.mhz);
    let goes_on = |list: &&Vec<Point>| list.last().is_some_and(|point| point.mhz > BEYOND * end_mhz);
    let list = ordinary.iter().filter(goes_on).min_by(|a, b| first(a).total_cmp(&first(b)))?;
    Some(Start { mhz: first(&list), falls: falls_first(list) })
}

/// How far beyond foE an O echo from above must reach at least, as a ratio.
pub(super) const BEYOND: f64 = 1.06;

/// Reads the E region. `scene` has the field of the F region; `ordinary` are the O echoes of the F region: below foE there
/// can be none.
pub(super) fn e_region(curves: &[Curve], scene: &Scene<'_>, ordinary: &[Vec<Point>]) -> ERegion {
    let scene = &Scene { gyro_mhz: scene.gyro_mhz * LOW_FIELD, gyro_known: true, ..*scene };
    let low: Vec<Curve> = curves
        .iter()
        .filter(|curve| curve.is_low() && curve.hop == 1)
        .flat_map(|curve| curve.clone().split_at_cusps(CUSP_KM))
        .filter(|curve| curve.points.len() >= 5 && curve.tenth_km() > Some(LEAST_KM) && curve.span() > LEAST_SPAN)
        .collect();
    let (normal, mut taken) = normal(&low, scene, ordinary);
    let above = normal.as_ref().filter(|normal| normal.rises);
    let intermediate = above.and_then(|normal| intermediate(curves, normal, scene));
    if let Some(layer) = &intermediate {
        // No sheet is made of its traces.
        low.iter().zip(&mut taken).for_each(|(curve, taken)| *taken |= layer.has(curve, scene));
    }
    let sheets: Vec<&Curve> = low.iter().zip(&taken).filter(|(_, taken)| !**taken).map(|(curve, _)| curve).collect();
    let end = normal.as_ref().filter(|normal| normal.rises).map_or(0.0, |normal| normal.fo_mhz);
    // A layer denser than the sheet hides it.
    let begins_mhz = low.iter().map(Curve::first_mhz).fold(f64::MAX, f64::min).max(end);
    let sporadic = sporadic(&sheets, begins_mhz, scene).filter(|sheet| sheet.last_mhz > 1.04 * end);
    ERegion { normal, intermediate, sporadic }
}

/// The normal E layer, and which of the curves are its own.
fn normal(low: &[Curve], scene: &Scene<'_>, ordinary: &[Vec<Point>]) -> (Option<Normal>, Vec<bool>) {
    let mut taken = vec![false; low.len()];
    let Some((index, fit)) = cusp(low, scene, ordinary) else {
        return (flat(low, start(ordinary, 0.0), &mut taken), taken);
    };
    let own = samples(low, scene, 160, |curve| std::ptr::eq(curve, &low[index]));
    let refined = refine(&own, scene, &E_PRIOR, &fit, None, 0.0);
    let end = low[index].last_mhz();
    let (fit, sigma) = match refined {
        Some(Upper { fit, lower_mhz, upper_mhz, .. }) => (fit, FIT_SHARE * (upper_mhz - lower_mhz) / 3.92),
        None => (fit, 0.05 * end),
    };
    let next = next_start(low, start(ordinary, end), end);
    let (fo_mhz, sigma_mhz) = bracketed(fit.layer.critical_mhz, sigma, end, next);
    for (curve, taken) in low.iter().zip(&mut taken) {
        *taken = belongs(curve, &fit, fo_mhz, scene);
    }
    taken[index] = true;
    let extraordinary = |curve: &Curve| curve.last_mhz() > 1.03 * fo_mhz;
    let points = low.iter().zip(&taken).filter(|(curve, taken)| **taken && !extraordinary(curve));
    let points = points.map(|(curve, _)| curve.points.clone()).collect();
    let (foot_km, first_mhz) = (fit.amounts.base, first_of(low, &taken));
    (Some(Normal { fo_mhz, sigma_mhz, foot_km, points, first_mhz, rises: true }), taken)
}

/// The curve that shows the cusp of E best, with its fit.
fn cusp(low: &[Curve], scene: &Scene<'_>, ordinary: &[Vec<Point>]) -> Option<(usize, Fit)> {
    let coarse = samples(low, scene, 90, |_| true);
    let mut found: Vec<(f64, usize, Fit)> = Vec::new();
    for (index, curve) in low.iter().enumerate() {
        let own: Vec<Sample> =
            coarse.iter().filter(|sample| sample.trace == index).map(|sample| only(sample, 0)).collect();
        if own.len() < 4 || curve.end_rise() < RISE_KM {
            continue;
        }
        let Some(fit) = along(&own, scene, &E_PRIOR, curve.last_mhz(), None) else { continue };
        let saved = flat_cost(&own) - (fit.cost - 0.5 * fit.strain);
        let end = curve.last_mhz();
        let certain = curve.end_rise() > CERTAIN_RISE_KM;
        let least = match certain {
            // Where the field stands upright, F shows Z below foE.
            true if scene.sin2 < NO_THIRD => 0.0,
            true => CERTAIN_HIDDEN,
            false => HIDDEN,
        };
        // Where F begins at the O frequency of the end, the trace is X.
        let o_end = ordinary_of(end, Mode::X, scene.gyro_mhz);
        let is_x = |above: Start| above.mhz < HIDDEN * end && (above.mhz / o_end - 1.0).abs() < TWIN;
        let hidden = start(ordinary, end).is_none_or(|above| above.mhz > least * end && !is_x(above));
        let believed = fit.layer.critical_mhz < HIGHEST_FOE_MHZ && saved > 0.4 * own.len() as f64;
        if hidden && believed {
            found.push((saved, index, fit));
        }
    }
    let best = found.iter().max_by(|a, b| a.0.total_cmp(&b.0))?;
    // The X trace of E has the same shape: where its O is there too, that is the one to read.
    let twin = ordinary_of(best.2.layer.critical_mhz, Mode::X, scene.gyro_mhz);
    let is_o = |(saved, index, fit): &&(f64, usize, Fit)| {
        *index != best.1 && *saved > 0.5 * best.0 && (fit.layer.critical_mhz / twin - 1.0).abs() < TWIN
    };
    found.iter().find(is_o).or(Some(best)).map(|(_, index, fit)| (*index, fit.clone()))
}

/// A flat trace that ends where the F region's O echo begins is E: its own cusp is too weak to show. A sheet would let F
/// through, or go on as X.
fn flat(low: &[Curve], above: Option<Start>, taken: &mut [bool]) -> Option<Normal> {
    let start = above.filter(|start| start.mhz < HIGHEST_FOE_MHZ)?;
    let last = low.iter().map(Curve::last_mhz).filter(|last| *last < PAST_CUSP * start.mhz).fold(0.0, f64::max);
    let beyond = low.iter().any(|curve| curve.last_mhz() >= PAST_CUSP * start.mhz && curve.first_mhz() < start.mhz);
    // A thick layer's trace rises a little even where its cusp is not seen; a sheet's does not.
    let rises = low.iter().any(|curve| curve.last_mhz() == last && curve.end_rise() > SLIGHT_RISE_KM);
    let most = if rises {
        FAR_CUSP
    } else if start.falls {
        SAME_CUSP
    } else {
        NEAR_CUSP
    };
    if beyond || last * most < start.mhz {
        return None;
    }
    for (curve, taken) in low.iter().zip(&mut *taken) {
        *taken = curve.last_mhz() < PAST_CUSP * start.mhz;
    }
    let points: Vec<Vec<Point>> =
        low.iter().zip(&*taken).filter(|(_, taken)| **taken).map(|(curve, _)| curve.points.clone()).collect();
    let foot_km = lowest_km(&points, |_| true)?;
    let (fo_mhz, sigma_mhz) = bracketed(start.mhz / PAST_CUSP, 0.03 * start.mhz, last, Some(start.mhz));
    Some(Normal { fo_mhz, sigma_mhz, foot_km, points, first_mhz: first_of(low, taken), rises: false })
}

/// Lowest frequency of the curves that were taken, MHz.
fn first_of(low: &[Curve], taken: &[bool]) -> f64 {
    low.iter().zip(taken).filter(|(_, taken)| **taken).map(|(curve, _)| curve.first_mhz()).fold(f64::MAX, f64::min)
}

/// Where the next trace above `end_mhz` begins: just above the cusp, which nothing passes, if no sheet blankets it.
fn next_start(low: &[Curve], above: Option<Start>, end_mhz: f64) -> Option<f64> {
    let sheets = low.iter().filter(|curve| curve.falls_first()).map(|curve| (curve.first_mhz(), SAME_CUSP));
    let start = above.map(|start| (start.mhz, if start.falls { SAME_CUSP } else { NEAR_CUSP }));
    let starts = sheets.chain(start).filter(|(mhz, most)| (0.985..*most).contains(&(mhz / end_mhz)));
    starts.map(|(mhz, _)| mhz).reduce(f64::min)
}

/// A critical frequency with its sigma: of the fit to the trace that ends at `end`, and, where the next trace comes down
/// from the same cusp, of where that begins.
fn bracketed(fitted: f64, sigma: f64, end: f64, next: Option<f64>) -> (f64, f64) {
    let fitted = fitted.max(end);
    let sigma = sigma.max(0.004 * end);
    let Some(next) = next else { return (fitted, sigma) };
    let (low, high) = (end.min(next), end.max(next));
    let (above, above_sigma) = (high / PAST_CUSP, (0.5 * (PAST_CUSP - 1.0) * high).max(0.2 * (high - low)));
    let (weight, other) = (sigma.powi(-2), above_sigma.powi(-2));
    let both = (weight * fitted + other * above) / (weight + other);
    (both.clamp(low, high), (weight + other).sqrt().recip())
}

/// Whether a curve is one of the layer's: O or X of its fit, or nothing but a piece at its heights below its cusp.
fn belongs(curve: &Curve, fit: &Fit, fo_mhz: f64, scene: &Scene<'_>) -> bool {
    let extraordinary = x_of_o(fo_mhz, scene.gyro_mhz);
    if curve.end_rise() > RISE_KM && (curve.last_mhz() - extraordinary).abs() < 0.1 {
        return true;
    }
    let near = (curve.median_km() - fit.amounts.base).abs() < 3.0 * CUSP_KM;
    // Far below its cusp a layer's trace is level.
    let level = curve.last_mhz() > LEVEL_SHARE * fo_mhz || curve.rise() < 2.0 * CUSP_KM;
    if curve.last_mhz() < 1.01 * fo_mhz && near && level {
        return true;
    }
    let fits = |point: &&Point| {
        let sample = Sample {
            mhz: point.mhz,
            km: point.edge_km,
            sigma_km: scene.km_scatter,
            sigma_mhz: point.sigma_mhz,
            trace: 0,
            penalty: [0.0; PATHS.len()],
        };
        let costs = fit.costs(&sample);
        costs[0].min(costs[1]) < 0.6 * UNEXPLAINED
    };
    curve.last_mhz() < 1.03 * extraordinary && 3 * curve.points.iter().filter(fits).count() > 2 * curve.points.len()
}

/// Cost of the samples about the level that suits them best.
fn flat_cost(samples: &[Sample]) -> f64 {
    let mut heights: Vec<f64> = samples.iter().map(|sample| sample.km).collect();
    heights.sort_by(f64::total_cmp);
    let level = heights[heights.len() / 2];
    let cost = |sample: &Sample| {
        let square = ((sample.km - level) / sample.sigma_km).powi(2);
        square / (1.0 + square / UNEXPLAINED)
    };
    samples.iter().map(cost).sum()
}

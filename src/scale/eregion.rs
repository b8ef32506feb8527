//! The E region: the normal E layer and sporadic E.

use super::Scene;
use super::fregion::{Upper, along, refine};
use super::layer::{Fit, Prior, Sample, UNEXPLAINED};
use super::naming::{lowest_km, ordinary_of};
use super::sample::{Curve, Point, samples};
use crate::model::Mode;
use crate::physics::x_of_o;

/// Foot, parabolic thickness, even growth and lower layer of E, km.
pub(super) const E_PRIOR: Prior = Prior([(103.0, 12.0), (18.0, 10.0), (0.0, 6.0), (0.0, 1e-3)]);

/// Sporadic E.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sporadic {
    /// Lowest and highest frequency of the trace, MHz.
    pub(super) first_mhz: f64,
    pub(super) last_mhz: f64,
    /// Top frequency of O, MHz.
    pub(super) fo_mhz: f64,
    /// The step of strength at which O ends and X goes on was seen.
    pub(super) step_seen: bool,
    /// Lowest height of the leading edge, km.
    pub(super) km: f64,
    /// Number of points.
    pub(super) points: usize,
    /// Strength of the name, 0 to 1.
    pub(super) sureness: f64,
}

/// What the E region shows.
#[derive(Debug, Clone, Default)]
pub(super) struct ERegion {
    pub(super) normal: Option<Upper>,
    /// O points of normal E.
    pub(super) normal_points: Vec<Vec<Point>>,
    pub(super) sporadic: Option<Sporadic>,
}

/// Reads the E region. `scene` has the field of the F region. `f_first_mhz` is the lowest frequency at which an O echo of the F region is seen: below foE
/// there can be none.
pub(super) fn e_region(curves: &[Curve], scene: &Scene<'_>, f_first_mhz: Option<f64>) -> ERegion {
    let scene = &Scene { gyro_mhz: scene.gyro_mhz * LOW_FIELD, gyro_known: true, ..*scene };
    let low = |curve: &Curve| curve.is_low() && curve.hop == 1 && curve.points.len() >= 6;
    let coarse = samples(curves, scene, 90, low);
    let mut out = ERegion::default();
    let mut best: Option<(f64, usize, Fit)> = None;
    for (index, curve) in curves.iter().enumerate().filter(|(_, curve)| low(curve)) {
        let own: Vec<Sample> = coarse
            .iter()
            .filter(|sample| sample.trace == index)
            .map(|sample| Sample { penalty: [0.0, UNEXPLAINED, UNEXPLAINED, UNEXPLAINED], ..*sample })
            .collect();
        if own.len() < 4 || curve.end_rise() < RISE_KM {
            continue;
        }
        let Some(fit) = along(&own, scene, &E_PRIOR, curve.last_mhz(), None) else { continue };
        let critical = fit.layer.critical_mhz;
        let flat = flat_cost(&own);
        let saved = (flat - (fit.cost - 0.5 * fit.strain)) / own.len() as f64;
        let hidden = f_first_mhz.is_none_or(|first| first > 0.9 * critical);
        if saved > 0.4
            && critical < HIGHEST_FOE_MHZ
            && hidden
            && best.as_ref().is_none_or(|kept| saved * own.len() as f64 > kept.0)
        {
            best = Some((saved * own.len() as f64, index, fit));
        }
    }
    let fine = samples(curves, scene, 160, low);
    if let Some((_, index, fit)) = &best {
        let own: Vec<Sample> = fine.iter().filter(|sample| sample.trace == *index).copied().collect();
        out.normal = refine(&own, scene, &E_PRIOR, fit, None, 0.0);
        out.normal_points.push(curves[*index].points.clone());
    }
    let is_normal = |curve: &Curve| {
        let Some(normal) = &out.normal else { return false };
        let extraordinary = x_of_o(normal.fit.layer.critical_mhz, normal.gyro_mhz);
        if curve.end_rise() > RISE_KM && (curve.last_mhz() - extraordinary).abs() < 0.1 {
            return true;
        }
        let fits = |point: &&Point| {
            let sample = Sample {
                mhz: point.mhz,
                km: point.edge_km,
                sigma_km: scene.km_scatter,
                sigma_mhz: point.sigma_mhz,
                trace: 0,
                penalty: [0.0; 4],
            };
            let costs = normal.fit.costs(&sample);
            costs[0].min(costs[1]) < 0.6 * UNEXPLAINED
        };
        2 * curve.points.iter().filter(fits).count() > curve.points.len()
    };
    let sheets: Vec<&Curve> = curves
        .iter()
        .enumerate()
        .filter(|(index, curve)| low(curve) && best.as_ref().is_none_or(|found| found.1 != *index) && !is_normal(curve))
        .map(|(_, curve)| curve)
        .collect();
    out.sporadic = sporadic(&sheets, scene);
    out
}

/// Least rise of a trace at its high end for the cusp of a thick layer, km.
const RISE_KM: f64 = 9.0;
/// Highest foE that is believed, MHz.
const HIGHEST_FOE_MHZ: f64 = 4.7;

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

/// The main trace and what continues it.
fn sporadic(sheets: &[&Curve], scene: &Scene<'_>) -> Option<Sporadic> {
    let span =
        |curve: &Curve| (curve.last_mhz() / curve.first_mhz().max(0.1)).ln() * (curve.points.len() as f64).sqrt();
    let main = sheets.iter().max_by(|a, b| span(a).total_cmp(&span(b)))?;
    if main.points.len() < LEAST_POINTS {
        return None;
    }
    let mut points = main.points.clone();
    let (mut first, mut last) = (main.first_mhz(), main.last_mhz());
    let level = main.median_km();
    loop {
        let next = sheets.iter().find(|curve| {
            let near = (curve.median_km() - level).abs() < 12.0;
            let above = curve.first_mhz() < last * GAP && curve.last_mhz() > last * 1.005;
            let below = curve.last_mhz() > first / GAP && curve.first_mhz() < first * 0.995;
            near && (above || below)
        });
        let Some(next) = next else { break };
        first = first.min(next.first_mhz());
        last = last.max(next.last_mhz());
        points.extend(&next.points);
    }
    points.sort_by(|a, b| a.mhz.total_cmp(&b.mhz));
    let km = lowest_km(std::slice::from_ref(&points), |_| true)?;
    let deduced = ordinary_of(last, Mode::X, scene.gyro_mhz);
    let (fo_mhz, step_seen) = match step(&points, deduced) {
        Some(mhz) => (mhz, true),
        None => (deduced, false),
    };
    Some(Sporadic {
        first_mhz: first,
        last_mhz: last,
        fo_mhz,
        step_seen,
        km,
        points: points.len(),
        sureness: main.confidence,
    })
}

/// Fewest points of a sporadic E trace.
const LEAST_POINTS: usize = 30;
/// Largest gap inside a mainly continuous trace, as a ratio of frequencies.
const GAP: f64 = 1.12;
/// Gyrofrequency at E heights over that of the F region.
pub(super) const LOW_FIELD: f64 = 1.085;

/// Frequency near `expected_mhz` at which the strength falls most: there O ends.
fn step(points: &[Point], expected_mhz: f64) -> Option<f64> {
    let slack = 0.06;
    let mean = |from: f64, to: f64| {
        let inside: Vec<f64> =
            points.iter().filter(|point| point.mhz >= from && point.mhz < to).map(|point| point.amplitude).collect();
        (inside.len() >= 4).then(|| inside.iter().sum::<f64>() / inside.len() as f64)
    };
    (-12..=12)
        .map(|i| expected_mhz * (1.0 + slack * f64::from(i) / 12.0))
        .filter_map(|mhz| Some((mhz, mean(mhz * 1.005, mhz * 1.1)? / mean(mhz * 0.88, mhz * 0.995)?.max(1.0))))
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .filter(|(_, ratio)| *ratio < 0.8)
        .map(|(mhz, _)| mhz)
}

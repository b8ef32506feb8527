//! Which points of the F traces are O and which X, as the fitted layers have it.

use super::Scene;
use super::curve::{Curve, Point, falls_first, median};
use super::fregion::FRegion;
use super::layer::{PATHS, Sample, UNEXPLAINED};
use crate::model::Mode;

/// First-hop points of the F region by component, from low to high frequency within each curve.
#[derive(Debug, Clone, Default)]
pub(super) struct Named {
    /// O, one list for each curve.
    pub(super) ordinary: Vec<Vec<Point>>,
    /// X.
    pub(super) extraordinary: Vec<Vec<Point>>,
    /// Lowest heights of long first echoes that no layer explains, km.
    pub(super) unnamed_km: Vec<f64>,
    /// Lowest frequency from which on the low end of O cannot be told from a multiple of a sheet's echo, MHz.
    pub(super) unclear_from: Option<f64>,
}

impl Named {
    /// Drops what lies wholly below a frequency: no O echo of the F region comes through a layer below its cusp.
    pub(super) fn drop_below(&mut self, mhz: f64) {
        self.ordinary.retain(|list| list.last().is_some_and(|point| point.mhz > mhz));
    }

    /// Drops all points below a frequency: they are of Z.
    pub(super) fn cut_below(&mut self, mhz: f64) {
        for list in &mut self.ordinary {
            list.retain(|point| point.mhz > mhz);
        }
        self.ordinary.retain(|list| list.len() >= 3);
    }

    /// Takes multiples of a sheet's echo off the low ends: long runs at twice or three times its height, a few stray points
    /// among them.
    pub(super) fn drop_multiples(&mut self, flat_km: f64, sheets: &[Curve]) {
        for list in &mut self.ordinary {
            let is_multiple = |point: &Point| {
                let level = |hop: f64| (point.edge_km - hop * flat_km).abs() < MULTIPLE_SHARE * point.edge_km;
                level(2.0) || level(3.0) || sheets.iter().any(|sheet| sheet.repeated_by(point))
            };
            let (mut run, mut hits) = (0, 0);
            for (i, point) in list.iter().enumerate() {
                if is_multiple(point) {
                    hits += 1;
                    if 5 * hits >= 4 * (i + 1) {
                        run = i + 1;
                    }
                }
            }
            let span = if run > 0 { (list[run - 1].mhz / list[0].mhz).ln() } else { 0.0 };
            if crosses(&list[..run], flat_km, sheets) {
                continue;
            }
            if span > UNCLEAR_SPAN {
                self.unclear_from = Some(self.unclear_from.map_or(list[0].mhz, |mhz| mhz.min(list[0].mhz)));
            }
            if span > MULTIPLE_SPAN {
                self.unnamed_km.extend(lowest_km(&[list.drain(..run).collect()], |_| true));
            }
        }
        self.ordinary.retain(|list| list.len() >= 3);
    }

    /// Lowest O frequency, MHz.
    pub(super) fn first_mhz(&self) -> Option<f64> {
        self.ordinary.iter().flatten().map(|point| point.mhz).reduce(f64::min)
    }
}

/// Whether points that stand near multiples of a sheet cross them and do not follow them.
fn crosses(points: &[Point], flat_km: f64, sheets: &[Curve]) -> bool {
    let above = |point: &Point| {
        let heights = sheets.iter().filter_map(|sheet| sheet.edge_at(point.mhz)).chain([flat_km]);
        let all = heights.flat_map(|km| [2.0, 3.0].map(|hop| point.edge_km - hop * km));
        all.min_by(|a, b| a.abs().total_cmp(&b.abs())).unwrap_or(0.0)
    };
    let third = points.len() / 3;
    let middle = |part: &[Point]| median(part.iter().map(above));
    third > 2 && (middle(&points[points.len() - third..]) - middle(&points[..third])).abs() > CROSSES_KM
}

/// Names the points of the F curves. A curve is O, or X, or a multiple, or begins where both run together and goes on as
/// X; one that no layer explains is left out.
pub(super) fn name(curves: &[Curve], region: &FRegion, scene: &Scene<'_>) -> Named {
    let mut out = Named::default();
    let mut unnamed: Vec<&Curve> = Vec::new();
    let mut lone: Vec<Vec<Point>> = Vec::new();
    for curve in curves.iter().filter(|curve| curve.is_f()) {
        match kind(curve, region, scene) {
            None => unnamed.push(curve),
            Some(Kind::Other) => {}
            Some(Kind::First { split }) => {
                let (ordinary, extraordinary) = curve.points.split_at(split);
                if ordinary.len() >= 3 {
                    out.ordinary.push(ordinary.to_vec());
                }
                if extraordinary.len() >= 3 {
                    lone.push(extraordinary.to_vec());
                }
            }
        }
    }
    // O is less absorbed: where only one component is seen well below the cusp, it is O.
    let covered = |point: &Point, named: &Named| {
        let spans = |list: &Vec<Point>| list[0].mhz <= point.mhz && point.mhz <= list[list.len() - 1].mhz;
        named.ordinary.iter().any(spans) || point.mhz > 0.96 * region.upper.fit.layer.critical_mhz
    };
    for points in lone {
        let alone = points.iter().filter(|point| !covered(point, &out)).count();
        if 2 * alone > points.len() {
            out.ordinary.push(points);
        } else {
            out.extraordinary.push(points);
        }
    }
    // Below the frequencies that the fit rests on, what runs into the O trace belongs to it.
    unnamed.sort_by(|a, b| b.last_mhz().total_cmp(&a.last_mhz()));
    for curve in unnamed.into_iter().filter(|curve| curve.hop == 1) {
        let Some(end) = curve.points.last() else { continue };
        // Either the trace goes on, or it rises to the cusp from which the next one comes down.
        let joins = |list: &Vec<Point>| {
            list.first().is_some_and(|start| {
                let near = (0.93..1.02).contains(&(end.mhz / start.mhz));
                let level = (end.edge_km - start.edge_km).abs() < JOIN_KM;
                near && (level || (curve.end_rise() > JOIN_KM && falls_first(list)))
            })
        };
        // Or it runs through the beginning of that trace, and goes on as another one.
        let through = |list: &Vec<Point>| {
            let start = list.first()?;
            let before = curve.points.partition_point(|point| point.mhz < start.mhz);
            let near = |km: f64| (km - start.edge_km).abs() < JOIN_KM;
            (2 * before > curve.points.len() && curve.edge_at(start.mhz).is_some_and(near)).then_some(before)
        };
        if out.ordinary.iter().any(joins) {
            out.ordinary.push(curve.points.clone());
        } else if let Some(before) = out.ordinary.iter().find_map(through) {
            out.ordinary.push(curve.points[..before].to_vec());
        } else if curve.points.len() >= LONG && curve.first_mhz() < region.upper.fit.layer.critical_mhz {
            out.unnamed_km.extend(lowest_km(std::slice::from_ref(&curve.points), |_| true));
        }
    }
    out
}

/// Fewest points of a trace that counts though no layer explains it.
const LONG: usize = 30;
/// How near to a multiple's height a point must stand, as a share of it.
const MULTIPLE_SHARE: f64 = 0.035;
/// Length of a level run from which it is a multiple, as a logarithm of frequencies: an F trace is level over less.
const MULTIPLE_SPAN: f64 = 0.25;
/// The same from which the low end of a trace at a multiple's height is not clear.
const UNCLEAR_SPAN: f64 = 0.06;
/// Change of the distance from a multiple along a trace from which it crosses it, km.
const CROSSES_KM: f64 = 5.0;
/// Largest step in height between pieces of one trace, km.
const JOIN_KM: f64 = 15.0;

/// What a curve is.
enum Kind {
    /// A first echo: O before the point `split`, X from it on.
    First { split: usize },
    /// A second echo, or Z.
    Other,
}

fn kind(curve: &Curve, region: &FRegion, scene: &Scene<'_>) -> Option<Kind> {
    let costs: Vec<[f64; PATHS.len()]> = curve.points.iter().map(|point| costs(point, curve, region, scene)).collect();
    let n = costs.len();
    let multiple: f64 = costs.iter().map(|cost| cost[2].min(cost[3])).sum();
    // As X throughout, then one point after the other moved to O.
    let mut total: f64 = costs.iter().map(|cost| cost[1]).sum();
    let mut best = (total, 0);
    for (i, cost) in costs.iter().enumerate() {
        total += cost[0] - cost[1];
        let turn = if i + 1 < n { 2.0 * UNEXPLAINED } else { 0.0 };
        if total + turn < best.0 {
            best = (total + turn, i + 1);
        }
    }
    let third: f64 = costs.iter().map(|cost| cost[4]).sum();
    if third < best.0.min(multiple) {
        return (third < 0.8 * UNEXPLAINED * n as f64).then_some(Kind::Other);
    }
    let kind = if multiple < best.0 { Kind::Other } else { Kind::First { split: best.1 } };
    (multiple.min(best.0) < 0.8 * UNEXPLAINED * n as f64).then_some(kind)
}

/// Cost of a point along each path, by the layer that suits it best, with the names of the trace as hints.
fn costs(point: &Point, curve: &Curve, region: &FRegion, scene: &Scene<'_>) -> [f64; PATHS.len()] {
    let sample = Sample {
        mhz: point.mhz,
        km: point.edge_km,
        sigma_km: scene.km_scatter,
        sigma_mhz: point.sigma_mhz,
        trace: 0,
        penalty: [0.0; PATHS.len()],
    };
    let layers = [Some(&region.upper), region.lower.as_ref()];
    let costs = layers.into_iter().flatten().map(|layer| layer.fit.costs(&sample));
    let least = costs.fold([UNEXPLAINED; PATHS.len()], |least, costs| std::array::from_fn(|i| least[i].min(costs[i])));
    std::array::from_fn(|path| {
        let (mode, hop) = PATHS[path];
        // Where O and X run together the point is O's: its trace is the one that is read.
        let of_x = if mode == Mode::X { 0.3 } else { 0.0 };
        let named =
            if curve.mode == Mode::Unknown || curve.mode == mode || mode == Mode::Z { 0.0 } else { curve.confidence };
        let hops = if f64::from(curve.hop) == hop { 0.0 } else { 0.5 + curve.confidence };
        least[path] + of_x + named + hops
    })
}

/// Lowest height of the leading edge over the points that are admitted: the lowest median of a few neighbours, so that one
/// stray point does not decide.
pub(super) fn lowest_km(curves: &[Vec<Point>], admitted: impl Fn(&Point) -> bool) -> Option<f64> {
    const WINDOW: usize = 7;
    let mut least: Option<f64> = None;
    for curve in curves {
        let edges: Vec<f64> = curve.iter().filter(|point| admitted(point)).map(|point| point.edge_km).collect();
        if edges.len() < 4 {
            continue;
        }
        for window in edges.windows(WINDOW.min(edges.len())) {
            let mut sorted = window.to_vec();
            sorted.sort_by(f64::total_cmp);
            let median = sorted[sorted.len() / 2];
            least = Some(least.map_or(median, |least| least.min(median)));
        }
    }
    least
}

/// The frequency of the component other than the one given, for the same density.
pub(super) fn ordinary_of(mhz: f64, mode: Mode, gyro_mhz: f64) -> f64 {
    if mode == Mode::X { (mhz * (mhz - gyro_mhz)).max(0.0).sqrt() } else { mhz }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(count: i32, place: impl Fn(f64) -> f64) -> Vec<Point> {
        let mhz = |i: i32| 4.0 + 0.02 * f64::from(i);
        let point =
            |mhz: f64| Point { mhz, edge_km: place(mhz), centre_km: place(mhz), sigma_mhz: 0.01, amplitude: 200.0 };
        (0..count).map(|i| point(mhz(i))).collect()
    }

    #[test]
    fn a_trace_that_crosses_a_multiple_begins_where_it_is_seen() {
        let sheet = |mhz: f64| 120.0 - 2.0 * (mhz - 4.0);
        let low =
            [Curve { points: points(60, sheet), mode: Mode::Unknown, hop: 1, confidence: 0.5, repeats_low: false }];
        let after = |trace: Vec<Point>| {
            let mut named = Named { ordinary: vec![trace], ..Named::default() };
            named.drop_multiples(sheet(5.18), &low);
            (named.unclear_from, named.ordinary.first().map_or(0, Vec::len))
        };
        let rising = |mhz: f64| 233.0 + 20.0 * (mhz - 4.0) * (mhz - 4.0);
        assert_eq!(after(points(40, rising)), (None, 40));
        assert_eq!(after(points(20, |mhz| 2.0 * sheet(mhz))), (Some(4.0), 20), "short: F may begin here");
        assert_eq!(after(points(60, |mhz| 2.0 * sheet(mhz))), (Some(4.0), 0), "long: no F");
    }
}

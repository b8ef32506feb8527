//! Thin straight lines: scratches, along the film and askew, and what is left of height markers.
//!
//! The pulse gives every echo of a frame about the same thickness, and grain and the receiver make its edge ragged. A line
//! that is straight and much thinner than the others is none.

use super::TraceConfig;
use crate::model::{Ridge, TracePoint};

/// Thinnest half echo that a scan can show, px: where only level lines were found, what is thinner is none.
const THINNEST_PX: f32 = 1.7;
/// Largest root mean square about a straight line of a ridge that is straight beyond doubt, px.
const STRAIGHT_PX: f64 = 0.4;

/// Least and greatest slope of a scratch askew, rows for each column: one along the rows is told by [`level`], and one along the
/// columns could be a cusp.
const ASKEW: std::ops::Range<f64> = 0.06..4.0;
/// Distance from the straight line within which a point is on it, px, and the share of the points that must be.
const ON_LINE_PX: f64 = 1.2;
const ON_LINE: f64 = 0.85;
/// Least length of a scratch nearly along the rows, px: over less the bend of an echo does not show. A steeper one must be longer,
/// for towards its cusp every echo is steep, straight and thin.
const LONG_PX: f64 = 60.0;
/// Rounds in which points far from the line lose their say.
const ROUNDS: usize = 4;

/// Drops straight ridges that are thinner than echoes.
pub(super) fn drop_scratches(ridges: &mut Vec<Ridge>, config: &TraceConfig) {
    drop_askew(ridges, config);
    let lines: Vec<Option<f64>> = ridges.iter().map(|ridge| level(ridge, config)).collect();
    let others = ridges.iter().zip(&lines).filter(|(_, line)| line.is_none());
    let mut thickness: Vec<f32> = others.filter_map(|(ridge, _)| half_thickness(&ridge.points)).collect();
    thickness.sort_by(f32::total_cmp);
    let usual = thickness.get(thickness.len() / 2).copied();
    let mut lines = lines.into_iter();
    ridges.retain(|ridge| {
        let (Some(Some(scatter)), Some(half)) = (lines.next(), half_thickness(&ridge.points)) else { return true };
        match usual {
            Some(usual) if evenness(ridge, half) < config.scratch_evenness => half >= config.even_thickness * usual,
            Some(usual) => half >= config.scratch_thickness * usual,
            None => half >= THINNEST_PX || scatter > STRAIGHT_PX,
        }
    });
}

/// Drops lines askew that are thinner, across, than the other ridges.
fn drop_askew(ridges: &mut Vec<Ridge>, config: &TraceConfig) {
    let across: Vec<Option<f64>> =
        ridges.iter().map(|ridge| across_askew(&ridge.points).or_else(|| across_crossing(&ridge.points))).collect();
    if across.iter().all(Option::is_none) {
        return;
    }
    let others = ridges.iter().zip(&across).filter(|(_, across)| across.is_none());
    let mut thickness: Vec<f32> = others.filter_map(|(ridge, _)| half_thickness(&ridge.points)).collect();
    thickness.sort_by(f32::total_cmp);
    let Some(usual) = thickness.get(thickness.len() / 2) else { return };
    let thin = f64::from(config.scratch_thickness * usual);
    let mut across = across.into_iter();
    ridges.retain(|_| across.next().flatten().is_none_or(|across| across >= thin));
}

/// The same of a ridge that goes over from one such line to another where they cross: the thicker of them.
fn across_crossing(points: &[TracePoint]) -> Option<f64> {
    let (first, last) = (points.first()?, points.last()?);
    let off = |point: &TracePoint| {
        ((point.x - first.x) * (last.y - first.y) - (point.y - first.y) * (last.x - first.x)).abs()
    };
    let bend = (0..points.len()).max_by(|&a, &b| off(&points[a]).total_cmp(&off(&points[b])))?;
    Some(across_askew(&points[..bend])?.max(across_askew(&points[bend..])?))
}

/// Half the thickness, px, at right angles to it, of a ridge that is a straight line askew.
fn across_askew(ridge: &[TracePoint]) -> Option<f64> {
    let points: Vec<(f64, f64)> = ridge.iter().map(|point| (f64::from(point.x), f64::from(point.y))).collect();
    let mut weights = vec![1.0; points.len()];
    let (mut slope, mut off) = (0.0, vec![0.0; points.len()]);
    for _ in 0..ROUNDS {
        let all: f64 = weights.iter().sum();
        let mean = |of: fn(&(f64, f64)) -> f64| points.iter().zip(&weights).map(|(p, w)| w * of(p)).sum::<f64>() / all;
        let (x0, y0) = (mean(|p| p.0), mean(|p| p.1));
        let (xx, xy) = points
            .iter()
            .zip(&weights)
            .fold((0.0, 0.0), |(xx, xy), ((x, y), w)| (xx + w * (x - x0).powi(2), xy + w * (x - x0) * (y - y0)));
        slope = if xx > 0.0 { xy / xx } else { return None };
        let across = (1.0 + slope * slope).sqrt().recip();
        off = points.iter().map(|(x, y)| ((y - y0 - slope * (x - x0)) * across).abs()).collect();
        weights = off.iter().map(|off| 1.0 / (1.0 + (off / ON_LINE_PX).powi(2)).powi(2)).collect();
    }
    let on = off.iter().filter(|off| **off < ON_LINE_PX).count() as f64;
    let (first, last) = (points.first()?, points.last()?);
    let long = (last.0 - first.0).hypot(last.1 - first.1) > LONG_PX * (1.0 + slope * slope);
    let straight = long && ASKEW.contains(&slope.abs()) && on > ON_LINE * points.len() as f64;
    let half = half_thickness(ridge).filter(|_| straight)?;
    Some(f64::from(half) / (1.0 + slope * slope).sqrt())
}

/// Scatter of the distance from the centre to the leading edge, as a share of half the thickness.
fn evenness(ridge: &Ridge, half: f32) -> f32 {
    let n = ridge.points.len().max(1) as f32;
    let distances = || ridge.points.iter().map(|point| (point.edge_y - point.y).abs());
    let mean = distances().sum::<f32>() / n;
    (distances().map(|distance| (distance - mean).powi(2)).sum::<f32>() / n).sqrt() / half.max(1e-3)
}

/// Median distance from the centre to the leading edge, px.
fn half_thickness(points: &[TracePoint]) -> Option<f32> {
    let distances = points.iter().map(|point| (point.edge_y - point.y).abs());
    let mut distances: Vec<f32> = distances.filter(|distance| *distance > 0.0).collect();
    distances.sort_by(f32::total_cmp);
    distances.get(distances.len() / 2).copied()
}

/// Root mean square about the straight line through a level ridge, px; `None` if it is not level.
fn level(ridge: &Ridge, config: &TraceConfig) -> Option<f64> {
    let n = ridge.points.len() as f64;
    let points = || ridge.points.iter().map(|point| (f64::from(point.x), f64::from(point.y)));
    let (x0, y0) = points().fold((0.0, 0.0), |(a, b), (x, y)| (a + x / n, b + y / n));
    let (xx, xy) = points().fold((0.0, 0.0), |(a, b), (x, y)| (a + (x - x0).powi(2), b + (x - x0) * (y - y0)));
    if xx <= 0.0 {
        return None;
    }
    let slope = xy / xx;
    let square = points().map(|(x, y)| (y - y0 - slope * (x - x0)).powi(2)).sum::<f64>() / n;
    (slope.abs() < f64::from(config.scratch_slope)).then_some(square.sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ridge(slope: f32, half: f32) -> Ridge {
        let points = (0..50).map(|i| (10.0 + i as f32, 100.0 + slope * i as f32));
        let points = points.map(|(x, y)| TracePoint { x, y, edge_y: y + half, amplitude: 200 }).collect();
        Ridge { points, contrast: 6.0 }
    }

    #[test]
    fn a_line_with_an_even_edge_goes_before_a_ragged_one() {
        let ragged = |half: f32, scatter: f32| {
            let mut ridge = ridge(0.01, half);
            for (i, point) in ridge.points.iter_mut().enumerate() {
                point.edge_y += if i % 2 == 0 { scatter } else { -scatter };
            }
            ridge
        };
        let echo = ridge(-0.4, 4.0);
        let mut ridges = vec![echo.clone(), ragged(2.4, 0.05), ragged(2.4, 0.5), ragged(3.2, 0.05)];
        drop_scratches(&mut ridges, &TraceConfig::default());
        assert_eq!(ridges, [echo, ragged(2.4, 0.5), ragged(3.2, 0.05)]);
    }

    /// An echo that rises to its end.
    fn bent(half: f32) -> Ridge {
        let mut ridge = ridge(0.0, half);
        for (i, point) in ridge.points.iter_mut().enumerate() {
            let rise = 0.02 * (i * i) as f32;
            (point.y, point.edge_y) = (point.y - rise, point.edge_y - rise);
        }
        ridge
    }

    #[test]
    fn a_thin_line_askew_goes_and_a_bent_or_thick_one_stays() {
        let long = |half: f32| {
            let mut line = ridge(-0.4, half);
            line.points.iter_mut().for_each(|point| point.x *= 2.0);
            line
        };
        let mut crossing = long(1.0);
        let bend = crossing.points[25].y;
        for (i, point) in crossing.points.iter_mut().enumerate().skip(26) {
            point.y = bend - 1.7 * (i as f32 - 25.0);
            point.edge_y = point.y + 1.0;
        }
        crossing.points.iter_mut().for_each(|point| point.x *= 2.0);
        let mut ridges = vec![bent(4.0), bent(1.0), bent(4.2), long(1.0), crossing, long(3.5)];
        drop_scratches(&mut ridges, &TraceConfig::default());
        assert_eq!(ridges, [bent(4.0), bent(1.0), bent(4.2), long(3.5)]);
    }

    #[test]
    fn a_thin_level_line_goes_and_a_level_echo_stays() {
        let mut ridges = vec![ridge(-0.4, 4.0), ridge(0.01, 1.2), ridge(0.01, 3.5), ridge(-0.3, 1.0)];
        drop_scratches(&mut ridges, &TraceConfig::default());
        assert_eq!(ridges, [ridge(-0.4, 4.0), ridge(0.01, 3.5), ridge(-0.3, 1.0)]);
        let mut alone = vec![ridge(0.0, 1.2)];
        drop_scratches(&mut alone, &TraceConfig::default());
        assert!(alone.is_empty());
    }
}

//! Thin level lines: scratches along the film and what is left of rulings.
//!
//! The pulse gives every echo of a frame about the same thickness, and grain and the receiver make its edge ragged. A line
//! that is level, straight and much thinner than the others is none.

use super::TraceConfig;
use crate::model::Ridge;

/// Thinnest half echo that a scan can show, px: where only level lines were found, what is thinner is none.
const THINNEST_PX: f32 = 1.7;
/// Largest root mean square about a straight line of a ridge that is straight beyond doubt, px.
const STRAIGHT_PX: f64 = 0.4;

/// Drops level ridges that are thinner than echoes.
pub(super) fn drop_scratches(ridges: &mut Vec<Ridge>, config: &TraceConfig) {
    let lines: Vec<Option<f64>> = ridges.iter().map(|ridge| level(ridge, config)).collect();
    let others = ridges.iter().zip(&lines).filter(|(_, line)| line.is_none());
    let mut thickness: Vec<f32> = others.filter_map(|(ridge, _)| half_thickness(ridge)).collect();
    thickness.sort_by(f32::total_cmp);
    let usual = thickness.get(thickness.len() / 2).copied();
    let mut lines = lines.into_iter();
    ridges.retain(|ridge| {
        let (Some(Some(scatter)), Some(half)) = (lines.next(), half_thickness(ridge)) else { return true };
        match usual {
            Some(usual) if evenness(ridge, half) < config.scratch_evenness => half >= config.even_thickness * usual,
            Some(usual) => half >= config.scratch_thickness * usual,
            None => half >= THINNEST_PX || scatter > STRAIGHT_PX,
        }
    });
}

/// Scatter of the distance from the centre to the leading edge, as a share of half the thickness.
fn evenness(ridge: &Ridge, half: f32) -> f32 {
    let n = ridge.points.len().max(1) as f32;
    let distances = || ridge.points.iter().map(|point| (point.edge_y - point.y).abs());
    let mean = distances().sum::<f32>() / n;
    (distances().map(|distance| (distance - mean).powi(2)).sum::<f32>() / n).sqrt() / half.max(1e-3)
}

/// Median distance from the centre to the leading edge, px.
fn half_thickness(ridge: &Ridge) -> Option<f32> {
    let distances = ridge.points.iter().map(|point| (point.edge_y - point.y).abs());
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
    use crate::model::TracePoint;

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

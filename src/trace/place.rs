//! Chains back to frame pixels, with centre, leading edge and amplitude of each point.

use super::chain::Chain;
use super::detect::{Field, Node};
use crate::model::{Calibration, Echogram, HeightDirection, Ridge, TracePoint};

/// Ridges of the chains, from low to high frequency.
pub(super) fn place(chains: &[Chain], field: &Field, echogram: &Echogram, calibration: &Calibration) -> Vec<Ridge> {
    let toward = match calibration.height.direction {
        HeightDirection::Up => 1,
        HeightDirection::Down => -1,
    };
    chains
        .iter()
        .map(|chain| {
            let mut points: Vec<TracePoint> =
                chain.nodes.iter().map(|node| point(node, field, echogram, toward)).collect();
            if let (Some(first), Some(last)) = (points.first(), points.last())
                && first.x > last.x
            {
                points.reverse();
            }
            trim(&mut points);
            prolong(&mut points, field, echogram, toward);
            Ridge { points, contrast: chain.contrast() }
        })
        .collect()
}

/// Takes off what lies past the ends of the echo: a line is summed over some length, and so its evidence goes on there.
fn trim(points: &mut Vec<TracePoint>) {
    for _ in 0..2 {
        points.reverse();
        let extra = past_end(points);
        points.truncate(points.len() - extra);
    }
}

/// Follows an echo past its first point, where it is too weak or too near the border for a line to be summed: to lower
/// frequencies, column by column along its tangent, as long as it keeps some of its strength.
fn prolong(points: &mut Vec<TracePoint>, field: &Field, echogram: &Echogram, toward: i32) {
    if points.len() < 2 * USUAL {
        return;
    }
    let (first, inside) = (points[0], points[USUAL]);
    let (dx, dy) = (inside.x - first.x, inside.y - first.y);
    if dx <= 0.0 || dy.abs() > STEEPEST * dx {
        return;
    }
    let mut usual: Vec<u8> = points[..USUAL].iter().map(|point| point.amplitude).collect();
    usual.sort_unstable();
    let least = (KEPT * f32::from(usual[USUAL / 2])).max(4.0 * echogram.noise);
    let (slope, step) = (dy / dx, field.factor.0.max(1.0));
    let (origin_x, origin_y) = (echogram.region.x as f32, echogram.region.y as f32);
    let (mut x, mut y) = (first.x - origin_x, first.y - origin_y);
    let (mut misses, mut found) = (0, Vec::new());
    while misses < MISSES && x - step >= 0.0 {
        x -= step;
        y -= slope * step;
        let node = Node {
            x: (x + 0.5) / field.factor.0 - 0.5,
            y: (y + 0.5) / field.factor.1 - 0.5,
            along: unit(slope * field.factor.0 / field.factor.1),
            contrast: 0.0,
            size: 1,
        };
        let Some(centre) = strongest(echogram, x, y, (1.5 * field.factor.1).max(2.0) as i32, least) else {
            misses += 1;
            continue;
        };
        misses = 0;
        y += 0.5 * (centre - y).clamp(-1.0, 1.0);
        found.push(point(&Node { y: (y + 0.5) / field.factor.1 - 0.5, ..node }, field, echogram, toward));
    }
    found.reverse();
    found.append(points);
    *points = found;
}

fn unit(slope: f32) -> (f32, f32) {
    let length = slope.hypot(1.0);
    (1.0 / length, slope / length)
}

/// Row near `y` in which the mean over a few columns is largest, if it reaches `least`.
fn strongest(echogram: &Echogram, x: f32, y: f32, reach: i32, least: f32) -> Option<f32> {
    let (width, height) = (echogram.amplitude.width() as i32, echogram.amplitude.height() as i32);
    let (column, row) = (x.round() as i32, y.round() as i32);
    let mean = |row: i32| {
        let columns = (column - 1).max(0)..=(column + 1).min(width - 1);
        let rows = (row - 1).max(0)..=(row + 1).min(height - 1);
        let count = (columns.clone().count() * rows.clone().count()).max(1) as f32;
        let values = rows.flat_map(|y| columns.clone().map(move |x| (x, y)));
        values.map(|(x, y)| f32::from(echogram.amplitude.get_pixel(x as u32, y as u32).0[0])).sum::<f32>() / count
    };
    let rows = (row - reach).max(0)..=(row + reach).min(height - 1);
    let best = rows.map(|row| (mean(row), row)).max_by(|a, b| a.0.total_cmp(&b.0))?;
    (best.0 >= least).then_some(best.1 as f32)
}

/// Largest slope of an end that is followed, rows for each column.
const STEEPEST: f32 = 0.7;
/// Share of the usual strength that an echo keeps while it is followed.
const KEPT: f32 = 0.4;
/// Steps without it after which the echo has ended.
const MISSES: u32 = 3;

/// How many of the last points are too faint beside those before them.
fn past_end(points: &[TracePoint]) -> usize {
    let Some(inside) = points.len().checked_sub(LONGEST_TRIM + USUAL) else { return 0 };
    let mut usual: Vec<u8> = points[inside..inside + USUAL].iter().map(|point| point.amplitude).collect();
    usual.sort_unstable();
    let least = FAINT * f32::from(usual[USUAL / 2]);
    points.iter().rev().take(LONGEST_TRIM).take_while(|point| f32::from(point.amplitude) < least).count()
}

/// Points that may be taken off an end, and how many before them show the usual strength.
const LONGEST_TRIM: usize = 5;
const USUAL: usize = 9;
/// Share of the usual strength below which a point at the end is none.
const FAINT: f32 = 0.4;

/// Most columns to either side over which a point is averaged: more than any film needs.
const MOST_ASIDE: i32 = 31;

fn point(node: &Node, field: &Field, echogram: &Echogram, toward: i32) -> TracePoint {
    let (fx, fy) = field.factor;
    let (x, y) = field.place(node);
    let steep = node.along.1.abs() * fy > 2.0 * node.along.0.abs() * fx;
    let (width, height) = (echogram.amplitude.width() as i32, echogram.amplitude.height() as i32);
    let column = (x.round() as i32).clamp(0, width - 1);
    let row = (y.round() as i32).clamp(0, height - 1);
    let raw = echogram.amplitude.as_raw();
    let half = (fx as i32 / 2).clamp(1, MOST_ASIDE);
    let slope = if steep { 0.0 } else { node.along.1 * fy / (node.along.0 * fx + 1e-9) };
    let columns = (column - half).max(0)..=(column + half).min(width - 1);
    let mut leans = [0; 2 * MOST_ASIDE as usize + 1];
    for (lean, cx) in leans.iter_mut().zip(columns.clone()) {
        *lean = (slope * (cx - column) as f32).round() as i32;
    }
    // Mean over a few columns along the line: single pixels of film grain are no edge.
    let value = |dy: i32| -> f32 {
        let (mut sum, mut count) = (0u32, 0u32);
        for (cx, lean) in columns.clone().zip(&leans) {
            let cy = row + dy + lean;
            if (0..height).contains(&cy) {
                sum += u32::from(raw[(cy * width + cx) as usize]);
                count += 1;
            }
        }
        sum as f32 / count.max(1) as f32
    };
    let near = fy as i32 + 1;
    let peak = (-near..=near).map(value).fold(0.0, f32::max);
    let edge_y = if steep { y } else { edge(value, row, y, peak, toward, height / 25 + 2) };
    TracePoint {
        x: echogram.region.x as f32 + x,
        y: echogram.region.y as f32 + y,
        edge_y: echogram.region.y as f32 + edge_y,
        amplitude: peak.round().clamp(0.0, 255.0) as u8,
    }
}

/// Where the amplitude falls below half of its peak on the way to the sounder, between pixels.
fn edge(value: impl Fn(i32) -> f32, row: i32, centre: f32, peak: f32, toward: i32, limit: i32) -> f32 {
    let half = 0.5 * peak;
    let mut before = value(0);
    for step in 1..=limit {
        let here = value(step * toward);
        if before >= half && here < half {
            let share = (before - half) / (before - here).max(1e-6);
            return row as f32 + toward as f32 * (step as f32 - 1.0 + share);
        }
        before = here;
    }
    centre
}

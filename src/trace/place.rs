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
            Ridge { points, contrast: chain.contrast() }
        })
        .collect()
}

fn point(node: &Node, field: &Field, echogram: &Echogram, toward: i32) -> TracePoint {
    let (fx, fy) = (field.factor.0 as f32, field.factor.1 as f32);
    // The centre of a working pixel lies in the middle of the pixels it was made of.
    let x = (node.x + 0.5) * fx - 0.5;
    let y = (node.y + 0.5) * fy - 0.5;
    let steep = node.along.1.abs() * fy > 2.0 * node.along.0.abs() * fx;
    let (width, height) = (echogram.amplitude.width() as i32, echogram.amplitude.height() as i32);
    let column = (x.round() as i32).clamp(0, width - 1);
    let row = (y.round() as i32).clamp(0, height - 1);
    let raw = echogram.amplitude.as_raw();
    let half = (field.factor.0 as i32 / 2).max(1);
    // Mean over a few columns along the line: single pixels of film grain are no edge.
    let value = |dy: i32| -> f32 {
        let (mut sum, mut count) = (0u32, 0u32);
        for dx in -half..=half {
            let lean = if steep { 0.0 } else { node.along.1 * fy / (node.along.0 * fx + 1e-9) * dx as f32 };
            let (cx, cy) = (column + dx, row + dy + lean.round() as i32);
            if (0..width).contains(&cx) && (0..height).contains(&cy) {
                sum += u32::from(raw[(cy * width + cx) as usize]);
                count += 1;
            }
        }
        sum as f32 / count.max(1) as f32
    };
    let near = field.factor.1 as i32 + 1;
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

//! By how much the lines of print lean.

use super::ink::Ink;
use crate::kernel::shrink::shrink;

/// Strips into which the page is cut from left to right.
const STRIPS: usize = 32;

/// The turn of the page's lines in degrees, clockwise positive: that at which the sums of ink along lines differ most from
/// line to line. 0 for a page without lines.
pub(crate) fn measure(ink: &Ink, largest_deg: f64) -> f64 {
    let small = shrink(&ink.picture, 2);
    let (width, height) = (small.width() as usize, small.height() as usize);
    let strip = width / STRIPS;
    if strip < 4 || height < 32 {
        return 0.0;
    }
    let profiles: Vec<Vec<f32>> = (0..STRIPS)
        .map(|index| {
            let sum = |row: &[u8]| row[index * strip..(index + 1) * strip].iter().map(|&value| f32::from(value)).sum();
            small.as_raw().chunks_exact(width).map(sum).collect()
        })
        .collect();
    let energy = |degrees: f64| -> f64 {
        let slope = degrees.to_radians().tan();
        let mut sums = vec![0.0f32; height];
        for (index, profile) in profiles.iter().enumerate() {
            let shift = slope * (index as f64 + 0.5 - STRIPS as f64 / 2.0) * strip as f64;
            let (whole, part) = (shift.floor(), (shift - shift.floor()) as f32);
            for (y, sum) in sums.iter_mut().enumerate() {
                let at = y as i64 + whole as i64;
                let value = |at: i64| usize::try_from(at).ok().and_then(|at| profile.get(at)).copied().unwrap_or(0.0);
                *sum += value(at) * (1.0 - part) + value(at + 1) * part;
            }
        }
        sums.windows(2).map(|pair| f64::from(pair[1] - pair[0]).powi(2)).sum()
    };
    let best_of = |degrees: &mut dyn Iterator<Item = f64>| {
        degrees.map(|degrees| (energy(degrees), degrees)).max_by(|a, b| a.0.total_cmp(&b.0)).map_or(0.0, |best| best.1)
    };
    let steps = (largest_deg / 0.2).ceil() as i32;
    let mut best = best_of(&mut (-steps..=steps).map(|step| f64::from(step) * 0.2));
    for step in [0.05, 0.0125] {
        best = best_of(&mut (-4..=4).map(|count| best + f64::from(count) * step));
    }
    best
}

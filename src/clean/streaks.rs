//! Thin, straight and long lines that the grid does not name: noise streaks, scratches, fine height markers.

use super::lines::{Extent, bridge, bridge_horizontal};
use super::{CleanConfig, Ink};
use crate::kernel::steps::{count_peaks, tally_steps};
use crate::model::{Grid, Line};
use std::ops::Range;

/// Removes thin lines along both directions of the grid.
pub(super) fn remove(ink: &mut Ink, grid: &Grid, config: &CleanConfig) {
    let widest = ((config.line_width * ink.height as f32).round() as usize).max(1);
    remove_streaks(ink, widest, mean_lean(&grid.vertical_lines, ink.height), config);
    remove_height_markers(ink, widest, mean_lean(&grid.horizontal_lines, ink.width), config);
}

/// Pixels across for each pixel along.
fn mean_lean(lines: &[Line], length: usize) -> f64 {
    if lines.is_empty() || length < 2 {
        return 0.0;
    }
    let mut leans: Vec<f64> = lines.iter().map(|line| (line.end_px - line.start_px) / (length - 1) as f64).collect();
    leans.sort_by(f64::total_cmp);
    let lean = leans[leans.len() / 2];
    if lean.is_finite() { lean.clamp(-0.2, 0.2) } else { 0.0 }
}

/// Rows of a stretch that are looked at: about as many as tell a streak, and few enough for counts of 8 bits.
const ROWS: usize = 128;

/// Thin vertical streaks, stretch by stretch: columns that differ from both sides in the same sense on most rows.
fn remove_streaks(ink: &mut Ink, widest: usize, lean: f64, config: &CleanConfig) {
    let stretch = ((config.line_stretch * ink.height as f32) as usize).max(8);
    let (width, reach) = (ink.width, widest + 1);
    if width <= 2 * reach + 2 {
        return;
    }
    let (mut darker, mut lighter) = (vec![0u8; width], vec![0u8; width]);
    let mut start = 0;
    while start + stretch <= ink.height {
        let end = if start + 2 * stretch > ink.height { ink.height } else { start + stretch };
        let shifts = Shifts { lean, middle: (start + end) / 2 };
        darker.fill(0);
        lighter.fill(0);
        let every = ((end - start) / ROWS).max(1);
        for y in (start..end).step_by(every) {
            let (row, moved) = (ink.row(y), shifts.at(y));
            let from = reach + moved.min(0).unsigned_abs();
            let to = (width - reach).saturating_sub(moved.max(0).unsigned_abs());
            if from >= to {
                continue;
            }
            let part = |offset: isize| {
                let first = (from as isize + moved + offset) as usize;
                &row[first..first + to - from]
            };
            let side = reach as isize;
            let (darker, lighter) = (&mut darker[from..to], &mut lighter[from..to]);
            tally_steps(part(-side), part(0), part(side), config.line_step, darker, lighter);
        }
        let needed = (config.line_share * ((end - start) / every) as f32) as u8;
        let streaks = runs(width, |x| darker[x].max(lighter[x]) >= needed);
        let (broad, thin): (Vec<_>, Vec<_>) = streaks.into_iter().partition(|streak| streak.len() > 2 * widest + 1);
        for streak in broad {
            level_columns(ink, start..end, streak, 4 * reach, &shifts);
        }
        if !thin.is_empty() {
            for y in start..end {
                let moved = shifts.at(y);
                let row = ink.row_mut(y);
                let inside = |x: isize| (x + moved).clamp(0, width as isize - 1) as usize;
                for streak in &thin {
                    bridge(row, inside(streak.start as isize - 1), inside(streak.end as isize));
                }
            }
        }
        start = end;
    }
}

/// How far the columns of a stretch are moved in each row.
struct Shifts {
    lean: f64,
    middle: usize,
}

impl Shifts {
    fn at(&self, y: usize) -> isize {
        (self.lean * (y as f64 - self.middle as f64)).round() as isize
    }
}

/// Runs of places that pass.
fn runs(length: usize, test: impl Fn(usize) -> bool) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for x in (0..length).filter(|&x| test(x)) {
        match found.last_mut() {
            Some(run) if run.end == x => run.end += 1,
            _ => found.push(x..x + 1),
        }
    }
    found
}

/// Brings side by side streaks to the level of their surround: a fine height marker is no line to be cut out, for
/// little would be left of an echo on it.
fn level_columns(ink: &mut Ink, rows: Range<usize>, columns: Range<usize>, reach: usize, shifts: &Shifts) {
    let width = ink.width;
    let around = columns.start.saturating_sub(reach)..(columns.end + reach).min(width);
    let mut sums = vec![0i64; around.len()];
    for y in rows.clone() {
        let (row, moved) = (ink.row(y), shifts.at(y));
        for (sum, x) in sums.iter_mut().zip(around.clone()) {
            *sum += i64::from(row[(x as isize + moved).clamp(0, width as isize - 1) as usize]);
        }
    }
    let count = rows.len().max(1) as i64;
    let excess: Vec<i64> = columns
        .clone()
        .map(|x| {
            let near = &sums[(x - around.start).saturating_sub(reach)..(x - around.start + reach + 1).min(sums.len())];
            (sums[x - around.start] - near.iter().sum::<i64>() / near.len() as i64) / count
        })
        .collect();
    for y in rows {
        let moved = shifts.at(y);
        let row = ink.row_mut(y);
        for (x, excess) in columns.clone().zip(&excess) {
            if let Some(value) = x.checked_add_signed(moved).and_then(|at| row.get_mut(at)) {
                *value = (i64::from(*value) - excess).clamp(0, 255) as u8;
            }
        }
    }
}

/// Thin lines across the whole panel.
fn remove_height_markers(ink: &mut Ink, widest: usize, lean: f64, config: &CleanConfig) {
    let (width, height, reach) = (ink.width, ink.height, widest + 1);
    if height <= 2 * reach + 2 {
        return;
    }
    let shift = |x: usize| (lean * (x as f64 - width as f64 / 2.0)).round() as isize;
    // Columns over which the shift stays the same.
    let mut parts: Vec<(Range<usize>, isize)> = Vec::new();
    for x in 0..width {
        let moved = shift(x);
        match parts.last_mut() {
            Some((columns, same)) if *same == moved => columns.end += 1,
            _ => parts.push((x..x + 1, moved)),
        }
    }
    let counts: Vec<u32> = (0..height)
        .map(|y| {
            parts
                .iter()
                .filter_map(|(columns, moved)| {
                    let at = y.checked_add_signed(*moved).filter(|&at| at >= reach && at + reach < height)?;
                    let part = |row: usize| &ink.row(row)[columns.clone()];
                    Some(count_peaks(part(at - reach), part(at), part(at + reach), config.line_step))
                })
                .sum()
        })
        .collect();
    let needed = (config.line_share * width as f32) as u32;
    let shear = lean * (width.max(2) - 1) as f64 / 2.0;
    for line in runs(height, |y| counts[y] >= needed) {
        let centre = (line.start + line.end - 1) as f64 / 2.0;
        let line =
            Line { start_px: centre - shear, end_px: centre + shear, width_px: line.len() as f32, strength: 1.0 };
        bridge_horizontal(ink, &line, 0, Extent::Whole);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Grid;

    #[test]
    fn streaks_and_rulings_go_and_an_echo_stays() {
        let (width, height) = (300, 240);
        let mut ink = Ink { width, height, values: vec![20; width * height] };
        for y in 0..height {
            for (x, value) in ink.row_mut(y).iter_mut().enumerate() {
                let scratch = x == 100 && y > 60;
                let line = y == 200;
                let echo = (40..260).contains(&x) && y.abs_diff(60 + x / 3) < 5;
                if scratch || line || echo {
                    *value = 180;
                }
            }
        }
        remove(&mut ink, &Grid::unproved(""), &CleanConfig::default());
        assert!((120..190).all(|y| ink.row(y)[100] < 30), "scratch");
        assert!((10..35).all(|x| ink.row(200)[x] < 30), "height marker");
        assert!((120..250).all(|x| ink.row(60 + x / 3)[x] > 150), "echo");
    }
}

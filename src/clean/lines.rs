//! Straight thin lines: marks, rulings, noise streaks and scratches. Each is bridged from both sides, so that an echo
//! that crosses it goes on.

use super::{CleanConfig, Ink};
use crate::model::{Grid, Line, PixelBox};

/// Removes the lines of the grid, then what else is thin, straight and long.
pub(super) fn remove(ink: &mut Ink, region: PixelBox, grid: &Grid, config: &CleanConfig) {
    let widest = ((config.line_width * ink.height as f32).round() as usize).max(1);
    // A weak or broad line may be the edge of an echo or of a noisy column: bridging it would smear what lies there.
    let broadest = config.broadest_line * ink.height as f32;
    let clear = |line: &&Line| line.strength >= config.line_strength && line.width_px <= broadest;
    for line in grid.vertical_lines.iter().filter(clear) {
        bridge_vertical(ink, line, region);
    }
    for line in grid.horizontal_lines.iter().filter(clear) {
        bridge_horizontal(ink, line, region);
    }
    let lean = mean_lean(&grid.vertical_lines, ink.height);
    remove_streaks(ink, widest, lean, config);
    remove_rulings(ink, widest, mean_lean(&grid.horizontal_lines, ink.width), config);
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

/// First and last pixel to replace around a centre.
fn extent(centre: f64, width_px: f32, size: usize) -> Option<(usize, usize)> {
    let half = f64::from(width_px.clamp(1.0, size as f32)) / 2.0 + 0.8;
    if !centre.is_finite() || centre + half < 0.0 || centre - half > (size - 1) as f64 {
        return None;
    }
    Some(((centre - half).round().max(0.0) as usize, ((centre + half).round().max(0.0) as usize).min(size - 1)))
}

fn bridge_vertical(ink: &mut Ink, line: &Line, region: PixelBox) {
    let slope = (line.end_px - line.start_px) / (ink.height.max(2) - 1) as f64;
    for y in 0..ink.height {
        let centre = line.start_px + slope * y as f64 - f64::from(region.x);
        if let Some((first, last)) = extent(centre, line.width_px, ink.width) {
            bridge(&mut ink.values[y * ink.width..(y + 1) * ink.width], first, last);
        }
    }
}

fn bridge_horizontal(ink: &mut Ink, line: &Line, region: PixelBox) {
    let slope = (line.end_px - line.start_px) / (ink.width.max(2) - 1) as f64;
    let mut column = Vec::new();
    for x in 0..ink.width {
        let centre = line.start_px + slope * x as f64 - f64::from(region.y);
        if let Some((first, last)) = extent(centre, line.width_px, ink.height) {
            let (top, bottom) = (first.saturating_sub(2), (last + 2).min(ink.height - 1));
            column.clear();
            column.extend((top..=bottom).map(|y| ink.values[y * ink.width + x]));
            bridge(&mut column, first - top, last - top);
            for (i, y) in (top..=bottom).enumerate() {
                ink.values[y * ink.width + x] = column[i];
            }
        }
    }
}

/// Replaces `first..=last` by the straight run from the mean of the two pixels before to that of the two after. Where
/// one side is missing the other stands for both.
fn bridge(values: &mut [u8], first: usize, last: usize) {
    let side = |range: std::ops::Range<usize>| {
        let part = &values[range];
        (!part.is_empty()).then(|| part.iter().map(|&v| i32::from(v)).sum::<i32>() / part.len() as i32)
    };
    let before = side(first.saturating_sub(2)..first);
    let after = side((last + 1).min(values.len())..(last + 3).min(values.len()));
    let (before, after) = match (before, after) {
        (Some(before), Some(after)) => (before, after),
        (Some(one), None) | (None, Some(one)) => (one, one),
        (None, None) => (0, 0),
    };
    let steps = (last - first + 2) as i32;
    for (i, value) in values[first..=last].iter_mut().enumerate() {
        *value = (before + (after - before) * (i as i32 + 1) / steps).clamp(0, 255) as u8;
    }
}

/// Thin vertical streaks, stretch by stretch: columns that differ from both sides in the same sense on most rows.
fn remove_streaks(ink: &mut Ink, widest: usize, lean: f64, config: &CleanConfig) {
    let stretch = ((config.line_stretch * ink.height as f32) as usize).max(8);
    let (width, reach) = (ink.width, widest + 1);
    if width <= 2 * reach + 2 {
        return;
    }
    let mut start = 0;
    while start + stretch <= ink.height {
        let end = if start + 2 * stretch > ink.height { ink.height } else { start + stretch };
        let middle = (start + end) / 2;
        let shift = |y: usize| (lean * (y as f64 - middle as f64)).round() as i64;
        let (mut darker, mut lighter) = (vec![0u32; width], vec![0u32; width]);
        for y in start..end {
            let row = &ink.values[y * width..(y + 1) * width];
            let moved = shift(y);
            let from = (reach as i64 - moved).max(reach as i64) as usize;
            let to = ((width - reach) as i64 - moved.max(0)).max(0) as usize;
            for x in from..to {
                let at = (x as i64 + moved) as usize;
                if at < reach || at + reach >= width {
                    continue;
                }
                let (left, here, right) = (row[at - reach], row[at], row[at + reach]);
                darker[x] += u32::from(here >= left.max(right).saturating_add(config.line_step));
                lighter[x] += u32::from(here.saturating_add(config.line_step) <= left.min(right));
            }
        }
        let needed = (config.line_share * (end - start) as f32) as u32;
        let mut x = 0;
        while x < width {
            if darker[x] < needed && lighter[x] < needed {
                x += 1;
                continue;
            }
            let first = x;
            while x < width && (darker[x] >= needed || lighter[x] >= needed) {
                x += 1;
            }
            if x - first > 2 * widest + 1 {
                level_columns(ink, start..end, first..x, 4 * reach, shift);
                continue;
            }
            for y in start..end {
                let moved = shift(y);
                let a = (first as i64 - 1 + moved).clamp(0, width as i64 - 1) as usize;
                let b = (x as i64 + moved).clamp(a as i64, width as i64 - 1) as usize;
                bridge(&mut ink.values[y * width..(y + 1) * width], a, b);
            }
        }
        start = end;
    }
}

/// Brings side by side streaks to the level of their surround: a fine ruling is no line to be cut out, for little would
/// be left of an echo on it.
fn level_columns(
    ink: &mut Ink,
    rows: std::ops::Range<usize>,
    columns: std::ops::Range<usize>,
    reach: usize,
    shift: impl Fn(usize) -> i64,
) {
    let width = ink.width;
    let around = columns.start.saturating_sub(reach)..(columns.end + reach).min(width);
    let mut sums = vec![0i64; around.len()];
    for y in rows.clone() {
        let (row, moved) = (&ink.values[y * width..(y + 1) * width], shift(y));
        for (sum, x) in sums.iter_mut().zip(around.clone()) {
            *sum += i64::from(row[(x as i64 + moved).clamp(0, width as i64 - 1) as usize]);
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
        let (row, moved) = (&mut ink.values[y * width..(y + 1) * width], shift(y));
        for (x, excess) in columns.clone().zip(&excess) {
            let at = x as i64 + moved;
            if (0..width as i64).contains(&at) {
                row[at as usize] = (i64::from(row[at as usize]) - excess).clamp(0, 255) as u8;
            }
        }
    }
}

/// Thin lines across the whole panel that the grid does not name.
fn remove_rulings(ink: &mut Ink, widest: usize, lean: f64, config: &CleanConfig) {
    let (width, height, reach) = (ink.width, ink.height, widest + 1);
    if height <= 2 * reach + 2 {
        return;
    }
    let mut counts = vec![0u32; height];
    for x in 0..width {
        let moved = (lean * (x as f64 - width as f64 / 2.0)).round() as i64;
        for (y, count) in counts.iter_mut().enumerate() {
            let at = y as i64 + moved;
            if at < reach as i64 || at + reach as i64 >= height as i64 {
                continue;
            }
            let at = at as usize;
            let value = |row: usize| ink.values[row * width + x];
            *count += u32::from(value(at) >= value(at - reach).max(value(at + reach)).saturating_add(config.line_step));
        }
    }
    let needed = (config.line_share * width as f32) as u32;
    let shear = lean * (width.max(2) - 1) as f64 / 2.0;
    let mut y = 0;
    while y < height {
        let first = y;
        while y < height && counts[y] >= needed {
            y += 1;
        }
        if y > first {
            let centre = (first + y - 1) as f64 / 2.0;
            let line =
                Line { start_px: centre - shear, end_px: centre + shear, width_px: (y - first) as f32, strength: 1.0 };
            bridge_horizontal(ink, &line, PixelBox::default());
        }
        y += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_echo_goes_on_through_a_removed_line() {
        let mut row = [0, 0, 200, 200, 255, 255, 180, 180, 0];
        bridge(&mut row, 4, 5);
        assert!(row[4] > 180 && row[5] > 180);
        let mut empty = [0, 0, 255, 255, 0, 0];
        bridge(&mut empty, 2, 3);
        assert_eq!(empty, [0; 6]);
    }
}

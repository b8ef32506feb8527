//! The level of columns: receiver noise, stations, illumination.

use super::bands::{Parts, parts};
use super::{CleanConfig, Ink};
use crate::kernel::blend::{WHOLE, subtract_blend};
use crate::kernel::sums::{add_deviations, add_to_columns};
use std::ops::Range;

/// Blocks into which a column is cut; an echo shorter than a block does not raise the column's level.
const BLOCKS: usize = 6;
/// Of a column's blocks in order of level, the one that shows the level without echo.
const QUIET: usize = 2;

/// Level of each column in each block.
type Curves = [Vec<f32>; BLOCKS];

/// Takes off each column's level and noise. Returns the columns that are too dark to read, as ranges, and the parts of the
/// rows as they are then.
pub(super) fn remove(ink: &mut Ink, config: &CleanConfig) -> (Vec<Range<usize>>, Vec<Parts>) {
    let (width, height) = (ink.width, ink.height);
    let (levels, spreads) = measure(ink);
    let is_dark =
        |x: usize| levels.iter().map(|level| level[x]).sum::<f32>() / BLOCKS as f32 > 255.0 * config.masked_ink;
    let mut masked: Vec<Range<usize>> = Vec::new();
    for x in (0..width).filter(|&x| is_dark(x)) {
        match masked.last_mut() {
            Some(range) if range.end == x => range.end = x + 1,
            _ => masked.push(x..x + 1),
        }
    }
    let (levels, spreads) = (quiet(&levels, config), quiet(&spreads, config));
    let take: [Vec<u8>; BLOCKS] = std::array::from_fn(|i| {
        let both = levels[i].iter().zip(&spreads[i]);
        both.map(|(level, spread)| (level + config.noise_share * spread + 0.5).min(255.0) as u8).collect()
    });
    let rows = (0..height)
        .map(|y| {
            let place = (y as f32 + 0.5) / height as f32 * BLOCKS as f32 - 0.5;
            let above = place.floor().clamp(0.0, (BLOCKS - 1) as f32) as usize;
            let below = (above + 1).min(BLOCKS - 1);
            let share = (place - above as f32).clamp(0.0, 1.0);
            let row = ink.row_mut(y);
            subtract_blend(row, &take[above], &take[below], (share * f32::from(WHOLE)) as u16);
            parts(row)
        })
        .collect();
    (masked, rows)
}

/// Mean and mean absolute deviation of each column in each block.
fn measure(ink: &Ink) -> (Curves, Curves) {
    let (width, height) = (ink.width, ink.height);
    let mut spreads = Curves::default();
    let levels = std::array::from_fn(|block| {
        let lines = block * height / BLOCKS..(block + 1) * height / BLOCKS;
        let share = 1.0 / lines.len().max(1) as f32;
        let mut sums = vec![0u32; width];
        for y in lines.clone() {
            add_to_columns(ink.row(y), &mut sums);
        }
        let level: Vec<f32> = sums.iter().map(|&sum| sum as f32 * share).collect();
        let means: Vec<u8> = level.iter().map(|&mean| mean as u8).collect();
        sums.fill(0);
        for y in lines {
            add_deviations(ink.row(y), &means, &mut sums);
        }
        spreads[block] = sums.iter().map(|&sum| sum as f32 * share).collect();
        level
    });
    (levels, spreads)
}

/// Each block's value replaced by the median of itself and its neighbours in the column (at the ends, the lower of the
/// two), and held to what the column's quieter blocks show, so that an echo in some blocks does not count as level.
fn quiet(blocks: &Curves, config: &CleanConfig) -> Curves {
    let caps: Vec<f32> =
        (0..blocks[0].len()).map(|x| config.level_rise * quiet_one(std::array::from_fn(|i| blocks[i][x]))).collect();
    std::array::from_fn(|i| {
        // At the ends the block beyond counts as empty, which makes the median the lower of the two.
        let neighbour = |j: Option<&Vec<f32>>, x: usize| j.map_or(0.0, |block| block[x]);
        let (before, after) = (i.checked_sub(1).map(|j| &blocks[j]), blocks.get(i + 1));
        let here = blocks[i].iter().zip(&caps).enumerate();
        here.map(|(x, (&here, &cap))| {
            let (a, b) = (neighbour(before, x), neighbour(after, x));
            here.max(a.min(b)).min(a.max(b)).min(cap)
        })
        .collect()
    })
}

/// The value of rank [`QUIET`], by as many rounds of a sort as it takes.
fn quiet_one(mut column: [f32; BLOCKS]) -> f32 {
    for i in 0..=QUIET {
        for j in i + 1..BLOCKS {
            let (low, high) = (column[i].min(column[j]), column[i].max(column[j]));
            (column[i], column[j]) = (low, high);
        }
    }
    column[QUIET]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_noisy_column_goes_and_an_echo_stays() {
        let (width, height) = (120, 120);
        let mut ink = Ink { width, height, values: vec![0; width * height] };
        for y in 0..height {
            ink.row_mut(y)[30] = 200;
            for (x, value) in ink.row_mut(y).iter_mut().enumerate() {
                if y.abs_diff(40 + x / 3) < 2 {
                    *value = 250;
                }
            }
        }
        let (masked, rows) = remove(&mut ink, &CleanConfig::default());
        assert_eq!(ink.row(90)[30], 0);
        assert!(ink.row(60)[60] > 180);
        assert_eq!((masked.len(), &masked[0]), (1, &(30..31)));
        assert_eq!(rows.len(), height);
    }

    #[test]
    fn the_quiet_value_is_the_third_smallest() {
        assert_eq!(quiet_one([5.0, 1.0, 9.0, 3.0, 7.0, 2.0]), 3.0);
        assert_eq!(quiet_one([1.0; BLOCKS]), 1.0);
    }
}

//! The level of columns and rows: receiver noise, stations, illumination and interference bands.

use super::{CleanConfig, Ink};

/// Blocks into which a column is cut; an echo shorter than a block does not raise the column's level.
const BLOCKS: usize = 6;
/// Of a column's blocks in order of level, the one that shows the level without echo.
const QUIET: usize = 2;
/// Blocks into which a row is cut.
const ROW_BLOCKS: usize = 10;

/// Takes off each column's level and noise and the level of bands across the panel. Returns the share of columns that
/// are too dark to read.
pub(super) fn remove(ink: &mut Ink, config: &CleanConfig) -> f32 {
    let masked = remove_columns(ink, config);
    remove_bands(ink, config);
    masked
}

fn remove_columns(ink: &mut Ink, config: &CleanConfig) -> f32 {
    let (width, height) = (ink.width, ink.height);
    let bounds: Vec<usize> = (0..=BLOCKS).map(|i| i * height / BLOCKS).collect();
    let mut levels = vec![vec![0.0f32; width]; BLOCKS];
    let mut spreads = vec![vec![0.0f32; width]; BLOCKS];
    for block in 0..BLOCKS {
        let lines = bounds[block]..bounds[block + 1];
        let count = lines.len().max(1) as f32;
        let mut sums = vec![0u32; width];
        for y in lines.clone() {
            for (sum, &value) in sums.iter_mut().zip(&ink.values[y * width..(y + 1) * width]) {
                *sum += u32::from(value);
            }
        }
        let means: Vec<u8> = sums.iter().map(|&sum| (sum as f32 / count) as u8).collect();
        let mut deviations = vec![0u32; width];
        for y in lines {
            let row = &ink.values[y * width..(y + 1) * width];
            for ((sum, &value), &mean) in deviations.iter_mut().zip(row).zip(&means) {
                *sum += u32::from(value.abs_diff(mean));
            }
        }
        for x in 0..width {
            levels[block][x] = sums[x] as f32 / count;
            spreads[block][x] = deviations[x] as f32 / count;
        }
    }
    let dark = (0..width)
        .filter(|&x| levels.iter().map(|level| level[x]).sum::<f32>() / BLOCKS as f32 > 255.0 * config.masked_ink);
    let masked = dark.count() as f32 / width.max(1) as f32;
    let levels = quiet(&levels, config);
    let spreads = quiet(&spreads, config);
    let mut take = vec![0u8; width];
    for y in 0..height {
        let place = (y as f32 + 0.5) / height as f32 * BLOCKS as f32 - 0.5;
        let above = place.floor().clamp(0.0, (BLOCKS - 1) as f32) as usize;
        let below = (above + 1).min(BLOCKS - 1);
        let share = (place - above as f32).clamp(0.0, 1.0);
        for (x, take) in take.iter_mut().enumerate() {
            let at = |curve: &[Vec<f32>]| curve[above][x] * (1.0 - share) + curve[below][x] * share;
            *take = (at(&levels) + config.noise_share * at(&spreads)).min(255.0) as u8;
        }
        for (value, &take) in ink.values[y * width..(y + 1) * width].iter_mut().zip(&take) {
            *value = value.saturating_sub(take);
        }
    }
    masked
}

/// Each block's value replaced by the median of itself and its neighbours in the column (at the ends, the lower of the
/// two), and held to what the column's quieter blocks show, so that an echo in some blocks does not count as level.
fn quiet(blocks: &[Vec<f32>], config: &CleanConfig) -> Vec<Vec<f32>> {
    let width = blocks.first().map_or(0, Vec::len);
    let caps: Vec<f32> = (0..width)
        .map(|x| {
            let mut column: Vec<f32> = blocks.iter().map(|block| block[x]).collect();
            column.sort_by(f32::total_cmp);
            config.level_rise * column[QUIET]
        })
        .collect();
    (0..blocks.len())
        .map(|i| {
            (0..width)
                .map(|x| {
                    let here = blocks[i][x];
                    let level = match (i.checked_sub(1).map(|j| blocks[j][x]), blocks.get(i + 1).map(|next| next[x])) {
                        (Some(a), Some(b)) => here.max(a.min(b)).min(a.max(b)),
                        (Some(one), None) | (None, Some(one)) => here.min(one),
                        (None, None) => 0.0,
                    };
                    level.min(caps[x])
                })
                .collect()
        })
        .collect()
}

/// Bands that cross the panel: rows whose level is high in most of their blocks. A band wavers, so its neighbours are
/// taken with it.
fn remove_bands(ink: &mut Ink, config: &CleanConfig) {
    let (width, height) = (ink.width, ink.height);
    let mut levels = vec![0.0f32; height];
    for (y, level) in levels.iter_mut().enumerate() {
        let row = &ink.values[y * width..(y + 1) * width];
        let mut means: Vec<f32> = (0..ROW_BLOCKS)
            .map(|i| &row[i * width / ROW_BLOCKS..(i + 1) * width / ROW_BLOCKS])
            .map(|part| part.iter().map(|&value| u32::from(value)).sum::<u32>() as f32 / part.len().max(1) as f32)
            .collect();
        means.sort_by(f32::total_cmp);
        *level = means[ROW_BLOCKS * 2 / 5];
    }
    let waver = (height / 60).max(1);
    let threshold = f32::from(config.band_level);
    for y in 0..height {
        let around = &levels[y.saturating_sub(waver)..(y + waver + 1).min(height)];
        let level = around.iter().copied().fold(0.0, f32::max);
        let take = if level > threshold {
            255.0
        } else if level > threshold / 3.0 {
            2.0 * level
        } else {
            level
        } as u8;
        for value in &mut ink.values[y * width..(y + 1) * width] {
            *value = value.saturating_sub(take);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_noisy_column_and_a_band_go_and_an_echo_stays() {
        let (width, height) = (120, 120);
        let mut ink = Ink { width, height, values: vec![0; width * height] };
        for y in 0..height {
            ink.values[y * width + 30] = 200;
            for x in 0..width {
                if y < 6 {
                    ink.values[y * width + x] = 220;
                }
                if y.abs_diff(40 + x / 3) < 2 {
                    ink.values[y * width + x] = 250;
                }
            }
        }
        remove(&mut ink, &CleanConfig::default());
        assert_eq!(ink.values[90 * width + 30], 0);
        assert_eq!(ink.values[2 * width + 60], 0);
        assert!(ink.values[60 * width + 60] > 180);
    }
}

//! Horizontal interference bands: rows that are dark across the whole panel, as a modulated carrier or a receiver in
//! oscillation leaves them. They hide echoes and imitate layers.

use super::{CleanConfig, Ink};

/// Blocks of columns whose levels are compared: an echo or a resonance darkens a few of them, a band most.
const BLOCKS: usize = 16;

/// Share of the panel's rows that lie in interference bands, 0 to 1. `ink` is the darkness before anything is removed.
pub(super) fn share(ink: &Ink, config: &CleanConfig) -> f32 {
    let (width, height) = (ink.width, ink.height);
    if width < BLOCKS || height < 32 {
        return 0.0;
    }
    let mut levels = vec![vec![0u16; height]; BLOCKS];
    for (y, row) in ink.values.chunks_exact(width).enumerate() {
        for (block, level) in levels.iter_mut().enumerate() {
            let part = &row[block * width / BLOCKS..(block + 1) * width / BLOCKS];
            let sum: u32 = part.iter().map(|&value| u32::from(value)).sum();
            level[y] = (sum / part.len().max(1) as u32) as u16;
        }
    }
    // A running median over rows takes out the rulings, which are thin.
    let reach = ((config.band_thickness * height as f32 / 2.0).round() as usize).max(1);
    for level in &mut levels {
        *level = running_median(level, reach);
    }
    let mut across: Vec<u16> = (0..height)
        .map(|y| {
            let mut row: Vec<u16> = levels.iter().map(|level| level[y]).collect();
            row.sort_unstable();
            row[BLOCKS / 2]
        })
        .collect();
    let border = (0.05 * height as f32) as usize;
    across = across[border..height - border].to_vec();
    let mut sorted = across.clone();
    sorted.sort_unstable();
    let background = sorted[sorted.len() / 2];
    let dark = across.iter().filter(|&&level| level > background + u16::from(config.band_contrast)).count();
    dark as f32 / across.len() as f32
}

fn running_median(level: &[u16], reach: usize) -> Vec<u16> {
    (0..level.len())
        .map(|y| {
            let mut window = level[y.saturating_sub(reach)..(y + reach + 1).min(level.len())].to_vec();
            window.sort_unstable();
            window[window.len() / 2]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn panel(dark: impl Fn(usize, usize) -> bool) -> f32 {
        let (width, height) = (400, 200);
        let values = (0..width * height).map(|i| if dark(i % width, i / width) { 220 } else { 30 }).collect();
        share(&Ink { width, height, values }, &CleanConfig::default())
    }

    #[test]
    fn bands_are_told_from_rulings_echoes_and_columns() {
        assert_eq!(panel(|_, _| false), 0.0);
        assert_eq!(panel(|_, y| y % 20 < 2), 0.0, "rulings");
        assert_eq!(panel(|x, y| x < 150 && (80..110).contains(&y)), 0.0, "echo");
        assert_eq!(panel(|x, _| x % 50 < 10), 0.0, "noisy columns");
        let band = panel(|x, y| (40..60).contains(&y) && x % 10 != 0);
        assert!((band - 20.0 / 180.0).abs() < 0.03, "{band}");
    }
}

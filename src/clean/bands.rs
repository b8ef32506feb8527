//! Horizontal interference bands: rows that are dark across the whole panel, as a modulated carrier or a receiver in
//! oscillation leaves them. They hide echoes and imitate layers.

use super::{CleanConfig, Ink};
use crate::kernel::median::{LANES, running_median};
use crate::kernel::sums::row_sum;

/// Mean of each of the parts into which a row is cut: an echo or a resonance darkens a few of them, a band most.
pub(super) type Parts = [u8; LANES];

/// The parts of a row.
pub(super) fn parts(row: &[u8]) -> Parts {
    std::array::from_fn(|i| {
        let part = &row[i * row.len() / LANES..(i + 1) * row.len() / LANES];
        let count = part.len().max(1) as u32;
        ((row_sum(part) + count / 2) / count) as u8
    })
}

/// Share of the panel's rows that lie in interference bands, 0 to 1. `rows` are the parts before anything is removed.
pub(super) fn share(rows: &[Parts], config: &CleanConfig) -> f32 {
    if rows.len() < 32 {
        return 0.0;
    }
    let across = thick(rows, config.band_span, config);
    let border = rows.len() / 20;
    let inside = &across[border..rows.len() - border];
    let mut sorted = inside.to_vec();
    let (_, &mut background, _) = sorted.select_nth_unstable(inside.len() / 2);
    let dark = inside.iter().filter(|&&level| level > background.saturating_add(config.band_contrast)).count();
    dark as f32 / inside.len() as f32
}

/// The level of each row that the share `span` of its parts reaches or exceeds, without what is thinner than a band.
fn thick(rows: &[Parts], span: f32, config: &CleanConfig) -> Vec<u8> {
    let reach = ((config.band_thickness * rows.len() as f32 / 2.0).round() as usize).max(1);
    let mut smooth = Vec::new();
    running_median(rows, reach, &mut smooth);
    smooth.iter().map(|row| reached(*row, span)).collect()
}

/// The level that the share `span` of a row's parts reaches or exceeds.
fn reached(mut row: Parts, span: f32) -> u8 {
    row.sort_unstable();
    row[(((1.0 - span) * LANES as f32) as usize).min(LANES - 1)]
}

/// Takes bands off, and what the height markers left: rows whose level is high over most of the panel. Both waver, so
/// their neighbours are taken with them. What is thick and does not reach all across may be an echo: only as much is
/// taken off it as noise may have. `rows` are the parts of the rows as they are now.
pub(super) fn remove(ink: &mut Ink, rows: &[Parts], config: &CleanConfig) {
    let noise = config.band_level / 3;
    let firm = |level: u8| if level > noise { level.saturating_mul(2) } else { level };
    let bands = thick(rows, config.band_span, config);
    let usual = thick(rows, REST_SPAN, config);
    let rests: Vec<u8> =
        rows.iter().zip(&usual).map(|(row, &usual)| reached(*row, REST_SPAN).saturating_sub(usual)).collect();
    let waver = (ink.height / 60).max(1);
    for y in 0..ink.height {
        let near = y.saturating_sub(waver)..(y + waver + 1).min(ink.height);
        let highest = |levels: &[u8]| levels[near.clone()].iter().copied().max().unwrap_or(0);
        let band = highest(&bands);
        if band > config.band_level {
            ink.row_mut(y).fill(0);
            continue;
        }
        let take = firm(band).max(highest(&usual).min(noise)).saturating_add(firm(highest(&rests)));
        if take > 0 {
            ink.row_mut(y).iter_mut().for_each(|value| *value = value.saturating_sub(take));
        }
    }
}

/// Share of the panel's width that what a height marker left reaches at least.
const REST_SPAN: f32 = 0.55;

#[cfg(test)]
mod tests {
    use super::*;

    fn panel(dark: impl Fn(usize, usize) -> bool) -> f32 {
        let rows: Vec<Parts> = (0..200)
            .map(|y| parts(&(0..400).map(|x| if dark(x, y) { 220 } else { 30 }).collect::<Vec<u8>>()))
            .collect();
        share(&rows, &CleanConfig::default())
    }

    #[test]
    fn bands_are_told_from_rulings_echoes_and_columns() {
        assert_eq!(panel(|_, _| false), 0.0);
        assert_eq!(panel(|_, y| y % 20 < 2), 0.0, "height_markers");
        assert_eq!(panel(|x, y| x < 240 && (80..110).contains(&y)), 0.0, "echo");
        assert_eq!(panel(|x, _| x % 50 < 10), 0.0, "noisy columns");
        let band = panel(|x, y| (40..60).contains(&y) && x % 10 != 0);
        assert!((band - 20.0 / 180.0).abs() < 0.03, "{band}");
    }

    #[test]
    fn a_band_goes_and_a_broad_flat_echo_stays() {
        let (width, height) = (400, 200);
        let mut ink = Ink { width, height, values: vec![0; width * height] };
        for y in 0..height {
            for (x, value) in ink.row_mut(y).iter_mut().enumerate() {
                let echo = (80..320).contains(&x) && (100..115).contains(&y);
                *value = if (40..55).contains(&y) || echo { 200 } else { 0 };
            }
        }
        let rows: Vec<Parts> = (0..height).map(|y| parts(ink.row(y))).collect();
        remove(&mut ink, &rows, &CleanConfig::default());
        assert_eq!(ink.row(47)[200], 0);
        assert!(ink.row(107)[200] > 150);
    }
}

//! Takes out of the panel what is not echo: grid, marks, interference bands, film defects.
//!
//! In: a [`Frame`] and its [`Grid`]. Out: an [`Echogram`].
//!
//! Order of work: ink (darkness) of the panel; straight lines bridged from both sides; the level of every column and
//! row, block by block, taken off (receiver noise is the same at all heights of a frequency, an echo is not).

mod bands;
mod caption;
mod level;
mod lines;

use crate::kernel::projection::rows;
use crate::model::{Calibration, Echogram, Frame, Grid};
use image::GrayImage;
use serde::{Deserialize, Serialize};

/// Parameters of the stage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CleanConfig {
    /// Widest thin line that is looked for beside those of the grid, in shares of the panel's height. Default 0.009.
    pub line_width: f32,
    /// Smallest strength of a line of the grid that is cut out. Default 0.2.
    pub line_strength: f32,
    /// Broadest line of the grid that is cut out, in shares of the panel's height. Default 0.013.
    pub broadest_line: f32,
    /// Shortest stretch of a thin vertical line, in shares of the panel's height. Default 0.2.
    pub line_stretch: f32,
    /// Share of a stretch's rows (or columns) that must stand out from both sides to call it a line. Default 0.6.
    pub line_share: f32,
    /// Smallest step from a line to its sides, grey levels. Default 24.
    pub line_step: u8,
    /// How many mean absolute deviations of a column's noise are taken off beside its level. Default 0.5.
    pub noise_share: f32,
    /// How far a column's level may lie above that of its quieter blocks, as a ratio; what is above is echo. Default 1.15.
    pub level_rise: f32,
    /// Level of a row across the panel above which it is an interference band, grey levels. Default 30.
    pub band_level: u8,
    /// Thickness below which a dark row is a ruling and no band, in shares of the panel's height. Default 0.03.
    pub band_thickness: f32,
    /// Step from the panel's usual level to that of a band that is reported, grey levels. Default 60.
    pub band_contrast: u8,
    /// Border of the panel without echoes, in shares of its height. Default 0.012.
    pub border: f32,
    /// Share of the panel whose amplitude is brought to full strength on faint film. Default 0.005.
    pub strongest_share: f32,
    /// Largest gain for that. Default 4.
    pub most_gain: f32,
    /// Share of dark pixels above which a column counts as unreadable. Default 0.6.
    pub masked_ink: f32,
}

impl Default for CleanConfig {
    fn default() -> Self {
        Self {
            line_width: 0.009,
            line_strength: 0.2,
            broadest_line: 0.013,
            line_stretch: 0.2,
            line_share: 0.6,
            line_step: 24,
            noise_share: 0.5,
            level_rise: 1.15,
            band_level: 30,
            band_thickness: 0.03,
            band_contrast: 60,
            border: 0.012,
            strongest_share: 0.005,
            most_gain: 4.0,
            masked_ink: 0.6,
        }
    }
}

/// Darkness of the panel, row by row.
struct Ink {
    width: usize,
    height: usize,
    values: Vec<u8>,
}

/// Cleans the panel of a frame. The grid's lines are used whether or not its axes are proved.
pub fn clean(frame: &Frame, grid: &Grid, calibration: &Calibration, config: &CleanConfig) -> Echogram {
    let region = frame.panel.clamped(frame.picture.width(), frame.picture.height());
    let (width, height) = (region.w as usize, region.h as usize);
    let mut ink = Ink { width, height, values: Vec::with_capacity(width * height) };
    for row in rows(&frame.picture, region) {
        ink.values.extend(row.iter().map(|&tone| 255 - tone));
    }
    let mut masked_share = 0.0;
    let band_share = bands::share(&ink, config);
    if width >= 16 && height >= 16 {
        lines::remove(&mut ink, region, grid, config);
        caption::remove(&mut ink, calibration);
        masked_share = level::remove(&mut ink, config);
        clear_border(&mut ink, config);
    }
    stretch(&mut ink.values, config);
    let noise = noise(&ink.values);
    let amplitude = GrayImage::from_raw(width as u32, height as u32, ink.values).unwrap_or_default();
    Echogram { amplitude, region, noise, masked_share, band_share }
}

/// Brings a faint picture's strongest echoes to full strength.
fn stretch(values: &mut [u8], config: &CleanConfig) {
    let mut counts = [0usize; 256];
    for &value in values.iter() {
        counts[usize::from(value)] += 1;
    }
    let mut left = (values.len() as f32 * config.strongest_share) as usize;
    let strongest = (1..256).rev().find(|&value| {
        let found = left < counts[value];
        left = left.saturating_sub(counts[value]);
        found
    });
    let gain = (220.0 / strongest.unwrap_or(255) as f32).clamp(1.0, config.most_gain.max(1.0));
    for value in values.iter_mut() {
        *value = (f32::from(*value) * gain).min(255.0) as u8;
    }
}

fn clear_border(ink: &mut Ink, config: &CleanConfig) {
    let border = ((config.border * ink.height as f32).round() as usize).clamp(1, ink.height / 2);
    let side = border.min(ink.width / 2);
    for (y, row) in ink.values.chunks_exact_mut(ink.width).enumerate() {
        if y < border || y + border >= ink.height {
            row.fill(0);
        } else {
            row[..side].fill(0);
            row[ink.width - side..].fill(0);
        }
    }
}

/// Median absolute deviation x 1.4826, with the mean absolute deviation x 1.2533 of the darker-than-nothing rest where
/// more than half of the panel is empty, as it should be.
fn noise(values: &[u8]) -> f32 {
    if values.is_empty() {
        return 0.0;
    }
    let mut counts = [0u32; 256];
    for &value in values {
        counts[usize::from(value)] += 1;
    }
    let quantile = |counts: &[u32; 256]| {
        let mut left = values.len() as u32 / 2;
        counts
            .iter()
            .position(|&count| {
                let inside = left < count;
                left = left.saturating_sub(count);
                inside
            })
            .unwrap_or(255)
    };
    let median = quantile(&counts);
    let mut deviations = [0u32; 256];
    for (value, &count) in counts.iter().enumerate() {
        deviations[value.abs_diff(median)] += count;
    }
    let mad = quantile(&deviations) as f32 * 1.4826;
    if mad > 0.0 {
        return mad;
    }
    let mean = values.iter().map(|&value| u64::from(value)).sum::<u64>() as f32 / values.len() as f32;
    1.2533 * mean
}

//! Takes out of the panel what is not echo: grid, markers, interference bands, film defects.
//!
//! In: a [`Frame`] and its [`Grid`]. Out: an [`Echogram`].
//!
//! Order of work: ink (darkness) of the panel; straight lines bridged from both sides where they show; the level of
//! every column, block by block, taken off (receiver noise is the same at all heights of a frequency, an echo is not);
//! then that of rows that are dark across the panel. All of it in whole numbers on the film's own 8 bits: two dozen
//! passes over rows that stay in the cache.

mod bands;
mod caption;
mod level;
mod lines;
mod streaks;
mod strength;

use crate::kernel::projection::rows;
use crate::kernel::reuse::Reused;
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
    /// Share of the places along a stretch of a tick's line where it must show to be bridged there. Default 0.5.
    pub shown_share: f32,
    /// Smallest step from a tick to its sides, grey levels. Default 8.
    pub shown_step: u8,
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
    /// Share of the panel's width that a band must cover to be taken off. Default 0.75.
    pub band_span: f32,
    /// Thickness below which a dark row is a height marker and no band, in shares of the panel's height. Default 0.03.
    pub band_thickness: f32,
    /// Step from the panel's usual level, over `band_span` of its width, to that of a band that is reported, grey levels. Default 60.
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
            shown_share: 0.5,
            shown_step: 8,
            line_stretch: 0.2,
            line_share: 0.6,
            line_step: 24,
            noise_share: 0.5,
            level_rise: 1.15,
            band_level: 30,
            band_span: 0.75,
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

impl Ink {
    fn row(&self, y: usize) -> &[u8] {
        &self.values[y * self.width..(y + 1) * self.width]
    }

    fn row_mut(&mut self, y: usize) -> &mut [u8] {
        &mut self.values[y * self.width..(y + 1) * self.width]
    }
}

/// Cleans the panel of a frame. The grid's lines are used whether or not its axes are proved.
pub fn clean(frame: &Frame, grid: &Grid, calibration: &Calibration, config: &CleanConfig) -> Echogram {
    let region = frame.panel.clamped(frame.picture.width(), frame.picture.height());
    let (width, height) = (region.w as usize, region.h as usize);
    let mut ink = Ink { width, height, values: Reused::with_capacity(width * height).into_vec() };
    let mut parts = Vec::with_capacity(height);
    for row in rows(&frame.picture, region) {
        let start = ink.values.len();
        ink.values.extend(row.iter().map(|&tone| !tone));
        parts.push(bands::parts(&ink.values[start..]));
    }
    let (mut masked, mut band_share) = (Vec::new(), 0.0);
    if width >= 16 && height >= 16 {
        band_share = bands::share(&parts, config);
        lines::remove(&mut ink, region, grid, calibration, config);
        streaks::remove(&mut ink, grid, config);
        caption::remove(&mut ink, calibration);
        (masked, parts) = level::remove(&mut ink, config);
        bands::remove(&mut ink, &parts, config);
        clear_border(&mut ink, config);
    }
    let noise = strength::settle(&mut ink, config);
    let amplitude = GrayImage::from_raw(width as u32, height as u32, ink.values).unwrap_or_default();
    let to_frame = |x: usize| (region.x as usize + x) as f32;
    let masked = masked.into_iter().map(|range| [to_frame(range.start), to_frame(range.end)]).collect();
    Echogram { amplitude, region, noise, masked, band_share }
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

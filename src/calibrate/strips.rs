//! Mean brightness along the panel, band by band: the small picture from which all lines are measured.
//!
//! A line runs through many bands at positions that lean along a straight line; an echo or a speck does not.

use crate::kernel::reuse::Reused;
use crate::kernel::running::{RunningSpace, running_max};
use crate::kernel::sums::{add_to_columns, row_sum};
use crate::model::PixelBox;
use image::GrayImage;
use std::ops::Range;

/// Mean grey value of every band at every place along the panel.
#[derive(Debug, Clone)]
pub(super) struct Strips {
    /// Places along the panel: columns for vertical lines, rows for horizontal ones.
    pub(super) length: usize,
    /// Middle of each band across the panel, in frame pixels.
    pub(super) centre: Vec<f64>,
    /// Band after band, `length` values each, 0 to 255.
    pub(super) mean: Reused<f32>,
}

impl Strips {
    /// Bands of rows, one value per column of the region: for vertical lines.
    pub(super) fn of_rows(picture: &GrayImage, region: PixelBox, bands: &[Range<usize>]) -> Self {
        let stride = picture.width() as usize;
        let (left, length) = (region.x as usize, region.w as usize);
        let mut mean = Reused::with_capacity(bands.len() * length);
        let mut sums = vec![0u32; length];
        for band in bands {
            sums.fill(0);
            for row in band.clone() {
                let from = row * stride + left;
                add_to_columns(&picture.as_raw()[from..from + length], &mut sums);
            }
            let share = 1.0 / band.len().max(1) as f32;
            mean.extend(sums.iter().map(|&sum| sum as f32 * share));
        }
        Self { length, centre: middles(bands), mean }
    }

    /// Bands of columns, one value per row of the region: for horizontal lines.
    pub(super) fn of_columns(picture: &GrayImage, region: PixelBox, bands: &[Range<usize>]) -> Self {
        let stride = picture.width() as usize;
        let (top, length) = (region.y as usize, region.h as usize);
        let mut mean = Reused::filled(bands.len() * length, 0.0);
        for row in 0..length {
            let line = &picture.as_raw()[(top + row) * stride..(top + row + 1) * stride];
            for (index, band) in bands.iter().enumerate() {
                mean[index * length + row] = row_sum(&line[band.clone()]) as f32 / band.len().max(1) as f32;
            }
        }
        Self { length, centre: middles(bands), mean }
    }

    /// The values of one band.
    pub(super) fn band(&self, index: usize) -> &[f32] {
        &self.mean[index * self.length..(index + 1) * self.length]
    }
}

fn middles(bands: &[Range<usize>]) -> Vec<f64> {
    bands.iter().map(|band| (band.start + band.end) as f64 / 2.0 - 0.5).collect()
}

/// Cuts a stretch into `count` bands of nearly equal width; fewer if it is too short.
pub(super) fn equal_bands(from: usize, length: usize, count: usize) -> Vec<Range<usize>> {
    let count = count.clamp(1, length.max(1));
    (0..count).map(|i| from + i * length / count..from + (i + 1) * length / count).collect()
}

/// Contrast of narrow features against their surround, 0 to 1 in each band: `Dark` ones against a morphological closing,
/// `Bright` ones against an opening of the given radius.
pub(super) fn contrast(strips: &Strips, radius: usize, tone: Tone) -> Reused<f32> {
    let mut out = Reused::filled(strips.mean.len(), 0.0);
    let mut surround = Vec::new();
    let mut space = RunningSpace::default();
    // An opening is the closing of the negative.
    let sign = match tone {
        Tone::Dark => 1.0,
        Tone::Bright => -1.0,
    };
    for (band, out) in strips.mean.chunks_exact(strips.length.max(1)).zip(out.chunks_exact_mut(strips.length.max(1))) {
        surround.clear();
        surround.extend(band.iter().map(|&value| sign * value));
        running_max(&mut surround, radius, &mut space);
        surround.iter_mut().for_each(|value| *value = -*value);
        running_max(&mut surround, radius, &mut space);
        for ((out, &value), &negated) in out.iter_mut().zip(band).zip(&surround) {
            let surround = -sign * negated;
            let light = if surround > value { surround } else { value };
            let excess = sign * (surround - value) / if light > FAINT { light } else { FAINT };
            *out = if excess > 0.0 { excess } else { 0.0 };
        }
    }
    out
}

/// Tone of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    /// Darker than its surround.
    Dark,
    /// Brighter than its surround.
    Bright,
}

/// A surround darker than this grey value is film edge, where contrast means nothing.
const FAINT: f32 = 48.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_narrow_dark_line_has_contrast_and_a_step_has_none() {
        let mut picture = GrayImage::from_pixel(60, 10, image::Luma([200]));
        for y in 0..10 {
            picture.put_pixel(20, y, image::Luma([100]));
            for x in 40..60 {
                picture.put_pixel(x, y, image::Luma([120]));
            }
        }
        let strips = Strips::of_rows(&picture, PixelBox::new(0, 0, 60, 10), &equal_bands(0, 10, 2));
        let dark = contrast(&strips, 3, Tone::Dark);
        assert!((dark[20] - 0.5).abs() < 1e-6);
        assert!(dark[30..50].iter().all(|&value| value < 1e-6));
    }
}

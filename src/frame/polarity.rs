//! Tone: whether a scan shows dark echoes on a light panel or is its negative.

use super::FrameConfig;
use super::panel::{Edge, Panel, find_light};
use crate::kernel::histogram::Histogram;
use crate::kernel::invert::invert;
use crate::kernel::projection::rows;
use crate::kernel::reuse::{copy, give_back};
use crate::model::{Calibration, Echo, PixelBox};
use image::GrayImage;
use multiversion::multiversion;

/// The tone that was decided, with the panel that it shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct PolarityChoice {
    /// The scan has to be inverted to show dark echoes on light ground.
    pub(super) inverted: bool,
    /// The panel in the reduced picture, if one stands out.
    pub(super) panel: Option<Panel>,
}

/// Decides the tone of a reduced scan: the calibration file says what is normal, the picture has the last word.
pub(super) fn decide(reduced: &GrayImage, calibration: &Calibration, config: &FrameConfig) -> PolarityChoice {
    let ((positive, as_scanned), (negative, as_negative)) = both(reduced, calibration, config);
    if negative > positive {
        PolarityChoice { inverted: true, panel: as_negative }
    } else {
        PolarityChoice { inverted: false, panel: as_scanned }
    }
}

/// How much a picture looks like an ionogram as it was scanned, and how much as a negative.
pub(super) fn likeness(reduced: &GrayImage, calibration: &Calibration, config: &FrameConfig) -> (f32, f32) {
    let ((positive, _), (negative, _)) = both(reduced, calibration, config);
    (positive, negative)
}

/// Likeness and panel as scanned, and as a negative.
fn both(
    reduced: &GrayImage,
    calibration: &Calibration,
    config: &FrameConfig,
) -> ((f32, Option<Panel>), (f32, Option<Panel>)) {
    let mut negative = copy(reduced);
    invert(&mut negative);
    let whole = PixelBox::new(0, 0, reduced.width() as i32, reduced.height() as i32);
    let histogram = Histogram::of(reduced, whole);
    let look = |picture: &GrayImage, histogram: &Histogram| {
        let panel =
            if calibration.film.bare_panel { bare(whole, histogram) } else { find_light(picture, histogram, config) };
        (score(picture, panel, calibration), panel)
    };
    let prior = match calibration.film.echo {
        Echo::Dark => config.tone_prior,
        Echo::Light => 1.0 / config.tone_prior,
        Echo::Auto => 1.0,
    };
    let (likeness, panel) = look(reduced, &histogram);
    let as_negative = look(&negative, &histogram.of_negative());
    give_back(negative.into_raw());
    ((prior * likeness, panel), as_negative)
}

/// The whole picture as panel: rasters without a surround.
fn bare(whole: PixelBox, histogram: &Histogram) -> Option<Panel> {
    let contrast = f32::from(histogram.quantile(0.999) - histogram.quantile(0.001)) / 255.0;
    (contrast > 0.0).then_some(Panel { region: whole, threshold: 0, contrast, fill: 1.0, edge: Edge::Tone })
}

/// How well a panel looks like one: large, full, of an aspect that the format knows, ink the minority and dark.
fn score(picture: &GrayImage, panel: Option<Panel>, calibration: &Calibration) -> f32 {
    let Some(panel) = panel else { return 0.0 };
    let area = (panel.region.w * panel.region.h) as f32 / (picture.width() * picture.height()).max(1) as f32;
    let aspect = f64::from(panel.region.w) / f64::from(panel.region.h.max(1));
    let [narrow, wide] = calibration.film.panel_aspect;
    // Out of range by a factor of two costs a factor of four.
    let stray = (narrow / aspect).max(aspect / wide).max(1.0);
    let fit = (1.0 / (stray * stray)) as f32;
    area * fit * panel.fill * ink_is_dark(picture, panel.region) * activity(picture, &panel)
}

/// Share of the panel's columns in which something is drawn: height markers cross all columns of an ionogram, whereas
/// leader and caption panels are even but for their characters.
fn activity(picture: &GrayImage, panel: &Panel) -> f32 {
    let step = (0.04 * 255.0 * panel.contrast).max(2.0) as u8;
    let width = panel.region.w.max(1) as usize;
    let mut drawn = vec![0u32; width];
    let mut above: Option<&[u8]> = None;
    for row in rows(picture, panel.region) {
        if let Some(above) = above {
            count_changes(row, above, step, &mut drawn);
        }
        above = Some(row);
    }
    let enough = (panel.region.h / 50).max(1) as u32;
    drawn.iter().filter(|&&count| count >= enough).count() as f32 / width as f32 + 0.01
}

/// Counts for each column where two rows differ by more than `step`.
#[multiversion(targets("x86_64+avx512bw+avx512vl", "x86_64+avx2", "x86_64+sse4.1"))]
fn count_changes(row: &[u8], above: &[u8], step: u8, counts: &mut [u32]) {
    for ((count, &value), &other) in counts.iter_mut().zip(row).zip(above) {
        *count = count.wrapping_add(u32::from(value.abs_diff(other) > step));
    }
}

/// Above 1 if the panel's ground is light and its ink dark, below 1 if it is the other way round, for rasters whose
/// extremes both belong to the picture: the ground lies nearer to the end that is not ink.
fn ink_is_dark(picture: &GrayImage, region: PixelBox) -> f32 {
    let histogram = Histogram::of_rows(rows(picture, region).step_by(2));
    let (low, middle, high) = (histogram.quantile(0.002), histogram.quantile(0.5), histogram.quantile(0.998));
    let (below, above) = (f32::from(middle - low) + 8.0, f32::from(high - middle) + 8.0);
    (below / above).clamp(0.1, 10.0)
}

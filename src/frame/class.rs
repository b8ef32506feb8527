//! Class: whether a picture shows one whole ionogram, and what else it shows if it does not.

use super::FrameConfig;
use super::captions::{Demand, text_lines};
use super::orientation::is_cut_before_caption;
use super::panel::{Panel, runs};
use crate::kernel::histogram::Histogram;
use crate::kernel::projection::{light_per_column, rows};
use crate::kernel::sums::row_count_above;
use crate::model::{Calibration, FrameClass, PixelBox};
use image::GrayImage;

/// A class and what it rests on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Classification {
    /// The class.
    pub(super) class: FrameClass,
    /// How sure it is, 0 to 1.
    pub(super) confidence: f32,
    /// Share of the panel's pixels that are echo-dark.
    pub(super) ink_share: f32,
}

/// Blocks across and down for the statistics of ink.
const BLOCKS: (usize, usize) = (24, 12);

/// The class of a frame from its upright picture (dark echoes), its panel there, and the panel as found on the
/// reduced picture.
pub(super) fn classify(
    picture: &GrayImage,
    region: PixelBox,
    reduced: &GrayImage,
    panel: &Panel,
    calibration: &Calibration,
    config: &FrameConfig,
) -> Classification {
    // Half as many rows as the reduced picture has are enough for statistics.
    let every = (2 * picture.height() / reduced.height().max(1)).max(1) as usize;
    let every = if every == 2 { 1 } else { every };
    let ink = Ink::of(picture, region, every);
    let classification = |class, confidence| Classification { class, confidence, ink_share: ink.share };
    if ink.span < config.blank_span {
        return classification(FrameClass::Blank, 0.9);
    }
    if !calibration.film.bare_panel
        && let Some((class, confidence)) = more_or_less_than_one(picture, region, reduced, panel, calibration, config)
    {
        return classification(class, confidence);
    }
    if ink.lower_quartile >= config.noise_ink_share && ink.unevenness < config.noise_unevenness {
        return classification(
            FrameClass::Noise,
            (1.0 - ink.unevenness / config.noise_unevenness / 2.0).clamp(0.5, 1.0),
        );
    }
    classification(FrameClass::Ionogram, 0.9)
}

/// Signs of two frames, of two half frames, or of a part of one.
fn more_or_less_than_one(
    picture: &GrayImage,
    region: PixelBox,
    reduced: &GrayImage,
    panel: &Panel,
    calibration: &Calibration,
    config: &FrameConfig,
) -> Option<(FrameClass, f32)> {
    let [narrow, wide] = calibration.film.panel_aspect;
    let aspect_of = |width: i32| f64::from(width) / f64::from(panel.region.h.max(1));
    let parts = light_parts(reduced, panel, config);
    let widths: Vec<i32> = parts.iter().map(|(start, end)| end - start).collect();
    let largest = widths.iter().copied().max().unwrap_or(0);
    let total: i32 = widths.iter().sum();
    if parts.len() >= 2 && f64::from(largest) < 0.85 * f64::from(total) {
        let complete = widths.iter().filter(|&&width| aspect_of(width) >= narrow * 0.95).count();
        // Two panels of about the same width are two frames; a part and a whole cannot be told from two parts where
        // the format's width varies, unless the whole is much the larger.
        let second = widths.iter().copied().filter(|&width| width != largest).max().unwrap_or(largest);
        let alike = f64::from(second) > 0.9 * f64::from(largest);
        let class = if complete >= 2 && alike { FrameClass::Double } else { FrameClass::OutOfPhase };
        return Some((class, 0.8));
    }
    if is_cut_before_caption(reduced, panel, calibration, config) {
        return Some((FrameClass::OutOfPhase, 0.8));
    }
    let lines = text_lines(picture, region, calibration, Demand::Whole);
    let width = picture.width() as i32;
    let length = |line: &(i32, i32)| line.1 - line.0;
    if let [first, .., last] = lines.as_slice()
        && (length(first).min(length(last)) * 5 > length(first).max(length(last)) * 3
            || first.0 <= width / 200
            || last.1 >= width - width / 200)
    {
        let pitch = last.0 - first.0;
        let class = if width * 10 >= pitch * 19 { FrameClass::Double } else { FrameClass::OutOfPhase };
        return Some((class, 0.9));
    }
    if let [(start, end)] = lines.as_slice()
        && (*start <= width / 200 || *end >= width - width / 200)
    {
        return Some((FrameClass::OutOfPhase, 0.7));
    }
    let aspect = aspect_of(panel.region.w);
    let frame_aspect = f64::from(picture.width()) / f64::from(picture.height().max(1));
    if aspect > wide * config.aspect_tolerance
        || frame_aspect > calibration.film.frame_aspect[1] * config.aspect_tolerance
    {
        return Some((FrameClass::Double, 0.6));
    }
    if aspect * config.aspect_tolerance < narrow {
        return Some((FrameClass::BadCrop, 0.7));
    }
    None
}

/// The light parts of the picture in the panel's rows, first and one past the last column, without slivers.
fn light_parts(reduced: &GrayImage, panel: &Panel, config: &FrameConfig) -> Vec<(i32, i32)> {
    let band = PixelBox { x: 0, w: reduced.width() as i32, ..panel.region };
    let counts = light_per_column(reduced, band, panel.threshold);
    let dark = |count: u32| (count as f32) < config.gap_light_share * band.h as f32;
    let light: Vec<bool> = counts.iter().map(|&count| !dark(count)).collect();
    // A gap between frames is wider than a marker and dark all over.
    let gap = (config.gap_width * band.h as f32).ceil() as usize;
    runs(&light, gap)
        .into_iter()
        .map(|(start, end)| (start as i32, end as i32))
        .filter(|(start, end)| {
            (end - start) * 8 > band.h && is_panel(&counts[*start as usize..*end as usize], band.h, config)
        })
        .collect()
}

/// Most of the columns are as light as a panel's: digits of a caption are not.
fn is_panel(counts: &[u32], height: i32, config: &FrameConfig) -> bool {
    let light = counts.iter().filter(|&&count| count as f32 >= config.light_share * height as f32).count();
    2 * light > counts.len()
}

/// How dark spots lie over the panel.
struct Ink {
    /// Share of all pixels.
    share: f32,
    /// Share in the block that a quarter of the blocks do not exceed.
    lower_quartile: f32,
    /// Largest difference of a block from what its row and column of blocks make expect, in medians of the blocks.
    unevenness: f32,
    /// Difference of the lightest and darkest grey, 0 to 1.
    span: f32,
}

impl Ink {
    /// Measures every `every`-th row.
    fn of(picture: &GrayImage, panel: PixelBox, every: usize) -> Self {
        // Without the panel's own edges.
        let region = PixelBox::new(
            panel.x + panel.w / 50,
            panel.y + panel.h / 12,
            panel.w - panel.w / 25,
            panel.h - panel.h / 12 - panel.h / 33,
        )
        .clamped(picture.width(), picture.height());
        let histogram = Histogram::of_rows(rows(picture, region).step_by(every));
        let (low, ground) = (f32::from(histogram.quantile(0.01)), f32::from(histogram.quantile(0.85)));
        // Where ink is rare its darkest grey lies among the rarest; one-bit pictures have but two.
        let darkest = f32::from(histogram.quantile(0.0005));
        let low = if ground - low < 16.0 { darkest } else { low };
        let threshold = (ground - 0.5 * (ground - low) - 1.0).max(0.0) as u8;
        let shares = block_shares(picture, region, threshold, every);
        let mut sorted = shares.clone();
        sorted.sort_by(f32::total_cmp);
        let mean = |values: &mut dyn Iterator<Item = f32>, count: usize| values.sum::<f32>() / count as f32;
        let (across, down) = BLOCKS;
        let all = mean(&mut shares.iter().copied(), shares.len());
        let row_means: Vec<f32> = shares.chunks(across).map(|row| mean(&mut row.iter().copied(), across)).collect();
        let column_means: Vec<f32> =
            (0..across).map(|x| mean(&mut shares.iter().skip(x).step_by(across).copied(), down)).collect();
        let stray = shares
            .iter()
            .enumerate()
            .map(|(index, share)| share - row_means[index / across] - column_means[index % across] + all)
            .fold(0.0, f32::max);
        Self {
            share: all,
            lower_quartile: sorted[sorted.len() / 4],
            unevenness: stray / sorted[sorted.len() / 2].max(1e-3),
            span: f32::from(histogram.quantile(0.9995).saturating_sub(histogram.quantile(0.0005))) / 255.0,
        }
    }
}

/// Share of pixels not lighter than `threshold` in each block, row by row.
fn block_shares(picture: &GrayImage, region: PixelBox, threshold: u8, every: usize) -> Vec<f32> {
    let (across, down) = BLOCKS;
    let (width, height) = (region.w.max(1) as usize, region.h.max(1) as usize);
    let mut dark = vec![0u32; across * down];
    let mut areas = vec![0u32; across * down];
    let bounds: Vec<usize> = (0..=across).map(|block| block * width / across).collect();
    for (y, row) in rows(picture, region).enumerate().step_by(every) {
        let line = y * down / height * across;
        for (block, bound) in bounds.windows(2).enumerate() {
            let part = row.get(bound[0]..bound[1]).unwrap_or_default();
            dark[line + block] += part.len() as u32 - row_count_above(part, threshold);
            areas[line + block] += part.len() as u32;
        }
    }
    dark.iter().zip(&areas).map(|(&dark, &area)| dark as f32 / area.max(1) as f32).collect()
}

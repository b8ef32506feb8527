//! The data panel: the largest light rectangle of a scan whose echoes are dark.

use super::FrameConfig;
use super::ruled::find_ruled;
use crate::kernel::histogram::Histogram;
use crate::kernel::projection::{light_per_column, light_per_row};
use crate::model::PixelBox;
use image::GrayImage;

/// A panel and how clearly it stands out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Panel {
    /// Its box, in pixels of the picture it was found in.
    pub(super) region: PixelBox,
    /// Grey value that parts panel and surround.
    pub(super) threshold: u8,
    /// Difference of the light and the dark tone of the picture, 0 to 1.
    pub(super) contrast: f32,
    /// Share of the panel's pixels that are lighter than `threshold`.
    pub(super) fill: f32,
    /// What its edges are.
    pub(super) edge: Edge,
}

/// What the edges of a panel are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edge {
    /// A step from light to dark.
    Tone,
    /// The ends of the grid lines.
    Lines,
}

/// The panel of `picture`: a light rectangle on a darker surround or, where the film has one ground all over, the box
/// that its grid lines span. `None` if the picture shows neither.
pub(super) fn find(picture: &GrayImage, config: &FrameConfig) -> Option<Panel> {
    or_ruled(picture, find_panel(picture, config))
}

/// The panel itself if it stands out from a surround, else the box that the grid lines of the picture span, if they do.
pub(super) fn or_ruled(picture: &GrayImage, light: Option<Panel>) -> Option<Panel> {
    let stands_out = |panel: &Panel| {
        let region = panel.region;
        let (right, bottom) = (picture.width() as i32, picture.height() as i32);
        let margins = [region.x, region.y, right - region.right(), bottom - region.bottom()];
        margins.into_iter().any(|margin| margin * 100 > right.min(bottom))
    };
    light.filter(stands_out).or_else(|| find_ruled(picture)).or(light)
}

/// The panel of `picture`, or `None` if the picture has one tone only.
///
/// A column or row belongs to the panel if enough of it is light: interference, markers and echoes darken a part of a
/// line only, and the digits of a caption lighten a small part only.
fn find_panel(picture: &GrayImage, config: &FrameConfig) -> Option<Panel> {
    let whole = PixelBox::new(0, 0, picture.width() as i32, picture.height() as i32);
    find_light(picture, &Histogram::of(picture, whole), config)
}

/// [`find_panel`] for a picture whose histogram is known.
pub(super) fn find_light(picture: &GrayImage, histogram: &Histogram, config: &FrameConfig) -> Option<Panel> {
    let whole = PixelBox::new(0, 0, picture.width() as i32, picture.height() as i32);
    let tones = histogram.tones();
    let contrast = (tones.light - tones.dark) / 255.0;
    if contrast < config.least_contrast {
        return None;
    }
    let threshold = (tones.dark + config.threshold_share * (tones.light - tones.dark)) as u8;
    let mut region = whole;
    // Each pass measures the rows only where the columns say panel, and the other way round; two settle.
    for _ in 0..3 {
        let columns = PixelBox { y: 0, h: whole.h, ..region };
        let lines = light_per_row(picture, columns, threshold);
        let (top, bottom) = longest_run(&lines, columns.w, config)?;
        let rows = PixelBox::new(0, top, whole.w, bottom - top);
        let lines = light_per_column(picture, rows, threshold);
        let (left, right) = longest_run(&lines, rows.h, config)?;
        let next = PixelBox::new(left, top, right - left, bottom - top);
        if next == region {
            break;
        }
        region = next;
    }
    let light: u32 = light_per_row(picture, region, threshold).iter().sum();
    let fill = light as f32 / (region.w.max(1) as f32 * region.h.max(1) as f32);
    Some(Panel { region, threshold, contrast, fill, edge: Edge::Tone })
}

/// The longest run of lines that are light enough, `count` light pixels of `length` each; short gaps are bridged.
fn longest_run(counts: &[u32], length: i32, config: &FrameConfig) -> Option<(i32, i32)> {
    let enough = (config.light_share * length as f32).max(1.0);
    let gap = (config.gap_share * counts.len() as f32) as usize;
    let light: Vec<bool> = counts.iter().map(|&count| count as f32 >= enough).collect();
    // Of equally long runs the first one is taken.
    runs(&light, gap)
        .into_iter()
        .rev()
        .max_by_key(|(start, end)| end - start)
        .map(|(start, end)| (start as i32, end as i32))
}

/// Runs of `true` as (first, one past the last); gaps of up to `gap` are bridged.
pub(super) fn runs(flags: &[bool], gap: usize) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (at, _) in flags.iter().enumerate().filter(|(_, flag)| **flag) {
        match found.last_mut() {
            Some((_, end)) if at - *end <= gap => *end = at + 1,
            _ => found.push((at, at + 1)),
        }
    }
    found
}

/// Takes a panel found on a picture reduced by `factor` to the full picture: each edge is placed on the pixel.
pub(super) fn refine(full: &GrayImage, coarse: &Panel, factor: u32, config: &FrameConfig) -> PixelBox {
    let factor = factor as i32;
    let scaled = |b: PixelBox| PixelBox::new(b.x * factor, b.y * factor, b.w * factor, b.h * factor);
    let region = scaled(coarse.region).clamped(full.width(), full.height());
    if coarse.edge == Edge::Lines || factor == 1 || region.w == 0 || region.h == 0 {
        return region;
    }
    let reach = 2 * factor;
    let enough = |length: i32| (config.light_share * length as f32).max(1.0);
    let row_band =
        |y: i32| PixelBox::new(region.x, y - reach, region.w, 2 * reach).clamped(full.width(), full.height());
    let column_band =
        |x: i32| PixelBox::new(x - reach, region.y, 2 * reach, region.h).clamped(full.width(), full.height());
    let first = |counts: &[u32], length: i32| counts.iter().position(|&count| count as f32 >= enough(length));
    let last = |counts: &[u32], length: i32| counts.iter().rposition(|&count| count as f32 >= enough(length));

    let band = row_band(region.y);
    let top = first(&light_per_row(full, band, coarse.threshold), band.w).map_or(region.y, |at| band.y + at as i32);
    let band = row_band(region.bottom());
    let bottom =
        last(&light_per_row(full, band, coarse.threshold), band.w).map_or(region.bottom(), |at| band.y + at as i32 + 1);
    let band = column_band(region.x);
    let left = first(&light_per_column(full, band, coarse.threshold), band.h).map_or(region.x, |at| band.x + at as i32);
    let band = column_band(region.right());
    let right = last(&light_per_column(full, band, coarse.threshold), band.h)
        .map_or(region.right(), |at| band.x + at as i32 + 1);
    PixelBox::new(left, top, (right - left).max(1), (bottom - top).max(1)).clamped(full.width(), full.height())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_bridge_short_gaps() {
        let flags: Vec<bool> = "..##.##...#".chars().map(|c| c == '#').collect();
        assert_eq!(runs(&flags, 0), [(2, 4), (5, 7), (10, 11)]);
        assert_eq!(runs(&flags, 1), [(2, 7), (10, 11)]);
        assert_eq!(runs(&[], 3), []);
    }

    #[test]
    fn a_light_rectangle_is_found_to_the_pixel() {
        let light = PixelBox::new(60, 20, 300, 150);
        let picture = GrayImage::from_fn(400, 230, |x, y| {
            let (x, y) = (x as i32, y as i32);
            let inside = x >= light.x && x < light.right() && y >= light.y && y < light.bottom();
            // Markers every 40 columns, digits in the margin below.
            let marker = inside && x % 40 < 2;
            let digit = y > 190 && y < 205 && x % 23 < 4;
            image::Luma([if (inside && !marker) || digit { 200 } else { 20 }])
        });
        let config = FrameConfig::default();
        let panel = find_panel(&picture, &config).unwrap();
        assert_eq!(panel.region, light);
        let reduced = crate::kernel::shrink::shrink(&picture, 4);
        let coarse = find_panel(&reduced, &config).unwrap();
        assert_eq!(refine(&picture, &coarse, 4, &config), light);
    }

    #[test]
    fn one_tone_has_no_panel() {
        let config = FrameConfig::default();
        for tone in [0, 90, 255] {
            assert_eq!(find_panel(&GrayImage::from_pixel(80, 80, image::Luma([tone])), &config), None);
        }
        assert_eq!(find_panel(&GrayImage::new(0, 0), &config), None);
    }
}

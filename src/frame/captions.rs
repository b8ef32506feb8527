//! How many captions stand beside the panel: where lines of light characters on the dark margin begin and end.
//!
//! Only their number and place matter here, as a sign of two frames in one picture; `caption` reads them.

use super::panel::runs;
use crate::kernel::histogram::Histogram;
use crate::kernel::projection::{light_per_column, light_per_row};
use crate::model::{Calibration, CaptionKind, PixelBox};
use image::GrayImage;

/// How sure a line of text must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Demand {
    /// About as many characters as the layout has, each of them clear: for a picture of a single frame.
    Whole,
    /// What is left of them at the resolution of a strip's overview, where characters fade, break and merge: for film
    /// whose length tells, too, how many frames it may hold.
    Remnant,
}

/// First and one past the last column of each line of text in the margins in which the calibration file has captions
/// that run along the film; the margin with more lines counts.
pub(super) fn text_lines(
    picture: &GrayImage,
    panel: PixelBox,
    calibration: &Calibration,
    demand: Demand,
) -> Vec<(i32, i32)> {
    let below = text_lines_below(picture, panel, calibration, demand);
    let along = |kind| matches!(kind, CaptionKind::Printed | CaptionKind::SevenSegment);
    if !calibration.captions.iter().any(|layout| along(layout.kind) && layout.region[1] < 0.5) {
        return below;
    }
    let above = text_lines_above(picture, panel, calibration, demand);
    if above.len() > below.len() { above } else { below }
}

/// The lines of text above the panel.
pub(super) fn text_lines_above(
    picture: &GrayImage,
    panel: PixelBox,
    calibration: &Calibration,
    demand: Demand,
) -> Vec<(i32, i32)> {
    most_lines(picture, PixelBox::new(0, 0, picture.width() as i32, panel.y), panel.h, calibration, demand)
}

/// The lines of text below the panel.
pub(super) fn text_lines_below(
    picture: &GrayImage,
    panel: PixelBox,
    calibration: &Calibration,
    demand: Demand,
) -> Vec<(i32, i32)> {
    let (width, height) = (picture.width() as i32, picture.height() as i32);
    most_lines(picture, PixelBox::new(0, panel.bottom(), width, height - panel.bottom()), panel.h, calibration, demand)
}

/// The lines in a margin by the layout that finds most.
fn most_lines(
    picture: &GrayImage,
    margin: PixelBox,
    panel_height: i32,
    calibration: &Calibration,
    demand: Demand,
) -> Vec<(i32, i32)> {
    calibration
        .captions
        .iter()
        .filter(|layout| matches!(layout.kind, CaptionKind::Printed | CaptionKind::SevenSegment))
        .map(|layout| {
            let digit = layout.digit_height.map(|share| (share * f64::from(panel_height)) as i32);
            let digits: u32 = layout.fields.iter().map(|field| u32::from(field.digits)).sum();
            lines_in(picture, margin, digit, digits, demand)
        })
        .max_by_key(Vec::len)
        .unwrap_or_default()
}

/// The lines of text in one margin, given the smallest and largest digit height in pixels and the number of digits.
fn lines_in(picture: &GrayImage, margin: PixelBox, digit: [i32; 2], digits: u32, demand: Demand) -> Vec<(i32, i32)> {
    let margin = margin.clamped(picture.width(), picture.height());
    let [smallest, largest] = [digit[0].max(3), digit[1].max(4)];
    if margin.h < smallest {
        return Vec::new();
    }
    // Rows that are light throughout lie beside the film.
    let tones = Histogram::of(picture, margin).tones();
    let beside = |count: u32| count as i32 > margin.w * 3 / 4;
    let light = light_per_row(picture, margin, (0.5 * (tones.dark + tones.light)) as u8);
    let first = light.iter().position(|&count| !beside(count)).unwrap_or(0);
    let length = light[first..].iter().position(|&count| beside(count)).unwrap_or(light.len() - first);
    let margin = PixelBox { y: margin.y + first as i32, h: length as i32, ..margin };
    let histogram = Histogram::of(picture, margin);
    let (dark, light) = (f32::from(histogram.quantile(0.5)), f32::from(histogram.quantile(0.997)));
    if light - dark < 24.0 {
        return Vec::new();
    }
    // Faint characters may stand beside bright dots.
    let levels: &[f32] = if demand == Demand::Whole { &[0.5] } else { &[0.5, 0.25] };
    levels
        .iter()
        .map(|level| (dark + level * (light - dark)) as u8)
        .map(|threshold| {
            text_rows(picture, margin, [smallest, largest], threshold)
                .into_iter()
                .map(|band| lines_in_band(picture, band, threshold, digits, demand))
                .max_by_key(Vec::len)
                .unwrap_or_default()
        })
        .rev()
        .max_by_key(Vec::len)
        .unwrap_or_default()
}

/// The bands of rows in a margin that are at most a line of characters high, with light in a small part of the columns.
fn text_rows(picture: &GrayImage, margin: PixelBox, [smallest, largest]: [i32; 2], threshold: u8) -> Vec<PixelBox> {
    let mut rows = light_per_row(picture, margin, threshold);
    rows.iter_mut().for_each(|count| *count = if *count > margin.w as u32 / 3 { 0 } else { *count });
    let strongest = rows.iter().copied().max().unwrap_or(0);
    let lit: Vec<bool> = rows.iter().map(|&count| count > strongest / 4).collect();
    runs(&lit, 1)
        .into_iter()
        .map(|(top, bottom)| PixelBox::new(0, margin.y + top as i32, margin.w, (bottom - top) as i32))
        .filter(|band| band.h >= smallest * 2 / 3 && band.h <= largest * 3 / 2)
        .collect()
}

/// The lines of text in a band of rows of about their height. A row of perforations is no line: it goes on and on.
///
/// A line has about as many characters as the layout, some of them merged or broken, or fewer if the picture's edge
/// cuts it: specks in a row are seldom as many.
fn lines_in_band(picture: &GrayImage, band: PixelBox, threshold: u8, digits: u32, demand: Demand) -> Vec<(i32, i32)> {
    let tall = band.h;
    let columns: Vec<bool> =
        light_per_column(picture, band, threshold).iter().map(|&count| count * 5 >= tall as u32).collect();
    let mut lines: Vec<(usize, usize, u32)> = Vec::new();
    for (start, end) in runs(&columns, 0) {
        // Wider than a character: a scratch or the film's edge.
        if (end - start) as i32 > 3 * tall {
            continue;
        }
        match lines.last_mut() {
            Some((_, last, count)) if (start - *last) as i32 <= 3 * tall => {
                *last = end;
                *count += 1;
            }
            _ => lines.push((start, end, 1)),
        }
    }
    lines
        .into_iter()
        .filter(|&(start, end, count)| {
            let cut = start <= columns.len() / 200 || end + columns.len() / 200 >= columns.len();
            let (least, most) = match demand {
                Demand::Whole => (if cut { digits / 3 } else { digits * 3 / 5 }, digits * 4 / 3),
                Demand::Remnant => (digits / 4, digits * 2),
            };
            let width = (end - start) as u32;
            let plausible = count >= least.max(3) && count <= most;
            plausible && width * 2 >= count * tall as u32 && width * 3 < 2 * columns.len() as u32
        })
        .map(|(start, end, _)| (start as i32, end as i32))
        .collect()
}

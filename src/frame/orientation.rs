//! Orientation: film that was scanned from the wrong side or upside down, where the layout of the frame proves it.
//!
//! Captions beside the panel stand on a known side, and the transmitted pulse darkens the panel along height zero.
//! Captions that run along the film prove an upside-down scan by the margin in which they stand; whether such a scan
//! is mirrored, too, only their characters could tell.

use super::FrameConfig;
use super::captions::{Demand, text_lines_above, text_lines_below};
use super::panel::Panel;
use crate::kernel::histogram::Histogram;
use crate::kernel::invert::invert;
use crate::kernel::projection::{light_per_column, light_per_row};
use crate::model::{Calibration, CaptionKind, HeightDirection, PixelBox};
use image::GrayImage;

/// How a scan lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Orientation {
    /// As it should, or not known to lie otherwise.
    Upright,
    /// Mirrored left to right.
    Mirrored,
    /// Turned by 180 degrees.
    UpsideDown,
}

/// The orientation of a scan, from the scan itself (a negative if `inverted`) and from its picture reduced by `factor`
/// with dark echoes, and the panel there.
pub(super) fn decide(
    scan: &GrayImage,
    reduced: &GrayImage,
    panel: &Panel,
    factor: u32,
    inverted: bool,
    calibration: &Calibration,
    config: &FrameConfig,
) -> Orientation {
    let beside = |kind| matches!(kind, CaptionKind::Lanes | CaptionKind::Dots);
    let lines: Vec<_> = calibration.captions.iter().filter(|layout| !beside(layout.kind)).collect();
    if captions_stand_left(calibration) && caption_at_right(reduced, panel, config) == AtRight::Caption {
        return match zero_side(reduced, panel) {
            Some(HeightDirection::Down) if calibration.height.direction == HeightDirection::Down => {
                Orientation::Mirrored
            }
            Some(HeightDirection::Up) if calibration.height.direction == HeightDirection::Down => {
                Orientation::UpsideDown
            }
            _ => Orientation::Upright,
        };
    }
    let below = !lines.is_empty() && lines.iter().all(|layout| layout.region[1] >= 0.5);
    // Height zero is quick to look at, the characters are not.
    if below && zero_side(reduced, panel).is_some_and(|side| side != calibration.height.direction) {
        let factor = factor as i32;
        let small = panel.region;
        let region = PixelBox::new(small.x * factor, small.y * factor, small.w * factor, small.h * factor);
        let mut picture = scan.clone();
        if inverted {
            invert(&mut picture);
        }
        if !text_lines_above(&picture, region, calibration, Demand::Whole).is_empty()
            && text_lines_below(&picture, region, calibration, Demand::Whole).is_empty()
        {
            return Orientation::UpsideDown;
        }
    }
    Orientation::Upright
}

/// Captions beside the panel, where the format has them, stand at its left.
fn captions_stand_left(calibration: &Calibration) -> bool {
    let mut beside = calibration
        .captions
        .iter()
        .filter(|layout| matches!(layout.kind, CaptionKind::Lanes | CaptionKind::Dots))
        .peekable();
    beside.peek().is_some() && beside.all(|layout| layout.region[2] <= 0.5)
}

/// What stands at the right of a panel that begins at the picture's left edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AtRight {
    /// No margin, or one with nothing or too much in it for a caption.
    Nothing,
    /// A dark margin with a little light in it.
    Caption,
    /// The same, and beyond it the beginning of another panel.
    CaptionAndPanel,
}

fn caption_at_right(reduced: &GrayImage, panel: &Panel, config: &FrameConfig) -> AtRight {
    let width = reduced.width() as i32;
    let (left, right) = (panel.region.x, width - panel.region.right());
    if right * 10 < width || left * 30 > width {
        return AtRight::Nothing;
    }
    let margin = PixelBox { x: panel.region.right() + 2, w: right - 3, ..panel.region };
    // The next panel reaches to the picture's edge.
    let columns = light_per_column(reduced, margin, panel.threshold);
    let is_panel = |count: u32| count as f32 >= config.light_share * margin.h as f32;
    let next = columns.iter().rev().take_while(|&&count| is_panel(count)).count() as i32;
    let margin = PixelBox { w: margin.w - next - 2 * i32::from(next > 0), ..margin };
    let lit = 1.0 - Histogram::of(reduced, margin).share_up_to(panel.threshold);
    match (0.002..0.15).contains(&lit) && margin.w * 12 > width {
        true if next * 100 > width => AtRight::CaptionAndPanel,
        true => AtRight::Caption,
        false => AtRight::Nothing,
    }
}

/// The panel has lost its beginning with its caption, and the caption of the next one stands behind it.
pub(super) fn is_cut_before_caption(
    reduced: &GrayImage,
    panel: &Panel,
    calibration: &Calibration,
    config: &FrameConfig,
) -> bool {
    captions_stand_left(calibration) && caption_at_right(reduced, panel, config) == AtRight::CaptionAndPanel
}

/// The direction in which height grows, by the panel's edge along which the transmitted pulse lies.
fn zero_side(reduced: &GrayImage, panel: &Panel) -> Option<HeightDirection> {
    const CLEAR: f32 = 0.15;
    let rows = light_per_row(reduced, panel.region, panel.threshold);
    let (from, to) = (rows.len() / 100, (rows.len() / 16).max(3));
    let darkest =
        |rows: &mut dyn Iterator<Item = &u32>| rows.copied().min().unwrap_or(0) as f32 / panel.region.w.max(1) as f32;
    let top = darkest(&mut rows.iter().skip(from).take(to));
    let bottom = darkest(&mut rows.iter().rev().skip(from).take(to));
    if bottom - top > CLEAR {
        Some(HeightDirection::Down)
    } else if top - bottom > CLEAR {
        Some(HeightDirection::Up)
    } else {
        None
    }
}

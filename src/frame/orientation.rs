//! Orientation: film that was scanned from the wrong side or upside down, where the layout of the frame proves it.
//!
//! Captions beside the panel stand on a known side, and the transmitted pulse darkens the panel along height zero.
//! Captions that run along the film prove an upside-down scan by the margin in which they stand; whether such a scan
//! is mirrored, too, only their characters could tell.

use super::captions::{Demand, text_lines_above, text_lines_below};
use super::panel::Panel;
use crate::kernel::histogram::Histogram;
use crate::kernel::invert::invert;
use crate::kernel::projection::light_per_row;
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
) -> Orientation {
    let beside = |kind| matches!(kind, CaptionKind::Lanes | CaptionKind::Dots);
    let (lanes, lines): (Vec<_>, Vec<_>) = calibration.captions.iter().partition(|layout| beside(layout.kind));
    if !lanes.is_empty() && lanes.iter().all(|layout| layout.region[2] <= 0.5) && caption_is_right(reduced, panel) {
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

/// A dark margin with a little light in it stands at the right of the panel, and none at the left.
fn caption_is_right(reduced: &GrayImage, panel: &Panel) -> bool {
    let width = reduced.width() as i32;
    let (left, right) = (panel.region.x, width - panel.region.right());
    if right * 10 < width || left * 30 > width {
        return false;
    }
    let margin = PixelBox { x: panel.region.right() + 2, w: right - 3, ..panel.region };
    let lit = 1.0 - Histogram::of(reduced, margin).share_up_to(panel.threshold);
    (0.002..0.15).contains(&lit)
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

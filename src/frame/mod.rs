//! Finds the ionogram in a scan, puts it upright and says what it shows.
//!
//! In: a scan (or one window of a strip). Out: [`Frame`]s with their place in the scan and the evidence.

mod bare;
mod captions;
mod class;
mod config;
mod film;
mod orientation;
mod panel;
mod pitch;
mod polarity;
mod ruled;
mod ruled_film;
mod seam;
mod skew;
mod strip;

pub use config::FrameConfig;
pub use strip::find_frames;

use crate::kernel::invert::invert;
use crate::kernel::reuse::give_back;
use crate::kernel::rotate::extract;
use crate::kernel::shrink::shrink;
use crate::model::{Calibration, Frame, FrameClass, FrameEvidence, PixelBox, Placement, Scan};
use image::GrayImage;
use orientation::Orientation;

/// Why no frame could be made.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// The picture is too small to hold an ionogram.
    #[error("the picture is {width} x {height} pixels, too small to hold an ionogram")]
    TooSmall {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
}

/// The frame that a scan of a single ionogram shows.
pub fn frame(scan: &Scan, calibration: &Calibration, config: &FrameConfig) -> Result<Frame, FrameError> {
    let (width, height) = scan.picture.dimensions();
    if width < config.least_side || height < config.least_side {
        return Err(FrameError::TooSmall { width, height });
    }
    let factor = (width.min(height) / config.working_side.max(1)).max(1);
    let mut reduced = shrink(&scan.picture, factor);
    let tone = polarity::decide(&reduced, calibration, config);
    if tone.inverted {
        invert(&mut reduced);
    }
    let mut placement = Placement::whole(width, height);
    let mut coarse = if calibration.film.bare_panel { tone.panel } else { panel::or_ruled(&reduced, tone.panel) };
    if let Some(panel) = coarse.filter(|_| !calibration.film.bare_panel) {
        placement = laid(&scan.picture, &reduced, &panel, factor, tone.inverted, calibration, config);
        if placement != Placement::whole(width, height) {
            let upright = extract(&reduced, &Placement { bbox: whole(&reduced), ..placement });
            give_back(std::mem::replace(&mut reduced, upright).into_raw());
            coarse = panel::find(&reduced, config);
        }
    }
    let mut picture = extract(&scan.picture, &placement);
    if tone.inverted {
        invert(&mut picture);
    }
    let panel = match &coarse {
        Some(found) if !calibration.film.bare_panel => panel::refine(&picture, found, factor, config),
        _ => whole(&picture),
    };
    let classification = match &coarse {
        Some(found) => class::classify(&picture, panel, &reduced, found, calibration, config),
        None => class::Classification { class: FrameClass::Blank, confidence: 1.0, ink_share: 0.0 },
    };
    give_back(reduced.into_raw());
    Ok(Frame {
        picture,
        placement,
        inverted: tone.inverted,
        panel,
        class: classification.class,
        evidence: FrameEvidence {
            panel_contrast: coarse.map_or(0.0, |panel| panel.contrast),
            ink_share: classification.ink_share,
            class_confidence: classification.confidence,
        },
    })
}

/// All of a picture.
fn whole(picture: &GrayImage) -> PixelBox {
    PixelBox::new(0, 0, picture.width() as i32, picture.height() as i32)
}

/// How the frame lies in its scan: mirrored or upside down where that is proved, and its skew where it is worth
/// resampling the picture for.
fn laid(
    scan: &GrayImage,
    reduced: &GrayImage,
    panel: &panel::Panel,
    factor: u32,
    inverted: bool,
    calibration: &Calibration,
    config: &FrameConfig,
) -> Placement {
    let orientation = orientation::decide(scan, reduced, panel, factor, inverted, calibration, config);
    let lean = skew::measure(reduced, panel.region, config).degrees;
    let displaced = f64::from(panel.region.w) / 2.0 * f64::from(factor) * lean.abs().to_radians().tan();
    let skewed = lean.abs() >= config.least_skew_deg && displaced >= config.least_skew_px;
    let turned = if orientation == Orientation::UpsideDown { 180.0 } else { 0.0 };
    Placement {
        bbox: whole(scan),
        rotation_deg: turned + if skewed { lean as f32 } else { 0.0 },
        mirrored: orientation == Orientation::Mirrored,
    }
}

#[cfg(test)]
mod tests;

//! Frames of a film strip: panels found along the film, each widened to its frame.

use super::film::{self, Film};
use super::{FrameConfig, bare, pitch, polarity, ruled_film, seam};
use crate::kernel::invert::invert;
use crate::model::{Calibration, CaptionKind, PixelBox};
use image::GrayImage;
use image::imageops::crop_imm;

/// Finds the frames of a film strip on its reduced overview (`factor` strip pixels to one overview pixel): boxes in
/// strip pixels, from left to right, each with one ionogram, its caption and margins, over the whole of the film's
/// height.
///
/// The pitch may vary; leader, splices and scratches are passed over. A film on which nothing stands out like a panel
/// has no frames.
pub fn find_frames(
    overview: &GrayImage,
    factor: u32,
    calibration: &Calibration,
    config: &FrameConfig,
) -> Vec<PixelBox> {
    let mut film = overview.clone();
    if is_negative(overview, calibration, config) {
        invert(&mut film);
    }
    let height = overview.height() as i32;
    let boxed = |frames: Vec<(i32, i32)>| {
        let factor = factor as i32;
        let place = |(start, end)| PixelBox::new(start * factor, 0, (end - start) * factor, height * factor);
        frames.into_iter().map(place).collect()
    };
    if let Some(frames) = bare::frames(&film, calibration) {
        return boxed(frames);
    }
    let framed = |measured: Film| {
        let cut = |piece| seam::split(&film, piece, measured.panel_height, calibration);
        let panels = pitch::panels(&measured, calibration.film.panel_aspect, config, cut);
        frames_around(&panels, &measured, calibration)
    };
    let light = film::measure(&film, config).map(framed).unwrap_or_default();
    // Film with one ground all over shows no light panels, or takes several frames for one.
    let ruled = ruled_film::measure(&film).map(framed).unwrap_or_default();
    boxed(if ruled.len() > light.len() { ruled } else { light })
}

/// The film's tone, by what windows along it look like.
fn is_negative(overview: &GrayImage, calibration: &Calibration, config: &FrameConfig) -> bool {
    const WINDOWS: u32 = 24;
    let (width, height) = overview.dimensions();
    let wide = ((calibration.film.frame_aspect[1] * f64::from(height)) as u32 + 1).min(width);
    let count = WINDOWS.min(width / wide.max(1) + 1);
    let (mut positive, mut negative) = (0.0, 0.0);
    for index in 0..count {
        let x = if count > 1 { (width - wide) / (count - 1) * index } else { 0 };
        let window = crop_imm(overview, x, 0, wide, height).to_image();
        let (as_scanned, inverted) = polarity::likeness(&window, calibration, config);
        positive += as_scanned;
        negative += inverted;
    }
    negative > positive
}

/// Widens panels to frames. Where captions stand in the gaps (lanes) a gap belongs to the panel after it, else it is
/// shared between its neighbours; a gap longer than usual is leader but for its usual part.
fn frames_around(panels: &[(i32, i32)], film: &Film, calibration: &Calibration) -> Vec<(i32, i32)> {
    let mut gaps: Vec<i32> = panels.windows(2).map(|pair| pair[1].0 - pair[0].1).collect();
    gaps.sort_unstable();
    let edge = film.panel_height / 16;
    let usual = gaps.get(gaps.len() / 2).copied().unwrap_or(edge);
    let beside = |kind| matches!(kind, CaptionKind::Lanes | CaptionKind::Dots);
    let before = calibration.captions.iter().any(|layout| beside(layout.kind)) && usual * 4 > film.panel_height;
    let last = film.columns.len() as i32;
    let at = |index: usize| panels.get(index).copied();
    (0..panels.len())
        .map(|index| {
            let (start, end) = panels[index];
            let free_before = start - index.checked_sub(1).and_then(at).map_or(0, |panel| panel.1);
            let free_after = at(index + 1).map_or(last, |panel| panel.0) - end;
            let (left, right) = if before {
                (free_before.min(usual), free_after.min(1))
            } else {
                ((free_before / 2).min(usual / 2), (free_after / 2).min(usual / 2))
            };
            // The ends of the film have no neighbour to share with.
            let left = if index == 0 && !before { free_before.min(usual / 2) } else { left };
            let right = if index + 1 == panels.len() && !before { free_after.min(usual / 2) } else { right };
            (start - left, end + right)
        })
        .collect()
}

#[cfg(test)]
#[path = "strip_tests.rs"]
mod tests;

//! The part of the scan that is shown, and how much it is enlarged.

use super::Stages;
use crate::model::PixelBox;
use crate::plot::Point;
use image::imageops::{FilterType, crop_imm, resize};
use image::{GrayImage, Rgb, RgbImage};

/// Small frames are enlarged by a whole factor to at least this width, pixels.
const LEAST_WIDTH: f64 = 1300.0;
/// But to little more than this height, pixels.
const LEAST_HEIGHT: f64 = 900.0;
/// Largest factor.
const LARGEST_ZOOM: f64 = 5.0;
/// Large frames are reduced to this width, pixels.
const MOST_WIDTH: f64 = 2600.0;
/// Share of the frame that is shown around it.
const SURROUND: f64 = 0.03;

/// A window of the scan at some scale.
#[derive(Debug, Clone, Copy)]
pub(super) struct View {
    /// The window in scan pixels.
    pub(super) window: PixelBox,
    /// Picture pixels to a scan pixel.
    pub(super) zoom: f64,
}

impl View {
    /// The frame with a little of its surround.
    pub(super) fn of(stages: &Stages<'_>) -> Self {
        let (width, height) = stages.scan.picture.dimensions();
        let bbox = stages.frame.placement.bbox;
        let margin = (f64::from(bbox.w.max(bbox.h)) * SURROUND).ceil() as i32;
        let wide = PixelBox::new(bbox.x - margin, bbox.y - margin, bbox.w + 2 * margin, bbox.h + 2 * margin);
        let mut window = wide.clamped(width, height);
        if window.w < 1 || window.h < 1 {
            window = PixelBox::new(0, 0, width as i32, height as i32);
        }
        let shown = f64::from(window.w.max(1));
        let enough = (LEAST_WIDTH / shown).min(LEAST_HEIGHT / f64::from(window.h.max(1))).ceil();
        let zoom = if shown > MOST_WIDTH { MOST_WIDTH / shown } else { enough.clamp(1.0, LARGEST_ZOOM) };
        Self { window, zoom }
    }

    pub(super) fn width(&self) -> f64 {
        f64::from(self.window.w) * self.zoom
    }

    pub(super) fn height(&self) -> f64 {
        f64::from(self.window.h) * self.zoom
    }

    /// A frame pixel in the enlarged window.
    pub(super) fn place(&self, stages: &Stages<'_>, x: f64, y: f64) -> Point {
        let (x, y) = stages.frame.placement.to_scan(x, y);
        // The centre of the first pixel is (0, 0): its square begins half a pixel before.
        ((x + 0.5 - f64::from(self.window.x)) * self.zoom, (y + 0.5 - f64::from(self.window.y)) * self.zoom)
    }

    /// The left edge of a frame pixel's column in the enlarged window, as if the frame were upright.
    pub(super) fn column(&self, stages: &Stages<'_>, x: f64) -> f64 {
        let bbox = stages.frame.placement.bbox;
        (x + f64::from(bbox.x - self.window.x)) * self.zoom
    }
}

/// A part of a grey picture at a scale; whole factors keep the pixels sharp.
pub(super) fn enlarged(picture: &GrayImage, part: PixelBox, zoom: f64) -> GrayImage {
    let part = part.clamped(picture.width(), picture.height());
    let (w, h) = (part.w.max(1) as u32, part.h.max(1) as u32);
    let cut = crop_imm(picture, part.x as u32, part.y as u32, w, h).to_image();
    let size = |side: u32| ((f64::from(side) * zoom).round() as u32).max(1);
    let filter = if zoom >= 1.0 { FilterType::Nearest } else { FilterType::Triangle };
    resize(&cut, size(w), size(h), filter)
}

/// Lays a grey picture on the page, each grey value through `tone`.
pub(super) fn lay(page: &mut RgbImage, picture: &GrayImage, at: Point, tone: impl Fn(u8) -> u8) {
    let (left, top) = (at.0.round() as i64, at.1.round() as i64);
    for (x, y, pixel) in picture.enumerate_pixels() {
        let (x, y) = (left + i64::from(x), top + i64::from(y));
        if x >= 0 && y >= 0 && x < i64::from(page.width()) && y < i64::from(page.height()) {
            page.put_pixel(x as u32, y as u32, Rgb([tone(pixel.0[0]); 3]));
        }
    }
}

//! Boxes in pixels, and the way from a frame back to the scan it was cut from.

use serde::{Deserialize, Serialize};

/// A rectangle of pixels: left, top, width and height.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PixelBox {
    /// Left edge.
    pub x: i32,
    /// Top edge.
    pub y: i32,
    /// Width in pixels.
    pub w: i32,
    /// Height in pixels.
    pub h: i32,
}

impl PixelBox {
    /// A box from its left and top edge, width and height.
    pub fn new(x: i32, y: i32, w: i32, h: i32) -> Self {
        Self { x, y, w, h }
    }

    /// First column to the right of the box.
    pub fn right(&self) -> i32 {
        self.x + self.w
    }

    /// First row below the box.
    pub fn bottom(&self) -> i32 {
        self.y + self.h
    }

    /// The part of the box inside a picture of the given size.
    pub fn clamped(&self, width: u32, height: u32) -> Self {
        let x = self.x.clamp(0, width as i32);
        let y = self.y.clamp(0, height as i32);
        let right = self.right().clamp(x, width as i32);
        let bottom = self.bottom().clamp(y, height as i32);
        Self { x, y, w: right - x, h: bottom - y }
    }
}

/// Where a frame's picture came from: the box in the scan, and the turn and mirroring that were undone.
///
/// The frame's picture has the size of `bbox`. A point of the picture is mirrored left to right if `mirrored`, then
/// turned by `rotation_deg` (positive: clockwise as seen on the screen) about the centre of the box, then moved by
/// the box's corner, to give the point in the scan.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Placement {
    /// The frame's box in scan pixels.
    pub bbox: PixelBox,
    /// How far the content stood turned in the scan, in degrees, clockwise positive.
    pub rotation_deg: f32,
    /// The scan showed the frame mirrored left to right (film scanned from the wrong side).
    pub mirrored: bool,
}

impl Placement {
    /// A frame that is the whole of an upright scan.
    pub fn whole(width: u32, height: u32) -> Self {
        Self { bbox: PixelBox::new(0, 0, width as i32, height as i32), rotation_deg: 0.0, mirrored: false }
    }

    /// Frame pixels to scan pixels.
    pub fn to_scan(&self, x: f64, y: f64) -> (f64, f64) {
        let (centre_x, centre_y) = self.centre();
        let dx = if self.mirrored { centre_x - x } else { x - centre_x };
        let dy = y - centre_y;
        let (sin, cos) = f64::from(self.rotation_deg).to_radians().sin_cos();
        (
            f64::from(self.bbox.x) + centre_x + dx * cos - dy * sin,
            f64::from(self.bbox.y) + centre_y + dx * sin + dy * cos,
        )
    }

    /// Scan pixels to frame pixels.
    pub fn to_frame(&self, x: f64, y: f64) -> (f64, f64) {
        let (centre_x, centre_y) = self.centre();
        let dx = x - f64::from(self.bbox.x) - centre_x;
        let dy = y - f64::from(self.bbox.y) - centre_y;
        let (sin, cos) = f64::from(self.rotation_deg).to_radians().sin_cos();
        let along = dx * cos + dy * sin;
        let down = dy * cos - dx * sin;
        (if self.mirrored { centre_x - along } else { centre_x + along }, centre_y + down)
    }

    fn centre(&self) -> (f64, f64) {
        (f64::from(self.bbox.w - 1) / 2.0, f64::from(self.bbox.h - 1) / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scan_and_frame_coordinates_are_inverse() {
        for (rotation_deg, mirrored) in [(0.0, false), (1.5, false), (-3.0, true), (180.0, false)] {
            let placement = Placement { bbox: PixelBox::new(120, 30, 801, 401), rotation_deg, mirrored };
            for (x, y) in [(0.0, 0.0), (17.25, 300.5), (800.0, 400.0)] {
                let (scan_x, scan_y) = placement.to_scan(x, y);
                let (back_x, back_y) = placement.to_frame(scan_x, scan_y);
                assert!((back_x - x).abs() < 1e-9 && (back_y - y).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn clockwise_turn_moves_the_right_edge_down() {
        let placement = Placement { bbox: PixelBox::new(0, 0, 101, 101), rotation_deg: 1.0, mirrored: false };
        let (_, y) = placement.to_scan(100.0, 50.0);
        assert!(y > 50.5);
    }
}

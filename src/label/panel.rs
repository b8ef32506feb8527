//! A small copy of a panel, kept until the roll has decided on its axes: labels stand on physical axes, pictures do not.

use crate::kernel::reuse::{self, Reused};
use crate::model::{Frame, PixelBox};
use image::GrayImage;
use serde::{Deserialize, Serialize};

/// Most columns and rows of the copy: twice as fine as the raster where that is finest.
const MOST_COLUMNS: u32 = 720;
const MOST_ROWS: u32 = 400;
/// Bits of a level that the copy does without: grain is far coarser.
const COARSE_BITS: u32 = 2;

/// A panel reduced by a whole factor, packed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PanelCopy {
    width: u32,
    height: u32,
    /// The panel in frame pixels.
    panel: PixelBox,
    /// Frame pixels for each pixel of the copy, across and down.
    factor: [u32; 2],
    packed: Vec<u8>,
}

impl PanelCopy {
    /// Reduces the panel of a frame.
    pub fn of(frame: &Frame) -> Self {
        let panel = frame.panel.clamped(frame.picture.width(), frame.picture.height());
        if panel.w <= 0 || panel.h <= 0 {
            return Self::default();
        }
        let (w, h) = (panel.w as u32, panel.h as u32);
        let factor = [w.div_ceil(MOST_COLUMNS), h.div_ceil(MOST_ROWS)];
        let (width, height) = (w / factor[0], h / factor[1]);
        let area = factor[0] * factor[1];
        let mut steps = Reused::with_capacity((width * height) as usize);
        let mut sums = vec![0u32; width as usize];
        for y in 0..height {
            sums.fill(0);
            for dy in 0..factor[1] {
                let row = (panel.y as u32 + y * factor[1] + dy) as usize;
                let start = row * frame.picture.width() as usize + panel.x as usize;
                let line = &frame.picture.as_raw()[start..start + (width * factor[0]) as usize];
                for (sum, pixels) in sums.iter_mut().zip(line.chunks_exact(factor[0] as usize)) {
                    *sum += pixels.iter().map(|&pixel| u32::from(pixel)).sum::<u32>();
                }
            }
            // Steps from pixel to pixel are small numbers, which pack well.
            let mut before = 0u8;
            steps.extend(sums.iter().map(|&sum| {
                let level = (sum / area) as u8 >> COARSE_BITS;
                level.wrapping_sub(std::mem::replace(&mut before, level))
            }));
        }
        Self { width, height, panel, factor, packed: packed(&steps) }
    }

    /// The copy as a picture; `None` if there is none.
    pub(super) fn picture(&self) -> Option<GrayImage> {
        let mut levels = fdeflate::decompress_to_vec(&self.packed).ok()?;
        for row in levels.chunks_exact_mut(self.width.max(1) as usize) {
            let mut level = 0u8;
            for step in row {
                level = level.wrapping_add(*step);
                *step = level << COARSE_BITS;
            }
        }
        GrayImage::from_raw(self.width, self.height, levels).filter(|picture| picture.width() > 0)
    }

    /// Pixel of the copy at a place in frame pixels.
    pub(super) fn place(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let [across, down] = self.factor.map(f64::from);
        ((x - f64::from(self.panel.x) + 0.5) / across - 0.5, (y - f64::from(self.panel.y) + 0.5) / down - 0.5)
    }
}

/// The bytes packed, in no more space than they need. Should that fail, which it cannot in memory, there is no copy.
fn packed(bytes: &[u8]) -> Vec<u8> {
    let pack = || {
        let mut compressor = fdeflate::Compressor::new(Reused::with_capacity(bytes.len()).into_vec())?;
        compressor.write_data(bytes)?;
        compressor.finish()
    };
    let Ok(space) = pack() else { return Vec::new() };
    let packed = space.as_slice().to_vec();
    reuse::give_back(space);
    packed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FrameClass, FrameEvidence, Placement};

    #[test]
    fn a_copy_keeps_every_place_and_nearly_every_tone() {
        let picture = GrayImage::from_fn(1500, 500, |x, y| image::Luma([(x / 12 + y / 8) as u8]));
        let frame = Frame {
            picture,
            placement: Placement::default(),
            inverted: false,
            panel: PixelBox::new(20, 10, 1450, 480),
            class: FrameClass::Ionogram,
            evidence: FrameEvidence::default(),
        };
        let copy = PanelCopy::of(&frame);
        let small = copy.picture().unwrap();
        assert!(small.width() <= MOST_COLUMNS && small.height() <= MOST_ROWS);
        for (x, y) in [(100.0, 50.0), (800.0, 300.0), (1400.0, 450.0)] {
            let (u, v) = copy.place((x, y));
            let (tone, expected) = (small.get_pixel(u.round() as u32, v.round() as u32).0[0], x / 12.0 + y / 8.0);
            assert!((f64::from(tone) - expected).abs() < 5.0, "{x} {y}: {tone} {expected}");
        }
        let bare = Frame { panel: PixelBox::new(0, 0, 0, 0), ..frame };
        assert_eq!(PanelCopy::of(&bare).picture(), None);
    }
}

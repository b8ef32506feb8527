//! Digits from font files: typewriters, data printers and engraved plates wrote captions in many hands.

use ab_glyph::{Font, FontVec, PxScale, point};
use std::path::{Path, PathBuf};

/// The digits of one font as outlines.
pub(crate) struct Face {
    font: FontVec,
    /// Outer height of the digit 0 when the font is one high.
    height: f32,
    /// Step from digit to digit, in digit heights.
    pub(crate) pitch: f32,
}

/// Every font below the folders whose digits stand on one line and are about equally high, in the order of their paths.
pub(crate) fn below(folders: &[PathBuf]) -> std::io::Result<Vec<Face>> {
    let mut files = Vec::new();
    for folder in folders {
        collect(folder, &mut files)?;
    }
    files.sort();
    let mut faces = Vec::new();
    for file in files {
        faces.extend(FontVec::try_from_vec(std::fs::read(file)?).ok().and_then(Face::new));
    }
    Ok(faces)
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if path.is_dir() {
        for entry in std::fs::read_dir(path)? {
            collect(&entry?.path(), files)?;
        }
    } else if path.extension().is_some_and(|extension| extension == "ttf" || extension == "otf") {
        files.push(path.to_owned());
    }
    Ok(())
}

impl Face {
    fn new(font: FontVec) -> Option<Self> {
        const LARGE: f32 = 1000.0;
        let bounds = |digit: char| {
            let glyph = font.glyph_id(digit).with_scale_and_position(PxScale::from(LARGE), point(0.0, 0.0));
            Some(font.outline_glyph(glyph)?.px_bounds())
        };
        let zero = bounds('0')?;
        let alike = ('1'..='9').all(|digit| {
            bounds(digit).is_some_and(|bounds| {
                (bounds.min.y - zero.min.y).abs() < 0.12 * zero.height()
                    && (bounds.max.y - zero.max.y).abs() < 0.12 * zero.height()
            })
        });
        let advance = font.h_advance_unscaled(font.glyph_id('0')) / font.height_unscaled() * LARGE;
        let (height, pitch) = (zero.height() / LARGE, advance / zero.height());
        alike.then_some(Self { font, height, pitch })
    }

    /// Calls `dot` with the place (in digit heights from the digit's middle) and the cover of each pixel of a digit drawn
    /// `fine` pixels high and `width` times as wide as designed.
    pub(crate) fn draw(&self, digit: u8, fine: f32, width: f32, mut dot: impl FnMut((f32, f32), f32)) {
        let size = fine / self.height;
        let scale = PxScale { x: size * width, y: size };
        let glyph = self.font.glyph_id(char::from(b'0' + digit)).with_scale_and_position(scale, point(0.0, 0.0));
        let Some(outline) = self.font.outline_glyph(glyph) else { return };
        let bounds = outline.px_bounds();
        let middle = ((bounds.max.x - bounds.min.x) / 2.0, (bounds.max.y - bounds.min.y) / 2.0);
        outline.draw(|x, y, cover| {
            dot(((x as f32 + 0.5 - middle.0) / fine, (y as f32 + 0.5 - middle.1) / fine), cover.min(1.0));
        });
    }
}

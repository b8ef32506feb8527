//! Text as coverage: outlines of the two typefaces, laid out along a line.

use super::{Anchor, Baseline, Face, Text};
use ab_glyph::{Font, FontRef, PxScale, ScaleFont, point};
use std::sync::LazyLock;

static FIXED: LazyLock<Option<FontRef<'static>>> =
    LazyLock::new(|| FontRef::try_from_slice(epaint_default_fonts::HACK_REGULAR).ok());
static LABEL: LazyLock<Option<FontRef<'static>>> =
    LazyLock::new(|| FontRef::try_from_slice(epaint_default_fonts::UBUNTU_LIGHT).ok());

/// Height of the capitals over the font size, for both faces.
const CAPITAL_SHARE: f64 = 0.6;

fn font(face: Face) -> Option<&'static FontRef<'static>> {
    match face {
        Face::Fixed => FIXED.as_ref(),
        Face::Label => LABEL.as_ref(),
    }
}

/// Width of a text in the unit of its size.
pub(super) fn width(words: &str, size: f64, face: Face) -> f64 {
    let Some(font) = font(face) else { return 0.0 };
    let font = font.as_scaled(PxScale::from(size as f32));
    words.chars().map(|letter| f64::from(font.h_advance(font.glyph_id(letter)))).sum()
}

/// Calls `dot(x, y, coverage)` for each pixel that a text covers at `scale` pixels to a scene unit.
pub(super) fn cover(text: &Text, scale: f64, mut dot: impl FnMut(i32, i32, f32)) {
    let Some(font) = font(text.face) else { return };
    let size = text.size * scale;
    let scaled = font.as_scaled(PxScale::from(size as f32));
    let length = width(&text.words, size, text.face);
    let along = match text.anchor {
        Anchor::Start => 0.0,
        Anchor::Middle => -length / 2.0,
        Anchor::End => -length,
    };
    let across = match text.baseline {
        Baseline::Foot => 0.0,
        Baseline::Middle => size * CAPITAL_SHARE / 2.0,
        Baseline::Head => size * CAPITAL_SHARE,
    };
    let (x, y) = (text.at.0 * scale, text.at.1 * scale);
    // Whole pixels across the text keep the stems of all letters equally sharp.
    let (origin_along, origin_across) =
        if text.upward { (-y + along, (x + across).round()) } else { (x + along, (y + across).round()) };
    let mut pen = origin_along as f32;
    for letter in text.words.chars() {
        let id = font.glyph_id(letter);
        let glyph = id.with_scale_and_position(PxScale::from(size as f32), point(pen, origin_across as f32));
        pen += scaled.h_advance(id);
        let Some(outline) = font.outline_glyph(glyph) else { continue };
        let bounds = outline.px_bounds();
        outline.draw(|column, row, coverage| {
            let (u, v) = (bounds.min.x as i32 + column as i32, bounds.min.y as i32 + row as i32);
            if text.upward { dot(v, -u - 1, coverage) } else { dot(u, v, coverage) }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixed_letters_are_equally_wide() {
        assert_eq!(width("iiii", 16.0, Face::Fixed), width("WWWW", 16.0, Face::Fixed));
        assert!(width("iiii", 16.0, Face::Label) < width("WWWW", 16.0, Face::Label));
        assert_eq!(width("", 16.0, Face::Label), 0.0);
    }

    #[test]
    fn text_stands_where_it_is_anchored() {
        let bounds = |text: &Text| {
            let (mut low, mut high) = ((i32::MAX, i32::MAX), (i32::MIN, i32::MIN));
            cover(text, 1.0, |x, y, coverage| {
                if coverage > 0.3 {
                    low = (low.0.min(x), low.1.min(y));
                    high = (high.0.max(x), high.1.max(y));
                }
            });
            (low, high)
        };
        let text = Text::new((100.0, 100.0), "HHHH", 20.0);
        let (low, high) = bounds(&text.clone().anchored(Anchor::End, Baseline::Foot));
        assert!(high.0 <= 100 && low.0 > 30 && high.1 <= 100 && low.1 > 80);
        let (low, high) = bounds(&text.upward());
        assert!(high.1 <= 100 && low.1 > 30 && high.0 <= 100 && low.0 > 80);
    }
}

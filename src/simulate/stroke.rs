//! Shapes of the digits that annotation lamps and printers put on film.
//!
//! A digit stands in a cell 0.6 wide and 1 high, x to the right, y downward.

use crate::caption::font;
use crate::model::CaptionKind;

/// Width of a cell in digit heights.
const WIDTH: f64 = 0.6;

/// Strokes of a printed digit.
pub(super) fn printed(digit: u8) -> impl Iterator<Item = Vec<(f64, f64)>> {
    let place = |point: &[f32; 2]| (WIDTH * f64::from(point[0]), f64::from(point[1]));
    font::strokes(CaptionKind::Printed, digit).iter().map(move |line| line.iter().map(place).collect())
}

/// The seven segments a to g: top, upper right, lower right, bottom, lower left, upper left, middle.
const SEGMENTS: [[(f64, f64); 2]; 7] = [
    [(0.0, 0.0), (0.6, 0.0)],
    [(0.6, 0.0), (0.6, 0.5)],
    [(0.6, 0.5), (0.6, 1.0)],
    [(0.0, 1.0), (0.6, 1.0)],
    [(0.0, 0.5), (0.0, 1.0)],
    [(0.0, 0.0), (0.0, 0.5)],
    [(0.0, 0.5), (0.6, 0.5)],
];

/// Lit segments of each digit, bit 0 for segment a.
const LIT: [u8; 10] = [0x3F, 0x06, 0x5B, 0x4F, 0x66, 0x6D, 0x7D, 0x07, 0x7F, 0x6F];

/// The lit segments of a seven-segment digit; `gap` is left free at each end, in cell heights.
pub(super) fn segments(digit: u8, gap: f64) -> impl Iterator<Item = [(f64, f64); 2]> {
    let lit = LIT[usize::from(digit.min(9))];
    SEGMENTS.into_iter().enumerate().filter(move |(i, _)| lit & (1 << i) != 0).map(move |(_, [from, to])| {
        let length = (to.0 - from.0).hypot(to.1 - from.1);
        let (dx, dy) = ((to.0 - from.0) / length * gap, (to.1 - from.1) / length * gap);
        [(from.0 + dx, from.1 + dy), (to.0 - dx, to.1 - dy)]
    })
}

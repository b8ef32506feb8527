//! The digits of film captions as strokes: what the recogniser compares with and what the simulator draws.
//!
//! A glyph is a list of polylines in a unit cell: x from 0 at the digit's left edge to 1 at its right edge, y from 0
//! at the top to 1 at the foot, running along the middle of each stroke. The pen's width, bloom and slant belong to
//! the instrument and are added by whoever draws. Shapes were traced by eye from enlarged film and keyed by hand.

use crate::model::CaptionKind;

/// One stroke: the points of a polyline.
pub type Polyline = &'static [[f32; 2]];

/// One way to form a digit.
pub type Glyph = &'static [Polyline];

/// The usual form of a digit 0 to 9; empty for anything else. Dots have the form of a dot whatever the digit.
///
/// Weight digits of lanes are given upright; on the film they stand turned by a quarter turn counterclockwise.
pub fn strokes(kind: CaptionKind, digit: u8) -> Glyph {
    forms(kind, digit).first().copied().unwrap_or(&[])
}

/// Every form that a digit takes on film of this kind, the usual one first.
pub fn forms(kind: CaptionKind, digit: u8) -> &'static [Glyph] {
    let digit = usize::from(digit);
    match kind {
        CaptionKind::Printed | CaptionKind::Lanes => PRINTED.get(digit).copied().unwrap_or(&[]),
        CaptionKind::SevenSegment => SEGMENTS.get(digit).copied().unwrap_or(&[]),
        CaptionKind::Dots => &[&[&[[0.5, 0.5], [0.5, 0.5]]]],
    }
}

/// Usual width of a digit in its heights.
pub fn aspect(kind: CaptionKind) -> f32 {
    match kind {
        CaptionKind::Printed | CaptionKind::Lanes => 0.62,
        CaptionKind::SevenSegment => 0.6,
        CaptionKind::Dots => 1.0,
    }
}

const OVAL: Polyline = &[
    [0.50, 0.00],
    [0.75, 0.05],
    [0.92, 0.20],
    [1.00, 0.42],
    [1.00, 0.58],
    [0.92, 0.80],
    [0.75, 0.95],
    [0.50, 1.00],
    [0.25, 0.95],
    [0.08, 0.80],
    [0.00, 0.58],
    [0.00, 0.42],
    [0.08, 0.20],
    [0.25, 0.05],
    [0.50, 0.00],
];
const LOWER_BOWL: Polyline = &[
    [0.50, 0.40],
    [0.78, 0.44],
    [0.96, 0.56],
    [1.00, 0.70],
    [0.94, 0.86],
    [0.76, 0.97],
    [0.50, 1.00],
    [0.24, 0.97],
    [0.06, 0.86],
    [0.00, 0.70],
    [0.06, 0.54],
    [0.24, 0.43],
    [0.50, 0.40],
];
const UPPER_BOWL: Polyline = &[
    [0.50, 0.60],
    [0.24, 0.57],
    [0.06, 0.46],
    [0.00, 0.30],
    [0.06, 0.14],
    [0.24, 0.03],
    [0.50, 0.00],
    [0.76, 0.03],
    [0.94, 0.14],
    [1.00, 0.30],
    [0.94, 0.46],
    [0.76, 0.57],
    [0.50, 0.60],
];

const PRINTED: [&[Glyph]; 10] = [
    &[&[OVAL]],
    &[&[&[[0.18, 0.20], [0.42, 0.12], [0.58, 0.00], [0.58, 1.00]]]],
    &[&[&[
        [0.04, 0.22],
        [0.12, 0.09],
        [0.30, 0.01],
        [0.55, 0.00],
        [0.80, 0.06],
        [0.94, 0.20],
        [0.92, 0.38],
        [0.74, 0.56],
        [0.40, 0.78],
        [0.02, 1.00],
        [1.00, 1.00],
    ]]],
    &[
        &[&[
            [0.04, 0.14],
            [0.24, 0.03],
            [0.50, 0.00],
            [0.78, 0.05],
            [0.92, 0.20],
            [0.86, 0.36],
            [0.66, 0.46],
            [0.36, 0.48],
            [0.70, 0.50],
            [0.94, 0.60],
            [1.00, 0.74],
            [0.90, 0.90],
            [0.66, 1.00],
            [0.34, 1.00],
            [0.02, 0.90],
        ]],
        &[&[
            [0.04, 0.02],
            [0.92, 0.02],
            [0.48, 0.40],
            [0.80, 0.46],
            [1.00, 0.62],
            [0.98, 0.80],
            [0.80, 0.96],
            [0.46, 1.00],
            [0.02, 0.92],
        ]],
    ],
    &[&[&[[0.74, 1.00], [0.74, 0.00], [0.00, 0.70], [1.00, 0.70]]]],
    &[&[&[
        [0.94, 0.02],
        [0.18, 0.02],
        [0.10, 0.44],
        [0.36, 0.36],
        [0.64, 0.37],
        [0.90, 0.48],
        [1.00, 0.66],
        [0.92, 0.86],
        [0.68, 0.98],
        [0.36, 1.00],
        [0.02, 0.92],
    ]]],
    &[
        &[LOWER_BOWL, &[[0.74, 0.00], [0.46, 0.12], [0.20, 0.32], [0.04, 0.54], [0.00, 0.70]]],
        &[LOWER_BOWL, &[[0.90, 0.08], [0.62, 0.00], [0.34, 0.06], [0.10, 0.28], [0.00, 0.56], [0.00, 0.70]]],
        &[LOWER_BOWL, &[[0.52, 0.00], [0.32, 0.16], [0.12, 0.38], [0.02, 0.56], [0.00, 0.70]]],
    ],
    &[&[&[[0.02, 0.02], [0.98, 0.02], [0.66, 0.44], [0.44, 0.78], [0.38, 1.00]]]],
    &[&[
        &[
            [0.50, 0.00],
            [0.78, 0.04],
            [0.92, 0.16],
            [0.92, 0.30],
            [0.76, 0.42],
            [0.50, 0.46],
            [0.24, 0.42],
            [0.08, 0.30],
            [0.08, 0.16],
            [0.22, 0.04],
            [0.50, 0.00],
        ],
        &[
            [0.50, 0.46],
            [0.80, 0.50],
            [0.97, 0.62],
            [1.00, 0.76],
            [0.90, 0.91],
            [0.68, 0.99],
            [0.50, 1.00],
            [0.32, 0.99],
            [0.10, 0.91],
            [0.00, 0.76],
            [0.03, 0.62],
            [0.20, 0.50],
            [0.50, 0.46],
        ],
    ]],
    &[
        &[UPPER_BOWL, &[[1.00, 0.30], [0.96, 0.46], [0.80, 0.68], [0.54, 0.88], [0.26, 1.00]]],
        &[UPPER_BOWL, &[[1.00, 0.30], [1.00, 0.44], [0.90, 0.72], [0.66, 0.94], [0.38, 1.00], [0.10, 0.92]]],
        &[UPPER_BOWL, &[[1.00, 0.30], [0.98, 0.44], [0.88, 0.62], [0.68, 0.84], [0.48, 1.00]]],
    ],
];

const TOP: Polyline = &[[0.0, 0.0], [1.0, 0.0]];
const MIDDLE: Polyline = &[[0.0, 0.5], [1.0, 0.5]];
const FOOT: Polyline = &[[0.0, 1.0], [1.0, 1.0]];
const UPPER_LEFT: Polyline = &[[0.0, 0.0], [0.0, 0.5]];
const UPPER_RIGHT: Polyline = &[[1.0, 0.0], [1.0, 0.5]];
const LOWER_LEFT: Polyline = &[[0.0, 0.5], [0.0, 1.0]];
const LOWER_RIGHT: Polyline = &[[1.0, 0.5], [1.0, 1.0]];
const CENTRE: Polyline = &[[0.5, 0.0], [0.5, 1.0]];

/// Seven segments; some sounders leave the tails of 6, 7 and 9 out or stand the 1 and the stem of the 4 in the
/// middle (IPS-42).
const SEGMENTS: [&[Glyph]; 10] = [
    &[&[TOP, UPPER_LEFT, UPPER_RIGHT, LOWER_LEFT, LOWER_RIGHT, FOOT]],
    &[&[UPPER_RIGHT, LOWER_RIGHT], &[CENTRE]],
    &[&[TOP, UPPER_RIGHT, MIDDLE, LOWER_LEFT, FOOT]],
    &[&[TOP, UPPER_RIGHT, MIDDLE, LOWER_RIGHT, FOOT]],
    &[&[UPPER_LEFT, UPPER_RIGHT, MIDDLE, LOWER_RIGHT], &[UPPER_LEFT, MIDDLE, CENTRE]],
    &[&[TOP, UPPER_LEFT, MIDDLE, LOWER_RIGHT, FOOT]],
    &[&[TOP, UPPER_LEFT, MIDDLE, LOWER_LEFT, LOWER_RIGHT, FOOT], &[UPPER_LEFT, MIDDLE, LOWER_LEFT, LOWER_RIGHT, FOOT]],
    &[&[TOP, UPPER_RIGHT, LOWER_RIGHT], &[UPPER_LEFT, TOP, UPPER_RIGHT, LOWER_RIGHT]],
    &[&[TOP, UPPER_LEFT, UPPER_RIGHT, MIDDLE, LOWER_LEFT, LOWER_RIGHT, FOOT]],
    &[&[TOP, UPPER_LEFT, UPPER_RIGHT, MIDDLE, LOWER_RIGHT, FOOT], &[TOP, UPPER_LEFT, UPPER_RIGHT, MIDDLE, LOWER_RIGHT]],
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_digit_of_every_kind_has_strokes_inside_its_cell() {
        for kind in [CaptionKind::Printed, CaptionKind::Lanes, CaptionKind::SevenSegment, CaptionKind::Dots] {
            for digit in 0..10 {
                assert!(!strokes(kind, digit).is_empty());
                for glyph in forms(kind, digit) {
                    for point in glyph.iter().flat_map(|polyline| polyline.iter()) {
                        assert!(point.iter().all(|share| (0.0..=1.0).contains(share)));
                    }
                }
            }
        }
        assert!(strokes(CaptionKind::Printed, 10).is_empty());
    }
}

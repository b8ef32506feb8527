//! Lays a line of seven-segment cells over the ink: from a rough start to where segments meet ink and the spaces
//! between none.

use super::{ALL, ENDS, FORMS, LIT, Line, PLACES, SAMPLES, ends_at, middle};
use crate::caption::ink::Ink;

/// Which forms light each place: 1 or 0, forms side by side.
const LIGHTS: [[f32; 16]; LIT] = {
    let mut lights = [[0.0; 16]; LIT];
    let mut form = 0;
    while form < FORMS.len() {
        let mut place = 0;
        while place < LIT {
            if FORMS[form] >> place & 1 == 1 {
                lights[place][form] = 1.0;
            }
            place += 1;
        }
        form += 1;
    }
    lights
};

/// The samples of every place of a cell for a line, from the cell's middle, in 256ths of ink pixels.
struct Probe {
    samples: [[(i32, i32); SAMPLES]; PLACES],
    /// Middle of each place across, as far as the picture must reach for it to be seen.
    across: [f32; PLACES],
    /// Bit set where the place lies in the picture's rows.
    rows: u16,
    look: Look,
}

impl Probe {
    fn new(ink: &Ink, line: &Line, look: Look) -> Self {
        let mut probe = Self { samples: [[(0, 0); SAMPLES]; PLACES], across: [0.0; PLACES], rows: 0, look };
        let half = 0.5 * line.pitch / line.width;
        for (place, ends) in ENDS.iter().enumerate() {
            let (from, to) = ends_at(line, place, ends, half);
            probe.across[place] = 0.5 * (from.0 + to.0);
            let inside = from.1.max(to.1) <= ink.height as f32 && from.1.min(to.1) >= -1.0;
            probe.rows |= u16::from(inside) << place;
            for (index, sample) in probe.samples[place].iter_mut().enumerate() {
                let share = index as f32 / (SAMPLES - 1) as f32;
                let fixed = |from: f32, to: f32| ((from + (to - from) * share) * 256.0) as i32;
                *sample = (fixed(from.0, to.0), fixed(from.1, to.1));
            }
        }
        probe
    }

    /// How well the cell at a middle looks like some digit when lit segments have the ink `on`: 1 per place. Also the
    /// mean of what the best digit lights.
    fn likeness(&self, ink: &Ink, middle: f32, on: f32) -> (f32, f32) {
        let fixed = (middle * 256.0) as i32;
        let scale = match self.look {
            Look::Soft => 1.0 / (255.0 * SAMPLES.div_ceil(2) as f32),
            Look::Sharp => 1.0 / (255.0 * SAMPLES as f32),
        };
        let steepness = 2.0 / on;
        let mut value = [0.0f32; LIT];
        let mut scores = [0.0f32; 16];
        scores[FORMS.len()..].fill(f32::MIN);
        let mut dark = 0.0;
        for (place, samples) in self.samples.iter().enumerate() {
            let x = middle + self.across[place];
            if self.rows >> place & 1 == 0 || x < -0.6 || x > ink.width as f32 - 0.4 {
                continue;
            }
            let sum = match self.look {
                Look::Soft => {
                    let at = |index: usize| ink.nearest(samples[index].0.wrapping_add(fixed), samples[index].1);
                    at(0) + at(SAMPLES / 2) + at(SAMPLES - 1)
                }
                Look::Sharp => samples.iter().map(|&(x, y)| ink.fixed(x.wrapping_add(fixed), y)).sum(),
            };
            let ink = sum as f32 * scale;
            let vote = (steepness * ink).min(2.6) - 1.0;
            dark -= vote;
            if place < LIT {
                value[place] = ink;
                for (score, light) in scores.iter_mut().zip(&LIGHTS[place]) {
                    *score += light * vote;
                }
            }
        }
        let best = scores.iter().copied().fold(f32::MIN, f32::max);
        let pattern = scores.iter().position(|&score| score >= best).and_then(|form| FORMS.get(form)).copied();
        let pattern = pattern.unwrap_or(ALL);
        let lit: f32 = (0..LIT).filter(|place| pattern >> place & 1 == 1).map(|place| value[place]).sum();
        (dark + 2.0 * best, lit / pattern.count_ones().max(1) as f32)
    }
}

/// Likeness of the whole line and the mean ink of its lit segments.
fn line_likeness(ink: &Ink, line: &Line, spaces: &[(f32, f32)], on: f32, look: Look) -> (f32, f32) {
    let probe = Probe::new(ink, line, look);
    let (mut score, mut level) = (0.0, 0.0);
    for space in spaces {
        let (cell, lit) = probe.likeness(ink, middle(line, space), on);
        score += cell;
        level += lit;
    }
    (score, level / spaces.len().max(1) as f32)
}

/// How a place is looked at.
#[derive(Debug, Clone, Copy)]
pub(super) enum Look {
    /// The nearest pixels at its ends and middle: enough where strokes are softened.
    Soft,
    /// All samples, between pixels.
    Sharp,
}

/// Ink of a lit segment before anything is known.
const FIRST_ON: f32 = 0.5;

/// The best place of the line near a start; with its likeness. The three rows of horizontal strokes give place and
/// height, the digits themselves the place across.
pub(super) fn near(ink: &Ink, start: &Line, spaces: &[(f32, f32)]) -> (f32, Line) {
    let mut best = (f32::MIN, *start);
    for (y, height) in heights(ink, start, spaces) {
        for step in -6i32..=6 {
            let x = start.x + step as f32 * 0.07 * start.pitch;
            let line = Line { x, y, height, width: (0.52 * height).min(0.8 * start.pitch), ..*start };
            let score = line_likeness(ink, &line, spaces, FIRST_ON, Look::Soft).0;
            if score > best.0 {
                best = (score, line);
            }
        }
    }
    best
}

/// The line longer or shorter about its middle and moved a little: where digits almost touch, the strokes of two
/// neighbours look like a digit, and small steps do not lead from one such place to the next.
pub(super) fn spread(ink: &Ink, start: (f32, Line), spaces: &[(f32, f32)]) -> (f32, Line) {
    let mut best = start;
    let (pitches, gaps) = spaces.last().copied().unwrap_or_default();
    for span in -3i32..=3 {
        for step in -3i32..=3 {
            let change = 0.008 * span as f32;
            let (pitch, gap) = (start.1.pitch * (1.0 + change), start.1.gap * (1.0 + change));
            let half = 0.5 * change * (pitches * start.1.pitch + gaps * start.1.gap);
            let x = start.1.x - half + 0.06 * step as f32 * pitch;
            let line = Line { x, pitch, gap, ..start.1 };
            let score = line_likeness(ink, &line, spaces, FIRST_ON, Look::Soft).0;
            if score > best.0 {
                best = (score, line);
            }
        }
    }
    best
}

/// Where top strokes and how high the digits are: the two best ways to lay three rows of strokes over the ink.
fn heights(ink: &Ink, start: &Line, spaces: &[(f32, f32)]) -> Vec<(f32, f32)> {
    let last = spaces.last().map_or(start.x, |last| middle(start, last));
    let column = |x: f32| (x.max(0.0) as usize).min(ink.width);
    let (left, right) = (column(start.x - 0.5 * start.pitch), column(last + 0.5 * start.pitch));
    let sum = |row: &[u8]| row[left..right].iter().fold(0u32, |sum, &value| sum.wrapping_add(u32::from(value)));
    let rows: Vec<f32> = ink.data.chunks_exact(ink.width).map(|row| sum(row) as f32).collect();
    let at = |y: f32| if y < 0.0 { 0.0 } else { rows.get(y.round() as usize).copied().unwrap_or(0.0) };
    let mut found: Vec<(f32, f32, f32)> = Vec::new();
    for scale in -6i32..=6 {
        let height = start.height * (1.0 + 0.04 * scale as f32);
        for shift in -8i32..=8 {
            let y = start.y + 0.5 * (start.height - height) + 0.03 * shift as f32 * start.height;
            let strokes = at(y) + at(y + 0.5 * height) + at(y + height);
            let between = at(y + 0.25 * height) + at(y + 0.75 * height);
            let outside = at(y - 0.2 * height) + at(y + 1.2 * height);
            found.push((strokes - between - outside, y, height));
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut best: Vec<(f32, f32)> = Vec::new();
    for (_, y, height) in found {
        let near = |other: &(f32, f32)| {
            (other.0 - y).abs() < 0.08 * height && (other.0 + other.1 - y - height).abs() < 0.08 * height
        };
        if best.len() < 2 && !best.iter().any(near) {
            best.push((y, height));
        }
    }
    best
}

/// Moves the line by ever smaller steps to where its segments meet the ink and the spaces between none.
pub(super) fn climb(ink: &Ink, mut line: Line, steps: &[f32], spaces: &[(f32, f32)], look: Look) -> (f32, Line) {
    let mut score = f32::MIN;
    for &step in steps {
        let on = line_likeness(ink, &line, spaces, FIRST_ON, look).1.clamp(0.12, 1.0);
        score = line_likeness(ink, &line, spaces, on, look).0;
        for parameter in [0, 1, 2, 3, 7, 4, 5, 6, 0, 2, 7] {
            for sign in [1.0, -1.0] {
                for _ in 0..3 {
                    let moved = moved(&line, parameter, sign * step, spaces);
                    let other = line_likeness(ink, &moved, spaces, on, look).0;
                    if other <= score {
                        break;
                    }
                    (score, line) = (other, moved);
                }
            }
        }
    }
    (score, line)
}

/// One step of one parameter. Pitch and gap turn about the middle of the line.
fn moved(line: &Line, parameter: usize, step: f32, spaces: &[(f32, f32)]) -> Line {
    let mut moved = *line;
    let (pitches, gaps) = spaces.last().copied().unwrap_or_default();
    match parameter {
        0 => moved.x += 0.06 * step * line.pitch,
        1 => moved.y += 0.05 * step * line.height,
        2 => {
            let change = 0.012 * step * line.pitch;
            moved.pitch += change;
            moved.x -= 0.5 * pitches * change;
        }
        3 => {
            let change = 0.03 * step * line.gap;
            moved.gap += change;
            moved.x -= 0.5 * gaps * change;
        }
        4 => moved.width = (line.width * (1.0 + 0.06 * step)).clamp(0.35 * line.height, 0.9 * line.pitch),
        5 => {
            let change = 0.05 * step * line.height;
            moved.height += change;
            moved.y -= 0.5 * change;
        }
        // Pitch against gap, the line's ends staying where they are.
        7 => {
            let change = 0.02 * step * line.pitch;
            moved.pitch += change;
            moved.gap -= change * pitches / gaps.max(1.0);
        }
        _ => moved.slant = (line.slant + 0.03 * step).clamp(-0.25, 0.25),
    }
    moved
}

/// A digit stands up to a tenth of a pitch off the regular digit grid.
pub(super) fn settle(ink: &Ink, line: &Line, middle: f32) -> f32 {
    let probe = Probe::new(ink, line, Look::Sharp);
    let mut best = (f32::MIN, middle);
    for step in -4i32..=4 {
        let shift = 0.03 * step as f32;
        let place = middle + shift * line.pitch;
        let score = probe.likeness(ink, place, FIRST_ON).0 - 60.0 * shift * shift;
        if score > best.0 {
            best = (score, place);
        }
    }
    best.1
}

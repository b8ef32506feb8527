//! Draws cells with digits as worn film shows them: many pens, bloom, blur, grain, neighbours, timing dots and dust.

use crate::fonts::Face;
use crate::random::Random;
use ionoscribe::caption::font;
use ionoscribe::caption::net::{self, CLASSES, Cell};
use ionoscribe::model::CaptionKind;

/// Pixels of the fine grid to one digit height.
const FINE: f32 = 20.0;
/// Fine grid: columns and rows; the digit stands in the middle.
const WIDTH: usize = 44;
const HEIGHT: usize = 44;

/// What one line of digits has in common.
struct Style<'a> {
    /// The font; strokes laid by a pen without one.
    face: Option<&'a Face>,
    pen: f32,
    width: f32,
    slant: f32,
    pitch: f32,
}

impl<'a> Style<'a> {
    fn new(random: &mut Random, faces: &'a [Face]) -> Self {
        let face = (!faces.is_empty() && random.chance(PRINTED)).then(|| &faces[random.below(faces.len())]);
        let width = match face {
            Some(_) => random.within(0.85, 1.2),
            None => random.within(0.48, 0.80),
        };
        let closest = face.map_or(width + 0.1, |face| 0.97 * width * face.pitch);
        Self {
            face,
            pen: random.within(0.07, 0.34),
            width,
            slant: random.within(-0.08, 0.14),
            pitch: closest + (1.7 - closest).max(0.0) * random.unit() * random.unit(),
        }
    }
}

/// Share of the digits that are drawn from a font.
const PRINTED: f32 = 0.5;

/// A cell and its class. `hard` from 0 (as usual) to 1 (badly degraded).
pub(crate) fn example(random: &mut Random, faces: &[Face], hard: f32) -> (Cell, usize) {
    let style = Style::new(random, faces);
    let mut light = vec![0.0f32; WIDTH * HEIGHT];
    let class = if random.chance(0.1) { CLASSES - 1 } else { random.below(10) };
    // Where the box around the digit is looked for, and how high it is.
    let (mut aim, mut box_height) = ((0.0, 0.0), 1.0);
    if class < 10 {
        let strength = random.within(0.4, 1.0);
        digit(&mut light, random, &style, class as u8, (0.0, 0.0), strength);
        neighbours(&mut light, random, &style);
        if random.chance(0.2) {
            let (cut, side) = cut(&mut light, random);
            aim.1 = -0.5 * side * cut;
            box_height = 1.0 - cut;
        }
    } else {
        aim = no_digit(&mut light, random, &style);
    }
    clutter(&mut light, random, 0.25);
    let sigma = random.within(0.02, 0.13 + 0.05 * hard) * FINE;
    blur(&mut light, sigma);
    let gain = if random.chance(0.5) { random.within(1.0, 1.3) } else { random.within(1.2, 3.0) };
    light.iter_mut().for_each(|value| *value = (*value * gain).min(1.0));
    let (scan, columns, pitch) = scan(&light, random, hard);
    let reach = 0.11 + 0.05 * hard;
    let centre = |middle: f32, offset: f32, shift: f32| (middle + (offset + shift) * FINE) / pitch - 0.5;
    let x = centre(WIDTH as f32 / 2.0, aim.0, random.within(-reach, reach));
    let y = centre(HEIGHT as f32 / 2.0, aim.1, random.within(-reach, reach));
    // Ink above a threshold bounds the box: a thin tail or a faint foot is left out more often than not.
    let height = FINE / pitch * box_height * random.within(0.80 - 0.05 * hard, 1.14 + 0.06 * hard);
    (net::cell(|x, y| sample(&scan, columns, x, y), (x, y), height), class)
}

/// Takes away what the mask of the lamp or the edge of the slit hides at the foot or the top: the share of the height
/// and 1 for the foot, -1 for the top.
fn cut(light: &mut [f32], random: &mut Random) -> (f32, f32) {
    let (cut, side) = (random.within(0.02, 0.15), if random.chance(0.7) { 1.0 } else { -1.0 });
    let limit = (0.5 - cut) * FINE;
    for (row, line) in light.chunks_exact_mut(WIDTH).enumerate() {
        if side * (row as f32 + 0.5 - HEIGHT as f32 / 2.0) > limit {
            line.fill(0.0);
        }
    }
    (cut, side)
}

/// Adds a digit of outer height 1 at a place (in digit heights from the middle).
fn digit(light: &mut [f32], random: &mut Random, style: &Style<'_>, digit: u8, at: (f32, f32), strength: f32) {
    if let Some(face) = style.face {
        let (width, lean) = (style.width * random.within(0.97, 1.03), style.slant + random.within(-0.02, 0.02));
        face.draw(digit, FINE, width, |(x, y), cover| {
            spot(light, (at.0 + x - lean * y, at.1 + y), cover * strength);
        });
        return;
    }
    let forms = font::forms(CaptionKind::Printed, digit);
    let glyph = forms[random.below(forms.len())];
    let pen = style.pen * random.within(0.88, 1.12);
    let width = (style.width * random.within(0.92, 1.08) - 0.13).max(0.2);
    let (centre, bend, lean) = (random.within(-0.06, 0.06), random.within(-0.06, 0.06), random.within(-0.04, 0.04));
    let (low, high) = glyph
        .iter()
        .flat_map(|line| line.iter())
        .fold((1.0f32, 0.0f32), |(low, high), point| (low.min(point[0]), high.max(point[0])));
    // No two type founders agree on where a stroke bends.
    let (jitter_x, jitter_y) = (random.within(0.0, 0.035), random.within(0.0, 0.03));
    // A lamp off the axis lights one side of the digit less, thin strokes expose the film less than broad ones.
    let fade = if random.chance(0.4) { random.within(0.0, 0.65) } else { 0.0 };
    let angle = random.within(-std::f32::consts::PI, std::f32::consts::PI);
    for line in glyph {
        let points: Vec<(f32, f32)> = line
            .iter()
            .map(|point| {
                let (u, v) = (point[0] - (low + high) / 2.0, point[1]);
                let wave = 4.0 * v * (1.0 - v);
                let x = (u + bend * (2.0 * v - 1.0) * u + jitter_x * random.normal()) * width;
                let y = (v + centre * wave - 0.5 + jitter_y * random.normal()) * (1.0 - pen);
                (at.0 + x - (style.slant + lean) * y, at.1 + y)
            })
            .collect();
        for pair in points.windows(2) {
            let along = |axis: fn(&(f32, f32)) -> f32| 0.5 * (axis(&pair[0]) + axis(&pair[1]));
            let across = (along(|point| point.0) - at.0) * angle.cos() + (along(|point| point.1) - at.1) * angle.sin();
            stroke(light, pair, pen, strength * (1.0 - fade * (across + 0.5).clamp(0.0, 1.0)));
        }
    }
}

fn neighbours(light: &mut [f32], random: &mut Random, style: &Style<'_>) {
    for side in [-1.0f32, 1.0] {
        if random.chance(0.65) {
            let at = (side * style.pitch * random.within(0.9, 1.1), random.within(-0.12, 0.12));
            let other = random.below(10) as u8;
            digit(light, random, style, other, at, 1.0);
        }
    }
}

/// What stands where no digit does: nothing, the space between two, half of one, a spot, a line. Returns where to look.
fn no_digit(light: &mut [f32], random: &mut Random, style: &Style<'_>) -> (f32, f32) {
    match random.below(6) {
        0 => (0.0, 0.0),
        1 => {
            for side in [-0.5f32, 0.5] {
                let other = random.below(10) as u8;
                digit(light, random, style, other, (side * style.pitch, 0.0), 1.0);
            }
            (0.0, 0.0)
        }
        2 => {
            let other = random.below(10) as u8;
            digit(light, random, style, other, (0.0, 0.0), 1.0);
            let side = if random.chance(0.5) { 1.0 } else { -1.0 };
            (0.0, side * random.within(0.45, 0.7))
        }
        3 => {
            let at = (random.within(-0.15, 0.15), random.within(-0.3, 0.3));
            let long = random.within(0.0, 0.3);
            stroke(light, &[at, (at.0 + long, at.1)], random.within(0.08, 0.4), 1.0);
            (0.0, 0.0)
        }
        4 => {
            let (x, lean) = (random.within(-0.3, 0.3), random.within(-0.4, 0.4));
            let line = [(x - lean, -1.2), (x + lean, 1.2)];
            let line = if random.chance(0.5) { line } else { line.map(|(x, y)| (y, x)) };
            stroke(light, &line, random.within(0.04, 0.5), 1.0);
            (0.0, 0.0)
        }
        _ => {
            for _ in 0..1 + random.below(4) {
                let points: Vec<_> = (0..3).map(|_| (random.within(-0.6, 0.6), random.within(-0.7, 0.7))).collect();
                stroke(light, &points, random.within(0.04, 0.3), random.within(0.4, 1.0));
            }
            (0.0, 0.0)
        }
    }
}

/// Timing dots above the line, dust, scratches.
fn clutter(light: &mut [f32], random: &mut Random, share: f32) {
    if random.chance(share) {
        let side = if random.chance(0.75) { -1.0 } else { 1.0 };
        let at = (random.within(-0.7, 0.7), side * random.within(0.72, 0.95));
        stroke(light, &[at, (at.0 + random.within(0.0, 0.15), at.1)], random.within(0.08, 0.3), 1.0);
    }
    if random.chance(share) {
        let at = (random.within(-0.7, 0.7), random.within(-0.8, 0.8));
        let to = (at.0 + random.within(-0.3, 0.3), at.1 + random.within(-0.3, 0.3));
        stroke(light, &[at, to], random.within(0.02, 0.06), random.within(0.3, 0.9));
    }
}

/// Adds one fine pixel of light at a place (in digit heights from the grid's middle), shared by its two neighbours in the row.
fn spot(light: &mut [f32], (x, y): (f32, f32), value: f32) {
    let (x, y) = (x * FINE + WIDTH as f32 / 2.0 - 0.5, (y * FINE + HEIGHT as f32 / 2.0 - 0.5).round());
    if !(0.0..HEIGHT as f32).contains(&y) {
        return;
    }
    for (column, share) in [(x.floor(), 1.0 - x.fract().abs()), (x.floor() + 1.0, x.fract().abs())] {
        if (0.0..WIDTH as f32).contains(&column) {
            let pixel = &mut light[y as usize * WIDTH + column as usize];
            *pixel = (*pixel + share * value).min(1.0);
        }
    }
}

/// Lays a round pen of a diameter along points; all in digit heights from the grid's middle.
fn stroke(light: &mut [f32], points: &[(f32, f32)], pen: f32, strength: f32) {
    let radius = pen / 2.0 * FINE;
    let place = |(x, y): (f32, f32)| (x * FINE + WIDTH as f32 / 2.0 - 0.5, y * FINE + HEIGHT as f32 / 2.0 - 0.5);
    for pair in points.windows(2) {
        let (a, b) = (place(pair[0]), place(pair[1]));
        let reach = radius + 1.0;
        let limit = |value: f32, size: usize| value.clamp(0.0, size as f32) as usize;
        for y in limit(a.1.min(b.1) - reach, HEIGHT)..limit(a.1.max(b.1) + reach + 1.0, HEIGHT) {
            for x in limit(a.0.min(b.0) - reach, WIDTH)..limit(a.0.max(b.0) + reach + 1.0, WIDTH) {
                let cover = (radius - distance((x as f32, y as f32), a, b) + 0.5).clamp(0.0, 1.0) * strength;
                let value = &mut light[y * WIDTH + x];
                *value = value.max(cover);
            }
        }
    }
}

fn distance(p: (f32, f32), a: (f32, f32), b: (f32, f32)) -> f32 {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let length = dx * dx + dy * dy;
    let t = if length > 0.0 { (((p.0 - a.0) * dx + (p.1 - a.1) * dy) / length).clamp(0.0, 1.0) } else { 0.0 };
    (p.0 - a.0 - t * dx).hypot(p.1 - a.1 - t * dy)
}

/// Gaussian blur of the fine grid.
fn blur(light: &mut Vec<f32>, sigma: f32) {
    let reach = (2.5 * sigma).ceil() as usize;
    let kernel: Vec<f32> =
        (0..=2 * reach).map(|i| (-0.5 * ((i as f32 - reach as f32) / sigma).powi(2)).exp()).collect();
    let total: f32 = kernel.iter().sum();
    for _ in 0..2 {
        // Each pass blurs along rows and transposes (the grid is square).
        let mut out = vec![0.0; light.len()];
        for y in 0..HEIGHT {
            for x in 0..WIDTH {
                let sum: f32 = kernel
                    .iter()
                    .enumerate()
                    .filter_map(|(i, weight)| {
                        (x + i).checked_sub(reach).filter(|&at| at < WIDTH).map(|at| weight * light[y * WIDTH + at])
                    })
                    .sum();
                out[x * HEIGHT + y] = sum / total;
            }
        }
        *light = out;
    }
}

/// The scanner's coarser pixels with contrast and grain: values, columns, and fine pixels to one of them.
fn scan(light: &[f32], random: &mut Random, hard: f32) -> (Vec<f32>, usize, f32) {
    let digit_height = random.within(2.1 - 0.1 * hard, 3.1).exp();
    let pitch = (FINE / digit_height).max(1.0);
    let (columns, rows) = ((WIDTH as f32 / pitch) as usize, (HEIGHT as f32 / pitch) as usize);
    let contrast = random.within(0.25, 1.0);
    let grain = if random.chance(0.4) { random.within(0.0, 0.03) } else { random.within(0.0, 0.14 + 0.16 * hard) };
    let ground = random.within(-0.06, 0.05);
    let mut out = Vec::with_capacity(columns * rows);
    for y in 0..rows {
        for x in 0..columns {
            let (mut sum, mut count) = (0.0, 0.0);
            for fine_y in (y as f32 * pitch) as usize..(((y + 1) as f32 * pitch) as usize).min(HEIGHT) {
                for fine_x in (x as f32 * pitch) as usize..(((x + 1) as f32 * pitch) as usize).min(WIDTH) {
                    sum += light[fine_y * WIDTH + fine_x];
                    count += 1.0;
                }
            }
            let value: f32 = sum / f32::max(count, 1.0) + ground + grain * random.normal();
            out.push((value * contrast).clamp(0.0, 1.0));
        }
    }
    (out, columns, pitch)
}

fn sample(scan: &[f32], columns: usize, x: f32, y: f32) -> f32 {
    let at = |x: f32, y: f32| {
        if x < 0.0 || y < 0.0 || x >= columns as f32 {
            0.0
        } else {
            scan.get(y as usize * columns + x as usize).copied().unwrap_or(0.0)
        }
    };
    let (x0, y0) = (x.floor(), y.floor());
    let (fx, fy) = (x - x0, y - y0);
    (at(x0, y0) * (1.0 - fx) + at(x0 + 1.0, y0) * fx) * (1.0 - fy)
        + (at(x0, y0 + 1.0) * (1.0 - fx) + at(x0 + 1.0, y0 + 1.0) * fx) * fy
}

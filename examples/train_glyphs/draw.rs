//! Draws stretches of lines as worn pages show them: many typefaces, uneven ribbons, broken and touching strokes, specks,
//! rules, blur and grain.

use crate::faces::Face;
use crate::random::Random;
use crate::text::{self, Kind};
use ab_glyph::{Font, Glyph, Point, PxScale, ScaleFont};
use ionoscribe::table::page::glyph::{CHARACTERS, NONE};
use ionoscribe::table::page::strip::{self, Strip};

/// The sequence of that number (splitmix64).
pub(crate) fn sequence(number: u64) -> Random {
    let mut state = number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    Random((state ^ (state >> 31)) | 1)
}

/// What a place of a strip shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Label {
    /// That class.
    Class(usize),
    /// Beside the middle of a character: that class or none.
    Beside(usize),
    /// Not to be learned.
    Open,
}

struct Sheet {
    ink: Vec<f32>,
    width: usize,
    height: usize,
}

/// A character in place: its class, the middle of its ink, and whether it is to be learned.
struct Put {
    class: usize,
    middle: f32,
    is_open: bool,
}

/// Width of a strip in heights of capitals.
const WIDE: f32 = 9.0;

/// A stretch of a line and what each of its places shows. `hard` from 0 (clean) to 1 (badly degraded).
pub(crate) fn example(machines: &[Face], books: &[Face], random: &mut Random, hard: f32) -> (Strip, Vec<Label>) {
    let is_machine = books.is_empty() || !machines.is_empty() && random.chance(0.5);
    let faces = if is_machine { machines } else { books };
    let Face { font, capital } = &faces[random.below(faces.len())];
    let height = random.within(2.35, 3.8).exp();
    let (width, rows) = (((WIDE + 4.0) * height) as usize, (2.1 * height) as usize + 2);
    let mut sheet = Sheet { ink: vec![0.0; width * rows], width, height: rows };
    let middle = rows as f32 / 2.0;
    let stretch = random.within(0.88, 1.12);
    let (scale, wide) = (height / capital, height / capital * stretch);
    let tight = if random.chance(0.3) { random.within(0.84, 0.97) } else { random.within(0.97, 1.15) };
    let advance = |c: char| font.as_scaled(wide).h_advance(font.glyph_id(c)) * tight;
    let kind = Kind::drawn(random);
    let jitter = if random.chance(0.5) { 0.03 * random.unit() } else { 0.0 };
    let mut placed: Vec<Put> = Vec::new();
    let mut x = -random.within(0.0, 1.5) * height;
    while x < width as f32 {
        for c in text::word(kind, random).chars() {
            let own = advance(c);
            let at = (x + own / 2.0 + jitter * height * random.normal(), middle + jitter * height * random.normal());
            let strength = if random.chance(0.2) { random.within(0.5, 1.0) } else { 1.0 };
            let drawn = draw(&mut sheet, font, (wide, scale), height, c, at, strength);
            let class = CHARACTERS.iter().position(|&known| char::from(known) == c.to_ascii_uppercase());
            // A small L is a 1; other signs are not known and show none.
            if let (Some(middle), Some(class)) = (drawn, class) {
                placed.push(Put { class, middle, is_open: c == 'l' });
            }
            x += own;
        }
        // Columns stand at any distance.
        x += advance('0')
            * if is_machine && random.chance(0.7) { 1.0 + random.below(4) as f32 } else { random.within(0.4, 3.5) };
    }
    wear(&mut sheet, random, hard, height);
    let slope = 0.008 * random.normal();
    let (shift, seen) = (random.within(-0.08, 0.08) * height, height * random.within(0.92, 1.09));
    let left = 2.0 * height + random.unit();
    let centre = |x: f32| middle - 0.5 + shift + slope * (x - 0.5 * width as f32);
    let strip = Strip::sample(|x, y| sample(&sheet, x, y), (left, WIDE * height), centre, seen);
    let mut labels = vec![Label::Class(NONE); strip.places()];
    let step = strip::distance(1) - strip::distance(0);
    for put in &placed {
        let at = (put.middle - 0.5 - left) / seen;
        let nearest = ((at - strip::distance(0)) / step).round() as i64;
        for near in [nearest - 1, nearest + 1, nearest] {
            let Some(label) = usize::try_from(near).ok().and_then(|near| labels.get_mut(near)) else { continue };
            *label = match put.class {
                _ if put.is_open => Label::Open,
                class if near == nearest => Label::Class(class),
                // Between two narrow characters.
                _ if *label != Label::Class(NONE) => Label::Open,
                class => Label::Beside(class),
            };
        }
    }
    (strip, labels)
}

/// Draws a character and returns the middle of its ink.
fn draw(
    sheet: &mut Sheet,
    font: &ab_glyph::FontVec,
    (wide, high): (f32, f32),
    height: f32,
    c: char,
    (x, y): (f32, f32),
    strength: f32,
) -> Option<f32> {
    let scaled = PxScale { x: wide, y: high };
    let id = font.glyph_id(c);
    let advance = font.as_scaled(scaled).h_advance(id);
    let position = Point { x: x - advance / 2.0, y: y + height / 2.0 };
    let outline = font.outline_glyph(Glyph { id, scale: scaled, position })?;
    let bounds = outline.px_bounds();
    outline.draw(|gx, gy, coverage| {
        let (px, py) = (bounds.min.x as i64 + i64::from(gx), bounds.min.y as i64 + i64::from(gy));
        if px >= 0 && py >= 0 && (px as usize) < sheet.width && (py as usize) < sheet.height {
            let value = &mut sheet.ink[py as usize * sheet.width + px as usize];
            *value = value.max(coverage * strength);
        }
    });
    Some(0.5 * (bounds.min.x + bounds.max.x))
}

fn wear(sheet: &mut Sheet, random: &mut Random, hard: f32, height: f32) {
    // Breaks: the ribbon skipped, or the ink did not take.
    if random.chance(0.15 + 0.45 * hard) {
        for _ in 0..2 + random.below(12) {
            let at = (random.within(0.2, 0.8) * sheet.width as f32, random.within(0.2, 0.8) * sheet.height as f32);
            disc(sheet, at, random.within(0.03, 0.05 + 0.08 * hard) * height, -random.within(0.4, 1.0));
        }
    }
    if random.chance(0.1 + 0.2 * hard) {
        let count = 2 + random.below(9);
        specks(sheet, random, count, height);
    }
    if random.chance(0.06) {
        // What is left of a rule.
        let (across, thick) = (random.within(0.5, 0.95), random.within(0.02, 0.06) * height);
        let side = if random.chance(0.5) { across } else { -across };
        let upright = random.chance(0.5);
        let strength = random.within(0.3, 1.0);
        let place = random.unit() * sheet.width as f32;
        for y in 0..sheet.height {
            for x in 0..sheet.width {
                let dy = y as f32 - sheet.height as f32 / 2.0;
                let off = if upright { x as f32 - place } else { dy - side * height };
                if off.abs() < thick {
                    let value = &mut sheet.ink[y * sheet.width + x];
                    *value = value.max(strength);
                }
            }
        }
    }
    let sigma = random.within(0.25, 0.5 + 0.07 * hard * height);
    blur(sheet, sigma);
    // Strokes that spread or thin: a threshold below or above half.
    let gain = random.within(1.0, 3.5);
    let threshold = 0.5 + random.within(-0.36, 0.2);
    let grain = random.within(0.0, 0.05 + 0.17 * hard);
    let fade = random.within(0.3, 1.0);
    let ground = random.within(-0.04, 0.06);
    for value in &mut sheet.ink {
        let sharp = ((*value - threshold) * gain + 0.5).clamp(0.0, 1.0);
        let floor = ((-threshold) * gain + 0.5).clamp(0.0, 1.0);
        *value = ((sharp - floor) / (1.0 - floor).max(0.2) * fade + ground + grain * random.normal()).clamp(0.0, 1.0);
    }
}

fn specks(sheet: &mut Sheet, random: &mut Random, count: usize, height: f32) {
    for _ in 0..count {
        let at = (random.unit() * sheet.width as f32, random.unit() * sheet.height as f32);
        disc(sheet, at, random.within(0.02, 0.09) * height, random.within(0.4, 1.0));
    }
}

/// Adds or takes away a spot.
fn disc(sheet: &mut Sheet, (cx, cy): (f32, f32), radius: f32, strength: f32) {
    let limit = |value: f32, size: usize| value.clamp(0.0, size as f32) as usize;
    for y in limit(cy - radius - 1.0, sheet.height)..limit(cy + radius + 2.0, sheet.height) {
        for x in limit(cx - radius - 1.0, sheet.width)..limit(cx + radius + 2.0, sheet.width) {
            let cover = (radius - (x as f32 - cx).hypot(y as f32 - cy) + 0.5).clamp(0.0, 1.0);
            let value = &mut sheet.ink[y * sheet.width + x];
            *value = (*value + cover * strength).clamp(0.0, 1.0);
        }
    }
}

fn blur(sheet: &mut Sheet, sigma: f32) {
    let reach = (2.5 * sigma).ceil() as usize;
    let kernel: Vec<f32> =
        (0..=2 * reach).map(|i| (-0.5 * ((i as f32 - reach as f32) / sigma).powi(2)).exp()).collect();
    let total: f32 = kernel.iter().sum();
    let (width, height) = (sheet.width, sheet.height);
    let mut across = vec![0.0f32; width * height];
    for (row, out) in sheet.ink.chunks_exact(width).zip(across.chunks_exact_mut(width)) {
        for (i, weight) in kernel.iter().enumerate() {
            let (from, to) = (reach.saturating_sub(i), (width + reach).saturating_sub(i).min(width));
            for x in from..to {
                out[x] += weight / total * row[x + i - reach];
            }
        }
    }
    sheet.ink.fill(0.0);
    for y in 0..height {
        for (i, weight) in kernel.iter().enumerate() {
            let Some(from) = (y + i).checked_sub(reach).filter(|&from| from < height) else { continue };
            for x in 0..width {
                sheet.ink[y * width + x] += weight / total * across[from * width + x];
            }
        }
    }
}

fn sample(sheet: &Sheet, x: f32, y: f32) -> f32 {
    let at = |x: f32, y: f32| {
        if x < 0.0 || y < 0.0 || x as usize >= sheet.width || y as usize >= sheet.height {
            0.0
        } else {
            sheet.ink[y as usize * sheet.width + x as usize]
        }
    };
    let (x0, y0) = (x.floor(), y.floor());
    let (fx, fy) = (x - x0, y - y0);
    (at(x0, y0) * (1.0 - fx) + at(x0 + 1.0, y0) * fx) * (1.0 - fy)
        + (at(x0, y0 + 1.0) * (1.0 - fx) + at(x0 + 1.0, y0 + 1.0) * fx) * fy
}

//! A printed table as a page scan: typeface, ink, wear, skew, light.

use super::Random;
use super::print::Printed;
use super::wear::PageWear;
use crate::kernel::rotate::extract;
use crate::model::{PixelBox, Placement};
use crate::simulate::Level;
use crate::simulate::canvas::Canvas;
use ab_glyph::{Font, FontVec, Glyph, Point, ScaleFont};
use image::GrayImage;

/// A typeface.
pub struct Face {
    font: FontVec,
}

impl Face {
    /// The face of a TrueType or OpenType file.
    pub fn new(bytes: Vec<u8>) -> Option<Self> {
        FontVec::try_from_vec(bytes).ok().map(|font| Self { font })
    }

    /// The face that rides in the program (Hack).
    pub fn own() -> Self {
        let font = FontVec::try_from_vec(epaint_default_fonts::HACK_REGULAR.to_vec());
        #[expect(clippy::expect_used, reason = "the bytes are a constant of the program")]
        Self { font: font.expect("the shipped face is whole") }
    }
}

/// How a page is printed and scanned.
#[derive(Debug, Clone, PartialEq)]
struct PageStyle {
    level: Level,
    dpi: f64,
    /// Characters and lines to the inch.
    pitch: (f64, f64),
    skew_deg: f64,
    ruled: bool,
    border: bool,
}

impl PageStyle {
    /// A style at random.
    fn drawn(level: Level, dpi: Option<f64>, random: &mut Random) -> Self {
        let wear = PageWear::of(level);
        Self {
            level,
            dpi: dpi.unwrap_or_else(|| random.between(200.0, 300.0).round()),
            pitch: (random.between(10.0, 12.5), random.between(6.0, 8.0)),
            skew_deg: wear.skew(random),
            ruled: random.chance(0.4),
            border: random.chance(wear.border),
        }
    }
}

/// A page scan.
#[derive(Debug, Clone, PartialEq)]
pub struct Scanned {
    /// The picture.
    pub picture: GrayImage,
    /// The box of each mark of the print, in its pixels.
    pub boxes: Vec<PixelBox>,
}

/// Prints and scans a table. The same seed gives the same pixels; without a resolution it is drawn between 200 and 300 dots
/// per inch.
pub fn scan(printed: &Printed, face: &Face, level: Level, dpi: Option<f64>, seed: u64) -> Scanned {
    let random = &mut Random::new(seed);
    let style = &PageStyle::drawn(level, dpi, random);
    let wear = PageWear::of(style.level);
    let (across, down) = (style.dpi / style.pitch.0, style.dpi / style.pitch.1);
    let margin = 0.6 * style.dpi;
    let columns = printed.lines.iter().map(|line| line.chars().count()).max().unwrap_or(1);
    let width = (2.0 * margin + across * columns as f64) as usize;
    let height = (2.0 * margin + down * printed.lines.len() as f64) as usize;
    // Ink: 1 is full.
    let mut canvas = Canvas::new(width, height, 0.0);
    let advance = f64::from(face.font.as_scaled(1000.0).h_advance(face.font.glyph_id('0'))) / 1000.0;
    let capital = capital_height(&face.font);
    let widest = f64::from(face.font.as_scaled(1000.0).h_advance(face.font.glyph_id('M'))) / 1000.0;
    // Print does not fill its line, and the widest letter hardly leaves its place.
    let size = (across * 0.97 / advance).min(across * 1.12 / widest).min(0.72 * down / capital);
    let letter = size * capital;
    for (number, line) in printed.lines.iter().enumerate() {
        let y = margin + down * (number as f64 + 0.5);
        for (column, character) in line.chars().enumerate().filter(|(_, c)| *c != ' ') {
            let x = margin + across * (column as f64 + 0.5);
            let at = (x + wear.jitter * letter * random.normal(), y + wear.jitter * letter * random.normal());
            let strength = if random.chance(wear.weak) { random.between(0.55, 0.9) } else { 1.0 };
            glyph(&mut canvas, &face.font, size, letter, character, at, strength);
            for _ in 0..2 {
                if random.chance(wear.breaks / 2.0) {
                    let off = |random: &mut Random| letter * random.between(-0.5, 0.5);
                    let spot = (at.0 + 0.7 * off(random), at.1 + off(random));
                    let radius = letter * random.between(0.3, 1.0) * wear.break_size;
                    canvas.stroke(spot, spot, 2.0 * radius, 0.0, random.between(0.6, 1.0) as f32);
                }
            }
        }
    }
    if style.ruled {
        rules(&mut canvas, printed, margin, (across, down), letter);
    }
    let inches = (width as f64 / style.dpi) * (height as f64 / style.dpi);
    for _ in 0..(wear.specks * inches) as usize {
        let at = (random.share() * width as f64, random.share() * height as f64);
        canvas.stroke(at, at, letter * random.between(0.03, 0.16), 1.0, random.between(0.3, 1.0) as f32);
    }
    canvas.blur(wear.blur * style.dpi / 300.0);
    spread(&mut canvas, &wear, random);
    let (picture, placement) = photograph(&canvas, style, &wear, random);
    let boxes = printed
        .marks
        .iter()
        .map(|mark| {
            let left = margin + across * mark.columns.0 as f64;
            let right = margin + across * mark.columns.1 as f64;
            let top = margin + down * mark.line as f64;
            let centre = placement.to_frame(0.5 * (left + right), top + 0.5 * down);
            let (w, h) = (right - left, down);
            PixelBox::new((centre.0 - 0.5 * w) as i32, (centre.1 - 0.5 * h) as i32, w as i32, h as i32)
        })
        .collect();
    Scanned { picture, boxes }
}

fn capital_height(font: &FontVec) -> f64 {
    let glyph = font.glyph_id('H').with_scale(1000.0);
    font.outline_glyph(glyph).map_or(0.7, |outline| f64::from(outline.px_bounds().height()) / 1000.0)
}

fn glyph(canvas: &mut Canvas, font: &FontVec, size: f64, letter: f64, c: char, at: (f64, f64), strength: f64) {
    let scale = size as f32;
    let id = font.glyph_id(c);
    let half = f64::from(font.as_scaled(scale).h_advance(id)) / 2.0;
    let position = Point { x: (at.0 - half) as f32, y: (at.1 + letter / 2.0) as f32 };
    let Some(outline) = font.outline_glyph(Glyph { id, scale: scale.into(), position }) else { return };
    let bounds = outline.px_bounds();
    outline.draw(|x, y, coverage| {
        let (x, y) = (bounds.min.x as i64 + i64::from(x), bounds.min.y as i64 + i64::from(y));
        canvas.blend(x, y, 1.0, coverage * strength as f32);
    });
}

/// Upright rules between the columns of the cells, level ones above and below the blocks.
fn rules(canvas: &mut Canvas, printed: &Printed, margin: f64, (across, down): (f64, f64), letter: f64) {
    let thick = (letter * 0.06).max(1.0);
    let mut upright: Vec<(usize, usize, usize)> = Vec::new();
    for mark in &printed.marks {
        match upright.iter_mut().find(|(column, _, foot)| *column == mark.columns.0 && mark.line <= *foot + 2) {
            Some(rule) => rule.2 = mark.line,
            None => upright.push((mark.columns.0, mark.line, mark.line)),
        }
    }
    for &(column, top, foot) in &upright {
        let x = margin + across * (column as f64 - 0.5);
        let (from, to) = (margin + down * (top as f64 - 1.0), margin + down * (foot as f64 + 1.0));
        canvas.stroke((x, from), (x, to), thick, 1.0, 0.9);
    }
    let (left, right) = (margin, margin + across * printed.lines.iter().map(String::len).max().unwrap_or(0) as f64);
    let mut levels: Vec<usize> = upright.iter().flat_map(|rule| [rule.1, rule.2 + 1]).collect();
    levels.sort_unstable();
    levels.dedup();
    for line in levels {
        let y = margin + down * line as f64;
        canvas.stroke((left, y), (right, y), thick, 1.0, 0.9);
    }
}

/// Ink that spreads into its surround, or lacks at the edges: a threshold below or above half.
fn spread(canvas: &mut Canvas, wear: &PageWear, random: &mut Random) {
    let threshold = (0.5 + random.between(-wear.spread, 0.6 * wear.spread)) as f32;
    let gain = random.between(1.5, 2.5) as f32;
    let floor = (0.5 - threshold * gain).clamp(0.0, 1.0);
    for value in &mut canvas.light {
        let sharp = ((*value - threshold) * gain + 0.5).clamp(0.0, 1.0);
        *value = ((sharp - floor) / (1.0 - floor)).clamp(0.0, 1.0);
    }
}

/// The scan: paper, light, border, noise, and the turn of the page.
fn photograph(canvas: &Canvas, style: &PageStyle, wear: &PageWear, random: &mut Random) -> (GrayImage, Placement) {
    let (width, height) = (canvas.width, canvas.height);
    let ink = canvas.light.iter().map(|&value| (255.0 * value) as u8).collect();
    let ink = GrayImage::from_raw(width as u32, height as u32, ink).unwrap_or_default();
    let bbox = PixelBox::new(0, 0, width as i32, height as i32);
    let placement = Placement { bbox, rotation_deg: -style.skew_deg as f32, mirrored: false };
    let turned = extract(&ink, &placement);
    let lamp = (random.between(0.2, 0.8), random.between(0.2, 0.8));
    let paper = random.between(0.82, 0.95);
    let border = if style.border { style.dpi * random.between(0.05, 0.25) } else { 0.0 };
    let side = random.index(4);
    let mut picture = GrayImage::new(width as u32, height as u32);
    for (at, (out, &ink)) in picture.iter_mut().zip(turned.as_raw()).enumerate() {
        let (x, y) = ((at % width) as f64, (at / width) as f64);
        let far = (x / width as f64 - lamp.0).powi(2) + (y / height as f64 - lamp.1).powi(2);
        let light = paper * (1.0 - wear.uneven * far);
        let mut value = light * (1.0 - wear.contrast * f64::from(ink) / 255.0) + wear.noise * random.normal();
        let edge = [x, y, width as f64 - x, height as f64 - y];
        if edge[side] < border || edge[(side + 1) % 4] < 0.5 * border {
            value = 0.04 + 0.02 * random.normal();
        }
        *out = (255.0 * value).clamp(0.0, 255.0) as u8;
    }
    (picture, placement)
}

//! The empty frame of a style, and captions.

use super::super::canvas::Canvas;
use super::super::geometry::Format;
use super::super::random::Random;
use super::super::stroke;
use super::style::Style;
use crate::model::Calibration;

/// Margins and an empty panel.
pub(super) fn paper(style: &Style, calibration: &Calibration, format: &Format, random: &mut Random) -> Canvas {
    let [margin, panel, _] = style.tones;
    if calibration.film.bare_panel {
        return Canvas::new(format.width, format.height, panel);
    }
    let mut canvas = Canvas::new(format.width, format.height, margin);
    let [left, top, right, bottom] = format.panel;
    let limits = [left - 0.5, top - 0.5, right + 0.5, bottom + 0.5];
    canvas.rectangle(limits, panel, 1.0);
    let (width, height) = (format.width as f64, format.height as f64);
    if calibration.film.perforations {
        let (pitch, size) = (height * random.between(0.1, 0.3), height * random.between(0.02, 0.05));
        let mut x = pitch * random.share();
        while x < width {
            canvas.stroke((x, height), (x + size, height), size, 1.0 - margin, 0.9);
            x += pitch;
        }
    }
    if random.chance(0.3) {
        let (tone, thick) = (if margin < 0.5 { 1.0 } else { 0.0 }, random.between(0.8, 2.5));
        let corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)];
        for pair in corners.windows(2) {
            canvas.stroke(pair[0], pair[1], thick, tone, 0.9);
        }
    }
    // Captions of any kind stand in the wider margins.
    if random.chance(0.5) {
        let tall = (height - bottom).max(top) * random.between(0.25, 0.6);
        let middle = if height - bottom > top { 0.5 * (height + bottom) } else { 0.5 * top };
        let mut at = (width * random.between(0.02, 0.6), middle - 0.5 * tall);
        let tone = if margin < 0.5 { 1.0 } else { 0.0 };
        for _ in 0..6 + random.index(10) {
            at.0 += if random.chance(0.25) { 1.4 * tall } else { 0.8 * tall };
            digit(&mut canvas, random.index(10) as u8, at, tall, tone);
        }
    }
    canvas
}

/// Prints a caption into a corner of the panel, over what is there; often in a cleared box.
pub(super) fn caption_inside(canvas: &mut Canvas, style: &Style, format: &Format, random: &mut Random) {
    let tall = (format.height as f64 * random.between(0.02, 0.045)).max(7.0);
    let count = 4 + random.index(12);
    let [left, top, right, _] = format.panel;
    let wide = 0.85 * tall * count as f64;
    let x = if random.chance(0.7) { left + 0.5 * tall } else { (right - wide - tall).max(left) };
    let y = top + tall * random.between(0.3, 1.5);
    if random.chance(0.5) {
        let limits = [x - 0.4 * tall, y - 0.4 * tall, x + wide + 0.3 * tall, y + 1.4 * tall];
        canvas.rectangle(limits, style.tones[1], 1.0);
    }
    for i in (0..count).filter(|i| i % 5 != 4) {
        digit(canvas, random.index(10) as u8, (x + 0.85 * tall * i as f64, y), tall, style.tones[2]);
    }
}

/// Prints a digit with its upper left corner at a place.
pub(super) fn digit(canvas: &mut Canvas, digit: u8, (x, y): (f64, f64), tall: f64, tone: f32) {
    for line in stroke::printed(digit) {
        for pair in line.windows(2) {
            let at = |(u, v): (f64, f64)| (x + u * tall, y + v * tall);
            canvas.stroke(at(pair[0]), at(pair[1]), (0.13 * tall).max(1.0), tone, 0.95);
        }
    }
}

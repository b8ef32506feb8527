//! The empty frame of a style, its marks, rulings and printed values.

use super::super::canvas::Canvas;
use super::super::geometry::{Axes, Format};
use super::super::random::Random;
use super::super::stroke;
use super::super::wear::Wear;
use super::style::Style;
use crate::model::{Calibration, MarkStyle};

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

/// Draws marks and rulings.
pub(super) fn draw_grid(
    canvas: &mut Canvas,
    style: &Style,
    calibration: &Calibration,
    format: &Format,
    axes: &Axes,
    wear: &Wear,
    random: &mut Random,
) {
    let [left, top, right, bottom] = format.panel;
    let grid = &style.grid;
    let tone = if grid.is_light { style.tones[1].max(0.8) } else { style.tones[2] };
    let half = 0.5 * grid.width_px;
    let long = 0.02 * (bottom - top);
    let tall = (grid.text * format.height as f64).max(6.0);
    // Printed in the panel or in the margin beside it.
    let inside = calibration.film.bare_panel || random.chance(0.5);
    let ink = if inside || style.tones[0] > 0.5 { style.tones[2] } else { 1.0 };
    for &(mhz, x) in &axes.marks {
        let strength = (grid.strength * wear.marks * random.between(0.8, 1.0)) as f32;
        match calibration.sweep.style {
            MarkStyle::Line => dashes((top, bottom), grid.dash_px, |from, to| {
                canvas.rectangle([x - half, from, x + half, to], tone, strength);
            }),
            MarkStyle::Tick => {
                canvas.rectangle([x - half, top - 0.5, x + half, top + long], style.tones[2], 0.9);
                canvas.rectangle([x - half, bottom - long, x + half, bottom + 0.5], style.tones[2], 0.9);
            }
            MarkStyle::None => {}
        }
        if grid.text > 0.0 && calibration.sweep.style != MarkStyle::None {
            print(
                canvas,
                mhz,
                (x - 0.3 * tall, if inside { bottom - 1.3 * tall } else { bottom + 0.4 * tall }),
                tall,
                ink,
            );
        }
    }
    for &(km, y) in &axes.rulings {
        let every = calibration.height.strong_every;
        let is_strong = every > 0 && (km / calibration.height.spacing_km).round() as i64 % i64::from(every) == 0;
        let strength = grid.strength * wear.marks * if is_strong { 1.3 } else { random.between(0.6, 0.9) };
        let strength = strength.min(1.0) as f32;
        match calibration.height.style {
            MarkStyle::Line => dashes((left, right), grid.dash_px, |from, to| {
                canvas.rectangle([from, y - half, to, y + half], tone, strength);
            }),
            MarkStyle::Tick => {
                canvas.rectangle([left - 0.5, y - half, left + long, y + half], style.tones[2], 0.9);
                canvas.rectangle([right - long, y - half, right + 0.5, y + half], style.tones[2], 0.9);
            }
            MarkStyle::None => {}
        }
        if grid.text > 0.0 && calibration.height.style != MarkStyle::None {
            print(canvas, km, (if inside { left + 2.0 } else { left - 2.6 * tall }, y - 1.1 * tall), tall, ink);
        }
    }
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

/// Calls `draw` for each dash from one limit to the other.
fn dashes((from, to): (f64, f64), (dash, gap): (f64, f64), mut draw: impl FnMut(f64, f64)) {
    let mut at = from;
    while at < to {
        draw(at, (at + dash).min(to));
        at += dash + gap;
    }
}

/// Prints a whole number.
fn print(canvas: &mut Canvas, value: f64, mut at: (f64, f64), tall: f64, tone: f32) {
    for character in format!("{value:.0}").bytes().filter(u8::is_ascii_digit) {
        digit(canvas, character - b'0', at, tall, tone);
        at.0 += 0.8 * tall;
    }
}

fn digit(canvas: &mut Canvas, digit: u8, (x, y): (f64, f64), tall: f64, tone: f32) {
    for line in stroke::printed(digit) {
        for pair in line.windows(2) {
            let at = |(u, v): (f64, f64)| (x + u * tall, y + v * tall);
            canvas.stroke(at(pair[0]), at(pair[1]), (0.13 * tall).max(1.0), tone, 0.95);
        }
    }
}

//! Marks and rulings of a style, and the values printed beside them.

use super::super::canvas::Canvas;
use super::super::geometry::{Axes, Format};
use super::super::random::Random;
use super::super::wear::Wear;
use super::paper::digit;
use super::style::{Style, scale};
use crate::model::{Calibration, MarkerStyle};

/// How marks and rulings look where they are lines.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Grid {
    /// Drawn over the echoes.
    pub(super) is_above: bool,
    /// Light lines, which erase echoes, instead of dark ones.
    pub(super) is_light: bool,
    /// Strength, 0 to 1.
    pub(super) strength: f64,
    /// Width of a line, px.
    pub(super) width_px: f64,
    /// Length of a dash and of the gap after it, px; no gap if solid.
    pub(super) dash_px: (f64, f64),
    /// Height of the values printed beside marks and rulings, in shares of the picture's; 0 for none.
    pub(super) text: f64,
}

impl Grid {
    pub(super) fn random(on_screen: bool, random: &mut Random) -> Self {
        let dash_px = match random.index(5) {
            0 => (random.between(1.0, 2.0), random.between(2.0, 6.0)),
            1 => (random.between(3.0, 10.0), random.between(2.0, 8.0)),
            _ => (1e9, 0.0),
        };
        Self {
            is_above: random.chance(0.6),
            is_light: random.chance(0.2),
            strength: random.between(0.08, 1.0),
            width_px: if on_screen { 1.0 } else { scale(random, 0.6, 3.5) },
            dash_px,
            text: if random.chance(0.3) { random.between(0.015, 0.035) } else { 0.0 },
        }
    }
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
            MarkerStyle::Line => dashes((top, bottom), grid.dash_px, |from, to| {
                canvas.rectangle([x - half, from, x + half, to], tone, strength);
            }),
            MarkerStyle::Tick => {
                canvas.rectangle([x - half, top - 0.5, x + half, top + long], style.tones[2], 0.9);
                canvas.rectangle([x - half, bottom - long, x + half, bottom + 0.5], style.tones[2], 0.9);
            }
            MarkerStyle::None => {}
        }
        if grid.text > 0.0 && calibration.sweep.style != MarkerStyle::None {
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
            MarkerStyle::Line => dashes((left, right), grid.dash_px, |from, to| {
                canvas.rectangle([from, y - half, to, y + half], tone, strength);
            }),
            MarkerStyle::Tick => {
                canvas.rectangle([left - 0.5, y - half, left + long, y + half], style.tones[2], 0.9);
                canvas.rectangle([right - long, y - half, right + 0.5, y + half], style.tones[2], 0.9);
            }
            MarkerStyle::None => {}
        }
        if grid.text > 0.0 && calibration.height.style != MarkerStyle::None {
            print(canvas, km, (if inside { left + 2.0 } else { left - 2.6 * tall }, y - 1.1 * tall), tall, ink);
        }
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

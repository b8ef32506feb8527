//! Draws the data panel and what the sounder writes on it beside echoes: marks, rulings, resonances. Dark on light.

use super::canvas::Canvas;
use super::draw_echo::pulse_pitch;
use super::geometry::{Axes, Format};
use super::random::Random;
use super::wear::Wear;
use crate::model::{Calibration, HeightDirection, MarkerStyle, Sounder};

/// Light of an unexposed margin and of an empty panel.
const MARGIN: f32 = 0.05;
const PANEL: f32 = 0.95;

/// A frame with its empty panel, margins, perforations and timing dots.
pub(super) fn blank_frame(calibration: &Calibration, format: &Format, axes: &Axes, random: &mut Random) -> Canvas {
    let (width, height) = (format.width as f64, format.height as f64);
    let bare = calibration.film.bare_panel;
    let mut canvas = Canvas::new(format.width, format.height, if bare { PANEL } else { MARGIN });
    if bare {
        return canvas;
    }
    let [left, top, right, bottom] = format.panel;
    canvas.rectangle([left - 0.5, top - 0.5, right + 0.5, bottom + 0.5], PANEL, 1.0);
    // The beam writes line by line, no two alike, and does not quite fill the space between them.
    let pitch = pulse_pitch(format);
    if !format.bilevel && pitch > 1.5 {
        let mut x = left;
        while x < right - pitch {
            let (line, between) = (0.06 * random.share(), 0.16 * random.share());
            canvas.rectangle([x - 0.5, top, x + pitch - 0.5, bottom], 0.2, line as f32);
            canvas.rectangle([x - 0.5, top, x + 0.3 * pitch - 0.5, bottom], 0.2, between as f32);
            x += pitch;
        }
    }
    // The beam's start jitters: the panel's edge on the zero side is ragged.
    if calibration.height.direction == HeightDirection::Down {
        let mut depth = 0.0;
        for x in left as i64..=right as i64 {
            depth = 0.9 * depth + 0.1 * height * 0.012 * random.share();
            canvas.rectangle([x as f64 - 0.5, top - 0.5, x as f64 + 0.5, top - 0.5 + depth], MARGIN, 1.0);
        }
    }
    let zero = axes.range.y_at(0.0, 0.0);
    if calibration.height.zero_line && (zero < top - 1.0 || zero > bottom + 1.0) {
        let half = 0.0016 * height;
        canvas.rectangle([left, zero - half, right, zero + half], 1.0, 0.95);
    }
    if calibration.film.perforations {
        // Half holes at the film's edge, lit along their rim.
        let pitch = 0.15 * height;
        let radius = 0.036 * height;
        let start = random.share() * pitch;
        for i in 0..(width / pitch) as i64 + 2 {
            let centre = start + i as f64 * pitch - pitch;
            let arc = |turn: f64| (centre + radius * turn.cos(), height + 0.4 * radius + radius * turn.sin());
            for step in 0..16 {
                let turn = |k: i32| -std::f64::consts::PI * (0.05 + 0.9 * f64::from(k) / 16.0);
                canvas.stroke(arc(turn(step)), arc(turn(step + 1)), 0.0016 * height, 1.0, 0.7);
            }
        }
    }
    if calibration.sounder == Sounder::Topside && left < 0.1 * width {
        let pitch = 0.076 * width;
        let start = random.share() * pitch;
        for i in 0..(width / pitch) as i64 + 1 {
            let size = if i % 5 == 1 { 0.016 } else { 0.009 } * height;
            let at = (start + i as f64 * pitch, bottom + 0.016 * height);
            canvas.stroke(at, (at.0 + 0.3 * size, at.1), size, 1.0, 0.95);
        }
    }
    canvas
}

/// Draws marks and rulings.
pub(super) fn draw_grid(
    canvas: &mut Canvas,
    calibration: &Calibration,
    format: &Format,
    axes: &Axes,
    wear: &Wear,
    random: &mut Random,
) {
    let [left, top, right, bottom] = format.panel;
    let (width, height) = (right - left, bottom - top);
    let hairline = if format.bilevel { 1.0 } else { 0.0022 * height };
    for &(_, x) in &axes.marks {
        let strength = (wear.marks * random.between(0.75, 1.05)).min(1.0) as f32;
        match calibration.sweep.style {
            MarkerStyle::Line => {
                let half = 0.5 * (0.0045 * height * random.between(0.8, 1.6)).max(1.0);
                // Some marks start late or end early, as the gate that paints them opens.
                let from = if random.chance(0.15) { top + 0.3 * height * random.share() } else { top };
                canvas.rectangle([x - half, from, x + half, bottom], 0.04, strength);
            }
            MarkerStyle::Tick => {
                let long = 0.028 * height;
                let x = x.round();
                canvas.rectangle([x - 0.5, top - 0.5, x + 0.5, top + long], 0.0, strength);
                canvas.rectangle([x - 0.5, bottom - 0.75 * long, x + 0.5, bottom + 0.5], 0.0, strength);
            }
            MarkerStyle::None => {}
        }
    }
    for &(km, y) in &axes.rulings {
        let strong = calibration.height.strong_every > 0
            && (km / calibration.height.spacing_km).round() as i64 % i64::from(calibration.height.strong_every) == 0;
        let half = 0.5 * (hairline * if strong { 1.5 } else { 1.0 }).max(0.7);
        let strength = (wear.marks * if strong { 0.85 } else { random.between(0.5, 0.65) }) as f32;
        match calibration.height.style {
            MarkerStyle::Line => {
                // The beam's deflection trembles a little.
                let (piece, mut off) = (0.004 * width, 0.0);
                let mut x = left;
                while x < right {
                    off = 0.8 * off + 0.00025 * height * random.normal();
                    let strength = strength * random.between(0.8, 1.1) as f32;
                    let end = (x + piece).min(right);
                    canvas.rectangle([x - 0.5, y + off - half, end - 0.5, y + off + half], 0.05, strength.min(1.0));
                    x = end;
                }
            }
            MarkerStyle::Tick => {
                let (y, long) = (y.round(), 0.014 * width);
                canvas.rectangle([left - 0.5, y - 1.0, left + long, y + 1.0], 0.0, 1.0);
                canvas.rectangle([right - long, y - 1.0, right + 0.5, y + 1.0], 0.0, 1.0);
            }
            MarkerStyle::None => {}
        }
    }
}

/// Draws the plasma resonances that hang from the zero line of topside film.
pub(super) fn draw_resonances(
    canvas: &mut Canvas,
    format: &Format,
    axes: &Axes,
    resonances_mhz: &[f64],
    random: &mut Random,
) {
    let [left, top, right, bottom] = format.panel;
    for &mhz in resonances_mhz {
        let x = axes.sweep.x_at(mhz, axes.sweep.reference_y);
        if x < left + 4.0 || x > right - 4.0 {
            continue;
        }
        let long = (bottom - top) * random.between(0.06, 0.3);
        let broad = 0.004 * format.width as f64 * random.between(0.5, 1.3);
        for y in top as i64..(top + long) as i64 {
            let taper = 1.0 - ((y as f64 - top) / long).powf(0.7);
            let half = broad * taper * random.between(0.7, 1.1) + 0.4;
            canvas.rectangle([x - half, y as f64 - 0.5, x + half, y as f64 + 0.5], 0.03, 0.95);
        }
    }
}

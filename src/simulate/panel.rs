//! Draws the data panel: marks, rulings, echoes, resonances, noise. Echoes come out dark on light.

use super::canvas::Canvas;
use super::echo::Echo;
use super::geometry::{Axes, Format};
use super::random::Random;
use super::wear::Wear;
use crate::model::{Calibration, HeightDirection, MarkStyle, Sounder};

/// Light of an unexposed margin and of an empty panel.
const MARGIN: f32 = 0.05;
const PANEL: f32 = 0.95;

/// Strip of the trace along the delay: what one pulse leaves, km.
const PULSE_KM: f64 = 14.0;

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
    let hairline = if calibration.film.bilevel { 1.0 } else { 0.0022 * height };
    for &(_, x) in &axes.marks {
        let strength = (wear.marks * random.between(0.75, 1.05)).min(1.0) as f32;
        match calibration.sweep.style {
            MarkStyle::Line => {
                let half = 0.5 * (0.0045 * height * random.between(0.8, 1.6)).max(1.0);
                // Some marks start late or end early, as the gate that paints them opens.
                let from = if random.chance(0.15) { top + 0.3 * height * random.share() } else { top };
                canvas.rectangle([x - half, from, x + half, bottom], 0.04, strength);
            }
            MarkStyle::Tick => {
                let long = 0.028 * height;
                let x = x.round();
                canvas.rectangle([x - 0.5, top - 0.5, x + 0.5, top + long], 0.0, strength);
                canvas.rectangle([x - 0.5, bottom - 0.75 * long, x + 0.5, bottom + 0.5], 0.0, strength);
            }
            MarkStyle::None => {}
        }
    }
    for &(km, y) in &axes.rulings {
        let strong = calibration.height.strong_every > 0
            && (km / calibration.height.spacing_km).round() as i64 % i64::from(calibration.height.strong_every) == 0;
        let half = 0.5 * (hairline * if strong { 1.5 } else { 1.0 }).max(0.7);
        let strength = (wear.marks * if strong { 0.85 } else { random.between(0.5, 0.65) }) as f32;
        match calibration.height.style {
            MarkStyle::Line => canvas.rectangle([left, y - half, right, y + half], 0.05, strength),
            MarkStyle::Tick => {
                let (y, long) = (y.round(), 0.014 * width);
                canvas.rectangle([left - 0.5, y - 1.0, left + long, y + 1.0], 0.0, 1.0);
                canvas.rectangle([right - long, y - 1.0, right + 0.5, y + 1.0], 0.0, 1.0);
            }
            MarkStyle::None => {}
        }
    }
}

/// How far down the picture an echo of a strength reaches from its leading edge, px; negative if upward.
pub(super) fn pulse_px(axes: &Axes, strength: f64) -> f64 {
    let km_px = (axes.range.y_at(100.0, 0.0) - axes.range.y_at(0.0, 0.0)) / 100.0;
    (PULSE_KM * km_px.abs() * (0.45 + 0.55 * strength)).max(1.5).copysign(km_px)
}

/// Draws the traces.
pub(super) fn draw_echoes(
    canvas: &mut Canvas,
    format: &Format,
    axes: &Axes,
    echoes: &[Echo],
    wear: &Wear,
    random: &mut Random,
) {
    let [left, top, right, bottom] = format.panel;
    let mut layer = Canvas::new(format.width, format.height, 0.0);
    let half_width = (0.0011 * format.width as f64).max(0.6);
    for echo in echoes {
        // The echo fades along the trace with several slow rhythms of its own.
        let (rhythm, phase) = (
            [0.013, 0.041, 0.11].map(|rate| rate * random.between(0.7, 1.3)),
            [random.share(), random.share(), random.share()],
        );
        let mut draw = |x: f64, y: f64, strength: f64| {
            let place = x * 2000.0 / format.width as f64;
            let swing: f64 = rhythm
                .iter()
                .zip(phase)
                .map(|(rate, phase)| (std::f64::consts::TAU * (rate * place + phase)).sin())
                .sum();
            let strength = strength
                * (1.0 - wear.fading * (0.5 + 0.25 * swing).clamp(0.0, 1.0))
                * (1.0 + 0.25 * wear.fading * random.normal());
            let long = pulse_px(axes, strength);
            let (from, to) = (y.min(y + long), y.max(y + long));
            deepen(
                &mut layer,
                [(x - half_width).max(left), from.max(top), (x + half_width).min(right), to.min(bottom)],
                strength as f32,
            );
        };
        for pair in echo.points.windows(2) {
            let at = |i: usize| {
                let x = axes.sweep.x_at(pair[i].mhz, axes.sweep.reference_y);
                (x, axes.range.y_at(pair[i].km, x))
            };
            let (from, to) = (at(0), at(1));
            let steps = (to.0 - from.0).abs().max((to.1 - from.1).abs()).ceil().clamp(1.0, 400.0) as u32;
            // A hole in the trace, where the sheet below hides it, is not bridged.
            if (to.0 - from.0).abs() > 0.02 * format.width as f64 {
                continue;
            }
            for step in 0..steps {
                let t = f64::from(step) / f64::from(steps);
                let strength = pair[0].strength + t * (pair[1].strength - pair[0].strength);
                draw(from.0 + t * (to.0 - from.0), from.1 + t * (to.1 - from.1), strength);
            }
        }
    }
    for (pixel, echo) in canvas.light.iter_mut().zip(&layer.light) {
        // Pulses are noise-like: the weaker the echo, the more it breaks up.
        let strength =
            (echo * (1.0 + (wear.fading * 0.35 * random.normal() * f64::from(1.2 - echo)) as f32)).clamp(0.0, 1.0);
        *pixel *= 1.0 - 0.97 * strength;
    }
}

/// Raises a layer to at least `strength` within a soft rectangle.
fn deepen(layer: &mut Canvas, [left, top, right, bottom]: [f64; 4], strength: f32) {
    let cover =
        |low: f64, high: f64, at: i64| (high.min(at as f64 + 0.5) - low.max(at as f64 - 0.5)).clamp(0.0, 1.0) as f32;
    for y in top.round().max(0.0) as i64..=(bottom.round() as i64).min(layer.height as i64 - 1) {
        for x in left.round().max(0.0) as i64..=(right.round() as i64).min(layer.width as i64 - 1) {
            let pixel = &mut layer.light[y as usize * layer.width + x as usize];
            *pixel = pixel.max(strength.min(1.0) * cover(left, right, x) * cover(top, bottom, y));
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

/// Draws receiver noise over the panel and stations that disturb whole columns.
pub(super) fn draw_noise(canvas: &mut Canvas, format: &Format, wear: &Wear, random: &mut Random) {
    let [left, top, right, bottom] = format.panel;
    let (width, height) = (right - left, bottom - top);
    let dash = (0.006 * height).max(1.0);
    let loud: Vec<(f64, f64)> =
        (0..4).map(|_| (left + width * random.share(), width * random.between(0.03, 0.15))).collect();
    let specks = (wear.speckle * width * height / (1.0 + 0.5 * dash)) as u64;
    for _ in 0..specks {
        // Noise gathers where broadcasting bands lie.
        let x = if random.chance(0.6) {
            let (centre, spread) = loud[random.index(loud.len())];
            centre + spread * random.normal()
        } else {
            left + width * random.share()
        };
        let (x, y) = (x.round(), top + height * random.share());
        let strength = random.between(0.2, 0.85) as f32;
        if x > left && x < right {
            canvas.rectangle([x - 0.5, y, x + 0.5, (y + dash * random.share() + 1.0).min(bottom)], 0.1, strength);
        }
    }
    for _ in 0..wear.interference {
        let x = left + width * random.share();
        let half = (0.0006 * width * random.between(0.5, 3.0)).max(0.5);
        let level = random.between(0.15, 0.7);
        let mut y = top + height * if random.chance(0.3) { random.between(0.0, 0.6) } else { 0.0 };
        let end = if random.chance(0.3) { y + (bottom - y) * random.share() } else { bottom };
        while y < end {
            let next = (y + dash * random.between(0.5, 3.0)).min(end);
            canvas.rectangle([x - half, y, x + half, next], 0.1, (level * random.between(0.1, 1.2)) as f32);
            y = next;
        }
    }
}

//! Draws echoes as the sounder's beam does: a line for each pulse, dark from the leading edge on.

use super::canvas::Canvas;
use super::echo::{Echo, EchoPoint, Kind};
use super::geometry::{Axes, Format};
use super::random::Random;
use super::wear::Wear;

/// How far down the picture an echo of a strength reaches from its leading edge, px; negative if upward.
pub(super) fn pulse_px(axes: &Axes, strength: f64) -> f64 {
    let km_px = (axes.range.y_at(100.0, 0.0) - axes.range.y_at(0.0, 0.0)) / 100.0;
    (axes.pulse_km * km_px.abs() * (0.5 + 0.6 * strength)).max(1.5).copysign(km_px)
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
    let mut layer = Canvas::new(format.width, format.height, 0.0);
    // Some frames fade more than others.
    let depth = (wear.fading * random.between(0.4, 1.5)).min(0.95);
    for echo in echoes {
        // Scatter comes from patches: it breaks up more than a trace.
        let depth = if echo.kind == Kind::Scatter { 0.5 + 0.5 * depth } else { depth };
        let mut beam = Beam::new(format, axes, depth, random);
        for pair in echo.points.windows(2) {
            beam.draw(&mut layer, pair[0], pair[1]);
        }
    }
    for (pixel, echo) in canvas.light.iter_mut().zip(&layer.light) {
        *pixel *= 1.0 - 0.97 * echo;
    }
}

/// One echo on its way to the film.
struct Beam<'a> {
    format: &'a Format,
    axes: &'a Axes,
    fading: Fading,
    /// Distance of the pulses' lines, px.
    pitch: f64,
    /// How each line deviates from its neighbours: strength, length and leading edge, near standard normal.
    jitter: Vec<[f64; 3]>,
}

impl<'a> Beam<'a> {
    fn new(format: &'a Format, axes: &'a Axes, depth: f64, random: &mut Random) -> Self {
        let pitch = pulse_pitch(format);
        let lines = (format.width as f64 / pitch) as usize + 2;
        let jitter = (0..lines).map(|_| [random.normal(), random.normal(), random.normal()]).collect();
        Self { format, axes, fading: Fading::new(depth, random), pitch, jitter }
    }

    /// Draws the piece between two points of a trace.
    fn draw(&mut self, layer: &mut Canvas, from: EchoPoint, to: EchoPoint) {
        let place = |point: EchoPoint| {
            let x = self.axes.sweep.x_at(point.mhz, self.axes.sweep.reference_y);
            (x, self.axes.range.y_at(point.km, x))
        };
        let ((x0, y0), (x1, y1)) = (place(from), place(to));
        // A hole in the trace, where the sheet below hides it, is not bridged.
        if (x1 - x0).abs() > 0.02 * self.format.width as f64 {
            return;
        }
        let steps = (x1 - x0).abs().max((y1 - y0).abs()).ceil().clamp(1.0, 400.0) as u32;
        for step in 0..steps {
            let t = f64::from(step) / f64::from(steps);
            self.pulse(
                layer,
                x0 + t * (x1 - x0),
                y0 + t * (y1 - y0),
                from.strength + t * (to.strength - from.strength),
            );
        }
    }

    fn pulse(&mut self, layer: &mut Canvas, x: f64, y: f64, strength: f64) {
        let [left, top, right, bottom] = self.format.panel;
        let line = (x / self.pitch).round();
        let Some(&[louder, longer, later]) = self.jitter.get(line.max(0.0) as usize) else { return };
        let strength =
            strength * self.fading.at(x / self.format.width as f64) * (1.0 + 0.3 * self.fading.depth * louder);
        // The receiver's limiter: what is above the noise soon blackens fully.
        let dark = ((strength - 0.06) / 0.34).clamp(0.0, 1.0);
        if dark <= 0.0 {
            return;
        }
        let dark = dark * dark * (3.0 - 2.0 * dark);
        let long = pulse_px(self.axes, strength.min(1.0)) * (1.0 + 0.14 * longer).max(0.3);
        let edge = y + later * 0.0005 * self.format.height as f64;
        let middle = line * self.pitch;
        let (from, to) = (edge.min(edge + long), edge.max(edge + long));
        deepen(
            layer,
            [
                (middle - 0.5 * self.pitch).max(left),
                from.max(top),
                (middle + 0.5 * self.pitch).min(right),
                to.min(bottom),
            ],
            dark as f32,
        );
    }
}

/// Distance from one pulse's line on the film to the next, px.
pub(super) fn pulse_pitch(format: &Format) -> f64 {
    (0.0011 * format.width as f64).max(1.0)
}

/// Fading along a trace: a steady part and many paths that beat with each other.
struct Fading {
    depth: f64,
    waves: [(f64, f64); 5],
}

impl Fading {
    fn new(depth: f64, random: &mut Random) -> Self {
        let rates = [7.0, 17.0, 31.0, 53.0, 89.0];
        Self { depth, waves: rates.map(|rate| (rate * random.between(0.6, 1.4), random.share())) }
    }

    /// Factor of the strength at a place, in shares of the picture's width.
    fn at(&self, place: f64) -> f64 {
        let (mut real, mut imaginary) = (0.0, 0.0);
        for &(rate, phase) in &self.waves {
            let (sin, cos) = (std::f64::consts::TAU * (rate * place + phase)).sin_cos();
            real += 0.45 * cos;
            imaginary += 0.45 * sin;
        }
        (1.0 - self.depth + self.depth * real).hypot(self.depth * imaginary)
    }
}

/// Raises a layer to at least `strength` within a soft rectangle.
fn deepen(layer: &mut Canvas, [left, top, right, bottom]: [f64; 4], strength: f32) {
    let cover =
        |low: f64, high: f64, at: i64| (high.min(at as f64 + 0.5) - low.max(at as f64 - 0.5)).clamp(0.0, 1.0) as f32;
    for y in top.round().max(0.0) as i64..=(bottom.round() as i64).min(layer.height as i64 - 1) {
        for x in left.round().max(0.0) as i64..=(right.round() as i64).min(layer.width as i64 - 1) {
            let pixel = &mut layer.light[y as usize * layer.width + x as usize];
            *pixel = pixel.max(strength * cover(left, right, x) * cover(top, bottom, y));
        }
    }
}

//! Draws what the receiver catches beside echoes: noise, stations and crashes.

use super::canvas::Canvas;
use super::draw_echo::pulse_pitch;
use super::geometry::{Axes, Format};
use super::interference::Interference;
use super::random::Random;
use super::wear::Wear;

/// Draws noise over the panel and the stations that disturb whole columns.
pub(super) fn draw_noise(
    canvas: &mut Canvas,
    format: &Format,
    axes: &Axes,
    interference: &Interference,
    wear: &Wear,
    random: &mut Random,
) {
    let [left, top, right, bottom] = format.panel;
    let (width, height) = (right - left, bottom - top);
    // Noise is as long as a pulse, since the receiver is as broad as that asks.
    let dash = super::draw_echo::pulse_px(axes, 0.5).abs().max(1.5);
    let column =
        |mhz: f64| Some(axes.sweep.x_at(mhz, axes.sweep.reference_y)).filter(|&x| x > left + 1.0 && x < right - 1.0);
    let loudness = loudness(format, &column, interference, random);
    let pitch = pulse_pitch(format);
    // Noise too fine for the film to resolve greys the columns.
    if !format.bilevel {
        for (i, loud) in loudness.iter().enumerate() {
            let x = left + i as f64;
            let grey = (6.0 * wear.speckle).min(0.35) * loud * random.between(0.5, 1.0);
            canvas.rectangle([x - 0.5, top, (x + 0.5).min(right), bottom], 0.3, grey as f32);
        }
    }
    let specks = (wear.speckle * width * height / (pitch * (1.0 + 0.5 * dash))) as u64;
    for _ in 0..specks {
        let x = left + width * random.share();
        let (keep, y) = (random.share(), top + height * random.share());
        let (strength, long) = (random.between(0.08, 0.7), dash * (0.1 + 0.9 * random.share() * random.share()));
        if keep < loudness[(x - left) as usize] {
            let x = (x / pitch).round() * pitch;
            canvas.rectangle(
                [(x - 0.5 * pitch).max(left), y, (x + 0.5 * pitch).min(right), (y + long).min(bottom)],
                0.06,
                strength as f32,
            );
        }
    }
    for carrier in &interference.carriers {
        let Some(x) = column(carrier.mhz) else { continue };
        let at = |mhz: f64| axes.sweep.x_at(mhz, axes.sweep.reference_y);
        let half = (0.5 * (at(carrier.mhz + carrier.half_mhz) - at(carrier.mhz - carrier.half_mhz))).max(0.5);
        // Keyed signals come and go within the sweep, carriers stay; within their width no two lines are alike.
        let start = top + height * if random.chance(0.25) { random.between(0.0, 0.6) } else { 0.0 };
        let end = if random.chance(0.25) { start + (bottom - start) * random.share() } else { bottom };
        let lines = (2.0 * half / pitch).round().max(1.0);
        let each = 2.0 * half / lines;
        for line in 0..lines as u32 {
            let from = x - half + f64::from(line) * each;
            let loud = carrier.level * random.between(0.5, 1.1);
            let mut y = start;
            while y < end {
                let next = (y + dash * random.between(0.2, 1.5)).min(end);
                let strength = loud * random.between(0.2, 1.2);
                canvas.rectangle([from, y, from + each, next], 0.1, strength as f32);
                y = next;
            }
        }
    }
    for &mhz in &interference.crashes {
        let Some(x) = column(mhz).map(f64::round) else { continue };
        let (mut y, mut strength) = (top + height * random.share(), random.between(0.3, 0.8));
        while y < bottom && strength > 0.08 {
            let next = (y + dash * random.between(0.2, 1.0)).min(bottom);
            canvas.rectangle(
                [x - 0.5 * pitch, y, x + 0.5 * pitch, next],
                0.1,
                (strength * random.between(0.3, 1.2)) as f32,
            );
            strength *= 0.96;
            y = next;
        }
    }
}

/// How loud the noise is in each column of the panel, 0 to 1: louder around stations, by night at the low end, and elsewhere in
/// broad swells as the gain follows.
fn loudness(
    format: &Format,
    column: &impl Fn(f64) -> Option<f64>,
    interference: &Interference,
    random: &mut Random,
) -> Vec<f64> {
    let [left, _, right, _] = format.panel;
    let width = right - left;
    let mut swells: Vec<(f64, f64, f64)> = (0..5)
        .map(|_| (left + width * random.share(), width * random.between(0.02, 0.1), random.between(0.05, 0.5)))
        .collect();
    let near = |carrier: &super::interference::Carrier| Some((column(carrier.mhz)?, carrier.level));
    swells.extend(
        interference.carriers.iter().filter_map(near).map(|(x, level)| (x, width * random.between(0.004, 0.03), level)),
    );
    (0..=width as usize + 1)
        .map(|i| {
            let place = i as f64 / width;
            let night = 0.5 * interference.hiss * (1.0 - place / 0.4).max(0.0);
            let sum: f64 = swells
                .iter()
                .map(|&(x, reach, level)| level * (1.0 - ((i as f64 + left - x) / (2.0 * reach)).powi(2)).max(0.0))
                .sum();
            (0.12 + night + sum).min(1.0)
        })
        .collect()
}

//! What film and scanner do to a picture: blur, uneven light, gradation, grain, scratches, dust, a slight turn.

use super::canvas::Canvas;
use super::random::Random;
use crate::model::Placement;
use image::GrayImage;
use serde::{Deserialize, Serialize};

/// How bad the film is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Fresh film, quiet receiver.
    Clean,
    /// Ordinary film of an archive.
    Typical,
    /// Hard to read for a person.
    Poor,
    /// Mostly lost: much of it should be rejected.
    Ruined,
}

/// Amounts of each defect.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Wear {
    /// Grain, one sigma of light.
    pub(super) grain: f64,
    /// Blur, one sigma in thousandths of the picture's height.
    pub(super) blur: f64,
    /// Largest turn, degrees.
    pub(super) skew_deg: f64,
    /// Fall of light to the corners.
    pub(super) uneven: f64,
    /// Scratches and hairs for each frame.
    pub(super) scratches: u32,
    /// Dust specks for each frame.
    pub(super) dust: u32,
    /// Noise echoes for each panel pixel.
    pub(super) speckle: f64,
    /// Stations that disturb the receiver.
    pub(super) interference: u32,
    /// How much echoes fade along the trace, 0 to 1.
    pub(super) fading: f64,
    /// Strength of marks and rulings.
    pub(super) marks: f64,
    /// Contrast of the film.
    pub(super) contrast: f64,
}

impl Wear {
    /// Amounts for a level.
    pub(super) fn of(level: Level) -> Self {
        let wear = |grain, blur, skew_deg, uneven, scratches, dust, speckle, interference, fading, marks, contrast| {
            Self { grain, blur, skew_deg, uneven, scratches, dust, speckle, interference, fading, marks, contrast }
        };
        match level {
            Level::Clean => wear(0.01, 0.7, 0.0, 0.03, 0, 0, 0.0, 0, 0.05, 1.0, 1.0),
            Level::Typical => wear(0.035, 0.9, 0.25, 0.12, 2, 12, 0.006, 9, 0.35, 0.9, 1.0),
            Level::Poor => wear(0.07, 1.6, 0.7, 0.3, 8, 60, 0.02, 25, 0.65, 0.7, 0.7),
            Level::Ruined => wear(0.13, 2.6, 1.0, 0.55, 25, 200, 0.06, 60, 0.9, 0.35, 0.4),
        }
    }
}

/// Exposes a drawn picture: light values come out as pixels of the scan.
pub(super) fn expose(mut canvas: Canvas, placement: &Placement, wear: &Wear, random: &mut Random) -> GrayImage {
    let (width, height) = (canvas.width, canvas.height);
    scratch(&mut canvas, wear, random);
    canvas.blur(wear.blur * height as f64 / 1000.0);
    let lamp = (random.between(0.3, 0.7) * width as f64, random.between(0.3, 0.7) * height as f64);
    let mut pixels = Vec::with_capacity(width * height);
    for y in 0..height {
        for x in 0..width {
            let (x, y) = (x as f64, y as f64);
            let light = if placement.rotation_deg == 0.0 {
                canvas.light[y as usize * width + x as usize]
            } else {
                let (from_x, from_y) = placement.to_frame(x, y);
                canvas.sample(from_x, from_y)
            };
            let off = ((x - lamp.0) / width as f64).powi(2) + ((y - lamp.1) / height as f64).powi(2);
            let light = (0.5 + (f64::from(light) - 0.5) * wear.contrast) * (1.0 - wear.uneven * 2.0 * off);
            // Grain shows most in the middle tones.
            let grain = wear.grain * (0.4 + 2.4 * light * (1.0 - light)) * random.normal();
            pixels.push(((gradation(light) + grain) * 255.0).round().clamp(0.0, 255.0) as u8);
        }
    }
    GrayImage::from_raw(width as u32, height as u32, pixels).unwrap_or_default()
}

/// The film's curve: soft towards black and white.
fn gradation(light: f64) -> f64 {
    let light = light.clamp(0.0, 1.0);
    0.03 + 0.94 * (0.35 * light + 0.65 * light * light * (3.0 - 2.0 * light))
}

fn scratch(canvas: &mut Canvas, wear: &Wear, random: &mut Random) {
    let (width, height) = (canvas.width as f64, canvas.height as f64);
    for _ in 0..wear.scratches {
        // Scratches run along the film, hairs lie anyhow.
        let from = (random.share() * width, random.share() * height);
        let long = if random.chance(0.5) {
            (random.normal() * 0.3 * width, random.normal() * 0.002 * height)
        } else {
            (random.normal() * 0.02 * width, random.normal() * 0.05 * height)
        };
        let light = if random.chance(0.6) { 1.0 } else { 0.0 };
        let thickness = height * random.between(0.0008, 0.0022);
        canvas.stroke(from, (from.0 + long.0, from.1 + long.1), thickness, light, random.between(0.4, 0.9) as f32);
    }
    for _ in 0..wear.dust {
        let at = (random.share() * width, random.share() * height);
        let size = height * random.between(0.001, 0.005);
        let light = if random.chance(0.5) { 1.0 } else { 0.0 };
        canvas.stroke(at, at, size, light, random.between(0.4, 0.95) as f32);
    }
}

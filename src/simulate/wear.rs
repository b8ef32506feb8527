//! What film and scanner do to a picture: blur, uneven light, gradation, grain, scratches, dust, a slight turn.

use super::canvas::Canvas;
use super::random::Random;
use crate::model::Placement;
use image::{ImageBuffer, Luma};
use imageproc::geometric_transformations::{Border, Interpolation, warp_with};
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

impl Level {
    /// The name in truth files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Typical => "typical",
            Self::Poor => "poor",
            Self::Ruined => "ruined",
        }
    }
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
    /// Weakest echo that a person still finds on such film, 0 to 1.
    pub(super) faintest: f64,
    /// Share of frames on which the transmitter was off.
    pub(super) silent: f64,
    /// Share of frames before which some are missing.
    pub(super) gaps: f64,
}

impl Wear {
    /// Amounts for a level.
    pub(super) fn of(level: Level) -> Self {
        let clean = Self {
            grain: 0.01,
            blur: 0.7,
            skew_deg: 0.0,
            uneven: 0.03,
            scratches: 0,
            dust: 0,
            speckle: 0.0,
            interference: 0,
            fading: 0.05,
            marks: 1.0,
            contrast: 1.0,
            faintest: 0.12,
            silent: 0.0,
            gaps: 0.0,
        };
        match level {
            Level::Clean => clean,
            Level::Typical => Self {
                grain: 0.035,
                blur: 0.9,
                skew_deg: 0.25,
                uneven: 0.12,
                scratches: 2,
                dust: 12,
                speckle: 0.03,
                interference: 14,
                fading: 0.35,
                marks: 0.9,
                faintest: 0.2,
                silent: 0.004,
                gaps: 0.01,
                ..clean
            },
            Level::Poor => Self {
                grain: 0.07,
                blur: 1.6,
                skew_deg: 0.7,
                uneven: 0.3,
                scratches: 8,
                dust: 60,
                speckle: 0.07,
                interference: 30,
                fading: 0.65,
                marks: 0.7,
                contrast: 0.7,
                faintest: 0.32,
                silent: 0.02,
                gaps: 0.03,
            },
            Level::Ruined => Self {
                grain: 0.15,
                blur: 2.6,
                skew_deg: 1.0,
                uneven: 0.55,
                scratches: 25,
                dust: 200,
                speckle: 0.16,
                interference: 60,
                fading: 0.9,
                marks: 0.35,
                contrast: 0.3,
                faintest: 0.5,
                silent: 0.06,
                gaps: 0.08,
            },
        }
    }
}

impl Wear {
    /// Amounts between the levels: from clean on 30, near typical 45, poor 20 and ruined 5 times of 100; each defect
    /// strays for itself by up to half a level.
    pub(super) fn random(random: &mut Random) -> Self {
        let level = match random.share() {
            s if s < 0.30 => random.between(0.0, 0.8),
            s if s < 0.75 => random.between(0.7, 1.3),
            s if s < 0.95 => random.between(1.3, 2.3),
            _ => random.between(2.3, 3.0),
        };
        let levels = [Level::Clean, Level::Typical, Level::Poor, Level::Ruined].map(Self::of);
        let mix = |of: &dyn Fn(&Self) -> f64, at: f64| {
            let at = at.clamp(0.0, 3.0);
            let low = (at as usize).min(2);
            let (a, b) = (of(&levels[low]), of(&levels[low + 1]));
            a + (at - low as f64) * (b - a)
        };
        let mut amount = |of: &dyn Fn(&Self) -> f64| mix(of, level + 0.25 * random.normal().clamp(-2.0, 2.0));
        Self {
            grain: amount(&|wear| wear.grain),
            blur: amount(&|wear| wear.blur),
            skew_deg: amount(&|wear| wear.skew_deg),
            uneven: amount(&|wear| wear.uneven),
            scratches: amount(&|wear| f64::from(wear.scratches)).round() as u32,
            dust: amount(&|wear| f64::from(wear.dust)).round() as u32,
            speckle: amount(&|wear| wear.speckle),
            interference: amount(&|wear| f64::from(wear.interference)).round() as u32,
            fading: amount(&|wear| wear.fading),
            marks: amount(&|wear| wear.marks),
            contrast: amount(&|wear| wear.contrast),
            silent: amount(&|wear| wear.silent),
            gaps: amount(&|wear| wear.gaps),
            // What a person finds follows from all of it.
            faintest: mix(&|wear| wear.faintest, level),
        }
    }
}

/// A scan of 16 bits.
pub(super) type Film = ImageBuffer<Luma<u16>, Vec<u16>>;

/// Exposes a drawn picture: light values come out as pixels of the scan.
pub(super) fn expose(mut canvas: Canvas, placement: &Placement, wear: &Wear, random: &mut Random) -> Film {
    let (width, height) = (canvas.width, canvas.height);
    scratch(&mut canvas, wear, random);
    canvas.blur(wear.blur * height as f64 / 1000.0);
    if placement.rotation_deg != 0.0 {
        canvas = turn(canvas, placement);
    }
    let lamp = (random.between(0.3, 0.7) * width as f64, random.between(0.3, 0.7) * height as f64);
    let mut pixels = Vec::with_capacity(width * height);
    // Grains clump: each deviates as its neighbours do.
    const CLUMP: f64 = 0.42;
    let mut above = vec![0.0; width];
    for y in 0..height {
        let off_y = ((y as f64 - lamp.1) / height as f64).powi(2);
        let (mut left, mut corner) = (0.0, 0.0);
        for (x, clump) in above.iter_mut().enumerate() {
            let light = f64::from(canvas.light[y * width + x]);
            let off = ((x as f64 - lamp.0) / width as f64).powi(2) + off_y;
            let light = (0.5 + (light - 0.5) * wear.contrast) * (1.0 - wear.uneven * 2.0 * off);
            let upper = *clump;
            *clump = CLUMP * (left + upper) - CLUMP * CLUMP * corner + (1.0 - CLUMP * CLUMP) * random.normal();
            (left, corner) = (*clump, upper);
            // Grain shows most in the middle tones.
            let grain = wear.grain * (0.4 + 2.4 * light * (1.0 - light)) * *clump;
            pixels.push(((gradation(light) + grain) * 65_535.0).round().clamp(0.0, 65_535.0) as u16);
        }
    }
    Film::from_raw(width as u32, height as u32, pixels).unwrap_or_default()
}

/// Lays the frame into its picture as it was scanned.
fn turn(canvas: Canvas, placement: &Placement) -> Canvas {
    let (width, height) = (canvas.width, canvas.height);
    let picture =
        ImageBuffer::<Luma<f32>, Vec<f32>>::from_raw(width as u32, height as u32, canvas.light).unwrap_or_default();
    let source = |x: f32, y: f32| {
        let (x, y) = placement.to_frame(f64::from(x), f64::from(y));
        // Beyond the edge the film goes on as it is at the edge.
        (x.clamp(0.0, (width - 1) as f64) as f32, y.clamp(0.0, (height - 1) as f64) as f32)
    };
    let turned = warp_with(&picture, source, Interpolation::Bilinear, Border::Replicate);
    Canvas { width, height, light: turned.into_raw() }
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

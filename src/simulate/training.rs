//! Rasters with labels, from which the echo labeller learns.
//!
//! In: a calibration and a seed. Out: for each frame of simulated film its physical raster, the class of each cell, and the
//! characteristics that can be read.

use super::echo::{Echo, Kind};
use super::reading::characteristics;
use super::roll::{FilmFrame, Roll};
use super::{SimulateConfig, SimulateError};
use crate::label::raster::{COLUMNS, ROWS, Raster, column_of, raster, row_of};
use crate::model::{Calibration, CharacteristicName as Name, Echo as Tone, Layer, Mode, PixelBox};
use image::GrayImage;
use rayon::prelude::*;

/// Classes of echo, each a bit of a cell's label; several can hold at once.
pub const CLASSES: [&str; 8] = ["E O", "E X", "Es O", "Es X", "F O", "F X", "Z", "multiple"];
/// Characteristics that are frequencies.
pub const FREQUENCIES: [Name; 7] = [Name::FoE, Name::FoF1, Name::FoF2, Name::FoEs, Name::FbEs, Name::Fmin, Name::FxI];
/// Characteristics that are heights.
pub const HEIGHTS: [Name; 4] = [Name::HE, Name::HEs, Name::HF, Name::HF2];

/// Rows of an echo above its leading edge that are labelled with it.
const THICK: f64 = 1.6;
/// Widest step along the columns that still belongs to one trace.
const STEP: f64 = 8.0;

/// One frame to learn from.
#[derive(Debug, Clone)]
pub struct TrainingFrame {
    /// The picture on physical axes.
    pub raster: Raster,
    /// Bits of [`CLASSES`] for each cell.
    pub labels: Vec<u8>,
    /// Values of [`FREQUENCIES`], MHz.
    pub frequencies: [Option<f64>; 7],
    /// Values of [`HEIGHTS`], km.
    pub heights: [Option<f64>; 4],
    /// Gyrofrequency at 300 km, MHz.
    pub gyro_mhz: f64,
    /// Square of the sine of the angle between the field and the vertical.
    pub sin2: f64,
    /// Cosine of the sun's zenith angle.
    pub sun: f64,
    /// The F region is spread.
    pub spread: bool,
}

/// Draws a roll and labels its frames.
pub fn training_frames(
    calibration: &Calibration,
    config: &SimulateConfig,
) -> Result<Vec<TrainingFrame>, SimulateError> {
    let roll = Roll::new(calibration, config)?;
    let indices: Vec<usize> = (0..config.frames as usize).collect();
    Ok(indices
        .par_iter()
        .map(|&index| {
            let frame = roll.frame(index);
            label(&frame, calibration, config, roll.band_mhz())
        })
        .collect())
}

fn label(frame: &FilmFrame, calibration: &Calibration, config: &SimulateConfig, band_mhz: [f64; 2]) -> TrainingFrame {
    let is_light = (calibration.film.echo == Tone::Light) != config.inverted;
    let picture = GrayImage::from_fn(frame.picture.width(), frame.picture.height(), |x, y| {
        let level = (frame.picture.get_pixel(x, y).0[0] >> 8) as u8;
        image::Luma([if is_light { 255 - level } else { level }])
    });
    let axes = &frame.axes;
    let to_picture = |mhz: f64, km: f64| {
        let x = axes.sweep.x_at(mhz, axes.sweep.reference_y);
        let y = axes.range.y_at(km, x);
        let x = axes.sweep.x_at(mhz, y);
        axes.placement.to_scan(x, axes.range.y_at(km, x))
    };
    let whole = PixelBox::new(0, 0, picture.width() as i32, picture.height() as i32);
    let mut raster = raster(&picture, whole, band_mhz, to_picture);
    for row in 0..ROWS {
        let km = crate::label::raster::km_of(row as f64);
        if km > frame.reach_km || km < calibration.height.start_km {
            raster.levels[row * COLUMNS..(row + 1) * COLUMNS].fill(128);
            raster.valid[row * COLUMNS..(row + 1) * COLUMNS].fill(0);
        }
    }
    let mut labels = vec![0u8; ROWS * COLUMNS];
    for echo in &frame.echoes {
        if let Some(class) = class_of(echo) {
            draw(&mut labels, echo, frame, 1 << class);
        }
    }
    for (label, &valid) in labels.iter_mut().zip(&raster.valid) {
        *label *= valid;
    }
    let readings = characteristics(frame, band_mhz);
    let value = |name: Name| readings.iter().find(|reading| reading.name == name).and_then(|reading| reading.value);
    TrainingFrame {
        raster,
        labels,
        frequencies: FREQUENCIES.map(value),
        heights: HEIGHTS.map(value),
        gyro_mhz: frame.sky.sounding.gyro_at(300.0),
        sin2: frame.sky.sin2,
        sun: frame.sky.sun,
        spread: frame.sky.spread.is_some(),
    }
}

/// The class of an echo; scatter has none.
fn class_of(echo: &Echo) -> Option<u8> {
    let is_x = echo.mode == Mode::X;
    match (echo.kind, echo.hop, echo.mode, echo.layer) {
        (Kind::Mixed, ..) => Some(7),
        (Kind::Trace, 2.., ..) => Some(7),
        (Kind::Trace, _, Mode::Z, _) => Some(6),
        (Kind::Trace, _, _, Some(Layer::E)) => Some(u8::from(is_x)),
        (Kind::Trace, _, _, Some(Layer::Es)) => Some(2 + u8::from(is_x)),
        (Kind::Trace, _, _, Some(Layer::F | Layer::F1 | Layer::F2)) => Some(4 + u8::from(is_x)),
        _ => None,
    }
}

/// Marks the cells of an echo from its leading edge upward, where the film shows it.
fn draw(labels: &mut [u8], echo: &Echo, frame: &FilmFrame, bit: u8) {
    let shown = |point: &super::echo::EchoPoint| point.strength >= frame.faintest && !frame.is_disturbed(point.mhz);
    for pair in echo.points.windows(2) {
        if !shown(&pair[0]) || !shown(&pair[1]) {
            continue;
        }
        let [(c0, r0), (c1, r1)] = [0, 1].map(|i| (column_of(pair[i].mhz), row_of(pair[i].km)));
        if (c1 - c0).abs() > STEP {
            continue;
        }
        let steps = (2.0 * (c1 - c0).abs().max((r1 - r0).abs())).ceil().clamp(1.0, 600.0);
        for step in 0..=steps as u32 {
            let t = f64::from(step) / steps;
            let (column, row) = ((c0 + t * (c1 - c0)).round(), r0 + t * (r1 - r0));
            if column < 0.0 || column >= COLUMNS as f64 {
                continue;
            }
            for r in ((row - THICK).round() as i64)..=(row.round() as i64) {
                if (0..ROWS as i64).contains(&r) {
                    labels[r as usize * COLUMNS + column as usize] |= bit;
                }
            }
        }
    }
}

//! Makes film with known truth: an ionosphere, the echoes that it returns, and the film that they leave.
//!
//! In: the calibration of an instrument and a seed. Out: pictures, and beside them in CSV everything that is true of
//! them, in the columns of readings made by eye. The same seed gives the same bytes. Of the program that reads film
//! only the standard transmission curve of M(3000)F2 is used, a convention, so that a shared mistake cannot hide.

mod canvas;
mod draw_echo;
mod draw_noise;
mod echo;
mod geometry;
mod interference;
mod label;
mod look;
mod panel;
mod random;
mod reading;
mod roll;
mod sky;
mod store;
mod stroke;
mod sun;
pub mod table;
pub mod training;
mod truth;
mod wear;
mod world;

pub use look::Look;
pub use store::{Depth, PictureFormat};
pub use wear::Level;

use crate::model::Calibration;
use rayon::prelude::*;
use roll::{FilmFrame, Roll};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use truth::{Spot, Truth};

/// What to make.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SimulateConfig {
    /// Number of frames. Default 8.
    pub frames: u32,
    /// Start of the random sequence. Default 1.
    pub seed: u64,
    /// Condition of the film. Default typical.
    pub level: Level,
    /// One strip picture instead of one picture for each frame. Default no.
    pub strip: bool,
    /// File format. Default PNG.
    pub format: PictureFormat,
    /// Size of the pictures against the usual scan of the instrument. Default 1.
    pub scale: f64,
    /// Name of the caption layout; the calibration's first by default.
    pub layout: Option<String>,
    /// Smoothed sunspot number; that of the roll's date by default.
    pub sunspots: Option<f64>,
    /// Bits of a pixel; by default one for instruments whose pictures are black and white only, else eight.
    pub depth: Option<Depth>,
    /// Tones are reversed against the instrument's usual film. Default no.
    pub inverted: bool,
    /// Drawing style. Default the instrument's own.
    pub look: Look,
    /// Which ionospheres. Default climate.
    pub world: World,
}

/// Which ionospheres the frames show.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum World {
    /// One station's, from frame to frame as climate and weather have it.
    #[default]
    Climate,
    /// Any, independent from frame to frame, drawn far wider than nature: to teach and to test, not to look real. Topside sounders
    /// keep the climate.
    Wide,
}

impl Default for SimulateConfig {
    fn default() -> Self {
        Self {
            frames: 8,
            seed: 1,
            level: Level::Typical,
            strip: false,
            format: PictureFormat::Png,
            scale: 1.0,
            layout: None,
            sunspots: None,
            depth: None,
            inverted: false,
            look: Look::Instrument,
            world: World::Climate,
        }
    }
}

/// Why no film could be made.
#[derive(Debug, thiserror::Error)]
pub enum SimulateError {
    /// The calibration has no such caption layout.
    #[error("the calibration {instrument} has no caption layout {name}")]
    NoLayout {
        /// Name asked for.
        name: String,
        /// Name of the calibration.
        instrument: String,
    },
    /// The scale is not usable.
    #[error("the scale {scale} is outside 0.1 to 4")]
    Scale {
        /// Scale asked for.
        scale: f64,
    },
    /// A typeface cannot be used.
    #[error("{}: {message}; give a TrueType or OpenType file", path.display())]
    Font {
        /// The file.
        path: PathBuf,
        /// The reason.
        message: String,
    },
    /// A file cannot be written.
    #[error("{}: {message}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// The reason.
        message: String,
    },
}

impl SimulateError {
    fn write(path: &Path) -> impl FnOnce(&dyn std::fmt::Display) -> Self + '_ {
        move |reason| Self::Write { path: path.to_owned(), message: reason.to_string() }
    }
}

/// An invented bottomside instrument: axes, marks and picture of any kind. The same seed gives the same instrument.
pub fn random_calibration(seed: u64) -> Calibration {
    look::random_instrument(&mut random::Random::part(seed, 6))
}

/// Makes a roll and its truth in the folder `output`, which is created. Returns the pictures' names.
pub fn simulate(
    calibration: &Calibration,
    config: &SimulateConfig,
    output: &Path,
) -> Result<Vec<String>, SimulateError> {
    if !(0.1..=4.0).contains(&config.scale) {
        return Err(SimulateError::Scale { scale: config.scale });
    }
    let roll = Roll::new(calibration, config)?;
    std::fs::create_dir_all(output).map_err(|error| SimulateError::write(output)(&error))?;
    let mut truth = Truth::create(output).map_err(|error| SimulateError::write(output)(&error))?;
    let mut add = |frame: &FilmFrame, spot: &Spot| {
        truth.add(&roll, frame, spot).map_err(|error| SimulateError::write(output)(&error))
    };
    let usual = if calibration.film.bilevel { Depth::One } else { Depth::Eight };
    let depth = config.depth.unwrap_or(usual);
    let extension = config.format.extension();
    let mut names = Vec::new();
    let mut strip = store::Strip::new(calibration, config);
    // A few frames at a time, so that a long roll does not fill the memory.
    let indices: Vec<u32> = (0..config.frames).collect();
    for batch in indices.chunks(16) {
        let frames: Vec<FilmFrame> = batch.par_iter().map(|&index| roll.frame(index as usize)).collect();
        for (&index, frame) in batch.iter().zip(&frames) {
            if config.strip {
                let x = strip.append(&frame.picture);
                add(frame, &Spot { file: format!("strip.{extension}"), frame_index: index, x })?;
                continue;
            }
            let file = format!("frame_{index:04}.{extension}");
            let path = output.join(&file);
            store::write(&frame.picture, depth, config.format, &path)
                .map_err(|message| SimulateError::write(&path)(&message))?;
            add(frame, &Spot { file: file.clone(), frame_index: 0, x: 0 })?;
            names.push(file);
        }
    }
    if config.strip {
        let file = format!("strip.{extension}");
        let path = output.join(&file);
        store::write(&strip.finish(), depth, config.format, &path)
            .map_err(|message| SimulateError::write(&path)(&message))?;
        names.push(file);
    }
    truth.finish().map_err(|error| SimulateError::write(output)(&error))?;
    Ok(names)
}

#[cfg(test)]
mod tests;

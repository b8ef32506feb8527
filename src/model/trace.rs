//! Echoes: the cleaned picture, ridges in pixels, and traces with a meaning.

use super::PixelBox;
use image::GrayImage;
use serde::{Deserialize, Serialize};

/// The panel with everything removed that is not echo.
#[derive(Debug, Clone)]
pub struct Echogram {
    /// Echo strength, 0 nothing to 255 strongest; size of `region`.
    pub amplitude: GrayImage,
    /// The same place in frame pixels.
    pub region: PixelBox,
    /// Robust noise level of the amplitude (median absolute deviation x 1.4826).
    pub noise: f32,
    /// Columns that interference or markers make unreadable: first and last edge of each stretch, in frame pixels.
    pub masked: Vec<[f32; 2]>,
    /// Share of the region's rows that lie in horizontal interference bands, 0 to 1.
    pub band_share: f32,
}

impl Echogram {
    /// Share of the region's columns that are unreadable, 0 to 1.
    pub fn masked_share(&self) -> f32 {
        self.masked.iter().map(|[from, to]| to - from).sum::<f32>() / self.region.w.max(1) as f32
    }
}

/// One point of a ridge or trace, in frame pixels.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TracePoint {
    /// Column.
    pub x: f32,
    /// Row of the echo's centre.
    pub y: f32,
    /// Row of the echo's leading edge (the one nearest to the sounder).
    pub edge_y: f32,
    /// Echo strength, 0 to 255.
    pub amplitude: u8,
}

/// A connected curve of echo, not yet named.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Ridge {
    /// Points from low to high frequency; where the curve is steep several share a column.
    pub points: Vec<TracePoint>,
    /// Contrast against the surround, in units of the noise.
    pub contrast: f32,
}

/// A place that might belong to an echo: the echogram has a ridge there, linked or not. Stored in few bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// Column in eighths of a frame pixel.
    x: u16,
    /// Row of the echo's centre in eighths of a frame pixel.
    y: u16,
    /// Contrast in sixteenths of the noise.
    contrast: u8,
    /// Angle of the ridge in 128ths of half a turn, from along the row over down the column.
    angle: u8,
}

impl Candidate {
    /// A candidate from its place in frame pixels, its contrast and the unit vector along its ridge.
    pub fn new(x: f32, y: f32, contrast: f32, along: (f32, f32)) -> Self {
        let turn = along.1.atan2(along.0).rem_euclid(std::f32::consts::PI) / std::f32::consts::PI;
        Self {
            x: (8.0 * x).round() as u16,
            y: (8.0 * y).round() as u16,
            contrast: (16.0 * contrast).round() as u8,
            angle: ((128.0 * turn).round() as u8) % 128,
        }
    }

    /// Column in frame pixels, to an eighth; columns from 8192 on are not kept apart.
    pub fn x(self) -> f32 {
        f32::from(self.x) / 8.0
    }

    /// Row of the echo's centre in frame pixels, to an eighth.
    pub fn y(self) -> f32 {
        f32::from(self.y) / 8.0
    }

    /// Contrast against the surround, in units of the noise: 1 to 3 for noise, 5 to 9 for a clear echo.
    pub fn contrast(self) -> f32 {
        f32::from(self.contrast) / 16.0
    }

    /// Unit vector along the ridge, not to the left.
    pub fn along(self) -> (f32, f32) {
        let angle = f32::from(self.angle) / 128.0 * std::f32::consts::PI;
        let sign = if angle.cos() < 0.0 { -1.0 } else { 1.0 };
        (sign * angle.cos(), sign * angle.sin())
    }
}

/// The strongest [`Candidate`]s of every few columns, from left to right and in each column from strong to weak.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Candidates {
    /// A few for each column.
    pub points: Vec<Candidate>,
}

/// Magnetoionic component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Mode {
    /// Ordinary.
    O,
    /// Extraordinary.
    X,
    /// Third component.
    Z,
    /// Not told apart.
    #[serde(rename = "unknown")]
    Unknown,
}

impl Mode {
    /// The name in the dataset.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::O => "O",
            Self::X => "X",
            Self::Z => "Z",
            Self::Unknown => "unknown",
        }
    }
}

/// The layer that reflects a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Layer {
    /// Normal E.
    E,
    /// Sporadic E.
    Es,
    /// F1.
    F1,
    /// F2, by day.
    F2,
    /// F region as one layer.
    F,
    /// Seen from above.
    #[serde(rename = "topside")]
    Topside,
}

impl Layer {
    /// The name in the dataset.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::E => "E",
            Self::Es => "Es",
            Self::F1 => "F1",
            Self::F2 => "F2",
            Self::F => "F",
            Self::Topside => "topside",
        }
    }
}

/// A ridge with its name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trace {
    /// Component.
    pub mode: Mode,
    /// Layer.
    pub layer: Layer,
    /// 1 for the first reflection, n for the n-th multiple.
    pub hop: u8,
    /// How sure the name is, 0 to 1.
    pub confidence: f32,
    /// The points, from low to high frequency.
    pub ridge: Ridge,
}

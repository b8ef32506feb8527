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
    /// Share of the region's columns that interference or marks make unreadable, 0 to 1.
    pub masked_share: f32,
    /// Share of the region's rows that lie in horizontal interference bands, 0 to 1.
    pub band_share: f32,
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

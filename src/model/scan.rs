//! A scan as it was read from a file: an 8-bit grey picture and where it came from.

use image::GrayImage;
use serde::{Deserialize, Serialize};

/// The file (and page) a picture came from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Source {
    /// Path as given on the command line joined with the path below it, with forward slashes.
    pub file: String,
    /// SHA-256 of the whole file, lower-case hexadecimal.
    pub sha256: String,
    /// Page of a multi-page file, counted from 0.
    pub page: u32,
}

/// One picture, as scanned: nothing turned, cut or inverted.
#[derive(Debug, Clone)]
pub struct Scan {
    /// Grey values, 0 black to 255 white. 16-bit scans are stretched to 8 bits, 1-bit scans are 0 and 255.
    pub picture: GrayImage,
    /// Where the picture came from.
    pub source: Source,
}

/// What an archive's manifest says of a frame.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ManifestEntry {
    /// Station id.
    pub station: Option<String>,
    /// Date `yyyy-mm-dd`.
    pub date: Option<String>,
    /// Time of day `hh:mm` or `hh:mm:ss`, UTC.
    #[serde(default)]
    pub time: Option<String>,
    /// Axes of a bare raster, which shows no markers of its own.
    #[serde(default)]
    pub axes: Option<ManifestAxes>,
}

/// The axes of a bare raster: the frequencies of its left and right edge and the heights of its lower and upper edge.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ManifestAxes {
    /// How the frequency grows from left to right.
    pub law: crate::model::SweepLaw,
    /// Frequency of the left edge in MHz.
    pub start_mhz: f64,
    /// Frequency of the right edge in MHz.
    pub stop_mhz: f64,
    /// Height of the lower edge in km.
    pub start_km: f64,
    /// Height of the upper edge in km.
    pub stop_km: f64,
}

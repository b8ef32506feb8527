//! What a frame's caption may say: characters with likelihoods, and the readings that pass the layout's rules.

use super::PixelBox;
use serde::{Deserialize, Serialize};

/// How a caption is written on the film.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaptionKind {
    /// Lanes in which bare dots show the binary weights by their place.
    Dots,
    /// Lanes in which the binary weights are printed as small digits.
    Lanes,
    /// A line of printed digits.
    Printed,
    /// A line of seven-segment digits.
    SevenSegment,
}

/// One character position of a caption.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Character {
    /// Where it stands, in frame pixels.
    pub bbox: PixelBox,
    /// Natural logarithm of the likelihood of each digit 0 to 9, normalised so that the likelihoods sum to 1.
    pub log_likelihood: [f32; 10],
}

/// The fields of a reading. A field that the layout does not hold is `None`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CaptionTime {
    /// Satellite or sounder number as printed.
    pub satellite: Option<u16>,
    /// Station code as printed, with leading zeros removed.
    pub station_code: Option<String>,
    /// Year, complete (1965) once the layout's base is added.
    pub year: Option<i16>,
    /// Day of the year, 1 to 366.
    pub day_of_year: Option<u16>,
    /// Hour, 0 to 23.
    pub hour: Option<u8>,
    /// Minute, 0 to 59.
    pub minute: Option<u8>,
    /// Second, 0 to 59.
    pub second: Option<u8>,
}

/// One way to read the caption that obeys the layout's rules.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaptionReading {
    /// The digits as they stand on the film, fields separated by one space where the layout has a gap.
    pub text: String,
    /// What the digits mean.
    pub time: CaptionTime,
    /// Probability of this reading among all readings that obey the rules and the possibility that the picture holds
    /// no readable caption, 0 to 1.
    pub probability: f32,
}

/// Everything that `caption` found.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct CaptionEvidence {
    /// Name of the layout in the calibration file that fits best, if any does.
    pub layout: Option<String>,
    /// How that layout is written.
    pub kind: Option<CaptionKind>,
    /// The caption's place in frame pixels.
    pub bbox: PixelBox,
    /// The character positions in reading order.
    pub characters: Vec<Character>,
    /// Readings, most probable first; at most 16. Empty if nothing passes the rules.
    pub readings: Vec<CaptionReading>,
    /// Most likely text whether or not it passes the rules.
    pub raw_text: String,
}

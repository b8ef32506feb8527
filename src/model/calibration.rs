//! What a calibration file says about one instrument and film format (`calibration/*.toml`).
//!
//! Everything that belongs to one instrument stands in such a file and nowhere in code: sweep and its markers, heights
//! and their markers, film geometry, captions, stations. docs/instruments.md explains every entry.

use super::CaptionKind;
use serde::{Deserialize, Serialize};

/// One instrument and film format.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// Short name, the file's stem.
    pub id: String,
    /// One line for people.
    pub title: String,
    /// Where the facts come from.
    #[serde(default)]
    pub sources: Vec<String>,
    /// On the ground or on a satellite.
    pub sounder: Sounder,
    /// Film geometry.
    pub film: Film,
    /// Frequency axis.
    pub sweep: SweepAxis,
    /// Other sweeps that the same film shows, a wider one for instance; the one that fits a frame's markers best is
    /// used.
    #[serde(default, rename = "sweep_variant")]
    pub sweep_variants: Vec<SweepAxis>,
    /// Height axis.
    pub height: HeightAxis,
    /// Caption layouts; the one that fits a frame best is chosen per frame.
    #[serde(default, rename = "caption")]
    pub captions: Vec<CaptionLayout>,
    /// Stations that the film may name.
    #[serde(default, rename = "station")]
    pub stations: Vec<Station>,
    /// How the printed time relates to UTC.
    #[serde(default)]
    pub time: TimeBase,
}

/// Which side of the ionosphere the sounder looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sounder {
    /// On the ground: virtual height grows upward.
    Bottomside,
    /// On a satellite: apparent range grows downward.
    Topside,
}

/// Echo tone on the film as it is normally scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Echo {
    /// Dark echoes on a light panel.
    Dark,
    /// Light echoes on a dark panel.
    Light,
    /// Decide per scan.
    Auto,
}

/// Film geometry. Lengths are shares of the frame's pitch or of the film's height, so that they hold at any scanner
/// resolution.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Film {
    /// Tone of the echoes.
    pub echo: Echo,
    /// Width over height of the data panel: smallest and largest that occur.
    pub panel_aspect: [f64; 2],
    /// Width over height of a whole frame with its caption and margins: smallest and largest.
    pub frame_aspect: [f64; 2],
    /// The panel is the whole picture: a raster without margins or surround.
    #[serde(default)]
    pub bare_panel: bool,
    /// Perforations show at the film's edges.
    #[serde(default)]
    pub perforations: bool,
    /// Width and height in pixels of one frame as usually scanned; what `simulate` draws, no limit for real scans.
    #[serde(default)]
    pub size_px: Option<[u32; 2]>,
    /// Pictures hold black and white only.
    #[serde(default)]
    pub bilevel: bool,
}

/// The law that the frequency follows along the sweep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SweepLaw {
    /// MHz proportional to the position.
    Linear,
    /// Logarithm of MHz proportional to the position.
    Logarithmic,
    /// Given by the positions of the markers alone.
    #[serde(alias = "marks")]
    Markers,
}

/// How markers show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarkerStyle {
    /// Lines through the panel, whole or in part.
    Line,
    /// Short ticks at the panel's edges.
    Tick,
    /// No markers: the panel's limits are the axis.
    None,
}

/// One frequency marker.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrequencyMarker {
    /// Frequency in MHz.
    pub mhz: f64,
    /// Usual position along the sweep: share of the way from the first to the last marker. Needed for the law
    /// `markers`.
    #[serde(alias = "place")]
    pub position: Option<f64>,
    /// How often the marker is seen, 0 to 1.
    #[serde(default = "one")]
    pub visibility: f64,
}

fn one() -> f64 {
    1.0
}

/// The frequency axis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SweepAxis {
    /// Frequency against position.
    pub law: SweepLaw,
    /// Lowest frequency of the sweep, MHz.
    pub start_mhz: f64,
    /// Highest frequency of the sweep, MHz.
    pub stop_mhz: f64,
    /// How markers show.
    pub style: MarkerStyle,
    /// The markers in order of frequency.
    #[serde(default)]
    #[serde(alias = "marks")]
    pub markers: Vec<FrequencyMarker>,
    /// Distance of the first and last marker in shares of the panel's width: smallest and largest that occur.
    #[serde(default = "wide_span")]
    pub span: [f64; 2],
    /// How far a marker is off its usual position, one sigma, in shares of the distance from first to last marker.
    #[serde(default = "position_sigma")]
    #[serde(alias = "stray")]
    pub position_sigma: f64,
    /// Position of the panel's left edge on the scale on which the first marker is 0 and the last one 1, if the film is
    /// always lit from there. It helps to prove the markers of a crowded frame and forbids nothing.
    #[serde(default)]
    #[serde(alias = "edge_place")]
    pub panel_edge_position: Option<f64>,
}

fn wide_span() -> [f64; 2] {
    [0.5, 1.0]
}

fn position_sigma() -> f64 {
    0.004
}

/// Direction in which height or range grows on the film.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeightDirection {
    /// Upward: virtual height over the ground.
    Up,
    /// Downward: apparent range below a satellite.
    Down,
}

/// The height (or apparent range) axis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeightAxis {
    /// Growth on the film.
    pub direction: HeightDirection,
    /// Height at the panel's lower-value limit, km.
    pub start_km: f64,
    /// Height at the panel's upper-value limit, km.
    pub stop_km: f64,
    /// How height markers show.
    pub style: MarkerStyle,
    /// Height of the first height marker, km.
    #[serde(default)]
    pub first_km: f64,
    /// Height from one height marker to the next, km; 0 without height markers.
    #[serde(default)]
    pub spacing_km: f64,
    /// Every n-th height marker, counted from height zero, is stronger; 0 if none is.
    #[serde(default)]
    pub strong_every: u32,
    /// The zero line shows as a bright or dark line of its own at the panel's edge.
    #[serde(default)]
    pub zero_line: bool,
    /// Height at which the light panel begins on the zero side, km; `start_km` if not given. It tells which height
    /// marker is the first.
    #[serde(default)]
    pub edge_km: Option<f64>,
    /// Distance from one height marker to the next in shares of the panel's height: smallest and largest; `[0, 0]` if
    /// `start_km` and `stop_km` are exact.
    #[serde(default)]
    pub spacing_share: [f64; 2],
}

/// Meaning of a caption field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldName {
    /// Satellite or sounder number.
    Satellite,
    /// Operating mode.
    Mode,
    /// Station code.
    Station,
    /// Year, of as many digits as the field has.
    Year,
    /// Day of the year, 1 to 366.
    DayOfYear,
    /// Month, 1 to 12.
    Month,
    /// Day of the month.
    Day,
    /// Hour.
    Hour,
    /// Minute.
    Minute,
    /// Second.
    Second,
    /// Digits without meaning here.
    Other,
}

/// A field: its meaning and number of digits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaptionField {
    /// Meaning.
    pub name: FieldName,
    /// Number of digits.
    pub digits: u8,
    /// A gap follows on the film.
    #[serde(default)]
    pub gap: bool,
    /// Values that the field may take; empty: all that its meaning allows.
    #[serde(default)]
    pub values: Vec<u16>,
}

/// Limits that a reading of a layout must keep.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaptionRule {
    /// Added to the year as printed. Two printed digits usually have 1900, one printed digit a decade's start.
    pub year_base: i16,
    /// First year in which such film was exposed.
    pub first_year: i16,
    /// Last year.
    pub last_year: i16,
}

/// One caption layout.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaptionLayout {
    /// Name of the layout within the file.
    pub name: String,
    /// How it is written.
    pub kind: CaptionKind,
    /// The caption's usual place: left, top, right, bottom in shares of the frame.
    pub region: [f64; 4],
    /// Digit height in shares of the panel's height: smallest and largest.
    pub digit_height: [f64; 2],
    /// Distance from one digit to the next (or one lane to the next) in digit heights (of the panel's height for
    /// lanes): smallest and largest.
    pub pitch: [f64; 2],
    /// Fields in reading order.
    pub fields: Vec<CaptionField>,
    /// Limits of a valid reading.
    pub rule: CaptionRule,
    /// A reading is refused if its station code is not in the station list at its date.
    #[serde(default)]
    pub known_station: bool,
    /// Tone of the characters in the frame's picture, whose echoes are dark.
    #[serde(default)]
    pub tone: CaptionTone,
    /// Distance from the last digit before a gap to the first one after it, in digit pitches: smallest and largest.
    #[serde(default = "caption_gap")]
    pub gap: [f64; 2],
    /// Weights of the columns of a lane from left to right.
    #[serde(default = "caption_weights")]
    pub weights: Vec<u8>,
    /// Distance from one column of a lane to the next in lane pitches: smallest and largest.
    #[serde(default = "caption_weight_pitch")]
    pub weight_pitch: [f64; 2],
}

/// Tone of caption characters in a picture whose echoes are dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaptionTone {
    /// Either: the better one counts.
    #[default]
    Auto,
    /// Light characters on dark film.
    Light,
    /// Dark characters on a light ground.
    Dark,
}

fn caption_gap() -> [f64; 2] {
    [1.6, 2.2]
}

fn caption_weights() -> Vec<u8> {
    vec![1, 2, 4, 8]
}

fn caption_weight_pitch() -> [f64; 2] {
    [0.75, 1.1]
}

/// A station and the code by which the film names it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Station {
    /// Code in the caption, without leading zeros.
    pub code: String,
    /// Code in the dataset: letters, the same whatever number the film used at the time.
    pub id: String,
    /// Name and place.
    pub name: String,
    /// First date of this code, `yyyy-mm-dd`; open if absent.
    pub from: Option<String>,
    /// Last date of this code, `yyyy-mm-dd`; open if absent.
    pub until: Option<String>,
    /// Latitude in degrees north.
    pub latitude: Option<f64>,
    /// Longitude in degrees east.
    pub longitude: Option<f64>,
    /// Gyrofrequency at 300 km over the station, MHz.
    pub gyrofrequency_mhz: Option<f64>,
}

/// How the printed time relates to UTC.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeBase {
    /// Printed time minus UTC, hours.
    #[serde(default)]
    pub offset_hours: f64,
    /// Usual time from one frame to the next, seconds; 0 if it varies.
    #[serde(default)]
    pub cadence_s: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_in_the_names_of_version_0_1_is_read() {
        let text = "law = \"marks\"\nstyle = \"line\"\nstart_mhz = 1.0\nstop_mhz = 9.0\nstray = 0.003\nedge_place = -0.1\n\
                    marks = [{ mhz = 1, place = 0.0 }, { mhz = 9, place = 1.0 }]";
        let axis: SweepAxis = toml::from_str(text).unwrap();
        assert_eq!((axis.law, axis.position_sigma), (SweepLaw::Markers, 0.003));
        assert_eq!(axis.markers[1].position, Some(1.0));
    }
}

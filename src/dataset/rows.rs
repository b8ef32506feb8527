//! The rows of the tables, before they become columns.

use super::Partition;
use crate::model::{CharacteristicName, Failure, Flag, FrameClass, GridOrigin, Layer, Mode, Origin, PixelBox, Status};
use crate::scale::DensityPoint;
use jiff::Timestamp;

/// One row of `frames`.
#[derive(Debug, Clone, PartialEq)]
pub struct FrameRow {
    /// Stable name of the frame.
    pub frame_id: String,
    /// Path of the file as given on the command line.
    pub source_file: String,
    /// SHA-256 of the file.
    pub source_sha256: String,
    /// Page of the file or number of the frame on the strip, from 0.
    pub frame_index: i32,
    /// Name of the roll.
    pub roll: String,
    /// The frame's box in scan pixels.
    pub bbox: PixelBox,
    /// How far the frame stood turned in the scan, degrees, clockwise positive.
    pub rotation_deg: f32,
    /// The scan showed the frame mirrored.
    pub mirrored: bool,
    /// The scan showed light echoes on a dark panel.
    pub inverted: bool,
    /// Station id: the partition.
    pub station: Option<String>,
    /// Station code as the film has it.
    pub station_code: Option<String>,
    /// Where the station was learned; `None` without a station.
    pub station_origin: Option<Origin>,
    /// Time of the frame.
    pub time_utc: Option<Timestamp>,
    /// 1 second, 2 minute, 3 hour, 4 day.
    pub time_quality: Option<u8>,
    /// Where the time was learned; `None` without a time.
    pub time_origin: Option<Origin>,
    /// Probability of the time, 0 to 1.
    pub time_confidence: f32,
    /// Text of the caption.
    pub caption_text: String,
    /// Calibration file used.
    pub calibration_id: String,
    /// Frequency markers that were measured.
    pub markers_found: i16,
    /// Frequency markers that the calibration file names.
    pub markers_expected: i16,
    /// Root mean square residual of the markers, pixels; `None` without a frequency axis.
    pub frequency_residual_px: Option<f32>,
    /// Root mean square residual of the height markers, pixels; `None` without a height axis.
    pub height_residual_px: Option<f32>,
    /// Where the axes come from; `None` without an axis.
    pub axes_origin: Option<GridOrigin>,
    /// What the frame shows; `None` if the work stopped before that was known.
    pub frame_class: Option<FrameClass>,
    /// How the frame counts.
    pub status: Status,
    /// Why; empty for an unremarkable frame.
    pub reason: String,
    /// Flag of the frame.
    pub flag: Flag,
}

/// One row of `characteristics`.
#[derive(Debug, Clone, PartialEq)]
pub struct CharacteristicRow {
    /// The frame.
    pub frame_id: String,
    /// Station id: the partition.
    pub station: Option<String>,
    /// Time of the frame.
    pub time_utc: Option<Timestamp>,
    /// Which characteristic.
    pub name: CharacteristicName,
    /// Value in the characteristic's unit.
    pub value: Option<f64>,
    /// Lower 95 % bound.
    pub lower: Option<f64>,
    /// Upper 95 % bound.
    pub upper: Option<f64>,
    /// URSI qualifying letter.
    pub qualifier: Option<char>,
    /// URSI descriptive letter.
    pub descriptor: Option<char>,
    /// Probability that the value is right to one reading unit, 0 to 1.
    pub confidence: f32,
    /// Flag of the value.
    pub flag: Flag,
    /// Names of the quality tests that did not pass, separated by a space.
    pub tests: String,
    /// Where the value comes from.
    pub origin: ValueOrigin,
}

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ValueOrigin {
    /// Scaled from film.
    #[default]
    Film,
    /// Read from a table.
    Table,
    /// What the neighbouring frames say beside a reading: no reading itself.
    Estimated,
}

impl ValueOrigin {
    /// The word in the dataset.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Film => "film",
            Self::Table => "table",
            Self::Estimated => "estimated",
        }
    }
}

/// One row of `cells`: one cell of a table as it was printed, or a field of its heading.
#[derive(Debug, Clone, PartialEq)]
pub struct CellRow {
    /// The table: the `frame_id` of its row in `frames`.
    pub frame_id: String,
    /// Station id: the partition.
    pub station: Option<String>,
    /// UTC of the cell's hour.
    pub time_utc: Option<Timestamp>,
    /// Name of the characteristic as printed.
    pub characteristic: String,
    /// `value`, `heading`, or a summary: `median`, `count` ...
    pub kind: String,
    /// Date and time as printed; the field's name for a heading.
    pub printed_time: String,
    /// Time zone as printed.
    pub zone: String,
    /// Unit as printed.
    pub unit: String,
    /// The cell as printed.
    pub text: String,
    /// Value, in the unit of the dataset; of a summary the printed number.
    pub value: Option<f64>,
    /// Line of the text or row of the page, from 0.
    pub row: u32,
    /// Cell within the row, from 0.
    pub column: u32,
    /// The cell in scan pixels.
    pub bbox: Option<PixelBox>,
    /// Probability that the cell is read right.
    pub likelihood: f32,
    /// Repaired by the printed summaries.
    pub inferred: bool,
    /// Names of the tests that did not pass, separated by a space.
    pub tests: String,
}

/// One row of `queue`: a value that is flagged or may be wrong, and what reviewing it would gain.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueRow {
    /// The frame.
    pub frame_id: String,
    /// Station id: the partition.
    pub station: Option<String>,
    /// Time of the frame.
    pub time_utc: Option<Timestamp>,
    /// Which characteristic.
    pub name: CharacteristicName,
    /// Value in the characteristic's unit.
    pub value: Option<f64>,
    /// What the neighbouring frames say.
    pub suggested: Option<f64>,
    /// Probability that the value is right to one reading unit, 0 to 1.
    pub confidence: f32,
    /// Flag of the value.
    pub flag: Flag,
    /// Names of the quality tests that did not pass, separated by a space.
    pub tests: String,
    /// Log odds that the value is wrong, but for these tests; `None` if nothing but the confidence is known.
    pub evidence: Option<f32>,
    /// Probability that the value is wrong.
    pub error_probability: f32,
    /// Importance of the characteristic.
    pub importance: f32,
    /// Expected gain of a review.
    pub gain: f32,
    /// Path of the file.
    pub source_file: String,
    /// Page of the file or number of the frame on the strip, from 0.
    pub frame_index: i32,
    /// Name of the roll.
    pub roll: String,
}

/// One row of `traces`: one trace of one frame.
#[derive(Debug, Clone, PartialEq)]
pub struct TraceRow {
    /// The frame.
    pub frame_id: String,
    /// Station id: the partition.
    pub station: Option<String>,
    /// Time of the frame.
    pub time_utc: Option<Timestamp>,
    /// Magnetoionic component.
    pub mode: Mode,
    /// Layer.
    pub layer: Layer,
    /// Reflection, from 1.
    pub hop: u8,
    /// How sure the name is, 0 to 1.
    pub confidence: f32,
    /// Frequencies, MHz; empty without a frequency axis.
    pub frequency_mhz: Vec<f32>,
    /// Virtual heights or apparent ranges, km; empty without a height axis.
    pub height_km: Vec<f32>,
    /// Columns in scan pixels.
    pub x_px: Vec<f32>,
    /// Rows of the echo's centre in scan pixels.
    pub y_px: Vec<f32>,
    /// Echo strengths, 0 to 255.
    pub amplitude: Vec<u8>,
}

/// Which axis a marker belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Axis {
    /// Frequency markers.
    Frequency,
    /// Height markers.
    Height,
}

impl Axis {
    /// The word in the dataset.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Frequency => "frequency",
            Self::Height => "height",
        }
    }

    /// The unit of the axis.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Frequency => "MHz",
            Self::Height => "km",
        }
    }
}

/// One row of `markers`: one frequency or height marker of one frame.
#[derive(Debug, Clone, PartialEq)]
pub struct MarkerRow {
    /// The frame.
    pub frame_id: String,
    /// Station id: the partition.
    pub station: Option<String>,
    /// Time of the frame.
    pub time_utc: Option<Timestamp>,
    /// Frequency or height.
    pub axis: Axis,
    /// MHz or km.
    pub value: f64,
    /// Where the marker was measured, in scan pixels.
    pub measured: Option<(f32, f32)>,
    /// Where the fitted axis has it, in scan pixels: the coordinate along the axis (x for frequency, y for height).
    pub fitted_px: f32,
    /// Measured less fitted, in frame pixels.
    pub residual_px: Option<f32>,
    /// Strength of the line, 0 to 1.
    pub strength: f32,
}

/// One row of `profiles`: the electron density at one height.
#[derive(Debug, Clone, PartialEq)]
pub struct ProfileRow {
    /// The frame.
    pub frame_id: String,
    /// Station id: the partition.
    pub station: Option<String>,
    /// Time of the frame.
    pub time_utc: Option<Timestamp>,
    /// Height, density and bounds.
    pub point: DensityPoint,
}

/// Rows of all tables.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rows {
    /// Rows of `frames`.
    pub frames: Vec<FrameRow>,
    /// Rows of `characteristics`.
    pub characteristics: Vec<CharacteristicRow>,
    /// Rows of `traces`.
    pub traces: Vec<TraceRow>,
    /// Rows of `markers`.
    pub markers: Vec<MarkerRow>,
    /// Rows of `profiles`.
    pub profiles: Vec<ProfileRow>,
    /// Rows of `cells`.
    pub cells: Vec<CellRow>,
    /// Rows of `queue`.
    pub queue: Vec<QueueRow>,
    /// Rows of `failures`.
    pub failures: Vec<Failure>,
}

impl Rows {
    /// Adds the rows of another piece of work.
    pub fn append(&mut self, mut other: Self) {
        self.frames.append(&mut other.frames);
        self.characteristics.append(&mut other.characteristics);
        self.traces.append(&mut other.traces);
        self.markers.append(&mut other.markers);
        self.profiles.append(&mut other.profiles);
        self.cells.append(&mut other.cells);
        self.queue.append(&mut other.queue);
        self.failures.append(&mut other.failures);
    }
}

/// A row that belongs to a partition and has a place in its order.
pub(super) trait Keyed {
    /// Station, time and frame.
    fn key(&self) -> (&Option<String>, Option<Timestamp>, &str);

    /// The partition the row is stored in.
    fn partition(&self) -> Partition {
        let (station, time, _) = self.key();
        let year = time.map(|time| i32::from(time.to_zoned(jiff::tz::TimeZone::UTC).year()));
        Partition { station: station.clone(), year }
    }
}

macro_rules! keyed {
    ($($row:ty),*) => {
        $(impl Keyed for $row {
            fn key(&self) -> (&Option<String>, Option<Timestamp>, &str) {
                (&self.station, self.time_utc, &self.frame_id)
            }
        })*
    };
}
keyed!(FrameRow, CharacteristicRow, TraceRow, MarkerRow, ProfileRow, CellRow, QueueRow);

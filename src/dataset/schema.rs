//! The tables and their columns: names, types, units and descriptions.
//!
//! `station` and `year` are folder names and no columns of the files.

use super::FORMAT_VERSION;
use arrow::datatypes::{DataType, Field, Schema, TimeUnit};
use std::collections::HashMap;
use std::sync::Arc;

/// Key of the metadata that says which names a file has.
pub(super) const FORMAT_KEY: &str = "format_version";

/// A table of the dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Table {
    /// One row for each frame: where it is, when and where it was taken, how it counts.
    Frames,
    /// One row for each characteristic of each frame.
    Characteristics,
    /// One row for each trace of each frame.
    Traces,
    /// One row for each frequency and height marker of each frame.
    Markers,
    /// One row for each height of the electron density profile of each frame.
    Profiles,
    /// One row for each cell and heading field of a legacy table, as printed.
    Cells,
    /// One row for each flagged value: what a reviewer should look at, and what that would gain.
    Queue,
    /// One row for each input or frame on which the work stopped.
    Failures,
}

impl Table {
    /// All tables.
    pub const ALL: [Self; 8] = [
        Self::Frames,
        Self::Characteristics,
        Self::Traces,
        Self::Markers,
        Self::Profiles,
        Self::Cells,
        Self::Queue,
        Self::Failures,
    ];

    /// The table's name and folder.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Frames => "frames",
            Self::Characteristics => "characteristics",
            Self::Traces => "traces",
            Self::Markers => "markers",
            Self::Profiles => "profiles",
            Self::Cells => "cells",
            Self::Queue => "queue",
            Self::Failures => "failures",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Frames => "Ionogram frames: place in the scan, station, time, calibration, status",
            Self::Characteristics => "Scaled ionospheric characteristics (URSI)",
            Self::Traces => "Ionogram traces",
            Self::Markers => "Frequency and height markers of ionogram frames",
            Self::Profiles => "Electron density profiles that explain the echoes",
            Self::Cells => "Cells of legacy tables as printed",
            Self::Queue => {
                "Review queue: values that are flagged or may be wrong, by the expected gain of looking at them"
            }
            Self::Failures => "Inputs and frames on which the work stopped",
        }
    }

    fn columns(self) -> Vec<Field> {
        match self {
            Self::Frames => frames(),
            Self::Characteristics => characteristics(),
            Self::Traces => traces(),
            Self::Markers => markers(),
            Self::Profiles => profiles(),
            Self::Cells => cells(),
            Self::Queue => queue(),
            Self::Failures => failures(),
        }
    }
}

/// The schema of a table, with the metadata that every file carries. `pipeline_sha256` names the settings.
pub fn schema(table: Table, pipeline_sha256: &str) -> Arc<Schema> {
    let metadata = [
        ("title", table.title()),
        ("licence", "not stated: the archive that holds the film decides"),
        ("citation", "Cite the archive that holds the film, and the program and version in engine_version"),
        ("pipeline_sha256", pipeline_sha256),
        (FORMAT_KEY, FORMAT_VERSION),
        ("flags", "QARTOD: 1 pass, 2 not evaluated, 3 suspect, 4 fail, 9 missing"),
    ];
    let metadata: HashMap<String, String> =
        metadata.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    Arc::new(Schema::new_with_metadata(table.columns(), metadata))
}

/// Time in milliseconds of UTC.
pub(super) fn time_type() -> DataType {
    DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()))
}

fn list(item: DataType) -> DataType {
    DataType::List(Arc::new(Field::new("item", item, false)))
}

/// A column that always has a value. `unit` is empty for columns without one.
fn column(name: &str, data_type: DataType, unit: &str, description: &str) -> Field {
    let mut metadata = HashMap::from([("description".to_owned(), description.to_owned())]);
    if !unit.is_empty() {
        metadata.insert("unit".to_owned(), unit.to_owned());
    }
    Field::new(name, data_type, false).with_metadata(metadata)
}

/// A column that may be null.
fn optional(name: &str, data_type: DataType, unit: &str, description: &str) -> Field {
    column(name, data_type, unit, description).with_nullable(true)
}

fn time() -> Field {
    optional("time_utc", time_type(), "ms since 1970-01-01 UTC", "Time of the sounding; null if it is not known")
}

fn frame_id() -> Field {
    column("frame_id", DataType::Utf8, "", "Stable name of the frame: file hash, frame number")
}

fn frames() -> Vec<Field> {
    use DataType::{Boolean, Float32, Int16, Int32, UInt8, Utf8};
    vec![
        frame_id(),
        column("source_file", Utf8, "", "Path of the scan as given to the run"),
        column("source_sha256", Utf8, "", "SHA-256 of the file"),
        column("frame_index", Int32, "", "Page of the file or frame of the strip, counted from 0"),
        column("roll", Utf8, "", "Roll: folder, multi-page file or strip"),
        column("bbox_x", Int32, "px", "Left edge of the frame in the scan"),
        column("bbox_y", Int32, "px", "Top edge of the frame in the scan"),
        column("bbox_w", Int32, "px", "Width of the frame in the scan"),
        column("bbox_h", Int32, "px", "Height of the frame in the scan"),
        column("rotation_deg", Float32, "deg", "How far the frame stands turned in the scan, clockwise positive"),
        column("mirrored", Boolean, "", "The scan shows the frame mirrored left to right"),
        column("inverted", Boolean, "", "The scan shows light echoes on a dark panel"),
        optional("station_code", Utf8, "", "Station code as the film has it"),
        optional("station_origin", Utf8, "", "Where the station was learned: read, inferred, manifest"),
        time(),
        optional("time_quality", UInt8, "", "Resolution of the time: 1 second, 2 minute, 3 hour, 4 day"),
        optional("time_origin", Utf8, "", "Where the time was learned: read, inferred, manifest"),
        column("time_confidence", Float32, "1", "Probability that the time is right"),
        column("caption_text", Utf8, "", "Text of the caption"),
        column("calibration_id", Utf8, "", "Calibration file"),
        column("markers_found", Int16, "1", "Frequency markers that were measured"),
        column("markers_expected", Int16, "1", "Frequency markers that the calibration file names"),
        optional("frequency_residual_px", Float32, "px", "RMS of measured less fitted frequency markers"),
        optional("height_residual_px", Float32, "px", "RMS of measured less fitted height markers"),
        optional("axes_origin", Utf8, "", "Where the axes come from: own markers, roll, limits of the picture"),
        optional("frame_class", Utf8, "", "ionogram, blank, noise, out_of_phase, double, bad_crop"),
        column("status", Utf8, "", "scaled, no_echo, rejected, failed"),
        column("reason", Utf8, "", "Why the status; empty for an unremarkable frame"),
        column("flag", UInt8, "", "QARTOD flag of the frame"),
        column("engine_version", Utf8, "", "Version of the program"),
        column("pipeline_sha256", Utf8, "", "SHA-256 of the pipeline file"),
        column("calibration_sha256", Utf8, "", "SHA-256 of the calibration file"),
    ]
}

fn characteristics() -> Vec<Field> {
    use DataType::{Float32, Float64, Int16, Int32, UInt8, Utf8};
    vec![
        time(),
        column("characteristic", Utf8, "", "Name of the characteristic (URSI Handbook, UAG-23)"),
        column("ursi_code", Int16, "", "URSI code of the characteristic; from 900: topside, not in the handbook"),
        optional("value", Float64, "see unit", "Value; null if it cannot be read, the descriptor says why"),
        column("unit", Utf8, "", "Unit of value, lower and upper: MHz, km, 1, letters"),
        optional("lower", Float64, "see unit", "Lower 95 % bound; null if open"),
        optional("upper", Float64, "see unit", "Upper 95 % bound; null if open"),
        column("qualifier", Utf8, "", "URSI qualifying letter; empty if none"),
        column("descriptor", Utf8, "", "URSI descriptive letter; empty if none"),
        column("confidence", Float32, "1", "Probability that the value is right to one reading unit"),
        column("flag", UInt8, "", "QARTOD flag of the value"),
        column("tests", Utf8, "", "Quality tests that did not pass, separated by a space"),
        column("origin", Utf8, "", "film, table, review, estimated (from neighbouring frames, letter I or T)"),
        frame_id(),
        column("revision", Int32, "1", "0 as scaled, grows with each correction"),
    ]
}

fn traces() -> Vec<Field> {
    use DataType::{Float32, UInt8, Utf8};
    vec![
        frame_id(),
        time(),
        column("mode", Utf8, "", "Magnetoionic component: O, X, Z, unknown"),
        column("layer", Utf8, "", "E, Es, F1, F2, F, topside"),
        column("hop", UInt8, "1", "1 for the first reflection, n for the n-th multiple"),
        column("confidence", Float32, "1", "Probability that the name is right"),
        column("frequency_mhz", list(Float32), "MHz", "Frequency of each point; empty without a proved axis"),
        column(
            "height_km",
            list(Float32),
            "km",
            "Virtual height or apparent range of each point; empty without a proved axis",
        ),
        column("x_px", list(Float32), "px", "Column of each point in the scan"),
        column("y_px", list(Float32), "px", "Row of the echo's centre at each point in the scan"),
        column("amplitude", list(UInt8), "1", "Echo strength of each point, 0 to 255"),
    ]
}

fn markers() -> Vec<Field> {
    use DataType::{Float32, Float64, Utf8};
    vec![
        frame_id(),
        time(),
        column("axis", Utf8, "", "frequency or height"),
        column("value", Float64, "see unit", "Frequency or height of the marker"),
        column("unit", Utf8, "", "MHz or km"),
        optional("x_px", Float32, "px", "Measured column in the scan; null if the marker was not found"),
        optional("y_px", Float32, "px", "Measured row in the scan; null if the marker was not found"),
        column(
            "fitted_px",
            Float32,
            "px",
            "Place in the scan on the fitted axis: column of a frequency, row of a height",
        ),
        optional("residual_px", Float32, "px", "Measured less fitted; null if the marker was not found"),
        column("strength", Float32, "1", "Strength of the line against its surround, 0 to 1"),
    ]
}

fn profiles() -> Vec<Field> {
    use DataType::Float64;
    vec![
        frame_id(),
        time(),
        column("height_km", Float64, "km", "True height"),
        column("electron_density_m3", Float64, "m-3", "Electron density of the layers fitted to the echoes"),
        column("lower", Float64, "m-3", "Lower 95 % bound"),
        column("upper", Float64, "m-3", "Upper 95 % bound"),
    ]
}

fn cells() -> Vec<Field> {
    use DataType::{Boolean, Float32, Float64, Int32, Utf8};
    vec![
        column("frame_id", Utf8, "", "Table that the cell belongs to: its row in frames"),
        optional("time_utc", time_type(), "ms since 1970-01-01 UTC", "Time of the cell; null if the zone is not known"),
        column("characteristic", Utf8, "", "Name of the characteristic as the source has it"),
        column(
            "kind",
            Utf8,
            "",
            "value, heading, median, count, range, upper_quartile, lower_quartile, upper_decile, lower_decile",
        ),
        column("printed_time", Utf8, "", "Date and time as printed; name of the field for a heading"),
        column("zone", Utf8, "", "Time zone as printed"),
        column("unit", Utf8, "", "Unit as printed"),
        column("text", Utf8, "", "The cell as printed"),
        optional("value", Float64, "see characteristics", "Value of the cell; the printed number of a summary"),
        column("row", Int32, "", "Line of the text or row of the page, counted from 0"),
        column("column", Int32, "", "Cell within the row, counted from 0"),
        optional("x", Int32, "px", "Left edge of the cell in the scan; null for text"),
        optional("y", Int32, "px", "Top edge of the cell in the scan; null for text"),
        optional("w", Int32, "px", "Width of the cell in the scan; null for text"),
        optional("h", Int32, "px", "Height of the cell in the scan; null for text"),
        column("likelihood", Float32, "1", "Probability that the cell is read right; 1 for text"),
        column("inferred", Boolean, "", "The value was repaired by the printed summaries"),
        column("tests", Utf8, "", "Tests that the cell does not pass, separated by a space"),
    ]
}

fn queue() -> Vec<Field> {
    use DataType::{Float32, Float64, Int32, UInt8, Utf8};
    vec![
        time(),
        column("characteristic", Utf8, "", "Name of the characteristic (URSI Handbook, UAG-23)"),
        optional("value", Float64, "see unit", "Value as the table characteristics has it"),
        column("unit", Utf8, "", "Unit of value and suggested: MHz, km, 1"),
        optional("suggested", Float64, "see unit", "What the neighbouring frames say; null if they say nothing"),
        column("confidence", Float32, "1", "Probability that the value is right to one reading unit"),
        column("flag", UInt8, "", "QARTOD flag of the value"),
        column("tests", Utf8, "", "Quality tests that did not pass, separated by a space"),
        optional("evidence", Float32, "1", "Log odds that the value is wrong, but for its tests; null if not known"),
        column("error_probability", Float32, "1", "Probability that the value is wrong"),
        column("importance", Float32, "1", "Importance of the characteristic"),
        column(
            "gain",
            Float32,
            "1",
            "Expected gain of a review: error_probability times importance; the queue starts with the largest",
        ),
        frame_id(),
        column("source_file", Utf8, "", "Path of the scan as given to the run"),
        column("frame_index", Int32, "", "Page of the file or frame of the strip, counted from 0"),
        column("roll", Utf8, "", "Roll: folder, multi-page file or strip"),
    ]
}

fn failures() -> Vec<Field> {
    use DataType::{Int32, Utf8};
    vec![
        column("source_file", Utf8, "", "Path of the input"),
        optional("frame_index", Int32, "", "Page or frame, counted from 0; null if none was reached"),
        column("stage", Utf8, "", "Stage that failed"),
        column("class", Utf8, "", "Kind of error"),
        column("message", Utf8, "", "What happened and what can be done about it"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_is_described_and_named_once() {
        for table in Table::ALL {
            let schema = schema(table, "");
            for (i, field) in schema.fields().iter().enumerate() {
                assert!(field.metadata().contains_key("description"), "{}", field.name());
                assert_eq!(schema.index_of(field.name()).ok(), Some(i), "{}", field.name());
                assert!(!["station", "year"].contains(&field.name().as_str()));
            }
        }
    }
}

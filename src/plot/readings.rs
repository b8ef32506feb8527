//! What the charts show: readings, frames and traces, taken from the dataset's tables.

use crate::dataset::{DatasetError, Table, read_table};
use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{Float32Type, Float64Type, TimestampMillisecondType, UInt8Type};
use jiff::Timestamp;
use std::path::Path;

/// One row of the table `characteristics`.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// Station, if known.
    pub station: Option<String>,
    /// Time, if known.
    pub time: Option<Timestamp>,
    /// Name of the characteristic.
    pub characteristic: String,
    /// Unit of the value.
    pub unit: String,
    /// Value, if it could be read.
    pub value: Option<f64>,
    /// Lower 95 % bound.
    pub lower: Option<f64>,
    /// Upper 95 % bound.
    pub upper: Option<f64>,
    /// Qualifying and descriptive letter.
    pub letters: String,
    /// QARTOD flag.
    pub flag: u8,
}

/// One row of the table `frames`.
#[derive(Debug, Clone, PartialEq)]
pub struct FrameMark {
    /// Station, if known.
    pub station: Option<String>,
    /// Time, if known.
    pub time: Option<Timestamp>,
    /// `scaled`, `no_echo`, `rejected` or `failed`.
    pub status: String,
}

/// One row of the table `traces`.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// The frame.
    pub frame_id: String,
    /// Station, if known.
    pub station: Option<String>,
    /// Time, if known.
    pub time: Option<Timestamp>,
    /// `O`, `X`, `Z` or `unknown`.
    pub mode: String,
    /// Layer.
    pub layer: String,
    /// 1 for the first reflection, n for the n-th multiple.
    pub hop: u8,
    /// Frequency (MHz) and height or range (km) of each point.
    pub points: Vec<(f64, f64)>,
}

/// All readings of a dataset.
pub fn readings(root: &Path) -> Result<Vec<Reading>, DatasetError> {
    rows(root, Table::Characteristics, |columns, row| Reading {
        station: columns.text("station", row),
        time: columns.time(row),
        characteristic: columns.text("characteristic", row).unwrap_or_default(),
        unit: columns.text("unit", row).unwrap_or_default(),
        value: columns.number("value", row),
        lower: columns.number("lower", row),
        upper: columns.number("upper", row),
        letters: ["qualifier", "descriptor"].into_iter().filter_map(|name| columns.text(name, row)).collect(),
        flag: columns.byte("flag", row).unwrap_or(2),
    })
}

/// All frames of a dataset.
pub fn frames(root: &Path) -> Result<Vec<FrameMark>, DatasetError> {
    rows(root, Table::Frames, |columns, row| FrameMark {
        station: columns.text("station", row),
        time: columns.time(row),
        status: columns.text("status", row).unwrap_or_default(),
    })
}

/// The traces of one frame of a dataset.
pub fn curves(root: &Path, frame_id: &str) -> Result<Vec<Curve>, DatasetError> {
    let all = rows(root, Table::Traces, |columns, row| {
        let id = columns.text("frame_id", row).filter(|id| id == frame_id)?;
        let frequency = columns.list("frequency_mhz", row);
        let height = columns.list("height_km", row);
        Some(Curve {
            frame_id: id,
            station: columns.text("station", row),
            time: columns.time(row),
            mode: columns.text("mode", row).unwrap_or_default(),
            layer: columns.text("layer", row).unwrap_or_default(),
            hop: columns.byte("hop", row).unwrap_or(1),
            points: frequency.into_iter().zip(height).collect(),
        })
    })?;
    Ok(all.into_iter().flatten().collect())
}

fn rows<T>(root: &Path, table: Table, mut row: impl FnMut(&Columns<'_>, usize) -> T) -> Result<Vec<T>, DatasetError> {
    let mut all = Vec::new();
    for batch in read_table(root, table)? {
        let columns = Columns { batch: &batch };
        all.extend((0..batch.num_rows()).map(|index| row(&columns, index)));
    }
    Ok(all)
}

/// Columns of a batch by name; a column that is absent, null or of another type gives nothing.
struct Columns<'a> {
    batch: &'a RecordBatch,
}

impl Columns<'_> {
    fn valid(&self, name: &str, row: usize) -> Option<&ArrayRef> {
        self.batch.column_by_name(name).filter(|column| column.is_valid(row))
    }

    fn text(&self, name: &str, row: usize) -> Option<String> {
        Some(self.valid(name, row)?.as_string_opt::<i32>()?.value(row).to_owned())
    }

    fn number(&self, name: &str, row: usize) -> Option<f64> {
        Some(self.valid(name, row)?.as_primitive_opt::<Float64Type>()?.value(row))
    }

    fn byte(&self, name: &str, row: usize) -> Option<u8> {
        Some(self.valid(name, row)?.as_primitive_opt::<UInt8Type>()?.value(row))
    }

    fn time(&self, row: usize) -> Option<Timestamp> {
        let time = self.valid("time_utc", row)?.as_primitive_opt::<TimestampMillisecondType>()?.value(row);
        Timestamp::from_millisecond(time).ok()
    }

    fn list(&self, name: &str, row: usize) -> Vec<f64> {
        let items = self.valid(name, row).and_then(|column| column.as_list_opt::<i32>()).map(|list| list.value(row));
        let numbers = items.as_ref().and_then(|items| items.as_primitive_opt::<Float32Type>());
        numbers.map_or_else(Vec::new, |numbers| numbers.values().iter().copied().map(f64::from).collect())
    }
}

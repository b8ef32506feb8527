//! What the charts show besides readings: frames and traces, taken from the dataset's tables.

use crate::dataset::{DatasetError, Table, read_table};
use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{Float32Type, Float64Type, TimestampMillisecondType, UInt8Type};
use jiff::Timestamp;
use std::path::Path;

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

/// The electron-density profile of one frame.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ProfileCurve {
    /// The frame.
    pub frame_id: String,
    /// Station, if known.
    pub station: Option<String>,
    /// Time, if known.
    pub time: Option<Timestamp>,
    /// Plasma frequency (MHz) and true height (km), upward.
    pub points: Vec<(f64, f64)>,
    /// Lower 95 % bound of the plasma frequency at each height.
    pub lower: Vec<(f64, f64)>,
    /// Upper 95 % bound.
    pub upper: Vec<(f64, f64)>,
}

/// The profile of one frame, from the table `profiles`; without points if the dataset has none.
pub fn profiles(root: &Path, frame_id: &str) -> Result<ProfileCurve, DatasetError> {
    let mut profile = ProfileCurve { frame_id: frame_id.to_owned(), ..ProfileCurve::default() };
    let Some(table) = Table::ALL.into_iter().find(|table| table.as_str() == "profiles") else { return Ok(profile) };
    let mut found = rows(root, table, |columns, row| {
        columns.text("frame_id", row).filter(|id| id == frame_id)?;
        let heights = columns.list("height_km", row);
        let curve = |name: &str| -> Vec<(f64, f64)> {
            columns.list(name, row).into_iter().map(plasma_frequency).zip(heights.iter().copied()).collect()
        };
        let (points, lower, upper) = (curve("electron_density_m3"), curve("lower"), curve("upper"));
        Some((columns.text("station", row), columns.time(row), points, lower, upper))
    })?;
    for (station, time, points, lower, upper) in found.drain(..).flatten() {
        (profile.station, profile.time) = (station, time);
        profile.points.extend(points);
        profile.lower.extend(lower);
        profile.upper.extend(upper);
    }
    for curve in [&mut profile.points, &mut profile.lower, &mut profile.upper] {
        curve.retain(|(mhz, km)| mhz.is_finite() && km.is_finite());
        curve.sort_by(|a, b| a.1.total_cmp(&b.1));
    }
    Ok(profile)
}

/// Plasma frequency in MHz of a density in electrons per cubic metre: 8.98 Hz times its root.
fn plasma_frequency(density: f64) -> f64 {
    8.98e-6 * density.sqrt()
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

fn rows<T>(
    root: &Path,
    table: Table,
    mut row: impl FnMut(&PlottedColumns<'_>, usize) -> T,
) -> Result<Vec<T>, DatasetError> {
    let mut all = Vec::new();
    for batch in read_table(root, table)? {
        let columns = PlottedColumns { batch: &batch };
        all.extend((0..batch.num_rows()).map(|index| row(&columns, index)));
    }
    Ok(all)
}

/// Columns of a batch by name; a column that is absent, null or of another type gives nothing.
struct PlottedColumns<'a> {
    batch: &'a RecordBatch,
}

impl PlottedColumns<'_> {
    fn valid(&self, name: &str, row: usize) -> Option<&ArrayRef> {
        self.batch.column_by_name(name).filter(|column| column.is_valid(row))
    }

    fn text(&self, name: &str, row: usize) -> Option<String> {
        Some(self.valid(name, row)?.as_string_opt::<i32>()?.value(row).to_owned())
    }

    fn byte(&self, name: &str, row: usize) -> Option<u8> {
        Some(self.valid(name, row)?.as_primitive_opt::<UInt8Type>()?.value(row))
    }

    fn time(&self, row: usize) -> Option<Timestamp> {
        let time = self.valid("time_utc", row)?.as_primitive_opt::<TimestampMillisecondType>()?.value(row);
        Timestamp::from_millisecond(time).ok()
    }

    /// The numbers of a list, or the one number of a column without lists.
    fn list(&self, name: &str, row: usize) -> Vec<f64> {
        let Some(column) = self.valid(name, row) else { return Vec::new() };
        let (items, range) = match column.as_list_opt::<i32>() {
            Some(list) => (list.value(row), None),
            None => (column.clone(), Some(row)),
        };
        let all: Vec<f64> = if let Some(numbers) = items.as_primitive_opt::<Float32Type>() {
            range
                .map_or(numbers.values().as_ref(), |row| &numbers.values()[row..=row])
                .iter()
                .map(|x| f64::from(*x))
                .collect()
        } else if let Some(numbers) = items.as_primitive_opt::<Float64Type>() {
            range.map_or(numbers.values().as_ref(), |row| &numbers.values()[row..=row]).to_vec()
        } else {
            Vec::new()
        };
        all
    }
}

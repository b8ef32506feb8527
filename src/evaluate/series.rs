//! The part of a dataset that is compared: frames with their characteristics, traces and markers.

use crate::dataset::{DatasetError, Table, read_table};
use arrow::array::{
    Array, AsArray, Float32Array, Float64Array, Int32Array, ListArray, RecordBatch, StringArray,
    TimestampMillisecondArray, UInt8Array,
};
use std::collections::BTreeMap;
use std::path::Path;

/// One frame of the dataset with everything that hangs on it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct FrameRecord {
    pub(super) source_file: String,
    pub(super) frame_index: i32,
    /// Left, top, width and height in the file, px.
    pub(super) bbox: [f64; 4],
    pub(super) status: String,
    pub(super) calibration_id: String,
    pub(super) station_code: Option<String>,
    /// Milliseconds since 1970 in UTC.
    pub(super) time_ms: Option<i64>,
    pub(super) time_origin: Option<String>,
    pub(super) time_confidence: f32,
    pub(super) values: Vec<ValueRecord>,
    pub(super) traces: Vec<TraceRecord>,
    pub(super) markers: Vec<MarkerRecord>,
}

/// One characteristic.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct ValueRecord {
    pub(super) name: String,
    pub(super) value: Option<f64>,
    pub(super) lower: Option<f64>,
    pub(super) upper: Option<f64>,
    pub(super) qualifier: String,
    pub(super) descriptor: String,
    pub(super) confidence: f32,
    pub(super) flag: u8,
}

/// One trace in scan pixels.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct TraceRecord {
    pub(super) mode: String,
    pub(super) points: Vec<(f64, f64)>,
}

/// One frequency or height marker.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct MarkerRecord {
    pub(super) is_frequency: bool,
    pub(super) value: f64,
    pub(super) fitted_px: f64,
}

/// Reads all frames of a dataset in the order of their frame names.
pub(super) fn read_series(root: &Path) -> Result<Vec<FrameRecord>, DatasetError> {
    let mut frames = BTreeMap::new();
    for batch in read_table(root, Table::Frames)? {
        let columns = EvaluatedColumns(&batch);
        for row in 0..batch.num_rows() {
            let side = |name| f64::from(columns.integer(name, row));
            frames.insert(
                columns.text("frame_id", row).unwrap_or_default(),
                FrameRecord {
                    source_file: columns.text("source_file", row).unwrap_or_default(),
                    frame_index: columns.integer("frame_index", row),
                    bbox: [side("bbox_x"), side("bbox_y"), side("bbox_w"), side("bbox_h")],
                    status: columns.text("status", row).unwrap_or_default(),
                    calibration_id: columns.text("calibration_id", row).unwrap_or_default(),
                    station_code: columns.text("station_code", row),
                    time_ms: columns.time_ms("time_utc", row),
                    time_origin: columns.text("time_origin", row),
                    time_confidence: columns.single("time_confidence", row),
                    ..FrameRecord::default()
                },
            );
        }
    }
    for batch in read_table(root, Table::Characteristics)? {
        let columns = EvaluatedColumns(&batch);
        for row in 0..batch.num_rows() {
            let Some(frame) = columns.text("frame_id", row).and_then(|id| frames.get_mut(&id)) else { continue };
            frame.values.push(ValueRecord {
                name: columns.text("characteristic", row).unwrap_or_default(),
                value: columns.double("value", row),
                lower: columns.double("lower", row),
                upper: columns.double("upper", row),
                qualifier: columns.text("qualifier", row).unwrap_or_default(),
                descriptor: columns.text("descriptor", row).unwrap_or_default(),
                confidence: columns.single("confidence", row),
                flag: columns.byte("flag", row),
            });
        }
    }
    for batch in read_table(root, Table::Traces)? {
        let columns = EvaluatedColumns(&batch);
        for row in 0..batch.num_rows() {
            let Some(frame) = columns.text("frame_id", row).and_then(|id| frames.get_mut(&id)) else { continue };
            let points = columns.list("x_px", row).into_iter().zip(columns.list("y_px", row)).collect();
            frame.traces.push(TraceRecord { mode: columns.text("mode", row).unwrap_or_default(), points });
        }
    }
    for batch in read_table(root, Table::Markers)? {
        let columns = EvaluatedColumns(&batch);
        for row in 0..batch.num_rows() {
            let Some(frame) = columns.text("frame_id", row).and_then(|id| frames.get_mut(&id)) else { continue };
            frame.markers.push(MarkerRecord {
                is_frequency: columns.text("axis", row).as_deref() == Some("frequency"),
                value: columns.double("value", row).unwrap_or_default(),
                fitted_px: f64::from(columns.single("fitted_px", row)),
            });
        }
    }
    Ok(frames.into_values().collect())
}

/// Cells of a batch by column name; a column that is missing or of another type reads as null.
struct EvaluatedColumns<'a>(&'a RecordBatch);

impl EvaluatedColumns<'_> {
    fn cell<A: Array + 'static>(&self, name: &str, row: usize) -> Option<&A> {
        let column = self.0.column_by_name(name)?.as_any().downcast_ref::<A>()?;
        column.is_valid(row).then_some(column)
    }

    fn text(&self, name: &str, row: usize) -> Option<String> {
        self.cell::<StringArray>(name, row).map(|column| column.value(row).to_owned())
    }

    fn integer(&self, name: &str, row: usize) -> i32 {
        self.cell::<Int32Array>(name, row).map_or(0, |column| column.value(row))
    }

    fn byte(&self, name: &str, row: usize) -> u8 {
        self.cell::<UInt8Array>(name, row).map_or(0, |column| column.value(row))
    }

    fn single(&self, name: &str, row: usize) -> f32 {
        self.cell::<Float32Array>(name, row).map_or(f32::NAN, |column| column.value(row))
    }

    fn double(&self, name: &str, row: usize) -> Option<f64> {
        self.cell::<Float64Array>(name, row).map(|column| column.value(row))
    }

    fn time_ms(&self, name: &str, row: usize) -> Option<i64> {
        self.cell::<TimestampMillisecondArray>(name, row).map(|column| column.value(row))
    }

    fn list(&self, name: &str, row: usize) -> Vec<f64> {
        self.cell::<ListArray>(name, row).map_or_else(Vec::new, |column| {
            let values = column.value(row);
            let values = values.as_primitive_opt::<arrow::datatypes::Float32Type>();
            values.map_or_else(Vec::new, |values| values.values().iter().map(|&value| f64::from(value)).collect())
        })
    }
}

//! Rows into columns.

use super::rows::{CellRow, CharacteristicRow, FrameRow, MarkerRow, ProfileRow, QueueRow, TraceRow};
use super::schema::{Table, schema};
use crate::model::{Failure, FrameClass, GridOrigin, Origin};
use arrow::array::{
    ArrayRef, BooleanArray, Float32Array, Float32Builder, Float64Array, Int16Array, Int32Array, ListBuilder,
    PrimitiveBuilder, RecordBatch, StringArray, TimestampMillisecondArray, UInt8Array, UInt8Builder,
};
use arrow::datatypes::{ArrowPrimitiveType, DataType, Field};
use arrow::error::ArrowError;
use jiff::Timestamp;
use std::sync::Arc;

/// What made the rows: the same in every row of `frames`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Provenance<'a> {
    pub(super) engine_version: &'a str,
    pub(super) pipeline_sha256: &'a str,
    pub(super) calibration_sha256: &'a str,
}

/// Columns of `frames`.
pub(super) fn frames(rows: &[FrameRow], provenance: Provenance<'_>) -> Result<RecordBatch, ArrowError> {
    let constant = |value: &str| -> ArrayRef { Arc::new(StringArray::from_iter_values(rows.iter().map(|_| value))) };
    let columns: Vec<ArrayRef> = vec![
        texts(rows, |row| &row.frame_id),
        texts(rows, |row| &row.source_file),
        texts(rows, |row| &row.source_sha256),
        Arc::new(rows.iter().map(|row| Some(row.frame_index)).collect::<Int32Array>()),
        texts(rows, |row| &row.roll),
        Arc::new(rows.iter().map(|row| Some(row.bbox.x)).collect::<Int32Array>()),
        Arc::new(rows.iter().map(|row| Some(row.bbox.y)).collect::<Int32Array>()),
        Arc::new(rows.iter().map(|row| Some(row.bbox.w)).collect::<Int32Array>()),
        Arc::new(rows.iter().map(|row| Some(row.bbox.h)).collect::<Int32Array>()),
        Arc::new(rows.iter().map(|row| Some(row.rotation_deg)).collect::<Float32Array>()),
        Arc::new(rows.iter().map(|row| Some(row.mirrored)).collect::<BooleanArray>()),
        Arc::new(rows.iter().map(|row| Some(row.inverted)).collect::<BooleanArray>()),
        Arc::new(rows.iter().map(|row| row.station_code.as_deref()).collect::<StringArray>()),
        Arc::new(rows.iter().map(|row| row.station_origin.map(Origin::as_str)).collect::<StringArray>()),
        times(rows, |row| row.time_utc),
        Arc::new(rows.iter().map(|row| row.time_quality).collect::<UInt8Array>()),
        Arc::new(rows.iter().map(|row| row.time_origin.map(Origin::as_str)).collect::<StringArray>()),
        Arc::new(rows.iter().map(|row| Some(row.time_confidence)).collect::<Float32Array>()),
        texts(rows, |row| &row.caption_text),
        texts(rows, |row| &row.calibration_id),
        Arc::new(rows.iter().map(|row| Some(row.markers_found)).collect::<Int16Array>()),
        Arc::new(rows.iter().map(|row| Some(row.markers_expected)).collect::<Int16Array>()),
        Arc::new(rows.iter().map(|row| row.frequency_residual_px).collect::<Float32Array>()),
        Arc::new(rows.iter().map(|row| row.height_residual_px).collect::<Float32Array>()),
        Arc::new(rows.iter().map(|row| row.axes_origin.map(axes_origin)).collect::<StringArray>()),
        Arc::new(rows.iter().map(|row| row.frame_class.map(frame_class)).collect::<StringArray>()),
        texts(rows, |row| row.status.as_str()),
        texts(rows, |row| &row.reason),
        Arc::new(rows.iter().map(|row| Some(row.flag as u8)).collect::<UInt8Array>()),
        constant(provenance.engine_version),
        constant(provenance.pipeline_sha256),
        constant(provenance.calibration_sha256),
    ];
    RecordBatch::try_new(schema(Table::Frames, provenance.pipeline_sha256), columns)
}

/// Columns of `characteristics`.
pub(super) fn characteristics(
    rows: &[CharacteristicRow],
    provenance: Provenance<'_>,
) -> Result<RecordBatch, ArrowError> {
    let columns: Vec<ArrayRef> = vec![
        times(rows, |row| row.time_utc),
        texts(rows, |row| row.name.as_str()),
        Arc::new(rows.iter().map(|row| Some(row.name.ursi_code())).collect::<Int16Array>()),
        Arc::new(rows.iter().map(|row| row.value).collect::<Float64Array>()),
        texts(rows, |row| row.name.unit()),
        Arc::new(rows.iter().map(|row| row.lower).collect::<Float64Array>()),
        Arc::new(rows.iter().map(|row| row.upper).collect::<Float64Array>()),
        letters(rows, |row| row.qualifier),
        letters(rows, |row| row.descriptor),
        Arc::new(rows.iter().map(|row| Some(row.confidence)).collect::<Float32Array>()),
        Arc::new(rows.iter().map(|row| Some(row.flag as u8)).collect::<UInt8Array>()),
        texts(rows, |row| &row.tests),
        texts(rows, |row| row.origin.as_str()),
        texts(rows, |row| &row.frame_id),
        Arc::new(rows.iter().map(|_| Some(0)).collect::<Int32Array>()),
    ];
    RecordBatch::try_new(schema(Table::Characteristics, provenance.pipeline_sha256), columns)
}

/// Columns of `traces`.
pub(super) fn traces(rows: &[TraceRow], provenance: Provenance<'_>) -> Result<RecordBatch, ArrowError> {
    let columns: Vec<ArrayRef> = vec![
        texts(rows, |row| &row.frame_id),
        times(rows, |row| row.time_utc),
        texts(rows, |row| row.mode.as_str()),
        texts(rows, |row| row.layer.as_str()),
        Arc::new(rows.iter().map(|row| Some(row.hop)).collect::<UInt8Array>()),
        Arc::new(rows.iter().map(|row| Some(row.confidence)).collect::<Float32Array>()),
        lists(rows, Float32Builder::new(), DataType::Float32, |row| &row.frequency_mhz),
        lists(rows, Float32Builder::new(), DataType::Float32, |row| &row.height_km),
        lists(rows, Float32Builder::new(), DataType::Float32, |row| &row.x_px),
        lists(rows, Float32Builder::new(), DataType::Float32, |row| &row.y_px),
        lists(rows, UInt8Builder::new(), DataType::UInt8, |row| &row.amplitude),
    ];
    RecordBatch::try_new(schema(Table::Traces, provenance.pipeline_sha256), columns)
}

/// Columns of `markers`.
pub(super) fn markers(rows: &[MarkerRow], provenance: Provenance<'_>) -> Result<RecordBatch, ArrowError> {
    let columns: Vec<ArrayRef> = vec![
        texts(rows, |row| &row.frame_id),
        times(rows, |row| row.time_utc),
        texts(rows, |row| row.axis.as_str()),
        Arc::new(rows.iter().map(|row| Some(row.value)).collect::<Float64Array>()),
        texts(rows, |row| row.axis.unit()),
        Arc::new(rows.iter().map(|row| row.measured.map(|(x, _)| x)).collect::<Float32Array>()),
        Arc::new(rows.iter().map(|row| row.measured.map(|(_, y)| y)).collect::<Float32Array>()),
        Arc::new(rows.iter().map(|row| Some(row.fitted_px)).collect::<Float32Array>()),
        Arc::new(rows.iter().map(|row| row.residual_px).collect::<Float32Array>()),
        Arc::new(rows.iter().map(|row| Some(row.strength)).collect::<Float32Array>()),
    ];
    RecordBatch::try_new(schema(Table::Markers, provenance.pipeline_sha256), columns)
}

/// Columns of `profiles`.
pub(super) fn profiles(rows: &[ProfileRow], provenance: Provenance<'_>) -> Result<RecordBatch, ArrowError> {
    let numbers = |value: fn(&ProfileRow) -> f64| -> ArrayRef {
        Arc::new(rows.iter().map(|row| Some(value(row))).collect::<Float64Array>())
    };
    let columns: Vec<ArrayRef> = vec![
        texts(rows, |row| &row.frame_id),
        times(rows, |row| row.time_utc),
        numbers(|row| row.point.height_km),
        numbers(|row| row.point.electron_density_m3),
        numbers(|row| row.point.lower),
        numbers(|row| row.point.upper),
    ];
    RecordBatch::try_new(schema(Table::Profiles, provenance.pipeline_sha256), columns)
}

/// Columns of `cells`.
pub(super) fn cells(rows: &[CellRow], provenance: Provenance<'_>) -> Result<RecordBatch, ArrowError> {
    let side = |value: fn(&crate::model::PixelBox) -> i32| -> ArrayRef {
        Arc::new(rows.iter().map(|row| row.bbox.as_ref().map(value)).collect::<Int32Array>())
    };
    let place = |value: fn(&CellRow) -> u32| -> ArrayRef {
        Arc::new(rows.iter().map(|row| i32::try_from(value(row)).ok()).collect::<Int32Array>())
    };
    let columns: Vec<ArrayRef> = vec![
        texts(rows, |row| &row.frame_id),
        times(rows, |row| row.time_utc),
        texts(rows, |row| &row.characteristic),
        texts(rows, |row| &row.kind),
        texts(rows, |row| &row.printed_time),
        texts(rows, |row| &row.zone),
        texts(rows, |row| &row.unit),
        texts(rows, |row| &row.text),
        Arc::new(rows.iter().map(|row| row.value).collect::<Float64Array>()),
        place(|row| row.row),
        place(|row| row.column),
        side(|bbox| bbox.x),
        side(|bbox| bbox.y),
        side(|bbox| bbox.w),
        side(|bbox| bbox.h),
        Arc::new(rows.iter().map(|row| Some(row.likelihood)).collect::<Float32Array>()),
        Arc::new(rows.iter().map(|row| Some(row.inferred)).collect::<BooleanArray>()),
        texts(rows, |row| &row.tests),
    ];
    RecordBatch::try_new(schema(Table::Cells, provenance.pipeline_sha256), columns)
}

/// Columns of `queue`.
pub(super) fn queue(rows: &[QueueRow], provenance: Provenance<'_>) -> Result<RecordBatch, ArrowError> {
    let columns: Vec<ArrayRef> = vec![
        times(rows, |row| row.time_utc),
        texts(rows, |row| row.name.as_str()),
        Arc::new(rows.iter().map(|row| row.value).collect::<Float64Array>()),
        texts(rows, |row| row.name.unit()),
        Arc::new(rows.iter().map(|row| row.suggested).collect::<Float64Array>()),
        Arc::new(rows.iter().map(|row| Some(row.confidence)).collect::<Float32Array>()),
        Arc::new(rows.iter().map(|row| Some(row.flag as u8)).collect::<UInt8Array>()),
        texts(rows, |row| &row.tests),
        Arc::new(rows.iter().map(|row| row.evidence).collect::<Float32Array>()),
        Arc::new(rows.iter().map(|row| Some(row.error_probability)).collect::<Float32Array>()),
        Arc::new(rows.iter().map(|row| Some(row.importance)).collect::<Float32Array>()),
        Arc::new(rows.iter().map(|row| Some(row.gain)).collect::<Float32Array>()),
        texts(rows, |row| &row.frame_id),
        texts(rows, |row| &row.source_file),
        Arc::new(rows.iter().map(|row| Some(row.frame_index)).collect::<Int32Array>()),
        texts(rows, |row| &row.roll),
    ];
    RecordBatch::try_new(schema(Table::Queue, provenance.pipeline_sha256), columns)
}

/// Columns of `failures`.
pub(super) fn failures(rows: &[Failure], provenance: Provenance<'_>) -> Result<RecordBatch, ArrowError> {
    let columns: Vec<ArrayRef> = vec![
        texts(rows, |row| &row.source_file),
        Arc::new(rows.iter().map(|row| row.frame_index).collect::<Int32Array>()),
        texts(rows, |row| &row.stage),
        texts(rows, |row| &row.class),
        texts(rows, |row| &row.message),
    ];
    RecordBatch::try_new(schema(Table::Failures, provenance.pipeline_sha256), columns)
}

fn texts<'a, R>(rows: &'a [R], value: impl Fn(&'a R) -> &'a str) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(rows.iter().map(value)))
}

fn letters<R>(rows: &[R], value: impl Fn(&R) -> Option<char>) -> ArrayRef {
    let letters = rows.iter().map(|row| value(row).map(String::from).unwrap_or_default());
    Arc::new(StringArray::from_iter_values(letters))
}

fn times<R>(rows: &[R], value: impl Fn(&R) -> Option<Timestamp>) -> ArrayRef {
    let times = rows.iter().map(|row| value(row).map(Timestamp::as_millisecond));
    Arc::new(times.collect::<TimestampMillisecondArray>().with_timezone("UTC"))
}

fn lists<R, T: ArrowPrimitiveType>(
    rows: &[R],
    items: PrimitiveBuilder<T>,
    item: DataType,
    value: impl Fn(&R) -> &Vec<T::Native>,
) -> ArrayRef {
    let mut builder = ListBuilder::new(items).with_field(Field::new("item", item, false));
    for row in rows {
        builder.values().append_slice(value(row));
        builder.append(true);
    }
    Arc::new(builder.finish())
}

fn axes_origin(origin: GridOrigin) -> &'static str {
    match origin {
        GridOrigin::Own => "own",
        GridOrigin::Roll => "roll",
        GridOrigin::Limits => "limits",
    }
}

fn frame_class(class: FrameClass) -> &'static str {
    match class {
        FrameClass::Ionogram => "ionogram",
        FrameClass::Blank => "blank",
        FrameClass::Noise => "noise",
        FrameClass::OutOfPhase => "out_of_phase",
        FrameClass::Double => "double",
        FrameClass::BadCrop => "bad_crop",
    }
}

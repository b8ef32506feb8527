//! Readings from the table `characteristics`.

use super::Selection;
use crate::dataset::{DatasetError, Partition, Table, table_files};
use crate::model::CharacteristicName;
use arrow::array::{Array, AsArray, BooleanArray, PrimitiveArray, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Float64Type, Int32Type, Schema, TimestampMillisecondType, UInt8Type};
use arrow::error::ArrowError;
use jiff::Timestamp;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowPredicateFn, ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowFilter,
};
use rayon::prelude::*;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

/// Where a value comes from. Of several values for one time the first kind in this order is preferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// Set by a reviewer.
    Review,
    /// Scaled from film.
    Film,
    /// Read from a printed table.
    Table,
}

/// One row of the table `characteristics`.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// Station, if known.
    pub station: Option<Arc<str>>,
    /// Time, if known.
    pub time: Option<Timestamp>,
    /// Characteristic.
    pub name: CharacteristicName,
    /// Value, if it could be read.
    pub value: Option<f64>,
    /// Lower 95 % bound.
    pub lower: Option<f64>,
    /// Upper 95 % bound.
    pub upper: Option<f64>,
    /// URSI qualifying letter.
    pub qualifier: Option<char>,
    /// URSI descriptive letter.
    pub descriptor: Option<char>,
    /// QARTOD flag.
    pub flag: u8,
    /// Where the value comes from.
    pub origin: Origin,
    /// 0 as first read, grows with each correction.
    pub revision: i32,
}

impl Reading {
    /// Qualifying and descriptive letter, without a gap for a missing one.
    pub fn letters(&self) -> String {
        self.qualifier.into_iter().chain(self.descriptor).collect()
    }
}

const HOUR_MS: i64 = 3_600_000;

const COLUMNS: [&str; 10] =
    ["time_utc", "characteristic", "value", "lower", "upper", "qualifier", "descriptor", "flag", "origin", "revision"];

/// The readings of a selection, in the order of the files: by station, year, time. A characteristic that this version
/// does not know is left out.
pub fn readings(root: &Path, selection: &Selection) -> Result<Vec<Reading>, DatasetError> {
    let mut files = Vec::new();
    for path in table_files(root, Table::Characteristics)? {
        let partition = Partition::of(path.strip_prefix(root).unwrap_or(&path));
        if selection.touches(&partition) {
            files.push((path, partition));
        }
    }
    if files.is_empty() && !root.join("_log/dataset.json").is_file() {
        return Err(DatasetError::NotADataset { path: root.to_owned() });
    }
    let parts: Result<Vec<Vec<Reading>>, DatasetError> =
        files.par_iter().map(|(path, partition)| file(path, partition, selection)).collect();
    Ok(parts?.concat())
}

fn file(path: &Path, partition: &Partition, selection: &Selection) -> Result<Vec<Reading>, DatasetError> {
    let parquet = |source| DatasetError::Parquet { path: path.to_owned(), source };
    let arrow = |source| DatasetError::Arrow { path: path.to_owned(), source };
    let open = File::open(path).map_err(DatasetError::io(path))?;
    let metadata = ArrowReaderMetadata::load(&open, ArrowReaderOptions::new()).map_err(parquet)?;
    let options = ArrowReaderOptions::new().with_schema(with_dictionary(metadata.schema()));
    let builder = ParquetRecordBatchReaderBuilder::try_new_with_options(open, options).map_err(parquet)?;
    let schema = builder.parquet_schema();
    // Bounds are a third of the bytes, and nothing that works by the hour looks at them.
    let hourly = selection.near_hour_ms.is_some();
    let needed = COLUMNS.into_iter().filter(|name| !(hourly && ["lower", "upper"].contains(name)));
    let columns = ProjectionMask::columns(schema, needed);
    let mut filters: Vec<Box<dyn parquet::arrow::arrow_reader::ArrowPredicate>> = Vec::new();
    // Time first: it keeps runs of rows, and the filters after it have less to look at.
    if selection.from.is_some() || selection.to.is_some() || selection.near_hour_ms.is_some() {
        let span = Span {
            from: selection.from.map(Timestamp::as_millisecond),
            to: selection.to.map(Timestamp::as_millisecond),
            near_hour: selection.near_hour_ms,
        };
        let mask = ProjectionMask::columns(schema, ["time_utc"]);
        filters.push(Box::new(ArrowPredicateFn::new(mask, move |batch| within(&batch, &span))));
    }
    if !selection.characteristics.is_empty() {
        let wanted: Vec<&str> = selection.characteristics.iter().map(|name| name.as_str()).collect();
        let mask = ProjectionMask::columns(schema, ["characteristic"]);
        filters.push(Box::new(ArrowPredicateFn::new(mask, move |batch| named(&batch, &wanted))));
    }
    if let Some(frame) = selection.frame.clone() {
        let mask = ProjectionMask::columns(schema, ["frame_id"]);
        filters.push(Box::new(ArrowPredicateFn::new(mask, move |batch| of_frame(&batch, &frame))));
    }
    if !selection.flags.is_empty() {
        let flags = selection.flags.clone();
        let mask = ProjectionMask::columns(schema, ["flag"]);
        filters.push(Box::new(ArrowPredicateFn::new(mask, move |batch| flagged(&batch, &flags))));
    }
    let reader = builder.with_projection(columns).with_row_filter(RowFilter::new(filters)).build().map_err(parquet)?;
    let station: Option<Arc<str>> = partition.station.as_deref().map(Arc::from);
    let mut all = Vec::new();
    for batch in reader {
        rows(&batch.map_err(arrow)?, station.as_ref(), &mut all).map_err(arrow)?;
    }
    Ok(all)
}

/// The schema with names of characteristics read as a dictionary: comparing its few words once is several times faster
/// than comparing the name of each row.
fn with_dictionary(schema: &Schema) -> Arc<Schema> {
    let field = |field: &Arc<Field>| {
        if field.name() == "characteristic" && *field.data_type() == DataType::Utf8 {
            let words = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
            Arc::new(field.as_ref().clone().with_data_type(words))
        } else {
            field.clone()
        }
    };
    let fields: Vec<Arc<Field>> = schema.fields().iter().map(field).collect();
    Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()))
}

/// For each row the index of its name, and the names.
fn names(batch: &RecordBatch) -> Result<(&PrimitiveArray<Int32Type>, &StringArray), ArrowError> {
    let column = column(batch, "characteristic")?;
    let words = column.as_dictionary_opt::<Int32Type>().ok_or_else(|| wrong_type("characteristic"))?;
    let names = words.values().as_string_opt::<i32>().ok_or_else(|| wrong_type("characteristic"))?;
    Ok((words.keys(), names))
}

fn column<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a arrow::array::ArrayRef, ArrowError> {
    batch.column_by_name(name).ok_or_else(|| ArrowError::SchemaError(format!("the column {name} is missing")))
}

fn wrong_type(name: &str) -> ArrowError {
    ArrowError::SchemaError(format!("the column {name} has another type than this version writes"))
}

fn named(batch: &RecordBatch, wanted: &[&str]) -> Result<BooleanArray, ArrowError> {
    let (keys, names) = names(batch)?;
    let among: Vec<bool> = names.iter().map(|name| name.is_some_and(|name| wanted.contains(&name))).collect();
    Ok(keys.iter().map(|key| Some(key.is_some_and(|key| among[key as usize]))).collect())
}

fn of_frame(batch: &RecordBatch, frame: &str) -> Result<BooleanArray, ArrowError> {
    let frames = column(batch, "frame_id")?.as_string_opt::<i32>().ok_or_else(|| wrong_type("frame_id"))?;
    Ok(frames.iter().map(|id| Some(id == Some(frame))).collect())
}

/// Times of a selection, milliseconds.
struct Span {
    from: Option<i64>,
    to: Option<i64>,
    near_hour: Option<i64>,
}

fn within(batch: &RecordBatch, span: &Span) -> Result<BooleanArray, ArrowError> {
    let times = column(batch, "time_utc")?
        .as_primitive_opt::<TimestampMillisecondType>()
        .ok_or_else(|| wrong_type("time_utc"))?;
    let held = |time: i64| {
        span.from.is_none_or(|from| time >= from)
            && span.to.is_none_or(|to| time < to)
            && span.near_hour.is_none_or(|near| (time + near).rem_euclid(HOUR_MS) <= 2 * near)
    };
    Ok(times.iter().map(|time| Some(time.is_some_and(held))).collect())
}

fn flagged(batch: &RecordBatch, wanted: &[u8]) -> Result<BooleanArray, ArrowError> {
    let flags = column(batch, "flag")?.as_primitive_opt::<UInt8Type>().ok_or_else(|| wrong_type("flag"))?;
    Ok(flags.iter().map(|flag| Some(flag.is_some_and(|flag| wanted.contains(&flag)))).collect())
}

fn rows(batch: &RecordBatch, station: Option<&Arc<str>>, all: &mut Vec<Reading>) -> Result<(), ArrowError> {
    let text = |name| column(batch, name)?.as_string_opt::<i32>().ok_or_else(|| wrong_type(name));
    let number = |name| column(batch, name)?.as_primitive_opt::<Float64Type>().ok_or_else(|| wrong_type(name));
    let (keys, names) = names(batch)?;
    let known: Vec<Option<CharacteristicName>> =
        names.iter().map(|name| CharacteristicName::from_name(name.unwrap_or_default())).collect();
    let origins = text("origin")?;
    let (qualifiers, descriptors) = (text("qualifier")?, text("descriptor")?);
    let values = number("value")?;
    let bounds = ["lower", "upper"].map(|name| number(name).ok());
    let times = column(batch, "time_utc")?
        .as_primitive_opt::<TimestampMillisecondType>()
        .ok_or_else(|| wrong_type("time_utc"))?;
    let flags = column(batch, "flag")?.as_primitive_opt::<UInt8Type>().ok_or_else(|| wrong_type("flag"))?;
    let revisions = column(batch, "revision")?.as_primitive_opt::<Int32Type>().ok_or_else(|| wrong_type("revision"))?;
    for row in 0..batch.num_rows() {
        let Some(name) = known[keys.value(row) as usize] else { continue };
        // What neighbouring frames say of a frame stands beside its reading and is none itself.
        if origins.value(row) == "estimated" {
            continue;
        }
        let some = |array: &arrow::array::Float64Array| array.is_valid(row).then(|| array.value(row));
        all.push(Reading {
            station: station.cloned(),
            time: times.is_valid(row).then(|| Timestamp::from_millisecond(times.value(row)).ok()).flatten(),
            name,
            value: some(values),
            lower: bounds[0].and_then(some),
            upper: bounds[1].and_then(some),
            qualifier: qualifiers.value(row).chars().next(),
            descriptor: descriptors.value(row).chars().next(),
            flag: flags.value(row),
            origin: match origins.value(row) {
                "review" => Origin::Review,
                "table" => Origin::Table,
                _ => Origin::Film,
            },
            revision: revisions.value(row),
        });
    }
    Ok(())
}

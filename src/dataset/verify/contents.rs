//! What stands in a file: columns, order of rows, keys that occur twice.

use super::Finding;
use crate::dataset::{DatasetError, Table, schema};
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Int32Type, Schema, TimestampMillisecondType};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::path::Path;

/// Keys seen so far, shortened to 64 bits of their hash: a million keys of a partition collide by chance about once in
/// forty million datasets.
#[derive(Debug, Default)]
pub(super) struct Seen(HashSet<u64>);

impl Seen {
    /// The key is new.
    fn note(&mut self, parts: &[&str]) -> bool {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update(part);
            hash.update([0]);
        }
        let digest = hash.finalize();
        let mut short = [0; 8];
        short.copy_from_slice(&digest[..8]);
        self.0.insert(u64::from_le_bytes(short))
    }
}

/// Columns, number of rows, their order and keys of one file of a table. `seen` has the keys of the files before.
pub(super) fn contents(
    path: &Path,
    name: &str,
    table: Table,
    rows: u64,
    seen: &mut Seen,
) -> Result<Vec<Finding>, DatasetError> {
    let parquet = |source| DatasetError::Parquet { path: path.to_owned(), source };
    let file = std::fs::File::open(path).map_err(DatasetError::io(path))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(parquet)?;
    let mut findings = Vec::new();
    if u64::try_from(builder.metadata().file_metadata().num_rows()) != Ok(rows) {
        findings.push(Finding::RowCount(name.to_owned()));
    }
    let differences = differences(builder.schema(), &schema(table, ""));
    if !differences.is_empty() {
        findings.push(Finding::Schema(name.to_owned(), differences));
        return Ok(findings);
    }
    let keys = ["time_utc", "frame_id", "characteristic", "origin", "revision"];
    let there = |key: &&str| builder.schema().field_with_name(key).is_ok();
    let keys: Vec<&str> = keys.into_iter().filter(there).collect();
    if !keys.contains(&"frame_id") {
        return Ok(findings);
    }
    let mask = ProjectionMask::columns(builder.parquet_schema(), keys);
    let mut order = Order::default();
    let mut twice = None;
    for batch in builder.with_projection(mask).build().map_err(parquet)? {
        let batch = batch.map_err(|source| DatasetError::Arrow { path: path.to_owned(), source })?;
        order.check(&batch);
        twice = twice.or_else(|| first_twice(&batch, table, seen));
    }
    if !order.sorted {
        findings.push(Finding::Order(name.to_owned()));
    }
    findings.extend(twice.map(|key| Finding::Duplicate(name.to_owned(), key)));
    Ok(findings)
}

/// In words what columns a file has otherwise than expected; empty if nothing.
fn differences(there: &Schema, expected: &Schema) -> String {
    let mut words = Vec::new();
    for field in expected.fields() {
        match there.field_with_name(field.name()) {
            Err(_) => words.push(format!("{} is missing", field.name())),
            Ok(other) if other.data_type() != field.data_type() => {
                words.push(format!("{} is {} and not {}", field.name(), other.data_type(), field.data_type()));
            }
            Ok(_) => {}
        }
    }
    let foreign = there.fields().iter().filter(|field| expected.field_with_name(field.name()).is_err());
    words.extend(foreign.map(|field| format!("{} is foreign", field.name())));
    words.join(", ")
}

/// Rows stand by time, unknown last, and then by frame.
struct Order {
    last: Option<(bool, i64, String)>,
    sorted: bool,
}

impl Default for Order {
    fn default() -> Self {
        Self { last: None, sorted: true }
    }
}

impl Order {
    fn check(&mut self, batch: &RecordBatch) {
        let times = batch.column_by_name("time_utc").and_then(|c| c.as_primitive_opt::<TimestampMillisecondType>());
        let frames = batch.column_by_name("frame_id").and_then(|column| column.as_string_opt::<i32>());
        let (Some(times), Some(frames)) = (times, frames) else { return };
        for row in 0..batch.num_rows() {
            let (unknown, time) = (times.is_null(row), if times.is_null(row) { 0 } else { times.value(row) });
            let key = (unknown, time, frames.value(row));
            match &mut self.last {
                Some((last_unknown, last_time, last_frame)) => {
                    self.sorted &= (*last_unknown, *last_time, last_frame.as_str()) <= key;
                    (*last_unknown, *last_time) = (unknown, time);
                    last_frame.clear();
                    last_frame.push_str(key.2);
                }
                None => self.last = Some((unknown, time, key.2.to_owned())),
            }
        }
    }
}

/// The first key of a table that has keys which occurred before.
fn first_twice(batch: &RecordBatch, table: Table, seen: &mut Seen) -> Option<String> {
    let text = |name: &str| batch.column_by_name(name).and_then(|column| column.as_string_opt::<i32>());
    let frames = text("frame_id")?;
    match table {
        Table::Frames => (0..batch.num_rows())
            .find(|row| !seen.note(&[frames.value(*row)]))
            .map(|row| format!("frame {}", frames.value(row))),
        Table::Characteristics => {
            let (names, origins) = (text("characteristic")?, text("origin")?);
            let revisions = batch.column_by_name("revision")?.as_primitive_opt::<Int32Type>()?;
            // All readings of a printed table have the table's frame: their times differ.
            let times = batch.column_by_name("time_utc")?.as_primitive_opt::<TimestampMillisecondType>()?;
            (0..batch.num_rows())
                .find(|&row| {
                    let revision = revisions.value(row).to_string();
                    let time = if times.is_null(row) { String::new() } else { times.value(row).to_string() };
                    !seen.note(&[frames.value(row), names.value(row), &time, origins.value(row), &revision])
                })
                .map(|row| {
                    format!("{} of frame {}, revision {}", names.value(row), frames.value(row), revisions.value(row))
                })
        }
        _ => None,
    }
}

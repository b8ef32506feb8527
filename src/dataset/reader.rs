//! Reads tables back with arrow alone.

use super::store::{identity, sorted_entries};
use super::{DatasetError, Partition, Table};
use arrow::array::{ArrayRef, Int32Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::error::ArrowError;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::ffi::OsStr;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Reads a whole table of the dataset in `root`, file by file in the order of their paths. To the columns of the files
/// `station` (text) and `year` (32-bit integer) are added from the folder names; null where they are not known.
pub fn read_table(root: &Path, table: Table) -> Result<Vec<RecordBatch>, DatasetError> {
    if identity(root)?.is_none() {
        return Err(DatasetError::NotADataset { path: root.to_owned() });
    }
    let mut batches = Vec::new();
    for path in table_files(root, table)? {
        batches.extend(read_file(root, &path)?);
    }
    Ok(batches)
}

/// Reads one file of a table, with the columns of its folders.
pub(crate) fn read_file(root: &Path, path: &Path) -> Result<Vec<RecordBatch>, DatasetError> {
    let partition = Partition::of(path.strip_prefix(root).unwrap_or(path));
    let file = File::open(path).map_err(DatasetError::io(path))?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)
        .and_then(|builder| builder.build())
        .map_err(|source| DatasetError::Parquet { path: path.to_owned(), source })?;
    let batches = reader.map(|batch| batch.and_then(|batch| with_partition(&batch, &partition)));
    batches.map(|batch| batch.map_err(|source| DatasetError::Arrow { path: path.to_owned(), source })).collect()
}

/// The Parquet files of a table, sorted by path. A dataset of another format is an error.
pub fn table_files(root: &Path, table: Table) -> Result<Vec<PathBuf>, DatasetError> {
    identity(root)?;
    let mut files = Vec::new();
    let mut folders = vec![root.join(table.as_str())];
    while let Some(folder) = folders.pop() {
        for path in sorted_entries(&folder)? {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension() == Some(OsStr::new("parquet")) {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

fn with_partition(batch: &RecordBatch, partition: &Partition) -> Result<RecordBatch, ArrowError> {
    let schema = batch.schema();
    let mut fields = schema.fields().to_vec();
    fields.push(Arc::new(Field::new("station", DataType::Utf8, true)));
    fields.push(Arc::new(Field::new("year", DataType::Int32, true)));
    let mut columns = batch.columns().to_vec();
    let stations = (0..batch.num_rows()).map(|_| partition.station.as_deref());
    columns.push(Arc::new(stations.collect::<StringArray>()) as ArrayRef);
    let years = (0..batch.num_rows()).map(|_| partition.year);
    columns.push(Arc::new(years.collect::<Int32Array>()) as ArrayRef);
    RecordBatch::try_new(Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone())), columns)
}

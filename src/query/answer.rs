//! An answer and the formats in which it can be written.

use super::{QueryError, display};
use arrow::array::RecordBatchReader;
use arrow_ipc::writer::FileWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use polars::prelude::{
    AnyValue, Column, CsvWriter, DataFrame, DataType, IntoSeries, JsonFormat, JsonWriter, ParquetCompression,
    ParquetWriter, SerWriter, Series,
};
use std::io::Write;

/// Format of a written answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Columns for a person, followed by the number of rows.
    Table,
    /// Comma-separated values with a header; lists as numbers separated by spaces.
    Csv,
    /// An array of objects.
    Json,
    /// Parquet, zstd.
    Parquet,
    /// Arrow IPC file (Feather version 2).
    Arrow,
}

/// The rows that answer a question.
#[derive(Debug, Clone)]
pub struct Answer {
    pub(super) frame: DataFrame,
}

impl Answer {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.frame.height()
    }

    /// Writes the answer.
    pub fn write(&self, format: Format, mut out: impl Write) -> Result<(), QueryError> {
        let mut frame = self.frame.clone();
        match format {
            Format::Table => out.write_all(display::table(&frame).as_bytes()).map_err(QueryError::Output),
            Format::Csv => {
                let mut flat = flattened(&frame).map_err(QueryError::Write)?;
                CsvWriter::new(&mut out)
                    .with_datetime_format(Some("%Y-%m-%dT%H:%M:%S%.3fZ".into()))
                    .finish(&mut flat)
                    .map_err(QueryError::Write)
            }
            Format::Json => {
                frame = dated(&frame).map_err(QueryError::Write)?;
                JsonWriter::new(&mut out)
                    .with_json_format(JsonFormat::Json)
                    .finish(&mut frame)
                    .map_err(QueryError::Write)?;
                out.write_all(b"\n").map_err(QueryError::Output)
            }
            Format::Parquet => ParquetWriter::new(&mut out).finish(&mut frame).map(|_| ()).map_err(QueryError::Write),
            Format::Arrow => arrow_file(&mut frame, out),
        }
    }
}

/// Writes an Arrow IPC file. The engine and the arrow crate have arrays of their own: Parquet in memory is the bridge.
fn arrow_file(frame: &mut DataFrame, out: impl Write) -> Result<(), QueryError> {
    let mut bytes = Vec::new();
    let writer = ParquetWriter::new(&mut bytes).with_compression(ParquetCompression::Uncompressed);
    writer.finish(frame).map_err(QueryError::Write)?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(bytes))?.build()?;
    let mut writer = FileWriter::try_new(out, &reader.schema())?;
    for batch in reader {
        writer.write(&batch?)?;
    }
    writer.finish()?;
    Ok(())
}

/// The same rows with times as text: JSON has no times.
fn dated(frame: &DataFrame) -> Result<DataFrame, polars::error::PolarsError> {
    let columns: Result<Vec<Column>, polars::error::PolarsError> = frame
        .columns()
        .iter()
        .map(|column| match column.dtype() {
            DataType::Datetime(..) => {
                let texts = column.as_materialized_series().datetime()?.to_string("%Y-%m-%dT%H:%M:%S%.3fZ")?;
                Ok(texts.into_series().into())
            }
            _ => Ok(column.clone()),
        })
        .collect();
    DataFrame::new(frame.height(), columns?)
}

/// The same rows with lists as text: CSV has no lists.
fn flattened(frame: &DataFrame) -> Result<DataFrame, polars::error::PolarsError> {
    let columns: Vec<Column> = frame
        .columns()
        .iter()
        .map(|column| {
            if !matches!(column.dtype(), DataType::List(_)) {
                return column.clone();
            }
            let texts: Vec<Option<String>> = (0..column.len())
                .map(|row| match column.get(row) {
                    Ok(AnyValue::List(items)) => Some(display::items(&items, usize::MAX)),
                    _ => None,
                })
                .collect();
            Series::from_iter(texts).with_name(column.name().clone()).into()
        })
        .collect();
    DataFrame::new(frame.height(), columns)
}

//! An answer and the formats in which it can be written.

use super::{QueryError, display};
use polars::prelude::{
    AnyValue, Column, CsvWriter, DataFrame, DataType, JsonFormat, JsonWriter, ParquetWriter, SerWriter, Series,
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
                JsonWriter::new(&mut out)
                    .with_json_format(JsonFormat::Json)
                    .finish(&mut frame)
                    .map_err(QueryError::Write)?;
                out.write_all(b"\n").map_err(QueryError::Output)
            }
            Format::Parquet => ParquetWriter::new(&mut out).finish(&mut frame).map(|_| ()).map_err(QueryError::Write),
        }
    }
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

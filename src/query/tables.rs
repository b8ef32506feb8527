//! The tables as lazy frames.

use super::QueryError;
use crate::dataset::{Table, schema, table_files};
use arrow::array::RecordBatch;
use arrow::datatypes::{DataType as ArrowType, Field as ArrowField, Schema as ArrowSchema};
use parquet::arrow::ArrowWriter;
use polars::io::HiveOptions;
use polars::prelude::{
    DataType, Field, IntoLazy, LazyFrame, ParquetReader, PlRefPath, PolarsError, ScanArgsParquet, Schema, SerReader,
    TimeUnit, col, lit,
};
use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

/// A table of the dataset in `root`, without reading more of it than one file's footer.
pub(super) fn scan(root: &Path, table: Table) -> Result<LazyFrame, QueryError> {
    let files = table_files(root, table)?;
    let plan = if files.is_empty() { empty(table) } else { lazy(root, table)? };
    let plan = plan.map_err(|source| QueryError::Sql { reason: source.to_string(), tables: overview() })?;
    if schema(table, "").field_with_name("time_utc").is_err() {
        return Ok(plan);
    }
    // A zone, even UTC, makes comparisons with written times an error.
    Ok(plan.with_column(col("time_utc").cast(DataType::Datetime(TimeUnit::Milliseconds, None))))
}

/// The files below the table's folder. Only a folder, not a list of files, makes the engine look for partitions from
/// there on and not in the folders above.
fn lazy(root: &Path, table: Table) -> Result<Result<LazyFrame, PolarsError>, QueryError> {
    let folder = root.join(table.as_str());
    let path = folder.to_str().ok_or_else(|| QueryError::Path(folder.clone()))?;
    let partitions =
        Schema::from_iter([Field::new("station".into(), DataType::String), Field::new("year".into(), DataType::Int32)]);
    let hive_options = HiveOptions {
        enabled: Some(true),
        schema: Some(Arc::new(partitions)),
        try_parse_dates: false,
        ..HiveOptions::default()
    };
    let args = ScanArgsParquet { hive_options, glob: false, ..ScanArgsParquet::default() };
    Ok(LazyFrame::scan_parquet(PlRefPath::new(path), args))
}

/// A table without rows, with the columns that it would have.
fn empty(table: Table) -> Result<LazyFrame, PolarsError> {
    let other = |error: &dyn std::fmt::Display| PolarsError::ComputeError(error.to_string().into());
    let schema = schema(table, "");
    let mut fields = schema.fields().to_vec();
    fields.push(Arc::new(ArrowField::new("station", ArrowType::Utf8, true)));
    fields.push(Arc::new(ArrowField::new("year", ArrowType::Int32, true)));
    let schema = Arc::new(ArrowSchema::new(fields));
    let mut writer = ArrowWriter::try_new(Vec::new(), schema.clone(), None).map_err(|error| other(&error))?;
    writer.write(&RecordBatch::new_empty(schema)).map_err(|error| other(&error))?;
    let bytes = writer.into_inner().map_err(|error| other(&error))?;
    Ok(ParquetReader::new(Cursor::new(bytes)).finish()?.lazy().filter(lit(true)))
}

/// The tables and their columns in words.
pub(super) fn overview() -> String {
    let mut lines = vec!["Tables and columns:".to_owned()];
    for table in Table::ALL {
        let schema = schema(table, "");
        let columns: Vec<&str> =
            schema.fields().iter().map(|field| field.name().as_str()).chain(["station", "year"]).collect();
        lines.push(format!("  {}: {}", table.as_str(), columns.join(", ")));
    }
    lines.join("\n")
}

//! Asks the dataset in SQL.
//!
//! In: the folder of a dataset and a question in SQL or one of the [`Named`] ones. Out: an [`Answer`], printed or written in one of the [`Format`]s. The
//! tables are scanned lazily: files of partitions that a condition on `station` or `year` excludes are not opened.

mod answer;
mod columns;
mod display;
mod named;
mod tables;
mod words;

pub use answer::{Answer, Format};
pub use named::Named;

use crate::dataset::{DatasetError, Table};
use crate::series::SelectionError;
use crate::statistics::RulesError;
use polars::prelude::PolarsError;
use polars::sql::SQLContext;
use std::path::{Path, PathBuf};

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The folder holds no dataset.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    /// A path that cannot be given to the query engine.
    #[error("{}: the path is not valid Unicode", .0.display())]
    Path(PathBuf),
    /// The question is wrong, or a file cannot be read.
    #[error("{reason}\n\n{tables}")]
    Sql {
        /// The engine's reason and the word that it is about.
        reason: String,
        /// The tables and columns there are.
        tables: String,
    },
    /// The dataset has no such station, or the time range is reversed.
    #[error(transparent)]
    Selection(#[from] SelectionError),
    /// The rules of medians cannot be read.
    #[error(transparent)]
    Rules(#[from] RulesError),
    /// A part of the answer cannot be written in the format.
    #[error("the answer cannot be written: {0}")]
    Arrow(#[from] arrow::error::ArrowError),
    /// The answer cannot be written.
    #[error("the answer cannot be written: {0}")]
    Parquet(#[from] parquet::errors::ParquetError),
    /// The answer cannot be written.
    #[error("the answer cannot be written: {0}")]
    Write(#[source] PolarsError),
    /// The answer cannot be written.
    #[error("the answer cannot be written: {0}")]
    Output(#[source] std::io::Error),
}

/// Answers a question about the dataset in `root`.
///
/// The tables are those of [`Table`]; `station` (`'unknown'` if it is) and `year` (0 if unknown) are
/// columns of each. `time_utc` is a time without zone, in UTC.
pub fn query(root: &Path, sql: &str) -> Result<Answer, QueryError> {
    let mut context = SQLContext::new();
    for table in Table::ALL {
        context.register(table.as_str(), tables::scan(root, table)?);
    }
    let failed = |source: PolarsError| QueryError::Sql {
        reason: words::explain(sql, &source.to_string()),
        tables: tables::overview(),
    };
    let frame = context.execute(sql).and_then(|plan| plan.collect()).map_err(failed)?;
    Ok(Answer { frame })
}

#[cfg(test)]
mod tests;

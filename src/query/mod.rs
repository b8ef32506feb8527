//! Asks the dataset in SQL.
//!
//! In: the folder of a dataset and a question. Out: an [`Answer`], printed or written in one of the [`Format`]s. The
//! tables are scanned lazily: files of partitions that a condition on `station` or `year` excludes are not opened.

mod answer;
mod display;
mod tables;

pub use answer::{Answer, Format};

use crate::dataset::{DatasetError, Table};
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
    #[error("{source}\n\n{tables}")]
    Sql {
        /// The engine's reason.
        source: PolarsError,
        /// The tables and columns there are.
        tables: String,
    },
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
    let failed = |source| QueryError::Sql { source, tables: tables::overview() };
    let frame = context.execute(sql).and_then(|plan| plan.collect()).map_err(failed)?;
    Ok(Answer { frame })
}

#[cfg(test)]
mod tests;

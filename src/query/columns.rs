//! Puts an answer together column by column.

use super::{Answer, QueryError};
use jiff::Timestamp;
use polars::prelude::{Column, DataFrame, DataType, IntoColumn, NamedFrom, Series, TimeUnit};

/// Columns of an answer, each with one item a row.
#[derive(Debug, Default)]
pub(super) struct AnswerColumns {
    columns: Vec<Column>,
    /// A cast that failed.
    failed: Option<polars::prelude::PolarsError>,
}

impl AnswerColumns {
    pub(super) fn texts(&mut self, name: &str, items: impl Iterator<Item = Option<String>>) {
        self.columns.push(Series::new(name.into(), items.collect::<Vec<_>>()).into_column());
    }

    pub(super) fn integers(&mut self, name: &str, items: impl Iterator<Item = i32>) {
        self.columns.push(Series::new(name.into(), items.collect::<Vec<_>>()).into_column());
    }

    pub(super) fn numbers(&mut self, name: &str, items: impl Iterator<Item = Option<f64>>) {
        self.columns.push(Series::new(name.into(), items.collect::<Vec<_>>()).into_column());
    }

    pub(super) fn bytes(&mut self, name: &str, items: impl Iterator<Item = Option<u8>>) {
        let items: Vec<Option<u32>> = items.map(|item| item.map(u32::from)).collect();
        self.cast(Series::new(name.into(), items), &DataType::UInt8);
    }

    pub(super) fn times(&mut self, name: &str, items: impl Iterator<Item = Option<Timestamp>>) {
        let items: Vec<Option<i64>> = items.map(|item| item.map(Timestamp::as_millisecond)).collect();
        self.cast(Series::new(name.into(), items), &DataType::Datetime(TimeUnit::Milliseconds, None));
    }

    fn cast(&mut self, series: Series, to: &DataType) {
        match series.cast(to) {
            Ok(series) => self.columns.push(series.into_column()),
            Err(error) => self.failed = Some(error),
        }
    }

    pub(super) fn answer(self) -> Result<Answer, QueryError> {
        if let Some(error) = self.failed {
            return Err(QueryError::Write(error));
        }
        let rows = self.columns.first().map_or(0, Column::len);
        Ok(Answer { frame: DataFrame::new(rows, self.columns).map_err(QueryError::Write)? })
    }
}

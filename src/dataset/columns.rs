//! Cells of a batch by column name.

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{Float32Type, Float64Type, Int16Type, Int32Type, TimestampMillisecondType, UInt8Type};
use jiff::Timestamp;

/// Columns of a batch by name; a column that is absent, null or of another type gives nothing.
#[derive(Debug, Clone, Copy)]
pub struct Columns<'a>(pub &'a RecordBatch);

impl Columns<'_> {
    fn valid(&self, name: &str, row: usize) -> Option<&ArrayRef> {
        self.0.column_by_name(name).filter(|column| column.is_valid(row))
    }

    /// Text.
    pub fn text(&self, name: &str, row: usize) -> Option<String> {
        Some(self.valid(name, row)?.as_string_opt::<i32>()?.value(row).to_owned())
    }

    /// A number of 64 or 32 bits with fraction.
    pub fn number(&self, name: &str, row: usize) -> Option<f64> {
        let column = self.valid(name, row)?;
        let double = column.as_primitive_opt::<Float64Type>().map(|column| column.value(row));
        double.or_else(|| Some(f64::from(column.as_primitive_opt::<Float32Type>()?.value(row))))
    }

    /// A whole number of 8, 16 or 32 bits.
    pub fn integer(&self, name: &str, row: usize) -> Option<i32> {
        let column = self.valid(name, row)?;
        let int = column.as_primitive_opt::<Int32Type>().map(|column| column.value(row));
        let short = || Some(i32::from(column.as_primitive_opt::<Int16Type>()?.value(row)));
        let byte = || Some(i32::from(column.as_primitive_opt::<UInt8Type>()?.value(row)));
        int.or_else(short).or_else(byte)
    }

    /// The column `time_utc`.
    pub fn time(&self, row: usize) -> Option<Timestamp> {
        let time = self.valid("time_utc", row)?.as_primitive_opt::<TimestampMillisecondType>()?.value(row);
        Timestamp::from_millisecond(time).ok()
    }

    /// A list of numbers.
    pub fn list(&self, name: &str, row: usize) -> Vec<f64> {
        let items = self.valid(name, row).and_then(|column| column.as_list_opt::<i32>()).map(|list| list.value(row));
        let numbers = items.as_ref().and_then(|items| items.as_primitive_opt::<Float32Type>());
        numbers.map_or_else(Vec::new, |numbers| numbers.values().iter().copied().map(f64::from).collect())
    }
}

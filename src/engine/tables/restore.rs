//! From the `cells` of a dataset back to the tables, so that they can be printed again.

use crate::dataset::{DatasetError, Table, read_table};
use crate::model::CharacteristicName;
use crate::table::format::cell::interpret_text;
use crate::table::{MonthlyTable, Reading, StationHead, Summary, SummaryKind, Unit, Zone};
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Float32Type, Float64Type, Int16Type, Int32Type, TimestampMillisecondType};
use std::collections::BTreeMap;
use std::path::Path;

/// A table of a dataset.
#[derive(Debug, Clone, PartialEq)]
pub struct Restored {
    /// The `frame_id` of its row in `frames`: hash of the file, page, number of the table.
    pub frame_id: String,
    /// The table.
    pub monthly_table: MonthlyTable,
}

/// The tables of a dataset in the order of their files, pages and numbers.
pub fn restore(root: &Path) -> Result<Vec<Restored>, DatasetError> {
    let letters = letters(root)?;
    let mut monthly_tables: BTreeMap<(String, u32, u32), Restored> = BTreeMap::new();
    for batch in read_table(root, Table::Cells)? {
        let columns = CellColumns::of(&batch);
        for row in 0..batch.num_rows() {
            let frame_id = columns.text("frame_id", row);
            let restored = monthly_tables
                .entry(key(&frame_id))
                .or_insert_with(|| Restored { frame_id, monthly_table: MonthlyTable::default() });
            columns.add(row, &letters, restored);
        }
    }
    let mut all: Vec<Restored> = monthly_tables.into_values().collect();
    for Restored { monthly_table, .. } in &mut all {
        monthly_table.readings.sort_by_key(|reading| (reading.row, reading.column));
        monthly_table.summaries.sort_by_key(|summary| (summary.row, summary.column, summary.kind));
    }
    Ok(all)
}

fn key(frame_id: &str) -> (String, u32, u32) {
    let mut parts = frame_id.rsplitn(3, '-');
    let mut number = || parts.next().and_then(|part| part.parse().ok()).unwrap_or(0);
    let (monthly_table, page) = (number(), number());
    (parts.next().unwrap_or_default().to_owned(), page, monthly_table)
}

/// The characteristic and letters of each cell, by table and time.
type Letters = BTreeMap<(String, Option<i64>), (Option<CharacteristicName>, Option<char>, Option<char>)>;

fn letters(root: &Path) -> Result<Letters, DatasetError> {
    let mut letters = Letters::new();
    for batch in read_table(root, Table::Characteristics)? {
        let columns = CellColumns::of(&batch);
        let codes = batch.column_by_name("ursi_code").map(|column| column.as_primitive::<Int16Type>());
        for row in 0..batch.num_rows() {
            let letter = |name: &str| columns.text(name, row).chars().next();
            let name = codes.and_then(|codes| CharacteristicName::from_ursi_code(codes.value(row)));
            let key = (columns.text("frame_id", row), columns.time(row));
            letters.insert(key, (name, letter("qualifier"), letter("descriptor")));
        }
    }
    Ok(letters)
}

struct CellColumns<'a>(&'a RecordBatch);

impl<'a> CellColumns<'a> {
    fn of(batch: &'a RecordBatch) -> Self {
        Self(batch)
    }

    fn text(&self, name: &str, row: usize) -> String {
        let column = self.0.column_by_name(name).and_then(|column| column.as_string_opt::<i32>());
        column.filter(|column| column.is_valid(row)).map_or_else(String::new, |column| column.value(row).to_owned())
    }

    fn time(&self, row: usize) -> Option<i64> {
        let column = self.0.column_by_name("time_utc")?.as_primitive_opt::<TimestampMillisecondType>()?;
        column.is_valid(row).then(|| column.value(row))
    }

    fn number(&self, name: &str, row: usize) -> Option<i32> {
        let column = self.0.column_by_name(name)?.as_primitive_opt::<Int32Type>()?;
        column.is_valid(row).then(|| column.value(row))
    }

    fn value(&self, row: usize) -> Option<f64> {
        let column = self.0.column_by_name("value")?.as_primitive_opt::<Float64Type>()?;
        column.is_valid(row).then(|| column.value(row))
    }

    fn add(&self, row: usize, letters: &Letters, restored: &mut Restored) {
        let Restored { frame_id, monthly_table } = restored;
        if monthly_table.name.is_empty() {
            monthly_table.name = self.text("characteristic", row);
            monthly_table.zone = Zone { ahead_min: monthly_table.zone.ahead_min, text: self.text("zone", row) };
            let text = self.text("unit", row);
            let (decimals, unit) = (monthly_table.unit.decimals, Unit::parse(&text).unwrap_or_default());
            monthly_table.unit = Unit { decimals, text, ..unit };
        }
        let (kind, printed, text) = (self.text("kind", row), self.text("printed_time", row), self.text("text", row));
        if kind == "heading" {
            heading(monthly_table, printed, text);
            return;
        }
        let Ok(time) = printed.parse() else { return };
        let place = |name: &str| self.number(name, row).and_then(|place| u32::try_from(place).ok()).unwrap_or(0);
        let (cell_row, column) = (place("row"), place("column"));
        if let Some(kind) = SummaryKind::from_word(&kind) {
            let (qualifier, descriptor) = interpret_text(&text);
            monthly_table.summaries.push(Summary {
                kind,
                time,
                number: self.value(row).map(|value| value as i32),
                qualifier,
                descriptor,
                text,
                row: cell_row,
                column,
                bbox: None,
                recomputed: None,
                tests: Vec::new(),
            });
            return;
        }
        // Without UTC a cell is not told apart by its time: its letters are read again.
        let known = match self.time(row) {
            Some(time) => letters.get(&(frame_id.clone(), Some(time))).copied(),
            None => Some((None, interpret_text(&text).0, interpret_text(&text).1)),
        };
        let likelihood =
            self.0.column_by_name("likelihood").and_then(|column| column.as_primitive_opt::<Float32Type>());
        let text = text.as_str().into();
        let mut reading = Reading { text, row: cell_row, column, value: self.value(row), ..Reading::new(time) };
        reading.likelihood = likelihood.map_or(1.0, |column| column.value(row));
        if let Some((name, qualifier, descriptor)) = known {
            (reading.qualifier, reading.descriptor) = (qualifier, descriptor);
            monthly_table.characteristic = name.or(monthly_table.characteristic);
        }
        monthly_table.readings.push(reading);
    }
}

fn heading(monthly_table: &mut MonthlyTable, name: String, text: String) {
    let StationHead { code, name: station, latitude_deg, longitude_deg } = &mut monthly_table.station;
    match name.as_str() {
        "@code" => *code = text,
        "@name" => *station = text,
        "@latitude" => *latitude_deg = text.parse().ok(),
        "@longitude" => *longitude_deg = text.parse().ok(),
        "@decimals" => monthly_table.unit.decimals = text.parse().unwrap_or(0),
        "@ahead_min" => monthly_table.zone.ahead_min = text.parse().ok(),
        _ => monthly_table.heading.push((name, text)),
    }
}

//! From the `cells` of a dataset back to the sheets, so that they can be printed again.

use crate::dataset::{DatasetError, Table, read_table};
use crate::model::CharacteristicName;
use crate::table::format::cell::interpret_text;
use crate::table::{Reading, Sheet, StationHead, Summary, SummaryKind, Unit, Zone};
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Float32Type, Float64Type, Int16Type, Int32Type, TimestampMillisecondType};
use std::collections::BTreeMap;
use std::path::Path;

/// A sheet of a dataset.
#[derive(Debug, Clone, PartialEq)]
pub struct Restored {
    /// The `frame_id` of its row in `frames`: hash of the file, page, number of the sheet.
    pub frame_id: String,
    /// The sheet.
    pub sheet: Sheet,
}

/// The sheets of a dataset in the order of their files, pages and numbers.
pub fn restore(root: &Path) -> Result<Vec<Restored>, DatasetError> {
    let letters = letters(root)?;
    let mut sheets: BTreeMap<(String, u32, u32), Restored> = BTreeMap::new();
    for batch in read_table(root, Table::Cells)? {
        let columns = Columns::of(&batch);
        for row in 0..batch.num_rows() {
            let frame_id = columns.text("frame_id", row);
            let restored =
                sheets.entry(key(&frame_id)).or_insert_with(|| Restored { frame_id, sheet: Sheet::default() });
            columns.add(row, &letters, restored);
        }
    }
    let mut all: Vec<Restored> = sheets.into_values().collect();
    for Restored { sheet, .. } in &mut all {
        sheet.readings.sort_by_key(|reading| (reading.row, reading.column));
        sheet.summaries.sort_by_key(|summary| (summary.row, summary.column, summary.kind));
    }
    Ok(all)
}

fn key(frame_id: &str) -> (String, u32, u32) {
    let mut parts = frame_id.rsplitn(3, '-');
    let mut number = || parts.next().and_then(|part| part.parse().ok()).unwrap_or(0);
    let (sheet, page) = (number(), number());
    (parts.next().unwrap_or_default().to_owned(), page, sheet)
}

/// The characteristic and letters of each cell, by table and time.
type Letters = BTreeMap<(String, Option<i64>), (Option<CharacteristicName>, Option<char>, Option<char>)>;

fn letters(root: &Path) -> Result<Letters, DatasetError> {
    let mut letters = Letters::new();
    for batch in read_table(root, Table::Characteristics)? {
        let columns = Columns::of(&batch);
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

struct Columns<'a>(&'a RecordBatch);

impl<'a> Columns<'a> {
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
        let Restored { frame_id, sheet } = restored;
        if sheet.name.is_empty() {
            sheet.name = self.text("characteristic", row);
            sheet.zone = Zone { ahead_min: sheet.zone.ahead_min, text: self.text("zone", row) };
            let text = self.text("unit", row);
            let (decimals, unit) = (sheet.unit.decimals, Unit::parse(&text).unwrap_or_default());
            sheet.unit = Unit { decimals, text, ..unit };
        }
        let (kind, printed, text) = (self.text("kind", row), self.text("printed_time", row), self.text("text", row));
        if kind == "heading" {
            heading(sheet, printed, text);
            return;
        }
        let Ok(time) = printed.parse() else { return };
        let place = |name: &str| self.number(name, row).and_then(|place| u32::try_from(place).ok()).unwrap_or(0);
        let (cell_row, column) = (place("row"), place("column"));
        if let Some(kind) = SummaryKind::from_word(&kind) {
            let (qualifier, descriptor) = interpret_text(&text);
            sheet.summaries.push(Summary {
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
            sheet.characteristic = name.or(sheet.characteristic);
        }
        sheet.readings.push(reading);
    }
}

fn heading(sheet: &mut Sheet, name: String, text: String) {
    let StationHead { code, name: station, latitude_deg, longitude_deg } = &mut sheet.station;
    match name.as_str() {
        "@code" => *code = text,
        "@name" => *station = text,
        "@latitude" => *latitude_deg = text.parse().ok(),
        "@longitude" => *longitude_deg = text.parse().ok(),
        "@decimals" => sheet.unit.decimals = text.parse().unwrap_or(0),
        "@ahead_min" => sheet.zone.ahead_min = text.parse().ok(),
        _ => sheet.heading.push((name, text)),
    }
}

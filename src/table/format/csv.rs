//! Spreadsheets saved as CSV, wide (a row for each day, a column for each hour) or long (a row for each value), described
//! by the layout.

use super::bulletin::read_cell;
use super::cell::fill;
use super::date::{clock, date};
use crate::model::CharacteristicName;
use crate::table::layout::{CsvLayout, Layout};
use crate::table::{
    Diagnostic, MonthlyTable, Parsed, Quantity, Reading, StationHead, Summary, SummaryKind, Unit, pattern,
};
use jiff::civil::{Date, DateTime, Time};
use std::collections::BTreeMap;

/// Lines among which the names of the columns are looked for.
const PREAMBLE: usize = 60;

/// Reads a text; the readings of a station and characteristic are one table. Lines before the names of the columns, and
/// those that begin with `#`, are passed over.
pub fn read(text: &str, layout: &Layout) -> Parsed {
    let csv = &layout.csv;
    let mut parsed = Parsed::default();
    let mut skipped: usize = text.split_inclusive('\n').take(csv.skip as usize).map(str::len).sum();
    let mut line = csv.skip as usize;
    let mut first_error = None;
    let mut found = None;
    for candidate in text[skipped..].split_inclusive('\n').take(PREAMBLE) {
        let separator = csv.separator.unwrap_or_else(|| {
            let count = |separator: char| candidate.matches(separator).count();
            [',', ';', '\t'].into_iter().rev().max_by_key(|&separator| count(separator)).unwrap_or(',')
        });
        let names = fields(candidate.trim_start_matches('#'), separator);
        match CsvColumns::find(&names, csv) {
            Ok(columns) => {
                found = Some((separator, names, columns));
                break;
            }
            Err(message) if !candidate.trim().is_empty() => {
                first_error.get_or_insert(message);
            }
            Err(_) => {}
        }
        skipped += candidate.len();
        line += 1;
    }
    let Some((separator, names, columns)) = found else {
        let diagnostic = match first_error {
            Some(message) => Diagnostic::whole("no_column", message),
            None => Diagnostic::whole("empty", "the text holds no row of values"),
        };
        parsed.diagnostics.push(diagnostic);
        return parsed;
    };
    // Where columns are named by their places, the first row may be one of values.
    let get = |place: Option<usize>| place.and_then(|place| names.get(place)).map(String::as_str);
    let has_names = moment(&get, &columns, csv).is_none();
    let mut reader = ::csv::ReaderBuilder::new()
        .delimiter(u8::try_from(separator).unwrap_or(b','))
        .flexible(true)
        .has_headers(has_names)
        .comment(if text[skipped..].starts_with('#') { None } else { Some(b'#') })
        .from_reader(&text.as_bytes()[skipped..]);
    let mut monthly_tables: BTreeMap<(String, String), MonthlyTable> = BTreeMap::new();
    for record in reader.records() {
        match record {
            Ok(record) => {
                let at = line + record.position().map_or(0, |position| position.line() as usize).saturating_sub(1);
                row(&record, at, &columns, layout, &mut monthly_tables, &mut parsed.diagnostics);
            }
            Err(error) => parsed.diagnostics.push(Diagnostic::at(line, "bad_line", error.to_string())),
        }
    }
    parsed.tables = monthly_tables.into_values().collect();
    if parsed.tables.is_empty() && parsed.diagnostics.is_empty() {
        parsed.diagnostics.push(Diagnostic::whole("empty", "the text holds no row of values"));
    }
    parsed
}

/// The fields of one line.
fn fields(line: &str, separator: char) -> Vec<String> {
    let mut reader = ::csv::ReaderBuilder::new()
        .delimiter(u8::try_from(separator).unwrap_or(b','))
        .has_headers(false)
        .from_reader(line.as_bytes());
    let record = reader.records().next().and_then(Result::ok).unwrap_or_default();
    record.iter().map(|name| name.trim().to_owned()).collect()
}

/// Places of the columns.
struct CsvColumns {
    year: Option<usize>,
    month: Option<usize>,
    day: Option<usize>,
    date: Option<usize>,
    hour: Option<usize>,
    value: Option<usize>,
    qualifier: Option<usize>,
    descriptor: Option<usize>,
    characteristic: Option<usize>,
    station: Option<usize>,
    first_hour: Option<usize>,
    /// Columns of each hour.
    each: usize,
    count: usize,
}

impl CsvColumns {
    fn find(names: &[String], csv: &CsvLayout) -> Result<Self, String> {
        let find = |wanted: &Option<String>| -> Result<Option<usize>, String> {
            let Some(wanted) = wanted else { return Ok(None) };
            let by_name = names.iter().position(|name| name.eq_ignore_ascii_case(wanted));
            let by_place =
                wanted.parse::<usize>().ok().filter(|place| (1..=names.len()).contains(place)).map(|place| place - 1);
            // `00` also names the columns 00:00, 00h and H00.
            let hour = |name: &str| -> Option<u32> {
                let digits = name.trim_start_matches(|c: char| c.is_ascii_alphabetic());
                digits.trim_end_matches(":00").trim_end_matches(['h', 'H']).parse().ok()
            };
            let by_hour = || {
                let wanted = wanted.parse::<u32>().ok()?;
                names.iter().position(|name| hour(name) == Some(wanted))
            };
            match by_name.or(by_place).or_else(by_hour) {
                Some(place) => Ok(Some(place)),
                None => Err(format!("the spreadsheet has no column {wanted:?}; it has {}", names.join(", "))),
            }
        };
        let columns = Self {
            year: find(&csv.year)?,
            month: find(&csv.month)?,
            day: find(&csv.day)?,
            date: find(&csv.date)?,
            hour: find(&csv.hour)?,
            value: find(&csv.value)?,
            qualifier: find(&csv.qualifier)?,
            descriptor: find(&csv.descriptor)?,
            characteristic: find(&csv.characteristic)?,
            station: find(&csv.station)?,
            first_hour: find(&csv.first_hour)?,
            each: csv.columns_per_hour.map_or(1, |each| each.clamp(1, 3) as usize),
            count: names.len(),
        };
        match (columns.first_hour, columns.value, columns.hour.or(columns.date)) {
            (Some(_), None, _) | (None, Some(_), Some(_)) => Ok(columns),
            _ => {
                Err("[csv] needs `first_hour` for a wide table, or `value` with `hour` or `date` for a long one"
                    .to_owned())
            }
        }
    }
}

fn row(
    record: &::csv::StringRecord,
    at: usize,
    columns: &CsvColumns,
    layout: &Layout,
    monthly_tables: &mut BTreeMap<(String, String), MonthlyTable>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    if record.iter().all(|text| text.trim().is_empty()) {
        return;
    }
    let get = |place: Option<usize>| place.and_then(|place| record.get(place)).map(str::trim);
    let Some((date, time)) = moment(&get, columns, &layout.csv) else {
        if columns.first_hour.is_some() && summaries(record, at, columns, layout, monthly_tables) {
            return;
        }
        let message = "the row has no date that exists, or one whose day and month cannot be told apart; check the columns year, month, day or date of the layout, and `date_order`";
        diagnostics.push(Diagnostic::at(at, "no_such_day", message));
        return;
    };
    let station = get(columns.station).unwrap_or_default().to_owned();
    let name = get(columns.characteristic).or(layout.characteristic.as_deref()).unwrap_or_default().to_owned();
    let monthly_table = monthly_tables
        .entry((station.clone(), name.clone()))
        .or_insert_with(|| start(station, name, at, layout, diagnostics));
    let mut put = |time: DateTime, text: &str, letters: Option<(&str, &str)>, column: usize| {
        let mut reading = Reading { row: at as u32, column: column as u32, ..Reading::new(time) };
        read_value(&mut reading, text, letters, monthly_table, layout);
        if !reading.tests.is_empty() {
            let message = format!("{text:?} at {time} is no value; the cell is kept without one");
            diagnostics.push(Diagnostic::at(at, "cell_grammar", message));
        }
        monthly_table.readings.push(reading);
    };
    match (columns.first_hour, columns.value) {
        (Some(first), _) => {
            let each = columns.each;
            for hour in 0..24.min(columns.count.saturating_sub(first) / each) {
                let place = first + hour * each;
                let text = get(Some(place)).unwrap_or_default();
                let (one, two) = (get(Some(place + 1)).unwrap_or_default(), get(Some(place + 2)).unwrap_or_default());
                let letters = match each {
                    1 => None,
                    2 => Some(both_letters(one)),
                    _ => Some((one, two)),
                };
                put(date.at(hour as i8, 0, 0, 0), text, letters, place);
            }
        }
        (None, Some(value)) => {
            let Some(time) = time else {
                diagnostics.push(Diagnostic::at(at, "bad_time", "the row has no hour from 0 to 23; it is left out"));
                return;
            };
            let has_letters = columns.qualifier.or(columns.descriptor).is_some();
            let letters = has_letters
                .then(|| (get(columns.qualifier).unwrap_or_default(), get(columns.descriptor).unwrap_or_default()));
            put(date.to_datetime(time), get(Some(value)).unwrap_or_default(), letters, value);
        }
        _ => {}
    }
}

fn moment<'a>(
    get: &impl Fn(Option<usize>) -> Option<&'a str>,
    columns: &CsvColumns,
    csv: &CsvLayout,
) -> Option<(Date, Option<Time>)> {
    let hour = get(columns.hour).and_then(clock);
    if let Some(text) = get(columns.date) {
        if let Some(date) = date(text, csv.date_order) {
            return Some((date, hour));
        }
        let (day, rest) = text.split_once(['T', ' '])?;
        return Some((date(day, csv.date_order)?, hour.or_else(|| clock(rest))));
    }
    let (table_year, table_month) = csv.table_month.as_deref().and_then(|text| text.split_once('-')).unzip();
    let year = get(columns.year).or(table_year)?.parse().ok()?;
    let month = pattern::month(get(columns.month).or(table_month)?)?;
    Some((Date::new(year, month, get(columns.day)?.parse().ok()?).ok()?, hour))
}

/// Reads a row of counts or medians below a wide table, and says whether it was one.
fn summaries(
    record: &::csv::StringRecord,
    at: usize,
    columns: &CsvColumns,
    layout: &Layout,
    monthly_tables: &mut BTreeMap<(String, String), MonthlyTable>,
) -> bool {
    let Some(label) = record.iter().map(str::trim).find(|text| !text.is_empty()) else { return false };
    let by_layout = layout.checks.rows.iter().find(|row| row.label.eq_ignore_ascii_case(label)).map(|row| row.kind);
    let kind = by_layout.or_else(|| match label.to_ascii_uppercase().as_str() {
        "MED" | "MEDIAN" | "MEDIANS" => Some(SummaryKind::Median),
        "CNT" | "COUNT" | "COUNTS" => Some(SummaryKind::Count),
        "UQ" | "UPPER QUARTILE" => Some(SummaryKind::UpperQuartile),
        "LQ" | "LOWER QUARTILE" => Some(SummaryKind::LowerQuartile),
        _ => None,
    });
    let last = monthly_tables
        .values_mut()
        .max_by_key(|monthly_table| monthly_table.readings.last().map(|reading| reading.row));
    let (Some(kind), Some(monthly_table), Some(first)) = (kind, last, columns.first_hour) else { return false };
    let Some(month) = monthly_table.readings.last().map(|reading| reading.time.date().first_of_month()) else {
        return false;
    };
    for hour in 0..24.min(columns.count.saturating_sub(first) / columns.each) {
        let column = first + hour * columns.each;
        let text = record.get(column).unwrap_or_default();
        let mut reading = Reading::new(month.at(hour as i8, 0, 0, 0));
        read_value(&mut reading, text.trim(), None, monthly_table, layout);
        let number = match kind {
            SummaryKind::Count => text.trim().parse().ok(),
            _ => reading.value.map(|value| monthly_table.unit.number(value)),
        };
        let summary = Summary::unprinted(kind, reading.time, number, (reading.qualifier, reading.descriptor));
        let (row, column) = (at as u32, column as u32);
        monthly_table.summaries.push(Summary { text: text.to_owned(), row, column, ..summary });
    }
    true
}

/// Two letters in one field; a single one describes.
fn both_letters(text: &str) -> (&str, &str) {
    let letters = text.trim_matches(|c: char| c == '/' || c.is_whitespace());
    match letters.char_indices().nth(1) {
        Some((at, _)) => (&letters[..at], letters[at..].trim_start()),
        None => ("", letters),
    }
}

fn start(station: String, name: String, at: usize, layout: &Layout, diagnostics: &mut Vec<Diagnostic>) -> MonthlyTable {
    let characteristic =
        CharacteristicName::ALL.iter().copied().find(|known| known.as_str().eq_ignore_ascii_case(&name));
    if characteristic.is_none() {
        let message = format!("{name:?} is no known characteristic; set `characteristic` in the layout");
        diagnostics.push(Diagnostic::at(at, "unknown_characteristic", message));
    }
    let own = layout.unit.as_deref().and_then(Unit::parse);
    let unit = own.or_else(|| characteristic.map(Unit::usual)).unwrap_or_default();
    let zone = layout.zone().unwrap_or_default();
    if zone.ahead_min.is_none() {
        diagnostics.push(Diagnostic::at(
            at,
            "unknown_zone",
            "the layout gives no time `zone`, so that no UTC can be given",
        ));
    }
    let code = if station.is_empty() { layout.station.clone().unwrap_or_default() } else { station };
    MonthlyTable {
        station: StationHead { code, ..StationHead::default() },
        name,
        characteristic,
        unit,
        zone,
        ..MonthlyTable::default()
    }
}

fn read_value(
    reading: &mut Reading,
    text: &str,
    letters: Option<(&str, &str)>,
    monthly_table: &MonthlyTable,
    layout: &Layout,
) {
    let is_missing = layout.csv.missing.iter().any(|missing| missing == text);
    if layout.csv.decimal {
        let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c.is_whitespace() || c == '/');
        let number = digits.trim().replace(',', ".");
        reading.text = text.into();
        match number.parse::<f64>() {
            _ if is_missing || number.is_empty() => {}
            // Spreadsheets write whole units of the characteristic, whatever the table's own unit was.
            Ok(value) if value.is_finite() && value >= 0.0 => reading.value = Some(value),
            _ => reading.tests.push("cell_grammar"),
        }
        let cell = read_cell(text.get(digits.len()..).unwrap_or_default(), layout).unwrap_or_default();
        (reading.qualifier, reading.descriptor) = (cell.qualifier, cell.descriptor);
    } else {
        let known = if is_missing { "" } else { text };
        let cell = if monthly_table.unit.quantity == Quantity::Letters {
            Ok(Default::default())
        } else {
            read_cell(known, layout)
        };
        fill(reading, text, cell, &monthly_table.unit);
    }
    if let Some((qualifier, descriptor)) = letters {
        let letter = |text: &str| text.chars().next().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_uppercase());
        (reading.qualifier, reading.descriptor) = (letter(qualifier), letter(descriptor));
    }
}

//! Spreadsheets saved as CSV, wide (a row for each day, a column for each hour) or long (a row for each value), described
//! by the layout.

use super::bulletin::read_cell;
use super::cell::fill;
use crate::model::CharacteristicName;
use crate::table::layout::{CsvLayout, Layout};
use crate::table::{Complaint, Parsed, Quantity, Reading, Sheet, StationHead, Unit, pattern};
use jiff::civil::{Date, DateTime, Time};
use std::collections::BTreeMap;

/// Reads a text; the readings of a station and characteristic are one sheet.
pub fn read(text: &str, layout: &Layout) -> Parsed {
    let csv = &layout.csv;
    let mut parsed = Parsed::default();
    let skipped: usize = text.split_inclusive('\n').take(csv.skip as usize).map(str::len).sum();
    let text = &text[skipped..];
    let first = text.lines().next().unwrap_or_default();
    let separator = csv.separator.unwrap_or_else(|| {
        let count = |separator: char| first.matches(separator).count();
        [',', ';', '\t'].into_iter().max_by_key(|&separator| count(separator)).unwrap_or(',')
    });
    let mut reader = ::csv::ReaderBuilder::new()
        .delimiter(u8::try_from(separator).unwrap_or(b','))
        .flexible(true)
        .has_headers(true)
        .from_reader(text.as_bytes());
    let names: Vec<String> = match reader.headers() {
        Ok(names) => names.iter().map(|name| name.trim().to_owned()).collect(),
        Err(error) => {
            parsed.complaints.push(Complaint::whole("bad_line", error.to_string()));
            return parsed;
        }
    };
    let columns = match Columns::find(&names, csv) {
        Ok(columns) => columns,
        Err(message) => {
            parsed.complaints.push(Complaint::whole("no_column", message));
            return parsed;
        }
    };
    let mut sheets: BTreeMap<(String, String), Sheet> = BTreeMap::new();
    for (index, record) in reader.records().enumerate() {
        // The names stand on the first line.
        let at = csv.skip as usize + index + 1;
        match record {
            Ok(record) => row(&record, at, &columns, layout, &mut sheets, &mut parsed.complaints),
            Err(error) => parsed.complaints.push(Complaint::at(at, "bad_line", error.to_string())),
        }
    }
    parsed.sheets = sheets.into_values().collect();
    if parsed.sheets.is_empty() && parsed.complaints.is_empty() {
        parsed.complaints.push(Complaint::whole("empty", "the text holds no row of values"));
    }
    parsed
}

/// Places of the columns.
struct Columns {
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
    count: usize,
}

impl Columns {
    fn find(names: &[String], csv: &CsvLayout) -> Result<Self, String> {
        let find = |wanted: &Option<String>| -> Result<Option<usize>, String> {
            let Some(wanted) = wanted else { return Ok(None) };
            let by_name = names.iter().position(|name| name.eq_ignore_ascii_case(wanted));
            let by_place =
                wanted.parse::<usize>().ok().filter(|place| (1..=names.len()).contains(place)).map(|place| place - 1);
            match by_name.or(by_place) {
                Some(place) => Ok(Some(place)),
                None => Err(format!("the sheet has no column {wanted:?}; it has {}", names.join(", "))),
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
            count: names.len(),
        };
        match (columns.first_hour, columns.value, columns.hour.or(columns.date)) {
            (Some(_), None, _) | (None, Some(_), Some(_)) => Ok(columns),
            _ => {
                Err("[csv] needs `first_hour` for a wide sheet, or `value` with `hour` or `date` for a long one"
                    .to_owned())
            }
        }
    }
}

fn row(
    record: &::csv::StringRecord,
    at: usize,
    columns: &Columns,
    layout: &Layout,
    sheets: &mut BTreeMap<(String, String), Sheet>,
    complaints: &mut Vec<Complaint>,
) {
    if record.iter().all(|text| text.trim().is_empty()) {
        return;
    }
    let get = |place: Option<usize>| place.and_then(|place| record.get(place)).map(str::trim);
    let Some((date, time)) = moment(&get, columns, &layout.csv) else {
        let message = "the row has no date that exists; check the columns year, month, day or date of the layout";
        complaints.push(Complaint::at(at, "no_such_day", message));
        return;
    };
    let station = get(columns.station).unwrap_or_default().to_owned();
    let name = get(columns.characteristic).or(layout.characteristic.as_deref()).unwrap_or_default().to_owned();
    let sheet =
        sheets.entry((station.clone(), name.clone())).or_insert_with(|| start(station, name, at, layout, complaints));
    let mut put = |time: DateTime, text: &str, letters: Option<(&str, &str)>, column: usize| {
        let mut reading = Reading { row: at as u32, column: column as u32, ..Reading::new(time) };
        read_value(&mut reading, text, letters, sheet, layout);
        if !reading.tests.is_empty() {
            let message = format!("{text:?} at {time} is no value; the cell is kept without one");
            complaints.push(Complaint::at(at, "cell_grammar", message));
        }
        sheet.readings.push(reading);
    };
    match (columns.first_hour, columns.value) {
        (Some(first), _) => {
            for hour in 0..24.min(columns.count.saturating_sub(first)) {
                put(date.at(hour as i8, 0, 0, 0), get(Some(first + hour)).unwrap_or_default(), None, first + hour);
            }
        }
        (None, Some(value)) => {
            let Some(time) = time else {
                complaints.push(Complaint::at(at, "bad_time", "the row has no hour from 0 to 23; it is left out"));
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
    columns: &Columns,
    csv: &CsvLayout,
) -> Option<(Date, Option<Time>)> {
    let clock = |text: &str| -> Option<Time> {
        let mut parts = text.split(':').map(|part| part.trim().parse::<i8>());
        let hour = parts.next()?.ok()?;
        let minute = parts.next().map_or(Some(0), Result::ok)?;
        Time::new(hour, minute, parts.next().map_or(Some(0), Result::ok)?, 0).ok()
    };
    let hour = get(columns.hour).and_then(clock);
    if let Some(text) = get(columns.date) {
        let (day, rest) = text.split_once(['T', ' ']).unwrap_or((text, ""));
        let digits: String = day.chars().filter(char::is_ascii_digit).collect();
        let part = |from: usize, to: usize| digits.get(from..to).and_then(|part| part.parse::<i16>().ok());
        let (year, month, day) = (part(0, 4)?, part(4, 6)?, part(6, 8)?);
        let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
        return Some((date, hour.or_else(|| clock(rest.trim_end_matches('Z')))));
    }
    let (sheet_year, sheet_month) = csv.sheet_month.as_deref().and_then(|text| text.split_once('-')).unzip();
    let year = get(columns.year).or(sheet_year)?.parse().ok()?;
    let month = pattern::month(get(columns.month).or(sheet_month)?)?;
    Some((Date::new(year, month, get(columns.day)?.parse().ok()?).ok()?, hour))
}

fn start(station: String, name: String, at: usize, layout: &Layout, complaints: &mut Vec<Complaint>) -> Sheet {
    let characteristic =
        CharacteristicName::ALL.iter().copied().find(|known| known.as_str().eq_ignore_ascii_case(&name));
    if characteristic.is_none() {
        let message = format!("{name:?} is no known characteristic; set `characteristic` in the layout");
        complaints.push(Complaint::at(at, "unknown_characteristic", message));
    }
    let own = layout.unit.as_deref().and_then(Unit::parse);
    let unit = own.or_else(|| characteristic.map(Unit::usual)).unwrap_or_default();
    let zone = layout.zone().unwrap_or_default();
    if zone.ahead_min.is_none() {
        complaints.push(Complaint::at(
            at,
            "unknown_zone",
            "the layout gives no time `zone`, so that no UTC can be given",
        ));
    }
    let code = if station.is_empty() { layout.station.clone().unwrap_or_default() } else { station };
    Sheet {
        station: StationHead { code, ..StationHead::default() },
        name,
        characteristic,
        unit,
        zone,
        ..Sheet::default()
    }
}

fn read_value(reading: &mut Reading, text: &str, letters: Option<(&str, &str)>, sheet: &Sheet, layout: &Layout) {
    let is_missing = layout.csv.missing.iter().any(|missing| missing == text);
    if layout.csv.decimal {
        let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c.is_whitespace() || c == '/');
        let number = digits.trim().replace(',', ".");
        text.clone_into(&mut reading.text);
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
        let cell =
            if sheet.unit.quantity == Quantity::Letters { Ok(Default::default()) } else { read_cell(known, layout) };
        fill(reading, text, cell, &sheet.unit);
    }
    if let Some((qualifier, descriptor)) = letters {
        let letter = |text: &str| text.chars().next().filter(char::is_ascii_alphabetic);
        (reading.qualifier, reading.descriptor) = (letter(qualifier), letter(descriptor));
    }
}

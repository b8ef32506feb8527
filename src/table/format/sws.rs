//! The yearly files `SSSSPP.YY` of the Australian Space Weather Forecasting Centre (SWS, before IPS): one characteristic of
//! one station, a line for each day with 24 hourly values `QVVVD`.

use super::WriteError;
use super::cell::{Cell, fill, parse, printed};
use crate::model::CharacteristicName;
use crate::table::text::{TextColumns, field, integer, lines};
use crate::table::{Diagnostic, MonthlyTable, Parsed, Reading, StationHead, Unit, Zone};
use jiff::civil::Date;

/// First year that two digits can mean: ionosondes begin about 1930.
const FIRST_YEAR: i16 = 1930;

/// Reads a text. `zone` is the printed time: UT, but for early files of some stations.
pub fn read(text: &str, zone: &Zone) -> Parsed {
    let mut parsed = Parsed::default();
    let mut key = String::new();
    // Where blanks at the ends of lines were taken away, a short line need not be cut; the last line alone does not show that,
    // and one that does not end is cut.
    let mut short = lines(text).filter(|line| !line.trim().is_empty()).map(|line| line.len() < 132);
    let last = short.next_back();
    let is_stripped = last.is_some() && short.any(|is_short| is_short);
    let unended = (!text.ends_with(['\n', '\r'])).then(|| lines(text).count());
    for (at, line) in lines(text).enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let date = date(field(line, 6, 12));
        let (Some(code), Some(date)) = (integer(field(line, 4, 6)), date) else {
            let message = format!(
                "{:?} is not station, URSI code and date (SSSSPPYYMMDD); the line is left out",
                field(line, 0, 12)
            );
            parsed.diagnostics.push(Diagnostic::at(at, "bad_line", message));
            continue;
        };
        if key != field(line, 0, 6) || parsed.tables.is_empty() {
            key = field(line, 0, 6).to_owned();
            let characteristic = i16::try_from(code).ok().and_then(CharacteristicName::from_ursi_code);
            if characteristic.is_none() {
                let message = format!("URSI code {code} is not known; its cells are kept");
                parsed.diagnostics.push(Diagnostic::at(at, "unknown_characteristic", message));
            }
            parsed.tables.push(MonthlyTable {
                station: StationHead { code: field(line, 0, 4).trim().to_owned(), ..StationHead::default() },
                name: characteristic.map_or_else(|| format!("{code:02}"), |name| name.as_str().to_owned()),
                characteristic,
                unit: characteristic.map_or_else(Unit::default, Unit::usual),
                zone: zone.clone(),
                heading: vec![("key".to_owned(), key.clone())],
                ..MonthlyTable::default()
            });
        }
        let Some(monthly_table) = parsed.tables.last_mut() else { continue };
        let width = line.trim_end().chars().count();
        let columns = TextColumns::new(line);
        monthly_table.readings.reserve(24);
        for hour in 0..24 {
            let text = columns.field(12 + 5 * hour, 17 + 5 * hour);
            let time = date.at(hour as i8, 0, 0, 0);
            let mut reading = Reading { row: at as u32, column: hour as u32, ..Reading::new(time) };
            fill(&mut reading, text, cell(text), &monthly_table.unit);
            if !reading.tests.is_empty() {
                let message = format!("{text:?} at hour {hour} is no value QVVVD; the cell is kept without a value");
                parsed.diagnostics.push(Diagnostic::at(at, "cell_grammar", message));
            }
            monthly_table.readings.push(reading);
        }
        if width > 132 {
            let message = format!("the line has {width} columns; what follows column 132 is left out");
            parsed.diagnostics.push(Diagnostic::at(at, "long_line", message));
        } else if width < 132 - 5 && line.len() < 132 && (!is_stripped || unended == Some(at + 1)) {
            let message = format!("the line ends at column {width} of 132; the rest of the day has no value");
            parsed.diagnostics.push(Diagnostic::at(at, "truncated", message));
        }
    }
    if parsed.tables.is_empty() && parsed.diagnostics.is_empty() {
        parsed.diagnostics.push(Diagnostic::whole("empty", "the text holds no line of values"));
    }
    parsed
}

fn date(text: &str) -> Option<Date> {
    let part = |from: usize| integer(field(text, from, from + 2)).and_then(|number| i16::try_from(number).ok());
    let (year, month, day) = (part(0)?, part(2)?, part(4)?);
    let year = FIRST_YEAR + (year - FIRST_YEAR).rem_euclid(100);
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// Reads `QVVVD`; digits that end before their third column were cut.
fn cell(text: &str) -> Result<Cell, ()> {
    if text == "     " {
        return Ok(Cell::default());
    }
    if text.len() < 4 && !text.trim_start().is_empty() {
        return Err(());
    }
    if let [qualifier, a, b, c, descriptor] = *text.as_bytes()
        && text.is_ascii()
    {
        let digits = [a, b, c];
        let digits = std::str::from_utf8(&digits).unwrap_or_default();
        return parse(digits, char::from(qualifier), char::from(descriptor));
    }
    let mut characters = text.chars();
    let qualifier = characters.next().unwrap_or(' ');
    parse(field(text, 1, 4), qualifier, field(text, 4, 5).chars().next().unwrap_or(' '))
}

fn make(cell: &Cell) -> String {
    let digits = cell.number.map_or_else(|| "   ".to_owned(), |number| format!("{number:03}"));
    format!("{}{digits}{}", cell.qualifier.unwrap_or(' '), cell.descriptor.unwrap_or(' '))
}

/// Writes tables one after the other, a line for each day that has a reading.
pub fn write(monthly_tables: &[MonthlyTable]) -> Result<String, WriteError> {
    let mut out = String::new();
    for monthly_table in monthly_tables {
        let key = match (
            monthly_table.heading_text("key"),
            monthly_table.characteristic.map(CharacteristicName::ursi_code),
        ) {
            (Some(key), _) => key,
            (None, Some(code)) if (0..100).contains(&code) && monthly_table.station.code.chars().count() <= 4 => {
                format!("{:>4}{code:02}", monthly_table.station.code)
            }
            (None, Some(code)) if (0..100).contains(&code) => {
                return Err(WriteError::Field {
                    field: "station code",
                    text: monthly_table.station.code.clone(),
                    width: 4,
                });
            }
            _ => return Err(WriteError::NoCode { characteristic: monthly_table.name.clone() }),
        };
        let mut sorted: Vec<&Reading> = monthly_table.readings.iter().collect();
        sorted.sort_by_key(|reading| reading.time);
        for day in sorted.chunk_by(|a, b| a.time.date() == b.time.date()) {
            let date = day[0].time.date();
            out.push_str(&format!("{key}{:02}{:02}{:02}", date.year().rem_euclid(100), date.month(), date.day()));
            let mut hours = day.iter().peekable();
            for hour in 0..24 {
                let time = date.at(hour, 0, 0, 0);
                let text = match hours.next_if(|reading| reading.time == time) {
                    Some(reading) => printed(reading, monthly_table, 5, cell, make)?,
                    None => " ".repeat(5),
                };
                out.push_str(&text);
            }
            if let Some(odd) = hours.next() {
                return Err(WriteError::NotHourly {
                    station: monthly_table.station.code.clone(),
                    characteristic: monthly_table.name.clone(),
                    time: odd.time.to_string(),
                });
            }
            out.push('\n');
        }
    }
    Ok(out)
}

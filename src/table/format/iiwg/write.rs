//! Prints months as a text.

use super::SUMMARIES;
use crate::model::CharacteristicName;
use crate::table::format::WriteError;
use crate::table::format::cell::{Cell, make_value_letters, printed, value_letters};
use crate::table::{MonthlyTable, Reading, Summary, SummaryKind};
use jiff::civil::{Date, DateTime};

/// Writes tables as months: tables of one station and month follow one another in the given order. Times that only some
/// of them have are blank in the others. Missing summaries are blank.
pub fn write(monthly_tables: &[MonthlyTable]) -> Result<String, WriteError> {
    let mut out = String::new();
    let mut rest = monthly_tables;
    while let Some(first) = rest.first() {
        let key = |monthly_table: &MonthlyTable| {
            (monthly_table.station.code.clone(), monthly_table.heading_text("heading"), month_of(monthly_table))
        };
        let same = rest.iter().take_while(|monthly_table| key(monthly_table) == key(first)).count();
        let (month, later) = rest.split_at(same);
        write_month(month, &mut out)?;
        rest = later;
    }
    Ok(out)
}

fn month_of(monthly_table: &MonthlyTable) -> Option<Date> {
    monthly_table.readings.first().map(|reading| reading.time.date().first_of_month())
}

fn write_month(monthly_tables: &[MonthlyTable], out: &mut String) -> Result<(), WriteError> {
    let Some((first, month)) =
        monthly_tables.first().and_then(|monthly_table| Some((monthly_table, month_of(monthly_table)?)))
    else {
        return Ok(());
    };
    out.push_str(&heading(first)?);
    // The days of the month with the times at which any of the tables has a cell.
    let mut days: Vec<Vec<DateTime>> = vec![Vec::new(); month.days_in_month() as usize];
    for reading in monthly_tables.iter().flat_map(|monthly_table| &monthly_table.readings) {
        if let Some(day) = days.get_mut(reading.time.day() as usize - 1) {
            day.push(reading.time);
        }
    }
    for day in &mut days {
        day.sort();
        day.dedup();
    }
    let total: usize = days.iter().map(Vec::len).sum();
    let start = [days.len(), monthly_tables.len(), total];
    let numbers = start.into_iter().chain(days.iter().map(Vec::len)).map(|number| format!("{number:4}"));
    let numbers = [format!("{:4}", month.year()), format!("{:4}", month.month())].into_iter().chain(numbers);
    push_lines(out, numbers, 30);
    let mut texts = (Vec::new(), Vec::new(), Vec::new());
    for monthly_table in monthly_tables {
        texts.0.push(padded("characteristic", &monthly_table.name, 10)?);
        texts.1.push(padded("unit", &monthly_table.unit.text, 10)?);
        let code =
            monthly_table.characteristic.map(CharacteristicName::ursi_code).filter(|code| (0..100).contains(code));
        texts.2.push(match (monthly_table.heading_text("ursi_code"), code) {
            (Some(text), _) => padded("code", &text, 2)?,
            (None, Some(code)) => format!("{code:02}"),
            (None, None) => return Err(WriteError::NoCode { characteristic: monthly_table.name.clone() }),
        });
    }
    push_lines(out, texts.0.into_iter(), 12);
    push_lines(out, texts.1.into_iter(), 12);
    push_lines(out, texts.2.into_iter(), 60);
    let clock = |time: &DateTime| format!("{:2}{:2}{:2}", time.hour(), time.minute(), time.second());
    push_lines(out, days.iter().flatten().map(clock), 20);
    for monthly_table in monthly_tables {
        write_values(monthly_table, &days, out)?;
        write_summaries(monthly_table, out);
    }
    Ok(())
}

fn write_values(monthly_table: &MonthlyTable, days: &[Vec<DateTime>], out: &mut String) -> Result<(), WriteError> {
    let mut sorted: Vec<&Reading> = monthly_table.readings.iter().collect();
    sorted.sort_by_key(|reading| reading.time);
    // Of two cells at one time the first is written.
    sorted.dedup_by_key(|reading| reading.time);
    let mut readings = sorted.into_iter().peekable();
    for day in days {
        let mut cells = Vec::with_capacity(day.len());
        for time in day {
            let here = readings.next_if(|reading| reading.time == *time);
            cells.push(match here {
                Some(reading) => printed(reading, monthly_table, 5, value_letters, make_value_letters)?,
                None => " ".repeat(5),
            });
        }
        push_lines(out, cells.into_iter(), 24);
    }
    Ok(())
}

fn write_summaries(monthly_table: &MonthlyTable, out: &mut String) {
    let text = |kind: SummaryKind, hour: i8, width: usize| {
        let found = monthly_table.summaries.iter().find(|summary| summary.kind == kind && summary.time.hour() == hour);
        found.map_or_else(|| " ".repeat(width), |summary| summary_text(summary, width))
    };
    for kind in SUMMARIES {
        let cells = (0..24).map(|hour| match kind {
            SummaryKind::Count => text(kind, hour, 2) + &text(SummaryKind::Range, hour, 3),
            _ => text(kind, hour, 5),
        });
        push_lines(out, cells, 24);
    }
}

/// A summary as printed where that has the right width, else made from its number.
fn summary_text(summary: &Summary, width: usize) -> String {
    if summary.text.len() == width {
        return summary.text.clone();
    }
    let cell = Cell { number: summary.number, qualifier: summary.qualifier, descriptor: summary.descriptor };
    let made = make_value_letters(&cell);
    match width {
        5 => made,
        _ => format!("{:>width$}", made[..3].trim()),
    }
}

fn heading(monthly_table: &MonthlyTable) -> Result<String, WriteError> {
    if let Some(line) = monthly_table.heading_text("heading") {
        return Ok(line + "\n");
    }
    let station = &monthly_table.station;
    let meridian =
        monthly_table.zone.ahead_min.map_or_else(String::new, |minutes| (minutes / 4).rem_euclid(360).to_string());
    let degrees = |value: Option<f64>| value.map_or_else(|| " ".repeat(5), |value| format!("{value:5.1}"));
    let text = |name: &str| monthly_table.heading_text(name).unwrap_or_default();
    Ok(format!(
        "{}{}{meridian:>4}{}{}{}{}{}\n",
        padded("station name", &station.name, 30)?,
        padded("station code", &station.code, 5)?,
        degrees(station.latitude_deg),
        degrees(station.longitude_deg),
        padded("scaling type", &text("scaling_type"), 10)?,
        padded("editing", &text("editing"), 10)?,
        padded("system", &text("system"), 30)?,
    ))
}

fn padded(field: &'static str, text: &str, width: usize) -> Result<String, WriteError> {
    if text.chars().count() > width || text.contains(['\n', '\r']) {
        return Err(WriteError::Field { field, text: text.to_owned(), width });
    }
    Ok(format!("{text:<width$}"))
}

/// Lines of `each` fields; a list without fields has no line.
fn push_lines(out: &mut String, fields: impl Iterator<Item = String>, each: usize) {
    for (index, text) in fields.enumerate() {
        if index > 0 && index % each == 0 {
            out.push('\n');
        }
        out.push_str(&text);
    }
    if !out.ends_with('\n') {
        out.push('\n');
    }
}

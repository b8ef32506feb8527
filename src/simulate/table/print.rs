//! A sheet as lines of characters in the layout of a bulletin.

use crate::model::CharacteristicName;
use crate::table::{DayPlace, Layout, MonthlyTable, Reading, SummaryKind, print_pattern, recompute};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// A table in print.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Printed {
    /// The lines.
    pub lines: Vec<String>,
    /// Where the cells stand.
    pub marks: Vec<Mark>,
}

/// Where a cell stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// Line, from 0.
    pub line: usize,
    /// First column and the column behind the last.
    pub columns: (usize, usize),
    /// What stands there.
    pub what: What,
    /// Its text.
    pub text: String,
}

/// What stands in a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// The reading of that number.
    Reading(usize),
    /// A summary.
    Summary(SummaryKind),
}

impl Printed {
    /// The lines as a text.
    pub fn text(&self) -> String {
        self.lines.iter().map(|line| format!("{}\n", line.trim_end())).collect()
    }
}

/// Prints a sheet of one month. Counts and medians are those of the sheet where it has them, else they are computed.
pub fn print(sheet: &MonthlyTable, layout: &Layout) -> Printed {
    let mut printed = Printed::default();
    let Some(first) = sheet.readings.first().map(|cell| cell.time.date().first_of_month()) else { return printed };
    heading(&mut printed, sheet, layout, first);
    let mut hour = layout.grid.first_hour;
    for &count in &layout.grid.blocks {
        let hours: Vec<u32> = (hour..hour + count).map(|hour| hour % 24).collect();
        hour += count;
        let is_there = |cell: &Reading| hours.contains(&(cell.time.hour() as u32));
        if sheet.readings.iter().any(is_there) {
            printed.lines.push(String::new());
            block(&mut printed, sheet, layout, first, &hours);
        }
    }
    printed
}

fn heading(printed: &mut Printed, sheet: &MonthlyTable, layout: &Layout, first: Date) {
    let field = |name: &str| -> Option<String> {
        let text = match name {
            "month" => first.strftime("%B").to_string().to_uppercase(),
            "year" => first.year().to_string(),
            "station_name" => sheet.station.name.clone(),
            "station_code" => sheet.station.code.clone(),
            "characteristic" => sheet.name.to_uppercase(),
            "code" => sheet.characteristic.map(CharacteristicName::ursi_code)?.to_string(),
            "unit" => sheet.unit.text.clone(),
            "zone" => sheet.zone.text.clone(),
            _ => return None,
        };
        Some(text).filter(|text| !text.is_empty())
    };
    let mut told: BTreeSet<String> = BTreeSet::new();
    for pattern in &layout.heading {
        let names: Vec<&str> = pattern.split('{').skip(1).filter_map(|part| part.split('}').next()).collect();
        let is_new = names.iter().any(|name| !told.contains(*name));
        if is_new && names.iter().all(|name| field(name).is_some()) {
            told.extend(names.iter().map(|name| (*name).to_owned()));
            printed.lines.push(format!("     {}", print_pattern(pattern, field)));
        }
    }
}

fn block(printed: &mut Printed, sheet: &MonthlyTable, layout: &Layout, first: Date, hours: &[u32]) {
    let grid = &layout.grid;
    let (label, width) = (grid.label_width as usize, grid.column_width as usize);
    let both = grid.day == DayPlace::Both;
    let mut header = format!("{:<label$}", grid.label);
    for (index, hour) in hours.iter().enumerate() {
        let suffix = if index == 0 { grid.hour_suffix.as_str() } else { "" };
        header.push_str(&format!("{:<width$}", format!(" {hour:02}{suffix}")));
    }
    if both {
        header.push_str(&grid.label);
    }
    printed.lines.push(header);
    for day in 1..=first.days_in_month() {
        let texts: Vec<Option<(usize, String)>> = hours
            .iter()
            .map(|&hour| {
                let time = first.with().day(day).build().ok()?.at(hour as i8, 0, 0, 0);
                let index = sheet.readings.iter().position(|cell| cell.time == time)?;
                Some((index, cell(&sheet.readings[index], sheet)))
            })
            .collect();
        if texts.iter().all(Option::is_none) {
            continue;
        }
        let texts = texts.into_iter().map(|text| text.map(|(index, text)| (What::Reading(index), text))).collect();
        row(printed, layout, &format!("{day:>3}"), texts, if both { format!("{day:>3}") } else { String::new() });
    }
    for check in &layout.checks.rows {
        let texts = hours
            .iter()
            .map(|&hour| Some((What::Summary(check.kind), summary(sheet, check.kind, hour, layout))))
            .collect();
        row(printed, layout, &check.label, texts, String::new());
    }
}

fn row(printed: &mut Printed, layout: &Layout, label: &str, texts: Vec<Option<(What, String)>>, end: String) {
    let (before, width) = (layout.grid.label_width as usize, layout.grid.column_width as usize);
    let mut line = format!("{label:<before$}");
    for text in texts {
        let start = line.chars().count();
        let (what, text) = text.map_or((None, String::new()), |(what, text)| (Some(what), text));
        line.push_str(&format!("{text:<width$}"));
        if let Some(what) = what {
            let columns = (start, start + width);
            printed.marks.push(Mark { line: printed.lines.len(), columns, what, text });
        }
    }
    line.push_str(&end);
    printed.lines.push(line);
}

/// `VVVQD`.
fn cell(cell: &Reading, sheet: &MonthlyTable) -> String {
    let digits = cell.value.map_or_else(|| "   ".to_owned(), |value| format!("{:3}", sheet.unit.number(value)));
    format!("{digits}{}{}", cell.qualifier.unwrap_or(' '), cell.descriptor.unwrap_or(' '))
}

fn summary(sheet: &MonthlyTable, kind: SummaryKind, hour: u32, layout: &Layout) -> String {
    let own = sheet.summaries.iter().find(|summary| summary.kind == kind && summary.time.hour() as u32 == hour);
    if let Some(own) = own {
        let digits = own.number.map_or_else(|| "   ".to_owned(), |number| format!("{number:3}"));
        return format!("{digits}{}{}", own.qualifier.unwrap_or(' '), own.descriptor.unwrap_or(' '));
    }
    let at = sheet.readings.iter().filter(|cell| cell.time.hour() as u32 == hour);
    let numbers: Vec<i32> = at.filter_map(|cell| cell.value.map(|value| sheet.unit.number(value))).collect();
    recompute(kind, &numbers, layout.checks.half).map_or_else(String::new, |number| format!("{number:3}"))
}

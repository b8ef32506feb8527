//! Reads the months of a text.

use super::SUMMARIES;
use crate::model::CharacteristicName;
use crate::table::format::cell::{fill, parse, value_letters};
use crate::table::text::{TextColumns, field, integer, lines};
use crate::table::{Diagnostic, MonthlyTable, Parsed, Reading, StationHead, Summary, SummaryKind, Unit, Zone};
use jiff::civil::{Date, DateTime, Time};

/// Columns of the fields of the first line; the last three and the meridian are kept as they are printed.
const HEADING: [(&str, usize, usize); 4] =
    [("meridian", 35, 39), ("scaling_type", 49, 59), ("editing", 59, 69), ("system", 69, 99)];

/// Most numbers of a heading: a month of measurements every five seconds has fewer.
const MOST: i32 = 600_000;

/// Reads the months of a text.
pub fn read(text: &str) -> Parsed {
    let lines: Vec<&str> = lines(text).collect();
    let mut reader = Reader { lines: &lines, at: 0 };
    let mut parsed = Parsed::default();
    while reader.lines[reader.at.min(lines.len())..].iter().any(|line| !line.trim().is_empty()) {
        while lines[reader.at].trim().is_empty() {
            reader.at += 1;
        }
        let start = reader.at;
        if let Err(diagnostic) = reader.month(&mut parsed) {
            parsed.diagnostics.push(diagnostic);
            // What follows the damage is known by its heading alone.
            reader.at = (start + 1..lines.len()).find(|&at| is_heading(&lines, at)).unwrap_or(lines.len());
        }
        if reader.at <= start {
            break;
        }
    }
    if parsed.tables.is_empty() && parsed.diagnostics.is_empty() {
        parsed.diagnostics.push(Diagnostic::whole("empty", "the text holds no month"));
    }
    parsed
}

/// Whether a month begins at a line: the next one begins with year, month, days and number of characteristics.
fn is_heading(lines: &[&str], at: usize) -> bool {
    let Some(numbers) = lines.get(at + 1) else { return false };
    let number = |place: usize| integer(field(numbers, 4 * place, 4 * place + 4)).unwrap_or(-1);
    let is_month = (1900..2100).contains(&number(0)) && (1..=12).contains(&number(1));
    is_month && (28..=31).contains(&number(2)) && (1..=99).contains(&number(3)) && !lines[at].trim().is_empty()
}

struct Reader<'a> {
    lines: &'a [&'a str],
    at: usize,
}

/// What the heading of a month says.
struct Month {
    first: Date,
    per_day: Vec<usize>,
}

impl<'a> Reader<'a> {
    fn next(&mut self, what: &str) -> Result<(usize, &'a str), Diagnostic> {
        let at = self.at;
        let line = self.lines.get(at).ok_or_else(|| {
            Diagnostic::at(at, "truncated", format!("the text ends where {what} should follow; the month is cut"))
        })?;
        self.at += 1;
        Ok((at, line))
    }

    /// A line of values; the heading of another month is none.
    fn row(&mut self, what: &str) -> Result<(usize, &'a str), Diagnostic> {
        if is_heading(self.lines, self.at) {
            let message = format!("a new month begins where {what} should follow; a line of this month is missing");
            return Err(Diagnostic::at(self.at, "truncated", message));
        }
        self.next(what)
    }

    /// Fields of a width, as many to a line, until there are `count`.
    fn fields(&mut self, count: usize, width: usize, each: usize, what: &str) -> Result<Vec<&'a str>, Diagnostic> {
        let mut fields = Vec::new();
        while fields.len() < count {
            let (_, line) = self.next(what)?;
            let left = (count - fields.len()).min(each);
            let columns = TextColumns::new(line);
            fields.extend((0..left).map(|i| columns.field(i * width, (i + 1) * width)));
        }
        Ok(fields)
    }

    fn month(&mut self, parsed: &mut Parsed) -> Result<(), Diagnostic> {
        let (heading_line, line) = self.next("a heading")?;
        let mut station = StationHead {
            code: field(line, 30, 35).trim().to_owned(),
            name: field(line, 0, 30).trim().to_owned(),
            latitude_deg: field(line, 39, 44).trim().parse().ok(),
            longitude_deg: field(line, 44, 49).trim().parse().ok(),
        };
        if station.code.is_empty() {
            station.code.clone_from(&station.name);
        }
        let mut heading = vec![("heading".to_owned(), line.to_owned())];
        heading.extend(HEADING.map(|(name, from, to)| (name.to_owned(), field(line, from, to).trim().to_owned())));
        let meridian = field(line, 35, 39).trim();
        let zone = match integer(meridian) {
            Some(degrees) => Zone { ahead_min: Some(meridian_minutes(degrees)), text: meridian.to_owned() },
            None => Zone { ahead_min: None, text: meridian.to_owned() },
        };
        let (month, characteristics) = self.numbers()?;
        let names = self.fields(characteristics, 10, 12, "the names of the characteristics")?;
        let units = self.fields(characteristics, 10, 12, "the units")?;
        let codes = self.fields(characteristics, 2, 60, "the URSI codes")?;
        let times = self.times(&month)?;
        for index in 0..characteristics {
            let (name, unit_text) = (names[index].trim(), units[index].trim());
            let code = integer(codes[index]).and_then(|code| i16::try_from(code).ok());
            let characteristic =
                code.and_then(CharacteristicName::from_ursi_code).or_else(|| CharacteristicName::from_name(name));
            let unit = Unit::parse(unit_text).map(|unit| Unit { text: unit_text.to_owned(), ..unit });
            if characteristic.is_none() {
                let message = format!("URSI code {:?}, named {name:?}, is not known; its cells are kept", codes[index]);
                parsed.diagnostics.push(Diagnostic::at(heading_line, "unknown_characteristic", message));
            }
            if unit.is_none() {
                let message = format!("the unit {unit_text:?} of {name} is not understood; the usual one is taken");
                parsed.diagnostics.push(Diagnostic::at(heading_line, "unknown_unit", message));
            }
            let usual = characteristic.map_or_else(Unit::default, Unit::usual);
            let mut monthly_table = MonthlyTable {
                station: station.clone(),
                name: name.to_owned(),
                characteristic,
                unit: unit.unwrap_or(Unit { text: unit_text.to_owned(), ..usual }),
                zone: zone.clone(),
                heading: heading.clone(),
                ..MonthlyTable::default()
            };
            monthly_table.heading.push(("ursi_code".to_owned(), codes[index].to_owned()));
            let result = self.values(&month, &times, &mut monthly_table, &mut parsed.diagnostics);
            let result = result.and_then(|()| self.summaries(&month, &mut monthly_table));
            let is_whole = result.is_ok() && !is_shifted(&monthly_table);
            if !is_whole {
                // Nothing tells at which day a line is missing or too many.
                monthly_table.readings.iter_mut().for_each(|reading| reading.tests.push("row_cut"));
            }
            if result.is_ok() && !is_whole {
                let message = format!(
                    "medians and counts of {name} do not stand below the days; a line is missing or too many, and all values are suspect"
                );
                parsed.diagnostics.push(Diagnostic::at(self.at.saturating_sub(1), "truncated", message));
            }
            parsed.tables.push(monthly_table);
            if result.is_err() && is_heading(self.lines, self.at) {
                // Tables without summaries do not show whether the line is missing in them.
                let own = parsed.tables.iter_mut().rev().take(index + 1).skip(1);
                let is_open = |monthly_table: &&mut MonthlyTable| {
                    monthly_table.summaries.iter().all(|summary| summary.number.is_none())
                };
                let readings = own.filter(is_open).flat_map(|monthly_table| &mut monthly_table.readings);
                readings.for_each(|reading| reading.tests.push("row_cut"));
            }
            result?;
        }
        Ok(())
    }

    /// Year, month, number of days, of characteristics, of measurements, and of those of each day.
    fn numbers(&mut self) -> Result<(Month, usize), Diagnostic> {
        let at = self.at;
        let bad = |message: String| Diagnostic::at(at, "bad_heading", message);
        let start = self.fields(5, 4, 30, "year, month and numbers")?;
        let number = |index: usize| integer(start[index]).filter(|&number| (0..=MOST).contains(&number));
        let [Some(year), Some(month), Some(days), Some(characteristics), Some(_)] = [0, 1, 2, 3, 4].map(number) else {
            return Err(bad(format!(
                "expected year, month, days, characteristics, measurements; found {:?}",
                start.join("")
            )));
        };
        let first = i16::try_from(year).ok().zip(i8::try_from(month).ok());
        let first = first.and_then(|(year, month)| Date::new(year, month, 1).ok());
        let first = first.ok_or_else(|| bad(format!("{year}-{month} is no month")))?;
        if days > i32::from(first.days_in_month()) {
            return Err(bad(format!("{days} days in {year}-{month:02}, which has {}", first.days_in_month())));
        }
        if characteristics > 99 {
            return Err(bad(format!("{characteristics} characteristics; at most 99 have a code")));
        }
        self.at = at;
        let all = self.fields(5 + days as usize, 4, 30, "the measurements of each day")?;
        let mut per_day = Vec::new();
        for (day, text) in all[5..].iter().enumerate() {
            match integer(text).filter(|count| (0..=86_400).contains(count)) {
                Some(count) => per_day.push(count as usize),
                None => return Err(bad(format!("the number of measurements of day {} is {text:?}", day + 1))),
            }
        }
        Ok((Month { first, per_day }, characteristics as usize))
    }

    fn times(&mut self, month: &Month) -> Result<Vec<Vec<DateTime>>, Diagnostic> {
        let total: usize = month.per_day.iter().sum();
        let mut found = Vec::with_capacity(total.min(4096));
        while found.len() < total {
            let (at, line) = self.next("the times of the measurements")?;
            let before = found.len();
            let columns = TextColumns::new(line);
            for i in 0..20.min(total - before) {
                let group = columns.field(6 * i, 6 * i + 6);
                if group.trim().is_empty() {
                    break;
                }
                let part = |from: usize| i8::try_from(integer(field(group, from, from + 2)).unwrap_or(0)).ok();
                let time = part(0).zip(part(2)).zip(part(4)).and_then(|((h, m), s)| Time::new(h, m, s, 0).ok());
                found.push(time.ok_or_else(|| Diagnostic::at(at, "bad_time", format!("{group:?} is no time of day")))?);
            }
            if found.len() == before {
                return Err(Diagnostic::at(at, "bad_time", "expected times of measurements, found none"));
            }
        }
        let mut rest = found.as_slice();
        let mut days = Vec::with_capacity(month.per_day.len());
        let mut date = month.first;
        for &count in &month.per_day {
            let (day, later) = rest.split_at(count);
            rest = later;
            days.push(day.iter().map(|time| date.to_datetime(*time)).collect());
            date = date.tomorrow().unwrap_or(date);
        }
        Ok(days)
    }

    fn values(
        &mut self,
        month: &Month,
        times: &[Vec<DateTime>],
        monthly_table: &mut MonthlyTable,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Result<(), Diagnostic> {
        debug_assert_eq!(month.per_day.len(), times.len());
        monthly_table.readings.reserve(times.iter().map(Vec::len).sum());
        for day in times {
            // Fortran writes an empty line for a day without measurements; others write none.
            if day.is_empty() && self.lines.get(self.at).is_some_and(|line| line.is_empty()) {
                self.at += 1;
            }
            for part in day.chunks(24) {
                let (at, line) = self.row("the values of a day")?;
                let columns = TextColumns::new(line);
                for (column, &time) in part.iter().enumerate() {
                    let text = columns.field(5 * column, 5 * column + 5);
                    let mut reading = Reading { row: at as u32, column: column as u32, ..Reading::new(time) };
                    fill(&mut reading, text, value_letters(text), &monthly_table.unit);
                    if !reading.tests.is_empty() {
                        let message =
                            format!("{text:?} at {time} is no value with letters; the cell is kept without a value");
                        diagnostics.push(Diagnostic::at(at, "cell_grammar", message));
                    }
                    monthly_table.readings.push(reading);
                }
                let width = line.trim_end().chars().count();
                // A short line may be one whose last cells are blank; where the text ends with it, it was cut.
                if width < 5 * (part.len() - 1) && at + 1 == self.lines.len() {
                    let message =
                        format!("the line ends at column {width} of {}; the table is cut in mid-row", 5 * part.len());
                    diagnostics.push(Diagnostic::at(at, "truncated", message));
                }
            }
        }
        Ok(())
    }

    fn summaries(&mut self, month: &Month, monthly_table: &mut MonthlyTable) -> Result<(), Diagnostic> {
        for kind in SUMMARIES {
            let (at, line) = self.row("medians, counts, quartiles and deciles")?;
            let columns = TextColumns::new(line);
            for hour in 0..24 {
                let text = columns.field(5 * hour, 5 * hour + 5);
                let time = month.first.at(hour as i8, 0, 0, 0);
                let place = (at as u32, hour as u32);
                if kind == SummaryKind::Count {
                    monthly_table.summaries.push(summary(kind, time, field(text, 0, 2), place));
                    monthly_table.summaries.push(summary(SummaryKind::Range, time, field(text, 2, 5), place));
                } else {
                    monthly_table.summaries.push(summary(kind, time, text, place));
                }
            }
        }
        Ok(())
    }
}

/// Whether something else than summaries stands in their lines: most of their cells cannot be read.
fn is_shifted(monthly_table: &MonthlyTable) -> bool {
    let odd = monthly_table.summaries.iter().filter(|summary| !summary.tests.is_empty()).count();
    2 * odd > 24
}

/// A meridian of the heading: degrees east, 0 to 360 or negative to the west.
fn meridian_minutes(degrees: i32) -> i32 {
    let degrees = (degrees + 180).rem_euclid(360) - 180;
    4 * if degrees == -180 { 180 } else { degrees }
}

fn summary(kind: SummaryKind, time: DateTime, text: &str, (row, column): (u32, u32)) -> Summary {
    let cell = match kind {
        SummaryKind::Count | SummaryKind::Range => parse(text, ' ', ' '),
        _ => value_letters(text),
    };
    let mut tests = Vec::new();
    if cell.is_err() {
        tests.push("cell_grammar");
    }
    let cell = cell.unwrap_or_default();
    let mut summary = Summary::unprinted(kind, time, cell.number, (cell.qualifier, cell.descriptor));
    (summary.row, summary.column, summary.tests) = (row, column, tests);
    text.clone_into(&mut summary.text);
    summary
}

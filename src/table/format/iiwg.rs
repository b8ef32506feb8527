//! The IIWG monthly format, also called CHARS (R. R. Gamache and B. W. Reinisch, University of Lowell, 1989; URSI standard
//! of 1990; format page of the UK Solar System Data Centre).
//!
//! A month of a station: a heading, the times of the measurements, then for each characteristic the values of each day and
//! the hourly medians, counts with ranges, quartiles and deciles. Several months may follow one another.

use super::WriteError;
use super::cell::{self, fill, make_value_letters, printed, value_letters};
use crate::model::CharacteristicName;
use crate::table::text::{Columns, field, integer, lines};
use crate::table::{Complaint, Parsed, Reading, Sheet, StationHead, Summary, SummaryKind, Unit, Zone};
use jiff::civil::{Date, DateTime, Time};

/// Columns of the fields of the first line; the last three and the meridian are kept as they are printed.
const HEADING: [(&str, usize, usize); 4] =
    [("meridian", 35, 39), ("scaling_type", 49, 59), ("editing", 59, 69), ("system", 69, 99)];

/// The summaries in their order; counts share their line with ranges.
const SUMMARIES: [SummaryKind; 6] = [
    SummaryKind::Median,
    SummaryKind::Count,
    SummaryKind::UpperQuartile,
    SummaryKind::LowerQuartile,
    SummaryKind::UpperDecile,
    SummaryKind::LowerDecile,
];

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
        if let Err(complaint) = reader.month(&mut parsed) {
            parsed.complaints.push(complaint);
            // What follows the damage is known by its heading alone.
            reader.at = (start + 1..lines.len()).find(|&at| is_heading(&lines, at)).unwrap_or(lines.len());
        }
        if reader.at <= start {
            break;
        }
    }
    if parsed.sheets.is_empty() && parsed.complaints.is_empty() {
        parsed.complaints.push(Complaint::whole("empty", "the text holds no month"));
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
    fn next(&mut self, what: &str) -> Result<(usize, &'a str), Complaint> {
        let at = self.at;
        let line = self.lines.get(at).ok_or_else(|| {
            Complaint::at(at, "truncated", format!("the text ends where {what} should follow; the month is cut"))
        })?;
        self.at += 1;
        Ok((at, line))
    }

    /// A line of values; the heading of another month is none.
    fn row(&mut self, what: &str) -> Result<(usize, &'a str), Complaint> {
        if is_heading(self.lines, self.at) {
            let message = format!("a new month begins where {what} should follow; a line of this month is missing");
            return Err(Complaint::at(self.at, "truncated", message));
        }
        self.next(what)
    }

    /// Fields of a width, as many to a line, until there are `count`.
    fn fields(&mut self, count: usize, width: usize, each: usize, what: &str) -> Result<Vec<&'a str>, Complaint> {
        let mut fields = Vec::new();
        while fields.len() < count {
            let (_, line) = self.next(what)?;
            let left = (count - fields.len()).min(each);
            let columns = Columns::new(line);
            fields.extend((0..left).map(|i| columns.field(i * width, (i + 1) * width)));
        }
        Ok(fields)
    }

    fn month(&mut self, parsed: &mut Parsed) -> Result<(), Complaint> {
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
                parsed.complaints.push(Complaint::at(heading_line, "unknown_characteristic", message));
            }
            if unit.is_none() {
                let message = format!("the unit {unit_text:?} of {name} is not understood; the usual one is taken");
                parsed.complaints.push(Complaint::at(heading_line, "unknown_unit", message));
            }
            let usual = characteristic.map_or_else(Unit::default, Unit::usual);
            let mut sheet = Sheet {
                station: station.clone(),
                name: name.to_owned(),
                characteristic,
                unit: unit.unwrap_or(Unit { text: unit_text.to_owned(), ..usual }),
                zone: zone.clone(),
                heading: heading.clone(),
                ..Sheet::default()
            };
            sheet.heading.push(("ursi_code".to_owned(), codes[index].to_owned()));
            let result = self.values(&month, &times, &mut sheet, &mut parsed.complaints);
            let result = result.and_then(|()| self.summaries(&month, &mut sheet));
            let is_whole = result.is_ok() && !is_shifted(&sheet);
            if !is_whole {
                // Nothing tells at which day a line is missing or too many.
                sheet.readings.iter_mut().for_each(|reading| reading.tests.push("row_cut"));
            }
            if result.is_ok() && !is_whole {
                let message = format!(
                    "medians and counts of {name} do not stand below the days; a line is missing or too many, and all values are suspect"
                );
                parsed.complaints.push(Complaint::at(self.at.saturating_sub(1), "truncated", message));
            }
            parsed.sheets.push(sheet);
            if result.is_err() && is_heading(self.lines, self.at) {
                // Sheets without summaries do not show whether the line is missing in them.
                let own = parsed.sheets.iter_mut().rev().take(index + 1).skip(1);
                let is_open = |sheet: &&mut Sheet| sheet.summaries.iter().all(|summary| summary.number.is_none());
                let readings = own.filter(is_open).flat_map(|sheet| &mut sheet.readings);
                readings.for_each(|reading| reading.tests.push("row_cut"));
            }
            result?;
        }
        Ok(())
    }

    /// Year, month, number of days, of characteristics, of measurements, and of those of each day.
    fn numbers(&mut self) -> Result<(Month, usize), Complaint> {
        let at = self.at;
        let bad = |message: String| Complaint::at(at, "bad_heading", message);
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

    fn times(&mut self, month: &Month) -> Result<Vec<Vec<DateTime>>, Complaint> {
        let total: usize = month.per_day.iter().sum();
        let mut found = Vec::with_capacity(total.min(4096));
        while found.len() < total {
            let (at, line) = self.next("the times of the measurements")?;
            let before = found.len();
            let columns = Columns::new(line);
            for i in 0..20.min(total - before) {
                let group = columns.field(6 * i, 6 * i + 6);
                if group.trim().is_empty() {
                    break;
                }
                let part = |from: usize| i8::try_from(integer(field(group, from, from + 2)).unwrap_or(0)).ok();
                let time = part(0).zip(part(2)).zip(part(4)).and_then(|((h, m), s)| Time::new(h, m, s, 0).ok());
                found.push(time.ok_or_else(|| Complaint::at(at, "bad_time", format!("{group:?} is no time of day")))?);
            }
            if found.len() == before {
                return Err(Complaint::at(at, "bad_time", "expected times of measurements, found none"));
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
        sheet: &mut Sheet,
        complaints: &mut Vec<Complaint>,
    ) -> Result<(), Complaint> {
        debug_assert_eq!(month.per_day.len(), times.len());
        sheet.readings.reserve(times.iter().map(Vec::len).sum());
        for day in times {
            // Fortran writes an empty line for a day without measurements; others write none.
            if day.is_empty() && self.lines.get(self.at).is_some_and(|line| line.is_empty()) {
                self.at += 1;
            }
            for part in day.chunks(24) {
                let (at, line) = self.row("the values of a day")?;
                let columns = Columns::new(line);
                for (column, &time) in part.iter().enumerate() {
                    let text = columns.field(5 * column, 5 * column + 5);
                    let mut reading = Reading { row: at as u32, column: column as u32, ..Reading::new(time) };
                    fill(&mut reading, text, value_letters(text), &sheet.unit);
                    if !reading.tests.is_empty() {
                        let message =
                            format!("{text:?} at {time} is no value with letters; the cell is kept without a value");
                        complaints.push(Complaint::at(at, "cell_grammar", message));
                    }
                    sheet.readings.push(reading);
                }
                let width = line.trim_end().chars().count();
                // A short line may be one whose last cells are blank; where the text ends with it, it was cut.
                if width < 5 * (part.len() - 1) && at + 1 == self.lines.len() {
                    let message =
                        format!("the line ends at column {width} of {}; the table is cut in mid-row", 5 * part.len());
                    complaints.push(Complaint::at(at, "truncated", message));
                }
            }
        }
        Ok(())
    }

    fn summaries(&mut self, month: &Month, sheet: &mut Sheet) -> Result<(), Complaint> {
        for kind in SUMMARIES {
            let (at, line) = self.row("medians, counts, quartiles and deciles")?;
            let columns = Columns::new(line);
            for hour in 0..24 {
                let text = columns.field(5 * hour, 5 * hour + 5);
                let time = month.first.at(hour as i8, 0, 0, 0);
                let place = (at as u32, hour as u32);
                if kind == SummaryKind::Count {
                    sheet.summaries.push(summary(kind, time, field(text, 0, 2), place));
                    sheet.summaries.push(summary(SummaryKind::Range, time, field(text, 2, 5), place));
                } else {
                    sheet.summaries.push(summary(kind, time, text, place));
                }
            }
        }
        Ok(())
    }
}

/// Whether something else than summaries stands in their lines: most of their cells cannot be read.
fn is_shifted(sheet: &Sheet) -> bool {
    let odd = sheet.summaries.iter().filter(|summary| !summary.tests.is_empty()).count();
    2 * odd > 24
}

/// A meridian of the heading: degrees east, 0 to 360 or negative to the west.
fn meridian_minutes(degrees: i32) -> i32 {
    let degrees = (degrees + 180).rem_euclid(360) - 180;
    4 * if degrees == -180 { 180 } else { degrees }
}

fn summary(kind: SummaryKind, time: DateTime, text: &str, (row, column): (u32, u32)) -> Summary {
    let cell = match kind {
        SummaryKind::Count | SummaryKind::Range => cell::parse(text, ' ', ' '),
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

/// Writes sheets as months: sheets of one station and month follow one another in the given order. Times that only some
/// of them have are blank in the others. Missing summaries are blank.
pub fn write(sheets: &[Sheet]) -> Result<String, WriteError> {
    let mut out = String::new();
    let mut rest = sheets;
    while let Some(first) = rest.first() {
        let key = |sheet: &Sheet| (sheet.station.code.clone(), sheet.heading_text("heading"), month_of(sheet));
        let same = rest.iter().take_while(|sheet| key(sheet) == key(first)).count();
        let (month, later) = rest.split_at(same);
        write_month(month, &mut out)?;
        rest = later;
    }
    Ok(out)
}

fn month_of(sheet: &Sheet) -> Option<Date> {
    sheet.readings.first().map(|reading| reading.time.date().first_of_month())
}

fn write_month(sheets: &[Sheet], out: &mut String) -> Result<(), WriteError> {
    let Some((first, month)) = sheets.first().and_then(|sheet| Some((sheet, month_of(sheet)?))) else { return Ok(()) };
    out.push_str(&heading(first)?);
    // The days of the month with the times at which any of the sheets has a cell.
    let mut days: Vec<Vec<DateTime>> = vec![Vec::new(); month.days_in_month() as usize];
    for reading in sheets.iter().flat_map(|sheet| &sheet.readings) {
        if let Some(day) = days.get_mut(reading.time.day() as usize - 1) {
            day.push(reading.time);
        }
    }
    for day in &mut days {
        day.sort();
        day.dedup();
    }
    let total: usize = days.iter().map(Vec::len).sum();
    let start = [days.len(), sheets.len(), total];
    let numbers = start.into_iter().chain(days.iter().map(Vec::len)).map(|number| format!("{number:4}"));
    let numbers = [format!("{:4}", month.year()), format!("{:4}", month.month())].into_iter().chain(numbers);
    push_lines(out, numbers, 30);
    let mut texts = (Vec::new(), Vec::new(), Vec::new());
    for sheet in sheets {
        texts.0.push(padded("characteristic", &sheet.name, 10)?);
        texts.1.push(padded("unit", &sheet.unit.text, 10)?);
        let code = sheet.characteristic.map(CharacteristicName::ursi_code).filter(|code| (0..100).contains(code));
        texts.2.push(match (sheet.heading_text("ursi_code"), code) {
            (Some(text), _) => padded("code", &text, 2)?,
            (None, Some(code)) => format!("{code:02}"),
            (None, None) => return Err(WriteError::NoCode { characteristic: sheet.name.clone() }),
        });
    }
    push_lines(out, texts.0.into_iter(), 12);
    push_lines(out, texts.1.into_iter(), 12);
    push_lines(out, texts.2.into_iter(), 60);
    let clock = |time: &DateTime| format!("{:2}{:2}{:2}", time.hour(), time.minute(), time.second());
    push_lines(out, days.iter().flatten().map(clock), 20);
    for sheet in sheets {
        write_values(sheet, &days, out)?;
        write_summaries(sheet, out);
    }
    Ok(())
}

fn write_values(sheet: &Sheet, days: &[Vec<DateTime>], out: &mut String) -> Result<(), WriteError> {
    let mut sorted: Vec<&Reading> = sheet.readings.iter().collect();
    sorted.sort_by_key(|reading| reading.time);
    // Of two cells at one time the first is written.
    sorted.dedup_by_key(|reading| reading.time);
    let mut readings = sorted.into_iter().peekable();
    for day in days {
        let mut cells = Vec::with_capacity(day.len());
        for time in day {
            let here = readings.next_if(|reading| reading.time == *time);
            cells.push(match here {
                Some(reading) => printed(reading, sheet, 5, value_letters, make_value_letters)?,
                None => " ".repeat(5),
            });
        }
        push_lines(out, cells.into_iter(), 24);
    }
    Ok(())
}

fn write_summaries(sheet: &Sheet, out: &mut String) {
    let text = |kind: SummaryKind, hour: i8, width: usize| {
        let found = sheet.summaries.iter().find(|summary| summary.kind == kind && summary.time.hour() == hour);
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
    let cell = cell::Cell { number: summary.number, qualifier: summary.qualifier, descriptor: summary.descriptor };
    let made = make_value_letters(&cell);
    match width {
        5 => made,
        _ => format!("{:>width$}", made[..3].trim()),
    }
}

fn heading(sheet: &Sheet) -> Result<String, WriteError> {
    if let Some(line) = sheet.heading_text("heading") {
        return Ok(line + "\n");
    }
    let station = &sheet.station;
    let meridian = sheet.zone.ahead_min.map_or_else(String::new, |minutes| (minutes / 4).rem_euclid(360).to_string());
    let degrees = |value: Option<f64>| value.map_or_else(|| " ".repeat(5), |value| format!("{value:5.1}"));
    let text = |name: &str| sheet.heading_text(name).unwrap_or_default();
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

//! Monthly tables of observatories: blocks of hours, a row for each day with its number at one or both ends, and rows
//! of counts and medians. The columns are found from the header and the text itself.

use super::cell::{Cell, fill, interpret, number};
use crate::table::columns::{self, words};
use crate::table::heading::Heading;
use crate::table::layout::{DayPlace, Layout};
use crate::table::pattern::Exactness;
use crate::table::text::{TextColumns, expand_tabs, field, lines};
use crate::table::{Diagnostic, MonthlyTable, Parsed, Reading, Summary, SummaryKind};
use jiff::civil::Date;

/// Reads the tables of a text.
pub fn read(text: &str, layout: &Layout) -> Parsed {
    let text = expand_tabs(text, |_| true).replace('|', " ");
    let lines: Vec<&str> = lines(&text).collect();
    let mut parsed = Parsed::default();
    let mut heading = Heading::default();
    let mut monthly_tables: Vec<(Option<Date>, MonthlyTable)> = Vec::new();
    let mut at = 0;
    let mut is_heading = true;
    while at < lines.len() {
        let Some(header) = Header::read(lines[at], layout) else {
            if !is_heading && !lines[at].trim().is_empty() {
                is_heading = true;
                heading.lines.clear();
            }
            heading.read(lines[at], layout, Exactness::Exact);
            at += 1;
            continue;
        };
        let length = lines[at + 1..].iter().take_while(|line| is_body(line, layout)).count();
        let body = &lines[at + 1..at + 1 + length];
        let month = heading.month();
        let mut notes = Vec::new();
        let fresh = heading.monthly_table(layout, at, &mut notes);
        let lacks = |monthly_table: &MonthlyTable| {
            !monthly_table.readings.iter().any(|cell| header.hours.contains(&(cell.time.hour() as u32)))
        };
        let same = |(of, monthly_table): &(Option<Date>, MonthlyTable)| {
            *of == month
                && monthly_table.name == fresh.name
                && monthly_table.station == fresh.station
                && lacks(monthly_table)
        };
        let index = monthly_tables.iter().position(same).unwrap_or_else(|| {
            parsed.diagnostics.append(&mut notes);
            monthly_tables.push((month, fresh.clone()));
            monthly_tables.len() - 1
        });
        match month {
            Some(month) => {
                let block = Block { header, body, first_line: at + 1, month, layout };
                block.read(&mut monthly_tables[index].1, &mut parsed.diagnostics);
            }
            None => {
                let message = "no month and year stand above the table; add a heading pattern to the layout";
                parsed.diagnostics.push(Diagnostic::at(at, "no_month", message));
            }
        }
        at += 1 + length;
        is_heading = false;
    }
    parsed.tables = monthly_tables
        .into_iter()
        .map(|(_, monthly_table)| monthly_table)
        .filter(|monthly_table| !monthly_table.readings.is_empty())
        .collect();
    let is_told = parsed.diagnostics.iter().any(|diagnostic| diagnostic.class != "missing_days");
    if parsed.tables.is_empty() && !is_told {
        let message = format!(
            "no row of hours follows a word {:?}, or no row of a day that row; the text holds no table of this layout",
            layout.grid.label
        );
        parsed.diagnostics.push(Diagnostic::whole("no_table", message));
    }
    parsed
}

/// The row of hours over a block.
struct Header {
    hours: Vec<u32>,
    /// First column of each hour's label.
    starts: Vec<usize>,
}

impl Header {
    fn read(line: &str, layout: &Layout) -> Option<Self> {
        let mut words = words(line);
        let (_, first) = words.next()?;
        if !first.eq_ignore_ascii_case(&layout.grid.label) {
            return None;
        }
        let (mut hours, mut starts) = (Vec::new(), Vec::new());
        for (at, word) in words {
            let digits = word.trim_end_matches(|c: char| layout.grid.hour_suffix.contains(c.to_ascii_uppercase()));
            let Some(hour) = digits.parse::<u32>().ok().filter(|&hour| hour < 24) else { break };
            if hours.last().is_some_and(|&last| hour != last + 1) {
                return None;
            }
            hours.push(hour);
            starts.push(at);
        }
        (hours.len() >= 4).then_some(Self { hours, starts })
    }
}

/// A row of the table, or a blank line between rows.
fn is_body(line: &str, layout: &Layout) -> bool {
    match words(line).next() {
        None => true,
        _ if is_rule(line) => true,
        Some((_, word)) => is_day(word) || summary_of(word, layout).is_some(),
    }
}

/// A line of dashes and the like.
fn is_rule(line: &str) -> bool {
    line.chars().all(|c| c.is_whitespace() || matches!(c, '-' | '=' | '_' | '+' | '*' | '.'))
}

fn is_day(word: &str) -> bool {
    (1..=2).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit())
}

fn summary_of(word: &str, layout: &Layout) -> Option<SummaryKind> {
    let row = layout.checks.rows.iter().find(|row| row.label.eq_ignore_ascii_case(word.trim_end_matches('.')));
    row.map(|row| row.kind)
}

struct Block<'a> {
    header: Header,
    body: &'a [&'a str],
    first_line: usize,
    month: Date,
    layout: &'a Layout,
}

impl Block<'_> {
    fn read(&self, monthly_table: &mut MonthlyTable, diagnostics: &mut Vec<Diagnostic>) {
        let body: Vec<&str> = self.body.iter().copied().filter(|line| !is_rule(line)).collect();
        let edges = columns::edges(&self.header.starts, &body, 1, |text| self.cell(text).is_ok());
        let mut seen = [0usize; 32];
        let mut rows = 0;
        for (index, line) in self.body.iter().enumerate() {
            let at = self.first_line + index;
            let Some((_, word)) = words(line).next().filter(|_| !is_rule(line)) else { continue };
            let columns = TextColumns::new(line);
            let cells: Vec<&str> = edges.windows(2).map(|pair| columns.field(pair[0], pair[1])).collect();
            if let Some(kind) = summary_of(word, self.layout) {
                self.summaries(kind, &cells, at, monthly_table, diagnostics);
                continue;
            }
            rows += 1;
            let day: i8 = word.parse().unwrap_or(0);
            let last = edges.last().map_or("", |&edge| field(line, edge, usize::MAX)).trim();
            let Ok(date) = Date::new(self.month.year(), self.month.month(), day) else {
                let message =
                    format!("day {day} does not exist in {}; the row is left out", self.month.strftime("%Y-%m"));
                diagnostics.push(Diagnostic::at(at, "no_such_day", message));
                continue;
            };
            let mut tests = Vec::new();
            let width = line.trim_end().chars().count();
            let is_cut = self.layout.grid.day == DayPlace::Both && last.is_empty();
            if is_cut {
                let message = format!(
                    "the row of day {day} ends at column {width} without its day number; it is cut or its columns are shifted"
                );
                diagnostics.push(Diagnostic::at(at, "truncated", message));
                tests.push("row_cut");
            } else if self.layout.grid.day == DayPlace::Both && last != word.trim_start_matches('0') && last != word {
                let message = format!("the row begins with day {word} and ends with {last:?}; its values are suspect");
                diagnostics.push(Diagnostic::at(at, "day_mismatch", message));
                tests.push("day_mismatch");
            }
            if let Some(seen) = seen.get_mut(day as usize) {
                *seen += 1;
                if *seen == 2 {
                    let message = format!(
                        "day {day} stands twice; two tables may be interleaved, and the values of its later rows are left out"
                    );
                    diagnostics.push(Diagnostic::at(at, "day_repeated", message));
                }
                if *seen > 1 {
                    tests.push("day_repeated");
                }
            }
            for (column, (text, &hour)) in cells.iter().zip(&self.header.hours).enumerate() {
                let mut reading = Reading::new(date.at(hour as i8, 0, 0, 0));
                (reading.row, reading.column) = (at as u32, column as u32);
                fill(&mut reading, text, self.cell(text), &monthly_table.unit);
                if !reading.tests.is_empty() {
                    let message = format!(
                        "{:?} of day {day}, hour {hour} is no value with letters; the cell is kept without a value",
                        text.trim()
                    );
                    diagnostics.push(Diagnostic::at(at, "cell_grammar", message));
                }
                if tests.contains(&"day_repeated") {
                    (reading.value, reading.qualifier, reading.descriptor) = (None, None, None);
                }
                // The last cell of a cut row may have lost digits.
                if is_cut && edges.get(column + 1).is_some_and(|&edge| edge >= width) && reading.value.is_some() {
                    reading.value = None;
                    reading.tests.push("row_cut");
                }
                reading.tests.extend(&tests);
                reading.tests.dedup();
                monthly_table.readings.push(reading);
            }
        }
        if rows < self.month.days_in_month() as usize {
            let message = format!(
                "{rows} of the {} days of {} stand in the table",
                self.month.days_in_month(),
                self.month.strftime("%Y-%m")
            );
            diagnostics.push(Diagnostic::at(self.first_line, "missing_days", message));
        }
    }

    fn summaries(
        &self,
        kind: SummaryKind,
        cells: &[&str],
        at: usize,
        monthly_table: &mut MonthlyTable,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        for (column, (text, &hour)) in cells.iter().zip(&self.header.hours).enumerate() {
            let cell = self.cell(text);
            let mut tests = Vec::new();
            if cell.is_err() {
                let message = format!("{:?} of the {} at hour {hour} is no number", text.trim(), kind.as_str());
                diagnostics.push(Diagnostic::at(at, "cell_grammar", message));
                tests.push("cell_grammar");
            }
            let cell = cell.unwrap_or_default();
            monthly_table.summaries.push(Summary {
                kind,
                time: self.month.at(hour as i8, 0, 0, 0),
                number: cell.number,
                qualifier: cell.qualifier,
                descriptor: cell.descriptor,
                text: (*text).to_owned(),
                row: at as u32,
                column: column as u32,
                bbox: None,
                recomputed: None,
                tests,
            });
        }
    }

    fn cell(&self, text: &str) -> Result<Cell, ()> {
        read_cell(text, self.layout)
    }
}

/// Reads digits followed by at most two letters, with blanks anywhere between.
pub(crate) fn read_cell(text: &str, layout: &Layout) -> Result<Cell, ()> {
    let text = text.trim();
    if text.is_empty() || layout.cell.blanks.iter().any(|blank| blank == text) {
        return Ok(Cell::default());
    }
    let bytes = text.as_bytes();
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits > layout.cell.digits as usize {
        return Err(());
    }
    let number = number(&bytes[..digits])?;
    let (mut letters, mut count) = ([None; 2], 0);
    for &byte in bytes[digits..].iter().filter(|byte| !byte.is_ascii_whitespace() && **byte != b'/') {
        let place = letters.get_mut(count).filter(|_| byte.is_ascii_alphabetic()).ok_or(())?;
        *place = Some(char::from(byte.to_ascii_uppercase()));
        count += 1;
    }
    match letters {
        [letter, None] => Ok(interpret(number, None, letter)),
        [qualifier, descriptor] => Ok(Cell { number, qualifier, descriptor }),
    }
}

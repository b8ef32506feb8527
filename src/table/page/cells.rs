//! Reads the cells of a block under the grammar of the layout.

use super::Upright;
use super::line::{Line, Spelling};
use super::structure::{Block, Label};
use crate::table::format::bulletin::read_cell;
use crate::table::format::cell::Cell;
use crate::table::layout::{DayPlace, Layout};
use crate::table::{Diagnostic, MonthlyTable, Reading, Summary, physical_range};
use jiff::civil::Date;

/// What a cell may say: readings with their probabilities, best first.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ReadCell {
    /// Number of the reading in its table, or of the summary.
    pub(super) index: usize,
    /// The cell is a summary.
    pub(super) is_summary: bool,
    /// Texts with what they say and their probability.
    pub(super) choices: Vec<(String, Cell, f32)>,
    /// Line on the page.
    pub(super) line: usize,
    /// Middles of the characters of each text as it was read first, in pixels.
    pub(super) places: Vec<Vec<f32>>,
}

/// States of the grammar behind the digits.
const LETTER: u8 = 20;
const LAST: u8 = 21;

/// Reads all cells of a block into the table.
#[expect(clippy::too_many_arguments, reason = "the parts of the page and of the table are many")]
pub(super) fn read_block(
    page: &Upright,
    block: &Block,
    lines: &[Line],
    month: Date,
    layout: &Layout,
    monthly_table: &mut MonthlyTable,
    cells: &mut Vec<ReadCell>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut days = 0;
    // A cell that is not wholly on the page may have lost digits.
    let width = page.ink.width() as f32;
    let whole = (0..block.hours.len()).take_while(|&column| block.edges[column + 1] <= width).count();
    if let Some(hour) = block.hours.get(whole) {
        let message = format!("the page ends before the column of hour {hour}; this and what follows is left out");
        diagnostics.push(Diagnostic::at(block.header, "truncated", message));
    }
    let hours = &block.hours[..whole];
    let is_open = layout.grid.day == DayPlace::Both && is_open(block, lines);
    if is_open && whole == block.hours.len() {
        let message = "no day numbers stand behind the last column; its cells are suspect".to_owned();
        diagnostics.push(Diagnostic::at(block.header, "truncated", message));
    }
    let month_days = f64::from(month.days_in_month());
    let found = block.rows.iter().filter(|row| matches!(row.1, Label::Day(_))).count();
    // Rows that are not told from one another would give values at wrong times.
    let is_unclear = (found as f64) < layout.page.least_labels * month_days;
    for &(at, label, fit) in &block.rows {
        let line = &lines[at];
        let rim = 0.35 * line.line.height();
        let place = |column: usize| {
            page.to_scan(block.edges[column], line.line.top - rim, block.edges[column + 1], line.line.foot + rim)
        };
        let scale = match label {
            Label::Day(_) => Some(&*monthly_table),
            Label::Summary(_) => None,
        };
        let edges = row_edges(line, &block.edges);
        let read: Vec<Choices> =
            (0..hours.len()).map(|column| choices(line, edges[column], edges[column + 1], scale, layout)).collect();
        let read = |column: usize| read[column].clone();
        match label {
            Label::Day(day) => {
                days += 1;
                let is_repeated = block.repeated.contains(&day);
                if is_repeated {
                    let message = format!("day {day} stands at more than one row; two tables may be interleaved");
                    diagnostics.push(Diagnostic::at(at, "day_repeated", message));
                }
                let Ok(date) = Date::new(month.year(), month.month(), day) else {
                    let message =
                        format!("day {day} does not exist in {}; the row is left out", month.strftime("%Y-%m"));
                    diagnostics.push(Diagnostic::at(at, "no_such_day", message));
                    continue;
                };
                for (column, &hour) in hours.iter().enumerate() {
                    let (choices, places) = read(column);
                    let mut reading = Reading::new(date.at(hour as i8, 0, 0, 0));
                    (reading.row, reading.column, reading.bbox) = (at as u32, column as u32, Some(place(column)));
                    if let Some((text, cell, probability)) = choices.first() {
                        reading.text = text.as_str().into();
                        reading.value = cell.number.map(|number| monthly_table.unit.value(number));
                        (reading.qualifier, reading.descriptor) = (cell.qualifier, cell.descriptor);
                        reading.likelihood = *probability;
                    }
                    if is_unclear || fit < UNNAMED {
                        reading.tests.push("day_unsure");
                    }
                    if is_repeated {
                        reading.tests.push("day_repeated");
                    }
                    if is_open && column + 1 == block.hours.len() {
                        reading.tests.push("row_cut");
                    }
                    cells.push(ReadCell {
                        index: monthly_table.readings.len(),
                        is_summary: false,
                        choices,
                        line: at,
                        places,
                    });
                    monthly_table.readings.push(reading);
                }
            }
            Label::Summary(index) => {
                let Some(row) = layout.checks.rows.get(index) else { continue };
                for (column, &hour) in hours.iter().enumerate() {
                    let (choices, places) = read(column);
                    let (text, cell, probability) = choices.first().cloned().unwrap_or_default();
                    cells.push(ReadCell {
                        index: monthly_table.summaries.len(),
                        is_summary: true,
                        choices,
                        line: at,
                        places,
                    });
                    monthly_table.summaries.push(Summary {
                        kind: row.kind,
                        time: month.at(hour as i8, 0, 0, 0),
                        number: cell.number,
                        qualifier: cell.qualifier,
                        descriptor: cell.descriptor,
                        text,
                        row: at as u32,
                        column: column as u32,
                        bbox: Some(place(column)),
                        recomputed: None,
                        tests: if probability < layout.quality.cell_likelihood {
                            vec!["likelihood"]
                        } else {
                            Vec::new()
                        },
                    });
                }
            }
        }
    }
    if days < month.days_in_month() {
        let message = format!(
            "{days} of the {} days of {} were found on the page",
            month.days_in_month(),
            month.strftime("%Y-%m")
        );
        diagnostics.push(Diagnostic::at(block.header, "missing_days", message));
    }
}

/// Room between the middles of two characters, in heights of capitals, up to which they may belong to one cell.
const JOINED: f32 = 1.45;
/// Farthest that an edge is moved within a row, in heights of capitals.
const MOVED: f32 = 1.6;

/// The edges of the columns in one row: where one would part characters that stand close to each other, the widest room near
/// it is taken, or the place at which digits follow a letter. Cells of book faces are as wide as their letters.
fn row_edges(line: &Line, edges: &[f32]) -> Vec<f32> {
    let height = line.line.height();
    let characters: Vec<(char, f32)> = line.characters().into_iter().filter(|character| character.0 != '.').collect();
    let mut moved: Vec<f32> = Vec::with_capacity(edges.len());
    for &edge in edges {
        let at = characters.partition_point(|character| character.1 < edge);
        let room = |at: usize| -> Option<(f32, f32, bool)> {
            let (before, behind) = (characters.get(at.checked_sub(1)?)?, characters.get(at)?);
            let middle = 0.5 * (before.1 + behind.1);
            let is_natural = before.0.is_ascii_alphabetic() && behind.0.is_ascii_digit();
            Some((behind.1 - before.1, middle, is_natural))
        };
        let own = room(at).filter(|own| own.0 < JOINED * height && !own.2);
        let Some((own, _, _)) = own else {
            moved.push(edge);
            continue;
        };
        let near =
            (at.saturating_sub(3)..at + 4).filter_map(room).filter(|room| (room.1 - edge).abs() < MOVED * height);
        let better = near.filter(|room| room.0 > own + 0.3 * height || room.2);
        let best = better.max_by(|a, b| a.0.total_cmp(&b.0));
        let place = best.map_or(edge, |best| best.1);
        moved.push(if moved.last().is_none_or(|last| place > *last) { place } else { edge });
    }
    moved
}

/// Whether most rows have nothing behind their last column: where a day number belongs there, it was taken for a value.
fn is_open(block: &Block, lines: &[Line]) -> bool {
    let (left, right) = (block.edges[0], block.edges[block.edges.len() - 1]);
    let room = (right - left) / block.hours.len().max(1) as f32;
    let any = |_: u8, _: u8| Some(0);
    let days: Vec<usize> = block.rows.iter().filter(|row| matches!(row.1, Label::Day(_))).map(|row| row.0).collect();
    let bare = days.iter().filter(|&&at| lines[at].read(right, right + room, &any)[0].text.is_empty()).count();
    bare * 2 > days.len()
}

/// Probability below which a cell counts as not read.
const UNREADABLE: f32 = 0.4;

/// Takes the values out of cells that were not read: better none than a guess. The text stays for the reviewer.
pub(super) fn withhold(monthly_table: &mut MonthlyTable) {
    for reading in &mut monthly_table.readings {
        if reading.likelihood < UNREADABLE || reading.tests.contains(&"day_unsure") {
            (reading.value, reading.qualifier, reading.descriptor) = (None, None, None);
            reading.tests.push("unreadable");
        }
    }
}

/// Logarithm of the odds against the labels of a row beyond which its day is not sure.
const UNNAMED: f32 = -5.0;

/// Logarithm of the odds against a printed value outside the physical range: one in some thousand.
const OUTSIDE: f32 = 8.0;

/// Texts of a cell with what they say and their probability, and the middles of their characters.
type Choices = (Vec<(String, Cell, f32)>, Vec<Vec<f32>>);

/// The readings of a cell that its grammar allows. `table` tells what values can occur.
fn choices(line: &Line, from: f32, to: f32, monthly_table: Option<&MonthlyTable>, layout: &Layout) -> Choices {
    let digits = layout.cell.digits.min(9) as u8;
    let grammar = |state: u8, c: u8| -> Option<u8> {
        if c.is_ascii_digit() {
            return (state < digits).then_some(state + 1);
        }
        if !c.is_ascii_alphabetic() {
            return None;
        }
        let letter = char::from(c);
        match state {
            LAST => None,
            LETTER => layout.cell.descriptors.contains(letter).then_some(LAST),
            _ if layout.cell.qualifiers.contains(letter) => Some(LETTER),
            _ => layout.cell.descriptors.contains(letter).then_some(LAST),
        }
    };
    let mut found: Vec<(Spelling, Cell)> = line
        .read(from, to, &grammar)
        .into_iter()
        .filter_map(|text| {
            let cell = read_cell(&text.text, layout).ok()?;
            // A letter that only qualifies does not stand alone.
            let is_whole = cell.descriptor.is_none_or(|letter| layout.cell.descriptors.contains(letter));
            is_whole.then_some((text, cell))
        })
        .collect();
    // What does not occur in nature is seldom printed.
    if let Some((monthly_table, name)) =
        monthly_table.and_then(|monthly_table| Some((monthly_table, monthly_table.characteristic?)))
    {
        let (low, high) = physical_range(name);
        for (text, cell) in &mut found {
            let is_outside =
                cell.number.is_some_and(|number| !(low..=high).contains(&monthly_table.unit.value(number)));
            text.score -= if is_outside { OUTSIDE } else { 0.0 };
        }
        found.sort_by(|a, b| b.0.score.total_cmp(&a.0.score));
    }
    // Of two ways to the same text the better counts.
    let mut seen: Vec<String> = Vec::new();
    found.retain(|(text, _)| {
        let is_new = !seen.contains(&text.text);
        seen.push(text.text.clone());
        is_new
    });
    let Some(best) = found.first().map(|(text, _)| text.score) else { return Choices::default() };
    let total: f32 = found.iter().map(|(text, _)| (text.score - best).exp()).sum();
    // Where even the best explains the ink badly, something else stands there.
    let trust = 1.0 / (1.0 + (-(best + 9.0)).exp());
    found
        .into_iter()
        .map(|(text, cell)| {
            let probability = (text.score - best).exp() / total * trust;
            ((text.text, cell, probability), text.places)
        })
        .unzip()
}

//! Printed counts and medians as checksums of what was read: they pick the second reading of a doubtful cell where that
//! alone makes them agree.

use super::cells::ReadCell;
use crate::table::checks::recompute;
use crate::table::format::cell::Cell;
use crate::table::layout::Layout;
use crate::table::{MonthlyTable, Reading, SummaryKind};
use jiff::civil::Time;

/// A column with its cells and what is printed below it.
struct Column {
    /// Numbers of the readings in the table, and of their choices.
    cells: Vec<(usize, usize)>,
    /// Kind, number and index of each summary that was read surely.
    summaries: Vec<(SummaryKind, i32, usize)>,
}

/// Ratio of probabilities, first to second choice, beyond which a sure reading is not given up for a checksum.
const FIRM: f32 = 200.0;
/// Probability from which on a printed summary counts as read.
const SURE: f32 = 0.9;

/// Repairs the readings of a table and marks them as inferred.
pub(super) fn repair(monthly_table: &mut MonthlyTable, cells: &[ReadCell], layout: &Layout) {
    let mut times: Vec<Time> = monthly_table.readings.iter().map(|reading| reading.time.time()).collect();
    times.sort();
    times.dedup();
    for time in times {
        let column = column(monthly_table, cells, time);
        if column.summaries.is_empty() || agrees(monthly_table, &column, None, layout) {
            continue;
        }
        // Every single change of a cell to another of its choices, likeliest first; a value that was withheld may come back.
        let mut changes: Vec<(f32, usize, Cell, String)> = Vec::new();
        for &(reading, cell) in &column.cells {
            let choices = &cells[cell].choices;
            let Some(first) = choices.first().map(|choice| choice.2) else { continue };
            let is_withheld =
                monthly_table.readings.get(reading).is_some_and(|reading| reading.tests.contains(&"unreadable"));
            for (text, said, probability) in choices.iter().skip(usize::from(!is_withheld)) {
                changes.push((first / probability.max(1e-30), reading, *said, text.clone()));
            }
        }
        changes.sort_by(|a, b| a.0.total_cmp(&b.0));
        let fitting: Vec<&(f32, usize, Cell, String)> = changes
            .iter()
            .filter(|change| {
                change.0 < FIRM && agrees(monthly_table, &column, Some((change.1, change.2.number)), layout)
            })
            .collect();
        let Some(best) = fitting.first() else {
            doubt(monthly_table, &column, layout);
            continue;
        };
        // Two changes that are about as likely and say different things: a reviewer must look.
        let rivals = fitting.iter().filter(|other| other.1 != best.1 || other.2.number != best.2.number);
        let near: Vec<usize> = rivals.filter(|rival| rival.0 < 20.0 * best.0).map(|rival| rival.1).collect();
        if !near.is_empty() {
            for reading in near.into_iter().chain([best.1]) {
                if let Some(reading) = monthly_table.readings.get_mut(reading) {
                    reading.tests.push("checksum");
                }
            }
            continue;
        }
        let unit = monthly_table.unit.clone();
        if let Some(reading) = monthly_table.readings.get_mut(best.1) {
            reading.value = best.2.number.map(|number| unit.value(number));
            (reading.qualifier, reading.descriptor) = (best.2.qualifier, best.2.descriptor);
            reading.text = best.3.as_str().into();
            reading.inferred = true;
            reading.tests.retain(|test| *test != "unreadable");
        }
    }
}

/// Where a summary differs and no cell of its column is in doubt, all are.
fn doubt(monthly_table: &mut MonthlyTable, column: &Column, layout: &Layout) {
    let is_doubtful =
        |reading: &Reading| reading.likelihood < layout.quality.cell_likelihood || !reading.tests.is_empty();
    let cells = || column.cells.iter().map(|cell| cell.0);
    if cells().filter_map(|at| monthly_table.readings.get(at)).any(is_doubtful) {
        return;
    }
    let own: Vec<usize> = cells().collect();
    for at in own {
        if let Some(reading) = monthly_table.readings.get_mut(at) {
            reading.tests.push("checksum");
        }
    }
}

fn column(monthly_table: &MonthlyTable, cells: &[ReadCell], time: Time) -> Column {
    let mut column = Column { cells: Vec::new(), summaries: Vec::new() };
    for (at, cell) in cells.iter().enumerate() {
        if cell.is_summary {
            let Some(summary) = monthly_table.summaries.get(cell.index).filter(|summary| summary.time.time() == time)
            else {
                continue;
            };
            let is_sure = cell.choices.first().is_some_and(|choice| choice.2 >= SURE);
            if let Some(number) = summary.number.filter(|_| is_sure) {
                column.summaries.push((summary.kind, number, cell.index));
            }
        } else if let Some(reading) =
            monthly_table.readings.get(cell.index).filter(|reading| reading.time.time() == time)
            && !reading.tests.contains(&"day_unsure")
        {
            column.cells.push((cell.index, at));
        }
    }
    column
}

/// Whether all summaries of a column agree with its values, one of them changed or not.
fn agrees(
    monthly_table: &MonthlyTable,
    column: &Column,
    change: Option<(usize, Option<i32>)>,
    layout: &Layout,
) -> bool {
    let numbers: Vec<i32> = column
        .cells
        .iter()
        .filter_map(|&(reading, _)| match change {
            Some((changed, number)) if changed == reading => number,
            _ => monthly_table.readings.get(reading)?.value.map(|value| monthly_table.unit.number(value)),
        })
        .collect();
    column.summaries.iter().all(|&(kind, printed, _)| match recompute(kind, &numbers, layout.checks.half) {
        Some(recomputed) => recomputed == printed,
        None => !matches!(kind, SummaryKind::Median) || numbers.is_empty(),
    })
}

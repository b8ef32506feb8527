//! Printed counts and medians as checksums: recomputed, compared, and used to repair what was read wrong.

use super::layout::HalfUnit;
use super::{MonthlyTable, Reading, SummaryKind, physical_range};
use jiff::civil::Time;
use std::collections::BTreeMap;

/// Recomputes what the summaries of a table say and notes where they differ, and which values are outside the physical
/// range. `unit_share` of values outside marks the unit itself as misprinted.
pub(crate) fn check(monthly_table: &mut MonthlyTable, half: HalfUnit, unit_share: f64) {
    // Most exchange files print none.
    let columns = if monthly_table.summaries.is_empty() { BTreeMap::new() } else { columns(monthly_table) };
    let none = Vec::new();
    for summary in &mut monthly_table.summaries {
        let numbers = columns.get(&summary.time.time()).unwrap_or(&none);
        summary.recomputed = recompute(summary.kind, numbers, half);
        if let (Some(printed), recomputed) = (summary.number, summary.recomputed)
            && recomputed.unwrap_or(0) != printed
            && matches!(summary.kind, SummaryKind::Count | SummaryKind::Median)
        {
            summary.tests.push(if summary.kind == SummaryKind::Count { "count" } else { "median" });
        }
    }
    let Some(name) = monthly_table.characteristic else { return };
    let (low, high) = physical_range(name);
    let is_outside = |reading: &Reading| reading.value.is_some_and(|value| !(low..=high).contains(&value));
    let values = monthly_table.readings.iter().filter(|reading| reading.value.is_some()).count();
    let outside = monthly_table.readings.iter().filter(|reading| is_outside(reading)).count();
    let unit_is_wrong = values > 0 && outside as f64 > unit_share * values as f64;
    for reading in &mut monthly_table.readings {
        if is_outside(reading) {
            reading.tests.push("gross_range");
        }
        if unit_is_wrong && reading.value.is_some() {
            reading.tests.push("unit");
        }
    }
}

/// The printed numbers of each column, by time of day.
fn columns(monthly_table: &MonthlyTable) -> BTreeMap<Time, Vec<i32>> {
    // Nearly all stand on full hours, which need no search.
    let mut hourly: [Vec<i32>; 24] = Default::default();
    let mut columns: BTreeMap<Time, Vec<i32>> = BTreeMap::new();
    for reading in &monthly_table.readings {
        let Some(value) = reading.value else { continue };
        let time = reading.time.time();
        let column = match hourly.get_mut(time.hour().unsigned_abs() as usize) {
            Some(column) if time.minute() == 0 && time.second() == 0 => column,
            _ => columns.entry(time).or_default(),
        };
        column.push(monthly_table.unit.number(value));
    }
    for (hour, numbers) in hourly.into_iter().enumerate().filter(|(_, numbers)| !numbers.is_empty()) {
        columns.insert(Time::constant(hour as i8, 0, 0, 0), numbers);
    }
    columns
}

/// A summary of numbers; `None` for one that is not a checksum here, or of no numbers.
pub fn recompute(kind: SummaryKind, numbers: &[i32], half: HalfUnit) -> Option<i32> {
    match kind {
        SummaryKind::Count => i32::try_from(numbers.len()).ok(),
        SummaryKind::Median => median(numbers, half),
        _ => None,
    }
}

/// The median of whole numbers.
pub(crate) fn median(numbers: &[i32], half: HalfUnit) -> Option<i32> {
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable();
    let middle = sorted.len() / 2;
    let upper = *sorted.get(middle)?;
    if sorted.len() % 2 == 1 {
        return Some(upper);
    }
    let sum = upper + sorted[middle - 1];
    Some(match half {
        _ if sum % 2 == 0 => sum / 2,
        HalfUnit::Down => sum.div_euclid(2),
        HalfUnit::Up => sum.div_euclid(2) + 1,
        HalfUnit::Even => sum.div_euclid(2) + sum.div_euclid(2).rem_euclid(2),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_drop_or_round_half_units() {
        let t = |numbers: &[i32], half| median(numbers, half);
        assert_eq!(t(&[], HalfUnit::Down), None);
        assert_eq!(t(&[5, 1, 9], HalfUnit::Down), Some(5));
        assert_eq!(t(&[48, 49], HalfUnit::Down), Some(48));
        assert_eq!(t(&[48, 49], HalfUnit::Up), Some(49));
        assert_eq!(t(&[48, 49], HalfUnit::Even), Some(48));
        assert_eq!(t(&[49, 50], HalfUnit::Even), Some(50));
        assert_eq!(t(&[48, 50], HalfUnit::Up), Some(49));
    }
}

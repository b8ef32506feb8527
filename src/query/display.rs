//! A table for a person: whole values, numbers to the right, the number of rows below.

use polars::prelude::{AnyValue, DataFrame, DataType, Series, TimeUnit};

/// Lists are shown up to this many items; the count of the rest follows.
const ITEMS: usize = 6;

/// The rows as lines of text.
pub(super) fn table(frame: &DataFrame) -> String {
    let columns: Vec<(String, bool, Vec<String>)> = frame
        .columns()
        .iter()
        .map(|column| {
            let cells = (0..column.len()).map(|row| column.get(row).map_or_else(|_| "?".to_owned(), |v| cell(&v)));
            (column.name().to_string(), column.dtype().is_numeric(), cells.collect())
        })
        .collect();
    let widths: Vec<usize> = columns
        .iter()
        .map(|(name, _, cells)| cells.iter().chain([name]).map(|text| text.chars().count()).max().unwrap_or(0))
        .collect();
    let mut out = String::new();
    let mut line = |texts: &mut dyn Iterator<Item = &String>| {
        let cells: Vec<String> = texts
            .zip(&columns)
            .zip(&widths)
            .map(
                |((text, (_, right, _)), width)| {
                    if *right { format!("{text:>width$}") } else { format!("{text:width$}") }
                },
            )
            .collect();
        out.push_str(cells.join("  ").trim_end());
        out.push('\n');
    };
    line(&mut columns.iter().map(|(name, ..)| name));
    let rules: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
    line(&mut rules.iter());
    for row in 0..frame.height() {
        line(&mut columns.iter().filter_map(|(.., cells)| cells.get(row)));
    }
    let rows = frame.height();
    out.push_str(&format!("({rows} row{})\n", if rows == 1 { "" } else { "s" }));
    out
}

/// Items of a list separated by spaces, at most `most` of them and then the number left out.
pub(super) fn items(list: &Series, most: usize) -> String {
    let shown: Vec<String> = (0..list.len().min(most)).filter_map(|row| list.get(row).ok().map(|v| cell(&v))).collect();
    let left = list.len().saturating_sub(most);
    let rest = if left > 0 { format!(" .. {left} more") } else { String::new() };
    shown.join(" ") + &rest
}

fn cell(value: &AnyValue<'_>) -> String {
    match value {
        AnyValue::Null => "null".to_owned(),
        AnyValue::String(text) => (*text).to_owned(),
        AnyValue::StringOwned(text) => text.to_string(),
        AnyValue::Float32(number) => float(f64::from(*number), 4),
        AnyValue::Float64(number) => float(*number, 6),
        AnyValue::Datetime(time, unit, _) => time_text(*time, *unit),
        AnyValue::DatetimeOwned(time, unit, _) => time_text(*time, *unit),
        AnyValue::Boolean(truth) => truth.to_string(),
        AnyValue::List(list) => items(list, ITEMS),
        other => match other.cast(&DataType::String) {
            AnyValue::StringOwned(text) => text.to_string(),
            _ => other.to_string(),
        },
    }
}

/// A number with at most so many decimals, without trailing zeros.
fn float(number: f64, decimals: usize) -> String {
    if !number.is_finite() || number.abs() >= 1e15 || (number != 0.0 && number.abs() < 1e-4) {
        return format!("{number:e}");
    }
    let text = format!("{number:.decimals$}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn time_text(time: i64, unit: TimeUnit) -> String {
    let time = match unit {
        TimeUnit::Milliseconds => jiff::Timestamp::from_millisecond(time),
        TimeUnit::Microseconds => jiff::Timestamp::from_microsecond(time),
        TimeUnit::Nanoseconds => jiff::Timestamp::from_nanosecond(i128::from(time)),
    };
    time.map_or_else(|_| "out of range".to_owned(), |time| time.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_shown_whole_and_short() {
        fn t(value: AnyValue<'_>, expected: &str) {
            assert_eq!(cell(&value), expected);
        }
        t(AnyValue::Null, "null");
        t(AnyValue::Float64(5.3), "5.3");
        t(AnyValue::Float32(0.1), "0.1");
        t(AnyValue::Float64(-0.5), "-0.5");
        t(AnyValue::Float64(100.0), "100");
        t(AnyValue::Float64(2e-7), "2e-7");
        t(AnyValue::Int32(-7), "-7");
        t(AnyValue::UInt8(9), "9");
        t(AnyValue::Boolean(true), "true");
        t(AnyValue::String("h'F"), "h'F");
        t(AnyValue::Datetime(0, TimeUnit::Milliseconds, None), "1970-01-01T00:00:00Z");
        t(AnyValue::List(Series::from_iter([1.5f64, 2.0])), "1.5 2");
        t(AnyValue::List((0..9i32).collect()), "0 1 2 3 4 5 .. 3 more");
    }
}

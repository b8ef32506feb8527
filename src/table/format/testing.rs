//! Tables for tests: every letter, blanks, and the ends of the range.

use super::cell;
use crate::model::CharacteristicName as Name;
use crate::table::{MonthlyTable, Reading, StationHead, Summary, SummaryKind, Unit, Zone};
use jiff::civil::{Date, date};

/// A table of hourly values from a date on, with every letter, blanks, lone letters and the ends of the range.
pub(crate) fn hourly(name: Name, from: Date, days: u16, seed: u64) -> MonthlyTable {
    let mut state = seed;
    let mut random = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let unit = Unit::usual(name);
    let mut monthly_table = MonthlyTable {
        station: StationHead {
            code: "SO16".to_owned(),
            name: "SODANKYLA".to_owned(),
            latitude_deg: Some(67.4),
            longitude_deg: Some(26.6),
        },
        name: name.as_str().to_owned(),
        characteristic: Some(name),
        zone: Zone::utc(),
        unit,
        ..MonthlyTable::default()
    };
    for (row, day) in from.series(jiff::ToSpan::day(1)).take(days.into()).enumerate() {
        for hour in 0..24i8 {
            let mut reading = Reading::new(day.at(hour, 0, 0, 0));
            (reading.row, reading.column) = (row as u32, hour as u32);
            let letter = |index: u64, letters: &str| letters.chars().nth(index as usize);
            let kind = random(10);
            let number = match random(20) {
                0 => 0,
                1 => 999,
                _ => random(200) as i32,
            };
            if kind < 8 {
                reading.value = Some(monthly_table.unit.value(number));
            }
            reading.descriptor = letter(random(40), "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
            reading.qualifier =
                letter(random(30), cell::QUALIFIERS).filter(|_| reading.descriptor.is_some() || kind < 8);
            if kind == 9 {
                (reading.qualifier, reading.descriptor) = (None, None);
            }
            monthly_table.readings.push(reading);
        }
    }
    monthly_table
}

/// The tables of a year, month by month with medians and counts.
pub(crate) fn months(name: Name, year: i16, seed: u64) -> Vec<MonthlyTable> {
    (1..=12)
        .map(|month| {
            let first = date(year, month, 1);
            let mut monthly_table = hourly(name, first, first.days_in_month() as u16, seed + month as u64);
            for hour in 0..24i8 {
                for (kind, number) in [(SummaryKind::Median, 53), (SummaryKind::Count, 7 + i32::from(hour))] {
                    let letters = (hour == 3 && kind == SummaryKind::Median).then_some(('U', 'R')).unzip();
                    let summary = Summary::unprinted(kind, first.at(hour, 0, 0, 0), Some(number), letters);
                    monthly_table.summaries.push(Summary { column: hour as u32, ..summary });
                }
            }
            monthly_table
        })
        .collect()
}

/// A lone qualifier, or one that cannot stand, is a descriptive letter: the formats cannot say it otherwise.
pub(crate) fn settle(mut monthly_tables: Vec<MonthlyTable>) -> Vec<MonthlyTable> {
    for reading in monthly_tables.iter_mut().flat_map(|monthly_table| &mut monthly_table.readings) {
        let cell = cell::interpret(reading.value.map(|_| 0), reading.qualifier, reading.descriptor);
        (reading.qualifier, reading.descriptor) = (cell.qualifier, cell.descriptor);
    }
    monthly_tables
}

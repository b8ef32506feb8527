//! Months: for each hour the cells and what the rules of medians make of them.

use super::hourly::Key;
use super::{Reading, hourly};
use crate::model::CharacteristicName;
use crate::statistics::{Cell, Rules, Summary};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One hour of a month.
#[derive(Debug, Clone, PartialEq)]
pub struct Hour {
    /// Hour of the day, UTC.
    pub hour: i8,
    /// Day of the month and cell, by day.
    pub cells: Vec<(i8, Cell)>,
    /// Count, median and the rest.
    pub summary: Summary,
}

/// One month of one characteristic of a station.
#[derive(Debug, Clone, PartialEq)]
pub struct Month {
    /// Station, if known.
    pub station: Option<Arc<str>>,
    /// Characteristic.
    pub name: CharacteristicName,
    /// Year.
    pub year: i16,
    /// Month, from 1.
    pub month: i8,
    /// Hours that have cells, in order.
    pub hours: Vec<Hour>,
}

/// Days and cells of each hour.
type Hours = BTreeMap<i8, Vec<(i8, Cell)>>;

/// The months of the readings, sorted by station, characteristic and time. A value counts if its flag is one of `flags`
/// (all if that is empty); a cell without a value always does, if its letter says so.
pub fn monthly(mut readings: Vec<Reading>, flags: &[u8], tolerance_ms: i64, rules: &Rules) -> Vec<Month> {
    // A rejected value is no cell at all: neither a value nor a letter that explains its absence.
    readings.retain(|reading| reading.value.is_none() || flags.is_empty() || flags.contains(&reading.flag));
    let hours = hourly(readings, tolerance_ms);
    let mut months: BTreeMap<(Key, i16, i8), Hours> = BTreeMap::new();
    for reading in hours {
        let Some(date) = reading.time.map(civil) else { continue };
        let cell = Cell { value: reading.value, qualifier: reading.qualifier, descriptor: reading.descriptor };
        let month = months.entry(((reading.station, reading.name), date.year(), date.month())).or_default();
        month.entry(date.hour()).or_default().push((date.day(), cell));
    }
    let summarise = |name: CharacteristicName, (hour, cells): (i8, Vec<(i8, Cell)>)| {
        let plain: Vec<Cell> = cells.iter().map(|(_, cell)| *cell).collect();
        Hour { hour, cells, summary: Summary::of(&plain, name.as_str(), rules) }
    };
    let month = |(((station, name), year, month), hours): (_, BTreeMap<i8, _>)| Month {
        station,
        name,
        year,
        month,
        hours: hours.into_iter().map(|hour| summarise(name, hour)).collect(),
    };
    months.into_iter().map(month).collect()
}

fn civil(time: Timestamp) -> jiff::civil::DateTime {
    time.to_zoned(jiff::tz::TimeZone::UTC).datetime()
}

//! Tests over a whole dataset: the spread of a month's hours, frames of the same time in different segments, and film
//! against tables.

use super::QualityConfig;
use super::film_table::{FilmTableConfig, SeriesValue, film_table};
use super::series::envelope::{DAILY, hours, month, outside};
use crate::model::{CharacteristicName as Name, Flag};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// One value of the dataset.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Station.
    pub station: Option<String>,
    /// Time.
    pub time: Option<Timestamp>,
    /// The frame or table cell.
    pub frame_id: String,
    /// Which piece of work it came with.
    pub segment: usize,
    /// Which characteristic.
    pub name: Name,
    /// Value.
    pub value: Option<f64>,
    /// Bounds; open if `None`.
    pub lower: Option<f64>,
    /// Bounds; open if `None`.
    pub upper: Option<f64>,
    /// It was read from film, not from a table or by a reviewer.
    pub is_film: bool,
    /// It was added from the sequence.
    pub is_added: bool,
}

/// For each entry the tests of the dataset that it does not pass.
pub fn qc_dataset(entries: &[Entry], config: &QualityConfig) -> Vec<Vec<&'static str>> {
    let mut found = vec![Vec::new(); entries.len()];
    if config.has("duplicate_frame") {
        duplicate_frames(entries, &mut found);
    }
    if config.has("film_table") {
        film_against_table(entries, &mut found);
    }
    if config.has("monthly_envelope") {
        monthly_envelope(entries, config, &mut found);
    }
    found
}

fn duplicate_frames(entries: &[Entry], found: &mut [Vec<&'static str>]) {
    let mut segments: BTreeMap<(&str, Timestamp), BTreeMap<usize, &str>> = BTreeMap::new();
    let film = || entries.iter().filter(|entry| entry.is_film && !entry.is_added);
    for entry in film() {
        if let (Some(station), Some(time)) = (&entry.station, entry.time) {
            segments.entry((station, time)).or_default().insert(entry.segment, &entry.frame_id);
        }
    }
    for (entry, tests) in entries.iter().zip(found.iter_mut()) {
        let (Some(station), Some(time)) = (&entry.station, entry.time) else { continue };
        let is_shared = segments.get(&(station.as_str(), time)).is_some_and(|segments| segments.len() > 1);
        if entry.is_film && !entry.is_added && entry.value.is_some() && is_shared {
            tests.push("duplicate_frame");
        }
    }
}

/// Values of film and table for the same hour that cannot both be right: both are marked.
fn film_against_table(entries: &[Entry], found: &mut [Vec<&'static str>]) {
    // The place among the entries stands for the frame, so that the pairs lead back.
    let value = |(k, entry): (usize, &Entry)| {
        Some(SeriesValue {
            station: entry.station.clone()?,
            time_utc: entry.time?,
            name: entry.name,
            value: entry.value?,
            lower: entry.lower,
            upper: entry.upper,
            flag: Flag::Pass as u8,
            frame_id: k.to_string(),
        })
    };
    let of = |is_film: bool| -> Vec<SeriesValue> {
        let wanted = |(_, entry): &(usize, &Entry)| entry.is_film == is_film && !entry.is_added;
        entries.iter().enumerate().filter(wanted).filter_map(value).collect()
    };
    let pairs = film_table(&of(true), &of(false), &FilmTableConfig::default());
    for pair in pairs.iter().filter(|pair| pair.disagrees()) {
        for place in [&pair.film, &pair.table].into_iter().filter_map(|value| value.frame_id.parse::<usize>().ok()) {
            if !found[place].contains(&"film_table") {
                found[place].push("film_table");
            }
        }
    }
}

/// A station, a characteristic, and a year's month.
type Month<'a> = (&'a str, Name, (i16, i8));

fn monthly_envelope(entries: &[Entry], config: &QualityConfig, found: &mut [Vec<&'static str>]) {
    let mut months: BTreeMap<Month<'_>, Vec<usize>> = BTreeMap::new();
    for (k, entry) in entries.iter().enumerate() {
        if let (Some(station), Some(time), Some(value)) = (&entry.station, entry.time, entry.value)
            && DAILY.contains(&entry.name)
            && value > 0.0
            && !entry.is_added
        {
            months.entry((station, entry.name, month(time))).or_default().push(k);
        }
    }
    for places in months.into_values() {
        let dated = |&k: &usize| (entries[k].time.map_or(0.0, hours), entries[k].value.unwrap_or(1.0).ln());
        let values: Vec<_> = places.iter().map(dated).collect();
        for (k, is_outside) in places.iter().zip(outside(&values, &config.series)) {
            if is_outside {
                found[*k].push("monthly_envelope");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(segment: usize, day: usize, hour: usize, value: f64) -> Entry {
        Entry {
            station: Some("BOU".to_owned()),
            time: format!("1958-03-{day:02}T{hour:02}:00Z").parse().ok(),
            frame_id: format!("{segment}-{day}-{hour}"),
            segment,
            name: Name::FoF2,
            value: Some(value),
            lower: Some(value - 0.1),
            upper: Some(value + 0.1),
            is_film: true,
            is_added: false,
        }
    }

    fn month_of_values() -> Vec<Entry> {
        let value = |day: usize, hour: usize| {
            (6.0 - 3.0 * (hour as f64 / 24.0 * std::f64::consts::TAU).cos())
                * (1.0 + 0.02 * ((day * 7 % 5) as f64 - 2.0))
        };
        (1..20).flat_map(|day| (0..24).map(move |hour| entry(0, day, hour, value(day, hour)))).collect()
    }

    #[test]
    fn a_value_outside_its_hour_of_the_month_is_found_alone() {
        let mut entries = month_of_values();
        let place = 24 * 7 + 3;
        entries[place].value = entries[place].value.map(|value| value * 1.8);
        let found = qc_dataset(&entries, &QualityConfig::default());
        let marked: Vec<usize> = (0..found.len()).filter(|&k| !found[k].is_empty()).collect();
        assert_eq!(marked, [place]);
        assert_eq!(found[place], ["monthly_envelope"]);
    }

    #[test]
    fn the_same_time_in_two_segments_is_marked_in_both() {
        let mut entries = month_of_values();
        entries.push(entry(1, 4, 5, 6.0));
        let found = qc_dataset(&entries, &QualityConfig::default());
        let marked = found.iter().filter(|tests| tests.contains(&"duplicate_frame")).count();
        assert_eq!(marked, 2);
    }

    #[test]
    fn film_and_table_are_compared_at_the_same_hour() {
        let mut entries = month_of_values();
        for (hour, off) in [(5, 0.1), (6, 1.5)] {
            let film = entries[24 * 3 + hour].value.unwrap();
            entries.push(Entry { is_film: false, ..entry(2, 4, hour, film + off) });
        }
        let found =
            qc_dataset(&entries, &QualityConfig { off: vec!["monthly_envelope".to_owned()], ..Default::default() });
        let marked: Vec<usize> = (0..found.len()).filter(|&k| !found[k].is_empty()).collect();
        assert_eq!(marked, [24 * 3 + 6, entries.len() - 1]);
    }
}

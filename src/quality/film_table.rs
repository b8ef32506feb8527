//! Compares film with table where both cover the same station and hour (test `film_table`).

use crate::model::{CharacteristicName, Flag};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Thresholds of the comparison.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FilmTableConfig {
    /// Largest distance of a frame from the table's hour (s). Default 450: half of a quarter of an hour.
    pub largest_distance_s: i64,
    /// How often the half widths of both bounds together a difference may have (1). Default 2.
    pub widths: f64,
    /// Least difference that counts: as a share of the value (1). Default 0.02, the accuracy rule of the URSI Handbook.
    pub least_share: f64,
}

impl Default for FilmTableConfig {
    fn default() -> Self {
        Self { largest_distance_s: 450, widths: 2.0, least_share: 0.02 }
    }
}

/// A value of a dataset.
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesValue {
    /// Station id.
    pub station: String,
    /// Time.
    pub time_utc: Timestamp,
    /// Characteristic.
    pub name: CharacteristicName,
    /// Value in its unit.
    pub value: f64,
    /// Bounds; open if `None`.
    pub lower: Option<f64>,
    /// Bounds; open if `None`.
    pub upper: Option<f64>,
    /// QARTOD flag.
    pub flag: u8,
    /// Frame or table that it comes from.
    pub frame_id: String,
}

/// A film value beside the table's.
#[derive(Debug, Clone, PartialEq)]
pub struct FilmTable {
    /// The value from film.
    pub film: SeriesValue,
    /// The value from the table.
    pub table: SeriesValue,
    /// Film less table.
    pub difference: f64,
    /// Largest difference that the reading accuracy of both allows.
    pub allowed: f64,
}

impl FilmTable {
    /// The two cannot both be right: a reviewer must look.
    pub fn disagrees(&self) -> bool {
        self.difference.abs() > self.allowed
    }
}

/// Pairs each table value with the film value of the same station and characteristic that is nearest to its hour. Values
/// that failed other tests take no part.
pub fn film_table(film: &[SeriesValue], table: &[SeriesValue], config: &FilmTableConfig) -> Vec<FilmTable> {
    let usable = |value: &&SeriesValue| value.flag != Flag::Fail as u8;
    let mut series: BTreeMap<(&str, CharacteristicName), BTreeMap<Timestamp, &SeriesValue>> = BTreeMap::new();
    for value in film.iter().filter(usable) {
        series.entry((&value.station, value.name)).or_default().insert(value.time_utc, value);
    }
    let mut pairs = Vec::new();
    for printed in table.iter().filter(usable) {
        let Some(series) = series.get(&(printed.station.as_str(), printed.name)) else { continue };
        let distance = |value: &SeriesValue| (value.time_utc.as_second() - printed.time_utc.as_second()).abs();
        let before = series.range(..=printed.time_utc).next_back();
        let behind = series.range(printed.time_utc..).next();
        let nearest = before.into_iter().chain(behind).map(|(_, value)| *value).min_by_key(|value| distance(value));
        let Some(film) = nearest.filter(|value| distance(value) <= config.largest_distance_s) else { continue };
        let half = |value: &SeriesValue| match (value.lower, value.upper) {
            (Some(lower), Some(upper)) => 0.5 * (upper - lower),
            _ => 0.0,
        };
        let allowed = (config.widths * (half(film) + half(printed))).max(config.least_share * printed.value);
        // A limit is passed by what lies beyond it.
        let is_beyond = printed.upper.is_none() && film.value >= printed.value
            || printed.lower.is_none() && film.value <= printed.value;
        let difference = if is_beyond { 0.0 } else { film.value - printed.value };
        pairs.push(FilmTable { film: film.clone(), table: printed.clone(), difference, allowed });
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(time: &str, value: f64, half: Option<f64>) -> SeriesValue {
        SeriesValue {
            station: "SOD".to_owned(),
            time_utc: time.parse().unwrap(),
            name: CharacteristicName::FoF2,
            value,
            lower: half.map(|half| value - half),
            upper: half.map(|half| value + half),
            flag: 1,
            frame_id: String::new(),
        }
    }

    #[test]
    fn disagreements_beyond_the_accuracy_of_both_are_found() {
        let film = [
            value("2006-07-01T00:05:00Z", 5.0, Some(0.1)),
            value("2006-07-01T01:02:00Z", 5.0, Some(0.1)),
            value("2006-07-01T02:20:00Z", 5.0, Some(0.1)),
            SeriesValue { flag: 4, ..value("2006-07-01T03:00:00Z", 9.0, Some(0.1)) },
        ];
        let table = [
            value("2006-07-01T00:00:00Z", 5.2, Some(0.05)),
            value("2006-07-01T01:00:00Z", 6.0, Some(0.05)),
            value("2006-07-01T02:00:00Z", 9.0, Some(0.05)),
            value("2006-07-01T03:00:00Z", 5.0, Some(0.05)),
        ];
        let pairs = film_table(&film, &table, &FilmTableConfig::default());
        let told: Vec<(f64, bool)> =
            pairs.iter().map(|pair| ((10.0 * pair.difference).round(), pair.disagrees())).collect();
        assert_eq!(told, [(-2.0, false), (-10.0, true)]);
    }

    #[test]
    fn a_limit_agrees_with_what_lies_beyond_it() {
        let film = [value("2006-07-01T00:00:00Z", 7.0, Some(0.1))];
        let more_than = SeriesValue { lower: Some(6.0), ..value("2006-07-01T00:00:00Z", 6.0, None) };
        let pairs = film_table(&film, &[more_than], &FilmTableConfig::default());
        assert!(!pairs[0].disagrees());
    }
}

//! The readings of one time side by side.

use super::Reading;
use crate::model::CharacteristicName;
use jiff::Timestamp;
use std::sync::Arc;

/// The readings of one station at one time, at most one of each characteristic.
#[derive(Debug, Clone, PartialEq)]
pub struct Sounding {
    /// Station, if known.
    pub station: Option<Arc<str>>,
    /// Time, if known.
    pub time: Option<Timestamp>,
    /// The readings, by characteristic.
    pub readings: Vec<Reading>,
}

impl Sounding {
    /// The reading of a characteristic.
    pub fn reading(&self, name: CharacteristicName) -> Option<&Reading> {
        self.readings.iter().find(|reading| reading.name == name)
    }
}

/// The soundings of the readings by station and time. Of several readings of one characteristic and time the last
/// revision counts, then the preferred origin.
pub fn soundings(mut readings: Vec<Reading>) -> Vec<Sounding> {
    readings.sort_by(|a, b| {
        let key = |one: &Reading| (one.time, one.name, std::cmp::Reverse(one.revision), one.origin);
        a.station.cmp(&b.station).then_with(|| key(a).cmp(&key(b)))
    });
    readings
        .chunk_by(|a, b| (&a.station, a.time) == (&b.station, b.time))
        .map(|rows| {
            let mut rows = rows.to_vec();
            rows.dedup_by_key(|reading| reading.name);
            Sounding { station: rows[0].station.clone(), time: rows[0].time, readings: rows }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::Origin;
    use super::*;

    #[test]
    fn the_last_revision_counts_and_then_the_origin() {
        let reading = |value: f64, revision: i32, origin: Origin| Reading {
            station: Some("BOU".into()),
            time: Timestamp::from_second(0).ok(),
            name: CharacteristicName::FoF2,
            value: Some(value),
            lower: None,
            upper: None,
            qualifier: None,
            descriptor: None,
            flag: 1,
            origin,
            revision,
        };
        let t = |readings: Vec<Reading>, expected: f64| {
            let soundings = soundings(readings);
            assert_eq!(soundings.len(), 1);
            assert_eq!(soundings[0].readings.len(), 1);
            assert_eq!(soundings[0].reading(CharacteristicName::FoF2).unwrap().value, Some(expected));
        };
        t(vec![reading(5.0, 0, Origin::Film), reading(5.1, 1, Origin::Film)], 5.1);
        t(vec![reading(5.0, 0, Origin::Table), reading(5.1, 0, Origin::Film)], 5.1);
        t(vec![reading(5.0, 0, Origin::Film), reading(5.2, 0, Origin::Review)], 5.2);
    }
}

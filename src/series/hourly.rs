//! One reading for each hour.

use super::Reading;
use crate::model::CharacteristicName;
use crate::statistics::on_the_hour;
use jiff::Timestamp;
use std::sync::Arc;

/// How far from the hour a sounding may be that stands for it, milliseconds: less than half of the usual quarter of an
/// hour, so that a missing sounding on the hour is missing and not replaced by the next.
pub const TOLERANCE_MS: i64 = 7 * 60_000;

/// The reading that stands for each hour of each station and characteristic, sorted by these; its time is set to the
/// hour. Of several readings of one time the last revision counts, then the preferred origin. Readings without a time
/// are left out.
pub fn hourly(mut readings: Vec<Reading>, tolerance_ms: i64) -> Vec<Reading> {
    readings.retain(|reading| reading.time.is_some());
    let key = |reading: &Reading| (reading.station.clone(), reading.name);
    readings.sort_by(|a, b| {
        let best = |reading: &Reading| (reading.time, std::cmp::Reverse(reading.revision), reading.origin);
        (&a.station, a.name).cmp(&(&b.station, b.name)).then_with(|| best(a).cmp(&best(b)))
    });
    let mut hours = Vec::new();
    for series in readings.chunk_by(|a, b| key(a) == key(b)) {
        let times = series.iter().map(|reading| reading.time.map_or(0, Timestamp::as_millisecond));
        for cell in on_the_hour(times, tolerance_ms) {
            let time = Timestamp::from_millisecond(cell.hour).ok();
            hours.push(Reading { time, ..series[cell.index].clone() });
        }
    }
    hours
}

/// Station and characteristic of a series.
pub(super) type Key = (Option<Arc<str>>, CharacteristicName);

//! The spread of a characteristic at an hour of the day: robust fences about its quartiles (Tukey, Exploratory Data
//! Analysis, 1977).

use super::Sounding;
use crate::model::CharacteristicName as Name;
use crate::quality::SeriesConfig;
use jiff::tz::TimeZone;
use std::collections::BTreeSet;

/// Characteristics with a daily course. Sporadic E and fmin come and go.
pub(crate) const DAILY: &[Name] =
    &[Name::FoF2, Name::FoF1, Name::FoE, Name::M3000F2, Name::HF, Name::HF2, Name::Muf3000F2];

/// Days that an hour's values must come from.
pub(super) const DAYS: usize = 4;

/// One value in time: hours since an epoch, logarithm of the value.
pub(crate) type Dated = (f64, f64);

/// Which of the values lie outside the fences of their hour. An hour is compared with the values within half
/// an hour of it on the other days.
pub(crate) fn outside(values: &[Dated], config: &SeriesConfig) -> Vec<bool> {
    let mut by_hour: Vec<(f64, f64, i64)> =
        values.iter().map(|&(hours, value)| (hours.rem_euclid(24.0), value, (hours / 24.0).floor() as i64)).collect();
    by_hour.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    values
        .iter()
        .map(|&(hours, value)| {
            let (hour, day) = (hours.rem_euclid(24.0), (hours / 24.0).floor() as i64);
            let near = |from: f64, until: f64| {
                let first = by_hour.partition_point(|other| other.0 < from);
                let last = by_hour.partition_point(|other| other.0 <= until);
                &by_hour[first..last.max(first)]
            };
            // The hours before midnight and after it are neighbours.
            let parts = [near(hour - 0.5, hour + 0.5), near(hour + 23.5, 24.0), near(0.0, hour - 23.5)];
            let others: Vec<&(f64, f64, i64)> = parts.into_iter().flatten().filter(|other| other.2 != day).collect();
            let days: BTreeSet<i64> = others.iter().map(|other| other.2).collect();
            let mut around: Vec<f64> = others.iter().map(|other| other.1).collect();
            if around.len() < config.envelope_values || days.len() < DAYS {
                return false;
            }
            around.sort_by(f64::total_cmp);
            let quartile = |share: usize| around[(around.len() - 1) * share / 4];
            let reach = config.envelope_ranges * (quartile(3) - quartile(1)).max(config.envelope_least);
            value < quartile(1) - reach || value > quartile(3) + reach
        })
        .collect()
}

/// Marks what lies outside the envelope of its hour within the segment.
pub(super) fn flag(frames: &mut [Sounding], config: &SeriesConfig) {
    for places in super::by_station(frames) {
        for &name in DAILY {
            let mut spots = Vec::new();
            let mut values = Vec::new();
            for &k in &places {
                let frame = &frames[k];
                let found = frame.values.iter().position(|value| value.characteristic.name == name);
                let Some((place, value)) = found.and_then(|at| Some((at, frame.values[at].characteristic.value?)))
                else {
                    continue;
                };
                let Some(time) = frame.time.filter(|_| value > 0.0) else { continue };
                spots.push((k, place));
                values.push((hours(time), value.ln()));
            }
            for ((k, place), is_outside) in spots.into_iter().zip(outside(&values, config)) {
                if is_outside {
                    frames[k].values[place].add_flag("diurnal_envelope");
                }
            }
        }
    }
}

/// Hours since 1970.
pub(crate) fn hours(time: jiff::Timestamp) -> f64 {
    time.as_second() as f64 / 3600.0
}

/// Year and month, UTC.
pub(crate) fn month(time: jiff::Timestamp) -> (i16, i8) {
    let date = time.to_zoned(TimeZone::UTC).date();
    (date.year(), date.month())
}

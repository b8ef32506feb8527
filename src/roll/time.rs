//! From caption fields to an instant, and from an instant back to the caption that would show it.

use crate::model::{Calibration, CaptionLayout, CaptionTime, FieldName, Station};
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// The instant in UTC that a caption's fields name; missing hours, minutes or seconds count as 0.
pub(super) fn instant(time: &CaptionTime, offset_hours: f64) -> Option<Timestamp> {
    let day = i64::from(time.day_of_year?) - 1;
    let start = Date::new(time.year?, 1, 1).ok()?;
    let date = start.checked_add(SignedDuration::from_hours(24 * day)).ok()?;
    if date.year() != start.year() {
        return None;
    }
    let clock = Time::new(
        i8::try_from(time.hour.unwrap_or(0)).ok()?,
        i8::try_from(time.minute.unwrap_or(0)).ok()?,
        i8::try_from(time.second.unwrap_or(0)).ok()?,
        0,
    )
    .ok()?;
    let printed = DateTime::from_parts(date, clock).to_zoned(TimeZone::UTC).ok()?.timestamp();
    printed.checked_sub(offset(offset_hours)).ok()
}

/// 1 second, 2 minute, 3 hour, 4 day: the smallest unit that the caption shows.
pub(super) fn quality(time: &CaptionTime) -> u8 {
    match (time.hour, time.minute, time.second) {
        (_, _, Some(_)) => 1,
        (_, Some(_), None) => 2,
        (Some(_), None, None) => 3,
        _ => 4,
    }
}

/// The digits that a layout's caption shows at an instant, in reading order; `None` for a digit that the time does not
/// determine (satellite, mode, station).
pub(super) fn digits(layout: &CaptionLayout, instant: Timestamp, offset_hours: f64) -> Option<Vec<Option<u8>>> {
    let printed = instant.checked_add(offset(offset_hours)).ok()?.to_zoned(TimeZone::UTC).datetime();
    let mut all = Vec::new();
    for field in &layout.fields {
        let value = match field.name {
            FieldName::Year => Some(i64::from(printed.year()) - i64::from(layout.rule.year_base)),
            FieldName::DayOfYear => Some(i64::from(printed.date().day_of_year())),
            FieldName::Month => Some(i64::from(printed.month())),
            FieldName::Day => Some(i64::from(printed.day())),
            FieldName::Hour => Some(i64::from(printed.hour())),
            FieldName::Minute => Some(i64::from(printed.minute())),
            FieldName::Second => Some(i64::from(printed.second())),
            FieldName::Satellite | FieldName::Mode | FieldName::Station | FieldName::Other => None,
        };
        for place in (0..u32::from(field.digits)).rev() {
            all.push(value.map(|value| (value.rem_euclid(10i64.pow(place + 1)) / 10i64.pow(place)) as u8));
        }
    }
    Some(all)
}

/// The calibration file lists the code at an instant, for one station or several.
pub(super) fn is_known(calibration: &Calibration, code: &str, instant: Timestamp) -> bool {
    stations(calibration, code, Some(instant)).next().is_some()
}

/// The station that a code names at an instant; `None` if it is unknown or stands for several.
pub(super) fn station<'a>(
    calibration: &'a Calibration,
    code: &'a str,
    instant: Option<Timestamp>,
) -> Option<&'a Station> {
    let mut matching = stations(calibration, code, instant);
    let first = matching.next()?;
    matching.all(|other| other.id == first.id).then_some(first)
}

/// The stations with that code at an instant.
fn stations<'a>(
    calibration: &'a Calibration,
    code: &'a str,
    instant: Option<Timestamp>,
) -> impl Iterator<Item = &'a Station> {
    let date = instant.map(|instant| instant.to_zoned(TimeZone::UTC).date());
    calibration.stations.iter().filter(move |station| {
        let after = |bound: &Option<String>| parse(bound).zip(date).is_none_or(|(from, date)| date >= from);
        let before = |bound: &Option<String>| parse(bound).zip(date).is_none_or(|(until, date)| date <= until);
        station.code == code && after(&station.from) && before(&station.until)
    })
}

fn parse(bound: &Option<String>) -> Option<Date> {
    bound.as_ref().and_then(|text| text.parse().ok())
}

fn offset(hours: f64) -> SignedDuration {
    SignedDuration::from_secs((hours * 3600.0).round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(year: i16, day: u16, hour: u8, minute: u8, second: Option<u8>) -> CaptionTime {
        CaptionTime {
            year: Some(year),
            day_of_year: Some(day),
            hour: Some(hour),
            minute: Some(minute),
            second,
            ..CaptionTime::default()
        }
    }

    #[test]
    fn day_of_year_and_offset_become_utc() {
        let t = |time: CaptionTime, offset: f64| instant(&time, offset).map(|instant| instant.to_string());
        assert_eq!(t(fields(1965, 224, 7, 24, Some(54)), 0.0).as_deref(), Some("1965-08-12T07:24:54Z"));
        assert_eq!(t(fields(1968, 366, 0, 0, None), 2.0).as_deref(), Some("1968-12-30T22:00:00Z"));
        assert_eq!(t(fields(1965, 366, 0, 0, None), 0.0), None);
    }

    #[test]
    fn station_codes_depend_on_the_date() {
        let calibration = crate::engine::shipped_calibration("alouette1").unwrap();
        let id = |code: &str, date: &str| {
            let instant = date.parse().ok();
            station(&calibration, code, instant).map(|station| station.id.clone())
        };
        assert_eq!(id("5", "1964-06-01T00:00:00Z").as_deref(), Some("COL"));
        assert_eq!(id("5", "1966-06-01T00:00:00Z").as_deref(), Some("QUI"));
        assert_eq!(id("99", "1966-06-01T00:00:00Z"), None);
    }
}

//! What digits mean, and whether a layout allows it.

use crate::model::{Calibration, CaptionLayout, CaptionTime, FieldName, Station};

/// The digits as text, fields separated by a space where the layout has a gap.
pub(super) fn text(digits: &[u8], layout: &CaptionLayout) -> String {
    let mut text = String::new();
    let mut rest = digits.iter();
    for (index, field) in layout.fields.iter().enumerate() {
        for digit in rest.by_ref().take(usize::from(field.digits)) {
            text.push_str(&digit.to_string());
        }
        if field.gap && index + 1 < layout.fields.len() {
            text.push(' ');
        }
    }
    text
}

/// Every meaning of the digits that obeys the layout's rules: none, one, or one per year that a short year can be.
pub(super) fn meanings(digits: &[u8], layout: &CaptionLayout, calibration: &Calibration) -> Vec<CaptionTime> {
    let Some((time, year)) = fields(digits, layout) else {
        return Vec::new();
    };
    let rule = &layout.rule;
    let years: Vec<Option<i16>> = match year {
        None => vec![None],
        Some((printed, places)) => {
            let period = 10i32.pow(u32::from(places.min(4)));
            let first = i32::from(rule.year_base) + i32::from(printed);
            (-20..=20)
                .map(|cycle| first + cycle * period)
                .filter(|year| (i32::from(rule.first_year)..=i32::from(rule.last_year)).contains(year))
                // A year whose base the rule states comes before its repetitions.
                .map(|year| Some(year as i16))
                .collect()
        }
    };
    years
        .into_iter()
        .map(|year| CaptionTime { year, ..time.clone() })
        .filter(|time| obeys(time, layout, calibration))
        .collect()
}

/// The fields of the digits, with the printed year and its number of digits apart; `None` if one is out of range.
fn fields(digits: &[u8], layout: &CaptionLayout) -> Option<(CaptionTime, Option<(u16, u8)>)> {
    let mut time = CaptionTime::default();
    let mut year = None;
    let mut rest = digits.iter();
    for field in &layout.fields {
        let mut value = 0u32;
        for _ in 0..field.digits {
            let digit = *rest.next()?;
            // A lane of a field of several digits is a decimal digit.
            if digit > 9 && field.digits > 1 {
                return None;
            }
            value = value * 10 + u32::from(digit);
        }
        let value = u16::try_from(value).ok()?;
        if !field.values.is_empty() && !field.values.contains(&value)
            || field.values.is_empty() && field.digits == 1 && value > 9
        {
            return None;
        }
        let limit = |low: u16, high: u16| (low..=high).contains(&value).then_some(value);
        match field.name {
            FieldName::Satellite => time.satellite = Some(value),
            FieldName::Station => time.station_code = Some(value.to_string()),
            FieldName::Year => year = Some((value, field.digits)),
            FieldName::DayOfYear => time.day_of_year = Some(limit(1, 366)?),
            FieldName::Hour => time.hour = Some(limit(0, 23)? as u8),
            FieldName::Minute => time.minute = Some(limit(0, 59)? as u8),
            FieldName::Second => time.second = Some(limit(0, 59)? as u8),
            FieldName::Month => drop(limit(1, 12)?),
            FieldName::Day => drop(limit(1, 31)?),
            FieldName::Mode | FieldName::Other => {}
        }
    }
    Some((time, year))
}

fn obeys(time: &CaptionTime, layout: &CaptionLayout, calibration: &Calibration) -> bool {
    if let (Some(year), Some(366)) = (time.year, time.day_of_year)
        && !leap(year)
    {
        return false;
    }
    let Some(code) = time.station_code.as_ref().filter(|_| layout.known_station) else {
        return true;
    };
    let years = match time.year {
        Some(year) => year..=year,
        None => layout.rule.first_year..=layout.rule.last_year,
    };
    calibration.stations.iter().filter(|station| &station.code == code).any(|station| {
        years.clone().any(|year| {
            let (first, last) = match time.day_of_year {
                Some(day) => (date(year, day), date(year, day)),
                None => (date(year, 1), date(year, 365)),
            };
            in_use(station, &first, &last)
        })
    })
}

/// The code was in use at some time between two dates `yyyy-mm-dd`.
fn in_use(station: &Station, first: &str, last: &str) -> bool {
    station.from.as_deref().is_none_or(|from| from <= last)
        && station.until.as_deref().is_none_or(|until| first <= until)
}

fn leap(year: i16) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn date(year: i16, day_of_year: u16) -> String {
    let lengths = [31, if leap(year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut day = day_of_year.max(1);
    for (month, length) in lengths.iter().enumerate() {
        if day <= *length {
            return format!("{year:04}-{:02}-{day:02}", month + 1);
        }
        day -= length;
    }
    format!("{year:04}-12-31")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::shipped_calibration;

    fn years(instrument: &str, layout: &str, digits: &str) -> Vec<Option<i16>> {
        let calibration = shipped_calibration(instrument).unwrap_or_else(|| panic!("{instrument}"));
        let layout =
            calibration.captions.iter().find(|other| other.name == layout).unwrap_or_else(|| panic!("{layout}"));
        let digits: Vec<u8> = digits.bytes().filter(u8::is_ascii_digit).map(|byte| byte - b'0').collect();
        meanings(&digits, layout, &calibration).into_iter().map(|time| time.year).collect()
    }

    #[test]
    fn only_what_the_rules_allow_is_a_time() {
        assert_eq!(years("alouette1", "num2", "10 43 65 224 0724 54"), [Some(1965)]);
        assert_eq!(years("alouette1", "num2", "10 43 65 100 0724 54"), [], "code of a later date");
        assert_eq!(years("alouette1", "num2", "10 99 65 224 0724 54"), [], "no such station");
        assert_eq!(years("alouette1", "num2", "10 43 65 224 2424 54"), [], "hour 24");
        assert_eq!(years("alouette1", "num2", "10 43 65 000 0724 54"), [], "day 0");
        assert_eq!(years("alouette1", "num2", "10 43 65 366 0724 54"), [], "not a leap year");
        assert_eq!(years("alouette1", "num", "1436218433705"), [Some(1964)]);
        assert_eq!(years("alouette1", "dot", "320022509 5"), [None]);
        assert_eq!(years("isis2", "segments", "46 19 73 025 1339 02"), [Some(1973)]);
        assert_eq!(years("ips42", "segments", "4231 17 078 0030"), [Some(2017)]);
    }
}

//! Dates and times of day as spreadsheets write them.

use crate::table::layout::DateOrder;
use crate::table::pattern;
use jiff::civil::{Date, Time};

/// A date: `1971-10-05`, `19711005`, `1971/10/5`, `5.10.1971`, `5-Oct-1971`. With strokes, day and month are told apart by `order`
/// alone, or by a number above twelve.
pub(super) fn date(text: &str, order: Option<DateOrder>) -> Option<Date> {
    let text = text.trim();
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Date::new(text[..4].parse().ok()?, text[4..6].parse().ok()?, text[6..].parse().ok()?).ok();
    }
    let mut parts = text.split(['-', '/', '.', ' ']).filter(|part| !part.is_empty());
    let (first, middle, last) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let number = |text: &str| text.parse::<i8>().ok();
    let (year, month, day) = if first.len() == 4 {
        (first, pattern::month(middle)?, number(last)?)
    } else if last.len() == 4 {
        let is_named = middle.starts_with(|c: char| c.is_alphabetic());
        let order = match order {
            Some(order) => order,
            None if is_named || text.contains('.') => DateOrder::Dmy,
            None if number(first)? > 12 => DateOrder::Dmy,
            None if number(middle)? > 12 => DateOrder::Mdy,
            None => return None,
        };
        match order {
            DateOrder::Dmy => (last, pattern::month(middle)?, number(first)?),
            DateOrder::Mdy => (last, pattern::month(first)?, number(middle)?),
        }
    } else {
        return None;
    };
    Date::new(year.parse().ok()?, month, day).ok()
}

/// A time of day: `7`, `07:00`, `7:00:00`, `0700`, `07h`, `7.0`.
pub(super) fn clock(text: &str) -> Option<Time> {
    let text = text.trim().trim_end_matches(['Z', 'z', 'h', 'H']).trim_end();
    let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    if is_digits && text.len() == 4 {
        return Time::new(text[..2].parse().ok()?, text[2..].parse().ok()?, 0, 0).ok();
    }
    let whole = text.split_once('.').filter(|(_, part)| part.bytes().all(|byte| byte == b'0'));
    let mut parts = whole.map_or(text, |(whole, _)| whole).split(':').map(|part| part.trim().parse::<i8>());
    let hour = parts.next()?.ok()?;
    let minute = parts.next().map_or(Some(0), Result::ok)?;
    Time::new(hour, minute, parts.next().map_or(Some(0), Result::ok)?, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_in_the_orders_that_cannot_be_mistaken() {
        let t = |text: &str| date(text, None).map(|date| date.to_string()).unwrap_or_default();
        assert_eq!(t("1971-10-05"), "1971-10-05");
        assert_eq!(t("19711005"), "1971-10-05");
        assert_eq!(t("1971/10/5"), "1971-10-05");
        assert_eq!(t("5.10.1971"), "1971-10-05");
        assert_eq!(t("05-Oct-1971"), "1971-10-05");
        assert_eq!(t("25/10/1971"), "1971-10-25");
        assert_eq!(t("10/25/1971"), "1971-10-25");
        assert_eq!(t("05/10/1971"), "", "May or October");
        assert_eq!(date("05/10/1971", Some(DateOrder::Mdy)).unwrap().to_string(), "1971-05-10");
        assert_eq!(t("1971-02-30"), "");
        assert_eq!(t("MEDIAN"), "");
    }

    #[test]
    fn hours_are_read_in_their_forms() {
        let t = |text: &str| clock(text).map(|time| time.to_string()).unwrap_or_default();
        for text in ["7", "07", "07:00", "7:00:00", "0700", "07h", "7.0", "07:00Z"] {
            assert_eq!(t(text), "07:00:00", "{text}");
        }
        assert_eq!(t("24"), "");
        assert_eq!(t("7.5"), "");
        assert_eq!(t(""), "");
    }
}

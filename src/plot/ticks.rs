//! Where an axis has its ticks, and how they are labelled.

use jiff::{Timestamp, ToSpan, civil, tz::TimeZone};

/// Round values inside a span, about `wanted` of them: steps of 1, 2 or 5 times a power of ten.
pub(super) fn linear(low: f64, high: f64, wanted: usize) -> Vec<f64> {
    let span = high - low;
    if !(span.is_finite() && span > 0.0) {
        return Vec::new();
    }
    let step = round_step(span / wanted.max(1) as f64);
    let first = (low / step - 1e-9).ceil() as i64;
    let last = (high / step + 1e-9).floor() as i64;
    (first..=last).take(200).map(|index| index as f64 * step).collect()
}

/// The smallest of 1, 2 and 5 times a power of ten that is not below `least`.
pub(super) fn round_step(least: f64) -> f64 {
    let power = 10f64.powf(least.max(1e-12).log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|factor| factor * power).find(|step| *step >= least * 0.999).unwrap_or(power)
}

/// A number without superfluous decimals.
pub(super) fn label(value: f64) -> String {
    let text = format!("{value:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// A tick of a time axis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TimeTick {
    pub(super) at: Timestamp,
    pub(super) label: String,
    /// The first tick of a larger unit (day, month, year), named on the second line.
    pub(super) heading: Option<String>,
}

/// Steps of a time axis: seconds, or calendar months.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Seconds(i64),
    Months(i64),
}

const DAY: i64 = 86_400;
const STEPS: &[Step] = &[
    Step::Seconds(1),
    Step::Seconds(5),
    Step::Seconds(15),
    Step::Seconds(30),
    Step::Seconds(60),
    Step::Seconds(300),
    Step::Seconds(900),
    Step::Seconds(1800),
    Step::Seconds(3600),
    Step::Seconds(2 * 3600),
    Step::Seconds(3 * 3600),
    Step::Seconds(6 * 3600),
    Step::Seconds(12 * 3600),
    Step::Seconds(DAY),
    Step::Seconds(2 * DAY),
    Step::Seconds(5 * DAY),
    Step::Seconds(10 * DAY),
    Step::Months(1),
    Step::Months(3),
    Step::Months(6),
    Step::Months(12),
    Step::Months(24),
    Step::Months(60),
    Step::Months(120),
];

/// Ticks of a time axis in UTC, at most `most` of them.
pub(super) fn time(from: Timestamp, until: Timestamp, most: usize) -> Vec<TimeTick> {
    let span = until.as_second().saturating_sub(from.as_second());
    let most = most.max(2) as i64;
    let step = STEPS
        .iter()
        .copied()
        .find(|step| match step {
            Step::Seconds(seconds) => span / seconds < most,
            Step::Months(months) => span / (months * 30 * DAY) < most,
        })
        .unwrap_or(Step::Months(240));
    let places = match step {
        Step::Seconds(seconds) if seconds > DAY => days(from, until, seconds / DAY),
        Step::Seconds(seconds) => {
            let first = from.as_second().div_euclid(seconds) + i64::from(from.as_second().rem_euclid(seconds) > 0);
            (first..)
                .map(|index| index * seconds)
                .take_while(|second| *second <= until.as_second())
                .take(200)
                .filter_map(|second| Timestamp::from_second(second).ok())
                .collect()
        }
        Step::Months(step) => months(from, until, step),
    };
    let mut before: Option<String> = None;
    places
        .into_iter()
        .map(|at| {
            let date = at.to_zoned(TimeZone::UTC);
            let (label, heading) = match step {
                Step::Seconds(seconds) if seconds < 60 => ("%H:%M:%S", "%Y-%m-%d"),
                Step::Seconds(seconds) if seconds < DAY => ("%H:%M", "%Y-%m-%d"),
                Step::Seconds(_) => ("%d", "%b %Y"),
                Step::Months(months) if months < 12 => ("%b", "%Y"),
                Step::Months(_) => ("%Y", ""),
            };
            let heading = date.strftime(heading).to_string();
            let new = !heading.is_empty() && before.as_ref() != Some(&heading);
            before = Some(heading.clone());
            TimeTick { at, label: date.strftime(label).to_string(), heading: new.then_some(heading) }
        })
        .collect()
}

/// Every n-th day, counted from the first of each month, without crowding the month's end.
fn days(from: Timestamp, until: Timestamp, step: i64) -> Vec<Timestamp> {
    months(from - (31 * 24).hours(), until, 1)
        .into_iter()
        .flat_map(|first| (0..31 / step).map(move |index| (first, index * step)))
        .filter_map(|(first, day)| {
            let at = first.checked_add((day * 24).hours()).ok()?;
            let same = at.to_zoned(TimeZone::UTC).month() == first.to_zoned(TimeZone::UTC).month();
            (same && at >= from && at <= until).then_some(at)
        })
        .collect()
}

/// The first days of every n-th month of the year.
fn months(from: Timestamp, until: Timestamp, step: i64) -> Vec<Timestamp> {
    let date = from.to_zoned(TimeZone::UTC).date();
    let begin = i64::from(date.year()) * 12 + i64::from(date.month()) - 1;
    (begin.div_euclid(step)..)
        .map(|index| index * step)
        .map_while(|month| {
            let year = i16::try_from(month.div_euclid(12)).ok()?;
            let month = i8::try_from(month.rem_euclid(12) + 1).ok()?;
            let first = civil::Date::new(year, month, 1).ok()?;
            first.to_zoned(TimeZone::UTC).ok().map(|first| first.timestamp())
        })
        .take_while(|at| *at <= until)
        .filter(|at| *at >= from)
        .take(200)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn linear_ticks_are_round() {
        fn t(low: f64, high: f64, expected: &[f64]) {
            let ticks = linear(low, high, 5);
            assert_eq!(ticks.len(), expected.len(), "{ticks:?}");
            assert!(ticks.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9), "{ticks:?}");
        }
        t(0.0, 10.0, &[0.0, 2.0, 4.0, 6.0, 8.0, 10.0]);
        t(1.3, 4.9, &[2.0, 3.0, 4.0]);
        t(97.0, 480.0, &[100.0, 200.0, 300.0, 400.0]);
        t(2.0, 2.0, &[]);
        t(f64::NAN, 2.0, &[]);
    }

    #[test]
    fn labels_are_short() {
        assert_eq!(label(0.1 + 0.2), "0.3");
        assert_eq!(label(100.0), "100");
        assert_eq!(label(-0.0), "0");
    }

    #[test]
    fn time_ticks_suit_the_span() {
        fn t(from: &str, until: &str, expected: &[&str]) {
            let ticks = time(from.parse().unwrap(), until.parse().unwrap(), 8);
            let text: Vec<String> = ticks
                .iter()
                .map(|tick| {
                    tick.heading.as_ref().map_or(tick.label.clone(), |heading| format!("{}/{heading}", tick.label))
                })
                .collect();
            assert_eq!(text, expected);
        }
        t(
            "1965-03-01T00:00:00Z",
            "1965-03-02T00:00:00Z",
            &["00:00/1965-03-01", "06:00", "12:00", "18:00", "00:00/1965-03-02"],
        );
        t("1957-07-03T05:00:00Z", "1957-08-20T00:00:00Z", &["11/Jul 1957", "21", "01/Aug 1957", "11"]);
        t("1957-11-03T05:00:00Z", "1959-02-20T00:00:00Z", &["Jan/1958", "Apr", "Jul", "Oct", "Jan/1959"]);
        t("1957-01-01T00:00:00Z", "1962-02-20T00:00:00Z", &["1957", "1958", "1959", "1960", "1961", "1962"]);
    }
}

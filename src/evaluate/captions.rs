//! Captions: right, withheld or wrong.

use super::EvaluateConfig;
use super::report::Figures;
use super::series::FrameRecord;
use super::truth::Row;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;

/// Compares time and station of each frame with its caption, kind by kind.
pub(super) fn compare(pairs: &[(&Row, &FrameRecord)], config: &EvaluateConfig) -> Vec<Figures> {
    let mut kinds: BTreeMap<&str, Vec<(&Row, &FrameRecord)>> = BTreeMap::new();
    for &(row, frame) in pairs {
        kinds.entry(row.text("caption_kind").unwrap_or("captions")).or_default().push((row, frame));
    }
    kinds
        .into_iter()
        .map(|(kind, pairs)| {
            let (mut right, mut wrong, mut withheld, mut inferred) = (0, 0, 0, 0);
            let mut notes = Vec::new();
            for (row, frame) in pairs {
                let accepted = f64::from(frame.time_confidence) >= config.accepted_confidence;
                let Some(time_ms) = frame.time_ms.filter(|_| accepted) else {
                    withheld += 1;
                    continue;
                };
                inferred += usize::from(frame.time_origin.as_deref() == Some("inferred"));
                let station = frame.station_code.as_deref();
                if time_agrees(row, time_ms) && row.text("station_code").is_none_or(|code| Some(code) == station) {
                    right += 1;
                } else {
                    wrong += 1;
                    let time = Timestamp::from_millisecond(time_ms).unwrap_or_default();
                    notes.push(format!(
                        "wrong: {} says {}, the dataset has {time} at {}",
                        row.file(),
                        row.text("caption_text").unwrap_or_default(),
                        station.unwrap_or("no station")
                    ));
                }
            }
            let figures = [("right", right), ("withheld", withheld), ("wrong", wrong), ("inferred", inferred)];
            Figures {
                subject: kind.to_owned(),
                figures: figures.map(|(name, count)| (name, count as f64)).to_vec(),
                notes,
            }
        })
        .collect()
}

/// Every part of the time that the truth gives is that of the dataset.
fn time_agrees(row: &Row, time_ms: i64) -> bool {
    let Ok(time) = Timestamp::from_millisecond(time_ms) else { return false };
    if let Some(truth) = row.text("time_utc").and_then(|text| text.parse::<Timestamp>().ok()) {
        // Captions without seconds are right to the minute.
        let tolerance_ms = if row.text("second").is_some() { 0 } else { 59_999 };
        return (truth.as_millisecond() - time_ms).abs() <= tolerance_ms;
    }
    let time = time.to_zoned(TimeZone::UTC);
    let same = |column: &str, value: i64| row.number(column).is_none_or(|truth| truth as i64 == value);
    same("year", time.year().into())
        && same("day_of_year", time.day_of_year().into())
        && same("hour", time.hour().into())
        && same("minute", time.minute().into())
        && same("second", time.second().into())
}

//! Characteristics: each reading of the truth beside what the dataset says of it.

use super::report::Difference;
use super::series::{FrameRecord, ValueRecord};
use super::truth::Row;
use crate::model::CharacteristicName;

/// QARTOD flag of a value that passed every test, and of one that must not be used.
const PASS: u8 = 1;
const FAIL: u8 = 4;

/// What a reader, or the dataset, says of one characteristic of one frame.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct ComparedReading {
    /// The value, unless it is only a limit.
    pub(super) value: Option<f64>,
    /// The value is a limit: letters D (greater than) and E (less than).
    pub(super) is_limit: bool,
    /// Letters as a value: the type of sporadic E.
    pub(super) words: Option<String>,
    /// Limits of the value; open if `None`.
    pub(super) lower: Option<f64>,
    pub(super) upper: Option<f64>,
    /// Qualifying and descriptive letter; empty if none.
    pub(super) qualifier: String,
    pub(super) descriptor: String,
}

impl ComparedReading {
    /// The characteristic is read: as a value or as letters.
    pub(super) fn is_present(&self) -> bool {
        self.value.is_some() || self.words.is_some()
    }
}

/// One reading of the truth and its counterpart.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Comparison {
    pub(super) name: CharacteristicName,
    pub(super) file: String,
    pub(super) frame_index: i32,
    /// Condition of the film, instrument and hour of the day in UTC, where known.
    pub(super) level: String,
    pub(super) instrument: String,
    pub(super) hour: String,
    pub(super) truth: ComparedReading,
    /// Without a value if the dataset withholds it or marks it as failed.
    pub(super) ours: ComparedReading,
    pub(super) flag: u8,
    pub(super) confidence: f64,
}

impl Comparison {
    /// Our value less the true one, where both are there.
    pub(super) fn error(&self) -> Option<f64> {
        Some(self.ours.value? - self.truth.value?)
    }

    /// The truth holds, and the dataset claims, a value or letters.
    pub(super) fn both_present(&self) -> bool {
        self.truth.is_present() && self.ours.is_present()
    }

    /// The dataset claims what the film does not show.
    pub(super) fn is_false(&self) -> bool {
        !self.truth.is_present() && self.ours.is_present()
    }

    /// The dataset's flag is "pass".
    pub(super) fn passed(&self) -> bool {
        self.flag == PASS
    }

    /// The true value lies within our bounds; `None` where nothing is claimed.
    pub(super) fn in_bounds(&self) -> Option<bool> {
        let truth = self.truth.value?;
        let claimed = self.ours.value.is_some() || self.ours.is_limit;
        let inside =
            self.ours.lower.is_none_or(|lower| truth >= lower) && self.ours.upper.is_none_or(|upper| truth <= upper);
        claimed.then_some(inside)
    }

    /// Half the width of our bounds, where both are closed.
    pub(super) fn half_width(&self) -> Option<f64> {
        self.ours.value.and(Some(0.5 * (self.ours.upper? - self.ours.lower?)))
    }
}

/// Sets each reading beside the dataset's. Readings that are limits by letter D or E are left out: they are no values, and
/// a value beyond them is none that the film denies.
pub(super) fn compare(pairs: &[(&Row, &FrameRecord)]) -> Vec<Comparison> {
    pairs.iter().filter_map(|(row, frame)| comparison(row, frame)).collect()
}

fn comparison(row: &Row, frame: &FrameRecord) -> Option<Comparison> {
    let name = CharacteristicName::from_name(row.text("characteristic")?)?;
    let truth = truth_of(row, name);
    if truth.is_limit {
        return None;
    }
    let row_time = row.text("time_utc").and_then(|text| text.parse::<jiff::Timestamp>().ok());
    let time = row_time.or_else(|| jiff::Timestamp::from_millisecond(frame.time_ms?).ok());
    let ours = frame.values.iter().find(|value| value.name == name.as_str());
    let text = |column: &str| row.text(column).unwrap_or_default().to_owned();
    Some(Comparison {
        name,
        file: frame.source_file.clone(),
        frame_index: row.frame_index().unwrap_or(frame.frame_index),
        level: text("level"),
        instrument: row.text("instrument").unwrap_or(&frame.calibration_id).to_owned(),
        hour: time.map_or_else(String::new, |time| format!("{:02}", time.as_second().rem_euclid(86_400) / 3600)),
        truth,
        ours: ours.map_or_else(ComparedReading::default, |ours| reading_of(ours, name)),
        flag: ours.map_or(0, |ours| ours.flag),
        confidence: ours.map_or(0.0, |ours| f64::from(ours.confidence)),
    })
}

fn truth_of(row: &Row, name: CharacteristicName) -> ComparedReading {
    let text = |column: &str| row.text(column).unwrap_or_default().to_owned();
    let in_letters = name.unit() == "letters";
    ComparedReading {
        value: if in_letters { None } else { row.number("value") },
        is_limit: row.text("value").is_some() && matches!(row.text("qualifier"), Some("D" | "E")),
        words: if in_letters { row.text("value").map(str::to_owned) } else { None },
        lower: row.number("lower"),
        upper: row.number("upper"),
        qualifier: text("qualifier"),
        descriptor: text("descriptor"),
    }
}

/// The dataset has letters that are a value, the type of sporadic E, as a small descriptive letter.
fn reading_of(ours: &ValueRecord, name: CharacteristicName) -> ComparedReading {
    let usable = ours.flag != FAIL;
    let is_limit = usable && ours.value.is_some() && matches!(ours.qualifier.as_str(), "D" | "E");
    let small = ours.descriptor.chars().next().is_some_and(|letter| letter.is_ascii_lowercase());
    ComparedReading {
        value: ours.value.filter(|_| usable && !is_limit),
        is_limit,
        words: (name.unit() == "letters" && usable && small).then(|| ours.descriptor.clone()),
        lower: ours.lower,
        upper: ours.upper,
        qualifier: ours.qualifier.clone(),
        descriptor: ours.descriptor.clone(),
    }
}

/// A comparison as a row for people.
pub(super) fn difference(comparison: &Comparison) -> Difference {
    let shown = |reading: &ComparedReading| {
        reading.words.clone().or_else(|| reading.value.map(|value| format!("{value:.4}"))).unwrap_or_default()
    };
    let letters = |reading: &ComparedReading| format!("{}{}", reading.qualifier, reading.descriptor);
    Difference {
        file: comparison.file.clone(),
        frame_index: comparison.frame_index,
        level: comparison.level.clone(),
        instrument: comparison.instrument.clone(),
        hour: comparison.hour.clone(),
        characteristic: comparison.name.as_str(),
        truth: shown(&comparison.truth),
        truth_letters: letters(&comparison.truth),
        ours: shown(&comparison.ours),
        lower: comparison.ours.lower,
        upper: comparison.ours.upper,
        letters: letters(&comparison.ours),
        confidence: comparison.confidence,
        flag: comparison.flag,
        error: comparison.error(),
    }
}

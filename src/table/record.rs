//! The records of a table: readings, printed summaries, and the heading.

use super::{CellText, Unit};
use crate::model::{CharacteristicName, PixelBox};
use jiff::civil::DateTime;
use jiff::{Timestamp, ToSpan};

/// One table: the readings of one characteristic at one station, in the order in which they were printed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MonthlyTable {
    /// The station as the heading names it.
    pub station: StationHead,
    /// The characteristic as the source names it.
    pub name: String,
    /// The characteristic, if the source's name or code is known.
    pub characteristic: Option<CharacteristicName>,
    /// The unit in which values are printed.
    pub unit: Unit,
    /// The time in which the table is printed.
    pub zone: Zone,
    /// The cells.
    pub readings: Vec<Reading>,
    /// Medians, counts, quartiles as printed.
    pub summaries: Vec<Summary>,
    /// What else the heading says: name of the field and its text as printed.
    pub heading: Vec<(String, String)>,
}

/// A station as a heading names it; text is kept as printed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StationHead {
    /// Code, for instance `SO166`.
    pub code: String,
    /// Name.
    pub name: String,
    /// Geographic latitude in degrees, north positive.
    pub latitude_deg: Option<f64>,
    /// Geographic longitude in degrees, east positive.
    pub longitude_deg: Option<f64>,
}

/// The time zone of a table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Zone {
    /// Minutes that the printed time is ahead of UTC; `None` if the table does not say, so that no UTC can be given.
    pub ahead_min: Option<i32>,
    /// The zone as printed.
    pub text: String,
}

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// Time as printed.
    pub time: DateTime,
    /// Value in the characteristic's unit of the dataset: MHz, km or 1.
    pub value: Option<f64>,
    /// URSI qualifying letter.
    pub qualifier: Option<char>,
    /// URSI descriptive letter; without a value it says why there is none.
    pub descriptor: Option<char>,
    /// The cell as printed; empty for a blank cell and for a reading that was never printed.
    pub text: CellText,
    /// Line of the text, or row of the page, counted from 0.
    pub row: u32,
    /// Cell within the row, counted from 0.
    pub column: u32,
    /// The cell on the scanned page, in scan pixels.
    pub bbox: Option<PixelBox>,
    /// Probability that the cell is read right, 0 to 1; 1 for text.
    pub likelihood: f32,
    /// The value was repaired by the printed summaries.
    pub inferred: bool,
    /// Tests that the cell does not pass.
    pub tests: Vec<&'static str>,
}

impl Reading {
    /// A cell of a text at a printed time, not yet read.
    pub fn new(time: DateTime) -> Self {
        Self {
            time,
            value: None,
            qualifier: None,
            descriptor: None,
            text: CellText::default(),
            row: 0,
            column: 0,
            bbox: None,
            likelihood: 1.0,
            inferred: false,
            tests: Vec::new(),
        }
    }

    /// The cell holds neither value nor letter.
    pub fn is_blank(&self) -> bool {
        self.value.is_none() && self.qualifier.is_none() && self.descriptor.is_none()
    }
}

impl MonthlyTable {
    /// The text of a field of the heading.
    pub fn heading_text(&self, name: &str) -> Option<String> {
        self.heading.iter().find(|(field, _)| field == name).map(|(_, text)| text.clone())
    }
}

/// What a printed summary is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SummaryKind {
    /// Median of the values.
    Median,
    /// Number of values.
    Count,
    /// Range between the quartiles.
    Range,
    /// Upper quartile.
    UpperQuartile,
    /// Lower quartile.
    LowerQuartile,
    /// Upper decile.
    UpperDecile,
    /// Lower decile.
    LowerDecile,
}

impl SummaryKind {
    /// The word in the dataset.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Median => "median",
            Self::Count => "count",
            Self::Range => "range",
            Self::UpperQuartile => "upper_quartile",
            Self::LowerQuartile => "lower_quartile",
            Self::UpperDecile => "upper_decile",
            Self::LowerDecile => "lower_decile",
        }
    }

    /// The kind of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        use SummaryKind::{Count, LowerDecile, LowerQuartile, Median, Range, UpperDecile, UpperQuartile};
        [Median, Count, Range, UpperQuartile, LowerQuartile, UpperDecile, LowerDecile]
            .into_iter()
            .find(|kind| kind.as_str() == word)
    }
}

/// A printed summary of one column.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// What it is.
    pub kind: SummaryKind,
    /// Month and hour that it summarises: the first day of the month at the column's time, as printed.
    pub time: DateTime,
    /// The number as printed: a count, or a value in printed units.
    pub number: Option<i32>,
    /// Letters printed with it.
    pub qualifier: Option<char>,
    /// Letters printed with it.
    pub descriptor: Option<char>,
    /// The cell as printed.
    pub text: String,
    /// Line of the text, or row of the page.
    pub row: u32,
    /// Cell within the row.
    pub column: u32,
    /// The cell on the scanned page, in scan pixels.
    pub bbox: Option<PixelBox>,
    /// What the values give, in printed units; the check fails if it differs.
    pub recomputed: Option<i32>,
    /// Tests that the cell does not pass.
    pub tests: Vec<&'static str>,
}

impl Summary {
    /// A summary that no text or page holds yet.
    pub fn unprinted(
        kind: SummaryKind,
        time: DateTime,
        number: Option<i32>,
        (qualifier, descriptor): (Option<char>, Option<char>),
    ) -> Self {
        Self {
            kind,
            time,
            number,
            qualifier,
            descriptor,
            text: String::new(),
            row: 0,
            column: 0,
            bbox: None,
            recomputed: None,
            tests: Vec::new(),
        }
    }
}

/// Something that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Line of the text or row of the page, counted from 1; 0 for the whole.
    pub line: u32,
    /// Kind of error in one word or snake_case phrase.
    pub class: &'static str,
    /// What is wrong and what can be done.
    pub message: String,
}

impl Diagnostic {
    /// A diagnostic about a line, counted from 0.
    pub fn at(line: usize, class: &'static str, message: impl Into<String>) -> Self {
        Self { line: u32::try_from(line + 1).unwrap_or(u32::MAX), class, message: message.into() }
    }

    /// A diagnostic about the whole table.
    pub fn whole(class: &'static str, message: impl Into<String>) -> Self {
        Self { line: 0, class, message: message.into() }
    }
}

/// What a reader makes of a text or page.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Parsed {
    /// The tables.
    pub tables: Vec<MonthlyTable>,
    /// What could not be read.
    pub diagnostics: Vec<Diagnostic>,
}

impl Zone {
    /// Universal time.
    pub fn utc() -> Self {
        Self { ahead_min: Some(0), text: "UT".to_owned() }
    }

    /// UTC of a printed time; `None` if the zone is not known.
    pub fn utc_of(&self, printed: DateTime) -> Option<Timestamp> {
        let shifted = printed.checked_sub(i64::from(self.ahead_min?).minutes()).ok()?;
        shifted.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
    }

    /// The printed time of an instant; `None` if the zone is not known.
    pub fn printed(&self, utc: Timestamp) -> Option<DateTime> {
        let civil = utc.to_zoned(jiff::tz::TimeZone::UTC).datetime();
        civil.checked_add(i64::from(self.ahead_min?).minutes()).ok()
    }

    /// The zone that a heading prints: `UT`, `UT+2`, `30E (UT+2H)`, `UTC-03:30`, `135 EMT`, `30.0E`, `0000W`. A meridian
    /// counts four minutes for each degree, east ahead. Without a zone that is understood `ahead_min` is `None`.
    pub fn parse(text: &str) -> Self {
        let upper = text.to_ascii_uppercase();
        let bytes = upper.as_bytes();
        let ahead_min = universal(&upper).or_else(|| {
            let digits = bytes.iter().position(u8::is_ascii_digit)?;
            let length = bytes[digits..].iter().take_while(|b| b.is_ascii_digit() || **b == b'.').count();
            let degrees: f64 = upper.get(digits..digits + length)?.parse().ok()?;
            let west = upper[digits + length..].trim_start().starts_with('W') || upper[..digits].ends_with('-');
            // Whole minutes: meridians of zones are multiples of 15 degrees, those of local mean time are not.
            let minutes = (4.0 * degrees).round() as i32;
            (degrees <= 360.0).then_some(if west { -minutes } else { minutes })
        });
        Self { ahead_min, text: text.trim().to_owned() }
    }
}

/// `UT`, `UTC`, `GMT`, with an offset in hours or hours and minutes.
fn universal(upper: &str) -> Option<i32> {
    let at = ["UTC", "GMT", "UT"].iter().find_map(|name| upper.find(name).map(|at| at + name.len()))?;
    let rest = upper[at..].trim_start();
    let sign = match rest.as_bytes().first() {
        Some(b'+') => 1,
        Some(b'-') => -1,
        _ => return Some(0),
    };
    let digits = rest[1..].trim_start();
    let hours = digits.bytes().take_while(u8::is_ascii_digit).count().min(2);
    let minutes = digits.get(hours..).map(|rest| rest.trim_start_matches(':')).unwrap_or_default();
    let minutes: i32 = minutes.get(..2).and_then(|minutes| minutes.parse().ok()).unwrap_or(0);
    let hours: i32 = digits.get(..hours)?.parse().ok()?;
    (hours <= 14 && minutes < 60).then_some(sign * (60 * hours + minutes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_read_as_headings_print_them() {
        let t = |text: &str| Zone::parse(text).ahead_min;
        assert_eq!(t("UT"), Some(0));
        assert_eq!(t("30E (UT+2H)"), Some(120));
        assert_eq!(t("UTC-03:30"), Some(-210));
        assert_eq!(t("GMT + 9"), Some(540));
        assert_eq!(t("135 EMT"), Some(540));
        assert_eq!(t("75W"), Some(-300));
        assert_eq!(t("157.5 EMT"), Some(630));
        assert_eq!(t("local"), None);
        assert_eq!(t(""), None);
    }

    #[test]
    fn printed_times_and_utc_are_inverse() {
        let zone = Zone { ahead_min: Some(120), text: String::new() };
        let printed: DateTime = "2006-07-01T00:00".parse().unwrap();
        let utc = zone.utc_of(printed).unwrap();
        assert_eq!(utc.to_string(), "2006-06-30T22:00:00Z");
        assert_eq!(zone.printed(utc), Some(printed));
    }
}

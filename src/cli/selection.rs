//! Options that say which part of a dataset is meant.

use crate::model::CharacteristicName;
use crate::series::{Selection, Unit};
use jiff::civil::{Date, DateTime};
use jiff::{Timestamp, tz::TimeZone};

#[derive(Debug, clap::Args)]
pub(super) struct SelectionArgs {
    /// Only this station; `unknown` for what has none.
    #[arg(long)]
    station: Option<String>,
    /// Only these characteristics, separated by commas.
    #[arg(long, value_delimiter = ',', value_name = "NAME", value_parser = characteristic)]
    characteristic: Vec<CharacteristicName>,
    /// Only from this time on: 1957, 1957-07, 1957-07-01 or 1957-07-01T06:00 (UTC).
    #[arg(long, value_name = "TIME", value_parser = time)]
    from: Option<Timestamp>,
    /// Only before this time.
    #[arg(long, value_name = "TIME", value_parser = time)]
    to: Option<Timestamp>,
    /// Only values with these flags, separated by commas: 1 pass, 2 not evaluated, 3 suspect, 4 fail, 9 missing.
    #[arg(long, value_delimiter = ',', value_name = "FLAG", value_parser = flag)]
    flag: Vec<u8>,
}

impl SelectionArgs {
    pub(super) fn selection(&self) -> Selection {
        Selection {
            station: self.station.clone(),
            characteristics: self.characteristic.clone(),
            from: self.from,
            to: self.to,
            flags: self.flag.clone(),
            ..Selection::default()
        }
    }

    /// None of the options is given.
    #[cfg(feature = "query")]
    pub(super) fn is_empty(&self) -> bool {
        self.selection() == Selection::default()
    }
}

/// A characteristic by the name of the dataset or by its URSI code.
pub(super) fn characteristic(text: &str) -> Result<CharacteristicName, String> {
    let by_code = || {
        let code: i16 = text.parse().ok()?;
        CharacteristicName::ALL.iter().copied().find(|name| name.ursi_code() == code)
    };
    CharacteristicName::from_name(text).or_else(by_code).ok_or_else(|| {
        let names: Vec<&str> = CharacteristicName::ALL.iter().map(|name| name.as_str()).collect();
        format!("there is no such characteristic; there are {}", names.join(", "))
    })
}

/// A year, a month, a date or a date with time of day, UTC.
pub(super) fn time(text: &str) -> Result<Timestamp, String> {
    let whole = match text.len() {
        4 => format!("{text}-01-01"),
        7 => format!("{text}-01"),
        _ => text.trim_end_matches('Z').to_owned(),
    };
    let date = whole.parse::<Date>().map(DateTime::from);
    let civil = whole.parse::<DateTime>().or(date);
    civil
        .and_then(|civil| civil.to_zoned(TimeZone::UTC))
        .map(|zoned| zoned.timestamp())
        .map_err(|error| format!("{error}; examples: 1957, 1957-07, 1957-07-01, 1957-07-01T06:00"))
}

fn flag(text: &str) -> Result<u8, String> {
    let flag = text.parse().ok().filter(|flag| [1, 2, 3, 4, 9].contains(flag));
    flag.ok_or_else(|| "a flag is 1 pass, 2 not evaluated, 3 suspect, 4 fail or 9 missing".to_owned())
}

/// A unit by its name.
pub(super) fn unit(text: &str) -> Result<Unit, String> {
    Unit::from_name(text).ok_or_else(|| format!("there is no such unit; there are {}", Unit::names()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_may_be_short() {
        fn t(text: &str, expected: Option<&str>) {
            assert_eq!(time(text).ok().map(|time| time.to_string()).as_deref(), expected, "{text}");
        }
        t("1957", Some("1957-01-01T00:00:00Z"));
        t("1957-07", Some("1957-07-01T00:00:00Z"));
        t("1957-07-04", Some("1957-07-04T00:00:00Z"));
        t("1957-07-04T06:15", Some("1957-07-04T06:15:00Z"));
        t("1957-07-04T06:15:30Z", Some("1957-07-04T06:15:30Z"));
        t("1957-13", None);
        t("yesterday", None);
    }

    #[test]
    fn characteristics_have_names_and_codes() {
        assert_eq!(characteristic("h'F2"), Ok(CharacteristicName::HF2));
        assert_eq!(characteristic("4"), Ok(CharacteristicName::HF2));
        assert_eq!(characteristic("00"), Ok(CharacteristicName::FoF2));
        assert!(characteristic("foo").unwrap_err().contains("foF2, fxF2"));
    }
}

//! Comma-separated values, one row for each reading.

use crate::series::{Origin, Sounding};
use std::io::Write;

/// Writes the soundings.
pub(super) fn write(soundings: &[Sounding], out: impl Write) -> std::io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record([
        "station",
        "time_utc",
        "characteristic",
        "ursi_code",
        "value",
        "unit",
        "lower",
        "upper",
        "qualifier",
        "descriptor",
        "flag",
        "origin",
    ])?;
    let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    let letter = |letter: Option<char>| letter.map(String::from).unwrap_or_default();
    for reading in soundings.iter().flat_map(|sounding| &sounding.readings) {
        let origin = match reading.origin {
            Origin::Review => "review",
            Origin::Film => "film",
            Origin::Table => "table",
        };
        writer.write_record([
            reading.station.as_deref().unwrap_or_default(),
            &reading.time.map(|time| time.to_string()).unwrap_or_default(),
            reading.name.as_str(),
            &reading.name.ursi_code().to_string(),
            &number(reading.value),
            reading.name.unit(),
            &number(reading.lower),
            &number(reading.upper),
            &letter(reading.qualifier),
            &letter(reading.descriptor),
            &reading.flag.to_string(),
            origin,
        ])?;
    }
    writer.flush()
}

//! SAO.XML 5.0 (University of Massachusetts Lowell and NOAA, 2008; DTD 5.0.1): a record for each ionogram with its
//! scaled characteristics. Traces and profiles of a record are kept as text and not interpreted.

use super::WriteError;
use super::xml::{Tag, TagKind, Tags, attribute, escape};
use crate::model::CharacteristicName;
use crate::table::{Diagnostic, MonthlyTable, Parsed, Quantity, Reading, StationHead, Unit, Zone};
use jiff::civil::{Date, DateTime, Time};
use std::collections::BTreeMap;

/// What stands for no value.
const NONE: f64 = 9999.0;

/// Reads the records of a text. The readings of a station and characteristic are one table.
pub fn read(text: &str) -> Parsed {
    let mut reader =
        Reader { text, parsed: Parsed::default(), record: None, monthly_tables: BTreeMap::new(), line: 0, counted: 0 };
    for tag in Tags::new(text) {
        reader.count_lines(tag.span.0);
        reader.tag(&tag);
    }
    reader.count_lines(text.len());
    let is_open = reader.record.is_some();
    let mut parsed = reader.parsed;
    if is_open {
        let message = "the text ends within a record; what was read of it is kept";
        parsed.diagnostics.push(Diagnostic::at(reader.line, "truncated", message));
    }
    if parsed.tables.is_empty() && parsed.diagnostics.is_empty() {
        parsed.diagnostics.push(Diagnostic::whole("empty", "the text holds no SAORecord with characteristics"));
    }
    parsed
}

struct Reader<'a> {
    text: &'a str,
    parsed: Parsed,
    record: Option<Record>,
    /// Where the table of a station and URSI identifier is.
    monthly_tables: BTreeMap<(String, String), usize>,
    /// Lines that end before the byte `counted`.
    line: usize,
    counted: usize,
}

/// A record that is open.
struct Record {
    station: StationHead,
    time: DateTime,
    attributes: String,
    column: u32,
    /// Other elements, as they are written.
    others: String,
    /// Depth within such an element, and where it began.
    nested: usize,
    began: usize,
}

impl Reader<'_> {
    fn count_lines(&mut self, to: usize) {
        self.line += self.text.as_bytes()[self.counted..to].iter().filter(|&&byte| byte == b'\n').count();
        self.counted = to;
    }

    fn tag(&mut self, tag: &Tag<'_>) {
        if tag.name == "SAORecord" {
            match tag.kind {
                TagKind::Start => self.open(tag),
                TagKind::End | TagKind::Empty => self.close(),
            }
            return;
        }
        let Some(record) = &mut self.record else { return };
        if record.nested == 0 && matches!(tag.name, "URSI" | "CharacteristicList") {
            if tag.name == "URSI" && tag.kind != TagKind::End {
                self.value(tag);
            }
            return;
        }
        match tag.kind {
            TagKind::Start => {
                if record.nested == 0 {
                    record.began = tag.span.0;
                }
                record.nested += 1;
            }
            TagKind::End => record.nested = record.nested.saturating_sub(1),
            TagKind::Empty if record.nested == 0 => record.began = tag.span.0,
            TagKind::Empty => {}
        }
        if record.nested == 0 {
            if !record.others.is_empty() {
                record.others.push('\n');
            }
            record.others.push_str(&self.text[record.began.min(tag.span.1)..tag.span.1]);
        }
    }

    fn open(&mut self, tag: &Tag<'_>) {
        self.close();
        let get = |name: &str| attribute(tag.attributes, name);
        let text = get("StartTimeUTC").unwrap_or_default();
        let Some(time) = time_of(&text) else {
            let message = format!(
                "StartTimeUTC {text:?} is no time such as 2002-02-04 -035 12:33:56.000; the record is left out"
            );
            self.parsed.diagnostics.push(Diagnostic::at(self.line, "bad_time", message));
            return;
        };
        let station = StationHead {
            code: get("URSICode").unwrap_or_default(),
            name: get("StationName").unwrap_or_default(),
            latitude_deg: get("GeoLatitude").and_then(|text| text.parse().ok()),
            longitude_deg: get("GeoLongitude").and_then(|text| text.parse().ok()),
        };
        let (attributes, others) = (tag.attributes.to_owned(), String::new());
        self.record = Some(Record { station, time, attributes, column: 0, others, nested: 0, began: 0 });
    }

    fn close(&mut self) {
        let Some(record) = self.record.take() else { return };
        // What the characteristics do not say goes into the heading of the record's first table.
        let has_reading = |monthly_table: &&mut MonthlyTable| {
            monthly_table.station.code == record.station.code
                && monthly_table
                    .readings
                    .last()
                    .is_some_and(|reading| reading.time == record.time && reading.column == 0)
        };
        let Some(monthly_table) = self.parsed.tables.iter_mut().find(has_reading) else { return };
        let made = record_attributes(&monthly_table.station, record.time);
        if record.attributes != made {
            monthly_table.heading.push((format!("record {}", record.time), record.attributes));
        }
        if !record.others.is_empty() {
            monthly_table.heading.push((format!("elements {}", record.time), record.others));
        }
    }

    fn value(&mut self, tag: &Tag<'_>) {
        let Some(record) = &mut self.record else { return };
        let get = |name: &str| attribute(tag.attributes, name).unwrap_or_default();
        let (id, name) = (get("ID"), get("Name"));
        let characteristic = id.trim().parse().ok().and_then(CharacteristicName::from_ursi_code);
        let characteristic = characteristic.or_else(|| CharacteristicName::from_name(&name));
        let line = self.line;
        let key = (record.station.code.clone(), id.clone());
        let index = *self.monthly_tables.entry(key).or_insert_with(|| {
            if characteristic.is_none() {
                let message = format!("URSI ID {id:?}, named {name:?}, is not known; its values are kept as text");
                self.parsed.diagnostics.push(Diagnostic::at(line, "unknown_characteristic", message));
            }
            self.parsed.tables.push(MonthlyTable {
                station: record.station.clone(),
                name: name.clone(),
                characteristic,
                unit: unit_of(&get("Units"), characteristic),
                zone: Zone::utc(),
                heading: vec![("id".to_owned(), id.clone())],
                ..MonthlyTable::default()
            });
            self.parsed.tables.len() - 1
        });
        let Some(monthly_table) = self.parsed.tables.get_mut(index) else { return };
        let mut reading = Reading { row: line as u32, column: record.column, ..Reading::new(record.time) };
        record.column += 1;
        let text = get("Val");
        match text.trim().parse::<f64>() {
            Ok(value) if is_value(value, &monthly_table.unit) => {
                reading.value = Some(value / scale(&monthly_table.unit))
            }
            Ok(_) => {}
            Err(_) if text.trim().is_empty() => {}
            Err(_) => {
                let message = format!("Val {text:?} of {name} is no number; the reading is kept without a value");
                self.parsed.diagnostics.push(Diagnostic::at(line, "cell_grammar", message));
                reading.tests.push("cell_grammar");
            }
        }
        let letter = |text: String| text.chars().next().filter(char::is_ascii_alphabetic);
        (reading.qualifier, reading.descriptor) = (letter(get("QL")), letter(get("DL")));
        // The value alone where the rest can be made again, else the whole element.
        reading.text = text.as_str().into();
        if element(monthly_table, &reading, &reading.text) != self.text[tag.span.0..tag.span.1] {
            reading.text = self.text[tag.span.0..tag.span.1].into();
        }
        monthly_table.readings.push(reading);
    }
}

/// A value is written as a decimal in MHz, km or 1; kHz occurs.
fn unit_of(text: &str, characteristic: Option<CharacteristicName>) -> Unit {
    let unit = Unit::parse(text).map(|unit| Unit { text: text.to_owned(), ..unit });
    let usual = characteristic.map_or_else(Unit::default, Unit::usual);
    unit.unwrap_or(Unit { decimals: 0, text: text.to_owned(), ..usual })
}

/// Whether a number stands for itself. Frequencies in kHz may be higher than the number that stands for none.
fn is_value(number: f64, unit: &Unit) -> bool {
    number.is_finite() && (number < NONE || unit.decimals > 0 && number > NONE)
}

fn scale(unit: &Unit) -> f64 {
    10f64.powi(i32::from(unit.decimals))
}

/// `2002-02-04 -035 12:33:56.000`: date, day of the year, time. Dots between the parts of the date occur, and the form
/// `2002-02-04T12:33:56Z`.
fn time_of(text: &str) -> Option<DateTime> {
    let mut parts = text.split(|c: char| c.is_whitespace() || c == 'T');
    let date = parts.next()?.replace(['.', '/'], "-");
    let time: Time = parts.next_back()?.trim_end_matches('Z').parse().ok()?;
    Some(date.parse::<Date>().ok()?.to_datetime(time))
}

fn record_attributes(station: &StationHead, time: DateTime) -> String {
    let mut out = format!(
        "FormatVersion=\"5.0\" StartTimeUTC=\"{} -{:03} {}\" URSICode=\"{}\" StationName=\"{}\"",
        time.date(),
        time.date().day_of_year(),
        time.strftime("%H:%M:%S.%3f"),
        escape(&station.code),
        escape(&station.name),
    );
    for (name, degrees) in [("GeoLatitude", station.latitude_deg), ("GeoLongitude", station.longitude_deg)] {
        if let Some(degrees) = degrees {
            out.push_str(&format!(" {name}=\"{degrees}\""));
        }
    }
    out
}

fn element(monthly_table: &MonthlyTable, reading: &Reading, value: &str) -> String {
    let id = monthly_table
        .heading_text("id")
        .or_else(|| monthly_table.characteristic.map(|name| format!("{:02}", name.ursi_code())));
    format!(
        "<URSI ID=\"{}\" Val=\"{}\" Name=\"{}\" Units=\"{}\" QL=\"{}\" DL=\"{}\"/>",
        escape(&id.unwrap_or_default()),
        escape(value),
        escape(&monthly_table.name),
        escape(&monthly_table.unit.text),
        reading.qualifier.unwrap_or('/'),
        reading.descriptor.unwrap_or('/'),
    )
}

/// The text of a value: as it was written where it still says the same, else with the usual decimals.
fn value_text(monthly_table: &MonthlyTable, reading: &Reading) -> String {
    let scaled = reading.value.map(|value| value * scale(&monthly_table.unit));
    let parsed = reading.text.trim().parse::<f64>().ok().filter(|&value| is_value(value, &monthly_table.unit));
    match scaled {
        _ if parsed == scaled && !reading.text.is_empty() => reading.text.to_string(),
        None => format!("{NONE:.3}"),
        Some(value) => match monthly_table.unit.quantity {
            Quantity::Kilometres => format!("{value:.1}"),
            _ => format!("{value:.3}"),
        },
    }
}

/// Writes tables as records, one for each station and time, in the order of time. Times without a known zone are left
/// out. Characteristics without an URSI code are an error.
pub fn write(monthly_tables: &[MonthlyTable]) -> Result<String, WriteError> {
    let mut records: BTreeMap<(&str, DateTime), Vec<(&MonthlyTable, &Reading)>> = BTreeMap::new();
    for monthly_table in monthly_tables {
        let has_code = monthly_table.heading_text("id").is_some()
            || monthly_table.characteristic.is_some_and(|name| (0..100).contains(&name.ursi_code()));
        if !has_code {
            return Err(WriteError::NoCode { characteristic: monthly_table.name.clone() });
        }
        for reading in &monthly_table.readings {
            let utc =
                monthly_table.zone.utc_of(reading.time).map(|utc| utc.to_zoned(jiff::tz::TimeZone::UTC).datetime());
            let is_there = !reading.is_blank() || !reading.text.is_empty();
            if let Some(utc) = utc.filter(|_| is_there) {
                records.entry((&monthly_table.station.code, utc)).or_default().push((monthly_table, reading));
            }
        }
    }
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<SAORecordList>\n");
    for ((_, utc), mut values) in records {
        values.sort_by_key(|(_, reading)| reading.column);
        let Some((first, _)) = values.first() else { continue };
        let kept = |what: &str| first.heading_text(&format!("{what} {utc}"));
        let attributes = kept("record").unwrap_or_else(|| record_attributes(&first.station, utc));
        out.push_str(&format!("<SAORecord {attributes}>\n"));
        out.push_str(&format!("<CharacteristicList Num=\"{}\">\n", values.len()));
        for (monthly_table, reading) in &values {
            if reading.text.starts_with('<') && says_the_same(monthly_table, reading) {
                out.push_str(&reading.text);
            } else {
                out.push_str(&element(monthly_table, reading, &value_text(monthly_table, reading)));
            }
            out.push('\n');
        }
        out.push_str("</CharacteristicList>\n");
        if let Some(others) = kept("elements") {
            out.push_str(&others);
            out.push('\n');
        }
        out.push_str("</SAORecord>\n");
    }
    out.push_str("</SAORecordList>\n");
    Ok(out)
}

/// An element that was kept as text still has the reading's value and letters.
fn says_the_same(monthly_table: &MonthlyTable, reading: &Reading) -> bool {
    let Some(tag) = Tags::new(&reading.text).next() else { return false };
    let letter = |name: &str| {
        attribute(tag.attributes, name).and_then(|text| text.chars().next()).filter(char::is_ascii_alphabetic)
    };
    let number = attribute(tag.attributes, "Val").and_then(|text| text.trim().parse::<f64>().ok());
    let value =
        number.filter(|&value| is_value(value, &monthly_table.unit)).map(|value| value / scale(&monthly_table.unit));
    letter("QL") == reading.qualifier && letter("DL") == reading.descriptor && value == reading.value
}

//! The old URSI format: punched cards of 80 columns (URSI Handbook, UAG-23, 1972; NOAA format page "Old URSI"). A header card
//! names the station; each data card has half a day of one characteristic.

use super::WriteError;
use super::cell::{fill, make_value_letters, printed, value_letters};
use crate::model::CharacteristicName;
use crate::table::layout::{CardLayout, Layout};
use crate::table::text::{TextColumns, field, integer, lines};
use crate::table::{Diagnostic, MonthlyTable, Parsed, Reading, StationHead, Unit, Zone};
use jiff::civil::Date;

/// First year that two digits can mean.
const FIRST_YEAR: i16 = 1930;
/// Columns of a card.
const WIDTH: usize = 80;

/// Reads the cards of a text.
pub fn read(text: &str, layout: &Layout) -> Parsed {
    let mut parsed = Parsed::default();
    let mut header: Option<&str> = None;
    let own = columns(text, layout.cards.clone());
    if own != layout.cards {
        let message = format!(
            "values begin in column {} and the URSI code stands in {:?}, other than the layout says; set [cards] if that is wrong",
            own.first_value, own.characteristic
        );
        parsed.diagnostics.push(Diagnostic::whole("columns_assumed", message));
    }
    let layout = &Layout { cards: own, ..layout.clone() };
    for (at, line) in lines(text).enumerate() {
        match field(line, 0, 2) {
            "90" => header = Some(line),
            "11" | "12" => data(line, at, header, layout, &mut parsed),
            // Summaries are kept as they are: their day codes are not documented in what we could read.
            kind if kind.starts_with('2') => match parsed.tables.last_mut() {
                Some(monthly_table) => monthly_table.heading.push(("summary_card".to_owned(), line.to_owned())),
                None => parsed.diagnostics.push(Diagnostic::at(
                    at,
                    "bad_card",
                    "a summary card stands before all data cards",
                )),
            },
            _ if line.trim().is_empty() => {}
            kind => {
                let message = format!("a card begins with 90, 11, 12 or 2, found {kind:?}; the card is left out");
                parsed.diagnostics.push(Diagnostic::at(at, "bad_card", message));
            }
        }
    }
    if parsed.tables.is_empty() && parsed.diagnostics.is_empty() {
        parsed.diagnostics.push(Diagnostic::whole("empty", "the text holds no data card"));
    }
    parsed
}

/// Cards that tell where columns are.
const SAMPLE: usize = 200;

/// Where values and code stand: archives differ. The layout holds where most of its cells can be read; else the place is taken at
/// which fewest cannot, and the code from the first two columns behind the values that hold a known one on all cards.
fn columns(text: &str, layout: CardLayout) -> CardLayout {
    let is_data = |line: &&str| line.starts_with("11") || line.starts_with("12");
    let sample: Vec<&str> = lines(text).filter(is_data).take(SAMPLE).collect();
    let odd = |first: usize| -> usize {
        let start = first.max(1) - 1;
        let cells =
            sample.iter().flat_map(|line| (0..12).map(move |at| field(line, start + 5 * at, start + 5 * at + 5)));
        cells.filter(|text| value_letters(text).is_err()).count()
    };
    let mut found = layout.clone();
    let own = odd(layout.first_value);
    if 20 * own > 12 * sample.len() {
        let others = (12..=14).filter(|&first| first != layout.first_value).map(|first| (odd(first), first));
        if let Some((_, first)) = others.min().filter(|other| 10 * other.0 < own) {
            found.first_value = first;
        }
    }
    let holds_code = |from: usize| {
        let code = |line: &&str| {
            let text = field(line, from - 1, from + 1);
            let code = Some(text).filter(|text| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit()));
            code.and_then(|code| code.parse().ok()).and_then(CharacteristicName::from_ursi_code).is_some()
        };
        !sample.is_empty() && sample.iter().all(code)
    };
    if !holds_code(layout.characteristic[0].max(1))
        && let Some(from) = (found.first_value + 60..WIDTH).find(|&from| holds_code(from))
    {
        found.characteristic = [from, from + 1];
    }
    found
}

/// The time zone of a header: degrees, or tenths of a degree as in its longitude; that one which is nearer to the longitude.
fn zone(header: &str, longitude_deg: Option<f64>) -> Zone {
    let text = field(header, 69, 74).trim();
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let Some(degrees) = number.parse::<f64>().ok().filter(|_| number.len() == 4) else { return Zone::parse(text) };
    let sign = if text.ends_with(['W', 'w']) { -1.0 } else { 1.0 };
    let far = |degrees: f64| longitude_deg.map_or(0.0, |own| ((own - degrees + 180.0).rem_euclid(360.0) - 180.0).abs());
    let (tenths, whole) = (sign * degrees / 10.0, sign * degrees);
    let meant = if whole.abs() <= 180.0 && far(whole) < far(tenths) { whole } else { tenths };
    let is_zone = meant.abs() <= 180.0;
    Zone { ahead_min: is_zone.then_some((4.0 * meant).round() as i32), text: text.to_owned() }
}

fn data(line: &str, at: usize, header: Option<&str>, layout: &Layout, parsed: &mut Parsed) {
    let part = |from: usize| integer(field(line, from, from + 2)).and_then(|number| i16::try_from(number).ok());
    let date = part(5).zip(part(7)).zip(part(9)).and_then(|((year, month), day)| {
        let year = FIRST_YEAR + (year - FIRST_YEAR).rem_euclid(100);
        Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
    });
    let Some(date) = date else {
        let message = format!("{:?} in columns 6 to 11 is no date; the card is left out", field(line, 5, 11));
        parsed.diagnostics.push(Diagnostic::at(at, "no_such_day", message));
        return;
    };
    let [from, to] = layout.cards.characteristic;
    let key = [field(line, 2, 5), field(line, from.saturating_sub(1), to), field(line, 5, 9)].join(" ");
    if parsed.tables.last().and_then(|monthly_table| monthly_table.heading_text("key")).as_ref() != Some(&key) {
        let monthly_table = monthly_table(line, at, header, key, layout, &mut parsed.diagnostics);
        parsed.tables.push(monthly_table);
    }
    let Some(monthly_table) = parsed.tables.last_mut() else { return };
    let first_hour = if field(line, 1, 2) == "2" { 12 } else { 0 };
    let start = layout.cards.first_value.max(1) - 1;
    let columns = TextColumns::new(line);
    for place in 0..12 {
        let text = columns.field(start + 5 * place, start + 5 * place + 5);
        let mut reading = Reading::new(date.at(first_hour + place as i8, 0, 0, 0));
        (reading.row, reading.column) = (at as u32, place as u32);
        fill(&mut reading, text, value_letters(text), &monthly_table.unit);
        if !reading.tests.is_empty() {
            let message = format!(
                "{text:?} in columns {} on is no value with letters; it is kept without a value",
                start + 5 * place + 1
            );
            parsed.diagnostics.push(Diagnostic::at(at, "cell_grammar", message));
        }
        monthly_table.readings.push(reading);
    }
    if line.chars().count() < start + 56 {
        let message = format!("the card ends at column {}; it is cut", line.chars().count());
        parsed.diagnostics.push(Diagnostic::at(at, "truncated", message));
    }
}

fn monthly_table(
    line: &str,
    at: usize,
    header: Option<&str>,
    key: String,
    layout: &Layout,
    diagnostics: &mut Vec<Diagnostic>,
) -> MonthlyTable {
    let [from, to] = layout.cards.characteristic;
    let code = integer(field(line, from.saturating_sub(1), to)).and_then(|code| i16::try_from(code).ok());
    let by_layout = layout.characteristic.as_deref().and_then(CharacteristicName::from_name);
    let characteristic = code.and_then(CharacteristicName::from_ursi_code).or(by_layout);
    if characteristic.is_none() {
        let message = format!(
            "columns {from} and {to} hold no known URSI code; set [cards] characteristic or `characteristic` in the layout"
        );
        diagnostics.push(Diagnostic::at(at, "unknown_characteristic", message));
    }
    let own = layout.unit.as_deref().and_then(Unit::parse);
    let mut heading = vec![("key".to_owned(), key), ("card".to_owned(), line.to_owned())];
    heading.extend(header.map(|header| ("header_card".to_owned(), header.to_owned())));
    // Degrees in tenths with a letter: 400N1053W.
    let degrees = |text: &str, negative: char| {
        let number: f64 = text.trim_end_matches(|c: char| c.is_ascii_alphabetic()).trim().parse().ok()?;
        Some(if text.ends_with(negative) { -number / 10.0 } else { number / 10.0 })
    };
    let header = header.unwrap_or_default();
    let longitude_deg = degrees(field(header, 51, 56).trim(), 'W');
    let zone = zone(header, longitude_deg);
    let zone = layout.zone().filter(|_| zone.ahead_min.is_none()).unwrap_or(zone);
    if zone.ahead_min.is_none() {
        diagnostics.push(Diagnostic::at(
            at,
            "unknown_zone",
            "no header card gives the time zone in columns 70 to 74; add `zone` to the layout",
        ));
    }
    MonthlyTable {
        station: StationHead {
            code: Some(field(header, 75, 80).trim())
                .filter(|code| !code.is_empty())
                .unwrap_or(field(line, 2, 5))
                .to_owned(),
            name: field(header, 13, 29).trim().to_owned(),
            latitude_deg: degrees(field(header, 47, 51).trim(), 'S'),
            longitude_deg,
        },
        name: characteristic.map_or_else(String::new, |name| name.as_str().to_owned()),
        characteristic,
        unit: own.or_else(|| characteristic.map(Unit::usual)).unwrap_or_default(),
        zone,
        heading,
        ..MonthlyTable::default()
    }
}

/// Writes tables as cards. The header card and what else stood on the data cards are written as they were read.
pub fn write(monthly_tables: &[MonthlyTable], layout: &Layout) -> Result<String, WriteError> {
    let mut out = String::new();
    let mut header = None;
    for monthly_table in monthly_tables {
        let own = monthly_table.heading_text("header_card").unwrap_or_else(|| header_card(monthly_table));
        if header.as_ref() != Some(&own) {
            out.push_str(&own);
            out.push('\n');
            header = Some(own);
        }
        let mut sorted: Vec<&Reading> = monthly_table.readings.iter().collect();
        sorted.sort_by_key(|reading| reading.time);
        for half in sorted.chunk_by(|a, b| (a.time.date(), a.time.hour() / 12) == (b.time.date(), b.time.hour() / 12)) {
            let line = card(monthly_table, half, layout)?;
            out.push_str(&line);
            out.push('\n');
        }
        for (_, line) in monthly_table.heading.iter().filter(|(name, _)| name == "summary_card") {
            out.push_str(line);
            out.push('\n');
        }
    }
    Ok(out)
}

fn card(monthly_table: &MonthlyTable, half: &[&Reading], layout: &Layout) -> Result<String, WriteError> {
    let time = half[0].time;
    let code = monthly_table.characteristic.map(CharacteristicName::ursi_code).filter(|code| (0..100).contains(code));
    let mut card: Vec<u8> = match (monthly_table.heading_text("card"), code) {
        (Some(card), _) if card.is_ascii() => card.into_bytes(),
        (_, Some(code)) => {
            let [from, _] = layout.cards.characteristic;
            let station: String = monthly_table.station.code.chars().filter(char::is_ascii).take(3).collect();
            let mut card = format!("  {station:>3}").into_bytes();
            card.resize(WIDTH, b' ');
            put(&mut card, from.saturating_sub(1), &format!("{code:02}"));
            card
        }
        _ => return Err(WriteError::NoCode { characteristic: monthly_table.name.clone() }),
    };
    put(&mut card, 0, &format!("1{}", 1 + time.hour() / 12));
    put(&mut card, 5, &format!("{:02}{:02}{:02}", time.year().rem_euclid(100), time.month(), time.day()));
    let start = layout.cards.first_value.max(1) - 1;
    put(&mut card, start, &" ".repeat(60));
    for reading in half {
        if reading.time.minute() != 0 || reading.time.second() != 0 {
            return Err(WriteError::NotHourly {
                station: monthly_table.station.code.clone(),
                characteristic: monthly_table.name.clone(),
                time: reading.time.to_string(),
            });
        }
        let place = usize::from(reading.time.hour().unsigned_abs() % 12);
        put(&mut card, start + 5 * place, &printed(reading, monthly_table, 5, value_letters, make_value_letters)?);
    }
    Ok(String::from_utf8_lossy(&card).into_owned())
}

fn put(card: &mut Vec<u8>, at: usize, text: &str) {
    if card.len() < at + text.len() {
        card.resize(at + text.len(), b' ');
    }
    card[at..at + text.len()].copy_from_slice(text.as_bytes());
}

fn header_card(monthly_table: &MonthlyTable) -> String {
    let station = &monthly_table.station;
    let month = monthly_table.readings.first().map(|reading| reading.time.date());
    let yymm = month
        .map_or_else(|| "0000".to_owned(), |date| format!("{:02}{:02}", date.year().rem_euclid(100), date.month()));
    let degrees = |value: Option<f64>, letters: [char; 2], width: usize| {
        value.map_or_else(String::new, |value| {
            let letter = if value < 0.0 { letters[1] } else { letters[0] };
            format!("{:>digits$}{letter}", (value.abs() * 10.0).round() as i64, digits = width - 1)
        })
    };
    let zone = monthly_table.zone.ahead_min.map_or_else(String::new, |minutes| {
        let west = minutes < 0;
        format!("{:04}{}", minutes.abs() * 10 / 4, if west { 'W' } else { 'E' })
    });
    let ascii = |text: &str, most: usize| -> String { text.chars().filter(char::is_ascii).take(most).collect() };
    let three = ascii(&station.code, 3);
    let (name, code) = (ascii(&station.name, 16), ascii(&station.code, 5));
    let mut card = Vec::new();
    put(&mut card, 0, &format!("90{three:>3}{yymm}0000{name:<16}"));
    put(&mut card, 47, &degrees(station.latitude_deg, ['N', 'S'], 4));
    put(&mut card, 51, &degrees(station.longitude_deg, ['E', 'W'], 5));
    put(&mut card, 69, &zone);
    put(&mut card, 75, &code);
    card.resize(WIDTH, b' ');
    String::from_utf8_lossy(&card).into_owned()
}

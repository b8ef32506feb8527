//! Text files of World Data Centre B: a title line with characteristic, unit, station and time, a header of hours, and a
//! line for each day with date, station and 24 cells.

use super::cell::{self, Cell, fill};
use crate::model::CharacteristicName;
use crate::table::columns::{edges, words};
use crate::table::layout::Layout;
use crate::table::text::{TextColumns, expand_tabs, lines};
use crate::table::{Diagnostic, MonthlyTable, Parsed, Reading, StationHead, Unit, Zone};
use jiff::civil::Date;

/// Reads the tables of a text.
pub fn read(text: &str, layout: &Layout) -> Parsed {
    let mut parsed = Parsed::default();
    let text = expand_tabs(text, |line| line.matches('\t').count() < 24);
    let lines: Vec<&str> = lines(&text).collect();
    let mut title = (0, "");
    let mut at = 0;
    while at < lines.len() {
        let hours: Vec<usize> = hour_labels(lines[at]);
        if hours.len() < 24 {
            if lines[at].to_ascii_uppercase().contains("STATION") {
                title = (at, lines[at]);
            }
            at += 1;
            continue;
        }
        let length =
            lines[at + 1..].iter().take_while(|line| hour_labels(line).len() < 24 && !line.contains("Station")).count();
        let body = &lines[at + 1..at + 1 + length];
        let mut monthly_table = heading(title, layout, &mut parsed.diagnostics);
        rows(&hours, body, at + 1, &mut monthly_table, &mut parsed.diagnostics);
        parsed.tables.push(monthly_table);
        at += 1 + length;
    }
    if parsed.tables.is_empty() {
        parsed.diagnostics.push(Diagnostic::whole("no_table", "no line of the hours 00 to 23 was found"));
    }
    parsed
}

/// Columns of the labels 00 to 23.
fn hour_labels(line: &str) -> Vec<usize> {
    let mut labels = Vec::new();
    for (column, word) in words(line) {
        if word.len() == 2 && word.parse() == Ok(labels.len()) {
            labels.push(column);
        }
    }
    labels
}

/// `IONOSPHERIC DATA foF2 0.1 MHz Station NS355 NOVOSIBIRSK Time: UT`.
fn heading((line, title): (usize, &str), layout: &Layout, diagnostics: &mut Vec<Diagnostic>) -> MonthlyTable {
    let known =
        |word: &str| CharacteristicName::ALL.iter().copied().find(|name| name.as_str().eq_ignore_ascii_case(word));
    let all: Vec<&str> = title.split_whitespace().collect();
    let found = all.iter().position(|word| known(word).is_some());
    let place = |word: &str| all.iter().position(|found| found.trim_end_matches(':').eq_ignore_ascii_case(word));
    let station = place("Station");
    let time = place("Time");
    let characteristic =
        found.and_then(|at| known(all[at])).or_else(|| layout.characteristic.as_deref().and_then(known));
    if characteristic.is_none() {
        let message = format!("the title {title:?} names no known characteristic; add `characteristic` to the layout");
        diagnostics.push(Diagnostic::at(line, "unknown_characteristic", message));
    }
    let printed = match (found, station) {
        (Some(from), Some(to)) if from < to => all[from + 1..to].join(" "),
        _ => layout.unit.clone().unwrap_or_default(),
    };
    let unit = Unit::parse(&printed).map(|unit| Unit { text: printed.clone(), ..unit });
    if unit.is_none() {
        let message = format!("the unit {printed:?} is not understood; values are left out");
        diagnostics.push(Diagnostic::at(line, "unknown_unit", message));
    }
    let zone = time.and_then(|at| all.get(at + 1..)).map(|words| Zone::parse(&words.join(" ")));
    let zone = zone.or_else(|| layout.zone()).unwrap_or_default();
    if zone.ahead_min.is_none() {
        let message = format!(
            "the time {:?} is not understood, so that no UTC can be given; add `zone` to the layout",
            zone.text
        );
        diagnostics.push(Diagnostic::at(line, "unknown_zone", message));
    }
    let name_words =
        station.map(|at| &all[(at + 2).min(all.len())..time.unwrap_or(all.len()).max((at + 2).min(all.len()))]);
    MonthlyTable {
        station: StationHead {
            code: station.and_then(|at| all.get(at + 1)).map_or_else(String::new, |code| (*code).to_owned()),
            name: name_words.map_or_else(String::new, |words| words.join(" ")),
            ..StationHead::default()
        },
        name: found.map_or_else(String::new, |at| all[at].to_owned()),
        characteristic: characteristic.filter(|_| unit.is_some()),
        unit: unit.unwrap_or_default(),
        zone,
        heading: vec![("heading".to_owned(), title.trim_end().to_owned())],
        ..MonthlyTable::default()
    }
}

fn rows(
    hours: &[usize],
    body: &[&str],
    first: usize,
    monthly_table: &mut MonthlyTable,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let is_row = |line: &str| line.trim_start().starts_with(|c: char| c.is_ascii_digit());
    let data: Vec<&str> = body.iter().copied().filter(|line| is_row(line)).collect();
    // A leading letter is read but tells nothing about columns: any letter of the cell before could be one.
    let is_led = |text: &str| {
        text.trim_start().starts_with(|c: char| c.is_ascii_alphabetic())
            && cell(text).is_ok_and(|cell| cell.number.is_some())
    };
    let edges = edges(hours, &data, 2, |text| cell(text).is_ok() && !is_led(text));
    let mut seen = std::collections::BTreeSet::new();
    for (index, line) in body.iter().enumerate().filter(|(_, line)| is_row(line)) {
        let at = first + index;
        let word = line.split_whitespace().next().unwrap_or_default();
        let Some(date) = date(word) else {
            let message = format!("{word:?} is no date yyyymmdd; the line is left out");
            diagnostics.push(Diagnostic::at(at, "no_such_day", message));
            continue;
        };
        let is_repeated = !seen.insert(date);
        if is_repeated {
            let message =
                format!("{date} stands twice; two tables may be interleaved, and the later line's values are left out");
            diagnostics.push(Diagnostic::at(at, "day_repeated", message));
        }
        let columns = TextColumns::new(line);
        let by_tabs: Vec<&str> = line.split('\t').skip(2).collect();
        for hour in 0..24 {
            let text = match by_tabs.len() {
                24.. => by_tabs[hour],
                _ => columns.field(edges[hour], if hour == 23 { usize::MAX } else { edges[hour + 1] }),
            };
            let mut reading = Reading::new(date.at(hour as i8, 0, 0, 0));
            (reading.row, reading.column) = (at as u32, hour as u32);
            fill(&mut reading, text, cell(text), &monthly_table.unit);
            if !reading.tests.is_empty() {
                let message = format!(
                    "{:?} at {date}, hour {hour} is no value with letters; the cell is kept without a value",
                    text.trim()
                );
                diagnostics.push(Diagnostic::at(at, "cell_grammar", message));
            }
            if is_repeated {
                (reading.value, reading.qualifier, reading.descriptor) = (None, None, None);
                reading.tests.push("day_repeated");
            }
            monthly_table.readings.push(reading);
        }
    }
}

fn date(word: &str) -> Option<Date> {
    let digits: String = word.chars().filter(|c| *c != '-' && *c != '.').collect();
    if digits.len() != 8 || !digits.is_ascii() {
        return None;
    }
    Date::new(digits[..4].parse().ok()?, digits[4..6].parse().ok()?, digits[6..].parse().ok()?).ok()
}

/// A cell: `019/`, `034UF`, `019/F`, a letter alone, or a leading letter as in `A340`.
fn cell(text: &str) -> Result<Cell, ()> {
    let text = text.trim();
    let lead = text.chars().next().filter(|c| c.is_ascii_alphabetic() && text.chars().any(|c| c.is_ascii_digit()));
    let rest = if lead.is_some() { &text[1..] } else { text };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let tail = &rest[digits..];
    // The second letter has a place of its own, unless there is more room than for both.
    let (mut letters, mut count) = ([' '; 2], 0);
    for c in tail.chars().filter(|c| tail.len() <= 2 || !c.is_whitespace()) {
        *letters.get_mut(count).ok_or(())? = c;
        count += 1;
    }
    if digits > 4 {
        return Err(());
    }
    let at = |index: usize| letters[index];
    let read = cell::parse(&rest[..digits], at(0), at(1))?;
    match (lead, read.qualifier) {
        (Some(letter), None) => Ok(Cell { qualifier: Some(letter.to_ascii_uppercase()), ..read }),
        (Some(_), Some(_)) => Err(()),
        _ => Ok(read),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout() -> Layout {
        toml::from_str("table = \"w\"\ntitle = \"w\"\nformat = \"wdc_b\"").unwrap()
    }

    #[test]
    fn a_year_file_is_read() {
        let hours: String = (0..24).map(|hour| format!("{hour:02}     ")).collect();
        let mut text = format!(
            "IONOSPHERIC DATA  foF2  0.1 MHz  Station NS355 NOVOSIBIRSK  Time: UT\n{}\nData     Sta    {hours}\n",
            "-".repeat(180)
        );
        let cells = ["019/ ", "040/F", "034UF", "", "   C", "A340", "041 D"];
        let row: String = (0..24).map(|hour| format!("{:7}", cells[hour % 7])).collect();
        text.push_str(&format!("19770101 NS355  {row}\r\n19770102 NS355  {row}\r\n"));
        let parsed = read(&text, &layout());
        assert_eq!(parsed.diagnostics, []);
        let monthly_table = &parsed.tables[0];
        assert_eq!(
            (monthly_table.station.code.as_str(), monthly_table.station.name.as_str()),
            ("NS355", "NOVOSIBIRSK")
        );
        assert_eq!(monthly_table.readings.len(), 48);
        let told = |at: usize| {
            (
                monthly_table.readings[at].value,
                monthly_table.readings[at].qualifier,
                monthly_table.readings[at].descriptor,
            )
        };
        assert_eq!(told(0), (Some(1.9), None, None));
        assert_eq!(told(1), (Some(4.0), None, Some('F')));
        assert_eq!(told(2), (Some(3.4), Some('U'), Some('F')));
        assert_eq!(told(3), (None, None, None));
        assert_eq!(told(4), (None, None, Some('C')));
        assert_eq!(told(5), (Some(34.0), Some('A'), None));
        assert_eq!(told(6), (Some(4.1), None, Some('D')));
        assert_eq!(monthly_table.readings[24].time.to_string(), "1977-01-02T00:00:00");
    }
}

//! SAO 4 files (Standard Archiving Output; R. R. Gamache and others, University of Massachusetts Lowell, 1996): a record
//! for each ionogram of two index lines and groups of fixed Fortran formats. Of the groups the scaled characteristics
//! and their letters are read; all others are kept as text.

use super::WriteError;
use crate::model::CharacteristicName as Name;
use crate::table::layout::Layout;
use crate::table::text::{field, integer, lines};
use crate::table::{Diagnostic, MonthlyTable, Parsed, Quantity, Reading, StationHead, Unit, Zone};
use jiff::civil::{Date, DateTime, Time};
use std::collections::BTreeMap;

/// Elements of a line in each group, from group 1 on; groups beyond have 120.
const EACH: [usize; 59] = [
    16, 1, 120, 15, 60, 16, 15, 15, 40, 120, 15, 15, 15, 40, 120, 15, 15, 15, 40, 120, 15, 15, 40, 120, 15, 15, 40,
    120, 15, 15, 40, 120, 15, 40, 40, 40, 10, 10, 10, 6, 120, 10, 15, 40, 120, 15, 15, 40, 120, 15, 15, 15, 15, 120,
    120, 120, 15, 15, 15,
];

/// The scaled characteristics in the order of group 4.
const SCALED: [(&str, Option<Name>); 49] = [
    ("foF2", Some(Name::FoF2)),
    ("foF1", Some(Name::FoF1)),
    ("M(D)", Some(Name::M3000F2)),
    ("MUF(D)", Some(Name::Muf3000F2)),
    ("fmin", Some(Name::Fmin)),
    ("foEs", Some(Name::FoEs)),
    ("fminF", Some(Name::FminF)),
    ("fminE", Some(Name::FminE)),
    ("foE", Some(Name::FoE)),
    ("fxI", Some(Name::FxI)),
    ("h'F", Some(Name::HF)),
    ("h'F2", Some(Name::HF2)),
    ("h'E", Some(Name::HE)),
    ("h'Es", Some(Name::HEs)),
    ("zmE", None),
    ("yE", None),
    ("QF", None),
    ("QE", None),
    ("DownF", None),
    ("DownE", None),
    ("DownEs", None),
    ("FF", None),
    ("FE", None),
    ("D", None),
    ("fMUF", None),
    ("h'fMUF", None),
    ("dfoF", None),
    ("foEp", None),
    ("f(h'F)", None),
    ("f(h'F2)", None),
    ("foF1p", None),
    ("hmF2", None),
    ("hmF1", None),
    ("zhalfNm", None),
    ("foF2p", None),
    ("fminEs", None),
    ("yF2", None),
    ("yF1", None),
    ("TEC", None),
    ("HscaleF2", None),
    ("B0", None),
    ("B1", None),
    ("D1", None),
    ("foEa", None),
    ("h'Ea", None),
    ("foP", None),
    ("h'P", None),
    ("fbEs", Some(Name::FbEs)),
    ("type Es", Some(Name::TypeEs)),
];

/// What stands for no value.
const NONE: f64 = 9999.0;
/// Values of a damaged record that are complained of one by one.
const MOST_NAMED: usize = 2;

/// Reads the records of a text; the readings of a characteristic are one table.
pub fn read(text: &str, layout: &Layout) -> Parsed {
    let lines: Vec<&str> = lines(text).collect();
    let mut parsed = Parsed::default();
    let mut monthly_tables: BTreeMap<usize, MonthlyTable> = BTreeMap::new();
    let mut at = 0;
    while at < lines.len() {
        if lines[at].trim().is_empty() {
            at += 1;
            continue;
        }
        let whole = match Record::read(&lines, at) {
            Ok(record) => {
                record.values(&lines, layout, &mut monthly_tables, &mut parsed.diagnostics).then_some(record.end)
            }
            Err(diagnostic) => {
                parsed.diagnostics.push(diagnostic);
                None
            }
        };
        // What follows the damage is known by its index and its time alone.
        let is_record = |at: &usize| Record::read(&lines, *at).is_ok_and(|record| record.time(&lines).is_some());
        at = whole.or_else(|| (at + 1..lines.len()).find(is_record)).unwrap_or(lines.len());
    }
    parsed.tables = monthly_tables.into_values().collect();
    if parsed.tables.is_empty() && parsed.diagnostics.is_empty() {
        parsed.diagnostics.push(Diagnostic::whole("empty", "the text holds no record with characteristics"));
    }
    parsed
}

/// Where the parts of a record stand.
struct Record {
    start: usize,
    end: usize,
    /// First line of each group, from group 1 on, and its number of elements.
    groups: Vec<(usize, usize)>,
}

impl Record {
    fn read(lines: &[&str], start: usize) -> Result<Self, Diagnostic> {
        let mut counts = Vec::new();
        for offset in 0..2 {
            let line = lines.get(start + offset).copied().unwrap_or_default();
            for place in 0..40 {
                let text = field(line, 3 * place, 3 * place + 3);
                let count = if text.trim().is_empty() { Some(0) } else { integer(text) };
                let count = count.and_then(|count| usize::try_from(count).ok());
                counts.push(count.ok_or_else(|| {
                    let message = format!("{text:?} in the index of a record is no number; the record is left out");
                    Diagnostic::at(start + offset, "bad_index", message)
                })?);
            }
        }
        let mut at = start + 2;
        let mut groups = Vec::new();
        // The last number is the version of the format and counts nothing.
        for (group, &count) in counts[..79].iter().enumerate() {
            groups.push((at, count));
            at += count.div_ceil(EACH.get(group).copied().unwrap_or(120));
        }
        if at > lines.len() {
            let message = "the text ends within a record, which is left out";
            return Err(Diagnostic::at(start, "truncated", message));
        }
        if at == start + 2 {
            return Err(Diagnostic::at(start, "bad_index", "the index of the record counts nothing"));
        }
        Ok(Self { start, end: at, groups })
    }

    /// The `width` columns of an element of a group.
    fn element<'a>(&self, lines: &[&'a str], group: usize, index: usize, width: usize) -> Option<&'a str> {
        let &(first, count) = self.groups.get(group - 1)?;
        let each = EACH[group - 1];
        let place = index % each;
        (index < count)
            .then(|| lines.get(first + index / each))
            .flatten()
            .map(|line| field(line, place * width, (place + 1) * width))
    }

    fn time(&self, lines: &[&str]) -> Option<DateTime> {
        let &(at, count) = self.groups.get(2)?;
        let stamp = lines.get(at).filter(|_| count >= 19)?;
        let part =
            |from: usize, to: usize| integer(field(stamp, from, to)).and_then(|number| i8::try_from(number).ok());
        let year = i16::try_from(integer(field(stamp, 2, 6))?).ok()?;
        let time = Time::new(part(13, 15)?, part(15, 17)?, part(17, 19)?, 0).ok()?;
        Some(Date::new(year, part(9, 11)?, part(11, 13)?).ok()?.to_datetime(time))
    }

    /// The letters of a group are letters, strokes or blanks: else its lines are not those of the group.
    fn holds_letters(&self, lines: &[&str], group: usize) -> bool {
        let Some(&(first, count)) = self.groups.get(group - 1) else { return true };
        let is_letter = |c: char| c.is_ascii_alphabetic() || matches!(c, '/' | ' ' | '-');
        count == 0 || lines.get(first).is_some_and(|line| field(line, 0, count).chars().all(is_letter))
    }

    /// Reads the characteristics, and says whether the record is whole: of a damaged one all values are suspect.
    fn values(
        &self,
        lines: &[&str],
        layout: &Layout,
        monthly_tables: &mut BTreeMap<usize, MonthlyTable>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> bool {
        let mut is_whole = self.holds_letters(lines, 54) && self.holds_letters(lines, 55);
        let before = diagnostics.len();
        let Some(time) = self.time(lines) else {
            let message = "group 3 holds no time stamp (version, year, day of year, month, day, hour, minute, second); the record is left out";
            diagnostics.push(Diagnostic::at(self.start, "bad_time", message));
            return false;
        };
        let constant = |index: usize| self.element(lines, 1, index, 7).and_then(|text| text.trim().parse().ok());
        let text = lines[self.start..self.end].join("\n");
        for (index, (name, characteristic)) in SCALED.into_iter().enumerate() {
            let Some(text) = self.element(lines, 4, index, 8) else { break };
            let row = self.groups[3].0 + index / EACH[3];
            let monthly_table = monthly_tables.entry(index).or_insert_with(|| MonthlyTable {
                station: StationHead {
                    code: layout.station.clone().unwrap_or_default(),
                    name: self.element(lines, 2, 0, 120).unwrap_or_default().trim().to_owned(),
                    latitude_deg: constant(2),
                    longitude_deg: constant(3),
                },
                name: name.to_owned(),
                characteristic,
                unit: unit(characteristic),
                zone: Zone::utc(),
                ..MonthlyTable::default()
            });
            let mut reading = Reading { row: row as u32, column: (index % EACH[3]) as u32, ..Reading::new(time) };
            reading.text = text.into();
            match text.trim().parse::<f64>() {
                Ok(value) if value.is_finite() && value < NONE => reading.value = Some(value),
                Ok(_) => {}
                Err(_) if text.trim().is_empty() => {}
                Err(_) => {
                    diagnostics.push(Diagnostic::at(
                        row,
                        "cell_grammar",
                        format!("{text:?}, the {name} of {time}, is no number"),
                    ));
                    reading.tests.push("cell_grammar");
                    is_whole = false;
                }
            }
            let letter = |group: usize| {
                let text = self.element(lines, group, index, 1).unwrap_or_default();
                text.chars().next().filter(char::is_ascii_alphabetic)
            };
            (reading.qualifier, reading.descriptor) = (letter(54), letter(55));
            monthly_table.readings.push(reading);
        }
        if !is_whole {
            let message = format!("lines of the record of {time} are missing or too many; its values are suspect");
            diagnostics.truncate(before + MOST_NAMED);
            diagnostics.push(Diagnostic::at(self.start, "truncated", message));
            let own = monthly_tables.values_mut().filter_map(|monthly_table| monthly_table.readings.last_mut());
            own.filter(|reading| reading.time == time).for_each(|reading| reading.tests.push("row_cut"));
        }
        if let Some(monthly_table) = monthly_tables.values_mut().next() {
            monthly_table.heading.push((format!("record {time}"), text));
        }
        is_whole
    }
}

fn unit(characteristic: Option<Name>) -> Unit {
    let unit = characteristic.map_or_else(Unit::default, Unit::usual);
    let text = match unit.quantity {
        Quantity::Megahertz => "MHz",
        Quantity::Kilometres => "km",
        _ => "",
    };
    Unit { decimals: 0, text: text.to_owned(), ..unit }
}

/// Writes tables as records in the order of time. Records that were read keep their other groups; of others the
/// characteristics, their letters and the time stamp are all there is.
pub fn write(monthly_tables: &[MonthlyTable]) -> Result<String, WriteError> {
    let mut records: BTreeMap<DateTime, BTreeMap<usize, &Reading>> = BTreeMap::new();
    let mut kept: BTreeMap<&str, &str> = BTreeMap::new();
    for monthly_table in monthly_tables {
        kept.extend(monthly_table.heading.iter().map(|(name, text)| (name.as_str(), text.as_str())));
        let same = |(name, known): &(&str, Option<Name>)| {
            *name == monthly_table.name || known.is_some() && *known == monthly_table.characteristic
        };
        let Some(index) = SCALED.iter().position(same) else {
            return Err(WriteError::NoCode { characteristic: monthly_table.name.clone() });
        };
        for reading in &monthly_table.readings {
            let utc =
                monthly_table.zone.utc_of(reading.time).map(|utc| utc.to_zoned(jiff::tz::TimeZone::UTC).datetime());
            if let Some(utc) = utc {
                records.entry(utc).or_default().insert(index, reading);
            }
        }
    }
    let mut out = String::new();
    for (time, values) in records {
        let text = kept.get(format!("record {time}").as_str()).map(|text| (*text).to_owned());
        let text = text.unwrap_or_else(|| blank_record(time));
        let lines: Vec<&str> = text.lines().collect();
        let Ok(record) = Record::read(&lines, 0) else { continue };
        let mut lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        for (index, reading) in values {
            let (first, count) = record.groups[3];
            if index < count {
                set(&mut lines, first + index / EACH[3], 8 * (index % EACH[3]), &value_text(reading));
            }
            for (group, letter) in [(54, reading.qualifier), (55, reading.descriptor)] {
                let (first, count) = record.groups[group - 1];
                let line = lines.get(first).cloned().unwrap_or_default();
                let now = field(&line, index, index + 1).chars().next().filter(char::is_ascii_alphabetic);
                if index < count && now != letter {
                    set(&mut lines, first, index, &letter.unwrap_or('/').to_string());
                }
            }
        }
        for line in lines {
            out.push_str(&line);
            out.push('\n');
        }
    }
    Ok(out)
}

fn value_text(reading: &Reading) -> String {
    let parsed = reading.text.trim().parse::<f64>().ok().filter(|&value| value < NONE);
    if reading.text.len() == 8 && parsed == reading.value {
        return reading.text.to_string();
    }
    format!("{:8.3}", reading.value.unwrap_or(NONE))
}

fn set(lines: &mut [String], line: usize, column: usize, text: &str) {
    let Some(line) = lines.get_mut(line).filter(|line| line.is_ascii()) else { return };
    while line.len() < column + text.len() {
        line.push(' ');
    }
    line.replace_range(column..column + text.len(), text);
}

/// A record with a time stamp and characteristics without values.
fn blank_record(time: DateTime) -> String {
    let counts = |from: usize| -> String {
        (from..from + 40)
            .map(|group| match group {
                3 => format!("{:3}", 19),
                4 | 54 | 55 => format!("{:3}", SCALED.len()),
                80 => format!("{:3}", 4),
                _ => format!("{:3}", 0),
            })
            .collect()
    };
    let stamp = format!(
        "FF{:04}{:03}{:02}{:02}{}",
        time.year(),
        time.date().day_of_year(),
        time.month(),
        time.day(),
        time.strftime("%H%M%S")
    );
    let values = vec![format!("{NONE:8.3}"); SCALED.len()];
    let values: Vec<String> = values.chunks(EACH[3]).map(|part| part.concat()).collect();
    let letters = "/".repeat(SCALED.len());
    format!("{}\n{}\n{stamp}\n{}\n{letters}\n{letters}", counts(1), counts(41), values.join("\n"))
}

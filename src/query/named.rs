//! The everyday questions.

use super::columns::AnswerColumns;
use super::{Answer, QueryError, query};
use crate::dataset::{Partition, Table, table_files};
use crate::model::CharacteristicName;
use crate::series::{Month, Reading, Selection, Sounding, TOLERANCE_MS, Unit, by_year, hours, months, soundings};
use crate::statistics::{Figure, Rules};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::path::Path;

/// An everyday question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// Counts, medians, quartiles and deciles of each hour of each month.
    MonthlyMedian,
    /// The reading that stands for each hour.
    Hourly,
    /// The last value of each characteristic.
    Latest,
    /// Frames or, if characteristics are asked for, values of each month.
    Coverage,
    /// Values that failed a test or are suspect, with the film frame to look at.
    Flagged,
    /// One row for each time, one column for each characteristic with its flag and letters.
    Series,
}

/// Median, quartile or decile columns: names and figure of an hour.
type Part = (&'static str, fn(&crate::statistics::Summary) -> Option<Figure>);

const FIGURES: [Part; 5] = [
    ("median", |summary| summary.median),
    ("lower_quartile", |summary| summary.quartiles.map(|pair| pair[0])),
    ("upper_quartile", |summary| summary.quartiles.map(|pair| pair[1])),
    ("lower_decile", |summary| summary.deciles.map(|pair| pair[0])),
    ("upper_decile", |summary| summary.deciles.map(|pair| pair[1])),
];

impl Named {
    /// All questions with their names.
    pub const ALL: [(&'static str, Self); 6] = [
        ("monthly-median", Self::MonthlyMedian),
        ("hourly", Self::Hourly),
        ("latest", Self::Latest),
        ("coverage", Self::Coverage),
        ("flagged", Self::Flagged),
        ("series", Self::Series),
    ];

    /// The question with a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, named)| *named)
    }

    /// Answers the question about a selection of the dataset in `root`, values in the units given.
    pub fn answer(self, root: &Path, selection: &Selection, units: &[Unit]) -> Result<Answer, QueryError> {
        selection.check(root)?;
        match self {
            Self::MonthlyMedian => {
                let rules = Rules::uag23()?;
                monthly_median(&months(root, selection, TOLERANCE_MS, &rules)?, units)
            }
            Self::Hourly => hourly(&hours(root, selection, TOLERANCE_MS)?, units),
            Self::Series => series(&by_year(root, selection, soundings)?, selection, units),
            Self::Latest | Self::Coverage | Self::Flagged => query(root, &self.sql(root, selection, units)?),
        }
    }

    fn sql(self, root: &Path, selection: &Selection, units: &[Unit]) -> Result<String, QueryError> {
        let value = |prefix: &str| {
            let cases: String = ["MHz", "km", "1"]
                .into_iter()
                .map(|base| (base, Unit::chosen(units, base)))
                .filter(|(_, unit)| unit.factor != 1.0)
                .map(|(base, unit)| format!(" WHEN {prefix}unit = '{base}' THEN {prefix}value * {:.1}", unit.factor))
                .collect();
            if cases.is_empty() {
                return (format!("{prefix}value AS value"), format!("{prefix}unit AS unit"));
            }
            let names: String = ["MHz", "km", "1"]
                .into_iter()
                .map(|base| format!(" WHEN {prefix}unit = '{base}' THEN '{}'", Unit::chosen(units, base).name))
                .collect();
            (
                format!("CASE{cases} ELSE {prefix}value END AS value"),
                format!("CASE{names} ELSE {prefix}unit END AS unit"),
            )
        };
        Ok(match self {
            Self::Flagged => {
                let flags = if selection.flags.is_empty() { vec![3, 4] } else { selection.flags.clone() };
                let condition = conditions(&Selection { flags, ..selection.clone() }, "c.");
                let (value, unit) = value("c.");
                format!(
                    "SELECT c.station, c.time_utc, c.characteristic, {value}, {unit}, c.qualifier, c.descriptor, \
                     c.flag, c.tests, f.source_file, f.frame_index, c.frame_id \
                     FROM characteristics c LEFT JOIN frames f ON c.frame_id = f.frame_id{condition} \
                     ORDER BY c.station, c.time_utc, c.characteristic"
                )
            }
            Self::Coverage if selection.characteristics.is_empty() => format!(
                "SELECT station, year, EXTRACT(MONTH FROM time_utc) AS month, COUNT(*) AS frames, \
                 {} MIN(time_utc) AS first, MAX(time_utc) AS last FROM frames{} \
                 GROUP BY station, year, month ORDER BY station, year, month",
                ["scaled", "no_echo", "rejected", "failed"]
                    .map(|status| format!("SUM(CASE WHEN status = '{status}' THEN 1 ELSE 0 END) AS {status},"))
                    .join(" "),
                conditions(selection, "")
            ),
            Self::Coverage => format!(
                "SELECT station, year, EXTRACT(MONTH FROM time_utc) AS month, characteristic, COUNT(*) AS rows, \
                 COUNT(value) AS values, {} MIN(time_utc) AS first, MAX(time_utc) AS last FROM characteristics{} \
                 GROUP BY station, year, month, characteristic \
                 ORDER BY station, year, month, characteristic",
                [(1, "pass"), (2, "not_evaluated"), (3, "suspect"), (4, "fail"), (9, "missing")]
                    .map(|(flag, name)| format!("SUM(CASE WHEN flag = {flag} THEN 1 ELSE 0 END) AS {name},"))
                    .join(" "),
                conditions(selection, "")
            ),
            _ => {
                let (value, unit) = value("c.");
                let newest = newest_years(root, selection)?;
                let newest = |prefix: &str| among_newest(&newest, prefix);
                let inner = conditions(selection, "");
                let joint = if inner.is_empty() { " WHERE" } else { " AND" };
                let outer = conditions(selection, "c.");
                let outer_joint = if outer.is_empty() { " WHERE" } else { " AND" };
                format!(
                    "SELECT c.station, c.characteristic, c.time_utc, {value}, {unit}, c.lower, c.upper, c.qualifier, \
                     c.descriptor, c.flag FROM characteristics c INNER JOIN \
                     (SELECT station, characteristic, MAX(time_utc) AS newest FROM characteristics{inner}{joint} \
                     value IS NOT NULL AND ({}) GROUP BY station, characteristic) n \
                     ON c.station = n.station AND c.characteristic = n.characteristic AND c.time_utc = n.newest\
                     {outer}{outer_joint} c.value IS NOT NULL AND ({}) ORDER BY c.station, c.characteristic",
                    newest(""),
                    newest("c.")
                )
            }
        })
    }
}

/// For each station the newest year on record within the selection: older files need not be read.
fn newest_years(root: &Path, selection: &Selection) -> Result<BTreeMap<String, i32>, QueryError> {
    let mut newest = BTreeMap::new();
    for file in table_files(root, Table::Characteristics)? {
        let partition = Partition::of(file.strip_prefix(root).unwrap_or(&file));
        if let (Some(station), Some(year)) = (&partition.station, partition.year)
            && selection.touches(&partition)
        {
            let known = newest.entry(station.clone()).or_insert(year);
            *known = year.max(*known);
        }
    }
    Ok(newest)
}

/// Stations and years as a condition; columns are named with a prefix.
fn among_newest(newest: &BTreeMap<String, i32>, prefix: &str) -> String {
    let part =
        |(station, year): (&String, &i32)| format!("({prefix}station = {} AND {prefix}year = {year})", quoted(station));
    let parts: Vec<String> = newest.iter().map(part).collect();
    if parts.is_empty() { "1 = 0".to_owned() } else { parts.join(" OR ") }
}

/// The selection as a condition; columns are named with a prefix.
fn conditions(selection: &Selection, prefix: &str) -> String {
    let mut parts = Vec::new();
    if let Some(station) = &selection.station {
        parts.push(format!("{prefix}station = {}", quoted(station)));
    }
    let (first, last) = selection.years();
    parts.extend(first.map(|year| format!("{prefix}year >= {year}")));
    parts.extend(last.map(|year| format!("{prefix}year <= {year}")));
    let time = |time: Timestamp| time.strftime("'%Y-%m-%d %H:%M:%S'").to_string();
    parts.extend(selection.from.map(|from| format!("{prefix}time_utc >= {}", time(from))));
    parts.extend(selection.to.map(|to| format!("{prefix}time_utc < {}", time(to))));
    if !selection.characteristics.is_empty() {
        let names: Vec<String> = selection.characteristics.iter().map(|name| quoted(name.as_str())).collect();
        parts.push(format!("{prefix}characteristic IN ({})", names.join(", ")));
    }
    if !selection.flags.is_empty() {
        let flags: Vec<String> = selection.flags.iter().map(u8::to_string).collect();
        parts.push(format!("{prefix}flag IN ({})", flags.join(", ")));
    }
    if parts.is_empty() { String::new() } else { format!(" WHERE {}", parts.join(" AND ")) }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn letter(letter: Option<char>) -> String {
    letter.map(String::from).unwrap_or_default()
}

fn monthly_median(months: &[Month], units: &[Unit]) -> Result<Answer, QueryError> {
    let rows: Vec<(&Month, &crate::series::Hour, Unit)> = months
        .iter()
        .flat_map(|month| {
            let unit = Unit::chosen(units, month.name.unit());
            month.hours.iter().map(move |hour| (month, hour, unit))
        })
        .collect();
    let mut columns = AnswerColumns::default();
    columns.texts("station", rows.iter().map(|(month, ..)| month.station.as_deref().map(str::to_owned)));
    columns.integers("year", rows.iter().map(|(month, ..)| i32::from(month.year)));
    columns.integers("month", rows.iter().map(|(month, ..)| i32::from(month.month)));
    columns.integers("hour", rows.iter().map(|(_, hour, _)| i32::from(hour.hour)));
    columns.texts("characteristic", rows.iter().map(|(month, ..)| Some(month.name.as_str().to_owned())));
    columns.texts("unit", rows.iter().map(|(.., unit)| Some(unit.name.to_owned())));
    columns.integers("count", rows.iter().map(|(_, hour, _)| hour.summary.count as i32));
    columns.integers("values", rows.iter().map(|(_, hour, _)| hour.summary.values as i32));
    for (name, figure) in FIGURES {
        let of = |hour: &crate::series::Hour| figure(&hour.summary).unwrap_or_default();
        columns.numbers(name, rows.iter().map(|(_, hour, unit)| of(hour).value.map(|value| unit.of(value))));
        let letters = |hour| format!("{}{}", letter(of(hour).qualifier), letter(of(hour).descriptor));
        columns.texts(&format!("{name}_letters"), rows.iter().map(|(_, hour, _)| Some(letters(hour))));
    }
    let range = |pick: fn((f64, f64)) -> f64| {
        rows.iter().map(move |(_, hour, unit)| hour.summary.range.map(|range| unit.of(pick(range))))
    };
    columns.numbers("minimum", range(|range| range.0));
    columns.numbers("maximum", range(|range| range.1));
    columns.answer()
}

fn hourly(readings: &[Reading], units: &[Unit]) -> Result<Answer, QueryError> {
    let unit = |reading: &Reading| Unit::chosen(units, reading.name.unit());
    let mut columns = AnswerColumns::default();
    columns.texts("station", readings.iter().map(|reading| reading.station.as_deref().map(str::to_owned)));
    columns.times("time_utc", readings.iter().map(|reading| reading.time));
    columns.texts("characteristic", readings.iter().map(|reading| Some(reading.name.as_str().to_owned())));
    columns.numbers("value", readings.iter().map(|reading| reading.value.map(|value| unit(reading).of(value))));
    columns.texts("unit", readings.iter().map(|reading| Some(unit(reading).name.to_owned())));
    columns.texts("qualifier", readings.iter().map(|reading| Some(letter(reading.qualifier))));
    columns.texts("descriptor", readings.iter().map(|reading| Some(letter(reading.descriptor))));
    columns.integers("flag", readings.iter().map(|reading| i32::from(reading.flag)));
    columns.answer()
}

fn series(rows: &[Sounding], selection: &Selection, units: &[Unit]) -> Result<Answer, QueryError> {
    let names: Vec<CharacteristicName> = if selection.characteristics.is_empty() {
        let has = |name: &CharacteristicName| rows.iter().any(|row| row.reading(*name).is_some());
        CharacteristicName::ALL.iter().copied().filter(has).collect()
    } else {
        selection.characteristics.clone()
    };
    let mut columns = AnswerColumns::default();
    columns.texts("station", rows.iter().map(|row| row.station.as_deref().map(str::to_owned)));
    columns.times("time_utc", rows.iter().map(|row| row.time));
    for name in names {
        let of = |row: &Sounding| row.reading(name).cloned();
        let unit = Unit::chosen(units, name.unit());
        let name = name.as_str();
        columns.numbers(name, rows.iter().map(|row| of(row)?.value.map(|value| unit.of(value))));
        columns.texts(&format!("{name}_letters"), rows.iter().map(|row| Some(of(row)?.letters())));
        columns.bytes(&format!("{name}_flag"), rows.iter().map(|row| Some(of(row)?.flag)));
    }
    columns.answer()
}

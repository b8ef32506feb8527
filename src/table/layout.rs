//! The layout file: how a table is printed. A new bulletin needs a new file, not new code.

use super::{SummaryKind, Zone};
use crate::ingest::IngestConfig;
use serde::{Deserialize, Serialize};

/// A layout, as written in `pipelines/tables/*.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// Name of the layout, a short word. Its presence makes the file a table layout.
    pub table: String,
    /// What it describes.
    pub title: String,
    /// The format of text files.
    pub format: FormatName,
    /// Station id where the heading gives none.
    #[serde(default)]
    pub station: Option<String>,
    /// Station ids for the codes and names that headings print.
    #[serde(default)]
    pub stations: Vec<StationCode>,
    /// Characteristic where the heading gives none.
    #[serde(default)]
    pub characteristic: Option<String>,
    /// Unit where the heading gives none.
    #[serde(default)]
    pub unit: Option<String>,
    /// Time zone where the heading gives none, such as `UT+2`.
    #[serde(default)]
    pub zone: Option<String>,
    /// Patterns of heading lines: words, and fields in braces: `{month}` `{year}` `{station_name}` `{station_code}`
    /// `{characteristic}` `{code}` (URSI) `{unit}` `{zone}` `{any}`.
    #[serde(default)]
    pub heading: Vec<String>,
    /// Rows and columns of a bulletin.
    #[serde(default)]
    pub grid: GridLayout,
    /// Grammar of a cell.
    #[serde(default)]
    pub cell: CellLayout,
    /// Printed summaries.
    #[serde(default)]
    pub checks: ChecksLayout,
    /// Columns of a CSV table.
    #[serde(default)]
    pub csv: CsvLayout,
    /// Columns of punched cards.
    #[serde(default)]
    pub cards: CardLayout,
    /// Reading of page scans.
    #[serde(default)]
    pub page: PageConfig,
    /// Quality control.
    #[serde(default)]
    pub quality: TableQualityConfig,
    /// Limits and habits of reading picture files.
    #[serde(default)]
    pub ingest: IngestConfig,
}

/// A text format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FormatName {
    /// IIWG monthly files (CHARS).
    Iiwg,
    /// Old URSI cards of 80 columns (UAG-23).
    UrsiCards,
    /// Yearly files of SWS and IPS.
    Sws,
    /// Text of World Data Centre B.
    WdcB,
    /// SAO 4.
    Sao,
    /// SAO.XML 5.0.
    SaoXml,
    /// Monthly tables of an observatory.
    Bulletin,
    /// Spreadsheets as CSV.
    Csv,
}

/// A station's code or name in print and its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StationCode {
    /// As printed.
    pub printed: String,
    /// Id in the dataset.
    pub id: String,
}

/// Rows and columns of a bulletin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GridLayout {
    /// Word over the day numbers. Default `DAY`.
    pub label: String,
    /// Hours of each block of columns. Default 12 and 12.
    pub blocks: Vec<u32>,
    /// Hour of the first column. Default 0.
    pub first_hour: u32,
    /// What follows the first hour of a header, as `H` in `00H`. Default `H`.
    pub hour_suffix: String,
    /// Where the day number stands. Default both ends.
    pub day: DayPlace,
    /// Characters of a column in print. Default 6.
    pub column_width: u32,
    /// Characters before the first column in print. Default 5.
    pub label_width: u32,
}

impl Default for GridLayout {
    fn default() -> Self {
        Self {
            label: "DAY".to_owned(),
            blocks: vec![12, 12],
            first_hour: 0,
            hour_suffix: "H".to_owned(),
            day: DayPlace::Both,
            column_width: 6,
            label_width: 5,
        }
    }
}

/// Where a row shows its day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayPlace {
    /// At the left.
    Left,
    /// At the left and at the right.
    Both,
}

/// Grammar of a cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CellLayout {
    /// Most digits of a value. Default 3.
    pub digits: u32,
    /// Letters that may qualify a value. Default ADEIJMOTUZ.
    pub qualifiers: String,
    /// Letters that may describe it. Default all but I, J and U, which only qualify.
    pub descriptors: String,
    /// Texts that stand for an empty cell. Default none but blanks.
    pub blanks: Vec<String>,
}

impl Default for CellLayout {
    fn default() -> Self {
        Self {
            digits: 3,
            qualifiers: "ADEIJMOTUZ".to_owned(),
            descriptors: "ABCDEFGHKLMNOPQRSTVWXYZ".to_owned(),
            blanks: Vec::new(),
        }
    }
}

/// Printed summaries of the columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ChecksLayout {
    /// The rows, in the order of print. Default `CNT` the count and `MED` the median.
    pub rows: Vec<CheckRow>,
    /// What becomes of half a unit in a median. Default down.
    pub half: HalfUnit,
}

impl Default for ChecksLayout {
    fn default() -> Self {
        let row = |label: &str, kind| CheckRow { label: label.to_owned(), kind };
        Self { rows: vec![row("CNT", SummaryKind::Count), row("MED", SummaryKind::Median)], half: HalfUnit::Down }
    }
}

/// A row of summaries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckRow {
    /// As printed at its left.
    pub label: String,
    /// What it is.
    pub kind: SummaryKind,
}

/// What becomes of half a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HalfUnit {
    /// Dropped.
    Down,
    /// Rounded up.
    Up,
    /// To the even neighbour.
    Even,
}

/// Columns of a CSV table. Names are those of the first row; a number names a column by its place from 1.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CsvLayout {
    /// Separator; by default the one of comma, semicolon and tab that the first line has most of.
    pub separator: Option<char>,
    /// Lines before the row of names. Default 0.
    pub skip: u32,
    /// Year, month and day, or a whole date, where rows have them; what is missing is taken from `date`.
    pub year: Option<String>,
    /// Month.
    pub month: Option<String>,
    /// Day of the month.
    pub day: Option<String>,
    /// Date `yyyy-mm-dd` or `yyyymmdd`, or date and time.
    pub date: Option<String>,
    /// Month of the whole table, `yyyy-mm`, where rows do not tell.
    #[serde(alias = "sheet_month")]
    pub table_month: Option<String>,
    /// Hour, `h` or `hh:mm`: a long table has a row for each value.
    pub hour: Option<String>,
    /// Value of a long table, with letters behind it if they have no columns of their own.
    pub value: Option<String>,
    /// Qualifying letter of a long table.
    pub qualifier: Option<String>,
    /// Descriptive letter of a long table.
    pub descriptor: Option<String>,
    /// Characteristic of a row, where rows differ.
    pub characteristic: Option<String>,
    /// Station of a row, where rows differ.
    pub station: Option<String>,
    /// Columns of a wide table, for each hour from 0 on: the first of them.
    pub first_hour: Option<String>,
    /// Columns of each hour of a wide table: 1 value with its letters, 2 value and letters, 3 value, qualifying and
    /// descriptive letter. Default 1.
    pub columns_per_hour: Option<u32>,
    /// Which of day and month comes first in dates that end with the year; needed where strokes part them (5/10/1971).
    pub date_order: Option<DateOrder>,
    /// Texts that stand for no value.
    pub missing: Vec<String>,
    /// Values have decimals in the unit of the dataset (5.3) instead of whole numbers of the unit (53). Default no.
    pub decimal: bool,
}

/// Order of the parts of a date that ends with the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// Day, month, year.
    Dmy,
    /// Month, day, year.
    Mdy,
}

/// Columns of punched cards, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CardLayout {
    /// First column of the twelve values. Default 13.
    pub first_value: usize,
    /// First and last column of the URSI code of the characteristic. Default 73 and 74.
    pub characteristic: [usize; 2],
}

impl Default for CardLayout {
    fn default() -> Self {
        Self { first_value: 13, characteristic: [73, 74] }
    }
}

/// Reading of page scans.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PageConfig {
    /// Largest skew that is looked for (degrees). Default 4.
    pub largest_skew_deg: f64,
    /// Least share of day labels that must be read for a page to be a table (1). Default 0.5.
    pub least_labels: f64,
    /// Darkness against the surround that counts as full ink at least (grey values). Default 40.
    pub least_contrast: f32,
}

impl Default for PageConfig {
    fn default() -> Self {
        Self { largest_skew_deg: 4.0, least_labels: 0.5, least_contrast: 40.0 }
    }
}

/// Thresholds of quality control of tables.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TableQualityConfig {
    /// Likelihood of a cell below which its value is suspect (1). Default 0.98.
    pub cell_likelihood: f32,
    /// Share of a table's values outside the physical range from which the printed unit is suspect (1). Default 0.25.
    pub unit_share: f64,
}

impl Default for TableQualityConfig {
    fn default() -> Self {
        Self { cell_likelihood: 0.98, unit_share: 0.25 }
    }
}

impl Layout {
    /// The layout's own zone.
    pub fn zone(&self) -> Option<Zone> {
        self.zone.as_deref().map(Zone::parse)
    }

    /// The id of a station by its printed code or name, in this order; the code itself if no entry knows either.
    pub fn station_id(&self, code: &str, name: &str) -> Option<String> {
        let known = |text: &str| {
            let entry = self.stations.iter().find(|entry| entry.printed.eq_ignore_ascii_case(text));
            entry.map(|entry| entry.id.clone())
        };
        known(code).or_else(|| known(name)).or_else(|| self.station.clone()).or_else(|| {
            let printed = if code.is_empty() { name } else { code };
            (!printed.is_empty()).then(|| printed.to_owned())
        })
    }
}

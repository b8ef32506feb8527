//! The result of a comparison, as a table for people and as JSON.

use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};
use std::fmt;

/// Result of comparing a dataset with one or more truth files.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// One section for each truth file.
    pub sections: Vec<Section>,
}

/// Result for one truth file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Section {
    /// The truth file.
    pub truth: String,
    /// What it holds.
    pub kind: &'static str,
    /// Rows of truth whose frame is in the dataset.
    pub compared: usize,
    /// Rows of truth without a frame in the dataset.
    pub without_frame: usize,
    /// The figures, subject by subject.
    pub results: Vec<Figures>,
    /// The same figures in groups of frames.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub splits: Vec<Split>,
    /// Coverage and error against the confidence asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub curve: Vec<CurvePoint>,
    /// Confidence beside the share of right values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reliability: Vec<ReliabilityBin>,
    /// Each reading beside its counterpart.
    #[serde(skip)]
    pub differences: Vec<Difference>,
}

/// Figures of one group of frames.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Split {
    /// What the frames of the group share: `level`, `instrument` or `hour` (UTC).
    pub by: &'static str,
    /// Its value.
    pub group: String,
    /// The figures, subject by subject.
    pub results: Vec<Figures>,
}

/// Coverage and error of one characteristic if only values from a confidence on are taken.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CurvePoint {
    /// Name of the characteristic.
    pub characteristic: &'static str,
    /// Smallest confidence taken.
    pub confidence: f64,
    /// Share of the true values that are claimed.
    pub coverage: f64,
    /// Root mean square of the errors, in the characteristic's unit.
    pub rmse: f64,
    /// Median size of the errors, in the characteristic's unit.
    pub median: f64,
    /// Share of the claimed values within one reading unit.
    pub in_one_unit: f64,
    /// Share of the frames without the characteristic for which it is claimed.
    pub false_presence: f64,
}

/// Values of one characteristic whose confidence lies in a tenth.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReliabilityBin {
    /// Name of the characteristic.
    pub characteristic: &'static str,
    /// Lower edge of the tenth.
    pub from: f64,
    /// Number of values.
    pub values: usize,
    /// Their mean confidence.
    pub mean_confidence: f64,
    /// Share of them that is within one reading unit of the truth; equal to the mean confidence if that is calibrated.
    pub in_one_unit: f64,
}

/// One true reading and what the dataset says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// The picture, as the dataset names it.
    pub file: String,
    /// The frame within it.
    pub frame_index: i32,
    /// Condition of the film, if known.
    pub level: String,
    /// Instrument.
    pub instrument: String,
    /// Hour of the day in UTC.
    pub hour: String,
    /// Name of the characteristic.
    pub characteristic: &'static str,
    /// True value or letters; empty if the film does not show it.
    pub truth: String,
    /// Letters of the truth: qualifying, then descriptive.
    pub truth_letters: String,
    /// Value or letters of the dataset.
    pub ours: String,
    /// Lower bound of the dataset.
    pub lower: Option<f64>,
    /// Upper bound of the dataset.
    pub upper: Option<f64>,
    /// Letters of the dataset.
    pub letters: String,
    /// Confidence of the dataset.
    pub confidence: f64,
    /// QARTOD flag of the dataset.
    pub flag: u8,
    /// Value of the dataset less the true one.
    pub error: Option<f64>,
}

/// Named figures about one subject.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// What the figures are about.
    pub subject: String,
    /// Name and value of each figure; not a number where there is nothing to say.
    pub figures: Vec<(&'static str, f64)>,
    /// Single findings worth a look, each one line.
    pub notes: Vec<String>,
}

impl Serialize for Figures {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("subject", &self.subject)?;
        for (name, value) in &self.figures {
            map.serialize_entry(name, &Some(*value).filter(|value| value.is_finite()))?;
        }
        map.serialize_entry("notes", &Notes(&self.notes))?;
        map.end()
    }
}

struct Notes<'a>(&'a [String]);

impl Serialize for Notes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.0.len()))?;
        for note in self.0 {
            list.serialize_element(note)?;
        }
        list.end()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, section) in self.sections.iter().enumerate() {
            if i > 0 {
                writeln!(out)?;
            }
            section.fmt(out)?;
        }
        Ok(())
    }
}

impl fmt::Display for Section {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "{} ({})", self.kind.to_uppercase(), self.truth)?;
        writeln!(out, "{} rows compared, {} without a frame in the dataset", self.compared, self.without_frame)?;
        table(out, &self.results)?;
        for split in self.splits.iter().filter(|split| split.by != "hour") {
            writeln!(out, "{} {}", split.by, if split.group.is_empty() { "unknown" } else { &split.group })?;
            table(out, &split.results)?;
        }
        Ok(())
    }
}

fn table(out: &mut fmt::Formatter<'_>, results: &[Figures]) -> fmt::Result {
    /// Room for any figure with three decimals.
    const LEAST: usize = 6;
    let Some(first) = results.first() else { return Ok(()) };
    let width = results.iter().map(|row| row.subject.chars().count()).max().unwrap_or(0).max(8);
    write!(out, "{:width$}", "")?;
    for (name, _) in &first.figures {
        write!(out, "  {name:>LEAST$}")?;
    }
    writeln!(out)?;
    for row in results {
        write!(out, "{:width$}", row.subject)?;
        for (name, value) in &row.figures {
            write!(out, "  {:>width$}", figure(*value), width = name.len().max(LEAST))?;
        }
        writeln!(out)?;
    }
    for note in results.iter().flat_map(|row| &row.notes) {
        writeln!(out, "  {note}")?;
    }
    Ok(())
}

fn figure(value: f64) -> String {
    if !value.is_finite() {
        "-".to_owned()
    } else if value == value.trunc() && value.abs() < 1e9 {
        format!("{value}")
    } else {
        format!("{value:.3}")
    }
}

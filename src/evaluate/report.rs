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
        let Some(first) = self.results.first() else { return Ok(()) };
        let width = self.results.iter().map(|row| row.subject.len()).max().unwrap_or(0).max(8);
        write!(out, "{:width$}", "")?;
        for (name, _) in &first.figures {
            write!(out, "  {name}")?;
        }
        writeln!(out)?;
        for row in &self.results {
            write!(out, "{:width$}", row.subject)?;
            for (name, value) in &row.figures {
                write!(out, "  {:>width$}", figure(*value), width = name.len())?;
            }
            writeln!(out)?;
        }
        for note in self.results.iter().flat_map(|row| &row.notes) {
            writeln!(out, "  {note}")?;
        }
        Ok(())
    }
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

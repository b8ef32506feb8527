//! Compares a dataset with readings: coverage and accuracy.
//!
//! In: datasets and truth files in CSV, made by eye or by `simulate`. Out: a [`Report`]. Which kind of readings a file
//! holds is told by its columns; rows are joined to frames by the end of the file's path.

mod axes;
mod captions;
mod confidence;
mod join;
mod points;
mod report;
mod series;
mod statistics;
mod tally;
mod truth;
mod values;

pub use report::{CurvePoint, Difference, Figures, ReliabilityBin, Report, Section, Split};

use crate::dataset::DatasetError;
use join::Join;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use truth::{Kind, TruthFile};

/// Limits of the comparison.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EvaluateConfig {
    /// Smallest `time_confidence` at which a time counts as given (1). Default 0.9.
    pub accepted_confidence: f64,
    /// Distance over which a true point counts as missed by all traces (px). Default 40.
    pub farthest_px: f64,
}

impl Default for EvaluateConfig {
    fn default() -> Self {
        Self { accepted_confidence: 0.9, farthest_px: 40.0 }
    }
}

/// How several truth files of one kind are reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pool {
    /// Each by itself.
    Apart,
    /// As one.
    Together,
}

/// Why nothing could be compared.
#[derive(Debug, thiserror::Error)]
pub enum EvaluateError {
    /// The dataset cannot be read.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    /// A truth file cannot be used.
    #[error("{}: {message}", path.display())]
    Truth {
        /// The file.
        path: PathBuf,
        /// The reason.
        message: String,
    },
}

/// Compares the datasets with each truth file. With `Pool::Together` the truth files of one kind make one section.
pub fn evaluate(
    datasets: &[PathBuf],
    truths: &[PathBuf],
    pool: Pool,
    config: &EvaluateConfig,
) -> Result<Report, EvaluateError> {
    let mut series = Vec::new();
    for root in datasets {
        series.extend(series::read_series(root)?);
    }
    let truths = truths.iter().map(|path| truth::read_truth(path)).collect::<Result<Vec<_>, _>>()?;
    let mut groups: Vec<Vec<&TruthFile>> = Vec::new();
    for truth in &truths {
        match groups.iter_mut().find(|group| pool == Pool::Together && group[0].kind == truth.kind) {
            Some(group) => group.push(truth),
            None => groups.push(vec![truth]),
        }
    }
    let joins: Vec<Vec<(&TruthFile, Join<'_>)>> =
        groups.iter().map(|group| group.iter().map(|truth| (*truth, Join::new(&series, truth))).collect()).collect();
    Ok(Report { sections: joins.iter().map(|group| section(group, config)).collect() })
}

/// The result for truth files of one kind, each with its way to the frames.
fn section(group: &[(&TruthFile, Join<'_>)], config: &EvaluateConfig) -> Section {
    let rows = || group.iter().flat_map(|(truth, join)| truth.rows.iter().map(move |row| (row, join)));
    let pairs: Vec<_> = rows().filter_map(|(row, join)| Some((row, join.frame(row)?))).collect();
    let kind = group[0].0.kind;
    let mut section = Section {
        truth: group.iter().map(|(truth, _)| truth.path.display().to_string()).collect::<Vec<_>>().join(" "),
        kind: kind.title(),
        compared: pairs.len(),
        without_frame: rows().count() - pairs.len(),
        results: Vec::new(),
        splits: Vec::new(),
        curve: Vec::new(),
        reliability: Vec::new(),
        differences: Vec::new(),
    };
    section.results = match kind {
        Kind::Captions => captions::compare(&pairs, config),
        Kind::FrequencyMarkers => axes::compare_frequency_markers(&pairs),
        Kind::HeightMarkers => axes::compare_height_markers(&pairs),
        Kind::Points => points::compare(&pairs, config),
        Kind::Boxes => group.iter().flat_map(|(truth, join)| points::compare_boxes(&truth.rows, join)).collect(),
        Kind::Characteristics => {
            let comparisons = values::compare(&pairs);
            section.splits = tally::splits(&comparisons);
            section.curve = confidence::curve(&comparisons);
            section.reliability = confidence::reliability(&comparisons);
            section.differences = comparisons.iter().map(values::difference).collect();
            tally::figures(&comparisons)
        }
    };
    section
}

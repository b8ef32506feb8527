//! Compares a dataset with readings: coverage and accuracy.
//!
//! In: a dataset and truth files in CSV, made by eye or by `simulate`. Out: a [`Report`]. Which kind of readings a file
//! holds is told by its columns; rows are joined to frames by the end of the file's path.

mod axes;
mod captions;
mod join;
mod points;
mod report;
mod series;
mod statistics;
mod truth;
mod values;

pub use report::{Figures, Report, Section};

use crate::dataset::DatasetError;
use join::Join;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use truth::Kind;

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

/// Compares the dataset in `root` with each truth file.
pub fn evaluate(root: &Path, truths: &[PathBuf], config: &EvaluateConfig) -> Result<Report, EvaluateError> {
    let series = series::read_series(root)?;
    let mut sections = Vec::new();
    for path in truths {
        let truth = truth::read_truth(path)?;
        let join = Join::new(&series, &truth);
        let pairs: Vec<_> = truth.rows.iter().filter_map(|row| Some((row, join.frame(row)?))).collect();
        let results = match truth.kind {
            Kind::Captions => captions::compare(&pairs, config),
            Kind::Marks => axes::compare_marks(&pairs),
            Kind::Rulings => axes::compare_rulings(&pairs),
            Kind::Characteristics => values::compare(&pairs),
            Kind::Points => points::compare(&pairs, config),
            Kind::Boxes => points::compare_boxes(&truth.rows, &join),
        };
        sections.push(Section {
            truth: path.display().to_string(),
            kind: truth.kind.title(),
            compared: pairs.len(),
            without_frame: truth.rows.len() - pairs.len(),
            results,
        });
    }
    Ok(Report { sections })
}

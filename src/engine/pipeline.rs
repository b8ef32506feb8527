//! The pipeline file: which calibration, and the parameters of every stage.

use crate::model::Calibration;
use crate::{calibrate, caption, clean, frame, ingest, quality, roll, scale, trace};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// Calibration files that the program carries, so that a name is enough to use one.
const SHIPPED: &[(&str, &str)] = &[
    ("alouette1", include_str!("../../calibration/alouette1.toml")),
    ("isis1", include_str!("../../calibration/isis1.toml")),
    ("isis2", include_str!("../../calibration/isis2.toml")),
    ("ips42", include_str!("../../calibration/ips42.toml")),
    ("c4", include_str!("../../calibration/c4.toml")),
    ("is14", include_str!("../../calibration/is14.toml")),
    ("linear", include_str!("../../calibration/linear.toml")),
];

/// Settings of a run, as written in `pipelines/*.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PipelineFile {
    /// Name of a shipped calibration, or path of a calibration file relative to the pipeline file.
    pub calibration: String,
    /// How the work is cut into pieces.
    #[serde(default)]
    pub engine: super::EngineConfig,
    /// Limits and habits of reading files.
    #[serde(default)]
    pub ingest: ingest::IngestConfig,
    /// Frame finding.
    #[serde(default)]
    pub frame: frame::FrameConfig,
    /// Caption reading.
    #[serde(default)]
    pub caption: caption::CaptionConfig,
    /// Axis calibration.
    #[serde(default)]
    pub calibrate: calibrate::CalibrateConfig,
    /// Panel cleaning.
    #[serde(default)]
    pub clean: clean::CleanConfig,
    /// Trace extraction.
    #[serde(default)]
    pub trace: trace::TraceConfig,
    /// Decisions for the whole roll.
    #[serde(default)]
    pub roll: roll::RollConfig,
    /// Scaling.
    #[serde(default)]
    pub scale: scale::ScaleConfig,
    /// Quality control.
    #[serde(default)]
    pub quality: quality::QualityConfig,
}

/// A pipeline with its calibration, ready to run.
#[derive(Debug, Clone, PartialEq)]
pub struct Pipeline {
    /// The settings.
    pub settings: PipelineFile,
    /// The instrument.
    pub calibration: Calibration,
    /// SHA-256 of the pipeline file.
    pub pipeline_sha256: String,
    /// SHA-256 of the calibration file.
    pub calibration_sha256: String,
}

/// Why a pipeline or calibration file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// The file cannot be read.
    #[error("{}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The file is not what it should be.
    #[error("{}: {message}", path.display())]
    Parse {
        /// The file.
        path: PathBuf,
        /// Place and reason.
        message: String,
    },
}

impl Pipeline {
    /// Reads a pipeline file and the calibration that it names.
    pub fn load(path: &Path) -> Result<Self, PipelineError> {
        let text = read(path)?;
        let settings: PipelineFile = parse(path, &text)?;
        let (calibration, calibration_sha256) = match shipped_text(&settings.calibration) {
            Some(text) => (parse(Path::new(&settings.calibration), text)?, sha256(text)),
            None => {
                let file = path.parent().unwrap_or(Path::new(".")).join(&settings.calibration);
                let text = read(&file)?;
                (parse(&file, &text)?, sha256(&text))
            }
        };
        Ok(Self { settings, calibration, pipeline_sha256: sha256(&text), calibration_sha256 })
    }
}

/// The shipped calibration of that name.
pub fn shipped_calibration(name: &str) -> Option<Calibration> {
    shipped_text(name).and_then(|text| toml::from_str(text).ok())
}

/// Names of the shipped calibrations.
pub fn shipped_names() -> impl Iterator<Item = &'static str> {
    SHIPPED.iter().map(|(name, _)| *name)
}

fn shipped_text(name: &str) -> Option<&'static str> {
    SHIPPED.iter().find(|(shipped, _)| *shipped == name).map(|(_, text)| *text)
}

fn read(path: &Path) -> Result<String, PipelineError> {
    std::fs::read_to_string(path).map_err(|source| PipelineError::Read { path: path.to_owned(), source })
}

fn parse<T: serde::de::DeserializeOwned>(path: &Path, text: &str) -> Result<T, PipelineError> {
    toml::from_str(text).map_err(|error| PipelineError::Parse { path: path.to_owned(), message: error.to_string() })
}

fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_calibration_parses_and_bears_its_name() {
        for (name, text) in SHIPPED {
            let calibration: Calibration = toml::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(&calibration.id, name);
        }
    }
}

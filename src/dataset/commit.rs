//! Commit records: what a finished piece of work consists of.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The names of tables, columns, tests and origins that this program writes and reads; it changes when they do.
pub const FORMAT_VERSION: &str = "0.2";

/// The format whose records do not say which they are of.
pub(super) const FIRST_FORMAT: &str = "0.1";

fn first_format() -> String {
    FIRST_FORMAT.to_owned()
}

/// What makes two runs comparable: rows of one dataset all come from the same program and settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// Which names the tables have ([`FORMAT_VERSION`]).
    #[serde(default = "first_format")]
    pub format_version: String,
    /// Version of the program.
    pub engine_version: String,
    /// SHA-256 of the pipeline file.
    pub pipeline_sha256: String,
    /// Name of the calibration.
    pub calibration_id: String,
    /// SHA-256 of the calibration file.
    pub calibration_sha256: String,
}

/// The inputs of a piece of work, in brief: enough to see that they have changed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Number of pictures; 1 for a strip.
    pub pictures: u64,
    /// SHA-256 over the pictures' paths, pages, sizes in bytes and manifest entries, in order.
    pub sha256: String,
}

/// A file of the dataset.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutputFile {
    /// Path below the dataset's folder, with forward slashes.
    pub path: String,
    /// Number of rows.
    pub rows: u64,
    /// SHA-256 of the file.
    pub sha256: String,
}

/// The record of a finished piece of work, `_log/<segment>.json`. Written last: work without it is not done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Commit {
    /// Name of the piece of work, also the stem of its files.
    #[serde(alias = "reel")]
    pub segment: String,
    /// Name of the roll that it is a part of.
    pub roll: String,
    /// Program and settings.
    pub identity: Identity,
    /// What went in.
    pub input: Input,
    /// Frames for each status.
    pub statuses: BTreeMap<String, u64>,
    /// Frames for each status and kind of reason, `status: reason`; a frame may have several reasons.
    pub reasons: BTreeMap<String, u64>,
    /// Failures for each `stage: class`.
    pub failures: BTreeMap<String, u64>,
    /// What came out, sorted by path.
    pub files: Vec<OutputFile>,
}

impl Commit {
    /// Number of frames.
    pub fn frames(&self) -> u64 {
        self.statuses.values().sum()
    }

    /// Number of failures.
    pub fn failed(&self) -> u64 {
        self.failures.values().sum()
    }
}

//! Words that the dataset's columns use: flags, status, origins, failures.

use serde::{Deserialize, Serialize};

/// QARTOD flag of a frame or value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[repr(u8)]
pub enum Flag {
    /// Every test passed.
    Pass = 1,
    /// Not evaluated.
    NotEvaluated = 2,
    /// Suspect: use with care, a reviewer should look.
    Suspect = 3,
    /// Wrong: do not use.
    Fail = 4,
    /// No value.
    Missing = 9,
}

/// How the work on a frame ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// At least one characteristic or trace was scaled.
    Scaled,
    /// A good frame without an echo.
    NoEcho,
    /// The frame cannot be used; `reason` says why.
    Rejected,
    /// An error stopped the work; the failures table has it.
    Failed,
}

impl Status {
    /// The word in the dataset.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Scaled => "scaled",
            Self::NoEcho => "no_echo",
            Self::Rejected => "rejected",
            Self::Failed => "failed",
        }
    }
}

/// Where a station or time was learned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Read on the frame.
    Read,
    /// Inferred from neighbouring frames of the roll.
    Inferred,
    /// Given by the archive's manifest or by the user.
    Manifest,
}

impl Origin {
    /// The word in the dataset.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Inferred => "inferred",
            Self::Manifest => "manifest",
        }
    }
}

/// A row of the failures table: an input or frame on which the work stopped.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Failure {
    /// Path of the input.
    pub source_file: String,
    /// Frame in the file, counted from 0, if one was reached.
    pub frame_index: Option<i32>,
    /// Stage that failed, by module name.
    pub stage: String,
    /// Kind of error, one short word or snake_case phrase.
    pub class: String,
    /// What happened and what can be done about it.
    pub message: String,
}

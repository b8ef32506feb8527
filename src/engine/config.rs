//! How the work is cut into pieces.

use serde::{Deserialize, Serialize};

/// How rolls are cut into pieces of work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EngineConfig {
    /// Most frames of a segment: the piece of a roll for which times and axes are decided together, and which becomes
    /// one file for each table, station and year. A strip is one segment. Default 512.
    #[serde(alias = "reel_frames")]
    pub segment_frames: u32,
    /// Frames after which the evidence is saved: the most work that an interruption loses. Default 64.
    pub chunk_frames: u32,
}

impl Default for EngineConfig {
    fn default() -> Self {
        Self { segment_frames: 512, chunk_frames: 64 }
    }
}

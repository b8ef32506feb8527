//! What a run did, for people and for monitoring.

use super::{StageTime, Stopwatch};
use crate::dataset::{Commit, FrameRow, Rows};
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// Frames listed among the worst.
const WORST: usize = 5;

/// What a run did. Counts are those of all its inputs, whether done now or by an earlier run.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Report {
    /// Every segment of the run is finished.
    pub complete: bool,
    /// The run was asked to stop.
    pub interrupted: bool,
    /// Segments of this run or shard.
    pub segments: u64,
    /// Segments that were finished before this run.
    pub segments_before: u64,
    /// Frames in finished segments.
    pub frames: u64,
    /// Frames that this run worked on.
    pub frames_now: u64,
    /// Frames for each status.
    pub statuses: BTreeMap<String, u64>,
    /// Frames for each status and kind of reason, `status: reason`; a frame may have several reasons.
    pub reasons: BTreeMap<String, u64>,
    /// Failures for each `stage: class`.
    pub failures: BTreeMap<String, u64>,
    /// Frames of this run whose frequency markers fit worst.
    pub worst_frequency_px: Vec<Residual>,
    /// Frames of this run whose height markers fit worst.
    pub worst_height_px: Vec<Residual>,
    /// Wall time in seconds.
    pub seconds: f64,
    /// Frames that this run worked on, per second.
    pub frames_per_second: f64,
    /// Time in each stage, summed over the threads.
    pub stages: Vec<StageTime>,
}

/// The residual of one frame.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Residual {
    /// The frame.
    pub frame_id: String,
    /// Its file.
    pub source_file: String,
    /// Root mean square residual in pixels.
    pub residual_px: f32,
}

impl Report {
    /// Counts a finished segment.
    pub(super) fn add(&mut self, commit: &Commit) {
        self.frames += commit.frames();
        let maps = [
            (&mut self.statuses, &commit.statuses),
            (&mut self.reasons, &commit.reasons),
            (&mut self.failures, &commit.failures),
        ];
        for (sums, counts) in maps {
            for (key, count) in counts {
                *sums.entry(key.clone()).or_default() += count;
            }
        }
    }

    /// Takes note of the worst residuals.
    pub(super) fn note(&mut self, rows: &Rows) {
        worst(&mut self.worst_frequency_px, &rows.frames, |row| row.frequency_residual_px);
        worst(&mut self.worst_height_px, &rows.frames, |row| row.height_residual_px);
    }

    pub(super) fn close(&mut self, elapsed: Duration, frames_now: u64, stopwatch: &Stopwatch) {
        self.frames_now = frames_now;
        self.seconds = elapsed.as_secs_f64();
        self.frames_per_second = if self.seconds > 0.0 { frames_now as f64 / self.seconds } else { 0.0 };
        self.stages = stopwatch.times();
    }

    /// Number of failures.
    pub fn failed(&self) -> u64 {
        self.failures.values().sum()
    }
}

fn worst(list: &mut Vec<Residual>, rows: &[FrameRow], residual: impl Fn(&FrameRow) -> Option<f32>) {
    for row in rows {
        let Some(residual_px) = residual(row).filter(|&residual| residual > 0.0) else { continue };
        if list.len() == WORST && list.last().is_some_and(|last| last.residual_px >= residual_px) {
            continue;
        }
        let (frame_id, source_file) = (row.frame_id.clone(), row.source_file.clone());
        list.push(Residual { frame_id, source_file, residual_px });
        list.sort_by(|a, b| b.residual_px.total_cmp(&a.residual_px).then_with(|| a.frame_id.cmp(&b.frame_id)));
        list.truncate(WORST);
    }
}

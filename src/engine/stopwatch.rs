//! Time spent in each stage, for the report; it never reaches the dataset.

use serde::Serialize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The stages that are timed, in the order of the flow.
pub const STAGES: [&str; 11] =
    ["ingest", "frame", "caption", "calibrate", "clean", "trace", "roll", "label", "scale", "quality", "dataset"];

/// Sums of the time spent in each stage, over all threads.
#[derive(Debug, Default)]
pub struct Stopwatch {
    nanoseconds: [AtomicU64; STAGES.len()],
}

/// Time of one stage.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct StageTime {
    /// Name of the stage.
    pub stage: &'static str,
    /// Seconds, summed over all threads.
    pub seconds: f64,
}

impl Stopwatch {
    /// Does some work of a stage and counts its time.
    pub fn time<T>(&self, stage: &'static str, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = work();
        if let Some(index) = STAGES.iter().position(|&name| name == stage) {
            let spent = u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX);
            self.nanoseconds[index].fetch_add(spent, Ordering::Relaxed);
        }
        result
    }

    /// The sums so far.
    pub fn times(&self) -> Vec<StageTime> {
        let seconds = |sum: &AtomicU64| Duration::from_nanos(sum.load(Ordering::Relaxed)).as_secs_f64();
        STAGES.iter().zip(&self.nanoseconds).map(|(stage, sum)| StageTime { stage, seconds: seconds(sum) }).collect()
    }
}

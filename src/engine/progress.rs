//! How far a run is, and the wish to stop it: shared with whoever shows the one and asks for the other.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Counters of a run. Frames of strips are counted once the strip is open.
#[derive(Debug, Default)]
pub struct Progress {
    total: AtomicU64,
    done: AtomicU64,
    failed: AtomicU64,
    stop: AtomicBool,
}

impl Progress {
    /// Frames of this run, as far as they are known.
    pub fn total(&self) -> u64 {
        self.total.load(Ordering::Relaxed)
    }

    /// Frames on which pass 1 is done, in this run or before.
    pub fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }

    /// Frames and inputs that failed.
    pub fn failed(&self) -> u64 {
        self.failed.load(Ordering::Relaxed)
    }

    /// Asks the run to stop: frames in flight are finished, finished chunks stay.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Whether the run was asked to stop.
    pub fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    pub(super) fn expect(&self, frames: u64) {
        self.total.fetch_add(frames, Ordering::Relaxed);
    }

    pub(super) fn advance(&self, frames: u64) {
        self.done.fetch_add(frames, Ordering::Relaxed);
    }

    pub(super) fn fail(&self, frames: u64) {
        self.failed.fetch_add(frames, Ordering::Relaxed);
    }
}

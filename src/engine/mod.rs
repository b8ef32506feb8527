//! Runs the stages over rolls: pipeline file, parallel batch, resumption, report.
//!
//! Rolls are cut into *segments*, the pieces that are decided, committed and shared out between machines. Pass 1 looks at
//! each frame by itself ([`observe()`]) and saves the evidence chunk by chunk; when a segment is through, [`decide`] settles
//! times, stations and axes for all its frames, and [`conclude()`] scales and judges each of them.

mod conclude;
mod config;
mod duplicates;
mod error;
mod evidence;
mod guard;
mod job;
mod observe;
mod open;
mod pipeline;
mod progress;
mod queue;
mod recheck;
mod segment;
mod report;
mod run;
mod stopwatch;
mod tables;

pub use conclude::{Conclusion, conclude, decide};
pub use config::EngineConfig;
pub use error::EngineError;
pub use job::{Job, Start};
pub use observe::{FrameRecord, Observed, observe};
pub use pipeline::{Pipeline, PipelineError, PipelineFile, shipped_calibration, shipped_names};
pub use progress::Progress;
pub use recheck::{Recheck, recheck};
pub use report::{Report, Residual};
pub use run::run;
pub use segment::{Pictures, Segment, Shard, cut};
pub use stopwatch::{STAGES, StageTime, Stopwatch};
pub use tables::{LayoutFile, Restored, is_layout, restore, run_tables};

use guard::guard;

//! Runs the stages over rolls: pipeline file, parallel batch, resumption, report.
//!
//! Rolls are cut into *segments*, the pieces that are decided, committed and shared out between machines. Pass 1 looks
//! at each frame by itself ([`extract_frame()`]) and saves the evidence chunk by chunk; when a segment is through,
//! [`resolve_metadata`] settles times, stations and axes for all its frames, and [`scale_frame()`] scales and judges
//! each of them.

mod scale_frame;
mod config;
mod duplicates;
mod error;
mod evidence;
mod guard;
mod job;
mod extract_frame;
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

pub use config::EngineConfig;
pub use error::EngineError;
pub use extract_frame::{ExtractedFrame, FrameRecord, extract_frame};
pub use job::{Job, Start};
pub use pipeline::{Pipeline, PipelineError, PipelineFile, shipped_calibration, shipped_names};
pub use progress::Progress;
pub use recheck::{Recheck, recheck};
pub use report::{Report, Residual};
pub use run::run;
pub use scale_frame::{FrameResult, label_frame, resolve_metadata, scale_frame};
pub use segment::{Pictures, Segment, Shard, cut};
pub use stopwatch::{STAGES, StageTime, Stopwatch};
pub use tables::{LayoutFile, Restored, is_layout, restore, run_tables};

use guard::guard;

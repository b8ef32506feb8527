//! Why a run cannot go on. What stops only one frame is a row of the failures table.

use crate::dataset::DatasetError;

/// Why a run cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The dataset cannot be written.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    /// The threads cannot be started.
    #[error("cannot start {threads} threads: {source}; give a smaller number with --threads")]
    Threads {
        /// Threads asked for.
        threads: usize,
        /// The library's reason.
        source: rayon::ThreadPoolBuildError,
    },
    /// A shard would discard the work of the others.
    #[error(
        "--fresh discards the whole dataset and cannot be used with --shard; run once with --fresh, or delete the folder"
    )]
    FreshShard,
}

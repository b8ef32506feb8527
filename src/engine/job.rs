//! What is to be done with which inputs, and the dataset and threads that it is done with.

use super::{EngineError, Shard};
use crate::dataset::{Dataset, Identity};
use std::path::PathBuf;

/// What to do, apart from the pipeline.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Job {
    /// Folders and files.
    pub inputs: Vec<PathBuf>,
    /// The dataset's folder.
    pub output: PathBuf,
    /// Threads; 0 for one for each core.
    pub threads: usize,
    /// Which part of the work to do.
    pub shard: Shard,
    /// Whether to discard an earlier dataset.
    pub start: Start,
}

/// What happens to a dataset that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Start {
    /// It is continued.
    #[default]
    Continue,
    /// It is discarded.
    Fresh,
}

impl Job {
    /// Opens the dataset, claims this job's share of it, does `work` on the job's threads, and leaves the dataset tidy, also
    /// after an error.
    pub(super) fn carry_out<T: Send>(
        &self,
        identity: &Identity,
        work: impl FnOnce(&Dataset) -> Result<T, EngineError> + Send,
    ) -> Result<T, EngineError> {
        if self.start == Start::Fresh {
            if self.shard.count > 1 {
                return Err(EngineError::FreshShard);
            }
            Dataset::discard(&self.output)?;
        }
        let dataset = Dataset::create(&self.output, identity)?;
        let threads = rayon::ThreadPoolBuilder::new()
            .num_threads(self.threads)
            .build()
            .map_err(|source| EngineError::Threads { threads: self.threads, source })?;
        let lock = dataset.claim(&format!("{}-of-{}", self.shard.index + 1, self.shard.count))?;
        let result = threads.install(|| work(&dataset));
        drop(lock);
        dataset.tidy()?;
        result
    }
}

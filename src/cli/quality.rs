//! `ionoscribe quality`.

use super::Outcome;
use crate::engine::{Pipeline, recheck};
use crate::quality::QualityConfig;
use std::io::Write;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  ionoscribe quality dataset/ --pipeline pipelines/c4.toml

Runs the tests that need more than a segment: the envelope of each hour of the month, frames of the same time in different
segments, film against tables. Flags, tests and the review queue are written anew; values never change. Do it when all
runs into the dataset are done, and again after more was added.")]
pub(super) struct Args {
    /// Folder of the dataset.
    dataset: PathBuf,
    /// Pipeline file with the thresholds; the documented defaults without it.
    #[arg(long, value_name = "FILE")]
    pipeline: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let config = match &args.pipeline {
        Some(path) => Pipeline::load(path)?.settings.quality,
        None => QualityConfig::default(),
    };
    let found = recheck(&args.dataset, &config)?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "values     {}; flags of {} changed", found.values, found.changed)?;
    for (test, count) in &found.tests {
        writeln!(out, "{count:>9}  {test}")?;
    }
    writeln!(out, "queue      {} values to review: ionoscribe queue {}", found.queued, args.dataset.display())?;
    Ok(Outcome::Clean)
}

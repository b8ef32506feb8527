//! `ionoscribe verify`.

use super::Outcome;
use crate::dataset::{self, Dataset};
use std::io::Write;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  ionoscribe verify dataset/

Reads and hashes every file. Checks against the records of the runs (missing, changed or unrecorded files, unfinished work, other settings) and
against the rules of the tables: columns, order of rows, no key twice. Exit status 0: complete and unchanged;
1: something is wrong, one line each; 2: no dataset, or one of an earlier format, which `ionoscribe migrate` converts.")]
pub(super) struct Args {
    /// Folder of the dataset.
    dataset: PathBuf,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let dataset = Dataset::open(&args.dataset)?;
    let findings = dataset::verify(&dataset)?;
    let mut out = std::io::stdout().lock();
    for finding in &findings {
        writeln!(out, "{finding}")?;
    }
    if !findings.is_empty() {
        return Ok(Outcome::SomeFailed);
    }
    let commits = dataset.commits()?;
    let files: usize = commits.iter().map(|commit| commit.files.len()).sum();
    let frames: u64 = commits.iter().map(|commit| commit.frames()).sum();
    writeln!(out, "{}: complete and unchanged: {frames} frames in {files} files", args.dataset.display())?;
    Ok(Outcome::Clean)
}

//! `ionoscribe report`.

use super::Outcome;
use crate::report::{ReportOptions, report};
use anyhow::Context;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  ionoscribe report dataset/ --output report.html --sources /archive/scans

The page holds coverage, flags by test, f-plots, residuals, the frames to look at first and the health of each roll. It
opens from disk without a network and prints.")]
pub(super) struct Args {
    /// Folder of the dataset.
    dataset: PathBuf,
    /// Page to write (HTML).
    #[arg(short, long)]
    output: PathBuf,
    /// Folders in which to look for scans that have moved since the run.
    #[arg(long, value_name = "FOLDER")]
    sources: Vec<PathBuf>,
    /// Frames to show as pictures.
    #[arg(long, default_value_t = 8)]
    pictures: usize,
    /// Stretches of days to show as f-plots for each station.
    #[arg(long, default_value_t = 3)]
    stretches: usize,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let options = ReportOptions { sources: args.sources.clone(), pictures: args.pictures, stretches: args.stretches };
    let page = report(&args.dataset, &options)?;
    std::fs::write(&args.output, page).with_context(|| format!("cannot write {}", args.output.display()))?;
    Ok(Outcome::Clean)
}

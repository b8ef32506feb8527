//! `ionoscribe evaluate`.

use super::Outcome;
use crate::evaluate::{EvaluateConfig, evaluate};
use std::io::Write;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
The columns of a truth file tell what it holds: captions (caption_text), frequency marks (mark_mhz, x_px), height \
rulings (y_px), characteristics (characteristic, value), trace points (trace, x_px, y_px), frames of a strip (x, y, w, h). \
The column file names the picture; the longest common end of the paths decides.

Example:
  ionoscribe evaluate dataset/ film/truth.csv film/captions.csv film/frequency_marks.csv")]
pub(super) struct Args {
    /// Folder of the dataset.
    dataset: PathBuf,
    /// Readings in CSV.
    #[arg(required = true)]
    truth: Vec<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let report = evaluate(&args.dataset, &args.truth, &EvaluateConfig::default())?;
    let mut out = std::io::stdout().lock();
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?;
    } else {
        write!(out, "{report}")?;
    }
    Ok(Outcome::Clean)
}

//! `ionoscribe evaluate`.

use super::Outcome;
use crate::evaluate::{EvaluateConfig, Pool, Report, evaluate};
use anyhow::{Context, bail};
use std::io::Write;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
The columns of a truth file tell what it holds: captions (caption_text), frequency markers (mark_mhz, x_px), height \
markers (y_px), characteristics (characteristic, value), trace points (trace, x_px, y_px), frames of a strip (x, y, w, h). \
The column file names the picture; the longest common end of the paths decides.

Of characteristics: truth, values in the truth; scaled, how many of them the dataset has too (coverage, missed: as shares); \
errors in the characteristic's unit; in 1 unit and in 5 units, shares within so many reading units of the URSI Handbook; in \
bounds, share of truths within the dataset's bounds; half width, of the bounds; absent, readings that the film does not \
show, and false, the share of them for which the dataset has a value; letters, share of descriptive letters that agree; \
flag 1, rmse 1 and false 1, the same for values with flag 1 alone.

Example:
  ionoscribe evaluate dataset/ film/truth.csv film/captions.csv film/frequency_marks.csv
  ionoscribe evaluate c4/ ips42/ --pool film-c4/truth.csv film-ips42/truth.csv --details comparison/")]
pub(super) struct Args {
    /// Folders of datasets, and readings in CSV.
    #[arg(required = true, num_args = 2.., value_name = "DATASET|TRUTH.csv")]
    paths: Vec<PathBuf>,
    /// Report truth files of one kind together.
    #[arg(long)]
    pool: bool,
    /// Print JSON: also the groups by hour, the coverage-error curve and the reliability of confidence.
    #[arg(long)]
    json: bool,
    /// Folder for differences.csv (each reading), curve.csv and reliability.csv with their pictures curve.svg and
    /// reliability.svg.
    #[arg(long, value_name = "FOLDER")]
    details: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let (datasets, truths): (Vec<PathBuf>, Vec<PathBuf>) = args.paths.iter().cloned().partition(|path| path.is_dir());
    if datasets.is_empty() || truths.is_empty() {
        bail!("one dataset (a folder) and one truth file (CSV) are needed at least");
    }
    let pool = if args.pool { Pool::Together } else { Pool::Apart };
    let report = evaluate(&datasets, &truths, pool, &EvaluateConfig::default())?;
    if let Some(folder) = &args.details {
        write_details(&report, folder).with_context(|| format!("cannot write {}", folder.display()))?;
    }
    let mut out = std::io::stdout().lock();
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?;
    } else {
        write!(out, "{report}")?;
    }
    Ok(Outcome::Clean)
}

fn write_details(report: &Report, folder: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)?;
    let sections = || report.sections.iter();
    write_table(&folder.join("differences.csv"), sections().flat_map(|section| &section.differences))?;
    write_table(&folder.join("curve.csv"), sections().flat_map(|section| &section.curve))?;
    // Curves of several truths in one picture would run into each other.
    if let Some(section) = sections().find(|section| !section.curve.is_empty()) {
        let curve: Vec<_> = section.curve.iter().collect();
        std::fs::write(folder.join("curve.svg"), super::coverage_error_plot::draw(&curve).to_svg())?;
        let bins: Vec<_> = section.reliability.iter().collect();
        std::fs::write(folder.join("reliability.svg"), super::reliability::reliability(&bins).to_svg())?;
    }
    write_table(&folder.join("reliability.csv"), sections().flat_map(|section| &section.reliability))
}

fn write_table<T: serde::Serialize>(path: &Path, rows: impl Iterator<Item = T>) -> anyhow::Result<()> {
    let mut writer = csv::Writer::from_path(path)?;
    for row in rows {
        writer.serialize(row)?;
    }
    writer.flush()?;
    Ok(())
}

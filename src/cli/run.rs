//! `ionoscribe run`.

use super::Outcome;
use super::progress::Display;
use crate::engine::{self, Job, LayoutFile, Pipeline, PipelineError, Progress, Report, Shard, Start, is_layout};
use anyhow::Context;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ionoscribe run pipelines/isis2.toml scans/ --output dataset/
  ionoscribe run pipelines/c4.toml roll_1957.tif more/*.png --output dataset/ --threads 4
  ionoscribe run pipelines/c4.toml scans/ --output dataset/ --shard 2/8      (one of eight machines)
  ionoscribe run pipelines/tables/sodankyla.toml monthly_tables/ --output tables/    (legacy tables: text, PDF, page scans)

An interrupted run is continued by the same command; finished work is not done again.
Exit status: 0 clean; 1 complete, but some inputs failed (table failures); 2 the run failed; 130 interrupted.")]
pub(super) struct Args {
    /// Pipeline file: which calibration, and the settings of every stage; or the layout file of a table.
    pipeline: PathBuf,
    /// Folders, scans, multi-page files and strips.
    #[arg(required = true)]
    inputs: Vec<PathBuf>,
    /// Folder of the dataset; made if absent, continued if there.
    #[arg(short, long)]
    output: PathBuf,
    /// Threads to work with; 0 means one for each core.
    #[arg(long, default_value_t = 0)]
    threads: usize,
    /// Do only part I of N of the work, I from 1. All parts may write to one folder.
    #[arg(long, value_name = "I/N", value_parser = parse_shard)]
    shard: Option<Shard>,
    /// Discard what an earlier run wrote into the folder and start anew.
    #[arg(long)]
    fresh: bool,
    /// Write the report of the run to this file as JSON.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Show how much time each stage took.
    #[arg(long)]
    profile: bool,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let work = Work::load(&args.pipeline).context("the pipeline cannot be used")?;
    let job = Job {
        inputs: args.inputs.clone(),
        output: args.output.clone(),
        threads: args.threads,
        shard: args.shard.unwrap_or_default(),
        start: if args.fresh { Start::Fresh } else { Start::Continue },
    };
    let progress = Arc::new(Progress::default());
    stop_on_signals(&progress)?;
    let display = Display::start(Arc::clone(&progress));
    let result = match &work {
        Work::Film(pipeline) => engine::run(&job, pipeline, &progress),
        Work::Tables(layout) => engine::run_tables(&job, layout, &progress),
    };
    display.finish();
    let report = result?;
    if let Some(file) = &args.report {
        std::fs::write(file, serde_json::to_vec_pretty(&report)?)
            .with_context(|| format!("{}: the report cannot be written", file.display()))?;
    }
    let mut out = std::io::stdout().lock();
    print(&mut out, args, &report)?;
    if report.interrupted {
        writeln!(out, "interrupted: the same command continues")?;
        return Ok(Outcome::Interrupted);
    }
    Ok(if report.failed() > 0 { Outcome::SomeFailed } else { Outcome::Clean })
}

/// What the pipeline file asks for.
enum Work {
    Film(Box<Pipeline>),
    Tables(Box<LayoutFile>),
}

impl Work {
    fn load(path: &Path) -> Result<Self, PipelineError> {
        if is_layout(path) {
            LayoutFile::load(path).map(|file| Self::Tables(Box::new(file)))
        } else {
            Pipeline::load(path).map(|pipeline| Self::Film(Box::new(pipeline)))
        }
    }
}

/// The first signal lets frames in flight finish, the second ends the program.
fn stop_on_signals(progress: &Arc<Progress>) -> anyhow::Result<()> {
    let progress = Arc::clone(progress);
    ctrlc::set_handler(move || {
        if progress.is_stopped() {
            std::process::exit(130);
        }
        progress.stop();
        // Nothing can be done if standard error is gone.
        let _ = writeln!(std::io::stderr(), "\nstopping after the frames in flight; once more to stop at once");
    })
    .context("the handler for interruptions cannot be set")
}

fn parse_shard(text: &str) -> Result<Shard, String> {
    let parts = text.split_once('/').and_then(|(i, n)| Some((i.parse::<usize>().ok()?, n.parse::<usize>().ok()?)));
    match parts {
        Some((i, n)) if (1..=n).contains(&i) => Ok(Shard { index: i - 1, count: n }),
        _ => Err("expected I/N with I from 1 to N, such as 2/8".to_owned()),
    }
}

fn print(out: &mut impl Write, args: &Args, report: &Report) -> std::io::Result<()> {
    writeln!(out, "dataset    {}", args.output.display())?;
    let (frames, now, before) = (report.frames, report.frames_now, report.segments_before);
    write!(out, "frames     {frames}")?;
    if before > 0 {
        write!(out, " ({before} of {} segments were finished before)", report.segments)?;
    }
    if now > 0 {
        write!(out, "; {now} in {:.1} s, {:.1} frames/s", report.seconds, report.frames_per_second)?;
    }
    writeln!(out)?;
    for (status, count) in &report.statuses {
        writeln!(out, "{count:>9}  {status}")?;
        for (reason, count) in &report.reasons {
            match reason.split_once(": ") {
                Some((of, reason)) if of == status => writeln!(out, "{count:>18}  {reason}")?,
                _ => {}
            }
        }
    }
    if report.failed() > 0 {
        writeln!(out, "failures   {} (table failures)", report.failed())?;
        for (class, count) in &report.failures {
            writeln!(out, "{count:>9}  {class}")?;
        }
    }
    for (axis, worst) in [("frequency", &report.worst_frequency_px), ("height", &report.worst_height_px)] {
        if let Some(worst) = worst.first() {
            writeln!(out, "worst {axis} residual {:.2} px: {}", worst.residual_px, worst.source_file)?;
        }
    }
    if args.profile {
        let sum: f64 = report.stages.iter().map(|time| time.seconds).sum();
        for time in &report.stages {
            let frames = report.frames_now.max(1) as f64;
            let (share, each) = (100.0 * time.seconds / sum.max(1e-9), 1000.0 * time.seconds / frames);
            writeln!(out, "{:>10}  {:8.2} s  {share:5.1} %  {each:7.2} ms/frame", time.stage, time.seconds)?;
        }
    } else if let Some(slowest) = report.stages.iter().max_by(|a, b| a.seconds.total_cmp(&b.seconds))
        && now > 0
    {
        writeln!(out, "slowest stage {}, {:.1} s over all threads", slowest.stage, slowest.seconds)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_count_from_one() {
        assert_eq!(parse_shard("1/3"), Ok(Shard { index: 0, count: 3 }));
        assert_eq!(parse_shard("3/3"), Ok(Shard { index: 2, count: 3 }));
        for wrong in ["0/3", "4/3", "3", "a/b", "1/0", "-1/3", ""] {
            assert!(parse_shard(wrong).is_err(), "{wrong}");
        }
    }
}

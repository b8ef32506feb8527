//! `ionoscribe inspect`.

use super::Outcome;
use crate::engine::{
    LayoutFile, Pipeline, Stopwatch, extract_frame, is_layout, label_frame, resolve_metadata, scale_frame,
};
use crate::frame;
use crate::ingest::{RollInput, Strip, discover};
use crate::model::{Failure, Scan, Source};
use crate::plot::{Stages, overlay, table_page};
use crate::roll::ManifestEntry;
use crate::table::page::read_page;
use anyhow::{Context, anyhow, bail};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ionoscribe inspect pipelines/isis2.toml scans/frame_0001.png --output overlay.png
  ionoscribe inspect pipelines/c4.toml roll_1957.tif --frame 12 --output overlay.png
  ionoscribe inspect pipelines/tables/sodankyla.toml monthly_table.png --output overlay.png    (a page of a table)

The frame is judged by itself: what a run infers from neighbouring frames is not used.")]
pub(super) struct Args {
    /// Pipeline file.
    pipeline: PathBuf,
    /// Scan, strip or multi-page file.
    image: PathBuf,
    /// Frame of a strip or page of a file, counted from 0.
    #[arg(long, default_value_t = 0)]
    frame: u32,
    /// Picture to write (PNG).
    #[arg(short, long)]
    output: PathBuf,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Outcome> {
    if is_layout(&args.pipeline) {
        return table(args);
    }
    let pipeline = Pipeline::load(&args.pipeline)?;
    let (scan, manifest) = open(args, &pipeline)?;
    let stopwatch = Stopwatch::default();
    let image = args.image.display();
    let told = |failure: Failure| anyhow!("{image}: {}: {}", failure.stage, failure.message);
    let extracted = extract_frame(&scan, &manifest, &pipeline, &stopwatch).map_err(|(failure, _)| told(failure))?;
    let record = extracted.clone().record(scan.source.clone(), 0, manifest);
    let metadata = resolve_metadata(std::slice::from_ref(&record), &pipeline)
        .into_iter()
        .next()
        .context("no metadata resolved")?;
    let result = scale_frame(&record, metadata, &pipeline, &stopwatch).map_err(|stopped| told(stopped.0))?;
    let labels = label_frame(&record, &result.metadata, &pipeline);
    let picture = overlay(&Stages {
        labels: labels.as_ref(),
        scan: &scan,
        frame: &extracted.frame,
        caption: &extracted.caption,
        grid: &extracted.grid,
        echogram: extracted.echogram.as_ref(),
        ridges: &extracted.ridges,
        metadata: &result.metadata,
        traces: &result.traces,
        characteristics: &result.characteristics,
        qc: &result.qc,
        calibration: &pipeline.calibration,
    });
    picture.save(&args.output).with_context(|| format!("cannot write {}", args.output.display()))?;
    Ok(Outcome::Clean)
}

/// A page of a table: its grid, its readings and the failed checks.
fn table(args: &Args) -> anyhow::Result<Outcome> {
    let layout = LayoutFile::load(&args.pipeline)?.layout;
    let image = args.image.display();
    let discovery = discover(std::slice::from_ref(&args.image), &layout.ingest);
    if let Some(failure) = discovery.failures.first() {
        bail!("{}: {}", failure.source_file, failure.message);
    }
    let mut scans = discovery.rolls.iter().flat_map(|roll| match &roll.input {
        RollInput::Scans(scans) => scans.as_slice(),
        RollInput::Strip(_) => &[],
    });
    let scan = scans.nth(args.frame as usize).with_context(|| format!("{image} has no page {}", args.frame))?;
    let picture = scan.open(&layout.ingest)?.picture;
    let drawn = table_page(&picture, &read_page(&picture, &layout), &layout);
    drawn.save(&args.output).with_context(|| format!("cannot write {}", args.output.display()))?;
    Ok(Outcome::Clean)
}

/// The scan of the frame asked for, or the part of the strip that shows it, and what a manifest says of it.
fn open(args: &Args, pipeline: &Pipeline) -> anyhow::Result<(Scan, ManifestEntry)> {
    let Pipeline { settings, calibration, .. } = pipeline;
    let image = args.image.display();
    let discovery = discover(std::slice::from_ref(&args.image), &settings.ingest);
    if let Some(failure) = discovery.failures.first() {
        bail!("{}: {}", failure.source_file, failure.message);
    }
    let index = args.frame as usize;
    let mut pages = 0;
    for roll in &discovery.rolls {
        match &roll.input {
            RollInput::Strip(reference) => {
                let strip = Strip::open(reference, &settings.ingest)?;
                let boxes = frame::find_frames(strip.overview(), strip.factor(), calibration, &settings.frame);
                let count = boxes.len();
                let Some(found) = boxes.get(index) else {
                    bail!("{image} shows {count} frames; --frame counts from 0");
                };
                let source = Source { page: args.frame, ..strip.source().clone() };
                return Ok((
                    Scan { picture: strip.window(*found)?, source },
                    ManifestEntry::clone(&reference.manifest),
                ));
            }
            RollInput::Scans(scans) => match scans.get(index - pages) {
                Some(scan) => return Ok((scan.open(&settings.ingest)?, ManifestEntry::clone(&scan.manifest))),
                None => pages += scans.len(),
            },
        }
    }
    bail!("{image} has {pages} frames; --frame counts from 0")
}

//! The batch over table files: like that over film, but that each file is a piece of work of its own.

use super::input::{LayoutFile, failure, files, hash, read};
use super::rows::{NOTES, Provenance, rows};
use crate::dataset::{Commit, Dataset, DatasetError, FORMAT_VERSION, Identity, Input, Rows};
use crate::engine::segment::stem;
use crate::engine::{EngineError, Job, Progress, Report, guard};
use crate::model::Failure;
use crate::table::Layout;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Reads the inputs of a job by a layout and writes the dataset. Finished files are not read again; the dataset does
/// not depend on the number of threads, on interruptions, or on how the job was shared out.
pub fn run_tables(job: &Job, file: &LayoutFile, progress: &Progress) -> Result<Report, EngineError> {
    let begin = Instant::now();
    let identity = Identity {
        format_version: FORMAT_VERSION.to_owned(),
        engine_version: env!("CARGO_PKG_VERSION").to_owned(),
        pipeline_sha256: file.sha256.clone(),
        calibration_id: file.layout.table.clone(),
        calibration_sha256: file.sha256.clone(),
    };
    let mut report = job.carry_out(&identity, |dataset| {
        let report = Mutex::new(Report::default());
        let (paths, missing) = files(&job.inputs);
        if job.shard.index == 0 {
            let names =
                job.inputs.iter().map(|input| input.to_string_lossy().into_owned()).collect::<Vec<_>>().join("\0");
            let segment = format!("discovery-{}", &hash(names.as_bytes())[..8]);
            let rows = Rows { failures: missing, ..Rows::default() };
            dataset.remove_segment(&segment)?;
            if !rows.failures.is_empty() || paths.is_empty() {
                progress.fail(rows.failures.len() as u64);
                commit(dataset, segment, String::new(), Input::default(), rows, &report)?;
            }
        }
        let mine: Vec<_> = paths.iter().skip(job.shard.index).step_by(job.shard.count.max(1)).collect();
        progress.expect(mine.len() as u64);
        mine.par_iter().try_for_each(|path| {
            if progress.is_stopped() { Ok(()) } else { one(path, &file.layout, dataset, progress, &report) }
        })?;
        Ok(report.into_inner().unwrap_or_else(PoisonError::into_inner))
    })?;
    report.complete = !progress.is_stopped();
    report.interrupted = progress.is_stopped();
    report.frames_now = progress.done();
    report.seconds = begin.elapsed().as_secs_f64();
    report.frames_per_second = report.frames_now as f64 / report.seconds.max(1e-9);
    Ok(report)
}

/// Reads and commits one file, unless that was done before.
fn one(
    path: &Path,
    layout: &Layout,
    dataset: &Dataset,
    progress: &Progress,
    report: &Mutex<Report>,
) -> Result<(), DatasetError> {
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let segment = stem(&name, path);
    let size = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    let told = format!("{}\0{size}", path.to_string_lossy());
    let input = Input { pictures: 1, sha256: hash(told.as_bytes()) };
    lock(report).segments += 1;
    match dataset.commit(&segment)? {
        Some(known) if known.input == input => {
            dataset.remove_work_files(&segment)?;
            let mut report = lock(report);
            report.segments_before += 1;
            report.add(&known);
            progress.fail(known.failed());
            progress.advance(1);
            return Ok(());
        }
        Some(_) => dataset.remove_segment(&segment)?,
        None => {}
    }
    let rows = match guard(|| read_file(path, layout)) {
        Ok(rows) => rows,
        Err(panic) => Rows { failures: vec![failure(path, None, "table", "panic", &panic)], ..Rows::default() },
    };
    for failure in &rows.failures {
        tracing::warn!("{}: {} ({})", failure.source_file, failure.message, failure.stage);
    }
    progress.fail(rows.failures.len() as u64);
    progress.advance(1);
    commit(dataset, segment, name, input, rows, report)
}

/// All rows of a file.
fn read_file(path: &Path, layout: &Layout) -> Rows {
    let mut all = Rows::default();
    let content = match read(path, layout) {
        Ok(content) => content,
        Err(failure) => {
            all.failures.push(failure);
            return all;
        }
    };
    let source_file = path.to_string_lossy().replace('\\', "/");
    for (page, parsed) in &content.pages {
        let (notes, failed): (Vec<_>, Vec<_>) =
            parsed.diagnostics.iter().partition(|diagnostic| NOTES.contains(&diagnostic.class));
        for diagnostic in failed {
            let place = if diagnostic.line > 0 { format!("line {}: ", diagnostic.line) } else { String::new() };
            let message = format!("{place}{}", diagnostic.message);
            all.failures.push(failure(path, Some(*page), "table", diagnostic.class, &message));
        }
        for (number, monthly_table) in parsed.tables.iter().enumerate() {
            let from = Provenance { source_file: &source_file, sha256: &content.sha256, page: *page, number };
            all.append(rows(monthly_table, &from, &notes, layout));
        }
    }
    bounded(&mut all.failures);
    all
}

/// Most failures of one class that a file may add: a file in another layout fails on every line.
const MOST_ALIKE: usize = 100;

fn bounded(failures: &mut Vec<Failure>) {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for failure in failures.iter() {
        *counts.entry(failure.class.clone()).or_default() += 1;
    }
    let mut kept: BTreeMap<String, usize> = BTreeMap::new();
    failures.retain_mut(|failure| {
        let count = counts.get(&failure.class).copied().unwrap_or(0);
        let kept = kept.entry(failure.class.clone()).or_default();
        *kept += 1;
        if *kept == MOST_ALIKE && count > MOST_ALIKE {
            failure.message.push_str(&format!("; {} more of this kind are not listed", count - MOST_ALIKE));
        }
        *kept <= MOST_ALIKE
    });
}

fn commit(
    dataset: &Dataset,
    segment: String,
    roll: String,
    input: Input,
    rows: Rows,
    report: &Mutex<Report>,
) -> Result<(), DatasetError> {
    let mut commit = Commit {
        segment,
        roll,
        identity: dataset.identity().clone(),
        input,
        statuses: BTreeMap::new(),
        reasons: BTreeMap::new(),
        failures: BTreeMap::new(),
        files: Vec::new(),
    };
    for row in &rows.frames {
        *commit.statuses.entry(row.status.as_str().to_owned()).or_default() += 1;
    }
    for failure in &rows.failures {
        *commit.failures.entry(format!("{}: {}", failure.stage, failure.class)).or_default() += 1;
    }
    let commit = dataset.write(commit, rows)?;
    lock(report).add(&commit);
    Ok(())
}

fn lock(report: &Mutex<Report>) -> std::sync::MutexGuard<'_, Report> {
    report.lock().unwrap_or_else(PoisonError::into_inner)
}

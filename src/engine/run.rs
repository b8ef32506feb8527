//! The batch: discovers the inputs, cuts them into segments, works on those that are not finished, and commits them.

use super::duplicates::duplicates;
use super::evidence::Outcome;
use super::open::OpenSegment;
use super::queue::{Queue, Task};
use super::scale_frame::{compare, resolve_metadata, rows, scale_frame};
use super::{EngineError, FrameRecord, Job, Pictures, Pipeline, Progress, Report, Segment, Shard, Stopwatch, cut};
use crate::dataset::{Commit, Dataset, DatasetError, FORMAT_VERSION, Identity, Input, Pending, Rows};
use crate::ingest::discover;
use crate::model::Failure;
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Runs a job to its end, or until `progress` is asked to stop. The dataset does not depend on the number of threads,
/// on interruptions, or on how the job was shared out.
pub fn run(job: &Job, pipeline: &Pipeline, progress: &Progress) -> Result<Report, EngineError> {
    let identity = Identity {
        format_version: FORMAT_VERSION.to_owned(),
        engine_version: env!("CARGO_PKG_VERSION").to_owned(),
        pipeline_sha256: pipeline.pipeline_sha256.clone(),
        calibration_id: pipeline.calibration.id.clone(),
        calibration_sha256: pipeline.calibration_sha256.clone(),
    };
    job.carry_out(&identity, |dataset| {
        let (stopwatch, report) = (Stopwatch::default(), Mutex::default());
        let mut batch = Batch { dataset, pipeline, progress, stopwatch, report, occurrences: BTreeMap::new() };
        batch.run(job)?;
        Ok(batch.report.into_inner().unwrap_or_else(PoisonError::into_inner))
    })
}

/// Finished segments that may wait for the disk, beside the one that is being written.
const WAITING: usize = 1;

struct Batch<'a> {
    dataset: &'a Dataset,
    pipeline: &'a Pipeline,
    progress: &'a Progress,
    stopwatch: Stopwatch,
    report: Mutex<Report>,
    /// Which occurrence of its contents a file is, where that is not the first.
    occurrences: BTreeMap<String, u32>,
}

/// A segment that is not finished, and what goes into it.
pub(super) struct PendingSegment<'a> {
    pub(super) segment: &'a Segment,
    pub(super) input: Input,
}

impl Batch<'_> {
    fn run(&mut self, job: &Job) -> Result<(), DatasetError> {
        let start = Instant::now();
        let found = self.stopwatch.time("ingest", || discover(&job.inputs, &self.pipeline.settings.ingest));
        let segments = cut(found.rolls, &self.pipeline.settings.engine);
        if job.shard.index == 0 {
            self.record_discovery(&job.inputs, found.failures, segments.is_empty())?;
        }
        let unfinished_segments = self.unfinished(&segments, job.shard)?;
        if !unfinished_segments.is_empty() {
            self.occurrences = self.stopwatch.time("ingest", || duplicates(segments.iter()));
        }
        let before = self.progress.done();
        if !unfinished_segments.is_empty() {
            self.work(&unfinished_segments)?;
        }
        let stopped = self.progress.is_stopped();
        let mut report = self.report();
        report.complete = !stopped;
        report.interrupted = stopped;
        report.close(start.elapsed(), self.progress.done() - before, &self.stopwatch);
        Ok(())
    }

    /// Commits the inputs that discovery could not use, as a piece of work of its own.
    fn record_discovery(&self, inputs: &[PathBuf], failures: Vec<Failure>, empty: bool) -> Result<(), DatasetError> {
        let name = format!("discovery-{}", &hash(inputs.iter().map(|input| input.to_string_lossy().into_owned()))[..8]);
        if failures.is_empty() && !empty {
            return self.dataset.remove_segment(&name);
        }
        for failure in &failures {
            tracing::warn!("{}: {} ({})", failure.source_file, failure.message, failure.stage);
        }
        self.progress.fail(failures.len() as u64);
        let texts = failures.iter().map(|f| format!("{} {} {} {}", f.source_file, f.stage, f.class, f.message));
        let input = Input { pictures: failures.len() as u64, sha256: hash(texts) };
        match self.dataset.commit(&name)? {
            Some(commit) if commit.input == input => self.report().add(&commit),
            _ => {
                self.dataset.remove_segment(&name)?;
                let rows = Rows { failures, ..Rows::default() };
                self.store(self.encode(name, String::new(), input, rows)?)?;
            }
        }
        Ok(())
    }

    /// The segments of this shard that are not finished. Finished ones are counted; those whose inputs changed are
    /// removed.
    fn unfinished<'r>(&self, segments: &'r [Segment], shard: Shard) -> Result<Vec<PendingSegment<'r>>, DatasetError> {
        let mut unfinished_segments = Vec::new();
        for segment in segments.iter().skip(shard.index).step_by(shard.count.max(1)) {
            self.report().segments += 1;
            let input = segment.input();
            match self.dataset.commit(&segment.name)? {
                Some(commit) if commit.input == input => {
                    self.dataset.remove_work_files(&segment.name)?;
                    let mut report = self.report();
                    report.segments_before += 1;
                    report.add(&commit);
                    self.progress.fail(commit.failed());
                    continue;
                }
                Some(_) => {
                    tracing::warn!("{}: the pictures have changed; the segment is done again", segment.name);
                    self.dataset.remove_segment(&segment.name)?;
                }
                None => {}
            }
            if let Pictures::Scans(scans) = &segment.pictures {
                self.progress.expect(scans.len() as u64);
            }
            unfinished_segments.push(PendingSegment { segment, input });
        }
        Ok(unfinished_segments)
    }

    /// Both passes over segments. Every thread takes the next frame until none is left; whoever does the last frame of
    /// a segment concludes and writes it, while the others go on with the next one.
    fn work(&self, unfinished_segments: &[PendingSegment<'_>]) -> Result<(), DatasetError> {
        let queue = Queue::new(unfinished_segments);
        let failed: Mutex<Option<DatasetError>> = Mutex::new(None);
        let fail = |error| {
            // The first error is the one that tells; the others follow from it.
            failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
            queue.close();
        };
        std::thread::scope(|scope| {
            let (to_disk, finished) = sync_channel(WAITING);
            scope.spawn(|| finished.into_iter().for_each(|pending| self.store(pending).unwrap_or_else(&fail)));
            rayon::broadcast(|_| {
                while !self.progress.is_stopped() {
                    let Some(task) = queue.next() else { break };
                    self.task(&queue, task, &to_disk).unwrap_or_else(&fail);
                }
            });
            drop(to_disk);
        });
        failed.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
    }

    /// One thing to do: open a segment, or look at a frame.
    fn task<'t>(&self, queue: &Queue<'t>, task: Task<'t>, to_disk: &SyncSender<Pending>) -> Result<(), DatasetError> {
        let (dataset, pipeline, progress, stopwatch) = (self.dataset, self.pipeline, self.progress, &self.stopwatch);
        match task {
            Task::Open(PendingSegment { segment, input }, opening) => {
                let segment =
                    Arc::new(OpenSegment::open(segment, input.clone(), dataset, pipeline, progress, stopwatch));
                if segment.is_complete() {
                    drop(opening);
                    return self.finish(&segment, to_disk);
                }
                queue.add(opening, segment);
                Ok(())
            }
            Task::Frame(segment, frame) => {
                if segment.work(frame, pipeline, progress, stopwatch)? {
                    self.finish(&segment, to_disk)
                } else {
                    Ok(())
                }
            }
        }
    }

    /// Pass 2 over a segment whose frames were all looked at. The disk is left to the writer: it waits, and workers do
    /// not, but when several segments wait for it already.
    fn finish(&self, open: &OpenSegment<'_>, to_disk: &SyncSender<Pending>) -> Result<(), DatasetError> {
        let (name, roll, input) = (open.segment.name.clone(), open.segment.roll.clone(), open.input.clone());
        let rows = gather(&roll, open.take_outcomes(), self.pipeline, &self.occurrences, &self.stopwatch);
        self.report().note(&rows);
        let pending = self.encode(name, roll, input, rows)?;
        // Who is to take it has ended only if something went wrong before.
        let _ = to_disk.send(pending);
        Ok(())
    }

    fn store(&self, pending: Pending) -> Result<(), DatasetError> {
        let commit = self.stopwatch.time("dataset", || self.dataset.store(pending))?;
        self.report().add(&commit);
        Ok(())
    }

    fn report(&self) -> MutexGuard<'_, Report> {
        self.report.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn encode(&self, segment: String, roll: String, input: Input, rows: Rows) -> Result<Pending, DatasetError> {
        let mut commit = Commit {
            segment,
            roll,
            identity: self.dataset.identity().clone(),
            input,
            statuses: BTreeMap::new(),
            reasons: BTreeMap::new(),
            failures: BTreeMap::new(),
            files: Vec::new(),
        };
        for row in &rows.frames {
            *commit.statuses.entry(row.status.as_str().to_owned()).or_default() += 1;
            for reason in row.reason.split("; ").filter(|reason| !reason.is_empty()) {
                let reason = without_numbers(reason);
                *commit.reasons.entry(format!("{}: {reason}", row.status.as_str())).or_default() += 1;
            }
        }
        for failure in &rows.failures {
            *commit.failures.entry(format!("{}: {}", failure.stage, failure.class)).or_default() += 1;
        }
        self.stopwatch.time("dataset", || self.dataset.encode(commit, rows))
    }
}

/// Pass 2 over one segment.
fn gather(
    roll: &str,
    outcomes: Vec<Outcome>,
    pipeline: &Pipeline,
    occurrences: &BTreeMap<String, u32>,
    stopwatch: &Stopwatch,
) -> Rows {
    let mut all = Rows::default();
    let mut records = Vec::with_capacity(outcomes.len());
    for outcome in outcomes {
        match outcome {
            Outcome::Frame(record) => records.push(*record),
            Outcome::Failed(failure) => all.failures.push(failure),
        }
    }
    let resolved = stopwatch.time("roll", || resolve_metadata(&records, pipeline));
    let ids: Vec<String> = records.iter().map(|record| frame_id(record, occurrences)).collect();
    let outcomes = records
        .par_iter()
        .zip(resolved)
        .map(|(record, metadata)| scale_frame(record, metadata, pipeline, stopwatch))
        .collect();
    let judged = stopwatch.time("quality", || compare(&records, outcomes, pipeline));
    let parts =
        records.iter().zip(judged).zip(ids).map(|((record, judged), id)| rows(id, roll, record, judged, pipeline));
    parts.for_each(|part| all.append(part));
    all
}

/// A name that stays the same wherever the file lies: its hash, the frame's number, and from the second occurrence of
/// the same contents on which occurrence it is.
fn frame_id(record: &FrameRecord, occurrences: &BTreeMap<String, u32>) -> String {
    let hash: String = record.source.sha256.chars().take(16).collect();
    match occurrences.get(&record.source.file) {
        Some(occurrence) => format!("{hash}-{}-{occurrence}", record.frame_index),
        None => format!("{hash}-{}", record.frame_index),
    }
}

/// A reason as a kind of reason: measured values differ from frame to frame and are not counted apart.
fn without_numbers(reason: &str) -> String {
    let mut kind = String::with_capacity(reason.len());
    for word in reason.split(' ') {
        let is_number = word.trim_end_matches([',', '.', ';', '%', ')']).parse::<f64>().is_ok();
        kind.push_str(if kind.is_empty() { "" } else { " " });
        kind.push_str(if is_number { "#" } else { word });
    }
    kind
}

fn hash(texts: impl Iterator<Item = String>) -> String {
    let mut hash = Sha256::new();
    for text in texts {
        hash.update(text.as_bytes());
        hash.update([0]);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

//! A segment being worked on: its frames, and the chunks in which their evidence is gathered.

use super::evidence::{Evidence, Outcome};
use super::extract_frame::{FrameRecord, extract_frame};
use super::{Pictures, Pipeline, Progress, Segment, Stopwatch, guard};
use crate::dataset::{Dataset, DatasetError, Input};
use crate::frame;
use crate::ingest::{ScanRef, Strip};
use crate::kernel::reuse;
use crate::model::ManifestEntry;
use crate::model::{Failure, PixelBox, Scan, Source};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// What the pictures of a segment turned out to be.
enum Frames<'a> {
    Scans(&'a [ScanRef]),
    Strip { strip: Box<Strip>, boxes: Vec<PixelBox>, manifest: &'a ManifestEntry },
    Failed(Failure),
}

/// A segment that is open for pass 1.
pub(super) struct OpenSegment<'a> {
    pub(super) segment: &'a Segment,
    pub(super) input: Input,
    frames: Frames<'a>,
    evidence: Evidence,
    chunk_frames: usize,
    chunks: Vec<Mutex<Chunk>>,
    /// Frames that are still to be looked at.
    left: AtomicUsize,
}

/// Frames that are saved together.
struct Chunk {
    outcomes: Vec<Option<Outcome>>,
    missing: usize,
}

impl<'a> OpenSegment<'a> {
    /// Opens a segment, finds the frames of a strip, and takes up the evidence that an interrupted run left.
    pub(super) fn open(
        segment: &'a Segment,
        input: Input,
        dataset: &Dataset,
        pipeline: &Pipeline,
        progress: &Progress,
        stopwatch: &Stopwatch,
    ) -> Self {
        let frames = stopwatch.time("ingest", || find_frames(segment, pipeline));
        if !matches!(frames, Frames::Scans(_)) {
            progress.expect(frames.len() as u64);
        }
        let evidence = Evidence::new(dataset.work_folder(&segment.name), key(&input, dataset));
        let chunk_frames = pipeline.settings.engine.chunk_frames.max(1) as usize;
        let mut chunks = Vec::new();
        for start in (0..frames.len()).step_by(chunk_frames) {
            let size = chunk_frames.min(frames.len() - start);
            let chunk = match evidence.load(chunks.len(), size) {
                Some(outcomes) => {
                    progress.advance(size as u64);
                    Chunk { outcomes: outcomes.into_iter().map(Some).collect(), missing: 0 }
                }
                None => Chunk { outcomes: vec![None; size], missing: size },
            };
            chunks.push(Mutex::new(chunk));
        }
        let open = Self { segment, input, frames, evidence, chunk_frames, chunks, left: AtomicUsize::new(0) };
        open.left.store(open.pending().len(), Ordering::Relaxed);
        open
    }

    /// Numbers of the frames that are still to be looked at.
    pub(super) fn pending(&self) -> Vec<usize> {
        let mut pending = Vec::new();
        for (number, chunk) in self.chunks.iter().enumerate() {
            let start = number * self.chunk_frames;
            let chunk = chunk.lock().unwrap_or_else(PoisonError::into_inner);
            if chunk.missing > 0 {
                pending.extend(start..start + chunk.outcomes.len());
            }
        }
        pending
    }

    /// All frames were looked at.
    pub(super) fn is_complete(&self) -> bool {
        self.left.load(Ordering::Acquire) == 0
    }

    /// Pass 1 on one frame; the last frame of a chunk saves it. True for the last frame of the segment.
    pub(super) fn work(
        &self,
        frame: usize,
        pipeline: &Pipeline,
        progress: &Progress,
        stopwatch: &Stopwatch,
    ) -> Result<bool, DatasetError> {
        let outcome = self.frames.extract_frame(frame, pipeline, stopwatch);
        let failed = match &outcome {
            Outcome::Failed(failure) => Some(failure),
            Outcome::Frame(record) => record.failure.as_ref(),
        };
        if let Some(failure) = failed {
            progress.fail(1);
            tracing::warn!("{}: {} ({})", failure.source_file, failure.message, failure.stage);
        }
        progress.advance(1);
        let (number, place) = (frame / self.chunk_frames, frame % self.chunk_frames);
        let mut chunk = self.chunks[number].lock().unwrap_or_else(PoisonError::into_inner);
        chunk.outcomes[place] = Some(outcome);
        chunk.missing -= 1;
        let whole = (chunk.missing == 0).then(|| chunk.outcomes.iter().flatten().cloned().collect::<Vec<Outcome>>());
        drop(chunk);
        if let Some(whole) = whole {
            self.evidence.save(number, &whole)?;
        }
        Ok(self.left.fetch_sub(1, Ordering::AcqRel) == 1)
    }

    /// The outcomes of all frames in order, once all were looked at.
    pub(super) fn take_outcomes(&self) -> Vec<Outcome> {
        let take =
            |chunk: &Mutex<Chunk>| std::mem::take(&mut chunk.lock().unwrap_or_else(PoisonError::into_inner).outcomes);
        self.chunks.iter().flat_map(take).flatten().collect()
    }
}

fn key(input: &Input, dataset: &Dataset) -> String {
    let identity = dataset.identity();
    [&identity.engine_version, &identity.pipeline_sha256, &identity.calibration_sha256, &input.sha256]
        .map(String::as_str)
        .join(" ")
}

fn find_frames<'a>(segment: &'a Segment, pipeline: &Pipeline) -> Frames<'a> {
    let strip_ref = match &segment.pictures {
        Pictures::Scans(scans) => return Frames::Scans(scans),
        Pictures::Strip(strip_ref) => strip_ref,
    };
    let failure = |stage: &str, class: &str, message: String| {
        let (source_file, stage, class) = (strip_ref.file(), stage.to_owned(), class.to_owned());
        Frames::Failed(Failure { source_file, frame_index: None, stage, class, message })
    };
    let strip = match guard(|| Strip::open(strip_ref, &pipeline.settings.ingest)) {
        Ok(Ok(strip)) => strip,
        Ok(Err(error)) => return Frames::Failed(error.failure()),
        Err(panic) => return failure("ingest", "panic", panic),
    };
    let found =
        guard(|| frame::find_frames(strip.overview(), strip.factor(), &pipeline.calibration, &pipeline.settings.frame));
    let (length, height) = strip.dimensions();
    match found {
        Ok(boxes) => {
            let inside = boxes.into_iter().map(|found| found.clamped(length, height));
            let boxes: Vec<PixelBox> = inside.filter(|found| found.w > 0 && found.h > 0).collect();
            if boxes.is_empty() {
                let message = "no frame was found on the strip; check the polarity and frame_aspect of the calibration";
                return failure("frame", "no_frame", message.to_owned());
            }
            Frames::Strip { strip: Box::new(strip), boxes, manifest: &strip_ref.manifest }
        }
        Err(panic) => failure("frame", "panic", panic),
    }
}

impl Frames<'_> {
    fn len(&self) -> usize {
        match self {
            Self::Scans(scans) => scans.len(),
            Self::Strip { boxes, .. } => boxes.len(),
            Self::Failed(_) => 1,
        }
    }

    /// Opens one frame and looks at it.
    fn extract_frame(&self, frame: usize, pipeline: &Pipeline, stopwatch: &Stopwatch) -> Outcome {
        match self {
            Self::Failed(failure) => Outcome::Failed(failure.clone()),
            Self::Scans(scans) => {
                let scan_ref = &scans[frame];
                let opened = stopwatch.time("ingest", || guard(|| scan_ref.open(&pipeline.settings.ingest)));
                let index = i32::try_from(scan_ref.page).unwrap_or(i32::MAX);
                match opened {
                    Ok(Ok(scan)) => outcome(scan, index, (0, 0), &scan_ref.manifest, pipeline, stopwatch),
                    Ok(Err(error)) => Outcome::Failed(error.failure()),
                    Err(panic) => Outcome::Failed(ingest_panic(&scan_ref.file(), index, panic)),
                }
            }
            Self::Strip { strip, boxes, manifest } => {
                let window = boxes[frame];
                let opened = stopwatch.time("ingest", || guard(|| strip.window(window)));
                let index = i32::try_from(frame).unwrap_or(i32::MAX);
                let source: &Source = strip.source();
                match opened {
                    Ok(Ok(picture)) => {
                        let scan = Scan { picture, source: source.clone() };
                        outcome(scan, index, (window.x, window.y), manifest, pipeline, stopwatch)
                    }
                    Ok(Err(error)) => Outcome::Failed(Failure { frame_index: Some(index), ..error.failure() }),
                    Err(panic) => Outcome::Failed(ingest_panic(&source.file, index, panic)),
                }
            }
        }
    }
}

fn ingest_panic(file: &str, frame_index: i32, message: String) -> Failure {
    Failure {
        source_file: file.to_owned(),
        frame_index: Some(frame_index),
        stage: "ingest".to_owned(),
        class: "panic".to_owned(),
        message,
    }
}

/// Pass 1 on an open picture that lies at `offset` in its file.
fn outcome(
    scan: Scan,
    frame_index: i32,
    (x, y): (i32, i32),
    manifest: &ManifestEntry,
    pipeline: &Pipeline,
    stopwatch: &Stopwatch,
) -> Outcome {
    let extracted = extract_frame(&scan, manifest, pipeline, stopwatch);
    let Scan { picture, source } = scan;
    reuse::give_back(picture.into_raw());
    let mut record = match extracted {
        Ok(extracted) => extracted.record(source, frame_index, manifest.clone()),
        Err((failure, None)) => return Outcome::Failed(Failure { frame_index: Some(frame_index), ..failure }),
        Err((failure, Some(frame))) => FrameRecord {
            failure: Some(Failure { frame_index: Some(frame_index), ..failure }),
            ..FrameRecord::of_frame(&frame, source, frame_index, manifest.clone())
        },
    };
    record.placement.bbox.x += x;
    record.placement.bbox.y += y;
    Outcome::Frame(Box::new(record))
}

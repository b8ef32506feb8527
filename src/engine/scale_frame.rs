//! Pass 2: what the roll decides, and the rows that follow from it.

use super::{FrameRecord, Pipeline, Stopwatch, guard};
use crate::dataset::{Axis, CharacteristicRow, FrameRow, MarkerRow, ProfileRow, QueueRow, Rows, TraceRow, ValueOrigin};
use crate::model::{AxisMarker, Calibration, Characteristic, Failure, Flag, Grid, Placement, Status, Trace};
use crate::quality::{Case, Judged, QueueConfig, Sounding, Verdict};
use crate::roll::{Clue, Decision};
use crate::scale::{Circumstances, DensityPoint, Scaled};
use crate::{quality, roll, scale, trace};

/// What was concluded of one frame.
#[derive(Debug, Clone)]
pub struct Conclusion {
    /// Station, time and axes.
    pub decision: Decision,
    /// Named traces in frame pixels.
    pub traces: Vec<Trace>,
    /// Scaled characteristics.
    pub characteristics: Vec<Characteristic>,
    /// The electron density that explains the echoes.
    pub profile: Vec<DensityPoint>,
    /// The judgement.
    pub verdict: Verdict,
}

/// Decides for all frames of a segment, in order.
pub fn decide(records: &[FrameRecord], pipeline: &Pipeline) -> Vec<Decision> {
    let clues: Vec<Clue<'_>> = records
        .iter()
        .map(|record| Clue {
            caption: &record.caption,
            grid: &record.grid,
            panel: record.panel,
            manifest: &record.manifest,
        })
        .collect();
    roll::decide(&clues, &pipeline.calibration, &pipeline.settings.roll)
}

/// Names and scales the traces of one frame with what the roll decided, and judges the frame. A frame on which the work
/// stopped keeps its failure; a panic here gives one.
pub fn conclude(
    record: &FrameRecord,
    decision: Decision,
    pipeline: &Pipeline,
    stopwatch: &Stopwatch,
) -> Result<Conclusion, Box<(Failure, Decision)>> {
    if let Some(failure) = &record.failure {
        return Err(Box::new((failure.clone(), decision)));
    }
    let Pipeline { settings, calibration, .. } = pipeline;
    let concluded = guard(|| {
        let station = decision.station_facts(calibration);
        let grid = &decision.grid;
        let traces =
            stopwatch.time("trace", || trace::label(&record.ridges, grid, station, calibration, &settings.trace));
        let circumstances = Circumstances { station, time: decision.time_utc, masked: &record.masked };
        let Scaled { characteristics, profile } =
            stopwatch.time("scale", || scale::scale(&traces, grid, &circumstances, calibration, &settings.scale));
        let case = Case {
            class: record.class,
            evidence: &record.evidence,
            caption: &record.caption,
            decision: &decision,
            traces: &traces,
            characteristics: &characteristics,
            masked_share: record.masked_share,
            band_share: record.band_share,
        };
        let verdict = stopwatch.time("quality", || quality::judge(&case, calibration, &settings.quality));
        (traces, characteristics, profile, verdict)
    });
    match concluded {
        Ok((traces, characteristics, profile, verdict)) => {
            Ok(Conclusion { decision, traces, characteristics, profile, verdict })
        }
        Err(message) => {
            let failure = Failure {
                source_file: record.source.file.clone(),
                frame_index: Some(record.frame_index),
                stage: "engine".to_owned(),
                class: "panic".to_owned(),
                message,
            };
            Err(Box::new((failure, decision)))
        }
    }
}

/// What is known of a frame before it is compared with its neighbours.
pub(super) struct Draft {
    decision: Decision,
    traces: Vec<Trace>,
    profile: Vec<DensityPoint>,
    failure: Option<Failure>,
}

/// Takes the conclusions of a segment, tests its frames against each other, and gives a draft and the final judgement of
/// each.
pub(super) fn compare(
    records: &[FrameRecord],
    outcomes: Vec<Result<Conclusion, Box<(Failure, Decision)>>>,
    pipeline: &Pipeline,
) -> Vec<(Draft, Sounding)> {
    let (drafts, mut soundings): (Vec<Draft>, Vec<Sounding>) = records
        .iter()
        .zip(outcomes)
        .map(|(record, outcome)| {
            let (decision, traces, profile, characteristics, verdict, failure) = match outcome {
                Ok(conclusion) => {
                    let Conclusion { decision, traces, characteristics, profile, verdict } = conclusion;
                    (decision, traces, profile, characteristics, verdict, None)
                }
                Err(stopped) => {
                    let (failure, decision) = *stopped;
                    let reason = format!("{}: {}", failure.stage, failure.class);
                    let verdict = Verdict { status: Status::Failed, reason, flag: Flag::Fail, values: Vec::new() };
                    (decision, Vec::new(), Vec::new(), Vec::new(), verdict, Some(failure))
                }
            };
            let station = decision.station_facts(&pipeline.calibration);
            let sounding = Sounding::new(&decision, record.panel, station, characteristics, verdict);
            (Draft { decision, traces, profile, failure }, sounding)
        })
        .unzip();
    quality::along(&mut soundings, &pipeline.settings.quality);
    drafts.into_iter().zip(soundings).collect()
}

/// The rows of one frame.
pub(super) fn rows(
    frame_id: String,
    roll: &str,
    record: &FrameRecord,
    (draft, sounding): (Draft, Sounding),
    pipeline: &Pipeline,
) -> Rows {
    let Draft { decision, traces, profile, failure } = draft;
    let place = Place { frame_id: &frame_id, decision: &decision, placement: &record.placement };
    let mut rows = Rows { failures: failure.into_iter().collect(), ..Rows::default() };
    if rows.failures.is_empty() {
        rows.traces = traces.iter().map(|trace| place.trace(trace)).collect();
        rows.markers = place.markers();
        // A frame that is rejected shows nothing to be used.
        if sounding.status == Status::Scaled {
            rows.profiles = profile.into_iter().map(|point| place.density(point)).collect();
        }
        rows.characteristics = sounding.values.iter().map(|judged| place.characteristic(judged)).collect();
        let config = &pipeline.settings.quality.queue;
        let queued = |judged| place.queued(judged, &sounding, roll, record, config);
        rows.queue = sounding.values.iter().filter_map(queued).collect();
    }
    let status = (sounding.status, sounding.reason, sounding.flag);
    rows.frames.push(frame_row(frame_id, roll, record, decision, status, &pipeline.calibration));
    rows
}

fn frame_row(
    frame_id: String,
    roll: &str,
    record: &FrameRecord,
    decision: Decision,
    (status, reason, flag): (Status, String, Flag),
    calibration: &Calibration,
) -> FrameRow {
    let grid = &decision.grid;
    FrameRow {
        frame_id,
        source_file: record.source.file.clone(),
        source_sha256: record.source.sha256.clone(),
        frame_index: record.frame_index,
        roll: roll.to_owned(),
        bbox: record.placement.bbox,
        rotation_deg: record.placement.rotation_deg,
        mirrored: record.placement.mirrored,
        inverted: record.inverted,
        station_origin: decision.station.as_ref().map(|_| decision.station_origin),
        time_utc: decision.time_utc,
        time_quality: decision.time_utc.and(decision.time_quality),
        time_origin: decision.time_utc.map(|_| decision.time_origin),
        time_confidence: decision.time_confidence,
        calibration_id: calibration.id.clone(),
        markers_found: count(grid.markers_found()),
        markers_expected: count(calibration.sweep.markers.len()),
        frequency_residual_px: grid.sweep.as_ref().map(|_| grid.frequency_residual_px),
        height_residual_px: grid.range.as_ref().map(|_| grid.height_residual_px),
        axes_origin: (grid.sweep.is_some() || grid.range.is_some()).then_some(grid.origin),
        frame_class: Some(record.class),
        status,
        reason,
        flag,
        station: decision.station,
        station_code: decision.station_code,
        caption_text: decision.caption_text,
    }
}

fn count(n: usize) -> i16 {
    i16::try_from(n).unwrap_or(i16::MAX)
}

/// Where and when: what the rows of one frame have in common.
struct Place<'a> {
    frame_id: &'a str,
    decision: &'a Decision,
    placement: &'a Placement,
}

impl Place<'_> {
    fn grid(&self) -> &Grid {
        &self.decision.grid
    }

    fn trace(&self, trace: &Trace) -> TraceRow {
        let mut row = TraceRow {
            frame_id: self.frame_id.to_owned(),
            station: self.decision.station.clone(),
            time_utc: self.decision.time_utc,
            mode: trace.mode,
            layer: trace.layer,
            hop: trace.hop,
            confidence: trace.confidence,
            frequency_mhz: Vec::new(),
            height_km: Vec::new(),
            x_px: Vec::new(),
            y_px: Vec::new(),
            amplitude: Vec::new(),
        };
        for point in &trace.ridge.points {
            let (x, y) = (f64::from(point.x), f64::from(point.y));
            if let Some(sweep) = &self.grid().sweep {
                row.frequency_mhz.push(sweep.mhz_at(x, y) as f32);
            }
            if let Some(range) = &self.grid().range {
                row.height_km.push(range.km_at(x, y) as f32);
            }
            let (scan_x, scan_y) = self.placement.to_scan(x, y);
            row.x_px.push(scan_x as f32);
            row.y_px.push(scan_y as f32);
            row.amplitude.push(point.amplitude);
        }
        row
    }

    /// Frequency and height markers, whose places are those of the reference row and column of the axes.
    fn markers(&self) -> Vec<MarkerRow> {
        let grid = self.grid();
        let mut rows = Vec::new();
        if let Some(sweep) = &grid.sweep {
            let to_scan = |x: f64| self.placement.to_scan(x, sweep.reference_y);
            rows.extend(grid.frequency_markers.iter().map(|marker| self.marker(Axis::Frequency, marker, to_scan)));
        }
        if let Some(range) = &grid.range {
            let to_scan = |y: f64| self.placement.to_scan(range.reference_x, y);
            rows.extend(grid.height_markers.iter().map(|marker| self.marker(Axis::Height, marker, to_scan)));
        }
        rows
    }

    fn marker(&self, axis: Axis, marker: &AxisMarker, to_scan: impl Fn(f64) -> (f64, f64)) -> MarkerRow {
        let fitted = to_scan(marker.fitted_px);
        MarkerRow {
            frame_id: self.frame_id.to_owned(),
            station: self.decision.station.clone(),
            time_utc: self.decision.time_utc,
            axis,
            value: marker.value,
            measured: marker.measured_px.map(&to_scan).map(|(x, y)| (x as f32, y as f32)),
            fitted_px: match axis {
                Axis::Frequency => fitted.0 as f32,
                Axis::Height => fitted.1 as f32,
            },
            residual_px: marker.measured_px.map(|measured| (measured - marker.fitted_px) as f32),
            strength: marker.strength,
        }
    }

    fn density(&self, point: DensityPoint) -> ProfileRow {
        ProfileRow {
            frame_id: self.frame_id.to_owned(),
            station: self.decision.station.clone(),
            time_utc: self.decision.time_utc,
            point,
        }
    }

    fn characteristic(&self, judged: &Judged) -> CharacteristicRow {
        let Judged { characteristic, flag, tests, .. } = judged;
        CharacteristicRow {
            frame_id: self.frame_id.to_owned(),
            station: self.decision.station.clone(),
            time_utc: self.decision.time_utc,
            name: characteristic.name,
            value: characteristic.value,
            lower: characteristic.lower,
            upper: characteristic.upper,
            qualifier: characteristic.qualifier,
            descriptor: characteristic.descriptor,
            confidence: characteristic.confidence,
            flag: *flag,
            tests: tests.join(" "),
            origin: if judged.is_added() { ValueOrigin::Estimated } else { ValueOrigin::Film },
        }
    }

    /// The row of the review queue; `None` for a value that needs no look.
    fn queued(
        &self,
        judged: &Judged,
        sounding: &Sounding,
        roll: &str,
        record: &FrameRecord,
        config: &QueueConfig,
    ) -> Option<QueueRow> {
        let Judged { characteristic, flag, tests, evidence } = judged;
        let name = characteristic.name;
        let added = |other: &&Judged| other.is_added() && other.characteristic.name == name;
        let blank = QueueRow {
            frame_id: self.frame_id.to_owned(),
            station: self.decision.station.clone(),
            time_utc: self.decision.time_utc,
            name,
            value: characteristic.value,
            suggested: sounding.values.iter().find(added).and_then(|other| other.characteristic.value),
            confidence: characteristic.confidence,
            flag: *flag,
            tests: tests.join(" "),
            evidence: *evidence,
            error_probability: 0.0,
            importance: 0.0,
            gain: 0.0,
            source_file: record.source.file.clone(),
            frame_index: record.frame_index,
            roll: roll.to_owned(),
        };
        queue_row(blank, config)
    }
}

/// A row of the review queue with its weight; `None` for a value that needs no look.
pub(super) fn queue_row(row: QueueRow, config: &QueueConfig) -> Option<QueueRow> {
    let known = (row.confidence, row.evidence);
    let review = quality::review(row.name, known, row.flag, row.tests.split_whitespace(), config)?;
    let (error_probability, importance, gain) =
        (review.error_probability as f32, review.importance as f32, review.gain as f32);
    Some(QueueRow { error_probability, importance, gain, ..row })
}

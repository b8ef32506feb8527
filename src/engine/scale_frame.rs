//! Pass 2: what the roll decides, and the rows that follow from it.

use super::{FrameRecord, Pipeline, Stopwatch, guard};
use crate::dataset::{Axis, CharacteristicRow, FrameRow, MarkerRow, ProfileRow, QueueRow, Rows, TraceRow, ValueOrigin};
use crate::label::EchoLabels;
use crate::model::{AxisMarker, Calibration, Characteristic, Failure, Flag, Grid, Placement, Sounder, Status, Trace};
use crate::quality::{FlaggedValue, QcInput, QcResult, QueueConfig, Sounding};
use crate::roll::{ResolvedMetadata, RollEvidence};
use crate::scale::{DensityPoint, Observation, Scaled};
use crate::{label, quality, roll, scale, trace};

/// What was concluded of one frame.
#[derive(Debug, Clone)]
pub struct FrameResult {
    /// Station, time and axes.
    pub metadata: ResolvedMetadata,
    /// Named traces in frame pixels.
    pub traces: Vec<Trace>,
    /// Scaled characteristics.
    pub characteristics: Vec<Characteristic>,
    /// The electron density that explains the echoes.
    pub profile: Vec<DensityPoint>,
    /// The judgement.
    pub qc: QcResult,
}

/// Decides for all frames of a segment, in order.
pub fn resolve_metadata(records: &[FrameRecord], pipeline: &Pipeline) -> Vec<ResolvedMetadata> {
    let frames: Vec<RollEvidence<'_>> = records
        .iter()
        .map(|record| RollEvidence {
            caption: &record.caption,
            grid: &record.grid,
            panel: record.panel,
            manifest: &record.manifest,
        })
        .collect();
    roll::resolve_metadata(&frames, &pipeline.calibration, &pipeline.settings.roll)
}

/// Labels the echoes of one frame on the axes that the roll decided; `None` for topside film and without axes.
pub fn label_frame(record: &FrameRecord, metadata: &ResolvedMetadata, pipeline: &Pipeline) -> Option<EchoLabels> {
    let Pipeline { settings, calibration, .. } = pipeline;
    let station = metadata.station_facts(calibration);
    let field = scale::station_field(station, metadata.time_utc, calibration, &settings.scale);
    let (band_mhz, gyros_mhz) = (scale::band(&metadata.grid, calibration), field.gyros_mhz(&settings.scale));
    label::label(&record.panel_copy, &metadata.grid, band_mhz, &gyros_mhz)
}

/// Names and scales the traces of one frame with what the roll decided, and judges the frame. A frame on which the work
/// stopped keeps its failure; a panic here gives one.
pub fn scale_frame(
    record: &FrameRecord,
    metadata: ResolvedMetadata,
    pipeline: &Pipeline,
    stopwatch: &Stopwatch,
) -> Result<FrameResult, Box<(Failure, ResolvedMetadata)>> {
    if let Some(failure) = &record.failure {
        return Err(Box::new((failure.clone(), metadata)));
    }
    let Pipeline { settings, calibration, .. } = pipeline;
    let guarded = guard(|| {
        let station = metadata.station_facts(calibration);
        let grid = &metadata.grid;
        let labels = stopwatch.time("label", || label_frame(record, &metadata, pipeline));
        let traces = match calibration.sounder {
            Sounder::Topside => stopwatch.time("trace", || trace::label_topside(&record.ridges, grid, &settings.trace)),
            Sounder::Bottomside => stopwatch.time("scale", || scale::assign(&record.ridges, labels.as_ref(), grid)),
        };
        let observation =
            Observation { station, time: metadata.time_utc, masked: &record.masked, labels: labels.as_ref() };
        let Scaled { characteristics, profile } =
            stopwatch.time("scale", || scale::scale(&traces, grid, &observation, calibration, &settings.scale));
        let input = QcInput {
            class: record.class,
            evidence: &record.evidence,
            caption: &record.caption,
            metadata: &metadata,
            traces: &traces,
            characteristics: &characteristics,
            masked_share: record.masked_share,
            band_share: record.band_share,
        };
        let qc = stopwatch.time("quality", || quality::qc_frame(&input, calibration, &settings.quality));
        (traces, characteristics, profile, qc)
    });
    match guarded {
        Ok((traces, characteristics, profile, qc)) => {
            Ok(FrameResult { metadata, traces, characteristics, profile, qc })
        }
        Err(message) => {
            let failure = Failure {
                source_file: record.source.file.clone(),
                frame_index: Some(record.frame_index),
                stage: "engine".to_owned(),
                class: "panic".to_owned(),
                message,
            };
            Err(Box::new((failure, metadata)))
        }
    }
}

/// What is known of a frame before it is compared with its neighbours.
pub(super) struct PendingFrame {
    metadata: ResolvedMetadata,
    traces: Vec<Trace>,
    profile: Vec<DensityPoint>,
    failure: Option<Failure>,
}

/// Takes the conclusions of a segment, tests its frames against each other, and gives a draft and the final judgement
/// of each.
pub(super) fn compare(
    records: &[FrameRecord],
    outcomes: Vec<Result<FrameResult, Box<(Failure, ResolvedMetadata)>>>,
    pipeline: &Pipeline,
) -> Vec<(PendingFrame, Sounding)> {
    let (pending, mut soundings): (Vec<PendingFrame>, Vec<Sounding>) = records
        .iter()
        .zip(outcomes)
        .map(|(record, outcome)| {
            let (metadata, traces, profile, characteristics, qc, failure) = match outcome {
                Ok(result) => {
                    let FrameResult { metadata, traces, characteristics, profile, qc } = result;
                    (metadata, traces, profile, characteristics, qc, None)
                }
                Err(stopped) => {
                    let (failure, metadata) = *stopped;
                    let reason = format!("{}: {}", failure.stage, failure.class);
                    let qc = QcResult { status: Status::Failed, reason, flag: Flag::Fail, values: Vec::new() };
                    (metadata, Vec::new(), Vec::new(), Vec::new(), qc, Some(failure))
                }
            };
            let station = metadata.station_facts(&pipeline.calibration);
            let sounding = Sounding::new(&metadata, record.panel, station, characteristics, qc);
            (PendingFrame { metadata, traces, profile, failure }, sounding)
        })
        .unzip();
    quality::qc_roll(&mut soundings, &pipeline.settings.quality);
    pending.into_iter().zip(soundings).collect()
}

/// The rows of one frame.
pub(super) fn rows(
    frame_id: String,
    roll: &str,
    record: &FrameRecord,
    (pending, sounding): (PendingFrame, Sounding),
    pipeline: &Pipeline,
) -> Rows {
    let PendingFrame { metadata, traces, profile, failure } = pending;
    let place = Place { frame_id: &frame_id, metadata: &metadata, placement: &record.placement };
    let mut rows = Rows { failures: failure.into_iter().collect(), ..Rows::default() };
    if rows.failures.is_empty() {
        rows.traces = traces.iter().map(|trace| place.trace(trace)).collect();
        rows.markers = place.markers();
        // A frame that is rejected shows nothing to be used.
        if sounding.status == Status::Scaled {
            rows.profiles = profile.into_iter().map(|point| place.density(point)).collect();
        }
        rows.characteristics = sounding.values.iter().map(|flagged| place.characteristic(flagged)).collect();
        let config = &pipeline.settings.quality.queue;
        let queued = |flagged| place.queued(flagged, &sounding, roll, record, config);
        rows.queue = sounding.values.iter().filter_map(queued).collect();
    }
    let status = (sounding.status, sounding.reason, sounding.flag);
    rows.frames.push(frame_row(frame_id, roll, record, metadata, status, &pipeline.calibration));
    rows
}

fn frame_row(
    frame_id: String,
    roll: &str,
    record: &FrameRecord,
    metadata: ResolvedMetadata,
    (status, reason, flag): (Status, String, Flag),
    calibration: &Calibration,
) -> FrameRow {
    let grid = &metadata.grid;
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
        station_origin: metadata.station.as_ref().map(|_| metadata.station_origin),
        time_utc: metadata.time_utc,
        time_quality: metadata.time_utc.and(metadata.time_quality),
        time_origin: metadata.time_utc.map(|_| metadata.time_origin),
        time_confidence: metadata.time_confidence,
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
        station: metadata.station,
        station_code: metadata.station_code,
        caption_text: metadata.caption_text,
    }
}

fn count(n: usize) -> i16 {
    i16::try_from(n).unwrap_or(i16::MAX)
}

/// Where and when: what the rows of one frame have in common.
struct Place<'a> {
    frame_id: &'a str,
    metadata: &'a ResolvedMetadata,
    placement: &'a Placement,
}

impl Place<'_> {
    fn grid(&self) -> &Grid {
        &self.metadata.grid
    }

    fn trace(&self, trace: &Trace) -> TraceRow {
        let mut row = TraceRow {
            frame_id: self.frame_id.to_owned(),
            station: self.metadata.station.clone(),
            time_utc: self.metadata.time_utc,
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
            station: self.metadata.station.clone(),
            time_utc: self.metadata.time_utc,
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
            station: self.metadata.station.clone(),
            time_utc: self.metadata.time_utc,
            point,
        }
    }

    fn characteristic(&self, flagged: &FlaggedValue) -> CharacteristicRow {
        let FlaggedValue { characteristic, flag, tests, .. } = flagged;
        CharacteristicRow {
            frame_id: self.frame_id.to_owned(),
            station: self.metadata.station.clone(),
            time_utc: self.metadata.time_utc,
            name: characteristic.name,
            value: characteristic.value,
            lower: characteristic.lower,
            upper: characteristic.upper,
            qualifier: characteristic.qualifier,
            descriptor: characteristic.descriptor,
            confidence: characteristic.confidence,
            flag: *flag,
            tests: tests.join(" "),
            origin: if flagged.is_added() { ValueOrigin::Estimated } else { ValueOrigin::Film },
        }
    }

    /// The row of the review queue; `None` for a value that needs no look.
    fn queued(
        &self,
        flagged: &FlaggedValue,
        sounding: &Sounding,
        roll: &str,
        record: &FrameRecord,
        config: &QueueConfig,
    ) -> Option<QueueRow> {
        let FlaggedValue { characteristic, flag, tests, evidence } = flagged;
        let name = characteristic.name;
        let added = |other: &&FlaggedValue| other.is_added() && other.characteristic.name == name;
        let blank = QueueRow {
            frame_id: self.frame_id.to_owned(),
            station: self.metadata.station.clone(),
            time_utc: self.metadata.time_utc,
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

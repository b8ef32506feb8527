//! What the tables say, counted.

use crate::dataset::{Columns, DatasetError, Table, read_table};
use crate::series::Reading;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

/// Counts over a dataset.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) frames: u64,
    pub(super) failures: u64,
    pub(super) statuses: BTreeMap<String, u64>,
    /// Values for each flag.
    pub(super) flags: BTreeMap<u8, u64>,
    /// Values that did not pass each test.
    pub(super) tests: BTreeMap<String, u64>,
    /// For each characteristic: pass, suspect, fail, missing, other.
    pub(super) names: BTreeMap<String, [u64; 5]>,
    pub(super) frequency_px: Vec<f64>,
    pub(super) height_px: Vec<f64>,
    pub(super) rolls: BTreeMap<String, Roll>,
    /// Frames by the summed gain of a review, largest first.
    pub(super) worst: Vec<WorstFrame>,
    /// Program and calibrations.
    pub(super) origins: BTreeSet<String>,
}

/// One roll.
#[derive(Debug, Default)]
pub(super) struct Roll {
    pub(super) frames: u64,
    pub(super) scaled: u64,
    pub(super) rejected: u64,
    pub(super) dated: u64,
    pub(super) inferred: u64,
    pub(super) values: u64,
    pub(super) flagged: u64,
    pub(super) frequency_px: Vec<f64>,
    pub(super) height_px: Vec<f64>,
    pub(super) reasons: BTreeMap<String, u64>,
}

impl Roll {
    /// Share of frames that are not scaled, and of values that are flagged.
    pub(super) fn trouble(&self) -> f64 {
        let share = |part: u64, all: u64| part as f64 / all.max(1) as f64;
        1.0 - share(self.scaled, self.frames) + share(self.flagged, self.values)
    }
}

/// A frame with flagged values.
#[derive(Debug, Clone, Default)]
pub(super) struct WorstFrame {
    pub(super) source_file: String,
    pub(super) frame_index: i32,
    pub(super) time: Option<Timestamp>,
    pub(super) gain: f64,
    /// Flagged values in words, most gain first.
    pub(super) values: Vec<String>,
    /// Left, top, width and height in the scan, px.
    pub(super) bbox: [i32; 4],
    /// Component and points in the scan, px.
    pub(super) traces: Vec<(String, Vec<(f64, f64)>)>,
}

/// Frames whose traces are kept.
const KEPT: usize = 64;
/// Probability of being wrong from which a value without a flag is named.
const NAMED: f64 = 0.1;

impl Facts {
    pub(super) fn read(root: &Path) -> Result<Self, DatasetError> {
        let mut facts = Self::default();
        let mut places = BTreeMap::new();
        for batch in read_table(root, Table::Frames)? {
            let columns = Columns(&batch);
            (0..batch.num_rows()).for_each(|row| facts.frame(&columns, row, &mut places));
        }
        for batch in read_table(root, Table::Characteristics)? {
            let columns = Columns(&batch);
            (0..batch.num_rows()).for_each(|row| facts.value(&columns, row, &places));
        }
        let mut worst = BTreeMap::<String, (WorstFrame, Vec<(f64, String)>)>::new();
        for batch in read_table(root, Table::Queue)? {
            let columns = Columns(&batch);
            for row in 0..batch.num_rows() {
                let text = |name| columns.text(name, row).unwrap_or_default();
                let gain = columns.number("gain", row).unwrap_or_default();
                let (frame, values) = worst.entry(text("frame_id")).or_default();
                frame.source_file = text("source_file");
                frame.frame_index = columns.integer("frame_index", row).unwrap_or_default();
                frame.time = columns.time(row);
                frame.gain += gain;
                let value = columns.number("value", row).map_or_else(String::new, |value| format!(" {value:.2}"));
                let tests = text("tests");
                // Unflagged values are queued from a small doubt on: the page names those that need a look.
                if !tests.is_empty() || columns.number("error_probability", row).unwrap_or_default() >= NAMED {
                    let tests = if tests.is_empty() { "may be wrong" } else { tests.as_str() };
                    values.push((gain, format!("{}{value}: {tests}", text("characteristic"))));
                }
            }
        }
        let mut ids: Vec<(String, WorstFrame)> = worst
            .into_iter()
            .map(|(id, (mut frame, mut values))| {
                values.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
                frame.values = values.into_iter().map(|(_, words)| words).collect();
                (id, frame)
            })
            .collect();
        ids.sort_by(|a, b| b.1.gain.total_cmp(&a.1.gain).then_with(|| a.0.cmp(&b.0)));
        ids.truncate(KEPT);
        for batch in read_table(root, Table::Traces)? {
            let columns = Columns(&batch);
            for row in 0..batch.num_rows() {
                let id = columns.text("frame_id", row).unwrap_or_default();
                let Some((_, frame)) = ids.iter_mut().find(|(other, _)| *other == id) else { continue };
                let points = columns.list("x_px", row).into_iter().zip(columns.list("y_px", row)).collect();
                frame.traces.push((columns.text("mode", row).unwrap_or_default(), points));
            }
        }
        for (id, frame) in &mut ids {
            frame.bbox = places.get(id).map_or([0; 4], |(_, bbox)| *bbox);
        }
        facts.worst = ids.into_iter().map(|(_, frame)| frame).collect();
        for batch in read_table(root, Table::Failures)? {
            facts.failures += batch.num_rows() as u64;
        }
        Ok(facts)
    }

    fn frame(&mut self, columns: &Columns<'_>, row: usize, places: &mut BTreeMap<String, (String, [i32; 4])>) {
        let text = |name| columns.text(name, row).unwrap_or_default();
        let side = |name| columns.integer(name, row).unwrap_or_default();
        let (name, status) = (text("roll"), text("status"));
        let bbox = ["bbox_x", "bbox_y", "bbox_w", "bbox_h"].map(side);
        places.insert(text("frame_id"), (name.clone(), bbox));
        self.origins.insert(format!("ionoscribe {}, calibration {}", text("engine_version"), text("calibration_id")));
        self.frames += 1;
        let roll = self.rolls.entry(name).or_default();
        roll.frames += 1;
        roll.scaled += u64::from(status == "scaled");
        roll.rejected += u64::from(status == "rejected" || status == "failed");
        roll.dated += u64::from(columns.time(row).is_some());
        roll.inferred += u64::from(columns.text("time_origin", row).is_some_and(|origin| origin == "inferred"));
        for (name, all, own) in [
            ("frequency_residual_px", &mut self.frequency_px, &mut roll.frequency_px),
            ("height_residual_px", &mut self.height_px, &mut roll.height_px),
        ] {
            let px = columns.number(name, row).filter(|px| *px > 0.0);
            all.extend(px);
            own.extend(px);
        }
        for reason in text("reason").split("; ").filter(|reason| !reason.is_empty()) {
            *roll.reasons.entry(reason.to_owned()).or_default() += 1;
        }
        *self.statuses.entry(status).or_default() += 1;
    }

    fn value(&mut self, columns: &Columns<'_>, row: usize, places: &BTreeMap<String, (String, [i32; 4])>) {
        let flag = columns.integer("flag", row).and_then(|flag| u8::try_from(flag).ok()).unwrap_or(2);
        *self.flags.entry(flag).or_default() += 1;
        let kind = match flag {
            1 => 0,
            3 => 1,
            4 => 2,
            9 => 3,
            _ => 4,
        };
        self.names.entry(columns.text("characteristic", row).unwrap_or_default()).or_default()[kind] += 1;
        for test in columns.text("tests", row).unwrap_or_default().split_whitespace() {
            *self.tests.entry(test.to_owned()).or_default() += 1;
        }
        let place = columns.text("frame_id", row).and_then(|id| places.get(&id));
        if let Some(roll) = place.and_then(|(name, _)| self.rolls.get_mut(name)).filter(|_| flag != 9) {
            roll.values += 1;
            roll.flagged += u64::from(matches!(flag, 3 | 4));
        }
    }
}

/// Median of some numbers.
pub(super) fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied()
}

/// Stations that are shown.
const STATIONS: usize = 6;

/// For each station the first days of the stretches with most flagged values, in order of time; stretches do not overlap.
pub(super) fn stretches(readings: &[Reading], days: i64, most: usize) -> Vec<(Option<Arc<str>>, Vec<i64>)> {
    let mut stations = BTreeMap::<Option<Arc<str>>, BTreeMap<i64, (u64, u64)>>::new();
    for reading in readings {
        let Some(time) = reading.time else { continue };
        let day = stations.entry(reading.station.clone()).or_default();
        let (flagged, all) = day.entry(time.as_second().div_euclid(86_400)).or_default();
        *flagged += u64::from(matches!(reading.flag, 3 | 4));
        *all += 1;
    }
    let mut chosen = Vec::new();
    for (station, counts) in stations {
        let mut rest = counts.clone();
        let mut starts = Vec::new();
        while starts.len() < most && !rest.is_empty() {
            let weight = |start: i64| {
                rest.range(start..start + days).fold((0, 0), |sum, (_, count)| (sum.0 + count.0, sum.1 + count.1))
            };
            let Some(start) = rest.keys().copied().max_by_key(|&start| (weight(start), std::cmp::Reverse(start)))
            else {
                break;
            };
            starts.push(start);
            rest.retain(|day, _| !(start..start + days).contains(day));
        }
        starts.sort_unstable();
        chosen.push((station, starts));
    }
    chosen.truncate(STATIONS);
    chosen
}

//! Tests along the roll, and the estimate from the sequence.
//!
//! In: the judged frames of a segment in the order of the film. Out: the same with more tests and flags, confidences
//! that the sequence has revised, and added values with letter I or T.

mod added;
mod neighbour_fit;
mod inherited;
mod clock;
mod characteristic_series;
mod drift;
pub(super) mod envelope;
mod expected;
mod shape;
mod sample;
mod flat_line;

pub use drift::Axes;
pub(super) use neighbour_fit::NeighbourFit;

use super::background::Place;
use super::catalogue::{test_named, worst_flag};
use super::error_probability::{self, Facts};
use super::relations::Relations;
use super::{QcResult, QualityConfig};
use crate::model::{Characteristic, Flag, PixelBox, Status};
use crate::roll::ResolvedMetadata;
use jiff::Timestamp;

/// One frame as its neighbours see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Sounding {
    /// Station, if known.
    pub station: Option<String>,
    /// The station's place.
    pub place: Option<Place>,
    /// The station's gyrofrequency, MHz.
    pub gyro_mhz: Option<f64>,
    /// Time, if known.
    pub time: Option<Timestamp>,
    /// 1 second, 2 minute, 3 hour, 4 day.
    pub time_quality: Option<u8>,
    /// The frame's own axes; `None` if they were not measured on it.
    pub axes: Option<Axes>,
    /// How the frame counts.
    pub status: Status,
    /// Why.
    pub reason: String,
    /// The frame's flag.
    pub flag: Flag,
    /// Its values, and after them what the sequence adds.
    pub values: Vec<FlaggedValue>,
}

/// A characteristic with its judgement.
#[derive(Debug, Clone, PartialEq)]
pub struct FlaggedValue {
    /// The characteristic.
    pub characteristic: Characteristic,
    /// Its flag.
    pub flag: Flag,
    /// Names of the tests that it does not pass, sorted.
    pub tests: Vec<&'static str>,
    /// Log odds that it is wrong, but for these tests; `None` before the frames were compared, and where nothing is known.
    pub evidence: Option<f32>,
}

impl Sounding {
    /// A judged frame.
    pub fn new(
        metadata: &ResolvedMetadata,
        panel: PixelBox,
        station: Option<&crate::model::Station>,
        characteristics: Vec<Characteristic>,
        qc: QcResult,
    ) -> Self {
        let place =
            station.and_then(|station| Some(Place { latitude: station.latitude?, longitude: station.longitude? }));
        let mut flagged = qc.values.into_iter();
        let values = characteristics
            .into_iter()
            .map(|characteristic| {
                let (flag, tests) = flagged.next().unwrap_or((Flag::NotEvaluated, Vec::new()));
                FlaggedValue { characteristic, flag, tests, evidence: None }
            })
            .collect();
        Self {
            station: metadata.station.clone(),
            place,
            gyro_mhz: station.and_then(|station| station.gyrofrequency_mhz),
            time: metadata.time_utc,
            time_quality: metadata.time_quality,
            axes: Axes::of(&metadata.grid, panel),
            status: qc.status,
            reason: qc.reason,
            flag: qc.flag,
            values,
        }
    }

    /// Seconds within which the time is known.
    fn resolution_s(&self) -> i64 {
        match self.time_quality {
            Some(1) => 1,
            Some(3) => 3600,
            Some(4) => 86_400,
            _ => 60,
        }
    }

    /// Notes that the frame does not pass a test: each of its values does not either.
    fn add_flag(&mut self, test: &'static str) {
        let Some(found) = test_named(test) else { return };
        if found.flag > self.flag {
            self.reason = found.brief.to_owned();
        } else if found.flag == self.flag && !self.reason.contains(found.brief) {
            let gap = if self.reason.is_empty() { "" } else { "; " };
            self.reason = format!("{}{gap}{}", self.reason, found.brief);
        }
        self.flag = self.flag.max(found.flag);
        self.values.iter_mut().for_each(|value| value.add_flag(test));
    }
}

impl FlaggedValue {
    /// The value was added from the sequence.
    pub fn is_added(&self) -> bool {
        self.flag == Flag::NotEvaluated && matches!(self.characteristic.qualifier, Some('I' | 'T'))
    }

    /// Notes that the value does not pass a test. What has no value cannot fail one.
    pub(super) fn add_flag(&mut self, test: &'static str) {
        let Some(found) = test_named(test).filter(|_| self.characteristic.value.is_some()) else { return };
        if let Err(place) = self.tests.binary_search(&test) {
            self.tests.insert(place, test);
        }
        self.flag = if self.flag == Flag::NotEvaluated { found.flag } else { self.flag.max(found.flag) };
    }

    /// Takes back that the value does not pass a test.
    fn clear(&mut self, test: &'static str) {
        if let Ok(place) = self.tests.binary_search(&test) {
            self.tests.remove(place);
            self.flag = worst_flag(self.tests.iter().copied());
        }
    }
}

/// Runs the tests along the roll over the frames of a segment, in the order of the film.
pub fn qc_roll(frames: &mut [Sounding], config: &QualityConfig) {
    let series = &config.series;
    if config.has("time_order") {
        let displaced = clock::displaced(frames, series);
        displaced.into_iter().for_each(|k| frames[k].add_flag("time_order"));
    }
    if config.has("duplicate_time") {
        let duplicates = clock::duplicates(frames);
        duplicates.into_iter().for_each(|k| frames[k].add_flag("duplicate_time"));
    }
    if config.has("axis_drift") {
        let drifting = drift::drifting(frames, series);
        drifting.into_iter().for_each(|k| frames[k].add_flag("axis_drift"));
    }
    relate(frames, config);
    if config.has("flat_line") {
        flat_line::flag(frames, series);
    }
    if config.has("climatology") {
        expected::flag(frames, &config.climatology);
    }
    if config.has("diurnal_envelope") {
        envelope::flag(frames, series);
    }
    let supported = characteristic_series::follow(frames, config);
    if config.has("calibration_from_roll") {
        let unconfirmed = inherited::unconfirmed(frames, &supported, series);
        unconfirmed.into_iter().for_each(|k| frames[k].add_flag("calibration_from_roll"));
    }
    weigh(frames, config);
}

/// What is known of each value besides its tests, by frame and place in it; for [`qc_roll`], and for fitting its
/// weights.
pub fn facts(frames: &[Sounding], config: &QualityConfig) -> Vec<Vec<Option<Facts>>> {
    let around = neighbour_fit::neighbour_fits(frames, &config.series);
    frames.iter().zip(&around).map(|(frame, around)| error_probability::facts(frame, around)).collect()
}

/// Flags values that contradict others of their frame. They may have been changed since the frame was judged.
fn relate(frames: &mut [Sounding], config: &QualityConfig) {
    for frame in frames {
        let relations = Relations::of(frame.values.iter().map(|flagged| &flagged.characteristic), frame.gyro_mhz);
        for flagged in &mut frame.values {
            let found = relations.run(flagged.characteristic.name, config);
            found.iter().filter(|found| config.has(found.test)).for_each(|found| flagged.add_flag(found.test));
        }
    }
}

/// Notes how likely each value is to be wrong, and flags those that most likely are.
fn weigh(frames: &mut [Sounding], config: &QualityConfig) {
    let facts = facts(frames, config);
    for (frame, facts) in frames.iter_mut().zip(facts) {
        for (flagged, facts) in frame.values.iter_mut().zip(facts) {
            flagged.evidence =
                facts.and_then(|facts| error_probability::evidence(&facts)).map(|evidence| evidence as f32);
            let Some(evidence) = flagged.evidence else { continue };
            let probability = error_probability::probability(f64::from(evidence), flagged.tests.iter().copied());
            if config.has("improbable") && probability > config.error_probability {
                flagged.add_flag("improbable");
            }
        }
    }
}

/// Places of one station's dated frames, in order of time.
fn by_station(frames: &[Sounding]) -> Vec<Vec<usize>> {
    let mut stations = std::collections::BTreeMap::<&str, Vec<usize>>::new();
    for (k, frame) in frames.iter().enumerate() {
        if let (Some(station), Some(_)) = (&frame.station, frame.time) {
            stations.entry(station).or_default().push(k);
        }
    }
    let mut all: Vec<Vec<usize>> = stations.into_values().collect();
    all.iter_mut().for_each(|places| places.sort_by_key(|&k| (frames[k].time, k)));
    all
}

/// The middle of the values, or the mean of the two in the middle; 0 of none.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => 0.0,
        odd if odd % 2 == 1 => values[middle],
        _ => 0.5 * (values[middle - 1] + values[middle]),
    }
}

#[cfg(test)]
mod tests;

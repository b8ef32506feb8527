//! The frames of a station as the course of one characteristic sees them.

use super::envelope::{DAYS, hours};
use super::{FlaggedValue, Sounding, median, shape};
use crate::model::{CharacteristicName as Name, Flag};
use crate::quality::SeriesConfig;
use crate::quality::background::smoothed_sunspots;
use crate::quality::sequence::{SequenceEvidence, ValueCandidate};
use std::collections::BTreeMap;

/// A characteristic whose course is followed: how steady it is against foF2, in logarithms.
pub(super) struct CharacteristicVariability {
    pub(super) name: Name,
    /// Changes against those of foF2.
    pub(super) change: f64,
    /// Deviations from the expected course against those of foF2.
    pub(super) spread: f64,
    /// One sigma of a reading by hand, as a share.
    pub(super) least_sigma: f64,
}

/// In logarithms foE and foF1 change by the sun alone (foE fast when it is low), heights by the layer's drift; the lowest height also
/// with what blankets the layer's foot.
pub(super) const FOLLOWED: &[CharacteristicVariability] = &[
    CharacteristicVariability { name: Name::FoF2, change: 1.0, spread: 1.0, least_sigma: 0.008 },
    CharacteristicVariability { name: Name::FoF1, change: 0.8, spread: 0.6, least_sigma: 0.01 },
    CharacteristicVariability { name: Name::FoE, change: 1.2, spread: 0.6, least_sigma: 0.015 },
    CharacteristicVariability { name: Name::M3000F2, change: 0.8, spread: 0.4, least_sigma: 0.012 },
    CharacteristicVariability { name: Name::HF, change: 2.6, spread: 1.0, least_sigma: 0.015 },
    CharacteristicVariability { name: Name::HF2, change: 1.4, spread: 0.8, least_sigma: 0.015 },
    CharacteristicVariability { name: Name::HpF2, change: 1.4, spread: 0.8, least_sigma: 0.015 },
];

/// Probability of either mistake, O for X and X for O, of a sure reading and of one that is not. Mistakes come in runs, of frames under
/// the same conditions: they must not seem rarer than a jump of the ionosphere there and back.
const MISTAKE: [f64; 2] = [0.03, 0.12];
/// Least and largest probability that a reading counts with before the other frames are heard.
const RIGHT: [f64; 2] = [0.3, 0.97];

/// A frame on the course.
pub(super) struct SequenceSample {
    /// The frame, and the value in it.
    pub(super) frame: usize,
    pub(super) value: Option<usize>,
    pub(super) hours: f64,
    /// Logarithm of the expected value.
    pub(super) expected: f64,
    /// Logarithm of the value that is evidence, with one sigma.
    pub(super) measured: Option<(f64, f64)>,
    /// Logarithms of what the value is if X was taken for O, or O for X.
    pub(super) others: Vec<f64>,
    /// Probability that the value is right, before the other frames are heard.
    /// Probability of either of these.
    pub(super) mistake: f64,
    pub(super) prior: f64,
    /// How much more than usual the characteristic changes at this time (1).
    pub(super) activity_factor: f64,
}

/// The dated frames of a station, in order of time, about the course to be expected.
pub(super) fn sequence_samples(
    frames: &[Sounding],
    places: &[usize],
    variability: &CharacteristicVariability,
    config: &SeriesConfig,
) -> Vec<SequenceSample> {
    let mut samples: Vec<SequenceSample> =
        places.iter().map(|&k| sequence_sample(frames, k, variability, config)).collect();
    shape(&mut samples);
    level(&mut samples);
    samples
}

impl SequenceSample {
    /// What the frame says.
    pub(super) fn evidence(&self) -> SequenceEvidence {
        SequenceEvidence { hours: self.hours, candidates: self.candidates(), activity_factor: self.activity_factor }
    }

    fn candidates(&self) -> Vec<ValueCandidate> {
        let Some((at, sigma)) = self.measured else { return Vec::new() };
        let mut candidates = vec![ValueCandidate { at, sigma, probability: self.prior }];
        // A trace that was named wrongly is the commonest error.
        candidates.extend(self.others.iter().map(|&at| ValueCandidate { at, sigma, probability: self.mistake }));
        candidates
    }
}

fn sequence_sample(
    frames: &[Sounding],
    k: usize,
    variability: &CharacteristicVariability,
    config: &SeriesConfig,
) -> SequenceSample {
    let frame = &frames[k];
    let name = variability.name;
    let value = frame.values.iter().position(|value| value.characteristic.name == name);
    // Places are dated: the default is never used.
    let time = frame.time.unwrap_or_default();
    let expected = match (name, frame.place) {
        (Name::FoF2, Some(place)) => place.fo_f2(time, smoothed_sunspots(time).unwrap_or(60.0)).ln(),
        (Name::FoE | Name::FoF1, Some(place)) => place.fo_e(time, smoothed_sunspots(time).unwrap_or(60.0)).ln(),
        _ => 0.0,
    };
    let usable = |flagged: &&FlaggedValue| {
        flagged.flag != Flag::Fail
            && !flagged.tests.iter().any(|test| matches!(*test, "time_order" | "axis_drift"))
            && !matches!(flagged.characteristic.qualifier, Some('D' | 'E'))
    };
    let measured = value.map(|at| &frame.values[at]).filter(usable).and_then(|flagged| {
        let value = flagged.characteristic.value.filter(|value| *value > 0.0)?;
        let width =
            flagged.characteristic.upper.zip(flagged.characteristic.lower).map_or(0.2 * value, |(up, low)| up - low);
        Some((value.ln() - expected, (width / 3.92 / value).clamp(variability.least_sigma, 0.3)))
    });
    let others = match (name, measured, frame.gyro_mhz) {
        (Name::FoF2, Some((at, _)), Some(gyro)) => {
            let read = (at + expected).exp();
            let if_x = (read > gyro).then(|| (read * (read - gyro)).sqrt());
            let if_o = 0.5 * gyro + (read * read + 0.25 * gyro * gyro).sqrt();
            if_x.into_iter().chain([if_o]).map(|mhz| mhz.ln() - expected).collect()
        }
        _ => Vec::new(),
    };
    let activity_factor = match frame.place {
        Some(place) if place.is_sunrise(time) => config.sunrise_factor,
        Some(place) if place.is_sunset(time) => config.sunset_factor,
        _ => 1.0,
    };
    let confidence = value.map_or(0.0, |at| f64::from(frame.values[at].characteristic.confidence));
    let [sure, unsure] = MISTAKE;
    let mistake = (2.0 * unsure * (1.0 - confidence)).clamp(sure, unsure);
    let prior = confidence.clamp(RIGHT[0], RIGHT[1]) * if others.is_empty() { 1.0 } else { 1.0 - 2.0 * mistake };
    SequenceSample { frame: k, value, hours: hours(time), expected, measured, others, mistake, prior, activity_factor }
}

/// Expects no daily course where that of the background makes the values vary more than without it.
fn shape(samples: &mut [SequenceSample]) {
    let place = |sample: &SequenceSample| {
        sample.measured.map(|(value, _)| (sample.hours, value + sample.expected, sample.expected))
    };
    let places: Vec<shape::Place> = samples.iter().filter_map(place).collect();
    if shape::suits(&places) {
        return;
    }
    for sample in samples {
        sample.measured = sample.measured.map(|(value, sigma)| (value + sample.expected, sigma));
        sample.others.iter_mut().for_each(|value| *value += sample.expected);
        sample.expected = 0.0;
    }
}

/// Shifts the expected course so that the values vary about it: by the median of each hour of the day where there are
/// many days, else by the median of all.
fn level(samples: &mut [SequenceSample]) {
    let overall = median(samples.iter().filter_map(|sample| Some(sample.measured?.0)).collect());
    let hour = |sample: &SequenceSample| sample.hours.rem_euclid(24.0) as usize;
    let mut by_hour: BTreeMap<usize, BTreeMap<i64, Vec<f64>>> = BTreeMap::new();
    for sample in samples.iter() {
        if let Some((value, _)) = sample.measured {
            let day = (sample.hours / 24.0).floor() as i64;
            by_hour.entry(hour(sample)).or_default().entry(day).or_default().push(value - overall);
        }
    }
    let mut shifts = [0.0; 24];
    for (&hour, days) in &by_hour {
        let middles: Vec<f64> = days.values().map(|values| median(values.clone())).collect();
        let n = middles.len() as f64;
        // Of few days none tells which of them is wrong, and the steep hours of the morning are no steps.
        shifts[hour] = if middles.len() >= DAYS { median(middles) * n / (n + 2.0) } else { 0.0 };
    }
    for sample in samples {
        let place = sample.hours.rem_euclid(24.0) - 0.5;
        let (before, share) = (place.floor(), place - place.floor());
        let at = |hour: f64| shifts[hour.rem_euclid(24.0) as usize];
        let shift = overall + (1.0 - share) * at(before) + share * at(before + 1.0);
        sample.expected += shift;
        sample.measured = sample.measured.map(|(value, sigma)| (value - shift, sigma));
        sample.others.iter_mut().for_each(|value| *value -= shift);
    }
}

/// The roll's own change in 15 minutes, one sigma, less what the readings scatter.
pub(super) fn usual_change(samples: &[SequenceSample]) -> f64 {
    let measured: Vec<(f64, f64, f64)> = samples
        .iter()
        .filter_map(|sample| sample.measured.map(|(value, sigma)| (sample.hours, value, sigma)))
        .collect();
    let changes: Vec<f64> = measured
        .windows(2)
        .filter(|pair| (0.01..=1.0).contains(&(pair[1].0 - pair[0].0)))
        .map(|pair| {
            let scatter = pair[0].2.powi(2) + pair[1].2.powi(2);
            let change = (pair[1].1 - pair[0].1).powi(2);
            // Half of normal squares lie below 0.455 of their mean.
            ((change / 0.455 - scatter).max(0.0) * 0.25 / (pair[1].0 - pair[0].0)).sqrt()
        })
        .collect();
    if changes.len() < 8 { 0.04 } else { median(changes) }
}

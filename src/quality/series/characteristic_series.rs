//! What the course of a characteristic says of its values: spikes, steps, revised confidence, added values.

use super::sample::{CharacteristicVariability, FOLLOWED, SequenceSample, sequence_samples, usual_change};
use super::{FlaggedValue, Sounding};
use crate::model::CharacteristicName as Name;
use crate::quality::sequence::{LeaveOneOutEstimate, SequenceEvidence, TransitionModel, solve};
use crate::quality::{QualityConfig, SeriesConfig, precision, soundness};

/// What derives from a characteristic and is wrong with it.
fn derived(name: Name) -> &'static [Name] {
    match name {
        Name::FoF2 => &[Name::FxF2, Name::FxI, Name::Muf3000F2],
        _ => &[],
    }
}

/// What is right or wrong together with a characteristic: the two components of a layer.
fn counterpart(name: Name) -> Option<Name> {
    (name == Name::FoF2).then_some(Name::FxF2)
}

/// Probability of a value to be right that every frame is granted where it is judged by its neighbours alone.
const USUALLY_RIGHT: f64 = 0.9;
/// How much likelier than any other wrong value the one is that takes O for X or X for O, where both were found and where
/// one was: such a frame may have named it wrongly.
const MISTAKEN: [f64; 2] = [1.0, 3.0];
/// Probabilities beyond these are never claimed from a sequence.
const SURE: [f64; 2] = [0.01, 0.995];

/// For each frame its followed values with the probability that they are right, by their neighbours alone.
pub(super) type Supported = Vec<Vec<(Name, f64)>>;

/// Follows every characteristic of every station.
pub(super) fn follow(frames: &mut [Sounding], config: &QualityConfig) -> Supported {
    let mut supported = vec![Vec::new(); frames.len()];
    for places in super::by_station(frames) {
        for variability in FOLLOWED {
            CharacteristicSeries::new(frames, &places, variability, &config.series).assess(
                frames,
                &mut supported,
                config,
            );
        }
    }
    supported
}

/// The course of one characteristic at one station, in order of time.
pub(super) struct CharacteristicSeries<'a> {
    pub(super) variability: &'a CharacteristicVariability,
    pub(super) samples: Vec<SequenceSample>,
    pub(super) estimates: Vec<LeaveOneOutEstimate>,
}

impl<'a> CharacteristicSeries<'a> {
    fn new(
        frames: &[Sounding],
        places: &[usize],
        variability: &'a CharacteristicVariability,
        config: &SeriesConfig,
    ) -> Self {
        let samples = sequence_samples(frames, places, variability, config);
        let transition = TransitionModel {
            change: usual_change(&samples).clamp(config.change[0], config.change[1]) * variability.change,
            large: config.large_changes,
            spread: config.spread * variability.spread,
            life_hours: config.life_hours,
            gap_hours: config.gap_hours,
        };
        let evidence: Vec<SequenceEvidence> = samples.iter().map(SequenceSample::evidence).collect();
        let enough = samples.iter().filter(|sample| sample.measured.is_some()).count() > config.neighbours;
        let estimates = if enough { solve(&evidence, &transition) } else { Vec::new() };
        Self { variability, samples, estimates }
    }

    /// Marks spikes and steps, revises confidences, and adds values.
    fn assess(&self, frames: &mut [Sounding], supported: &mut Supported, config: &QualityConfig) {
        let series = &config.series;
        let mut spikes = vec![false; self.samples.len()];
        for (k, (sample, estimate)) in self.samples.iter().zip(&self.estimates).enumerate() {
            let (Some(at), Some((measured, _))) = (sample.value, sample.measured) else { continue };
            if self.neighbours(k, series) < series.neighbours {
                continue;
            }
            let support = self.support(k, frames);
            let value = (measured + sample.expected).exp();
            let others = (estimate.others.mean + sample.expected).exp();
            let units = (value - others).abs() / self.variability.name.reading_unit();
            let right = revised(USUALLY_RIGHT, support);
            let bar = match self.variability.name {
                Name::FoF2 => series.spike_probability,
                _ => series.spike_probability_others,
            };
            supported[sample.frame].push((self.variability.name, right));
            spikes[k] = right < bar && units > series.spike_units;
            let frame = &mut frames[sample.frame];
            let twin = |flagged: &FlaggedValue| Some(flagged.characteristic.name) == counterpart(self.variability.name);
            let second = frame.values.iter().position(twin);
            for at in [Some(at), second].into_iter().flatten() {
                revise(&mut frame.values[at], support, config);
            }
            if spikes[k] && config.has("spike") {
                frame.values[at].add_flag("spike");
                if right < series.spike_probability_others {
                    flag_derived(frame, self.variability.name, "spike");
                }
            }
        }
        if config.has("rate_of_change") {
            self.flag_rate_of_change(frames, &spikes, series);
        }
        if series.interpolate.contains(&self.variability.name) {
            self.add(frames, &spikes, series);
        }
    }

    /// Odds by which the other frames support a value: its density against those of what else it may be.
    fn support(&self, k: usize, frames: &[Sounding]) -> f64 {
        let (sample, densities) = (&self.samples[k], &self.estimates[k].support);
        let own = densities.first().copied().unwrap_or(1.0);
        let other: f64 = densities.iter().skip(1).sum();
        let mut rows = frames[sample.frame].values.iter();
        let has_x = rows.any(|row| row.characteristic.name == Name::FxF2 && row.characteristic.value.is_some());
        own / (1.0 + MISTAKEN[usize::from(!has_x)] * other)
    }

    /// Values of other frames near in time, on both sides if the sequence goes on there.
    fn neighbours(&self, k: usize, config: &SeriesConfig) -> usize {
        let near = |sample: &&SequenceSample| (sample.hours - self.samples[k].hours).abs() <= config.neighbour_hours;
        let count =
            |samples: &[SequenceSample]| samples.iter().filter(near).filter(|sample| sample.measured.is_some()).count();
        count(&self.samples[..k]) + count(&self.samples[k + 1..])
    }

    /// Jumps between neighbours that are not spikes: the value that the others support less is marked.
    fn flag_rate_of_change(&self, frames: &mut [Sounding], spikes: &[bool], config: &SeriesConfig) {
        let steady: Vec<usize> =
            (0..self.samples.len()).filter(|&k| self.samples[k].measured.is_some() && !spikes[k]).collect();
        for pair in steady.windows(2) {
            let (before, after) = (&self.samples[pair[0]], &self.samples[pair[1]]);
            let hours = after.hours - before.hours;
            if hours > 0.5 || self.estimates.is_empty() {
                continue;
            }
            let activity_factor = before.activity_factor.max(after.activity_factor);
            let allowed = config.rate_of_change_share
                * self.variability.change
                * (hours / 0.25).max(1.0).sqrt()
                * activity_factor;
            let full = |sample: &SequenceSample| sample.measured.map_or(0.0, |measured| measured.0 + sample.expected);
            if (full(after) - full(before)).abs() <= allowed.ln_1p() {
                continue;
            }
            let support = |k: usize| self.estimates[k].support.first().copied().unwrap_or(0.0);
            let weak = if support(pair[0]) < support(pair[1]) { before } else { after };
            if let Some(at) = weak.value {
                frames[weak.frame].values[at].add_flag("rate_of_change");
                flag_derived(&mut frames[weak.frame], self.variability.name, "rate_of_change");
            }
        }
    }
}

/// Marks what derives from a value.
fn flag_derived(frame: &mut Sounding, name: Name, test: &'static str) {
    for value in &mut frame.values {
        if derived(name).contains(&value.characteristic.name) {
            value.add_flag(test);
        }
    }
}

/// The probability of being right after the neighbours were heard, from that before.
fn revised(before: f64, support: f64) -> f64 {
    let odds = before / (1.0 - before) * support;
    odds / (1.0 + odds)
}

/// Revises the part of the confidence that the neighbours know of: whether the value is sound, and what the test of it says. How precise
/// a sound value is they cannot tell.
fn revise(flagged: &mut FlaggedValue, support: f64, config: &QualityConfig) {
    let row = &mut flagged.characteristic;
    let sound = soundness(row).clamp(SURE[0], SURE[1]);
    row.confidence = (revised(sound, support).clamp(SURE[0], SURE[1]) * precision(row)) as f32;
    if soundness(row) >= f64::from(config.value_confidence) {
        flagged.clear("confidence");
    } else if config.has("confidence") {
        flagged.add_flag("confidence");
    }
}

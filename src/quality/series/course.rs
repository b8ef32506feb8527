//! What the course of a characteristic says of its values: spikes, steps, revised confidence, added values.

use super::{Judged, Sounding, shape};
use crate::model::{Characteristic, CharacteristicName as Name, Flag, Status};
use crate::quality::background::smoothed_sunspots;
use crate::quality::sequence::{Belief, Candidate, Evidence, Motion, Outlook, solve};
use crate::quality::{QualityConfig, SeriesConfig, central, precision, soundness};
use std::collections::BTreeMap;

/// A characteristic whose course is followed: how steady it is against foF2, in logarithms.
struct Steadiness {
    name: Name,
    /// Changes against those of foF2.
    change: f64,
    /// Deviations from the expected course against those of foF2.
    spread: f64,
    /// One sigma of a reading by hand, as a share.
    least_sigma: f64,
}

/// In logarithms foE and foF1 change by the sun alone (foE fast when it is low), heights by the layer's drift; the lowest height also
/// with what blankets the layer's foot.
const FOLLOWED: &[Steadiness] = &[
    Steadiness { name: Name::FoF2, change: 1.0, spread: 1.0, least_sigma: 0.008 },
    Steadiness { name: Name::FoF1, change: 0.8, spread: 0.6, least_sigma: 0.01 },
    Steadiness { name: Name::FoE, change: 1.2, spread: 0.6, least_sigma: 0.015 },
    Steadiness { name: Name::M3000F2, change: 0.8, spread: 0.4, least_sigma: 0.012 },
    Steadiness { name: Name::HF, change: 2.6, spread: 1.0, least_sigma: 0.015 },
    Steadiness { name: Name::HF2, change: 1.4, spread: 0.8, least_sigma: 0.015 },
    Steadiness { name: Name::HpF2, change: 1.4, spread: 0.8, least_sigma: 0.015 },
];

/// What derives from a characteristic and is wrong with it.
fn derived(name: Name) -> &'static [Name] {
    match name {
        Name::FoF2 => &[Name::FxF2, Name::FxI, Name::Muf3000F2],
        _ => &[],
    }
}

/// Probability of a value to be right that every frame is granted where it is judged by its neighbours alone.
const USUALLY_RIGHT: f64 = 0.9;
/// How much likelier than any other wrong value the one is that takes O for X or X for O, where both were found and where
/// one was: such a frame may have named it wrongly.
const MISTAKEN: [f64; 2] = [1.0, 3.0];
/// Probability of either mistake, and factor of what is left for the value itself. Mistakes come in runs, of frames under
/// the same conditions: they must not seem rarer than a jump of the ionosphere there and back.
const MISTAKE: f64 = 0.12;
const NO_MISTAKE: f64 = 1.0 - 2.0 * MISTAKE;
/// Probabilities beyond these are never claimed from a sequence.
const SURE: [f64; 2] = [0.01, 0.995];

/// Follows every characteristic of every station.
pub(super) fn follow(frames: &mut [Sounding], config: &QualityConfig) {
    for places in super::by_station(frames) {
        for steadiness in FOLLOWED {
            Course::new(frames, &places, steadiness, &config.series).judge(frames, config);
        }
    }
}

/// The course of one characteristic at one station, in order of time.
struct Course<'a> {
    steadiness: &'a Steadiness,
    spots: Vec<Spot>,
    outlook: Vec<Outlook>,
}

/// A frame on the course.
struct Spot {
    /// The frame, and the value in it.
    frame: usize,
    value: Option<usize>,
    hours: f64,
    /// Logarithm of the expected value.
    expected: f64,
    /// Logarithm of the value that is evidence, with one sigma.
    measured: Option<(f64, f64)>,
    /// Logarithms of what the value is if X was taken for O, or O for X.
    others: Vec<f64>,
    /// Probability that the value is right, before the other frames are heard.
    prior: f64,
    /// How much more than usual the characteristic changes at this time (1).
    restless: f64,
}

impl<'a> Course<'a> {
    fn new(frames: &[Sounding], places: &[usize], steadiness: &'a Steadiness, config: &SeriesConfig) -> Self {
        let mut spots: Vec<Spot> = places.iter().map(|&k| spot(frames, k, steadiness, config)).collect();
        shape(&mut spots);
        level(&mut spots);
        let motion = Motion {
            change: usual_change(&spots).clamp(config.change[0], config.change[1]) * steadiness.change,
            large: config.large_changes,
            spread: config.spread * steadiness.spread,
            life_hours: config.life_hours,
            gap_hours: config.gap_hours,
        };
        let evidence: Vec<Evidence> = spots
            .iter()
            .map(|spot| Evidence { hours: spot.hours, candidates: spot.candidates(), restless: spot.restless })
            .collect();
        let enough = spots.iter().filter(|spot| spot.measured.is_some()).count() > config.neighbours;
        let outlook = if enough { solve(&evidence, &motion) } else { Vec::new() };
        Self { steadiness, spots, outlook }
    }

    /// Marks spikes and steps, revises confidences, and adds values.
    fn judge(&self, frames: &mut [Sounding], config: &QualityConfig) {
        let series = &config.series;
        let mut spikes = vec![false; self.spots.len()];
        for (k, (spot, outlook)) in self.spots.iter().zip(&self.outlook).enumerate() {
            let (Some(at), Some((measured, _))) = (spot.value, spot.measured) else { continue };
            if self.neighbours(k, series) < series.neighbours {
                continue;
            }
            let support = self.support(k, frames);
            let value = (measured + spot.expected).exp();
            let others = (outlook.others.mean + spot.expected).exp();
            let units = (value - others).abs() / self.steadiness.name.reading_unit();
            spikes[k] = revised(USUALLY_RIGHT, support) < series.spike_probability && units > series.spike_units;
            let judged = &mut frames[spot.frame].values[at];
            revise_confidence(&mut judged.characteristic, support);
            if spikes[k] && config.has("spike") {
                doubt(&mut frames[spot.frame], at, self.steadiness.name, "spike");
            } else if soundness(&judged.characteristic) < f64::from(config.value_confidence) && config.has("confidence")
            {
                judged.doubt("confidence");
            }
        }
        if config.has("step") {
            self.mark_steps(frames, &spikes, series);
        }
        if series.interpolate.contains(&self.steadiness.name) {
            self.add(frames, &spikes, series);
        }
    }

    /// Odds by which the other frames support a value: its density against those of what else it may be.
    fn support(&self, k: usize, frames: &[Sounding]) -> f64 {
        let (spot, densities) = (&self.spots[k], &self.outlook[k].support);
        let own = densities.first().copied().unwrap_or(1.0);
        let other: f64 = densities.iter().skip(1).sum();
        let mut rows = frames[spot.frame].values.iter();
        let has_x = rows.any(|row| row.characteristic.name == Name::FxF2 && row.characteristic.value.is_some());
        own / (1.0 + MISTAKEN[usize::from(!has_x)] * other)
    }

    /// The value with O and X exchanged back, where the other frames speak for that more than for all else together.
    fn exchanged(&self, k: usize, config: &SeriesConfig) -> Option<Belief> {
        let (spot, densities) = (&self.spots[k], &self.outlook[k].support);
        let (at, sigma) = spot.measured.map(|(_, sigma)| sigma).and_then(|sigma| {
            let best = (1..densities.len()).max_by(|&a, &b| densities[a].total_cmp(&densities[b]))?;
            let all: f64 = spot.prior * densities[0] + MISTAKE * densities[1..].iter().sum::<f64>();
            let nothing = 1.0 - spot.prior - MISTAKE * spot.others.len() as f64;
            let share = MISTAKE * densities[best] / (all + nothing.max(0.0));
            (share > config.exchanged).then(|| (spot.others[best - 1], sigma))
        })?;
        Some(Belief { mean: at, lower: at - 1.96 * sigma, upper: at + 1.96 * sigma })
    }

    /// Values of other frames near in time, on both sides if the sequence goes on there.
    fn neighbours(&self, k: usize, config: &SeriesConfig) -> usize {
        let near = |spot: &&Spot| (spot.hours - self.spots[k].hours).abs() <= config.neighbour_hours;
        let count = |spots: &[Spot]| spots.iter().filter(near).filter(|spot| spot.measured.is_some()).count();
        count(&self.spots[..k]) + count(&self.spots[k + 1..])
    }

    /// Jumps between neighbours that are not spikes: the value that the others support less is marked.
    fn mark_steps(&self, frames: &mut [Sounding], spikes: &[bool], config: &SeriesConfig) {
        let steady: Vec<usize> =
            (0..self.spots.len()).filter(|&k| self.spots[k].measured.is_some() && !spikes[k]).collect();
        for pair in steady.windows(2) {
            let (before, after) = (&self.spots[pair[0]], &self.spots[pair[1]]);
            let hours = after.hours - before.hours;
            if hours > 0.5 || self.outlook.is_empty() {
                continue;
            }
            let restless = before.restless.max(after.restless);
            let allowed = config.step_share * self.steadiness.change * (hours / 0.25).max(1.0).sqrt() * restless;
            let full = |spot: &Spot| spot.measured.map_or(0.0, |measured| measured.0 + spot.expected);
            if (full(after) - full(before)).abs() <= allowed.ln_1p() {
                continue;
            }
            let support = |k: usize| self.outlook[k].support.first().copied().unwrap_or(0.0);
            let weak = if support(pair[0]) < support(pair[1]) { before } else { after };
            if let Some(at) = weak.value {
                doubt(&mut frames[weak.frame], at, self.steadiness.name, "step");
            }
        }
    }

    /// Adds what the other frames say where this one gives nothing (letter I) or a spike (letter T).
    fn add(&self, frames: &mut [Sounding], spikes: &[bool], config: &SeriesConfig) {
        for (k, (spot, outlook)) in self.spots.iter().zip(&self.outlook).enumerate() {
            let Some(at) = spot.value else { continue };
            let frame = &mut frames[spot.frame];
            if !matches!(frame.status, Status::Scaled | Status::NoEcho)
                || frame.values[at].tests.contains(&"time_order")
            {
                continue;
            }
            let is_absent = frame.values[at].characteristic.value.is_none();
            let holds = |&other: &usize| self.spots[other].measured.is_some() && !spikes[other];
            let is_near = |other: usize| (self.spots[other].hours - spot.hours).abs() <= config.interpolate_hours;
            let both = (0..k).rev().find(holds).is_some_and(is_near)
                && (k + 1..self.spots.len()).find(holds).is_some_and(is_near);
            let estimate = match self.exchanged(k, config) {
                Some(estimate) if !is_absent => estimate,
                _ => outlook.others,
            };
            // A reading that is sure of itself stands: it may be the ionosphere that jumped.
            let is_refuted = spikes[k] && soundness(&frame.values[at].characteristic) < config.refuted;
            let half_width = 0.5 * (estimate.upper - estimate.lower);
            let is_wanted = is_absent || is_refuted;
            if !is_wanted || !both || half_width > config.interpolate_share {
                continue;
            }
            let value = |logarithm: f64| (logarithm + spot.expected).exp();
            let letter = frame.values[at].characteristic.descriptor.or(Some('C'));
            let middle = value(estimate.mean);
            let within = self.steadiness.name.reading_unit() / (middle * half_width / 1.96).max(1e-6);
            frame.values.push(Judged {
                characteristic: Characteristic {
                    name: self.steadiness.name,
                    value: Some(middle),
                    lower: Some(value(estimate.lower)),
                    upper: Some(value(estimate.upper)),
                    qualifier: Some(if is_absent { 'I' } else { 'T' }),
                    descriptor: letter,
                    confidence: central(within) as f32,
                },
                // It is no reading: no test applies to it.
                flag: Flag::NotEvaluated,
                tests: Vec::new(),
                evidence: None,
            });
        }
    }
}

/// Marks a value and what derives from it.
fn doubt(frame: &mut Sounding, at: usize, name: Name, test: &'static str) {
    frame.values[at].doubt(test);
    for value in &mut frame.values {
        if derived(name).contains(&value.characteristic.name) {
            value.doubt(test);
        }
    }
}

/// The probability of being right after the neighbours were heard, from that before.
fn revised(before: f64, support: f64) -> f64 {
    let odds = before / (1.0 - before) * support;
    odds / (1.0 + odds)
}

/// Revises the part of the confidence that the neighbours know of: whether the value is sound. How precise a sound value is
/// they cannot tell.
fn revise_confidence(characteristic: &mut Characteristic, support: f64) {
    let sound = soundness(characteristic).clamp(SURE[0], SURE[1]);
    characteristic.confidence = (revised(sound, support).clamp(SURE[0], SURE[1]) * precision(characteristic)) as f32;
}

impl Spot {
    fn candidates(&self) -> Vec<Candidate> {
        let Some((at, sigma)) = self.measured else { return Vec::new() };
        let mut candidates = vec![Candidate { at, sigma, probability: self.prior }];
        // A trace that was named wrongly is the commonest error.
        candidates.extend(self.others.iter().map(|&at| Candidate { at, sigma, probability: MISTAKE }));
        candidates
    }
}

fn spot(frames: &[Sounding], k: usize, steadiness: &Steadiness, config: &SeriesConfig) -> Spot {
    let frame = &frames[k];
    let name = steadiness.name;
    let value = frame.values.iter().position(|value| value.characteristic.name == name);
    // Places are dated: the default is never used.
    let time = frame.time.unwrap_or_default();
    let expected = match (name, frame.place) {
        (Name::FoF2, Some(place)) => place.fo_f2(time, smoothed_sunspots(time).unwrap_or(60.0)).ln(),
        (Name::FoE | Name::FoF1, Some(place)) => place.fo_e(time, smoothed_sunspots(time).unwrap_or(60.0)).ln(),
        _ => 0.0,
    };
    let usable = |judged: &&Judged| {
        judged.flag != Flag::Fail
            && !judged.tests.iter().any(|test| matches!(*test, "time_order" | "axis_drift"))
            && !matches!(judged.characteristic.qualifier, Some('D' | 'E'))
    };
    let measured = value.map(|at| &frame.values[at]).filter(usable).and_then(|judged| {
        let value = judged.characteristic.value.filter(|value| *value > 0.0)?;
        let width =
            judged.characteristic.upper.zip(judged.characteristic.lower).map_or(0.2 * value, |(up, low)| up - low);
        Some((value.ln() - expected, (width / 3.92 / value).clamp(steadiness.least_sigma, 0.3)))
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
    let restless = match frame.place {
        Some(place) if place.is_sunrise(time) => config.sunrise_factor,
        Some(place) if place.is_sunset(time) => config.sunset_factor,
        _ => 1.0,
    };
    let confidence = value.map_or(0.0, |at| f64::from(frame.values[at].characteristic.confidence));
    let prior = confidence.clamp(0.3, 0.9) * if others.is_empty() { 1.0 } else { NO_MISTAKE };
    Spot { frame: k, value, hours: super::envelope::hours(time), expected, measured, others, prior, restless }
}

/// Expects no daily course where that of the background makes the values vary more than without it.
fn shape(spots: &mut [Spot]) {
    let place = |spot: &Spot| spot.measured.map(|(value, _)| (spot.hours, value + spot.expected, spot.expected));
    let places: Vec<shape::Place> = spots.iter().filter_map(place).collect();
    if shape::suits(&places) {
        return;
    }
    for spot in spots {
        spot.measured = spot.measured.map(|(value, sigma)| (value + spot.expected, sigma));
        spot.others.iter_mut().for_each(|value| *value += spot.expected);
        spot.expected = 0.0;
    }
}

/// Shifts the expected course so that the values vary about it: by the median of each hour of the day where there are
/// several days, else by the median of all.
fn level(spots: &mut [Spot]) {
    let mut all: Vec<f64> = spots.iter().filter_map(|spot| Some(spot.measured?.0)).collect();
    let overall = median(&mut all);
    let hour = |spot: &Spot| spot.hours.rem_euclid(24.0) as usize;
    let mut by_hour: BTreeMap<usize, BTreeMap<i64, Vec<f64>>> = BTreeMap::new();
    for spot in spots.iter() {
        if let Some((value, _)) = spot.measured {
            let day = (spot.hours / 24.0).floor() as i64;
            by_hour.entry(hour(spot)).or_default().entry(day).or_default().push(value - overall);
        }
    }
    let mut shifts = [0.0; 24];
    for (&hour, days) in &by_hour {
        let mut middles: Vec<f64> = days.values().map(|values| median(&mut values.clone())).collect();
        let n = middles.len() as f64;
        // One day alone is no course: its own values would hide in it.
        shifts[hour] = if middles.len() > 1 { median(&mut middles) * n / (n + 2.0) } else { 0.0 };
    }
    for spot in spots {
        let place = spot.hours.rem_euclid(24.0) - 0.5;
        let (before, share) = (place.floor(), place - place.floor());
        let at = |hour: f64| shifts[hour.rem_euclid(24.0) as usize];
        let shift = overall + (1.0 - share) * at(before) + share * at(before + 1.0);
        spot.expected += shift;
        spot.measured = spot.measured.map(|(value, sigma)| (value - shift, sigma));
        spot.others.iter_mut().for_each(|value| *value -= shift);
    }
}

/// The roll's own change in 15 minutes, one sigma, less what the readings scatter.
fn usual_change(spots: &[Spot]) -> f64 {
    let measured: Vec<(f64, f64, f64)> =
        spots.iter().filter_map(|spot| spot.measured.map(|(value, sigma)| (spot.hours, value, sigma))).collect();
    let mut changes: Vec<f64> = measured
        .windows(2)
        .filter(|pair| (0.01..=1.0).contains(&(pair[1].0 - pair[0].0)))
        .map(|pair| {
            let scatter = pair[0].2.powi(2) + pair[1].2.powi(2);
            let change = (pair[1].1 - pair[0].1).powi(2);
            // Half of normal squares lie below 0.455 of their mean.
            ((change / 0.455 - scatter).max(0.0) * 0.25 / (pair[1].0 - pair[0].0)).sqrt()
        })
        .collect();
    if changes.len() < 8 { 0.04 } else { median(&mut changes) }
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

//! What the sequence says beside what a frame gives: values with letter I or T, never in place of a measured one.

use super::characteristic_series::CharacteristicSeries;
use super::{FlaggedValue, Sounding};
use crate::model::{Characteristic, Flag, Status};
use crate::quality::sequence::Posterior;
use crate::quality::{SeriesConfig, central, soundness};

impl CharacteristicSeries<'_> {
    /// Adds what the other frames say where this one gives nothing (letter I) or a spike (letter T).
    pub(super) fn add(&self, frames: &mut [Sounding], spikes: &[bool], config: &SeriesConfig) {
        for (k, (sample, leave_one_out)) in self.samples.iter().zip(&self.estimates).enumerate() {
            let Some(at) = sample.value else { continue };
            let frame = &mut frames[sample.frame];
            if !matches!(frame.status, Status::Scaled | Status::NoEcho)
                || frame.values[at].tests.contains(&"time_order")
            {
                continue;
            }
            let is_absent = frame.values[at].characteristic.value.is_none();
            let holds = |&other: &usize| self.samples[other].measured.is_some() && !spikes[other];
            let is_near = |other: usize| (self.samples[other].hours - sample.hours).abs() <= config.interpolate_hours;
            let both = (0..k).rev().find(holds).is_some_and(is_near)
                && (k + 1..self.samples.len()).find(holds).is_some_and(is_near);
            let estimate = match self.exchanged(k, config) {
                Some(estimate) if !is_absent => estimate,
                _ => leave_one_out.others,
            };
            // A reading that is sure of itself stands: it may be the ionosphere that jumped.
            let is_refuted = spikes[k] && soundness(&frame.values[at].characteristic) < config.refuted;
            let half_width = estimate.half_width();
            let is_far = sample.measured.is_some_and(|(at, _)| {
                (at - leave_one_out.others.mean).abs() > config.refuted_widths * leave_one_out.others.half_width()
            });
            let is_wanted = is_absent || is_refuted && is_far;
            if !is_wanted || !both || half_width > config.interpolate_share {
                continue;
            }
            let value = |logarithm: f64| (logarithm + sample.expected).exp();
            let letter = frame.values[at].characteristic.descriptor.or(Some('C'));
            let middle = value(estimate.mean);
            let within = self.variability.name.reading_unit() / (middle * half_width / 1.96).max(1e-6);
            frame.values.push(FlaggedValue {
                characteristic: Characteristic {
                    name: self.variability.name,
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

    /// The value with O and X exchanged back, where the other frames speak for that more than for all else together.
    fn exchanged(&self, k: usize, config: &SeriesConfig) -> Option<Posterior> {
        let (sample, densities) = (&self.samples[k], &self.estimates[k].support);
        let (at, sigma) = sample.measured.map(|(_, sigma)| sigma).and_then(|sigma| {
            let best = (1..densities.len()).max_by(|&a, &b| densities[a].total_cmp(&densities[b]))?;
            let all: f64 = sample.prior * densities[0] + sample.mistake * densities[1..].iter().sum::<f64>();
            let nothing = 1.0 - sample.prior - sample.mistake * sample.others.len() as f64;
            let share = sample.mistake * densities[best] / (all + nothing.max(0.0));
            let strays = |at: f64| (at - self.estimates[k].others.mean).abs();
            let is_nearer = sample.measured.is_some_and(|(at, _)| 2.0 * strays(sample.others[best - 1]) < strays(at));
            (share > config.exchanged && is_nearer).then(|| (sample.others[best - 1], sigma))
        })?;
        Some(Posterior { mean: at, lower: at - 1.96 * sigma, upper: at + 1.96 * sigma })
    }
}

//! What the sequence says beside what a frame gives: values with letter I or T, never in place of a measured one.

use super::course::Course;
use super::{Judged, Sounding};
use crate::model::{Characteristic, Flag, Status};
use crate::quality::sequence::Belief;
use crate::quality::{SeriesConfig, central, soundness};

impl Course<'_> {
    /// Adds what the other frames say where this one gives nothing (letter I) or a spike (letter T).
    pub(super) fn add(&self, frames: &mut [Sounding], spikes: &[bool], config: &SeriesConfig) {
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
            let half_width = estimate.half_width();
            let is_far = spot.measured.is_some_and(|(at, _)| {
                (at - outlook.others.mean).abs() > config.refuted_widths * outlook.others.half_width()
            });
            let is_wanted = is_absent || is_refuted && is_far;
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

    /// The value with O and X exchanged back, where the other frames speak for that more than for all else together.
    fn exchanged(&self, k: usize, config: &SeriesConfig) -> Option<Belief> {
        let (spot, densities) = (&self.spots[k], &self.outlook[k].support);
        let (at, sigma) = spot.measured.map(|(_, sigma)| sigma).and_then(|sigma| {
            let best = (1..densities.len()).max_by(|&a, &b| densities[a].total_cmp(&densities[b]))?;
            let all: f64 = spot.prior * densities[0] + spot.mistake * densities[1..].iter().sum::<f64>();
            let nothing = 1.0 - spot.prior - spot.mistake * spot.others.len() as f64;
            let share = spot.mistake * densities[best] / (all + nothing.max(0.0));
            let strays = |at: f64| (at - self.outlook[k].others.mean).abs();
            let is_nearer = spot.measured.is_some_and(|(at, _)| 2.0 * strays(spot.others[best - 1]) < strays(at));
            (share > config.exchanged && is_nearer).then(|| (spot.others[best - 1], sigma))
        })?;
        Some(Belief { mean: at, lower: at - 1.96 * sigma, upper: at + 1.96 * sigma })
    }
}

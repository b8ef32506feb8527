//! How likely one time follows another on a roll: the film's clock.

use serde::{Deserialize, Serialize};

/// How the clock of a roll behaves.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClockConfig {
    /// Share of steps that are one regular frame interval (1). Default 0.80.
    pub regular_share: f64,
    /// Share of steps that skip forward: the end of a pass, a stopped camera (1). Default 0.10. What remains is splices.
    pub skip_share: f64,
    /// Spread of the regular interval as a share of it (1). Default 0.05.
    pub interval_spread: f64,
    /// Longest skip within a stretch, in seconds. Default 30 days.
    pub longest_skip_s: f64,
    /// Span of dates that a splice may lead to, in seconds. Default 10 years.
    pub splice_span_s: f64,
    /// Chance that the direction of time on the film changes from one frame to the next (1). Default 0.002.
    pub turn_share: f64,
}

impl Default for ClockConfig {
    fn default() -> Self {
        Self {
            regular_share: 0.80,
            skip_share: 0.10,
            interval_spread: 0.05,
            longest_skip_s: 30.0 * 86_400.0,
            splice_span_s: 10.0 * 365.25 * 86_400.0,
            turn_share: 0.002,
        }
    }
}

/// What kind of step leads from one frame to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The regular interval.
    Regular,
    /// Forward on the same stretch of film, by more or less than the interval.
    Skip,
    /// Another stretch of film.
    Splice,
}

/// Logarithm of the density (per second) of a step of `seconds` over `frames` frames, and the kind of step it is.
///
/// `seconds` counts in the direction in which time runs on the film; `interval_s` is the usual time between frames, 0
/// if there is none; `resolution_s` is the caption's smallest unit.
pub(super) fn step(
    config: &ClockConfig,
    seconds: f64,
    frames: usize,
    interval_s: f64,
    resolution_s: f64,
) -> (f64, Step) {
    let splice = (1.0 - config.regular_share - config.skip_share).max(1e-6) / config.splice_span_s;
    let mut best = (splice, Step::Splice);
    if seconds > 0.0 && seconds <= config.longest_skip_s {
        let shortest = resolution_s.max(1.0);
        let skip = config.skip_share / (seconds.max(shortest) * (config.longest_skip_s / shortest).ln());
        if skip > best.0 {
            best = (skip, Step::Skip);
        }
        if interval_s > 0.0 {
            let expected = interval_s * frames as f64;
            let scale = expected * config.interval_spread + resolution_s;
            let regular = config.regular_share * (-(seconds - expected).abs() / scale).exp() / (2.0 * scale);
            if regular > best.0 {
                best = (regular, Step::Regular);
            }
        }
    }
    (best.0.ln(), best.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_regular_step_beats_the_skip_and_the_skip_beats_the_splice() {
        let config = ClockConfig::default();
        let at = |seconds: f64, frames: usize| step(&config, seconds, frames, 18.0, 1.0);
        assert_eq!(at(18.0, 1).1, Step::Regular);
        assert_eq!(at(36.0, 2).1, Step::Regular);
        assert_eq!(at(6000.0, 1).1, Step::Skip);
        assert_eq!(at(-18.0, 1).1, Step::Splice);
        assert!(at(18.0, 1).0 > at(600.0, 1).0 && at(600.0, 1).0 > at(-600.0, 1).0);
    }
}

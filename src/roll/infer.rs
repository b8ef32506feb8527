//! What neighbours say of a frame: support for its reading, and a time for a frame that could not be read.

use super::clock::Step;
use super::sequence::{Choice, TimeCandidate};
use super::{ResolvedMetadata, RollConfig, RollEvidence, time};
use crate::model::{Calibration, Origin};
use jiff::Timestamp;

/// The usual interval between frames in seconds: what most neighbouring first readings agree on, else the
/// calibration file's figure (0 if that has none).
pub(super) fn interval(candidates: &[Vec<TimeCandidate>], usual_s: f64) -> f64 {
    let firsts: Vec<i64> = candidates.iter().filter_map(|frame| frame.first().map(|first| first.seconds)).collect();
    let mut steps: Vec<i64> =
        firsts.windows(2).map(|pair| (pair[1] - pair[0]).abs()).filter(|step| (1..=7200).contains(step)).collect();
    steps.sort_unstable();
    let Some(&median) = steps.get(steps.len() / 2) else { return usual_s };
    let near = steps.iter().filter(|&&step| (step - median).abs() as f64 <= 0.1 * median as f64).count();
    if near >= 4 && near * 2 > steps.len() { median as f64 } else { usual_s }
}

/// Probability of a chosen reading once its neighbours have been heard.
///
/// A regular step to a chosen neighbour is something that a wrong reading achieves about once in fifty: each one
/// divides the doubt.
pub(super) fn support(choices: &[Option<Choice>], k: usize, own: f64) -> f64 {
    let before = choices[k].and_then(|choice| choice.joined);
    let after = choices[k + 1..].iter().flatten().next().and_then(|choice| choice.joined);
    let mut doubt = ((1.0 - own) / own.max(1e-6)).max(1e-6);
    for step in [before, after].into_iter().flatten() {
        match step {
            Step::Regular => doubt /= 50.0,
            Step::Skip => doubt /= 2.0,
            Step::Splice => {}
        }
    }
    1.0 / (1.0 + doubt)
}

/// Gives times to frames between two read frames of a regular stretch, where their captions do not contradict, and
/// stations to frames whose neighbours on both sides agree.
pub(super) fn fill(
    frames: &[RollEvidence<'_>],
    choices: &[Option<Choice>],
    resolved: &mut [ResolvedMetadata],
    calibration: &Calibration,
    config: &RollConfig,
) {
    let read: Vec<usize> = (0..resolved.len()).filter(|&k| resolved[k].time_utc.is_some()).collect();
    for pair in read.windows(2) {
        let (first, last) = (pair[0], pair[1]);
        let gap = last - first;
        if gap < 2 || !regular(choices, last) {
            continue;
        }
        let (Some(start), Some(end)) = (resolved[first].time_utc, resolved[last].time_utc) else { continue };
        let (station, code) = (resolved[first].station.clone(), resolved[first].station_code.clone());
        let quality = resolved[first].time_quality.max(resolved[last].time_quality);
        let total = end.as_second() - start.as_second();
        for k in first + 1..last {
            let share = (k - first) as f64 / gap as f64;
            let Ok(instant) = Timestamp::from_second(start.as_second() + (total as f64 * share).round() as i64) else {
                continue;
            };
            let contradicting = contradictions(&frames[k], instant, calibration, config);
            if contradicting > config.contradicting_digits {
                continue;
            }
            let metadata = &mut resolved[k];
            metadata.time_utc = Some(instant);
            // An interpolated second is good to a second or two: it is called a minute's reading.
            metadata.time_quality = quality.map(|quality| quality.max(2));
            metadata.time_origin = Origin::Inferred;
            metadata.time_confidence = 0.9;
            if resolved[last].station == station {
                let metadata = &mut resolved[k];
                metadata.station.clone_from(&station);
                metadata.station_code.clone_from(&code);
                metadata.station_origin = Origin::Inferred;
            }
        }
    }
}

/// The frame's chosen reading follows the chosen one before it at the regular interval.
fn regular(choices: &[Option<Choice>], k: usize) -> bool {
    choices[k].is_some_and(|choice| choice.joined == Some(Step::Regular))
}

/// Clear digits of the caption that differ from what it would show at an instant. The last two digits are not
/// counted where an interpolated time is uncertain by a second or two.
fn contradictions(
    frame: &RollEvidence<'_>,
    instant: Timestamp,
    calibration: &Calibration,
    config: &RollConfig,
) -> usize {
    let Some(layout) = calibration.captions.iter().find(|layout| Some(&layout.name) == frame.caption.layout.as_ref())
    else {
        return 0;
    };
    let expected = |seconds: i64| {
        let moved = Timestamp::from_second(instant.as_second() + seconds).ok()?;
        time::digits(layout, moved, calibration.time.offset_hours)
    };
    let count = |digits: Vec<Option<u8>>| {
        digits
            .iter()
            .zip(&frame.caption.characters)
            .filter(|(digit, character)| {
                let Some(digit) = digit else { return false };
                let likeliest = character
                    .log_likelihood
                    .iter()
                    .enumerate()
                    .max_by(|a, b| a.1.total_cmp(b.1))
                    .map_or((0, 0.0), |(value, log)| (value, log.exp()));
                likeliest.0 != usize::from(*digit) && likeliest.1 >= config.clear_digit
            })
            .count()
    };
    (-2..=2).filter_map(expected).map(count).min().unwrap_or(0)
}

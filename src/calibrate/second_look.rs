//! Markers that the sequence missed or misplaced: once the others are known, a faint line near the predicted position
//! can be trusted.
//!
//! The outermost markers are the ones that matter, because a curve beyond its last marker is a guess, and because the
//! film's sweep strays most at its ends.

use super::CalibrateConfig;
use super::lines::Lines;
use super::sequence::{Assignment, Expected};
use crate::model::{AxisMarker, SweepAxis};

/// The assignment with the markers that a second look finds, or nothing new. `markers` are the fitted ones.
pub(super) fn second_look(
    axis: &SweepAxis,
    expected: &[Expected],
    first: &Assignment,
    markers: &[AxisMarker],
    lines: &Lines,
    config: &CalibrateConfig,
) -> Option<Assignment> {
    let (start, end) = (markers.first()?.fitted_px, markers.last()?.fitted_px);
    let span = (end - start).abs();
    // A line closer to the ends of the searched stretch is the panel's own edge.
    let inset = 2.0 + 0.02 * lines.length;
    let inside = lines.origin + inset..lines.origin + lines.length - inset;
    let (head, tail) = (first.peaks.iter().position(Option::is_some)?, first.peaks.iter().rposition(Option::is_some)?);
    let widest = 1.0 + 2.0 * median_width(first, lines);
    let mut completed = first.clone();
    let mut changed = false;
    for (index, marker) in markers.iter().enumerate().take(expected.len()) {
        let predicted = marker.fitted_px;
        // A marker that the fit did not follow was another line.
        if marker.measured_px.is_some_and(|measured| (measured - predicted).abs() < 0.01) {
            continue;
        }
        let outermost = index < head || index > tail;
        let share =
            if outermost { config.second_look_reach } else { config.second_look_reach.min(3.0 * axis.position_sigma) };
        let spacing = [index.checked_sub(1), Some(index + 1)]
            .into_iter()
            .flatten()
            .filter_map(|other| markers.get(other))
            .map(|other| (other.fitted_px - predicted).abs())
            .fold(f64::INFINITY, f64::min);
        let reach = (share * span + config.jitter_px).min(0.4 * spacing);
        if let Some(peak) = clear_best(lines, predicted, reach, &completed.peaks, config)
            && inside.contains(&lines.peaks[peak].px)
            && lines.peaks[peak].width <= widest
        {
            completed.peaks[index] = Some(peak);
            completed.px[index] = lines.peaks[peak].px;
            changed = true;
        }
    }
    changed.then_some(completed)
}

/// Median width of the markers that were found, pixels: a wider line is interference.
fn median_width(assignment: &Assignment, lines: &Lines) -> f32 {
    let mut widths: Vec<f32> = assignment.peaks.iter().flatten().map(|&peak| lines.peaks[peak].width).collect();
    widths.sort_by(f32::total_cmp);
    widths.get(widths.len() / 2).copied().unwrap_or(0.0)
}

/// The strongest line within reach, if it outdoes every other one there and is no marker yet.
fn clear_best(
    lines: &Lines,
    predicted: f64,
    reach: f64,
    taken: &[Option<usize>],
    config: &CalibrateConfig,
) -> Option<usize> {
    let mut best: Option<usize> = None;
    let mut second = 0.0f32;
    for (index, peak) in lines.peaks.iter().enumerate() {
        if (peak.px - predicted).abs() > reach {
            continue;
        }
        match best {
            Some(leader) if lines.peaks[leader].strength >= peak.strength => second = second.max(peak.strength),
            Some(leader) => {
                second = second.max(lines.peaks[leader].strength);
                best = Some(index);
            }
            None => best = Some(index),
        }
    }
    let leader = best?;
    let strength = lines.peaks[leader].strength;
    let clear = strength >= config.second_look_contrast && strength >= config.second_look_ratio * second;
    (clear && !taken.contains(&Some(leader))).then_some(leader)
}

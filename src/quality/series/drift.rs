//! Axes that differ from those of the neighbouring frames: marks taken for others, a wrong height scale.

use super::{Axes, Sounding};
use crate::quality::SeriesConfig;

/// Frames whose panel spans other frequencies or heights than those of its neighbours on the film.
pub(super) fn drifting(frames: &[Sounding], config: &SeriesConfig) -> Vec<usize> {
    let measured: Vec<(usize, Axes)> =
        frames.iter().enumerate().filter_map(|(k, frame)| Some((k, frame.axes?))).collect();
    let differs = |place: usize| {
        let first = place.saturating_sub(config.drift_frames);
        let around = &measured[first..(place + config.drift_frames + 1).min(measured.len())];
        let off = |value: &dyn Fn(&Axes) -> f64, allowed: f64| {
            let others = around.iter().filter(|other| other.0 != measured[place].0).map(|other| value(&other.1));
            let (middle, scatter) = middle_and_scatter(others.collect());
            // Panels that are cut with some play scatter: that is no drift.
            (value(&measured[place].1) - middle).abs() > allowed.max(5.0 * scatter)
        };
        let frequency = config.drift_frequency_share;
        let height = config.drift_height_share * (measured[place].1.km[0] - measured[place].1.km[1]).abs();
        around.len() > 4
            && (off(&|axes| axes.mhz[0].max(1e-3).ln(), 4.0 * frequency)
                || off(&|axes| axes.mhz[1].max(1e-3).ln(), frequency)
                || off(&|axes| axes.km[0] - axes.km[1], height)
                || off(&|axes| axes.km[1], height))
    };
    (0..measured.len()).filter(|&place| differs(place)).map(|place| measured[place].0).collect()
}

/// Median, and median distance from it as one sigma.
fn middle_and_scatter(mut values: Vec<f64>) -> (f64, f64) {
    let middle = median(&mut values);
    let mut distances: Vec<f64> = values.iter().map(|value| (value - middle).abs()).collect();
    (middle, 1.4826 * median(&mut distances))
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

//! The height axis: height markers at equal steps, counted from a zero that must be proved.
//!
//! Equal spacings do not tell which height marker is which. What tells is the zero line, the panel's edge at a known
//! height, and stronger height markers at every n-th step.

use super::CalibrateConfig;
use super::fit::settle;
use super::lines::{Lines, Peak};
use super::sequence::{Anchor, Assignment, Expected, LineCandidate, Prior, assign, rate};
use super::strips::Strips;
use crate::model::{AxisMarker, Curve, HeightAxis, HeightDirection, PixelBox, RangeAxis};

/// What the height markers of a frame say.
#[derive(Debug, Clone, Default)]
pub(super) struct RangeResult {
    pub(super) range: Option<RangeAxis>,
    pub(super) markers: Vec<AxisMarker>,
    pub(super) residual_px: f32,
    pub(super) residual_km: f32,
    pub(super) margin: f64,
    pub(super) evidence: f64,
    pub(super) reason: String,
}

/// Names the height markers. `edge` is the row at which the light panel begins on the zero side, with its sigma.
pub(super) fn height_axis(
    dark: &Lines,
    bright: &Lines,
    edge: (f64, f64),
    panel: PixelBox,
    axis: &HeightAxis,
    config: &CalibrateConfig,
) -> RangeResult {
    let steps = ((axis.stop_km - axis.first_km) / axis.spacing_km).floor();
    if !(2.0..500.0).contains(&steps) {
        return RangeResult {
            reason: "the calibration file gives no height markers".to_owned(),
            ..RangeResult::default()
        };
    }
    // Heights that grow upward are turned over, so that the sequence always grows from zero.
    let sign = match axis.direction {
        HeightDirection::Up => -1.0,
        HeightDirection::Down => 1.0,
    };
    let peaks = oriented(&dark.peaks, sign);
    let steps_count = steps as usize;
    let rated = rate(&peaks, dark.length, steps_count, config.rank_shape);
    let lists = [rated.clone(), zero_candidates(axis, rated, bright, sign, config)];
    let expected: Vec<Expected> = (0..=steps_count)
        .map(|k| Expected {
            position: k as f64 / steps,
            visibility: config.height_marker_visibility,
            list: usize::from(k == 0 && axis.zero_line && axis.first_km == 0.0),
        })
        .collect();
    let prior = prior(axis, dark, sign * edge.0, edge.1, panel, sign, steps, config);
    let mut found = assign(&expected, &lists, &prior);
    for assignment in &mut found {
        assignment.log_likelihood += strong_pattern(axis, assignment, &peaks);
    }
    found.sort_by(|a, b| b.log_likelihood.total_cmp(&a.log_likelihood));
    let Some(best) = found.first() else {
        return RangeResult { reason: "no height markers found".to_owned(), ..RangeResult::default() };
    };
    let spacing = (best.px[steps_count] - best.px[0]) / steps;
    let rival = found[1..].iter().find(|other| differs(best, other, spacing)).map_or(0.0, |other| other.log_likelihood);
    let mut result = fit(axis, &expected, best, &lists, &peaks, bright, sign, dark, config);
    result.evidence = best.log_likelihood;
    result.margin = best.log_likelihood - rival.max(0.0);
    let seen = best.peaks.iter().flatten().count();
    if seen < config.height_markers_needed as usize {
        result.reason = format!("only {seen} height markers found");
    } else if best.log_likelihood < config.height_marker_evidence_needed {
        result.reason = format!("height markers not clear: evidence {:.1}", best.log_likelihood);
    } else if result.margin < config.height_marker_margin_needed {
        result.reason = format!("height zero ambiguous: margin {:.1}, evidence {:.1}", result.margin, result.evidence);
    } else if f64::from(result.residual_px) > config.height_marker_residual_allowed * spacing.abs() + config.jitter_px {
        result.reason = format!("height markers out of place: {:.1} px", result.residual_px);
    }
    if !result.reason.is_empty() {
        result.range = None;
    }
    result
}

/// The row at which the light panel begins on the zero side, and its sigma: the median over the bands. A zero line outside
/// the panel is too thin to be taken for it. Where the ground is light beyond the panel, too, the panel's box counts.
///
/// `at_border` says that the strips end at the picture's border on that side.
pub(super) fn light_edge(
    strips: &Strips,
    origin: f64,
    panel: PixelBox,
    axis: &HeightAxis,
    at_border: bool,
) -> (f64, f64) {
    let n = strips.length;
    let row_of = |row: i32| (f64::from(row) - origin).clamp(0.0, n.saturating_sub(1) as f64) as usize;
    let (top, bottom) = (row_of(panel.y), row_of(panel.bottom() - 1));
    let height = f64::from(panel.h);
    let run_needed = ((0.012 * height).round() as usize).max(2);
    let reach = (0.25 * height) as usize;
    let (mut edges, mut bands): (Vec<f64>, usize) = (Vec::new(), 0);
    for band in 0..strips.centre.len() {
        let values = strips.band(band);
        let mut sorted = values[top.min(bottom)..=bottom].to_vec();
        let middle = sorted.len() / 2;
        let typical = *sorted.select_nth_unstable_by(middle, f32::total_cmp).1;
        if typical < FAINTEST_PANEL {
            continue;
        }
        let light = |row: usize| values[row] > 0.55 * typical;
        let edge = match axis.direction {
            HeightDirection::Down => run_start(0..n.min(top + reach), light, run_needed).map(|row| (row, 0..row)),
            HeightDirection::Up => {
                run_start((bottom.saturating_sub(reach)..n).rev(), light, run_needed).map(|row| (row + 1, row + 1..n))
            }
        };
        // Beyond an edge it is dark; a caption's ink or the last row of what was looked at is no edge.
        let found = edge.filter(|(_, beyond)| {
            let dark = beyond.clone().filter(|&row| !light(row)).count();
            dark >= if at_border { 1 } else { run_needed } && 2 * dark >= beyond.len()
        });
        bands += 1;
        edges.extend(found.map(|(row, _)| origin + row as f64 - 0.5));
    }
    // An edge runs along the whole panel; perforations and captions do not.
    if 2 * edges.len() <= bands {
        let row = match axis.direction {
            HeightDirection::Down => panel.y,
            HeightDirection::Up => panel.bottom() - 1,
        };
        // The picture's own border proves no edge.
        let proved = match axis.direction {
            HeightDirection::Down => row_of(panel.y) > 1,
            HeightDirection::Up => bottom + 2 < n,
        };
        return (f64::from(row), if proved { 0.01 } else { UNPROVED_EDGE } * height);
    }
    edges.sort_by(f64::total_cmp);
    let quartiles = edges[edges.len() * 3 / 4] - edges[edges.len() / 4];
    (edges[edges.len() / 2], 1.0 + 0.4 * quartiles)
}

/// Sigma of the panel's edge where nothing shows it, share of the panel's height.
const UNPROVED_EDGE: f64 = 0.1;

/// A band whose middle grey value is darker has no panel to find the edge of.
const FAINTEST_PANEL: f32 = 50.0;

/// Where the first run of that many light rows begins.
fn run_start(rows: impl Iterator<Item = usize>, light: impl Fn(usize) -> bool, needed: usize) -> Option<usize> {
    let mut run: Option<(usize, usize)> = None;
    for row in rows {
        run = match (light(row), run) {
            (true, Some((start, length))) => Some((start, length + 1)),
            (true, None) => Some((row, 1)),
            (false, _) => None,
        };
        if let Some((start, length)) = run
            && length >= needed
        {
            return Some(start);
        }
    }
    None
}

fn oriented(peaks: &[Peak], sign: f64) -> Vec<Peak> {
    let mut peaks: Vec<Peak> = peaks.iter().map(|peak| Peak { px: sign * peak.px, ..*peak }).collect();
    peaks.sort_by(|a, b| a.px.total_cmp(&b.px));
    peaks
}

/// Lines that can be the zero line: dark ones like any height marker, and bright ones.
fn zero_candidates(
    axis: &HeightAxis,
    dark: Vec<LineCandidate>,
    bright: &Lines,
    sign: f64,
    config: &CalibrateConfig,
) -> Vec<LineCandidate> {
    let mut all = dark;
    if axis.zero_line {
        let peaks = oriented(&bright.peaks, sign);
        let offset = all.len();
        all.extend(
            rate(&peaks, bright.length, 1, config.rank_shape)
                .into_iter()
                .map(|c| LineCandidate { peak: offset + c.peak, ..c }),
        );
        all.sort_by(|a, b| a.px.total_cmp(&b.px));
    }
    all
}

#[expect(clippy::too_many_arguments, reason = "one place where everything known beforehand comes together")]
fn prior(
    axis: &HeightAxis,
    lines: &Lines,
    edge: f64,
    edge_sigma: f64,
    panel: PixelBox,
    sign: f64,
    steps: f64,
    config: &CalibrateConfig,
) -> Prior {
    let height = f64::from(panel.h);
    let share = if axis.spacing_share[1] > 0.0 {
        axis.spacing_share
    } else {
        let exact = axis.spacing_km / (axis.stop_km - axis.start_km).max(1.0);
        [exact * 0.95, exact * 1.05]
    };
    let span = [share[0] * height * steps, share[1] * height * steps];
    let offset = (axis.first_km - axis.edge_km.unwrap_or(axis.start_km)) / axis.spacing_km / steps;
    let ends = [sign * lines.origin, sign * (lines.origin + lines.length - 1.0)];
    let visible = [ends[0].min(ends[1]), ends[0].max(ends[1])];
    let reach = (1.5 + (offset * steps).abs()) * span[1] / steps + 3.0 * edge_sigma;
    Prior {
        span,
        first: [edge - reach, edge + reach],
        last: f64::INFINITY,
        anchor: Some(Anchor {
            px: edge,
            share: offset,
            sigma_px: edge_sigma + 0.004 * height,
            sigma_share: config.zero_sigma / steps,
            trust: 1.0,
        }),
        position_sigma: config.height_marker_sigma,
        jitter: config.jitter_px,
        visible,
        outside: 0.0,
    }
}

/// Log likelihood of the strong height markers being the strong ones: each against the median of the others, capped.
fn strong_pattern(axis: &HeightAxis, assignment: &Assignment, peaks: &[Peak]) -> f64 {
    if axis.strong_every < 2 {
        return 0.0;
    }
    let first = (axis.first_km / axis.spacing_km).round() as i64;
    let is_strong = |k: usize| (k as i64 + first).rem_euclid(i64::from(axis.strong_every)) == 0;
    let inner = |strong: bool| -> Vec<f32> {
        let mut values: Vec<f32> = (1..assignment.peaks.len())
            .filter(|&k| is_strong(k) == strong)
            .filter_map(|k| assignment.peaks[k].and_then(|peak| peaks.get(peak)).map(|peak| peak.strength))
            .collect();
        values.sort_by(f32::total_cmp);
        values
    };
    let weak = inner(false);
    if weak.is_empty() {
        return 0.0;
    }
    let median = weak[weak.len() / 2];
    let mut deviations: Vec<f32> = weak.iter().map(|value| (value - median).abs()).collect();
    deviations.sort_by(f32::total_cmp);
    let spread = (1.5 * deviations[deviations.len() / 2]).max(0.15 * median).max(0.01);
    let step = |value: &f32| f64::from(((value - median) / spread).clamp(-1.0, 4.0));
    let gain: f64 = inner(true).iter().map(step).sum();
    // A weak height marker that outshines its kind speaks against the count.
    let loss: f64 = weak.iter().map(|value| (step(value) - 2.0).max(0.0)).sum();
    gain - loss
}

/// The counts differ by half a step or more at three in ten of the height markers.
fn differs(best: &Assignment, other: &Assignment, spacing: f64) -> bool {
    let moved = best.px.iter().zip(&other.px).filter(|(a, b)| (*a - *b).abs() > 0.5 * spacing).count();
    moved * 10 >= best.px.len() * 3
}

#[expect(clippy::too_many_arguments, reason = "joins what the search found with where it came from")]
fn fit(
    axis: &HeightAxis,
    expected: &[Expected],
    best: &Assignment,
    lists: &[Vec<LineCandidate>],
    peaks: &[Peak],
    bright: &Lines,
    sign: f64,
    lines: &Lines,
    config: &CalibrateConfig,
) -> RangeResult {
    let span = (best.px[best.px.len() - 1] - best.px[0]).abs();
    let limit = 3.0 * config.height_marker_sigma * span + 2.0 * config.jitter_px;
    let settled = settle(expected, best, limit, 1.0);
    let (low, high) = (lines.origin.min(lines.origin + lines.length), lines.origin.max(lines.origin + lines.length));
    let mut knots: Vec<(f64, f64)> = Vec::new();
    let mut markers = Vec::new();
    for (k, seen) in best.peaks.iter().enumerate() {
        let value = axis.first_km + axis.spacing_km * k as f64;
        let fitted_px = sign * settled.px[k];
        let shown = fitted_px >= low - 0.5 && fitted_px <= high + 0.5;
        // One height marker beyond the picture holds the slope at its edge.
        if shown || k <= 1 || knots.len() < 2 {
            knots.push((fitted_px, value));
        }
        if !shown {
            continue;
        }
        let measured = seen.and_then(|peak| lists[expected[k].list].iter().find(|candidate| candidate.peak == peak));
        let strength = seen.map_or(0.0, |peak| {
            peaks
                .get(peak)
                .or_else(|| bright.peaks.get(peak.wrapping_sub(peaks.len())))
                .map_or(0.0, |peak| peak.strength)
        });
        markers.push(AxisMarker {
            value,
            measured_px: measured.map(|candidate| sign * candidate.px),
            fitted_px,
            strength,
        });
    }
    knots.sort_by(|a, b| a.0.total_cmp(&b.0));
    knots.dedup_by(|a, b| a.0 - b.0 < 0.5);
    let curve =
        Curve { px: knots.iter().map(|knot| knot.0).collect(), value: knots.iter().map(|knot| knot.1).collect() };
    let range = RangeAxis { curve, tilt: lines.lean, reference_x: lines.reference };
    let km_per_px = axis.spacing_km * (best.px.len() - 1) as f64 / span.max(1.0);
    let residual_px = settled.rms(|_| 1.0);
    RangeResult {
        range: (range.curve.px.len() >= 2).then_some(range),
        markers,
        residual_px,
        residual_km: residual_px * km_per_px as f32,
        ..RangeResult::default()
    }
}

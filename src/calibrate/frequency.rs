//! The frequency axis: markers found, named, and joined by a smooth curve.

use super::CalibrateConfig;
use super::fit::settle;
use super::lines::Lines;
use super::second_look::second_look;
use super::sequence::{Anchor, Assignment, Expected, Prior, assign, rate};
use crate::model::{AxisMarker, Curve, PixelBox, Sweep, SweepAxis, SweepLaw};

/// What the markers of a frame say.
#[derive(Debug, Clone, Default)]
pub(super) struct FrequencyAxis {
    pub(super) sweep: Option<Sweep>,
    pub(super) markers: Vec<AxisMarker>,
    pub(super) residual_px: f32,
    pub(super) residual_mhz: f32,
    pub(super) margin: f32,
    /// Log likelihood ratio against no markers.
    pub(super) evidence: f64,
    /// The picture's limits are the axis: no markers were expected, or none found.
    pub(super) from_limits: bool,
    pub(super) reason: String,
}

/// Names the lines by the most likely of several sweeps; the best of the others counts as a different assignment.
pub(super) fn frequency_axis(
    lines: &Lines,
    panel: PixelBox,
    axes: &[&SweepAxis],
    config: &CalibrateConfig,
) -> FrequencyAxis {
    let mut ranked: Vec<(&SweepAxis, Vec<Expected>, Vec<Assignment>)> = axes
        .iter()
        .map(|axis| {
            let expected = expected_markers(axis);
            let lists = [rate(&lines.peaks, lines.length, expected.len(), config.rank_shape)];
            let found = assign(&expected, &lists, &prior(axis, lines, panel, config));
            (*axis, expected, found)
        })
        .filter(|(_, _, found)| !found.is_empty())
        .collect();
    ranked.sort_by(|a, b| b.2[0].log_likelihood.total_cmp(&a.2[0].log_likelihood));
    let Some((axis, expected, found)) = ranked.first() else {
        return FrequencyAxis { reason: "no frequency markers found".to_owned(), ..FrequencyAxis::default() };
    };
    let best = &found[0];
    let rival = found[1..]
        .iter()
        .find(|other| differs(best, other))
        .map(|other| other.log_likelihood)
        .into_iter()
        .chain(ranked[1..].iter().filter_map(|(other, positions, found)| {
            found
                .iter()
                .find(|rival| names_differ(axis, best, expected, other, rival, positions))
                .map(|rival| rival.log_likelihood)
        }))
        .fold(0.0f64, f64::max);
    let mut result = fit(axis, expected, best, lines, config);
    result.evidence = best.log_likelihood;
    result.margin = (best.log_likelihood - rival) as f32;
    let seen = best.peaks.iter().flatten().count();
    let in_view = best.px.iter().filter(|&&px| px >= lines.origin && px <= lines.origin + lines.length).count();
    let span = (best.px[best.px.len() - 1] - best.px[0]).abs();
    if seen < config.frequency_markers_needed as usize
        || (seen as f64) < config.frequency_markers_share * expected.len() as f64
    {
        result.reason = format!("only {seen} of {in_view} frequency markers found");
    } else if best.log_likelihood < config.evidence_needed {
        result.reason = format!("frequency markers not clear: evidence {:.1}", best.log_likelihood);
    } else if f64::from(result.margin) < config.margin_needed {
        result.reason = format!("frequency markers ambiguous: margin {:.1}", result.margin);
    } else if f64::from(result.residual_px) > config.residual_allowed * axis.position_sigma * span + config.jitter_px {
        result.reason = format!("frequency markers out of place: {:.1} px", result.residual_px);
    }
    if !result.reason.is_empty() {
        return FrequencyAxis { sweep: None, ..result };
    }
    match second_look(axis, expected, best, &result.markers, lines, config) {
        Some(completed) => FrequencyAxis {
            evidence: result.evidence,
            margin: result.margin,
            ..fit(axis, expected, &completed, lines, config)
        },
        None => result,
    }
}

/// The markers with their positions, from the calibration file or from the law.
fn expected_markers(axis: &SweepAxis) -> Vec<Expected> {
    let (Some(first), Some(last)) = (axis.markers.first(), axis.markers.last()) else {
        return Vec::new();
    };
    let (low, high) = (law_value(axis, first.mhz), law_value(axis, last.mhz));
    axis.markers
        .iter()
        .map(|marker| Expected {
            position: marker.position.unwrap_or_else(|| (law_value(axis, marker.mhz) - low) / (high - low)),
            visibility: marker.visibility * 0.92,
            list: 0,
        })
        .collect()
}

/// The frequency in the quantity that the curve holds.
fn law_value(axis: &SweepAxis, mhz: f64) -> f64 {
    if axis.law == SweepLaw::Logarithmic { mhz.max(1e-6).ln() } else { mhz }
}

fn prior(axis: &SweepAxis, lines: &Lines, panel: PixelBox, config: &CalibrateConfig) -> Prior {
    let width = f64::from(panel.w);
    // The panel's box may be off by some pixels, and a marker may stand on its edge.
    let slack = 0.012 * width + 2.0;
    let span = [axis.span[0] * width, axis.span[1] * width + slack];
    let visible = [lines.origin, lines.origin + lines.length - 1.0];
    Prior {
        span,
        first: [f64::from(panel.x) - slack, f64::from(panel.right()) + slack - span[0]],
        last: f64::from(panel.right()) + slack,
        anchor: axis.panel_edge_position.map(|position| Anchor {
            px: f64::from(panel.x),
            share: -position,
            sigma_px: slack / 2.0,
            sigma_share: config.edge_sigma,
            trust: config.edge_trust,
        }),
        position_sigma: axis.position_sigma,
        jitter: config.jitter_px,
        visible,
        outside: -1.2,
    }
}

/// At least three in ten of the markers stand elsewhere by half a spacing.
fn differs(best: &Assignment, other: &Assignment) -> bool {
    let n = best.px.len();
    let moved = (0..n)
        .filter(|&i| {
            let spacing = [i.checked_sub(1), (i + 1 < n).then_some(i + 1)]
                .into_iter()
                .flatten()
                .map(|j| (best.px[i] - best.px[j]).abs())
                .fold(f64::INFINITY, f64::min);
            (best.px[i] - other.px[i]).abs() > 0.4 * spacing
        })
        .count();
    moved * 10 >= n * 3
}

/// Two assignments of different sweeps name positions differently: by more than 2 % at three in ten of the markers.
fn names_differ(
    axis: &SweepAxis,
    best: &Assignment,
    expected: &[Expected],
    other_axis: &SweepAxis,
    other: &Assignment,
    positions: &[Expected],
) -> bool {
    let curve = Curve {
        px: other.px.clone(),
        value: other_axis
            .markers
            .iter()
            .take(positions.len())
            .map(|marker| law_value(other_axis, marker.mhz))
            .collect(),
    };
    let moved = axis
        .markers
        .iter()
        .take(expected.len())
        .zip(&best.px)
        .filter(|(marker, px)| {
            let value = curve.at(**px);
            let mhz = if other_axis.law == SweepLaw::Logarithmic { value.exp() } else { value };
            (mhz - marker.mhz).abs() > 0.02 * marker.mhz + 0.02
        })
        .count();
    moved * 10 >= best.px.len() * 3
}

/// Joins the markers into a curve.
fn fit(
    axis: &SweepAxis,
    expected: &[Expected],
    best: &Assignment,
    lines: &Lines,
    config: &CalibrateConfig,
) -> FrequencyAxis {
    let span = (best.px[best.px.len() - 1] - best.px[0]).abs();
    let limit = 3.0 * axis.position_sigma * span + 2.0 * config.jitter_px;
    let settled = settle(expected, best, limit, 0.0);
    let mut curve = Curve::default();
    let mut markers = Vec::with_capacity(expected.len());
    for (i, marker) in axis.markers.iter().enumerate() {
        let fitted_px = settled.px[i];
        if curve.px.last().is_none_or(|&before| fitted_px > before + 0.5) {
            curve.px.push(fitted_px);
            curve.value.push(law_value(axis, marker.mhz));
        }
        markers.push(AxisMarker {
            value: marker.mhz,
            measured_px: best.peaks[i].map(|peak| lines.peaks[peak].px),
            fitted_px,
            strength: best.peaks[i].map_or(0.0, |peak| lines.peaks[peak].strength),
        });
    }
    let sweep = Sweep {
        curve,
        logarithmic: axis.law == SweepLaw::Logarithmic,
        shear: lines.lean,
        reference_y: lines.reference,
    };
    let slope = |px: f64| (sweep.mhz_at(px + 1.0, lines.reference) - sweep.mhz_at(px - 1.0, lines.reference)) / 2.0;
    let residual_px = settled.rms(|_| 1.0);
    let residual_mhz = settled.rms(slope);
    FrequencyAxis {
        sweep: (sweep.curve.px.len() >= 2).then_some(sweep),
        markers,
        residual_px,
        residual_mhz,
        ..FrequencyAxis::default()
    }
}

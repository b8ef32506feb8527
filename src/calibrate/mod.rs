//! Finds frequency and height markers, proves which is which, and fits the axes.
//!
//! In: a [`Frame`]. Out: a [`Grid`] with residuals and the margin of its identification.
//!
//! `strips` reduces the panel to bands, `lines` finds the straight lines in them, `sequence` names them, `fit` settles
//! their positions, `second_look` finds faint markers once the others are known, `frequency` and `heights` make axes of
//! them, `limits` serves formats without markers.

mod config;
mod fit;
mod frequency;
mod heights;
mod limits;
mod lines;
mod second_look;
mod sequence;
mod strips;

pub use config::CalibrateConfig;
pub use limits::with_limits;

use crate::model::{Calibration, Frame, Grid, GridOrigin, HeightDirection, MarkerStyle, PixelBox, SweepAxis};
use frequency::{FrequencyAxis, frequency_axis};
use heights::{RangeResult, height_axis, light_edge};
use lines::{Lines, find_lines};
use std::ops::Range;
use strips::{Strips, Tone, equal_bands};

/// Calibrates one frame from its own markers. An axis that cannot be proved is absent, with the reason.
pub fn calibrate(frame: &Frame, calibration: &Calibration, config: &CalibrateConfig) -> Grid {
    let panel = frame.panel.clamped(frame.picture.width(), frame.picture.height());
    if panel.w < SMALLEST || panel.h < SMALLEST {
        return Grid::unproved("the panel is too small");
    }
    let (vertical, frequency) = frequency_part(frame, panel, calibration, config);
    let (horizontal, height) = height_part(frame, panel, calibration, config);
    let reason = [frequency.reason.as_str(), height.reason.as_str()]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("; ");
    let origin = if frequency.from_limits { GridOrigin::Limits } else { GridOrigin::Own };
    let (top, bottom) = (f64::from(panel.y), f64::from(panel.bottom() - 1));
    let (left, right) = (f64::from(panel.x), f64::from(panel.right() - 1));
    Grid {
        sweep: frequency.sweep,
        range: height.range,
        origin,
        frequency_markers: frequency.markers,
        height_markers: height.markers,
        frequency_residual_px: frequency.residual_px,
        frequency_residual_mhz: frequency.residual_mhz,
        height_residual_px: height.residual_px,
        height_residual_km: height.residual_km,
        identity_margin: frequency.margin,
        vertical_lines: vertical.listed(top, bottom, config),
        horizontal_lines: horizontal.listed(left, right, config),
        reason,
    }
}

/// A panel with a shorter side cannot hold an axis, pixels.
const SMALLEST: i32 = 24;

/// A line's strip begins this share of the panel inside it, where the panel's edge does not show.
const INSET: f64 = 0.02;

fn frequency_part(
    frame: &Frame,
    panel: PixelBox,
    calibration: &Calibration,
    config: &CalibrateConfig,
) -> (Lines, FrequencyAxis) {
    let axis = &calibration.sweep;
    let slack = (0.012 * f64::from(panel.w)).round() as i32 + 2;
    let region = PixelBox::new(panel.x - slack, panel.y, panel.w + 2 * slack, panel.h)
        .clamped(frame.picture.width(), frame.picture.height());
    let bands = bands(panel.y, panel.h, axis.style, config);
    let strips = Strips::of_rows(&frame.picture, region, &bands);
    let lines = find_lines(&strips, f64::from(region.x), Tone::Dark, None, config);
    if axis.style == MarkerStyle::None {
        let sweep = limits::limit_sweep(axis, panel);
        let reason = if sweep.is_none() { "the calibration file gives no frequency limits" } else { "" };
        return (
            lines,
            FrequencyAxis { sweep, from_limits: true, reason: reason.to_owned(), ..FrequencyAxis::default() },
        );
    }
    let axes: Vec<&SweepAxis> = std::iter::once(axis).chain(&calibration.sweep_variants).collect();
    let mut found = frequency_axis(&lines, panel, &axes, config);
    if axis.style == MarkerStyle::Tick {
        found = ticks_against_limits(found, axis, panel, config);
    }
    (lines, found)
}

/// Ticks stand where the panel's limits put them, or the picture is damaged. Without ticks the limits are the axis.
fn ticks_against_limits(
    found: FrequencyAxis,
    axis: &SweepAxis,
    panel: PixelBox,
    config: &CalibrateConfig,
) -> FrequencyAxis {
    let Some(limits) = limits::limit_sweep(axis, panel) else { return found };
    if found.markers.iter().filter(|marker| marker.measured_px.is_some()).count()
        < config.frequency_markers_needed as usize
    {
        let margin = found.margin;
        return FrequencyAxis { sweep: Some(limits), from_limits: true, margin, ..FrequencyAxis::default() };
    }
    let row = limits.reference_y;
    let off = found
        .markers
        .iter()
        .map(|marker| (marker.fitted_px - limits.x_at(marker.value, row)).abs())
        .fold(0.0, f64::max);
    if found.sweep.is_some() && off > config.tick_slack * f64::from(panel.w) {
        let reason = format!("frequency ticks are {off:.0} px off the picture's limits");
        return FrequencyAxis { sweep: None, reason, ..found };
    }
    found
}

fn height_part(
    frame: &Frame,
    panel: PixelBox,
    calibration: &Calibration,
    config: &CalibrateConfig,
) -> (Lines, RangeResult) {
    let axis = &calibration.height;
    // The zero line may stand outside the light panel.
    let slack = (0.1 * f64::from(panel.h)).round() as i32 + 4;
    let (above, below) = match axis.direction {
        HeightDirection::Down => (slack, 4),
        HeightDirection::Up => (4, slack),
    };
    let region = PixelBox::new(panel.x, panel.y - above, panel.w, panel.h + above + below)
        .clamped(frame.picture.width(), frame.picture.height());
    let bands = bands(panel.x, panel.w, axis.style, config);
    let strips = Strips::of_columns(&frame.picture, region, &bands);
    let origin = f64::from(region.y);
    let dark = find_lines(&strips, origin, Tone::Dark, None, config);
    if axis.style == MarkerStyle::None {
        let range = limits::limit_range(axis, panel);
        let reason = if range.is_none() { "the calibration file gives no height limits" } else { "" };
        return (dark, RangeResult { range, reason: reason.to_owned(), ..RangeResult::default() });
    }
    let bright = find_lines(&strips, origin, Tone::Bright, Some(dark.lean), config);
    let at_border = match axis.direction {
        HeightDirection::Down => region.y == 0,
        HeightDirection::Up => region.bottom() >= frame.picture.height() as i32,
    };
    let edge = light_edge(&strips, origin, panel, axis, at_border);
    let found = height_axis(&dark, &bright, edge, panel, axis, config);
    (dark, found)
}

/// Bands across a line's direction: through the whole panel, or along its two edges for ticks.
fn bands(from: i32, length: i32, style: MarkerStyle, config: &CalibrateConfig) -> Vec<Range<usize>> {
    let (from, length) = (from as usize, length as usize);
    match style {
        MarkerStyle::Line | MarkerStyle::None => {
            let inset = (length as f64 * INSET) as usize;
            equal_bands(from + inset, length - 2 * inset, config.bands.clamp(2, 256) as usize)
        }
        MarkerStyle::Tick => {
            let depth = ((length as f64 * config.tick_depth).round() as usize).clamp(2, length / 2);
            vec![from..from + depth, from + length - depth..from + length]
        }
    }
}

#[cfg(test)]
mod film_tests;
#[cfg(test)]
mod synthetic_tests;

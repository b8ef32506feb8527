//! Parameters of the stage.

use serde::{Deserialize, Serialize};

/// Parameters of the stage. Lengths are shares of the panel, so that they hold at any scanner resolution.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CalibrateConfig {
    /// Bands into which the panel is cut across a line's direction; a line must show in many of them. Count, 24.
    pub bands: u32,
    /// Widest line in shares of the panel's longer side. 0.006.
    pub line_width: f64,
    /// Contrast against the surround that counts as full, 0 to 1: beyond it a line is only black. 0.6.
    pub full_contrast: f32,
    /// Share of the bands, the weakest, whose mean is a line's strength: below 1 it tells lines from bursts. 0.6.
    pub steady_share: f64,
    /// Strongest lean of lines that is looked for, pixels per pixel. 0.045 (two and a half degrees).
    pub lean: f64,
    /// Weakest line that is listed for removal, mean contrast from 0 to 1. 0.12.
    pub listed_contrast: f32,
    /// Shape of the rank density of markers among all lines: `shape * rank^(shape - 1)`, rank from 0 strongest to 1.
    /// Smaller trusts strength more. 0.3.
    pub rank_shape: f64,
    /// Position noise of a single marker beside the smooth deviation of the calibration file, in pixels. 0.7.
    pub jitter_px: f64,
    /// Fewest frequency markers that prove a sweep. Count, 5.
    #[serde(alias = "marks_needed")]
    pub frequency_markers_needed: u32,
    /// Smallest share of the expected markers that proves a sweep, 0 to 1. 0.4.
    #[serde(alias = "marks_share")]
    pub frequency_markers_share: f64,
    /// By how much the markers must be more likely than no markers at all: natural logarithm. 8.
    pub evidence_needed: f64,
    /// By how much the best assignment must be more likely than the best different one: natural logarithm. 7: frames turned
    /// left to right, in which every identity is wrong, stay below 5, true ones are rarely below 10.
    pub margin_needed: f64,
    /// Largest root mean square of the markers about the smooth sweep, in multiples of the calibration file's
    /// position_sigma. 1.0.
    pub residual_allowed: f64,
    /// Weakest line that is taken for a marker which the sequence missed, mean contrast from 0 to 1. 0.1.
    pub second_look_contrast: f32,
    /// How many times stronger such a line must be than any other one near the predicted position. 2.5.
    pub second_look_ratio: f32,
    /// How far from the predicted position an outermost marker is looked for, share of the distance from first to last
    /// marker. An inner marker is held by its neighbours: three times position_sigma of the calibration file. 0.015.
    pub second_look_reach: f64,
    /// Fewest height markers that prove a height axis, the zero line included. Count, 4.
    #[serde(alias = "rulings_needed")]
    pub height_markers_needed: u32,
    /// By how much the height markers must be more likely than none: natural logarithm. 8.
    #[serde(alias = "ruling_evidence_needed")]
    pub height_marker_evidence_needed: f64,
    /// As `margin_needed`, for height markers: 3.5. Clear panels are above 3.9, panels of noise alone and out-of-phase
    /// scans below 3.2.
    #[serde(alias = "ruling_margin_needed")]
    pub height_marker_margin_needed: f64,
    /// Largest root mean square of the height markers about equal steps, shares of a step; the position noise comes on
    /// top. 0.05.
    #[serde(alias = "ruling_residual_allowed")]
    pub height_marker_residual_allowed: f64,
    /// How often a height marker is seen, 0 to 1. 0.7.
    #[serde(alias = "ruling_visibility")]
    pub height_marker_visibility: f64,
    /// Deviation of a height marker from equal steps, one sigma, shares of the distance from first to last height
    /// marker. 0.003.
    #[serde(alias = "ruling_stray")]
    pub height_marker_sigma: f64,
    /// How well the panel's left edge tells the first marker, one sigma, shares of the distance from first to last
    /// marker. 0.01.
    pub edge_sigma: f64,
    /// Share of the frames whose panel shows its own left edge there, 0 to 1; the others are cut or lit otherwise. 0.8.
    pub edge_trust: f64,
    /// How well the panel's edge tells the zero, one sigma, in steps from one height marker to the next. 0.22.
    pub zero_sigma: f64,
    /// Depth of the strips at the panel's edges in which ticks are looked for, share of its height or width. 0.02.
    pub tick_depth: f64,
    /// How far ticks may be off the picture's limits, share of its width. 0.01.
    pub tick_slack: f64,
}

impl Default for CalibrateConfig {
    fn default() -> Self {
        Self {
            bands: 24,
            line_width: 0.006,
            full_contrast: 0.6,
            steady_share: 0.6,
            lean: 0.045,
            listed_contrast: 0.12,
            rank_shape: 0.3,
            jitter_px: 0.7,
            frequency_markers_needed: 5,
            frequency_markers_share: 0.4,
            evidence_needed: 8.0,
            margin_needed: 7.0,
            residual_allowed: 1.0,
            second_look_contrast: 0.1,
            second_look_ratio: 2.5,
            second_look_reach: 0.015,
            height_markers_needed: 4,
            height_marker_evidence_needed: 8.0,
            height_marker_margin_needed: 3.5,
            height_marker_residual_allowed: 0.05,
            height_marker_visibility: 0.7,
            height_marker_sigma: 0.003,
            edge_sigma: 0.01,
            edge_trust: 0.8,
            zero_sigma: 0.22,
            tick_depth: 0.02,
            tick_slack: 0.01,
        }
    }
}

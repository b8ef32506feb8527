//! Parameters of the stage.

use serde::{Deserialize, Serialize};

/// Parameters of frame finding. Lengths are shares of the picture, so that they hold at any scanner resolution.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FrameConfig {
    /// Smallest width and height of a picture that can hold an ionogram, pixels. Default 64.
    pub least_side: u32,
    /// Shorter side of the reduced picture on which the panel is looked for, pixels: large enough for edges to be
    /// placed within a per cent, small enough to be quick. Default 200.
    pub working_side: u32,
    /// Least difference of the light and dark tone that makes a panel, share of the full scale. Default 0.08.
    pub least_contrast: f32,
    /// Grey value that parts panel and surround, as share of the way from the dark to the light tone. Below the
    /// middle, because panels hold grey noise while the surround is evenly dark. Default 0.35.
    pub threshold_share: f32,
    /// Least share of light pixels in a row or column of the panel. Default 0.25.
    pub light_share: f32,
    /// Longest gap between light rows or columns that still belongs to the panel (interference bands, wide markers), as
    /// share of the picture's height or width. Default 0.03.
    pub gap_share: f32,
    /// How much better a scan must look the other way round before the tone that the calibration file calls normal is
    /// given up, as a ratio. Default 1.5.
    pub tone_prior: f32,
    /// Largest skew that is looked for, degrees. Default 5.
    pub largest_skew_deg: f64,
    /// Skew below which the picture keeps its exact pixels, degrees. Default 0.05.
    pub least_skew_deg: f64,
    /// Displacement of the panel's ends by the skew below which the picture keeps its exact pixels: resampling would
    /// cost more than it gains, pixels. Default 0.75.
    pub least_skew_px: f64,
    /// How far the alignment of the height markers at the best skew must stand out of the others, in units of their
    /// scatter. Default 3.8.
    pub least_skew_clarity: f64,
    /// Difference of the lightest and the darkest grey below which a panel is blank, share of the full scale.
    /// Default 0.1.
    pub blank_span: f32,
    /// Least share of dark pixels in three quarters of a panel that holds noise only. Default 0.08.
    pub noise_ink_share: f32,
    /// Largest difference between a part of a noise-only panel and what its rows and columns make expect, in medians
    /// of the parts: echoes and resonances stand out by more. Default 1.0.
    pub noise_unevenness: f32,
    /// Most light pixels in a column between two frames, as a share of the panel's height. Default 0.03.
    pub gap_light_share: f32,
    /// Least width of the gap between two frames, as a share of the panel's height: wider than a frequency marker.
    /// Default 0.04.
    pub gap_width: f32,
    /// By what factor a panel's aspect may leave the calibration file's range before the picture counts as more or
    /// less than a frame. Default 1.2.
    pub aspect_tolerance: f64,
    /// Least height of the panels' band on a strip, share of the film's height. Default 0.35.
    pub least_band_share: f32,
    /// Light share of the margins from which a column of a strip is clear film and not panel. Default 0.6.
    pub clear_share: f32,
    /// Least width of the dark gap between two frames of a strip, as a share of the panel's height. Default 0.015.
    pub strip_gap_width: f32,
    /// Least width of a panel on a strip, as a share of the usual one: less is a remnant. Default 0.6.
    pub least_panel_share: f32,
}

impl Default for FrameConfig {
    fn default() -> Self {
        Self {
            least_side: 64,
            working_side: 200,
            least_contrast: 0.08,
            threshold_share: 0.35,
            light_share: 0.25,
            gap_share: 0.03,
            tone_prior: 1.5,
            largest_skew_deg: 5.0,
            least_skew_deg: 0.05,
            least_skew_px: 0.75,
            least_skew_clarity: 3.8,
            blank_span: 0.1,
            noise_ink_share: 0.08,
            noise_unevenness: 1.0,
            gap_light_share: 0.03,
            gap_width: 0.04,
            aspect_tolerance: 1.2,
            least_band_share: 0.35,
            clear_share: 0.6,
            strip_gap_width: 0.015,
            least_panel_share: 0.6,
        }
    }
}

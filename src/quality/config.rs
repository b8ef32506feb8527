//! Every threshold that accepts, flags or rejects.

use super::catalogue::known_tests;
use crate::model::CharacteristicName;
use serde::{Deserialize, Serialize};

/// Thresholds of quality control.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct QualityConfig {
    /// Names of tests that are switched off. Default none.
    #[serde(deserialize_with = "known_tests")]
    pub off: Vec<String>,
    /// Largest root mean square of the frequency markers about the fitted sweep (px). Default 4.
    pub frequency_residual_px: f32,
    /// Largest root mean square of the height markers about the fitted axis (px). Default 3.
    pub height_residual_px: f32,
    /// Smallest margin by which the markers' identity must win (natural logarithm of likelihoods). Default 3.
    pub identity_margin: f32,
    /// Smallest share of the expected frequency markers that must be found (1). Default 0.5.
    #[serde(alias = "marks_share")]
    pub frequency_markers_share: f32,
    /// Largest share of the panel's columns that may be unreadable (1). Default 0.5.
    pub masked_share: f32,
    /// Share of the panel's rows in interference bands from which every value is suspect (1). Default 0.03.
    pub band_share: f32,
    /// Probability of the time below which a frame is suspect (1). Default 0.9: the smallest with which a time is given.
    pub time_confidence: f32,
    /// Probability of a value to be sound, that is its confidence over that of a sound value with its bounds, below which it
    /// is suspect (1). Default 0.5.
    pub value_confidence: f32,
    /// Probability of being wrong, by all that is known of it, above which a value is suspect (1). Default 0.5.
    #[serde(alias = "wrong_probability")]
    pub error_probability: f64,
    /// Width of the bounds over the value above which a frequency is suspect (1). Default 0.2.
    pub bounds_share: f64,
    /// Width of the bounds that is never suspect (reading units). Default 7.
    pub bounds_units: f64,
    /// Confidence from which wide bounds, which guard then against a rare large error, and letter U are not suspect (1).
    /// Default 0.75.
    pub sure_confidence: f32,
    /// Smallest and largest foF2 that occur (MHz). Default 0.8 and 22.
    pub fo_f2_range: [f64; 2],
    /// Smallest and largest foE that occur (MHz). Default 0.3 and 5.
    pub fo_e_range: [f64; 2],
    /// Smallest and largest h'F that occur (km). Default 150 and 800.
    pub h_f_range: [f64; 2],
    /// Smallest and largest M(3000)F2 that occur (1). Default 2 and 4.5.
    pub m3000_range: [f64; 2],
    /// Largest difference of fxF2 - foF2 from what the gyrofrequency gives (MHz). Default 0.25.
    pub separation_mhz: f64,
    /// Largest difference of MUF(3000)F2 from the product of foF2 and M(3000)F2 (share of it). Default 0.03.
    pub product_share: f64,
    /// Smallest and largest difference of the frequencies at which the topside X and O traces end deepest (MHz). Default
    /// 0.1 and 1.6: half the gyrofrequency at the magnetic equator, all of it at the pole.
    pub topside_separation_mhz: [f64; 2],
    /// Largest median of h'(second hop) - 2 h'(first hop) (km). Default 25.
    pub hop_km: f64,
    /// Least contrast of the best F trace (units of the noise). Default 2.
    pub trace_contrast: f32,
    /// Least share of the frequencies between 0.6 foF2 and foF2 at which an F echo is seen (1). Default 0.2.
    pub trace_coverage: f64,
    /// Largest difference of M(3000)F2 from the factor that the seen trace itself gives (1). Default 0.35.
    pub fit_factor: f64,
    /// Tests along the roll.
    pub series: SeriesConfig,
    /// Tests against the monthly median to be expected.
    pub climatology: ClimatologyConfig,
    /// Order of the review queue.
    pub queue: QueueConfig,
}

impl Default for QualityConfig {
    fn default() -> Self {
        Self {
            off: Vec::new(),
            frequency_residual_px: 4.0,
            height_residual_px: 3.0,
            identity_margin: 3.0,
            frequency_markers_share: 0.5,
            masked_share: 0.5,
            band_share: 0.03,
            time_confidence: 0.9,
            value_confidence: 0.5,
            error_probability: 0.5,
            bounds_share: 0.2,
            bounds_units: 7.0,
            sure_confidence: 0.75,
            fo_f2_range: [0.8, 22.0],
            fo_e_range: [0.3, 5.0],
            h_f_range: [150.0, 800.0],
            m3000_range: [2.0, 4.5],
            separation_mhz: 0.25,
            product_share: 0.03,
            topside_separation_mhz: [0.1, 1.6],
            hop_km: 25.0,
            trace_contrast: 2.0,
            trace_coverage: 0.2,
            fit_factor: 0.35,
            series: SeriesConfig::default(),
            climatology: ClimatologyConfig::default(),
            queue: QueueConfig::default(),
        }
    }
}

impl QualityConfig {
    /// The test is switched on.
    pub(super) fn has(&self, test: &str) -> bool {
        !self.off.iter().any(|off| off == test)
    }
}

/// Thresholds of the tests along the roll.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SeriesConfig {
    /// Probability that foF2 is right, by its neighbours in time alone and 0.9 before, below which it is a spike (1).
    /// Default 0.8.
    pub spike_probability: f64,
    /// The same for what else has a course, and for what derives from foF2 and shares its flag (1). Default 0.4: there
    /// are four times as many of these, and their courses are less steady.
    pub spike_probability_others: f64,
    /// Least deviation of a spike from what its neighbours say (reading units). Default 3.5: smaller errors are hardly
    /// wrong, and the ionosphere makes them itself.
    pub spike_units: f64,
    /// Least evidence of a spike: values of other frames within `neighbour_hours`. Default 3.
    pub neighbours: usize,
    /// How near in time a neighbour is (h). Default 1.5.
    pub neighbour_hours: f64,
    /// Frames on either side on the film through whose values the line goes by which any value is compared (frames).
    /// Default 5. They are at most twice `neighbour_hours` away.
    #[serde(alias = "around_frames")]
    pub neighbour_frames: usize,
    /// Smallest and largest change of foF2 within 15 minutes, one sigma, between which the roll's own is believed (share).
    /// Default 0.015 and 0.05. Other characteristics are steadier by fixed factors.
    pub change: [f64; 2],
    /// Share of large changes, four times the usual one (1). Default 0.03.
    pub large_changes: f64,
    /// How far values stray from their diurnal course, one sigma (share). Default 0.25.
    pub spread: f64,
    /// Time in which a deviation from the diurnal course fades (h). Default 5.
    pub life_hours: f64,
    /// Gap after which the sequence starts anew (h). Default 12.
    pub gap_hours: f64,
    /// How much more the ionosphere changes than usual within an hour and a half of sunrise (1). Default 3.
    pub sunrise_factor: f64,
    /// The same for the three hours from sunset on (1). Default 2.
    pub sunset_factor: f64,
    /// Largest change of foF2 within 15 minutes (share). Default 0.2 (URSI practice); times the factors at
    /// sunrise and sunset.
    #[serde(alias = "step_share")]
    pub rate_of_change_share: f64,
    /// Frames in a row with the same value that are too many. Default 6.
    #[serde(alias = "stuck_frames")]
    pub flat_line_frames: usize,
    /// Largest difference of values that count as the same (reading units). Default 0.02.
    #[serde(alias = "stuck_units")]
    pub flat_line_units: f64,
    /// Values of the same hour that an envelope needs. Default 12.
    pub envelope_values: usize,
    /// Distance from the quartiles beyond which a value is outside the envelope (interquartile ranges). Default 3.
    pub envelope_ranges: f64,
    /// Least interquartile range, so that quiet hours do not flag small changes (share of the median). Default 0.08.
    pub envelope_least: f64,
    /// Frames on either side among which the axes are compared. Default 12.
    pub drift_frames: usize,
    /// Largest difference of the frequencies at the panel's edges from the neighbours' median (share). Default 0.025.
    pub drift_frequency_share: f64,
    /// Largest difference of the heights over the panel from the neighbours' median (share). Default 0.04.
    pub drift_height_share: f64,
    /// Probability to be right by its neighbours alone from which foF2, and a height, confirms axes taken from other frames (1).
    /// Default 0.95.
    pub axes_probability: f64,
    /// Frames of the longest stretch that may be out of its place in time. Default 16.
    pub displaced_frames: usize,
    /// Characteristics for which values from the sequence are added where the frame gives none or a spike. Default foF2.
    pub interpolate: Vec<CharacteristicName>,
    /// Probability of a value to have exchanged O and X, by the other frames, from which the exchange is undone beside it (1).
    /// Default 0.6.
    pub exchanged: f64,
    /// Probability to be sound below which a spike is given a value from the sequence beside it (1). Default 0.2.
    pub refuted: f64,
    /// Distance of such a spike from what the other frames say (half widths of its 95 % bounds). Default 1.7.
    pub refuted_widths: f64,
    /// Longest gap that is interpolated, to either side (h). Default 1.5.
    pub interpolate_hours: f64,
    /// Largest half width of the 95 % bounds of an added value (share). Default 0.3.
    pub interpolate_share: f64,
}

impl Default for SeriesConfig {
    fn default() -> Self {
        Self {
            spike_probability: 0.8,
            spike_probability_others: 0.4,
            spike_units: 3.5,
            neighbours: 3,
            neighbour_hours: 1.5,
            neighbour_frames: 5,
            change: [0.015, 0.05],
            large_changes: 0.03,
            spread: 0.25,
            life_hours: 5.0,
            gap_hours: 12.0,
            sunrise_factor: 3.0,
            sunset_factor: 2.0,
            rate_of_change_share: 0.2,
            flat_line_frames: 6,
            flat_line_units: 0.02,
            envelope_values: 12,
            envelope_ranges: 3.0,
            envelope_least: 0.08,
            drift_frames: 12,
            drift_frequency_share: 0.025,
            drift_height_share: 0.04,
            axes_probability: 0.95,
            displaced_frames: 16,
            interpolate: vec![CharacteristicName::FoF2],
            exchanged: 0.6,
            refuted: 0.2,
            refuted_widths: 1.7,
            interpolate_hours: 1.5,
            interpolate_share: 0.3,
        }
    }
}

/// Thresholds against the background: docs/quality.md states its sources and errors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClimatologyConfig {
    /// Factor by which foF2 may differ from its background, up or down (1). Default 2.
    pub fo_f2_factor: f64,
    /// Largest difference of foE from its background by day (MHz). Default 0.7.
    pub fo_e_mhz: f64,
    /// Largest difference of the peak height, from M(3000)F2, from its background (km). Default 130.
    pub hm_f2_km: f64,
    /// Share of a segment's values of one characteristic that may be far from the background. Where more are, the
    /// background is not that of this film, or all of it is dated or placed wrongly, and no single value is marked.
    /// Default 0.2.
    pub most_marked: f64,
    /// Smallest and largest smoothed sunspot number that a date without a known one may have (1). Default 0 and 200.
    pub sunspots: [f64; 2],
}

impl Default for ClimatologyConfig {
    fn default() -> Self {
        Self { fo_f2_factor: 2.0, fo_e_mhz: 0.7, hm_f2_km: 130.0, most_marked: 0.2, sunspots: [0.0, 200.0] }
    }
}

/// What makes a value important to a reviewer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct QueueConfig {
    /// Importance of foF2 (1). Default 1.
    pub fo_f2: f64,
    /// Importance of M(3000)F2 and MUF(3000)F2 (1). Default 0.7.
    pub m3000: f64,
    /// Importance of the heights of the F region (1). Default 0.6.
    pub heights: f64,
    /// Importance of foF1, foE and foEs (1). Default 0.5.
    pub lower_layers: f64,
    /// Importance of all others (1). Default 0.3.
    pub others: f64,
    /// Factor for values that failed, which nobody uses (1). Default 0.2.
    pub failed: f64,
    /// Probability of being wrong from which a value without a flag is queued too (1). Default 0.001.
    #[serde(alias = "least_wrong")]
    pub least_error_probability: f64,
}

impl Default for QueueConfig {
    fn default() -> Self {
        Self {
            fo_f2: 1.0,
            m3000: 0.7,
            heights: 0.6,
            lower_layers: 0.5,
            others: 0.3,
            failed: 0.2,
            least_error_probability: 0.001,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_tests_can_be_switched_off() {
        let config: QualityConfig = toml::from_str("off = [\"spike\"]").unwrap();
        assert!(!config.has("spike") && config.has("rate_of_change"));
        let error = toml::from_str::<QualityConfig>("off = [\"spikes\"]").unwrap_err().to_string();
        assert!(error.contains("no test spikes") && error.contains("monthly_envelope"), "{error}");
    }
}

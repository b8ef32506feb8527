//! Follows the echoes: ridges with sub-pixel centres, linked. Those of a satellite are named by component; `scale` names the others.
//!
//! In: an [`Echogram`]. Out: [`Ridge`]s in pixels; with a grid, [`Trace`]s with a meaning.
//!
//! A film echo is faint and grainy across but long. The curvature across a line is therefore summed along sixteen
//! directions at three scales (the oriented-filter kin of Steger's line detector, IEEE PAMI 20, 1998), everything in
//! units of the noise nearby. Crests of these sums are chained along their tangents, chains are joined across gaps where
//! they go on along one curve, and chains that noise could have made are dropped. The search runs on a reduced picture;
//! centre, leading edge and amplitude are measured on the full one.

mod candidates;
mod chain;
mod detect;
mod join;
mod label;
mod lines;
mod plane;
mod place;
mod scratch;
mod select;
mod topside;

use crate::model::{Calibration, Candidates, Echogram, Grid, Ridge, Sounder, Trace};
use serde::{Deserialize, Serialize};

/// Parameters of the stage. Lengths are shares of the panel's height unless stated otherwise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TraceConfig {
    /// Rows of the picture that ridges are looked for in; a finer panel is reduced to about this. Default 240.
    pub working_rows: u32,
    /// Columns of the same. Default 400.
    pub working_columns: u32,
    /// Contrast at which a chain may start, in units of the local noise. Default 4.
    pub start_contrast: f32,
    /// Contrast at which a chain goes on. Default 2.
    pub follow_contrast: f32,
    /// Most candidates that are kept of each working column. Default 6.
    pub candidates: usize,
    /// Smallest noise that is assumed, amplitude units. Default 1.
    pub noise_floor: f32,
    /// Widest gap that a chain bridges. Default 0.09.
    pub gap: f32,
    /// Shortest ridge. Default 0.055.
    pub min_length: f32,
    /// Smallest mean contrast of a ridge, in units of the local noise. Default 5.
    pub min_contrast: f32,
    /// Smallest score of a ridge on a frame with a single chain. The score is mean contrast x share without gaps x root
    /// of the length in working pixels. Default 16.
    pub score_floor: f32,
    /// How much the smallest score grows when the frame has e times as many chains: the scores of noise fall off
    /// exponentially. Default 3.3.
    pub score_tail: f32,
    /// Largest share of a ridge's length that may be bridged gaps. Default 0.45.
    pub max_gap_share: f32,
    /// A level ridge this much thinner than the others of the frame is a scratch or the rest of a height marker: every
    /// echo is as thick as the pulse is long (1). Default 0.5.
    pub scratch_thickness: f32,
    /// The same where its edge is even: grain and the receiver make the edges of echoes ragged (1). Default 0.66.
    pub even_thickness: f32,
    /// Scatter of the edge about the centre up to which it is even, as a share of half the thickness. Default 0.08: echoes
    /// of 1-bit scans have 0.09 and more.
    pub scratch_evenness: f32,
    /// Largest slope of such a ridge, rows for each column. Default 0.06.
    pub scratch_slope: f32,
    /// A topside ridge that hangs from the top and spans fewer columns than this share of its rows is a resonance
    /// spike. Default 0.08.
    pub spike_slant: f32,
    /// A topside ridge along the columns that ends above this is a piece of such a spike. Default 0.3.
    pub spike_depth: f32,
    /// A topside ridge whose middle lies above this belongs to the sounder's pulse. Default 0.07.
    pub pulse: f32,
    /// How much clearer than others a ridge that runs nearly along the columns must be. Default 1.25.
    pub steep_contrast: f32,
    /// How far a topside ridge may lie from the fitted layer's curve to be half explained by it, km, and the least that this
    /// is in frame pixels. Default 16 and 3.
    pub topside_km: f64,
    /// See `topside_km`.
    pub topside_px: f64,
    /// Smallest share of the ridges that the layer must explain before they get names. Default 0.45.
    pub topside_explained: f64,
    /// How much less the best other naming must explain, as a share of all. Default 0.02.
    pub topside_margin: f64,
    /// Least and greatest gyrofrequency where the station's is unknown, MHz: those of the Earth's field at the heights
    /// of the ionosphere. Default 0.45 and 1.6.
    pub gyro_mhz: [f64; 2],
}

impl Default for TraceConfig {
    fn default() -> Self {
        Self {
            working_rows: 240,
            working_columns: 400,
            start_contrast: 4.0,
            follow_contrast: 2.0,
            candidates: 6,
            noise_floor: 1.0,
            gap: 0.09,
            min_length: 0.055,
            min_contrast: 5.0,
            score_floor: 16.0,
            score_tail: 3.3,
            max_gap_share: 0.45,
            scratch_thickness: 0.5,
            even_thickness: 0.66,
            scratch_evenness: 0.08,
            scratch_slope: 0.06,
            spike_slant: 0.08,
            spike_depth: 0.3,
            pulse: 0.07,
            steep_contrast: 1.25,
            topside_km: 16.0,
            topside_px: 3.0,
            topside_explained: 0.45,
            topside_margin: 0.02,
            gyro_mhz: [0.45, 1.6],
        }
    }
}

/// What is seen in an echogram.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Found {
    /// Echoes in frame pixels, strongest first.
    pub ridges: Vec<Ridge>,
    /// Everything that could be a point of an echo, weak ones and noise included.
    pub candidates: Candidates,
}

/// Finds the ridges of an echogram and the single places that might belong to one.
pub fn trace(echogram: &Echogram, calibration: &Calibration, config: &TraceConfig) -> Found {
    let Some(field) = detect::detect(echogram, config) else {
        return Found::default();
    };
    let candidates = candidates::candidates(&field, echogram.region, config);
    let chains = chain::chains(&field, config);
    let chains = join::join(chains, &field, config);
    let chains = select::select(chains, &field, calibration.sounder, config);
    let mut ridges = place::place(&chains, &field, echogram, calibration);
    if calibration.sounder == Sounder::Bottomside {
        scratch::drop_scratches(&mut ridges, config);
    }
    Found { ridges, candidates }
}

/// Names the ridges of a topside sounding by component where a layer below the satellite explains them.
pub fn label_topside(ridges: &[Ridge], grid: &Grid, config: &TraceConfig) -> Vec<Trace> {
    label::label(ridges, grid, config)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::shipped_calibration;
    use crate::model::PixelBox;
    use image::GrayImage;
    use proptest::prelude::*;

    fn ridges(amplitude: GrayImage, calibration: &str) -> Vec<Ridge> {
        let region = PixelBox::new(0, 0, amplitude.width() as i32, amplitude.height() as i32);
        let echogram = Echogram { amplitude, region, noise: 0.0, masked: Vec::new(), band_share: 0.0 };
        let calibration = shipped_calibration(calibration).unwrap_or_else(|| panic!("{calibration}"));
        trace(&echogram, &calibration, &TraceConfig::default()).ridges
    }

    #[test]
    fn a_bent_echo_is_followed_to_a_fraction_of_a_pixel() {
        let centre = |x: f32| 250.0 - 20.0 * (x / 60.0 - 3.0).powi(2);
        let mut picture = GrayImage::new(400, 300);
        for (x, y, pixel) in picture.enumerate_pixels_mut() {
            let distance = (y as f32 - centre(x as f32)).abs();
            if (60..330).contains(&x) {
                pixel.0[0] = (255.0 * (-0.5 * (distance / 2.0).powi(2)).exp()) as u8;
            }
        }
        let found = ridges(picture, "ips42");
        assert_eq!(found.len(), 1);
        let inside = found[0].points.iter().filter(|p| p.x > 70.0 && p.x < 320.0);
        let worst = inside.map(|p| (p.y - centre(p.x)).abs()).fold(0.0, f32::max);
        assert!(worst < 1.0, "{worst}");
        // The leading edge of a sounder on the ground is the lower one.
        assert!(found[0].points.iter().filter(|p| p.edge_y > p.y).count() * 10 > found[0].points.len() * 7);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn any_picture_is_survived(width in 0u32..90, height in 0u32..90, seed in 0u32..9999, bits in 0u32..9) {
            let mut state = seed.wrapping_mul(2_654_435_761) | 1;
            let picture = GrayImage::from_fn(width, height, |_, _| {
                state ^= state << 13;
                state ^= state >> 17;
                state ^= state << 5;
                image::Luma([if bits == 0 { 255 } else { (state >> 24) as u8 >> (8 - bits) }])
            });
            for name in ["alouette1", "ips42"] {
                for ridge in ridges(picture.clone(), name) {
                    prop_assert!(ridge.points.iter().all(|p| p.x.is_finite() && p.y.is_finite() && p.edge_y.is_finite()));
                }
            }
        }
    }
}

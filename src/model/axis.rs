//! The axes of one frame: which pixel is which frequency and height, and the markers that prove it.

use serde::{Deserialize, Serialize};

/// A strictly monotone curve through knots, evaluated by monotone cubic interpolation and extended along its end
/// slopes.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Curve {
    /// Places in pixels, increasing.
    pub px: Vec<f64>,
    /// Values at the places (the logarithm of the frequency on a logarithmic sweep), monotone.
    pub value: Vec<f64>,
}

impl Curve {
    /// The value at a place in pixels. An empty curve is zero everywhere.
    pub fn at(&self, px: f64) -> f64 {
        interpolate(&self.px, &self.value, px)
    }

    /// The place in pixels of a value.
    pub fn px_at(&self, value: f64) -> f64 {
        if self.value.first() > self.value.last() {
            let flipped: Vec<f64> = self.value.iter().rev().copied().collect();
            let px: Vec<f64> = self.px.iter().rev().copied().collect();
            return bisect(&self.px, &self.value, value, interpolate(&flipped, &px, value));
        }
        bisect(&self.px, &self.value, value, interpolate(&self.value, &self.px, value))
    }
}

/// Newton steps from a first guess, so that `px_at` is the inverse of `at` and not only of its chords.
fn bisect(px: &[f64], value: &[f64], target: f64, guess: f64) -> f64 {
    let mut x = guess;
    for _ in 0..30 {
        let error = interpolate(px, value, x) - target;
        let slope = (interpolate(px, value, x + 0.01) - interpolate(px, value, x - 0.01)) / 0.02;
        if slope == 0.0 || !slope.is_finite() {
            break;
        }
        let step = error / slope;
        x -= step;
        if step.abs() < 1e-9 {
            break;
        }
    }
    x
}

/// Monotone piecewise cubic interpolation (Fritsch and Carlson, SIAM J. Numer. Anal. 17, 1980), linear outside.
fn interpolate(xs: &[f64], ys: &[f64], x: f64) -> f64 {
    let n = xs.len().min(ys.len());
    match n {
        0 => return 0.0,
        1 => return ys[0],
        _ => {}
    }
    let chord = |i: usize| (ys[i + 1] - ys[i]) / (xs[i + 1] - xs[i]);
    let slope = |i: usize| -> f64 {
        if i == 0 {
            return chord(0);
        }
        if i == n - 1 {
            return chord(n - 2);
        }
        let (before, after) = (chord(i - 1), chord(i));
        if before * after <= 0.0 {
            return 0.0;
        }
        let (left, right) = (xs[i] - xs[i - 1], xs[i + 1] - xs[i]);
        let (a, b) = (2.0 * right + left, right + 2.0 * left);
        (a + b) / (a / before + b / after)
    };
    if x <= xs[0] {
        return ys[0] + slope(0) * (x - xs[0]);
    }
    if x >= xs[n - 1] {
        return ys[n - 1] + slope(n - 1) * (x - xs[n - 1]);
    }
    let i = xs.partition_point(|&knot| knot <= x) - 1;
    let width = xs[i + 1] - xs[i];
    let t = (x - xs[i]) / width;
    let (t2, t3) = (t * t, t * t * t);
    (2.0 * t3 - 3.0 * t2 + 1.0) * ys[i]
        + (t3 - 2.0 * t2 + t) * width * slope(i)
        + (3.0 * t2 - 2.0 * t3) * ys[i + 1]
        + (t3 - t2) * width * slope(i + 1)
}

/// The frequency axis in frame pixels.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Sweep {
    /// From x at `reference_y` to MHz, or to ln(MHz) if `logarithmic`.
    pub curve: Curve,
    /// The curve's values are natural logarithms.
    pub logarithmic: bool,
    /// How far a line of constant frequency leans: pixels in x for each pixel in y.
    pub shear: f64,
    /// The row for which the curve holds.
    pub reference_y: f64,
}

impl Sweep {
    /// The frequency in MHz at a point in frame pixels.
    pub fn mhz_at(&self, x: f64, y: f64) -> f64 {
        let value = self.curve.at(x - self.shear * (y - self.reference_y));
        if self.logarithmic { value.exp() } else { value }
    }

    /// The column in frame pixels at which a frequency stands on row `y`.
    pub fn x_at(&self, mhz: f64, y: f64) -> f64 {
        let value = if self.logarithmic { mhz.max(1e-6).ln() } else { mhz };
        self.curve.px_at(value) + self.shear * (y - self.reference_y)
    }
}

/// The height (or apparent range) axis in frame pixels.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct RangeAxis {
    /// From y at `reference_x` to km; falls with y for a bottomside sounder, grows with y for a topside sounder.
    pub curve: Curve,
    /// How far a line of constant height leans: pixels in y for each pixel in x.
    pub tilt: f64,
    /// The column for which the curve holds.
    pub reference_x: f64,
}

impl RangeAxis {
    /// The height in km at a point in frame pixels.
    pub fn km_at(&self, x: f64, y: f64) -> f64 {
        self.curve.at(y - self.tilt * (x - self.reference_x))
    }

    /// The row in frame pixels of a height in column `x`.
    pub fn y_at(&self, km: f64, x: f64) -> f64 {
        self.curve.px_at(km) + self.tilt * (x - self.reference_x)
    }
}

/// A frequency or height marker that the calibration file expects.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct AxisMarker {
    /// MHz of a frequency marker, km of a height marker.
    pub value: f64,
    /// Where it was measured (x of a marker at the sweep's reference row, y of a height marker at the reference
    /// column), if it was.
    pub measured_px: Option<f64>,
    /// Where the fitted axis has it.
    pub fitted_px: f64,
    /// Strength of the line against its surround, 0 to 1.
    pub strength: f32,
}

/// A straight line found in the panel, whether or not it was identified: what `clean` takes out.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Place at the panel's first row (vertical line) or first column (horizontal line), in frame pixels.
    pub start_px: f64,
    /// Place at the panel's last row or column.
    pub end_px: f64,
    /// Full width in pixels.
    pub width_px: f32,
    /// Strength against the surround, 0 to 1.
    pub strength: f32,
}

/// Where a frame's axes come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GridOrigin {
    /// Proved by the frame's own markers.
    Own,
    /// Taken from neighbouring frames of the roll.
    Roll,
    /// Taken from the picture's limits as the calibration file states them: a format without markers.
    Limits,
}

/// The calibrated axes of one frame, with the evidence for them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Grid {
    /// Frequency axis; `None` if it could not be proved.
    pub sweep: Option<Sweep>,
    /// Height axis; `None` if it could not be proved.
    pub range: Option<RangeAxis>,
    /// Where the frequency axis comes from.
    pub origin: GridOrigin,
    /// Frequency markers in the order of the calibration file.
    pub frequency_markers: Vec<AxisMarker>,
    /// Height markers in order of height.
    pub height_markers: Vec<AxisMarker>,
    /// Root mean square of (measured - smooth fit) over the markers, in pixels.
    pub frequency_residual_px: f32,
    /// The same in MHz.
    pub frequency_residual_mhz: f32,
    /// Root mean square over the height markers, in pixels.
    pub height_residual_px: f32,
    /// The same in km.
    pub height_residual_km: f32,
    /// How much better the best assignment of markers is than the best different one: difference of log likelihoods.
    pub identity_margin: f32,
    /// Vertical lines in the panel.
    pub vertical_lines: Vec<Line>,
    /// Horizontal lines in the panel.
    pub horizontal_lines: Vec<Line>,
    /// Why an axis is missing, in words for a person; empty if none is.
    pub reason: String,
}

impl Grid {
    /// A grid of which nothing is known, with the reason in words.
    pub fn unproved(reason: &str) -> Self {
        Self {
            sweep: None,
            range: None,
            origin: GridOrigin::Own,
            frequency_markers: Vec::new(),
            height_markers: Vec::new(),
            frequency_residual_px: 0.0,
            frequency_residual_mhz: 0.0,
            height_residual_px: 0.0,
            height_residual_km: 0.0,
            identity_margin: 0.0,
            vertical_lines: Vec::new(),
            horizontal_lines: Vec::new(),
            reason: reason.to_owned(),
        }
    }

    /// Both axes are known.
    pub fn is_complete(&self) -> bool {
        self.sweep.is_some() && self.range.is_some()
    }

    /// Number of frequency markers that were measured.
    pub fn markers_found(&self) -> usize {
        self.frequency_markers.iter().filter(|marker| marker.measured_px.is_some()).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_passes_its_knots_and_inverts() {
        let rising = Curve { px: vec![10.0, 50.0, 80.0, 200.0], value: vec![0.5, 1.5, 2.0, 11.5] };
        let falling = Curve { px: vec![10.0, 50.0, 80.0], value: vec![800.0, 500.0, 100.0] };
        for curve in [rising, falling] {
            for (px, value) in curve.px.iter().zip(&curve.value) {
                assert!((curve.at(*px) - value).abs() < 1e-12);
            }
            for px in [0.0, 10.0, 33.3, 61.0, 79.9, 230.0] {
                assert!((curve.px_at(curve.at(px)) - px).abs() < 1e-4, "{px}");
            }
        }
    }

    #[test]
    fn a_leaning_mark_keeps_its_frequency() {
        let curve = Curve { px: vec![0.0, 100.0], value: vec![1.0f64.ln(), 25.0f64.ln()] };
        let sweep = Sweep { curve, logarithmic: true, shear: -0.01, reference_y: 50.0 };
        let x = sweep.x_at(5.0, 250.0);
        assert!((sweep.mhz_at(x, 250.0) - 5.0).abs() < 1e-6);
        assert!((x - (sweep.x_at(5.0, 50.0) - 2.0)).abs() < 1e-6);
    }
}

//! Places of frequencies, looked up instead of solved for.

use crate::model::Sweep;

/// Quick places of frequencies.
pub(super) struct Ruler {
    left: f64,
    /// MHz of each pixel from the left edge on.
    mhz: Vec<f64>,
}

impl Ruler {
    /// The frequencies of a sweep over a panel from `left` to `right`, px.
    pub(super) fn new(sweep: &Sweep, left: f64, right: f64) -> Self {
        let count = (right - left).ceil().max(2.0) as u32 + 1;
        let mhz = (0..count).map(|i| sweep.mhz_at(left + f64::from(i), sweep.reference_y)).collect();
        Self { left, mhz }
    }

    /// The column of a frequency, px.
    pub(super) fn x_at(&self, mhz: f64) -> f64 {
        let i = self.mhz.partition_point(|&at| at <= mhz).clamp(1, self.mhz.len() - 1);
        let (before, after) = (self.mhz[i - 1], self.mhz[i]);
        self.left + i as f64 - 1.0 + (mhz - before) / (after - before).max(1e-9)
    }

    /// The frequency at a column, MHz.
    pub(super) fn mhz_at(&self, x: f64) -> f64 {
        let place = (x - self.left).clamp(0.0, (self.mhz.len() - 1) as f64);
        let i = (place as usize).min(self.mhz.len() - 2);
        self.mhz[i] + (place - i as f64) * (self.mhz[i + 1] - self.mhz[i])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Curve;

    #[test]
    fn places_are_those_of_the_sweep() {
        let curve = Curve { px: vec![20.0, 600.0], value: vec![1f64.ln(), 20f64.ln()] };
        let sweep = Sweep { curve, logarithmic: true, shear: 0.0, reference_y: 0.0 };
        let ruler = Ruler::new(&sweep, 10.0, 620.0);
        for mhz in [0.98, 1.0, 3.3, 12.7, 21.0] {
            assert!((ruler.x_at(mhz) - sweep.x_at(mhz, 0.0)).abs() < 0.01);
            assert!((ruler.mhz_at(ruler.x_at(mhz)) - mhz).abs() < 1e-3 * mhz);
        }
    }
}

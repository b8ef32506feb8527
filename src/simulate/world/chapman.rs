//! Chapman layers whose scale height varies with height.

use super::profile::Peak;
use crate::simulate::random::Random;

/// A layer N = Nm exp(c (1 - z - exp(-z))), z = (h - hm) / H, with c one half where electrons recombine by the square and one
/// where they attach (Rishbeth and Garriott, Introduction to Ionospheric Physics, 1969).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Chapman {
    /// Square of the peak's plasma frequency, MHz^2.
    peak_mhz2: f64,
    peak_km: f64,
    /// Scale height at the peak, km.
    scale_km: f64,
    /// Growth of the scale height below and above the peak, km for each km.
    growth: [f64; 2],
    c: f64,
}

impl Chapman {
    /// Layers whose sum has the wanted plasma frequencies at the peaks.
    pub(super) fn layers(e: &Peak, f1: Option<&Peak>, f2: &Peak, random: &mut Random) -> Vec<Self> {
        let peaks: Vec<Peak> = [Some(f2), Some(e), f1].into_iter().flatten().copied().collect();
        let mut layers: Vec<Self> = peaks
            .iter()
            .map(|peak| {
                let c = random.between(0.5, 1.0);
                Self {
                    peak_mhz2: 0.0,
                    peak_km: peak.km,
                    // The parabola that touches the peak has the half thickness H sqrt(2 / c).
                    scale_km: peak.below_km * (0.5 * c).sqrt(),
                    growth: [random.between(-0.1, 0.25), random.between(-0.15, 0.25)],
                    c,
                }
            })
            .collect();
        for _ in 0..8 {
            for i in 0..layers.len() {
                let others = layers.iter().enumerate().filter(|(j, _)| *j != i);
                let others: f64 = others.map(|(_, other)| other.plasma_mhz2(peaks[i].km)).sum();
                layers[i].peak_mhz2 = (peaks[i].mhz.powi(2) - others).max(0.0);
            }
        }
        layers
    }

    /// Square of the plasma frequency that the layer adds at a height, MHz^2.
    pub(super) fn plasma_mhz2(&self, km: f64) -> f64 {
        let above = km - self.peak_km;
        let growth = self.growth[usize::from(above > 0.0)];
        let scale = (self.scale_km + growth * above).max(0.35 * self.scale_km);
        let z = above / scale;
        self.peak_mhz2 * (self.c * (1.0 - z - (-z).exp())).exp()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_passes_through_its_peaks_and_vanishes_below() {
        let peak = |mhz, km, below_km| Peak { mhz, km, below_km, above_km: 20.0 };
        let (e, f1, f2) = (peak(3.0, 110.0, 12.0), peak(4.5, 180.0, 30.0), peak(8.0, 290.0, 80.0));
        let layers = Chapman::layers(&e, Some(&f1), &f2, &mut Random::new(3));
        let sum = |km: f64| layers.iter().map(|layer| layer.plasma_mhz2(km)).sum::<f64>();
        for peak in [e, f1, f2] {
            assert!((sum(peak.km).sqrt() - peak.mhz).abs() < 0.02, "{peak:?}: {}", sum(peak.km).sqrt());
        }
        assert!(sum(60.0) < 1e-3);
    }
}

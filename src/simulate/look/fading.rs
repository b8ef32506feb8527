//! How echoes fade along their traces.

use super::super::random::Random;
use std::f64::consts::TAU;

/// Slow and fast fading along a trace, as paths beat with each other.
pub(super) struct Fading {
    depth: [f64; 2],
    /// Beats over the sweep, and where they begin.
    slow: [(f64, f64); 3],
    fast: [(f64, f64); 3],
}

impl Fading {
    pub(super) fn new(depth: [f64; 2], random: &mut Random) -> Self {
        let mut wave = |rate: f64| (rate * random.between(0.6, 1.4), random.share());
        Self { depth, slow: [2.0, 5.0, 11.0].map(&mut wave), fast: [40.0, 75.0, 140.0].map(&mut wave) }
    }

    /// Added to the strength at a share of the sweep.
    pub(super) fn at(&self, place: f64) -> f64 {
        let beat = |waves: &[(f64, f64); 3], depth: f64| {
            let (mut real, mut imaginary) = (1.0 - depth, 0.0);
            for &(rate, phase) in waves {
                let (sin, cos) = (TAU * (rate * place + phase)).sin_cos();
                real += 0.55 * depth * cos;
                imaginary += 0.55 * depth * sin;
            }
            // 20 dB for each factor of ten, 25 dB for full strength.
            0.8 * real.hypot(imaginary).max(0.05).log10()
        };
        beat(&self.slow, self.depth[0]) + beat(&self.fast, self.depth[1])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_depth_nothing_fades() {
        let fading = Fading::new([0.0, 0.0], &mut Random::new(1));
        assert!((0..50).all(|i| fading.at(f64::from(i) / 50.0).abs() < 1e-12));
    }

    #[test]
    fn deep_fading_takes_half_of_full_strength_and_more() {
        let fading = Fading::new([0.9, 0.9], &mut Random::new(1));
        let all: Vec<f64> = (0..2000).map(|i| fading.at(f64::from(i) / 2000.0)).collect();
        assert!(all.iter().any(|&strength| strength < -0.5) && all.iter().all(|&strength| strength < 0.5));
    }
}

//! The ionosphere below a satellite in five numbers, fast enough to be fitted to a film frame.

use super::Plasma;
use super::profile::gyro_at;
use crate::model::Mode;
use std::sync::LazyLock;

/// Height of the peak that the fall of the magnetic field is reckoned from, km.
const PEAK_KM: f64 = 300.0;

/// A layer whose density falls above its peak as the inverse square of a hyperbolic cosine, over a scale height that grows
/// with height in a straight line: the topside of NeQuick (Radicella and Leitinger, Adv. Space Res. 27, 2001).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Topside {
    /// Plasma frequency of the peak, MHz.
    pub critical_mhz: f64,
    /// How far the peak lies below the satellite, km.
    pub depth_km: f64,
    /// Scale height at the peak, km.
    pub scale_km: f64,
    /// Growth of the scale height, km for each km.
    pub growth: f64,
    /// Gyrofrequency at 300 km, MHz.
    pub gyro_mhz: f64,
    /// Square of the sine of the angle between the field and the vertical.
    pub sin2: f64,
}

/// Places between 0 and 1 and weights of the Gauss-Legendre rule of ten points.
static NODES: LazyLock<Vec<(f64, f64)>> = LazyLock::new(|| gauss_legendre(10));

impl Topside {
    /// Apparent range of the echo of a frequency, km; `None` if nothing below the satellite reflects it.
    pub fn range_km(&self, mhz: f64, mode: Mode) -> Option<f64> {
        let way = self.depth_km - self.reflection_km(mhz, mode)?;
        // With the way there as 1 - u^2 the pole of the group index at the reflection becomes smooth.
        let path: f64 = NODES
            .iter()
            .map(|&(u, weight)| {
                2.0 * u * weight * self.plasma(self.depth_km - way * (1.0 - u * u)).group_index(mhz, mode)
            })
            .sum();
        Some(way * path).filter(|km| km.is_finite() && *km > 0.0)
    }

    /// The frequencies that come back, MHz: from that which the satellite's own surroundings cut off to that of the peak.
    pub fn band_mhz(&self, mode: Mode) -> [f64; 2] {
        let cut_off = |km: f64| {
            let Plasma { plasma_mhz2, gyro_mhz, .. } = self.plasma(km);
            let split = if mode == Mode::X { 0.5 * gyro_mhz } else { 0.0 };
            split + (plasma_mhz2 + split * split).sqrt()
        };
        [cut_off(self.depth_km), cut_off(0.0)]
    }

    /// Height above the peak at which a wave is reflected, km.
    fn reflection_km(&self, mhz: f64, mode: Mode) -> Option<f64> {
        let mut km = 0.0;
        // The X wave's reflection rests on the field, which varies slowly with height.
        for _ in 0..if mode == Mode::X { 8 } else { 1 } {
            let split = if mode == Mode::X { gyro_at(self.gyro_mhz, PEAK_KM + km) } else { 0.0 };
            let reflected = mhz * (mhz - split);
            if reflected <= 0.0 || reflected >= self.critical_mhz.powi(2) {
                return None;
            }
            let y = (self.critical_mhz / reflected.sqrt()).acosh();
            let share = 1.0 - 2.0 * self.growth * y;
            if share <= 0.0 {
                return None;
            }
            km = (2.0 * self.scale_km * y / share).min(2.0 * self.depth_km);
        }
        (km < self.depth_km).then_some(km)
    }

    /// The plasma at a height above the peak.
    fn plasma(&self, km: f64) -> Plasma {
        let y = km / (2.0 * (self.scale_km + self.growth * km));
        Plasma {
            plasma_mhz2: (self.critical_mhz / y.cosh()).powi(2),
            gyro_mhz: gyro_at(self.gyro_mhz, PEAK_KM + km),
            sin2: self.sin2,
        }
    }
}

/// Nodes and weights of the rule on the unit interval, by Newton's steps on Legendre's polynomial.
fn gauss_legendre(count: usize) -> Vec<(f64, f64)> {
    let legendre = |x: f64| {
        let (mut before, mut here) = (1.0, x);
        for n in 2..=count {
            let n = n as f64;
            (before, here) = (here, ((2.0 * n - 1.0) * x * here - (n - 1.0) * before) / n);
        }
        (here, count as f64 * (x * here - before) / (x * x - 1.0))
    };
    (0..count)
        .map(|i| {
            let mut x = (std::f64::consts::PI * (i as f64 + 0.75) / (count as f64 + 0.5)).cos();
            for _ in 0..20 {
                let (value, slope) = legendre(x);
                x -= value / slope;
            }
            let slope = legendre(x).1;
            (0.5 * (1.0 - x), 1.0 / ((1.0 - x * x) * slope * slope))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::physics::Sounding;

    const LAYER: Topside =
        Topside { critical_mhz: 5.5, depth_km: 700.0, scale_km: 45.0, growth: 0.1, gyro_mhz: 1.3, sin2: 0.1 };

    #[test]
    fn ranges_are_those_of_the_exact_integral() {
        let density = |km: f64| {
            let z = km - 300.0;
            if z > 0.0 { LAYER.plasma(z).plasma_mhz2 } else { 5.5f64.powi(2) * (-(z / 60.0).powi(2)).exp() }
        };
        let exact = Sounding::new(density, 1000.0, 1.3, 0.1, 1000.0);
        for mode in [Mode::O, Mode::X] {
            let [from, to] = LAYER.band_mhz(mode);
            for share in [0.1, 0.2, 0.5, 0.8, 0.97] {
                let mhz = from + share * (to - from);
                let (fast, slow) = (LAYER.range_km(mhz, mode).unwrap(), exact.echo(mhz, mode).unwrap().km);
                assert!((fast - slow).abs() < 0.01 * slow, "{mode:?} {mhz}: {fast} {slow}");
            }
        }
    }

    #[test]
    fn nothing_comes_back_beyond_the_band() {
        for mode in [Mode::O, Mode::X] {
            let [from, to] = LAYER.band_mhz(mode);
            assert!(from > 0.0 && to > from);
            assert!(LAYER.range_km(from - 0.01, mode).is_none() && LAYER.range_km(to + 0.01, mode).is_none());
        }
        let split = LAYER.band_mhz(Mode::X)[1] - 5.5;
        assert!((split - (crate::physics::x_of_o(5.5, 1.3) - 5.5)).abs() < 1e-9);
    }
}

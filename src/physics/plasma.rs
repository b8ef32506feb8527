//! How fast a radio pulse travels through a magnetised plasma: the Appleton-Hartree equation without collisions
//! (Budden, The Propagation of Radio Waves, 1985, chapter 4).

use crate::model::Mode;

/// The plasma at one place, as a wave of one frequency meets it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plasma {
    /// Square of the plasma frequency, MHz^2.
    pub plasma_mhz2: f64,
    /// Electron gyrofrequency, MHz.
    pub gyro_mhz: f64,
    /// Square of the sine of the angle between the field and the vertical.
    pub sin2: f64,
}

impl Plasma {
    /// The wave cannot go on: it is reflected here, or deeper plasma hides behind.
    pub fn reflects(&self, mhz: f64, mode: Mode) -> bool {
        match mode {
            Mode::X => self.plasma_mhz2 >= mhz * (mhz - self.gyro_mhz),
            Mode::Z => self.plasma_mhz2 >= mhz * (mhz + self.gyro_mhz),
            Mode::O | Mode::Unknown => self.plasma_mhz2 >= mhz * mhz,
        }
    }

    /// Group refractive index: the speed of light over the speed of the pulse. Infinite where the wave is reflected.
    ///
    /// The Z wave is taken along the field, where the O wave couples into it.
    pub fn group_index(&self, mhz: f64, mode: Mode) -> f64 {
        let (square, rise) = match mode {
            Mode::X => self.extraordinary(mhz),
            Mode::Z => self.along_the_field(mhz),
            Mode::O | Mode::Unknown => self.ordinary(mhz),
        };
        if square <= 0.0 {
            return f64::INFINITY;
        }
        // mu' = mu + f dmu/df = (mu^2 + f d(mu^2)/df / 2) / mu.
        (square + 0.5 * rise) / square.sqrt()
    }

    /// Square of the phase refractive index of the O wave, and its rise f d(mu^2)/df.
    fn ordinary(&self, mhz: f64) -> (f64, f64) {
        let Terms { x, transverse, longitudinal, root, root_rise } = self.terms(mhz);
        let w = 1.0 - x;
        let sum = transverse + root;
        if sum <= 0.0 {
            return (w, 2.0 * x);
        }
        // Multiplied out so that nothing divides zero by zero at the reflection, x = 1.
        let q = longitudinal * w / sum;
        let q_rise = (2.0 * longitudinal * (x - w) - q * (root_rise - 2.0 * transverse)) / sum;
        let d = 1.0 + q;
        (1.0 - x / d, x * (2.0 * d + q_rise) / (d * d))
    }

    /// The same of the X wave below its reflection.
    fn extraordinary(&self, mhz: f64) -> (f64, f64) {
        let Terms { x, transverse, root, root_rise, .. } = self.terms(mhz);
        let w = 1.0 - x;
        let d = w - transverse - root;
        let d_rise = 2.0 * x + 2.0 * transverse - root_rise;
        let part = x * w / d;
        (1.0 - part, -(2.0 * x * (x - w) - part * d_rise) / d)
    }

    /// The same of a wave that travels along the field beyond the O reflection.
    fn along_the_field(&self, mhz: f64) -> (f64, f64) {
        let part = self.plasma_mhz2 / (mhz * (mhz + self.gyro_mhz));
        (1.0 - part, part * (2.0 * mhz + self.gyro_mhz) / (mhz + self.gyro_mhz))
    }

    fn terms(&self, mhz: f64) -> Terms {
        let x = self.plasma_mhz2 / (mhz * mhz);
        let y2 = (self.gyro_mhz / mhz).powi(2);
        let (transverse, longitudinal) = (0.5 * y2 * self.sin2, y2 * (1.0 - self.sin2));
        let w = 1.0 - x;
        let root = (transverse * transverse + longitudinal * w * w).sqrt();
        let root_rise =
            if root > 0.0 { (longitudinal * w * (2.0 * x - w) - 2.0 * transverse * transverse) / root } else { 0.0 };
        Terms { x, transverse, longitudinal, root, root_rise }
    }
}

/// Terms of the equation: x = (plasma over wave frequency)^2, the halved transverse and the longitudinal part of y^2, the
/// root, and the root's rise with the logarithm of the frequency.
struct Terms {
    x: f64,
    transverse: f64,
    longitudinal: f64,
    root: f64,
    root_rise: f64,
}

/// The X frequency that is reflected where the O wave `fo_mhz` is.
pub fn x_of_o(fo_mhz: f64, gyro_mhz: f64) -> f64 {
    0.5 * gyro_mhz + (fo_mhz * fo_mhz + 0.25 * gyro_mhz * gyro_mhz).sqrt()
}

/// The O frequency that is reflected where the X wave `fx_mhz` is; zero where that lies below the gyrofrequency.
pub fn o_of_x(fx_mhz: f64, gyro_mhz: f64) -> f64 {
    (fx_mhz * (fx_mhz - gyro_mhz)).max(0.0).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn o_and_x_of_one_place_give_each_other() {
        for (fo, gyro) in [(0.8, 0.5), (3.0, 1.4), (12.0, 1.7)] {
            assert!((o_of_x(x_of_o(fo, gyro), gyro) - fo).abs() < 1e-12);
        }
        assert_eq!(o_of_x(1.0, 1.4), 0.0);
    }

    #[test]
    fn without_a_field_the_group_index_is_the_inverse_of_the_phase_index() {
        let plasma = Plasma { plasma_mhz2: 9.0, gyro_mhz: 0.0, sin2: 0.3 };
        for mhz in [3.01, 3.5, 5.0, 12.0] {
            let expected = 1.0 / (1.0f64 - 9.0 / (mhz * mhz)).sqrt();
            assert!((plasma.group_index(mhz, Mode::O) / expected - 1.0).abs() < 1e-12, "{mhz}");
        }
    }

    // Budden (1985), 4.9 and 4.10: along the field n^2 = 1 - X / (1 -+ Y), across it the O wave does not feel the field.
    #[test]
    fn along_and_across_the_field_the_indices_are_those_of_the_textbook() {
        let along = Plasma { plasma_mhz2: 4.0, gyro_mhz: 1.3, sin2: 0.0 };
        let index = |mhz: f64, sign: f64| (1.0 - 4.0 / (mhz * (mhz + sign * 1.3))).sqrt();
        let across = Plasma { sin2: 1.0, ..along };
        for mhz in [2.9f64, 3.4, 6.0] {
            for (mode, sign) in [(Mode::O, 1.0), (Mode::X, -1.0), (Mode::Z, 1.0)] {
                let step = 1e-5;
                let expected =
                    ((mhz + step) * index(mhz + step, sign) - (mhz - step) * index(mhz - step, sign)) / (2.0 * step);
                assert!((along.group_index(mhz, mode) - expected).abs() < 1e-6, "{mhz} {mode:?}");
            }
            let without = 1.0 / (1.0 - 4.0 / (mhz * mhz)).sqrt();
            assert!((across.group_index(mhz, Mode::O) / without - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn both_waves_are_slowed_and_stop_at_their_own_reflection() {
        let plasma = Plasma { plasma_mhz2: 16.0, gyro_mhz: 1.3, sin2: 0.1 };
        let cutoff = x_of_o(4.0, 1.3);
        assert!((16.0 - cutoff * (cutoff - 1.3)).abs() < 1e-9);
        for (mode, stop) in [(Mode::O, 4.0), (Mode::X, cutoff)] {
            assert!(plasma.reflects(stop - 1e-6, mode) && !plasma.reflects(stop + 1e-6, mode));
            assert!(plasma.group_index(stop * 1.0005, mode) > 10.0);
            let far = plasma.group_index(stop * 3.0, mode);
            assert!(far > 1.0 && far < 1.2, "{far}");
        }
    }
}

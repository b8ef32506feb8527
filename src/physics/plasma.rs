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
            _ => self.plasma_mhz2 >= mhz * mhz,
        }
    }

    /// Group refractive index: the speed of light over the speed of the pulse. Infinite where the wave is reflected.
    pub fn group_index(&self, mhz: f64, mode: Mode) -> f64 {
        const STEP: f64 = 1e-4;
        let square = self.index_squared(mhz, mode);
        if square <= 0.0 {
            return f64::INFINITY;
        }
        // mu' = mu + f dmu/df = (mu^2 + f d(mu^2)/df / 2) / mu: mu^2 is smooth where mu itself has a root.
        let rise = self.index_squared(mhz * (1.0 + STEP), mode) - self.index_squared(mhz * (1.0 - STEP), mode);
        (square + rise / (4.0 * STEP)) / square.sqrt()
    }

    /// Square of the phase refractive index.
    fn index_squared(&self, mhz: f64, mode: Mode) -> f64 {
        let x = self.plasma_mhz2 / (mhz * mhz);
        let y2 = (self.gyro_mhz / mhz).powi(2);
        let transverse = 0.5 * y2 * self.sin2;
        let longitudinal = y2 * (1.0 - self.sin2) * (1.0 - x) * (1.0 - x);
        let root = (transverse * transverse + longitudinal).sqrt();
        if mode == Mode::X {
            return 1.0 - x * (1.0 - x) / (1.0 - x - transverse - root);
        }
        // Multiplied out so that nothing divides zero by zero at the O reflection, x = 1.
        let sum = transverse + root;
        if sum == 0.0 {
            return 1.0 - x;
        }
        1.0 - x / (1.0 + y2 * (1.0 - self.sin2) * (1.0 - x) / sum)
    }
}

/// The X frequency that is reflected where the O wave `fo_mhz` is.
pub fn x_of_o(fo_mhz: f64, gyro_mhz: f64) -> f64 {
    0.5 * gyro_mhz + (fo_mhz * fo_mhz + 0.25 * gyro_mhz * gyro_mhz).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_field_the_group_index_is_the_inverse_of_the_phase_index() {
        let plasma = Plasma { plasma_mhz2: 9.0, gyro_mhz: 0.0, sin2: 0.3 };
        for mhz in [3.01, 3.5, 5.0, 12.0] {
            let expected = 1.0 / (1.0f64 - 9.0 / (mhz * mhz)).sqrt();
            assert!((plasma.group_index(mhz, Mode::O) / expected - 1.0).abs() < 1e-5, "{mhz}");
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

//! Echoes from any electron density profile, tabulated once: exact virtual heights and absorption at many frequencies.

use super::Plasma;
use super::profile::gyro_at;
use super::quadrature::integral;
use crate::model::Mode;

/// Spacing of the table, km. Cubic interpolation is then exact to some 1e-5 of the density in the thinnest layers.
const STEP_KM: f64 = 0.5;

/// An ionosphere as a sounder meets it.
#[derive(Debug, Clone, PartialEq)]
pub struct Sounding {
    /// Square of the plasma frequency from height 0 upwards in steps of `STEP_KM`.
    plasma_mhz2: Vec<f64>,
    /// Heights of the maxima of the density and the density there, from below.
    maxima: Vec<(f64, f64)>,
    /// Heights where the density turns, maxima and minima, from below.
    turns: Vec<f64>,
    /// Height below which there is next to no plasma, km.
    base_km: f64,
    gyro_mhz: f64,
    sin2: f64,
    sounder_km: f64,
}

/// What an echo has gone through.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Delay {
    /// Virtual height or apparent range, km.
    pub km: f64,
    /// Deviative absorption there and back: what collisions take while the pulse is slow, dB.
    pub loss_db: f64,
}

impl Sounding {
    /// Tabulates the square of the plasma frequency `plasma_mhz2(km)` from the ground to `top_km`, or to the sounder if
    /// that flies (`sounder_km` > 0). The gyrofrequency is that at 300 km; `sin2` is the square of the sine of the angle between the
    /// field and the vertical.
    pub fn new(plasma_mhz2: impl Fn(f64) -> f64, top_km: f64, gyro_mhz: f64, sin2: f64, sounder_km: f64) -> Self {
        let count = (top_km.max(sounder_km) / STEP_KM).ceil() as usize + 3;
        let table: Vec<f64> = (0..count).map(|i| plasma_mhz2(i as f64 * STEP_KM)).collect();
        // A millionth of the peak bends nothing.
        let peak = table.iter().copied().fold(0.0, f64::max);
        let base = table.iter().position(|&value| value > 1e-6 * peak).unwrap_or(0);
        let mut sounding = Self {
            plasma_mhz2: table,
            maxima: Vec::new(),
            turns: Vec::new(),
            base_km: (base as f64 - 1.0).max(0.0) * STEP_KM,
            gyro_mhz,
            sin2,
            sounder_km,
        };
        for i in 1..count - 1 {
            let [before, here, after] = [i - 1, i, i + 1].map(|j| sounding.plasma_mhz2[j]);
            if here > before && here >= after {
                let km = sounding.maximum_near(i as f64 * STEP_KM);
                sounding.maxima.push((km, sounding.density(km)));
                sounding.turns.push(km);
            } else if here < before && here <= after {
                sounding.turns.push(i as f64 * STEP_KM);
            }
        }
        sounding
    }

    /// Heights of the maxima of the density and the plasma frequencies there, from below (km, MHz).
    pub fn maxima(&self) -> impl Iterator<Item = (f64, f64)> {
        self.maxima.iter().map(|&(km, density)| (km, density.sqrt()))
    }

    /// Height of the sounder, km: 0 on the ground.
    pub fn sounder_km(&self) -> f64 {
        self.sounder_km
    }

    /// Plasma frequency at a height, MHz.
    pub fn plasma_mhz(&self, km: f64) -> f64 {
        self.density(km).sqrt()
    }

    /// Gyrofrequency at a height, MHz.
    pub fn gyro_at(&self, km: f64) -> f64 {
        gyro_at(self.gyro_mhz, km)
    }

    /// The echo of a frequency; `None` if nothing reflects it.
    pub fn echo(&self, mhz: f64, mode: Mode) -> Option<Delay> {
        let end = self.reflection_km(mhz, mode)?;
        Some(self.delay(end, mhz, mode)).filter(|delay| delay.km > 0.0 && delay.km.is_finite())
    }

    /// The delay to and from a height, which need not reflect; `None` if the wave is reflected before it comes there.
    pub fn reach(&self, km: f64, mhz: f64, mode: Mode) -> Option<Delay> {
        let hidden = self
            .reflection_km(mhz, mode)
            .is_some_and(|end| (end - self.sounder_km).abs() < (km - self.sounder_km).abs());
        (!hidden).then(|| self.delay(km, mhz, mode)).filter(|delay| delay.km.is_finite())
    }

    /// Height at which a wave is reflected, km.
    pub fn reflection_km(&self, mhz: f64, mode: Mode) -> Option<f64> {
        let reflects = |km: f64| self.plasma(km).reflects(mhz, mode);
        let last = self.plasma_mhz2.len() - 2;
        let (mut open, mut shut) = if self.sounder_km > 0.0 {
            let start = (self.sounder_km / STEP_KM) as usize;
            let hit = (0..=start).rev().map(|i| i as f64 * STEP_KM).find(|&km| reflects(km));
            let peak = self.maxima.iter().rev().map(|&(km, _)| km).find(|&km| reflects(km));
            let shut = [hit, peak].into_iter().flatten().max_by(f64::total_cmp)?;
            ((shut + STEP_KM).min(self.sounder_km), shut)
        } else {
            let start = (self.base_km / STEP_KM) as usize;
            let hit = (start..=last).map(|i| i as f64 * STEP_KM).find(|&km| reflects(km));
            let peak = self.maxima.iter().map(|&(km, _)| km).find(|&km| reflects(km));
            let shut = [hit, peak].into_iter().flatten().min_by(f64::total_cmp)?;
            ((shut - STEP_KM).max(0.0), shut)
        };
        for _ in 0..48 {
            let middle = 0.5 * (open + shut);
            if reflects(middle) {
                shut = middle;
            } else {
                open = middle;
            }
        }
        Some(open)
    }

    /// Integrals of the group index and of the absorption from the sounder to a height, broken where the density turns: at a
    /// maximum a wave that just penetrates it is slow.
    fn delay(&self, end_km: f64, mhz: f64, mode: Mode) -> Delay {
        let start = if self.sounder_km > 0.0 { self.sounder_km } else { self.base_km.min(end_km) };
        let (low, high) = (start.min(end_km), start.max(end_km));
        let mut breaks = vec![low];
        breaks.extend(self.turns.iter().copied().filter(|&km| km > low + 1e-6 && km < high - 1e-6));
        breaks.push(high);
        let free = if self.sounder_km > 0.0 { 0.0 } else { start };
        let (mut path, mut collisions) = (0.0, 0.0);
        for pair in breaks.windows(2) {
            let [km, hits] = integral(pair[0], pair[1], |km| {
                let index = self.plasma(km).group_index(mhz, mode);
                // The last node may fall on the reflection itself, where its weight is nothing.
                if index.is_finite() {
                    [index, (index - 1.0).max(0.0) * collision_hz(km.max(DEVIATIVE_KM))]
                } else {
                    [0.0; 2]
                }
            });
            path += km;
            collisions += hits;
        }
        const LIGHT_KM_S: f64 = 299_792.458;
        Delay { km: free + path, loss_db: 8.686 * collisions / LIGHT_KM_S }
    }

    /// The highest place of the density near a height.
    fn maximum_near(&self, km: f64) -> f64 {
        let (mut low, mut high) = (km - STEP_KM, km + STEP_KM);
        while high - low > 1e-7 {
            let third = (high - low) / 3.0;
            if self.density(low + third) < self.density(high - third) {
                low += third;
            } else {
                high -= third;
            }
        }
        0.5 * (low + high)
    }

    fn plasma(&self, km: f64) -> Plasma {
        Plasma { plasma_mhz2: self.density(km), gyro_mhz: self.gyro_at(km), sin2: self.sin2 }
    }

    /// Square of the plasma frequency by cubic interpolation.
    fn density(&self, km: f64) -> f64 {
        let place = (km / STEP_KM).clamp(0.0, (self.plasma_mhz2.len() - 2) as f64);
        let i = (place as usize).min(self.plasma_mhz2.len() - 2);
        let t = place - i as f64;
        let at = |i: usize| self.plasma_mhz2[i.min(self.plasma_mhz2.len() - 1)];
        let [a, b, c, d] = [at(i.saturating_sub(1)), at(i), at(i + 1), at(i + 2)];
        let cubic = b + 0.5 * t * (c - a + t * (2.0 * a - 5.0 * b + 4.0 * c - d + t * (3.0 * (b - c) + d - a)));
        cubic.max(0.0)
    }
}

/// Height below which absorption is the D region's, which does not bend the wave and has a law of its own, km.
const DEVIATIVE_KM: f64 = 100.0;

/// Collisions of an electron in a second: with the neutral gas in the E region, with ions above (after Aggarwal et al.,
/// Planetary and Space Science 27, 1979).
fn collision_hz(km: f64) -> f64 {
    1.6e4 * (-(km - 110.0) / 12.0).exp().min(30.0) + 600.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parabola(gyro_mhz: f64, sin2: f64) -> Sounding {
        let density = |km: f64| 49.0 * (1.0 - ((km - 300.0) / 100.0).powi(2)).max(0.0);
        Sounding::new(density, 800.0, gyro_mhz, sin2, 0.0)
    }

    /// Virtual height of the parabolic layer without a field (Budden 1985, 13.6).
    fn closed_form(mhz: f64) -> f64 {
        let x = mhz / 7.0;
        200.0 + 0.5 * 100.0 * x * ((1.0 + x) / (1.0 - x)).ln()
    }

    #[test]
    fn a_parabolic_layer_has_the_closed_form_without_a_field_and_across_it() {
        for mhz in [1.0, 3.0, 5.0, 6.5, 6.9, 6.99] {
            for layer in [parabola(0.0, 0.3), parabola(1.3, 1.0)] {
                let computed = layer.echo(mhz, Mode::O).unwrap().km;
                assert!((computed - closed_form(mhz)).abs() < 0.1, "{mhz}: {computed} {}", closed_form(mhz));
            }
        }
        assert!(parabola(0.0, 0.3).echo(7.001, Mode::O).is_none());
    }

    // Along the field mu^2 = 1 - fN^2 / (f (f - fB)): the phase height of the parabolic layer is that without a field at
    // sqrt(f (f - fB)), and h' = d(f h_phase) / df (Budden 1985, 13.4).
    #[test]
    fn the_x_wave_along_the_field_has_the_closed_form() {
        // Through a thin layer at 300 km the gyrofrequency is nearly the same.
        const HALF_KM: f64 = 10.0;
        let density = |km: f64| 49.0 * (1.0 - ((km - 300.0) / HALF_KM).powi(2)).max(0.0);
        let layer = Sounding::new(density, 400.0, 1.3, 0.0, 0.0);
        let phase_height = |mhz: f64| {
            let x = (mhz * (mhz - 1.3)).sqrt() / 7.0;
            300.0 - HALF_KM + 0.5 * HALF_KM * (1.0 - (1.0 - x * x) / (2.0 * x) * ((1.0 + x) / (1.0 - x)).ln())
        };
        for mhz in [3.0, 5.0, 7.0, 7.5] {
            let rise = |step: f64| (mhz + step) * phase_height(mhz + step);
            let expected = (rise(1e-4) - rise(-1e-4)) / 2e-4;
            let computed = layer.echo(mhz, Mode::X).unwrap().km;
            assert!((computed - expected).abs() < 0.1, "{mhz}: {computed} {expected}");
        }
    }

    #[test]
    fn the_x_trace_ends_at_the_x_critical_frequency() {
        let layer = parabola(1.3, 0.12);
        let (km, fo) = layer.maxima().next().unwrap();
        assert!((km - 300.0).abs() < 1e-3 && (fo - 7.0).abs() < 1e-4);
        let critical = crate::physics::x_of_o(fo, layer.gyro_at(km));
        assert!(layer.echo(critical - 0.002, Mode::X).is_some());
        assert!(layer.echo(critical + 0.002, Mode::X).is_none());
    }

    #[test]
    fn a_wave_that_just_penetrates_a_thin_layer_is_slow_there() {
        let density = |km: f64| {
            let lower = 9.0 * (1.0 - ((km - 188.0) / 12.0).powi(2)).max(0.0);
            lower.max(49.0 * (1.0 - ((km - 300.0) / 100.0).powi(2)).max(0.0))
        };
        let layer = Sounding::new(density, 800.0, 0.0, 0.3, 0.0);
        // A penetrated parabola delays by ym x ln((x + 1) / (x - 1)) less the way itself.
        for mhz in [3.003f64, 3.05, 3.5, 5.0] {
            let x = mhz / 3.0;
            let expected = closed_form(mhz) + 12.0 * x * ((x + 1.0) / (x - 1.0)).ln() - 24.0;
            let computed = layer.echo(mhz, Mode::O).unwrap();
            assert!((computed.km - expected).abs() < 0.1, "{mhz}: {} {expected}", computed.km);
        }
        let loss = |mhz: f64| layer.echo(mhz, Mode::O).unwrap().loss_db;
        assert!(loss(3.003) > 1.5 * loss(3.5) && loss(3.5) > 0.0);
    }

    #[test]
    fn a_satellite_sees_range_grow_with_frequency_and_then_the_ground() {
        let density = |km: f64| 49.0 * (-((km - 300.0) / 200.0).powi(2)).exp();
        let layer = Sounding::new(density, 400.0, 1.2, 0.12, 1000.0);
        let start = layer.plasma_mhz(1000.0);
        assert!(layer.echo(start * 0.9, Mode::O).is_none());
        let ranges: Vec<f64> =
            [start * 1.1, 4.0, 6.9].iter().filter_map(|&mhz| Some(layer.echo(mhz, Mode::O)?.km)).collect();
        assert!(ranges.len() == 3 && ranges.windows(2).all(|pair| pair[0] < pair[1]), "{ranges:?}");
        assert!(layer.reach(0.0, 5.0, Mode::O).is_none());
        let (near, far) = (layer.reach(0.0, 7.3, Mode::O).unwrap().km, layer.reach(0.0, 11.0, Mode::O).unwrap().km);
        assert!(near > far && far > 1000.0);
    }
}

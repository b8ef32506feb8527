//! Electron density against height, and the delay of an echo from it.

use super::plasma::Plasma;
use super::quadrature::integral;
use crate::model::Mode;

/// Mean radius of the Earth, km.
const EARTH_KM: f64 = 6371.0;

/// One layer: a parabola below its peak, a Chapman fall above it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stratum {
    /// Critical frequency of the O wave, MHz.
    pub critical_mhz: f64,
    /// Height of the peak, km.
    pub peak_km: f64,
    /// Half thickness of the parabola, km.
    pub half_km: f64,
    /// Scale height above the peak, km.
    pub scale_km: f64,
    /// Growth of the scale height above the peak, km for each km.
    pub scale_growth: f64,
}

impl Stratum {
    fn plasma_mhz2(&self, km: f64) -> f64 {
        let peak = self.critical_mhz * self.critical_mhz;
        let above = km - self.peak_km;
        if above <= 0.0 {
            return (peak * (1.0 - (above / self.half_km).powi(2))).max(0.0);
        }
        let z = above / (self.scale_km + self.scale_growth * above);
        peak * (0.5 * (1.0 - z - (-z).exp())).exp()
    }
}

/// The ionosphere over one place, as a sounder meets it.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Layers; the densest counts at each height.
    pub strata: Vec<Stratum>,
    /// Gyrofrequency at 300 km, MHz. It falls with the cube of the distance from the Earth's centre.
    pub gyro_mhz: f64,
    /// Square of the sine of the angle between the field and the vertical.
    pub sin2: f64,
    /// Height of the sounder, km: 0 on the ground, else above the peak, looking down.
    pub sounder_km: f64,
}

impl Profile {
    /// Gyrofrequency at a height, MHz.
    pub fn gyro_at(&self, km: f64) -> f64 {
        gyro_at(self.gyro_mhz, km)
    }

    /// Plasma frequency at a height, MHz.
    pub fn plasma_mhz(&self, km: f64) -> f64 {
        self.at(km).plasma_mhz2.sqrt()
    }

    /// Virtual height or apparent range of the echo at a frequency, km; `None` if nothing reflects it.
    pub fn virtual_range(&self, mhz: f64, mode: Mode) -> Option<f64> {
        let depth = self.reflection_depth(mhz, mode)?;
        (depth > 0.0).then(|| self.group_path(depth, mhz, mode)).filter(|range| range.is_finite())
    }

    /// Apparent range of the ground under a satellite, km; `None` if the ionosphere hides it.
    pub fn ground_range(&self, mhz: f64, mode: Mode) -> Option<f64> {
        if self.reflection_depth(mhz, mode).is_some() {
            return None;
        }
        Some(self.group_path(self.sounder_km, mhz, mode)).filter(|range| range.is_finite())
    }

    /// Distance from the sounder to the place of reflection, km.
    fn reflection_depth(&self, mhz: f64, mode: Mode) -> Option<f64> {
        let reach = if self.sounder_km > 0.0 { self.sounder_km } else { 1000.0 };
        let reflects = |depth: f64| self.along(depth).reflects(mhz, mode);
        let step = 0.5;
        let steps = (reach / step) as u32;
        let hit = (0..=steps).map(|i| f64::from(i) * step).find(|&depth| reflects(depth))?;
        let (mut low, mut high) = ((hit - step).max(0.0), hit);
        for _ in 0..40 {
            let middle = 0.5 * (low + high);
            if reflects(middle) {
                high = middle;
            } else {
                low = middle;
            }
        }
        Some(low)
    }

    /// Integral of the group index from the sounder to a depth, broken where a layer starts or peaks: a wave is slow where it
    /// just penetrates.
    fn group_path(&self, depth: f64, mhz: f64, mode: Mode) -> f64 {
        let place = |km: f64| if self.sounder_km > 0.0 { self.sounder_km - km } else { km };
        let mut breaks: Vec<f64> =
            self.strata.iter().flat_map(|s| [place(s.peak_km), place(s.peak_km - s.half_km)]).collect();
        breaks.extend([0.0, depth]);
        breaks.retain(|&at| (0.0..=depth).contains(&at));
        breaks.sort_by(f64::total_cmp);
        let index = |at: f64| {
            let index = self.along(at).group_index(mhz, mode);
            // The last node may fall on the reflection itself, where its weight is nothing.
            [if index.is_finite() { index } else { 0.0 }]
        };
        breaks.windows(2).map(|pair| integral(pair[0], pair[1], index)[0]).sum()
    }

    fn along(&self, depth: f64) -> Plasma {
        self.at(if self.sounder_km > 0.0 { self.sounder_km - depth } else { depth })
    }

    fn at(&self, km: f64) -> Plasma {
        let plasma_mhz2 = self.strata.iter().map(|stratum| stratum.plasma_mhz2(km)).fold(0.0, f64::max);
        Plasma { plasma_mhz2, gyro_mhz: self.gyro_at(km), sin2: self.sin2 }
    }
}

/// Gyrofrequency at a height, MHz, from that at 300 km: it falls with the cube of the distance from the Earth's centre.
pub(super) fn gyro_at(at_300_km: f64, km: f64) -> f64 {
    at_300_km * ((EARTH_KM + 300.0) / (EARTH_KM + km)).powi(3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parabola(gyro_mhz: f64) -> Profile {
        let layer = Stratum { critical_mhz: 7.0, peak_km: 300.0, half_km: 100.0, scale_km: 60.0, scale_growth: 0.1 };
        Profile { strata: vec![layer], gyro_mhz, sin2: 0.12, sounder_km: 0.0 }
    }

    #[test]
    fn a_parabolic_layer_has_the_closed_form() {
        for mhz in [1.0, 3.0, 5.0, 6.5, 6.9] {
            let x: f64 = mhz / 7.0;
            let expected = 200.0 + 0.5 * 100.0 * x * ((1.0 + x) / (1.0 - x)).ln();
            let computed = parabola(0.0).virtual_range(mhz, Mode::O).unwrap_or_default();
            assert!((computed - expected).abs() < 0.1, "{mhz}: {computed} {expected}");
        }
        assert_eq!(parabola(0.0).virtual_range(7.01, Mode::O), None);
    }

    #[test]
    fn the_x_trace_ends_at_the_x_critical_frequency() {
        let profile = parabola(1.3);
        let critical = crate::physics::x_of_o(7.0, profile.gyro_at(300.0));
        assert!(profile.virtual_range(critical - 0.02, Mode::X).is_some());
        assert!(profile.virtual_range(critical + 0.02, Mode::X).is_none());
    }

    #[test]
    fn a_satellite_sees_range_grow_with_frequency_and_then_the_ground() {
        let mut profile = parabola(1.2);
        profile.sounder_km = 1000.0;
        let start = profile.plasma_mhz(1000.0);
        assert!(profile.virtual_range(start * 0.9, Mode::O).is_none());
        let ranges: Vec<f64> =
            [start * 1.1, 4.0, 6.9].iter().filter_map(|&mhz| profile.virtual_range(mhz, Mode::O)).collect();
        assert!(ranges.len() == 3 && ranges.windows(2).all(|pair| pair[0] < pair[1]), "{ranges:?}");
        assert!(profile.ground_range(5.0, Mode::O).is_none());
        let (near, far) = (profile.ground_range(7.3, Mode::O), profile.ground_range(11.0, Mode::O));
        assert!(near > far && far > Some(1000.0));
    }
}

//! The ionosphere from frame to frame: a daily course with weather on it.

use super::random::Random;
use crate::model::Sounder;
use crate::physics::{Profile, Stratum};

/// Where and when a roll was exposed, and what its sounder is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Place {
    pub(super) sounder: Sounder,
    pub(super) latitude: f64,
    pub(super) longitude: f64,
    /// Gyrofrequency at 300 km, MHz.
    pub(super) gyro_mhz: f64,
    /// Height of the sounder, km.
    pub(super) sounder_km: f64,
}

/// The ionosphere of one frame.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sky {
    pub(super) profile: Profile,
    /// Critical frequency of the normal E layer, MHz.
    pub(super) fo_e: Option<f64>,
    /// Critical frequency of F1, MHz.
    pub(super) fo_f1: Option<f64>,
    /// Critical frequency of F2 (of the F layer at night), MHz.
    pub(super) fo_f2: f64,
    /// Lowest frequency that absorption lets through, MHz.
    pub(super) fmin: f64,
    /// Sporadic E.
    pub(super) sporadic: Option<Sporadic>,
}

/// A sheet of sporadic E.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sporadic {
    /// Top O frequency, MHz.
    pub(super) fo_mhz: f64,
    /// Blanketing frequency, MHz.
    pub(super) blanket_mhz: f64,
    /// Virtual height, km.
    pub(super) km: f64,
}

/// Slow random deviations, each near standard normal, that remember the frame before.
#[derive(Debug, Clone)]
pub(super) struct Weather {
    random: Random,
    memory: [f64; 6],
}

impl Weather {
    pub(super) fn new(mut random: Random) -> Self {
        let memory = [(); 6].map(|()| random.normal());
        Self { random, memory }
    }

    /// Lets `hours` pass for the weather that lives about `life_hours`.
    pub(super) fn pass(&mut self, hours: f64, life_hours: f64) {
        let keep = (-hours / life_hours).exp();
        for value in &mut self.memory {
            *value = keep * *value + (1.0 - keep * keep).sqrt() * self.random.normal();
        }
    }

    /// The ionosphere over a place; `day` counts from the start of the year, with its fraction in UTC.
    pub(super) fn sky(&self, place: &Place, day: f64) -> Sky {
        let sun = sun_height_cosine(place, day);
        let [peak, height, thickness, absorption, sheet, satellite] = self.memory;
        // The F layer lags behind the sun and never quite vanishes; foE and foF1 follow it (CCIR Report 340 laws).
        let lagged = sun_height_cosine(place, day - 1.5 / 24.0).max(-0.3) + 0.3;
        let fo_f2 = (3.2 + 4.8 * (lagged / 1.3).powf(0.6)) * (0.09 * peak).exp();
        let fo_e = (sun > 0.06).then(|| 3.4 * sun.powf(0.28)).filter(|&fo| fo > 1.3 && fo < 0.75 * fo_f2);
        let fo_f1 = (sun > 0.35).then(|| 4.7 * sun.powf(0.2)).filter(|&fo| fo < 0.86 * fo_f2);
        let peak_km = 320.0 - 60.0 * sun.max(0.0) + 14.0 * height;
        let half_km = (if fo_f1.is_some() { 80.0 } else { 105.0 } + 8.0 * thickness).min(peak_km - 150.0);
        let mut strata = vec![Stratum {
            critical_mhz: fo_f2,
            peak_km,
            half_km,
            scale_km: 62.0 + 5.0 * thickness,
            scale_growth: 0.14 + 0.02 * satellite,
        }];
        let lower = |critical_mhz, peak_km, half_km, scale_km| Stratum {
            critical_mhz,
            peak_km,
            half_km,
            scale_km,
            scale_growth: 0.0,
        };
        strata.extend(fo_f1.map(|fo| lower(fo, 188.0 + 3.0 * height, 58.0, 20.0)));
        strata.extend(fo_e.map(|fo| lower(fo, 110.0 + height, 18.0, 7.0)));
        let sporadic = (sheet > 0.9).then(|| {
            let fo_mhz = 2.6 + 1.8 * (sheet - 0.9) + fo_e.unwrap_or(0.0);
            Sporadic { fo_mhz, blanket_mhz: fo_mhz * 0.55, km: 108.0 + 3.0 * height }
        });
        Sky {
            profile: Profile {
                strata,
                gyro_mhz: place.gyro_mhz,
                sin2: field_sin2(place.latitude),
                sounder_km: place.sounder_km,
            },
            fo_e,
            fo_f1,
            fo_f2,
            fmin: 1.35 + 0.7 * sun.max(0.0) + 0.12 * absorption,
            sporadic,
        }
    }
}

/// Gyrofrequency at 300 km of a dipole field with 30 000 nT at the equator, MHz.
pub(super) fn dipole_gyro_mhz(latitude: f64) -> f64 {
    let sin = latitude.to_radians().sin();
    0.73 * (1.0 + 3.0 * sin * sin).sqrt()
}

/// Square of the sine of the angle between a dipole field and the vertical, kept off the exact pole and equator.
fn field_sin2(latitude: f64) -> f64 {
    let tan_dip = 2.0 * latitude.to_radians().tan();
    (1.0 / (1.0 + tan_dip * tan_dip)).clamp(0.02, 0.98)
}

fn sun_height_cosine(place: &Place, day: f64) -> f64 {
    let declination = -23.44f64.to_radians() * (std::f64::consts::TAU * (day + 10.0) / 365.25).cos();
    let hour_angle = std::f64::consts::TAU * (day.fract() - 0.5) + place.longitude.to_radians();
    let latitude = place.latitude.to_radians();
    latitude.sin() * declination.sin() + latitude.cos() * declination.cos() * hour_angle.cos()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place =
        Place { sounder: Sounder::Bottomside, latitude: 40.0, longitude: 0.0, gyro_mhz: 1.3, sounder_km: 0.0 };

    #[test]
    fn layers_come_with_the_sun_and_keep_their_order() {
        for hour in 0..24 {
            for seed in 0..20 {
                let sky = Weather::new(Random::new(seed)).sky(&PLACE, 172.0 + f64::from(hour) / 24.0);
                assert!(sky.fo_f2 > 2.0 && sky.fo_f2 < 13.0);
                assert!(sky.fo_e.is_none_or(|fo| fo < sky.fo_f1.unwrap_or(sky.fo_f2)));
                assert!(sky.fo_f1.is_none_or(|fo| fo < sky.fo_f2));
                if hour == 12 {
                    assert!(sky.fo_e.is_some());
                }
                if hour == 0 {
                    assert!(sky.fo_e.is_none() && sky.fo_f1.is_none());
                }
            }
        }
    }

    #[test]
    fn neighbouring_frames_resemble_each_other() {
        let mut weather = Weather::new(Random::new(5));
        let mut before = weather.sky(&PLACE, 100.0).fo_f2;
        for i in 1..96 {
            weather.pass(0.25, 4.0);
            let now = weather.sky(&PLACE, 100.0 + f64::from(i) / 96.0).fo_f2;
            assert!((now / before - 1.0).abs() < 0.25);
            before = now;
        }
    }
}

//! The ionosphere to be expected: monthly medians of foE, foF2 and hmF2 from the sun's height and the sunspot number.
//!
//! It serves to mark what is far off, and as the shape about which a series varies. It never changes a value. Sources and
//! errors are stated in docs/quality.md.

use crate::physics::{OBLIQUITY_DEG, declination, zenith_cosine};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A place on the Earth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
}

/// First year of [`SUNSPOTS`].
const FIRST_YEAR: i16 = 1932;
/// Yearly mean sunspot numbers, Wolf's scale (WDC-SILSO, Royal Observatory of Belgium, series version 1; from 2015 on
/// version 2 times 0.7). The mean of a year is the 12-month running mean at its middle.
const SUNSPOTS: [f64; 93] = [
    11.1, 5.7, 8.7, 36.1, 79.7, 114.4, 109.6, 88.8, 67.8, 47.5, 30.6, 16.3, 9.6, 33.2, 92.6, 151.6, 136.3, 134.7, 83.9,
    69.4, 31.5, 13.9, 4.4, 38.0, 141.7, 190.2, 184.8, 159.0, 112.3, 53.9, 37.6, 27.9, 10.2, 15.1, 47.0, 93.7, 105.9,
    105.5, 104.5, 66.6, 68.9, 38.0, 34.5, 15.5, 12.6, 27.5, 92.5, 155.4, 154.6, 140.4, 115.9, 66.6, 45.9, 17.9, 13.4,
    29.4, 100.2, 157.6, 142.6, 145.7, 94.3, 54.6, 29.9, 17.5, 8.6, 21.5, 64.3, 93.3, 119.6, 111.0, 104.0, 63.7, 40.4,
    29.8, 15.2, 7.5, 2.9, 3.1, 16.5, 55.7, 57.6, 64.7, 79.3, 48.9, 27.9, 15.2, 4.9, 2.5, 6.2, 20.7, 58.2, 87.9, 108.3,
];

/// Smoothed sunspot number of a date, between the yearly means; `None` outside the table. It differs from the 13-month
/// smoothed number by less than 15 at most times.
pub fn smoothed_sunspots(time: Timestamp) -> Option<f64> {
    let date = time.to_zoned(TimeZone::UTC).date();
    let year = f64::from(date.year()) + f64::from(date.day_of_year()) / 365.25 - f64::from(FIRST_YEAR) - 0.5;
    let before = year.floor();
    let share = year - before;
    let at = |index: f64| (index >= 0.0).then(|| SUNSPOTS.get(index as usize).copied()).flatten();
    Some((1.0 - share) * at(before)? + share * at(before + 1.0)?)
}

fn day_and_hour(time: Timestamp) -> (f64, f64) {
    let civil = time.to_zoned(TimeZone::UTC).datetime();
    let hour = f64::from(civil.hour()) + f64::from(civil.minute()) / 60.0 + f64::from(civil.second()) / 3600.0;
    (f64::from(civil.date().day_of_year()) + hour / 24.0, hour)
}

/// Cosine of the zenith angle at which the sun rises at 250 km: the horizon lies 16 degrees below the horizontal.
const RISEN: f64 = -0.27;

impl Place {
    /// Cosine of the sun's zenith angle.
    pub fn zenith_cosine(self, time: Timestamp) -> f64 {
        let (day, hour) = day_and_hour(time);
        self.zenith_cosine_at(day, hour)
    }

    fn zenith_cosine_at(self, day: f64, hour: f64) -> f64 {
        zenith_cosine(self.latitude, self.longitude, day, hour)
    }

    /// The sun has risen at F region heights within the last hour and a half, or is about to within the next half hour.
    pub fn is_sunrise(self, time: Timestamp) -> bool {
        let (day, hour) = day_and_hour(time);
        self.zenith_cosine_at(day, hour + 0.5) > RISEN && self.zenith_cosine_at(day, hour - 1.5) < 0.0 && {
            self.zenith_cosine_at(day, hour + 0.25) > self.zenith_cosine_at(day, hour - 0.25)
        }
    }

    /// The sun has set on the ground, and at F region heights not longer than two hours ago.
    pub fn is_sunset(self, time: Timestamp) -> bool {
        let (day, hour) = day_and_hour(time);
        let now = self.zenith_cosine_at(day, hour);
        now < 0.05 && now < self.zenith_cosine_at(day, hour - 0.25) && self.zenith_cosine_at(day, hour - 2.0) > RISEN
    }

    /// From -1 in the depth of the local winter to 1 in the height of the local summer; small near the equator.
    fn season(self, day: f64) -> f64 {
        (self.latitude / 25.0).clamp(-1.0, 1.0) * declination(day) / OBLIQUITY_DEG.to_radians()
    }

    /// foE, MHz: Titheridge's form as NeQuick has it (ITU-R P.531; Leitinger et al., Phys. Chem. Earth C 26, 2001).
    pub fn fo_e(self, time: Timestamp, sunspots: f64) -> f64 {
        let (day, hour) = day_and_hour(time);
        let flux = 63.7 + (0.728 + 8.9e-4 * sunspots) * sunspots;
        let zenith = self.zenith_cosine_at(day, hour).clamp(-1.0, 1.0).acos().to_degrees();
        // By night the zenith angle is held below 90 degrees, with a smooth change about 86 degrees.
        let night = 90.0 - 0.24 * (20.0 - 0.2 * zenith).exp();
        let weight = 1.0 / (1.0 + (-12.0 * (zenith - 86.23).clamp(-20.0, 20.0)).exp());
        let effective = zenith + (night - zenith) * weight;
        let north = (0.3 * self.latitude.clamp(-60.0, 60.0)).exp();
        let season = self.season(day).clamp(-1.0, 1.0).abs().min(1.0).copysign(declination(day));
        let season = season * (north - 1.0) / (north + 1.0);
        let scale = 1.112 - 0.019 * season;
        (scale * scale * flux.sqrt() * effective.to_radians().cos().max(0.0).powf(0.6) + 0.49).sqrt()
    }

    /// foF2, MHz: between a night and a noon value that grow with the sunspot number, noon higher in winter and night in
    /// summer, along the sun's height of an hour and a half before.
    pub fn fo_f2(self, time: Timestamp, sunspots: f64) -> f64 {
        let (day, hour) = day_and_hour(time);
        let (season, spots) = (self.season(day), sunspots.min(170.0));
        let low = (-(self.latitude / 28.0).powi(2)).exp();
        let high = ((self.latitude.abs() - 50.0) / 30.0).clamp(0.0, 1.0);
        let noon = (5.2 + 0.032 * spots - season * (0.25 + 0.011 * spots)) * (1.0 + 0.3 * low - 0.1 * high);
        let night = (3.0 + 0.0155 * spots + season * (0.6 + 0.0065 * spots)) * (1.0 + 0.3 * low - 0.1 * high);
        let declination = declination(day);
        let highest = (self.latitude.to_radians() - declination).cos();
        let lagged = self.zenith_cosine_at(day, hour - 1.5);
        let share = ((lagged + 0.25) / (highest + 0.25).max(0.1)).clamp(0.0, 1.0);
        night + (noon - night) * share.powf(0.75)
    }

    /// hmF2, km: higher by night and with the sunspot number.
    pub fn hm_f2(self, time: Timestamp, sunspots: f64) -> f64 {
        let (day, hour) = day_and_hour(time);
        let lit = self.zenith_cosine_at(day, hour).max(0.0).sqrt();
        310.0 + 0.35 * sunspots.min(170.0) - (60.0 - 20.0 * self.season(day)) * lit
    }
}

/// hmF2 (km) from M(3000)F2, foF2 and, where there is one, foE (Dudeney, J. Atmos. Terr. Phys. 45, 1983).
pub fn peak_height(m3000: f64, fo_f2: f64, fo_e: Option<f64>) -> f64 {
    let m2 = m3000 * m3000;
    let form = m3000 * ((0.0196 * m2 + 1.0) / (1.2967 * m2 - 1.0)).sqrt();
    let ratio = fo_e.map_or(f64::INFINITY, |fo_e| fo_f2 / fo_e).max(1.7);
    let correction = if ratio.is_finite() { 0.253 / (ratio - 1.215) - 0.012 } else { -0.012 };
    1490.0 * form / (m3000 + correction) - 176.0
}

#[cfg(test)]
mod tests {
    use super::*;

    const SLOUGH: Place = Place { latitude: 51.5, longitude: -0.6 };

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn sunspots_follow_the_cycles_and_are_unknown_outside_the_table() {
        // 13-month smoothed numbers of the extremes (WDC-SILSO): maximum of 1958-03 201, minimum of 1964-10 9.6, 1968-11 110.6.
        for (date, smoothed) in
            [("1958-03-15", 201.0), ("1964-10-15", 9.6), ("1968-11-15", 110.6), ("1986-09-15", 12.3)]
        {
            let ours = smoothed_sunspots(at(&format!("{date}T00:00Z"))).unwrap();
            assert!((ours - smoothed).abs() < 17.0, "{date}: {ours}");
        }
        assert_eq!(smoothed_sunspots(at("1901-01-01T00:00Z")), None);
        assert_eq!(smoothed_sunspots(at("2030-01-01T00:00Z")), None);
    }

    #[test]
    fn the_e_layer_follows_the_sun() {
        // Overhead sun, quiet and active: 3.3 and 4.0 MHz by 0.9 (180 + 1.44 R)^(1/4) (Davies, Ionospheric Radio, 1990).
        let equator = Place { latitude: 0.0, longitude: 0.0 };
        let noon = at("1964-03-21T12:00Z");
        assert!((equator.fo_e(noon, 0.0) - 3.25).abs() < 0.15);
        assert!((equator.fo_e(noon, 150.0) - 4.0).abs() < 0.25);
        assert!(SLOUGH.fo_e(at("1964-06-21T00:00Z"), 100.0) < 1.2);
        assert!(SLOUGH.fo_e(at("1964-06-21T12:00Z"), 10.0) > SLOUGH.fo_e(at("1964-12-21T12:00Z"), 10.0));
    }

    #[test]
    fn noon_is_dense_in_winter_and_midnight_in_summer() {
        let f2 = |date: &str, spots| SLOUGH.fo_f2(at(date), spots);
        assert!(f2("1958-12-21T13:00Z", 150.0) > f2("1958-06-21T13:00Z", 150.0) + 2.0);
        assert!(f2("1958-12-21T01:00Z", 150.0) < f2("1958-06-21T01:00Z", 150.0) - 1.0);
        assert!(f2("1958-03-21T13:00Z", 150.0) > 1.4 * f2("1958-03-21T13:00Z", 10.0));
    }

    #[test]
    fn sunset_is_in_the_evening_only() {
        let is = |hour: &str| SLOUGH.is_sunset(at(&format!("1964-03-21T{hour}:00Z")));
        assert_eq!(["01", "06", "12", "16", "18", "20", "22"].map(is), [false, false, false, false, true, true, false]);
    }

    #[test]
    fn sunrise_is_in_the_morning_only() {
        let is = |hour: &str| SLOUGH.is_sunrise(at(&format!("1964-03-21T{hour}:00Z")));
        assert_eq!(["00", "05", "06", "07", "12", "18"].map(is), [false, true, true, true, false, false]);
    }

    #[test]
    fn the_peak_height_of_usual_factors_is_usual() {
        assert!((peak_height(3.0, 6.0, None) - 320.0).abs() < 25.0, "{}", peak_height(3.0, 6.0, None));
        assert!(peak_height(3.4, 6.0, Some(3.0)) < peak_height(2.6, 6.0, Some(3.0)) - 80.0);
    }
}

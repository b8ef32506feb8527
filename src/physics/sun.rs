//! Where the sun stands.

/// Largest declination of the sun, degrees.
pub const OBLIQUITY_DEG: f64 = 23.44;

/// Declination of the sun on a day of the year, rad (to half a degree).
pub fn declination(day: f64) -> f64 {
    -OBLIQUITY_DEG.to_radians() * (std::f64::consts::TAU * (day + 10.0) / 365.25).cos()
}

/// Cosine of the sun's zenith angle over a place (degrees north and east) on a day of the year at an hour of UTC.
pub fn zenith_cosine(latitude: f64, longitude: f64, day: f64, hour: f64) -> f64 {
    let hour_angle = std::f64::consts::TAU * (hour / 24.0 - 0.5) + longitude.to_radians();
    let (latitude, declination) = (latitude.to_radians(), declination(day));
    latitude.sin() * declination.sin() + latitude.cos() * declination.cos() * hour_angle.cos()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sun_stands_high_at_local_noon_in_summer() {
        // Solstices and equinoxes at noon and midnight: the zenith angle is the latitude less the declination.
        for (latitude, longitude, day, hour, degrees) in [
            (51.5, 0.0, 172.0, 12.0, 28.06),
            (51.5, 0.0, 355.0, 12.0, 74.94),
            (30.5, 114.4, 172.0, 12.0 - 114.4 / 15.0, 7.06),
            (-23.44, 0.0, 355.0, 12.0, 0.0),
            (0.0, 0.0, 81.0, 24.0, 180.0),
        ] {
            let angle = zenith_cosine(latitude, longitude, day, hour).clamp(-1.0, 1.0).acos().to_degrees();
            assert!((angle - degrees).abs() < 1.0, "{latitude} {day}: {angle}");
        }
    }
}

//! The sun and the Earth's field over a place.

use super::sky::Place;
use crate::physics::{self, OBLIQUITY_DEG, declination};

/// Cosine of the sun's zenith angle; `day` counts from the start of the year, with its fraction in UTC.
pub(super) fn zenith_cosine(place: &Place, day: f64) -> f64 {
    physics::zenith_cosine(place.latitude, place.longitude, day, 24.0 * day.fract())
}

/// From -1 in the depth of the local winter to 1 in the height of the local summer; small near the equator.
pub(super) fn season(place: &Place, day: f64) -> f64 {
    let hemisphere = (place.latitude / 25.0).clamp(-1.0, 1.0);
    hemisphere * declination(day) / OBLIQUITY_DEG.to_radians()
}

/// Gyrofrequency at 300 km of a dipole field with 30 000 nT at the equator, MHz.
pub(super) fn dipole_gyro_mhz(latitude: f64) -> f64 {
    let sin = latitude.to_radians().sin();
    0.73 * (1.0 + 3.0 * sin * sin).sqrt()
}

/// Square of the sine of the angle between a dipole field and the vertical, kept off the exact pole and equator.
pub(super) fn field_sin2(latitude: f64) -> f64 {
    let tan_dip = 2.0 * latitude.to_radians().tan();
    (1.0 / (1.0 + tan_dip * tan_dip)).clamp(0.02, 0.98)
}

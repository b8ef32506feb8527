//! Where a frame is exposed: the Earth's field over it.

use crate::model::Sounder;
use crate::simulate::random::Random;
use crate::simulate::sky::Place;

/// Least square of the sine of the angle between field and vertical: at the very pole of the field O and Z are one wave, and the
/// equation for O alone has no cusp (Budden 1985, 4.9). It is that of a dip of 88 degrees.
const LEAST_SIN2: f64 = 1e-3;

/// A place of any dip, and the square of the sine of the angle between its field and the vertical, which is the cosine of the dip.
pub(super) fn random_place(random: &mut Random) -> (Place, f64) {
    let dip: f64 = match random.share() {
        // The dip equator, where the trace's cusps are longest, has more than its share.
        share if share < 0.1 => random.between(0.0, 4.0),
        share if share < 0.16 => random.between(80.0, 90.0),
        _ => random.between(0.0, 90.0),
    };
    let dip = dip.to_radians();
    // The latitude of a dipole field of that dip: tan(dip) = 2 tan(latitude).
    let latitude = (0.5 * dip.tan()).atan();
    let sign = if random.chance(0.5) { -1.0 } else { 1.0 };
    let dipole = 0.78 * (1.0 + 3.0 * latitude.sin().powi(2)).sqrt();
    let place = Place {
        sounder: Sounder::Bottomside,
        latitude: sign * latitude.to_degrees(),
        longitude: random.between(-180.0, 180.0),
        gyro_mhz: (dipole * (1.0 + 0.12 * random.normal())).clamp(0.5, 1.7),
        sounder_km: 0.0,
        sunspots: random.between(0.0, 220.0),
    };
    (place, dip.cos().powi(2).max(LEAST_SIN2))
}

/// How much weaker than O the Z trace is, dB: common where the field stands upright, rare at 20 to 40 degrees from there.
pub(super) fn random_z(sin2: f64, random: &mut Random) -> Option<f64> {
    let from_pole = sin2.sqrt().asin().to_degrees();
    let chance = match from_pole {
        angle if angle < 12.0 => 0.6,
        angle if angle < 20.0 => 0.3,
        angle if angle < 40.0 => 0.12,
        _ => 0.0,
    };
    random.chance(chance).then(|| random.between(3.0, 22.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gyrofrequency_grows_with_the_dip() {
        let mut random = Random::new(1);
        let places: Vec<(Place, f64)> = (0..2000).map(|_| random_place(&mut random)).collect();
        let mean = |low: f64, high: f64| {
            let inside: Vec<f64> = places.iter().filter(|p| p.1 >= low && p.1 < high).map(|p| p.0.gyro_mhz).collect();
            inside.iter().sum::<f64>() / inside.len() as f64
        };
        assert!((0.7..0.9).contains(&mean(0.9, 1.1)) && (1.4..1.65).contains(&mean(0.0, 0.1)));
        assert!(places.iter().all(|p| (0.5..=1.7).contains(&p.0.gyro_mhz) && p.0.latitude.abs() <= 90.0));
        assert!(places.iter().any(|p| p.1 > 0.9999) && places.iter().any(|p| p.1 < 0.002));
    }
}

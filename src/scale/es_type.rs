//! Types of sporadic E (UAG-23 section 4.8): where the sheet stands to the normal E layer, and whether it is day.

use super::eregion::{HIGHEST_FOE_MHZ, Normal};
use super::sporadic::Sporadic;

/// What else the sky shows beside the sheet.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Around {
    /// Cosine of the sun's zenith angle, where place and time are known.
    pub(super) sun: Option<f64>,
    /// Lowest height of the normal E layer's trace, km.
    pub(super) h_e_km: Option<f64>,
    /// The F region shows from the first frequency of the sweep on: there is no normal E layer in the band.
    pub(super) f_from_start: bool,
}

/// Share of foE above which a sheet's trace begins that lies above the layer: below foE the layer hides it.
const HIDDEN_SHARE: f64 = 0.93;
/// Height over h'E from which a sheet above the layer is of the high type, km.
const HIGH_KM: f64 = 16.0;
/// Cosines of the sun's zenith angle below which it is night for the E region, and above which it is day.
const NIGHT: f64 = -0.05;
const DAY: f64 = 0.05;

/// Letter of the type, if it can be told: f flat by night; by day l below the normal layer, c with a cusp at foE, h well
/// above it.
pub(super) fn type_es(sheet: &Sporadic, normal: Option<&Normal>, around: Around) -> Option<char> {
    if let Some(normal) = normal {
        let lies_above = sheet.falls || sheet.first_mhz > HIDDEN_SHARE * normal.fo_mhz;
        let high = sheet.km > around.h_e_km.unwrap_or(normal.foot_km) + HIGH_KM;
        return Some(match (lies_above, high) {
            (true, true) => 'h',
            (true, false) => 'c',
            (false, _) => 'l',
        });
    }
    match around.sun {
        Some(sun) if sun < NIGHT => Some('f'),
        // The layer is there by day: what shows below its critical frequency lies below it.
        Some(sun) if sun > DAY && sheet.first_mhz < HIDDEN_SHARE * least_fo_e(sun) => Some('l'),
        Some(_) => None,
        None => around.f_from_start.then_some('f'),
    }
}

/// foE at the least solar activity, MHz: 0.9 (180 cos chi)^(1/4) (Davies, Ionospheric Radio, 1990).
fn least_fo_e(sun: f64) -> f64 {
    (0.9 * (180.0 * sun.max(0.0)).powf(0.25)).min(HIGHEST_FOE_MHZ)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(first_mhz: f64, km: f64, falls: bool) -> Sporadic {
        let [last_mhz, fo_mhz] = [6.0, 5.4];
        let (step_seen, is_patchy, points, sureness) = (true, false, 60, 0.9);
        Sporadic { first_mhz, last_mhz, fo_mhz, step_seen, is_patchy, is_doubtful: false, km, falls, points, sureness }
    }

    #[test]
    fn the_type_is_told_by_the_layer_and_the_sun() {
        let normal =
            Normal { fo_mhz: 3.2, sigma_mhz: 0.03, foot_km: 102.0, points: Vec::new(), first_mhz: 1.6, rises: true };
        let around = |sun| Around { sun, h_e_km: Some(105.0), f_from_start: false };
        for (first_mhz, km, falls, sun, wanted) in [
            (1.6, 98.0, false, None, 'l'),
            (3.25, 115.0, false, None, 'c'),
            (3.3, 117.0, true, Some(0.5), 'c'),
            (3.3, 135.0, true, Some(0.5), 'h'),
            (3.2, 128.0, false, None, 'h'),
        ] {
            assert_eq!(
                type_es(&sheet(first_mhz, km, falls), Some(&normal), around(sun)),
                Some(wanted),
                "{first_mhz} {km}"
            );
        }
    }

    #[test]
    fn without_the_layer_the_sun_tells_or_nothing() {
        let kind = |first_mhz, sun, f_from_start| {
            type_es(&sheet(first_mhz, 105.0, false), None, Around { sun, h_e_km: None, f_from_start })
        };
        assert_eq!(kind(1.0, Some(-0.4), false), Some('f'));
        assert_eq!(kind(1.4, Some(0.6), false), Some('l'));
        // Absorption hides the layer: the sheet may be of any type.
        assert_eq!(kind(3.6, Some(0.6), false), None);
        assert_eq!(kind(1.4, Some(0.0), false), None);
        assert_eq!(kind(1.4, None, false), None);
        assert_eq!(kind(1.4, None, true), Some('f'));
    }
}

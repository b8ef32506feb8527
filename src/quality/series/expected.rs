//! Values far from the monthly median to be expected.

use super::Sounding;
use crate::model::CharacteristicName as Name;
use crate::quality::ClimatologyConfig;
use crate::quality::background::{peak_height, smoothed_sunspots};

/// Marks values of foF2, foE and M(3000)F2 that no sunspot number of the date explains.
pub(super) fn mark(frames: &mut [Sounding], config: &ClimatologyConfig) {
    for frame in frames {
        let (Some(place), Some(time)) = (frame.place, frame.time) else { continue };
        // A time without its hour says nothing of the sun.
        if frame.time_quality.is_none_or(|quality| quality > 3) {
            continue;
        }
        let spots = smoothed_sunspots(time).map_or(config.sunspots, |known| [known, known]);
        let of = |name: Name| {
            frame
                .values
                .iter()
                .find(|value| value.characteristic.name == name)
                .and_then(|value| value.characteristic.value)
        };
        let (fo_f2, fo_e, m3000) = (of(Name::FoF2), of(Name::FoE), of(Name::M3000F2));
        let span = |expected: &dyn Fn(f64) -> f64| {
            let (a, b) = (expected(spots[0]), expected(spots[1]));
            (a.min(b), a.max(b))
        };
        let outside =
            |value: f64, (low, high): (f64, f64), below: f64, above: f64| value < low - below || value > high + above;
        let mut doubtful = Vec::new();
        if let Some(value) = fo_f2 {
            let (low, high) = span(&|spots| place.fo_f2(time, spots));
            if value < low / config.fo_f2_factor || value > high * config.fo_f2_factor {
                doubtful.extend([Name::FoF2, Name::FxF2, Name::FxI, Name::Muf3000F2]);
            }
        }
        if let Some(value) = fo_e {
            let expected = span(&|spots| place.fo_e(time, spots));
            // Particles ionise the E layer by night too: only what is too low by day is far off for certain.
            if outside(value, expected, config.fo_e_mhz, config.fo_e_mhz) {
                doubtful.push(Name::FoE);
            }
        }
        if let (Some(factor), Some(fo_f2)) = (m3000, fo_f2) {
            let expected = span(&|spots| place.hm_f2(time, spots));
            let fo_e = fo_e.or_else(|| Some(place.fo_e(time, 0.5 * (spots[0] + spots[1]))));
            if outside(peak_height(factor, fo_f2, fo_e), expected, config.hm_f2_km, config.hm_f2_km) {
                doubtful.extend([Name::M3000F2, Name::Muf3000F2, Name::HpF2]);
            }
        }
        for value in &mut frame.values {
            if doubtful.contains(&value.characteristic.name) {
                value.doubt("climatology");
            }
        }
    }
}

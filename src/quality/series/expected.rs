//! Values far from the monthly median to be expected.
//!
//! The background is rough, and a segment may hold it throughout in doubt: a station that is none, a clock of another
//! zone, a storm of days. Then it says nothing of single values.

use super::{FlaggedValue, Sounding};
use crate::model::CharacteristicName as Name;
use crate::quality::ClimatologyConfig;
use crate::quality::background::{peak_height, smoothed_sunspots};

/// Marks values of foF2, foE and M(3000)F2 that no sunspot number of the date explains, if most of the segment agrees
/// with the background.
pub(super) fn flag(frames: &mut [Sounding], config: &ClimatologyConfig) {
    let far: Vec<Vec<(Name, bool)>> = frames.iter().map(|frame| far_off(frame, config)).collect();
    for (name, derived) in [
        (Name::FoF2, [Name::FxF2, Name::FxI, Name::Muf3000F2].as_slice()),
        (Name::FoE, &[]),
        (Name::M3000F2, &[Name::Muf3000F2, Name::HpF2]),
    ] {
        let of = |frame: &Vec<(Name, bool)>| frame.iter().find(|found| found.0 == name).map(|found| found.1);
        let flagged: Vec<bool> = far.iter().filter_map(of).collect();
        let off = flagged.iter().filter(|&&off| off).count();
        if off as f64 > (config.most_marked * flagged.len() as f64).max(1.0) {
            continue;
        }
        for (frame, _) in frames.iter_mut().zip(&far).filter(|(_, far)| of(far) == Some(true)) {
            let doubtful = |value: &&mut FlaggedValue| {
                value.characteristic.name == name || derived.contains(&value.characteristic.name)
            };
            frame.values.iter_mut().filter(doubtful).for_each(|value| value.add_flag("climatology"));
        }
    }
}

/// For each characteristic of a frame that has a background: whether it is far from it.
fn far_off(frame: &Sounding, config: &ClimatologyConfig) -> Vec<(Name, bool)> {
    let mut found = Vec::new();
    let (Some(place), Some(time)) = (frame.place, frame.time) else { return found };
    // A time without its hour says nothing of the sun.
    if frame.time_quality.is_none_or(|quality| quality > 3) {
        return found;
    }
    let spots = smoothed_sunspots(time).map_or(config.sunspots, |known| [known, known]);
    let of = |name: Name| {
        frame.values.iter().find(|value| value.characteristic.name == name).and_then(|value| value.characteristic.value)
    };
    let (fo_f2, fo_e, m3000) = (of(Name::FoF2), of(Name::FoE), of(Name::M3000F2));
    let span = |expected: &dyn Fn(f64) -> f64| {
        let (a, b) = (expected(spots[0]), expected(spots[1]));
        (a.min(b), a.max(b))
    };
    let outside = |value: f64, (low, high): (f64, f64), off: f64| value < low - off || value > high + off;
    if let Some(value) = fo_f2 {
        let (low, high) = span(&|spots| place.fo_f2(time, spots));
        let off = value < low / config.fo_f2_factor || value > high * config.fo_f2_factor;
        found.push((Name::FoF2, off));
    }
    if let Some(value) = fo_e {
        found.push((Name::FoE, outside(value, span(&|spots| place.fo_e(time, spots)), config.fo_e_mhz)));
    }
    if let (Some(factor), Some(fo_f2)) = (m3000, fo_f2) {
        let expected = span(&|spots| place.hm_f2(time, spots));
        let fo_e = fo_e.or_else(|| Some(place.fo_e(time, 0.5 * (spots[0] + spots[1]))));
        found.push((Name::M3000F2, outside(peak_height(factor, fo_f2, fo_e), expected, config.hm_f2_km)));
    }
    found
}

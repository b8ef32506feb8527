//! Values that stay the same from frame to frame, as no ionosphere does: a reading held by a fixed line of the film.

use super::Sounding;
use crate::model::CharacteristicName as Name;
use crate::quality::SeriesConfig;

/// Frequencies that are fitted, not rounded: two frames never give the same.
const FITTED: &[Name] = &[Name::FoF2, Name::FoF1, Name::FoE, Name::M3000F2];

/// Flags every value of a long enough run of the same value.
pub(super) fn flag(frames: &mut [Sounding], config: &SeriesConfig) {
    for places in super::by_station(frames) {
        for &name in FITTED {
            let values: Vec<(usize, usize, f64)> = places
                .iter()
                .filter_map(|&k| {
                    let found = frames[k].values.iter().position(|value| value.characteristic.name == name)?;
                    Some((k, found, frames[k].values[found].characteristic.value?))
                })
                .collect();
            let same = config.flat_line_units * name.reading_unit();
            for run in values.chunk_by(|a, b| (a.2 - b.2).abs() <= same) {
                if run.len() >= config.flat_line_frames {
                    run.iter().for_each(|&(k, place, _)| frames[k].values[place].add_flag("flat_line"));
                }
            }
        }
    }
}

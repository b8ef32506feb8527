//! What the frames next to one on the film say of its values, whatever characteristic it is and whether or not the frames
//! are dated: a robust straight line through theirs.

use super::{Sounding, median};
use crate::model::{CharacteristicName as Name, Flag};
use crate::quality::SeriesConfig;
use std::collections::BTreeMap;

/// What the neighbours of a value say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct NeighbourFit {
    /// The value that lies on the line through theirs.
    pub(crate) expected: f64,
    /// Median distance of theirs from the line, as one sigma.
    pub(crate) scatter: f64,
}

/// Fewest values that make a line with a slope; fewer are taken for level.
const FOR_SLOPE: usize = 4;
/// Fewest neighbours that say anything.
const LEAST: usize = 2;

/// What the neighbours of each value say, by frame and place in it; `None` of a value that has none, and of what has no value.
pub(super) fn neighbour_fits(frames: &[Sounding], config: &SeriesConfig) -> Vec<Vec<Option<NeighbourFit>>> {
    let mut courses: BTreeMap<Name, Vec<(usize, f64)>> = BTreeMap::new();
    for (k, frame) in frames.iter().enumerate() {
        for flagged in frame.values.iter().filter(|flagged| !flagged.is_added() && flagged.flag != Flag::Fail) {
            if let Some(value) = flagged.characteristic.value {
                courses.entry(flagged.characteristic.name).or_default().push((k, value));
            }
        }
    }
    let of = |k: usize, name: Name| {
        let course = courses.get(&name)?;
        let first = course.partition_point(|other| other.0 + config.neighbour_frames < k);
        let last = course.partition_point(|other| other.0 <= k + config.neighbour_frames);
        let is_near = |other: &&(usize, f64)| other.0 != k && belong(&frames[k], &frames[other.0], config);
        let near = course[first..last.max(first)].iter().filter(is_near);
        line(&near.map(|&(other, value)| (other as f64 - k as f64, value)).collect::<Vec<_>>())
    };
    frames
        .iter()
        .enumerate()
        .map(|(k, frame)| {
            let flagged = frame.values.iter().map(|flagged| &flagged.characteristic);
            flagged.map(|row| row.value.and_then(|_| of(k, row.name))).collect()
        })
        .collect()
}

/// Two frames are of one course unless their stations or times say otherwise.
fn belong(a: &Sounding, b: &Sounding, config: &SeriesConfig) -> bool {
    let is_near = match (a.time, b.time) {
        (Some(a), Some(b)) => (a.as_second() - b.as_second()).abs() as f64 <= 7200.0 * config.neighbour_hours,
        _ => true,
    };
    is_near && (a.station == b.station || a.station.is_none() || b.station.is_none())
}

/// The line through values at places, at place 0 (slope: Theil and Sen, the median of those of all pairs).
fn line(values: &[(f64, f64)]) -> Option<NeighbourFit> {
    if values.len() < LEAST {
        return None;
    }
    // Beyond the last of the neighbours a slope would only carry their errors on.
    let is_between = values.iter().any(|value| value.0 < 0.0) && values.iter().any(|value| value.0 > 0.0);
    let slope = if is_between && values.len() >= FOR_SLOPE {
        let pairs = values.iter().enumerate().flat_map(|(n, a)| values[..n].iter().map(move |b| (a, b)));
        median(pairs.map(|(a, b)| (a.1 - b.1) / (a.0 - b.0)).collect())
    } else {
        0.0
    };
    let expected = median(values.iter().map(|value| value.1 - slope * value.0).collect());
    let distances = values.iter().map(|value| (value.1 - slope * value.0 - expected).abs());
    Some(NeighbourFit { expected, scatter: 1.4826 * median(distances.collect()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_goes_through_most_values_and_past_a_wrong_one() {
        let course: Vec<(f64, f64)> =
            [-4.0, -3.0, -2.0, -1.0, 1.0, 2.0, 3.0, 4.0].map(|place| (place, 6.0 + 0.1 * place)).to_vec();
        let found = line(&course).unwrap();
        assert!((found.expected - 6.0).abs() < 1e-9 && found.scatter < 1e-9);
        let mut spoiled = course.clone();
        spoiled[3].1 = 9.0;
        assert!((line(&spoiled).unwrap().expected - 6.0).abs() < 0.1);
        // From one side alone there is no telling how the course goes on.
        assert!((line(&course[..4]).unwrap().expected - 5.75).abs() < 1e-9);
        assert_eq!(line(&course[..1]), None);
    }
}

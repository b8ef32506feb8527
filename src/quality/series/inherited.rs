//! Frames whose axes are those of neighbouring frames.

use super::Sounding;
use super::characteristic_series::Supported;
use crate::model::{CharacteristicName as Name, Status};
use crate::quality::SeriesConfig;

const HEIGHTS: &[Name] = &[Name::HF, Name::HF2, Name::HpF2];

/// Frames with inherited axes that the course of the roll does not confirm: with axes that are not theirs foF2 and the
/// heights would leave it, one for each axis.
pub(super) fn unconfirmed(frames: &[Sounding], supported: &Supported, config: &SeriesConfig) -> Vec<usize> {
    let is_inherited =
        |frame: &Sounding| frame.axes.is_none() && matches!(frame.status, Status::Scaled | Status::NoEcho);
    let follows = |k: usize, names: &[Name]| {
        supported[k].iter().any(|(name, right)| names.contains(name) && *right >= config.axes_probability)
    };
    let is_confirmed = |k: usize| follows(k, &[Name::FoF2]) && follows(k, HEIGHTS);
    (0..frames.len()).filter(|&k| is_inherited(&frames[k]) && !is_confirmed(k)).collect()
}

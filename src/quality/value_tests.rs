//! Tests on one value: physical ranges, confidence, bounds, letters, the topside pair.

use super::{Finding, QcInput, QualityConfig, soundness};
use crate::model::{Characteristic, CharacteristicName as Name, Flag};

/// The tests that a value does not pass.
pub(super) fn run(row: &Characteristic, input: &QcInput<'_>, config: &QualityConfig) -> Vec<Finding> {
    let Some(value) = row.value else { return Vec::new() };
    let mut found = Vec::new();
    let mut add = |test, flag| found.push(Finding { test, flag, words: String::new() });
    if !value.is_finite() || value < 0.0 {
        add("gross_range", Flag::Fail);
        return found;
    }
    let range = match row.name {
        Name::FoF2 => Some(config.fo_f2_range),
        Name::FoE => Some(config.fo_e_range),
        Name::HF => Some(config.h_f_range),
        Name::M3000F2 => Some(config.m3000_range),
        _ => None,
    };
    if range.is_some_and(|[low, high]| !(low..=high).contains(&value)) {
        add("gross_range", Flag::Fail);
    }
    if soundness(row) < f64::from(config.value_confidence) {
        add("confidence", Flag::Suspect);
    }
    if row.name.unit() == "MHz"
        && let (Some(lower), Some(upper)) = (row.lower, row.upper)
        && upper - lower > (config.bounds_share * value).max(config.bounds_units * row.name.reading_unit())
        && row.confidence < config.sure_confidence
    {
        add("bounds", Flag::Suspect);
    }
    // A limit that the band sets (EE, DD) is as certain as the band, and one that a blanketing Es layer or absorption
    // sets (EA, EB) as certain as the trace beside it: all are what the film shows.
    let is_seen = row.qualifier == row.descriptor || matches!(row.descriptor, Some('A' | 'B'));
    let limit = matches!(row.qualifier, Some('D' | 'E')) && !is_seen;
    let is_unsure = row.confidence < config.value_confidence;
    if limit || is_unsure && row.qualifier == Some('U') && OF_CUSPS.contains(&row.name) {
        add("qualified", Flag::Suspect);
    }
    if TOPSIDE.contains(&row.name) && !topside_pair_holds(input.characteristics, config) {
        add("component_pair", Flag::Suspect);
    }
    found
}

/// What an uncertain cusp makes uncertain. At the weak ends of traces (fmin, the E region) letter U is a matter of a reading
/// unit or two; of MUF(3000)F2, whose unit is as small as that of the three times lower foF2, it says no more than its
/// bounds; at a cusp it means that the cusp was not seen.
const OF_CUSPS: &[Name] = &[Name::FoF2, Name::FxF2, Name::FxI, Name::FoF1, Name::M3000F2];

/// The deepest points of the topside traces.
const TOPSIDE: &[Name] =
    &[Name::TopsideFoDeepest, Name::TopsideRangeODeepest, Name::TopsideFxDeepest, Name::TopsideRangeXDeepest];

/// Near the peak of the layer the X trace ends above the O trace by about half the gyrofrequency to all of it: a pair
/// that is not so, or a component alone, may be a part of a trace only.
fn topside_pair_holds(all: &[Characteristic], config: &QualityConfig) -> bool {
    let of = |name: Name| all.iter().find(|row| row.name == name).and_then(|row| row.value);
    let [least, most] = config.topside_separation_mhz;
    match (of(Name::TopsideFoDeepest), of(Name::TopsideFxDeepest)) {
        (Some(fo), Some(fx)) => (least..=most).contains(&(fx - fo)),
        _ => false,
    }
}

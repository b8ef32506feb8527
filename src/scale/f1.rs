//! foF1: where there is a cusp between F1 and the layer above it, and at which frequency.

use super::bottomside::Sight;
use super::curve::{Point, falls_first};
use super::letters::Condition;
use super::naming::Named;
use super::reading::Reading;
use super::refine::Upper;
use crate::model::CharacteristicName as Name;

/// Lowest share of a critical frequency up to which its trace must be seen for the cusp to be there.
const F1_CUSP_SEEN: f64 = 0.97;
/// Greatest height of the foot of an F1 layer, km.
const F1_HIGHEST_KM: f64 = 240.0;

/// A critical frequency held between the end of the O trace below it and the start of the one that comes down from it.
pub(super) fn between_traces(fitted: f64, sigma: f64, sight: &Sight<'_>) -> (f64, f64) {
    let lists = || sight.named.ordinary.iter().filter(|list| list.len() >= 8);
    let near = |mhz: &f64| (0.95..1.05).contains(&(mhz / fitted));
    let next = lists().filter(|list| falls_first(list)).map(|list| list[0].mhz).filter(near).reduce(f64::min);
    let Some(next) = next else { return (fitted, sigma) };
    let end =
        lists().map(|list| list[list.len() - 1].mhz).filter(|mhz| near(mhz) && *mhz < 1.01 * next).reduce(f64::max);
    let end = end.unwrap_or(0.97 * next).min(next);
    let (middle, spread) = (0.5 * (end + next), (0.3 * (next - end)).max(0.004 * next));
    let (weight, other) = (sigma.powi(-2), spread.powi(-2));
    let both = (weight * fitted + other * middle) / (weight + other);
    (both.clamp(end, next), (weight + other).sqrt().recip())
}

/// How sure there is a cusp between a lower layer and the one above it: seen from below, from above, in O and in X.
pub(super) fn cusp_between(lower: &Upper, upper: &Upper, named: &Named) -> f64 {
    let critical = lower.fit.layer.critical_mhz;
    let below = lower.reach[0].max(lower.reach[1]) > F1_CUSP_SEEN && lower.fit.amounts.parabola > 12.0;
    let above = upper.fit.layer.lower_mhz.is_some_and(|mhz| (mhz / critical - 1.0).abs() < 0.06)
        && upper.fit.amounts.passed > 2.0;
    let comes_down = |list: &Vec<Point>| falls_first(list) && (0.96..1.06).contains(&(list[0].mhz / critical));
    let above = above || named.ordinary.iter().any(comes_down);
    let both = lower.explained[0].min(lower.explained[1]) >= 3;
    let ratio = critical / upper.fit.layer.critical_mhz;
    // F1 lies low, and its O cusp is there to be read.
    let shown = lower.explained[0] >= 7 && lower.reach[0] > F1_CUSP_SEEN && lower.fit.amounts.base < F1_HIGHEST_KM;
    if !(0.4..0.9).contains(&ratio) || !shown {
        return 0.0;
    }
    match (below, above, both) {
        (true, true, true) => 0.97,
        (true, true, false) => 0.9,
        (true, false, true) | (false, true, true) => 0.7,
        _ => 0.3,
    }
}

/// foF1 where the trace of F2 comes down from its cusp and F1 itself shows no more than a scrap, if anything: a sheet blankets it.
pub(super) fn cusp_from_above(sight: &Sight<'_>, upper: &Upper) -> Option<Reading> {
    let lists = || sight.named.ordinary.iter().filter(|list| list.len() >= FEW);
    let first = lists().min_by(|a, b| a[a.len() - 1].mhz.total_cmp(&b[b.len() - 1].mhz).reverse())?;
    let (start, end) = (first[0], first[first.len() - 1]);
    let lowest = first.iter().map(|point| point.edge_km).fold(f64::MAX, f64::min);
    let falls = falls_first(first) && start.edge_km > lowest + STEEP_KM;
    let critical = upper.fit.layer.critical_mhz;
    let own = end.mhz > F2_SEEN * critical && F1_RATIO.contains(&(start.mhz / critical));
    let above_e = match &sight.low.normal {
        Some(normal) => start.mhz > ABOVE_E * normal.fo_mhz,
        None => start.mhz > HIGHEST_E_MHZ,
    };
    if !(falls && own && above_e && lowest > F1_HIGHEST_KM) {
        return None;
    }
    // What is seen of F1 rises to the same cusp from below; nothing of it stands above that.
    let below = lists().map(|list| list[list.len() - 1].mhz).filter(|mhz| *mhz < start.mhz).reduce(f64::max);
    let (mhz, sigma) = match below.filter(|mhz| *mhz > SAME_F1_CUSP * start.mhz) {
        Some(end) => (0.5 * (end + start.mhz), (0.3 * (start.mhz - end)).max(0.006 * start.mhz)),
        None => (START_PAST_CUSP * start.mhz, CUSP_ERROR * start.mhz),
    };
    Some(
        Reading::measured(mhz, sigma.hypot(sight.scene.mhz_axis), 0.05, FROM_ABOVE)
            .under(Name::FoF1, Condition::UncertainCusp),
    )
}

/// Fewest points of a trace that tells a cusp.
const FEW: usize = 8;
/// Fall at the low end of F2's trace from which it comes down from a cusp, km.
const STEEP_KM: f64 = 40.0;
/// Share of foF2 up to which the trace must be seen to be its.
const F2_SEEN: f64 = 0.94;
/// Ratio of foF1 to foF2.
const F1_RATIO: std::ops::Range<f64> = 0.5..0.93;
/// Least ratio of such a cusp to foE, and where E is not seen the least frequency of one that is not E's, MHz.
const ABOVE_E: f64 = 1.2;
const HIGHEST_E_MHZ: f64 = 4.1;
/// Least ratio of the end of F1's trace to the start of F2's.
const SAME_F1_CUSP: f64 = 0.94;
/// The cusp over where the trace above it comes into sight, and one sigma of that.
const START_PAST_CUSP: f64 = 0.993;
const CUSP_ERROR: f64 = 0.013;
/// How sure a cusp is that is seen from above alone.
const FROM_ABOVE: f64 = 0.9;

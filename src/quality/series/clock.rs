//! Times that do not follow the course of the roll.

use super::Sounding;
use crate::quality::SeriesConfig;
use std::collections::BTreeMap;

/// Frames whose time is not between those of their neighbours on the film: short stretches (a misread year or hour, frames
/// spliced in or in reverse) on whose two sides the roll goes on as if they were not there.
pub(super) fn displaced(frames: &[Sounding], config: &SeriesConfig) -> Vec<usize> {
    let dated: Vec<(usize, i64)> =
        frames.iter().enumerate().filter_map(|(k, frame)| Some((k, frame.time?.as_second()))).collect();
    let steps: Vec<i64> = dated.windows(2).map(|pair| pair[1].1 - pair[0].1).collect();
    if steps.len() < 4 {
        return Vec::new();
    }
    let backward = steps.iter().filter(|step| **step < 0).count() * 2 > steps.len();
    let sign = if backward { -1 } else { 1 };
    let mut sizes: Vec<i64> = steps.iter().map(|step| step * sign).filter(|step| *step > 0).collect();
    sizes.sort_unstable();
    let usual = sizes.get(sizes.len() / 2).copied().unwrap_or(0);
    // A frame or two may be missing between any two.
    let goes_on = |from: usize, to: usize| {
        let step = sign * (dated[to].1 - dated[from].1);
        step > 0 && step <= usual * ((to - from) as i64 + 12)
    };
    let mut found = Vec::new();
    let mut last = 0;
    let mut k = 1;
    while k < dated.len() {
        if goes_on(last, k) {
            last = k;
            k += 1;
            continue;
        }
        // Where the roll goes on again, if it does soon, from here or without the frames just before.
        let reach = config.displaced_frames;
        let again = (k + 1..dated.len().min(k + 1 + reach))
            .find(|&next| goes_on(last, next) && (next + 1 == dated.len() || goes_on(next, next + 1)));
        match again {
            Some(next) => {
                found.extend(k..next);
                last = next;
                k = next + 1;
            }
            None => {
                // Another stretch of film begins. If the one that ends was short and fits to nothing, it is displaced itself
                // only at the start of the roll: there it has no other side.
                let start = found.iter().rev().take_while(|&&place| place + 1 >= last).count();
                let is_first = last < reach.min(dated.len() / 4) && start == 0;
                let resumes = is_first && k + reach < dated.len() && (k..k + reach).all(|at| goes_on(at, at + 1));
                if resumes && sign * (dated[k].1 - dated[last].1) < 0 {
                    found.extend(0..=last);
                }
                last = k;
                k += 1;
            }
        }
    }
    // Loose frames that somebody put into one folder have no course to leave.
    if found.len() * MOST_DISPLACED > dated.len() {
        return Vec::new();
    }
    found.into_iter().map(|place| dated[place].0).collect()
}

/// A roll in which more than one in so many frames would be displaced is no roll.
const MOST_DISPLACED: usize = 4;

/// Frames that share station and time with another one, where the roll's times are finer than its pace.
pub(super) fn duplicates(frames: &[Sounding]) -> Vec<usize> {
    let mut same: BTreeMap<(&str, i64), Vec<usize>> = BTreeMap::new();
    for (k, frame) in frames.iter().enumerate() {
        if let (Some(station), Some(time)) = (&frame.station, frame.time) {
            same.entry((station, time.as_second().div_euclid(frame.resolution_s()))).or_default().push(k);
        }
    }
    // Where most frames share their time the caption is coarser than the pace, and that is no fault.
    let shared: usize = same.values().filter(|places| places.len() > 1).map(Vec::len).sum();
    if 4 * shared > frames.len().max(8) {
        return Vec::new();
    }
    let mut found: Vec<usize> = same.into_values().filter(|places| places.len() > 1).flatten().collect();
    found.sort_unstable();
    found
}

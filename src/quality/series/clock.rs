//! Times that do not follow the course of the roll.

use super::Sounding;
use crate::quality::SeriesConfig;
use std::collections::BTreeMap;

/// A frame with a time: its place on the film, and seconds in the direction in which most of the roll runs.
type Dated = (usize, i64);

/// Frames that may be missing between any two.
const MISSING: usize = 12;
/// Steps in a row that make a run of the clock: so many hardly ever follow each other by chance.
const RUN: usize = 3;

/// Frames whose time is not between those of their neighbours on the film: stretches in which the clock runs against the
/// roll, however long, and short stretches (a misread year or hour, frames spliced in) on whose two sides the roll goes on
/// as if they were not there. The roll runs as most of its steps do; where as many run either way, forward.
pub(super) fn displaced(frames: &[Sounding], config: &SeriesConfig) -> Vec<usize> {
    let mut dated: Vec<Dated> =
        frames.iter().enumerate().filter_map(|(k, frame)| Some((k, frame.time?.as_second()))).collect();
    let steps = |dated: &[Dated]| dated.windows(2).map(|pair| pair[1].1 - pair[0].1).collect::<Vec<i64>>();
    let all = steps(&dated);
    if all.len() < RUN + 1 {
        return Vec::new();
    }
    if all.iter().filter(|step| **step < 0).count() > all.iter().filter(|step| **step > 0).count() {
        dated.iter_mut().for_each(|frame| frame.1 = -frame.1);
    }
    let mut sizes: Vec<i64> = steps(&dated).into_iter().filter(|step| *step > 0).collect();
    sizes.sort_unstable();
    let usual = sizes.get(sizes.len() / 2).copied().unwrap_or(0);
    let runs = runs(&dated, usual);
    // Loose frames that somebody put into one folder have no course to leave.
    if 2 * runs.iter().map(|run| run.steps).sum::<usize>() < all.len() {
        return Vec::new();
    }
    let against: Vec<usize> =
        runs.iter().filter(|run| run.is_against).flat_map(|run| run.first..=run.first + run.steps).collect();
    let rest: Vec<Dated> =
        (0..dated.len()).filter(|place| against.binary_search(place).is_err()).map(|place| dated[place]).collect();
    let mut found: Vec<usize> = against.into_iter().map(|place| dated[place].0).collect();
    found.extend(strayed(&rest, usual, config));
    if 2 * found.len() > dated.len() {
        return Vec::new();
    }
    found.sort_unstable();
    found
}

/// Frames in a row whose times rise, or fall, at the roll's pace.
struct Run {
    first: usize,
    steps: usize,
    is_against: bool,
}

fn runs(dated: &[Dated], usual: i64) -> Vec<Run> {
    let way = |place: usize| {
        let step = dated[place + 1].1 - dated[place].1;
        let missing = dated[place + 1].0 - dated[place].0 + MISSING;
        if step.abs() <= usual * missing as i64 { step.signum() } else { 0 }
    };
    let ways: Vec<i64> = (0..dated.len() - 1).map(way).collect();
    let mut runs = Vec::new();
    let mut first = 0;
    for same in ways.chunk_by(|a, b| a == b) {
        if same[0] != 0 && same.len() >= RUN {
            runs.push(Run { first, steps: same.len(), is_against: same[0] < 0 });
        }
        first += same.len();
    }
    runs
}

/// Short stretches behind which the roll goes on as if they were not there.
fn strayed(dated: &[Dated], usual: i64, config: &SeriesConfig) -> Vec<usize> {
    let goes_on = |from: usize, to: usize| {
        let (step, frames) = (dated[to].1 - dated[from].1, dated[to].0 - dated[from].0);
        step > 0 && step <= usual * (frames + MISSING) as i64
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
                if resumes && dated[k].1 < dated[last].1 {
                    found.extend(0..=last);
                }
                last = k;
                k += 1;
            }
        }
    }
    found.into_iter().map(|place| dated[place].0).collect()
}

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

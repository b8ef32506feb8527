//! Sporadic E: which of the low traces are a sheet's, and where its O ends.

use super::Scene;
use super::curve::{Curve, Point};
use super::naming::ordinary_of;
use crate::model::Mode;
use crate::physics::x_of_o;

/// Sporadic E.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sporadic {
    /// Lowest and highest frequency of the trace, MHz.
    pub(super) first_mhz: f64,
    pub(super) last_mhz: f64,
    /// Top frequency of O, MHz.
    pub(super) fo_mhz: f64,
    /// The step of strength at which O ends and X goes on was seen.
    pub(super) step_seen: bool,
    /// The trace loses as much of its strength elsewhere: such a step says little.
    pub(super) is_patchy: bool,
    /// Its weak end may be X or a line of noise that ends at the place of X: `fo_mhz` takes it for X.
    pub(super) is_doubtful: bool,
    /// Lowest height of the leading edge, km.
    pub(super) km: f64,
    /// Its low end comes down from a cusp: it lies above the normal E layer.
    pub(super) falls: bool,
    /// Number of points.
    pub(super) points: usize,
    /// Strength of the name, 0 to 1.
    pub(super) sureness: f64,
}

/// The main trace and what continues it. A sheet reflects the lower frequencies better than the higher: its trace begins
/// where echoes of the E region do, `begins_mhz`, and not far above.
pub(super) fn sporadic(sheets: &[&Curve], begins_mhz: f64, scene: &Scene<'_>) -> Option<Sporadic> {
    let span = |curve: &Curve| (curve.last_mhz() / curve.first_mhz().max(0.1)).ln();
    let weight = |curve: &Curve| span(curve) * (curve.points.len() as f64).sqrt() * curve.strength();
    let main = sheets
        .iter()
        .filter(|curve| curve.first_mhz() < LATE * begins_mhz)
        .max_by(|a, b| weight(a).total_cmp(&weight(b)))?;
    if main.points.len() < LEAST_POINTS || span(main) < LEAST_SPAN {
        return None;
    }
    // What goes on weakly as far as X and no farther is X, unless the strength falls before as it does where O ends.
    let goes_on_as_x = |points: &[Point], o_mhz: f64, end_mhz: f64| {
        let near = (x_of_o(o_mhz, scene.gyro_mhz) / end_mhz - 1.0).abs() < SLACK;
        let before = ordinary_of(o_mhz, Mode::X, scene.gyro_mhz);
        let below = &points[..points.partition_point(|point| point.mhz <= o_mhz)];
        let range = before * (1.0 - 2.0 * SLACK)..before * (1.0 + SLACK);
        let falls = || fall(below, range).is_some_and(|(_, ratio)| ratio < EVEN);
        let beyond = &points[points.partition_point(|point| point.mhz < o_mhz)..];
        let whole = beyond.len() >= FEW && beyond.windows(2).all(|pair| pair[1].mhz < NO_GAP * pair[0].mhz);
        near && whole && !falls()
    };
    let mut points = strong(&main.points);
    let strong_end = points.last().map_or(0.0, |point| point.mhz);
    let as_x = goes_on_as_x(&main.points, strong_end, main.last_mhz());
    if as_x {
        points.clone_from(&main.points);
    }
    let (mut first, mut last) = (main.first_mhz(), points.last().map_or(0.0, |point| point.mhz));
    let mut falls = main.falls_first();
    let level = main.median_km();
    loop {
        let next = sheets.iter().find(|curve| {
            let near = (curve.median_km() - level).abs() < 12.0;
            let above = curve.first_mhz() < last * GAP && curve.last_mhz() > last * 1.005;
            let below = curve.last_mhz() > first / GAP && curve.first_mhz() < first * 0.995;
            near && (above || below)
        });
        let Some(next) = next else { break };
        if next.first_mhz() < first {
            falls = next.falls_first();
        }
        first = first.min(next.first_mhz());
        last = last.max(next.last_mhz());
        points.extend(&next.points);
    }
    points.sort_by(|a, b| a.mhz.total_cmp(&b.mhz));
    // What goes on at a fraction of the strength is noise: the sheet's X ends there.
    // In a patchy trace it comes back.
    let ends =
        |(mhz, ratio): &(f64, f64)| *ratio < ENDS && weaker(&points, *mhz) < ENDS && !goes_on_as_x(&points, *mhz, last);
    if let Some((end, _)) = fall(&points, first * 1.15..last).filter(ends) {
        points.retain(|point| point.mhz <= end);
        last = end;
    }
    // Beyond the end of O the trace goes on as far as X, and no farther: what does is a line that lies at its level.
    let beyond = |(mhz, ratio): &(f64, f64)| {
        *ratio < STEPS && weaker(&points, *mhz) < STEPS && last > BEYOND_X * x_of_o(*mhz, scene.gyro_mhz)
    };
    if let Some((end, _)) = fall(&points, first * 1.15..last).filter(beyond) {
        points.retain(|point| point.mhz <= end);
        last = end;
    }
    let km = level_km(&points)?;
    let deduced = ordinary_of(last, Mode::X, scene.gyro_mhz);
    let step = fall(&points, deduced * (1.0 - SLACK)..(deduced * (1.0 + SLACK)).min(0.985 * last));
    let (fo_mhz, step_seen) = match step.filter(|(_, ratio)| *ratio < CLEAR_STEP) {
        Some((mhz, _)) => (mhz, true),
        None => (deduced, false),
    };
    if fo_mhz < first || points.len() < SCRAP {
        return None;
    }
    let within = first * 1.12..deduced * (1.0 - 2.0 * SLACK);
    let is_patchy = within.start < within.end && fall(&points, within).is_some_and(|(_, ratio)| ratio < STEPS);
    let sureness = main.confidence;
    Some(Sporadic {
        first_mhz: first,
        last_mhz: last,
        fo_mhz,
        step_seen,
        is_patchy,
        is_doubtful: as_x,
        km,
        falls,
        points: points.len(),
        sureness,
    })
}

/// Mean strength above a frequency over that below it.
fn weaker(points: &[Point], mhz: f64) -> f64 {
    let mean = |beyond: bool| {
        let side: Vec<f64> =
            points.iter().filter(|point| (point.mhz > mhz) == beyond).map(|point| point.amplitude).collect();
        side.iter().sum::<f64>() / side.len().max(1) as f64
    };
    mean(true) / mean(false).max(1.0)
}

/// Lowest height of a sheet: the lowest median over an eighth of its trace, which is level over longer.
fn level_km(points: &[Point]) -> Option<f64> {
    let edges: Vec<f64> = points.iter().map(|point| point.edge_km).collect();
    let window = (edges.len() / 8).max(7).min(edges.len());
    let median = |window: &[f64]| {
        let mut sorted = window.to_vec();
        sorted.sort_by(f64::total_cmp);
        sorted[sorted.len() / 2]
    };
    edges.windows(window.max(1)).map(median).reduce(f64::min)
}

/// The points up to where the trace loses its strength: a line of noise may go on from it.
fn strong(points: &[Point]) -> Vec<Point> {
    let median = |part: &[Point]| {
        let mut all: Vec<f64> = part.iter().map(|point| point.amplitude).collect();
        all.sort_by(f64::total_cmp);
        all[all.len() / 2]
    };
    let usual = median(&points[..(2 * points.len()).div_ceil(3)]);
    let end = (FEW..=points.len()).rev().find(|&end| median(&points[end - FEW..end]) >= WEAKEST * usual);
    points[..end.unwrap_or(points.len())].to_vec()
}

/// Neighbouring points whose middle strength counts, and the least of it as a share of the usual one.
const FEW: usize = 7;
const WEAKEST: f64 = 0.4;
/// Fewest points of a sporadic E trace, and its least span as a logarithm of frequencies.
const LEAST_POINTS: usize = 12;
const LEAST_SPAN: f64 = 0.07;
/// Fewest points of all its pieces.
const SCRAP: usize = 24;
/// Largest gap inside a mainly continuous trace, as a ratio of frequencies.
const GAP: f64 = 1.12;

/// Frequency within a range at which the strength falls most, and the ratio of the strengths after and before it.
fn fall(points: &[Point], range: std::ops::Range<f64>) -> Option<(f64, f64)> {
    let mean = |from: f64, to: f64| {
        let inside: Vec<f64> =
            points.iter().filter(|point| point.mhz >= from && point.mhz < to).map(|point| point.amplitude).collect();
        (inside.len() >= 4).then(|| inside.iter().sum::<f64>() / inside.len() as f64)
    };
    const TRIALS: u32 = 48;
    (0..=TRIALS)
        .map(|i| range.start * (range.end / range.start).powf(f64::from(i) / f64::from(TRIALS)))
        .filter_map(|mhz| Some((mhz, mean(mhz * 1.005, mhz * 1.08)? / mean(mhz * 0.9, mhz * 0.995)?.max(1.0))))
        .min_by(|a, b| a.1.total_cmp(&b.1))
}

/// How far from the place deduced from X the end of O is looked for, as a share.
const SLACK: f64 = 0.03;
/// Ratio of strengths at the end of O, where X goes on, and at the end of X.
const STEPS: f64 = 0.7;
/// The same where X goes on beyond the end of O, to be taken for that.
const CLEAR_STEP: f64 = 0.55;
/// Ratio to the lowest frequency of the E region's echoes, or to foE, up to which a sheet's trace may begin.
const LATE: f64 = 1.8;
/// Ratio to the X frequency of the end of O beyond which the trace is none of the sheet's.
const BEYOND_X: f64 = 1.12;
const ENDS: f64 = 0.45;
/// Largest ratio of neighbouring frequencies where X goes on from O.
const NO_GAP: f64 = 1.025;
/// Ratio of strengths above which a trace goes on evenly.
const EVEN: f64 = 0.75;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scale::testcurves::scene;

    /// A level trace with strengths by frequency.
    fn level(from: f64, to: f64, km: f64, strength: impl Fn(f64) -> f64) -> Curve {
        let mhz = |i: i32| from * (to / from).powf(f64::from(i) / 99.0);
        let point = |mhz| Point { mhz, edge_km: km, centre_km: km, sigma_mhz: 0.01, amplitude: strength(mhz) };
        let points = (0..100).map(|i| point(mhz(i))).collect();
        Curve { points, mode: Mode::Unknown, hop: 1, confidence: 0.5, repeats_low: false }
    }

    fn read(sheets: &[Curve]) -> Option<Sporadic> {
        let scene = Scene { gyro_mhz: 1.3, sin2: 0.2, ..scene() };
        sporadic(&sheets.iter().collect::<Vec<_>>(), 2.0, &scene)
    }

    #[test]
    fn the_step_to_x_gives_the_end_of_o() {
        let x_mhz = x_of_o(5.0, 1.3);
        let sheet = read(&[level(2.0, x_mhz, 110.0, |mhz| if mhz < 5.0 { 240.0 } else { 125.0 })]).unwrap();
        assert!((sheet.fo_mhz - 5.0).abs() < 0.06 && sheet.step_seen, "{}", sheet.fo_mhz);
        let even = read(&[level(2.0, x_mhz, 110.0, |_| 240.0)]).unwrap();
        assert!((even.fo_mhz - 5.0).abs() < 0.02 && !even.step_seen, "{}", even.fo_mhz);
    }

    #[test]
    fn a_weak_end_is_x_where_it_ends_at_its_place() {
        let faint = |end: f64| read(&[level(2.0, end, 110.0, |mhz| if mhz < 5.0 { 240.0 } else { 80.0 })]).unwrap();
        let x_mhz = x_of_o(5.0, 1.3);
        assert!((faint(x_mhz).fo_mhz - 5.0).abs() < 0.06, "{}", faint(x_mhz).fo_mhz);
        assert!(faint(x_mhz).is_doubtful, "it may be noise");
        assert!((faint(1.1 * x_mhz).last_mhz - 5.0).abs() < 0.1, "noise, which ends anywhere");
    }

    #[test]
    fn a_line_that_lies_at_the_level_of_a_sheet_is_not_its_end() {
        let sheet = |mhz: f64| if mhz < 5.7 { 240.0 } else { 130.0 };
        let joined = read(&[level(2.0, 20.0, 110.0, sheet)]).unwrap();
        assert!(joined.last_mhz < 6.2, "{}", joined.last_mhz);
        // One that begins far above where echoes do is none of a sheet's.
        let beside = read(&[level(2.0, 5.7, 120.0, |_| 240.0), level(6.3, 21.0, 102.0, |_| 200.0)]).unwrap();
        assert!((beside.last_mhz - 5.7).abs() < 0.01, "{}", beside.last_mhz);
        assert!(read(&[level(6.3, 21.0, 102.0, |_| 200.0)]).is_none());
    }
}

//! Straight lines at known places: frequency and height markers. Each is bridged from both sides, so that an echo that
//! crosses it goes on. Where the instrument draws ticks a line is bridged only along the stretches in which it shows.

use super::{CleanConfig, Ink};
use crate::kernel::blend::{WHOLE, average, blend};
use crate::kernel::steps::count_line;
use crate::model::{Calibration, Grid, Line, MarkerStyle, PixelBox};

/// Removes the lines of the grid.
pub(super) fn remove(ink: &mut Ink, region: PixelBox, grid: &Grid, calibration: &Calibration, config: &CleanConfig) {
    // A weak or broad line may be the edge of an echo or of a noisy column: bridging it would smear what lies there.
    let broadest = config.broadest_line * ink.height as f32;
    let clear = |line: &&Line| line.strength >= config.line_strength && line.width_px <= broadest;
    let courses: Vec<Course> = grid
        .vertical_lines
        .iter()
        .filter(clear)
        .filter_map(|line| Course::of(line, region.x, ink.height, ink.width))
        .collect();
    bridge_vertical(ink, &courses, Extent::of(calibration.sweep.style, config));
    // Ticks stand at named places only: what else runs level along a border is an echo that begins there.
    let ruled = |line: &&Line| calibration.height.style != MarkerStyle::Tick || is_height_marker(line, grid);
    for line in grid.horizontal_lines.iter().filter(clear).filter(ruled) {
        bridge_horizontal(ink, line, region.y, Extent::of(calibration.height.style, config));
    }
}

/// Whether a line stands where a height marker was measured; without any, every line may be one.
fn is_height_marker(line: &Line, grid: &Grid) -> bool {
    let middle = f64::midpoint(line.start_px, line.end_px);
    let slack = 0.5 * f64::from(line.width_px) + 1.5;
    let mut known = grid.height_markers.iter().filter_map(|marker| marker.measured_px).peekable();
    known.peek().is_none() || known.any(|px| (px - middle).abs() <= slack || (px - line.start_px).abs() <= slack)
}

/// How far along its course a line is there.
#[derive(Debug, Clone, Copy)]
pub(super) enum Extent {
    /// From one end of the panel to the other: where it does not show it is hidden in something darker.
    Whole,
    /// Wherever it stands out by `step` grey levels in the share `share` of the places that are light enough to tell.
    Shown {
        /// Step to both sides.
        step: u8,
        /// Share of the places.
        share: f32,
    },
}

impl Extent {
    fn of(style: MarkerStyle, config: &CleanConfig) -> Self {
        match style {
            MarkerStyle::Line => Self::Whole,
            MarkerStyle::Tick | MarkerStyle::None => Self::Shown { step: config.shown_step, share: config.shown_share },
        }
    }

    fn step(self) -> u8 {
        match self {
            Self::Whole => 0,
            Self::Shown { step, .. } => step,
        }
    }
}

/// Stretches into which a line is cut to see where it shows.
const STRETCHES: usize = 64;
/// Stretches on either side that are judged together with one.
const AROUND: usize = 2;
/// A line that shows in this share of the places of a stretch is there, whatever its neighbours show: a tick is short.
const CERTAIN: f32 = 0.75;
/// A side this dark hides a line.
const HIDDEN: u8 = 128;

/// Where a line runs, in 65536ths of a pixel.
#[derive(Debug, Clone, Copy)]
struct Course {
    start: i64,
    slope: i64,
    half: i64,
    /// Pixels across the line.
    size: usize,
}

impl Course {
    const ONE: f64 = 65536.0;

    /// `origin` is the frame pixel at which the panel begins across the line, `length` the panel's size along it.
    fn of(line: &Line, origin: i32, length: usize, size: usize) -> Option<Self> {
        let start = line.start_px - f64::from(origin);
        let slope = (line.end_px - line.start_px) / (length.max(2) - 1) as f64;
        let half = f64::from(line.width_px.clamp(1.0, size as f32)) / 2.0 + 0.8;
        let far = 1e6;
        (start.abs() < far && slope.abs() < far && size > 0).then_some(Self {
            start: (start * Self::ONE) as i64,
            slope: (slope * Self::ONE) as i64,
            half: (half * Self::ONE) as i64,
            size,
        })
    }

    /// First and last pixel to replace.
    fn at(&self, along: usize) -> Option<(usize, usize)> {
        let centre = self.start + self.slope * along as i64 + (1 << 15);
        let (first, last) = ((centre - self.half) >> 16, (centre + self.half) >> 16);
        let end = self.size as i64 - 1;
        (last >= 0 && first <= end).then(|| (first.max(0) as usize, last.min(end) as usize))
    }
}

/// The two pixels next to `first..=last` on each side; at the border one, or none.
fn sides(first: usize, last: usize, size: usize) -> [Option<(usize, usize)>; 2] {
    let before = (first > 0).then(|| (first.saturating_sub(2), first - 1));
    [before, (last + 1 < size).then(|| (last + 1, (last + 2).min(size - 1)))]
}

/// Replaces `first..=last` by the straight run from the mean of the two pixels before to that of the two after. Where
/// one side is missing the other stands for both.
pub(super) fn bridge(values: &mut [u8], first: usize, last: usize) {
    let [before, after] = means(values, first, last);
    let step = 65536 / (last - first + 2) as u32;
    for (i, value) in values[first..=last].iter_mut().enumerate() {
        let weight = ((i as u32 + 1) * step) >> 8;
        *value = ((u32::from(before) * (256 - weight) + u32::from(after) * weight) >> 8) as u8;
    }
}

fn means(values: &[u8], first: usize, last: usize) -> [u8; 2] {
    let mean = |(a, b): (usize, usize)| values[a].midpoint(values[b]);
    match sides(first, last, values.len()).map(|side| side.map(mean)) {
        [Some(before), Some(after)] => [before, after],
        [Some(one), None] | [None, Some(one)] => [one, one],
        [None, None] => [0, 0],
    }
}

/// Where a line shows and in how many places it could, stretch by stretch.
#[derive(Debug, Clone)]
struct Showing([(u32, u32); STRETCHES]);

impl Showing {
    const NOTHING: Self = Self([(0, 0); STRETCHES]);

    /// Whether the line is to be bridged in each stretch: it shows there, or in enough places of the stretch and its
    /// neighbours, or all is dark there.
    fn decide(&self, extent: Extent) -> [bool; STRETCHES] {
        let Extent::Shown { share, .. } = extent else { return [true; STRETCHES] };
        std::array::from_fn(|i| {
            let around = &self.0[i.saturating_sub(AROUND)..(i + AROUND + 1).min(STRETCHES)];
            let (shown, places) = around.iter().fold((0, 0), |sum, part| (sum.0 + part.0, sum.1 + part.1));
            let here = self.0[i];
            shown as f32 >= share * places as f32 || (here.0 > 0 && here.0 as f32 >= CERTAIN * here.1 as f32)
        })
    }
}

/// Pixels of a stretch.
fn stretch(i: usize, length: usize) -> std::ops::Range<usize> {
    i * length / STRETCHES..(i + 1) * length / STRETCHES
}

fn bridge_vertical(ink: &mut Ink, courses: &[Course], extent: Extent) {
    let mut showing = vec![Showing::NOTHING; courses.len()];
    let looked_at = if matches!(extent, Extent::Whole) { 0 } else { STRETCHES };
    for i in 0..looked_at {
        for y in stretch(i, ink.height) {
            let row = ink.row(y);
            for (course, showing) in courses.iter().zip(&mut showing) {
                let Some((first, last)) = course.at(y) else { continue };
                let [before, after] = means(row, first, last);
                let here = row[usize::midpoint(first, last)].midpoint(row[(first + last).div_ceil(2)]);
                let side = before.max(after);
                if side < HIDDEN {
                    showing.0[i].0 += u32::from(here >= side.saturating_add(extent.step()));
                    showing.0[i].1 += 1;
                }
            }
        }
    }
    let shows: Vec<_> = showing.iter().map(|showing| showing.decide(extent)).collect();
    for i in 0..STRETCHES {
        for y in stretch(i, ink.height) {
            let row = ink.row_mut(y);
            for (course, _) in courses.iter().zip(&shows).filter(|(_, shows)| shows[i]) {
                if let Some((first, last)) = course.at(y) {
                    bridge(row, first, last);
                }
            }
        }
    }
}

/// A piece of a horizontal line within one stretch over which it stays on the same rows.
struct Run {
    stretch: usize,
    columns: std::ops::Range<usize>,
    first: usize,
    last: usize,
}

/// Bridges a horizontal line where it shows. `origin` is the frame pixel of the panel's first row.
pub(super) fn bridge_horizontal(ink: &mut Ink, line: &Line, origin: i32, extent: Extent) {
    let Some(course) = Course::of(line, origin, ink.width, ink.height) else { return };
    let mut runs: Vec<Run> = Vec::new();
    for i in 0..STRETCHES {
        for x in stretch(i, ink.width) {
            let Some((first, last)) = course.at(x) else { continue };
            match runs.last_mut() {
                Some(run) if (run.stretch, run.first, run.last, run.columns.end) == (i, first, last, x) => {
                    run.columns.end += 1;
                }
                _ => runs.push(Run { stretch: i, columns: x..x + 1, first, last }),
            }
        }
    }
    let mut showing = Showing::NOTHING;
    let (mut before, mut after, mut here) = (vec![0; ink.width], vec![0; ink.width], vec![0; ink.width]);
    for run in runs.iter().filter(|_| matches!(extent, Extent::Shown { .. })) {
        let columns = run.columns.clone();
        ink.sides(run, &mut before, &mut after);
        let middle = (usize::midpoint(run.first, run.last), (run.first + run.last).div_ceil(2));
        average(&ink.row(middle.0)[columns.clone()], &ink.row(middle.1)[columns.clone()], &mut here[columns.clone()]);
        let found =
            count_line(&before[columns.clone()], &here[columns.clone()], &after[columns], extent.step(), HIDDEN);
        let sum = &mut showing.0[run.stretch];
        *sum = (sum.0 + found.0, sum.1 + found.1);
    }
    let shows = showing.decide(extent);
    for run in runs.iter().filter(|run| shows[run.stretch]) {
        ink.sides(run, &mut before, &mut after);
        let steps = run.last - run.first + 2;
        for y in run.first..=run.last {
            let weight = ((y - run.first + 1) * usize::from(WHOLE) / steps) as u16;
            let columns = run.columns.clone();
            blend(&before[columns.clone()], &after[columns.clone()], weight, &mut ink.row_mut(y)[columns]);
        }
    }
}

impl Ink {
    /// Means of the two rows on either side of a run, in the run's columns.
    fn sides(&self, run: &Run, before: &mut [u8], after: &mut [u8]) {
        let columns = || run.columns.clone();
        let sides = sides(run.first, run.last, self.height);
        for (side, other, out) in [(sides[0], sides[1], before), (sides[1], sides[0], after)] {
            match side.or(other) {
                Some((a, b)) => average(&self.row(a)[columns()], &self.row(b)[columns()], &mut out[columns()]),
                None => out[columns()].fill(0),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_echo_goes_on_through_a_removed_line() {
        let mut row = [0, 0, 200, 200, 255, 255, 180, 180, 0];
        bridge(&mut row, 4, 5);
        assert!(row[4] > 180 && row[5] > 180);
        let mut empty = [0, 0, 255, 255, 0, 0];
        bridge(&mut empty, 2, 3);
        assert_eq!(empty, [0; 6]);
    }

    /// A panel with a leaning line over part of its length, and an echo all along another part of the line's course.
    fn panel(transposed: bool) -> (Ink, Line) {
        let (width, height) = (320, 320);
        let mut ink = Ink { width, height, values: vec![0; width * height] };
        for along in 0..320usize {
            let centre = 100 + along / 80;
            for across in 0..320usize {
                let line = along < 160 && across.abs_diff(centre) <= 1;
                let echo = along >= 240 && across.abs_diff(centre) <= 8;
                let (x, y) = if transposed { (across, along) } else { (along, across) };
                ink.row_mut(y)[x] = if line || echo { 200 } else { 0 };
            }
        }
        (ink, Line { start_px: 99.6, end_px: 103.6, width_px: 3.0, strength: 1.0 })
    }

    #[test]
    fn a_line_goes_where_it_shows_and_an_echo_along_its_course_stays() {
        let shown = Extent::Shown { step: 8, share: 0.5 };
        let (mut ink, line) = panel(false);
        bridge_horizontal(&mut ink, &line, 0, shown);
        assert!((0..140).all(|x| (95..110).all(|y| ink.row(y)[x] == 0)));
        assert!((250..320).all(|x| (97..108).all(|y| ink.row(y)[x] == 200)));
        let (mut ink, line) = panel(true);
        let course = Course::of(&line, 0, ink.height, ink.width).unwrap();
        bridge_vertical(&mut ink, &[course], shown);
        assert!((0..140).all(|y| ink.row(y)[95..110].iter().all(|&value| value == 0)));
        assert!((250..320).all(|y| ink.row(y)[97..108].iter().all(|&value| value == 200)));
    }
}

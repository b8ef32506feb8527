//! Finds a line of digits (printed or seven-segment) by its regular pitch and gaps, and reads each cell.

use super::ink::{Ink, Strips};
use super::segments::{self, Line};
use super::{CaptionConfig, CaptionMatch, printed};
use crate::model::{CaptionKind, CaptionLayout, CaptionTone, Frame};

/// A place for the whole line, in ink pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct DigitGrid {
    /// Middle of the first cell.
    pub(super) x: f32,
    /// Top of the digits.
    pub(super) y: f32,
    /// Digit height.
    pub(super) height: f32,
    /// Cell to cell.
    pub(super) pitch: f32,
    /// Last cell before a gap to the first one after it.
    pub(super) gap: f32,
    pub(super) score: f32,
}

/// Digit height in ink pixels that reading needs; larger ones are reduced.
const WORKING_HEIGHT: f64 = 15.0;
/// The same for seven-segment digits, whose strokes may be very thin.
const SEGMENT_HEIGHT: f64 = 22.0;
/// Bands of rows that are searched, above and below the panel and in all rows.
const BANDS: usize = 6;
/// Bands of different heights that are searched in one place.
const HEIGHTS_IN_A_PLACE: usize = 2;
/// Places from which a line of seven-segment digits is fitted.
const PLACES: usize = 4;

/// The best reading of the layout in the frame, if anything like a line of digits is there.
pub(super) fn read(
    frame: &Frame,
    layout: &CaptionLayout,
    tone: CaptionTone,
    config: &CaptionConfig,
) -> Option<CaptionMatch> {
    let panel_height = f64::from(frame.panel.h.max(1));
    let heights = layout.digit_height.map(|share| share * panel_height);
    if heights[0] < 3.0 {
        return None;
    }
    let working_height = match layout.kind {
        CaptionKind::SevenSegment => SEGMENT_HEIGHT,
        _ => WORKING_HEIGHT,
    };
    let factor = ((heights[0] * heights[1]).sqrt() / working_height).round().max(1.0);
    let ink = Ink::of(frame, &layout.region, tone, factor as usize, Strips::Rows)?;
    let heights = heights.map(|height| (height / factor) as f32);
    let spaces = spaces(layout);
    let mut search = Search::new(&ink, layout, &spaces);
    let beside = rows_beside(&ink, frame);
    let bands = match layout.kind {
        // The fit of seven-segment digits needs starts of several heights.
        CaptionKind::SevenSegment => bands(&ink, heights, BANDS, |_| true),
        _ => {
            let outside = bands(&ink, heights, HEIGHTS_IN_A_PLACE, |y| beside.0 > y || beside.1 <= y);
            [outside, bands(&ink, heights, HEIGHTS_IN_A_PLACE, |_| true)].concat()
        }
    };
    let grids = bands.into_iter().filter_map(move |band| search.grid(band));
    match layout.kind {
        CaptionKind::SevenSegment => {
            let mut grids: Vec<DigitGrid> = grids.collect();
            grids.sort_by(|a, b| b.score.total_cmp(&a.score));
            grids.truncate(PLACES);
            let starts: Vec<Line> = grids.iter().map(rough_line).collect();
            segments::read(&ink, &starts, &spaces)
        }
        _ => printed::read_best(&ink, grids, &spaces, config),
    }
}

/// A line of seven-segment digits in a digit grid.
fn rough_line(grid: &DigitGrid) -> Line {
    let height = 0.9 * grid.height;
    Line {
        x: grid.x,
        y: grid.y + 0.05 * grid.height,
        height,
        width: 0.52 * height,
        pitch: grid.pitch,
        gap: grid.gap,
        slant: 0.0,
    }
}

/// For each cell: number of pitches and of gaps from the first cell.
fn spaces(layout: &CaptionLayout) -> Vec<(f32, f32)> {
    let (mut pitches, mut gaps) = (0.0, 0.0);
    let mut spaces = Vec::new();
    for field in &layout.fields {
        for digit in 0..field.digits {
            spaces.push((pitches, gaps));
            if digit + 1 == field.digits && field.gap {
                gaps += 1.0;
            } else {
                pitches += 1.0;
            }
        }
    }
    spaces
}

/// The search for a line in one band of rows after the other.
struct Search<'a> {
    ink: &'a Ink,
    layout: &'a CaptionLayout,
    spaces: &'a [(f32, f32)],
    cells: Vec<f32>,
    scores: Vec<f32>,
}

/// Score per cell below which ink does not stand as digits do: lines on film have 0.5 and more, texture up to 0.29.
const LEAST_SCORE: f32 = 0.3;

impl<'a> Search<'a> {
    fn new(ink: &'a Ink, layout: &'a CaptionLayout, spaces: &'a [(f32, f32)]) -> Self {
        Self { ink, layout, spaces, cells: Vec::new(), scores: Vec::new() }
    }

    /// The best digit grid in a band (top, height), if its ink stands at all as digits do.
    fn grid(&mut self, (y, height): (usize, usize)) -> Option<DigitGrid> {
        let sums = profile(self.ink, y, height);
        let mut best: Option<DigitGrid> = None;
        let (low, high) = (self.layout.pitch[0] as f32, self.layout.pitch[1] as f32);
        let gaps = self.layout.gap.map(|gap| gap as f32);
        for step in 0..=10 {
            let share = step as f32 / 10.0;
            let pitch = height as f32 * low.powf(1.0 - share) * high.powf(share);
            cell_scores(&sums, pitch, &mut self.cells);
            for gap_step in 0..=5 {
                let gap = pitch * (gaps[0] + (gaps[1] - gaps[0]) * gap_step as f32 / 5.0);
                if let Some((x, score)) = best_start(&sums, &self.cells, (pitch, gap), self.spaces, &mut self.scores)
                    && best.is_none_or(|other| score > other.score)
                {
                    best = Some(DigitGrid { x, y: y as f32, height: height as f32, pitch, gap, score });
                }
            }
        }
        let least = if self.layout.kind == CaptionKind::SevenSegment { 0.0 } else { LEAST_SCORE };
        let best = best.filter(|best| best.score > least * self.spaces.len() as f32)?;
        Some(refine(&sums, best, self.spaces))
    }
}

/// For each column: the score of a cell whose middle is there, with the ink counted back that `best_start` takes off.
fn cell_scores(sums: &[f32], pitch: f32, cells: &mut Vec<f32>) {
    let width = ((0.72 * pitch).round() as usize).clamp(1, sums.len() - 1);
    let before = width / 2;
    let scale = 1.0 / pitch;
    cells.clear();
    cells.resize(before.min(sums.len() - 1), 0.0);
    cells.extend(sums.iter().zip(&sums[width..]).map(|(from, to)| {
        let ink = (to - from) * scale;
        ink.min(0.4).sqrt() + 1.5 * ink
    }));
    cells.resize(sums.len() - 1, 0.0);
}

/// The best middle of the first cell for a pitch and gap, whole columns, and its score (that of [`comb_score`]).
/// `scores` is scratch.
fn best_start(
    sums: &[f32],
    cells: &[f32],
    (pitch, gap): (f32, f32),
    spaces: &[(f32, f32)],
    scores: &mut Vec<f32>,
) -> Option<(f32, f32)> {
    let offset = |&(pitches, gaps): &(f32, f32)| (pitches * pitch + gaps * gap).round() as usize;
    let span = offset(spaces.last()?);
    let first = (0.3 * pitch).round() as usize;
    let stop = cells.len().checked_sub(span + (0.1 * pitch) as usize).filter(|&stop| stop > first)?;
    let margins = ((0.84 * pitch) as usize, (1.2 * pitch) as usize);
    let scale = -1.5 / pitch;
    scores.clear();
    scores.extend((first..stop).map(|x| {
        let to = (x + span + margins.1).min(sums.len() - 1);
        scale * (sums[to] - sums[x.saturating_sub(margins.0)])
    }));
    for space in spaces {
        let start = first + offset(space);
        for (score, cell) in scores.iter_mut().zip(&cells[start..]) {
            *score += cell;
        }
    }
    let best = scores.iter().copied().fold(f32::MIN, f32::max);
    let place = scores.iter().position(|&score| score >= best)?;
    Some(((first + place) as f32, best))
}

/// First row of the panel and first row below it.
fn rows_beside(ink: &Ink, frame: &Frame) -> (usize, usize) {
    let row = |y: i32| (y.max(0) as usize).saturating_sub(ink.origin.1) / ink.factor;
    (row(frame.panel.y), row(frame.panel.bottom()))
}

/// Bands of rows (top, height) that hold ink and are free above and below, best first; of the rows that are wanted, and with
/// so many heights in each place.
fn bands(ink: &Ink, heights: [f32; 2], in_a_place: usize, wanted: impl Fn(usize) -> bool) -> Vec<(usize, usize)> {
    let scale = 1.0 / ink.width as f32;
    let sum = |(y, row): (usize, &[u8])| {
        if wanted(y) { row.iter().fold(0u32, |sum, &value| sum.wrapping_add(u32::from(value))) } else { 0 }
    };
    let rows: Vec<f32> = ink.data.chunks_exact(ink.width).enumerate().map(|row| sum(row) as f32 * scale).collect();
    let mut sums = vec![0.0f32];
    sums.extend(rows.iter().scan(0.0f32, |sum, row| {
        *sum += row;
        Some(*sum)
    }));
    let mean = |from: usize, to: usize| -> f32 {
        let to = to.min(rows.len());
        if from >= to { 0.0 } else { (sums[to] - sums[from]) / (to - from) as f32 }
    };
    let low = heights[0].floor().max(4.0) as usize;
    let high = (heights[1].ceil() as usize).max(low);
    let mut found: Vec<(f32, usize, usize)> = Vec::new();
    for height in low..=high {
        let guard = (height / 7).max(1);
        for y in 0..ink.height.saturating_sub(height - 1) {
            let inside = mean(y, y + height);
            let above = mean(y.saturating_sub(guard), y);
            let below = mean(y + height, y + height + guard);
            // The outermost rows of the band must hold ink too, or a larger band than the digits would win.
            let edges = rows[y].min(rows[y + height - 1]);
            let score = inside - 0.5 * (above + below) + 0.3 * edges;
            if score > 0.0 {
                found.push((score, y, height));
            }
        }
    }
    let mut bands: Vec<(usize, usize)> = Vec::new();
    while bands.len() < BANDS {
        let best = found.iter().max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)).then(b.2.cmp(&a.2)));
        let Some(&(_, y, height)) = best else { break };
        bands.push((y, height));
        let shared = |&(from, high): &(usize, usize), to: (usize, usize)| {
            2 * (from + high).min(to.0 + to.1).saturating_sub(from.max(to.0)) > high.min(to.1)
        };
        let full = |to: (usize, usize)| bands.iter().filter(|band| shared(band, to)).count() >= in_a_place;
        found.retain(|&(_, y, height)| !full((y, height)));
        found.retain(|&(_, other_y, other)| y.abs_diff(other_y) * 4 > other || height.abs_diff(other) * 5 > other);
    }
    bands
}

/// Running sums of the ink in a band of rows; 1 per column of full ink.
fn profile(ink: &Ink, y: usize, height: usize) -> Vec<f32> {
    let mut columns = vec![0u32; ink.width];
    for row in ink.data.chunks_exact(ink.width).skip(y).take(height) {
        for (sum, &value) in columns.iter_mut().zip(row) {
            *sum = sum.wrapping_add(u32::from(value));
        }
    }
    let scale = 1.0 / (255.0 * height as f32);
    let mut sums = Vec::with_capacity(ink.width + 1);
    let mut total = 0.0;
    sums.push(0.0);
    for column in columns {
        total += column as f32 * scale;
        sums.push(total);
    }
    sums
}

/// Every cell should hold ink, the spaces between and the margins none.
fn comb_score(sums: &[f32], x: f32, pitch: f32, gap: f32, spaces: &[(f32, f32)]) -> f32 {
    let last = sums.len() - 1;
    let ink = |from: f32, to: f32| {
        let place = |at: f32| (at.round().max(0.0) as usize).min(last);
        (sums[place(to)] - sums[place(from).min(place(to))]) / pitch
    };
    let half = 0.36 * pitch;
    let mut score = 0.0;
    let mut previous = x - 1.2 * pitch;
    for &(pitches, gaps) in spaces {
        let middle = x + pitches * pitch + gaps * gap + 0.5;
        score += ink(middle - half, middle + half).min(0.4).sqrt();
        score -= 1.5 * ink(previous + half, middle - half);
        previous = middle;
    }
    score - 1.5 * ink(previous + half, previous + 1.2 * pitch)
}

/// Small steps in place, pitch and gap to the best score.
fn refine(sums: &[f32], grid: DigitGrid, spaces: &[(f32, f32)]) -> DigitGrid {
    let mut best = grid;
    for scale in [1.0, 0.5, 0.25] {
        let centre = best;
        for dx in -2i32..=2 {
            for dp in -2i32..=2 {
                for dg in -2i32..=2 {
                    let x = centre.x + dx as f32 * scale * 0.7;
                    let pitch = centre.pitch * (1.0 + dp as f32 * scale * 0.01);
                    let gap = centre.gap * (1.0 + dg as f32 * scale * 0.02);
                    let score = comb_score(sums, x, pitch, gap, spaces);
                    if score > best.score {
                        best = DigitGrid { x, pitch, gap, score, ..centre };
                    }
                }
            }
        }
    }
    best
}

//! Where the columns of a block are: from the labels above them, the print itself, and what a cell can hold.

use super::ink::Ink;
use super::line::Line;
use super::lines::PRINT;
use crate::table::layout::{DayPlace, Layout};

/// The lines below a header.
pub(crate) struct Body<'a> {
    pub(crate) ink: &'a Ink,
    pub(crate) lines: &'a [Line],
    /// Characters of each line with their middles.
    pub(crate) characters: &'a [Vec<(char, f32)>],
    /// Numbers of the lines.
    pub(crate) rows: &'a [usize],
    pub(crate) layout: &'a Layout,
}

/// Shifts of the columns that are tried over the width of one.
const STEPS: usize = 64;
/// Share of the most print of a pixel column below which it counts as a gap.
const GAP: u32 = 25;

/// The edges of the columns whose labels begin at `places`. Columns are alike, so the print of all is laid over one another;
/// of the gaps that all share, the one is taken at which most cells hold what a cell can hold. The outer edges lie where the
/// day numbers begin.
pub(crate) fn edges(body: &Body<'_>, places: &[f32]) -> Vec<f32> {
    let step = (places[places.len() - 1] - places[0]) / (places.len() - 1).max(1) as f32;
    let profile = body.profile();
    let height = body.rows.first().map_or(10.0, |&row| body.lines[row].line.height());
    let with = |shift: f32| -> Vec<f32> {
        let last = places[places.len() - 1] + step;
        places.iter().chain([&last]).map(|place| place + shift * step).collect()
    };
    let shifts = shifts(&profile, places, step);
    let mut best: Option<(f32, Vec<f32>)> = None;
    for &(shift, length) in &shifts {
        let mut edges = with(shift);
        settle(&mut edges, &profile, step, height);
        body.outer(&mut edges, &profile, step, height);
        // Of equals the widest gap.
        let cost = body.cost(&edges) as f32 - length as f32 / STEPS as f32;
        if best.as_ref().is_none_or(|best| cost < best.0) {
            best = Some((cost, edges));
        }
    }
    best.map_or_else(|| with(-0.25), |best| best.1)
}

/// Middles of the gaps that all columns share, as shares of a column before the labels, and their lengths.
fn shifts(profile: &[u32], places: &[f32], step: f32) -> Vec<(f32, usize)> {
    // From three quarters of a column to the left of the labels on.
    let folded: Vec<u32> = (0..STEPS)
        .map(|at| {
            let shift = (at as f32 / STEPS as f32 - 0.75) * step;
            let at = |place: f32| profile.get((place + shift).round().max(0.0) as usize).copied().unwrap_or(0);
            places.iter().map(|&place| at(place)).sum::<u32>()
        })
        .collect();
    let most = folded.iter().copied().max().unwrap_or(0);
    let least = folded.iter().copied().min().unwrap_or(0);
    let is_gap: Vec<bool> = folded.iter().map(|&sum| sum * GAP <= most || sum == least).collect();
    let mut runs: Vec<(f32, usize)> = Vec::new();
    for start in (0..STEPS).filter(|&at| is_gap[at] && !is_gap[(at + STEPS - 1) % STEPS]) {
        let length = (0..STEPS).take_while(|offset| is_gap[(start + offset) % STEPS]).count();
        let mut shift = (start as f32 + 0.5 * length as f32) / STEPS as f32 - 0.75;
        if shift > 0.25 {
            shift -= 1.0;
        }
        runs.push((shift, length));
    }
    runs.sort_by_key(|run| std::cmp::Reverse(run.1));
    runs.truncate(4);
    runs
}

/// Moves each inner edge that runs through print into the nearest gap.
fn settle(edges: &mut [f32], profile: &[u32], step: f32, height: f32) {
    let gaps = gaps(profile, 0.2 * height);
    let inner = 1..edges.len() - 1;
    for edge in &mut edges[inner] {
        let is_in = gaps.iter().any(|gap| (gap.0..=gap.1).contains(edge));
        let far = |gap: &&(f32, f32)| (gap.0 - *edge).max(*edge - gap.1);
        let near = gaps.iter().filter(|gap| far(gap) < 0.35 * step).min_by(|a, b| far(a).total_cmp(&far(b)));
        if let Some(gap) = near.filter(|_| !is_in) {
            let rim = (0.5 * (gap.1 - gap.0)).min(0.4 * height);
            *edge = edge.clamp(gap.0 + rim, gap.1 - rim);
        }
    }
}

/// Runs of columns of pixels with hardly any print, at least that long.
fn gaps(profile: &[u32], least: f32) -> Vec<(f32, f32)> {
    let mut sorted: Vec<u32> = profile.to_vec();
    sorted.sort_unstable();
    let most = sorted.get(sorted.len() * 19 / 20).copied().unwrap_or(0);
    let mut gaps = Vec::new();
    let mut start = None;
    for x in 0..=profile.len() {
        if profile.get(x).is_some_and(|&sum| sum * GAP <= most) {
            start.get_or_insert(x);
        } else if let Some(from) = start.take()
            && (x - from) as f32 >= least
        {
            gaps.push((from as f32, x as f32 - 1.0));
        }
    }
    gaps
}

impl Body<'_> {
    /// Print of each column of pixels over all lines.
    fn profile(&self) -> Vec<u32> {
        let mut profile = vec![0u32; self.ink.width()];
        for &row in self.rows {
            let line = self.lines[row].line;
            for y in line.top.max(0.0) as usize..(line.foot as usize + 1).min(self.ink.height()) {
                for (count, &value) in profile.iter_mut().zip(self.ink.row(y)) {
                    *count += u32::from(value >= PRINT);
                }
            }
        }
        profile
    }

    /// What stands between two places of a line.
    fn text(&self, row: usize, from: f32, to: f32) -> String {
        let inside = self.characters[row].iter().filter(|character| (from..to).contains(&character.1));
        // Specks read as points.
        inside.map(|character| character.0).filter(|&c| c != '.').collect()
    }

    /// Cells that hold what no cell can hold.
    fn cost(&self, edges: &[f32]) -> usize {
        let is_odd =
            |row: usize| edges.windows(2).filter(|pair| !self.is_cell(&self.text(row, pair[0], pair[1]))).count();
        let inner: usize = self.rows.iter().map(|&row| is_odd(row)).sum();
        inner + self.outside(edges, false) + self.outside(edges, true)
    }

    /// Digits, then letters.
    fn is_cell(&self, text: &str) -> bool {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let letters = &text[digits..];
        digits <= self.layout.cell.digits as usize && letters.len() <= 2 && !letters.bytes().any(|b| b.is_ascii_digit())
    }

    /// Rows without a day number, or with more than that, before or behind the columns.
    fn outside(&self, edges: &[f32], behind: bool) -> usize {
        let (left, right) = (edges[0], edges[edges.len() - 1]);
        let room = (right - left) / (edges.len() - 1) as f32;
        let is_label = |&&row: &&usize| {
            let text = if behind { self.text(row, right, right + room) } else { self.text(row, left - room, left) };
            let is_summary = self.layout.checks.rows.iter().any(|check| check.label.eq_ignore_ascii_case(&text));
            // The right end of a row of summaries may be blank.
            is_summary
                || behind && text.is_empty()
                || matches!(text.len(), 1 | 2) && text.bytes().all(|b| b.is_ascii_digit())
        };
        let labels = self.rows.iter().filter(is_label).count();
        let blank = |&&row: &&usize| self.text(row, right, right + room).is_empty();
        let is_bare = behind && self.rows.iter().filter(blank).count() * 2 > self.rows.len();
        if is_bare { self.rows.len() } else { self.rows.len() - labels }
    }

    /// Moves the outer edges to the gaps that part day numbers from cells best.
    fn outer(&self, edges: &mut [f32], profile: &[u32], step: f32, height: f32) {
        let gaps = gaps(profile, 0.3 * height);
        let last = edges.len() - 1;
        let ends: &[usize] = if self.layout.grid.day == DayPlace::Both { &[0, last] } else { &[0] };
        for &end in ends {
            let cell = if end == 0 { 0 } else { last - 1 };
            let cost = |edge: f32, edges: &mut [f32]| -> usize {
                let old = std::mem::replace(&mut edges[end], edge);
                let is_odd = |&&row: &&usize| !self.is_cell(&self.text(row, edges[cell], edges[cell + 1]));
                let cost = self.rows.iter().filter(is_odd).count() + self.outside(edges, end != 0);
                edges[end] = old;
                cost
            };
            let nominal = edges[end];
            let mut best = (cost(nominal, edges), 0.0, nominal);
            for gap in gaps.iter().filter(|gap| gap.1 > nominal - 0.7 * step && gap.0 < nominal + 0.7 * step) {
                let middle = 0.5 * (gap.0.max(nominal - step) + gap.1.min(nominal + step));
                let far = (middle - nominal).abs();
                let now = cost(middle, edges);
                if now < best.0 || now == best.0 && best.1 > 0.0 && far < best.1 {
                    best = (now, far, middle);
                }
            }
            edges[end] = best.2;
        }
    }
}

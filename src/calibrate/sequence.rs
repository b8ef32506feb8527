//! Which line is which marker: the most likely assignment of measured lines to an expected sequence, and how much less
//! likely the best *different* assignment is.
//!
//! A sequence is a list of positions between 0 and 1. The film adds an unknown offset, an unknown length and a small
//! smooth warp, hides some markers and shows many other lines. Likelihoods are ratios against "none of these lines is a
//! marker": lines that are no markers are a Poisson process of the density found in the frame, so that a crowded frame
//! proves less; the strength of a line counts by its rank in the frame, so that exposure does not matter.

use super::lines::Peak;
use crate::kernel::reuse::{Reused, elements};
use multiversion::multiversion;
use std::cmp::Ordering;

/// One expected marker.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected {
    /// Position between the first marker (0) and the last one (1).
    pub(super) position: f64,
    /// How often it is seen, 0 to 1.
    pub(super) visibility: f64,
    /// Index of the list of lines it can be.
    pub(super) list: usize,
}

/// A line with its likelihood ratio of being a marker rather than another line, per pixel of position density.
#[derive(Debug, Clone, Copy)]
pub(super) struct LineCandidate {
    pub(super) px: f64,
    pub(super) log_ratio: f64,
    /// Index in the list of peaks it came from.
    pub(super) peak: usize,
}

/// What is known before the lines are looked at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Prior {
    /// Distance from first to last marker in pixels: smallest and largest.
    pub(super) span: [f64; 2],
    /// Position of the first marker in frame pixels: smallest and largest.
    pub(super) first: [f64; 2],
    /// Position of the last marker: largest.
    pub(super) last: f64,
    /// Middle and sigma of the first marker's position in pixels, as multiples of the span (`.0`) plus pixels (`.1`).
    pub(super) anchor: Option<Anchor>,
    /// Deviation of a marker from its position, one sigma, in shares of the span.
    pub(super) position_sigma: f64,
    /// Position noise in pixels.
    pub(super) jitter: f64,
    /// The stretch that the film shows, in frame pixels: a marker outside it cannot be seen.
    pub(super) visible: [f64; 2],
    /// Log likelihood of a marker that lies outside the visible stretch.
    pub(super) outside: f64,
}

/// Where the first marker is expected.
#[derive(Debug, Clone, Copy)]
pub(super) struct Anchor {
    /// Frame pixel.
    pub(super) px: f64,
    /// Further shift in shares of the span.
    pub(super) share: f64,
    /// Sigma in pixels.
    pub(super) sigma_px: f64,
    /// Further sigma in shares of the span.
    pub(super) sigma_share: f64,
    /// Share of the frames that hold to it, 0 to 1; in the others the first marker may be anywhere.
    pub(super) trust: f64,
}

/// One way to name the lines.
#[derive(Debug, Clone)]
pub(super) struct Assignment {
    /// For each expected marker the peak in its list.
    pub(super) peaks: Vec<Option<usize>>,
    /// For each expected marker where it is, seen or not, in frame pixels.
    pub(super) px: Vec<f64>,
    /// Log likelihood ratio against no markers at all.
    pub(super) log_likelihood: f64,
}

/// Rates the lines by rank. `expected` strong lines are expected to be markers and share the best rank.
pub(super) fn rate(peaks: &[Peak], length: f64, expected: usize, shape: f64) -> Vec<LineCandidate> {
    let n = peaks.len();
    let density = (n.max(1) as f64) / length.max(1.0);
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| peaks[b].strength.total_cmp(&peaks[a].strength).then(a.cmp(&b)));
    let mut rank = vec![0usize; n];
    for (place, &index) in order.iter().enumerate() {
        rank[index] = place;
    }
    peaks
        .iter()
        .enumerate()
        .map(|(index, peak)| {
            let share = (rank[index].saturating_sub(expected) as f64 + 1.0) / (n as f64 + 1.0);
            let log_ratio = (shape * share.powf(shape - 1.0)).ln() - density.ln();
            LineCandidate { px: peak.px, log_ratio, peak: index }
        })
        .collect()
}

/// The most likely assignments, best first, from an exhaustive search over offset and length. `lists` are in order of
/// position.
pub(super) fn assign(expected: &[Expected], lists: &[Vec<LineCandidate>], prior: &Prior) -> Vec<Assignment> {
    if expected.len() < 2 || lists.iter().all(Vec::is_empty) || prior.span[1] < 4.0 {
        return Vec::new();
    }
    let mut found: Vec<Assignment> = coarse(expected, lists, prior)
        .into_iter()
        .filter_map(|(first, span)| trace(expected, lists, prior, first, span))
        .collect();
    let best = found.iter().map(|assignment| assignment.log_likelihood).fold(f64::NEG_INFINITY, f64::max);
    // The hopeless are not straightened: they win only a few units by it.
    for rough in found.iter_mut().filter(|rough| rough.log_likelihood > best - HOPELESS) {
        let fine = straight(expected, rough).and_then(|(first, span)| trace(expected, lists, prior, first, span));
        if let Some(fine) = fine.filter(|fine| fine.log_likelihood > rough.log_likelihood) {
            *rough = fine;
        }
    }
    found.sort_by(|a, b| b.log_likelihood.total_cmp(&a.log_likelihood));
    found
}

/// Assignments so much less likely than the best one are not looked at again: natural logarithm.
const HOPELESS: f64 = 16.0;

/// How many assignments are looked at closely.
const KEPT: usize = 48;

/// How many hypotheses of the coarse search are sorted to find them.
const SORTED: usize = 1000;

/// Offset and length of the most promising hypotheses.
fn coarse(expected: &[Expected], lists: &[Vec<LineCandidate>], prior: &Prior) -> Vec<(f64, f64)> {
    let middle = (prior.span[0] + prior.span[1]) / 2.0;
    let tolerance = (1.5 * prior.position_sigma * middle + prior.jitter).max(0.004 * middle).max(1.0);
    // Offsets are whole cells, so that for each length a marker adds one stretch of its own row of cells.
    let cell = tolerance * 0.5;
    let base = prior.first[0];
    let starts = |last: f64| ((last - base) / cell + 1e-9).floor().max(-1.0) as usize + 1;
    let shift = |span: f64, position: f64| (span * position / cell).round().max(0.0) as usize;
    let length = starts(prior.first[1]) + shift(prior.span[1], 1.0) + 1;
    let rows: Vec<Vec<f32>> = expected
        .iter()
        .map(|marker| offers(marker, &lists[marker.list], prior, tolerance, &|k: usize| base + cell * k as f64, length))
        .collect();
    let spans = (((prior.span[1] - prior.span[0]) / tolerance).ceil() as usize).clamp(1, 400);
    let mut scored: Vec<(f32, f64, f64)> = Vec::new();
    let mut scores: Vec<f32> = Vec::new();
    // What is worse has no chance to be among the best.
    let mut floor = f32::NEG_INFINITY;
    for s in 0..=spans {
        let span = prior.span[0] + (prior.span[1] - prior.span[0]) * s as f64 / spans as f64;
        let count = starts((prior.last - span).min(prior.first[1]));
        scores.clear();
        let start = Start::new(prior, span);
        scores.extend((0..count).map(|k| start.log_density(base + cell * k as f64) as f32));
        for (marker, row) in expected.iter().zip(&rows) {
            let from = shift(span, marker.position).min(length);
            add(&row[from..], &mut scores);
        }
        for (block, part) in scores.chunks(BLOCK).enumerate() {
            if !any_above(part, floor) {
                continue;
            }
            for (k, &score) in (block * BLOCK..).zip(part) {
                // Beside a better start a start is not looked at.
                let better_beside =
                    (k > 0 && scores[k - 1] > score) || scores.get(k + 1).is_some_and(|&next| next >= score);
                if score >= floor && !better_beside {
                    scored.push((score, base + cell * k as f64, span));
                }
            }
        }
        // Only the best are looked at: a sort of all would cost more than the search.
        if scored.len() > 2 * SORTED {
            scored.select_nth_unstable_by(SORTED, better);
            scored.truncate(SORTED);
            floor = scored.iter().map(|hypothesis| hypothesis.0).fold(f32::INFINITY, f32::min);
        }
    }
    if scored.len() > SORTED {
        scored.select_nth_unstable_by(SORTED, better);
        scored.truncate(SORTED);
    }
    // The very best are mostly enough.
    let first_few = (SORTED / 8).min(scored.len());
    if first_few > 0 {
        scored.select_nth_unstable_by(first_few - 1, better);
    }
    let mut kept: Vec<(f64, f64)> = Vec::with_capacity(KEPT);
    let (few, rest) = scored.split_at_mut(first_few);
    for part in [few, rest] {
        if kept.len() == KEPT {
            break;
        }
        part.sort_unstable_by(better);
        for &mut (_, first, span) in part {
            let near = |&(other, length): &(f64, f64)| {
                (other - first).abs() < 1.5 * tolerance && (other + length - first - span).abs() < 1.5 * tolerance
            };
            if kept.len() < KEPT && !kept.iter().any(near) {
                kept.push((first, span));
            }
        }
    }
    kept
}

/// Starts that are passed over together if none of them is good enough.
const BLOCK: usize = 64;

#[multiversion(targets("x86_64+avx512bw+avx512vl", "x86_64+avx2", "x86_64+sse4.1"))]
fn add(values: &[f32], sums: &mut [f32]) {
    for (sum, &value) in sums.iter_mut().zip(values) {
        *sum += value;
    }
}

#[multiversion(targets("x86_64+avx512bw+avx512vl", "x86_64+avx2", "x86_64+sse4.1"))]
fn any_above(scores: &[f32], floor: f32) -> bool {
    scores.iter().fold(false, |any, &score| any | (score >= floor))
}

/// The order of hypotheses, each a score with offset and length: the most promising first.
fn better(a: &(f32, f64, f64), b: &(f32, f64, f64)) -> Ordering {
    b.0.total_cmp(&a.0).then(a.1.total_cmp(&b.1)).then(a.2.total_cmp(&b.2))
}

/// What a marker adds at each cell: its best line within the tolerance, its absence, or its standing outside the
/// picture.
fn offers(
    marker: &Expected,
    list: &[LineCandidate],
    prior: &Prior,
    tolerance: f64,
    place_of: &dyn Fn(usize) -> f64,
    length: usize,
) -> Vec<f32> {
    let (seen, unseen) = (marker.visibility.clamp(0.01, 0.99).ln() - (2.0 * tolerance).ln(), missing(marker));
    let mut near = 0;
    (0..length)
        .map(|k| {
            let px = place_of(k);
            if px < prior.visible[0] || px > prior.visible[1] {
                return prior.outside as f32;
            }
            while list.get(near).is_some_and(|candidate| candidate.px < px - tolerance) {
                near += 1;
            }
            list[near..]
                .iter()
                .take_while(|candidate| candidate.px <= px + tolerance)
                .map(|candidate| candidate.log_ratio + seen)
                .fold(unseen, f64::max) as f32
        })
        .collect()
}

/// Log density of the first marker's position, per pixel, for one distance from first to last marker.
struct Start {
    middle: f64,
    inverse_sigma: f64,
    /// Log density at the middle, for frames that hold to the anchor.
    peak: f64,
    /// Log density anywhere else.
    floor: f64,
}

impl Start {
    fn new(prior: &Prior, span: f64) -> Self {
        let uniform = -(prior.first[1] - prior.first[0] + 1.0).max(1.0).ln();
        match prior.anchor {
            None => Self { middle: 0.0, inverse_sigma: 0.0, peak: uniform, floor: f64::NEG_INFINITY },
            Some(anchor) => {
                let sigma = (anchor.sigma_px + anchor.sigma_share * span).max(0.1);
                Self {
                    middle: anchor.px + anchor.share * span,
                    inverse_sigma: 1.0 / sigma,
                    peak: anchor.trust.min(1.0).ln() - (sigma * SQRT_TAU).ln(),
                    floor: (1.0 - anchor.trust).max(0.0).ln() + uniform,
                }
            }
        }
    }

    /// The larger part of the mixture stands for their sum.
    fn log_density(&self, first: f64) -> f64 {
        let z = (first - self.middle) * self.inverse_sigma;
        (self.peak - 0.5 * z * z).max(self.floor)
    }
}

fn missing(marker: &Expected) -> f64 {
    (1.0 - marker.visibility.clamp(0.01, 0.97)).ln()
}

/// How many lines near a marker's position are tried for it: the strongest and nearest.
const CROWD: usize = 7;

/// A line taken for a marker, at the end of the best chain to it.
#[derive(Debug, Clone, Copy)]
struct Node {
    marker: usize,
    deviation: f64,
    peak: usize,
    score: f64,
    from: Option<usize>,
}

elements!(Node);

/// The best chain of candidates along the sequence near one hypothesis (Viterbi): the deviation from the usual position
/// is a random walk with rare larger steps.
fn trace(
    expected: &[Expected],
    lists: &[Vec<LineCandidate>],
    prior: &Prior,
    first: f64,
    span: f64,
) -> Option<Assignment> {
    let reach = 4.0 * prior.position_sigma * span + 2.0 * prior.jitter + 1.0;
    // Sharpest possible step: a line that could not even pay for itself there is no candidate.
    let sharpest = -(walk(0.0, span, prior) * SQRT_TAU).ln();
    let absent: Vec<f64> = expected
        .iter()
        .map(|marker| {
            let px = first + span * marker.position;
            if px < prior.visible[0] || px > prior.visible[1] { prior.outside } else { missing(marker) }
        })
        .collect();
    let mut absent_before = vec![0.0; expected.len() + 1];
    for (i, &cost) in absent.iter().enumerate() {
        absent_before[i + 1] = absent_before[i] + cost;
    }
    let start = Start::new(prior, span);
    let mut nodes = Reused::with_capacity(CROWD * expected.len());
    // For each marker where its nodes begin, and the best of its own and of all markers before it, free of absences.
    let mut begins: Vec<usize> = Vec::with_capacity(expected.len());
    let mut best_until: Vec<f64> = Vec::with_capacity(expected.len());
    // How promising a line is, its likelihood ratio, and the line.
    let mut worth: Vec<(f64, f64, &LineCandidate)> = Vec::new();
    for (index, marker) in expected.iter().enumerate() {
        let px = first + span * marker.position;
        let list = &lists[marker.list];
        let from = list.partition_point(|candidate| candidate.px < px - reach);
        let known = nodes.len();
        begins.push(known);
        let seen = marker.visibility.clamp(0.01, 0.99).ln();
        worth.clear();
        for candidate in list[from..].iter().take_while(|candidate| candidate.px <= px + reach) {
            let unary = candidate.log_ratio + seen;
            if unary + sharpest >= missing(marker) {
                worth.push((unary - 4.0 * ((candidate.px - px) / reach).powi(2), unary, candidate));
            }
        }
        if worth.len() > CROWD {
            worth.select_nth_unstable_by(CROWD - 1, |a, b| b.0.total_cmp(&a.0).then(a.2.px.total_cmp(&b.2.px)));
            worth.truncate(CROWD);
        }
        for &(_, _, candidate) in &worth {
            let deviation = candidate.px - px;
            let score = absent_before[index] + start.log_density(first + deviation);
            nodes.push(Node { marker: index, deviation, peak: candidate.peak, score, from: None });
        }
        let (earlier, own) = nodes.split_at_mut(known);
        // Backwards: the walk only widens, so that soon nothing further back can be better.
        for before in (0..index).rev() {
            let sigma = walk(marker.position - expected[before].position, span, prior);
            let (inverse, norm) = (1.0 / sigma, (sigma * SQRT_TAU).ln());
            let worst = own.iter().map(|node| node.score).fold(f64::INFINITY, f64::min);
            if best_until[before] + absent_before[index] - norm <= worst {
                break;
            }
            let between = absent_before[index] - absent_before[before + 1] - norm;
            let ends = begins.get(before + 1).copied().unwrap_or(known);
            for node in own.iter_mut() {
                for (place, other) in (begins[before]..ends).zip(&earlier[begins[before]..ends]) {
                    let score = other.score + between + step((node.deviation - other.deviation) * inverse);
                    if score > node.score {
                        (node.score, node.from) = (score, Some(place));
                    }
                }
            }
        }
        for (node, (_, unary, _)) in own.iter_mut().zip(&worth) {
            node.score += unary;
        }
        let best = own.iter().map(|node| node.score - absent_before[index + 1]);
        best_until.push(best.fold(best_until.last().copied().unwrap_or(f64::NEG_INFINITY), f64::max));
    }
    let total = |node: &Node| node.score + absent_before[expected.len()] - absent_before[node.marker + 1];
    let best = (0..nodes.len()).max_by(|&a, &b| total(&nodes[a]).total_cmp(&total(&nodes[b])).then(b.cmp(&a)))?;
    let mut peaks = vec![None; expected.len()];
    let mut known = Vec::new();
    let mut at = Some(best);
    while let Some(index) = at {
        let node = &nodes[index];
        peaks[node.marker] = Some(node.peak);
        known.push((expected[node.marker].position, node.deviation));
        at = node.from;
    }
    known.reverse();
    let px = expected.iter().map(|marker| first + span * marker.position + between(&known, marker.position)).collect();
    Some(Assignment { peaks, px, log_likelihood: total(&nodes[best]) })
}

/// Square root of two pi.
const SQRT_TAU: f64 = 2.506_628_274_631;

/// Sigma in pixels of the change of deviation over a gap.
fn walk(gap: f64, span: f64, prior: &Prior) -> f64 {
    let smooth = prior.position_sigma * span;
    (smooth * smooth * (0.15 + 3.0 * gap.max(0.0)) + 2.0 * prior.jitter * prior.jitter).sqrt().max(0.3)
}

/// Log density of a change of deviation in sigmas, without its norm: nine times in ten a normal step, else four times
/// as wide.
fn step(z: f64) -> f64 {
    let square = z * z;
    (-0.105 - 0.5 * square).max(-3.689 - square / 32.0)
}

/// Linear interpolation between known deviations, constant outside.
fn between(known: &[(f64, f64)], position: f64) -> f64 {
    let after = known.partition_point(|entry| entry.0 < position);
    match (after.checked_sub(1).and_then(|i| known.get(i)), known.get(after)) {
        (Some(&(left, a)), Some(&(right, b))) if right > left => a + (b - a) * (position - left) / (right - left),
        (Some(&(_, a)), _) => a,
        (None, Some(&(_, b))) => b,
        (None, None) => 0.0,
    }
}

/// Offset and length of the straight line through an assignment.
fn straight(expected: &[Expected], assignment: &Assignment) -> Option<(f64, f64)> {
    let seen: Vec<(f64, f64)> = expected
        .iter()
        .zip(&assignment.px)
        .zip(&assignment.peaks)
        .filter(|(_, peak)| peak.is_some())
        .map(|((marker, &px), _)| (marker.position, px))
        .collect();
    let n = seen.len() as f64;
    if seen.len() < 3 {
        return None;
    }
    let (mean_place, mean_px) = (seen.iter().map(|p| p.0).sum::<f64>() / n, seen.iter().map(|p| p.1).sum::<f64>() / n);
    let spread: f64 = seen.iter().map(|p| (p.0 - mean_place).powi(2)).sum();
    if spread < 1e-9 {
        return None;
    }
    let span = seen.iter().map(|p| (p.0 - mean_place) * (p.1 - mean_px)).sum::<f64>() / spread;
    Some((mean_px - span * mean_place, span))
}

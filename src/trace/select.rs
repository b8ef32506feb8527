//! Drops the chains that are not echoes.

use super::TraceConfig;
use super::chain::Chain;
use super::detect::Field;
use crate::kernel::reuse::Reused;
use crate::model::Sounder;

/// The chains that are long, strong and whole enough, strongest first.
pub(super) fn select(chains: Vec<Chain>, field: &Field, sounder: Sounder, config: &TraceConfig) -> Vec<Chain> {
    let height = field.height as f32;
    let shortest = (config.min_length * height).max(8.0);
    let topside = sounder == Sounder::Topside;
    let slant = if topside { STEEP_TOPSIDE } else { STEEP_BOTTOMSIDE };
    // Of many chains of noise the best reaches farther than of few.
    let many = chains.iter().filter(|chain| !is_steep(chain, slant)).count().max(1) as f32;
    let bar = config.score_floor + config.score_tail * many.ln();
    let mut kept: Vec<(f32, Chain)> = chains
        .into_iter()
        .filter_map(|chain| {
            let (length, gaps) = chain.lengths(GAP);
            let strictness = if is_steep(&chain, slant) { config.steep_contrast } else { 1.0 };
            let score = score(&chain);
            let good = length >= shortest
                && chain.contrast() >= strictness * config.min_contrast
                && score >= strictness * bar
                && gaps * strictness <= config.max_gap_share * length;
            let pulse = topside && (is_spike(&chain, height, config) || is_pulse(&chain, height, config));
            let straight = is_side(&chain, field)
                || is_streak(&chain, if topside { 0.05 } else { 0.02 })
                || (topside && is_level(&chain));
            (good && !pulse && !straight).then_some((score, chain))
        })
        .collect();
    kept.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut seen = Reused::filled(field.width * field.height, false);
    kept.retain(|(_, chain)| is_new(chain, field, &mut seen));
    kept.into_iter().map(|(_, chain)| chain).collect()
}

/// Whether a chain does not repeat a stronger one along more than half of its length; then its surround is `seen` too.
fn is_new(chain: &Chain, field: &Field, seen: &mut [bool]) -> bool {
    let index = |x: f32, y: f32| {
        let (x, y) = (x.round().max(0.0) as usize, y.round().max(0.0) as usize);
        y.min(field.height - 1) * field.width + x.min(field.width - 1)
    };
    let repeated = chain.nodes.iter().filter(|node| seen[index(node.x, node.y)]).count();
    if 2 * repeated > chain.nodes.len() {
        return false;
    }
    for node in &chain.nodes {
        let reach = f32::from(node.size) + 1.0;
        for step in 0..=(2.0 * reach) as usize {
            let aside = step as f32 - reach;
            for ahead in [-1.0, 0.0, 1.0] {
                let x = node.x - aside * node.along.1 + ahead * node.along.0;
                let y = node.y + aside * node.along.0 + ahead * node.along.1;
                seen[index(x, y)] = true;
            }
        }
    }
    true
}

/// Steps between nodes that are longer than this are gaps, working pixels.
const GAP: f32 = 6.0;

/// Mean contrast x share without gaps x root of the length in working pixels.
fn score(chain: &Chain) -> f32 {
    let (length, gaps) = chain.lengths(GAP);
    chain.contrast() * (length - gaps) / length.max(1.0).sqrt()
}

/// Rows and columns that a chain spans.
fn span(chain: &Chain) -> (f32, f32, f32, f32) {
    chain.nodes.iter().fold((f32::MAX, f32::MIN, f32::MAX, f32::MIN), |(l, r, t, b), node| {
        (l.min(node.x), r.max(node.x), t.min(node.y), b.max(node.y))
    })
}

/// A plasma resonance hangs straight down from the sounder's own pulse.
fn is_spike(chain: &Chain, height: f32, config: &TraceConfig) -> bool {
    let (left, right, top, bottom) = span(chain);
    if bottom < config.spike_depth * height && is_steep(chain, STEEP_TOPSIDE) {
        return true;
    }
    top < 0.12 * height && right - left < config.spike_slant * (bottom - top) + 2.0
}

/// The sounder's own pulse and what rings after it: along the top.
fn is_pulse(chain: &Chain, height: f32, config: &TraceConfig) -> bool {
    let mut rows: Vec<f32> = chain.nodes.iter().map(|node| node.y).collect();
    rows.sort_by(f32::total_cmp);
    rows.get(rows.len() / 2).is_none_or(|&middle| middle < config.pulse * height)
}

/// Noise runs up and down the columns: a ridge that does nothing else has to be clearer than others.
fn is_steep(chain: &Chain, slant: f32) -> bool {
    let (left, right, top, bottom) = span(chain);
    right - left < slant * (bottom - top)
}

/// Columns for each row below which a chain is steep: from the ground, the ends of echoes at their cusps are less so.
const STEEP_BOTTOMSIDE: f32 = 0.12;
const STEEP_TOPSIDE: f32 = 0.25;

/// The edge of the film or of the panel: all of it at one side.
fn is_side(chain: &Chain, field: &Field) -> bool {
    let (left, right, _, _) = span(chain);
    let border = 0.02 * field.width as f32;
    right < border || left > field.width as f32 - 1.0 - border
}

/// A station or scratch: straight up and down.
fn is_streak(chain: &Chain, slant: f32) -> bool {
    let (left, right, top, bottom) = span(chain);
    let rows = bottom - top;
    rows > 10.0 && right - left < slant * rows + 1.0
}

/// The rest of a height marker or of the automatic gain's curve: level within a pixel or two.
fn is_level(chain: &Chain) -> bool {
    let (left, right, top, bottom) = span(chain);
    right - left > 16.0 && bottom - top < 0.012 * (right - left) + 1.5
}

//! Drops the chains that are not echoes.

use super::TraceConfig;
use super::chain::Chain;
use super::detect::Field;
use crate::model::Sounder;

/// Scores (mean contrast x root of the length in working pixels) between which chains of pure noise lie.
const FAINT: std::ops::Range<f32> = 28.0..60.0;

/// The chains that are long, strong and whole enough, strongest first.
pub(super) fn select(chains: Vec<Chain>, field: &Field, sounder: Sounder, config: &TraceConfig) -> Vec<Chain> {
    let height = field.height as f32;
    let shortest = (config.min_length * height).max(8.0);
    let topside = sounder == Sounder::Topside;
    let mut kept: Vec<(f32, Chain)> = chains
        .into_iter()
        .filter_map(|chain| {
            let (length, gaps) = chain.lengths(3.0);
            let contrast = chain.contrast();
            let (needed, allowed_gaps) = if is_steep(&chain) {
                (config.steep_contrast * config.min_contrast, 0.6 * config.max_gap_share)
            } else {
                (config.min_contrast, config.max_gap_share)
            };
            let good = length >= shortest && contrast >= needed && gaps <= allowed_gaps * length;
            let pulse = topside && (is_spike(&chain, height, config) || is_pulse(&chain, height, config));
            let straight = is_side(&chain, field)
                || is_streak(&chain, if topside { 0.05 } else { 0.02 })
                || (topside && is_level(&chain));
            (good && !pulse && !straight).then_some((contrast * length.sqrt(), chain))
        })
        .collect();
    kept.sort_by(|a, b| b.0.total_cmp(&a.0));
    // Many faint chains are what noise looks like: then a chain has to stand out from those too.
    let faint = kept.iter().filter(|(score, _)| FAINT.contains(score)).count() as f32;
    let [least, most] = config.score;
    let bar = (least + config.score_per_faint * (faint - 4.0).max(0.0)).min(most);
    kept.into_iter().filter(|(score, _)| *score >= bar).map(|(_, chain)| chain).collect()
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
    if bottom < config.spike_depth * height && is_steep(chain) {
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
fn is_steep(chain: &Chain) -> bool {
    let (left, right, top, bottom) = span(chain);
    right - left < 0.25 * (bottom - top)
}

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

/// The rest of a ruling or of the automatic gain's curve: level within a pixel or two.
fn is_level(chain: &Chain) -> bool {
    let (left, right, top, bottom) = span(chain);
    right - left > 16.0 && bottom - top < 0.012 * (right - left) + 1.5
}

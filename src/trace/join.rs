//! Joins chains across gaps: where one ends and another goes on along the same curve.

use super::TraceConfig;
use super::chain::Chain;
use super::detect::{Field, Node};

/// Nodes at an end from which its direction is taken.
const TAIL: usize = 8;
/// How far two ends of one line may reach past each other, working pixels: lines are found over some length.
const OVERLAP: f32 = 6.0;
/// Rounds of joining: chains grow by being joined and may then reach farther.
const ROUNDS: usize = 4;

#[derive(Debug, Clone, Copy)]
struct End {
    chain: usize,
    /// At the first node; else at the last.
    at: (f32, f32),
    /// Unit vector out of the chain.
    out: (f32, f32),
}

/// Joins until no two ends fit. The best pair goes first, and the order of equals is that of the chains.
pub(super) fn join(mut chains: Vec<Chain>, field: &Field, config: &TraceConfig) -> Vec<Chain> {
    let reach = config.gap * field.height as f32;
    for _ in 0..ROUNDS {
        let before = chains.len();
        chains = round(chains, reach);
        if chains.len() == before {
            break;
        }
    }
    chains
}

/// Joins each end at most once.
fn round(chains: Vec<Chain>, reach: f32) -> Vec<Chain> {
    let mut ends: Vec<End> = Vec::with_capacity(2 * chains.len());
    for (index, chain) in chains.iter().enumerate() {
        ends.push(end(&chain.nodes, index, true));
        ends.push(end(&chain.nodes, index, false));
    }
    // From left to right, so that only ends within reach are compared.
    ends.sort_by(|a, b| a.at.0.total_cmp(&b.at.0).then(a.chain.cmp(&b.chain)));
    let mut pairs: Vec<(f32, usize, usize)> = Vec::new();
    for (i, a) in ends.iter().enumerate() {
        for (j, b) in ends.iter().enumerate().skip(i + 1).take_while(|(_, b)| b.at.0 - a.at.0 <= reach) {
            let shorter = chains[a.chain].nodes.len().min(chains[b.chain].nodes.len());
            if a.chain != b.chain
                && let Some(cost) = cost(a, b, reach, shorter)
            {
                pairs.push((cost, i, j));
            }
        }
    }
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let mut groups: Vec<Option<Chain>> = chains.into_iter().map(Some).collect();
    // Which group a chain is in; the ends of a group are those of its chains that are not joined yet.
    let mut group: Vec<usize> = (0..groups.len()).collect();
    let mut used = vec![false; ends.len()];
    for (_, i, j) in pairs {
        let (a, b) = (ends[i], ends[j]);
        let (first, second) = (group[a.chain], group[b.chain]);
        if used[i] || used[j] || first == second {
            continue;
        }
        used[i] = true;
        used[j] = true;
        let (Some(mut one), Some(mut other)) = (groups[first].take(), groups[second].take()) else { continue };
        if is_at(&one.nodes[0], &a) {
            one.nodes.reverse();
        }
        if !is_at(&other.nodes[0], &b) {
            other.nodes.reverse();
        }
        one.nodes.extend(other.nodes);
        groups[first] = Some(one);
        for member in &mut group {
            if *member == second {
                *member = first;
            }
        }
    }
    groups.into_iter().flatten().collect()
}

fn is_at(node: &Node, end: &End) -> bool {
    (node.x, node.y) == end.at
}

/// An end of a chain: `start` or the other.
fn end(nodes: &[Node], chain: usize, start: bool) -> End {
    let last = nodes.len() - 1;
    let (tip, back) =
        if start { (nodes[0], nodes[TAIL.min(last)]) } else { (nodes[last], nodes[last.saturating_sub(TAIL)]) };
    let (dx, dy) = (tip.x - back.x, tip.y - back.y);
    let length = dx.hypot(dy).max(1e-6);
    End { chain, at: (tip.x, tip.y), out: (dx / length, dy / length) }
}

/// How badly two ends fit; `None` if they do not.
fn cost(a: &End, b: &End, reach: f32, shorter: usize) -> Option<f32> {
    let (dx, dy) = (b.at.0 - a.at.0, b.at.1 - a.at.1);
    let gap = dx.hypot(dy);
    // A scrap says little about its direction and may not reach far.
    if gap > reach.min(4.0 + 1.2 * shorter as f32) {
        return None;
    }
    let facing = -(a.out.0 * b.out.0 + a.out.1 * b.out.1);
    let aside = (dx * a.out.1 - dy * a.out.0).abs();
    if gap < OVERLAP && aside < 2.0 && facing > 0.8 {
        return Some(gap);
    }
    if gap < 1.0 {
        return None;
    }
    // Angles by which the curve turns from each chain to the gap between them. On an arc both are the same; where
    // their difference is large, the chains lie beside each other.
    let angle = |out: (f32, f32), to: (f32, f32)| (out.0 * to.1 - out.1 * to.0).atan2(out.0 * to.0 + out.1 * to.1);
    let gap_direction = (dx / gap, dy / gap);
    let leaving = angle(a.out, gap_direction);
    let arriving = angle(gap_direction, (-b.out.0, -b.out.1));
    let slack = (2.0 / gap).min(0.6);
    let straight = leaving.abs() + arriving.abs() < 0.9 + slack;
    let fits = straight
        && leaving.abs() < 0.6 + slack
        && arriving.abs() < 0.6 + slack
        && (leaving - arriving).abs() < 0.35 + slack;
    fits.then(|| gap * (1.0 + 2.0 * (leaving - arriving).abs() + leaving.abs() + arriving.abs()))
}

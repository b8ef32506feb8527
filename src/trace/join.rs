//! Joins chains across gaps: where one ends and another goes on in the same direction.

use super::TraceConfig;
use super::chain::Chain;
use super::detect::{Field, Node};

/// Nodes at an end from which its direction is taken.
const TAIL: usize = 10;

#[derive(Debug, Clone, Copy)]
struct End {
    at: (f32, f32),
    /// Unit vector out of the chain.
    out: (f32, f32),
}

/// Joins until no two ends fit. The best pair goes first, and the order of equals is that of the chains.
pub(super) fn join(mut chains: Vec<Chain>, field: &Field, config: &TraceConfig) -> Vec<Chain> {
    let reach = config.gap * field.height as f32;
    // Chains of a few nodes are worth joining only while there are not too many of them.
    chains.sort_by_key(|chain| std::cmp::Reverse(chain.nodes.len()));
    chains.truncate(400);
    loop {
        let ends: Vec<[End; 2]> =
            chains.iter().map(|chain| [end(&chain.nodes, true), end(&chain.nodes, false)]).collect();
        let mut best: Option<(f32, usize, usize, usize, usize)> = None;
        for i in 0..chains.len() {
            for j in i + 1..chains.len() {
                for a in 0..2 {
                    for b in 0..2 {
                        if let Some(cost) =
                            cost(&ends[i][a], &ends[j][b], reach, chains[i].nodes.len().min(chains[j].nodes.len()))
                            && best.is_none_or(|kept| cost < kept.0)
                        {
                            best = Some((cost, i, a, j, b));
                        }
                    }
                }
            }
        }
        let Some((_, i, a, j, b)) = best else {
            return chains;
        };
        let mut other = chains.remove(j).nodes;
        let first = &mut chains[i].nodes;
        if a == 0 {
            first.reverse();
        }
        if b == 1 {
            other.reverse();
        }
        first.extend(other);
    }
}

/// An end of a chain: `start` or the other.
fn end(nodes: &[Node], start: bool) -> End {
    let last = nodes.len() - 1;
    let (tip, back) =
        if start { (nodes[0], nodes[TAIL.min(last)]) } else { (nodes[last], nodes[last.saturating_sub(TAIL)]) };
    let (dx, dy) = (tip.x - back.x, tip.y - back.y);
    let length = dx.hypot(dy).max(1e-6);
    End { at: (tip.x, tip.y), out: (dx / length, dy / length) }
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
    let ahead_a = dx * a.out.0 + dy * a.out.1;
    let ahead_b = -(dx * b.out.0 + dy * b.out.1);
    let aside_a = (dx * a.out.1 - dy * a.out.0).abs();
    let aside_b = (dx * b.out.1 - dy * b.out.0).abs();
    if facing < 0.75 || ahead_a < -1.5 || ahead_b < -1.5 {
        return None;
    }
    let allowed = 1.5 + 0.25 * gap;
    (aside_a <= allowed && aside_b <= allowed).then_some(gap + 2.0 * (aside_a + aside_b) + 5.0 * (1.0 - facing))
}

//! Chains of ridge points, grown along their tangents from the strongest point on.

use super::TraceConfig;
use super::detect::{Field, NONE, Node};

/// Nodes in order along a line.
#[derive(Debug, Clone, Default)]
pub(super) struct Chain {
    pub(super) nodes: Vec<Node>,
}

impl Chain {
    /// Length along the chain, and the part of it that lies in steps longer than `step`, working pixels.
    pub(super) fn lengths(&self, step: f32) -> (f32, f32) {
        let steps = self.nodes.windows(2).map(|pair| (pair[1].x - pair[0].x).hypot(pair[1].y - pair[0].y));
        steps.fold((0.0, 0.0), |(all, gaps), d| (all + d, if d > step { gaps + d } else { gaps }))
    }

    /// Mean contrast of the nodes.
    pub(super) fn contrast(&self) -> f32 {
        self.nodes.iter().map(|node| node.contrast).sum::<f32>() / self.nodes.len().max(1) as f32
    }
}

/// Longest step from a node of the finest plane to the next while growing, working pixels.
const STEP: i32 = 4;

/// The next node lies in a cone ahead: this far aside, and so much more for each pixel ahead.
const ASIDE: f32 = 0.4;
const WIDENING: f32 = 0.6;

/// Chains of at least three nodes that start at nodes of the starting contrast.
pub(super) fn chains(field: &Field, config: &TraceConfig) -> Vec<Chain> {
    let contrast = |index: &u32| field.nodes[*index as usize].contrast;
    let mut seeds: Vec<u32> =
        (0..field.nodes.len() as u32).filter(|index| contrast(index) >= config.start_contrast).collect();
    seeds.sort_unstable_by(|a, b| contrast(b).total_cmp(&contrast(a)).then(a.cmp(b)));
    let mut taken = vec![false; field.nodes.len()];
    let mut out = Vec::new();
    for seed in seeds {
        let node = field.nodes[seed as usize];
        if taken[seed as usize] {
            continue;
        }
        taken[seed as usize] = true;
        let forward = grow(field, &mut taken, node, node.along);
        let backward = grow(field, &mut taken, node, (-node.along.0, -node.along.1));
        let mut nodes: Vec<Node> = backward.into_iter().rev().collect();
        nodes.push(node);
        nodes.extend(forward);
        for node in &nodes {
            claim_beside(field, &mut taken, node);
        }
        if nodes.len() >= 3 {
            out.push(Chain { nodes });
        }
    }
    out
}

/// Nodes from a start on in one direction.
fn grow(field: &Field, taken: &mut [bool], start: Node, direction: (f32, f32)) -> Vec<Node> {
    let mut out: Vec<Node> = Vec::new();
    let (mut here, mut heading) = (start, direction);
    while let Some((index, next, along)) = next(field, taken, &here, heading) {
        taken[index] = true;
        // The heading follows slowly, so that one stray node does not turn the chain.
        let (hx, hy) = (0.7 * heading.0 + 0.3 * along.0, 0.7 * heading.1 + 0.3 * along.1);
        let length = hx.hypot(hy).max(1e-6);
        heading = (hx / length, hy / length);
        here = next;
        out.push(next);
    }
    out
}

/// The best next node ahead: near, straight on, parallel and strong.
fn next(field: &Field, taken: &[bool], here: &Node, heading: (f32, f32)) -> Option<(usize, Node, (f32, f32))> {
    let (cx, cy) = (here.x.round() as i32, here.y.round() as i32);
    // Nodes of coarser planes stand farther apart.
    let step = STEP + i32::from(here.size) / 2;
    let mut best: Option<(f32, usize, Node, (f32, f32))> = None;
    let columns = extent(heading.0, heading.1, step as f32);
    let rows = extent(heading.1, heading.0, step as f32);
    for y in (cy + rows.0).max(0)..=(cy + rows.1).min(field.height as i32 - 1) {
        for x in (cx + columns.0).max(0)..=(cx + columns.1).min(field.width as i32 - 1) {
            let index = field.at[y as usize * field.width + x as usize];
            if index == NONE || taken[index as usize] {
                continue;
            }
            let node = field.nodes[index as usize];
            let (dx, dy) = (node.x - here.x, node.y - here.y);
            let ahead = dx * heading.0 + dy * heading.1;
            let aside = (dx * heading.1 - dy * heading.0).abs();
            if ahead < 0.3 || aside > WIDENING * ahead + ASIDE {
                continue;
            }
            let turn = node.along.0 * heading.0 + node.along.1 * heading.1;
            if turn.abs() < 0.78 {
                continue;
            }
            let along = if turn < 0.0 { (-node.along.0, -node.along.1) } else { node.along };
            let cost = ahead + 1.5 * aside + 2.0 * (1.0 - turn.abs()) - 0.3 * (node.contrast / here.contrast).min(1.5);
            if best.as_ref().is_none_or(|kept| cost < kept.0) {
                best = Some((cost, index as usize, node, along));
            }
        }
    }
    best.map(|(_, index, node, along)| (index, node, along))
}

/// How far along one axis the cone ahead reaches from here, backward and forward; half a pixel more for rounding.
fn extent(along: f32, across: f32, step: f32) -> (i32, i32) {
    let side = across.abs() * (WIDENING * step + ASIDE);
    let near = across.abs() * ASIDE;
    let (far_back, far_on) = (along * step - side, along * step + side);
    (
        ((far_back.min(-near) - 0.5).floor() as i32).max(-step as i32),
        ((far_on.max(near) + 0.5).ceil() as i32).min(step as i32),
    )
}

/// Takes the parallel nodes next to a chain: the same line found twice.
fn claim_beside(field: &Field, taken: &mut [bool], node: &Node) {
    for side in [-1.5f32, -0.8, 0.8, 1.5] {
        let x = (node.x - side * node.along.1).round() as i64;
        let y = (node.y + side * node.along.0).round() as i64;
        if x < 0 || y < 0 || x >= field.width as i64 || y >= field.height as i64 {
            continue;
        }
        let index = field.at[y as usize * field.width + x as usize];
        if index != NONE {
            let other = field.nodes[index as usize];
            if (other.along.0 * node.along.0 + other.along.1 * node.along.1).abs() > 0.8 {
                taken[index as usize] = true;
            }
        }
    }
}

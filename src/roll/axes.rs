//! Axes for frames whose own markers prove nothing: taken from neighbours that agree with each other.

use super::RollEvidence;
use crate::model::{Grid, GridOrigin, RangeAxis, Sweep};
use serde::{Deserialize, Serialize};

/// When a roll's calibration may stand in for a frame's own.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AxesConfig {
    /// Frames before and after that are asked (frames). Default 8.
    pub reach: usize,
    /// Calibrated neighbours needed (frames). Default 2.
    pub needed: usize,
    /// Largest difference between neighbours' axes over the panel, and between panel sizes, as a share of the panel (1).
    /// Default 0.01.
    pub agreement: f64,
}

impl Default for AxesConfig {
    fn default() -> Self {
        Self { reach: 8, needed: 2, agreement: 0.01 }
    }
}

/// The frame's own grid, completed from its neighbours where it lacks an axis and they agree.
pub(super) fn complete(frames: &[RollEvidence<'_>], k: usize, config: &AxesConfig) -> Grid {
    let own = frames[k].grid;
    if own.is_complete() {
        return own.clone();
    }
    let mut grid = own.clone();
    if own.sweep.is_none() {
        grid.sweep = borrow(
            frames,
            k,
            config,
            |grid| grid.sweep.as_ref(),
            shifted_sweep,
            |sweep, share, frame| {
                let panel = frame.panel;
                let x = f64::from(panel.x) + share * f64::from(panel.w);
                // In pixels, so that both axes compare with one tolerance.
                (sweep.curve.at(x), sweep.curve.at(x + 1.0))
            },
        );
        if grid.sweep.is_some() {
            grid.origin = GridOrigin::Roll;
        }
    }
    if own.range.is_none() {
        grid.range = borrow(
            frames,
            k,
            config,
            |grid| grid.range.as_ref(),
            shifted_range,
            |range, share, frame| {
                let panel = frame.panel;
                let y = f64::from(panel.y) + share * f64::from(panel.h);
                (range.curve.at(y), range.curve.at(y + 1.0))
            },
        );
        if grid.range.is_some() {
            grid.origin = GridOrigin::Roll;
        }
    }
    if grid.is_complete() {
        grid.reason.clear();
    }
    grid
}

/// The nearest neighbour's axis, moved to this frame's panel, if at least `needed` neighbours agree with it.
fn borrow<A>(
    frames: &[RollEvidence<'_>],
    k: usize,
    config: &AxesConfig,
    axis: impl Fn(&Grid) -> Option<&A>,
    shifted: impl Fn(&A, f64, f64) -> A,
    probe: impl Fn(&A, f64, &RollEvidence<'_>) -> (f64, f64),
) -> Option<A> {
    let here = frames[k].panel;
    let alike = |i: usize| {
        let there = frames[i].panel;
        let close = |a: i32, b: i32| f64::from((a - b).abs()) <= config.agreement * f64::from(a.max(b).max(1));
        close(here.w, there.w) && close(here.h, there.h)
    };
    let low = k.saturating_sub(config.reach);
    let high = (k + config.reach + 1).min(frames.len());
    let mut neighbours: Vec<usize> =
        (low..high).filter(|&i| i != k && alike(i) && axis(frames[i].grid).is_some()).collect();
    neighbours.sort_by_key(|&i| (i.abs_diff(k), i));
    let moved: Vec<A> = neighbours
        .iter()
        .filter_map(|&i| {
            let there = frames[i].panel;
            axis(frames[i].grid).map(|axis| shifted(axis, f64::from(here.x - there.x), f64::from(here.y - there.y)))
        })
        .collect();
    let first = moved.first()?;
    let agreeing = moved
        .iter()
        .filter(|other| {
            [0.1, 0.35, 0.6, 0.85].iter().all(|&share| {
                let (here, next) = probe(first, share, &frames[k]);
                let (there, _) = probe(other, share, &frames[k]);
                let px = (there - here).abs() / (next - here).abs().max(1e-12);
                px <= config.agreement * f64::from(frames[k].panel.w.max(frames[k].panel.h))
            })
        })
        .count();
    (agreeing >= config.needed).then(|| shifted(first, 0.0, 0.0))
}

fn shifted_sweep(sweep: &Sweep, dx: f64, dy: f64) -> Sweep {
    let mut moved = sweep.clone();
    moved.curve.px.iter_mut().for_each(|px| *px += dx);
    moved.reference_y += dy;
    moved
}

fn shifted_range(range: &RangeAxis, dx: f64, dy: f64) -> RangeAxis {
    let mut moved = range.clone();
    moved.curve.px.iter_mut().for_each(|px| *px += dy);
    moved.reference_x += dx;
    moved
}

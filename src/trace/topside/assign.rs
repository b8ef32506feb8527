//! Which stretch of which ridge is O, X, or both.

use super::curve::{Curve, Sample};
use crate::model::{Grid, Mode, Ridge, Trace, TracePoint};
use crate::physics::Topside;

/// What a point of a ridge belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    O,
    X,
    /// The curves run together here, and only one ridge is seen.
    Both,
    Neither,
}

/// Fewest points of a stretch with a name of its own.
const SHORT: usize = 6;
/// Steps of the curves.
const STEPS: usize = 64;
/// A point this many times the tolerance away from both curves belongs to neither.
const REACH: f64 = 3.0;

/// Nearer to the sounder than this share of the way to the peak, the O trace stands where the plasma resonance does.
pub(super) const RESONANCE: f64 = 0.5;

/// The traces, parted where they go over from one curve of `layer` to another; what is common to both is in both.
/// Those marked in `grounds` belong to neither.
pub(super) fn assign(
    traces: &[Trace],
    grounds: &[bool],
    layer: &Topside,
    grid: &Grid,
    tolerance_px: f64,
    confidence: [f32; 2],
) -> Vec<Trace> {
    let curves = [Mode::O, Mode::X].map(|mode| Curve::of(layer, mode, STEPS));
    let mut out = Vec::new();
    for (index, trace) in traces.iter().enumerate() {
        if grounds[index] {
            out.push(trace.clone());
            continue;
        }
        let points = &trace.ridge.points;
        let mut owners: Vec<Owner> = points
            .iter()
            .map(|point| {
                let Some(sample) = Sample::at(f64::from(point.x), f64::from(point.y), grid) else {
                    return Owner::Neither;
                };
                let [o, x] = [curves[0].distance(&sample), curves[1].distance(&sample)];
                if o.min(x) > REACH * tolerance_px {
                    return Owner::Neither;
                }
                let resonance = sample.km < RESONANCE * layer.depth_km;
                if resonance && o < x {
                    return Owner::Neither;
                }
                if (o - x).abs() > tolerance_px {
                    return if o < x { Owner::O } else { Owner::X };
                }
                // Two ridges side by side are the two curves in their order, whatever the layer's error.
                let deeper = beside(point, traces, index, 4.0 * tolerance_px);
                match deeper.zip(curves[0].km_at(sample.mhz).zip(curves[1].km_at(sample.mhz))) {
                    Some((deeper, (o_km, x_km))) if (o_km > x_km) == deeper => Owner::O,
                    Some(_) => Owner::X,
                    None => Owner::Both,
                }
            })
            .collect();
        settle(&mut owners);
        out.extend(parts(trace, &owners, confidence));
    }
    out
}

/// Whether a point is deeper than another ridge that passes its column within `reach`; `None` if none does.
fn beside(point: &TracePoint, traces: &[Trace], own: usize, reach: f64) -> Option<bool> {
    let others =
        traces.iter().enumerate().filter(|(index, _)| *index != own).flat_map(|(_, trace)| &trace.ridge.points);
    others
        .filter(|other| (other.x - point.x).abs() < 2.0)
        .map(|other| f64::from(point.y - other.y))
        .filter(|below| (1.0..reach).contains(&below.abs()))
        .min_by(|a, b| a.abs().total_cmp(&b.abs()))
        .map(|below| below > 0.0)
}

/// Gives stretches that are too short to be told to their neighbours.
fn settle(owners: &mut [Owner]) {
    let mut start = 0;
    while start < owners.len() {
        let length = owners[start..].iter().take_while(|owner| **owner == owners[start]).count();
        let end = start + length;
        if length < SHORT {
            let before = start.checked_sub(1).map(|i| owners[i]);
            if let Some(neighbour) = before.or(owners.get(end).copied()) {
                owners[start..end].fill(neighbour);
            }
        }
        start = end;
    }
}

/// The stretches of each component and those of neither.
fn parts(trace: &Trace, owners: &[Owner], confidence: [f32; 2]) -> Vec<Trace> {
    let mut out = Vec::new();
    for (mode, own) in [(Mode::O, Owner::O), (Mode::X, Owner::X), (Mode::Unknown, Owner::Neither)] {
        let belongs = |owner: Owner| owner == own || (owner == Owner::Both && mode != Mode::Unknown);
        let mut start = 0;
        while start < owners.len() {
            let end = start + owners[start..].iter().take_while(|owner| belongs(**owner)).count();
            if end - start >= SHORT {
                let ridge = Ridge { points: trace.ridge.points[start..end].to_vec(), contrast: trace.ridge.contrast };
                let confidence = match mode {
                    Mode::O => confidence[0],
                    Mode::X => confidence[1],
                    _ => trace.confidence,
                };
                out.push(Trace { mode, confidence, ridge, ..trace.clone() });
            }
            start = end.max(start + 1);
        }
    }
    out
}

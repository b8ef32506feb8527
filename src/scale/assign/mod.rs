//! Which trace is what: ridges cut and named by the labels of the pixels they run through.
//!
//! In: ridges in pixels and the labels of the frame. Out: [`Trace`]s with component, layer, hop and the probability of that. A ridge that
//! changes from one echo to another, where O and X cross for instance, is cut there: the best sequence of classes along it is
//! found with a penalty for each change.

use crate::kernel::viterbi::viterbi;
use crate::label::{Class, EchoLabels};
use crate::model::{CharacteristicName as Name, Grid, Layer, Mode, RangeAxis, Ridge, Sweep, Trace, TracePoint};
use crate::physics::x_of_o;

/// Classes of the labels, and that of what is no echo of them.
const STATES: usize = Class::ALL.len() + 1;
/// Cost of a change of class from one point to the next: some six points must speak for it.
const CHANGE: f64 = 6.0;
/// Probability below which nothing is said against a class.
const LEAST: f64 = 0.01;
/// Points of the shortest trace.
const SHORTEST: usize = 4;
/// Height above the leading edge at which an echo is looked up, as a share: its label begins at the edge.
const ABOVE_EDGE: f64 = 0.006;
/// Height below which nothing reflects: the sounder's own pulse and the ground, km.
const LOWEST_KM: f64 = 75.0;

/// Names the ridges of a bottomside frame. Without labels they keep unknown components.
pub fn assign(ridges: &[Ridge], labels: Option<&EchoLabels>, grid: &Grid) -> Vec<Trace> {
    let (Some(labels), Some(sweep), Some(range)) = (labels, &grid.sweep, &grid.range) else {
        return ridges.iter().map(|ridge| unassigned(ridge.clone())).collect();
    };
    let fo_f1 = labels
        .posterior(Name::FoF1)
        .filter(|posterior| posterior.present > 0.5)
        .and_then(|posterior| Some(posterior.mode()?.value));
    let mut traces: Vec<Trace> = ridges.iter().flat_map(|ridge| pieces(ridge, labels, sweep, range)).collect();
    traces.retain(|trace| trace.mode != Mode::Unknown || !is_pulse(trace, range));
    name_multiples(&mut traces, sweep, range);
    traces.into_iter().flat_map(|trace| split_at_f1(trace, fo_f1, labels.gyro_mhz, sweep)).collect()
}

fn unassigned(ridge: Ridge) -> Trace {
    Trace { mode: Mode::Unknown, layer: Layer::F, hop: 1, confidence: 0.0, ridge }
}

/// The sounder's own pulse and what lies below all layers.
fn is_pulse(trace: &Trace, range: &RangeAxis) -> bool {
    let km = |point: &TracePoint| range.km_at(f64::from(point.x), f64::from(point.y));
    let below = trace.ridge.points.iter().filter(|point| km(point) < LOWEST_KM).count();
    2 * below > trace.ridge.points.len()
}

/// A ridge cut where its class changes.
fn pieces(ridge: &Ridge, labels: &EchoLabels, sweep: &Sweep, range: &RangeAxis) -> Vec<Trace> {
    let chances: Vec<[f64; STATES]> = ridge.points.iter().map(|point| chances(point, labels, sweep, range)).collect();
    let cost = |point: usize, state: usize| -chances[point][state].max(LEAST).ln();
    let change = |from: usize, to: usize| if from == to { 0.0 } else { CHANGE };
    let path = viterbi(ridge.points.len(), STATES, cost, change);
    let mut out = Vec::new();
    let mut start = 0;
    while start < path.len() {
        let state = path[start];
        let end = (start..path.len()).find(|&i| path[i] != state).unwrap_or(path.len());
        let points = ridge.points[start..end].to_vec();
        let chance = chances[start..end].iter().map(|all| all[state]).sum::<f64>() / (end - start) as f64;
        if points.len() >= SHORTEST {
            let ridge = Ridge { points, contrast: ridge.contrast };
            out.push(match Class::ALL.get(state) {
                None => unassigned(ridge),
                Some(&class) => {
                    let (mode, layer, hop) = meaning(class);
                    Trace { mode, layer, hop, confidence: chance as f32, ridge }
                }
            });
        }
        start = end;
    }
    out
}

/// Probability of each class at a point, and at last that it is none of them.
fn chances(point: &TracePoint, labels: &EchoLabels, sweep: &Sweep, range: &RangeAxis) -> [f64; STATES] {
    let (x, y) = (f64::from(point.x), f64::from(point.y));
    let mhz = sweep.mhz_at(x, y);
    let edge = range.km_at(x, f64::from(point.edge_y));
    let heights = [edge * (1.0 + ABOVE_EDGE), edge * (1.0 + 3.0 * ABOVE_EDGE), range.km_at(x, y)];
    let mut out = [0.0; STATES];
    for (chance, class) in out.iter_mut().zip(Class::ALL) {
        *chance = heights.iter().map(|&km| f64::from(labels.probability(class, mhz, km))).fold(0.0, f64::max);
    }
    out[STATES - 1] = 1.0 - out.iter().copied().fold(0.0, f64::max);
    out
}

/// Component, layer and hop of a class; the hop of a multiple is found afterwards.
fn meaning(class: Class) -> (Mode, Layer, u8) {
    match class {
        Class::EO => (Mode::O, Layer::E, 1),
        Class::EX => (Mode::X, Layer::E, 1),
        Class::EsO => (Mode::O, Layer::Es, 1),
        Class::EsX => (Mode::X, Layer::Es, 1),
        Class::FO => (Mode::O, Layer::F, 1),
        Class::FX => (Mode::X, Layer::F, 1),
        Class::Z => (Mode::Z, Layer::F, 1),
        Class::Multiple => (Mode::Unknown, Layer::F, 2),
    }
}

/// A first echo as points of (MHz, km), from low to high frequency.
struct FirstEcho {
    mode: Mode,
    layer: Layer,
    points: Vec<(f64, f64)>,
}

impl FirstEcho {
    /// Mean relative difference of the points of a trace from `hop` times the height of this echo; `None` if it runs beside less than half of them.
    fn misfit(&self, multiple: &[(f64, f64)], hop: u8) -> Option<f64> {
        let (mut count, mut sum) = (0usize, 0.0);
        for (mhz, km) in multiple {
            let i = self.points.partition_point(|point| point.0 < *mhz);
            if i == 0 || i == self.points.len() {
                continue;
            }
            let expected = f64::from(hop) * self.points[i].1.min(self.points[i - 1].1);
            sum += (km / expected - 1.0).abs().min(2.0 * MISFIT);
            count += 1;
        }
        (2 * count >= multiple.len() && count > 0).then(|| sum / count as f64)
    }
}

/// Share of its height by which a multiple may differ from the repeated echo.
const MISFIT: f64 = 0.05;
/// Most hops.
const HOPS: u8 = 6;

/// The number of hops, layer and component of each multiple, from the first echo whose height it repeats best.
fn name_multiples(traces: &mut [Trace], sweep: &Sweep, range: &RangeAxis) {
    let points = |trace: &Trace| {
        let place = |point: &TracePoint| {
            let (x, y) = (f64::from(point.x), f64::from(point.y));
            (sweep.mhz_at(x, y), range.km_at(x, f64::from(point.edge_y)))
        };
        let mut points: Vec<(f64, f64)> = trace.ridge.points.iter().map(place).collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        points
    };
    let is_first = |trace: &&Trace| trace.hop == 1 && trace.mode != Mode::Unknown;
    let firsts: Vec<FirstEcho> = traces
        .iter()
        .filter(is_first)
        .map(|trace| FirstEcho { mode: trace.mode, layer: trace.layer, points: points(trace) })
        .collect();
    for trace in traces.iter_mut().filter(|trace| trace.hop > 1) {
        let own = points(trace);
        let best = firsts
            .iter()
            .flat_map(|first| (2..=HOPS).map(move |hop| (hop, first)))
            .filter_map(|(hop, first)| Some((first.misfit(&own, hop)?, hop, first)))
            .filter(|(misfit, ..)| *misfit < MISFIT)
            .min_by(|a, b| a.0.total_cmp(&b.0));
        if let Some((_, hop, first)) = best {
            (trace.hop, trace.mode, trace.layer) = (hop, first.mode, first.layer);
        }
    }
}

/// Cuts a first F trace at the F1 cusp of its component.
fn split_at_f1(trace: Trace, fo_f1: Option<f64>, gyro_mhz: f64, sweep: &Sweep) -> Vec<Trace> {
    let Some(fo) = fo_f1.filter(|_| trace.layer == Layer::F && trace.hop == 1) else { return vec![trace] };
    let cusp = match trace.mode {
        Mode::O => fo,
        Mode::X => x_of_o(fo, gyro_mhz),
        Mode::Z | Mode::Unknown => return vec![trace],
    };
    let below = |point: &TracePoint| sweep.mhz_at(f64::from(point.x), f64::from(point.y)) < cusp;
    let (lower, upper): (Vec<TracePoint>, Vec<TracePoint>) = trace.ridge.points.iter().partition(|point| below(point));
    [(Layer::F1, lower), (Layer::F2, upper)]
        .into_iter()
        .filter(|(_, points)| points.len() >= SHORTEST)
        .map(|(layer, points)| Trace {
            layer,
            ridge: Ridge { points, contrast: trace.ridge.contrast },
            ..trace.clone()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Curve;

    /// Axes of 100 px a MHz and 2 km a px.
    fn grid() -> Grid {
        let sweep = Sweep { curve: Curve { px: vec![0.0, 2000.0], value: vec![0.0, 20.0] }, ..Sweep::default() };
        let range =
            RangeAxis { curve: Curve { px: vec![0.0, 500.0], value: vec![1000.0, 0.0] }, ..RangeAxis::default() };
        Grid { sweep: Some(sweep), range: Some(range), ..Grid::unproved("") }
    }

    fn ridge(from_mhz: f64, to_mhz: f64, km: impl Fn(f64) -> f64) -> Ridge {
        let points = (0..80)
            .map(|i| from_mhz + (to_mhz - from_mhz) * f64::from(i) / 79.0)
            .map(|mhz| {
                let y = ((1000.0 - km(mhz)) / 2.0) as f32;
                TracePoint { x: (100.0 * mhz) as f32, y: y - 1.0, edge_y: y, amplitude: 200 }
            })
            .collect();
        Ridge { points, contrast: 9.0 }
    }

    fn cells(class: Class, from_mhz: f64, to_mhz: f64, km: f64) -> impl Iterator<Item = (Class, f64, f64)> {
        (0..400).map(move |i| (class, from_mhz + (to_mhz - from_mhz) * f64::from(i) / 399.0, km))
    }

    #[test]
    fn a_ridge_is_cut_where_it_changes_from_one_echo_to_the_other() {
        let labels = EchoLabels::exact(
            cells(Class::FO, 3.0, 5.0, 300.0).chain(cells(Class::FX, 5.0, 7.0, 300.0)),
            &[(Name::FoF2, 5.0)],
        );
        let traces = assign(&[ridge(3.0, 7.0, |_| 300.0)], Some(&labels), &grid());
        let found: Vec<(Mode, Layer)> = traces.iter().map(|trace| (trace.mode, trace.layer)).collect();
        assert_eq!(found, [(Mode::O, Layer::F), (Mode::X, Layer::F)]);
        let last = traces[0].ridge.points.last().unwrap().x;
        assert!((last - 500.0).abs() < 20.0, "{last}");
    }

    #[test]
    fn multiples_take_the_name_of_what_they_repeat() {
        let labels = EchoLabels::exact(
            cells(Class::EsO, 2.0, 6.0, 110.0).chain(cells(Class::Multiple, 2.0, 6.0, 330.0)),
            &[(Name::FoEs, 6.0)],
        );
        let ridges = [ridge(2.0, 6.0, |_| 110.0), ridge(2.5, 5.5, |_| 331.0)];
        let traces = assign(&ridges, Some(&labels), &grid());
        assert_eq!((traces[1].mode, traces[1].layer, traces[1].hop), (Mode::O, Layer::Es, 3));
    }

    #[test]
    fn the_trace_below_the_cusp_of_f1_is_that_of_f1() {
        let labels = EchoLabels::exact(cells(Class::FO, 3.0, 7.0, 250.0), &[(Name::FoF1, 4.5), (Name::FoF2, 7.0)]);
        let traces = assign(&[ridge(3.0, 7.0, |_| 250.0)], Some(&labels), &grid());
        let layers: Vec<Layer> = traces.iter().map(|trace| trace.layer).collect();
        assert_eq!(layers, [Layer::F1, Layer::F2]);
    }

    #[test]
    fn without_labels_nothing_is_claimed() {
        let traces = assign(&[ridge(3.0, 7.0, |_| 250.0)], None, &grid());
        assert_eq!((traces[0].mode, traces[0].confidence), (Mode::Unknown, 0.0));
    }
}

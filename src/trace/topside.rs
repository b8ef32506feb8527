//! O and X of a topside ionogram.
//!
//! Near the sounder the X wave is close to its cut-off over a long path: its trace comes down steeply from the sounder's
//! own pulse and lies at greater range than the O trace, whose range only grows. Toward the peak of the layer it is the
//! O wave that is close to reflection; the traces cross, and O turns down at the lower frequency.

use super::TraceConfig;
use super::profile::Profile;
use crate::model::{Grid, Mode, Ridge, Trace, TracePoint};

/// Parts a ridge where it turns back to lower frequencies. Toward the peak of the layer an echo's range grows with its
/// frequency; the ground, which is seen through the layer, comes nearer with frequency, and the two must not be one.
pub(super) fn cut_where_it_turns_back(ridge: Ridge) -> Vec<Ridge> {
    let points = &ridge.points;
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return Vec::new() };
    let tip = (0..points.len()).fold(0, |tip, i| if points[i].x > points[tip].x { i } else { tip });
    if points[tip].x - first.x.max(last.x) < TURN {
        return vec![ridge];
    }
    let (before, after) = points.split_at(tip + 1);
    let parts = [before, after].into_iter().filter(|part| part.len() >= TAIL);
    parts.map(|part| Ridge { points: part.to_vec(), contrast: ridge.contrast }).collect()
}

/// How far both ends of a ridge must lie before its highest frequency for it to have turned back, frame pixels.
const TURN: f32 = 6.0;

/// Names what [`super::pair`] could not: the traces that lie over each other before they cross.
pub(super) fn name_by_order(traces: &mut Vec<Trace>, grid: &Grid, config: &TraceConfig) {
    if traces.iter().any(|trace| trace.mode != Mode::Unknown) {
        return;
    }
    let profiles: Vec<Option<Profile>> = traces.iter().map(|trace| Profile::of(&trace.ridge, grid)).collect();
    let mut best: Option<(f64, usize, usize)> = None;
    for (o, upper) in profiles.iter().enumerate() {
        for (x, lower) in profiles.iter().enumerate() {
            if let (Some(upper), Some(lower)) = (upper, lower)
                && o != x
                && let Some(overlap) = lies_over(upper, lower, config)
                && best.is_none_or(|kept| overlap > kept.0)
            {
                best = Some((overlap, o, x));
            }
        }
    }
    let Some((_, o, x)) = best else { return };
    traces[o].mode = Mode::O;
    traces[x].mode = Mode::X;
    let confidence = if sort_tails(traces, o, x) { CROSSED } else { UNCROSSED };
    traces[o].confidence = confidence;
    traces[x].confidence = confidence;
}

/// Confidence of names where both traces were seen before and after they cross, and where not.
const CROSSED: f32 = 0.85;
const UNCROSSED: f32 = 0.4;
/// Distance at which two ridges touch, frame pixels.
const TOUCH: f32 = 10.0;
/// Points of both tails from which they can be told apart.
const TAIL: usize = 6;

/// How many MHz the O trace `upper` and the X trace `lower` share as the theory wants it; `None` if they do not.
fn lies_over(upper: &Profile, lower: &Profile, config: &TraceConfig) -> Option<f64> {
    let (from, to) = (upper.first_mhz().max(lower.first_mhz()), upper.last_mhz().min(lower.last_mhz()));
    let shared = (to - from) / upper.span_mhz().min(lower.span_mhz());
    if to < config.topside_octave * from || shared < 0.6 {
        return None;
    }
    let gaps: Vec<f64> = (0..20)
        .map(|i| from + (to - from) * (f64::from(i) + 0.5) / 20.0)
        .filter_map(|mhz| Some(lower.km_at_last(mhz)? / upper.km_at_last(mhz)? - 1.0))
        .collect();
    if gaps.len() < 14 {
        return None;
    }
    let mean = |part: &[f64]| part.iter().sum::<f64>() / part.len() as f64;
    let (first, last) = (mean(&gaps[..gaps.len() / 3]), mean(&gaps[gaps.len() - gaps.len() / 3..]));
    // The X trace is deeper at first, by no more than it can be, and they come together.
    let together = (0.02..0.5).contains(&first) && last < 0.6 * first && last > -0.2;
    let grows = upper.end_km() > upper.start_km();
    // Where X comes down from the pulse it starts above O; where that part is lost its range falls.
    let comes_down = lower.start_km() < 0.9 * upper.km_at_last(from).unwrap_or(f64::MIN);
    let falls = lower.km_at_last(from).zip(lower.km_at_last(to)).is_some_and(|(start, end)| start > 1.02 * end);
    (together && grows && (comes_down || falls)).then_some(to - from)
}

/// After the crossing O is the deeper one. Where two ridges touch without having changed their order, they were
/// followed straight through the crossing, and what lies behind belongs to the other. Where only one of them is seen
/// behind, nothing tells whose it is, and it becomes a trace without a name. Returns whether both are seen behind.
fn sort_tails(traces: &mut Vec<Trace>, o: usize, x: usize) -> bool {
    let Some((i, j)) = touch(&traces[o].ridge, &traces[x].ridge) else { return false };
    let mut tail_o = traces[o].ridge.points.split_off(i);
    let mut tail_x = traces[x].ridge.points.split_off(j);
    let shared = tail_o.last().map_or(0.0, |p| p.x).min(tail_x.last().map_or(0.0, |p| p.x));
    let both = tail_o.len() >= TAIL && tail_x.len() >= TAIL;
    if both {
        let depth = |tail: &[TracePoint]| {
            tail.iter().min_by(|a, b| (a.x - shared).abs().total_cmp(&(b.x - shared).abs())).map_or(0.0, |p| p.y)
        };
        if depth(&tail_x) > depth(&tail_o) {
            std::mem::swap(&mut tail_o, &mut tail_x);
        }
        traces[o].ridge.points.append(&mut tail_o);
        traces[x].ridge.points.append(&mut tail_x);
        return true;
    }
    let longer = if tail_o.len() > tail_x.len() { tail_o } else { tail_x };
    if longer.len() >= TAIL {
        let ridge = Ridge { points: longer, contrast: traces[x].ridge.contrast };
        traces.push(Trace { mode: Mode::Unknown, ridge, ..traces[x].clone() });
    }
    false
}

/// Above the common trunk of a pair there are two heads, of which the pair has one: the other ends at the trunk. O begins
/// at the lower frequency.
pub(super) fn share_heads(traces: &mut [Trace], o: usize, x: usize) {
    for index in 0..traces.len() {
        let head = &traces[index].ridge.points;
        if traces[index].mode != Mode::Unknown || head.len() < TAIL {
            continue;
        }
        let (Some(i), Some(j)) = (fork(&traces[o].ridge, head), fork(&traces[x].ridge, head)) else { continue };
        let own = &traces[o].ridge.points[..i];
        let middle = head[head.len() / 2];
        let Some(beside) = own.iter().min_by(|a, b| (a.y - middle.y).abs().total_cmp(&(b.y - middle.y).abs())) else {
            continue;
        };
        let (owner, fork) = if middle.x < beside.x { (o, i) } else { (x, j) };
        let mut points = std::mem::take(&mut traces[index].ridge.points);
        points.extend_from_slice(&traces[owner].ridge.points[fork..]);
        traces[owner].ridge.points = points;
        return;
    }
}

/// Where a ridge goes on from the end of a head that comes down to it from nearer to the sounder.
fn fork(ridge: &Ridge, head: &[TracePoint]) -> Option<usize> {
    let (first, end) = (head.first()?, head.last()?);
    let near = |p: &TracePoint| (p.x - end.x).hypot(p.y - end.y);
    let (index, point) = ridge.points.iter().enumerate().min_by(|a, b| near(a.1).total_cmp(&near(b.1)))?;
    (near(point) < TOUCH && index >= TAIL && first.y < end.y).then_some(index)
}

/// Indices of the points at which two ridges come nearest in the second half of both, if that is near.
fn touch(a: &Ridge, b: &Ridge) -> Option<(usize, usize)> {
    let mut best: Option<(f32, usize, usize)> = None;
    for (i, p) in a.points.iter().enumerate().skip(a.points.len() / 2) {
        for (j, q) in b.points.iter().enumerate().skip(b.points.len() / 2) {
            let distance = (p.x - q.x).hypot(p.y - q.y);
            if best.is_none_or(|kept| distance <= kept.0) {
                best = Some((distance, i, j));
            }
        }
    }
    best.filter(|kept| kept.0 < TOUCH).map(|(_, i, j)| (i, j))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Curve, Layer, RangeAxis, Sweep};
    use crate::physics::{Profile as Ionosphere, Stratum};

    /// One pixel is 10 kHz by 1 km.
    fn grid() -> Grid {
        let curve = |last: f64, value: f64| Curve { px: vec![0.0, last], value: vec![0.0, value] };
        Grid {
            sweep: Some(Sweep { curve: curve(1000.0, 10.0), ..Sweep::default() }),
            range: Some(RangeAxis { curve: curve(3000.0, 3000.0), ..RangeAxis::default() }),
            ..Grid::unproved("")
        }
    }

    /// What a satellite sees of one component between two frequencies.
    fn echo(mode: Mode, from: f64, to: f64) -> Trace {
        let layer = Stratum { critical_mhz: 5.0, peak_km: 320.0, half_km: 90.0, scale_km: 45.0, scale_growth: 0.1 };
        let sky = Ionosphere { strata: vec![layer], gyro_mhz: 1.4, sin2: 0.05, sounder_km: 1000.0 };
        let points = (0..200)
            .map(|i| from + (to - from) * f64::from(i) / 199.0)
            .filter_map(|mhz| Some((mhz, sky.virtual_range(mhz, mode)?)))
            .map(|(mhz, km)| ((100.0 * mhz) as f32, km as f32))
            .map(|(x, y)| TracePoint { x, y, edge_y: y, amplitude: 200 })
            .collect();
        let ridge = Ridge { points, contrast: 7.0 };
        Trace { mode: Mode::Unknown, layer: Layer::Topside, hop: 1, confidence: 0.3, ridge }
    }

    #[test]
    fn the_trace_that_comes_down_from_the_pulse_is_extraordinary() {
        let mut traces = vec![echo(Mode::O, 2.5, 4.5), echo(Mode::X, 2.2, 4.5)];
        name_by_order(&mut traces, &grid(), &TraceConfig::default());
        assert_eq!([traces[0].mode, traces[1].mode], [Mode::O, Mode::X]);
    }

    #[test]
    fn the_ground_is_parted_from_the_echo_that_it_touches() {
        let at = |(x, y): (f32, f32)| TracePoint { x, y, edge_y: y, amplitude: 200 };
        let echo = (0..50).map(|i| at((i as f32, 100.0 + (i * i) as f32 / 20.0)));
        let ground = (0..40).map(|i| at((50.0 - i as f32 / 2.0, 230.0 + 4.0 * i as f32)));
        let ridge = |points: Vec<TracePoint>| Ridge { points, contrast: 7.0 };
        let parts = cut_where_it_turns_back(ridge(echo.clone().chain(ground).collect()));
        assert_eq!(parts.iter().map(|part| part.points.len()).collect::<Vec<_>>(), [51, 39]);
        assert_eq!(cut_where_it_turns_back(ridge(echo.collect())).len(), 1);
        assert!(cut_where_it_turns_back(ridge(Vec::new())).is_empty());
    }

    #[test]
    fn two_traces_side_by_side_stay_unnamed() {
        let shifted = |down: f32| {
            let mut trace = echo(Mode::O, 2.5, 4.5);
            trace.ridge.points.iter_mut().for_each(|point| point.y += down);
            trace
        };
        let mut traces = vec![shifted(0.0), shifted(120.0)];
        name_by_order(&mut traces, &grid(), &TraceConfig::default());
        assert!(traces.iter().all(|trace| trace.mode == Mode::Unknown));
    }

    #[test]
    fn tails_are_exchanged_where_ridges_ran_straight_through_the_crossing() {
        let line = |points: &[(f32, f32)]| {
            let points = points.windows(2).flat_map(|ends| {
                let [(x0, y0), (x1, y1)] = [ends[0], ends[1]];
                (0..40).map(move |i| i as f32 / 40.0).map(move |t| (x0 + t * (x1 - x0), y0 + t * (y1 - y0)))
            });
            let points = points.map(|(x, y)| TracePoint { x, y, edge_y: y, amplitude: 200 }).collect();
            Trace { ridge: Ridge { points, contrast: 7.0 }, ..echo(Mode::O, 2.0, 2.1) }
        };
        // O should be the deeper one behind the touch at column 200, but the ridges were linked the other way.
        let mut traces = vec![
            line(&[(0.0, 0.0), (200.0, 80.0), (300.0, 90.0)]),
            line(&[(0.0, 60.0), (200.0, 83.0), (300.0, 190.0)]),
        ];
        assert!(sort_tails(&mut traces, 0, 1));
        let end = |trace: &Trace| trace.ridge.points.last().map_or(0.0, |p| p.y);
        assert!(end(&traces[0]) > 150.0 && end(&traces[1]) < 100.0);
    }
}

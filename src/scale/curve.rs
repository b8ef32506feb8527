//! Traces as curves in physical units: their ends, heights and pieces.

use super::Scene;
use crate::model::{Layer, Mode, Trace, TracePoint};

/// Lowest virtual height of an echo from the F region, km. What begins lower belongs to E or sporadic E.
pub(super) const E_REGION_KM: f64 = 155.0;

/// A trace in physical units, from low to high frequency.
#[derive(Debug, Clone)]
pub(super) struct Curve {
    pub(super) points: Vec<Point>,
    pub(super) mode: Mode,
    pub(super) hop: u8,
    pub(super) confidence: f64,
    /// A multiple of an echo of the E region.
    pub(super) repeats_low: bool,
}

/// A point of a trace.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    pub(super) mhz: f64,
    /// Leading edge, km.
    pub(super) edge_km: f64,
    /// Centre of the echo, km.
    pub(super) centre_km: f64,
    /// One sigma of the frequency, MHz.
    pub(super) sigma_mhz: f64,
    /// Echo strength, 0 to 255.
    pub(super) amplitude: f64,
}

impl Curve {
    pub(super) fn of(trace: &Trace, scene: &Scene<'_>) -> Self {
        let mut points: Vec<Point> =
            trace.ridge.points.iter().map(|point| place(point, scene)).filter(|p| p.mhz.is_finite()).collect();
        points.sort_by(|a, b| a.mhz.total_cmp(&b.mhz).then(a.edge_km.total_cmp(&b.edge_km)));
        Self {
            points,
            mode: trace.mode,
            hop: trace.hop,
            confidence: f64::from(trace.confidence),
            repeats_low: trace.hop > 1 && matches!(trace.layer, Layer::E | Layer::Es),
        }
    }

    pub(super) fn first_mhz(&self) -> f64 {
        self.points.first().map_or(0.0, |point| point.mhz)
    }

    pub(super) fn last_mhz(&self) -> f64 {
        self.points.last().map_or(0.0, |point| point.mhz)
    }

    /// Logarithm of the ratio of its frequencies.
    pub(super) fn span(&self) -> f64 {
        (self.last_mhz() / self.first_mhz().max(0.1)).ln()
    }

    pub(super) fn lowest_km(&self) -> f64 {
        self.points.iter().map(|point| point.edge_km).fold(f64::MAX, f64::min)
    }

    pub(super) fn median_km(&self) -> f64 {
        median(self.points.iter().map(|point| point.edge_km))
    }

    /// Range of its heights, km.
    pub(super) fn rise(&self) -> f64 {
        let edges = self.points.iter().map(|point| point.edge_km);
        let (least, most) = edges.fold((f64::MAX, f64::MIN), |(least, most), km| (least.min(km), most.max(km)));
        most - least
    }

    /// Usual strength of its echo.
    pub(super) fn strength(&self) -> f64 {
        strength(&self.points)
    }

    /// As level as only the echo of a thin sheet is, over a span in which every thick layer's trace is bent.
    pub(super) fn is_level(&self) -> bool {
        let middle = self.median_km();
        let near = self.points.iter().filter(|point| (point.edge_km - middle).abs() < LEVEL_KM).count();
        self.span() > LEVEL_SPAN && 10 * near > 9 * self.points.len()
    }

    /// The curve comes down from a cusp at its low-frequency end: a lower layer ends there.
    pub(super) fn falls_first(&self) -> bool {
        falls_first(&self.points)
    }

    /// Rise of the leading edge from its lowest point to its high-frequency end, km.
    pub(super) fn end_rise(&self) -> f64 {
        let n = self.points.len();
        let lowest = self.points.iter().map(|point| point.centre_km).fold(f64::MAX, f64::min);
        let end = &self.points[n - (n / 12).clamp(1, n)..];
        end.iter().map(|point| point.centre_km).fold(f64::MAX, f64::min) - lowest
    }

    /// A first echo of the F region or a multiple of one.
    pub(super) fn is_f(&self) -> bool {
        !self.is_low() && !self.repeats_low
    }

    /// Height of the leading edge at a frequency, between points; `None` outside.
    pub(super) fn edge_at(&self, mhz: f64) -> Option<f64> {
        let i = self.points.partition_point(|point| point.mhz < mhz);
        let (after, before) = (self.points.get(i)?, self.points.get(i.checked_sub(1)?)?);
        let width = after.mhz - before.mhz;
        let share = if width > 0.0 { (mhz - before.mhz) / width } else { 0.0 };
        Some(before.edge_km + share * (after.edge_km - before.edge_km))
    }

    /// Share of the curve that stands at multiples of the heights of others.
    pub(super) fn repeats(&self, others: &[Self]) -> f64 {
        let fits = |point: &&Point| others.iter().any(|other| other.repeated_by(point));
        self.points.iter().filter(fits).count() as f64 / self.points.len().max(1) as f64
    }

    /// The point stands at a multiple of the height of the curve.
    pub(super) fn repeated_by(&self, point: &Point) -> bool {
        let at = |hop: f64, km: f64| (point.edge_km - hop * km).abs() < MULTIPLE_SHARE * point.edge_km;
        self.edge_at(point.mhz).is_some_and(|km| at(2.0, km) || at(3.0, km) || at(4.0, km))
    }

    /// Pieces between the cusps inside the curve: where it rises, turns and falls by more than `km` each, a layer ends.
    pub(super) fn split_at_cusps(self, km: f64) -> Vec<Self> {
        let n = self.points.len();
        let edge = |i: usize| self.points[i].edge_km;
        let mut cuts = Vec::new();
        let mut floor = f64::MAX;
        let (mut peak, mut peak_at) = (f64::MIN, 0);
        for i in 0..n {
            if peak > f64::MIN && edge(i) > peak || peak == f64::MIN && edge(i) > floor + km {
                (peak, peak_at) = (edge(i), i);
            } else if peak > f64::MIN && edge(i) < peak - km {
                cuts.push(peak_at);
                (floor, peak) = (edge(i), f64::MIN);
            } else if peak == f64::MIN {
                floor = floor.min(edge(i));
            }
        }
        cuts.push(n);
        let mut start = 0;
        let mut out = Vec::new();
        for cut in cuts {
            if cut - start >= 4 {
                out.push(Self { points: self.points[start..cut].to_vec(), ..self.clone() });
            }
            start = cut;
        }
        out
    }

    /// Two pieces where the curve rises steeply and goes on much less steeply: one layer's trace only grows steeper towards its
    /// cusp, so that the next layer's begins there.
    pub(super) fn split_at_kink(self) -> Vec<Self> {
        let n = self.points.len();
        let rise = |from: usize, to: usize| self.points[to].edge_km - self.points[from].edge_km;
        let slope =
            |from: usize, to: usize| rise(from, to) / (self.points[to].mhz / self.points[from].mhz).ln().max(1e-6);
        let kink = |at: usize| {
            let before = (0..at).rev().find(|&i| rise(i, at) > KINK_KM)?;
            let after = at + KINK_POINTS.max(n / 10);
            // The gap that was bridged belongs to neither side.
            let begins = (at + 1..n.saturating_sub(1)).find(|&i| self.points[i].mhz > self.points[at].mhz)?;
            let (steep, flat) = (slope(before, at), slope(begins, after.max(begins + 1)).max(1.0));
            (steep > KINK * flat && steep > KINK_SLOPE).then_some((steep / flat, begins))
        };
        let last = n.saturating_sub(2 * KINK_POINTS.max(n / 10));
        let best = (KINK_POINTS..last).filter_map(kink).max_by(|a, b| a.0.total_cmp(&b.0));
        match best {
            None => vec![self],
            Some((_, at)) => {
                let piece = |points: &[Point]| Self { points: points.to_vec(), ..self.clone() };
                vec![piece(&self.points[..at]), piece(&self.points[at..])]
            }
        }
    }

    /// An echo of the E region: E or sporadic E.
    pub(super) fn is_low(&self) -> bool {
        self.tenth_km().is_some_and(|km| km < E_REGION_KM)
    }

    /// The height below which a tenth of the points lie.
    pub(super) fn tenth_km(&self) -> Option<f64> {
        let mut all: Vec<f64> = self.points.iter().map(|point| point.edge_km).collect();
        all.sort_by(f64::total_cmp);
        all.get(all.len() / 10).copied()
    }
}

/// Median strength of points.
pub(super) fn strength(points: &[Point]) -> f64 {
    median(points.iter().map(|point| point.amplitude))
}

/// The upper median; 0 of nothing.
pub(super) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut all: Vec<f64> = values.collect();
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or(0.0)
}

/// Whether a trace comes down from a cusp at its low-frequency end.
pub(super) fn falls_first(points: &[Point]) -> bool {
    let n = points.len();
    let lowest = points.iter().map(|point| point.edge_km).fold(f64::MAX, f64::min);
    n > 8 && points[..n / 10 + 1].iter().all(|point| point.edge_km > lowest + FALL_KM)
}

/// Distance from its middle height within which a level trace stays, km, and its least span, as a logarithm of frequencies.
const LEVEL_KM: f64 = 4.0;
const LEVEL_SPAN: f64 = 0.45;
/// Least fall from a cusp at the low end of a trace, km.
const FALL_KM: f64 = 15.0;

/// How near to a multiple's height a point must stand, as a share of it.
const MULTIPLE_SHARE: f64 = 0.03;
/// Rise before a kink over which its slope is taken, km; points after it; ratio of the slopes; least slope before, km for each
/// unit of the frequency's logarithm.
const KINK_KM: f64 = 25.0;
const KINK_POINTS: usize = 8;
const KINK: f64 = 4.0;
const KINK_SLOPE: f64 = 1500.0;

fn place(point: &TracePoint, scene: &Scene<'_>) -> Point {
    let (x, y, edge) = (f64::from(point.x), f64::from(point.y), f64::from(point.edge_y));
    let step = scene.sweep.mhz_at(x + 0.5, y) - scene.sweep.mhz_at(x - 0.5, y);
    Point {
        mhz: scene.sweep.mhz_at(x, y),
        edge_km: scene.range.km_at(x, edge),
        centre_km: scene.range.km_at(x, y),
        sigma_mhz: (step.abs() * scene.place_px).max(1e-4),
        amplitude: f64::from(point.amplitude),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(points: impl Iterator<Item = (f64, f64)>) -> Curve {
        let point = |(mhz, km)| Point { mhz, edge_km: km, centre_km: km, sigma_mhz: 0.01, amplitude: 200.0 };
        Curve { points: points.map(point).collect(), mode: Mode::Unknown, hop: 1, confidence: 0.3, repeats_low: false }
    }

    /// Rises to a cusp at 4 MHz.
    fn rising() -> impl Iterator<Item = (f64, f64)> {
        (0..60).map(|i| 2.6 + 1.37 * f64::from(i) / 59.0).map(|mhz| (mhz, 200.0 - 40.0 * (1.0 - mhz / 4.0).ln()))
    }

    #[test]
    fn a_trace_is_cut_where_it_goes_on_less_steeply_than_towards_a_cusp() {
        let next = (0..40).map(|i| 4.1 + 0.02 * f64::from(i)).map(|mhz| (mhz, 400.0 + 30.0 * (mhz - 4.1)));
        let pieces = curve(rising().chain(next)).split_at_kink();
        assert_eq!(pieces.len(), 2);
        assert!((pieces[0].last_mhz() - 3.97).abs() < 0.05, "{}", pieces[0].last_mhz());
        assert_eq!(curve(rising()).split_at_kink().len(), 1, "a layer's own trace only grows steeper");
    }

    #[test]
    fn a_trace_that_stays_level_is_of_a_sheet() {
        let at = |bend: f64| curve((0..60).map(move |i| (2.0 + 0.05 * f64::from(i), 200.0 + bend * f64::from(i % 60))));
        assert!(at(0.02).is_level());
        assert!(!at(0.5).is_level());
    }

    #[test]
    fn the_last_point_alone_is_no_piece_after_a_kink() {
        let steep = (0..85).map(|i| (3.0 + 0.01 * f64::from(i), 200.0 + 0.001 * f64::from(i).powi(3)));
        let end = (0..30).map(|_| (3.84, 792.0)).chain([(4.4, 795.0)]);
        let all = curve(steep.chain(end));
        let n = all.points.len();
        assert_eq!(all.split_at_kink().iter().map(|piece| piece.points.len()).sum::<usize>(), n);
    }
}

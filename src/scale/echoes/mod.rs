//! Traces as curves of frequency and virtual height.

use super::ScalingGeometry;
use crate::model::{Layer, Mode, Trace, TracePoint};
use crate::statistics::upper_median;

/// A point of an assigned trace.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct EchoPoint {
    pub(super) mhz: f64,
    /// Virtual height of the leading edge, km.
    pub(super) edge_km: f64,
    /// One sigma of the frequency, from that of the point's place on the film.
    pub(super) sigma_mhz: f64,
}

/// An assigned trace, its points from low to high frequency.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct EchoCurve {
    pub(super) mode: Mode,
    pub(super) layer: Layer,
    pub(super) hop: u8,
    /// Probability of what the trace was assigned to.
    pub(super) confidence: f64,
    pub(super) points: Vec<EchoPoint>,
}

/// Window over whose points a lowest height is the least median, so that no stray point decides.
const WINDOW: usize = 7;
/// Fewest points that have a lowest height.
const FEWEST: usize = 4;

/// The traces of a frame on its axes.
pub(super) fn curves(traces: &[Trace], geometry: &ScalingGeometry<'_>) -> Vec<EchoCurve> {
    traces
        .iter()
        .map(|trace| {
            let mut points: Vec<EchoPoint> =
                trace.ridge.points.iter().map(|point| place(point, geometry)).filter(|p| p.mhz.is_finite()).collect();
            points.sort_by(|a, b| a.mhz.total_cmp(&b.mhz).then(a.edge_km.total_cmp(&b.edge_km)));
            let confidence = f64::from(trace.confidence);
            EchoCurve { mode: trace.mode, layer: trace.layer, hop: trace.hop, confidence, points }
        })
        .filter(|curve| !curve.points.is_empty())
        .collect()
}

fn place(point: &TracePoint, geometry: &ScalingGeometry<'_>) -> EchoPoint {
    let (x, y, edge) = (f64::from(point.x), f64::from(point.y), f64::from(point.edge_y));
    let step = geometry.sweep.mhz_at(x + 0.5, y) - geometry.sweep.mhz_at(x - 0.5, y);
    EchoPoint {
        mhz: geometry.sweep.mhz_at(x, y),
        edge_km: geometry.range.km_at(x, edge),
        sigma_mhz: (step.abs() * geometry.position_px).max(1e-4),
    }
}

impl EchoCurve {
    pub(super) fn is_first(&self, mode: Mode, layers: &[Layer]) -> bool {
        self.hop == 1 && self.mode == mode && layers.contains(&self.layer)
    }

    /// Lowest height of the leading edge among the points between two frequencies.
    pub(super) fn lowest_km(&self, from_mhz: f64, to_mhz: f64) -> Option<f64> {
        let inside = self.points.iter().filter(|point| (from_mhz..=to_mhz).contains(&point.mhz));
        let edges: Vec<f64> = inside.map(|point| point.edge_km).collect();
        if edges.len() < FEWEST {
            return None;
        }
        edges.windows(WINDOW.min(edges.len())).filter_map(|window| upper_median(window.to_vec())).reduce(f64::min)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stray_point_is_no_lowest_height() {
        let point = |i: u32| EchoPoint {
            mhz: 3.0 + 0.05 * f64::from(i),
            edge_km: if i == 9 { 190.0 } else { 240.0 + 0.3 * (f64::from(i) - 12.0).powi(2) },
            sigma_mhz: 0.01,
        };
        let points = (0..30).map(point).collect();
        let curve = EchoCurve { mode: Mode::O, layer: Layer::F, hop: 1, confidence: 0.9, points };
        let lowest = curve.lowest_km(0.0, 20.0).unwrap();
        assert!((240.0..243.0).contains(&lowest), "{lowest}");
        assert_eq!(curve.lowest_km(0.0, 3.1), None, "too few points");
    }
}

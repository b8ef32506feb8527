//! The echo of a layer as a curve, and how far points of the film lie from it.

use crate::model::{Grid, Mode};
use crate::physics::Topside;

/// A point of a ridge in physical units, with the frame pixels that a MHz and a km are there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sample {
    pub(super) mhz: f64,
    pub(super) km: f64,
    pub(super) px_per_mhz: f64,
    pub(super) px_per_km: f64,
}

impl Sample {
    /// The sample at a point in frame pixels; `None` without axes or where they end.
    pub(super) fn at(x: f64, y: f64, grid: &Grid) -> Option<Self> {
        let (sweep, range) = (grid.sweep.as_ref()?, grid.range.as_ref()?);
        let per = |step: f64| 2.0 / step.abs().max(1e-6);
        let sample = Self {
            mhz: sweep.mhz_at(x, y),
            km: range.km_at(x, y),
            px_per_mhz: per(sweep.mhz_at(x + 1.0, y) - sweep.mhz_at(x - 1.0, y)),
            px_per_km: per(range.km_at(x, y + 1.0) - range.km_at(x, y - 1.0)),
        };
        (sample.mhz > 0.0 && sample.km > 0.0).then_some(sample)
    }
}

/// Points of a curve (MHz, km) from low to high frequency.
#[derive(Debug, Clone)]
pub(super) struct Curve(Vec<(f64, f64)>);

impl Curve {
    pub(super) fn of(layer: &Topside, mode: Mode, steps: usize) -> Self {
        let [from, to] = layer.band_mhz(mode);
        let points = (1..steps).filter_map(|i| {
            // Steep at both ends, where the steps are therefore fine.
            let share = 0.5 - 0.5 * (std::f64::consts::PI * i as f64 / steps as f64).cos();
            let mhz = from + share * (to - from);
            Some((mhz, layer.range_km(mhz, mode)?))
        });
        Self(points.collect())
    }

    /// Its pieces, each from one point (MHz, km) to the next.
    pub(super) fn segments(&self) -> impl Iterator<Item = &[(f64, f64)]> {
        self.0.windows(2)
    }

    /// Distance of a point, frame pixels.
    pub(super) fn distance(&self, sample: &Sample) -> f64 {
        let place =
            |&(mhz, km): &(f64, f64)| ((mhz - sample.mhz) * sample.px_per_mhz, (km - sample.km) * sample.px_per_km);
        let mut least = f64::MAX;
        let mut points = self.0.iter().map(place);
        let Some(mut before) = points.next() else { return f64::MAX };
        for here in points {
            let (dx, dy) = (here.0 - before.0, here.1 - before.1);
            let t = (-(before.0 * dx + before.1 * dy) / (dx * dx + dy * dy).max(1e-9)).clamp(0.0, 1.0);
            let (x, y) = (before.0 + t * dx, before.1 + t * dy);
            least = least.min(x * x + y * y);
            before = here;
        }
        least.sqrt()
    }

    /// Range at a frequency, km.
    pub(super) fn km_at(&self, mhz: f64) -> Option<f64> {
        let i = self.0.partition_point(|point| point.0 <= mhz);
        let (before, after) = (self.0.get(i.checked_sub(1)?)?, self.0.get(i)?);
        Some(before.1 + (after.1 - before.1) * (mhz - before.0) / (after.0 - before.0))
    }
}

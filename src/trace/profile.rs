//! A ridge in physical units: height against frequency.

use crate::model::{Grid, Ridge};

/// Points of a ridge as (MHz, km) in the order of the ridge.
#[derive(Debug, Clone)]
pub(super) struct Profile {
    points: Vec<(f64, f64)>,
}

impl Profile {
    /// `None` without both axes or with fewer than three points.
    pub(super) fn of(ridge: &Ridge, grid: &Grid) -> Option<Self> {
        let (sweep, range) = (grid.sweep.as_ref()?, grid.range.as_ref()?);
        let points: Vec<(f64, f64)> = ridge
            .points
            .iter()
            .map(|p| {
                let (x, y) = (f64::from(p.x), f64::from(p.y));
                (sweep.mhz_at(x, y), range.km_at(x, y))
            })
            .filter(|(mhz, km)| mhz.is_finite() && km.is_finite())
            .collect();
        (points.len() >= 3).then_some(Self { points })
    }

    pub(super) fn first_mhz(&self) -> f64 {
        self.points.iter().map(|p| p.0).fold(f64::MAX, f64::min)
    }

    pub(super) fn last_mhz(&self) -> f64 {
        self.points.iter().map(|p| p.0).fold(f64::MIN, f64::max)
    }

    pub(super) fn span_mhz(&self) -> f64 {
        self.last_mhz() - self.first_mhz()
    }

    pub(super) fn lowest_km(&self) -> f64 {
        self.points.iter().map(|p| p.1).fold(f64::MAX, f64::min)
    }

    pub(super) fn highest_km(&self) -> f64 {
        self.points.iter().map(|p| p.1).fold(f64::MIN, f64::max)
    }

    pub(super) fn median_km(&self) -> f64 {
        median(self.points.iter().map(|p| p.1).collect()).unwrap_or(0.0)
    }

    /// Height at the end of high frequency.
    pub(super) fn end_km(&self) -> f64 {
        self.points.last().map_or(0.0, |p| p.1)
    }

    /// The highest frequency at which the ridge crosses a height on its way to the cusp.
    pub(super) fn mhz_at(&self, km: f64) -> Option<f64> {
        self.points
            .windows(2)
            .filter(|pair| pair[0].1 <= km && km < pair[1].1)
            .map(|pair| pair[0].0 + (pair[1].0 - pair[0].0) * (km - pair[0].1) / (pair[1].1 - pair[0].1))
            .reduce(f64::max)
    }

    /// Height at a frequency, the lowest where there are several.
    fn km_at(&self, mhz: f64) -> Option<f64> {
        self.crossings(mhz).reduce(f64::min)
    }

    fn crossings(&self, mhz: f64) -> impl Iterator<Item = f64> {
        self.points
            .windows(2)
            .filter(move |pair| (pair[0].0 - mhz) * (pair[1].0 - mhz) <= 0.0 && pair[0].0 != pair[1].0)
            .map(move |pair| pair[0].1 + (pair[1].1 - pair[0].1) * (mhz - pair[0].0) / (pair[1].0 - pair[0].0))
    }

    /// Height of this ridge and of `lower` at each frequency that both have; `None` if they share less than half of this
    /// ridge.
    pub(super) fn over(&self, lower: &Self) -> Option<Vec<(f64, f64)>> {
        let both = self.points.iter().filter_map(|&(mhz, km)| lower.km_at(mhz).map(|base| (km, base)));
        let shared: Vec<(f64, f64)> = both.collect();
        (shared.len() >= 4 && 2 * shared.len() >= self.points.len()).then_some(shared)
    }
}

/// Median relative difference of heights from `hop` times those below them, and the difference that four fifths of them
/// keep.
pub(super) fn misfit(shared: &[(f64, f64)], hop: f64) -> (f64, f64) {
    let difference = |&(km, base): &(f64, f64)| (km / (hop * base).max(1.0) - 1.0).abs();
    let mut differences: Vec<f64> = shared.iter().map(difference).collect();
    differences.sort_by(f64::total_cmp);
    (differences[differences.len() / 2], differences[4 * differences.len() / 5])
}

/// The middle value.
pub(super) fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

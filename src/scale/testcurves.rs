//! Curves of exact virtual heights and the axes to read them by, for tests.

use super::Scene;
use super::curve::{Curve, Point};
use crate::model::{Mode, RangeAxis, Sweep};
use crate::physics::{Profile, Stratum, x_of_o};
use std::sync::LazyLock;

static AXES: LazyLock<(Sweep, RangeAxis)> = LazyLock::new(Default::default);

/// A station at middle latitudes, with a field of 1.35 MHz.
pub(super) fn scene() -> Scene<'static> {
    Scene {
        sweep: &AXES.0,
        range: &AXES.1,
        mhz_error: 0.01,
        km_error: 2.0,
        band_mhz: [1.0, 20.0],
        top_km: 800.0,
        mhz_axis: 0.0,
        km_scatter: 3.0,
        place_px: 1.0,
        gyro_mhz: 1.35,
        gyro_known: true,
        sin2: 0.12,
        interfered: &[],
        sun: None,
    }
}

/// A layer of an ionosphere.
pub(super) fn stratum(critical_mhz: f64, peak_km: f64, half_km: f64) -> Stratum {
    Stratum { critical_mhz, peak_km, half_km, scale_km: 60.0, scale_growth: 0.1 }
}

/// An ionosphere over the station of [`scene`].
pub(super) fn sky(strata: Vec<Stratum>) -> Profile {
    Profile { strata, gyro_mhz: 1.35, sin2: 0.12, sounder_km: 0.0 }
}

/// The traces of some components over ranges of plasma frequency, denser towards the upper ends, without names.
pub(super) fn traces(profile: &Profile, modes: &[Mode], ranges: &[(f64, f64)]) -> Vec<Curve> {
    let curve = |mode: Mode, &(from, to): &(f64, f64)| {
        let limit = |mhz: f64| if mode == Mode::X { x_of_o(mhz, profile.gyro_at(270.0)) } else { mhz };
        let (from, to) = (limit(from), limit(to));
        let points = (0..80)
            .map(|i| to - (to - from) * (1.0 - f64::from(i) / 79.0).powi(2))
            .filter_map(|mhz| Some((mhz, profile.virtual_range(mhz, mode)?)))
            .map(|(mhz, km)| Point { mhz, edge_km: km, centre_km: km, sigma_mhz: 0.01, amplitude: 200.0 })
            .collect();
        Curve { points, mode: Mode::Unknown, hop: 1, confidence: 0.3, repeats_low: false }
    };
    modes.iter().flat_map(|mode| ranges.iter().map(|range| curve(*mode, range))).collect()
}

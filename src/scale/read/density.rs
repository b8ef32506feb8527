//! The electron density profile that explains the O trace.
//!
//! Without a magnetic field the true height at which a plasma frequency is reached is the mean of the virtual heights over
//! a quarter turn, h(fN) = 2/pi int h'(fN sin a) da (Abel's inversion; Appleton, Proc. Phys. Soc. 42, 1930). The field
//! slows O a little more: the bounds hold that, and the valley above E, which no echo shows.

use super::FrameContext;
use crate::model::{Layer, Mode};
use crate::scale::layer::FittedLayer;

/// Electron density at a height, with 95 % bounds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DensityPoint {
    /// True height, km.
    pub height_km: f64,
    /// Electrons in a cubic metre.
    pub electron_density_m3: f64,
    /// Lower bound.
    pub lower: f64,
    /// Upper bound.
    pub upper: f64,
}

/// Electrons in a cubic metre for each MHz^2 of the square of the plasma frequency.
const DENSITY: f64 = 1.2404e10;
/// Heights of the points, from one to the next, km.
const STEP_KM: f64 = 5.0;
/// One sigma of the true height beside that of the echoes, km: valley, field, and what lies below the first echo.
const UNSEEN_KM: f64 = 14.0;
/// Share of foF2 from which on the fitted layer stands for the trace.
const FITTED: f64 = 0.85;
/// Plasma frequencies at which the height is computed, and nodes of each mean.
const LEVELS: u32 = 60;
const NODES: u32 = 24;

/// Densities from the lowest echo seen to the F2 peak; none without a fitted F2 layer.
pub(super) fn density(frame: &FrameContext<'_>, f2: Option<&FittedLayer>) -> Vec<DensityPoint> {
    let Some(layer) = f2 else { return Vec::new() };
    let critical = layer.fit.layer.critical_mhz;
    let layers = [Layer::E, Layer::F, Layer::F1, Layer::F2];
    let ordinary = frame.curves.iter().filter(|curve| curve.is_first(Mode::O, &layers));
    let mut seen: Vec<(f64, f64)> = ordinary
        .flat_map(|curve| &curve.points)
        .map(|point| (point.mhz, point.edge_km))
        .filter(|(mhz, _)| *mhz < FITTED * critical)
        .collect();
    seen.sort_by(|a, b| a.0.total_cmp(&b.0));
    let Some(&(first, _)) = seen.first() else { return Vec::new() };
    let virtual_km = |mhz: f64| match layer.fit.km(mhz, Mode::O).filter(|_| mhz >= FITTED * critical) {
        Some(km) => km,
        None => between(&seen, mhz),
    };
    let levels: Vec<(f64, f64)> = (0..=LEVELS)
        .map(|i| first + (0.999 * critical - first) * f64::from(i) / f64::from(LEVELS))
        .map(|mhz| (true_km(mhz, virtual_km), mhz))
        .scan(0.0f64, |highest, (km, mhz)| {
            // Density never falls in what a trace shows.
            *highest = highest.max(km);
            Some((*highest, mhz))
        })
        .collect();
    let at = |km: f64| DENSITY * between(&levels, km).powi(2);
    let share = 1.96 * 2.0 * layer.sigma_mhz.hypot(frame.geometry.mhz_axis) / critical;
    let reach = 1.96 * frame.geometry.km_error.hypot(UNSEEN_KM);
    let (bottom, top) = (levels[0].0, levels[levels.len() - 1].0);
    ((bottom / STEP_KM).ceil() as i64..=(top / STEP_KM).floor() as i64)
        .map(|i| i as f64 * STEP_KM)
        .map(|km| DensityPoint {
            height_km: km,
            electron_density_m3: at(km),
            // Below the lowest echo there may be next to nothing.
            lower: if km - reach < bottom { 0.0 } else { at(km - reach) * (1.0 - share).max(0.0) },
            upper: at(km + reach) * (1.0 + share),
        })
        .collect()
}

/// Mean of the virtual heights over a quarter turn.
fn true_km(mhz: f64, virtual_km: impl Fn(f64) -> f64) -> f64 {
    let node = |i: u32| (f64::from(i) + 0.5) / f64::from(NODES) * std::f64::consts::FRAC_PI_2;
    (0..NODES).map(|i| virtual_km(mhz * node(i).sin())).sum::<f64>() / f64::from(NODES)
}

/// The value at a place between points in rising order; the end values outside.
fn between(points: &[(f64, f64)], place: f64) -> f64 {
    let i = points.partition_point(|point| point.0 < place);
    match (i.checked_sub(1).and_then(|i| points.get(i)), points.get(i)) {
        (Some(a), Some(b)) if b.0 > a.0 => a.1 + (b.1 - a.1) * (place - a.0) / (b.0 - a.0),
        (_, Some(one)) | (Some(one), None) => one.1,
        (None, None) => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_virtual_heights_of_a_parabola_give_the_parabola() {
        // h' = h0 + ym/2 x ln((1 + x) / (1 - x)) with x = f/fc; h = h0 + ym (1 - sqrt(1 - x^2)).
        let (foot, thickness, critical) = (200.0, 80.0, 6.0);
        let virtual_km = |mhz: f64| {
            let x = mhz / critical;
            foot + 0.5 * thickness * x * ((1.0 + x) / (1.0 - x)).ln()
        };
        for share in [0.3, 0.6, 0.9] {
            let expected = foot + thickness * (1.0 - (1.0f64 - share * share).sqrt());
            assert!((true_km(share * critical, virtual_km) - expected).abs() < 0.7, "{share}");
        }
    }

    #[test]
    fn points_are_joined_by_straight_lines() {
        let points = [(1.0, 10.0), (2.0, 30.0), (2.0, 40.0)];
        assert_eq!([0.5, 1.5, 9.0].map(|place| between(&points, place)), [10.0, 20.0, 40.0]);
    }
}

//! Turns traces into URSI characteristics with bounds and letters.
//!
//! In: [`Trace`]s in frame pixels and a complete [`Grid`]. Out: [`Characteristic`]s; one that cannot be read is a row
//! without a value whose descriptive letter says why.

mod bottomside;
mod cusp;
mod reading;
mod topside;
mod transmission;

pub use transmission::{maximum_usable_frequency, transmission_factor};

use crate::model::{Calibration, Characteristic, Grid, RangeAxis, Sounder, Station, Sweep, Trace};
use serde::{Deserialize, Serialize};

/// Parameters of the stage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ScaleConfig {
    /// Largest distance of the critical frequency above the last echo, as a share of it (1). Default 0.06.
    pub cusp_reach: f64,
    /// Rise of a trace near its end that counts as a cusp (km). Default 40.
    pub cusp_rise_km: f64,
    /// Width of the bounds over the value from which it is called uncertain, letter U (1). Default 0.05, the
    /// handbook's 5 %.
    pub uncertain_share: f64,
    /// Error of an echo's place on the film, one sigma (px). Default 1.5.
    pub place_error_px: f64,
    /// Gyrofrequency taken for bounds where the station is not known (MHz). Default 1.4.
    pub unknown_gyrofrequency_mhz: f64,
    /// How near to its predicted X frequency a trace must end to be taken for the X component (MHz). Default 0.2.
    pub component_tolerance_mhz: f64,
}

impl Default for ScaleConfig {
    fn default() -> Self {
        Self {
            cusp_reach: 0.06,
            cusp_rise_km: 40.0,
            uncertain_share: 0.05,
            place_error_px: 1.5,
            unknown_gyrofrequency_mhz: 1.4,
            component_tolerance_mhz: 0.2,
        }
    }
}

/// Axes and errors that every reading of a frame shares.
struct Scene<'a> {
    sweep: &'a Sweep,
    range: &'a RangeAxis,
    gyrofrequency_mhz: Option<f64>,
    /// One sigma of a frequency, from the calibration's residual and the place of an echo.
    mhz_error: f64,
    /// One sigma of a height.
    km_error: f64,
}

/// Scales the traces of one frame. Without both axes nothing is scaled.
pub fn scale(
    traces: &[Trace],
    grid: &Grid,
    station: Option<&Station>,
    calibration: &Calibration,
    config: &ScaleConfig,
) -> Vec<Characteristic> {
    let (Some(sweep), Some(range)) = (&grid.sweep, &grid.range) else { return Vec::new() };
    let middle = middle(traces);
    let px = config.place_error_px;
    let mhz_per_px = (sweep.mhz_at(middle.0 + 0.5, middle.1) - sweep.mhz_at(middle.0 - 0.5, middle.1)).abs();
    let km_per_px = (range.km_at(middle.0, middle.1 + 0.5) - range.km_at(middle.0, middle.1 - 0.5)).abs();
    let scene = Scene {
        sweep,
        range,
        gyrofrequency_mhz: station.and_then(|station| station.gyrofrequency_mhz),
        mhz_error: f64::from(grid.frequency_residual_mhz).hypot(px * mhz_per_px),
        km_error: f64::from(grid.height_residual_km).hypot(px * km_per_px),
    };
    match calibration.sounder {
        Sounder::Bottomside => bottomside::scale(traces, &scene, config),
        Sounder::Topside => topside::scale(traces, &scene),
    }
}

/// Mean place of all trace points in frame pixels.
fn middle(traces: &[Trace]) -> (f64, f64) {
    let points = || traces.iter().flat_map(|trace| &trace.ridge.points);
    let n = points().count().max(1) as f64;
    (points().map(|p| f64::from(p.x)).sum::<f64>() / n, points().map(|p| f64::from(p.y)).sum::<f64>() / n)
}

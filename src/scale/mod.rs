//! Turns echoes into URSI characteristics with bounds and letters.
//!
//! In: ridges in frame pixels, the labels of the echoes, and a complete [`Grid`]. Out: assigned [`Trace`]s and
//! [`Characteristic`]s; one that cannot be read is a row without a value whose descriptive letter says why.
//!
//! Four rooms: `assign` says which trace is what, `echoes` holds traces as curves, `layer` fits a layer of plasma to them,
//! `read` makes characteristics, letters and bounds of all that.

mod assign;
mod echoes;
mod layer;
mod read;

pub use assign::assign;
pub use read::density::DensityPoint;
pub use read::transmission::{maximum_usable_frequency, transmission_factor};

use crate::label::EchoLabels;
use crate::model::{Calibration, Characteristic, Grid, GridOrigin, RangeAxis, Sounder, Station, Sweep, Trace};
use crate::physics::{Field, zenith_cosine};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// Parameters of the stage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ScaleConfig {
    /// Half width of the bounds up to which a value has no letter for it: reading units, and share of the value (1); the
    /// larger counts. Default 1 and 0.02, as the handbook has it.
    pub plain_units: f64,
    /// See `plain_units`.
    pub plain_share: f64,
    /// Half width of the bounds up to which a value is given, with the letter U: reading units, and share of the value (1);
    /// the larger counts. Default 2 and 0.05, as the handbook has it.
    pub most_units: f64,
    /// See `most_units`.
    pub most_share: f64,
    /// Confidence below which a value is withheld (1). Default 0.4: what is more likely wrong than right by three to two.
    pub least_confidence: f32,
    /// Probability that the film shows a characteristic below which it is not given (1). Default 0.5.
    pub least_presence: f64,
    /// Probability of an F1 cusp from which there is at least a ledge, letter L (1). Default 0.15.
    pub ledge_presence: f64,
    /// Probability of spread F from which letters say so (1). Default 0.5.
    pub spread: f64,
    /// Share of the film's height above which a trace that ends leaves it (1). Default 0.93.
    pub leaves_film: f64,
    /// Ratio to the first frequency of the sweep up to which an echo counts as seen from there on (1). Default 1.02.
    pub at_band_start: f64,
    /// Error of an echo's place on the film, one sigma (px). Default 1.5.
    pub place_error_px: f64,
    /// Error of a lowest height, one sigma (px): it is the middle of several points. Default 0.7.
    pub height_error_px: f64,
    /// Scatter of a lowest height beside that of its place, one sigma (km). Default 2.0.
    pub height_spread_km: f64,
    /// Scatter of leading edges beside that of their place, one sigma (km). Default 2.5.
    pub edge_error_km: f64,
    /// Year of the field where the time is not known. Default 1970.
    pub unknown_year: f64,
    /// Gyrofrequency where the station is not known (MHz). Default 1.2.
    pub unknown_gyrofrequency_mhz: f64,
    /// Gyrofrequencies that are tried where the station is not known (MHz); that under which O and X agree best is taken. Default 1.2, 1.0, 1.4
    /// and 0.8: the Earth's field at the height of the F region.
    pub tried_gyrofrequencies_mhz: Vec<f64>,
    /// Square of the sine of the angle between field and vertical where the station's place is not known (1). Default 0.2.
    pub unknown_field_sin2: f64,
}

impl Default for ScaleConfig {
    fn default() -> Self {
        Self {
            plain_units: 1.0,
            plain_share: 0.02,
            most_units: 2.0,
            most_share: 0.05,
            least_confidence: 0.4,
            least_presence: 0.5,
            ledge_presence: 0.15,
            spread: 0.5,
            leaves_film: 0.93,
            at_band_start: 1.02,
            place_error_px: 1.5,
            height_error_px: 0.7,
            height_spread_km: 2.0,
            edge_error_km: 2.5,
            unknown_year: 1970.0,
            unknown_gyrofrequency_mhz: 1.2,
            tried_gyrofrequencies_mhz: vec![1.2, 1.0, 1.4, 0.8],
            unknown_field_sin2: 0.2,
        }
    }
}

/// Axes, errors and field that every reading of a frame shares.
#[derive(Clone, Copy)]
struct ScalingGeometry<'a> {
    sweep: &'a Sweep,
    range: &'a RangeAxis,
    /// One sigma of a frequency, from the calibration's residual and the place of an echo.
    mhz_error: f64,
    /// One sigma of a height.
    km_error: f64,
    /// First and last frequency of the sweep, MHz.
    band_mhz: [f64; 2],
    /// Greatest height on the film, km.
    top_km: f64,
    /// One sigma of the frequency axis, MHz.
    mhz_axis: f64,
    /// Scatter of a leading edge about its trace, one sigma, km.
    km_scatter: f64,
    /// Scatter of a place across a steep trace, one sigma, px.
    position_px: f64,
    /// Gyrofrequency at F region heights, MHz: the station's, or a usual one.
    gyro_mhz: f64,
    /// Square of the sine of the angle between the field and the vertical.
    sin2: f64,
    /// Frequencies that interference hides: first and last of each stretch, MHz.
    interfered: &'a [[f64; 2]],
    /// Cosine of the sun's zenith angle, where place and time are known.
    sun: Option<f64>,
}

impl ScalingGeometry<'_> {
    /// Interference hides the film somewhere between two frequencies.
    fn is_interfered(&self, from_mhz: f64, to_mhz: f64) -> bool {
        self.interfered.iter().any(|[from, to]| *from <= to_mhz && from_mhz <= *to)
    }
}

/// The gyrofrequency in the middle of those of the instrument's stations.
fn usual_gyro(calibration: &Calibration) -> Option<f64> {
    let mut all: Vec<f64> = calibration.stations.iter().filter_map(|station| station.gyrofrequency_mhz).collect();
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied()
}

/// What is scaled of one frame.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Scaled {
    /// Values with bounds and letters.
    pub characteristics: Vec<Characteristic>,
    /// The electron density that explains the echoes, by height; empty for topside soundings and where nothing is seen.
    pub profile: Vec<DensityPoint>,
}

/// Where and when a frame was taken, and where it cannot be read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Observation<'a> {
    /// The station, if it is known.
    pub station: Option<&'a Station>,
    /// Time of the sounding, if it is known.
    pub time: Option<Timestamp>,
    /// Columns that interference makes unreadable, in frame pixels.
    pub masked: &'a [[f32; 2]],
    /// What the labeller says; `None` for topside soundings and where there is no panel.
    pub labels: Option<&'a EchoLabels>,
}

/// The Earth's field over a station at the height of the F region.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StationField {
    /// Gyrofrequency at 300 km, MHz: the station's, else by IGRF at its place, else one in the middle of the instrument's stations,
    /// else the usual one.
    pub gyro_mhz: f64,
    /// The gyrofrequency is that of the station or of its place.
    pub is_known: bool,
    /// Square of the sine of the angle between the field and the vertical, by IGRF at the station's place, else the usual one.
    pub sin2: f64,
}

impl StationField {
    /// Gyrofrequencies with which a frame is tried, MHz.
    pub fn gyros_mhz(&self, config: &ScaleConfig) -> Vec<f64> {
        if self.is_known { vec![self.gyro_mhz] } else { config.tried_gyrofrequencies_mhz.clone() }
    }
}

/// The field with which a frame is read.
pub fn station_field(
    station: Option<&Station>,
    time: Option<Timestamp>,
    calibration: &Calibration,
    config: &ScaleConfig,
) -> StationField {
    let year = time.map_or(config.unknown_year, |time| {
        let date = time.to_zoned(TimeZone::UTC);
        f64::from(date.year()) + f64::from(date.day_of_year()) / 366.0
    });
    let place = station.and_then(|station| station.latitude.zip(station.longitude));
    let model = place.map(|(latitude, longitude)| Field::at(latitude, longitude, F_REGION_KM, year));
    let own = station.and_then(|station| station.gyrofrequency_mhz).or(model.map(|field| field.gyro_mhz));
    StationField {
        is_known: own.is_some(),
        gyro_mhz: own.or_else(|| usual_gyro(calibration)).unwrap_or(config.unknown_gyrofrequency_mhz),
        sin2: model.map_or(config.unknown_field_sin2, |field| field.sin2()),
    }
}

/// Height for which gyrofrequencies are given, km.
const F_REGION_KM: f64 = 300.0;

/// Cosine of the sun's zenith angle over a station.
fn sun(station: &Station, time: Timestamp) -> Option<f64> {
    let utc = time.to_zoned(TimeZone::UTC);
    let hour = utc.duration_since(&utc.start_of_day().ok()?).as_secs_f64() / 3600.0;
    Some(zenith_cosine(station.latitude?, station.longitude?, f64::from(utc.day_of_year()), hour))
}

/// Scales the assigned traces of one frame. Without both axes nothing is scaled.
pub fn scale(
    traces: &[Trace],
    grid: &Grid,
    observation: &Observation<'_>,
    calibration: &Calibration,
    config: &ScaleConfig,
) -> Scaled {
    let Observation { station, time, masked, labels } = *observation;
    let (Some(sweep), Some(range)) = (&grid.sweep, &grid.range) else { return Scaled::default() };
    let middle = middle(traces);
    let px = config.place_error_px;
    let mhz_per_px = (sweep.mhz_at(middle.0 + 0.5, middle.1) - sweep.mhz_at(middle.0 - 0.5, middle.1)).abs();
    let km_per_px = (range.km_at(middle.0, middle.1 + 0.5) - range.km_at(middle.0, middle.1 - 0.5)).abs();
    let at = |x: f32| sweep.mhz_at(f64::from(x), middle.1);
    let interfered: Vec<[f64; 2]> = masked.iter().map(|[from, to]| [at(*from), at(*to)]).collect();
    let field = station_field(station, time, calibration, config);
    let geometry = ScalingGeometry {
        sweep,
        range,
        mhz_error: f64::from(grid.frequency_residual_mhz).hypot(px * mhz_per_px),
        km_error: f64::from(grid.height_residual_km).hypot(config.height_error_px * km_per_px),
        band_mhz: band(grid, calibration),
        top_km: top(grid, range, calibration),
        mhz_axis: f64::from(grid.frequency_residual_mhz),
        km_scatter: (px * km_per_px).hypot(config.edge_error_km),
        position_px: px,
        gyro_mhz: labels.map_or(field.gyro_mhz, |labels| labels.gyro_mhz),
        sin2: field.sin2,
        interfered: &interfered,
        sun: station.zip(time).and_then(|(station, time)| sun(station, time)),
    };
    match (calibration.sounder, labels) {
        (Sounder::Bottomside, Some(labels)) => read::bottomside(traces, labels, &geometry, config),
        (Sounder::Bottomside, None) => Scaled::default(),
        (Sounder::Topside, _) => {
            Scaled { characteristics: read::topside::scale(traces, &geometry), profile: Vec::new() }
        }
    }
}

/// First and last frequency: those of the picture where its limits are the axis.
pub fn band(grid: &Grid, calibration: &Calibration) -> [f64; 2] {
    let Some(sweep) = &grid.sweep else { return [calibration.sweep.start_mhz, calibration.sweep.stop_mhz] };
    let ends = sweep.curve.value.first().zip(sweep.curve.value.last());
    match ends.filter(|_| grid.origin == GridOrigin::Limits) {
        Some((first, last)) if sweep.logarithmic => [first.exp(), last.exp()],
        Some((first, last)) => [*first, *last],
        None => [calibration.sweep.start_mhz, calibration.sweep.stop_mhz],
    }
}

/// Greatest height on the film.
fn top(grid: &Grid, range: &RangeAxis, calibration: &Calibration) -> f64 {
    let highest = range.curve.value.iter().copied().reduce(f64::max);
    highest.filter(|_| grid.origin == GridOrigin::Limits).unwrap_or(calibration.height.stop_km)
}

/// Mean place of all trace points in frame pixels.
fn middle(traces: &[Trace]) -> (f64, f64) {
    let points = || traces.iter().flat_map(|trace| &trace.ridge.points);
    let n = points().count().max(1) as f64;
    (points().map(|p| f64::from(p.x)).sum::<f64>() / n, points().map(|p| f64::from(p.y)).sum::<f64>() / n)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::shipped_calibration;

    #[test]
    fn the_field_is_the_stations_or_that_of_its_place() {
        let calibration = shipped_calibration("c4").unwrap();
        let config = ScaleConfig::default();
        let mut station = calibration.stations[0].clone();
        let field = |station: &Station| station_field(Some(station), None, &calibration, &config);
        assert_eq!(field(&station).gyro_mhz, 1.2);
        station.gyrofrequency_mhz = None;
        let wuhan = field(&station);
        assert!((wuhan.gyro_mhz - 1.2).abs() < 0.08 && (0.3..0.7).contains(&wuhan.sin2), "{wuhan:?}");
        station.longitude = None;
        assert_eq!(field(&station).sin2, config.unknown_field_sin2);
    }
}

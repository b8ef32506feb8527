//! Characteristics of a ground-based ionogram.

use super::density::{DensityPoint, density};
use super::eregion::{BEYOND, ERegion, e_region};
use super::fregion::{FRegion, f_region};
use super::layer::NO_THIRD;
use super::letters::Condition;
use super::naming::{Named, name};
use super::reading::{Accuracy, Reading, absent};
use super::refine::Upper;
use super::sample::{Curve, Point, curves, strength};
use super::{ScaleConfig, Scaled, Scene, e_rows, f_rows};
use crate::model::{Characteristic, CharacteristicName as Name, Trace};

/// What the rows of a frame are made from.
pub(super) struct Sight<'a> {
    pub(super) curves: &'a [Curve],
    pub(super) region: Option<&'a FRegion>,
    pub(super) named: &'a Named,
    pub(super) low: &'a ERegion,
    /// With the field that the F region shows.
    pub(super) scene: &'a Scene<'a>,
    pub(super) config: &'a ScaleConfig,
    /// The frame shows no echo at all.
    pub(super) is_empty: bool,
}

impl Sight<'_> {
    /// The row of a characteristic: its reading, or why there is none.
    pub(super) fn row(&self, name: Name, reading: Option<Reading>, why: Option<Condition>) -> Characteristic {
        let why = if self.is_empty { Some(Condition::NoEcho) } else { why };
        let hidden = |reading: &Reading| {
            name.unit() == "MHz" && name != Name::Fmin && self.scene.is_interfered(reading.value, reading.value)
        };
        let reading = reading.map(|reading| match reading {
            reading if reading.is_plain() && hidden(&reading) => reading.under(name, Condition::Interfered),
            reading => reading,
        });
        reading.map_or_else(|| absent(name, why), |reading| reading.row(name, &Accuracy::of(self.config)))
    }

    /// Why nothing is seen of a layer above the sheet: it blankets, or absorption takes the echo.
    pub(super) fn hidden(&self) -> Condition {
        let first = self.named.first_mhz();
        let covers = |sheet: &super::sporadic::Sporadic| first.is_none_or(|first| first > 0.97 * sheet.fo_mhz);
        if self.low.sporadic.as_ref().is_some_and(covers) { Condition::Blanketed } else { Condition::Absorbed }
    }

    /// More first echoes of the F region stand over each other than layers can make: the layer is rough.
    pub(super) fn is_spread(&self) -> bool {
        let long =
            |curve: &&Curve| curve.is_f() && curve.hop == 1 && (curve.last_mhz() / curve.first_mhz()).ln() > LONG;
        let all: Vec<&Curve> = self.curves.iter().filter(long).collect();
        let at = |mhz: f64| all.iter().filter(|curve| curve.first_mhz() < mhz && mhz < curve.last_mhz()).count();
        all.iter().any(|curve| at((curve.first_mhz() * curve.last_mhz()).sqrt()) >= self.config.spread_traces)
    }

    /// One sigma of a critical frequency: of the fit and of the frequency axis.
    pub(super) fn sigma(&self, layer: &Upper) -> f64 {
        let fit = (layer.upper_mhz - layer.lower_mhz) / 3.92;
        fit.hypot(self.scene.mhz_axis).hypot(0.002 * layer.fit.layer.critical_mhz)
    }

    /// Strength of the first echo that begins at a frequency, over its first points.
    fn strength_at(&self, mhz: f64) -> f64 {
        let first = self.curves.iter().filter(|curve| curve.hop == 1);
        let away = |curve: &&Curve| (curve.first_mhz() - mhz).abs();
        let nearest = first.min_by(|a, b| away(a).total_cmp(&away(b)));
        nearest.map_or(0.0, |curve| strength(&curve.points[..curve.points.len().min(FIRST_POINTS)]))
    }

    /// A lowest height.
    pub(super) fn height(&self, km: f64, sure: f64) -> Reading {
        Reading::measured(km, self.scene.km_error.hypot(self.config.height_spread_km), 5.0, sure)
    }
}

/// Points at the low end of a trace that tell how strongly it begins.
const FIRST_POINTS: usize = 7;
/// Span of a trace that counts for spread, as a logarithm of frequencies.
const LONG: f64 = 0.15;

/// Scales the F, E and Es characteristics.
pub(super) fn scale(traces: &[Trace], scene: &Scene<'_>, config: &ScaleConfig) -> Scaled {
    let curves = curves(traces, scene);
    let region = f_region(&curves, scene);
    let mut named = region.as_ref().map(|region| name(&curves, region, scene)).unwrap_or_default();
    let gyro_mhz = region.as_ref().map_or(scene.gyro_mhz, |region| region.upper.gyro_mhz);
    let scene = &Scene { gyro_mhz, ..*scene };
    let low = e_region(&curves, scene, &named.ordinary);
    if let Some(normal) = low.normal.as_ref().filter(|normal| normal.rises) {
        named.drop_below(BEYOND * normal.fo_mhz);
        if scene.sin2 < NO_THIRD {
            named.cut_below(normal.fo_mhz);
        }
    }
    if let Some(sheet) = &low.sporadic {
        let low: Vec<Curve> = curves.iter().filter(|curve| curve.is_low()).cloned().collect();
        named.drop_multiples(sheet.km, &low);
    }
    let sight = Sight {
        curves: &curves,
        region: region.as_ref(),
        named: &named,
        low: &low,
        scene,
        config,
        is_empty: curves.is_empty(),
    };
    let mut characteristics = f_rows::rows(&sight);
    characteristics.extend(e_rows::rows(&sight));
    characteristics.push(sight.row(Name::Fmin, fmin(&sight), Some(Condition::Absorbed)));
    let profile: Vec<DensityPoint> = density(&sight);
    Scaled { characteristics, profile }
}

/// Whether a trace comes down at its low end by more than scatter.
fn falls_slightly(points: &[Point]) -> bool {
    let median = |part: &[Point]| {
        let mut all: Vec<f64> = part.iter().map(|point| point.edge_km).collect();
        all.sort_by(f64::total_cmp);
        all.get(all.len() / 2).copied().unwrap_or(0.0)
    };
    let tenth = points.len() / 10;
    tenth > 1 && median(&points[..3]) > median(&points[tenth..2 * tenth]) + SLIGHT_FALL_KM
}

/// Fewest points of a sheet's trace that tell where echoes begin, and the frequency below which F tells it as well, MHz.
const SCRAP: usize = 30;
const BELOW_E_MHZ: f64 = 2.5;
/// One sigma of where a clear trace begins, MHz, and the strength of a clear one.
const END_MHZ: f64 = 0.05;
const CLEAR: f64 = 120.0;
/// Share of the frequency of the first echo up to which interference that ends there may hide the beginning.
const HIDDEN_BELOW: f64 = 0.98;
/// Least such fall, km.
const SLIGHT_FALL_KM: f64 = 3.0;

/// Lowest frequency of all first echoes that were made out.
fn fmin(sight: &Sight<'_>) -> Option<Reading> {
    let normal = sight.low.normal.as_ref().map(|normal| normal.first_mhz);
    let sheet = sight.low.sporadic.as_ref().map(|sheet| sheet.first_mhz);
    let mhz = [sight.named.first_mhz(), normal, sheet].into_iter().flatten().reduce(f64::min)?;
    // Where no echo of the E region is seen, or but a scrap of one, the lowest echo may not be either.
    let seen = normal.is_some() || sight.low.sporadic.as_ref().is_some_and(|sheet| sheet.points >= SCRAP);
    let sure = if seen || mhz < BELOW_E_MHZ { 0.95 } else { 0.3 };
    // Where the trace fades into the film's noise, the eye ends it elsewhere.
    let faint = 1.0 - (sight.strength_at(mhz) / CLEAR).clamp(0.0, 1.0);
    let reading = Reading::measured(mhz, sight.scene.mhz_axis.hypot(END_MHZ * (1.0 + faint)), 0.1, sure);
    // The lowest trace comes down from a cusp: there is a layer below it of which no echo was made out.
    let falls = |list: &Vec<Point>| list[0].mhz <= mhz && falls_slightly(list);
    let sheet_falls = sight.low.sporadic.as_ref().is_some_and(|sheet| sheet.falls && sheet.first_mhz <= mhz);
    if normal.is_none() && (sheet_falls || sheet.is_none() && sight.named.ordinary.iter().any(falls)) {
        return Some(Reading { lower: None, ..reading.under(Name::Fmin, Condition::LowerMissed) });
    }
    if sight.scene.is_interfered(HIDDEN_BELOW * mhz, mhz) {
        return Some(Reading { lower: None, ..reading.under(Name::Fmin, Condition::Interfered) });
    }
    if mhz < sight.config.at_band_start * sight.scene.band_mhz[0] {
        return Some(Reading { lower: None, ..reading.under(Name::Fmin, Condition::AtBandStart) });
    }
    Some(reading)
}

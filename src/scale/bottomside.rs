//! Characteristics of a ground-based ionogram.

use super::curve::{Curve, Point, median, strength};
use super::density::{DensityPoint, density};
use super::eregion::{BEYOND, ERegion, e_region};
use super::fregion::{FRegion, f_region};
use super::layer::NO_THIRD;
use super::letters::Condition;
use super::naming::{Named, name};
use super::reading::{Accuracy, Reading, absent};
use super::refine::Upper;
use super::sample::curves;
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
    if let Some(o_mhz) = after_z(&named, &curves, scene).filter(|_| low.sporadic.is_some()) {
        named.cut_below(o_mhz);
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

/// Where O begins if the O trace begins with Z: a sheet lets both through from the same density on. Z is weaker, and too weak for a
/// second echo, which begins with O.
fn after_z(named: &Named, curves: &[Curve], scene: &Scene<'_>) -> Option<f64> {
    let first = named.first_mhz().filter(|_| scene.sin2 < NO_THIRD)?;
    let o_mhz = (first * (first + scene.gyro_mhz)).sqrt();
    let second = curves.iter().filter(|curve| curve.is_f() && curve.hop == 2).map(Curve::first_mhz).reduce(f64::min)?;
    let mean = |range: std::ops::Range<f64>| {
        let all = || named.ordinary.iter().flatten().filter(|point| range.contains(&point.mhz));
        all().map(|point| point.amplitude).sum::<f64>() / all().count().max(1) as f64
    };
    let weaker = mean(first..o_mhz) < WEAKER_Z * mean(o_mhz..o_mhz * o_mhz / first);
    (weaker && (second / o_mhz - 1.0).abs() < SAME_START).then_some(BEFORE * second)
}

/// How near to each other the two beginnings must stand, as a share, and how little before the second echo O may begin.
const SAME_START: f64 = 0.05;
const BEFORE: f64 = 0.985;
/// Largest ratio of the strengths of Z and O.
const WEAKER_Z: f64 = 0.8;

/// Whether a trace comes down at its low end by more than scatter.
fn falls_slightly(points: &[Point]) -> bool {
    let middle = |part: &[Point]| median(part.iter().map(|point| point.edge_km));
    let tenth = points.len() / 10;
    tenth > 1 && middle(&points[..3]) > middle(&points[tenth..2 * tenth]) + SLIGHT_FALL_KM
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
    // Nor where the multiples of a sheet show and its first echo does not: it may run along a ruling.
    let unseen_sheet = sheet.is_none() && sight.curves.iter().any(|curve| curve.repeats_low && curve.first_mhz() < mhz);
    let sure = if (seen || mhz < BELOW_E_MHZ) && !unseen_sheet { 0.95 } else { 0.3 };
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Mode;
    use crate::scale::testcurves::scene;

    fn points(from: f64, to: f64, strength: impl Fn(f64) -> f64) -> Vec<Point> {
        let mhz = |i: u32| from + (to - from) * f64::from(i) / 79.0;
        let point = |mhz| Point { mhz, edge_km: 250.0, centre_km: 250.0, sigma_mhz: 0.01, amplitude: strength(mhz) };
        (0..80).map(mhz).map(point).collect()
    }

    #[test]
    fn what_a_sheet_lets_through_as_z_is_not_where_o_begins() {
        let scene = Scene { gyro_mhz: 1.4, sin2: 0.05, ..scene() };
        let second = |from: f64| {
            let points = points(from, 5.0, |_| 150.0);
            Curve { points, mode: Mode::Unknown, hop: 2, confidence: 0.5, repeats_low: false }
        };
        // The O frequency that goes with Z at 2.1 MHz.
        let o_mhz = 2.71;
        let stepped = |low: f64| Named {
            ordinary: vec![points(2.1, 5.0, |mhz| if mhz < o_mhz { low } else { 220.0 })],
            ..Named::default()
        };
        let found = after_z(&stepped(80.0), &[second(o_mhz)], &scene).unwrap();
        assert!((found / o_mhz - 1.0).abs() < 0.02, "{found}");
        assert_eq!(after_z(&stepped(80.0), &[second(2.2)], &scene), None, "a second echo from the start on");
        assert_eq!(after_z(&stepped(210.0), &[second(o_mhz)], &scene), None, "no step of strength");
        assert_eq!(after_z(&stepped(80.0), &[second(o_mhz)], &Scene { sin2: 0.5, ..scene }), None, "no Z");
    }
}

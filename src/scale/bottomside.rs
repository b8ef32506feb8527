//! Characteristics of a ground-based ionogram.

use super::eregion::{ERegion, e_region};
use super::fregion::{FRegion, Upper, f_region};
use super::layer::UNEXPLAINED;
use super::naming::{Named, lowest_km, name};
use super::reading::Reading;
use super::sample::curves;
use super::transmission::transmission_factor;
use super::{ScaleConfig, Scene};
use crate::model::{Characteristic, CharacteristicName as Name, Mode, Trace};
use crate::physics::x_of_o;

/// Scales the F, E and Es characteristics.
pub(super) fn scale(traces: &[Trace], scene: &Scene<'_>, config: &ScaleConfig) -> Vec<Characteristic> {
    let curves = curves(traces, scene);
    let region = f_region(&curves, scene);
    let named = region.as_ref().map(|region| name(&curves, region, scene)).unwrap_or_default();
    let gyro_mhz = region.as_ref().map_or(scene.gyro_mhz, |region| region.upper.gyro_mhz);
    let scene = &Scene { gyro_mhz, ..*scene };
    let low = e_region(&curves, scene, named.first_mhz());
    let mut rows = f_rows(region.as_ref(), &named, scene, config);
    rows.extend(e_rows(&low, &named, scene));
    rows.push(Reading::row(Name::Fmin, fmin(&named, &low, scene), 'B'));
    rows
}

/// Lowest share of a critical frequency up to which its trace must be seen for the cusp to be there.
const F1_CUSP_SEEN: f64 = 0.97;

fn f_rows(region: Option<&FRegion>, named: &Named, scene: &Scene<'_>, config: &ScaleConfig) -> Vec<Characteristic> {
    let fo_f2 = region.map(|region| fo_f2(&region.upper, scene, config));
    let f1 = region.and_then(|region| region.lower.as_ref().map(|lower| (lower, cusp_between(lower, &region.upper))));
    let fo_f1 = f1
        .filter(|(_, sure)| *sure > config.f1_probability)
        .map(|(lower, sure)| Reading::measured(lower.fit.layer.critical_mhz, sigma(lower, scene), 0.05, sure));
    let fx_f2 = region.filter(|region| region.upper.explained[1] >= 3).map(|region| {
        let upper = &region.upper;
        let mhz = x_of_o(upper.fit.layer.critical_mhz, upper.gyro_mhz);
        Reading::measured(mhz, sigma(upper, scene), 0.1, sureness(upper))
    });
    let height = |km: f64, sure: f64| Reading::measured(km, scene.km_error.hypot(2.0), 5.0, sure);
    let sure = region.map_or(0.0, |region| sureness(&region.upper));
    let from_f2 = fo_f1.as_ref().map(|fo| fo.value);
    let h_f2 = from_f2.and_then(|from| lowest_km(&named.ordinary, |point| point.mhz > from)).map(|km| height(km, sure));
    let h_f = lowest_km(&named.ordinary, |_| true).map(|km| height(km, sure));
    let muf = region.zip(fo_f2.as_ref()).and_then(|(region, fo)| {
        let upper = &region.upper;
        let from = upper.fit.layer.lower_mhz.unwrap_or(0.0).max(0.5 * upper.fit.layer.critical_mhz);
        (fo.letters.qualifier != Some('D')).then(|| factor(upper, from)).flatten()
    });
    let m3000 = muf.map(|factor| Reading::measured(factor, 0.012 * factor, 0.05, sure));
    let muf =
        muf.zip(fo_f2).map(|(factor, fo)| Reading::measured(factor * fo.value, 0.012 * factor * fo.value, 0.1, sure));
    let m3000_f1 = f1.zip(fo_f1).and_then(|((lower, _), fo)| {
        let factor = factor(lower, 0.6 * fo.value)?;
        Some(Reading::measured(factor, 0.015 * factor, 0.05, f64::from(fo.confidence)))
    });
    let hp = region.zip(fo_f2).and_then(|(region, fo)| {
        let mhz = 0.834 * fo.value;
        let seen = named.ordinary.iter().flatten().any(|point| (point.mhz / mhz - 1.0).abs() < 0.04);
        let km = region.upper.fit.km(mhz, Mode::O).filter(|_| seen)?;
        Some(height(km, sure))
    });
    let fx_i = fx_i(region, named, scene);
    vec![
        Reading::row(Name::FoF2, fo_f2, 'B'),
        Reading::row(Name::FxF2, fx_f2, 'B'),
        Reading::row(Name::M3000F2, m3000, 'B'),
        Reading::row(Name::HF2, h_f2, 'B'),
        Reading::row(Name::HpF2, hp, 'B'),
        Reading::row(Name::Muf3000F2, muf, 'B'),
        Reading::row(Name::FoF1, fo_f1, 'L'),
        Reading::row(Name::M3000F1, m3000_f1, 'L'),
        Reading::row(Name::HF, h_f, 'B'),
        Reading::row(Name::FxI, fx_i, 'B'),
    ]
}

/// One sigma of a critical frequency: of the fit and of the frequency axis.
fn sigma(layer: &Upper, scene: &Scene<'_>) -> f64 {
    let fit = (layer.upper_mhz - layer.lower_mhz) / 3.92;
    fit.hypot(scene.mhz_axis).hypot(0.002 * layer.fit.layer.critical_mhz)
}

/// How sure the naming of a layer's traces is.
fn sureness(layer: &Upper) -> f64 {
    let both = layer.explained[0].min(layer.explained[1]) >= 4;
    let margin = (layer.margin / (4.0 * UNEXPLAINED)).clamp(0.0, 1.0);
    let base = if both { 0.93 } else { 0.75 };
    base + (0.99 - base) * margin
}

fn fo_f2(upper: &Upper, scene: &Scene<'_>, config: &ScaleConfig) -> Reading {
    let value = upper.fit.layer.critical_mhz;
    let reading = Reading::measured(value, sigma(upper, scene), 0.1, sureness(upper));
    let width = (upper.upper_mhz - upper.lower_mhz) / value;
    let [reach_o, reach_x] = upper.reach;
    if upper.explained[0] < 3 {
        return reading.lettered(Some('J'), Some('X'));
    }
    if reach_o.max(reach_x) < config.cusp_seen {
        return reading.lettered(Some('U'), Some('R'));
    }
    if width > config.uncertain_share {
        return reading.lettered(Some('U'), Some('R'));
    }
    reading
}

/// How sure there is a cusp between a lower layer and the one above it: seen from below, from above, in O and in X.
fn cusp_between(lower: &Upper, upper: &Upper) -> f64 {
    let critical = lower.fit.layer.critical_mhz;
    let below = lower.reach[0].max(lower.reach[1]) > F1_CUSP_SEEN && lower.fit.amounts.parabola > 12.0;
    let above = upper.fit.layer.lower_mhz.is_some_and(|mhz| (mhz / critical - 1.0).abs() < 0.06)
        && upper.fit.amounts.passed > 2.0;
    let both = lower.explained[0].min(lower.explained[1]) >= 3;
    let ratio = critical / upper.fit.layer.critical_mhz;
    if !(0.4..0.92).contains(&ratio) {
        return 0.0;
    }
    match (below, above, both) {
        (true, true, true) => 0.97,
        (true, true, false) => 0.9,
        (true, false, true) | (false, true, true) => 0.7,
        _ => 0.3,
    }
}

/// Largest f M(h') over the critical frequency along the fitted O trace from a frequency on.
fn factor(layer: &Upper, from_mhz: f64) -> Option<f64> {
    let critical = layer.fit.layer.critical_mhz;
    (0..60)
        .map(|i| f64::from(i) / 59.0)
        .map(|share| from_mhz + (critical * 0.9985 - from_mhz) * (1.0 - (1.0 - share) * (1.0 - share)))
        .filter_map(|mhz| Some((mhz, layer.fit.km(mhz, Mode::O)?)))
        .filter(|(_, km)| (150.0..=800.0).contains(km))
        .map(|(mhz, km)| mhz * transmission_factor(km) / critical)
        .reduce(f64::max)
}

/// Top of the F traces: the X cusp, or spread beyond it.
fn fx_i(region: Option<&FRegion>, named: &Named, scene: &Scene<'_>) -> Option<Reading> {
    let upper = &region?.upper;
    let fitted = x_of_o(upper.fit.layer.critical_mhz, upper.gyro_mhz);
    let sigma = sigma(upper, scene);
    if upper.explained[1] < 3 {
        return Some(
            Reading::measured(fitted, sigma.hypot(0.05), 0.1, 0.8 * sureness(upper)).lettered(Some('O'), None),
        );
    }
    let seen = named.extraordinary.iter().flatten().map(|point| point.mhz).fold(0.0, f64::max);
    Some(Reading::measured(fitted.max(seen), sigma, 0.1, sureness(upper)))
}

/// Largest height over the layer's foot at which a trace still counts as seen to its flat part, km.
const FLAT_KM: f64 = 12.0;

fn e_rows(low: &ERegion, named: &Named, scene: &Scene<'_>) -> Vec<Characteristic> {
    let fo_e = low
        .normal
        .as_ref()
        .map(|normal| Reading::measured(normal.fit.layer.critical_mhz, sigma(normal, scene), 0.05, 0.9));
    let height = |km: f64, sure: f64| Reading::measured(km, scene.km_error.hypot(1.5), 5.0, sure);
    // A trace of which only the rise is seen does not show its lowest height.
    let flat_seen = |km: &f64| low.normal.as_ref().is_some_and(|normal| km - normal.fit.amounts.base < FLAT_KM);
    let h_e = lowest_km(&low.normal_points, |_| true).filter(flat_seen).map(|km| height(km, 0.9));
    let sheet = low.sporadic.as_ref();
    let fo_es = sheet.map(|sheet| {
        let sigma = if sheet.step_seen { 0.04 } else { 0.12 };
        let reading = Reading::measured(sheet.fo_mhz, sigma, 0.1, 0.9);
        if sheet.step_seen { reading } else { reading.lettered(Some('J'), Some('M')) }
    });
    let fb_es = sheet.zip(named.first_mhz()).and_then(|(sheet, first)| {
        let blanketed = first > sheet.first_mhz * 1.04 && first < sheet.last_mhz;
        let reading = Reading::measured(first, 0.06, 0.1, 0.85);
        if blanketed {
            return Some(reading);
        }
        (first <= sheet.first_mhz * 1.04).then(|| Reading { lower: None, ..reading.lettered(Some('E'), Some('B')) })
    });
    let h_es = sheet.map(|sheet| height(sheet.km, 0.9));
    vec![
        Reading::row(Name::FoE, fo_e, 'B'),
        Reading::row(Name::HE, h_e, 'B'),
        Reading::row(Name::FoEs, fo_es, 'G'),
        Reading::row(Name::FbEs, fb_es, 'G'),
        Reading::row(Name::HEs, h_es, 'G'),
    ]
}

/// Lowest O frequency of all first echoes that were made out.
fn fmin(named: &Named, low: &ERegion, scene: &Scene<'_>) -> Option<Reading> {
    let normal = low.normal_points.iter().flatten().map(|point| point.mhz).reduce(f64::min);
    let sheet = low.sporadic.as_ref().map(|sheet| sheet.first_mhz);
    let mhz = [named.first_mhz(), normal, sheet].into_iter().flatten().reduce(f64::min)?;
    Some(Reading::measured(mhz, scene.mhz_axis.hypot(0.05), 0.1, 0.95))
}

//! Characteristics of F1 and F2.

use super::bottomside::Sight;
use super::curve::{Curve, Point, falls_first};
use super::f1::{between_traces, cusp_between, cusp_from_above};
use super::fregion::FRegion;
use super::layer::UNEXPLAINED;
use super::letters::Condition;
use super::naming::lowest_km;
use super::reading::{Reading, absent};
use super::refine::Upper;
use super::transmission::transmission_factor;
use crate::model::{Characteristic, CharacteristicName as Name, Mode};
use crate::physics::x_of_o;

/// Chance of an F1 cusp from which there is at least a ledge.
const LEDGE: f64 = 0.1;
/// Rise of the O trace from where sporadic E lets it through to a fifth of its length, from which it is cut off, km.
const STILL_RISING_KM: f64 = 5.0;

pub(super) fn rows(sight: &Sight<'_>) -> Vec<Characteristic> {
    let Sight { region, named, config, .. } = *sight;
    let hidden = Some(sight.hidden());
    let sure = region.map_or(0.0, |region| sureness(&region.upper));
    let f2 = region.map(|region| fo_f2(sight, &region.upper));
    let fo_f2 = match (f2, region) {
        (Some(Ok(reading)), _) => sight.row(Name::FoF2, Some(reading), hidden),
        (Some(Err((seen, why))), _) => Characteristic { lower: Some(seen), ..absent(Name::FoF2, Some(why)) },
        (None, _) => sight.row(Name::FoF2, None, hidden),
    };
    // What is derived from foF2 is none without it, for the same reason.
    let derived = |name: Name, reading: Option<Reading>| match reading {
        Some(reading) if fo_f2.value.is_some() => sight.row(name, Some(reading), hidden),
        // What merely shows beside it is no reason.
        _ => {
            let why = fo_f2.descriptor.filter(|_| fo_f2.value.is_none() || sight.is_spread());
            Characteristic { descriptor: why, ..sight.row(name, None, hidden) }
        }
    };
    let upper = region.map(|region| &region.upper);
    let fx_f2 = upper.filter(|upper| upper.explained[1] >= 3).map(|upper| {
        let mhz = x_of_o(upper.fit.layer.critical_mhz, upper.gyro_mhz);
        Reading::measured(mhz, sight.sigma(upper), 0.1, sure)
    });
    let factor = upper.zip(fo_f2.value).and_then(|(upper, _)| {
        let from = upper.fit.layer.lower_mhz.unwrap_or(0.0).max(TANGENT * upper.fit.layer.critical_mhz);
        highest_factor(upper, from)
    });
    let m3000 = factor.map(|factor| Reading::measured(factor, M_SHARE * factor, 0.05, sure));
    let muf = factor.zip(fo_f2.value).map(|(factor, fo)| {
        let sigma = (M_SHARE * factor * fo).hypot(factor * upper.map_or(0.0, |upper| sight.sigma(upper)));
        Reading::measured(factor * fo, sigma, 0.1, sure)
    });
    let hp = upper.zip(fo_f2.value).and_then(|(upper, fo)| {
        let mhz = 0.834 * fo;
        let seen = named.ordinary.iter().flatten().any(|point| (point.mhz / mhz - 1.0).abs() < 0.04);
        upper.fit.km(mhz, Mode::O).filter(|_| seen).map(|km| sight.height(km, sure))
    });
    // The layer below may be the one between E and F1.
    let is_f1 =
        |lower: &&Upper| !sight.low.intermediate.is_some_and(|between| between.is(lower.fit.layer.critical_mhz));
    let lower = region.and_then(|region| Some((region.lower.as_ref().filter(is_f1)?, &region.upper)));
    let f1 = lower.map(|(lower, upper)| (lower, cusp_between(lower, upper, named)));
    let fo_f1 = f1.filter(|(_, chance)| *chance > config.f1_probability).map(|(lower, chance)| {
        let (mhz, sigma) = between_traces(lower.fit.layer.critical_mhz, sight.sigma(lower), sight);
        Reading::measured(mhz, sigma, 0.05, chance)
    });
    let fo_f1 = fo_f1.or_else(|| upper.filter(|_| f1.is_none()).and_then(|upper| cusp_from_above(sight, upper)));
    let ledge = f1.filter(|(_, chance)| *chance > LEDGE).map(|_| Condition::NoDefiniteCusp);
    let fo_f1 = sight.row(Name::FoF1, fo_f1, ledge);
    let m3000_f1 = f1.zip(fo_f1.value).and_then(|((lower, chance), fo)| {
        let factor = highest_factor(lower, 0.6 * fo)?;
        Some(Reading::measured(factor, 1.5 * M_SHARE * factor, 0.05, chance))
    });
    let of_upper = |point: &Point| {
        let fitted = upper.and_then(|upper| upper.fit.km(point.mhz, Mode::O));
        fitted.is_some_and(|km| (km - point.edge_km).abs() < OF_LAYER_KM)
    };
    let h_f2 = fo_f1
        .value
        .and_then(|from| lowest_km(&named.ordinary, |point| point.mhz > 1.005 * from && of_upper(point)))
        .map(|km| sight.height(km, sure));
    // A long trace below that no layer explains may be the lowest.
    let unnamed = |km: f64| named.unnamed_km.iter().any(|unnamed| *unnamed < km - MISSED_KM);
    let h_f = if sight.is_spread() { lowest_of_all(sight) } else { None };
    let spread_h_f = h_f.map(|km| sight.height(km, sure).under(Name::HF, Condition::RangeSpread));
    let h_f = lowest_km(&named.ordinary, |point| !is_stray(point, region))
        .filter(|km| !lower_is_missed(sight, *km) && !unnamed(*km) && (sure > TOLD || !lower_than(sight, *km)))
        .map(|km| {
            let reading = sight.height(km, sure);
            if is_cut_off(sight) {
                return Reading { lower: None, ..reading.under(Name::HF, Condition::BlanketedLowEnd) };
            }
            reading
        });
    vec![
        derived(Name::FxF2, fx_f2),
        derived(Name::M3000F2, m3000),
        derived(Name::Muf3000F2, muf),
        sight.row(Name::HF2, h_f2, None),
        derived(Name::HpF2, hp),
        sight.row(Name::M3000F1, m3000_f1, ledge),
        fo_f1,
        sight.row(Name::HF, spread_h_f.or(h_f), hidden),
        derived(Name::FxI, fx_i(sight)),
        fo_f2,
    ]
}

/// The point lies below all O traces of the layers, near enough to a cusp for the fit to tell: a scratch or another echo
/// runs into the trace there.
fn is_stray(point: &Point, region: Option<&FRegion>) -> bool {
    let Some(region) = region else { return false };
    let layers = [Some(&region.upper), region.lower.as_ref()];
    let told = layers.into_iter().flatten().filter(|layer| point.mhz > FITTED * layer.fit.layer.critical_mhz);
    let lowest = told.filter_map(|layer| layer.fit.km(point.mhz, Mode::O)).reduce(f64::min);
    lowest.is_some_and(|km| point.edge_km < km - STRAY_KM)
}

/// Share of a critical frequency above which a layer is fitted.
const FITTED: f64 = 0.62;
/// How far below the fitted traces a point is none of theirs, km.
const STRAY_KM: f64 = 20.0;
/// Distance from a layer's fitted trace within which a point is the layer's, km.
const OF_LAYER_KM: f64 = 20.0;
/// Lowest share of foF2 at which the transmission curve touches an F2 trace: below it the fit goes on where no trace may be.
const TANGENT: f64 = 0.75;
/// One sigma of the factor M(3000) as a share of it.
const M_SHARE: f64 = 0.006;

/// Share of each component's critical frequency up to which both must be seen to be told by each other.
const CUSPS_SEEN: f64 = 0.94;

/// How sure the naming of a layer's traces is.
fn sureness(layer: &Upper) -> f64 {
    let both = layer.explained[0].min(layer.explained[1]) >= 4 && layer.reach.iter().all(|reach| *reach > CUSPS_SEEN);
    let margin = (layer.margin / (6.0 * UNEXPLAINED)).clamp(0.0, 1.0);
    // A lone trace may be either component, however well it fits.
    let (least, most) = if both { (0.7, 0.99) } else { (0.42, 0.58) };
    least + (most - least) * margin
}

/// foF2, or the highest frequency seen and why the cusp is not.
fn fo_f2(sight: &Sight<'_>, upper: &Upper) -> Result<Reading, (f64, Condition)> {
    let (config, scene) = (sight.config, sight.scene);
    let critical = upper.fit.layer.critical_mhz;
    let [reach_o, reach_x] = upper.reach;
    if reach_o.max(reach_x) < config.cusp_seen {
        let top = sight.named.ordinary.iter().flatten().max_by(|a, b| a.mhz.total_cmp(&b.mhz));
        if let Some(top) = top {
            if top.mhz > scene.band_mhz[1] / config.at_band_start {
                return Err((top.mhz, Condition::BeyondBand));
            }
            if top.edge_km > config.leaves_film * scene.top_km {
                return Err((top.mhz, Condition::BeyondHeights));
            }
            if critical / top.mhz > 1.0 + config.most_share {
                let hidden = scene.is_interfered(top.mhz, HIDDEN_ABOVE * top.mhz);
                return Err((top.mhz, if hidden { Condition::Interfered } else { Condition::Fades }));
            }
        }
    }
    if goes_on(sight, x_of_o(critical, upper.gyro_mhz)) {
        return Err((critical, Condition::Fades));
    }
    let reading = Reading::measured(critical, sight.sigma(upper), 0.1, sureness(upper));
    Ok(if sight.is_spread() {
        reading.under(Name::FoF2, Condition::Spread)
    } else if upper.explained[0] < 3 {
        reading.under(Name::FoF2, Condition::FromX)
    } else if upper.explained[THIRD] >= THIRD_SEEN {
        reading.under(Name::FoF2, Condition::ThirdSeen)
    } else {
        reading
    })
}

/// Ratio to the last frequency of a trace within which interference that begins hides its end.
const HIDDEN_ABOVE: f64 = 1.02;
/// Place of Z among the paths, and samples of it from which it shows.
const THIRD: usize = 4;
const THIRD_SEEN: usize = 10;

/// A first echo of the F region goes on well beyond the X cusp of the layer that was fitted: there is a denser one, whose
/// cusp is not seen. Echoes from aside come from farther.
fn goes_on(sight: &Sight<'_>, x_mhz: f64) -> bool {
    let long = |curve: &&Curve| curve.is_f() && curve.hop == 1 && curve.points.len() >= MANY;
    let lowest = sight.curves.iter().filter(long).map(Curve::median_km).fold(f64::MAX, f64::min);
    sight.curves.iter().filter(long).any(|curve| {
        curve.last_mhz() > BEYOND_X * x_mhz && curve.first_mhz() < x_mhz && curve.median_km() < ASIDE * lowest
    })
}

/// Fewest points of such an echo, how far it must go on as a ratio, and how much higher it may stand.
const MANY: usize = 15;
const BEYOND_X: f64 = 1.15;
const ASIDE: f64 = 1.7;

/// The O trace is cut off by sporadic E while it still rises: its lowest height is not seen.
fn is_cut_off(sight: &Sight<'_>) -> bool {
    let first = |list: &&Vec<Point>| list.first().map_or(f64::MAX, |point| point.mhz);
    let (Some(sheet), Some(list)) =
        (&sight.low.sporadic, sight.named.ordinary.iter().min_by(|a, b| first(a).total_cmp(&first(b))))
    else {
        return false;
    };
    let start = first(&list);
    let blankets = start > 1.04 * sheet.first_mhz && start < sheet.last_mhz;
    let rise = list[list.len() / 5].edge_km - list[list.len() / 20].edge_km;
    blankets && rise > STILL_RISING_KM
}

/// Lowest leading edge of all first echoes of the F region: where the traces cannot be told apart.
fn lowest_of_all(sight: &Sight<'_>) -> Option<f64> {
    let lists: Vec<Vec<Point>> =
        sight.curves.iter().filter(|curve| curve.is_f() && curve.hop == 1).map(|curve| curve.points.clone()).collect();
    lowest_km(&lists, |_| true)
}

/// First echoes of the F region go lower than the O trace: where the naming is not sure, O may be there.
fn lower_than(sight: &Sight<'_>, km: f64) -> bool {
    lowest_of_all(sight).is_some_and(|lowest| lowest < km - LOWER_KM)
}

/// Sureness of a naming from which it is told, and how much lower other echoes must go, km.
const TOLD: f64 = 0.6;
const LOWER_KM: f64 = 12.0;

/// The lowest O trace comes down from a cusp that is not that of E, high up: there is a trace below it that was not seen.
fn lower_is_missed(sight: &Sight<'_>, km: f64) -> bool {
    let first = |list: &&Vec<Point>| list.first().map_or(f64::MAX, |point| point.mhz);
    let Some(list) = sight.named.ordinary.iter().min_by(|a, b| first(a).total_cmp(&first(b))) else { return false };
    let of_e = |fo_mhz: f64| (0.95..1.2).contains(&(first(&list) / fo_mhz));
    falls_first(list) && km > BELOW_KM && !sight.low.normal.as_ref().is_some_and(|normal| of_e(normal.fo_mhz))
}

/// How much lower than h'F such a trace is, km.
const MISSED_KM: f64 = 30.0;
/// Lowest height of an F trace from which there is another below it by day, km.
const BELOW_KM: f64 = 265.0;

/// Largest f M(h') over the critical frequency along the fitted O trace from a frequency on.
fn highest_factor(layer: &Upper, from_mhz: f64) -> Option<f64> {
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
fn fx_i(sight: &Sight<'_>) -> Option<Reading> {
    let upper = &sight.region?.upper;
    let fitted = x_of_o(upper.fit.layer.critical_mhz, upper.gyro_mhz);
    let sigma = sight.sigma(upper);
    if upper.explained[1] < 3 {
        // Without the station's field X cannot be deduced.
        if !sight.scene.gyro_known {
            return None;
        }
        let reading = Reading::measured(fitted, sigma.hypot(0.05), 0.1, 0.8 * sureness(upper));
        return Some(reading.under(Name::FxI, Condition::FromO));
    }
    let seen = sight.named.extraordinary.iter().flatten().map(|point| point.mhz).fold(0.0, f64::max);
    Some(Reading::measured(fitted.max(seen), sigma, 0.1, sureness(upper)))
}

//! Characteristics of F1 and F2.

use super::letters::Condition;
use super::reading::{Reading, absent};
use super::transmission::transmission_factor;
use super::{ANY_F, FITTED, FrameContext, Measured, UPPER_F};
use crate::model::{Characteristic, CharacteristicName as Name, Mode};
use crate::physics::x_of_o;
use crate::scale::layer::{Expected, F2_PRIOR, Field, FittedLayer, PATHS, Sample, UNEXPLAINED, fit_critical_frequency};
use crate::statistics::upper_median;

/// Most samples of the traces that a layer is fitted to.
const SAMPLES: usize = 110;
/// Least sigma of the prior of a critical frequency, as a share: labels stand on columns of 0.9 %.
const PRIOR_SHARE: f64 = 0.004;
/// Penalty of taking a point for the component that its trace was not assigned to.
const OTHER_COMPONENT: f64 = 6.0;
/// Lowest share of foF2 at which the transmission curve touches an F2 trace.
const TANGENT: f64 = 0.6;
/// One sigma of the factor M(3000) as a share of it.
const M_SHARE: f64 = 0.006;
/// Shares of its critical frequency up to which a component is seen to its cusp, and below which the cusp is deduced.
const CUSP_SEEN: f64 = 0.95;
const CUSP_UNSEEN: f64 = 0.9;

/// The uppermost layer fitted to its traces, around what the labels say of foF2.
pub(super) fn fitted_f2(frame: &FrameContext<'_>) -> Option<FittedLayer> {
    let mode = frame.posterior(Name::FoF2).filter(|_| frame.is_present(Name::FoF2))?.mode()?;
    let passed = frame.value(Name::FoF1).or_else(|| frame.value(Name::FoE)).filter(|mhz| *mhz < 0.95 * mode.value);
    let geometry = frame.geometry;
    let field = Field { gyro_mhz: geometry.gyro_mhz, sin2: geometry.sin2.clamp(0.02, 0.98) };
    let samples = samples(frame, passed.unwrap_or(0.0));
    let expected = Expected { mhz: mode.value, sigma_mhz: mode.sigma.max(PRIOR_SHARE * mode.value) };
    fit_critical_frequency(&samples, field, &F2_PRIOR, expected, passed)
}

/// Points of the O and X traces of the uppermost layer, each allowed on the path of its component.
fn samples(frame: &FrameContext<'_>, from_mhz: f64) -> Vec<Sample> {
    let curves = || {
        let of = |mode: Mode| frame.first(mode, &UPPER_F).map(move |curve| (mode, curve));
        of(Mode::O).chain(of(Mode::X))
    };
    let step = curves().map(|(_, curve)| curve.points.len()).sum::<usize>().div_ceil(SAMPLES).max(1);
    let mut out = Vec::new();
    for (mode, curve) in curves() {
        let from = if mode == Mode::X { x_of_o(from_mhz, frame.geometry.gyro_mhz) } else { from_mhz };
        for point in curve.points.iter().filter(|point| point.mhz > from).skip(step / 2).step_by(step) {
            let mut penalty = [UNEXPLAINED; PATHS.len()];
            for (penalty, (path, hop)) in penalty.iter_mut().zip(PATHS) {
                if hop < 1.5 && path != Mode::Z {
                    *penalty = if path == mode { 0.0 } else { OTHER_COMPONENT };
                }
            }
            let sigma_km = frame.geometry.km_scatter;
            out.push(Sample { mhz: point.mhz, km: point.edge_km, sigma_km, sigma_mhz: point.sigma_mhz, penalty });
        }
    }
    out
}

pub(super) fn rows(frame: &FrameContext<'_>, f2: Option<&FittedLayer>) -> Vec<Characteristic> {
    let hidden = Some(frame.hidden());
    let measured =
        f2.map(|layer| Measured { value: layer.fit.layer.critical_mhz, sigma: layer.sigma_mhz, trust: FITTED });
    let fo_f2 = fo_f2(frame, f2, measured);
    // What is derived from foF2 is none without it, for the same reason.
    let derived = |name: Name, reading: Option<Reading>| match reading {
        Some(reading) if fo_f2.value.is_some() => frame.row(name, Some(reading), hidden),
        _ => {
            let why = fo_f2.descriptor.filter(|_| fo_f2.value.is_none());
            Characteristic { descriptor: why, ..frame.row(name, None, hidden) }
        }
    };
    let sound = frame.posterior(Name::FoF2).and_then(|p| Some(p.present * p.mode()?.mass)).unwrap_or(0.0);
    let fx_seen = frame.span_mhz(Mode::X, &UPPER_F).map(|(_, last)| last);
    let fx_f2 = fo_f2.value.zip(fx_seen).map(|(fo, seen)| (x_of_o(fo, frame.geometry.gyro_mhz), seen, fo));
    let fx_f2 = fx_f2.filter(|(fx, seen, _)| *seen > CUSP_SEEN * fx).map(|(fx, _, fo)| {
        let sigma = fo_f2.upper.map_or(0.1, |upper| (upper - fo) / 1.96);
        Reading::measured(fx, sigma, 0.1, sound)
    });
    let factor = fo_f2.value.and_then(|fo| highest_factor(frame, f2, fo, &UPPER_F));
    let m3000 = factor.map(|factor| Reading::measured(factor, M_SHARE * factor, 0.05, sound));
    let muf = factor.zip(fo_f2.value).map(|(factor, fo)| {
        let sigma = fo_f2.upper.map_or(0.1, |upper| (upper - fo) / 1.96);
        Reading::measured(factor * fo, (M_SHARE * factor * fo).hypot(factor * sigma), 0.1, sound)
    });
    let hp = fo_f2.value.and_then(|fo| height_at(frame, f2, 0.834 * fo)).map(|km| {
        let sigma = frame.geometry.km_error.hypot(frame.config.height_spread_km);
        Reading::measured(km, sigma, 5.0, sound)
    });
    let fo_f1 = frame.reading(Name::FoF1, None);
    let ledge = frame.presence(Name::FoF1) > frame.config.ledge_presence;
    let fo_f1 = frame.row(Name::FoF1, fo_f1, ledge.then_some(Condition::NoDefiniteCusp));
    let m3000_f1 = fo_f1.value.and_then(|fo| {
        let factor = highest_factor(frame, None, fo, &ANY_F)?;
        Some(Reading::measured(factor, 1.5 * M_SHARE * factor, 0.05, f64::from(fo_f1.confidence)))
    });
    let top = frame.geometry.band_mhz[1];
    let h_f2 = fo_f1.value.and_then(|from| frame.reading(Name::HF2, frame.lowest(&ANY_F, [1.005 * from, top])));
    let h_f = frame.reading(Name::HF, frame.lowest(&ANY_F, [0.0, fo_f2.value.unwrap_or(top)]));
    let h_f = h_f.map(|reading| if is_cut_off(frame) { blanketed_low_end(reading) } else { reading });
    let h_f = h_f.map(|reading| match reading.is_plain() && frame.is_spread() {
        true => reading.under(Name::HF, Condition::RangeSpread),
        false => reading,
    });
    vec![
        derived(Name::FxF2, fx_f2),
        derived(Name::M3000F2, m3000),
        derived(Name::Muf3000F2, muf),
        frame.row(Name::HF2, h_f2, None),
        derived(Name::HpF2, hp),
        frame.row(Name::M3000F1, m3000_f1, ledge.then_some(Condition::NoDefiniteCusp)),
        fo_f1,
        frame.row(Name::HF, h_f, hidden),
        fx_i(frame),
        fo_f2,
    ]
}

/// foF2, or the highest frequency seen and why the cusp is not.
fn fo_f2(frame: &FrameContext<'_>, f2: Option<&FittedLayer>, measured: Option<Measured>) -> Characteristic {
    let (config, geometry) = (frame.config, frame.geometry);
    let name = Name::FoF2;
    let Some(reading) = frame.reading(name, measured) else {
        // An O trace without its cusp is a lower bound.
        let top = frame.first(Mode::O, &UPPER_F).flat_map(|curve| &curve.points).max_by(|a, b| a.mhz.total_cmp(&b.mhz));
        let Some(top) = top else { return frame.row(name, None, Some(frame.hidden())) };
        let why = if top.mhz > geometry.band_mhz[1] / config.at_band_start {
            Condition::BeyondBand
        } else if top.edge_km > config.leaves_film * geometry.top_km {
            Condition::BeyondHeights
        } else if geometry.is_interfered(top.mhz, HIDDEN_ABOVE * top.mhz) {
            Condition::Interfered
        } else if frame.is_spread() {
            Condition::Spread
        } else {
            Condition::Fades
        };
        return Characteristic { lower: Some(top.mhz), ..absent(name, Some(why)) };
    };
    let o_seen = frame.span_mhz(Mode::O, &UPPER_F).map_or(0.0, |(_, last)| last / reading.value);
    let x_seen =
        frame.span_mhz(Mode::X, &UPPER_F).map_or(0.0, |(_, last)| last / x_of_o(reading.value, geometry.gyro_mhz));
    let third = frame.first(Mode::Z, &ANY_F).map(|curve| curve.points.len()).sum::<usize>();
    let reading = if frame.is_spread() {
        reading.under(name, Condition::Spread)
    } else if o_seen < CUSP_UNSEEN && x_seen > CUSP_SEEN && f2.is_none_or(|layer| layer.seen[0] < CUSP_UNSEEN) {
        reading.under(name, Condition::FromX)
    } else if third >= THIRD_SEEN {
        reading.under(name, Condition::ThirdSeen)
    } else {
        reading
    };
    frame.row(name, Some(reading), Some(frame.hidden()))
}

/// Ratio to the last frequency of a trace within which interference that begins hides its end.
const HIDDEN_ABOVE: f64 = 1.02;
/// Points of Z from which it shows.
const THIRD_SEEN: usize = 12;

/// Top of the F traces: the X cusp, or spread beyond it.
fn fx_i(frame: &FrameContext<'_>) -> Characteristic {
    let seen = frame.span_mhz(Mode::X, &UPPER_F).map_or(0.0, |(_, last)| last);
    let reading = frame.reading(Name::FxI, None).map(|reading| {
        if frame.is_spread() {
            reading.under(Name::FxI, Condition::Spread)
        } else if seen < CUSP_UNSEEN * reading.value {
            reading.under(Name::FxI, Condition::FromO)
        } else {
            reading
        }
    });
    frame.row(Name::FxI, reading, Some(frame.hidden()))
}

fn blanketed_low_end(reading: Reading) -> Reading {
    Reading { lower: None, ..reading.under(Name::HF, Condition::BlanketedLowEnd) }
}

/// The O trace is cut off by sporadic E while it still falls towards higher frequencies: its lowest height is not seen.
fn is_cut_off(frame: &FrameContext<'_>) -> bool {
    /// Rise of the trace from its low end to a fifth of its length from which it still rises, km.
    const STILL_RISING_KM: f64 = 5.0;
    let first_mhz = |curve: &&crate::scale::echoes::EchoCurve| curve.points[0].mhz;
    let lowest = frame.first(Mode::O, &ANY_F).min_by(|a, b| first_mhz(a).total_cmp(&first_mhz(b)));
    let (Some(curve), Some(fb)) = (lowest, frame.value(Name::FbEs)) else { return false };
    let points = &curve.points;
    let rise = points[points.len() / 5].edge_km - points[points.len() / 20].edge_km;
    (points[0].mhz / fb - 1.0).abs() < 0.06 && rise > STILL_RISING_KM
}

/// Virtual height of the O trace at a frequency: of the fitted layer near its cusp, else of the trace.
fn height_at(frame: &FrameContext<'_>, f2: Option<&FittedLayer>, mhz: f64) -> Option<f64> {
    /// Share of the frequency over which points of the trace are averaged.
    const NEAR: f64 = 0.015;
    let points = frame.first(Mode::O, &UPPER_F).flat_map(|curve| &curve.points);
    let near: Vec<f64> =
        points.filter(|point| (point.mhz / mhz - 1.0).abs() < NEAR).map(|point| point.edge_km).collect();
    if near.is_empty() {
        return None;
    }
    let seen = near.iter().sum::<f64>() / near.len() as f64;
    let fitted = f2.and_then(|layer| layer.fit.km(mhz, Mode::O));
    Some(fitted.filter(|km| (km - seen).abs() < 25.0).unwrap_or(seen))
}

/// Largest f M(h') over the critical frequency along the O trace: of its points, in the median of neighbours so that no stray one
/// decides; where too few are seen, of the fitted layer.
fn highest_factor(
    frame: &FrameContext<'_>,
    f2: Option<&FittedLayer>,
    critical: f64,
    layers: &'static [crate::model::Layer],
) -> Option<f64> {
    /// Neighbours of which the median is taken.
    const WINDOW: usize = 9;
    let from = TANGENT * critical;
    let factor = |mhz: f64, km: f64| (150.0..=800.0).contains(&km).then(|| mhz * transmission_factor(km) / critical);
    let of_points = frame
        .first(Mode::O, layers)
        .flat_map(|curve| {
            let inside = curve.points.iter().filter(|point| (from..critical).contains(&point.mhz));
            let factors: Vec<f64> = inside.filter_map(|point| factor(point.mhz, point.edge_km)).collect();
            factors.windows(WINDOW).filter_map(|window| upper_median(window.to_vec())).collect::<Vec<f64>>()
        })
        .reduce(f64::max);
    let of_layer = f2.and_then(|layer| {
        let own = layer.fit.layer.critical_mhz;
        let from = from.max(1.02 * layer.fit.layer.lower_mhz.unwrap_or(0.0));
        (0..60)
            .map(|i| f64::from(i) / 59.0)
            .map(|share| from + (own * 0.9985 - from) * (1.0 - (1.0 - share) * (1.0 - share)))
            .filter_map(|mhz| factor(mhz, layer.fit.km(mhz, Mode::O)?))
            .reduce(f64::max)
    });
    // Where points and layer agree each takes out half of the other's error; where not, points are strays or end before the tangent.
    match (of_points, of_layer) {
        (Some(points), Some(layer)) if (points / layer - 1.0).abs() > AGREE_SHARE => Some(layer),
        (Some(points), Some(layer)) => Some(0.5 * (points + layer)),
        (points, layer) => points.or(layer),
    }
}

/// Relative difference of the factors of points and layer up to which they agree.
const AGREE_SHARE: f64 = 0.025;

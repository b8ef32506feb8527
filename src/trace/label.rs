//! Names for ridges: component, layer and hop.

use super::pair::{Pair, pairs};
use super::profile::{Profile, misfit};
use super::{TraceConfig, topside};
use crate::model::{Calibration, Grid, Layer, Mode, Ridge, Sounder, Station, Trace};

/// Below this height nothing reflects waves of these frequencies, km: the sounder's own pulse and the ground.
const LOWEST_KM: f64 = 70.0;
/// Greatest height of the foot of an E or Es trace, km.
const E_REGION_KM: f64 = 160.0;
/// Relative difference in height within which four fifths of a multiple keep to what it repeats.
const MOST_MISFIT: f64 = 0.07;
/// How much more than that a multiple may rise, km.
const STRAY_KM: f64 = 40.0;
/// A trace in the E region that rises by this much at its high end is a thick layer, km.
const E_RISE_KM: f64 = 10.0;

/// Names every ridge; what the geometry does not show stays unknown.
pub(super) fn label(
    ridges: &[Ridge],
    grid: &Grid,
    station: Option<&Station>,
    calibration: &Calibration,
    config: &TraceConfig,
) -> Vec<Trace> {
    let unnamed = |ridge: Ridge, layer| Trace { mode: Mode::Unknown, layer, hop: 1, confidence: 0.3, ridge };
    if calibration.sounder == Sounder::Topside {
        let parts = ridges.iter().cloned().flat_map(topside::cut_where_it_turns_back);
        let mut traces: Vec<Trace> = parts.map(|ridge| unnamed(ridge, Layer::Topside)).collect();
        topside::name(&mut traces, grid, config);
        return traces;
    }
    let reflected =
        ridges.iter().filter(|ridge| Profile::of(ridge, grid).is_none_or(|profile| profile.median_km() > LOWEST_KM));
    let mut traces: Vec<Trace> = reflected.map(|ridge| unnamed(ridge.clone(), Layer::F)).collect();
    name_e_region(&mut traces, grid);
    name_hops(&mut traces, grid);
    name_components(&mut traces, grid, station, config);
    name_f1(&mut traces, grid);
    traces
}

fn name_e_region(traces: &mut [Trace], grid: &Grid) {
    let profiles: Vec<Option<Profile>> = traces.iter().map(|trace| Profile::of(&trace.ridge, grid)).collect();
    let first_mhz = profiles.iter().flatten().map(Profile::first_mhz).fold(f64::MAX, f64::min);
    for (trace, profile) in traces.iter_mut().zip(&profiles) {
        let Some(profile) = profile else { continue };
        if profile.lowest_km() < E_REGION_KM && profile.median_km() < E_REGION_KM {
            let rises = profile.end_km() - profile.lowest_km() > E_RISE_KM;
            let from_the_start = profile.first_mhz() < first_mhz + 0.3;
            trace.layer = if rises && from_the_start { Layer::E } else { Layer::Es };
            trace.confidence = 0.5;
        }
    }
}

/// The n-th hop stands at n times the height of the first at the same frequency. Where a ridge stands far over another
/// one without that, it is no first hop either.
fn name_hops(traces: &mut [Trace], grid: &Grid) {
    let profiles: Vec<Option<Profile>> = traces.iter().map(|trace| Profile::of(&trace.ridge, grid)).collect();
    for i in 0..traces.len() {
        let Some(upper) = &profiles[i] else { continue };
        let mut best: Option<(f64, u8, usize)> = None;
        for (j, lower) in profiles.iter().enumerate() {
            let Some(lower) = lower else { continue };
            // A multiple is never stronger than what it repeats.
            if i == j || traces[j].ridge.contrast < 0.8 * traces[i].ridge.contrast {
                continue;
            }
            let rise = |profile: &Profile| profile.highest_km() - profile.lowest_km();
            // What is flat has flat multiples.
            let (rise_above, rise_below) = (rise(upper), rise(lower));
            let risen = |hop: &u8| rise_above <= f64::from(*hop) * rise_below + STRAY_KM;
            let mut hops = (2..=4u8).filter(risen).peekable();
            let Some(shared) = hops.peek().and_then(|_| upper.over(lower)) else { continue };
            for hop in hops {
                let (misfit, most) = misfit(&shared, f64::from(hop));
                if misfit < 0.05 && most < MOST_MISFIT && best.is_none_or(|kept| misfit < kept.0) {
                    best = Some((misfit, hop, j));
                }
            }
        }
        if let Some((misfit, hop, j)) = best {
            traces[i].hop = hop;
            traces[i].layer = traces[j].layer;
            traces[i].confidence = (1.0 - 10.0 * misfit).clamp(0.3, 0.9) as f32;
        }
    }
    // What begins at nearly twice the foot of the strongest F trace cannot be a first hop of it.
    let foot = traces
        .iter()
        .zip(&profiles)
        .filter(|(trace, _)| trace.hop == 1 && trace.layer == Layer::F)
        .filter_map(|(trace, profile)| {
            profile.as_ref().map(|p| (trace.ridge.contrast * (p.span_mhz() as f32).sqrt(), p))
        })
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, profile)| (profile.lowest_km(), profile.first_mhz(), profile.last_mhz()));
    if let Some((km, first, last)) = foot {
        for (trace, profile) in traces.iter_mut().zip(&profiles) {
            let Some(profile) = profile else { continue };
            let beside = profile.first_mhz() < last && profile.last_mhz() > first;
            let shape = profile.lowest_km() > 1.85 * km && profile.first_mhz() < last - 0.1 * (last - first);
            // No echo comes back from beyond the cusp, however often.
            let beside = beside && profile.last_mhz() < 1.03 * last;
            if trace.hop == 1 && trace.layer == Layer::F && beside && shape {
                trace.hop = (profile.lowest_km() / km).round().clamp(2.0, 9.0) as u8;
                trace.confidence = 0.3;
            }
        }
    }
}

/// O and X of the F region by their separation; a common part that only one of the ridges holds is given to both.
fn name_components(traces: &mut [Trace], grid: &Grid, station: Option<&Station>, config: &TraceConfig) {
    let gyro = station.and_then(|station| station.gyrofrequency_mhz);
    let first_hop = |trace: &Trace| trace.hop == 1 && trace.layer == Layer::F;
    let profiles: Vec<Option<Profile>> =
        traces.iter().map(|trace| if first_hop(trace) { Profile::of(&trace.ridge, grid) } else { None }).collect();
    for Pair { o, x, sureness } in pairs(&profiles, gyro, config) {
        traces[o].mode = Mode::O;
        traces[x].mode = Mode::X;
        traces[o].confidence = traces[o].confidence.max(sureness);
        traces[x].confidence = traces[x].confidence.max(sureness);
        share_trunk(traces, o, x);
    }
}

/// Where the trace `branch` begins at the side of the trace `stem`, what lies before that belongs to both.
fn share_trunk(traces: &mut [Trace], branch: usize, stem: usize) {
    let Some(start) = traces[branch].ridge.points.first().copied() else { return };
    let points = &traces[stem].ridge.points;
    let nearest = points
        .iter()
        .enumerate()
        .map(|(i, p)| (i, (p.x - start.x).hypot(p.y - start.y)))
        .min_by(|a, b| a.1.total_cmp(&b.1));
    let length: f32 = points.windows(2).map(|pair| (pair[1].x - pair[0].x).hypot(pair[1].y - pair[0].y)).sum();
    let Some((fork, distance)) = nearest else { return };
    if distance > 0.12 * length || fork < 8 || fork + 8 > points.len() {
        return;
    }
    let mut trunk = points[..fork].to_vec();
    trunk.retain(|point| point.x <= start.x);
    trunk.append(&mut traces[branch].ridge.points);
    traces[branch].ridge.points = trunk;
}

/// Of two O (or two X) traces of the F region, the one that ends lower in frequency with a cusp is F1.
fn name_f1(traces: &mut [Trace], grid: &Grid) {
    for mode in [Mode::O, Mode::X] {
        let mut found: Vec<(usize, Profile)> = traces
            .iter()
            .enumerate()
            .filter(|(_, trace)| trace.mode == mode && trace.hop == 1 && trace.layer == Layer::F)
            .filter_map(|(i, trace)| Profile::of(&trace.ridge, grid).map(|profile| (i, profile)))
            .collect();
        found.sort_by(|a, b| a.1.last_mhz().total_cmp(&b.1.last_mhz()));
        let Some((last, upper)) = found.pop() else { continue };
        for (i, lower) in found {
            let cusp = lower.end_km() - lower.lowest_km() > 25.0;
            if cusp && lower.last_mhz() < upper.last_mhz() - 0.8 && lower.lowest_km() < upper.lowest_km() {
                traces[i].layer = Layer::F1;
                traces[last].layer = Layer::F2;
            }
        }
    }
}

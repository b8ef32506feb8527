//! Which echoes an ionosphere returns over a sweep.

use super::sky::Sky;
use crate::model::{Layer, Mode, Sounder};
use crate::physics::x_of_o;

/// One point of an echo.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct EchoPoint {
    pub(super) mhz: f64,
    /// Virtual height or apparent range of the leading edge, km.
    pub(super) km: f64,
    /// Strength, 0 to 1.
    pub(super) strength: f64,
}

/// One trace.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Echo {
    pub(super) mode: Mode,
    /// The layer; `None` for the ground under a satellite.
    pub(super) layer: Option<Layer>,
    pub(super) hop: u8,
    /// Points from low to high frequency.
    pub(super) points: Vec<EchoPoint>,
}

/// Weakest echo that leaves a trace on the film.
const FAINTEST: f64 = 0.16;

/// Echoes over a sweep that samples the frequencies `sweep_mhz` (rising), up to `reach_km`.
pub(super) fn echoes(sky: &Sky, sounder: Sounder, sweep_mhz: &[f64], reach_km: f64) -> Vec<Echo> {
    let mut echoes = Vec::new();
    for mode in [Mode::O, Mode::X] {
        match sounder {
            Sounder::Bottomside => bottomside(sky, mode, sweep_mhz, &mut echoes),
            Sounder::Topside => topside(sky, mode, sweep_mhz, &mut echoes),
        }
    }
    for echo in &mut echoes {
        echo.points.retain(|point| point.km < reach_km && point.strength > FAINTEST);
    }
    echoes.retain(|echo| echo.points.len() > 3);
    echoes
}

fn bottomside(sky: &Sky, mode: Mode, sweep_mhz: &[f64], echoes: &mut Vec<Echo>) {
    let limit = |fo: f64, km: f64| if mode == Mode::X { x_of_o(fo, sky.profile.gyro_at(km)) } else { fo };
    let e_top = sky.fo_e.map_or(0.0, |fo| limit(fo, 110.0));
    let f1_top = sky.fo_f1.map_or(e_top, |fo| limit(fo, 190.0));
    let f_top = limit(sky.fo_f2, 300.0);
    let upper = if sky.fo_f1.is_some() { Layer::F2 } else { Layer::F };
    let hidden = sky.sporadic.map_or(0.0, |sheet| limit(sheet.blanket_mhz, 110.0));
    // The X wave is absorbed more: it appears where O has already been strong for a while.
    let lowest = if mode == Mode::X { sky.fmin + 0.6 } else { sky.fmin };
    for (layer, from, to) in [(Layer::E, 0.0, e_top), (Layer::F1, e_top, f1_top), (upper, f1_top, f_top + 0.5)] {
        let points: Vec<(f64, f64)> = refined(sweep_mhz, from.max(lowest), to)
            .into_iter()
            .filter(|&mhz| layer == Layer::E || mhz >= hidden)
            .filter_map(|mhz| Some((mhz, sky.profile.virtual_range(mhz, mode)?)))
            .collect();
        let first = with_strength(&points, lowest, if mode == Mode::X { 0.85 } else { 1.0 });
        let second = first.iter().map(|p| EchoPoint { km: 2.0 * p.km, strength: 0.55 * p.strength, ..*p }).collect();
        echoes.push(Echo { mode, layer: Some(layer), hop: 1, points: first });
        if layer != Layer::E {
            echoes.push(Echo { mode, layer: Some(layer), hop: 2, points: second });
        }
    }
    if let Some(sheet) = sky.sporadic {
        let points: Vec<(f64, f64)> =
            refined(sweep_mhz, lowest, limit(sheet.fo_mhz, 110.0)).into_iter().map(|mhz| (mhz, sheet.km)).collect();
        let points = with_strength(&points, lowest, if mode == Mode::X { 0.5 } else { 0.9 });
        echoes.push(Echo { mode, layer: Some(Layer::Es), hop: 1, points });
    }
}

fn topside(sky: &Sky, mode: Mode, sweep_mhz: &[f64], echoes: &mut Vec<Echo>) {
    let Some(&last) = sweep_mhz.last() else { return };
    let range = |mhz: &f64| Some((*mhz, sky.profile.virtual_range(*mhz, mode)?));
    let points: Vec<(f64, f64)> = refined(sweep_mhz, 0.0, last).iter().filter_map(range).collect();
    let points = with_strength(&points, 0.0, if mode == Mode::X { 0.95 } else { 0.9 });
    echoes.push(Echo { mode, layer: Some(Layer::Topside), hop: 1, points });
    let ground: Vec<(f64, f64)> =
        sweep_mhz.iter().filter_map(|&mhz| Some((mhz, sky.profile.ground_range(mhz, mode)?))).collect();
    // The ground shows best just above the critical frequency and fades within a few MHz.
    let start = ground.first().map_or(last, |point| point.0);
    let mut points = with_strength(&ground, 0.0, 0.6);
    points.retain(|point| point.mhz < start * 1.5);
    for point in &mut points {
        point.strength *= 1.5 - (point.mhz - start) / (0.5 * start);
        point.strength = point.strength.min(0.8);
    }
    echoes.push(Echo { mode, layer: None, hop: 1, points });
}

/// The frequencies of the sweep between two limits, closer and closer towards the limits, where traces are steep.
fn refined(sweep_mhz: &[f64], from: f64, to: f64) -> Vec<f64> {
    let mut inside: Vec<f64> = sweep_mhz.iter().copied().filter(|&mhz| mhz >= from && mhz <= to).collect();
    for i in 2..24 {
        let near = 0.12 * 0.75f64.powi(i);
        inside.extend([from * (1.0 + near), to * (1.0 - near)].into_iter().filter(|&mhz| mhz > from && mhz < to));
    }
    inside.sort_by(f64::total_cmp);
    inside
}

/// Echo strength: weak at the absorption limit, and where the delay grows fast the pulse spreads and is absorbed.
fn with_strength(points: &[(f64, f64)], lowest: f64, full: f64) -> Vec<EchoPoint> {
    let slope = |i: usize| {
        let (before, after) = (points[i.saturating_sub(1)], points[(i + 1).min(points.len() - 1)]);
        let width = (after.0 / before.0).ln();
        if width > 0.0 { ((after.1 - before.1) / width).abs() } else { 0.0 }
    };
    (0..points.len())
        .map(|i| {
            let (mhz, km) = points[i];
            let absorption = 1.0 - 0.55 * (lowest / mhz).powi(4);
            EchoPoint { mhz, km, strength: full * absorption / (1.0 + slope(i) / 9000.0) }
        })
        .collect()
}

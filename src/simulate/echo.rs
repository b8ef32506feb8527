//! Which echoes an ionosphere returns over a sweep, and how strong.

use super::random::Random;
use super::sky::{Satellite, Sky, Sporadic, Spread};
use crate::model::{Layer, Mode, Sounder};
use crate::physics::{Delay, x_of_o};

/// One point of an echo.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct EchoPoint {
    pub(super) mhz: f64,
    /// Virtual height or apparent range of the leading edge, km.
    pub(super) km: f64,
    /// Strength on the film, 0 to 1.
    pub(super) strength: f64,
}

/// What left an echo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A trace that operators scale.
    Trace,
    /// Scatter around a trace: spread F.
    Scatter,
    /// A mixed reflection, once from each of two layers.
    Mixed,
    /// An oblique trace beside the main one.
    Satellite,
}

/// One echo over the sweep.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Echo {
    pub(super) kind: Kind,
    pub(super) mode: Mode,
    /// The layer; `None` for the ground under a satellite.
    pub(super) layer: Option<Layer>,
    pub(super) hop: u8,
    /// Points from low to high frequency.
    pub(super) points: Vec<EchoPoint>,
}

/// What the sounder makes of an echo.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Receiver {
    /// Ratio of echo to noise from 100 km without absorption, dB.
    pub(super) power_db: f64,
    /// How much weaker X leaves the antenna than O, dB.
    pub(super) x_db: f64,
    /// The same of O: the antenna may select one sense of rotation.
    pub(super) o_db: f64,
    /// Frequency below which the antenna fails, MHz.
    pub(super) antenna_mhz: f64,
    /// Lowest and highest frequency of the sweep, MHz.
    pub(super) band_mhz: [f64; 2],
    /// Height or range that the film shows at most, km.
    pub(super) reach_km: f64,
    /// Weakest echo that the film shows.
    pub(super) faintest: f64,
}

impl Receiver {
    /// Ratio of echo to noise that blackens the film fully, dB.
    const FULL_DB: f64 = 25.0;

    /// Strength on the film of an echo that comes `hop` times from `km` (virtual) and loses `loss_db` each time.
    fn strength(&self, mhz: f64, km: f64, hop: u8, loss_db: f64) -> f64 {
        /// The ground takes its part of each hop, dB.
        const GROUND_DB: f64 = 3.0;
        let hops = f64::from(hop);
        let antenna = 10.0 * (1.0 + (self.antenna_mhz / mhz).powi(4)).log10();
        let spread = 20.0 * (hops * km / 100.0).log10();
        ((self.power_db - spread - hops * loss_db - GROUND_DB * (hops - 1.0) - antenna) / Self::FULL_DB).clamp(0.0, 1.0)
    }
}

/// Echoes over a sweep that samples the frequencies `sweep_mhz` (rising).
pub(super) fn echoes(
    sky: &Sky,
    sounder: Sounder,
    sweep_mhz: &[f64],
    receiver: &Receiver,
    random: &mut Random,
) -> Vec<Echo> {
    let mut echoes = Vec::new();
    match sounder {
        Sounder::Bottomside => {
            for mode in [Mode::O, Mode::X, Mode::Z] {
                Bottomside { sky, mode, receiver }.add(sweep_mhz, &mut echoes);
            }
            if let Some(spread) = sky.spread {
                let scattered = scatter(&echoes, &spread, random);
                echoes.extend(scattered);
            }
            if let Some(layer) = sky.sporadic.filter(|layer| layer.diffuse_km > 0.0) {
                let scattered = diffuse(&echoes, layer.diffuse_km, random);
                echoes.extend(scattered);
            }
            let oblique: Vec<Echo> = sky.traits.satellites.iter().flat_map(|one| satellite(&echoes, one)).collect();
            echoes.extend(oblique);
        }
        Sounder::Topside => {
            for mode in [Mode::O, Mode::X] {
                topside(sky, mode, sweep_mhz, receiver, &mut echoes);
            }
        }
    }
    for echo in &mut echoes {
        // Somewhat fainter than what shows: the film fades into its noise without an edge.
        echo.points.retain(|point| point.km < receiver.reach_km && point.strength > 0.5 * receiver.faintest);
    }
    echoes.retain(|echo| echo.points.len() > 3);
    echoes
}

/// Echoes of one component from below.
struct Bottomside<'a> {
    sky: &'a Sky,
    mode: Mode,
    receiver: &'a Receiver,
}

impl Bottomside<'_> {
    fn add(&self, sweep_mhz: &[f64], echoes: &mut Vec<Echo>) {
        if self.mode == Mode::Z && self.sky.traits.z_db.is_none() {
            return;
        }
        let e_top = self.sky.traits.e2.map_or(0.0, |e2| self.critical(e2)).max(self.critical(self.sky.e));
        let f1_top = self.sky.f1.map_or(e_top, |f1| self.critical((f1.km, f1.mhz)));
        let upper =
            if self.sky.f1.is_some_and(|f1| f1.is_cusp) { [Layer::F1, Layer::F2] } else { [Layer::F, Layer::F] };
        let f_top = self.critical(self.sky.f2) * (1.0 - self.sky.traits.cut_share);
        let e_layer = self.trace(Layer::E, sweep_mhz, 0.0, e_top);
        let mut lower = self.trace(upper[0], sweep_mhz, e_top, f1_top);
        let higher = self.trace(upper[1], sweep_mhz, f1_top, f_top);
        if upper[0] == upper[1] {
            lower.extend(higher);
            self.hops(Layer::F, lower, echoes);
        } else {
            self.hops(upper[0], lower, echoes);
            self.hops(upper[1], higher, echoes);
        }
        self.hops(Layer::E, e_layer, echoes);
        if let Some(sheet) = self.sky.sporadic.filter(|_| self.mode != Mode::Z) {
            self.sporadic(&sheet, sweep_mhz, echoes);
        }
    }

    /// The frequency at which this component penetrates plasma of a height and plasma frequency.
    fn critical(&self, (km, mhz): (f64, f64)) -> f64 {
        let gyro = self.sky.sounding.gyro_at(km);
        match self.mode {
            Mode::X => x_of_o(mhz, gyro),
            Mode::Z => x_of_o(mhz, gyro) - gyro,
            Mode::O | Mode::Unknown => mhz,
        }
    }

    fn trace(&self, layer: Layer, sweep_mhz: &[f64], from: f64, to: f64) -> Vec<(f64, Delay)> {
        let start = from.max(self.receiver.band_mhz[0]);
        let mut delays = self.delays(sweep_mhz, start, to, |mhz| self.sky.sounding.echo(mhz, self.mode));
        for (mhz, delay) in &mut delays {
            delay.loss_db += self.screen_db(layer, *mhz) + self.lacuna_db(layer, *mhz);
        }
        delays
    }

    /// Delays over a part of the sweep: each computed, or in the wider world, where frames count by the thousand, tabulated.
    fn delays(&self, sweep_mhz: &[f64], from: f64, to: f64, delay: impl Fn(f64) -> Option<Delay>) -> Vec<(f64, Delay)> {
        let at = refined(sweep_mhz, from, to);
        if self.sky.traits.is_wide {
            return tabulated(&at, delay);
        }
        at.into_iter().filter_map(|mhz| Some((mhz, delay(mhz)?))).collect()
    }

    /// What is lost where a stretch of the F trace is missing, dB.
    fn lacuna_db(&self, layer: Layer, mhz: f64) -> f64 {
        let Some(lacuna) = self.sky.traits.lacuna.filter(|_| layer != Layer::E) else { return 0.0 };
        let [from, to] = lacuna.mhz.map(|edge| self.critical((self.sky.f2.0, edge)));
        if mhz > from && mhz < to { lacuna.loss_db } else { 0.0 }
    }

    /// The first reflection of a layer and its multiples.
    fn hops(&self, layer: Layer, delays: Vec<(f64, Delay)>, echoes: &mut Vec<Echo>) {
        for hop in 1..=self.sky.traits.hops {
            let points: Vec<EchoPoint> = delays
                .iter()
                .enumerate()
                .map(|(i, &(mhz, delay))| {
                    let component = match self.mode {
                        Mode::X => self.receiver.x_db,
                        Mode::Z => self.sky.traits.z_db.unwrap_or(16.0),
                        Mode::O | Mode::Unknown => self.receiver.o_db,
                    };
                    let drawn_out = dispersion_db(&delays, i, self.sky.traits.dispersion_km_mhz);
                    let loss = self.absorption_db(mhz) + delay.loss_db + component + drawn_out;
                    let km = f64::from(hop) * delay.km;
                    EchoPoint { mhz, km, strength: self.receiver.strength(mhz, delay.km, hop, loss) }
                })
                .collect();
            if points.iter().any(|point| point.strength > 0.0) {
                echoes.push(Echo { kind: Kind::Trace, mode: self.mode, layer: Some(layer), hop, points });
            }
        }
    }

    /// Absorption there and back in the D region, which an effective frequency governs: f + fL for O and f - fL for X, fL being
    /// the part of the gyrofrequency along the path (Davies 1990, chapter 7), dB.
    fn absorption_db(&self, mhz: f64) -> f64 {
        // Near the gyrofrequency nothing is left of X, whatever the path.
        if self.sky.traits.is_wide && self.mode == Mode::X && mhz < 1.1 * self.sky.sounding.gyro_at(90.0) {
            return f64::INFINITY;
        }
        let along = self.sky.sounding.gyro_at(90.0) * (1.0 - self.sky.sin2).sqrt();
        let effective = if self.mode == Mode::X { mhz - self.sky.traits.x_share * along } else { mhz + along };
        if effective <= 0.0 { f64::INFINITY } else { self.sky.absorption_db / (effective * effective) }
    }

    /// What sporadic E keeps back from a layer above it, dB for each hop.
    fn screen_db(&self, layer: Layer, mhz: f64) -> f64 {
        let Some(sheet) = self.sky.sporadic else { return 0.0 };
        if layer == Layer::E && sheet.km > self.sky.e.0 {
            return 0.0;
        }
        let (blanket, top) = self.sheet_mhz(&sheet);
        if mhz < blanket { f64::INFINITY } else { 8.0 * ((top - mhz) / (top - blanket).max(0.01)).clamp(0.0, 1.0) }
    }

    /// Blanketing and top frequency of a sheet for this component, MHz.
    fn sheet_mhz(&self, sheet: &Sporadic) -> (f64, f64) {
        (self.critical((sheet.km, sheet.blanket_mhz)), self.critical((sheet.km, sheet.fo_mhz)))
    }

    fn sporadic(&self, sheet: &Sporadic, sweep_mhz: &[f64], echoes: &mut Vec<Echo>) {
        let (blanket, top) = self.sheet_mhz(sheet);
        let is_above = sheet.km > self.sky.e.0;
        let from = if is_above { self.critical(self.sky.e) } else { 0.0 };
        let reach = |mhz: f64| {
            let delay = self.sky.sounding.reach(sheet.km, mhz, self.mode)?;
            Some(Delay { km: delay.km + retardation_km(sheet.half_km, mhz / top), ..delay })
        };
        let mut delays = self.delays(sweep_mhz, from.max(self.receiver.band_mhz[0]), top, reach);
        let component_db = if self.mode == Mode::X { sheet.x_db } else { 0.0 };
        for (mhz, delay) in &mut delays {
            // Above the blanketing frequency only patches of the sheet still reflect.
            let patchy = sheet.fade_db * ((*mhz - blanket) / (top - blanket).max(0.01)).clamp(0.0, 1.0).powi(2);
            delay.loss_db += patchy + component_db + holes_db(sheet.holes, *mhz);
        }
        // Reflected by the sheet, the layer, and, going down again, by the sheet's upper side.
        if self.mode == Mode::O {
            let mixed = |echo: &Echo| {
                // What is reflected below the sheet never meets its upper side.
                let least_km = if self.sky.traits.is_wide { sheet.km + 20.0 } else { 0.0 };
                let is_between = |p: &&EchoPoint| p.mhz > blanket && p.mhz < top && p.km > least_km;
                let points = echo.points.iter().filter(is_between);
                let points =
                    points.map(|p| EchoPoint { km: p.km + sheet.km, strength: 0.45 * p.strength, ..*p }).collect();
                Echo { kind: Kind::Mixed, mode: self.mode, layer: echo.layer, hop: 1, points }
            };
            let upper = [Layer::F, Layer::F1, Layer::F2].map(Some);
            let all: Vec<Echo> = echoes
                .iter()
                .filter(|echo| echo.mode == Mode::O && echo.hop == 1 && upper.contains(&echo.layer))
                .map(mixed)
                .collect();
            // Between the layer's underside and the sheet's upper side: twice the layer less the sheet.
            if self.sky.traits.is_wide {
                let between = |echo: &Echo| Echo {
                    points: echo
                        .points
                        .iter()
                        .map(|p| EchoPoint { km: 2.0 * (p.km - sheet.km) - sheet.km, strength: 0.7 * p.strength, ..*p })
                        .collect(),
                    ..echo.clone()
                };
                let returned: Vec<Echo> = all.iter().map(between).collect();
                echoes.extend(returned);
            }
            echoes.extend(all);
        }
        if sheet.slant_km_mhz > 0.0 && self.mode == Mode::O {
            echoes.extend(self.slant(sheet, &delays, sweep_mhz));
        }
        self.hops(Layer::Es, delays, echoes);
    }

    /// The oblique trace of slant Es: it leaves the layer's trace and climbs steadily, diffuse, far beyond foEs.
    fn slant(&self, sheet: &Sporadic, delays: &[(f64, Delay)], sweep_mhz: &[f64]) -> Option<Echo> {
        let start = 0.5 * (delays.first()?.0 + delays.last()?.0);
        let points = refined(sweep_mhz, start, start + 240.0 / sheet.slant_km_mhz).into_iter().map(|mhz| {
            let km = sheet.km + sheet.slant_km_mhz * (mhz - start);
            let loss = self.absorption_db(mhz) + self.receiver.o_db + sheet.fade_db;
            EchoPoint { mhz, km, strength: self.receiver.strength(mhz, km, 1, loss) }
        });
        let points = points.collect();
        Some(Echo { kind: Kind::Scatter, mode: self.mode, layer: Some(Layer::Es), hop: 1, points })
    }
}

/// Extra virtual height at a share of the critical frequency of a parabolic layer of a half thickness (Budden 1985, 13.6), km.
fn retardation_km(half_km: f64, share: f64) -> f64 {
    if half_km <= 0.0 || share >= 1.0 {
        return 0.0;
    }
    0.5 * half_km * share * ((1.0 + share) / (1.0 - share)).ln()
}

/// Loss in the holes of a patchy sheet, dB: two beating waves along the logarithm of the frequency.
fn holes_db([depth_db, phase]: [f64; 2], mhz: f64) -> f64 {
    if depth_db <= 0.0 {
        return 0.0;
    }
    let wave = |rate: f64| (std::f64::consts::TAU * (rate * mhz.ln() + phase * rate)).sin();
    depth_db * (0.5 * (wave(7.0) + wave(11.3))).max(0.0)
}

/// Delays at many frequencies, interpolated in a straight line between so many computed ones that the error stays below
/// [`TABLE_KM`].
fn tabulated(at: &[f64], delay: impl Fn(f64) -> Option<Delay>) -> Vec<(f64, Delay)> {
    /// First spacing of the table in frequencies of the sweep.
    const COARSE: usize = 16;
    let Some(last) = at.len().checked_sub(1) else { return Vec::new() };
    let mut table: Vec<Option<Option<Delay>>> = vec![None; at.len()];
    let mut open: Vec<(usize, usize)> = (0..=last).step_by(COARSE).map(|i| (i, (i + COARSE).min(last))).collect();
    let computed = |table: &mut Vec<Option<Option<Delay>>>, i: usize| *table[i].get_or_insert_with(|| delay(at[i]));
    while let Some((low, high)) = open.pop() {
        let (below, above) = (computed(&mut table, low), computed(&mut table, high));
        if high < low + 2 {
            continue;
        }
        let middle = (low + high) / 2;
        let exact = computed(&mut table, middle);
        let close = match (below, exact, above) {
            (Some(a), Some(b), Some(c)) => {
                let line = between(at, (low, a), (high, c), middle);
                (line.km - b.km).abs() < TABLE_KM && (line.loss_db - b.loss_db).abs() < 0.5
            }
            (None, None, None) => true,
            _ => false,
        };
        if !close {
            open.extend([(low, middle), (middle, high)]);
        }
    }
    let known: Vec<(usize, Option<Delay>)> =
        table.iter().enumerate().filter_map(|(i, value)| Some((i, (*value)?))).collect();
    let mut delays = Vec::with_capacity(at.len());
    for pair in known.windows(2) {
        let ((low, below), (high, above)) = (pair[0], pair[1]);
        delays.extend(below.map(|delay| (at[low], delay)));
        if let (Some(below), Some(above)) = (below, above) {
            delays.extend((low + 1..high).map(|i| (at[i], between(at, (low, below), (high, above), i))));
        }
    }
    delays.extend(known.last().and_then(|&(i, value)| Some((at[i], value?))));
    delays
}

/// Largest error of a tabulated delay, km.
const TABLE_KM: f64 = 0.3;

/// The delay at place `i` on the straight line between two others.
fn between(at: &[f64], (low, a): (usize, Delay), (high, b): (usize, Delay), i: usize) -> Delay {
    let width = at[high] - at[low];
    let t = if width > 0.0 { (at[i] - at[low]) / width } else { 0.0 };
    Delay { km: a.km + t * (b.km - a.km), loss_db: a.loss_db + t * (b.loss_db - a.loss_db) }
}

/// What a pulse loses of its height where its frequencies come back at different times, dB.
/// The pulse is drawn out to twice its length where the slope is `broad_km_mhz`, km for each MHz.
fn dispersion_db(delays: &[(f64, Delay)], i: usize, broad_km_mhz: f64) -> f64 {
    let (before, after) = (delays[i.saturating_sub(1)], delays[(i + 1).min(delays.len() - 1)]);
    let width = after.0 - before.0;
    let slope = if width > 0.0 { (after.1.km - before.1.km) / width } else { 0.0 };
    10.0 * (1.0 + (slope / broad_km_mhz).powi(2)).log10()
}

/// Copies of the F traces, later and up to higher frequencies, as a rough layer scatters them.
fn scatter(echoes: &[Echo], spread: &Spread, random: &mut Random) -> Vec<Echo> {
    let &Spread { range_km, share, copies, strength: [weak, strong] } = spread;
    let last = copies.saturating_sub(1).max(1) as f64;
    let shifts: Vec<[f64; 3]> = (0..copies)
        .map(|i| [i as f64 / last * share, random.share() * range_km, random.between(weak, strong)])
        .collect();
    echoes
        .iter()
        .filter(|echo| echo.hop <= 2 && matches!(echo.layer, Some(Layer::F | Layer::F1 | Layer::F2)))
        .flat_map(|echo| {
            shifts.iter().map(|&[excess, km, strength]| Echo {
                kind: Kind::Scatter,
                points: echo
                    .points
                    .iter()
                    .map(|p| EchoPoint { mhz: p.mhz * (1.0 + excess), km: p.km + km, strength: p.strength * strength })
                    .collect(),
                ..echo.clone()
            })
        })
        .collect()
}

/// Copies of the Es traces at greater ranges, as patches aside of the vertical return them, each up to a frequency of its own.
fn diffuse(echoes: &[Echo], range_km: f64, random: &mut Random) -> Vec<Echo> {
    const COPIES: usize = 22;
    let shifts: Vec<[f64; 3]> = (0..COPIES)
        .map(|i| {
            let place = (i as f64 + random.share()) / COPIES as f64;
            [place * range_km, random.between(0.3, 0.8) * (1.0 - 0.5 * place), random.between(0.55, 1.0)]
        })
        .collect();
    let layers = echoes.iter().filter(|echo| echo.kind == Kind::Trace && echo.hop == 1);
    layers
        .filter(|echo| echo.layer == Some(Layer::Es))
        .flat_map(|echo| {
            let top = echo.points.last().map_or(0.0, |point| point.mhz);
            shifts.iter().map(move |&[km, strength, share]| Echo {
                kind: Kind::Scatter,
                points: echo
                    .points
                    .iter()
                    .filter(|p| p.mhz <= share * top)
                    .map(|p| EchoPoint { km: p.km + km, strength: p.strength * strength, ..*p })
                    .collect(),
                ..echo.clone()
            })
        })
        .collect()
}

/// The oblique copies of the F traces.
fn satellite(echoes: &[Echo], one: &Satellite) -> Vec<Echo> {
    let is_f = |echo: &&Echo| {
        echo.kind == Kind::Trace
            && echo.hop <= 2
            && matches!(echo.layer, Some(Layer::F | Layer::F1 | Layer::F2))
            && echo.mode != Mode::Z
    };
    let top = |mode: Mode| {
        let all = echoes.iter().filter(is_f).filter(|echo| echo.mode == mode);
        all.filter_map(|echo| echo.points.last()).map(|point| point.mhz).fold(0.0, f64::max)
    };
    let tops = [(Mode::O, top(Mode::O)), (Mode::X, top(Mode::X))];
    let moved = |echo: &Echo| {
        let top = tops.iter().find(|(mode, _)| *mode == echo.mode).map_or(1.0, |pair| pair.1);
        let shift = |p: &EchoPoint| EchoPoint {
            mhz: p.mhz * (1.0 + one.share * (p.mhz / top).powf(one.fork)),
            km: p.km + f64::from(echo.hop) * one.range_km,
            strength: p.strength * one.strength,
        };
        Echo { kind: Kind::Satellite, points: echo.points.iter().map(shift).collect(), ..echo.clone() }
    };
    echoes.iter().filter(is_f).map(moved).collect()
}

fn topside(sky: &Sky, mode: Mode, sweep_mhz: &[f64], receiver: &Receiver, echoes: &mut Vec<Echo>) {
    let Some(&last) = sweep_mhz.last() else { return };
    let range = |mhz: &f64| Some((*mhz, sky.sounding.echo(*mhz, mode)?.km));
    let points: Vec<(f64, f64)> = refined(sweep_mhz, receiver.band_mhz[0], last).iter().filter_map(range).collect();
    let points = with_strength(&points, if mode == Mode::X { 0.95 } else { 0.9 });
    echoes.push(Echo { kind: Kind::Trace, mode, layer: Some(Layer::Topside), hop: 1, points });
    let ground: Vec<(f64, f64)> =
        sweep_mhz.iter().filter_map(|&mhz| Some((mhz, sky.sounding.reach(0.0, mhz, mode)?.km))).collect();
    // The ground shows best just above the critical frequency and fades within a few MHz.
    let start = ground.first().map_or(last, |point| point.0);
    let mut points = with_strength(&ground, 0.6);
    points.retain(|point| point.mhz < start * 1.5);
    for point in &mut points {
        point.strength *= 1.5 - (point.mhz - start) / (0.5 * start);
        point.strength = point.strength.min(0.8);
    }
    echoes.push(Echo { kind: Kind::Trace, mode, layer: None, hop: 1, points });
}

/// The frequencies of the sweep between two limits, closer and closer towards the limits, where traces are steep.
fn refined(sweep_mhz: &[f64], from: f64, to: f64) -> Vec<f64> {
    let mut inside: Vec<f64> = sweep_mhz.iter().copied().filter(|&mhz| mhz >= from && mhz <= to).collect();
    for i in 2..26 {
        let near = 0.12 * 0.75f64.powi(i);
        inside.extend([from * (1.0 + near), to * (1.0 - near)].into_iter().filter(|&mhz| mhz > from && mhz < to));
    }
    inside.sort_by(f64::total_cmp);
    inside
}

/// Strength of topside echoes: where the delay grows fast the pulse spreads.
fn with_strength(points: &[(f64, f64)], full: f64) -> Vec<EchoPoint> {
    let slope = |i: usize| {
        let (before, after) = (points[i.saturating_sub(1)], points[(i + 1).min(points.len() - 1)]);
        let width = (after.0 / before.0).ln();
        if width > 0.0 { ((after.1 - before.1) / width).abs() } else { 0.0 }
    };
    (0..points.len())
        .map(|i| EchoPoint { mhz: points[i].0, km: points[i].1, strength: full / (1.0 + slope(i) / 9000.0) })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::sky::{Place, Weather};
    use super::*;

    /// A summer noon with the sheet given, seen by a sounder of some power.
    fn sounded(sporadic: Option<Sporadic>, power_db: f64) -> (Sky, Vec<Echo>) {
        let place = Place {
            sounder: Sounder::Bottomside,
            latitude: 40.0,
            longitude: 0.0,
            gyro_mhz: 1.3,
            sounder_km: 0.0,
            sunspots: 60.0,
        };
        let sky = Sky { sporadic, spread: None, ..Weather::new(Random::new(2)).sky(&place, 172.5) };
        let receiver = Receiver {
            power_db,
            x_db: 2.0,
            o_db: 0.0,
            antenna_mhz: 1.6,
            band_mhz: [1.0, 20.0],
            reach_km: 1500.0,
            faintest: 0.2,
        };
        let sweep: Vec<f64> = (0..500).map(|i| 1.0 * 20f64.powf(f64::from(i) / 500.0)).collect();
        let echoes = echoes(&sky, Sounder::Bottomside, &sweep, &receiver, &mut Random::new(1));
        (sky, echoes)
    }

    fn points(echoes: &[Echo], layer: Layer, hop: u8) -> Vec<EchoPoint> {
        let wanted = |echo: &&Echo| {
            echo.kind == Kind::Trace && echo.mode == Mode::O && echo.layer == Some(layer) && echo.hop == hop
        };
        echoes.iter().filter(wanted).flat_map(|echo| echo.points.clone()).collect()
    }

    #[test]
    fn by_day_absorption_hides_the_low_frequencies_of_x_more_than_of_o() {
        let (sky, echoes) = sounded(None, 58.0);
        let first = |mode| {
            let all = echoes.iter().filter(|echo| echo.mode == mode && echo.hop == 1);
            all.flat_map(|echo| &echo.points).map(|point| point.mhz).fold(f64::INFINITY, f64::min)
        };
        assert!(first(Mode::O) > 1.2 && first(Mode::O) < sky.e.1 && first(Mode::X) > first(Mode::O) + 0.5);
    }

    #[test]
    fn multiples_come_from_twice_the_height_and_are_weaker() {
        let (sky, echoes) = sounded(None, 58.0);
        let upper = if sky.f1.is_some_and(|f1| f1.is_cusp) { Layer::F2 } else { Layer::F };
        let (once, twice) = (points(&echoes, upper, 1), points(&echoes, upper, 2));
        assert!(twice.len() > 5);
        for point in &twice {
            let below = once.iter().find(|first| first.mhz == point.mhz).unwrap();
            assert!((point.km - 2.0 * below.km).abs() < 1e-6 && point.strength <= below.strength);
        }
    }

    #[test]
    fn a_dense_sheet_blankets_what_lies_above_it() {
        let sheet = Sporadic::thin(5.0, 4.5, 97.0, 'l');
        let (_, echoes) = sounded(Some(sheet), 44.0);
        for layer in [Layer::E, Layer::F, Layer::F1, Layer::F2] {
            assert!(points(&echoes, layer, 1).iter().all(|point| point.mhz >= 4.5), "{layer:?}");
        }
        let sheet_points = points(&echoes, Layer::Es, 1);
        // Lower frequencies are late: the E layer's lower side slows them.
        let fast: Vec<_> = sheet_points.iter().filter(|point| point.mhz > 3.5).collect();
        assert!(fast.len() > 50 && fast.iter().all(|point| (point.km - 97.0).abs() < 6.0));
        assert!((sheet_points.last().unwrap().mhz - 5.0).abs() < 0.05);
    }
}

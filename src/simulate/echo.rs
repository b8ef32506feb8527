//! Which echoes an ionosphere returns over a sweep, and how strong.

use super::random::Random;
use super::sky::{Sky, Sporadic};
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
                let scattered = scatter(&echoes, spread.range_km, spread.share, random);
                echoes.extend(scattered);
            }
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
        // Z couples into the ionosphere only where the field stands nearly upright.
        if self.mode == Mode::Z && self.sky.sin2 > 0.05 {
            return;
        }
        let e_top = self.critical(self.sky.e);
        let f1_top = self.sky.f1.map_or(e_top, |f1| self.critical((f1.km, f1.mhz)));
        let upper =
            if self.sky.f1.is_some_and(|f1| f1.is_cusp) { [Layer::F1, Layer::F2] } else { [Layer::F, Layer::F] };
        let f_top = self.critical(self.sky.f2);
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
        let echo = |mhz: f64| {
            let delay = self.sky.sounding.echo(mhz, self.mode)?;
            Some((mhz, Delay { loss_db: delay.loss_db + self.screen_db(layer, mhz), ..delay }))
        };
        refined(sweep_mhz, start, to).into_iter().filter_map(echo).collect()
    }

    /// The first reflection of a layer and its multiples.
    fn hops(&self, layer: Layer, delays: Vec<(f64, Delay)>, echoes: &mut Vec<Echo>) {
        for hop in 1..=4u8 {
            let points: Vec<EchoPoint> = delays
                .iter()
                .enumerate()
                .map(|(i, &(mhz, delay))| {
                    let component = match self.mode {
                        Mode::X => self.receiver.x_db,
                        Mode::Z => 16.0,
                        Mode::O | Mode::Unknown => 0.0,
                    };
                    let loss = self.absorption_db(mhz) + delay.loss_db + component + dispersion_db(&delays, i);
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
        let along = self.sky.sounding.gyro_at(90.0) * (1.0 - self.sky.sin2).sqrt();
        let effective = if self.mode == Mode::X { mhz - along } else { mhz + along };
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
        let delays: Vec<(f64, Delay)> = refined(sweep_mhz, from.max(self.receiver.band_mhz[0]), top)
            .into_iter()
            .filter_map(|mhz| {
                let delay = self.sky.sounding.reach(sheet.km, mhz, self.mode)?;
                // Above the blanketing frequency only patches of the sheet still reflect.
                let patchy = 15.0 * ((mhz - blanket) / (top - blanket).max(0.01)).clamp(0.0, 1.0).powi(2);
                Some((mhz, Delay { loss_db: delay.loss_db + patchy, ..delay }))
            })
            .collect();
        // Reflected by the sheet, the layer, and, going down again, by the sheet's upper side.
        if self.mode == Mode::O {
            let mixed = |echo: &Echo| {
                let points = echo.points.iter().filter(|point| point.mhz > blanket && point.mhz < top);
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
            echoes.extend(all);
        }
        self.hops(Layer::Es, delays, echoes);
    }
}

/// What a pulse loses of its height where its frequencies come back at different times, dB.
fn dispersion_db(delays: &[(f64, Delay)], i: usize) -> f64 {
    /// Slope at which the pulse is drawn out to twice its length, km for each MHz.
    const BROAD: f64 = 700.0;
    let (before, after) = (delays[i.saturating_sub(1)], delays[(i + 1).min(delays.len() - 1)]);
    let width = after.0 - before.0;
    let slope = if width > 0.0 { (after.1.km - before.1.km) / width } else { 0.0 };
    10.0 * (1.0 + (slope / BROAD).powi(2)).log10()
}

/// Copies of the F traces, later and up to higher frequencies, as a rough layer scatters them.
fn scatter(echoes: &[Echo], range_km: f64, share: f64, random: &mut Random) -> Vec<Echo> {
    const COPIES: usize = 14;
    let shifts: Vec<[f64; 3]> = (0..COPIES)
        .map(|i| [i as f64 / (COPIES - 1) as f64 * share, random.share() * range_km, random.between(0.35, 0.75)])
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
        let receiver =
            Receiver { power_db, x_db: 2.0, antenna_mhz: 1.6, band_mhz: [1.0, 20.0], reach_km: 1500.0, faintest: 0.2 };
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
        let sheet = Sporadic { fo_mhz: 5.0, blanket_mhz: 4.5, km: 97.0, kind: 'l' };
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

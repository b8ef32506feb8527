//! The true characteristics of a frame by the URSI definitions: values from the exact curves, but only of what the film shows,
//! with the letters where the rules give them (URSI Handbook, UAG-23, sections 2 and 3).

mod e_region;
mod f_region;

use super::echo::{Echo, EchoPoint, Kind};
use super::roll::FilmFrame;
use super::sky::Sky;
use crate::model::{CharacteristicName as Name, Layer, Mode};

/// How near to its critical frequency a trace must be seen for the cusp to be read: MHz, and as a share.
const CUSP_MHZ: f64 = 0.12;
const CUSP_SHARE: f64 = 0.03;

/// A true value; without one the characteristic cannot be read, the limits may still bound it, and the descriptor says why.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reading {
    pub(super) name: Name,
    pub(super) value: Option<f64>,
    /// Letters as a value: the type of sporadic E.
    pub(super) words: Option<char>,
    pub(super) lower: Option<f64>,
    pub(super) upper: Option<f64>,
    pub(super) qualifier: Option<char>,
    pub(super) descriptor: Option<char>,
}

impl Reading {
    fn new(name: Name, value: Option<f64>, qualifier: Option<char>, descriptor: Option<char>) -> Self {
        Self { name, value, words: None, lower: value, upper: value, qualifier, descriptor }
    }

    fn plain(name: Name, value: f64) -> Self {
        Self::new(name, Some(value), None, None)
    }

    fn none(name: Name, why: Option<char>) -> Self {
        Self::new(name, None, None, why)
    }

    /// The true value is greater than what is seen.
    fn at_least(name: Name, seen: f64, why: char) -> Self {
        Self { lower: Some(seen), ..Self::none(name, Some(why)) }
    }
}

const UPPER: &[Layer] = &[Layer::F, Layer::F2];
const ANY_F: &[Layer] = &[Layer::F, Layer::F1, Layer::F2];
const ALL: &[Layer] = &[Layer::E, Layer::Es, Layer::F, Layer::F1, Layer::F2];

/// All characteristics of a frame; the sweep ends at `band_mhz`.
pub(super) fn characteristics(frame: &FilmFrame, band_mhz: [f64; 2]) -> Vec<Reading> {
    let film = Film { frame, sky: &frame.sky, band_mhz };
    if frame.sky.sounding.sounder_km() > 0.0 {
        return film.topside();
    }
    let fo_f2 = film.fo_f2();
    let mut readings = vec![film.fx_f2(), film.fx_i(), film.fo_e(), film.h_e()];
    readings.extend(film.heights(&fo_f2));
    readings.extend(film.factors(&fo_f2));
    readings.push(fo_f2);
    readings.push(film.fo_f1());
    readings.extend(film.sporadic());
    readings.push(film.fmin());
    readings.sort_by_key(|reading| reading.name.ursi_code());
    readings
}

struct Film<'a> {
    frame: &'a FilmFrame,
    sky: &'a Sky,
    band_mhz: [f64; 2],
}

impl Film<'_> {
    /// First-hop points of some layers that the film shows, from low to high frequency.
    fn seen(&self, mode: Mode, layers: &[Layer]) -> Vec<EchoPoint> {
        // An intermediate layer counts with E among what stands below F, but E's own characteristics are not its.
        let most = if layers == [Layer::E] && mode == Mode::O && self.sky.traits.e2.is_some() {
            self.sky.e.1 * 1.0005
        } else {
            f64::INFINITY
        };
        let shows = |point: &&EchoPoint| {
            point.strength >= self.frame.faintest && !self.frame.is_disturbed(point.mhz) && point.mhz <= most
        };
        let mut points: Vec<EchoPoint> =
            self.traces(mode, layers).flat_map(|echo| echo.points.iter()).filter(shows).copied().collect();
        points.sort_by(|a, b| a.mhz.total_cmp(&b.mhz));
        points
    }

    fn traces<'b>(&'b self, mode: Mode, layers: &'b [Layer]) -> impl Iterator<Item = &'b Echo> {
        self.frame.echoes.iter().filter(move |echo| {
            echo.kind == Kind::Trace
                && echo.mode == mode
                && echo.hop == 1
                && echo.layer.is_some_and(|layer| layers.contains(&layer))
        })
    }

    fn top(&self, mode: Mode, layers: &[Layer]) -> Option<f64> {
        self.seen(mode, layers).last().map(|point| point.mhz)
    }

    fn bottom(&self, mode: Mode, layers: &[Layer]) -> Option<f64> {
        self.seen(mode, layers).first().map(|point| point.mhz)
    }

    /// Why nothing of a layer shows, whose critical frequency is `fo`: C equipment, A blanketing, E below the band, W beyond
    /// the heights of the film, Y lacuna, B absorption.
    fn absence(&self, km: f64, fo: f64) -> Option<char> {
        let blanket = self.sky.sporadic.filter(|sheet| sheet.km < km).map_or(0.0, |sheet| sheet.blanket_mhz);
        Some(if self.frame.is_silent {
            'C'
        } else if blanket > fo * (1.0 - CUSP_SHARE) {
            'A'
        } else if fo < self.band_mhz[0] {
            'E'
        } else if km > self.sky.e.0 && self.is_lacuna(fo) {
            'Y'
        } else {
            'B'
        })
    }

    /// The F trace is missing near a plasma frequency.
    fn is_lacuna(&self, mhz: f64) -> bool {
        self.sky.traits.lacuna.is_some_and(|lacuna| lacuna.covers(mhz) || lacuna.covers(mhz * (1.0 - CUSP_SHARE)))
    }

    /// A cusp at `critical` is seen if the trace comes near it.
    fn is_near(&self, top: Option<f64>, critical: f64) -> bool {
        top.is_some_and(|top| top > critical - (CUSP_SHARE * critical).max(CUSP_MHZ))
    }

    /// Lowest height of some layers' O trace. Where blanketing cuts the trace off while it still falls, what is left is an
    /// upper limit (letters E A).
    fn lowest(&self, name: Name, layers: &[Layer], (km, fo): (f64, f64)) -> Reading {
        let seen = self.seen(Mode::O, layers);
        let Some(value) = seen.iter().map(|point| point.km).min_by(f64::total_cmp) else {
            return Reading::none(name, self.absence(km, fo));
        };
        let blanketed = self.sky.sporadic.is_some_and(|sheet| sheet.km < km && sheet.blanket_mhz > 0.8 * seen[0].mhz);
        let exact = self.exact(layers).into_iter().map(|point| point.1).fold(f64::INFINITY, f64::min);
        if blanketed && value > exact + 5.0 {
            return Reading { lower: None, ..Reading::new(name, Some(value), Some('E'), Some('A')) };
        }
        if self.sky.traits.is_wide && value > exact + 5.0 {
            let why = if self.sky.traits.lacuna.is_some() { 'Y' } else { 'B' };
            return Reading { lower: None, ..Reading::new(name, Some(value), Some('E'), Some(why)) };
        }
        Reading::plain(name, value)
    }

    /// The exact O curve of some layers over the band: MHz and km, whether or not the film shows it.
    fn exact(&self, layers: &[Layer]) -> Vec<(f64, f64)> {
        let (e, f1, f2) = (self.sky.e_top_mhz(), self.sky.f1.filter(|f1| f1.is_cusp).map(|f1| f1.mhz), self.sky.f2.1);
        let (from, to) = match layers {
            [Layer::E] => (0.0, self.sky.e.1),
            [Layer::F1] => (e, f1.unwrap_or(e)),
            [Layer::F2] | [Layer::F, Layer::F2] => (f1.unwrap_or(e), f2),
            _ => (e, f2),
        };
        const STEPS: u32 = 160;
        let from = from.max(self.band_mhz[0]);
        (1..STEPS)
            .map(|i| from + (to - from) * f64::from(i) / f64::from(STEPS))
            .filter_map(|mhz| Some((mhz, self.sky.sounding.echo(mhz, Mode::O)?.km)))
            .collect()
    }

    fn fmin(&self) -> Reading {
        let any = || self.bottom(Mode::X, ALL).filter(|_| self.sky.traits.is_wide);
        match self.bottom(Mode::O, ALL).or_else(any) {
            Some(first) if first < 1.02 * self.band_mhz[0] => {
                Reading { lower: None, ..Reading::new(Name::Fmin, Some(first), Some('E'), Some('E')) }
            }
            Some(first) => Reading::plain(Name::Fmin, first),
            None => Reading::none(Name::Fmin, Some(if self.frame.is_silent { 'C' } else { 'B' })),
        }
    }

    fn topside(&self) -> Vec<Reading> {
        let deepest = |mode| self.seen(mode, &[Layer::Topside]).into_iter().max_by(|a, b| a.mhz.total_cmp(&b.mhz));
        let (o, x) = (deepest(Mode::O), deepest(Mode::X));
        let letter = if self.frame.is_silent { 'C' } else { 'R' };
        let read = |name, value: Option<f64>| {
            value.map_or_else(|| Reading::none(name, Some(letter)), |value| Reading::plain(name, value))
        };
        vec![
            read(Name::TopsideFoDeepest, o.map(|point| point.mhz)),
            read(Name::TopsideRangeODeepest, o.map(|point| point.km)),
            read(Name::TopsideFxDeepest, x.map(|point| point.mhz)),
            read(Name::TopsideRangeXDeepest, x.map(|point| point.km)),
        ]
    }
}

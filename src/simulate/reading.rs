//! The true characteristics of a frame by the URSI definitions: values from the exact curves, but only of what the film shows,
//! with the letters where the rules give them (URSI Handbook, UAG-23, sections 2 and 3).

use super::echo::{Echo, EchoPoint, Kind};
use super::roll::FilmFrame;
use super::sky::Sky;
use crate::model::{CharacteristicName as Name, Layer, Mode};
use crate::physics::x_of_o;
use crate::scale::maximum_usable_frequency;

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
        let shows = |point: &&EchoPoint| point.strength >= self.frame.faintest && !self.frame.is_disturbed(point.mhz);
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
    /// the heights of the film, B absorption.
    fn absence(&self, km: f64, fo: f64) -> Option<char> {
        let blanket = self.sky.sporadic.filter(|sheet| sheet.km < km).map_or(0.0, |sheet| sheet.blanket_mhz);
        Some(if self.frame.is_silent {
            'C'
        } else if blanket > fo * (1.0 - CUSP_SHARE) {
            'A'
        } else if fo < self.band_mhz[0] {
            'E'
        } else {
            'B'
        })
    }

    /// A cusp at `critical` is seen if the trace comes near it.
    fn is_near(&self, top: Option<f64>, critical: f64) -> bool {
        top.is_some_and(|top| top > critical - (CUSP_SHARE * critical).max(CUSP_MHZ))
    }

    fn fx(&self) -> f64 {
        x_of_o(self.sky.f2.1, self.sky.sounding.gyro_at(self.sky.f2.0))
    }

    /// Share of the critical frequency over which the top of the F trace is smeared.
    fn smear(&self) -> f64 {
        self.sky.spread.map_or(0.0, |spread| spread.share)
    }

    fn fo_f2(&self) -> Reading {
        let (km, fo) = self.sky.f2;
        let (top, x_top) = (self.top(Mode::O, UPPER), self.top(Mode::X, UPPER));
        let width = self.smear() * fo;
        if fo > self.band_mhz[1] {
            return top.map_or_else(
                || Reading::none(Name::FoF2, self.absence(km, fo)),
                |top| Reading::at_least(Name::FoF2, top, 'D'),
            );
        }
        if width > 0.35 && top.is_some() {
            return Reading::none(Name::FoF2, Some('F'));
        }
        let spread = (width > 0.08).then_some('F');
        if self.is_near(top, fo) {
            let disturbed = self.frame.is_disturbed(fo).then_some('S');
            return Reading::new(Name::FoF2, Some(fo), (width > 0.2).then_some('U'), spread.or(disturbed));
        }
        if self.is_near(x_top, self.fx()) {
            return Reading::new(Name::FoF2, Some(fo), Some('J'), Some(spread.unwrap_or('X')));
        }
        match top {
            Some(top) => Reading::at_least(Name::FoF2, top, if self.cut_above(top) { 'W' } else { 'R' }),
            None => Reading::none(Name::FoF2, self.absence(km, fo)),
        }
    }

    /// The trace leaves the film at its upper edge.
    fn cut_above(&self, top_mhz: f64) -> bool {
        self.sky.sounding.echo(top_mhz, Mode::O).is_some_and(|delay| delay.km > 0.93 * self.frame.reach_km)
    }

    fn fx_f2(&self) -> Reading {
        let (fx, top) = (self.fx(), self.top(Mode::X, UPPER));
        if fx > self.band_mhz[1] {
            return Reading::none(Name::FxF2, Some('D'));
        }
        match top {
            _ if self.smear() * self.sky.f2.1 > 0.35 && top.is_some() => Reading::none(Name::FxF2, Some('F')),
            Some(_) if self.is_near(top, fx) => Reading::plain(Name::FxF2, fx),
            Some(top) => Reading::at_least(Name::FxF2, top, 'R'),
            None => Reading::none(Name::FxF2, self.absence(self.sky.f2.0, self.sky.f2.1)),
        }
    }

    /// Top of the scatter if there is any, else fxF2; deduced from O (letters O R) where only that is seen.
    fn fx_i(&self) -> Reading {
        let value = self.fx() * (1.0 + self.smear());
        let spread = self.sky.spread.map(|_| 'F');
        if value > self.band_mhz[1] {
            return Reading::none(Name::FxI, Some('D'));
        }
        if self.is_near(self.top(Mode::X, UPPER), self.fx()) {
            Reading::new(Name::FxI, Some(value), None, spread)
        } else if self.is_near(self.top(Mode::O, UPPER), self.sky.f2.1) {
            Reading::new(Name::FxI, Some(value), Some('O'), Some(spread.unwrap_or('R')))
        } else {
            Reading::none(
                Name::FxI,
                self.absence(self.sky.f2.0, self.sky.f2.1).map(|why| if why == 'B' { 'R' } else { why }),
            )
        }
    }

    fn fo_e(&self) -> Reading {
        let (km, fo) = self.sky.e;
        let top = self.top(Mode::O, &[Layer::E]);
        if self.is_near(top, fo) {
            return Reading::plain(Name::FoE, fo);
        }
        match top {
            // The next layer begins where E ends, retarded by it.
            Some(_)
                if self
                    .bottom(Mode::O, &[Layer::Es, Layer::F, Layer::F1])
                    .is_some_and(|f| f > fo && f < fo + CUSP_MHZ) =>
            {
                Reading::new(Name::FoE, Some(fo), Some('U'), Some('R'))
            }
            Some(top) => Reading::at_least(Name::FoE, top, 'R'),
            None => Reading::none(Name::FoE, self.absence(km, fo)),
        }
    }

    fn h_e(&self) -> Reading {
        self.lowest(Name::HE, &[Layer::E], self.sky.e)
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
        Reading::plain(name, value)
    }

    /// The exact O curve of some layers over the band: MHz and km, whether or not the film shows it.
    fn exact(&self, layers: &[Layer]) -> Vec<(f64, f64)> {
        let (e, f1, f2) = (self.sky.e.1, self.sky.f1.filter(|f1| f1.is_cusp).map(|f1| f1.mhz), self.sky.f2.1);
        let (from, to) = match layers {
            [Layer::E] => (0.0, e),
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

    fn fo_f1(&self) -> Reading {
        let name = Name::FoF1;
        match self.sky.f1 {
            None => Reading::none(name, None),
            Some(f1) if f1.is_cusp => {
                let below = self.is_near(self.top(Mode::O, &[Layer::F1]), f1.mhz);
                let above = self.bottom(Mode::O, &[Layer::F2]).is_some_and(|low| low < f1.mhz + 2.0 * CUSP_MHZ);
                if below || (above && self.top(Mode::O, &[Layer::F1]).is_some()) {
                    return Reading::plain(name, f1.mhz);
                }
                let why = self.absence(f1.km, f1.mhz);
                Reading::none(name, if self.top(Mode::O, &[Layer::F1]).is_some() { Some('R') } else { why })
            }
            Some(_) => Reading::none(name, Some('L')),
        }
    }

    fn heights(&self, fo_f2: &Reading) -> Vec<Reading> {
        let has_f1 = self.sky.f1.is_some_and(|f1| f1.is_cusp);
        let h_f2 =
            if has_f1 { self.lowest(Name::HF2, &[Layer::F2], self.sky.f2) } else { Reading::none(Name::HF2, None) };
        let at = 0.834 * self.sky.f2.1;
        let shown = self.seen(Mode::O, ANY_F).iter().any(|point| (point.mhz - at).abs() < 0.1);
        let hp = self.sky.sounding.echo(at, Mode::O).map(|delay| delay.km).filter(|_| shown && fo_f2.value.is_some());
        vec![
            self.lowest(Name::HF, ANY_F, self.sky.f2),
            h_f2,
            Reading::new(Name::HpF2, hp, None, hp.map_or(fo_f2.descriptor.or(Some('B')), |_| None)),
        ]
    }

    /// M factors and MUF by tangency on the exact curve, where the cusp is read.
    fn factors(&self, fo_f2: &Reading) -> Vec<Reading> {
        let upper = maximum_usable_frequency(&self.exact(UPPER)).filter(|_| fo_f2.value.is_some());
        let fo_f1 = self.fo_f1();
        let lower = maximum_usable_frequency(&self.exact(&[Layer::F1])).zip(fo_f1.value);
        let letter = |present: bool, of: &Reading| if present { None } else { of.descriptor };
        let name = [Name::M3000F2, Name::Muf3000F2, Name::M3000F1];
        vec![
            Reading::new(name[0], upper.map(|muf| muf / self.sky.f2.1), None, letter(upper.is_some(), fo_f2)),
            Reading::new(name[1], upper, None, letter(upper.is_some(), fo_f2)),
            Reading::new(name[2], lower.map(|(muf, fo)| muf / fo), None, letter(lower.is_some(), &fo_f1)),
        ]
    }

    fn sporadic(&self) -> Vec<Reading> {
        let names = [Name::FoEs, Name::FbEs, Name::HEs, Name::TypeEs];
        let seen = self.seen(Mode::O, &[Layer::Es]);
        let (Some(sheet), Some(last)) = (self.sky.sporadic, seen.last()) else {
            // G: no sheet denser than the normal E layer.
            let why = if self.frame.is_silent { Some('C') } else { self.top(Mode::O, &[Layer::E]).map(|_| 'G') };
            return names.map(|name| Reading::none(name, why)).into();
        };
        let above: &[Layer] = if sheet.km > self.sky.e.0 { ANY_F } else { &[Layer::E, Layer::F, Layer::F1, Layer::F2] };
        let blanket = match self.bottom(Mode::O, above) {
            // Nothing shows through: blanketing is complete.
            None => Reading::new(Name::FbEs, Some(last.mhz), Some('A'), Some('A')),
            // The sheet lets through whatever absorption leaves.
            Some(first) if first < seen[0].mhz + 0.05 || first > sheet.blanket_mhz + 0.25 => {
                let value = first.min(last.mhz);
                Reading { lower: None, ..Reading::new(Name::FbEs, Some(value), Some('E'), Some('B')) }
            }
            Some(first) => Reading::plain(Name::FbEs, first.min(last.mhz)),
        };
        let height = seen.iter().map(|point| point.km).fold(f64::INFINITY, f64::min);
        vec![
            Reading::plain(Name::FoEs, last.mhz),
            blanket,
            Reading::plain(Name::HEs, height),
            Reading { words: Some(sheet.kind), ..Reading::none(Name::TypeEs, None) },
        ]
    }

    fn fmin(&self) -> Reading {
        match self.bottom(Mode::O, ALL) {
            Some(first) if first < 1.02 * self.band_mhz[0] => {
                Reading { lower: None, ..Reading::new(Name::Fmin, Some(first), Some('E'), Some('E')) }
            }
            Some(first) => Reading::plain(Name::Fmin, first),
            None => Reading::none(Name::Fmin, Some(if self.frame.is_silent { 'C' } else { 'B' })),
        }
    }

    fn topside(&self) -> Vec<Reading> {
        let deepest = |mode| self.seen(mode, &[Layer::Topside]).into_iter().max_by(|a, b| a.km.total_cmp(&b.km));
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

//! Characteristics of F1 and F2.

use super::{ANY_F, CUSP_MHZ, Film, Reading, UPPER};
use crate::model::{CharacteristicName as Name, Layer, Mode};
use crate::physics::x_of_o;
use crate::scale::maximum_usable_frequency;

impl Film<'_> {
    pub(super) fn fo_f2(&self) -> Reading {
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
            Some(top) if self.cut_above(top) => Reading::at_least(Name::FoF2, top, 'W'),
            Some(top) => Reading::at_least(Name::FoF2, top, if self.is_lacuna(fo) { 'Y' } else { 'R' }),
            None => Reading::none(Name::FoF2, self.absence(km, fo)),
        }
    }

    /// The trace leaves the film at its upper edge.
    fn cut_above(&self, top_mhz: f64) -> bool {
        self.sky.sounding.echo(top_mhz, Mode::O).is_some_and(|delay| delay.km > 0.93 * self.frame.reach_km)
    }

    pub(super) fn fx_f2(&self) -> Reading {
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
    pub(super) fn fx_i(&self) -> Reading {
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

    pub(super) fn fo_f1(&self) -> Reading {
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
                let is_cut = self.top(Mode::O, &[Layer::F1]).is_some() && !self.is_lacuna(f1.mhz);
                Reading::none(name, if is_cut { Some('R') } else { why })
            }
            Some(_) => Reading::none(name, Some('L')),
        }
    }

    pub(super) fn heights(&self, fo_f2: &Reading) -> Vec<Reading> {
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
    pub(super) fn factors(&self, fo_f2: &Reading) -> Vec<Reading> {
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

    fn fx(&self) -> f64 {
        x_of_o(self.sky.f2.1, self.sky.sounding.gyro_at(self.sky.f2.0))
    }

    /// Share of the critical frequency over which the top of the F trace is smeared.
    fn smear(&self) -> f64 {
        self.sky.spread.map_or(0.0, |spread| spread.share)
    }
}

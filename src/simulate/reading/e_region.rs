//! Characteristics of the E layer and of sporadic E.

use super::{ANY_F, CUSP_MHZ, Film, Reading};
use crate::model::{CharacteristicName as Name, Layer, Mode};

impl Film<'_> {
    pub(super) fn fo_e(&self) -> Reading {
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

    pub(super) fn h_e(&self) -> Reading {
        self.lowest(Name::HE, &[Layer::E], self.sky.e)
    }

    pub(super) fn sporadic(&self) -> Vec<Reading> {
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
}

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
                    .into_iter()
                    .chain(self.intermediate())
                    .any(|f| f > fo && f < fo + CUSP_MHZ) =>
            {
                Reading::new(Name::FoE, Some(fo), Some('U'), Some('R'))
            }
            Some(top) => Reading::at_least(Name::FoE, top, 'R'),
            None => Reading::none(Name::FoE, self.absence(km, fo)),
        }
    }

    /// Lowest frequency that the film shows of a layer between E and F.
    fn intermediate(&self) -> Option<f64> {
        self.sky.traits.e2?;
        let points = self.traces(Mode::O, &[Layer::E]).flat_map(|echo| echo.points.iter());
        let seen = points.filter(|p| p.strength >= self.frame.faintest && p.mhz > self.sky.e.1);
        seen.map(|point| point.mhz).min_by(f64::total_cmp)
    }

    pub(super) fn h_e(&self) -> Reading {
        self.lowest(Name::HE, &[Layer::E], self.sky.e)
    }

    pub(super) fn sporadic(&self) -> Vec<Reading> {
        let names = [Name::FoEs, Name::FbEs, Name::HEs, Name::TypeEs];
        let seen = self.seen(Mode::O, &[Layer::Es]);
        let (Some(sheet), Some(last)) = (self.sky.sporadic, seen.last()) else {
            if let Some(readings) = self.sporadic_of_x() {
                return readings;
            }
            // G: no sheet denser than the normal E layer.
            let why = if self.frame.is_silent { Some('C') } else { self.top(Mode::O, &[Layer::E]).map(|_| 'G') };
            return names.map(|name| Reading::none(name, why)).into();
        };
        let above: &[Layer] = if sheet.km > self.sky.e.0 { ANY_F } else { &[Layer::E, Layer::F, Layer::F1, Layer::F2] };
        let blanket = match self.bottom(Mode::O, above) {
            // What the layer lets through is absorbed, or the antenna rejects it.
            None if self.sky.traits.is_wide && sheet.blanket_mhz < 0.97 * self.sky.f2.1 => {
                Reading::none(Name::FbEs, Some('B'))
            }
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

    /// Of an Es layer that shows X alone, as an antenna that rejects O has it: foEs is deduced (letters J X).
    fn sporadic_of_x(&self) -> Option<Vec<Reading>> {
        let sheet = self.sky.sporadic.filter(|_| self.sky.traits.is_wide)?;
        let seen = self.seen(Mode::X, &[Layer::Es]);
        let top = seen.last()?.mhz;
        // The inverse of fx (fx - fB) = fo^2.
        let fo = (top * (top - self.sky.sounding.gyro_at(sheet.km))).max(0.0).sqrt();
        let height = seen.iter().map(|point| point.km).fold(f64::INFINITY, f64::min);
        Some(vec![
            Reading::new(Name::FoEs, Some(fo), Some('J'), Some('X')),
            Reading::none(Name::FbEs, Some('X')),
            Reading::new(Name::HEs, Some(height), Some('J'), Some('X')),
            Reading { words: Some(sheet.kind), ..Reading::none(Name::TypeEs, None) },
        ])
    }
}

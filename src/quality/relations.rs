//! Values of one frame that contradict each other: their order, the two components, the factor.

use super::{Finding, QualityConfig};
use crate::model::{Characteristic, CharacteristicName as Name, Flag};
use crate::physics::x_of_o;

/// Pairs of which the first is never above the second (URSI Handbook, UAG-23: fmin <= foE < foF1 < foF2,
/// h'E < h'F, foF2 < fxF2 <= fxI).
const ORDER: &[(Name, Name)] = &[
    (Name::Fmin, Name::FoE),
    (Name::Fmin, Name::FoF2),
    (Name::FoE, Name::FoF1),
    (Name::FoE, Name::FoF2),
    (Name::FoF1, Name::FoF2),
    (Name::FoF2, Name::FxF2),
    (Name::FoF2, Name::FxI),
    (Name::HE, Name::HF),
    (Name::HEs, Name::HF),
];

/// The values of one frame beside each other.
#[derive(Debug, Clone, Default)]
pub(super) struct Relations {
    values: Vec<(Name, f64)>,
    gyro_mhz: Option<f64>,
}

impl Relations {
    /// The rows of a frame, and the gyrofrequency at its station.
    pub(super) fn of<'a>(rows: impl Iterator<Item = &'a Characteristic>, gyro_mhz: Option<f64>) -> Self {
        Self { values: rows.filter_map(|row| Some((row.name, row.value?))).collect(), gyro_mhz }
    }

    /// The tests that the value of this name does not pass.
    pub(super) fn run(&self, name: Name, config: &QualityConfig) -> Vec<Finding> {
        let off = [
            ("order", self.out_of_order(name)),
            ("component_separation", COMPONENTS.contains(&name) && self.separation_is_off(config)),
            ("factor_product", PRODUCT.contains(&name) && self.product_is_off(config)),
        ];
        let finding = |test| Finding { test, flag: Flag::Suspect, words: String::new() };
        off.into_iter().filter(|(_, is_off)| *is_off).map(|(test, _)| finding(test)).collect()
    }

    fn get(&self, name: Name) -> Option<f64> {
        self.values.iter().find(|value| value.0 == name).map(|value| value.1)
    }

    fn out_of_order(&self, name: Name) -> bool {
        ORDER.iter().filter(|(low, high)| name == *low || name == *high).any(|&(low, high)| {
            let pair = self.get(low).zip(self.get(high));
            pair.is_some_and(|(low, high)| low > high)
        })
    }

    /// fxF2 - foF2 disagrees with the station's gyrofrequency, where all three are known.
    fn separation_is_off(&self, config: &QualityConfig) -> bool {
        match (self.get(Name::FoF2), self.get(Name::FxF2), self.gyro_mhz) {
            (Some(fo), Some(fx), Some(gyro)) => (fx - x_of_o(fo, gyro)).abs() > config.separation_mhz,
            _ => false,
        }
    }

    /// MUF(3000)F2 is not the product of foF2 and M(3000)F2, which it is by definition.
    fn product_is_off(&self, config: &QualityConfig) -> bool {
        match (self.get(Name::FoF2), self.get(Name::M3000F2), self.get(Name::Muf3000F2)) {
            (Some(fo), Some(factor), Some(muf)) => (fo * factor - muf).abs() > config.product_share * muf,
            _ => false,
        }
    }
}

const COMPONENTS: &[Name] = &[Name::FoF2, Name::FxF2];
const PRODUCT: &[Name] = &[Name::FoF2, Name::M3000F2, Name::Muf3000F2];

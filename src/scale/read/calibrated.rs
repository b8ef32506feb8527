//! Bounds and confidence as the errors on film with known truth have them.

use crate::model::CharacteristicName;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// How the raw bounds and confidence of a characteristic become true ones.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Calibrated {
    /// Factor on the half width of the bounds.
    spread: f64,
    /// Straight line from the raw logit of the confidence to the true one.
    slope: f64,
    offset: f64,
    /// Share of the values that are sound, where all raw confidences lie near 1 and no line can be fitted.
    #[serde(default = "all")]
    sound: f64,
}

fn all() -> f64 {
    1.0
}

#[derive(Debug, Deserialize)]
struct File {
    #[cfg_attr(not(test), expect(dead_code, reason = "names the figures for people"))]
    version: u32,
    #[serde(flatten)]
    of: BTreeMap<CharacteristicName, Calibrated>,
}

static FILE: LazyLock<Option<File>> = LazyLock::new(|| toml::from_str(include_str!("calibrated.toml")).ok());

/// Raw confidences nearer to 0 and 1 than this say no more.
const SUREST: f64 = 0.002;

impl Calibrated {
    const PLAIN: Self = Self { spread: 1.0, slope: 1.0, offset: 0.0, sound: 1.0 };

    /// The figures of a characteristic; those without any are taken as they are.
    pub(super) fn of(name: CharacteristicName) -> Self {
        FILE.as_ref().and_then(|file| file.of.get(&name)).copied().unwrap_or(Self::PLAIN)
    }

    /// The half width of the 95 % bounds.
    pub(super) fn half_width(&self, raw: f64) -> f64 {
        self.spread * raw
    }

    /// The chance to be within one reading unit.
    pub(super) fn confidence(&self, raw: f64) -> f64 {
        let held = raw.clamp(SUREST, 1.0 - SUREST);
        let logit = self.slope * (held / (1.0 - held)).ln() + self.offset;
        self.sound / (1.0 + (-logit).exp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_can_be_read_and_keep_the_order_of_confidences() {
        let file: File = toml::from_str(include_str!("calibrated.toml")).unwrap();
        assert_eq!(file.version, 2);
        for (name, of) in &file.of {
            assert!(of.spread > 0.0 && of.slope > 0.0, "{name:?}");
            assert!(of.confidence(0.9) > of.confidence(0.3), "{name:?}");
        }
        assert!((Calibrated::PLAIN.confidence(0.8) - 0.8).abs() < 1e-9);
    }
}

//! A value with its bounds and letters, and the simple readings of a trace: its ends and its lowest height.

use super::Scene;
use crate::model::{Characteristic, CharacteristicName, Trace};

/// Qualifying and descriptive letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Letters {
    pub(super) qualifier: Option<char>,
    pub(super) descriptor: Option<char>,
}

impl Letters {
    pub(super) fn new(qualifier: Option<char>, descriptor: Option<char>) -> Self {
        Self { qualifier, descriptor }
    }

    /// Neither letter: the value is as good as the rules ask.
    pub(super) fn none() -> Self {
        Self::default()
    }
}

/// A value on its way into the dataset.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Reading {
    pub(super) value: f64,
    pub(super) lower: Option<f64>,
    pub(super) upper: Option<f64>,
    pub(super) letters: Letters,
    pub(super) confidence: f32,
}

impl Reading {
    /// A value with symmetric bounds.
    pub(super) fn around(value: f64, half_width: f64, confidence: f32) -> Self {
        Self {
            value,
            lower: Some(value - half_width),
            upper: Some(value + half_width),
            letters: Letters::none(),
            confidence,
        }
    }

    /// A value with the error of its fit (one sigma), whose confidence is the chance to be within `unit` of the truth,
    /// given that it is what it is taken for with probability `sureness`.
    pub(super) fn measured(value: f64, sigma: f64, unit: f64, sureness: f64) -> Self {
        let half_width = 1.96 * sigma;
        let within = central(unit / sigma.max(1e-9));
        Self { confidence: (sureness * within).clamp(0.0, 1.0) as f32, ..Self::around(value, half_width, 0.0) }
    }

    /// The same value with letters.
    pub(super) fn lettered(self, qualifier: Option<char>, descriptor: Option<char>) -> Self {
        Self { letters: Letters::new(qualifier, descriptor), ..self }
    }

    /// The row of a characteristic; without a reading the descriptive letter `absent` says why.
    pub(super) fn row(name: CharacteristicName, reading: Option<Self>, absent: char) -> Characteristic {
        match reading {
            Some(reading) => Characteristic {
                name,
                value: Some(reading.value),
                lower: reading.lower,
                upper: reading.upper,
                qualifier: reading.letters.qualifier,
                descriptor: reading.letters.descriptor,
                confidence: reading.confidence,
            },
            None => Characteristic {
                name,
                value: None,
                lower: None,
                upper: None,
                qualifier: None,
                descriptor: Some(absent),
                confidence: 0.0,
            },
        }
    }
}

/// Probability of a standard normal deviate within +-z (Abramowitz and Stegun 7.1.26).
fn central(z: f64) -> f64 {
    let x = z / std::f64::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let poly =
        t * (0.254_829_592 + t * (-0.284_496_736 + t * (1.421_413_741 + t * (-1.453_152_027 + t * 1.061_405_429))));
    1.0 - poly * (-x * x).exp()
}

/// The centre line of traces as (MHz, km), from low to high frequency.
pub(super) fn points(traces: &[&Trace], scene: &Scene<'_>) -> Vec<(f64, f64)> {
    along(traces, scene, |point| point.y)
}

fn along(traces: &[&Trace], scene: &Scene<'_>, row: impl Fn(&crate::model::TracePoint) -> f32) -> Vec<(f64, f64)> {
    let mut all: Vec<(f64, f64)> = traces
        .iter()
        .flat_map(|trace| &trace.ridge.points)
        .map(|point| {
            let (x, y) = (f64::from(point.x), f64::from(row(point)));
            (scene.sweep.mhz_at(x, f64::from(point.y)), scene.range.km_at(x, y))
        })
        .filter(|(mhz, km)| mhz.is_finite() && km.is_finite())
        .collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    all
}

/// Confidence of the surest of some traces.
pub(super) fn strongest(traces: &[&Trace]) -> f32 {
    traces.iter().map(|trace| trace.confidence).fold(0.0, f32::max)
}

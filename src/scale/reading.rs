//! A value with its bounds and letters, and the simple readings of a trace: its ends and its lowest height.

use super::Scene;
use super::cusp::Critical;
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

    pub(super) fn is_plain(self) -> bool {
        self == Self::default()
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

    /// A critical frequency: the fit's bounds widened by the error of the frequency axis.
    pub(super) fn critical(found: &Critical, scene: &Scene<'_>, letters: Letters, confidence: f32) -> Self {
        let widening = 2.0 * scene.mhz_error;
        let upper = (letters.qualifier != Some('D')).then_some(found.upper + widening);
        Self { value: found.mhz, lower: Some((found.lower - widening).max(0.0)), upper, letters, confidence }
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

/// The centre line of traces as (MHz, km), from low to high frequency.
pub(super) fn points(traces: &[&Trace], scene: &Scene<'_>) -> Vec<(f64, f64)> {
    along(traces, scene, |point| point.y)
}

/// The leading edge of traces as (MHz, km), from low to high frequency.
pub(super) fn edges(traces: &[&Trace], scene: &Scene<'_>) -> Vec<(f64, f64)> {
    along(traces, scene, |point| point.edge_y)
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

/// Lowest virtual height of the leading edge: a low quantile, so that one stray point does not decide.
pub(super) fn lowest(traces: &[&Trace], scene: &Scene<'_>) -> Option<Reading> {
    let mut heights: Vec<f64> = edges(traces, scene).iter().map(|point| point.1).collect();
    if heights.len() < 4 {
        return None;
    }
    heights.sort_by(f64::total_cmp);
    let value = heights[heights.len() / 50];
    Some(Reading::around(value, 2.0 * scene.km_error, strongest(traces)))
}

/// Top frequency of traces.
pub(super) fn top(traces: &[&Trace], scene: &Scene<'_>) -> Option<Reading> {
    let all = points(traces, scene);
    let last = all.last()?;
    (all.len() >= 4).then(|| Reading::around(last.0, 2.0 * scene.mhz_error, strongest(traces)))
}

/// Lowest frequency of traces.
pub(super) fn bottom(traces: &[&Trace], scene: &Scene<'_>) -> Option<Reading> {
    let all = points(traces, scene);
    let first = all.first()?;
    (all.len() >= 4).then(|| Reading::around(first.0, 2.0 * scene.mhz_error, strongest(traces)))
}

/// Confidence of the surest of some traces.
pub(super) fn strongest(traces: &[&Trace]) -> f32 {
    traces.iter().map(|trace| trace.confidence).fold(0.0, f32::max)
}

//! A value with its bounds and letters, and the simple readings of a trace: its ends and its lowest height.

use super::calibrated::Calibrated;
use super::letters::{Condition, Letters, letters};
use crate::model::{Characteristic, CharacteristicName, Trace};
use crate::scale::{ScaleConfig, ScalingGeometry};

/// A value on its way into the dataset.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Reading {
    pub(super) value: f64,
    pub(super) lower: Option<f64>,
    pub(super) upper: Option<f64>,
    pub(super) letters: Letters,
    pub(super) confidence: f32,
    /// Half width of the reading itself, 95 %: the bounds hold other readings of the same film as well.
    pub(super) half_width: f64,
}

impl Reading {
    /// A value with symmetric bounds.
    pub(super) fn around(value: f64, half_width: f64, confidence: f32) -> Self {
        Self {
            value,
            lower: Some(value - half_width),
            upper: Some(value + half_width),
            letters: Letters::default(),
            confidence,
            half_width,
        }
    }

    /// A value with the error of its fit (one sigma), whose confidence is the chance to be within `unit` of the truth,
    /// given that it is what it is taken for with probability `sureness`.
    pub(super) fn measured(value: f64, sigma: f64, unit: f64, sureness: f64) -> Self {
        let half_width = 1.96 * sigma;
        let within = central(unit / sigma.max(1e-9));
        Self { confidence: (sureness * within).clamp(0.0, 1.0) as f32, ..Self::around(value, half_width, 0.0) }
    }

    /// A value with given bounds and confidence.
    pub(super) fn bounded(value: f64, half_width: f64, [lower, upper]: [f64; 2], confidence: f64) -> Self {
        Self { lower: Some(lower), upper: Some(upper), ..Self::around(value, half_width, confidence as f32) }
    }

    /// Nothing stands in the way of the value.
    pub(super) fn is_plain(&self) -> bool {
        self.letters == Letters::default()
    }

    /// The same value with the letters of a condition, whose rule depends on the characteristic.
    pub(super) fn under(self, name: CharacteristicName, condition: Condition) -> Self {
        Self { letters: letters(name, condition), ..self }
    }

    /// The row of a characteristic. By the handbook's rule of accuracy a value whose own bounds exceed `plain` (reading unit
    /// and share of the value, the larger) is uncertain, and one whose own half width exceeds `most` is none; letters that it has
    /// stay. The row's bounds are as wide as errors on known film have them.
    pub(super) fn row(self, name: CharacteristicName, accuracy: &Accuracy) -> Characteristic {
        let calibrated = Calibrated::of(name);
        let widened =
            |bound: f64| self.value + (bound - self.value).signum() * calibrated.half_width((bound - self.value).abs());
        // The rule speaks of the error of the reading; that the trace was misnamed is for the confidence to say.
        let own = [self.lower, self.upper].into_iter().flatten();
        let half = own.map(|bound| (bound - self.value).abs()).fold(0.0, f64::max);
        let unit = name.reading_unit();
        let within = |half: f64, units: f64, share: f64| half <= (units * unit).max(share * self.value.abs());
        let uncertain = match name.unit() {
            "km" => Condition::UncertainHeight,
            _ if matches!(name, CharacteristicName::Fmin | CharacteristicName::FbEs) => Condition::UncertainEnd,
            _ => Condition::UncertainCusp,
        };
        let confidence = calibrated.confidence(f64::from(self.confidence)) as f32;
        let clear = confidence >= accuracy.least_confidence;
        let given = within(self.half_width, accuracy.most_units, accuracy.most_share) && clear;
        // Of a trace that is not told apart nothing is known, bounds neither.
        let bound = |bound: Option<f64>| bound.filter(|_| clear).map(widened);
        let (lower, upper) = (bound(self.lower), bound(self.upper));
        let letters = match self.letters {
            own if own != Letters::default() => own,
            own if within(half, accuracy.plain_units, accuracy.plain_share) => {
                if clear {
                    own
                } else {
                    letters(name, Condition::NotTold)
                }
            }
            _ => letters(name, uncertain),
        };
        Characteristic {
            name,
            value: given.then_some(self.value),
            lower,
            upper,
            qualifier: letters.qualifier.filter(|_| given),
            descriptor: letters.descriptor,
            confidence: if given { confidence } else { 0.0 },
        }
    }
}

/// Bounds that a value may have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Accuracy {
    pub(super) plain_units: f64,
    pub(super) plain_share: f64,
    pub(super) most_units: f64,
    pub(super) most_share: f64,
    pub(super) least_confidence: f32,
}

impl Accuracy {
    /// Whatever the bounds: topside quantities have no rule.
    pub(super) const ANY: Self = Self {
        plain_units: f64::INFINITY,
        plain_share: 1.0,
        most_units: f64::INFINITY,
        most_share: 1.0,
        least_confidence: 0.0,
    };

    /// What the settings ask for.
    pub(super) fn of(config: &ScaleConfig) -> Self {
        let ScaleConfig { plain_units, plain_share, most_units, most_share, least_confidence, .. } = *config;
        Self { plain_units, plain_share, most_units, most_share, least_confidence }
    }
}

/// The row of a characteristic without a reading: the letter says why.
pub(super) fn absent(name: CharacteristicName, why: Option<Condition>) -> Characteristic {
    let descriptor = why.and_then(|why| letters(name, why).descriptor);
    Characteristic { name, value: None, lower: None, upper: None, qualifier: None, descriptor, confidence: 0.0 }
}

/// Probability of a standard normal deviate within +-z (Abramowitz and Stegun 7.1.26).
pub(super) fn central(z: f64) -> f64 {
    let x = z / std::f64::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let poly =
        t * (0.254_829_592 + t * (-0.284_496_736 + t * (1.421_413_741 + t * (-1.453_152_027 + t * 1.061_405_429))));
    1.0 - poly * (-x * x).exp()
}

/// The centre line of traces as (MHz, km), from low to high frequency.
pub(super) fn points(traces: &[&Trace], geometry: &ScalingGeometry<'_>) -> Vec<(f64, f64)> {
    along(traces, geometry, |point| point.y)
}

fn along(
    traces: &[&Trace],
    geometry: &ScalingGeometry<'_>,
    row: impl Fn(&crate::model::TracePoint) -> f32,
) -> Vec<(f64, f64)> {
    let mut all: Vec<(f64, f64)> = traces
        .iter()
        .flat_map(|trace| &trace.ridge.points)
        .map(|point| {
            let (x, y) = (f64::from(point.x), f64::from(row(point)));
            (geometry.sweep.mhz_at(x, f64::from(point.y)), geometry.range.km_at(x, y))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_told_has_neither_value_nor_bounds() {
        let accuracy = Accuracy { least_confidence: 0.4, ..Accuracy::ANY };
        let row = |sure| Reading::measured(6.0, 0.02, 0.1, sure).row(CharacteristicName::FoF2, &accuracy);
        let (sure, unsure) = (row(0.98), row(0.002));
        assert_eq!((sure.value, sure.descriptor), (Some(6.0), None));
        assert!(sure.lower < Some(6.0) && sure.upper > Some(6.0));
        assert_eq!((unsure.value, unsure.lower, unsure.upper, unsure.descriptor), (None, None, None, Some('N')));
    }
}

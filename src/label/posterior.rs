//! What the labeller says of one characteristic: the probability that the film shows it, and of each frequency or height.

use super::raster::{column_of, km_of, mhz_of, row_of};

/// The axis of a posterior.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Axis {
    /// Columns of the raster, MHz.
    Frequency,
    /// Rows of the raster, km.
    Height,
}

impl Axis {
    fn value_of(self, bin: f64) -> f64 {
        match self {
            Self::Frequency => mhz_of(bin),
            Self::Height => km_of(bin),
        }
    }

    fn bin_of(self, value: f64) -> f64 {
        match self {
            Self::Frequency => column_of(value),
            Self::Height => row_of(value),
        }
    }
}

/// Bins on either side of the most probable one that belong to the same reading: the network learned from truths smeared
/// over less than two bins.
const MODE_BINS: usize = 3;
/// One sigma in bins that the smearing of the truths in training adds to a reading.
const SMEARED: f64 = 0.7;

/// Probability over the bins of one axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Posterior {
    axis: Axis,
    /// Probability that the film shows the characteristic.
    pub present: f64,
    /// Probability of each bin, given that it does; the sum is 1.
    bins: Vec<f64>,
}

/// The most probable reading.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mode {
    /// Value, MHz or km.
    pub value: f64,
    /// One sigma of the value within the mode.
    pub sigma: f64,
    /// Probability that the value lies in this mode, given that the characteristic is shown.
    pub mass: f64,
}

impl Posterior {
    /// From logits of the bins and, as the last one, of "not shown".
    pub fn from_logits(axis: Axis, logits: &[f32]) -> Self {
        let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let weights: Vec<f64> = logits.iter().map(|&logit| libm::exp(f64::from(logit - most))).collect();
        let (none, bins) = weights.split_last().map_or((0.0, &[][..]), |(none, bins)| (*none, bins));
        let sum: f64 = bins.iter().sum();
        let whole = sum + none;
        Self {
            axis,
            present: if whole > 0.0 { sum / whole } else { 0.0 },
            bins: bins.iter().map(|weight| if sum > 0.0 { weight / sum } else { 0.0 }).collect(),
        }
    }

    /// The posterior moved by some bins; what leaves the axis is lost.
    #[must_use]
    pub fn shifted(&self, bins: i64) -> Self {
        let at = |bin: usize| usize::try_from(bin as i64 - bins).ok().and_then(|bin| self.bins.get(bin));
        let moved: Vec<f64> = (0..self.bins.len()).map(|bin| at(bin).copied().unwrap_or(0.0)).collect();
        let whole: f64 = moved.iter().sum();
        let share = if whole > 0.0 { whole.recip() } else { 0.0 };
        Self { bins: moved.iter().map(|mass| mass * share).collect(), ..self.clone() }
    }

    /// The mean of this posterior and others of the same axis, each weighed by the probability that the characteristic is shown.
    #[must_use]
    pub fn averaged<'a>(&self, others: impl Iterator<Item = &'a Self>) -> Self {
        let mut count = 1.0;
        let mut present = self.present;
        let mut bins: Vec<f64> = self.bins.iter().map(|mass| mass * self.present).collect();
        for other in others {
            count += 1.0;
            present += other.present;
            bins.iter_mut().zip(&other.bins).for_each(|(sum, mass)| *sum += mass * other.present);
        }
        let share = if present > 0.0 { present.recip() } else { 0.0 };
        bins.iter_mut().for_each(|sum| *sum *= share);
        Self { axis: self.axis, present: present / count, bins }
    }

    /// The posterior after a measurement of the same value on the traces: normal errors of `sigma` (MHz or km) with probability `trust`,
    /// else the trace was another one and the measurement says nothing.
    #[must_use]
    pub fn updated(&self, measured: f64, sigma: f64, trust: f64) -> Self {
        let place = self.axis.bin_of(measured);
        let width = (self.axis.value_of(place + 0.5) - self.axis.value_of(place - 0.5)).abs();
        let reach = (sigma / width).hypot(SMEARED);
        let normal = |bin: usize| libm::exp(-0.5 * ((bin as f64 - place) / reach).powi(2));
        let sum: f64 = (0..self.bins.len()).map(normal).sum();
        if sum.is_nan() || sum <= 0.0 {
            return self.clone();
        }
        let uniform = (1.0 - trust) / self.bins.len() as f64;
        let mut bins: Vec<f64> =
            self.bins.iter().enumerate().map(|(bin, mass)| mass * (trust * normal(bin) / sum + uniform)).collect();
        let whole: f64 = bins.iter().sum();
        if whole > 0.0 {
            bins.iter_mut().for_each(|mass| *mass /= whole);
        }
        Self { bins, ..self.clone() }
    }

    /// Probability that both characteristics are shown and the other value is that which follows from this one by `relation`, to about a bin.
    pub fn agreement(&self, other: &Self, relation: impl Fn(f64) -> f64) -> f64 {
        let both = |bin: usize| self.bins[bin] * other.near(relation(self.axis.value_of(bin as f64)));
        3.0 * self.present * other.present * (0..self.bins.len()).map(both).sum::<f64>()
    }

    /// Mean probability of the three bins about a value.
    fn near(&self, value: f64) -> f64 {
        let place = self.axis.bin_of(value).round();
        let at = |offset: f64| {
            let bin = place + offset;
            if bin < 0.0 { 0.0 } else { self.bins.get(bin as usize).copied().unwrap_or(0.0) }
        };
        (at(-1.0) + at(0.0) + at(1.0)) / 3.0
    }

    /// The posterior after what another one of the same axis says of a value that follows from this one by `relation`, if that other
    /// reading is sound with probability `trust`.
    #[must_use]
    pub fn joined(&self, other: &Self, relation: impl Fn(f64) -> f64, trust: f64) -> Self {
        let trust = trust * other.present;
        let uniform = (1.0 - trust) / self.bins.len().max(1) as f64;
        let weight = |bin: usize| trust * other.near(relation(self.axis.value_of(bin as f64))) + uniform;
        let mut bins: Vec<f64> = self.bins.iter().enumerate().map(|(bin, mass)| mass * weight(bin)).collect();
        let whole: f64 = bins.iter().sum();
        if whole > 0.0 {
            bins.iter_mut().for_each(|mass| *mass /= whole);
        }
        Self { bins, ..self.clone() }
    }

    /// The most probable reading; `None` for an empty posterior.
    pub fn mode(&self) -> Option<Mode> {
        let window = |middle: usize| middle.saturating_sub(MODE_BINS)..(middle + MODE_BINS + 1).min(self.bins.len());
        let mass = |middle: usize| self.bins[window(middle)].iter().sum::<f64>();
        let best = (0..self.bins.len()).max_by(|&a, &b| mass(a).total_cmp(&mass(b)).then(b.cmp(&a)))?;
        let whole = mass(best);
        if whole <= 0.0 {
            return None;
        }
        let range = window(best);
        let mean = range.clone().map(|bin| bin as f64 * self.bins[bin]).sum::<f64>() / whole;
        let variance = range.map(|bin| (bin as f64 - mean).powi(2) * self.bins[bin]).sum::<f64>() / whole;
        let sigma_bins = (variance - SMEARED * SMEARED).max(0.04).sqrt();
        let width = (self.axis.value_of(mean + 0.5) - self.axis.value_of(mean - 0.5)).abs();
        Some(Mode { value: self.axis.value_of(mean), sigma: sigma_bins * width, mass: whole })
    }

    /// Probability that a shown value lies within `reach` of `value`. Bins count by the share of them inside.
    pub fn within(&self, value: f64, reach: f64) -> f64 {
        let (a, b) = (self.axis.bin_of((value - reach).max(1e-3)), self.axis.bin_of(value + reach));
        let (from, to) = (a.min(b), a.max(b));
        let share = |bin: usize| ((bin as f64 + 0.5).min(to) - (bin as f64 - 0.5).max(from)).clamp(0.0, 1.0);
        self.bins.iter().enumerate().map(|(bin, mass)| mass * share(bin)).sum()
    }

    /// Value below which a share of the probability lies, given that the characteristic is shown.
    pub fn quantile(&self, share: f64) -> f64 {
        let rising: Box<dyn Iterator<Item = usize>> = match self.axis {
            Axis::Frequency => Box::new(0..self.bins.len()),
            Axis::Height => Box::new((0..self.bins.len()).rev()),
        };
        let sign = if self.axis == Axis::Height { -1.0 } else { 1.0 };
        let mut sum = 0.0;
        let mut last = 0;
        for bin in rising {
            let mass = self.bins[bin];
            if sum + mass >= share && mass > 0.0 {
                return self.axis.value_of(bin as f64 + sign * ((share - sum) / mass - 0.5));
            }
            sum += mass;
            last = bin;
        }
        self.axis.value_of(last as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peak(axis: Axis, at: f64, none: f32) -> Posterior {
        let count = if axis == Axis::Frequency { super::super::raster::COLUMNS } else { super::super::raster::ROWS };
        let mut logits: Vec<f32> = (0..count).map(|bin| (-(bin as f64 - at).powi(2)) as f32).collect();
        logits.push(none);
        Posterior::from_logits(axis, &logits)
    }

    #[test]
    fn a_single_peak_is_read_between_the_bins() {
        for (axis, at) in [(Axis::Frequency, 120.3), (Axis::Height, 70.6)] {
            let posterior = peak(axis, at, -20.0);
            let mode = posterior.mode().unwrap();
            assert!((mode.value / axis.value_of(at) - 1.0).abs() < 1e-3, "{mode:?}");
            assert!(mode.mass > 0.99 && posterior.present > 0.99);
            let (low, high) = (posterior.quantile(0.025), posterior.quantile(0.975));
            assert!(low < mode.value && mode.value < high, "{low} {high}");
            assert!((posterior.quantile(0.5) / mode.value - 1.0).abs() < 2e-3);
            assert!((posterior.within(mode.value, high - mode.value) - 0.95).abs() < 0.02);
        }
    }

    #[test]
    fn a_measurement_decides_between_two_readings() {
        let logit = |bin: usize| [(80.0, -0.5), (140.0, 0.0)].map(|(at, more)| more - (bin as f64 - at).powi(2));
        let logits: Vec<f32> = (0..super::super::raster::COLUMNS)
            .map(|bin| logit(bin).into_iter().fold(f64::MIN, f64::max) as f32)
            .chain([-20.0])
            .collect();
        let posterior = Posterior::from_logits(Axis::Frequency, &logits);
        let (before, other) = (posterior.mode().unwrap().value, mhz_of(80.0));
        assert!((before / mhz_of(140.0) - 1.0).abs() < 0.01);
        let after = posterior.updated(other, 0.03, 0.9).mode().unwrap();
        assert!((after.value / other - 1.0).abs() < 0.01 && after.mass > 0.95, "{after:?}");
        let unmoved = posterior.updated(mhz_of(250.0), 0.03, 0.9).mode().unwrap();
        assert!((unmoved.value / before - 1.0).abs() < 0.01, "what no reading holds changes none");
    }

    #[test]
    fn a_related_value_decides_between_two_readings() {
        let two = |a: f64, b: f64| {
            let logits: Vec<f32> = (0..super::super::raster::COLUMNS)
                .map(|bin| (-(bin as f64 - a).powi(2)).max(-0.2 - (bin as f64 - b).powi(2)) as f32)
                .chain([-20.0])
                .collect();
            Posterior::from_logits(Axis::Frequency, &logits)
        };
        let (o, x) = (two(150.0, 143.0), peak(Axis::Frequency, 150.0, -20.0));
        let ratio = mhz_of(150.0) / mhz_of(143.0);
        let joined = o.joined(&x, |mhz| mhz * ratio, 0.8);
        assert!((joined.mode().unwrap().value / mhz_of(143.0) - 1.0).abs() < 0.01, "what was taken for O is X");
    }

    #[test]
    fn what_is_not_shown_is_said_so() {
        assert!(peak(Axis::Frequency, 100.0, 10.0).present < 0.01);
    }
}

//! Characteristics, letters and bounds from what the labels say and the traces show.

mod calibrated;
pub(super) mod density;
mod e_region;
mod es_type;
mod f_region;
mod letters;
mod reading;
pub(super) mod topside;
pub(super) mod transmission;

use super::echoes::{EchoCurve, curves};
use super::{ScaleConfig, Scaled, ScalingGeometry};
use crate::label::{EchoLabels, Posterior};
use crate::model::{Characteristic, CharacteristicName as Name, Layer, Mode, Trace};
use crate::physics::x_of_o;
use letters::Condition;
use reading::{Accuracy, Reading, absent, central};

/// What the rows of a frame are made from.
struct FrameContext<'a> {
    curves: &'a [EchoCurve],
    labels: &'a EchoLabels,
    geometry: &'a ScalingGeometry<'a>,
    config: &'a ScaleConfig,
    /// What the labels say of foF2 together with what they say of the X cusp.
    fo_f2: Option<Posterior>,
    /// The frame shows no echo at all.
    is_empty: bool,
}

/// A value as the traces have it.
#[derive(Debug, Clone, Copy)]
struct Measured {
    value: f64,
    /// One sigma.
    sigma: f64,
    /// Probability that it was measured on the right trace.
    trust: f64,
}

/// Sigmas within which labels and traces agree.
const AGREE: f64 = 3.0;
/// Trust in a layer that explains its traces, in a lowest height, and in the end of a trace, which noise prolongs and fading shortens.
const FITTED: f64 = 0.95;
const LOWEST: f64 = 0.9;
const END: f64 = 0.7;
/// One sigma of the place where a trace ends, as a share of its frequency.
const END_SHARE: f64 = 0.008;
/// Error that no reading of the labels goes below, as a share of the value: an eighth of a column of the raster.
const LEAST_SHARE: f64 = 0.0011;
/// Names of the layers of the F region.
const ANY_F: [Layer; 3] = [Layer::F, Layer::F1, Layer::F2];
/// Names of the uppermost one.
const UPPER_F: [Layer; 2] = [Layer::F, Layer::F2];

/// Scales the E, Es and F characteristics of a ground-based ionogram.
pub(super) fn bottomside(
    traces: &[Trace],
    labels: &EchoLabels,
    geometry: &ScalingGeometry<'_>,
    config: &ScaleConfig,
) -> Scaled {
    let curves = curves(traces, geometry);
    let seen = |name: Name| labels.posterior(name).is_some_and(|posterior| posterior.present > config.least_presence);
    let is_empty = !curves.iter().any(|curve| curve.hop == 1 && curve.mode != Mode::Unknown)
        && ![Name::FoF2, Name::FoE, Name::FoEs, Name::Fmin].into_iter().any(seen);
    let fo_f2 = fo_f2(labels, geometry, config);
    let frame = FrameContext { curves: &curves, labels, geometry, config, fo_f2, is_empty };
    let f2 = f_region::fitted_f2(&frame);
    let mut characteristics = e_region::rows(&frame);
    characteristics.extend(f_region::rows(&frame, f2.as_ref()));
    characteristics.push(fmin(&frame));
    characteristics.sort_by_key(|characteristic| characteristic.name.ursi_code());
    Scaled { characteristics, profile: density::density(&frame, f2.as_ref()) }
}

/// O and X of one layer end where magnetoionic theory has them: the posterior of foF2 is held against that of fxI, unless spread F
/// carries that beyond the cusp.
fn fo_f2(labels: &EchoLabels, geometry: &ScalingGeometry<'_>, config: &ScaleConfig) -> Option<Posterior> {
    let own = labels.posterior(Name::FoF2)?;
    match labels.posterior(Name::FxI).filter(|_| labels.spread < config.spread) {
        Some(x) => Some(own.joined(x, |mhz| x_of_o(mhz, geometry.gyro_mhz), PAIRED)),
        None => Some(own.clone()),
    }
}

/// Trust that fxI is read at the X cusp of the layer that gives foF2.
const PAIRED: f64 = 0.8;

impl FrameContext<'_> {
    /// What the labels say of a characteristic.
    fn posterior(&self, name: Name) -> Option<&Posterior> {
        if name == Name::FoF2 { self.fo_f2.as_ref() } else { self.labels.posterior(name) }
    }

    /// Probability that the film shows a characteristic.
    fn presence(&self, name: Name) -> f64 {
        self.posterior(name).map_or(0.0, |posterior| posterior.present)
    }

    fn is_present(&self, name: Name) -> bool {
        self.presence(name) > self.config.least_presence
    }

    /// The most probable value of a characteristic that the film shows.
    fn value(&self, name: Name) -> Option<f64> {
        self.posterior(name).filter(|_| self.is_present(name))?.mode().map(|mode| mode.value)
    }

    /// The reading of a characteristic: what the labels say of it, after `measured`, the same value as the traces have it, where
    /// they do.
    fn reading(&self, name: Name, measured: Option<Measured>) -> Option<Reading> {
        let labelled = self.posterior(name).filter(|_| self.is_present(name))?;
        let updated = measured.map(|other| labelled.updated(other.value, other.sigma, other.trust));
        let posterior = updated.as_ref().unwrap_or(labelled);
        let mode = posterior.mode()?;
        let axis = if name.unit() == "km" { self.geometry.km_error } else { self.geometry.mhz_axis };
        let own = mode.sigma.max(LEAST_SHARE * mode.value);
        // Within its mode the trace tells the value more finely than the raster does.
        let near = measured.filter(|other| (other.value - mode.value).abs() < AGREE * own.hypot(other.sigma));
        let (value, sigma) = match near {
            None => (mode.value, own),
            Some(other) => {
                let [a, b] = [own, other.sigma].map(|sigma| sigma.powi(-2));
                ((a * mode.value + b * other.value) / (a + b), (a + b).sqrt().recip())
            }
        };
        let sigma = sigma.hypot(axis);
        // What lies outside the mode is another reading of the same film.
        let confidence = posterior.present * mode.mass * central(name.reading_unit() / sigma.max(1e-9));
        let [low, high] = [0.025, 0.975].map(|share| posterior.quantile(share));
        let own = [value - 1.96 * sigma, value + 1.96 * sigma];
        let bounds = if mode.mass > ONE_MODE { own } else { [low.min(own[0]), high.max(own[1])] };
        Some(Reading::bounded(value, 1.96 * sigma, bounds, confidence))
    }

    /// The row of a characteristic: its reading, or why there is none.
    fn row(&self, name: Name, reading: Option<Reading>, why: Option<Condition>) -> Characteristic {
        let why = if self.is_empty { Some(Condition::NoEcho) } else { why };
        let hidden = |reading: &Reading| {
            name.unit() == "MHz" && name != Name::Fmin && self.geometry.is_interfered(reading.value, reading.value)
        };
        let reading = reading.map(|reading| match reading {
            reading if reading.is_plain() && hidden(&reading) => reading.under(name, Condition::Interfered),
            reading => reading,
        });
        reading.map_or_else(|| absent(name, why), |reading| reading.row(name, &Accuracy::of(self.config)))
    }

    /// First echoes of a component and some layers.
    fn first(&self, mode: Mode, layers: &'static [Layer]) -> impl Iterator<Item = &EchoCurve> {
        self.curves.iter().filter(move |curve| curve.is_first(mode, layers))
    }

    /// Lowest and highest frequency of those.
    fn span_mhz(&self, mode: Mode, layers: &'static [Layer]) -> Option<(f64, f64)> {
        self.first(mode, layers)
            .flat_map(|curve| &curve.points)
            .map(|point| (point.mhz, point.mhz))
            .reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }

    /// Lowest height of those between two frequencies.
    fn lowest(&self, layers: &'static [Layer], [from_mhz, to_mhz]: [f64; 2]) -> Option<Measured> {
        let lowest =
            self.first(Mode::O, layers).filter_map(|curve| curve.lowest_km(from_mhz, to_mhz)).reduce(f64::min)?;
        Some(Measured {
            value: lowest,
            sigma: self.geometry.km_error.hypot(self.config.height_spread_km),
            trust: LOWEST,
        })
    }

    /// The end of a trace at a frequency.
    fn end(&self, mhz: f64) -> Measured {
        Measured { value: mhz, sigma: (END_SHARE * mhz).hypot(self.geometry.mhz_error), trust: END }
    }

    /// Why nothing is seen of a layer above sporadic E: that blankets, or absorption takes the echo.
    fn hidden(&self) -> Condition {
        if self.is_present(Name::FoEs) { Condition::Blanketed } else { Condition::Absorbed }
    }

    fn is_spread(&self) -> bool {
        self.labels.spread > self.config.spread
    }
}

/// Probability of the most probable mode from which the others do not widen the bounds.
const ONE_MODE: f64 = 0.95;
/// Share of the frequency of the first echo up to which interference that ends there may hide the beginning.
const HIDDEN_BELOW: f64 = 0.98;

/// Lowest frequency of all first echoes.
fn fmin(frame: &FrameContext<'_>) -> Characteristic {
    let reading = frame.reading(Name::Fmin, None).map(|reading| {
        let open = |reading: Reading| Reading { lower: None, ..reading };
        if frame.geometry.is_interfered(HIDDEN_BELOW * reading.value, reading.value) {
            open(reading.under(Name::Fmin, Condition::Interfered))
        } else if reading.value < frame.config.at_band_start * frame.geometry.band_mhz[0] {
            open(reading.under(Name::Fmin, Condition::AtBandStart))
        } else {
            reading
        }
    });
    frame.row(Name::Fmin, reading, Some(Condition::Absorbed))
}

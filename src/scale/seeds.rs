//! Layers that single traces suggest: where accounts of the F region begin.

use super::Scene;
use super::curve::Curve;
use super::fregion::{F2_PRIOR, along};
use super::gain::CUSP_RISE_KM;
use super::layer::{Fit, Layer, Sample};
use super::refine::only;
use super::retardation::Field;

/// A layer that starts from one trace.
pub(super) struct Seed {
    pub(super) fit: Fit,
    /// Frequency from which on the layer tells where echoes are.
    pub(super) from_mhz: f64,
    pub(super) trace: usize,
    /// The trace was taken for O.
    pub(super) of_ordinary: bool,
}

impl Seed {
    pub(super) fn critical(&self) -> f64 {
        self.fit.layer.critical_mhz
    }
}

/// Layers whose critical frequencies and lower cusps differ by less are one, as a share.
const SAME: f64 = 0.006;

/// Layers of which single traces may be O or X.
pub(super) fn seeds(curves: &[Curve], samples: &[Sample], scene: &Scene<'_>) -> Vec<Seed> {
    let mut out: Vec<Seed> = Vec::new();
    let rising = curves.iter().filter(|curve| curve.is_f() && curve.hop == 1 && curve.end_rise() > CUSP_RISE_KM);
    let floor = FLOOR * rising.map(Curve::last_mhz).fold(0.0, f64::max);
    let e_cusp = e_cusp(curves);
    let first_hop = |curve: &&Curve| curve.is_f() && curve.points.len() >= 4 && curve.hop == 1;
    for (index, curve) in curves.iter().enumerate().filter(|(_, curve)| first_hop(curve)) {
        for path in [0, 1] {
            let component = |mhz| ordinary(mhz, path, scene.gyro_mhz);
            let passed = if curve.falls_first() { Some(0.985 * component(curve.first_mhz())) } else { e_cusp };
            let passed = passed.filter(|mhz| *mhz < 0.9 * component(curve.last_mhz()));
            // A trace may go over from one component to the other where they cross: then its end alone is one.
            for part in PARTS {
                let own: Vec<Sample> = samples
                    .iter()
                    .filter(|sample| sample.trace == index && sample.mhz > part * curve.last_mhz())
                    .map(|sample| only(sample, path))
                    .collect();
                if own.len() < 4 {
                    continue;
                }
                let Some(fit) = along(&own, scene, &F2_PRIOR, component(curve.last_mhz()), passed) else { continue };
                // All accounts are told by the same samples.
                let seed = Seed {
                    fit,
                    from_mhz: floor.min(PARTS[0] * curve.last_mhz()),
                    trace: index,
                    of_ordinary: path == 0,
                };
                let same = |other: &Seed| {
                    other.trace == index
                        && other.of_ordinary == seed.of_ordinary
                        && (other.critical() / seed.critical() - 1.0).abs() < SAME
                        && other.fit.layer.lower_mhz.zip(passed).is_none_or(|(a, b)| (a / b - 1.0).abs() < SAME)
                        && other.fit.layer.lower_mhz.is_some() == passed.is_some()
                };
                if !out.iter().any(same) {
                    out.push(seed);
                }
            }
        }
    }
    out
}

/// The highest end of a trace of the E region that rises to its end like a thick layer's, MHz.
fn e_cusp(curves: &[Curve]) -> Option<f64> {
    let thick =
        |curve: &&Curve| curve.is_low() && curve.hop == 1 && curve.points.len() >= 8 && curve.end_rise() > E_RISE_KM;
    curves.iter().filter(thick).map(Curve::last_mhz).reduce(f64::max)
}

/// Least rise of such a trace, km.
const E_RISE_KM: f64 = 12.0;
/// Share of the highest cusp's frequency from which on layers are told by samples.
const FLOOR: f64 = 0.35;
/// Shares of a trace's last frequency from which on it is taken for one component.
const PARTS: [f64; 2] = [0.5, 0.88];

/// A layer of a critical frequency fitted to the samples as a whole: the twin and the multiples of the seed's trace count.
fn fitted(
    seed: &Seed,
    start: &Fit,
    critical_mhz: f64,
    lower_mhz: Option<f64>,
    samples: &[Sample],
    scene: &Scene<'_>,
) -> Fit {
    let field = Field { gyro_mhz: scene.gyro_mhz, sin2: scene.sin2 };
    let from = lower_mhz.unwrap_or(0.0).max(seed.from_mhz);
    let near: Vec<Sample> = samples.iter().filter(|sample| sample.mhz > from).copied().collect();
    Layer::new(critical_mhz, field, lower_mhz).fit(&near, &F2_PRIOR, start.amounts, 4)
}

/// The same with the critical frequency, in steps from the seed's, that explains most.
pub(super) fn polished(
    seed: &Seed,
    lower_mhz: Option<f64>,
    samples: &[Sample],
    scene: &Scene<'_>,
    steps: &[f64],
) -> Fit {
    let at = |critical: f64, start: &Fit| fitted(seed, start, critical, lower_mhz, samples, scene);
    let mut best = at(seed.critical(), &seed.fit);
    for &step in steps {
        for side in [-step, step] {
            let next = at(best.layer.critical_mhz * (1.0 + side), &best);
            if next.cost < best.cost {
                best = next;
                break;
            }
        }
    }
    best
}

/// Steps of the critical frequency, as shares of it.
pub(super) const STEPS: [f64; 3] = [0.014, 0.008, 0.004];

/// Above a lower layer's cusp, and near enough below its own, a layer tells where echoes are.
pub(super) fn from(fit: &Fit, seed: &Seed) -> f64 {
    fit.layer.lower_mhz.unwrap_or(0.0).max(seed.from_mhz)
}

/// The O critical frequency of a trace of a component that ends at `mhz`.
fn ordinary(mhz: f64, path: usize, gyro_mhz: f64) -> f64 {
    if path == 1 { (mhz * (mhz - gyro_mhz)).max(0.01).sqrt() } else { mhz }
}

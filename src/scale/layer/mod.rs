//! One reflecting layer fitted to echo points: which profile, as O, X and second hop, explains them best.

mod normal;
mod refine;
mod retardation;

pub(in crate::scale) use refine::{Expected, FittedLayer, fit_critical_frequency};
pub(in crate::scale) use retardation::Field;

use crate::model::Mode;
use normal::Normal;
use retardation::{Retardation, Shape};

/// A point of an echo on its way into a fit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::scale) struct Sample {
    pub(in crate::scale) mhz: f64,
    /// Virtual height of the leading edge, km.
    pub(in crate::scale) km: f64,
    /// One sigma of the height.
    pub(in crate::scale) sigma_km: f64,
    /// One sigma of the frequency.
    pub(in crate::scale) sigma_mhz: f64,
    /// Penalty of taking it for each of [`PATHS`], in the units of the cost; infinite where that is excluded.
    pub(in crate::scale) penalty: [f64; PATHS.len()],
}

/// What a point of a layer's echo may be: component and hop.
pub(in crate::scale) const PATHS: [(Mode, f64); 5] =
    [(Mode::O, 1.0), (Mode::X, 1.0), (Mode::O, 2.0), (Mode::X, 2.0), (Mode::Z, 1.0)];

/// Penalty of taking a point for Z: few soundings show it.
const THIRD: f64 = 2.5;
/// Square of the sine of the angle between field and vertical from which on no wave couples into Z.
pub(in crate::scale) const NO_THIRD: f64 = 0.13;
/// One sigma of the gyrofrequency, as a share: it falls with height, and the place of the reflection is not known beforehand.
const GYRO_ERROR: f64 = 0.012;

/// Cost at which a point counts as not explained at all.
pub(in crate::scale) const UNEXPLAINED: f64 = 9.0;

/// Amounts of the shapes of a layer, km.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(in crate::scale) struct Amounts {
    /// Height of the layer's foot.
    pub(in crate::scale) base: f64,
    /// Thickness of the parabolic part.
    pub(in crate::scale) parabola: f64,
    /// Thickness of the part of even growth.
    pub(in crate::scale) linear: f64,
    /// Thickness of the lower layer that the echo passes.
    pub(in crate::scale) passed: f64,
    /// Thickness of the part in which the plasma frequency grows evenly: the slow beginning of a layer.
    pub(in crate::scale) slow: f64,
    /// Half the squared plasma frequency of what thin ionization lies below the layer, summed over its height, km MHz^2.
    pub(in crate::scale) thin: f64,
}

/// What is expected of an F2 layer: foot and thickness as climatology has them, widely.
pub(in crate::scale) const F2_PRIOR: Prior =
    Prior([(240.0, 70.0), (70.0, 40.0), (0.0, 40.0), (10.0, 15.0), (10.0, 25.0), (10.0, 25.0)]);

/// Number of the amounts.
pub(in crate::scale) const N: usize = 6;

impl Amounts {
    pub(in crate::scale) fn list(&self) -> [f64; N] {
        [self.base, self.parabola, self.linear, self.passed, self.slow, self.thin]
    }

    fn dot(&self, row: &[f64; N]) -> f64 {
        // Written out: this is where the fits spend their time.
        self.base * row[0]
            + self.parabola * row[1]
            + self.linear * row[2]
            + self.passed * row[3]
            + self.slow * row[4]
            + self.thin * row[5]
    }
}

/// What is known of the amounts beforehand: mean and one sigma of each, in the order of [`Amounts`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::scale) struct Prior(pub(in crate::scale) [(f64, f64); N]);

/// A layer of a given critical frequency, over a lower one that its echoes may have to pass.
#[derive(Debug, Clone)]
pub(in crate::scale) struct Layer {
    pub(in crate::scale) critical_mhz: f64,
    /// Critical frequency of the lower layer.
    pub(in crate::scale) lower_mhz: Option<f64>,
    field: Field,
    own: Retardation,
    lower: Option<Retardation>,
}

/// The best amounts for a layer.
#[derive(Debug, Clone)]
pub(in crate::scale) struct Fit {
    pub(in crate::scale) layer: Layer,
    pub(in crate::scale) amounts: Amounts,
    /// Sum of the robust costs of the points and of the prior.
    pub(in crate::scale) cost: f64,
}

/// Row of the linear system at a point, its slope over MHz, and how far the point lies beyond what the layer can reflect
/// (in sigma).
struct Row {
    value: [f64; N],
    slope: [f64; N],
    beyond: f64,
    /// One sigma of the frequency, that of the gyrofrequency included.
    sigma_mhz: f64,
}

/// One thing that a sample may be: a row of the system, by a number of hops.
struct Way {
    row: usize,
    hop: f64,
    penalty: f64,
}

/// What some samples may be: the ways of sample `i` are those from `first[i]` to `first[i + 1]`.
struct Ways {
    rows: Vec<Row>,
    ways: Vec<Way>,
    first: Vec<usize>,
}

impl Layer {
    pub(in crate::scale) fn new(critical_mhz: f64, field: Field, lower_mhz: Option<f64>) -> Self {
        let own = Retardation::new(critical_mhz, field);
        Self { critical_mhz, lower_mhz, field, own, lower: lower_mhz.map(|mhz| Retardation::new(mhz, field)) }
    }

    fn row(&self, mhz: f64, sigma_mhz: f64, mode: Mode) -> Row {
        let sigma_mhz = sigma_mhz.hypot(GYRO_ERROR * self.field.gyro_mhz * self.own.by_gyro(mhz, mode));
        let (x, rise) = self.own.x_and_slope(mhz, mode);
        // A point just beyond the cusp is one just below it, misplaced.
        let limit = 1.0 - (0.5 * sigma_mhz * rise).clamp(1e-6, 0.1);
        let held = x.min(limit);
        let mut beyond = (x - held) / (rise * sigma_mhz).max(1e-9);
        let [(parabola, parabola_slope), (linear, linear_slope), (slow, slow_slope)] =
            self.own.gains([Shape::Parabola, Shape::Linear, Shape::Slow], held, mode);
        let thin = self.field.thin(mhz, mode);
        let (mut passed, mut passed_slope) = (0.0, 0.0);
        if let Some(lower) = &self.lower {
            let (x, rise) = lower.x_and_slope(mhz, mode);
            let held = x.max(1.0 + (0.5 * sigma_mhz * rise).clamp(1e-6, 0.1));
            beyond = beyond.max((held - x) / (rise * sigma_mhz).max(1e-9));
            let [gain] = lower.gains([Shape::Passed], held, mode);
            (passed, passed_slope) = (gain.0, gain.1 * rise);
        }
        Row {
            value: [1.0, parabola, linear, passed, slow, thin],
            slope: [0.0, parabola_slope * rise, linear_slope * rise, passed_slope, slow_slope * rise, 0.0],
            beyond,
            sigma_mhz,
        }
    }

    /// What each of some samples may be in this layer.
    fn ways(&self, samples: &[Sample]) -> Ways {
        let third = self.third();
        let mut out = Ways {
            rows: Vec::with_capacity(2 * samples.len()),
            ways: Vec::with_capacity(4 * samples.len()),
            first: Vec::with_capacity(samples.len() + 1),
        };
        out.first.push(0);
        for sample in samples {
            let mut of_mode: [Option<usize>; 3] = [None; 3];
            for ((mode, hop), penalty) in PATHS.into_iter().zip(sample.penalty) {
                let penalty = penalty + if mode == Mode::Z { third } else { 0.0 };
                if penalty >= UNEXPLAINED {
                    continue;
                }
                let row = *of_mode[row_of(mode)].get_or_insert_with(|| {
                    out.rows.push(self.row(sample.mhz, sample.sigma_mhz, mode));
                    out.rows.len() - 1
                });
                out.ways.push(Way { row, hop, penalty });
            }
            out.first.push(out.ways.len());
        }
        out
    }

    /// Penalty of Z under the layer's field.
    fn third(&self) -> f64 {
        if self.field.sin2 < NO_THIRD { THIRD } else { UNEXPLAINED }
    }

    /// Fits the amounts: linear least squares, repeated with weights that let go of points beyond the model (Geman and
    /// McClure), each point as the path that explains it best.
    pub(in crate::scale) fn fit(self, samples: &[Sample], prior: &Prior, start: Amounts, rounds: u32) -> Fit {
        let Ways { rows, ways, first } = self.ways(samples);
        let mut places = vec![(0.0, 0.0); rows.len()];
        let mut amounts = start;
        let mut cost = f64::MAX;
        for round in 0..=rounds {
            // Wide at first, so that points some way off are drawn in, and the cost proper at the end.
            let reach = UNEXPLAINED * (1u32 << (2 * rounds.saturating_sub(round + 2)).min(6)) as f64;
            let mut system = Normal::of(prior, self.lower.is_some());
            let mut sum = system.misfit(&amounts);
            for (place, row) in places.iter_mut().zip(&rows) {
                *place = (amounts.dot(&row.value), amounts.dot(&row.slope) * row.sigma_mhz);
            }
            for (sample, range) in samples.iter().zip(first.windows(2)) {
                let mut best = (f64::INFINITY, 0.0, 1.0, 1.0, 0);
                for way in &ways[range[0]..range[1]] {
                    let (km, scatter) = places[way.row];
                    let variance = sample.sigma_km.powi(2) + (way.hop * scatter).powi(2);
                    let residual = sample.km - way.hop * km;
                    let beyond = rows[way.row].beyond;
                    let square = residual * residual / variance + beyond * beyond;
                    let total = square / (1.0 + square / reach) + way.penalty;
                    if total < best.0 {
                        best = (total, square, variance, way.hop, way.row);
                    }
                }
                let (total, square, variance, hop, row) = best;
                if total == f64::INFINITY {
                    sum += UNEXPLAINED;
                    continue;
                }
                sum += total.min(reach);
                let share = 1.0 / (1.0 + square / reach);
                system.add(&rows[row].value, hop, sample.km, share * share / variance);
            }
            cost = sum;
            if round < rounds {
                amounts = system.solve(&amounts);
            }
        }
        Fit { layer: self, amounts, cost }
    }
}

fn row_of(mode: Mode) -> usize {
    match mode {
        Mode::X => 1,
        Mode::Z => 2,
        Mode::O | Mode::Unknown => 0,
    }
}

/// Geman and McClure's cost: a square near zero, never above [`UNEXPLAINED`].
fn robust(square: f64) -> f64 {
    square / (1.0 + square / UNEXPLAINED)
}

impl Fit {
    /// Virtual height of a component, first hop; `None` beyond the cusp.
    pub(in crate::scale) fn km(&self, mhz: f64, mode: Mode) -> Option<f64> {
        let row = self.layer.row(mhz, 1e-6, mode);
        (self.layer.own.x(mhz, mode) < 1.0 && row.beyond < 1.0).then(|| self.amounts.dot(&row.value))
    }

    /// Cost of a point along each of [`PATHS`], without the point's penalties.
    pub(in crate::scale) fn costs(&self, sample: &Sample) -> [f64; PATHS.len()] {
        let third = self.layer.third();
        let mut costs = [UNEXPLAINED; PATHS.len()];
        for mode in [Mode::O, Mode::X, Mode::Z] {
            let extra = if mode == Mode::Z { third } else { 0.0 };
            if extra >= UNEXPLAINED {
                continue;
            }
            let row = self.layer.row(sample.mhz, sample.sigma_mhz, mode);
            let (km, scatter) = (self.amounts.dot(&row.value), self.amounts.dot(&row.slope) * row.sigma_mhz);
            for (cost, (_, hop)) in costs.iter_mut().zip(PATHS).filter(|(_, (own, _))| *own == mode) {
                let variance = sample.sigma_km.powi(2) + (hop * scatter).powi(2);
                let residual = sample.km - hop * km;
                *cost = robust(residual * residual / variance + row.beyond * row.beyond) + extra;
            }
        }
        costs
    }
}

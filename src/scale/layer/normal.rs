//! The linear system of a layer's amounts: normal equations begun with what is known beforehand, solved within what a layer
//! can be.

use super::{Amounts, N, Prior};

/// Normal equations of the amounts, begun with the prior.
pub(in crate::scale) struct Normal {
    matrix: [[f64; N]; N],
    right: [f64; N],
    prior: Prior,
}

impl Normal {
    pub(in crate::scale) fn of(prior: &Prior, passes: bool) -> Self {
        let mut prior = *prior;
        if !passes {
            prior.0[3] = (0.0, 1e-3);
        }
        let mut matrix = [[0.0; N]; N];
        let mut right = [0.0; N];
        for (i, (mean, sigma)) in prior.0.iter().enumerate() {
            matrix[i][i] = STIFF / (sigma * sigma);
            right[i] = STIFF * mean / (sigma * sigma);
        }
        Self { matrix, right, prior }
    }

    pub(in crate::scale) fn misfit(&self, amounts: &Amounts) -> f64 {
        amounts
            .list()
            .iter()
            .zip(&self.prior.0)
            .map(|(value, (mean, sigma))| STIFF * ((value - mean) / sigma).powi(2))
            .sum()
    }

    pub(in crate::scale) fn add(&mut self, row: &[f64; N], hop: f64, km: f64, weight: f64) {
        for i in 0..N {
            // The half that the solution reads.
            for j in 0..=i {
                self.matrix[i][j] += weight * hop * hop * row[i] * row[j];
            }
            self.right[i] += weight * hop * row[i] * km;
        }
    }

    /// Solution within what a layer can be: no thickness below zero, density never falling with height.
    pub(in crate::scale) fn solve(&self, before: &Amounts) -> Amounts {
        let mut fixed: [Option<f64>; N] = [None; N];
        for _ in 0..N {
            let Some(x) = self.with_fixed(&fixed) else { return *before };
            if x[1] < THINNEST && fixed[1].is_none() {
                fixed[1] = Some(THINNEST);
            } else if x[3] < 0.0 && fixed[3].is_none() {
                fixed[3] = Some(0.0);
            } else if 2.0 * x[2] < -x[1] && fixed[2].is_none() {
                fixed[2] = Some(-0.5 * x[1].max(THINNEST));
            } else if x[4] < 0.0 && fixed[4].is_none() {
                fixed[4] = Some(0.0);
            } else if x[5] < 0.0 && fixed[5].is_none() {
                fixed[5] = Some(0.0);
            } else {
                let [base, parabola, linear, passed, slow, thin] = x;
                return Amounts { base, parabola, linear, passed, slow, thin };
            }
        }
        *before
    }

    fn with_fixed(&self, fixed: &[Option<f64>; N]) -> Option<[f64; N]> {
        let mut m: [[f64; N]; N] = std::array::from_fn(|i| std::array::from_fn(|j| self.matrix[i.max(j)][i.min(j)]));
        let mut r = self.right;
        for (i, value) in fixed.iter().enumerate().filter_map(|(i, value)| value.map(|value| (i, value))) {
            for (row, right) in m.iter_mut().zip(&mut r) {
                *right -= row[i] * value;
                row[i] = 0.0;
            }
            m[i] = std::array::from_fn(|j| f64::from(u8::from(i == j)));
            r[i] = value;
        }
        cholesky(m, r)
    }
}

/// Weight of the prior: neighbouring points err together, so that their number overstates what they say.
const STIFF: f64 = 4.0;

/// Thinnest parabola, km: a cusp without any thickness is no layer.
const THINNEST: f64 = 10.0;

/// Solves a positive definite system.
fn cholesky(m: [[f64; N]; N], r: [f64; N]) -> Option<[f64; N]> {
    let mut l = [[0.0; N]; N];
    for i in 0..N {
        for j in 0..=i {
            let sum: f64 = m[i][j] - (0..j).map(|k| l[i][k] * l[j][k]).sum::<f64>();
            if i == j {
                if sum <= 0.0 {
                    return None;
                }
                l[i][i] = sum.sqrt();
            } else {
                l[i][j] = sum / l[j][j];
            }
        }
    }
    let mut y = [0.0; N];
    for i in 0..N {
        y[i] = (r[i] - (0..i).map(|k| l[i][k] * y[k]).sum::<f64>()) / l[i][i];
    }
    let mut x = [0.0; N];
    for i in (0..N).rev() {
        x[i] = (y[i] - (i + 1..N).map(|k| l[k][i] * x[k]).sum::<f64>()) / l[i][i];
    }
    Some(x)
}

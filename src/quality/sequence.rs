//! The most probable course of a characteristic over a sequence of frames, and what it says of each value.
//!
//! A hidden Markov chain over a grid of states, solved forward and backward (Rabiner, Proc. IEEE 77, 1989): the state is
//! the logarithm of the characteristic's ratio to its expected course. Each frame's likelihood is a mixture of its
//! candidates and of "wrong, the value may be anything", so that outliers do not pull.

use ndarray::{Array1, Array2, ArrayView1, ArrayViewMut1};

/// What one frame says.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct SequenceEvidence {
    /// Time, h.
    pub(super) hours: f64,
    /// Candidates for the logarithm of the value relative to the expected course.
    pub(super) candidates: Vec<ValueCandidate>,
    /// How much more than usual the characteristic may change before this frame (1).
    pub(super) activity_factor: f64,
}

/// One possible value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ValueCandidate {
    /// Logarithm of the ratio to the expected course.
    pub(super) at: f64,
    /// One sigma of it.
    pub(super) sigma: f64,
    /// Probability that this is the value.
    pub(super) probability: f64,
}

/// How the characteristic moves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct TransitionModel {
    /// One sigma of the change in 15 minutes.
    pub(super) change: f64,
    /// Share of changes that are four times as large.
    pub(super) large: f64,
    /// One sigma of the deviation from the expected course.
    pub(super) spread: f64,
    /// Time in which a deviation fades, h.
    pub(super) life_hours: f64,
    /// Gap after which the sequence starts anew, h.
    pub(super) gap_hours: f64,
}

/// A probability distribution in brief.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Posterior {
    pub(super) mean: f64,
    pub(super) lower: f64,
    pub(super) upper: f64,
}

impl Posterior {
    /// Half the width of the 95 % bounds.
    pub(super) fn half_width(&self) -> f64 {
        0.5 * (self.upper - self.lower)
    }
}

/// What the sequence says at a frame.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct LeaveOneOutEstimate {
    /// From all other frames.
    pub(super) others: Posterior,
    /// Density of each candidate by the other frames, against that of a wrong value.
    pub(super) support: Vec<f64>,
}

/// Half the span of the states.
const SPAN: f64 = 1.2;
/// Step of the states.
const STEP: f64 = 0.008;
const STATES: usize = 2 * (SPAN / STEP) as usize + 1;
/// Density of a wrong value: it may be off by about a quarter to either side.
const WRONG: f64 = 2.0;

fn state(index: usize) -> f64 {
    index as f64 * STEP - SPAN
}

fn normal(z: f64, sigma: f64) -> f64 {
    (-0.5 * (z / sigma).powi(2)).exp() / (sigma * 2.506_628_274_631)
}

/// Solves a sequence in order of time.
pub(super) fn solve(evidence: &[SequenceEvidence], transition: &TransitionModel) -> Vec<LeaveOneOutEstimate> {
    let n = evidence.len();
    // Predictions for each frame from those before (forward) and after it (backward), rows are frames.
    let mut forward = Array2::<f64>::zeros((n, STATES));
    let mut backward = Array2::<f64>::zeros((n, STATES));
    let likelihoods: Vec<Array1<f64>> = evidence.iter().map(likelihood).collect();
    let start: Array1<f64> = (0..STATES).map(|i| normal(state(i), transition.spread)).collect();
    let steps: Vec<Option<Step>> =
        evidence.windows(2).map(|pair| Step::between(&pair[0], &pair[1], transition)).collect();
    for k in 0..n {
        match k.checked_sub(1).and_then(|before| Some((before, steps[before].as_ref()?))) {
            None => forward.row_mut(k).assign(&start),
            Some((before, step)) => {
                let mut mass = &forward.row(before) * &likelihoods[before];
                rescale(mass.view_mut());
                step.onward(mass.view(), forward.row_mut(k));
            }
        }
        rescale(forward.row_mut(k));
    }
    for k in (0..n).rev() {
        match steps.get(k).and_then(Option::as_ref) {
            None => backward.row_mut(k).fill(1.0),
            Some(step) => {
                let mut mass = &backward.row(k + 1) * &likelihoods[k + 1];
                rescale(mass.view_mut());
                step.back(mass.view(), backward.row_mut(k));
            }
        }
        rescale(backward.row_mut(k));
    }
    (0..n)
        .map(|k| {
            let mut others = &forward.row(k) * &backward.row(k);
            rescale(others.view_mut());
            let support = evidence[k].candidates.iter().map(|candidate| density(others.view(), candidate) / WRONG);
            LeaveOneOutEstimate { others: posterior(others.view()), support: support.collect() }
        })
        .collect()
}

/// Likelihood of each state.
fn likelihood(evidence: &SequenceEvidence) -> Array1<f64> {
    let known: f64 = evidence.candidates.iter().map(|candidate| candidate.probability).sum();
    let mut row = Array1::from_elem(STATES, (1.0 - known).max(0.01) * WRONG);
    for candidate in &evidence.candidates {
        let sigma = candidate.sigma.max(STEP);
        for (i, likelihood) in row.iter_mut().enumerate() {
            let z = state(i) - candidate.at;
            if z.abs() < 6.0 * sigma {
                *likelihood += candidate.probability * normal(z, sigma);
            }
        }
    }
    row
}

/// Makes a row a density.
fn rescale(mut row: ArrayViewMut1<'_, f64>) {
    let sum = row.sum() * STEP;
    if sum > 0.0 {
        row.mapv_inplace(|mass| mass / sum);
    }
}

/// Density of a candidate, blurred by its own error.
fn density(row: ArrayView1<'_, f64>, candidate: &ValueCandidate) -> f64 {
    let sigma = candidate.sigma.max(STEP);
    let mass = |(i, mass): (usize, &f64)| mass * normal(state(i) - candidate.at, sigma) * STEP;
    row.iter().enumerate().map(mass).sum()
}

fn posterior(row: ArrayView1<'_, f64>) -> Posterior {
    let mut posterior = Posterior { mean: 0.0, lower: -SPAN, upper: SPAN };
    let mut sum = 0.0;
    for (i, density) in row.iter().enumerate() {
        let mass = density * STEP;
        posterior.mean += mass * state(i);
        if sum < 0.025 && sum + mass >= 0.025 {
            posterior.lower = state(i);
        }
        if sum < 0.975 && sum + mass >= 0.975 {
            posterior.upper = state(i);
        }
        sum += mass;
    }
    posterior
}

/// The change from one frame to the next: a share of the deviation stays, and a symmetric change is added.
struct Step {
    keep: f64,
    /// Weights of changes by 0, 1, 2 ... states.
    kernel: Vec<f64>,
}

impl Step {
    /// `None` if the frames are too far apart to know of each other.
    fn between(before: &SequenceEvidence, after: &SequenceEvidence, transition: &TransitionModel) -> Option<Self> {
        let hours = (after.hours - before.hours).max(0.0);
        if hours > transition.gap_hours {
            return None;
        }
        let change = transition.change * (hours / 0.25).sqrt() * after.activity_factor.max(1.0);
        let change = change.clamp(0.5 * STEP, transition.spread);
        let large = (4.0 * change).min(transition.spread);
        let reach = ((3.0 * large) / STEP).ceil() as usize;
        let weight = |i: usize| {
            let z = i as f64 * STEP;
            (1.0 - transition.large) * normal(z, change) + transition.large * normal(z, large)
        };
        Some(Self { keep: (-hours / transition.life_hours).exp(), kernel: (0..=reach).map(weight).collect() })
    }

    /// The index and share of the state to which a state shrinks.
    fn kept(&self, index: usize) -> (usize, f64) {
        let place = (state(index) * self.keep + SPAN) / STEP;
        let low = (place as usize).min(STATES - 2);
        (low, (place - low as f64).clamp(0.0, 1.0))
    }

    fn onward(&self, from: ArrayView1<'_, f64>, mut to: ArrayViewMut1<'_, f64>) {
        let mut shrunk = vec![0.0; STATES];
        for (index, mass) in from.iter().enumerate() {
            let (low, share) = self.kept(index);
            shrunk[low] += (1.0 - share) * mass;
            shrunk[low + 1] += share * mass;
        }
        to.assign(&Array1::from_vec(self.blurred(&shrunk)));
    }

    fn back(&self, from: ArrayView1<'_, f64>, mut to: ArrayViewMut1<'_, f64>) {
        let blurred = self.blurred(&from.to_vec());
        for (index, density) in to.iter_mut().enumerate() {
            let (low, share) = self.kept(index);
            *density = (1.0 - share) * blurred[low] + share * blurred[low + 1];
        }
    }

    /// Convolution with the symmetric kernel, shift by shift, so that each runs over whole slices.
    fn blurred(&self, from: &[f64]) -> Vec<f64> {
        let mut to: Vec<f64> = from.iter().map(|mass| mass * self.kernel[0]).collect();
        for (shift, &weight) in self.kernel.iter().enumerate().skip(1).take_while(|(shift, _)| *shift < from.len()) {
            let rest = from.len() - shift;
            to[shift..].iter_mut().zip(&from[..rest]).for_each(|(to, from)| *to += weight * from);
            to[..rest].iter_mut().zip(&from[shift..]).for_each(|(to, from)| *to += weight * from);
        }
        to
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRANSITION: TransitionModel =
        TransitionModel { change: 0.03, large: 0.03, spread: 0.25, life_hours: 5.0, gap_hours: 12.0 };

    fn evidence(values: &[Option<f64>]) -> Vec<SequenceEvidence> {
        let candidate = |at: f64| ValueCandidate { at, sigma: 0.01, probability: 0.9 };
        values
            .iter()
            .enumerate()
            .map(|(k, value)| SequenceEvidence {
                hours: 0.25 * k as f64,
                candidates: value.iter().copied().map(candidate).collect(),
                activity_factor: 1.0,
            })
            .collect()
    }

    #[test]
    fn an_outlier_has_no_support_and_does_not_pull() {
        let mut values: Vec<Option<f64>> = (0..20).map(|k| Some(0.1 + 0.002 * f64::from(k))).collect();
        values[9] = Some(0.35);
        let estimates = solve(&evidence(&values), &TRANSITION);
        assert!(estimates[9].support[0] < 0.05, "{:?}", estimates[9]);
        assert!((estimates[9].others.mean - 0.118).abs() < 0.01);
        for k in [5, 8, 10, 15] {
            assert!(estimates[k].support[0] > 2.0, "{k}: {:?}", estimates[k]);
        }
    }

    #[test]
    fn a_gap_is_bridged_with_bounds_that_widen() {
        let values: Vec<Option<f64>> = (0..21).map(|k| (!(6..15).contains(&k)).then_some(0.2)).collect();
        let estimates = solve(&evidence(&values), &TRANSITION);
        let width = |k: usize| estimates[k].others.upper - estimates[k].others.lower;
        assert!((estimates[10].others.mean - 0.2).abs() < 0.05);
        assert!(width(10) > 1.5 * width(6) && width(6) > width(3));
        // A course that stays away from the expected one pulls more than the expected course itself.
        assert!(estimates[10].others.lower < 0.2 && estimates[10].others.upper > 0.2);
    }

    #[test]
    fn a_lasting_change_is_no_outlier() {
        let values: Vec<Option<f64>> = (0..20).map(|k| Some(if k < 10 { 0.0 } else { 0.3 })).collect();
        let estimates = solve(&evidence(&values), &TRANSITION);
        assert!(estimates[5].support[0] > 2.0 && estimates[15].support[0] > 2.0);
    }

    #[test]
    fn frames_without_neighbours_keep_the_expected_course() {
        let estimates = solve(&evidence(&[Some(0.1)]), &TRANSITION);
        assert!(estimates[0].others.mean.abs() < 1e-9 && (0.3..1.0).contains(&estimates[0].support[0]));
    }
}

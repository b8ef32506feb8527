//! The cheapest sequence of states: dynamic programming after Viterbi (IEEE Transactions on Information Theory 13, 1967).

/// The cheapest sequence of states over `steps` steps. `cost(step, state)` is that of a state, `change(from, to)` that of following one
/// state by another. Of sequences of equal cost the one with the lower states is taken. The work grows with the square of
/// `states`.
pub fn viterbi(
    steps: usize,
    states: usize,
    cost: impl Fn(usize, usize) -> f64,
    change: impl Fn(usize, usize) -> f64,
) -> Vec<usize> {
    if steps == 0 || states == 0 {
        return Vec::new();
    }
    let mut sums: Vec<f64> = (0..states).map(|state| cost(0, state)).collect();
    let mut before = vec![0usize; steps * states];
    let mut next = vec![0.0; states];
    for step in 1..steps {
        for state in 0..states {
            let total = |from: usize| sums[from] + change(from, state);
            let best = (1..states).fold(0, |best, from| if total(from) < total(best) { from } else { best });
            before[step * states + state] = best;
            next[state] = total(best) + cost(step, state);
        }
        std::mem::swap(&mut sums, &mut next);
    }
    let last = (1..states).fold(0, |best, state| if sums[state] < sums[best] { state } else { best });
    let mut path = vec![last; steps];
    for step in (1..steps).rev() {
        path[step - 1] = before[step * states + path[step]];
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn total(path: &[usize], cost: &impl Fn(usize, usize) -> f64, change: &impl Fn(usize, usize) -> f64) -> f64 {
        let own: f64 = path.iter().enumerate().map(|(step, &state)| cost(step, state)).sum();
        own + path.windows(2).map(|pair| change(pair[0], pair[1])).sum::<f64>()
    }

    proptest! {
        #[test]
        fn no_other_sequence_is_cheaper(costs in proptest::collection::vec(0.0f64..4.0, 15), steps in 1usize..6, price in 0.0f64..3.0) {
            let states = 3;
            let cost = |step: usize, state: usize| costs[(step * states + state) % costs.len()];
            let change = |from: usize, to: usize| if from == to { 0.0 } else { price };
            let found = total(&viterbi(steps, states, cost, change), &cost, &change);
            for code in 0..states.pow(steps as u32) {
                let path: Vec<usize> = (0..steps).map(|step| code / states.pow(step as u32) % states).collect();
                prop_assert!(found <= total(&path, &cost, &change) + 1e-9);
            }
        }
    }

    #[test]
    fn nothing_has_no_sequence() {
        assert!(viterbi(0, 3, |_, _| 0.0, |_, _| 0.0).is_empty());
    }
}

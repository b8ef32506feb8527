//! Integrals whose integrand has a root singularity at an end of the interval, as the group index has at a reflection.

use std::sync::LazyLock;

/// Step of the tanh-sinh rule and its reach: the virtual height of a parabolic layer comes out to a few metres.
const STEP: f64 = 0.19;
const REACH: f64 = 3.04;

/// A place in the unit interval and its weight.
struct Node {
    place: f64,
    weight: f64,
}

/// Nodes of the tanh-sinh rule (Takahasi and Mori, Double exponential formulas for numerical integration, 1974), which
/// crowd towards both ends so fast that a root or a near-pole there does no harm.
static NODES: LazyLock<Vec<Node>> = LazyLock::new(|| {
    let count = (REACH / STEP).round() as i32;
    (-count..=count)
        .map(|i| {
            let t = f64::from(i) * STEP;
            let place = 1.0 / (1.0 + (-std::f64::consts::PI * t.sinh()).exp());
            let other = 1.0 / (1.0 + (std::f64::consts::PI * t.sinh()).exp());
            Node { place, weight: STEP * std::f64::consts::PI * t.cosh() * place * other }
        })
        .collect()
});

/// Integrals of the values of `f` from `from` to `to`.
pub(super) fn integral<const N: usize>(from: f64, to: f64, mut f: impl FnMut(f64) -> [f64; N]) -> [f64; N] {
    let width = to - from;
    let mut sums = [0.0; N];
    for node in NODES.iter() {
        for (sum, value) in sums.iter_mut().zip(f(from + width * node.place)) {
            *sum += width * node.weight * value;
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn singular_ends_do_no_harm() {
        assert!((integral(0.0, 2.0, |x| [1.0 / (2.0 - x).max(1e-300).sqrt()])[0] - 8.0f64.sqrt()).abs() < 1e-4);
        assert!((integral(1.0, 3.0, |x| [x * x])[0] - 26.0 / 3.0).abs() < 1e-6);
        // A sharp peak at the end, as a wave meets it that just penetrates a layer.
        let [near] = integral(0.0, 1.0, |x| [1.0 / (1e-4 + x * x).sqrt()]);
        assert!((near - 100.0f64.asinh()).abs() < 2e-3, "{near}");
    }
}

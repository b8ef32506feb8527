//! Running extremes along a line of values, by windows that double (the one-dimensional dilation).

use multiversion::multiversion;

/// Space for [`running_max`], kept between lines.
#[derive(Debug, Default)]
pub struct RunningSpace {
    wide: Vec<f32>,
    wider: Vec<f32>,
}

/// Replaces every value by the largest within `radius`; what lies beyond the ends does not count. No value may be NaN.
pub fn running_max(values: &mut [f32], radius: usize, space: &mut RunningSpace) {
    if values.is_empty() || radius == 0 {
        return;
    }
    // Padded so that every window lies inside; the padding never wins.
    space.wide.clear();
    space.wide.resize(radius, f32::NEG_INFINITY);
    space.wide.extend_from_slice(values);
    space.wide.resize(values.len() + 2 * radius, f32::NEG_INFINITY);
    let window = 2 * radius + 1;
    let mut span = 1;
    while span * 2 <= window {
        // Each value becomes the largest of the `2 * span` that begin with it.
        space.wider.resize(space.wide.len() - span, 0.0);
        larger(&space.wide, &space.wide[span..], &mut space.wider);
        std::mem::swap(&mut space.wide, &mut space.wider);
        span *= 2;
    }
    larger(&space.wide, &space.wide[window - span..], values);
}

/// The larger of two values at each place.
#[multiversion(targets("x86_64+avx512bw+avx512vl", "x86_64+avx2", "x86_64+sse4.1"))]
fn larger(first: &[f32], second: &[f32], out: &mut [f32]) {
    for ((out, &a), &b) in out.iter_mut().zip(first).zip(second) {
        *out = if a > b { a } else { b };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn equals_its_scalar_twin(values in prop::collection::vec(-9.0f32..9.0, 0..90), radius in 0usize..60) {
            let mut fast = values.clone();
            running_max(&mut fast, radius, &mut RunningSpace::default());
            for (i, &got) in fast.iter().enumerate() {
                let (from, to) = (i.saturating_sub(radius), (i + radius + 1).min(values.len()));
                let want = values[from..to].iter().copied().fold(f32::NEG_INFINITY, f32::max);
                prop_assert_eq!(got, want);
            }
        }
    }
}

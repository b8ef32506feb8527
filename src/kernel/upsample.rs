//! Twice the size, by repeating each pixel.

use super::block::positive;
use super::levels::vectorised;

vectorised! {
    /// Adds to a row of pixels the coarse row of half as many, each twice; negative sums become zero.
    pub fn add_doubled(coarse: &[f32], channels: usize, row: &mut [f32]) {
        let channels = channels.max(1);
        for (pair, coarse) in row.chunks_exact_mut(2 * channels).zip(coarse.chunks_exact(channels)) {
            let (left, right) = pair.split_at_mut(channels);
            for ((left, right), &coarse) in left.iter_mut().zip(right).zip(coarse) {
                *left = positive(*left + coarse);
                *right = positive(*right + coarse);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::block::twin;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn levels_agree_with_the_scalar_twin((width, channels) in (0usize..20, 1usize..40), seed: u32) {
            let (coarse, row) = (twin::values(width * channels, seed), twin::values(2 * width * channels, seed ^ 1));
            let of = |index: usize| coarse[index / channels / 2 * channels + index % channels];
            let expected: Vec<f32> = row.iter().enumerate().map(|(i, &value)| positive(value + of(i))).collect();
            for level in [add_doubled::plain, add_doubled::sse41, add_doubled::avx2, add_doubled::avx512] {
                let mut out = row.clone();
                level(&coarse, channels, &mut out);
                prop_assert_eq!(twin::bits(&out), twin::bits(&expected));
            }
        }
    }
}

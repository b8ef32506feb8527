//! Convolution of 3 x 3 pixels, row by row.

use super::block::{Blocks, Finish, fill};
use super::levels::vectorised;

/// Pixels that one output sees.
pub const TAPS: usize = 9;

vectorised! {
    /// One row of outputs. `rows` are the input rows above, at and below it, with a pixel of zeros before and after; the
    /// output pixel `x` is centred on their pixel `1 + x * stride`.
    pub fn convolve_row(rows: [&[f32]; 3], stride: usize, layer: &Blocks, finish: Finish<'_>, out: &mut [f32]) {
        fill(&rows, stride, layer, finish, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::block::{Activation, twin};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn levels_agree_with_the_scalar_twin(
            (width, inputs, outputs) in (1usize..14, 1usize..20, 1usize..40), stride in 1usize..=2, kind in 0..4, seed: u32,
        ) {
            let length = (width * stride + 2) * inputs;
            let input = twin::values(3 * length, seed);
            let rows = [&input[..length], &input[length..2 * length], &input[2 * length..]];
            let weights = twin::values(outputs * inputs * TAPS, seed ^ 1);
            let (bias, residual) = (twin::values(outputs, seed ^ 2), twin::values(width * outputs, seed ^ 3));
            let finish = Finish {
                residual: (kind & 1 == 1).then_some(&residual[..]),
                activation: if kind & 2 == 2 { Activation::Relu } else { Activation::Linear },
            };
            let expected = twin::fill(&rows, stride, (inputs, &weights, &bias), finish);
            let layer = Blocks::new(inputs, TAPS, &weights, &bias);
            for level in [convolve_row::plain, convolve_row::sse41, convolve_row::avx2, convolve_row::avx512] {
                let mut out = vec![f32::NAN; width * outputs];
                level(rows, stride, &layer, finish, &mut out);
                prop_assert_eq!(twin::bits(&out), twin::bits(&expected[..out.len()]));
            }
        }
    }
}

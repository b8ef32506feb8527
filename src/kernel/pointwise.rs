//! Convolution of single pixels: new channels from the channels of each pixel.

use super::block::{Blocks, Finish, fill};
use super::levels::vectorised;

vectorised! {
    /// One row of outputs from the row of inputs, without pixels at the borders.
    pub fn pointwise_row(row: &[f32], layer: &Blocks, finish: Finish<'_>, out: &mut [f32]) {
        fill(&[row], 1, layer, finish, out);
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
            (width, inputs, outputs) in (1usize..14, 1usize..40, 1usize..40), kind in 0..4, seed: u32,
        ) {
            let input = twin::values(width * inputs, seed);
            let weights = twin::values(outputs * inputs, seed ^ 1);
            let (bias, residual) = (twin::values(outputs, seed ^ 2), twin::values(width * outputs, seed ^ 3));
            let finish = Finish {
                residual: (kind & 1 == 1).then_some(&residual[..]),
                activation: if kind & 2 == 2 { Activation::Relu } else { Activation::Linear },
            };
            let expected = twin::fill(&[&input], 1, (inputs, &weights, &bias), finish);
            let layer = Blocks::new(inputs, 1, &weights, &bias);
            for level in [pointwise_row::plain, pointwise_row::sse41, pointwise_row::avx2, pointwise_row::avx512] {
                let mut out = vec![f32::NAN; width * outputs];
                level(&input, &layer, finish, &mut out);
                prop_assert_eq!(twin::bits(&out), twin::bits(&expected));
            }
        }
    }
}

//! Convolution of 3 x 3 pixels within each channel, row by row.

use super::levels::vectorised;

/// Channels of a block: nine weights of a block stay in registers along a row.
const LANES: usize = 8;
/// Pixels that one output sees.
const TAPS: usize = 9;

/// Weights and biases of a layer of which each output sees the input channel of its own number.
#[derive(Debug, Clone, PartialEq)]
pub struct Channels {
    count: usize,
    /// By block of channels; channels that the last block lacks weigh zero.
    blocks: Vec<([[f32; LANES]; TAPS], [f32; LANES])>,
}

impl Channels {
    /// Takes weights ordered by channel, then tap; missing ones weigh zero.
    pub fn new(weights: &[f32], bias: &[f32]) -> Self {
        let mut blocks = vec![([[0.0; LANES]; TAPS], [0.0; LANES]); bias.len().div_ceil(LANES)];
        for (channel, &bias) in bias.iter().enumerate() {
            let (block, lane) = (&mut blocks[channel / LANES], channel % LANES);
            block.1[lane] = bias;
            for (tap, weights_of_tap) in block.0.iter_mut().enumerate() {
                weights_of_tap[lane] = weights.get(channel * TAPS + tap).copied().unwrap_or(0.0);
            }
        }
        Self { count: bias.len(), blocks }
    }
}

vectorised! {
    /// One row of outputs. `rows` are the input rows above, at and below it, with a pixel of zeros before and after.
    /// Each value is its bias, then its products in the order of taps.
    pub fn depthwise_row(rows: [&[f32]; 3], layer: &Channels, out: &mut [f32]) {
        for (block, (weights, bias)) in layer.blocks.iter().enumerate() {
            let first = block * LANES;
            match layer.count - first {
                LANES.. => fill_block(rows, weights, bias, [layer.count, first, LANES], out),
                lanes => fill_block(rows, weights, bias, [layer.count, first, lanes], out),
            }
        }
    }
}

/// A block of channels along a row: `lanes` of `count` channels from `first` on. Loops over a number of lanes that the
/// caller writes as a constant become vectors.
#[inline(always)]
fn fill_block(
    [above, here, below]: [&[f32]; 3],
    weights: &[[f32; LANES]; TAPS],
    bias: &[f32; LANES],
    [count, first, lanes]: [usize; 3],
    out: &mut [f32],
) {
    let two = 2 * count;
    let width = two + lanes;
    for (x, pixel) in out.chunks_exact_mut(count).enumerate() {
        let start = x * count + first;
        let parts = [&above[start..][..width], &here[start..][..width], &below[start..][..width]];
        let mut sums = *bias;
        for row in 0..3 {
            let part = parts[row];
            let taps = [&part[..lanes], &part[count..][..lanes], &part[two..][..lanes]];
            for tap in 0..3 {
                for lane in 0..lanes {
                    sums[lane] += taps[tap][lane] * weights[3 * row + tap][lane];
                }
            }
        }
        pixel[first..][..lanes].copy_from_slice(&sums[..lanes]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::block::twin;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn levels_agree_with_the_scalar_twin((width, count) in (1usize..14, 1usize..40), seed: u32) {
            let length = (width + 2) * count;
            let input = twin::values(3 * length, seed);
            let rows = [&input[..length], &input[length..2 * length], &input[2 * length..]];
            let (weights, bias) = (twin::values(count * TAPS, seed ^ 1), twin::values(count, seed ^ 2));
            let mut expected = Vec::new();
            for x in 0..width {
                for channel in 0..count {
                    let mut sum = bias[channel];
                    for tap in 0..TAPS {
                        sum += rows[tap / 3][(x + tap % 3) * count + channel] * weights[channel * TAPS + tap];
                    }
                    expected.push(sum);
                }
            }
            let layer = Channels::new(&weights, &bias);
            for level in [depthwise_row::plain, depthwise_row::sse41, depthwise_row::avx2, depthwise_row::avx512] {
                let mut out = vec![f32::NAN; width * count];
                level(rows, &layer, &mut out);
                prop_assert_eq!(twin::bits(&out), twin::bits(&expected));
            }
        }
    }
}

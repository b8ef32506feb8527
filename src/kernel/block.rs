//! Weights in blocks of output channels, and the sums of a few pixels at once: what convolutions share.
//!
//! Planes lie pixel by pixel, the channels of a pixel side by side. Vectors run over output channels, never over what
//! is summed: each value is its bias, then its products in the order of taps and of input channels, then the residual,
//! the same at every instruction set.

/// Output channels of a block. Four pixels of 16 channels fill the registers of AVX2 and leave room for the weights:
/// measured on Zen 4, 48 G products per second with AVX2 and with AVX-512. Eight pixels of 16 reach 56 with AVX-512 but
/// do not fit AVX2; eight of 8 reach 42 with AVX2; eleven of either stay in memory and reach 20.
const LANES: usize = 16;
/// Channels of half a block: what a last block that is not full is summed in, where it suffices.
const HALF: usize = LANES / 2;
/// Pixels whose sums are held at once.
const PIXELS: usize = 4;

/// Weights and biases of a layer of which each output sees all inputs.
#[derive(Debug, Clone, PartialEq)]
pub struct Blocks {
    inputs: usize,
    outputs: usize,
    taps: usize,
    /// By block of outputs, then tap, then input; outputs that the last block lacks weigh zero.
    weights: Vec<[f32; LANES]>,
    bias: Vec<[f32; LANES]>,
}

impl Blocks {
    /// Takes weights ordered by output, then input, then tap; missing ones weigh zero.
    pub fn new(inputs: usize, taps: usize, weights: &[f32], bias: &[f32]) -> Self {
        let outputs = bias.len();
        let mut blocks = Self {
            inputs,
            outputs,
            taps,
            weights: vec![[0.0; LANES]; outputs.div_ceil(LANES) * taps * inputs],
            bias: vec![[0.0; LANES]; outputs.div_ceil(LANES)],
        };
        for (output, &bias) in bias.iter().enumerate() {
            let (block, lane) = (output / LANES, output % LANES);
            blocks.bias[block][lane] = bias;
            for input in 0..inputs {
                for tap in 0..taps {
                    let value = weights.get((output * inputs + input) * taps + tap).copied().unwrap_or(0.0);
                    blocks.weights[(block * taps + tap) * inputs + input][lane] = value;
                }
            }
        }
        blocks
    }

    /// Channels that enter.
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// Channels that leave.
    pub fn outputs(&self) -> usize {
        self.outputs
    }
}

/// What a layer does with a sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activation {
    /// It stays.
    Linear,
    /// Negative ones become zero.
    Relu,
}

/// What follows the sum of a row.
#[derive(Debug, Clone, Copy)]
pub struct Finish<'a> {
    /// A row like the output that is added before the activation.
    pub residual: Option<&'a [f32]>,
    /// Applied last.
    pub activation: Activation,
}

/// One row of outputs from `R` rows of inputs, which hold the pixels of all taps: output pixel `x` begins at input pixel
/// `x * stride` of each.
#[inline(always)]
pub(super) fn fill<const R: usize>(
    rows: &[&[f32]; R],
    stride: usize,
    layer: &Blocks,
    finish: Finish<'_>,
    out: &mut [f32],
) {
    let length = layer.taps * layer.inputs;
    for (block, bias) in layer.bias.iter().enumerate() {
        let weights = &layer.weights[block * length..][..length];
        let first = block * LANES;
        let tiles = Tiles { weights, bias, step: stride * layer.inputs, channels: layer.outputs, first, finish };
        match layer.outputs - first {
            LANES.. => tiles.fill::<R, LANES>(rows, LANES, out),
            HALF => tiles.fill::<R, HALF>(rows, HALF, out),
            lanes @ ..HALF => tiles.fill::<R, HALF>(rows, lanes, out),
            lanes => tiles.fill::<R, LANES>(rows, lanes, out),
        }
    }
}

/// A block of outputs along a row.
struct Tiles<'a> {
    weights: &'a [[f32; LANES]],
    bias: &'a [f32; LANES],
    step: usize,
    channels: usize,
    first: usize,
    finish: Finish<'a>,
}

impl Tiles<'_> {
    /// Sums `L` lanes and keeps `lanes` of them; loops over a number that the caller writes as a constant become vectors.
    #[inline(always)]
    fn fill<const R: usize, const L: usize>(&self, rows: &[&[f32]; R], lanes: usize, out: &mut [f32]) {
        let Some(last) = (out.len() / self.channels.max(1)).checked_sub(1) else { return };
        let length = self.weights.len() / R;
        let mut bias = [0.0; L];
        bias.copy_from_slice(&self.bias[..L]);
        for x in (0..=last).step_by(PIXELS) {
            // Beyond the end the last pixel again: what is written twice is the same.
            let pixels = [x, (x + 1).min(last), (x + 2).min(last), (x + 3).min(last)];
            let [a, b, c, d] =
                [pixels[0] * self.step, pixels[1] * self.step, pixels[2] * self.step, pixels[3] * self.step];
            let mut sums = [bias; PIXELS];
            for (row, weights) in rows.iter().zip(self.weights.chunks_exact(length.max(1))) {
                let values = [&row[a..][..length], &row[b..][..length], &row[c..][..length], &row[d..][..length]];
                add_products(values, weights, &mut sums);
            }
            for j in 0..PIXELS {
                self.store(sums[j], pixels[j] * self.channels + self.first, lanes, out);
            }
        }
    }

    #[inline(always)]
    fn store<const L: usize>(&self, mut sums: [f32; L], at: usize, lanes: usize, out: &mut [f32]) {
        if let Some(residual) = self.finish.residual {
            for (sum, &residual) in sums.iter_mut().zip(&residual[at..][..lanes]) {
                *sum += residual;
            }
        }
        if self.finish.activation == Activation::Relu {
            for sum in &mut sums {
                *sum = positive(*sum);
            }
        }
        out[at..][..lanes].copy_from_slice(&sums[..lanes]);
    }
}

/// Adds the products of one row's taps to the sums of each pixel, which stay in registers.
#[inline(always)]
fn add_products<const L: usize>(
    [a, b, c, d]: [&[f32]; PIXELS],
    weights: &[[f32; LANES]],
    sums: &mut [[f32; L]; PIXELS],
) {
    let mut held = *sums;
    for ((((weights, a), b), c), d) in weights.iter().zip(a).zip(b).zip(c).zip(d) {
        let values = [*a, *b, *c, *d];
        for j in 0..PIXELS {
            for lane in 0..L {
                held[j][lane] += values[j] * weights[lane];
            }
        }
    }
    *sums = held;
}

/// The value, or zero in place of a negative one.
#[inline(always)]
pub(super) fn positive(value: f32) -> f32 {
    if value > 0.0 { value } else { 0.0 }
}

#[cfg(test)]
pub(super) mod twin {
    use super::{Activation, Finish, positive};

    /// The scalar twin of `fill`: weights ordered by output, input and tap, as `Blocks::new` takes them.
    pub(crate) fn fill(
        rows: &[&[f32]],
        stride: usize,
        (inputs, weights, bias): (usize, &[f32], &[f32]),
        finish: Finish<'_>,
    ) -> Vec<f32> {
        let across = rows.len();
        let taps = across * across;
        let width = (rows[0].len() / inputs - across) / stride + 1;
        let mut out = Vec::new();
        for x in 0..width {
            for (output, &bias) in bias.iter().enumerate() {
                let mut sum = bias;
                for tap in 0..taps {
                    for input in 0..inputs {
                        let value = rows[tap / across][(x * stride + tap % across) * inputs + input];
                        sum += value * weights[(output * inputs + input) * taps + tap];
                    }
                }
                if let Some(residual) = finish.residual {
                    sum += residual[out.len()];
                }
                out.push(if finish.activation == Activation::Relu { positive(sum) } else { sum });
            }
        }
        out
    }

    /// Values of both signs, some of them zero, that follow from a seed.
    pub(crate) fn values(count: usize, seed: u32) -> Vec<f32> {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / 8_388_608.0 - 1.0
        };
        (0..count).map(|_| next()).map(|value| if value.abs() < 0.2 { 0.0 } else { value }).collect()
    }

    /// To the bit: signs of zeros count.
    pub(crate) fn bits(values: &[f32]) -> Vec<u32> {
        values.iter().map(|value| value.to_bits()).collect()
    }
}

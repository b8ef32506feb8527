//! Planes with a border of zeros, and the layers of the network from plane to plane.

use crate::kernel::block::{Activation, Blocks, Finish};
use crate::kernel::convolve::convolve_row;
use crate::kernel::depthwise::{Channels, depthwise_row};
use crate::kernel::pointwise::pointwise_row;
use crate::kernel::upsample::add_doubled;

/// Pixels of several channels side by side; one pixel of zeros lies around them.
#[derive(Debug, Default)]
pub(super) struct Plane {
    rows: usize,
    columns: usize,
    channels: usize,
    values: Vec<f32>,
}

impl Plane {
    /// Gives the plane its size. One that has it already stays as it is: nobody writes into the border.
    pub(super) fn fit(&mut self, rows: usize, columns: usize, channels: usize) {
        if (self.rows, self.columns, self.channels) != (rows, columns, channels) {
            (self.rows, self.columns, self.channels) = (rows, columns, channels);
            self.values.clear();
            self.values.resize((rows + 2) * (columns + 2) * channels, 0.0);
        }
    }

    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    fn stride(&self) -> usize {
        (self.columns + 2) * self.channels
    }

    /// Pixels of a row, without the border.
    pub(super) fn row(&self, y: usize) -> &[f32] {
        &self.values[(y + 1) * self.stride() + self.channels..][..self.columns * self.channels]
    }

    pub(super) fn row_mut(&mut self, y: usize) -> &mut [f32] {
        let start = (y + 1) * self.stride() + self.channels;
        &mut self.values[start..][..self.columns * self.channels]
    }

    /// The row, the one above it and the one below, with the border.
    fn three(&self, y: usize) -> [&[f32]; 3] {
        std::array::from_fn(|k| &self.values[(y + k) * self.stride()..][..self.stride()])
    }

    /// Mean of each channel over all pixels.
    pub(super) fn average(&self, means: &mut Vec<f32>) {
        means.clear();
        means.resize(self.channels, 0.0);
        for y in 0..self.rows {
            for pixel in self.row(y).chunks_exact(self.channels) {
                means.iter_mut().zip(pixel).for_each(|(mean, &value)| *mean += value);
            }
        }
        let count = (self.rows * self.columns) as f32;
        means.iter_mut().for_each(|mean| *mean /= count);
    }
}

/// Whether a layer adds its input to its output before the activation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Residual {
    None,
    Input,
}

/// Convolution with ReLU; the plane that is filled says by its size whether each or every other pixel is taken.
pub(super) fn convolve(from: &Plane, layer: &Blocks, residual: Residual, to: &mut Plane) {
    let stride = from.rows / to.rows.max(1);
    for y in 0..to.rows {
        let residual = (residual == Residual::Input).then(|| from.row(y));
        let finish = Finish { residual, activation: Activation::Relu };
        convolve_row(from.three(stride * y), stride, layer, finish, to.row_mut(y));
    }
}

/// Convolution within channels, then across them, with ReLU.
#[derive(Debug, Clone)]
pub(super) struct Separable {
    pub(super) depth: Channels,
    pub(super) point: Blocks,
}

impl Separable {
    /// One row of outputs; `line` is space for a row in between.
    pub(super) fn row(&self, from: &Plane, y: usize, residual: Residual, line: &mut Vec<f32>, out: &mut [f32]) {
        line.resize(from.columns * from.channels, 0.0);
        depthwise_row(from.three(y), &self.depth, line);
        let residual = (residual == Residual::Input).then(|| from.row(y));
        pointwise_row(line, &self.point, Finish { residual, activation: Activation::Relu }, out);
    }

    pub(super) fn plane(&self, from: &Plane, residual: Residual, line: &mut Vec<f32>, to: &mut Plane) {
        for y in 0..to.rows {
            self.row(from, y, residual, line, to.row_mut(y));
        }
    }
}

/// Adds to a plane the one of half its size after a pointwise layer; negative sums become zero.
pub(super) fn climb(from: &Plane, layer: &Blocks, line: &mut Vec<f32>, to: &mut Plane) {
    line.resize(from.columns * layer.outputs(), 0.0);
    for y in 0..from.rows {
        pointwise_row(from.row(y), layer, Finish { residual: None, activation: Activation::Linear }, line);
        for y in [2 * y, 2 * y + 1] {
            add_doubled(line, layer.outputs(), to.row_mut(y));
        }
    }
}

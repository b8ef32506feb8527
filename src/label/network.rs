//! The network: three halvings with residual layers, as many doublings back, and heads for maps and characteristics.
//! `training/model.py` holds the same network for training.

use super::exchange::{Outputs, Planes};
use super::plane::{Plane, Residual, Separable, climb, convolve};
use super::weights::{Form, NetworkError, Reader, Shape};
use crate::kernel::block::{Activation, Blocks, Finish};
use crate::kernel::logsum::{add_exponentials, keep_largest, log_sum, logarithm};
use crate::kernel::pointwise::pointwise_row;
use crate::kernel::reuse::Reused;
use crate::kernel::shuffle::{from_channel, from_channels, to_channels};
use std::cell::RefCell;

/// A network with its weights.
#[derive(Debug, Clone)]
pub struct Network {
    shape: Shape,
    stem: Blocks,
    e1: Separable,
    e2: [Blocks; 2],
    e3: [Blocks; 2],
    e4: [Blocks; 3],
    u3: Blocks,
    d3: Blocks,
    u2: Blocks,
    d2: Blocks,
    u1: Blocks,
    d1: [Separable; 2],
    maps: Blocks,
    points: Blocks,
    none: Blocks,
    scalars: Option<Blocks>,
}

/// Space for the planes of one frame, which a thread keeps for the next; any network can use it.
#[derive(Debug, Default)]
pub struct Scratch {
    input: Plane,
    stem: Plane,
    full: [Plane; 2],
    half: [Plane; 2],
    quarter: [Plane; 2],
    eighth: [Plane; 2],
    points: Vec<f32>,
    line: Vec<f32>,
    last: Vec<f32>,
    head: Vec<f32>,
    average: Vec<f32>,
    largest: Vec<f32>,
    sums: Vec<f32>,
}

impl Scratch {
    fn fit(&mut self, network: &Network) {
        let (rows, columns) = (network.shape.rows / 2, network.shape.columns / 2);
        self.input.fit(rows, columns, network.stem.inputs());
        self.stem.fit(rows, columns, network.stem.outputs());
        let sets = [&mut self.full, &mut self.half, &mut self.quarter, &mut self.eighth];
        let layers = [&network.e1.point, &network.e2[0], &network.e3[0], &network.e4[0]];
        for (depth, (planes, layer)) in sets.into_iter().zip(layers).enumerate() {
            for plane in planes {
                plane.fit(rows >> depth, columns >> depth, layer.outputs());
            }
        }
        self.points.resize(network.points.outputs() * rows * columns, 0.0);
        self.last.resize(columns * network.maps.inputs(), 0.0);
    }
}

impl Network {
    /// Reads a file of weights, which must be whole and fit the network.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NetworkError> {
        let (shape, mut file) = Reader::open(bytes)?;
        let points = shape.frequency.len() + shape.height.len();
        let stem = file.convolution("stem", 4 * shape.planes, None, Form::Plain)?;
        let e1 = file.separable("e1", stem.outputs(), None, Form::Plain)?;
        let w1 = e1.point.outputs();
        let e2a = file.convolution("e2a", w1, None, Form::Halving)?;
        let w2 = e2a.outputs();
        let e2b = file.convolution("e2b", w2, Some(w2), Form::Residual)?;
        let e3a = file.convolution("e3a", w2, None, Form::Halving)?;
        let w3 = e3a.outputs();
        let e3b = file.convolution("e3b", w3, Some(w3), Form::Residual)?;
        let e4a = file.convolution("e4a", w3, None, Form::Halving)?;
        let w4 = e4a.outputs();
        let e4b = file.convolution("e4b", w4, Some(w4), Form::Residual)?;
        let e4c = file.convolution("e4c", w4, Some(w4), Form::Residual)?;
        let network = Self {
            stem,
            e1,
            e2: [e2a, e2b],
            e3: [e3a, e3b],
            e4: [e4a, e4b, e4c],
            u3: file.pointwise("u3", w4, Some(w3), Form::Linear)?,
            d3: file.convolution("d3", w3, Some(w3), Form::Residual)?,
            u2: file.pointwise("u2", w3, Some(w2), Form::Linear)?,
            d2: file.convolution("d2", w2, Some(w2), Form::Residual)?,
            u1: file.pointwise("u1", w2, Some(w1), Form::Linear)?,
            d1: [
                file.separable("d1a", w1, Some(w1), Form::Residual)?,
                file.separable("d1b", w1, Some(w1), Form::Residual)?,
            ],
            maps: file.pointwise("maps", w1, Some(4 * shape.maps), Form::Linear)?,
            points: file.pointwise("points", w1, Some(2 * points), Form::Linear)?,
            none: file.linear("none", w4, points)?,
            scalars: match shape.scalars.len() {
                0 => None,
                count => Some(file.linear("scalars", w4, count)?),
            },
            shape,
        };
        file.finish()?;
        Ok(network)
    }

    /// Sizes and names of what enters and leaves.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// Labels a frame in the space that the calling thread keeps.
    pub fn label(&self, planes: &Planes) -> Result<Outputs, NetworkError> {
        thread_local! {
            static KEPT: RefCell<Scratch> = RefCell::default();
        }
        KEPT.with_borrow_mut(|scratch| self.run(planes, scratch))
    }

    /// Labels a frame: the same bits on every machine and thread.
    pub fn run(&self, planes: &Planes, scratch: &mut Scratch) -> Result<Outputs, NetworkError> {
        let sizes = |count, rows, columns| format!("{count} x {rows} x {columns}");
        let expected = (self.shape.planes, self.shape.rows, self.shape.columns);
        let found = (planes.count, planes.rows, planes.columns);
        if expected != found {
            let expected = sizes(expected.0, expected.1, expected.2);
            return Err(NetworkError::Planes { expected, found: sizes(found.0, found.1, found.2) });
        }
        scratch.fit(self);
        let Scratch { input, stem, full: [e1, d1], half: [h, half], quarter: [q, quarter], .. } = scratch;
        let Scratch { eighth: [a, b], line, average, .. } = scratch;
        unshuffle(planes, input);
        convolve(input, &self.stem, Residual::None, stem);
        self.e1.plane(stem, Residual::None, line, e1);
        convolve(e1, &self.e2[0], Residual::None, h);
        convolve(h, &self.e2[1], Residual::Input, half);
        convolve(half, &self.e3[0], Residual::None, q);
        convolve(q, &self.e3[1], Residual::Input, quarter);
        convolve(quarter, &self.e4[0], Residual::None, a);
        convolve(a, &self.e4[1], Residual::Input, b);
        convolve(b, &self.e4[2], Residual::Input, a);
        climb(a, &self.u3, line, quarter);
        convolve(quarter, &self.d3, Residual::Input, q);
        climb(q, &self.u2, line, half);
        convolve(half, &self.d2, Residual::Input, h);
        climb(h, &self.u1, line, e1);
        self.d1[0].plane(e1, Residual::Input, line, d1);
        a.average(average);
        Ok(self.heads(scratch))
    }

    fn heads(&self, scratch: &mut Scratch) -> Outputs {
        let Shape { rows, columns, maps, frequency, height, .. } = &self.shape;
        let (rows, columns) = (*rows, *columns);
        let mut outputs = Outputs {
            rows,
            columns,
            maps: Reused::filled(maps * rows * columns, 0.0),
            frequency: Reused::filled(frequency.len() * (columns + 1), 0.0),
            height: Reused::filled(height.len() * (rows + 1), 0.0),
            scalars: Reused::filled(self.scalars.as_ref().map_or(0, Blocks::outputs), 0.0),
        };
        let linear = Finish { residual: None, activation: Activation::Linear };
        let Scratch { full: [_, d1], points, line, last, head, average, .. } = &mut *scratch;
        for y in 0..d1.rows() {
            self.d1[1].row(d1, y, Residual::Input, line, last);
            head.resize(columns / 2 * self.maps.outputs(), 0.0);
            pointwise_row(last, &self.maps, linear, head);
            for (index, map) in outputs.maps.chunks_exact_mut(rows * columns).enumerate() {
                let (upper, lower) = map[2 * y * columns..][..2 * columns].split_at_mut(columns);
                from_channels(head, self.maps.outputs(), 4 * index, upper, lower);
            }
            head.resize(columns / 2 * self.points.outputs(), 0.0);
            pointwise_row(last, &self.points, linear, head);
            for (index, plane) in points.chunks_exact_mut(rows * columns / 4).enumerate() {
                let row = &mut plane[y * columns / 2..][..columns / 2];
                from_channel(head, self.points.outputs(), index, row);
            }
        }
        if let Some(layer) = &self.scalars {
            pointwise_row(average, layer, linear, &mut outputs.scalars);
        }
        head.resize(self.none.outputs(), 0.0);
        pointwise_row(average, &self.none, linear, head);
        self.characteristics(scratch, &mut outputs);
        outputs
    }

    /// Sums the points of characteristics along their other axis, in the logarithm; `head` holds what says that the
    /// frame does not show them.
    fn characteristics(&self, scratch: &mut Scratch, outputs: &mut Outputs) {
        let (rows, columns) = (self.shape.rows / 2, self.shape.columns / 2);
        let Scratch { points, head, largest, sums, .. } = scratch;
        let (frequencies, heights) = points.split_at(2 * self.shape.frequency.len() * rows * columns);
        let (not_frequency, not_height) = head.split_at(self.shape.frequency.len());
        let both = 2 * rows * columns;
        let of_frequency = outputs.frequency.chunks_exact_mut(2 * columns + 1);
        for ((out, points), &none) in of_frequency.zip(frequencies.chunks_exact(both)).zip(not_frequency) {
            out[2 * columns] = none;
            for (dx, plane) in points.chunks_exact(rows * columns).enumerate() {
                largest.clear();
                largest.resize(columns, f32::MIN);
                sums.clear();
                sums.resize(columns, 0.0);
                plane.chunks_exact(columns).for_each(|row| keep_largest(row, largest));
                plane.chunks_exact(columns).for_each(|row| add_exponentials(row, largest, sums));
                for (x, (&largest, &sum)) in largest.iter().zip(sums.iter()).enumerate() {
                    out[2 * x + dx] = largest + logarithm(sum);
                }
            }
        }
        let of_height = outputs.height.chunks_exact_mut(2 * rows + 1);
        for ((out, points), &none) in of_height.zip(heights.chunks_exact(both)).zip(not_height) {
            out[2 * rows] = none;
            for (dy, plane) in points.chunks_exact(rows * columns).enumerate() {
                for (y, row) in plane.chunks_exact(columns).enumerate() {
                    out[2 * y + dy] = log_sum(row);
                }
            }
        }
    }
}

/// Blocks of 2 x 2 pixels of each plane as channels of one.
fn unshuffle(planes: &Planes, to: &mut Plane) {
    let Planes { count, rows, columns, values } = planes;
    for y in 0..rows / 2 {
        for (index, plane) in values.chunks_exact(rows * columns).enumerate() {
            let (upper, lower) = plane[2 * y * columns..][..2 * columns].split_at(*columns);
            to_channels(upper, lower, 4 * count, 4 * index, to.row_mut(y));
        }
    }
}

#[cfg(test)]
#[path = "network_tests.rs"]
mod tests;

//! Gradient descent (Adam) on the cross entropy of a small network.

use crate::random::Random;
use ionoscribe::caption::net::{Cell, INPUTS, Layer, Network};

/// A network in training.
pub(crate) struct Trainer {
    pub(crate) network: Network,
    /// First and second moments of each layer's weights and biases.
    moments: Vec<[Vec<f32>; 2]>,
    steps: i32,
}

impl Trainer {
    /// Random weights of a size that keeps the signal's variance.
    pub(crate) fn new(hidden: &[usize], classes: usize, random: &mut Random) -> Self {
        let mut sizes = vec![INPUTS];
        sizes.extend(hidden);
        sizes.push(classes);
        let layers: Vec<Layer> = sizes
            .windows(2)
            .map(|pair| {
                let spread = (2.0 / pair[0] as f32).sqrt();
                let weights = (0..pair[0] * pair[1]).map(|_| spread * random.normal()).collect();
                Layer { inputs: pair[0], bias: vec![0.0; pair[1]], weights }
            })
            .collect();
        let moments = layers
            .iter()
            .map(|layer| {
                [vec![0.0; layer.weights.len() + layer.bias.len()], vec![0.0; layer.weights.len() + layer.bias.len()]]
            })
            .collect();
        Self { network: Network { layers }, moments, steps: 0 }
    }

    /// One step on a batch; returns the mean cross entropy.
    pub(crate) fn step(&mut self, batch: &[(Cell, usize)], rate: f32) -> f32 {
        let layers = &self.network.layers;
        let mut gradients: Vec<Vec<f32>> = self.moments.iter().map(|moments| vec![0.0; moments[0].len()]).collect();
        let mut loss = 0.0;
        for (cell, class) in batch {
            let mut values = vec![cell.to_vec()];
            for (index, layer) in layers.iter().enumerate() {
                let mut next = layer.forward(&values[index]);
                if index + 1 < layers.len() {
                    next.iter_mut().for_each(|value| *value = value.max(0.0));
                }
                values.push(next);
            }
            let mut error = softmax(&values[layers.len()]);
            loss -= error[*class].max(1e-12).ln();
            // A little doubt about every label keeps the network from shouting.
            let doubt = DOUBT / error.len() as f32;
            error.iter_mut().for_each(|value| *value -= doubt);
            error[*class] -= 1.0 - DOUBT;
            for (index, layer) in layers.iter().enumerate().rev() {
                let mut back = vec![0.0f32; layer.inputs];
                let (weight_gradients, bias_gradients) = gradients[index].split_at_mut(layer.weights.len());
                let rows =
                    layer.weights.chunks_exact(layer.inputs).zip(weight_gradients.chunks_exact_mut(layer.inputs));
                for (unit, (row, gradient)) in rows.enumerate() {
                    let error = error[unit];
                    if error == 0.0 {
                        continue;
                    }
                    bias_gradients[unit] += error;
                    for (gradient, value) in gradient.iter_mut().zip(&values[index]) {
                        *gradient += error * value;
                    }
                    if index > 0 {
                        for (back, weight) in back.iter_mut().zip(row) {
                            *back += error * weight;
                        }
                    }
                }
                for (back, value) in back.iter_mut().zip(&values[index]) {
                    if *value <= 0.0 {
                        *back = 0.0;
                    }
                }
                error = back;
            }
        }
        self.update(&gradients, rate, batch.len() as f32);
        loss / batch.len() as f32
    }

    fn update(&mut self, gradients: &[Vec<f32>], rate: f32, count: f32) {
        self.steps += 1;
        let (keep, keep_squares) = (0.9f32, 0.999f32);
        let (fix, fix_squares) = (1.0 - keep.powi(self.steps), 1.0 - keep_squares.powi(self.steps));
        for ((layer, moments), gradients) in self.network.layers.iter_mut().zip(&mut self.moments).zip(gradients) {
            let [first, second] = moments;
            let parameters = layer.weights.iter_mut().chain(&mut layer.bias);
            for (((parameter, first), second), gradient) in parameters.zip(first).zip(second).zip(gradients) {
                let gradient = gradient / count;
                *first = keep * *first + (1.0 - keep) * gradient;
                *second = keep_squares * *second + (1.0 - keep_squares) * gradient * gradient;
                *parameter -= rate * (*first / fix / ((*second / fix_squares).sqrt() + 1e-8) + DECAY * *parameter);
            }
        }
    }
}

/// Share of a label spread over all classes.
const DOUBT: f32 = 0.0005;
/// Weight decay per step and unit of rate.
const DECAY: f32 = 0.002;

fn softmax(values: &[f32]) -> Vec<f32> {
    let top = values.iter().copied().fold(f32::MIN, f32::max);
    let sum: f32 = values.iter().map(|value| (value - top).exp()).sum();
    values.iter().map(|value| (value - top).exp() / sum).collect()
}

/// The temperature, at least 1, at which the network's probabilities fit held-out cells best. Each is given by its
/// logarithms of probability and its class.
pub(crate) fn temperature(logs: &[(Vec<f32>, usize)]) -> f32 {
    let loss = |temperature: f32| -> f32 {
        logs.iter()
            .map(|(log, class)| {
                let sum: f32 = log.iter().map(|value| (value / temperature).exp()).sum();
                sum.ln() - log[*class] / temperature
            })
            .sum()
    };
    (20..60).map(|step| step as f32 / 20.0).min_by(|&a, &b| loss(a).total_cmp(&loss(b))).unwrap_or(1.0)
}

/// Divides the outputs by a temperature.
pub(crate) fn cool(network: &mut Network, temperature: f32) {
    if let Some(layer) = network.layers.last_mut() {
        layer.weights.iter_mut().chain(&mut layer.bias).for_each(|value| *value /= temperature);
    }
}

//! Gradient descent (Adam) on the cross entropy of the network that moves along strips.

use crate::draw::Label;
use crate::random::Random;
use ionoscribe::caption::net::{Layer, Network};
use ionoscribe::table::page::glyph::{BLANK, CLASSES, CONTEXT, NONE, products, standardise};
use ionoscribe::table::page::strip::{ROWS, Strip, WINDOW};
use multiversion::multiversion;
use rayon::prelude::*;

/// A network in training.
pub(crate) struct Trainer {
    pub(crate) network: Network,
    /// First and second moments of each layer's weights and biases.
    moments: Vec<[Vec<f32>; 2]>,
    steps: i32,
}

/// Gradients of each layer, weights and biases, with the loss and the number of places that they stem from.
struct Gradients {
    layers: Vec<(Vec<f32>, Vec<f32>)>,
    loss: f64,
    places: u32,
}

/// Parts of a batch that are worked on side by side and added in their order.
const PARTS: usize = 4;
/// Share of a label spread over all classes: a little doubt keeps the network from shouting.
const DOUBT: f32 = 0.0005;
/// Weight decay per step and unit of rate.
const DECAY: f32 = 0.002;

impl Trainer {
    /// Random weights of a size that keeps the signal's variance.
    pub(crate) fn new(hidden: [usize; 2], random: &mut Random) -> Self {
        let sizes = [(ROWS * WINDOW, hidden[0]), (CONTEXT * hidden[0], hidden[1]), (hidden[1], CLASSES)];
        let layers: Vec<Layer> = sizes
            .iter()
            .map(|&(inputs, units)| {
                let spread = (2.0 / inputs as f32).sqrt();
                let weights = (0..inputs * units).map(|_| spread * random.normal()).collect();
                Layer { inputs, bias: vec![0.0; units], weights }
            })
            .collect();
        let moments = layers
            .iter()
            .map(|layer| {
                let count = layer.weights.len() + layer.bias.len();
                [vec![0.0; count], vec![0.0; count]]
            })
            .collect();
        Self { network: Network { layers }, moments, steps: 0 }
    }

    /// One step on a batch; returns the mean cross entropy of a place.
    pub(crate) fn step(&mut self, batch: &[(Strip, Vec<Label>)], rate: f32) -> f64 {
        let network = &self.network;
        let parts: Vec<Gradients> =
            batch.par_chunks(batch.len().div_ceil(PARTS)).map(|part| gradients(network, part)).collect();
        let mut parts = parts.into_iter();
        let Some(mut sum) = parts.next() else { return 0.0 };
        for part in parts {
            for (own, other) in sum.layers.iter_mut().zip(&part.layers) {
                add(1.0, &other.0, &mut own.0);
                add(1.0, &other.1, &mut own.1);
            }
            sum.loss += part.loss;
            sum.places += part.places;
        }
        self.update(&sum, rate);
        sum.loss / f64::from(sum.places.max(1))
    }

    fn update(&mut self, gradients: &Gradients, rate: f32) {
        self.steps += 1;
        let (keep, keep_squares) = (0.9f32, 0.999f32);
        let (fix, fix_squares) = (1.0 - keep.powi(self.steps), 1.0 - keep_squares.powi(self.steps));
        let count = gradients.places.max(1) as f32;
        for ((layer, moments), gradients) in
            self.network.layers.iter_mut().zip(&mut self.moments).zip(&gradients.layers)
        {
            let [first, second] = moments;
            let parameters = layer.weights.iter_mut().chain(&mut layer.bias);
            let gradients = gradients.0.iter().chain(&gradients.1);
            for (((parameter, first), second), gradient) in parameters.zip(first).zip(second).zip(gradients) {
                let gradient = gradient / count;
                *first = keep * *first + (1.0 - keep) * gradient;
                *second = keep_squares * *second + (1.0 - keep_squares) * gradient * gradient;
                *parameter -= rate * (*first / fix / ((*second / fix_squares).sqrt() + 1e-8) + DECAY * *parameter);
            }
        }
    }
}

/// Weight of a place that shows no character against one that does: nine places in ten show none.
const NONE_WEIGHT: f32 = 0.5;

fn gradients(network: &Network, batch: &[(Strip, Vec<Label>)]) -> Gradients {
    let [first, second, last] = network.layers.as_slice() else {
        return Gradients { layers: Vec::new(), loss: 0.0, places: 0 };
    };
    let zeros = |layer: &Layer| (vec![0.0f32; layer.weights.len()], vec![0.0f32; layer.bias.len()]);
    let mut sum = Gradients { layers: network.layers.iter().map(zeros).collect(), loss: 0.0, places: 0 };
    let units = first.bias.len();
    for (strip, labels) in batch {
        let places = strip.places();
        // Blank places are not read later either.
        let is_dark: Vec<bool> = (0..places).map(|place| strip.darkest(place) >= BLANK).collect();
        let is_near = |place: &usize| (place.saturating_sub(1)..(place + 2).min(places)).any(|near| is_dark[near]);
        let near: Vec<usize> = (0..places).filter(is_near).collect();
        let mut seen = Vec::with_capacity(near.len() * ROWS * WINDOW);
        for &place in &near {
            let mut window = [0.0f32; ROWS * WINDOW];
            standardise(strip.window(place), &mut window);
            seen.extend(window);
        }
        let found = forward(first, &seen, true);
        let mut hidden = vec![0.0f32; (places + CONTEXT - 1) * units];
        for (&place, found) in near.iter().zip(found.chunks_exact(units)) {
            hidden[(place + 1) * units..(place + 2) * units].copy_from_slice(found);
        }
        let dark: Vec<usize> = (0..places).filter(|&place| is_dark[place]).collect();
        let context: Vec<f32> =
            dark.iter().flat_map(|place| &hidden[place * units..(place + CONTEXT) * units]).copied().collect();
        let joined = forward(second, &context, true);
        let out = forward(last, &joined, false);
        let mut slopes = vec![0.0f32; out.len()];
        for ((&place, out), slope) in dark.iter().zip(out.chunks_exact(CLASSES)).zip(slopes.chunks_exact_mut(CLASSES)) {
            if let Some((loss, error)) = error(out, labels[place]) {
                sum.loss += f64::from(loss);
                sum.places += 1;
                slope.copy_from_slice(&error);
            }
        }
        let mut joint = vec![0.0f32; joined.len()];
        backward(last, &joined, &slopes, &mut sum.layers[2], Some(&mut joint));
        rectify(&mut joint, &joined);
        let mut back = vec![0.0f32; context.len()];
        backward(second, &context, &joint, &mut sum.layers[1], Some(&mut back));
        let mut spread = vec![0.0f32; hidden.len()];
        for (&place, back) in dark.iter().zip(back.chunks_exact(CONTEXT * units)) {
            add(1.0, back, &mut spread[place * units..(place + CONTEXT) * units]);
        }
        rectify(&mut spread, &hidden);
        let errors: Vec<f32> =
            near.iter().flat_map(|place| &spread[(place + 1) * units..(place + 2) * units]).copied().collect();
        backward(first, &seen, &errors, &mut sum.layers[0], None);
    }
    sum
}

/// No slope where the unit was silent.
fn rectify(errors: &mut [f32], values: &[f32]) {
    errors.iter_mut().zip(values).for_each(|(error, value)| *error = if *value > 0.0 { *error } else { 0.0 });
}

/// Loss at a place and its slope by the outputs; `None` where nothing is to be learned.
fn error(out: &[f32], label: Label) -> Option<(f32, [f32; CLASSES])> {
    let top = out.iter().copied().fold(f32::MIN, f32::max);
    let mut error = [0.0f32; CLASSES];
    error.iter_mut().zip(out).for_each(|(error, value)| *error = (value - top).exp());
    let sum: f32 = error.iter().sum();
    error.iter_mut().for_each(|value| *value /= sum);
    let (right, weight) = match label {
        Label::Class(NONE) => (vec![NONE], NONE_WEIGHT),
        Label::Class(class) => (vec![class], 1.0),
        Label::Beside(class) => (vec![class, NONE], NONE_WEIGHT),
        Label::Open => return None,
    };
    let share: f32 = right.iter().map(|&class| error[class]).sum::<f32>().max(1e-12);
    let mut wanted = [DOUBT / CLASSES as f32; CLASSES];
    right.iter().for_each(|&class| wanted[class] += (1.0 - DOUBT) * error[class] / share);
    error.iter_mut().zip(wanted).for_each(|(error, wanted)| *error = weight * (*error - wanted));
    Some((-weight * share.ln(), error))
}

/// Outputs of a layer for each row of inputs.
fn forward(layer: &Layer, values: &[f32], rectified: bool) -> Vec<f32> {
    let mut out = vec![0.0f32; values.len() / layer.inputs * layer.bias.len()];
    products(&layer.weights, &layer.bias, layer.inputs, values, &mut out);
    if rectified {
        out.iter_mut().for_each(|value| *value = value.max(0.0));
    }
    out
}

/// Gradients of a layer, and the errors of its inputs.
#[multiversion(targets("x86_64+avx2", "x86_64+sse4.1"))]
fn backward(
    layer: &Layer,
    values: &[f32],
    errors: &[f32],
    sum: &mut (Vec<f32>, Vec<f32>),
    mut back: Option<&mut [f32]>,
) {
    let (inputs, units) = (layer.inputs, layer.bias.len());
    // Unit by unit, so that its row stays in the nearest cache.
    for unit in 0..units {
        let row = &layer.weights[unit * inputs..(unit + 1) * inputs];
        let slope = &mut sum.0[unit * inputs..(unit + 1) * inputs];
        for (place, values) in values.chunks_exact(inputs).enumerate() {
            let error = errors[place * units + unit];
            if error == 0.0 {
                continue;
            }
            sum.1[unit] += error;
            for (slope, value) in slope.iter_mut().zip(values) {
                *slope += error * value;
            }
            if let Some(back) = back.as_deref_mut() {
                for (back, weight) in back[place * inputs..(place + 1) * inputs].iter_mut().zip(row) {
                    *back += error * weight;
                }
            }
        }
    }
}

#[multiversion(targets("x86_64+avx2", "x86_64+sse4.1"))]
fn add(factor: f32, values: &[f32], sum: &mut [f32]) {
    sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += factor * value);
}

//! A small network that tells the printed characters of a table apart.
//!
//! It moves along a [`Strip`] in steps of a seventh of the capitals' height and says at each place which character has its
//! middle there, or none: nothing has to be cut beforehand, so that broken, touching and proportional characters are read
//! alike. Three layers: one over a window of the strip, one over three neighbouring places, one output for each class.
//! Its weights come from drawn characters alone: `cargo run --release --example train_glyphs` draws lines of print in many typefaces,
//! trains with a fixed seed and writes `glyphs.weights` beside this file.

use super::strip::{ROWS, Strip, WINDOW};
use crate::caption::net::{Layer, Network};
use multiversion::multiversion;
use std::sync::OnceLock;

/// The characters in the order of the network's outputs; one more output stands for none. Small letters count as capitals.
pub const CHARACTERS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ/-.";
/// Number of outputs.
pub const CLASSES: usize = CHARACTERS.len() + 1;
/// The output for "no character has its middle here".
pub const NONE: usize = CLASSES - 1;
/// Neighbouring places that the second layer sees.
pub const CONTEXT: usize = 3;

/// Natural logarithms of the probability of each class at a place.
pub type Logs = [f32; CLASSES];

/// Ink below which nothing is read.
pub const BLANK: f32 = 0.2;
/// Logarithm of the probability of every character at a blank place.
const IMPOSSIBLE: f32 = -16.0;
/// Least standard deviation that counts as contrast, in shares of full ink.
const LEAST_DEVIATION: f32 = 0.08;

/// The shipped network.
pub fn shipped() -> &'static Network {
    static NETWORK: OnceLock<Network> = OnceLock::new();
    NETWORK.get_or_init(|| Network::from_bytes(include_bytes!("glyphs.weights")).unwrap_or_default())
}

/// What the network says at each place of a strip; nothing for a network of another shape.
pub fn look(network: &Network, strip: &Strip) -> Vec<Logs> {
    let [first, second, last] = network.layers.as_slice() else { return Vec::new() };
    let units = first.bias.len();
    if first.inputs != ROWS * WINDOW || second.inputs != CONTEXT * units || last.bias.len() != CLASSES {
        return Vec::new();
    }
    let places = strip.places();
    let is_dark: Vec<bool> = (0..places).map(|place| strip.darkest(place) >= BLANK).collect();
    let is_near = |place: usize| (place.saturating_sub(1)..(place + 2).min(places)).any(|near| is_dark[near]);
    let near: Vec<usize> = (0..places).filter(|&place| is_near(place)).collect();
    let mut seen = Vec::with_capacity(near.len() * ROWS * WINDOW);
    for &place in &near {
        let mut window = [0.0f32; ROWS * WINDOW];
        standardise(strip.window(place), &mut window);
        seen.extend(window);
    }
    // A blank place before and behind, so that the first and the last have neighbours.
    let mut hidden = vec![0.0f32; (places + CONTEXT - 1) * units];
    for (&place, found) in near.iter().zip(layer(first, &seen).chunks_exact(units)) {
        let own = &mut hidden[(place + 1) * units..(place + 2) * units];
        own.iter_mut().zip(found).for_each(|(own, found)| *own = found.max(0.0));
    }
    let dark: Vec<usize> = (0..places).filter(|&place| is_dark[place]).collect();
    let context: Vec<f32> =
        dark.iter().flat_map(|place| &hidden[place * units..(place + CONTEXT) * units]).copied().collect();
    let mut joined = layer(second, &context);
    joined.iter_mut().for_each(|value| *value = value.max(0.0));
    let mut blank = [IMPOSSIBLE; CLASSES];
    blank[NONE] = 0.0;
    let mut logs = vec![blank; places];
    for (&place, out) in dark.iter().zip(layer(last, &joined).chunks_exact(CLASSES)) {
        logs[place].copy_from_slice(out);
        normalise(&mut logs[place]);
    }
    logs
}

/// Shifts and scales what is seen to mean zero and standard deviation one.
pub fn standardise(window: &[f32], out: &mut [f32; ROWS * WINDOW]) {
    let count = out.len() as f32;
    let mean = window.iter().sum::<f32>() / count;
    let variance = window.iter().map(|value| (value - mean) * (value - mean)).sum::<f32>() / count;
    let scale = 1.0 / variance.sqrt().max(LEAST_DEVIATION);
    out.iter_mut().zip(window).for_each(|(out, value)| *out = (value - mean) * scale);
}

/// From outputs to logarithms of probability.
fn normalise(logs: &mut Logs) {
    let top = logs.iter().copied().fold(f32::MIN, f32::max);
    let sum = logs.iter().map(|value| (value - top).exp()).sum::<f32>().ln();
    logs.iter_mut().for_each(|value| *value = (*value - top - sum).max(IMPOSSIBLE));
}

fn layer(layer: &Layer, values: &[f32]) -> Vec<f32> {
    let mut out = vec![0.0f32; values.len() / layer.inputs * layer.bias.len()];
    products(&layer.weights, &layer.bias, layer.inputs, values, &mut out);
    out
}

/// Sums in a fixed order that fills wide registers, the same on every machine.
const LANES: usize = 16;

/// Products of every row of `values` with every row of `weights`, each of `inputs` numbers, plus the bias of the latter.
#[multiversion(targets("x86_64+avx2", "x86_64+sse4.1"))]
pub fn products(weights: &[f32], bias: &[f32], inputs: usize, values: &[f32], out: &mut [f32]) {
    let (units, rows) = (bias.len(), values.len() / inputs.max(1));
    let mut row = 0;
    // Four rows at a time, so that weights are fetched once for all; the last ones may be taken twice.
    while row < rows {
        let at = |index: usize| (row + index).min(rows - 1);
        let four = [at(0), at(1), at(2), at(3)];
        let [a, b, c, d] = four.map(|row| &values[row * inputs..(row + 1) * inputs]);
        for unit in 0..units {
            let sums = four_products(&weights[unit * inputs..(unit + 1) * inputs], a, b, c, d);
            for index in 0..4 {
                out[four[index] * units + unit] = bias[unit] + sums[index];
            }
        }
        row += 4;
    }
}

#[multiversion(targets("x86_64+avx2", "x86_64+sse4.1"))]
fn four_products(weights: &[f32], a: &[f32], b: &[f32], c: &[f32], d: &[f32]) -> [f32; 4] {
    let mut sums = [[0.0f32; LANES]; 4];
    let mut at = 0;
    while let (Some(w), Some(a), Some(b), Some(c), Some(d)) = (
        weights[at..].first_chunk::<LANES>(),
        a[at..].first_chunk::<LANES>(),
        b[at..].first_chunk::<LANES>(),
        c[at..].first_chunk::<LANES>(),
        d[at..].first_chunk::<LANES>(),
    ) {
        for lane in 0..LANES {
            sums[0][lane] += w[lane] * a[lane];
            sums[1][lane] += w[lane] * b[lane];
            sums[2][lane] += w[lane] * c[lane];
            sums[3][lane] += w[lane] * d[lane];
        }
        at += LANES;
    }
    let mut out = [0.0f32; 4];
    for (out, sums) in out.iter_mut().zip(&sums) {
        for sum in sums {
            *out += sum;
        }
    }
    for at in at..weights.len() {
        out[0] += weights[at] * a[at];
        out[1] += weights[at] * b[at];
        out[2] += weights[at] * c[at];
        out[3] += weights[at] * d[at];
    }
    out
}

//! A small network that tells the printed characters of a table apart.
//!
//! Two hidden layers of rectified units. It looks at a cell of [`net::Cell`](crate::caption::net::Cell) form around a place
//! on a line of print and says which character has its middle there, or none. Its weights come from drawn characters
//! alone: `cargo run --release --example train_glyphs` draws them in many typefaces, trains with a fixed seed and writes
//! `glyphs.weights` beside this file.

use crate::caption::net::{Cell, Network};
use std::sync::OnceLock;

/// The characters in the order of the network's outputs; one more output stands for none.
pub const CHARACTERS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ/-.";
/// Number of outputs.
pub const CLASSES: usize = CHARACTERS.len() + 1;
/// The output for "no character has its middle here".
pub const NONE: usize = CLASSES - 1;

/// The shipped network.
pub fn shipped() -> &'static Network {
    static NETWORK: OnceLock<Network> = OnceLock::new();
    NETWORK.get_or_init(|| Network::from_bytes(include_bytes!("glyphs.weights")).unwrap_or_default())
}

/// Natural logarithm of the probability of each class.
pub fn log_probabilities(network: &Network, cell: &Cell) -> [f32; CLASSES] {
    let mut values = cell.to_vec();
    for (index, layer) in network.layers.iter().enumerate() {
        values = layer.forward(&values);
        if index + 1 < network.layers.len() {
            values.iter_mut().for_each(|value| *value = value.max(0.0));
        }
    }
    let mut out = [0.0f32; CLASSES];
    if values.len() == CLASSES {
        out.copy_from_slice(&values);
    }
    let top = out.iter().copied().fold(f32::MIN, f32::max);
    let sum: f32 = out.iter().map(|value| (value - top).exp()).sum();
    out.map(|value| value - top - sum.ln())
}

/// The output of a character.
pub fn class_of(character: u8) -> Option<usize> {
    CHARACTERS.iter().position(|&known| known == character)
}

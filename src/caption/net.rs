//! A small network that tells printed digits apart, and how a digit's cell becomes its input.
//!
//! Two hidden layers of rectified units; eleven outputs, the digits 0 to 9 and "no digit". Its weights come from
//! drawn digits alone: `cargo run --release --example train_digits` draws them, trains with a fixed seed and writes
//! `digits.weights` beside this file.

use multiversion::multiversion;
use std::sync::OnceLock;

/// Columns of a cell.
pub const COLUMNS: usize = 16;
/// Rows of a cell.
pub const ROWS: usize = 20;
/// Rows of a cell that a digit's height takes.
pub const DIGIT_ROWS: f32 = 14.0;
/// Values of a cell.
pub const INPUTS: usize = COLUMNS * ROWS;
/// Digits 0 to 9 and "no digit".
pub const CLASSES: usize = 11;

/// A cell around a digit, row by row, mean zero and standard deviation one.
pub type Cell = [f32; INPUTS];

/// Least standard deviation that counts as contrast, in shares of full ink.
const LEAST_DEVIATION: f32 = 0.04;

/// Samples the cell around a digit. `ink` gives the ink at (x, y), 0 for ground to 1 for a full stroke; `centre` and
/// `height` are the digit's, in the same coordinates.
pub fn cell(ink: impl Fn(f32, f32) -> f32, centre: (f32, f32), height: f32) -> Cell {
    let step = height / DIGIT_ROWS;
    let mut cell = [0.0f32; INPUTS];
    for (index, value) in cell.iter_mut().enumerate() {
        let dx = ((index % COLUMNS) as f32 - (COLUMNS - 1) as f32 / 2.0) * step;
        let dy = ((index / COLUMNS) as f32 - (ROWS - 1) as f32 / 2.0) * step;
        *value = ink(centre.0 + dx, centre.1 + dy);
    }
    standardise(&mut cell);
    cell
}

/// Shifts and scales the values to mean zero and standard deviation one.
pub(super) fn standardise(cell: &mut Cell) {
    let mean = cell.iter().sum::<f32>() / INPUTS as f32;
    let variance = cell.iter().map(|value| (value - mean) * (value - mean)).sum::<f32>() / INPUTS as f32;
    let scale = 1.0 / variance.sqrt().max(LEAST_DEVIATION);
    cell.iter_mut().for_each(|value| *value = (*value - mean) * scale);
}

/// The shipped network.
pub fn shipped() -> &'static Network {
    static NETWORK: OnceLock<Network> = OnceLock::new();
    NETWORK.get_or_init(|| Network::from_bytes(include_bytes!("digits.weights")).unwrap_or_default())
}

/// The shipped network, ready to read.
pub(super) fn reader() -> &'static Reader {
    static READER: OnceLock<Reader> = OnceLock::new();
    READER.get_or_init(|| Reader::new(shipped()))
}

/// A network whose first layer, by far the largest, counts in whole numbers.
#[derive(Debug)]
pub(super) struct Reader {
    /// Weights of the first layer in steps of each unit's scale.
    first: Vec<i16>,
    /// Per unit: what one step of the sum stands for, and the bias.
    units: Vec<(f32, f32)>,
    rest: Vec<Layer>,
}

/// Steps of an input value; values beyond 16 deviations are cut.
const INPUT_STEPS: f32 = 2048.0;

impl Reader {
    fn new(network: &Network) -> Self {
        let Some((first, rest)) = network.layers.split_first() else {
            return Self { first: Vec::new(), units: Vec::new(), rest: Vec::new() };
        };
        let mut reader = Self { first: Vec::new(), units: Vec::new(), rest: rest.to_vec() };
        for (row, &bias) in first.weights.chunks_exact(first.inputs).zip(&first.bias) {
            let scale = scale(row);
            reader.first.extend(row.iter().map(|weight| (weight / scale).round() as i16));
            reader.units.push((scale / INPUT_STEPS, bias));
        }
        reader
    }

    /// Natural logarithm of the probability of each class.
    pub(super) fn log_probabilities(&self, cell: &Cell) -> [f32; CLASSES] {
        let input = cell.map(|value| (value * INPUT_STEPS).clamp(-32767.0, 32767.0) as i16);
        let mut values = vec![0.0f32; self.units.len()];
        whole_sums(&self.first, &input, &mut values);
        values.iter_mut().zip(&self.units).for_each(|(value, &(scale, bias))| *value = *value * scale + bias);
        for layer in &self.rest {
            values.iter_mut().for_each(|value| *value = value.max(0.0));
            values = layer.forward(&values);
        }
        log_softmax(&values)
    }
}

/// Sums of products of the inputs with each row of weights. At most 320 products of 127 and 32767: inside 32 bits.
#[multiversion(targets("x86_64+avx2", "x86_64+sse4.1"))]
fn whole_sums(weights: &[i16], input: &[i16; INPUTS], out: &mut [f32]) {
    for (row, out) in weights.as_chunks::<INPUTS>().0.iter().zip(out) {
        let mut sum = 0i32;
        for i in 0..INPUTS {
            sum = sum.wrapping_add(i32::from(row[i]).wrapping_mul(i32::from(input[i])));
        }
        *out = sum as f32;
    }
}

fn log_softmax(values: &[f32]) -> [f32; CLASSES] {
    let mut out = [0.0f32; CLASSES];
    if values.len() == CLASSES {
        out.copy_from_slice(values);
    }
    let top = out.iter().copied().fold(f32::MIN, f32::max);
    let sum: f32 = out.iter().map(|value| (value - top).exp()).sum();
    out.map(|value| value - top - sum.ln())
}

/// The step of a unit's weights in the file form.
fn scale(row: &[f32]) -> f32 {
    row.iter().fold(1e-9f32, |top, weight| top.max(weight.abs())) / 127.0
}

/// Layers of a network, first to last.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Network {
    /// The layers; all but the last are rectified.
    pub layers: Vec<Layer>,
}

/// One fully connected layer.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Layer {
    /// Inputs per unit.
    pub inputs: usize,
    /// One value per unit.
    pub bias: Vec<f32>,
    /// Unit by unit, `inputs` values each.
    pub weights: Vec<f32>,
}

impl Network {
    /// Natural logarithm of the probability of each class; all alike if the network has no layers of the right size.
    pub fn log_probabilities(&self, cell: &Cell) -> [f32; CLASSES] {
        let mut values = cell.to_vec();
        for (index, layer) in self.layers.iter().enumerate() {
            values = layer.forward(&values);
            if index + 1 < self.layers.len() {
                values.iter_mut().for_each(|value| *value = value.max(0.0));
            }
        }
        log_softmax(&values)
    }

    /// The file form: for each layer the numbers of inputs and units (u16), then per unit its scale and bias (f32),
    /// then its weights (i8, times scale); all little-endian.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for layer in &self.layers {
            bytes.extend((layer.inputs as u16).to_le_bytes());
            bytes.extend((layer.bias.len() as u16).to_le_bytes());
            for (row, bias) in layer.weights.chunks_exact(layer.inputs).zip(&layer.bias) {
                let scale = scale(row);
                bytes.extend(scale.to_le_bytes());
                bytes.extend(bias.to_le_bytes());
                bytes.extend(row.iter().flat_map(|weight| ((weight / scale).round() as i8).to_le_bytes()));
            }
        }
        bytes
    }

    /// Reads the file form; `None` if the bytes end early.
    pub fn from_bytes(mut bytes: &[u8]) -> Option<Self> {
        let mut layers = Vec::new();
        while !bytes.is_empty() {
            let inputs = usize::from(u16::from_le_bytes(take(&mut bytes)?));
            let units = u16::from_le_bytes(take(&mut bytes)?);
            let mut layer = Layer { inputs, ..Layer::default() };
            for _ in 0..units {
                let scale = f32::from_le_bytes(take(&mut bytes)?);
                layer.bias.push(f32::from_le_bytes(take(&mut bytes)?));
                let (row, rest) = bytes.split_at_checked(inputs)?;
                bytes = rest;
                layer.weights.extend(row.iter().map(|&weight| f32::from(weight.cast_signed()) * scale));
            }
            layers.push(layer);
        }
        Some(Self { layers })
    }
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (first, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*first)
}

impl Layer {
    /// Weighted sums of the inputs, one per unit; nothing if the sizes do not fit.
    pub fn forward(&self, values: &[f32]) -> Vec<f32> {
        if self.inputs == 0 || values.len() != self.inputs {
            return Vec::new();
        }
        self.weights.chunks_exact(self.inputs).zip(&self.bias).map(|(row, bias)| dot(row, values) + bias).collect()
    }
}

/// Running sums side by side: a fixed order of additions that fills wide registers.
const LANES: usize = 16;

fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0f32; LANES];
    let ((groups_a, rest_a), (groups_b, rest_b)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let rest: f32 = rest_a.iter().zip(rest_b).map(|(a, b)| a * b).sum();
    for (a, b) in groups_a.iter().zip(groups_b) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    sums.iter().sum::<f32>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_survives_its_file_form() {
        let network = shipped();
        assert_eq!(network.layers.last().map(|layer| layer.bias.len()), Some(CLASSES));
        let again = Network::from_bytes(&network.to_bytes());
        assert_eq!(again.map(|again| again.to_bytes()), Some(network.to_bytes()));
        assert_eq!(Network::from_bytes(&network.to_bytes()[..100]), None);
    }

    #[test]
    fn whole_numbers_read_as_the_network_does() {
        let mut state = 1u32;
        for _ in 0..50 {
            let mut cell = [0.0f32; INPUTS];
            for value in &mut cell {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                *value = (state >> 24) as f32 / 64.0 - 2.0;
            }
            let (exact, whole) = (shipped().log_probabilities(&cell), reader().log_probabilities(&cell));
            assert!(exact.iter().zip(whole).all(|(a, b)| (a.exp() - b.exp()).abs() < 2e-3), "{exact:?} {whole:?}");
        }
    }

    #[test]
    fn an_empty_cell_is_no_digit() {
        let cell = cell(|_, _| 0.3, (0.0, 0.0), 12.0);
        let log = shipped().log_probabilities(&cell);
        assert!(log[CLASSES - 1] > log.iter().take(10).copied().fold(f32::MIN, f32::max));
        assert!((log.iter().map(|value| value.exp()).sum::<f32>() - 1.0).abs() < 1e-4);
    }
}

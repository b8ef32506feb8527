//! The echo labeller on one thread: a frame with weights at random, and its layers in products per second.

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use ionoscribe::kernel::block::{Activation, Blocks, Finish};
use ionoscribe::kernel::convolve::{TAPS, convolve_row};
use ionoscribe::kernel::depthwise::{Channels, depthwise_row};
use ionoscribe::kernel::pointwise::pointwise_row;
use ionoscribe::label::{Network, Planes, Scratch};

const ROWS: usize = 144;
const COLUMNS: usize = 352;
/// Name, kind, channels that enter and leave, stride, residual, ReLU.
type Layer = (&'static str, &'static str, usize, usize, usize, bool, bool);
const LAYERS: [Layer; 23] = [
    ("stem", "conv", 16, 16, 1, false, true),
    ("e1.depth", "depthwise", 16, 16, 1, false, false),
    ("e1.point", "pointwise", 16, 24, 1, false, true),
    ("e2a", "conv", 24, 32, 2, false, true),
    ("e2b", "conv", 32, 32, 1, true, true),
    ("e3a", "conv", 32, 48, 2, false, true),
    ("e3b", "conv", 48, 48, 1, true, true),
    ("e4a", "conv", 48, 96, 2, false, true),
    ("e4b", "conv", 96, 96, 1, true, true),
    ("e4c", "conv", 96, 96, 1, true, true),
    ("u3", "pointwise", 96, 48, 1, false, false),
    ("d3", "conv", 48, 48, 1, true, true),
    ("u2", "pointwise", 48, 32, 1, false, false),
    ("d2", "conv", 32, 32, 1, true, true),
    ("u1", "pointwise", 32, 24, 1, false, false),
    ("d1a.depth", "depthwise", 24, 24, 1, false, false),
    ("d1a.point", "pointwise", 24, 24, 1, true, true),
    ("d1b.depth", "depthwise", 24, 24, 1, false, false),
    ("d1b.point", "pointwise", 24, 24, 1, true, true),
    ("maps", "pointwise", 24, 32, 1, false, false),
    ("points", "pointwise", 24, 22, 1, false, false),
    ("none", "linear", 96, 11, 1, false, false),
    ("scalars", "linear", 96, 1, 1, false, false),
];

fn main() {
    divan::main();
}

/// Values of both signs without any order.
fn random(count: usize) -> Vec<f32> {
    let mut state = 7u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / 8_388_608.0 - 1.0
    };
    (0..count).map(|_| next()).collect()
}

/// A file of weights of the sizes that are trained.
fn weights() -> Vec<u8> {
    let mut entries = Vec::new();
    let mut tensors = Vec::new();
    for (name, kind, inputs, outputs, stride, residual, relu) in LAYERS {
        entries.push(format!(
            r#"{{"name":"{name}","kind":"{kind}","in":{inputs},"out":{outputs},"stride":{stride},"residual":{residual},"relu":{relu}}}"#
        ));
        let seen = match kind {
            "conv" => TAPS * inputs,
            "depthwise" => TAPS,
            _ => inputs,
        };
        let scale = 1.0 / (seen as f32).sqrt();
        tensors.extend(random(outputs * (seen + 1)).iter().flat_map(|value| (value * scale).to_le_bytes()));
    }
    let header = format!(
        r#"{{"rows":{ROWS},"columns":{COLUMNS},"planes":4,"maps":8,"frequency":["a","b","c","d","e","f","g"],"height":["h","i","j","k"],"scalars":["l"],"layers":[{}]}}"#,
        entries.join(",")
    );
    [b"IONOLBL1", &(header.len() as u32).to_le_bytes()[..], header.as_bytes(), &tensors].concat()
}

#[divan::bench]
fn frame(bencher: Bencher<'_, '_>) {
    let Ok(network) = Network::from_bytes(&weights()) else { return };
    let grey: Vec<u8> = random(ROWS * COLUMNS).iter().map(|value| (127.5 * value + 127.5) as u8).collect();
    let mut scratch = Scratch::default();
    bencher.bench_local(|| {
        let planes = Planes::new(ROWS, COLUMNS, &[black_box(&grey), &grey, &grey], &grey);
        network.run(&planes, &mut scratch)
    });
}

/// Convolutions of 3 x 3: width, height, channels that enter and leave, stride.
#[divan::bench(args = [(176, 72, 16, 16, 1), (88, 36, 24, 32, 2), (88, 36, 32, 32, 1), (44, 18, 48, 48, 1), (22, 9, 96, 96, 1)])]
fn convolve(bencher: Bencher<'_, '_>, (width, height, inputs, outputs, stride): (usize, usize, usize, usize, usize)) {
    let length = (stride * width + 2) * inputs;
    let plane = random((stride * height + 2) * length);
    let layer = Blocks::new(inputs, TAPS, &random(outputs * inputs * TAPS), &random(outputs));
    let mut out = vec![0.0; width * height * outputs];
    bencher.counter(ItemsCount::new(out.len() * inputs * TAPS)).bench_local(|| {
        for (y, out) in out.chunks_exact_mut(width * outputs).enumerate() {
            let row = |k: usize| &black_box(&plane)[(y * stride + k) * length..][..length];
            let finish = Finish { residual: None, activation: Activation::Relu };
            convolve_row([row(0), row(1), row(2)], stride, &layer, finish, out);
        }
    });
}

/// Convolutions of single pixels at 72 x 176: channels that enter and leave.
#[divan::bench(args = [(16, 24), (24, 24), (24, 32), (24, 22)])]
fn pointwise(bencher: Bencher<'_, '_>, (inputs, outputs): (usize, usize)) {
    let (width, height) = (COLUMNS / 2, ROWS / 2);
    let plane = random(width * height * inputs);
    let layer = Blocks::new(inputs, 1, &random(outputs * inputs), &random(outputs));
    let mut out = vec![0.0; width * height * outputs];
    bencher.counter(ItemsCount::new(out.len() * inputs)).bench_local(|| {
        for (row, out) in black_box(&plane).chunks_exact(width * inputs).zip(out.chunks_exact_mut(width * outputs)) {
            pointwise_row(row, &layer, Finish { residual: None, activation: Activation::Relu }, out);
        }
    });
}

/// Convolutions within channels at 72 x 176.
#[divan::bench(args = [16, 24])]
fn depthwise(bencher: Bencher<'_, '_>, channels: usize) {
    let (width, height) = (COLUMNS / 2, ROWS / 2);
    let length = (width + 2) * channels;
    let plane = random((height + 2) * length);
    let layer = Channels::new(&random(channels * TAPS), &random(channels));
    let mut out = vec![0.0; width * height * channels];
    bencher.counter(ItemsCount::new(out.len() * TAPS)).bench_local(|| {
        for (y, out) in out.chunks_exact_mut(width * channels).enumerate() {
            let row = |k: usize| &black_box(&plane)[(y + k) * length..][..length];
            depthwise_row([row(0), row(1), row(2)], &layer, out);
        }
    });
}

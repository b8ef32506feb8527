//! Trains the network that reads printed characters and writes `src/table/page/glyphs.weights`; about half an hour on two cores.
//!
//! Everything it learns from is drawn by `draw.rs` with the typefaces of Debian's packages fonts-dejavu, fonts-freefont-ttf,
//! fonts-liberation, fonts-urw-base35, fonts-lmodern, fonts-texgyre, fonts-ocr-a, fonts-ocr-b, fonts-hack, fonts-noto-mono,
//! fonts-courier-prime, fonts-anonymous-pro and fonts-linuxlibertine; faces that are not installed are left out and named.
//! The report uses others too: fonts-inconsolata, fonts-go, fonts-crosextra-caladea. The seed is fixed.

mod draw;
mod faces;
mod learn;
#[path = "../shared/random.rs"]
mod random;
mod text;

use draw::{Label, sequence};
use faces::Face;
use ionoscribe::caption::net::Network;
use ionoscribe::table::page::glyph::{CHARACTERS, NONE, look};
use random::Random;
use rayon::prelude::*;

/// Steps of gradient descent and strips per step.
const STEPS: usize = 18_000;
const BATCH: usize = 16;
/// Units of the hidden layers.
const HIDDEN: [usize; 2] = [192, 128];
const WEIGHTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/table/page/glyphs.weights");

#[expect(clippy::print_stdout, reason = "a task says how it goes")]
fn main() -> std::io::Result<()> {
    let (machines, mut missing) = faces::load(faces::MACHINES);
    let (books, others) = faces::load(faces::BOOKS);
    missing.extend(others);
    println!("{} typefaces; not installed: {missing:?}", machines.len() + books.len());
    let mut trainer = learn::Trainer::new(HIDDEN, &mut Random(0x7AB1_E5EE_D0C0_FFEE));
    let steps = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(STEPS);
    let output = std::env::args().nth(2).unwrap_or_else(|| WEIGHTS.to_owned());
    let mut mean = 0.0;
    for step in 0..steps {
        let batch: Vec<_> = (0..BATCH)
            .into_par_iter()
            .map(|index| {
                let mut random = sequence((step * BATCH + index) as u64);
                let hard = random.unit();
                draw::example(&machines, &books, &mut random, hard)
            })
            .collect();
        let rate = 0.0015 * (0.5 + 0.5 * (std::f32::consts::PI * step as f32 / steps as f32).cos()) + 1e-5;
        mean += trainer.step(&batch, rate);
        if (step + 1) % 500 == 0 {
            println!("step {}: loss {:.4}", step + 1, mean / 500.0);
            mean = 0.0;
            std::fs::write(&output, trainer.network.to_bytes())?;
        }
    }
    let network = Network::from_bytes(&trainer.network.to_bytes()).unwrap_or_default();
    for (name, machines, books) in [
        ("taught, machines", machines, Vec::new()),
        ("taught, books", Vec::new(), books),
        ("never seen", faces::load(faces::HELD_OUT).0, Vec::new()),
    ] {
        for (state, hard) in [("usual", 0.2), ("hard", 1.0)] {
            report(&format!("{name}, {state}"), &network, &machines, &books, hard);
        }
    }
    std::fs::write(&output, network.to_bytes())
}

/// How often the likeliest character at the middle of a character is right.
#[expect(clippy::print_stdout, reason = "a task says how it goes")]
fn report(name: &str, network: &Network, machines: &[Face], books: &[Face], hard: f32) {
    if machines.is_empty() && books.is_empty() {
        return;
    }
    let (mut all, mut right, mut extra, mut wrong) = (0u32, 0u32, 0u32, Vec::new());
    for index in 0..1500u64 {
        let mut random = sequence(u64::MAX - index);
        let (strip, labels) = draw::example(machines, books, &mut random, hard);
        for (logs, label) in look(network, &strip).iter().zip(labels) {
            let best = (0..logs.len()).max_by(|&a, &b| logs[a].total_cmp(&logs[b])).unwrap_or(NONE);
            match label {
                Label::Class(NONE) => extra += u32::from(best != NONE),
                Label::Class(class) => {
                    all += 1;
                    right += u32::from(best == class);
                    let name = |class: usize| CHARACTERS.get(class).map_or('_', |&c| char::from(c));
                    if best != class {
                        wrong.push(format!("{}{}", name(class), name(best)));
                    }
                }
                _ => {}
            }
        }
    }
    println!(
        "{name}: {:.2} % of {all} right, {extra} seen that are not there",
        100.0 * f64::from(right) / f64::from(all.max(1))
    );
    wrong.sort();
    let mut pairs: Vec<(usize, String)> =
        wrong.chunk_by(|a, b| a == b).map(|same| (same.len(), same[0].clone())).collect();
    pairs.sort_by(|a, b| b.cmp(a));
    println!("  most taken for another: {:?}", &pairs[..pairs.len().min(14)]);
}

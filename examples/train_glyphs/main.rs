//! Trains the network that reads printed characters and writes `src/table/page/glyphs.weights`; about ten minutes.
//!
//! Everything it learns from is drawn by `draw.rs` with the typefaces of Debian's packages fonts-dejavu, fonts-freefont-ttf,
//! fonts-liberation, fonts-urw-base35, fonts-lmodern, fonts-ocr-a, fonts-ocr-b, fonts-inconsolata, fonts-noto-mono and
//! fonts-hack; faces that are not installed are left out and named. The seed is fixed.

mod draw;
#[path = "../train_digits/learn.rs"]
mod learn;

use draw::{Faces, Random};
use ionoscribe::caption::net::{Cell, Network};
use ionoscribe::table::page::glyph::{CHARACTERS, CLASSES, NONE, log_probabilities};

/// Steps of gradient descent and cells per step.
const STEPS: usize = 36_000;
const BATCH: usize = 64;
/// Units of the hidden layers.
const HIDDEN: [usize; 2] = [144, 80];

#[expect(clippy::print_stdout, reason = "a task says how it goes")]
fn main() -> std::io::Result<()> {
    let faces = Faces::load(draw::TAUGHT);
    println!("{} typefaces; not installed: {:?}", faces.len(), faces.missing);
    let mut random = Random(0x7AB1_E5EE_D0C0_FFEE);
    let mut trainer = learn::Trainer::new(&HIDDEN, CLASSES, &mut random);
    let steps = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(STEPS);
    for step in 0..steps {
        let batch: Vec<_> = (0..BATCH).map(|_| mixed(&faces, &mut random)).collect();
        let rate = 0.0015 * (0.5 + 0.5 * (std::f32::consts::PI * step as f32 / steps as f32).cos()) + 1e-5;
        let loss = trainer.step(&batch, rate);
        if step % 500 == 0 {
            println!("step {step}: loss {loss:.4}");
        }
    }
    let mut network = trainer.network;
    let mut held_out = Random(0x4E1D_0017);
    let unseen: Vec<_> = (0..30_000).map(|_| mixed(&faces, &mut held_out)).collect();
    let logs: Vec<_> =
        unseen.iter().map(|(cell, class)| (log_probabilities(&network, cell).to_vec(), *class)).collect();
    let temperature = learn::temperature(&logs);
    learn::cool(&mut network, temperature);
    let network = Network::from_bytes(&network.to_bytes()).unwrap_or_default();
    println!("temperature {temperature:.2}");
    let strangers = Faces::load(draw::HELD_OUT);
    for (name, faces) in [("taught faces", &faces), ("faces never seen", &strangers)] {
        for (state, hard) in [("usual", 0.2), ("hard", 1.0)] {
            report(&format!("{name}, {state}"), &network, faces, &mut held_out, hard);
        }
    }
    std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/src/table/page/glyphs.weights"), network.to_bytes())
}

fn mixed(faces: &Faces, random: &mut Random) -> (Cell, usize) {
    let hard = random.unit();
    draw::example(faces, random, hard)
}

#[expect(clippy::print_stdout, reason = "a task says how it goes")]
fn report(name: &str, network: &Network, faces: &Faces, random: &mut Random, hard: f32) {
    if faces.len() == 0 {
        return;
    }
    let (mut right, mut wrong, mut digits, mut wrong_digits) = (0u32, Vec::new(), 0u32, 0u32);
    let count = 10_000;
    for _ in 0..count {
        let (cell, class) = draw::example(faces, random, hard);
        let log = log_probabilities(network, &cell);
        let best = (0..CLASSES).max_by(|&a, &b| log[a].total_cmp(&log[b])).unwrap_or(0);
        if best == class {
            right += 1;
        } else {
            let name = |class: usize| if class == NONE { '_' } else { char::from(CHARACTERS[class]) };
            wrong.push(format!("{}{}", name(class), name(best)));
        }
        if class < 10 {
            digits += 1;
            let best = (0..10).max_by(|&a, &b| log[a].total_cmp(&log[b])).unwrap_or(0);
            wrong_digits += u32::from(best != class);
        }
    }
    println!(
        "{name}: {:.2} % right of all classes, {:.2} % of digits among digits",
        100.0 * f64::from(right) / f64::from(count),
        100.0 - 100.0 * f64::from(wrong_digits) / f64::from(digits)
    );
    wrong.sort();
    let mut pairs: Vec<(usize, String)> =
        wrong.chunk_by(|a, b| a == b).map(|same| (same.len(), same[0].clone())).collect();
    pairs.sort_by(|a, b| b.cmp(a));
    println!("  most taken for another: {:?}", &pairs[..pairs.len().min(12)]);
}

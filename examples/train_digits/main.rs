//! Trains the network that reads printed digits and writes `src/caption/digits.weights`; about ten minutes.
//!
//! Everything it learns from is drawn by `draw.rs`, half of it with strokes of its own, half with the fonts below the
//! folders given; the seed is fixed, so that a second run writes the same bytes. The weights in the project were made with
//! the Debian 12 packages fonts-dejavu-core, -freefont-ttf, -hack, -inconsolata, -liberation, -noto-mono, -ocr-a, -ocr-b:
//!
//! ```sh
//! cd /usr/share/fonts/truetype
//! cargo run --release --example train_digits -- dejavu freefont hack inconsolata liberation noto ocr-a ../opentype/ocr-b
//! ```

mod draw;
mod fonts;
mod learn;
#[path = "../shared/random.rs"]
mod random;

use ionoscribe::caption::net::{CLASSES, Cell, Network};
use random::Random;

/// Steps of gradient descent and cells per step.
const STEPS: usize = 32_000;
const BATCH: usize = 64;
/// Units of the hidden layers.
const HIDDEN: [usize; 2] = [160, 64];

#[expect(clippy::print_stdout, reason = "a task says how it goes")]
fn main() -> std::io::Result<()> {
    let mut random = Random(0x10_05C4_1BE5);
    let mut trainer = learn::Trainer::new(&HIDDEN, CLASSES, &mut random);
    let folders: Vec<_> = std::env::args().skip(1).map(Into::into).collect();
    let faces = fonts::below(&folders)?;
    println!("{} fonts", faces.len());
    for step in 0..STEPS {
        let batch: Vec<_> = (0..BATCH).map(|_| mixed(&mut random, &faces)).collect();
        // Cosine decay.
        let rate = 0.0015 * (0.5 + 0.5 * (std::f32::consts::PI * step as f32 / STEPS as f32).cos()) + 1e-5;
        let loss = trainer.step(&batch, rate);
        if step % 500 == 0 {
            println!("step {step}: loss {loss:.4}");
        }
    }
    let mut network = trainer.network;
    let mut held_out = Random(0x4E1D_0017);
    let unseen: Vec<_> = (0..40_000).map(|_| mixed(&mut held_out, &faces)).collect();
    let logs: Vec<_> = unseen.iter().map(|(cell, class)| (network.log_probabilities(cell).to_vec(), *class)).collect();
    let temperature = learn::temperature(&logs);
    learn::cool(&mut network, temperature);
    let network = Network::from_bytes(&network.to_bytes()).unwrap_or_default();
    println!("temperature {temperature:.2}");
    report("usual", &network, &mut held_out, &faces, 0.0);
    report("hard", &network, &mut held_out, &faces, 1.0);
    std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/src/caption/digits.weights"), network.to_bytes())
}

/// Film of any state, most of it usual: the network has to learn itself when to be in doubt.
fn mixed(random: &mut Random, faces: &[fonts::Face]) -> (Cell, usize) {
    let hard = random.unit() * random.unit();
    draw::example(random, faces, hard)
}

/// Share right, and how often the best class is right by the probability it claims.
#[expect(clippy::print_stdout, reason = "a task says how it goes")]
fn report(name: &str, network: &Network, random: &mut Random, faces: &[fonts::Face], hard: f32) {
    const EDGES: [f32; 7] = [0.0, 0.5, 0.8, 0.95, 0.99, 0.999, 1.01];
    let (mut right, mut bins) = (0, [(0u32, 0u32, 0.0f32); 6]);
    let mut confused = [[0u32; CLASSES]; CLASSES];
    let count = 20_000;
    for _ in 0..count {
        let (cell, class) = draw::example(random, faces, hard);
        let log = network.log_probabilities(&cell);
        let best = (0..CLASSES).max_by(|&a, &b| log[a].total_cmp(&log[b])).unwrap_or(0);
        let probability = log[best].exp();
        right += u32::from(best == class);
        confused[class][best] += 1;
        let bin = EDGES.windows(2).position(|edge| (edge[0]..edge[1]).contains(&probability)).unwrap_or(0);
        bins[bin].0 += 1;
        bins[bin].1 += u32::from(best == class);
        bins[bin].2 += probability;
    }
    println!("{name}: {:.2} % right", 100.0 * f64::from(right) / f64::from(count));
    for (edge, (all, right, sum)) in EDGES.windows(2).zip(bins) {
        if all > 0 {
            let all_f = all as f32;
            println!(
                "  claims {:.3}-{:.3}: {all} cells, claimed {:.4}, right {:.4}",
                edge[0],
                edge[1],
                sum / all_f,
                right as f32 / all_f
            );
        }
    }
    for (class, row) in confused.iter().enumerate() {
        println!("  {class:2} read as {row:?}");
    }
}

//! Whole rolls of any style.

use super::super::SimulateConfig;
use super::super::random_calibration;
use super::super::roll::Roll;
use super::*;

fn wide(seed: u64) -> SimulateConfig {
    SimulateConfig { frames: 1, seed, look: Look::Wide, ..SimulateConfig::default() }
}

/// Writes frames of `LOOK_FRAMES` seeds to the folder `LOOK_OUTPUT` with their leading edges beside, to look at.
#[test]
#[ignore = "writes pictures to look at"]
fn write_frames_to_look_at() {
    let output = std::path::PathBuf::from(std::env::var("LOOK_OUTPUT").unwrap());
    let count: u64 = std::env::var("LOOK_FRAMES").unwrap().parse().unwrap();
    let mut times = Vec::new();
    for seed in 0..count {
        let calibration = random_calibration(seed);
        let config = wide(seed);
        let roll = Roll::new(&calibration, &config).unwrap();
        let start = std::time::Instant::now();
        let frame = roll.frame(0);
        times.push(start.elapsed().as_secs_f64());
        frame.picture.save(output.join(format!("{seed:03}.png"))).unwrap();
    }
    times.sort_by(f64::total_cmp);
    let spent = format!("median {} s, largest {} s", times[times.len() / 2], times[times.len() - 1]);
    std::fs::write(output.join("times.txt"), spent).unwrap();
}

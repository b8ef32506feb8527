//! Writes simulated frames for the training of the echo labeller.
//!
//! `training_frames OUTPUT FRAMES SEED [wide|plain|climate]`: one file `frames_SEED.bin` in the folder OUTPUT, of invented instruments over
//! any ionosphere (`wide`; `plain` without the variety of film and receivers), or of the shipped instruments over one station's climate (`climate`, which training
//! never sees). Each record is, little endian: 16 values f32 (gyrofrequency MHz, sin2, cosine of the sun's zenith angle, roll,
//! seven frequencies MHz, four heights km, 1 for spread F; NaN where there is none), then the levels, the valid flags and the
//! label bits of the raster, one byte a cell.

use ionoscribe::engine::shipped_calibration;
use ionoscribe::simulate::training::{TrainingFrame, training_frames};
use ionoscribe::simulate::{Level, Look, SimulateConfig, World, random_calibration};
use std::io::Write;

const PER_ROLL: u32 = 4;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, output, frames, seed, ..] = &arguments[..] else {
        return Err("usage: training_frames OUTPUT FRAMES SEED".into());
    };
    let (frames, seed): (u64, u64) = (frames.parse()?, seed.parse()?);
    std::fs::create_dir_all(output)?;
    let path = format!("{output}/frames_{seed}.bin");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path)?);
    let kind = arguments.get(4).map_or("wide", String::as_str);
    let names = ["c4", "is14", "ips42", "linear"];
    let levels = [Level::Typical, Level::Typical, Level::Poor];
    for roll in 0..frames / u64::from(PER_ROLL) {
        let roll_seed = seed * 1_000_003 + roll;
        let own = SimulateConfig { frames: PER_ROLL, seed: roll_seed, ..SimulateConfig::default() };
        let name = names[(roll % 4) as usize];
        let level = levels[(roll / 4 % 3) as usize];
        let (calibration, config) = match kind {
            "wide" => (random_calibration(roll_seed), SimulateConfig { look: Look::Wide, world: World::Wide, ..own }),
            "plain" => (random_calibration(roll_seed), SimulateConfig { level, world: World::Wide, ..own }),
            "climate" => (shipped_calibration(name).ok_or("no such calibration")?, SimulateConfig { level, ..own }),
            other => return Err(format!("no kind {other}").into()),
        };
        for frame in training_frames(&calibration, &config)? {
            write(&mut file, &frame, roll_seed as f32)?;
        }
    }
    file.flush()?;
    Ok(())
}

fn write(file: &mut impl Write, frame: &TrainingFrame, roll: f32) -> std::io::Result<()> {
    let number = |value: &Option<f64>| value.map_or(f32::NAN, |value| value as f32);
    let mut values = vec![frame.gyro_mhz as f32, frame.sin2 as f32, frame.sun as f32, roll];
    values.extend(frame.frequencies.iter().map(number));
    values.extend(frame.heights.iter().map(number));
    values.push(f32::from(u8::from(frame.spread)));
    for value in values {
        file.write_all(&value.to_le_bytes())?;
    }
    file.write_all(&frame.raster.levels)?;
    file.write_all(&frame.raster.valid)?;
    file.write_all(&frame.labels)
}

//! The whole engine over a roll of simulated film, from files to dataset: frames each second at one and two threads, over
//! PNG and Deflate TIFF of film size and over rasters of one bit.

#![expect(clippy::unwrap_used, reason = "a benchmark stops at the first surprise")]

use divan::Bencher;
use divan::counter::ItemsCount;
use ionoscribe::engine::{Job, Pipeline, Progress, Start, run};
use ionoscribe::simulate::{Depth, Level, PictureFormat, SimulateConfig, simulate};
use std::path::Path;
use std::sync::LazyLock;
use tempfile::TempDir;

/// Frames of a roll.
const FRAMES: u32 = 32;

fn main() {
    divan::main();
}

/// A roll of film and its pipeline.
struct Film {
    folder: TempDir,
    pipeline: Pipeline,
}

static FILM: LazyLock<[Film; 3]> = LazyLock::new(|| {
    [
        ("c4", PictureFormat::Png, None),
        ("c4", PictureFormat::Tiff, None),
        ("ips42", PictureFormat::Png, Some(Depth::One)),
    ]
    .map(|(instrument, format, depth)| film(instrument, format, depth))
});

fn film(instrument: &str, format: PictureFormat, depth: Option<Depth>) -> Film {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pipeline = Pipeline::load(&root.join(format!("pipelines/{instrument}.toml"))).unwrap();
    let folder = TempDir::new().unwrap();
    let usual = SimulateConfig::default();
    let config = SimulateConfig { frames: FRAMES, seed: 7, level: Level::Typical, format, depth, ..usual };
    simulate(&pipeline.calibration, &config, &folder.path().join("film")).unwrap();
    Film { folder, pipeline }
}

fn time(bencher: Bencher<'_, '_>, film: usize, threads: usize) {
    let Film { folder, pipeline } = &FILM[film];
    let (inputs, output) = (vec![folder.path().join("film")], folder.path().join("dataset"));
    let job = Job { inputs, output, threads, start: Start::Fresh, ..Job::default() };
    bencher.counter(ItemsCount::new(FRAMES)).bench_local(|| run(&job, pipeline, &Progress::default()).unwrap());
}

#[divan::bench(args = [1, 2], sample_count = 5)]
fn png(bencher: Bencher<'_, '_>, threads: usize) {
    time(bencher, 0, threads);
}

#[divan::bench(args = [1, 2], sample_count = 5)]
fn deflate_tiff(bencher: Bencher<'_, '_>, threads: usize) {
    time(bencher, 1, threads);
}

#[divan::bench(args = [1, 2], sample_count = 5)]
fn one_bit_png(bencher: Bencher<'_, '_>, threads: usize) {
    time(bencher, 2, threads);
}

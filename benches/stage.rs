//! Time of each stage on one typical frame at film size, beside the time of decoding it: ratios in one run count, not
//! milliseconds.

#![expect(clippy::unwrap_used, reason = "a benchmark stops at the first surprise")]

use divan::{Bencher, black_box};
use ionoscribe::engine::Pipeline;
use ionoscribe::ingest::ScanRef;
use ionoscribe::model::{Calibration, Echogram, Frame, Grid, Ridge, Scan};
use ionoscribe::simulate::{Level, SimulateConfig, simulate};
use ionoscribe::{calibrate, caption, clean, frame, label, scale, trace};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use tempfile::TempDir;

/// Film of satellites and of the ground at its full size; the last two bear seven-segment captions.
const INSTRUMENTS: [&str; 4] = ["alouette1", "c4", "isis2", "ips42"];

fn main() {
    divan::main();
}

/// One simulated frame, and what every stage made of it.
struct Work {
    _folder: TempDir,
    file: PathBuf,
    pipeline: Pipeline,
    scan: Scan,
    frame: Frame,
    grid: Grid,
    echogram: Echogram,
    ridges: Vec<Ridge>,
}

static WORK: LazyLock<Vec<Work>> = LazyLock::new(|| INSTRUMENTS.iter().map(|name| work(name)).collect());

fn work(instrument: &str) -> Work {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pipeline = Pipeline::load(&root.join(format!("pipelines/{instrument}.toml"))).unwrap();
    let folder = TempDir::new().unwrap();
    let config = SimulateConfig { frames: 1, seed: 7, level: Level::Typical, ..SimulateConfig::default() };
    let files = simulate(&pipeline.calibration, &config, folder.path()).unwrap();
    let file = folder.path().join(files.iter().find(|file| file.ends_with(".png")).unwrap());
    let scan = ScanRef::new(&file).open(&pipeline.settings.ingest).unwrap();
    let (calibration, settings) = (&pipeline.calibration, &pipeline.settings);
    let frame = frame::frame(&scan, calibration, &settings.frame).unwrap();
    let grid = calibrate::calibrate(&frame, calibration, &settings.calibrate);
    let echogram = clean::clean(&frame, &grid, calibration, &settings.clean);
    let ridges = trace::trace(&echogram, calibration, &settings.trace).ridges;
    Work { _folder: folder, file, pipeline, scan, frame, grid, echogram, ridges }
}

/// Times `stage` on the frame of an instrument.
fn time<T>(bencher: Bencher<'_, '_>, instrument: usize, stage: impl Fn(&Work, &Calibration) -> T + Sync) {
    let work = &WORK[instrument];
    bencher.bench(|| black_box(stage(work, &work.pipeline.calibration)));
}

#[divan::bench(args = [0, 1])]
fn decode(bencher: Bencher<'_, '_>, instrument: usize) {
    time(bencher, instrument, |work, _| ScanRef::new(&work.file).open(&work.pipeline.settings.ingest));
}

#[divan::bench(args = [0, 1])]
fn find_frame(bencher: Bencher<'_, '_>, instrument: usize) {
    time(bencher, instrument, |work, facts| frame::frame(&work.scan, facts, &work.pipeline.settings.frame));
}

#[divan::bench(args = [0, 1, 2, 3])]
fn read_caption(bencher: Bencher<'_, '_>, instrument: usize) {
    time(bencher, instrument, |work, facts| caption::caption(&work.frame, facts, &work.pipeline.settings.caption));
}

#[divan::bench(args = [0, 1])]
fn calibrate_axes(bencher: Bencher<'_, '_>, instrument: usize) {
    time(bencher, instrument, |work, facts| {
        calibrate::calibrate(&work.frame, facts, &work.pipeline.settings.calibrate)
    });
}

#[divan::bench(args = [0, 1])]
fn clean_panel(bencher: Bencher<'_, '_>, instrument: usize) {
    time(bencher, instrument, |work, facts| {
        clean::clean(&work.frame, &work.grid, facts, &work.pipeline.settings.clean)
    });
}

#[divan::bench(args = [0, 1])]
fn follow_traces(bencher: Bencher<'_, '_>, instrument: usize) {
    time(bencher, instrument, |work, facts| trace::trace(&work.echogram, facts, &work.pipeline.settings.trace));
}

#[divan::bench(args = [0, 1])]
fn label_and_scale(bencher: Bencher<'_, '_>, instrument: usize) {
    time(bencher, instrument, |work, facts| {
        let settings = &work.pipeline.settings;
        let field = scale::station_field(None, None, facts, &settings.scale);
        let panel = label::PanelCopy::of(&work.frame);
        let labels = label::label(&panel, &work.grid, scale::band(&work.grid, facts), &[field.gyro_mhz]);
        let traces = scale::assign(&work.ridges, labels.as_ref(), &work.grid);
        let observation = scale::Observation { labels: labels.as_ref(), ..scale::Observation::default() };
        scale::scale(&traces, &work.grid, &observation, facts, &settings.scale)
    });
}

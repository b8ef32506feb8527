//! What the work on a frame takes from the allocator, once its thread has seen a frame of the film: the large buffers
//! are used again, so that threads do not wait for each other while the system maps pages.

use ionoscribe::engine::{Pipeline, Stopwatch, extract_frame};
use ionoscribe::ingest::ScanRef;
use ionoscribe::kernel::reuse;
use ionoscribe::label::{Network, Planes, Scratch};
use ionoscribe::model::{ManifestEntry, Scan};
use ionoscribe::simulate::{Level, SimulateConfig, simulate};
use std::path::Path;

/// Bytes that the lists of a frame of 2,072 x 816 pixels may hold at any time (lines, marks, nodes, points): less than
/// half of its pixels.
const MOST_HELD: u64 = 800_000;
/// Bytes of all allocations on it, and their number.
const MOST: (u64, u64) = (2_500_000, 6000);

#[test]
fn a_thread_that_knows_the_film_takes_no_picture_sized_space_for_a_frame() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pipeline = Pipeline::load(&root.join("pipelines/c4.toml")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let config = SimulateConfig { frames: 4, seed: 5, level: Level::Typical, ..SimulateConfig::default() };
    let mut files = simulate(&pipeline.calibration, &config, folder.path()).unwrap();
    files.retain(|file| file.ends_with(".png"));
    let stopwatch = Stopwatch::default();
    let look = |file: &String| {
        let scan = ScanRef::new(folder.path().join(file)).open(&pipeline.settings.ingest).unwrap();
        let extracted = extract_frame(&scan, &ManifestEntry::default(), &pipeline, &stopwatch).unwrap();
        let Scan { picture, source } = scan;
        reuse::give_back(picture.into_raw());
        extracted.record(source, 0, ManifestEntry::default())
    };
    let (first, rest) = files.split_first().unwrap();
    let cold = allocation_counter::measure(|| drop(look(first)));
    for file in rest {
        let warm = allocation_counter::measure(|| drop(look(file)));
        let within = warm.bytes_max < MOST_HELD && warm.bytes_total < MOST.0 && warm.count_total < MOST.1;
        assert!(within, "{warm:?} for {file}; the first: {cold:?}");
    }
}

#[test]
fn a_thread_that_has_labelled_a_frame_takes_nothing_for_the_next() {
    let network = Network::from_bytes(include_bytes!("fixtures/label/random.bin")).unwrap();
    let mut scratch = Scratch::default();
    let mut label = || {
        let planes = Planes::new(16, 32, &[&[9; 512], &[77; 512], &[200; 512]], &[1; 512]);
        drop(network.run(&planes, &mut scratch).unwrap());
    };
    label();
    label();
    assert_eq!(allocation_counter::measure(label).count_total, 0);
}

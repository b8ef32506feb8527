//! What a value does not depend on may change without changing it: the same ionogram in other pictures.

use image::imageops::{FilterType, resize};
use image::{GrayImage, Luma};
use ionoscribe::engine::{Pipeline, Stopwatch, extract_frame, resolve_metadata, scale_frame, shipped_calibration};
use ionoscribe::model::{Characteristic, CharacteristicName as Name, Scan, Source};
use ionoscribe::roll::ManifestEntry;
use ionoscribe::simulate::{Level, SimulateConfig, simulate};
use std::path::Path;

/// Characteristics that are compared.
const COMPARED: [Name; 6] = [Name::FoF2, Name::FoE, Name::FoEs, Name::HF, Name::Fmin, Name::M3000F2];

fn pipeline() -> Pipeline {
    Pipeline::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/c4.toml")).unwrap()
}

/// Frames of C-4 film.
fn film(frames: u32, seed: u64) -> Vec<GrayImage> {
    let folder = tempfile::tempdir().unwrap();
    let config = SimulateConfig { frames, seed, level: Level::Typical, scale: 0.6, ..Default::default() };
    let names = simulate(&shipped_calibration("c4").unwrap(), &config, folder.path()).unwrap();
    names.iter().map(|name| image::open(folder.path().join(name)).unwrap().to_luma8()).collect()
}

fn scaled(picture: GrayImage, pipeline: &Pipeline) -> Vec<Characteristic> {
    let scan = Scan { picture, source: Source::default() };
    let (manifest, stopwatch) = (ManifestEntry::default(), Stopwatch::default());
    let extracted = extract_frame(&scan, &manifest, pipeline, &stopwatch).map_err(|failed| failed.0).unwrap();
    let record = extracted.record(Source::default(), 0, manifest);
    let metadata = resolve_metadata(std::slice::from_ref(&record), pipeline).pop().unwrap();
    scale_frame(&record, metadata, pipeline, &stopwatch).map_err(|stopped| stopped.0).unwrap().characteristics
}

fn value(all: &[Characteristic], name: Name) -> Option<f64> {
    all.iter().find(|one| one.name == name)?.value
}

/// Of the values that both pictures give at least nine in ten agree within a reading unit, and what one gives the other
/// gives too in nine of ten.
fn agree(change: &str, changed: impl Fn(&GrayImage) -> GrayImage) {
    let pipeline = pipeline();
    let (mut both, mut one, mut near) = (0, 0, 0);
    let mut far = Vec::new();
    for picture in film(6, 21) {
        let (before, after) = (scaled(picture.clone(), &pipeline), scaled(changed(&picture), &pipeline));
        for name in COMPARED {
            match (value(&before, name), value(&after, name)) {
                (Some(a), Some(b)) => {
                    both += 1;
                    let is_near = (a - b).abs() <= name.reading_unit();
                    near += usize::from(is_near);
                    if !is_near {
                        far.push((name.as_str(), a, b));
                    }
                }
                (None, None) => {}
                _ => one += 1,
            }
        }
    }
    assert!(both > 12, "{change}: {both} values to compare");
    assert!(10 * near >= 9 * both, "{change}: {near} of {both} agree; {far:?}");
    assert!(10 * one <= both + one, "{change}: {one} given once, {both} twice");
}

#[test]
fn a_shifted_picture_has_the_same_values() {
    agree("shift by 5 and 3 pixels", |picture| {
        let edge = picture.get_pixel(0, 0).0;
        GrayImage::from_fn(picture.width() + 7, picture.height() + 4, |x, y| {
            match (x.checked_sub(5), y.checked_sub(3)) {
                (Some(x), Some(y)) if x < picture.width() && y < picture.height() => *picture.get_pixel(x, y),
                _ => Luma(edge),
            }
        })
    });
}

#[test]
fn reversed_tones_have_the_same_values() {
    agree("negative", |picture| {
        let mut negative = picture.clone();
        negative.iter_mut().for_each(|pixel| *pixel = 255 - *pixel);
        negative
    });
}

#[test]
fn a_larger_scan_has_the_same_values() {
    agree("scale 1.4", |picture| {
        let [w, h] = [picture.width(), picture.height()].map(|side| side * 7 / 5);
        resize(picture, w, h, FilterType::Triangle)
    });
}

#[test]
fn a_smaller_scan_has_the_same_values() {
    agree("scale 0.8", |picture| {
        let [w, h] = [picture.width(), picture.height()].map(|side| side * 4 / 5);
        resize(picture, w, h, FilterType::Triangle)
    });
}

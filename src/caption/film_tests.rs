//! The captions of the shared film against what a person read on them.

use super::{CaptionConfig, caption};
use crate::engine::shipped_calibration;
use crate::frame;
use crate::model::{Scan, Source};
use crate::testdata::shared_film;

#[test]
fn real_captions_are_right_or_withheld() {
    let Some(film) = shared_film() else { return };
    let truth = std::fs::read_to_string(film.join("truth/captions.csv")).expect("captions.csv");
    let mut rows: Vec<(String, String, String)> = truth
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut parts = line.split(',');
            Some((parts.next()?.to_owned(), parts.next()?.to_owned(), parts.next()?.to_owned()))
        })
        .collect();
    for (file, text) in [
        ("ips42/ips42_00h30m.png", "4231 17 078 0030"),
        ("ips42/ips42_00h45m.png", "4231 17 078 0045"),
        ("ips42/ips42_05h45m.png", "4231 18 336 0545"),
        ("ips42/ips42_corrupted_00h00m.png", "?"),
    ] {
        rows.push((file.into(), "ips42".into(), text.into()));
    }
    let mut right = std::collections::BTreeMap::<String, usize>::new();
    for (file, kind, text) in rows {
        let instrument = file.split('/').next().unwrap_or_default();
        let calibration = shipped_calibration(instrument).expect("calibration");
        let picture = image::open(film.join(&file)).expect("picture").to_luma8();
        let scan = Scan { picture, source: Source::default() };
        let frame = frame::frame(&scan, &calibration, &Default::default()).expect("frame");
        let start = std::time::Instant::now();
        let evidence = caption(&frame, &calibration, &CaptionConfig::default());
        let elapsed = start.elapsed();
        let best = evidence.readings.first();
        let probability = best.map_or(0.0, |reading| reading.probability);
        let exact = best.is_some_and(|reading| reading.text == text);
        eprintln!(
            "{} {file:34} {text:22} raw {:22} best {:22} p {probability:.4} {:?} {elapsed:?} {:?}",
            if exact { "ok   " } else { "WRONG" },
            evidence.raw_text,
            best.map_or("-", |reading| reading.text.as_str()),
            evidence.layout,
            evidence.bbox,
        );
        if probability >= 0.9 {
            assert!(exact || kind == "dots", "{file} is wrong");
            *right.entry(kind).or_default() += 1;
        }
    }
    eprintln!("{right:?}");
    assert!(right.get("lanes").is_some_and(|count| *count >= 15));
    assert!(right.get("digits").is_some_and(|count| *count >= 13));
    assert!(right.get("ips42").is_some_and(|count| *count >= 3));
}

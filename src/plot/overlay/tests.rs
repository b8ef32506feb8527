use super::{Stages, overlay};
use crate::engine::{Pipeline, PipelineFile, Stopwatch, conclude, decide, observe, shipped_calibration};
use crate::model::{Scan, Source};
use crate::roll::ManifestEntry;
use image::{GrayImage, Luma};

/// The overlay of a picture, if the picture has a frame at all.
fn drawn(picture: GrayImage) -> Option<(u32, u32)> {
    let settings: PipelineFile = toml::from_str("calibration = \"ips42\"").unwrap();
    let calibration = shipped_calibration("ips42").unwrap();
    let pipeline =
        Pipeline { settings, calibration, pipeline_sha256: String::new(), calibration_sha256: String::new() };
    let scan = Scan { picture, source: Source::default() };
    let (manifest, stopwatch) = (ManifestEntry::default(), Stopwatch::default());
    let observed = observe(&scan, &manifest, &pipeline, &stopwatch).ok()?;
    let record = observed.clone().record(Source::default(), 0, manifest);
    let decision = decide(std::slice::from_ref(&record), &pipeline).pop()?;
    let conclusion = conclude(&record, decision, &pipeline, &stopwatch).ok()?;
    let picture = overlay(&Stages {
        scan: &scan,
        frame: &observed.frame,
        caption: &observed.caption,
        grid: &observed.grid,
        echogram: observed.echogram.as_ref(),
        ridges: &observed.ridges,
        decision: &conclusion.decision,
        traces: &conclusion.traces,
        characteristics: &conclusion.characteristics,
        verdict: &conclusion.verdict,
        calibration: &pipeline.calibration,
    });
    Some(picture.dimensions())
}

#[test]
fn any_picture_can_be_drawn() {
    for (width, height) in [(1, 1), (40, 40), (64, 3), (3, 900), (200, 100), (3000, 70), (576, 512)] {
        for tone in [0, 128, 255] {
            if let Some((w, h)) = drawn(GrayImage::from_pixel(width, height, Luma([tone]))) {
                assert!(w >= 300 && h >= 100, "{width} x {height}: {w} x {h}");
            }
        }
        drawn(GrayImage::from_fn(width, height, |x, y| Luma([(x * 7 + y * 13 + x * y) as u8])));
    }
}

use super::{Stages, overlay};
use crate::engine::{
    Pipeline, PipelineFile, Stopwatch, extract_frame, label_frame, resolve_metadata, scale_frame, shipped_calibration,
};
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
    let extracted = extract_frame(&scan, &manifest, &pipeline, &stopwatch).ok()?;
    let record = extracted.clone().record(Source::default(), 0, manifest);
    let metadata = resolve_metadata(std::slice::from_ref(&record), &pipeline).pop()?;
    let result = scale_frame(&record, metadata, &pipeline, &stopwatch).ok()?;
    let labels = label_frame(&record, &result.metadata, &pipeline);
    let picture = overlay(&Stages {
        scan: &scan,
        frame: &extracted.frame,
        caption: &extracted.caption,
        grid: &extracted.grid,
        echogram: extracted.echogram.as_ref(),
        ridges: &extracted.ridges,
        labels: labels.as_ref(),
        metadata: &result.metadata,
        traces: &result.traces,
        characteristics: &result.characteristics,
        qc: &result.qc,
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

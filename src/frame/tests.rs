//! The stage on real film, on pictures made of it, and on pictures that are no film at all.

use super::*;
use crate::engine::shipped_calibration;
use crate::model::Source;

use proptest::prelude::*;
use std::path::Path;

fn scan(picture: GrayImage) -> Scan {
    Scan { picture, source: Source::default() }
}

fn open(path: &Path) -> Scan {
    scan(image::open(path).unwrap().to_luma8())
}

fn framed(picture: GrayImage, calibration: &str) -> Frame {
    frame(&scan(picture), &shipped_calibration(calibration).unwrap(), &FrameConfig::default()).unwrap()
}

/// Every real picture of a folder: its stem and its frame.
fn real(folder: &str, calibration: &str) -> Vec<(String, Frame)> {
    let Some(film) = crate::testdata::shared_film() else { return Vec::new() };
    let mut files: Vec<_> = std::fs::read_dir(film.join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "png"))
        .collect();
    files.sort();
    let stem = |path: &Path| path.file_stem().unwrap().to_string_lossy().into_owned();
    files.iter().map(|path| (stem(path), framed(open(path).picture, calibration))).collect()
}

#[test]
fn real_frames_get_their_class() {
    let folders = [
        ("alouette1", "alouette1"),
        ("isis1", "isis1"),
        ("isis2", "isis2"),
        ("ips42", "ips42"),
        ("digital_bottomside", "linear"),
    ];
    for (folder, calibration) in folders {
        for (stem, frame) in real(folder, calibration) {
            let expected = match stem.as_str() {
                // A caption, an unexposed panel and a panel without a caption of its own.
                "crop_28" => FrameClass::Double,
                "crop_38" => FrameClass::Noise,
                "out_of_phase_ionogram" => FrameClass::OutOfPhase,
                _ => FrameClass::Ionogram,
            };
            assert_eq!(frame.class, expected, "{folder}/{stem}");
            assert!(
                !frame.inverted && !frame.placement.mirrored && frame.placement.rotation_deg == 0.0,
                "{folder}/{stem}"
            );
        }
    }
}

#[test]
fn real_panels_are_boxed() {
    // Left, top, right, bottom as read by eye.
    let expected = [
        ("crop_00", [2, 4, 531, 244]),
        ("crop_12", [105, 4, 554, 220]),
        ("crop_28", [349, 2, 553, 100]),
        ("crop_38", [107, 1, 552, 228]),
        ("dot_example", [161, 26, 1506, 675]),
        ("num_example", [475, 0, 2128, 768]),
        ("out_of_phase_ionogram", [0, 33, 386, 119]),
    ];
    for (stem, frame) in real("alouette1", "alouette1") {
        if let Some((_, edges)) = expected.iter().find(|(name, _)| *name == stem) {
            let found = [frame.panel.x, frame.panel.y, frame.panel.right(), frame.panel.bottom()];
            let reach = 2 + frame.picture.width() as i32 / 300;
            assert!(
                found.iter().zip(edges).all(|(a, b)| (a - b).abs() <= reach),
                "{stem}: {found:?}, expected {edges:?}"
            );
        }
    }
}

#[test]
fn a_negative_is_recognised_and_undone() {
    for (folder, name) in
        [("alouette1", "crop_02"), ("alouette1", "crop_28"), ("alouette1", "num2_example"), ("isis2", "isis2_000")]
    {
        let Some(film) = crate::testdata::shared_film() else { return };
        let positive = open(&film.join(folder).join(format!("{name}.png"))).picture;
        let mut negative = positive.clone();
        invert(&mut negative);
        let calibration = if folder == "isis2" { "isis2" } else { "alouette1" };
        let (a, b) = (framed(positive, calibration), framed(negative, calibration));
        assert!(!a.inverted && b.inverted, "{name}");
        assert_eq!(a.picture, b.picture, "{name}");
        let apart = (a.panel.x - b.panel.x).abs() + (a.panel.bottom() - b.panel.bottom()).abs();
        assert!(apart <= 4, "{name}: {:?} {:?}", a.panel, b.panel);
    }
}

#[test]
fn a_turned_scan_is_put_upright() {
    let Some(film) = crate::testdata::shared_film() else { return };
    let upright = open(&film.join("alouette1/num2_example.png")).picture;
    let (width, height) = upright.dimensions();
    for degrees in [0.3f32, -0.8, 2.0] {
        let placement = Placement { rotation_deg: -degrees, ..Placement::whole(width, height) };
        let found = framed(extract(&upright, &placement), "alouette1");
        assert!((found.placement.rotation_deg - degrees).abs() < 0.1, "{degrees}: {}", found.placement.rotation_deg);
        assert_eq!(found.class, FrameClass::Ionogram);
    }
}

#[test]
fn a_frame_from_the_wrong_side_is_turned_back() {
    let Some(film) = crate::testdata::shared_film() else { return };
    for name in ["crop_16", "crop_22", "num_example", "dot_example"] {
        let upright = open(&film.join(format!("alouette1/{name}.png"))).picture;
        let mirrored = framed(image::imageops::flip_horizontal(&upright), "alouette1");
        assert!(mirrored.placement.mirrored, "{name}");
        assert_eq!(mirrored.picture, upright, "{name}");
        let turned = framed(image::imageops::rotate180(&upright), "alouette1");
        assert!(!turned.placement.mirrored && turned.placement.rotation_deg == 180.0, "{name}");
        assert_eq!(turned.picture, upright, "{name}");
    }
}

#[test]
fn a_part_of_a_frame_or_two_frames_are_not_a_frame() {
    let Some(film) = crate::testdata::shared_film() else { return };
    for name in ["crop_02", "crop_16", "crop_26", "num_example"] {
        let picture = open(&film.join(format!("alouette1/{name}.png"))).picture;
        let (width, height) = picture.dimensions();
        let rolled = GrayImage::from_fn(width, height, |x, y| *picture.get_pixel((x + width / 2) % width, y));
        let doubled = GrayImage::from_fn(2 * width, height, |x, y| *picture.get_pixel(x % width, y));
        let half = GrayImage::from_fn(width / 2, height, |x, y| *picture.get_pixel(x, y));
        assert_eq!(framed(rolled, "alouette1").class, FrameClass::OutOfPhase, "{name}");
        assert_eq!(framed(doubled, "alouette1").class, FrameClass::Double, "{name}");
        assert_eq!(framed(half, "alouette1").class, FrameClass::BadCrop, "{name}");
    }
}

#[test]
fn a_frame_with_the_next_ones_caption_is_out_of_phase() {
    let Some(film) = crate::testdata::shared_film() else { return };
    for name in ["crop_12", "crop_14", "crop_16", "crop_26", "crop_36", "num_example"] {
        let picture = open(&film.join(format!("alouette1/{name}.png"))).picture;
        let (width, height) = picture.dimensions();
        for quarters in [1, 3] {
            let rolled =
                GrayImage::from_fn(width, height, |x, y| *picture.get_pixel((x + quarters * width / 4) % width, y));
            let frame = framed(rolled, "alouette1");
            assert_eq!(frame.class, FrameClass::OutOfPhase, "{name} {quarters}");
            assert!(!frame.placement.mirrored, "{name} {quarters}");
        }
    }
}

#[test]
fn pictures_without_content_are_blank() {
    for tone in [0, 128, 255] {
        for calibration in ["alouette1", "ips42", "c4"] {
            let picture = GrayImage::from_pixel(400, 200, image::Luma([tone]));
            assert_eq!(framed(picture, calibration).class, FrameClass::Blank, "{calibration} {tone}");
        }
    }
}

#[test]
fn a_tiny_picture_is_refused() {
    let calibration = shipped_calibration("alouette1").unwrap();
    for (width, height) in [(0, 0), (1, 1), (63, 500)] {
        let result = frame(&scan(GrayImage::new(width, height)), &calibration, &FrameConfig::default());
        assert!(matches!(result, Err(FrameError::TooSmall { .. })));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn any_picture_gives_a_panel_inside_it(
        width in 64u32..400, height in 64u32..300, seed in any::<u32>(), levels in 1u32..5, cell in 1u32..90,
    ) {
        let picture = GrayImage::from_fn(width, height, |x, y| {
            let mixed = ((x / cell).wrapping_mul(2_654_435_761) ^ (y / cell).wrapping_mul(2_246_822_519) ^ seed)
                .wrapping_mul(3_266_489_917);
            image::Luma([((mixed >> 16) % levels * 255 / levels) as u8])
        });
        for calibration in ["alouette1", "isis2", "ips42", "c4", "linear"] {
            let frame = framed(picture.clone(), calibration);
            prop_assert_eq!(frame.picture.dimensions(), (width, height));
            prop_assert_eq!(frame.panel, frame.panel.clamped(width, height));
            prop_assert!(frame.panel.w > 0 && frame.panel.h > 0);
        }
    }
}

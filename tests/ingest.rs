//! Foreign files as a user meets them: every format, every defect, rolls, manifests and strips.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use image::GrayImage;
use ionoscribe::ingest::{
    Discovery, FileOrder, IngestConfig, RollInput, ScanRef, Strip, StripRef, VerticalStrip, discover,
};
use ionoscribe::model::PixelBox;
use std::fs;
use std::path::{Path, PathBuf};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/ingest").join(name)
}

fn open(path: &Path, page: u32) -> GrayImage {
    let mut scan = ScanRef::new(path);
    scan.page = page;
    let scan = scan.open(&IngestConfig::default()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(scan.source.sha256.len(), 64);
    scan.picture
}

fn largest_difference(a: &GrayImage, b: &GrayImage) -> u8 {
    assert_eq!(a.dimensions(), b.dimensions());
    a.iter().zip(b.iter()).map(|(&a, &b)| a.abs_diff(b)).max().unwrap_or(0)
}

fn write_png(path: &Path, width: u32, height: u32, value: impl Fn(u32, u32) -> u8) {
    GrayImage::from_fn(width, height, |x, y| image::Luma([value(x, y)])).save(path).unwrap();
}

#[test]
fn every_format_shows_the_same_picture() {
    fn t(name: &str, page: u32, truth: &str, tolerance: u8) {
        let difference = largest_difference(&open(&fixture(name), page), &open(&fixture(truth), 0));
        assert!(difference <= tolerance, "{name}, page {page}: {difference}");
    }
    for name in ["bilevel_g3.tif", "bilevel_g4.tif", "bilevel_rows.tif", "bilevel_g4_reversed.tif"] {
        t(name, 0, "bilevel.png", 0);
    }
    for name in ["lzw.tif", "deflate.tif", "packbits.tif", "tiled.tif", "big.tif", "white_zero.tif"] {
        t(&format!("grey_{name}"), 0, "grey.png", 0);
    }
    t("grey_jpeg.tif", 0, "grey.png", 60);
    t("grey.jpg", 0, "grey.png", 25);
    t("grey_progressive.jpg", 0, "grey.png", 25);
    t("grey.jp2", 0, "grey.png", 0);
    t("grey.j2k", 0, "grey.png", 0);
    t("rgb.jp2", 0, "rgb.png", 1);
    t("rgb.jpg", 0, "rgb.png", 25);
    t("rgb_planar.tif", 0, "rgb.png", 0);
    t("rgb_jpeg.tif", 0, "rgb.png", 60);
    t("cmyk.jpg", 0, "rgb.png", 30);
    t("palette.tif", 0, "palette.png", 0);
    t("two_pages.tif", 0, "grey.png", 0);
    t("two_pages.tif", 1, "bilevel.png", 0);
    for (page, truth, tolerance) in [
        (0, "grey.png", 25),
        (1, "grey.png", 0),
        (2, "bilevel.png", 0),
        (3, "grey.png", 0),
        (4, "bilevel.png", 0),
        (5, "palette.png", 0),
        (6, "rgb.png", 0),
    ] {
        t("pages.pdf", page, truth, tolerance);
    }
}

#[test]
fn sixteen_bits_are_stretched_and_keep_their_order() {
    let truth = open(&fixture("grey.png"), 0);
    for name in ["sixteen_tiled.tif", "sixteen_little.tif", "sixteen.jp2"] {
        assert!(largest_difference(&open(&fixture(name), 0), &truth) <= 3, "{name}");
    }
}

#[test]
fn bad_inputs_are_one_failure_each_and_the_rest_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    write_png(&at("good.png"), 200, 100, |x, y| (x + y) as u8);
    let png = fs::read(at("good.png")).unwrap();
    fs::write(at("truncated.png"), &png[..png.len() / 2]).unwrap();
    fs::write(at("zero.png"), b"").unwrap();
    fs::write(at("text.tif"), b"this is not a picture\n").unwrap();
    write_png(&at("tiny.png"), 1, 1, |_, _| 7);
    let mut bomb = png.clone();
    bomb[16..20].copy_from_slice(&100_000u32.to_be_bytes());
    bomb[20..24].copy_from_slice(&100_000u32.to_be_bytes());
    let checksum = crc(&bomb[12..29]);
    bomb[29..33].copy_from_slice(&checksum.to_be_bytes());
    fs::write(at("bomb.png"), &bomb).unwrap();
    fs::create_dir(at("x.png")).unwrap();
    fs::write(at("notes.txt"), b"ignored").unwrap();
    fs::write(at(".hidden.png"), b"ignored").unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(".", at("loop")).unwrap();
        std::os::unix::fs::symlink("ring2", at("ring1")).unwrap();
        std::os::unix::fs::symlink("ring1", at("ring2")).unwrap();
    }
    let config = IngestConfig::default();
    let Discovery { rolls, mut failures } = discover(&[folder.path().to_owned()], &config);
    let mut opened = 0;
    for roll in &rolls {
        let RollInput::Scans(scans) = &roll.input else { panic!("no strip here") };
        for scan in scans {
            match scan.open(&config) {
                Ok(_) => opened += 1,
                Err(error) => failures.push(error.failure()),
            }
        }
    }
    let mut found: Vec<(String, String)> = failures
        .iter()
        .map(|failure| {
            assert_eq!(failure.stage, "ingest");
            assert!(failure.message.contains(';'), "no remedy: {}", failure.message);
            let name = failure.source_file.rsplit('/').next().unwrap_or_default();
            (name.to_owned(), failure.class.clone())
        })
        .collect();
    found.sort();
    let expected = [
        ("bomb.png", "too_large"),
        ("loop", "symlink_loop"),
        ("ring1", "symlink_loop"),
        ("text.tif", "not_a_picture"),
        ("tiny.png", "too_small"),
        ("truncated.png", "truncated"),
        ("x.png", "folder"),
        ("zero.png", "empty_file"),
    ];
    let found: Vec<(&str, &str)> = found.iter().map(|(name, class)| (name.as_str(), class.as_str())).collect();
    assert_eq!(found, expected);
    assert_eq!(opened, 1);
}

/// The checksum of a PNG chunk, bit by bit.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    })
}

#[test]
fn missing_and_empty_inputs_are_failures() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("readme.md"), b"text").unwrap();
    let inputs = [folder.path().join("none"), folder.path().to_owned(), folder.path().join("readme.md")];
    let found = discover(&inputs, &IngestConfig::default());
    assert!(found.rolls.is_empty());
    let mut classes: Vec<&str> = found.failures.iter().map(|failure| failure.class.as_str()).collect();
    classes.sort_unstable();
    assert_eq!(classes, ["missing", "not_a_picture"]);
    let found = discover(&inputs[1..2], &IngestConfig::default());
    assert_eq!(found.failures[0].class, "no_pictures");
}

#[test]
fn folders_files_pages_and_strips_become_rolls_in_natural_order() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("archive");
    for name in ["roll10", "roll2"] {
        fs::create_dir_all(root.join(name)).unwrap();
        for frame in [1, 2, 10] {
            write_png(&root.join(name).join(format!("f{frame}.png")), 100, 80, |x, _| x as u8);
        }
    }
    fs::copy(fixture("two_pages.tif"), root.join("roll2/pages.tif")).unwrap();
    write_png(&root.join("roll2/strip.png"), 4000, 100, |x, _| x as u8);
    write_png(&root.join("cover.png"), 100, 80, |x, _| x as u8);
    let text = "file,station,date\nroll2/f1.png,OTT,1964-07-01\nroll2/strip.png,QUI,\nbad.png,OTT,1964-99-01\n";
    fs::write(root.join("manifest.csv"), text).unwrap();
    let config = IngestConfig::default();
    let found = discover(std::slice::from_ref(&root), &config);
    let names: Vec<&str> = found.rolls.iter().map(|roll| roll.name.as_str()).collect();
    assert_eq!(names, ["archive", "roll2", "roll2/pages", "roll2/strip", "roll10"]);
    let RollInput::Scans(scans) = &found.rolls[1].input else { panic!() };
    let files: Vec<_> = scans.iter().map(|scan| scan.path.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!(files, ["f1.png", "f2.png", "f10.png"]);
    assert_eq!(scans[0].manifest.station.as_deref(), Some("OTT"));
    assert_eq!(scans[0].manifest.date.as_deref(), Some("1964-07-01"));
    assert_eq!(scans[1].manifest.station, None);
    let RollInput::Strip(strip) = &found.rolls[3].input else { panic!() };
    assert_eq!((strip.length, strip.height, strip.manifest.station.as_deref()), (4000, 100, Some("QUI")));
    assert_eq!(found.failures.len(), 1);
    assert_eq!(found.failures[0].class, "manifest");

    let reversed = IngestConfig { order: FileOrder::Reversed, ..config.clone() };
    let found = discover(&[root.join("roll10/f2.png"), root.join("roll10/f1.png")], &reversed);
    assert_eq!(found.rolls.len(), 1);
    assert_eq!(found.rolls[0].name, "roll10");
    let RollInput::Scans(scans) = &found.rolls[0].input else { panic!() };
    assert!(scans[0].path.ends_with("f2.png"));
    assert_eq!(discover(&[root.clone(), root.clone()], &config).rolls.len(), 5, "each folder once");
}

fn strip_of(path: &Path, config: &IngestConfig) -> Strip {
    let found = discover(&[path.to_owned()], config);
    assert!(found.failures.is_empty(), "{:?}", found.failures);
    let RollInput::Strip(strip) = &found.rolls[0].input else { panic!("no strip") };
    Strip::open(strip, config).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn a_strip_is_read_in_windows() {
    let folder = tempfile::tempdir().unwrap();
    let value = |x: u32, y: u32| ((x / 3 + y * 2) % 256) as u8;
    let lying = folder.path().join("lying.png");
    write_png(&lying, 5001, 403, value);
    let upright = folder.path().join("upright.png");
    write_png(&upright, 403, 5001, |x, y| value(y, x));
    let turned = folder.path().join("turned.png");
    write_png(&turned, 403, 5001, |x, y| value(y, 402 - x));
    for (path, vertical_strip) in
        [(&lying, VerticalStrip::Transposed), (&upright, VerticalStrip::Transposed), (&turned, VerticalStrip::Turned)]
    {
        let config = IngestConfig { vertical_strip, ..IngestConfig::default() };
        let strip = strip_of(path, &config);
        assert_eq!((strip.dimensions(), strip.factor()), ((5001, 403), 2));
        assert_eq!(strip.overview().dimensions(), (2501, 202));
        let window = strip.window(PixelBox::new(1000, 10, 700, 300)).unwrap();
        assert_eq!(window.dimensions(), (700, 300));
        assert!(window.enumerate_pixels().all(|(x, y, pixel)| pixel.0[0] == value(1000 + x, 10 + y)));
        assert_eq!(strip.window(PixelBox::new(4990, -5, 700, 30)).unwrap().dimensions(), (11, 25));
        assert_eq!(strip.window(PixelBox::new(9000, 0, 7, 30)).unwrap().dimensions(), (0, 30));
        for (x, y) in [(0, 0), (777, 50), (2500, 201)] {
            let mean = f64::from(strip.overview().get_pixel(x, y).0[0]);
            assert!((mean - f64::from(value(2 * x, 2 * y))).abs() <= 2.5, "{x} {y}");
        }
    }
}

#[test]
fn strips_of_every_kind_agree() {
    let folder = tempfile::tempdir().unwrap();
    let (length, height) = (3600u32, 90u32);
    let value = |x: u32, y: u32| ((x / 16 + y) % 256) as u8;
    let png = folder.path().join("a.png");
    write_png(&png, length, height, value);
    let deep = folder.path().join("deep.tif");
    let samples: Vec<u16> = (0..height).flat_map(|y| (0..length).map(move |x| u16::from(value(x, y)) * 256)).collect();
    let mut encoder = tiff::encoder::TiffEncoder::new(fs::File::create(&deep).unwrap()).unwrap();
    encoder.write_image::<tiff::encoder::colortype::Gray16>(length, height, &samples).unwrap();
    let whole = PixelBox::new(0, 0, length as i32, height as i32);
    let config = IngestConfig::default();
    let first = strip_of(&png, &config);
    let second = strip_of(&deep, &config);
    let difference = largest_difference(&first.window(whole).unwrap(), &second.window(whole).unwrap());
    assert!(difference <= 3, "{difference}");
}

/// A strip of 150,000 x 2,000 pixels. The peak of memory is read from the system, so run it alone:
/// `cargo test --release --test ingest -- --ignored --exact a_long_strip_takes_little_memory --nocapture`.
#[test]
#[ignore = "takes a minute and 300 MB of disk"]
fn a_long_strip_takes_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    let (length, height) = (150_000u32, 2_000u32);
    let path = folder.path().join("long.tif");
    let rows: Vec<u8> = (0..length).map(|x| (x % 251) as u8).collect();
    let mut encoder = tiff::encoder::TiffEncoder::new(fs::File::create(&path).unwrap()).unwrap();
    let mut image = encoder.new_image::<tiff::encoder::colortype::Gray8>(length, height).unwrap();
    image.rows_per_strip(1).unwrap();
    for _ in 0..height {
        image.write_strip(&rows).unwrap();
    }
    image.finish().unwrap();
    let config = IngestConfig { spool_dir: folder.path().to_owned(), ..IngestConfig::default() };
    let started = std::time::Instant::now();
    let strip = strip_of(&path, &config);
    let opened = started.elapsed();
    let window = strip.window(PixelBox::new(70_000, 0, 2000, 2000)).unwrap();
    assert_eq!(window.get_pixel(5, 1999).0[0], (70_005 % 251) as u8);
    let peak: u64 = fs::read_to_string("/proc/self/status")
        .unwrap_or_default()
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.trim().parse().ok())
        .unwrap_or(0);
    println!("opened in {opened:?}, peak memory {} MiB", peak >> 10);
    assert!(peak >> 10 < 200, "{peak} KiB");
}

#[test]
fn what_is_cut_off_anywhere_never_panics() {
    let folder = tempfile::tempdir().unwrap();
    let config = IngestConfig { min_side: 1, ..IngestConfig::default() };
    for entry in fs::read_dir(fixture("")).unwrap() {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        let cut = folder.path().join(path.file_name().unwrap());
        for length in (0..bytes.len()).step_by((bytes.len() / 150).max(1)) {
            fs::write(&cut, &bytes[..length]).unwrap();
            let found = discover(std::slice::from_ref(&cut), &config);
            for roll in found.rolls {
                if let RollInput::Scans(scans) = roll.input {
                    scans.iter().for_each(|scan| drop(scan.open(&config)));
                }
            }
        }
    }
}

/// Number of damaged copies of each fixture; more with the environment variable `IONOSCRIBE_DAMAGED_COPIES`.
fn damaged_copies() -> u64 {
    std::env::var("IONOSCRIBE_DAMAGED_COPIES").ok().and_then(|count| count.parse().ok()).unwrap_or(60)
}

#[test]
fn what_is_damaged_anywhere_never_panics() {
    let folder = tempfile::tempdir().unwrap();
    // Little memory, so that damage which promises large pictures costs little time.
    let config = IngestConfig { min_side: 1, max_pixels: 1 << 20, max_memory_mb: 16, ..IngestConfig::default() };
    let mut paths: Vec<PathBuf> = fs::read_dir(fixture("")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let mut state = 1u64;
    let mut random = |below: usize| {
        // Marsaglia's xorshift.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below.max(1) as u64) as usize
    };
    for path in paths {
        let bytes = fs::read(&path).unwrap();
        let copy = folder.path().join(path.file_name().unwrap());
        for _ in 0..damaged_copies() {
            let mut damaged = bytes.clone();
            for _ in 0..=random(6) {
                let place = random(damaged.len());
                damaged[place] = [0, 0xff, 0x7f, random(256) as u8][random(4)];
            }
            fs::write(&copy, &damaged).unwrap();
            for roll in discover(std::slice::from_ref(&copy), &config).rolls {
                if let RollInput::Scans(scans) = roll.input {
                    scans.iter().for_each(|scan| drop(scan.open(&config)));
                }
            }
        }
    }
}

#[test]
fn limits_are_settings() {
    let t = |config: IngestConfig| ScanRef::new(fixture("grey_lzw.tif")).open(&config).map_err(|error| error.class());
    let plain = IngestConfig::default;
    assert_eq!(t(IngestConfig { max_pixels: 80 * 48 - 1, ..plain() }).err(), Some("too_large"));
    assert_eq!(t(IngestConfig { max_memory_mb: 0, ..plain() }).err(), Some("too_much_memory"));
    assert_eq!(t(IngestConfig { max_file_mb: 0, ..plain() }).err(), Some("file_too_large"));
    assert_eq!(t(IngestConfig { min_side: 49, ..plain() }).err(), Some("too_small"));
    let found = discover(&[fixture("two_pages.tif")], &IngestConfig { max_pages: 1, ..plain() });
    assert_eq!(found.failures[0].class, "too_many_pages");
    let strip = StripRef::new(fixture("grey.png"), 80, 48);
    assert!(Strip::open(&strip, &plain()).is_ok());
}

//! A folder of troubles does not stop a run: each is one row of `failures`, and all other frames are there.

use super::bench::{Bench, ionogram, stderr, write};
use ionoscribe::dataset::Table;
use std::fs;

/// A PNG header of 100,000 x 100,000 pixels, with the checksum that makes it a valid one, and no pixels.
fn bomb() -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut chunk = |name: &[u8; 4], data: &[u8]| {
        bytes.extend((data.len() as u32).to_be_bytes());
        let body = [name.as_slice(), data].concat();
        bytes.extend(&body);
        bytes.extend(crc32(&body).to_be_bytes());
    };
    let side = 100_000u32.to_be_bytes();
    chunk(b"IHDR", &[&side[..], &side[..], &[8, 0, 0, 0, 0]].concat());
    chunk(b"IDAT", &[0x78, 0x9c, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01]);
    chunk(b"IEND", &[]);
    bytes
}

/// CRC-32 of the PNG specification, annex D.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 };
    !bytes.iter().fold(!0u32, |crc, &byte| (0..8).fold(crc ^ u32::from(byte), step))
}

#[test]
fn every_trouble_is_one_failure_and_no_other_frame_is_lost() {
    let bench = Bench::new();
    bench.draw("", 5);
    let scans = bench.path("scans");
    let good = fs::read(scans.join("frame_0000.png")).unwrap();
    write(&scans.join("truncated.png"), &good[..good.len() / 2]);
    write(&scans.join("empty.png"), b"");
    write(&scans.join("text.tif"), b"Dear Sir, the film is in box 7.\n");
    image::GrayImage::new(1, 1).save(scans.join("tiny.png")).unwrap();
    write(&scans.join("bomb.png"), &bomb());
    fs::create_dir(scans.join("x.png")).unwrap();
    std::os::unix::fs::symlink("loop.png", scans.join("loop.png")).unwrap();
    let troubles = ["bomb.png", "empty.png", "loop.png", "text.tif", "tiny.png", "truncated.png", "x.png"];

    let output = bench.run("dataset", &[]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let mut failed = bench.texts("dataset", Table::Failures, "source_file");
    failed.sort();
    assert_eq!(failed, troubles.map(|name| format!("scans/{name}")));
    assert!(bench.texts("dataset", Table::Failures, "message").iter().all(|message| message.len() > 20));
    let mut frames = bench.texts("dataset", Table::Frames, "source_file");
    frames.sort();
    assert_eq!(frames, (0..5).map(|number| format!("scans/frame_{number:04}.png")).collect::<Vec<_>>());

    let again = bench.run("dataset", &[]);
    assert_eq!(again.status.code(), Some(1), "finished work keeps its exit status");
}

#[test]
fn a_run_that_cannot_be_done_says_why_and_exits_with_2() {
    let bench = Bench::new();
    bench.draw("", 1);
    write(&bench.path("pipeline.toml"), b"calibration = \"linear\"\nspeed = 11\n");
    let output = bench.run("dataset", &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("pipeline.toml") && stderr(&output).contains("speed"), "{}", stderr(&output));
}

#[test]
fn a_changed_pipeline_is_refused_until_fresh() {
    let bench = Bench::new();
    bench.draw("", 2);
    assert_eq!(bench.run("dataset", &[]).status.code(), Some(0));
    write(&bench.path("pipeline.toml"), b"calibration = \"linear\"\n[engine]\nsegment_frames = 7\n");
    write(&bench.path("dataset/frames/notes.txt"), b"mine");
    let refused = bench.run("dataset", &[]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(stderr(&refused).contains("--fresh"), "{}", stderr(&refused));
    let fresh = bench.run("dataset", &["--fresh"]);
    assert_eq!(fresh.status.code(), Some(0), "{}", stderr(&fresh));
    assert_eq!(bench.rows("dataset", Table::Frames), 2);
    assert_eq!(fs::read(bench.path("dataset/frames/notes.txt")).unwrap(), b"mine", "foreign files stay");
}

#[test]
fn a_changed_folder_is_done_again() {
    let bench = Bench::new();
    bench.draw("", 3);
    assert_eq!(bench.run("dataset", &[]).status.code(), Some(0));
    ionogram(77).save(bench.path("scans/frame_0001a.png")).unwrap();
    assert_eq!(bench.run("dataset", &[]).status.code(), Some(0));
    assert_eq!(bench.rows("dataset", Table::Frames), 4);
    assert_eq!(bench.run("other", &[]).status.code(), Some(0));
    super::bench::assert_same(&bench.files("dataset"), &bench.files("other"));
}

#[test]
fn the_same_picture_twice_has_two_names() {
    let bench = Bench::new();
    bench.draw("a", 2);
    bench.draw("b", 2);
    fs::copy(bench.path("scans/a/frame_0000.png"), bench.path("scans/a/frame_0000_copy.png")).unwrap();
    assert_eq!(bench.run("dataset", &[]).status.code(), Some(0));
    let mut names = bench.texts("dataset", Table::Frames, "frame_id");
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 5);
}

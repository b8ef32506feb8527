//! Behaviour on real film, skipped where it is absent.

use super::*;
use crate::engine::shipped_calibration;
use crate::frame::{FrameConfig, frame};
use crate::model::{Scan, Source};
use std::path::Path;

fn open(path: &Path, calibration: &Calibration) -> Option<Frame> {
    let picture = image::open(path).ok()?.into_luma8();
    frame(&Scan { picture, source: Source::default() }, calibration, &FrameConfig::default()).ok()
}

fn grid_of(file: &str) -> Option<(Frame, Grid)> {
    let film = crate::testdata::shared_film()?;
    let name = file.split('/').next()?;
    let calibration = shipped_calibration(name)?;
    let frame = open(&film.join(file), &calibration)?;
    let grid = calibrate(&frame, &calibration, &CalibrateConfig::default());
    Some((frame, grid))
}

/// The rows of a truth file with three columns, grouped by their first one.
fn truth(name: &str) -> Vec<(String, Vec<Vec<String>>)> {
    let Some(film) = crate::testdata::shared_film() else { return Vec::new() };
    let text = std::fs::read_to_string(film.join("truth").join(name)).expect("truth file");
    let mut groups: Vec<(String, Vec<Vec<String>>)> = Vec::new();
    for line in text.lines().skip(1) {
        let cells: Vec<String> = line.split(',').map(str::to_owned).collect();
        match groups.last_mut() {
            Some((file, rows)) if *file == cells[0] => rows.push(cells),
            _ => groups.push((cells[0].clone(), vec![cells])),
        }
    }
    groups
}

/// A frame whose last three rows of the truth file stand where the film shows no line. Both operators read those
/// markers at the same positions 20 to 30 px further right, so this frame is compared with the mean of their readings
/// on its middle row.
const READ_BY_OPERATORS: &str = "alouette1/num_example.png";

/// Mean column of a marker in the operators' readings of that frame.
fn operators_mean(mhz: &str) -> f64 {
    let film = crate::testdata::shared_film().expect("film");
    let label = format!("{mhz} MHz");
    let columns: Vec<f64> =
        [("operator_A_topside_axes.csv", "freq_x"), ("operator_B_topside_axes.csv", "freq_x@y=486")]
            .iter()
            .filter_map(|(name, axis)| {
                let text = std::fs::read_to_string(film.join("truth").join(name)).expect("operator's file");
                let row = [READ_BY_OPERATORS, axis, label.as_str()].join(",") + ",";
                text.lines().find_map(|line| line.strip_prefix(&row)?.parse::<f64>().ok())
            })
            .collect();
    assert_eq!(columns.len(), 2, "{mhz} MHz");
    (columns[0] + columns[1]) / 2.0
}

#[test]
fn every_mark_of_the_truth_file_is_named_and_met() {
    let mut errors_mhz: Vec<f64> = Vec::new();
    for (file, rows) in truth("frequency_marks.csv") {
        let (frame, grid) = grid_of(&file).expect("a frame");
        let sweep = grid.sweep.as_ref().unwrap_or_else(|| panic!("{file}: {}", grid.reason));
        let mut squares = Vec::new();
        for row in rows {
            let (mhz, x): (f64, f64) = (row[1].parse().expect("MHz"), row[2].parse().expect("px"));
            let x = if file == READ_BY_OPERATORS { operators_mean(&row[1]) } else { x };
            let (x, _) = frame.placement.to_frame(x, sweep.reference_y);
            squares.push((sweep.x_at(mhz, sweep.reference_y) - x).powi(2));
            errors_mhz.push((sweep.mhz_at(x, sweep.reference_y) - mhz).abs());
        }
        let rms = (squares.iter().sum::<f64>() / squares.len() as f64).sqrt();
        assert!(rms <= 2.0, "{file}: {rms:.2} px");
    }
    errors_mhz.sort_by(f64::total_cmp);
    if let Some(worst) = errors_mhz.last() {
        assert!(errors_mhz[errors_mhz.len() / 2] <= 0.01, "median {}", errors_mhz[errors_mhz.len() / 2]);
        assert!(*worst <= 0.1, "worst {worst}");
    }
}

#[test]
fn rulings_of_the_truth_file_are_met() {
    for (file, rows) in truth("height_rulings.csv") {
        let (frame, grid) = grid_of(&file).expect("a frame");
        let range = grid.range.as_ref().unwrap_or_else(|| panic!("{file}: {}", grid.reason));
        let middle = range.reference_x;
        for y in rows[0][1].split_whitespace().map(|y| y.parse::<f64>().expect("px")) {
            let (_, y) = frame.placement.to_frame(middle, y);
            let listed = grid
                .horizontal_lines
                .iter()
                .map(|line| ((line.start_px + line.end_px) / 2.0 - y).abs())
                .fold(f64::INFINITY, f64::min);
            assert!(listed <= 2.0, "{file}: no line within {listed:.1} px of {y}");
        }
        // The first lines of the file are the second to eighth height marker below the zero line.
        for (k, y) in [71.0, 93.0, 115.0, 137.0, 159.0, 181.0, 203.0].into_iter().enumerate() {
            let (_, y) = frame.placement.to_frame(middle, y);
            let off = (range.y_at(202.0 * (k as f64 + 2.0), middle) - y).abs();
            assert!(off <= 2.0, "{file}: height marker {} is {off:.1} px off", k + 2);
        }
    }
}

#[test]
fn small_and_crowded_crops_are_named() {
    // Heights and markers were checked by eye on drawn overlays.
    for number in [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 30, 32, 36, 40] {
        let file = format!("alouette1/crop_{number:02}.png");
        let Some((_, grid)) = grid_of(&file) else { return };
        assert!(grid.is_complete(), "{file}: {}", grid.reason);
        assert!(grid.frequency_residual_px < 2.0, "{file}");
    }
}

#[test]
fn what_proves_nothing_is_withheld() {
    for file in ["alouette1/crop_38.png", "alouette1/out_of_phase_ionogram.png", "ips42/ips42_corrupted_00h00m.png"] {
        let Some((_, grid)) = grid_of(file) else { return };
        assert!(grid.sweep.is_none(), "{file}");
        assert!(!grid.reason.is_empty(), "{file}");
    }
}

#[test]
fn heights_without_a_proven_zero_are_withheld() {
    for file in ["alouette1/crop_38.png", "alouette1/out_of_phase_ionogram.png"] {
        let Some((_, grid)) = grid_of(file) else { return };
        assert!(grid.range.is_none(), "{file}");
        assert!(grid.reason.contains("height zero"), "{file}: {}", grid.reason);
    }
}

#[test]
fn a_frame_turned_left_to_right_is_not_named() {
    for (file, _) in truth("frequency_marks.csv") {
        let calibration = shipped_calibration(file.split('/').next().expect("folder")).expect("shipped");
        let Some((mut frame, _)) = grid_of(&file) else { return };
        image::imageops::flip_horizontal_in_place(&mut frame.picture);
        frame.panel.x = frame.picture.width() as i32 - frame.panel.right();
        let grid = calibrate(&frame, &calibration, &CalibrateConfig::default());
        assert!(grid.sweep.is_none(), "{file}: margin {}", grid.identity_margin);
    }
}

#[test]
fn the_panel_may_be_off_by_some_pixels() {
    for file in ["alouette1/num2_example.png", "isis2/isis2_000.png", "isis1/crop_46.png"] {
        let calibration = shipped_calibration(file.split('/').next().expect("folder")).expect("shipped");
        let Some((frame, wanted)) = grid_of(file) else { return };
        let (width, height) = frame.picture.dimensions();
        let wanted = wanted.sweep.expect("a sweep");
        for (dx, dy, dw, dh) in [(8, 6, -10, -8), (-8, -6, 12, 10)] {
            let panel = PixelBox::new(frame.panel.x + dx, frame.panel.y + dy, frame.panel.w + dw, frame.panel.h + dh);
            let moved = Frame { panel: panel.clamped(width, height), ..frame.clone() };
            let grid = calibrate(&moved, &calibration, &CalibrateConfig::default());
            assert!(grid.is_complete(), "{file}: {}", grid.reason);
            let sweep = grid.sweep.expect("a sweep");
            for marker in &grid.frequency_markers {
                let off = sweep.x_at(marker.value, 100.0) - wanted.x_at(marker.value, 100.0);
                assert!(
                    off.abs() < 2.5 || marker.measured_px.is_none(),
                    "{file}: {} MHz moved by {off:.1} px",
                    marker.value
                );
            }
        }
    }
}

#[test]
#[ignore = "a report for people, not a test"]
fn report() {
    let Some(film) = crate::testdata::shared_film() else { return };
    for (folder, name) in [("alouette1", "alouette1"), ("isis1", "isis1"), ("isis2", "isis2"), ("ips42", "ips42")] {
        let calibration = shipped_calibration(name).expect("shipped");
        let mut files: Vec<_> =
            std::fs::read_dir(film.join(folder)).expect("folder").flatten().map(|e| e.path()).collect();
        files.sort();
        for file in files {
            let Some(frame) = open(&file, &calibration) else {
                eprintln!("{}: no frame", file.display());
                continue;
            };
            let grid = calibrate(&frame, &calibration, &CalibrateConfig::default());
            let time = (0..5)
                .map(|_| {
                    let start = std::time::Instant::now();
                    let again = calibrate(&frame, &calibration, &CalibrateConfig::default());
                    assert_eq!(again, grid);
                    start.elapsed()
                })
                .min()
                .unwrap_or_default();
            let stem = file.file_stem().and_then(|s| s.to_str()).unwrap_or("").to_owned();
            eprintln!(
                "{stem:24} {:?} {:.2}deg {:?} sweep {} margin {:.1} found {} res {:.2}px {:.3}MHz | range {} found {} res {:.2}px | lean {:.5} | {} | {:.2?}",
                frame.class,
                frame.placement.rotation_deg,
                (frame.panel.x, frame.panel.y, frame.panel.w, frame.panel.h),
                u8::from(grid.sweep.is_some()),
                grid.identity_margin,
                grid.markers_found(),
                grid.frequency_residual_px,
                grid.frequency_residual_mhz,
                u8::from(grid.range.is_some()),
                grid.height_markers.iter().filter(|m| m.measured_px.is_some()).count(),
                grid.height_residual_px,
                vertical_lean(&grid) / f64::from(frame.panel.h - 1),
                grid.reason,
                time,
            );
            let mut mirrored = frame.clone();
            image::imageops::flip_horizontal_in_place(&mut mirrored.picture);
            mirrored.panel.x = frame.picture.width() as i32 - frame.panel.right();
            let null = calibrate(&mirrored, &calibration, &CalibrateConfig::default());
            eprintln!(
                "{:24} mirrored: {} margin {:.1} {}",
                "",
                u8::from(null.sweep.is_some()),
                null.identity_margin,
                null.reason
            );
            if let Some(folder) = std::env::var_os("IONOSCRIBE_DUMP") {
                let lean = vertical_lean(&grid);
                let text =
                    serde_json::json!({"grid": grid, "placement": frame.placement, "panel": frame.panel, "lean": lean})
                        .to_string();
                frame.picture.save(Path::new(&folder).join(format!("{name}_{stem}.png"))).expect("saved");
                std::fs::write(Path::new(&folder).join(format!("{name}_{stem}.json")), text).expect("written");
            }
        }
    }
}

fn vertical_lean(grid: &Grid) -> f64 {
    grid.vertical_lines.first().map_or(0.0, |line| line.end_px - line.start_px)
}

/// Compares with folders of simulated film, `NAME_...` each, below the folder that IONOSCRIBE_SIMULATED names.
#[test]
#[ignore = "a report for people, not a test"]
fn report_simulated() {
    let Some(root) = std::env::var_os("IONOSCRIBE_SIMULATED") else { return };
    let mut folders: Vec<_> = std::fs::read_dir(root).expect("folder").flatten().map(|e| e.path()).collect();
    folders.sort();
    for folder in folders {
        let stem = folder.file_name().and_then(|s| s.to_str()).unwrap_or("").to_owned();
        let calibration = shipped_calibration(stem.split('_').next().unwrap_or("")).expect("shipped");
        let read = |name: &str| -> Vec<Vec<String>> {
            let text = std::fs::read_to_string(folder.join(name)).unwrap_or_default();
            text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
        };
        let (markers, height_markers) = (read("frequency_marks.csv"), read("height_rulings.csv"));
        let mut files: Vec<_> = std::fs::read_dir(&folder).expect("folder").flatten().map(|e| e.path()).collect();
        files.retain(|file| file.extension().is_some_and(|e| e == "png" || e == "tif" || e == "tiff"));
        files.sort();
        for file in files {
            let name = file.file_name().and_then(|s| s.to_str()).unwrap_or("").to_owned();
            let Some(frame) = open(&file, &calibration) else { continue };
            let grid = calibrate(&frame, &calibration, &CalibrateConfig::default());
            let (mut px, mut mhz, mut rows) = (0f64, 0f64, 0f64);
            if let Some(sweep) = &grid.sweep {
                let y = sweep.reference_y;
                for row in markers.iter().filter(|row| row[0] == name) {
                    let (value, x): (f64, f64) = (row[2].parse().expect("MHz"), row[3].parse().expect("px"));
                    let (_, scan_y) = frame.placement.to_scan(0.0, y);
                    let (x, _) = frame.placement.to_frame(x, scan_y);
                    px = px.max((sweep.x_at(value, y) - x).abs());
                    mhz = mhz.max((sweep.mhz_at(x, y) - value).abs());
                }
            }
            if let Some(range) = &grid.range {
                for row in height_markers.iter().filter(|row| row[0] == name) {
                    for (y, km) in row[2].split_whitespace().zip(row[3].split_whitespace()) {
                        let (y, km): (f64, f64) = (y.parse().expect("px"), km.parse().expect("km"));
                        let (scan_x, _) = frame.placement.to_scan(range.reference_x, 0.0);
                        let (_, y) = frame.placement.to_frame(scan_x, y);
                        rows = rows.max((range.y_at(km, range.reference_x) - y).abs());
                    }
                }
            }
            eprintln!(
                "{stem:20} {name} {:?} {:.2}deg {:?} sweep {} margin {:.1} found {} worst {px:.1}px {mhz:.3}MHz | range {} worst {rows:.1}px | {}",
                frame.class,
                frame.placement.rotation_deg,
                (frame.panel.x, frame.panel.y, frame.panel.w, frame.panel.h),
                u8::from(grid.sweep.is_some()),
                grid.identity_margin,
                grid.markers_found(),
                u8::from(grid.range.is_some()),
                grid.reason,
            );
        }
    }
}

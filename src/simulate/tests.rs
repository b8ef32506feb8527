//! Whole rolls: what the film shows is what the truth says.

use super::*;
use crate::engine::shipped_calibration;
use std::collections::BTreeMap;

fn small(frames: u32, seed: u64) -> SimulateConfig {
    SimulateConfig { frames, seed, scale: 0.35, level: Level::Clean, ..SimulateConfig::default() }
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().to_string_lossy().into_owned(), std::fs::read(entry.path()).unwrap()))
        .collect()
}

fn make(name: &str, config: &SimulateConfig) -> BTreeMap<String, Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    simulate(&shipped_calibration(name).unwrap(), config, folder.path()).unwrap();
    files(folder.path())
}

#[test]
fn a_seed_gives_the_same_bytes_and_another_seed_others() {
    let first = make("c4", &small(2, 1));
    assert_eq!(first, make("c4", &small(2, 1)));
    assert_ne!(first["frame_0000.png"], make("c4", &small(2, 2))["frame_0000.png"]);
}

#[test]
fn every_shipped_instrument_can_be_simulated() {
    for name in crate::engine::shipped_names() {
        for level in [Level::Clean, Level::Ruined] {
            let made = make(name, &SimulateConfig { level, ..small(1, 3) });
            assert!(made["frame_0000.png"].len() > 500, "{name}");
        }
    }
}

#[test]
fn marks_stand_where_the_truth_says() {
    let calibration = shipped_calibration("alouette1").unwrap();
    let config = SimulateConfig { scale: 1.0, ..small(1, 5) };
    let frame = Roll::new(&calibration, &config).unwrap().frame(0);
    let row = |y: u32| (0..frame.picture.width()).map(move |x| (x, y));
    for &(mhz, x) in &frame.axes.marks {
        // Darkness of the lower rows, where every mark has begun; the median row, since a trace may cross.
        let near = |x0: f64| -> f64 {
            let dark = |y: u32| -> f64 {
                row(y)
                    .filter(|(px, _)| (f64::from(*px) - x0).abs() < 1.5)
                    .map(|(px, py)| 65_535.0 - f64::from(frame.picture.get_pixel(px, py).0[0]))
                    .sum()
            };
            let mut rows: Vec<f64> = (420..470).map(dark).collect();
            rows.sort_by(f64::total_cmp);
            rows[rows.len() / 2]
        };
        assert!(near(x) > 2.0 * near(x + 9.0) && near(x) > 2.0 * near(x - 9.0), "{mhz} MHz at {x}");
    }
}

#[test]
fn echoes_stand_where_the_truth_says() {
    let calibration = shipped_calibration("c4").unwrap();
    let config = SimulateConfig { scale: 1.0, ..small(1, 5) };
    let frame = Roll::new(&calibration, &config).unwrap().frame(0);
    let strong: Vec<_> = frame
        .echoes
        .iter()
        .filter(|echo| echo.hop == 1)
        .flat_map(|echo| &echo.points)
        .filter(|point| point.strength > 0.6)
        .collect();
    assert!(strong.len() > 100);
    let shown = strong.iter().filter(|point| {
        let x = frame.axes.sweep.x_at(point.mhz, 0.0);
        let y = frame.axes.range.y_at(point.km, x) - 3.0;
        // The film is a negative: echoes are light.
        frame.picture.get_pixel(x.round() as u32, y.round() as u32).0[0] > 128 * 257
    });
    assert!(shown.count() as f64 > 0.95 * strong.len() as f64);
}

#[test]
fn a_strip_holds_its_frames() {
    let made = make("alouette1", &SimulateConfig { strip: true, ..small(3, 7) });
    let strip = image::load_from_memory(&made["strip.png"]).unwrap().into_luma8();
    let frames = String::from_utf8(made["frames.csv"].clone()).unwrap();
    assert_eq!(frames.lines().count(), 4);
    let last: Vec<u32> = frames.lines().last().unwrap().split(',').filter_map(|cell| cell.parse().ok()).collect();
    assert!(last[1] + last[3] <= strip.width() && last[4] == strip.height(), "{last:?}");
}

#[test]
fn an_unknown_layout_is_an_error() {
    let config = SimulateConfig { layout: Some("hieroglyphs".to_owned()), ..small(1, 1) };
    let folder = tempfile::tempdir().unwrap();
    let error = simulate(&shipped_calibration("c4").unwrap(), &config, folder.path());
    assert!(matches!(error, Err(SimulateError::NoLayout { .. })));
}

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
        // Darkness below where the last mark begins; the median row, since traces cross.
        let near = |x0: f64| -> f64 {
            let dark = |y: u32| -> f64 {
                row(y)
                    .filter(|(px, _)| (f64::from(*px) - x0).abs() < 1.5)
                    .map(|(px, py)| 65_535.0 - f64::from(frame.picture.get_pixel(px, py).0[0]))
                    .sum()
            };
            let mut rows: Vec<f64> = (250..700).map(dark).collect();
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

#[test]
fn the_truth_keeps_the_relations_of_every_ionogram() {
    use crate::model::CharacteristicName as Name;
    let mut seen = std::collections::BTreeSet::new();
    for (name, seed) in [("c4", 1), ("c4", 31), ("ips42", 2), ("is14", 3), ("is14", 8)] {
        let calibration = shipped_calibration(name).unwrap();
        let config = SimulateConfig { frames: 12, seed, scale: 0.12, level: Level::Typical, ..Default::default() };
        let roll = Roll::new(&calibration, &config).unwrap();
        for index in 0..12 {
            let frame = roll.frame(index);
            let all = reading::characteristics(&frame, roll.band_mhz());
            let value = |name| all.iter().find(|reading| reading.name == name && reading.qualifier.is_none())?.value;
            let ordered = |low, high, slack: f64| {
                let (low, high) = (value(low), value(high));
                assert!(low.zip(high).is_none_or(|(low, high)| low <= high + slack), "{name} {index}: {all:#?}");
            };
            ordered(Name::Fmin, Name::FoE, 0.0);
            ordered(Name::FoE, Name::FoF1, 0.0);
            ordered(Name::FoF1, Name::FoF2, 0.0);
            ordered(Name::FbEs, Name::FoEs, 1e-6);
            ordered(Name::HE, Name::HF, 0.0);
            ordered(Name::HF, Name::HF2, 1e-6);
            ordered(Name::FoF2, Name::FxF2, 0.0);
            ordered(Name::FxF2, Name::FxI, 1e-6);
            assert!(value(Name::M3000F2).is_none_or(|factor| (2.0..4.6).contains(&factor)), "{all:#?}");
            for reading in &all {
                let limits = reading.lower.is_none_or(|lower| reading.value.is_none_or(|value| lower <= value));
                assert!(limits && reading.descriptor.is_none_or(|letter| letter.is_ascii_uppercase()));
                seen.extend(reading.value.map(|_| reading.name));
            }
        }
    }
    for name in [Name::FoF2, Name::HF, Name::FoE, Name::HE, Name::FoF1, Name::FoEs, Name::FbEs, Name::M3000F1] {
        assert!(seen.contains(&name), "no frame of them all shows {}", name.as_str());
    }
}

#[test]
fn every_depth_and_tone_can_be_written() {
    let picture = |depth, inverted, format| {
        let made = make("c4", &SimulateConfig { depth: Some(depth), inverted, format, ..small(1, 3) });
        let name = format!("frame_0000.{}", format.extension());
        image::load_from_memory(&made[&name]).map(|picture| picture.color()).map_err(|error| error.to_string())
    };
    assert_eq!(picture(Depth::Sixteen, false, PictureFormat::Png), Ok(image::ColorType::L16));
    assert_eq!(picture(Depth::Eight, true, PictureFormat::Png), Ok(image::ColorType::L8));
    assert_eq!(picture(Depth::One, false, PictureFormat::Png), Ok(image::ColorType::L8));
    let mean = |inverted| {
        let made = make("c4", &SimulateConfig { inverted, ..small(1, 3) });
        let picture = image::load_from_memory(&made["frame_0000.png"]).unwrap().into_luma8();
        picture.iter().map(|&pixel| f64::from(pixel)).sum::<f64>() / (picture.len() as f64)
    };
    assert!((mean(false) + mean(true) - 255.0).abs() < 1.5);
}

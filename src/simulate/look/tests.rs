//! Whole rolls of any style.

use super::super::echo::{EchoPoint, Kind};
use super::super::roll::{FilmFrame, Roll};
use super::super::{SimulateConfig, random_calibration};
use super::*;

fn wide(seed: u64) -> SimulateConfig {
    SimulateConfig { frames: 1, seed, look: Look::Wide, ..SimulateConfig::default() }
}

/// Writes frames of `LOOK_FRAMES` seeds to the folder `LOOK_OUTPUT` with their leading edges beside, to look at.
#[test]
#[ignore = "writes pictures to look at"]
fn write_frames_to_look_at() {
    let output = std::path::PathBuf::from(std::env::var("LOOK_OUTPUT").unwrap());
    let count: u64 = std::env::var("LOOK_FRAMES").unwrap().parse().unwrap();
    let mut times = Vec::new();
    for seed in 0..count {
        let calibration = random_calibration(seed);
        let config = wide(seed);
        let roll = Roll::new(&calibration, &config).unwrap();
        let start = std::time::Instant::now();
        let frame = roll.frame(0);
        times.push(start.elapsed().as_secs_f64());
        frame.picture.save(output.join(format!("{seed:03}.png"))).unwrap();
    }
    times.sort_by(f64::total_cmp);
    let spent = format!("median {} s, largest {} s", times[times.len() / 2], times[times.len() - 1]);
    std::fs::write(output.join("times.txt"), spent).unwrap();
}

/// Darkness of an echo's tone at a point of the panel, 0 to 1, between pixels.
fn tone(frame: &FilmFrame, is_light: bool, x: f64, y: f64) -> Option<f64> {
    let (x, y) = frame.axes.placement.to_scan(x, y);
    let (width, height) = frame.picture.dimensions();
    if x < 1.0 || y < 1.0 || x > f64::from(width) - 2.0 || y > f64::from(height) - 2.0 {
        return None;
    }
    let value = f64::from(frame.picture.get_pixel(x.round() as u32, y.round() as u32).0[0]) / 65_535.0;
    Some(if is_light { value } else { 1.0 - value })
}

/// Mean tone at heights around the leading edges of strong echoes, px from -12 (below) to 12 (above).
fn edge_profile(frame: &FilmFrame, is_light: bool) -> Option<Vec<f64>> {
    let mut sums = vec![0.0; 25];
    let mut count = 0.0;
    for echo in frame.echoes.iter().filter(|echo| echo.kind == Kind::Trace && echo.hop == 1) {
        for pair in echo.points.windows(2).filter(|pair| pair[0].strength > 0.5) {
            let place = |point: EchoPoint| {
                let x = frame.axes.sweep.x_at(point.mhz, frame.axes.sweep.reference_y);
                (x, frame.axes.range.y_at(point.km, x))
            };
            let ((x0, y0), (x1, y1)) = (place(pair[0]), place(pair[1]));
            // Flat parts only: where a trace is steep, its side is not its edge.
            if (y1 - y0).abs() > 0.3 * (x1 - x0).abs() {
                continue;
            }
            let tones: Option<Vec<f64>> =
                (0..25).map(|i| tone(frame, is_light, x0, y0 + 12.0 - f64::from(i))).collect();
            if let Some(tones) = tones {
                sums.iter_mut().zip(tones).for_each(|(sum, tone)| *sum += tone);
                count += 1.0;
            }
        }
    }
    (count > 40.0).then(|| sums.into_iter().map(|sum| sum / count).collect())
}

// The truth of every style is the leading edge: at half of the rise the picture is at most a few pixels or a gate off.
#[test]
fn leading_edges_stand_where_the_truth_says() {
    let (mut offsets, mut all) = (Vec::new(), 0);
    for seed in 0..60 {
        let calibration = random_calibration(seed);
        let config = wide(seed);
        let frame = Roll::new(&calibration, &config).unwrap().frame(0);
        let is_light = calibration.film.echo == crate::model::Echo::Light;
        let Some(profile) = edge_profile(&frame, is_light) else { continue };
        all += 1;
        let low = profile[..8].iter().sum::<f64>() / 8.0;
        let high = profile[8..].iter().copied().fold(0.0, f64::max);
        if high - low < 0.1 {
            continue;
        }
        let crossing = profile.iter().position(|&tone| tone > 0.5 * (low + high)).unwrap();
        offsets.push((crossing as f64 - 12.0, seed));
    }
    offsets.sort_by(|a, b| a.0.total_cmp(&b.0));
    assert!(all > 20 && offsets.len() * 10 > all * 8, "{} of {all} show", offsets.len());
    let median = offsets[offsets.len() / 2].0;
    let far = offsets.iter().filter(|offset| offset.0.abs() > 3.0).count();
    assert!(median.abs() <= 1.0 && far * 8 < offsets.len(), "{offsets:?}");
}

#[test]
fn the_same_seed_gives_the_same_picture_of_any_look() {
    let calibration = random_calibration(4);
    let picture = |seed| Roll::new(&calibration, &wide(seed)).unwrap().frame(0).picture;
    assert_eq!(picture(3), picture(3));
    assert_ne!(picture(3), picture(5));
}

#[test]
fn every_shipped_instrument_can_have_any_look() {
    for name in crate::engine::shipped_names() {
        let calibration = crate::engine::shipped_calibration(name).unwrap();
        for seed in 0..3 {
            let config = SimulateConfig { scale: 0.3, ..wide(seed) };
            let frame = Roll::new(&calibration, &config).unwrap().frame(0);
            assert!(frame.picture.iter().any(|pixel| pixel != &frame.picture.as_raw()[0]), "{name} {seed}");
        }
    }
}

//! Each plot against a small reference picture. `IONOSCRIBE_BLESS=1` writes the pictures anew: look at them.

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ImageReader, RgbImage};
use ionoscribe::model::CharacteristicName::{self, FbEs, Fmin, FoE, FoEs, FoF1, FoF2, FxI, HE, HF, HF2, M3000F2};
use ionoscribe::plot::{
    Curve, DayPlot, FrameMark, ProfileCurve, Scene, coverage, day, frame_traces, medians, month, profile, series,
};
use ionoscribe::series::{Origin, Reading, hourly, monthly};
use ionoscribe::statistics::Rules;
use jiff::{Timestamp, civil::date, tz::TimeZone};
use std::f64::consts::TAU;
use std::path::Path;

/// Pixels to a unit of the drawing: small files; `ionoscribe plot` draws them legibly.
const SCALE: f64 = 0.35;
/// A value of a pixel further from the reference than this differs.
const DIFFERENT: u8 = 48;
/// Share of pixels that may differ: text drawn half a pixel further.
const SHARE: f64 = 0.004;

fn check(name: &str, scene: &Scene) {
    let picture = scene.to_picture(SCALE);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/plot").join(format!("{name}.png"));
    if std::env::var_os("IONOSCRIBE_BLESS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let file = std::fs::File::create(&path).unwrap();
        let encoder = PngEncoder::new_with_quality(file, CompressionType::Best, FilterType::Adaptive);
        picture.write_with_encoder(encoder).unwrap();
        return;
    }
    let reference: RgbImage = ImageReader::open(&path)
        .unwrap_or_else(|error| panic!("{}: {error}; IONOSCRIBE_BLESS=1 makes it", path.display()))
        .decode()
        .unwrap()
        .into_rgb8();
    assert_eq!(picture.dimensions(), reference.dimensions(), "{name}");
    let pairs = picture.pixels().zip(reference.pixels());
    let differing = pairs.filter(|(a, b)| a.0.iter().zip(b.0).any(|(a, b)| a.abs_diff(b) > DIFFERENT)).count();
    let share = differing as f64 / (picture.width() * picture.height()) as f64;
    assert!(share <= SHARE, "{name}: {:.2} % of the pixels differ", 100.0 * share);
    let svg = scene.to_svg();
    assert!(svg.starts_with("<svg") && svg.ends_with("</svg>\n") && !svg.contains("NaN"), "{name}");
}

fn midnight(year: i16, month: i8, day: i8) -> i64 {
    date(year, month, day).to_zoned(TimeZone::UTC).unwrap().timestamp().as_second()
}

/// Readings every `step` seconds: a day's and a cycle's wave, letters, flags and gaps at fixed places.
fn made(names: &[CharacteristicName], from: i64, to: i64, step: usize) -> Vec<Reading> {
    let mut all = Vec::new();
    for second in (from..to).step_by(step) {
        for (index, name) in names.iter().enumerate() {
            let hours = second as f64 / 3600.0;
            let wave = 0.5 - 0.4 * (TAU * (hours - 2.0) / 24.0).cos() + 0.2 * (TAU * hours / 96_000.0).sin();
            let chance = (second / 900 * 7919 + index as i64 * 104_729).rem_euclid(97);
            let value = match name.unit() {
                "km" => 100.0 + 60.0 * index as f64 + 80.0 * wave + chance as f64 / 8.0,
                "1" => 2.8 + 0.6 * wave,
                _ => 1.2 + (7.0 - index as f64) * (0.4 + wave) * 0.8 + chance as f64 / 80.0,
            };
            let (value, qualifier, descriptor, flag) = match chance {
                0..=5 => (None, None, Some(['A', 'B', 'C', 'S'][chance as usize % 4]), 9),
                6..=9 => (Some(value), Some('U'), Some('F'), 3),
                10 | 11 => (Some(value * 1.3), None, None, 4),
                12..=15 => (Some(value), Some('D'), Some('R'), 1),
                16..=18 => (Some(value), None, Some('H'), 1),
                _ => (Some(value), None, None, 1),
            };
            all.push(Reading {
                station: Some("MADE".into()),
                time: Timestamp::from_second(second).ok(),
                name: *name,
                value,
                lower: value.map(|value| value * 0.97),
                upper: value.map(|value| value * 1.03).filter(|_| qualifier != Some('D')),
                qualifier,
                descriptor,
                flag,
                origin: Origin::Film,
                revision: 0,
            });
        }
    }
    all
}

#[test]
fn f_plot_of_a_day() {
    let names = [FoF2, FoF1, FoE, FoEs, FbEs, Fmin, FxI];
    let readings = made(&names, midnight(1957, 7, 4), midnight(1957, 7, 5), 3600);
    check("f_plot", &day(&readings, date(1957, 7, 4), DayPlot::Frequencies).unwrap());
    assert!(day(&readings, date(1957, 7, 6), DayPlot::Frequencies).is_none());
}

#[test]
fn h_plot_of_a_day() {
    let readings = made(&[HE, HF, HF2], midnight(1957, 7, 4), midnight(1957, 7, 5), 900);
    check("h_plot", &day(&readings, date(1957, 7, 4), DayPlot::Heights).unwrap());
}

#[test]
fn matrix_of_a_month() {
    let readings = made(&[FoF2], midnight(1957, 7, 1), midnight(1957, 7, 30), 3600);
    let rules = Rules::uag23().unwrap();
    check("month", &month(&hourly(readings, 0), date(1957, 7, 1), &rules).unwrap());
}

#[test]
fn medians_over_years() {
    let readings = made(&[FoF2], midnight(1957, 1, 1), midnight(1969, 1, 1), 6 * 3600);
    // Three years without soundings.
    let gap = midnight(1962, 1, 1)..midnight(1965, 1, 1);
    let readings = readings.into_iter().filter(|one| !gap.contains(&one.time.unwrap().as_second())).collect();
    let months = monthly(readings, &[1, 2], 0, &Rules::uag23().unwrap());
    check("medians", &medians(&months, &[0, 12]).unwrap());
}

#[test]
fn calendar_of_coverage() {
    let frame = |second: i64| FrameMark {
        station: Some("MADE".to_owned()),
        time: Timestamp::from_second(second).ok(),
        status: ["scaled", "scaled", "scaled", "no_echo", "rejected", "failed"][(second / 7200).rem_euclid(6) as usize]
            .to_owned(),
    };
    let frames = (midnight(1957, 3, 1)..midnight(1957, 11, 5)).step_by(7200).map(frame).collect::<Vec<_>>();
    check("coverage", &coverage(&frames));
}

#[test]
fn series_of_days() {
    let readings = made(&[FoF2, FoE, HF, M3000F2], midnight(1957, 7, 4), midnight(1957, 7, 7), 3600);
    check("series", &series(&readings).unwrap());
}

#[test]
fn one_ionogram() {
    let layer = |name: &str, low: f64, high: f64, base: f64| -> Vec<Curve> {
        let trace = |mode: &str, shift: f64, hop: u8| Curve {
            frame_id: "made-0".to_owned(),
            station: Some("MADE".to_owned()),
            time: "1957-07-04T12:00:00Z".parse().ok(),
            mode: mode.to_owned(),
            layer: name.to_owned(),
            hop,
            points: (0..60)
                .map(|index| low + (high - low) * f64::from(index) / 60.0)
                .map(|mhz| (mhz + shift, f64::from(hop) * (base - 25.0 * (1.0 - mhz / high).ln())))
                .collect(),
        };
        vec![trace("O", 0.0, 1), trace("X", 0.7, 1), trace("O", 0.0, 2)]
    };
    let curves: Vec<Curve> =
        [layer("E", 1.6, 3.1, 105.0), layer("F2", 3.3, 8.2, 240.0)].into_iter().flatten().collect();
    let mut readings = made(&[FoF2, FoE, Fmin, HE, HF, M3000F2], 0, 1, 1);
    for (reading, value) in readings.iter_mut().zip([8.2, 3.1, 1.6, 105.0, 242.0, 3.1]) {
        (reading.value, reading.flag, reading.qualifier, reading.descriptor) = (Some(value), 1, None, None);
    }
    readings[1].flag = 3;
    readings[4].descriptor = Some('Q');
    check("ionogram", &frame_traces(&curves, &readings).unwrap());
    assert!(frame_traces(&[], &readings).is_none());
}

#[test]
fn profile_of_density() {
    let curve = |factor: f64| -> Vec<(f64, f64)> {
        (0..40).map(f64::from).map(|x| (factor * (1.0 + 7.0 * (x / 39.0).powf(0.6)), 90.0 + 5.5 * x)).collect()
    };
    let profile_curve = ProfileCurve {
        frame_id: "made-0".to_owned(),
        station: Some("MADE".to_owned()),
        time: "1957-07-04T12:00:00Z".parse().ok(),
        points: curve(1.0),
        lower: curve(0.95),
        upper: curve(1.05),
    };
    check("profile", &profile(&profile_curve).unwrap());
    assert!(profile(&ProfileCurve::default()).is_none());
}

//! Writes a made dataset of one station: 70 years of 15-minute values of 12 characteristics, through the project's own
//! writer. For measuring questions on long series; the values are no ionosphere beyond a day, a year and a solar cycle.
//!
//! ```sh
//! cargo run --release --example long_series -- FOLDER [YEARS]
//! ```

#![expect(clippy::print_stdout, reason = "a program of its own")]

use ionoscribe::dataset::{
    CharacteristicRow, Commit, Dataset, FORMAT_VERSION, FrameRow, Identity, Input, Rows, ValueOrigin,
};
use ionoscribe::model::{CharacteristicName, Flag, FrameClass, GridOrigin, Origin, PixelBox, Status};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::f64::consts::TAU;

/// Milliseconds from one sounding to the next.
const STEP: i64 = 15 * 60_000;
const DAY: f64 = 86_400_000.0;
const NAMES: [CharacteristicName; 12] = [
    CharacteristicName::FoF2,
    CharacteristicName::M3000F2,
    CharacteristicName::HF2,
    CharacteristicName::Muf3000F2,
    CharacteristicName::FoF1,
    CharacteristicName::HF,
    CharacteristicName::FoE,
    CharacteristicName::HE,
    CharacteristicName::FoEs,
    CharacteristicName::FbEs,
    CharacteristicName::Fmin,
    CharacteristicName::FxI,
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("name the folder to write")?;
    let years: i16 = arguments.next().map_or(Ok(70), |years| years.parse())?;
    let identity = Identity {
        format_version: FORMAT_VERSION.to_owned(),
        engine_version: env!("CARGO_PKG_VERSION").to_owned(),
        pipeline_sha256: "0".repeat(64),
        calibration_id: "made".to_owned(),
        calibration_sha256: "0".repeat(64),
    };
    let dataset = Dataset::create(folder.as_ref(), &identity)?;
    let mut values = 0;
    for year in 1956..1956 + years {
        let rows = one_year(year)?;
        values += rows.characteristics.len();
        let frames = rows.frames.len() as u64;
        let commit = Commit {
            segment: format!("made-{year}"),
            roll: "made".to_owned(),
            identity: identity.clone(),
            input: Input::default(),
            statuses: BTreeMap::from([("scaled".to_owned(), frames)]),
            reasons: BTreeMap::new(),
            failures: BTreeMap::new(),
            files: Vec::new(),
        };
        dataset.write(commit, rows)?;
    }
    println!("{values} rows of characteristics in {folder}");
    Ok(())
}

fn one_year(year: i16) -> Result<Rows, Box<dyn std::error::Error>> {
    let start = |year: i16| -> Result<i64, jiff::Error> {
        Ok(jiff::civil::date(year, 1, 1).to_zoned(jiff::tz::TimeZone::UTC)?.timestamp().as_millisecond())
    };
    let mut rows = Rows::default();
    for time in (start(year)?..start(year + 1)?).step_by(STEP as usize) {
        let frame_id = format!("{:016x}-0", scramble(time as u64));
        rows.frames.push(frame(&frame_id, time)?);
        for (index, name) in NAMES.into_iter().enumerate() {
            rows.characteristics.push(reading(&frame_id, time, name, index as u64)?);
        }
    }
    Ok(rows)
}

fn frame(frame_id: &str, time: i64) -> Result<FrameRow, jiff::Error> {
    Ok(FrameRow {
        frame_id: frame_id.to_owned(),
        source_file: "made/strip.tif".to_owned(),
        source_sha256: "0".repeat(64),
        frame_index: (time / STEP % 100_000) as i32,
        roll: "made".to_owned(),
        bbox: PixelBox { x: 0, y: 0, w: 2072, h: 816 },
        rotation_deg: 0.0,
        mirrored: false,
        inverted: false,
        station: Some("MADE".to_owned()),
        station_code: Some("43".to_owned()),
        station_origin: Some(Origin::Read),
        time_utc: Some(Timestamp::from_millisecond(time)?),
        time_quality: Some(2),
        time_origin: Some(Origin::Read),
        time_confidence: 0.99,
        caption_text: String::new(),
        calibration_id: "made".to_owned(),
        markers_found: 24,
        markers_expected: 25,
        frequency_residual_px: Some(0.4),
        height_residual_px: Some(0.3),
        axes_origin: Some(GridOrigin::Own),
        frame_class: Some(FrameClass::Ionogram),
        status: Status::Scaled,
        reason: String::new(),
        flag: Flag::Pass,
    })
}

fn reading(frame_id: &str, time: i64, name: CharacteristicName, index: u64) -> Result<CharacteristicRow, jiff::Error> {
    let chance = scramble(time as u64 ^ (index << 56));
    let days = time as f64 / DAY;
    let sun = (TAU * (days - 0.5)).cos();
    let cycle = (TAU * days / 4017.0).sin();
    let season = (TAU * days / 365.25).cos();
    let share = 0.5 + 0.3 * sun + 0.12 * cycle + 0.05 * season + 0.03 * ((chance % 1000) as f64 / 500.0 - 1.0);
    let (low, high, step) = match name.unit() {
        "km" => (90.0, 420.0, 5.0),
        "1" => (2.2, 3.9, 0.05),
        _ => (1.0 + 0.3 * index as f64, 14.0 - 0.7 * index as f64, 0.1),
    };
    let value = ((low + share * (high - low)) / step).round() * step;
    let (value, flag, qualifier, descriptor) = match chance >> 32 & 0xff {
        0..=11 => (None, Flag::Missing, None, Some(['A', 'B', 'C', 'S'][(chance >> 40 & 3) as usize])),
        12..=16 => (Some(value), Flag::Suspect, Some('U'), Some('S')),
        17..=20 => (Some(value), Flag::Pass, Some('D'), Some('R')),
        21 => (None, Flag::Missing, None, Some('G')),
        _ => (Some(value), Flag::Pass, None, None),
    };
    Ok(CharacteristicRow {
        frame_id: frame_id.to_owned(),
        station: Some("MADE".to_owned()),
        time_utc: Some(Timestamp::from_millisecond(time)?),
        name,
        value,
        lower: value.map(|value| value - step),
        upper: value.filter(|_| qualifier != Some('D')).map(|value| value + step),
        qualifier,
        descriptor,
        confidence: 0.9,
        flag,
        tests: if flag == Flag::Suspect { "rate_of_change".to_owned() } else { String::new() },
        origin: ValueOrigin::Film,
    })
}

/// A well-mixed number (the finaliser of splitmix64, Steele et al. 2014).
fn scramble(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

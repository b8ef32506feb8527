//! Measures quality control: puts errors of known kinds into the readings of clean simulated film and counts what is
//! flagged.
//!
//! ```sh
//! cargo run --release --example inject_errors [INSTRUMENT] [FRAMES] [SEED...]
//! ```
//!
//! Errors go only into values that pass without them, about one in twenty frames and well apart; everything that a real
//! mistake of the kind would change is changed with it.

#[path = "shared/film.rs"]
mod film;

use film::{Failure, Truth, pipeline, read};
use ionoscribe::model::{CharacteristicName as Name, Flag};
use ionoscribe::quality::{FlaggedValue, Sounding, qc_roll};
use ionoscribe::simulate::{Level, SimulateConfig, simulate};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use std::collections::BTreeMap;

/// Frames from one error to the next.
const APART: usize = 18;

/// A kind of error: its name, frames that one error spans, and what it does to a frame of the stretch. Returns the characteristics that are
/// wrong then; none: the frame as a whole.
struct Kind {
    name: &'static str,
    span: usize,
    asked: f64,
    spoil: fn(&mut [Sounding], usize) -> Option<Vec<Name>>,
}

const FREQUENCIES: &[Name] = &[Name::FoF2, Name::FxF2, Name::FxI, Name::Muf3000F2];
const HEIGHTS: &[Name] = &[Name::HF, Name::HF2, Name::HpF2, Name::HE, Name::HEs];

const KINDS: &[Kind] = &[
    Kind { name: "wrong year digit", span: 1, asked: 0.95, spoil: wrong_year },
    Kind { name: "swapped hour digits", span: 1, asked: 0.95, spoil: swapped_hour },
    Kind { name: "marker identity shifted by one", span: 1, asked: 0.95, spoil: shifted_identity },
    Kind { name: "foF2 off by 1 MHz", span: 1, asked: 0.95, spoil: |frames, k| off(frames, k, 1.0, FREQUENCIES) },
    Kind { name: "foF2 off by 0.5 MHz", span: 1, asked: 0.8, spoil: |frames, k| off(frames, k, 0.5, FREQUENCIES) },
    Kind {
        name: "foF2 alone off by 0.5 MHz",
        span: 1,
        asked: 0.8,
        spoil: |frames, k| off(frames, k, 0.5, &[Name::FoF2]),
    },
    Kind { name: "height scale off by 10 %", span: 1, asked: 0.8, spoil: wrong_height_scale },
    Kind { name: "reversed stretch", span: 10, asked: 0.8, spoil: reversed },
    Kind { name: "flat line", span: 8, asked: 0.8, spoil: flat_line },
    Kind { name: "X trace taken for O", span: 1, asked: 0.8, spoil: x_for_o },
    Kind { name: "second hop taken for first", span: 1, asked: 0.8, spoil: second_hop },
];

#[expect(clippy::print_stdout, reason = "a task says what it measured")]
fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let instrument = arguments.next().unwrap_or_else(|| "c4".to_owned());
    let frames = arguments.next().map_or(Ok(384), |text| text.parse())?;
    let mut seeds = arguments.map(|text| text.parse()).collect::<Result<Vec<u64>, _>>()?;
    if seeds.is_empty() {
        seeds = vec![11, 12, 13];
    }
    let mut counts: BTreeMap<usize, Count> = BTreeMap::new();
    let mut good = [0; 3];
    let mut cried: BTreeMap<String, usize> = BTreeMap::new();
    for seed in seeds {
        let (drawn, truth) = readings(&instrument, frames, seed)?;
        let config = pipeline(&instrument)?.settings.quality;
        let mut clean = drawn.clone();
        qc_roll(&mut clean, &config);
        for (k, frame) in clean.iter().enumerate() {
            for (value, before) in frame.values.iter().zip(&drawn[k].values) {
                let true_value = truth.get(&(k, value.characteristic.name)).and_then(|is| is.0);
                let Some((read, is)) = value.characteristic.value.zip(true_value) else { continue };
                if (read - is).abs() <= 2.0 * value.characteristic.name.reading_unit() {
                    good[0] += 1;
                    good[1] += usize::from(value.flag > Flag::NotEvaluated);
                    for test in &value.tests {
                        *cried.entry(format!("{test} {}", value.characteristic.name.as_str())).or_default() += 1;
                    }
                    good[2] += usize::from(value.flag > Flag::NotEvaluated && before.flag == Flag::Pass);
                }
            }
        }
        for (index, kind) in KINDS.iter().enumerate() {
            let count = counts.entry(index).or_default();
            let mut spoiled = drawn.clone();
            let mut places = Vec::new();
            let mut k = 7;
            while k + kind.span + 2 < spoiled.len() {
                let passes = (k..k + kind.span).all(|at| {
                    clean[at].flag == Flag::Pass
                        && value(&clean[at], Name::FoF2).is_some_and(|row| row.flag == Flag::Pass)
                });
                if passes && let Some(names) = (kind.spoil)(&mut spoiled, k) {
                    places.extend((k..k + kind.span).map(|at| (at, names.clone())));
                    k += APART + kind.span;
                } else {
                    k += 1;
                }
            }
            qc_roll(&mut spoiled, &config);
            for (k, names) in places {
                if names.is_empty() {
                    count.add(spoiled[k].flag, spoiled[k].values.iter().flat_map(|row| &row.tests));
                }
                let passed = |row: &&FlaggedValue| {
                    value(&clean[k], row.characteristic.name).is_some_and(|row| row.flag == Flag::Pass)
                };
                for name in names {
                    if let Some(row) = value(&spoiled[k], name).filter(passed) {
                        count.add(row.flag, row.tests.iter());
                    }
                }
            }
        }
    }
    println!("{:<32}{:>9}{:>10}{:>8}  by", "error", "injected", "detected", "asked");
    for (kind, count) in KINDS.iter().zip(counts.values()) {
        let mut tests: Vec<_> = count.tests.iter().collect();
        tests.sort_by_key(|(name, found)| (std::cmp::Reverse(**found), **name));
        let tests: Vec<&str> = tests.into_iter().take(4).map(|(name, _)| *name).collect();
        let (share, asked) = (100.0 * count.found as f64 / count.all.max(1) as f64, 100.0 * kind.asked);
        println!("{:<32}{:>9}{share:>9.1}%{asked:>7.0}%  {}", kind.name, count.all, tests.join(" "));
    }
    let share = |part: usize| 100.0 * part as f64 / good[0].max(1) as f64;
    println!("good values without errors: {}", good[0]);
    println!("  suspect or worse                {:.2}%", share(good[1]));
    println!("  of these by tests along the roll {:.2}%", share(good[2]));
    let mut cried: Vec<_> = cried.into_iter().collect();
    cried.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), name.clone()));
    for (name, count) in cried.iter().take(12) {
        println!("  {count:>6}  {name}");
    }
    Ok(())
}

#[derive(Default)]
struct Count {
    all: usize,
    found: usize,
    tests: BTreeMap<&'static str, usize>,
}

impl Count {
    fn add<'a>(&mut self, flag: Flag, tests: impl Iterator<Item = &'a &'static str>) {
        self.all += 1;
        self.found += usize::from(matches!(flag, Flag::Suspect | Flag::Fail));
        let tests: std::collections::BTreeSet<&'static str> = tests.copied().collect();
        tests.into_iter().for_each(|test| *self.tests.entry(test).or_default() += 1);
    }
}

/// The readings of a clean simulated roll before they are compared with each other, and the truth.
fn readings(instrument: &str, frames: u32, seed: u64) -> Result<(Vec<Sounding>, Truth), Failure> {
    let pipeline = pipeline(instrument)?;
    let folder = std::env::temp_dir().join(format!("ionoscribe-inject-{}-{seed}", std::process::id()));
    let config = SimulateConfig { frames, seed, level: Level::Clean, scale: 0.6, ..Default::default() };
    simulate(&pipeline.calibration, &config, &folder)?;
    let read = read(&pipeline, &folder)?;
    std::fs::remove_dir_all(&folder)?;
    Ok(read)
}

fn value(frame: &Sounding, name: Name) -> Option<&FlaggedValue> {
    frame.values.iter().find(|row| row.characteristic.name == name)
}

/// Changes values with their bounds; the names of those that are there.
fn change(frame: &mut Sounding, names: &[Name], new: impl Fn(Name, f64) -> f64) -> Vec<Name> {
    let mut changed = Vec::new();
    for row in &mut frame.values {
        let row = &mut row.characteristic;
        let Some(old) = row.value.filter(|_| names.contains(&row.name)) else { continue };
        let value = new(row.name, old);
        row.value = Some(value);
        row.lower = row.lower.map(|lower| lower + value - old);
        row.upper = row.upper.map(|upper| upper + value - old);
        changed.push(row.name);
    }
    changed
}

fn wrong_year(frames: &mut [Sounding], k: usize) -> Option<Vec<Name>> {
    let years = [-3, 1, 5, -1, 2, -6][k % 6];
    let days = (f64::from(years) * 365.25).round() as i64;
    frames[k].time = frames[k].time.map(|time| time + SignedDuration::from_hours(24 * days));
    frames[k].time.map(|_| Vec::new())
}

fn swapped_hour(frames: &mut [Sounding], k: usize) -> Option<Vec<Name>> {
    let time = frames[k].time?;
    let hour = i64::from(time.to_zoned(TimeZone::UTC).hour());
    let swapped = 10 * (hour % 10) + hour / 10;
    (swapped < 24 && swapped != hour).then(|| {
        frames[k].time = Some(time + SignedDuration::from_hours(swapped - hour));
        Vec::new()
    })
}

fn shifted_identity(frames: &mut [Sounding], k: usize) -> Option<Vec<Name>> {
    let axes = frames[k].axes.as_mut()?;
    axes.mhz = axes.mhz.map(|mhz| mhz + 1.0);
    let all = [FREQUENCIES, &[Name::FoF1, Name::FoE, Name::FoEs, Name::FbEs, Name::Fmin]].concat();
    let changed = change(&mut frames[k], &all, |_, mhz| mhz + 1.0);
    Some(changed)
}

fn off(frames: &mut [Sounding], k: usize, mhz: f64, names: &[Name]) -> Option<Vec<Name>> {
    let sign = if k.is_multiple_of(2) { 1.0 } else { -1.0 };
    let old = value(&frames[k], Name::FoF2)?.characteristic.value?;
    let ratio = (old + sign * mhz) / old;
    change(
        &mut frames[k],
        names,
        |name, value| {
            if name == Name::Muf3000F2 { value * ratio } else { value + sign * mhz }
        },
    );
    Some(vec![Name::FoF2])
}

fn wrong_height_scale(frames: &mut [Sounding], k: usize) -> Option<Vec<Name>> {
    let axes = frames[k].axes.as_mut()?;
    axes.km = axes.km.map(|km| km * 1.1);
    Some(change(&mut frames[k], HEIGHTS, |_, km| km * 1.1))
}

fn reversed(frames: &mut [Sounding], k: usize) -> Option<Vec<Name>> {
    let times: Vec<Option<Timestamp>> = frames[k..k + 10].iter().map(|frame| frame.time).collect();
    frames[k..k + 10].iter_mut().zip(times.into_iter().rev()).for_each(|(frame, time)| frame.time = time);
    Some(Vec::new())
}

fn flat_line(frames: &mut [Sounding], k: usize) -> Option<Vec<Name>> {
    let kept = value(&frames[k], Name::FoF2)?.characteristic.value?;
    frames[k..k + 8].iter_mut().for_each(|frame| {
        change(frame, &[Name::FoF2], |_, _| kept);
    });
    Some(vec![Name::FoF2])
}

fn x_for_o(frames: &mut [Sounding], k: usize) -> Option<Vec<Name>> {
    let gyro = frames[k].gyro_mhz?;
    let old = value(&frames[k], Name::FoF2)?.characteristic.value?;
    let wrong = gyro / 2.0 + (old * old + gyro * gyro / 4.0).sqrt();
    change(&mut frames[k], &[Name::FoF2, Name::Muf3000F2], |name, value| {
        if name == Name::FoF2 { wrong } else { value * wrong / old }
    });
    for row in &mut frames[k].values {
        if matches!(row.characteristic.name, Name::FxF2 | Name::FxI) {
            row.characteristic.value = None;
            row.flag = Flag::Missing;
        }
    }
    Some(vec![Name::FoF2])
}

fn second_hop(frames: &mut [Sounding], k: usize) -> Option<Vec<Name>> {
    value(&frames[k], Name::HF)?.characteristic.value?;
    let changed = change(&mut frames[k], &[Name::HF, Name::HF2, Name::HpF2], |_, km| 2.0 * km);
    change(&mut frames[k], &[Name::M3000F2, Name::Muf3000F2], |_, factor| 0.65 * factor);
    Some(changed)
}

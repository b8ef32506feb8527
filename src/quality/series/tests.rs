//! What the tests along the roll find in a daily course with single faults.

use super::*;
use crate::model::CharacteristicName as Name;
use crate::quality::background::smoothed_sunspots;

/// Frames every 15 minutes from 1965-03-10 on, with a daily course and no noise but a slow one.
fn roll(frames: usize) -> Vec<Sounding> {
    let start: Timestamp = "1965-03-10T00:00Z".parse().unwrap();
    (0..frames)
        .map(|k| {
            let hour = 0.25 * k as f64;
            let slow = 0.02 * (hour * 1.7).sin() + 0.01 * (hour * 5.1).cos();
            let value = (5.0 - 2.0 * (hour / 24.0 * std::f64::consts::TAU).cos()) * (1.0 + slow);
            let row = |name: Name, value: f64| FlaggedValue {
                characteristic: Characteristic {
                    name,
                    value: Some(value),
                    lower: Some(value * 0.99),
                    upper: Some(value * 1.01),
                    qualifier: None,
                    descriptor: None,
                    confidence: 0.9,
                },
                flag: Flag::Pass,
                tests: Vec::new(),
                evidence: None,
            };
            Sounding {
                station: Some("X".to_owned()),
                place: None,
                gyro_mhz: Some(1.3),
                time: Some(start + jiff::SignedDuration::from_mins(15 * k as i64)),
                time_quality: Some(2),
                axes: Some(axes([1.0, 25.0], [800.0, 0.0])),
                status: Status::Scaled,
                reason: String::new(),
                flag: Flag::Pass,
                values: vec![row(Name::FoF2, value), row(Name::HF, 250.0 * (1.0 + slow))],
            }
        })
        .collect()
}

/// Axes without bends over a panel of 2,000 x 800 pixels.
fn axes(mhz: [f64; 2], km: [f64; 2]) -> Axes {
    let (per_column, per_row) = ((mhz[1] - mhz[0]) / 2000.0, (km[1] - km[0]) / 800.0);
    Axes { x: [0.0, 2000.0], y: [0.0, 800.0], mhz, km, mhz_per_px: [per_column; 2], km_per_px: [per_row; 2] }
}

/// Frames whose foF2 does not pass a test.
fn marked(frames: &mut [Sounding], test: &str) -> Vec<usize> {
    qc_roll(frames, &QualityConfig::default());
    (0..frames.len()).filter(|&k| frames[k].values[0].tests.contains(&test)).collect()
}

fn set(frames: &mut [Sounding], k: usize, change: impl Fn(f64) -> f64) {
    let value = &mut frames[k].values[0].characteristic;
    value.value = value.value.map(&change);
    value.lower = value.lower.map(&change);
    value.upper = value.upper.map(&change);
}

#[test]
fn a_quiet_roll_passes_and_gains_confidence() {
    let mut frames = roll(200);
    qc_roll(&mut frames, &QualityConfig::default());
    for frame in &frames {
        assert_eq!((frame.flag, frame.values.len()), (Flag::Pass, 2));
        assert!(frame.values.iter().all(|value| value.flag == Flag::Pass), "{:?}", frame.values);
        assert!(frame.values[0].characteristic.confidence > 0.9);
    }
}

#[test]
fn a_spike_is_marked_doubted_and_given_a_second_row() {
    let mut frames = roll(100);
    set(&mut frames, 40, |value| value + 1.0);
    assert_eq!(marked(&mut frames, "spike"), [40]);
    let [measured, height, added] = &frames[40].values[..] else { panic!("{:?}", frames[40].values) };
    assert_eq!((measured.flag, height.flag, added.flag), (Flag::Suspect, Flag::Pass, Flag::NotEvaluated));
    assert!(measured.characteristic.confidence < 0.3);
    let value = |row: &FlaggedValue| row.characteristic.value.unwrap();
    assert_eq!(added.characteristic.qualifier, Some('T'));
    assert!((value(measured) - value(added) - 1.0).abs() < 0.2, "{added:?}");
    let (lower, upper) = (added.characteristic.lower.unwrap(), added.characteristic.upper.unwrap());
    assert!(lower < value(measured) - 1.0 && upper > value(measured) - 1.0);
    assert!(frames.iter().enumerate().all(|(k, frame)| k == 40 || frame.values.len() == 2));
}

#[test]
fn a_missing_value_between_others_is_interpolated_beside_the_empty_row() {
    let mut frames = roll(60);
    let row = &mut frames[30].values[0];
    let truth = row.characteristic.value.take().unwrap();
    row.characteristic.descriptor = Some('S');
    row.flag = Flag::Missing;
    qc_roll(&mut frames, &QualityConfig::default());
    assert_eq!((frames[30].values[0].flag, frames[30].values[0].characteristic.value), (Flag::Missing, None));
    let added = &frames[30].values[2].characteristic;
    assert_eq!((added.qualifier, added.descriptor), (Some('I'), Some('S')));
    assert!((added.value.unwrap() - truth).abs() < 0.2);
}

#[test]
fn a_rejected_frame_gets_no_value_from_its_neighbours() {
    let mut frames = roll(60);
    frames[30].status = Status::Rejected;
    frames[30].flag = Flag::Fail;
    frames[30].values.iter_mut().for_each(|value| value.flag = Flag::Fail);
    qc_roll(&mut frames, &QualityConfig::default());
    assert!(frames[30].values.iter().all(|value| value.flag == Flag::Fail) && frames[30].values.len() == 2);
}

#[test]
fn wrong_years_and_hours_and_reversed_stretches_leave_the_roll() {
    let shift = |frames: &mut [Sounding], k: usize, hours: i64| {
        frames[k].time = frames[k].time.map(|time| time + jiff::SignedDuration::from_hours(hours));
    };
    for (places, hours) in [(vec![30], 8766), (vec![50], -9), (vec![1], 9), (vec![0], 9), (vec![20, 21, 22], -8766 * 2)]
    {
        let mut frames = roll(100);
        places.iter().for_each(|&k| shift(&mut frames, k, hours));
        assert_eq!(marked(&mut frames, "time_order"), places, "{hours}");
    }
    for places in [40..48, 20..60, 60..100, 50..100] {
        let mut frames = roll(100);
        reverse(&mut frames, places.clone());
        assert_eq!(marked(&mut frames, "time_order"), places.clone().collect::<Vec<_>>());
        assert_eq!(
            (frames[70].flag == Flag::Suspect, frames[30].flag == Flag::Suspect),
            (places.contains(&70), places.contains(&30))
        );
        frames.reverse();
        assert_eq!(marked(&mut frames, "time_order").len(), places.len());
    }
    let mut frames = roll(100);
    (10..90).step_by(25).for_each(|first| reverse(&mut frames, first..first + 10));
    assert_eq!(marked(&mut frames, "time_order").len(), 40);
    let mut frames = roll(100);
    reverse(&mut frames, 40..48);
    qc_roll(&mut frames, &QualityConfig::default());
    assert_eq!(frames[43].flag, Flag::Suspect);
    assert!(!frames[43].reason.is_empty());
}

/// Gives a stretch of the film the times of the stretch turned round.
fn reverse(frames: &mut [Sounding], places: std::ops::Range<usize>) {
    let times: Vec<_> = places.clone().rev().map(|k| frames[k].time).collect();
    places.zip(times).for_each(|(k, time)| frames[k].time = time);
}

#[test]
fn rolls_in_reverse_with_gaps_and_splices_are_in_order() {
    let mut frames = roll(100);
    frames.reverse();
    assert_eq!(marked(&mut frames, "time_order"), Vec::<usize>::new());
    let mut frames = roll(100);
    for frame in &mut frames[50..] {
        frame.time = frame.time.map(|time| time - jiff::SignedDuration::from_hours(24 * 400));
    }
    assert_eq!(marked(&mut frames, "time_order"), Vec::<usize>::new());
    let mut frames = roll(100);
    frames.drain(30..45);
    assert_eq!(marked(&mut frames, "time_order"), Vec::<usize>::new());
}

#[test]
fn loose_frames_have_no_course() {
    let mut frames = roll(24);
    for (k, frame) in frames.iter_mut().enumerate() {
        // Steps of very different sizes, forward and back.
        let days = ((k * 7919) % 61) as i64;
        frame.time = frame.time.map(|time| time + jiff::SignedDuration::from_hours(24 * days));
    }
    assert_eq!(marked(&mut frames, "time_order"), Vec::<usize>::new());
}

#[test]
fn frames_of_the_same_time_are_both_marked() {
    let mut frames = roll(60);
    frames[21].time = frames[20].time;
    let found = marked(&mut frames, "duplicate_time");
    assert_eq!(found, [20, 21]);
}

#[test]
fn a_shifted_axis_differs_from_its_neighbours() {
    let mut frames = roll(60);
    frames[10].axes = Some(axes([1.0, 26.0], [800.0, 0.0]));
    frames[20].axes = Some(axes([1.0, 25.0], [880.0, 0.0]));
    frames[30].axes = Some(axes([2.0, 26.0], [800.0, 0.0]));
    assert_eq!(marked(&mut frames, "axis_drift"), [10, 20, 30]);
}

#[test]
fn inherited_axes_are_confirmed_by_the_course() {
    let mut frames = roll(60);
    [10, 20, 30, 40].iter().for_each(|&k| frames[k].axes = None);
    set(&mut frames, 20, |value| value + 1.0);
    frames[30].time = None;
    frames[40].values[1].characteristic.value = None;
    assert_eq!(marked(&mut frames, "calibration_from_roll"), [20, 30, 40]);
    assert_eq!((frames[10].flag, frames[20].flag), (Flag::Pass, Flag::Suspect));
}

#[test]
fn a_value_changed_alone_contradicts_its_frame() {
    let mut frames = roll(60);
    for frame in &mut frames {
        let [fo_f2, height] = &frame.values[..] else { panic!("{:?}", frame.values) };
        let value = fo_f2.characteristic.value.unwrap();
        let derived = [(Name::FxF2, 0.65 + value.hypot(0.65)), (Name::M3000F2, 3.0), (Name::Muf3000F2, 3.0 * value)];
        let row = |(name, value)| {
            let row = Characteristic { name, value: Some(value), ..height.characteristic.clone() };
            FlaggedValue { characteristic: Characteristic { lower: None, upper: None, ..row }, ..height.clone() }
        };
        let rows = derived.map(row);
        frame.values.extend(rows);
    }
    set(&mut frames, 20, |value| value + 0.3);
    set(&mut frames, 30, |value| value - 0.5);
    assert_eq!(marked(&mut frames, "factor_product"), [20, 30]);
    assert_eq!(marked(&mut frames, "component_separation"), [20, 30]);
}

#[test]
fn the_same_axes_are_the_same_under_another_cut() {
    let mut frames = roll(60);
    let usual = axes([1.0, 25.0], [800.0, 0.0]);
    // The picture was cut elsewhere: everything stands 60 px further on.
    let elsewhere = Axes { x: usual.x.map(|x| x + 60.0), y: usual.y.map(|y| y + 60.0), ..usual };
    // An edge of the panel was found outside the usual place.
    let wider = Axes { x: [0.0, 2060.0], mhz: [1.0, 25.0 + 60.0 * 0.012], ..usual };
    let deeper = Axes { y: [0.0, 850.0], km: [800.0, -50.0], ..usual };
    (frames[10].axes, frames[20].axes, frames[30].axes) = (Some(elsewhere), Some(wider), Some(deeper));
    assert_eq!(marked(&mut frames, "axis_drift"), Vec::<usize>::new());
}

#[test]
fn the_background_judges_single_values_and_no_whole_roll() {
    let place = Place { latitude: 51.5, longitude: -0.6 };
    let expected = |frame: &Sounding| place.fo_f2(frame.time.unwrap(), smoothed_sunspots(frame.time.unwrap()).unwrap());
    let as_expected = |factor: &dyn Fn(usize) -> f64| {
        let mut frames = roll(100);
        for k in 0..frames.len() {
            frames[k].place = Some(place);
            let value = factor(k) * expected(&frames[k]);
            set(&mut frames, k, |_| value);
        }
        marked(&mut frames, "climatology")
    };
    assert_eq!(as_expected(&|_| 1.0), Vec::<usize>::new());
    assert_eq!(as_expected(&|k| if k == 40 { 2.5 } else { 1.0 }), [40]);
    assert_eq!(as_expected(&|_| 2.5), Vec::<usize>::new());
}

#[test]
fn a_value_that_does_not_change_is_stuck() {
    let mut frames = roll(100);
    (30..38).for_each(|k| set(&mut frames, k, |_| 4.25));
    assert_eq!(marked(&mut frames, "flat_line"), (30..38).collect::<Vec<_>>());
}

#[test]
fn tests_can_be_switched_off() {
    let mut frames = roll(100);
    set(&mut frames, 40, |value| value + 2.0);
    let off = ["spike", "rate_of_change", "confidence", "improbable"].map(str::to_owned).to_vec();
    qc_roll(&mut frames, &QualityConfig { off, ..Default::default() });
    assert_eq!(frames[40].values[0].flag, Flag::Pass);
}

//! Judges: tests on the evidence, QARTOD flags, statuses and reasons.
//!
//! In: everything known of one frame ([`QcInput`]). Out: a [`QcResult`]. Then the frames of a segment, in their order,
//! are tested against each other ([`qc_roll`]), and what is flagged is ranked for review ([`review`]). Every threshold
//! that accepts, flags or rejects stands in [`QualityConfig`], that is in the pipeline file; every test in
//! [`CATALOGUE`].

mod background;
mod catalogue;
mod config;
mod cross;
mod film_table;
mod frame_tests;
mod queue;
mod relations;
mod sequence;
mod series;
mod table_cells;
mod trace_tests;
mod value_tests;
mod error_probability;

pub use background::{Place, peak_height, smoothed_sunspots};
pub use catalogue::{CATALOGUE, Scope, Test, test_named, worst_flag};
pub use config::{ClimatologyConfig, QualityConfig, QueueConfig, SeriesConfig};
pub use cross::{Entry, qc_dataset};
pub use error_probability::{FACTS, Facts, OWN, tolerance};
pub use film_table::{FilmTable, FilmTableConfig, SeriesValue, film_table};
pub use queue::{Review, review};
pub use series::{Axes, FlaggedValue, Sounding, facts, qc_roll};
pub use table_cells::qc_cell;

use crate::model::{Calibration, CaptionEvidence, Characteristic, Flag, FrameClass, FrameEvidence, Status, Trace};
use crate::roll::ResolvedMetadata;
use relations::Relations;
use trace_tests::TraceFacts;

/// Everything known of one frame when it is judged.
#[derive(Debug, Clone, Copy)]
pub struct QcInput<'a> {
    /// What the frame shows.
    pub class: FrameClass,
    /// What the class rests on.
    pub evidence: &'a FrameEvidence,
    /// Caption candidates.
    pub caption: &'a CaptionEvidence,
    /// What the roll decided.
    pub metadata: &'a ResolvedMetadata,
    /// Traces in frame pixels.
    pub traces: &'a [Trace],
    /// Scaled characteristics.
    pub characteristics: &'a [Characteristic],
    /// Share of the panel's columns that are unreadable, 0 to 1.
    pub masked_share: f32,
    /// Share of the panel's rows in interference bands, 0 to 1.
    pub band_share: f32,
}

/// The judgement of one frame.
#[derive(Debug, Clone, PartialEq)]
pub struct QcResult {
    /// How the frame counts.
    pub status: Status,
    /// Why, in one short phrase; empty for an unremarkable frame.
    pub reason: String,
    /// The frame's flag.
    pub flag: Flag,
    /// For each characteristic, in order: its flag and the names of the tests that did not pass, sorted.
    pub values: Vec<(Flag, Vec<&'static str>)>,
}

/// A test that did not pass: its name, the flag it calls for, and words for a person.
#[derive(Debug, Clone, PartialEq)]
struct Finding {
    test: &'static str,
    flag: Flag,
    words: String,
}

/// Probability that a value is sound: not a wrong trace, marker or layer. Its confidence is this times the probability
/// that a sound value is right to one reading unit, which its bounds give.
fn soundness(row: &Characteristic) -> f64 {
    (f64::from(row.confidence) / precision(row)).min(1.0)
}

/// Probability that a sound value lies within one reading unit of the truth, by its bounds.
fn precision(row: &Characteristic) -> f64 {
    match (row.lower, row.upper) {
        (Some(lower), Some(upper)) => central(row.name.reading_unit() / ((upper - lower) / 3.92).max(1e-6)).max(0.01),
        _ => 1.0,
    }
}

/// Probability of a normal deviate within z sigma, by a logistic form good to 0.01 (Bowling et al., J. Ind. Eng. Manag. 2,
/// 2009).
fn central(z: f64) -> f64 {
    let upper = 1.0 / (1.0 + (-(0.07056 * z.powi(3) + 1.5976 * z)).exp());
    2.0 * upper - 1.0
}

/// Tests one frame. A rejected frame has no passing value; a value is no better than its frame.
pub fn qc_frame(input: &QcInput<'_>, calibration: &Calibration, config: &QualityConfig) -> QcResult {
    let mut findings = frame_tests::run(input, calibration, config);
    findings.retain(|finding| config.has(finding.test));
    let facts = TraceFacts::of(input);
    let gyro_mhz = input.metadata.station_facts(calibration).and_then(|station| station.gyrofrequency_mhz);
    let relations = Relations::of(input.characteristics.iter(), gyro_mhz);
    let flag = findings.iter().map(|finding| finding.flag).max().unwrap_or(Flag::Pass);
    let echo = input.traces.iter().any(|trace| !trace.ridge.points.is_empty());
    let status = match flag {
        Flag::Fail => Status::Rejected,
        _ if echo => Status::Scaled,
        _ => Status::NoEcho,
    };
    let mut reasons: Vec<&str> =
        findings.iter().filter(|finding| finding.flag == flag).map(|finding| finding.words.as_str()).collect();
    if status == Status::NoEcho {
        reasons.insert(0, "no echo found");
    }
    let values = input
        .characteristics
        .iter()
        .map(|row| {
            if row.value.is_none() {
                return (Flag::Missing, Vec::new());
            }
            let mut found = value_tests::run(row, input, config);
            found.extend(relations.run(row.name, config));
            found.extend(trace_tests::run(row, &facts, config));
            found.retain(|finding| config.has(finding.test));
            found.extend(findings.iter().cloned());
            let flag = found.iter().map(|finding| finding.flag).max().unwrap_or(Flag::Pass);
            let mut tests: Vec<&'static str> = found.iter().map(|finding| finding.test).collect();
            tests.sort_unstable();
            tests.dedup();
            (flag, tests)
        })
        .collect();
    QcResult { status, reason: reasons.join("; "), flag, values }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CharacteristicName as Name, Grid, GridOrigin, Origin, RangeAxis, Sweep};

    fn metadata(complete: bool) -> ResolvedMetadata {
        ResolvedMetadata {
            station: Some("AIA".to_owned()),
            station_code: None,
            station_origin: Origin::Read,
            time_utc: "2017-03-19T00:30:00Z".parse().ok(),
            time_quality: Some(2),
            time_origin: Origin::Read,
            time_confidence: 0.99,
            caption_text: String::new(),
            grid: Grid {
                sweep: complete.then(Sweep::default),
                range: complete.then(RangeAxis::default),
                origin: GridOrigin::Limits,
                ..Grid::unproved("")
            },
        }
    }

    fn row(name: Name, value: f64) -> Characteristic {
        let (lower, upper) = (Some(value), Some(value));
        Characteristic { name, value: Some(value), lower, upper, qualifier: None, descriptor: None, confidence: 0.9 }
    }

    fn qc(class: FrameClass, complete: bool, rows: &[Characteristic]) -> QcResult {
        let calibration = crate::engine::shipped_calibration("ips42").unwrap();
        let input = QcInput {
            class,
            evidence: &FrameEvidence::default(),
            caption: &CaptionEvidence::default(),
            metadata: &metadata(complete),
            traces: &[],
            characteristics: rows,
            masked_share: 0.0,
            band_share: 0.0,
        };
        qc_frame(&input, &calibration, &QualityConfig::default())
    }

    #[test]
    fn a_rejected_frame_has_no_passing_value() {
        let rows = [row(Name::FoF2, 5.0)];
        for (class, complete) in [
            (FrameClass::Blank, true),
            (FrameClass::Noise, true),
            (FrameClass::OutOfPhase, true),
            (FrameClass::Double, true),
            (FrameClass::BadCrop, true),
            (FrameClass::Ionogram, false),
        ] {
            let qc = qc(class, complete, &rows);
            assert_eq!(qc.status, Status::Rejected);
            assert_eq!(qc.values[0].0, Flag::Fail);
            assert!(!qc.reason.is_empty());
        }
    }

    #[test]
    fn topside_ends_pass_only_as_a_plausible_pair() {
        let flag = |fo: f64, fx: f64| {
            let rows = [row(Name::TopsideFoDeepest, fo), row(Name::TopsideFxDeepest, fx)];
            qc(FrameClass::Ionogram, true, &rows).values[0].0
        };
        assert_eq!(flag(9.2, 9.7), Flag::Pass);
        assert_eq!(flag(4.8, 9.7), Flag::Suspect);
        assert_eq!(flag(9.7, 4.8), Flag::Suspect);
        let alone = qc(FrameClass::Ionogram, true, &[row(Name::TopsideFoDeepest, 9.2)]);
        assert_eq!(alone.values[0], (Flag::Suspect, vec!["component_pair"]));
    }

    #[test]
    fn order_range_and_separation_are_tested() {
        let tests = |rows: &[Characteristic]| qc(FrameClass::Ionogram, true, rows).values;
        assert_eq!(tests(&[row(Name::FoF2, 5.0)])[0], (Flag::Pass, vec![]));
        assert_eq!(tests(&[row(Name::FoF2, 55.0)])[0], (Flag::Fail, vec!["gross_range"]));
        assert_eq!(tests(&[row(Name::FoF2, 3.0), row(Name::FoE, 3.2)])[1], (Flag::Suspect, vec!["order"]));
        assert_eq!(tests(&[row(Name::FoF2, 5.0), row(Name::FxF2, 5.52)])[0], (Flag::Pass, vec![]));
        assert_eq!(tests(&[row(Name::FoF2, 5.0), row(Name::FxF2, 6.5)])[0].1, ["component_separation"]);
        let product = |muf: f64| tests(&[row(Name::FoF2, 5.0), row(Name::M3000F2, 3.0), row(Name::Muf3000F2, muf)]);
        assert!(product(15.2).iter().all(|value| value.0 == Flag::Pass));
        assert!(product(16.5).iter().all(|value| value.1 == ["factor_product"]));
    }
}

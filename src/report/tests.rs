//! The page of a small dataset.

use super::*;
use crate::dataset::{
    CharacteristicRow, Commit, Dataset, FORMAT_VERSION, Identity, Input, QueueRow, Rows, ValueOrigin,
};
use crate::model::{CharacteristicName, Flag};
use std::collections::BTreeMap;

fn dataset(root: &Path) {
    let text = |words: &str| words.to_owned();
    let identity = Identity {
        format_version: FORMAT_VERSION.to_owned(),
        engine_version: text("1"),
        pipeline_sha256: text("p"),
        calibration_id: text("c4"),
        calibration_sha256: text("c"),
    };
    let dataset = Dataset::create(root, &identity).unwrap();
    let mut rows = Rows::default();
    for hour in 0..24 {
        let time_utc = format!("1958-03-01T{hour:02}:00Z").parse().ok();
        let flag = if hour == 7 { Flag::Suspect } else { Flag::Pass };
        let tests = if hour == 7 { text("spike") } else { String::new() };
        rows.characteristics.push(CharacteristicRow {
            frame_id: format!("frame-{hour}"),
            station: Some(text("BOU")),
            time_utc,
            name: CharacteristicName::FoF2,
            value: Some(5.0),
            lower: Some(4.9),
            upper: Some(5.1),
            qualifier: None,
            descriptor: None,
            confidence: 0.9,
            flag,
            tests: tests.clone(),
            origin: ValueOrigin::Film,
        });
        if hour == 7 {
            rows.queue.push(QueueRow {
                frame_id: format!("frame-{hour}"),
                station: Some(text("BOU")),
                time_utc,
                name: CharacteristicName::FoF2,
                value: Some(5.0),
                suggested: None,
                confidence: 0.1,
                flag,
                tests,
                evidence: None,
                error_probability: 0.9,
                importance: 1.0,
                gain: 0.9,
                source_file: text("nowhere/<7>.png"),
                frame_index: 0,
                roll: text("roll"),
            });
        }
    }
    let commit = Commit {
        segment: text("segment"),
        roll: text("roll"),
        identity,
        input: Input::default(),
        statuses: BTreeMap::new(),
        reasons: BTreeMap::new(),
        failures: BTreeMap::new(),
        files: Vec::new(),
    };
    dataset.write(commit, rows).unwrap();
}

#[test]
fn the_page_stands_alone_and_shows_every_part() {
    let folder = tempfile::tempdir().unwrap();
    dataset(folder.path());
    let page = report(folder.path(), &ReportOptions::default()).unwrap();
    for part in
        ["Coverage", "Flags by test", "f-plots", "Residuals", "look at first", "Health of the rolls", "Station BOU"]
    {
        assert!(page.contains(part), "{part}");
    }
    assert!(
        page.contains("nowhere/&lt;7&gt;.png")
            && page.contains("foF2 5.00: spike")
            && page.contains("1 scans were not found")
    );
    // Nothing is fetched: the only addresses are names of namespaces.
    let fetched = page.replace("http://www.w3.org/2000/svg", "");
    assert!(!fetched.contains("http") && !fetched.contains("<script") && !fetched.contains("<link"));
    assert_eq!(page, report(folder.path(), &ReportOptions::default()).unwrap());
}

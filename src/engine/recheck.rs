//! Quality control over a finished dataset: what needs more than a segment.

use super::scale_frame::queue_row;
use crate::dataset::{
    Columns, Dataset, DatasetError, Partition, QueueRow, Table, ValueFile, read_file, read_table, table_files,
};
use crate::model::{CharacteristicName, Flag};
use crate::quality::{Entry, QualityConfig, Scope, qc_dataset, test_named, worst_flag};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

/// What the tests over a dataset found.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Recheck {
    /// Values of the dataset.
    pub values: u64,
    /// Values whose flag or tests changed.
    pub changed: u64,
    /// Values that did not pass, for each test over the dataset.
    pub tests: BTreeMap<String, u64>,
    /// Rows of the review queue.
    pub queued: u64,
}

/// Runs the tests over a whole dataset and writes flags, tests and the review queue anew. What they found before is
/// taken back first, so that it can be done again after more was added; the result depends on the dataset alone.
pub fn recheck(root: &Path, config: &QualityConfig) -> Result<Recheck, DatasetError> {
    let dataset = Dataset::open(root)?;
    let lock = dataset.claim("quality")?;
    let commits = dataset.commits()?;
    let files: Vec<Vec<ValueFile>> =
        commits.iter().map(|commit| dataset.value_files(commit)).collect::<Result<_, _>>()?;
    let entries: Vec<Entry> = files
        .iter()
        .enumerate()
        .flat_map(|(segment, files)| {
            files.iter().flat_map(move |file| (0..file.len()).map(move |row| (segment, file, row)))
        })
        .map(|(segment, file, row)| entry(segment, &file.partition(), &file.columns(), row))
        .collect();
    let found = qc_dataset(&entries, config);
    let (sources, evidence) = (sources(root)?, evidence(root)?);
    let mut report = Recheck { values: entries.len() as u64, ..Recheck::default() };
    let mut findings = found.into_iter();
    for (commit, files) in commits.into_iter().zip(files) {
        let (mut amended, mut queue, mut changed) = (Vec::new(), Vec::new(), 0);
        for file in files {
            let (mut flags, mut tests) = (Vec::with_capacity(file.len()), Vec::with_capacity(file.len()));
            for (row, new) in (0..file.len()).zip(&mut findings) {
                new.iter().for_each(|test| *report.tests.entry((*test).to_owned()).or_default() += 1);
                let before = Judgement::of(&file.columns(), row);
                let after = before.with(&new);
                changed += u64::from(after != before);
                flags.push(after.flag as u8);
                tests.push(after.tests);
            }
            let file = file.with_flags(flags, &tests)?;
            queue.extend(queued(&file, &sources, &evidence, config));
            amended.push(file);
        }
        report.queued += queue.len() as u64;
        report.changed += changed;
        // An earlier call may have been interrupted.
        if changed > 0 || !dataset.is_as_recorded(&commit) {
            dataset.amend(commit, &amended, queue)?;
        }
    }
    drop(lock);
    dataset.tidy()?;
    Ok(report)
}

/// Flag and tests of a value.
#[derive(Debug, Clone, PartialEq)]
struct Judgement {
    flag: Flag,
    tests: String,
}

impl Judgement {
    fn of(columns: &Columns<'_>, row: usize) -> Self {
        let flag = match columns.integer("flag", row) {
            Some(1) => Flag::Pass,
            Some(3) => Flag::Suspect,
            Some(4) => Flag::Fail,
            Some(9) => Flag::Missing,
            _ => Flag::NotEvaluated,
        };
        Self { flag, tests: columns.text("tests", row).unwrap_or_default() }
    }

    /// The judgement with these findings of the tests over the dataset, in place of earlier ones.
    fn with(&self, found: &[&'static str]) -> Self {
        let is_ours = |name: &str| test_named(name).is_some_and(|test| test.scope == Scope::Dataset);
        let had = self.tests.split_whitespace().any(is_ours);
        if self.flag == Flag::Missing || found.is_empty() && !had {
            return self.clone();
        }
        let mut names: Vec<&str> = self.tests.split_whitespace().filter(|name| !is_ours(name)).collect();
        names.extend(found);
        names.sort_unstable();
        names.dedup();
        let worst = worst_flag(names.iter().copied());
        // Tests of tables are in no catalogue: what they found stands. Ours never fail a value.
        let flag = if had && self.flag != Flag::Fail { worst } else { worst.max(self.flag) };
        Self { flag, tests: names.join(" ") }
    }
}

fn entry(segment: usize, partition: &Partition, columns: &Columns<'_>, row: usize) -> Entry {
    let name = columns.text("characteristic", row).and_then(|name| CharacteristicName::from_name(&name));
    Entry {
        station: partition.station.clone(),
        time: columns.time(row),
        frame_id: columns.text("frame_id", row).unwrap_or_default(),
        segment,
        // A name that this version does not know has no value to test.
        name: name.unwrap_or(CharacteristicName::TypeEs),
        value: name.and(columns.number("value", row)),
        lower: columns.number("lower", row),
        upper: columns.number("upper", row),
        is_film: columns.text("origin", row).is_none_or(|origin| origin == "film" || origin == "estimated"),
        is_added: is_added(columns, row),
    }
}

fn is_added(columns: &Columns<'_>, row: usize) -> bool {
    columns.text("origin", row).is_some_and(|origin| origin == "estimated")
}

/// File, frame and roll of each frame.
fn sources(root: &Path) -> Result<BTreeMap<String, (String, i32, String)>, DatasetError> {
    let mut sources = BTreeMap::new();
    for batch in read_table(root, Table::Frames)? {
        let columns = Columns(&batch);
        for row in 0..batch.num_rows() {
            let text = |name| columns.text(name, row).unwrap_or_default();
            let index = columns.integer("frame_index", row).unwrap_or_default();
            sources.insert(text("frame_id"), (text("source_file"), index, text("roll")));
        }
    }
    Ok(sources)
}

/// Log odds that values are wrong, as the run noted them in the queue, by frame and characteristic.
type Known = BTreeMap<(String, String), f32>;

fn evidence(root: &Path) -> Result<Known, DatasetError> {
    let mut known = Known::new();
    // A queue that an interruption left half written is mended below; what it knew is lost.
    let readable = |path| read_file(root, path).unwrap_or_default();
    for batch in table_files(root, Table::Queue)?.iter().flat_map(|path| readable(path)) {
        let columns = Columns(&batch);
        for row in 0..batch.num_rows() {
            let text = |name| columns.text(name, row).unwrap_or_default();
            if let Some(evidence) = columns.number("evidence", row) {
                known.insert((text("frame_id"), text("characteristic")), evidence as f32);
            }
        }
    }
    Ok(known)
}

/// The values of a file that a reviewer should see.
fn queued(
    file: &ValueFile,
    sources: &BTreeMap<String, (String, i32, String)>,
    evidence: &Known,
    config: &QualityConfig,
) -> Vec<QueueRow> {
    let columns = file.columns();
    let text = |name, row| columns.text(name, row).unwrap_or_default();
    let mut suggested: BTreeMap<(String, String), f64> = BTreeMap::new();
    for row in (0..file.len()).filter(|&row| is_added(&columns, row) && text("qualifier", row) == "T") {
        if let Some(value) = columns.number("value", row) {
            suggested.insert((text("frame_id", row), text("characteristic", row)), value);
        }
    }
    let station = file.partition().station;
    (0..file.len())
        .filter_map(|row| {
            let name = CharacteristicName::from_name(&text("characteristic", row))?;
            let judgement = Judgement::of(&columns, row);
            let frame_id = text("frame_id", row);
            let (source_file, frame_index, roll) = sources.get(&frame_id).cloned().unwrap_or_default();
            let key = (frame_id.clone(), name.as_str().to_owned());
            // What the sequence added has no flag, and is not what the evidence is of.
            let evidence = evidence.get(&key).copied().filter(|_| !is_added(&columns, row));
            let blank = QueueRow {
                suggested: suggested.get(&key).copied(),
                frame_id,
                station: station.clone(),
                time_utc: columns.time(row),
                name,
                value: columns.number("value", row),
                confidence: columns.number("confidence", row).unwrap_or_default() as f32,
                flag: judgement.flag,
                tests: judgement.tests,
                evidence,
                error_probability: 0.0,
                importance: 0.0,
                gain: 0.0,
                source_file,
                frame_index,
                roll,
            };
            queue_row(blank, &config.queue)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{CharacteristicRow, Commit, FORMAT_VERSION, Identity, Input, Rows, ValueOrigin, verify};

    #[test]
    fn findings_over_the_dataset_replace_earlier_ones() {
        let judgement = |flag, tests: &str| Judgement { flag, tests: tests.to_owned() };
        let passed = judgement(Flag::Pass, "");
        let marked = passed.with(&["monthly_envelope"]);
        assert_eq!(marked, judgement(Flag::Suspect, "monthly_envelope"));
        assert_eq!(marked.with(&["monthly_envelope"]), marked);
        assert_eq!(marked.with(&[]), passed);
        let failed = judgement(Flag::Fail, "gross_range order");
        assert_eq!(failed.with(&["film_table"]), judgement(Flag::Fail, "film_table gross_range order"));
        assert_eq!(failed.with(&["film_table"]).with(&[]), failed);
        let missing = judgement(Flag::Missing, "");
        assert_eq!(missing.with(&["duplicate_frame"]), missing);
    }

    /// A segment with one value in the dataset.
    fn write(dataset: &Dataset, segment: &str, frame_id: &str) {
        let value = CharacteristicRow {
            frame_id: frame_id.to_owned(),
            station: Some("BOU".to_owned()),
            time_utc: "1958-03-01T12:00Z".parse().ok(),
            name: CharacteristicName::FoF2,
            value: Some(11.2),
            lower: Some(11.1),
            upper: Some(11.3),
            qualifier: None,
            descriptor: None,
            confidence: 0.9,
            flag: Flag::Pass,
            tests: String::new(),
            origin: ValueOrigin::Film,
        };
        let commit = Commit {
            segment: segment.to_owned(),
            roll: segment.to_owned(),
            identity: dataset.identity().clone(),
            input: Input::default(),
            statuses: BTreeMap::new(),
            reasons: BTreeMap::new(),
            failures: BTreeMap::new(),
            files: Vec::new(),
        };
        dataset.write(commit, Rows { characteristics: vec![value], ..Rows::default() }).unwrap();
    }

    #[test]
    fn a_dataset_can_be_tested_again_after_more_was_added_or_taken_away() {
        let folder = tempfile::tempdir().unwrap();
        let [engine_version, pipeline_sha256, calibration_id, calibration_sha256] = [const { String::new() }; 4];
        let format_version = FORMAT_VERSION.to_owned();
        let identity = Identity { format_version, engine_version, pipeline_sha256, calibration_id, calibration_sha256 };
        let dataset = Dataset::create(folder.path(), &identity).unwrap();
        write(&dataset, "a", "frame-a");
        let files = |segment: &str| dataset.commit(segment).unwrap().unwrap().files;
        let alone = files("a");
        let check = || recheck(folder.path(), &QualityConfig::default()).unwrap();
        assert_eq!((check().changed, files("a")), (0, alone.clone()));
        write(&dataset, "b", "frame-b");
        let found = check();
        assert_eq!((found.changed, found.queued, found.tests["duplicate_frame"]), (2, 2, 2));
        assert_eq!(verify(&dataset).unwrap(), []);
        let together = files("a");
        assert_ne!(together, alone);
        assert_eq!((check().changed, files("a")), (0, together));
        // A kill between the files and their record is mended.
        let changed = folder.path().join(&files("b").iter().find(|file| file.path.starts_with("queue")).unwrap().path);
        std::fs::write(&changed, b"half").unwrap();
        check();
        assert_eq!(verify(&dataset).unwrap(), []);
        dataset.remove_segment("b").unwrap();
        assert_eq!((check().changed, files("a")), (1, alone));
    }
}

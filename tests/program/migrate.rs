//! A dataset of the first format is refused with the name of the command that converts it, and converted whole.

use super::bench::{Bench, assert_same, stderr};
use arrow::array::{ArrayRef, AsArray, RecordBatch, StringArray};
use arrow::datatypes::{Field, Schema};
use ionoscribe::dataset::{
    CharacteristicRow, Commit, Dataset, Input, QueueRow, Rows, Table, ValueOrigin, read_table, table_files,
};
use ionoscribe::model::{CharacteristicName, Failure, Flag};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

/// Values with every test, origin and phrase that was renamed.
fn rows() -> Rows {
    let time_utc = "1962-05-05T11:00Z".parse().ok();
    let value = |tests: &str, origin| CharacteristicRow {
        frame_id: format!("frame-{}", tests.len()),
        station: Some("BOU".to_owned()),
        time_utc,
        name: CharacteristicName::FoF2,
        value: Some(7.1),
        lower: Some(7.0),
        upper: Some(7.2),
        qualifier: None,
        descriptor: None,
        confidence: 0.9,
        flag: Flag::Suspect,
        tests: tests.to_owned(),
        origin,
    };
    let queued = QueueRow {
        frame_id: "frame-9".to_owned(),
        station: Some("BOU".to_owned()),
        time_utc,
        name: CharacteristicName::FoF2,
        value: Some(7.1),
        suggested: None,
        confidence: 0.9,
        flag: Flag::Suspect,
        tests: "markers_found spike".to_owned(),
        evidence: Some(-1.5),
        error_probability: 0.25,
        importance: 1.0,
        gain: 0.25,
        source_file: "a.png".to_owned(),
        frame_index: 0,
        roll: "hand".to_owned(),
    };
    let failure = Failure {
        source_file: "b.png".to_owned(),
        frame_index: None,
        stage: "calibrate".to_owned(),
        class: "no_axis".to_owned(),
        message: "only 3 of 14 frequency markers found; height markers not clear".to_owned(),
    };
    let characteristics = vec![
        value("flat_line gross_range order rate_of_change", ValueOrigin::Film),
        value("markers_found spike", ValueOrigin::Table),
        value("", ValueOrigin::Estimated),
    ];
    Rows { characteristics, queue: vec![queued], failures: vec![failure], ..Rows::default() }
}

/// A dataset of drawn film and of values by hand.
fn dataset(bench: &Bench) {
    bench.draw("", 24);
    assert_eq!(bench.run("new", &[]).status.code(), Some(0));
    let dataset = Dataset::open(&bench.path("new")).unwrap();
    let commit = Commit {
        segment: "hand-0000".to_owned(),
        roll: "hand".to_owned(),
        identity: dataset.identity().clone(),
        input: Input::default(),
        statuses: [("rejected".to_owned(), 1)].into(),
        reasons: [("rejected: frequency markers ambiguous".to_owned(), 1)].into(),
        failures: [("calibrate: no_axis".to_owned(), 1)].into(),
        files: Vec::new(),
    };
    dataset.write(commit, rows()).unwrap();
    dataset.tidy().unwrap();
}

const TESTS: [(&str, &str); 4] =
    [("flat_line", "stuck"), ("rate_of_change", "step"), ("gross_range", "range"), ("markers_found", "marks_found")];

/// A text as the first format has it.
fn old_text(column: &str, text: &str) -> String {
    match column {
        "tests" => {
            let name = |test| TESTS.iter().find(|(now, _)| *now == test).map_or(test, |(_, before)| *before);
            let mut tests: Vec<&str> = text.split_whitespace().map(name).collect();
            tests.sort_unstable();
            tests.join(" ")
        }
        "origin" => text.replace("estimated", "sequence"),
        "reason" | "message" => old_words(text),
        _ => text.to_owned(),
    }
}

fn old_words(text: &str) -> String {
    text.replace("frequency markers", "frequency marks").replace("height markers", "height rulings")
}

fn old_name(column: &str) -> &str {
    match column {
        "markers_found" => "marks_found",
        "markers_expected" => "marks_expected",
        "error_probability" => "wrong",
        other => other,
    }
}

/// Rewrites a file as the first format has it.
fn age_file(from: &Path, to: &Path) {
    let builder = ParquetRecordBatchReaderBuilder::try_new(fs::File::open(from).unwrap()).unwrap();
    let there = builder.schema().clone();
    let batches: Vec<RecordBatch> = builder.build().unwrap().map(Result::unwrap).collect();
    let rows = arrow::compute::concat_batches(&there, &batches).unwrap();
    let mut metadata = there.metadata().clone();
    metadata.remove("format_version").unwrap();
    let fields: Vec<Field> =
        there.fields().iter().map(|field| field.as_ref().clone().with_name(old_name(field.name()))).collect();
    let column = |field: &Field, column: &ArrayRef| match column.as_string_opt::<i32>() {
        Some(texts) => {
            Arc::new(texts.iter().map(|text| Some(old_text(field.name(), text?))).collect::<StringArray>()) as ArrayRef
        }
        None => Arc::clone(column),
    };
    let columns = fields.iter().zip(rows.columns()).map(|(field, values)| column(field, values)).collect();
    let schema = Arc::new(Schema::new_with_metadata(fields, metadata));
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    let mut writer = ArrowWriter::try_new(fs::File::create(to).unwrap(), schema.clone(), None).unwrap();
    writer.write(&RecordBatch::try_new(schema, columns).unwrap()).unwrap();
    writer.close().unwrap();
}

/// A copy of a dataset as version 0.1 would have written it.
fn age(new: &Path, old: &Path) {
    let aged = |path: &str| path.strip_prefix("markers/").map_or(path.to_owned(), |rest| format!("marks/{rest}"));
    for table in Table::ALL {
        for file in table_files(new, table).unwrap() {
            let path = file.strip_prefix(new).unwrap().to_str().unwrap().to_owned();
            age_file(&file, &old.join(aged(&path)));
        }
    }
    fs::create_dir_all(old.join("_log")).unwrap();
    for entry in fs::read_dir(new.join("_log")).unwrap() {
        let path = entry.unwrap().path();
        let mut record: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        let fields = record.as_object_mut().unwrap();
        fields.remove("format_version");
        if let Some(segment) = fields.remove("segment") {
            fields.insert("reel".to_owned(), segment);
            fields["identity"].as_object_mut().unwrap().remove("format_version").unwrap();
            let reasons = fields["reasons"].as_object().unwrap();
            let reasons = reasons.iter().map(|(reason, frames)| (old_words(reason), frames.clone())).collect();
            fields["reasons"] = Value::Object(reasons);
            for file in fields["files"].as_array_mut().unwrap() {
                let path = aged(file["path"].as_str().unwrap());
                let digest = Sha256::digest(fs::read(old.join(&path)).unwrap());
                file["sha256"] = digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into();
                file["path"] = path.into();
            }
        }
        let text = serde_json::to_vec_pretty(&record).unwrap();
        fs::write(old.join("_log").join(path.file_name().unwrap()), text).unwrap();
    }
}

fn command(name: &str, dataset: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ionoscribe"));
    command.arg(name).arg(dataset).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn call(name: &str, dataset: &Path) -> Output {
    command(name, dataset).output().unwrap()
}

fn old_dataset() -> (Bench, PathBuf) {
    let bench = Bench::new();
    dataset(&bench);
    let old = bench.path("old");
    age(&bench.path("new"), &old);
    (bench, old)
}

#[test]
fn an_old_dataset_is_converted_to_the_bytes_of_a_new_one() {
    let (bench, old) = old_dataset();
    assert!(old.join("marks").is_dir() && !old.join("markers").exists());
    for name in ["verify", "queue", "quality"] {
        let refused = call(name, &old);
        assert_eq!(refused.status.code(), Some(2), "{name}");
        assert!(stderr(&refused).contains("`ionoscribe migrate "), "{name}: {}", stderr(&refused));
    }
    assert!(read_table(&old, Table::Frames).is_err());
    for _ in 0..2 {
        let migrated = call("migrate", &old);
        assert_eq!(migrated.status.code(), Some(0), "{}", stderr(&migrated));
        assert_same(&bench.files("new"), &bench.files("old"));
    }
    assert_eq!(call("verify", &old).status.code(), Some(0));
}

#[test]
fn a_conversion_that_was_killed_is_repeated() {
    let (bench, old) = old_dataset();
    for moment in [1, 2, 4, 6, 9, 13] {
        let mut migrate = command("migrate", &old).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(moment));
        migrate.kill().unwrap();
        migrate.wait().unwrap();
    }
    let migrated = call("migrate", &old);
    assert_eq!(migrated.status.code(), Some(0), "{}", stderr(&migrated));
    assert_same(&bench.files("new"), &bench.files("old"));
}

#[test]
fn a_half_converted_segment_is_converted_again() {
    let (bench, old) = old_dataset();
    let untouched = bench.path("untouched");
    age(&bench.path("new"), &untouched);
    assert_eq!(call("migrate", &old).status.code(), Some(0));
    // As if the command had been killed before it wrote the records: files of today, records of the first format.
    for entry in fs::read_dir(untouched.join("_log")).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, old.join("_log").join(path.file_name().unwrap())).unwrap();
    }
    let migrated = call("migrate", &old);
    assert_eq!(migrated.status.code(), Some(0), "{}", stderr(&migrated));
    assert_same(&bench.files("new"), &bench.files("old"));
}

#[test]
fn what_cannot_be_converted_is_said_and_left() {
    let (_bench, old) = old_dataset();
    let work = old.join("_log/work/begun-0000");
    fs::create_dir_all(&work).unwrap();
    let refused = call("migrate", &old);
    assert_eq!(refused.status.code(), Some(2));
    assert!(stderr(&refused).contains("begun-0000 is not finished"), "{}", stderr(&refused));
    fs::remove_dir(work).unwrap();
    let folder = fs::read_dir(old.join("queue/station=BOU")).unwrap().next().unwrap().unwrap().path();
    let file = fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
    fs::write(&file, b"other").unwrap();
    let refused = call("migrate", &old);
    assert_eq!(refused.status.code(), Some(2));
    assert!(stderr(&refused).contains("changed since it was written"), "{}", stderr(&refused));
    assert_eq!(fs::read(&file).unwrap(), b"other");
}

#[test]
fn a_folder_without_a_dataset_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let refused = call("migrate", folder.path());
    assert_eq!(refused.status.code(), Some(2));
    assert!(stderr(&refused).contains("no dataset here"), "{}", stderr(&refused));
}

//! Gives a dataset of the first format the names of today: tables, columns, tests, origins.
//!
//! In: the folder of a dataset. Out: the same folder, whose rows are those that were there. Each file is written aside and
//! renamed; the record of a segment follows its files, and the record of the dataset comes last. Converting twice is
//! converting once, so that the command can be repeated after it was killed at any moment.

use super::commit::FIRST_FORMAT;
use super::schema::FORMAT_KEY;
use super::store::{sha256, slashed};
use super::writer::parquet;
use super::{Commit, Dataset, DatasetError, FORMAT_VERSION, Identity, OutputFile, Table, schema, write_atomically};
use arrow::array::{ArrayRef, AsArray, RecordBatch, StringArray};
use arrow::compute::concat_batches;
use arrow::error::ArrowError;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Folder of the table [`Table::Markers`] in the first format.
pub(super) const OLD_MARKERS: &str = "marks";

/// Columns that had another name: table, name of today, name of the first format.
const COLUMNS: [(Table, &str, &str); 3] = [
    (Table::Frames, "markers_found", "marks_found"),
    (Table::Frames, "markers_expected", "marks_expected"),
    (Table::Queue, "error_probability", "wrong"),
];

/// Quality tests that had another name: that of the first format, that of today.
const TESTS: [(&str, &str); 4] =
    [("stuck", "flat_line"), ("step", "rate_of_change"), ("range", "gross_range"), ("marks_found", "markers_found")];

/// Words in reasons and messages.
const PHRASES: [(&str, &str); 3] = [
    ("frequency marks", "frequency markers"),
    ("height rulings", "height markers"),
    ("% of the marks found", "% of the markers found"),
];

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Migration {
    /// The dataset has the names of today: nothing was to be done.
    UpToDate,
    /// The dataset was converted.
    Converted {
        /// Number of segments.
        segments: usize,
        /// Number of files.
        files: usize,
    },
}

/// Converts the dataset in a folder.
pub fn migrate(root: &Path) -> Result<Migration, DatasetError> {
    let dataset = Dataset::of_any_format(root)?;
    let identity = dataset.identity();
    match identity.format_version.as_str() {
        FORMAT_VERSION => return Ok(Migration::UpToDate),
        FIRST_FORMAT => {}
        there => {
            return Err(DatasetError::UnknownFormat { path: root.to_owned(), there: there.to_owned() });
        }
    }
    let lock = dataset.claim("migrate")?;
    let commits = dataset.commits()?;
    for segment in dataset.in_work()? {
        if !commits.iter().any(|commit| commit.segment == segment) {
            let folder = dataset.work_folder(&segment);
            return Err(DatasetError::Unfinished { root: root.to_owned(), segment, folder });
        }
    }
    commits.par_iter().try_for_each(|commit| convert(&dataset, commit))?;
    let identity = Identity { format_version: FORMAT_VERSION.to_owned(), ..identity.clone() };
    dataset.record_identity(&identity, &root.join("_log/work/dataset.tmp"))?;
    drop(lock);
    dataset.tidy()?;
    Ok(Migration::Converted { segments: commits.len(), files: commits.iter().map(|commit| commit.files.len()).sum() })
}

/// Converts the files of a segment, and then its record.
fn convert(dataset: &Dataset, commit: &Commit) -> Result<(), DatasetError> {
    let root = dataset.root();
    let temporary = dataset.work_folder(&commit.segment).join("file.tmp");
    let mut commit = commit.clone();
    if commit.identity.format_version != FORMAT_VERSION {
        for file in &mut commit.files {
            let (table, path) = today(Path::new(&file.path));
            let bytes = converted(root, file, &path, table, &commit.identity.pipeline_sha256)?;
            write_atomically(&root.join(&path), &temporary, &bytes)?;
            (file.path, file.sha256) = (slashed(&path), sha256(&bytes));
        }
        commit.files.sort();
        commit.identity.format_version = FORMAT_VERSION.to_owned();
        let reasons = std::mem::take(&mut commit.reasons);
        commit.reasons = reasons.into_iter().fold(BTreeMap::new(), |mut reasons, (reason, frames)| {
            *reasons.entry(in_words_of_today(&reason)).or_default() += frames;
            reasons
        });
        dataset.record(&commit, &temporary)?;
    }
    commit.files.iter().filter_map(before).try_for_each(|file| dataset.remove_output(&file))?;
    dataset.remove_work_files(&commit.segment)
}

/// The file of the first format that a file replaces, where its path is another one.
fn before(file: &OutputFile) -> Option<OutputFile> {
    let path = Path::new(&file.path).strip_prefix(Table::Markers.as_str()).ok()?;
    Some(OutputFile { path: slashed(&Path::new(OLD_MARKERS).join(path)), ..file.clone() })
}

/// The table of a path of either format, and the path of today.
fn today(path: &Path) -> (Option<Table>, PathBuf) {
    let path = match path.strip_prefix(OLD_MARKERS) {
        Ok(rest) => Path::new(Table::Markers.as_str()).join(rest),
        Err(_) => path.to_owned(),
    };
    (Table::ALL.into_iter().find(|table| path.starts_with(table.as_str())), path)
}

/// The bytes of a file with the names of today. A file that an interrupted conversion has left converted stays as it is.
fn converted(
    root: &Path,
    file: &OutputFile,
    path: &Path,
    table: Option<Table>,
    pipeline_sha256: &str,
) -> Result<Vec<u8>, DatasetError> {
    let here = root.join(&file.path);
    let other = |what| DatasetError::NotAsRecorded { path: here.clone(), what };
    let table = table.ok_or_else(|| other("not a file of a table"))?;
    for candidate in [&here, &root.join(path)] {
        let bytes = match std::fs::read(candidate) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(DatasetError::io(candidate)(error)),
        };
        let is_recorded = sha256(&bytes) == file.sha256;
        if !is_recorded && !is_converted(candidate) {
            return Err(other("changed since it was written"));
        }
        return if is_recorded { rewrite(candidate, table, pipeline_sha256) } else { Ok(bytes) };
    }
    Err(other("missing"))
}

fn is_converted(path: &Path) -> bool {
    let reader = std::fs::File::open(path).ok().and_then(|file| ParquetRecordBatchReaderBuilder::try_new(file).ok());
    reader.is_some_and(|reader| reader.schema().metadata().get(FORMAT_KEY).is_some_and(|there| there == FORMAT_VERSION))
}

/// Reads a file and encodes its rows under the schema of today.
fn rewrite(path: &Path, table: Table, pipeline_sha256: &str) -> Result<Vec<u8>, DatasetError> {
    let unreadable = |source| DatasetError::Parquet { path: path.to_owned(), source };
    let file = std::fs::File::open(path).map_err(DatasetError::io(path))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(unreadable)?;
    let there = builder.schema().clone();
    let batches: Result<Vec<RecordBatch>, ArrowError> = builder.build().map_err(unreadable)?.collect();
    let rows = batches
        .and_then(|batches| concat_batches(&there, &batches))
        .and_then(|rows| renamed(&rows, table, pipeline_sha256))
        .map_err(|source| DatasetError::Arrow { path: path.to_owned(), source })?;
    parquet(&rows).map_err(unreadable)
}

fn renamed(rows: &RecordBatch, table: Table, pipeline_sha256: &str) -> Result<RecordBatch, ArrowError> {
    let schema = schema(table, pipeline_sha256);
    let columns: Result<Vec<ArrayRef>, ArrowError> = schema
        .fields()
        .iter()
        .map(|field| {
            let renamed = COLUMNS.iter().find(|(own, name, _)| *own == table && name == field.name());
            let name = renamed.map_or(field.name().as_str(), |(_, _, before)| before);
            let column = rows.column_by_name(name);
            let column = column.ok_or_else(|| ArrowError::SchemaError(format!("there is no column {name}")))?;
            Ok(with_words_of_today(field.name(), column))
        })
        .collect();
    RecordBatch::try_new(schema, columns?)
}

/// A column whose texts hold names of tests, origins or words that were others.
fn with_words_of_today(name: &str, column: &ArrayRef) -> ArrayRef {
    let words: fn(&str) -> String = match name {
        "tests" => tests_of_today,
        "origin" => |origin| if origin == "sequence" { "estimated".to_owned() } else { origin.to_owned() },
        "reason" | "message" => in_words_of_today,
        _ => return Arc::clone(column),
    };
    match column.as_string_opt::<i32>() {
        Some(texts) => Arc::new(texts.iter().map(|text| text.map(words)).collect::<StringArray>()),
        None => Arc::clone(column),
    }
}

/// Names of tests, separated by a space and in alphabetical order.
fn tests_of_today(tests: &str) -> String {
    let name = |test| TESTS.iter().find(|(before, _)| *before == test).map_or(test, |(_, name)| *name);
    let mut tests: Vec<&str> = tests.split_whitespace().map(name).collect();
    tests.sort_unstable();
    tests.join(" ")
}

fn in_words_of_today(text: &str) -> String {
    PHRASES.iter().fold(text.to_owned(), |text, (before, now)| text.replace(before, now))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_tests_are_renamed_and_sorted() {
        for (before, now) in [
            ("", ""),
            ("spike", "spike"),
            ("marks_found order range", "gross_range markers_found order"),
            ("spike step stuck", "flat_line rate_of_change spike"),
            ("gross_range spike", "gross_range spike"),
        ] {
            assert_eq!(tests_of_today(before), now);
        }
    }

    #[test]
    fn reasons_are_reworded_once() {
        let before = "frequency marks stray by 5.1 px; height rulings stray by 4.0 px; only 31 % of the marks found";
        let now = "frequency markers stray by 5.1 px; height markers stray by 4.0 px; only 31 % of the markers found";
        assert_eq!(in_words_of_today(before), now);
        assert_eq!(in_words_of_today(now), now);
    }

    #[test]
    fn every_renamed_column_is_one_of_today() {
        for (table, name, before) in COLUMNS {
            let schema = schema(table, "");
            assert!(schema.field_with_name(name).is_ok() && schema.field_with_name(before).is_err(), "{name}");
        }
        for (before, name) in TESTS {
            assert!(
                crate::quality::test_named(name).is_some() && crate::quality::test_named(before).is_none(),
                "{name}"
            );
        }
    }
}

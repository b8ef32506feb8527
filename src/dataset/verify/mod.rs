//! Checks a dataset against its commit records and its own rules: columns, order of rows, no key twice.

mod contents;

use super::reader::table_files;
use super::store::{sha256, sorted_entries};
use super::{Dataset, DatasetError, OutputFile, Partition, Table};
use contents::{Seen, contents};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Something that is not as the records say.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Finding {
    /// A file of a record is not there.
    Missing(String),
    /// A file's contents are not those that were written.
    Changed(String),
    /// A file's number of rows is not that of the record.
    RowCount(String),
    /// A file's columns are not those of its table; how they differ.
    Schema(String, String),
    /// A file's rows do not stand by time and frame.
    Order(String),
    /// A file has a row whose key occurred before; the first such key.
    Duplicate(String, String),
    /// A file cannot be read as Parquet; the reason.
    Unreadable(String, String),
    /// A Parquet file that no record names: foreign, or of a run that was interrupted.
    Unrecorded(String),
    /// Work in progress: the dataset is not complete.
    Unfinished(String),
    /// A record was made with other settings than the dataset.
    OtherSettings(String),
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing(path) => write!(f, "{path}: missing"),
            Self::Changed(path) => write!(f, "{path}: changed since it was written"),
            Self::RowCount(path) => write!(f, "{path}: not the recorded number of rows"),
            Self::Schema(path, differences) => write!(f, "{path}: columns: {differences}"),
            Self::Order(path) => write!(f, "{path}: rows are not in the order of time and frame"),
            Self::Duplicate(path, key) => write!(f, "{path}: {key} occurs twice in the dataset"),
            Self::Unreadable(path, reason) => write!(f, "{path}: cannot be read as Parquet: {reason}"),
            Self::Unrecorded(path) => write!(f, "{path}: in no record of a finished run"),
            Self::Unfinished(segment) => write!(f, "{segment}: not finished; the command that wrote it continues it"),
            Self::OtherSettings(segment) => write!(f, "{segment}: made with other settings than the dataset"),
        }
    }
}

/// Reads and hashes every file of the dataset; what is wrong, sorted. An empty list: complete and unchanged.
pub fn verify(dataset: &Dataset) -> Result<Vec<Finding>, DatasetError> {
    let root = dataset.root();
    let mut findings = Vec::new();
    let mut recorded: BTreeMap<String, OutputFile> = BTreeMap::new();
    for commit in dataset.commits()? {
        if commit.identity != *dataset.identity() {
            findings.push(Finding::OtherSettings(commit.segment.clone()));
        }
        for file in commit.files {
            recorded.insert(file.path.clone(), file);
        }
    }
    for table in Table::ALL {
        let name = |path: &Path| path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/");
        let there: BTreeSet<String> = table_files(root, table)?.iter().map(|path| name(path)).collect();
        let prefix = format!("{}/", table.as_str());
        // A frame has one station and time: the keys of other tables need not be kept beyond a partition.
        let mut seen = Seen::default();
        let mut last = None;
        for file in recorded.values().filter(|file| file.path.starts_with(&prefix)) {
            let partition = Partition::of(Path::new(&file.path));
            if table != Table::Frames && last.as_ref() != Some(&partition) {
                seen = Seen::default();
            }
            last = Some(partition);
            findings.extend(check(root, file, table, &mut seen)?);
        }
        let unrecorded = there.into_iter().filter(|path| !recorded.contains_key(path));
        findings.extend(unrecorded.map(Finding::Unrecorded));
    }
    findings.extend(unfinished(root)?.into_iter().map(Finding::Unfinished));
    findings.sort();
    Ok(findings)
}

/// Parts of the dataset that a run has begun and not finished: it is at work or was interrupted.
pub fn unfinished(root: &Path) -> Result<Vec<String>, DatasetError> {
    let is_table = |table: Table| root.join(table.as_str()).is_dir();
    if !root.join("_log/dataset.json").is_file() && !Table::ALL.into_iter().any(is_table) {
        return Err(DatasetError::NotADataset { path: root.to_owned() });
    }
    let entries = sorted_entries(&root.join("_log/work"))?;
    let segments = entries.iter().filter(|path| path.is_dir());
    Ok(segments.map(|path| path.file_name().unwrap_or_default().to_string_lossy().into_owned()).collect())
}

fn check(root: &Path, file: &OutputFile, table: Table, seen: &mut Seen) -> Result<Vec<Finding>, DatasetError> {
    let path = root.join(&file.path);
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(vec![Finding::Missing(file.path.clone())]);
        }
        Err(error) => return Err(DatasetError::io(&path)(error)),
    };
    let mut findings = Vec::new();
    if sha256(&bytes) != file.sha256 {
        findings.push(Finding::Changed(file.path.clone()));
    }
    drop(bytes);
    match contents(&path, &file.path, table, file.rows, seen) {
        Ok(more) => findings.extend(more),
        // Broken contents are a finding, whatever the reader calls them.
        Err(DatasetError::Parquet { source, .. }) => {
            findings.push(Finding::Unreadable(file.path.clone(), source.to_string()));
        }
        Err(DatasetError::Arrow { source, .. }) => {
            findings.push(Finding::Unreadable(file.path.clone(), source.to_string()));
        }
        Err(error) => return Err(error),
    }
    Ok(findings)
}

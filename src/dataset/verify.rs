//! Checks a dataset against its commit records.

use super::reader::table_files;
use super::store::{sha256, sorted_entries};
use super::{Dataset, DatasetError, OutputFile, Table};
use parquet::file::reader::{FileReader, SerializedFileReader};
use std::collections::BTreeSet;
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
            Self::Unrecorded(path) => write!(f, "{path}: in no record of a finished run"),
            Self::Unfinished(reel) => write!(f, "{reel}: not finished; the command that wrote it continues it"),
            Self::OtherSettings(reel) => write!(f, "{reel}: made with other settings than the dataset"),
        }
    }
}

/// Reads and hashes every file of the dataset; what is wrong, sorted. An empty list: complete and unchanged.
pub fn verify(dataset: &Dataset) -> Result<Vec<Finding>, DatasetError> {
    let root = dataset.root();
    let mut findings = Vec::new();
    let mut recorded = BTreeSet::new();
    for commit in dataset.commits()? {
        if commit.identity != *dataset.identity() {
            findings.push(Finding::OtherSettings(commit.reel.clone()));
        }
        for file in commit.files {
            findings.extend(check(root, &file)?);
            recorded.insert(root.join(&file.path));
        }
    }
    for table in Table::ALL {
        for path in table_files(root, table)? {
            if !recorded.contains(&path) {
                let path = path.strip_prefix(root).unwrap_or(&path);
                findings.push(Finding::Unrecorded(path.to_string_lossy().into_owned()));
            }
        }
    }
    for work in sorted_entries(&root.join("_log/work"))? {
        if work.is_dir() {
            let reel = work.file_name().unwrap_or_default().to_string_lossy().into_owned();
            findings.push(Finding::Unfinished(reel));
        }
    }
    findings.sort();
    Ok(findings)
}

fn check(root: &Path, file: &OutputFile) -> Result<Option<Finding>, DatasetError> {
    let path = root.join(&file.path);
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(Some(Finding::Missing(file.path.clone())));
        }
        Err(error) => return Err(DatasetError::io(&path)(error)),
    };
    if sha256(&bytes) != file.sha256 {
        return Ok(Some(Finding::Changed(file.path.clone())));
    }
    let open = std::fs::File::open(&path).map_err(DatasetError::io(&path))?;
    let rows = SerializedFileReader::new(open)
        .map_err(|source| DatasetError::Parquet { path, source })?
        .metadata()
        .file_metadata()
        .num_rows();
    Ok((u64::try_from(rows) != Ok(file.rows)).then(|| Finding::RowCount(file.path.clone())))
}

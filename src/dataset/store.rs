//! The dataset's folder: tables, commit records and the work in progress.
//!
//! ```text
//! frames/ characteristics/ traces/ markers/ queue/ failures/   the tables
//! _log/dataset.json                                     program and settings
//! _log/<segment>.json                                      a finished segment: its files, rows and hashes
//! _log/work/                                            work in progress; gone when a run is complete
//! ```

use super::commit::FIRST_FORMAT;
use super::lock::Lock;
use super::migrate::OLD_MARKERS;
use super::{Commit, DatasetError, FORMAT_VERSION, Identity, OutputFile, Table};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use std::ffi::OsStr;
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

const LOG: &str = "_log";
const WORK: &str = "_log/work";
const DATASET_FILE: &str = "_log/dataset.json";
/// Files that a segment is about to write: what an interrupted run may have left behind.
pub(super) const PLAN_FILE: &str = "plan.json";

/// A dataset on disk.
#[derive(Debug, Clone)]
pub struct Dataset {
    root: PathBuf,
    identity: Identity,
}

impl Dataset {
    /// Opens a dataset that is there.
    pub fn open(root: &Path) -> Result<Self, DatasetError> {
        match identity(root)? {
            Some(identity) => Ok(Self { root: root.to_owned(), identity }),
            None => Err(DatasetError::NotADataset { path: root.to_owned() }),
        }
    }

    /// Opens a dataset for writing, and makes it if it is not there. Other settings than those it was made with are an
    /// error.
    pub fn create(root: &Path, identity: &Identity) -> Result<Self, DatasetError> {
        let dataset = Self { root: root.to_owned(), identity: identity.clone() };
        match self::identity(root)? {
            Some(there) => dataset.expect_identity(&there)?,
            None => {
                // Shards that start together write the same record: one after the other.
                let _turn = Lock::wait(&root.join(WORK).join("lock-dataset"))?;
                dataset.record_identity(identity, &root.join(WORK).join("dataset.tmp"))?;
            }
        }
        Ok(dataset)
    }

    fn expect_identity(&self, there: &Identity) -> Result<(), DatasetError> {
        let now = &self.identity;
        let differing = [
            ("version of the program", &there.engine_version, &now.engine_version),
            ("calibration", &there.calibration_id, &now.calibration_id),
            ("calibration file", &there.calibration_sha256, &now.calibration_sha256),
            ("pipeline file", &there.pipeline_sha256, &now.pipeline_sha256),
        ];
        for (what, there, now) in differing {
            if there != now {
                let (there, now) = (brief(there), brief(now));
                return Err(DatasetError::Mismatch { path: self.root.clone(), what, there, now });
            }
        }
        Ok(())
    }

    /// The dataset's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Program and settings.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The folder for work in progress of a segment. It need not exist.
    pub fn work_folder(&self, segment: &str) -> PathBuf {
        self.root.join(WORK).join(segment)
    }

    /// The record of a finished segment.
    pub fn commit(&self, segment: &str) -> Result<Option<Commit>, DatasetError> {
        read_record(&self.commit_file(segment))
    }

    /// The records of all finished segments, sorted by name.
    pub fn commits(&self) -> Result<Vec<Commit>, DatasetError> {
        let mut commits = Vec::new();
        for file in sorted_entries(&self.root.join(LOG))? {
            let is_record = file.extension() == Some(OsStr::new("json")) && !file.ends_with("dataset.json");
            if is_record && let Some(commit) = read_record(&file)? {
                commits.push(commit);
            }
        }
        Ok(commits)
    }

    /// Writes the record of a finished segment.
    pub(super) fn record(&self, commit: &Commit, temporary: &Path) -> Result<(), DatasetError> {
        write_atomically(&self.commit_file(&commit.segment), temporary, &json(commit))
    }

    /// A dataset of any format, for conversion.
    pub(super) fn of_any_format(root: &Path) -> Result<Self, DatasetError> {
        match identity_of_any_format(root)? {
            Some(identity) => Ok(Self { root: root.to_owned(), identity }),
            None => Err(DatasetError::NotADataset { path: root.to_owned() }),
        }
    }

    /// Writes the record of the dataset itself.
    pub(super) fn record_identity(&self, identity: &Identity, temporary: &Path) -> Result<(), DatasetError> {
        write_atomically(&self.root.join(DATASET_FILE), temporary, &json(identity))
    }

    /// The names of the segments that are in work.
    pub(super) fn in_work(&self) -> Result<Vec<String>, DatasetError> {
        let entries = sorted_entries(&self.root.join(WORK))?;
        let folders = entries.iter().filter(|path| path.is_dir());
        Ok(folders.filter_map(|path| Some(path.file_name()?.to_str()?.to_owned())).collect())
    }

    /// Removes the work of a finished segment that a kill between its commit and the end of [`store`](Self::store)
    /// left.
    pub fn remove_work_files(&self, segment: &str) -> Result<(), DatasetError> {
        remove_folder(&self.work_folder(segment))
    }

    /// Undoes a finished segment, because its inputs have changed.
    pub fn remove_segment(&self, segment: &str) -> Result<(), DatasetError> {
        let Some(commit) = self.commit(segment)? else { return Ok(()) };
        let work = self.work_folder(segment);
        remove_folder(&work)?;
        write_atomically(&work.join(PLAN_FILE), &work.join("file.tmp"), &json(&commit.files))?;
        remove_file(&self.commit_file(segment))?;
        self.clear(segment)?;
        remove_folder(&work)
    }

    /// Removes the files that an interrupted run left for a segment.
    pub(super) fn clear(&self, segment: &str) -> Result<(), DatasetError> {
        let plan = self.work_folder(segment).join(PLAN_FILE);
        for file in read_record::<Vec<OutputFile>>(&plan)?.unwrap_or_default() {
            self.remove_output(&file)?;
        }
        Ok(())
    }

    pub(super) fn remove_output(&self, file: &OutputFile) -> Result<(), DatasetError> {
        // A record that was tampered with must not lead out of the dataset.
        let path = Path::new(&file.path);
        if path.components().all(|part| matches!(part, std::path::Component::Normal(_))) {
            remove_file(&self.root.join(path))?;
            remove_empty_parents(&self.root, path);
        }
        Ok(())
    }

    fn commit_file(&self, segment: &str) -> PathBuf {
        self.root.join(LOG).join(format!("{segment}.json"))
    }

    /// Claims a part of the work, so that no other run does it at the same time. The claim ends with the process,
    /// however it ends.
    pub fn claim(&self, part: &str) -> Result<Lock, DatasetError> {
        Lock::take(&self.root.join(WORK).join(format!("lock-{part}")))
    }

    /// Removes the folder for work in progress if no work is left in it.
    pub fn tidy(&self) -> Result<(), DatasetError> {
        for path in sorted_entries(&self.root.join(WORK))? {
            let is_lock = path.file_name().and_then(OsStr::to_str).is_some_and(|name| name.starts_with("lock-"));
            if is_lock && Lock::take(&path).is_ok() {
                remove_file(&path)?;
            }
        }
        // It stays while another shard works: that is not an error.
        let _ = fs::remove_dir(self.root.join(WORK));
        Ok(())
    }

    /// Removes everything that this program wrote into a folder, and nothing else. Without a dataset it does nothing.
    pub fn discard(root: &Path) -> Result<(), DatasetError> {
        let Some(identity) = read_record::<Identity>(&root.join(DATASET_FILE))? else { return Ok(()) };
        let dataset = Self { root: root.to_owned(), identity };
        for commit in dataset.commits()? {
            for file in &commit.files {
                dataset.remove_output(file)?;
            }
            remove_file(&dataset.commit_file(&commit.segment))?;
        }
        for work in sorted_entries(&root.join(WORK))? {
            if let Some(segment) = work.file_name().and_then(OsStr::to_str) {
                dataset.clear(segment)?;
            }
        }
        remove_folder(&root.join(WORK))?;
        remove_file(&root.join(DATASET_FILE))?;
        for table in Table::ALL.map(Table::as_str).into_iter().chain([OLD_MARKERS]) {
            let _ = fs::remove_dir(root.join(table));
        }
        let _ = fs::remove_dir(root.join(LOG));
        Ok(())
    }
}

/// Writes a file so that it is there as a whole or not at all: first `temporary`, on the same file system, then
/// renamed. Missing folders are made.
pub fn write_atomically(path: &Path, temporary: &Path, bytes: &[u8]) -> Result<(), DatasetError> {
    write(path, temporary, bytes, fs::File::sync_all)
}

/// The same without waiting for the disk: after a loss of power the file may be there in part. For files that prove
/// themselves when they are read.
pub fn write_without_sync(path: &Path, temporary: &Path, bytes: &[u8]) -> Result<(), DatasetError> {
    write(path, temporary, bytes, |_| Ok(()))
}

fn write(
    path: &Path,
    temporary: &Path,
    bytes: &[u8],
    settle: impl Fn(&fs::File) -> std::io::Result<()>,
) -> Result<(), DatasetError> {
    for parent in [path.parent(), temporary.parent()].into_iter().flatten() {
        fs::create_dir_all(parent).map_err(DatasetError::io(parent))?;
    }
    let mut file = fs::File::create(temporary).map_err(DatasetError::io(temporary))?;
    file.write_all(bytes).and_then(|()| settle(&file)).map_err(DatasetError::io(temporary))?;
    drop(file);
    fs::rename(temporary, path).map_err(DatasetError::io(path))
}

/// Program and settings of the dataset in a folder; `None` if there is no dataset. One of another format is an error.
pub(super) fn identity(root: &Path) -> Result<Option<Identity>, DatasetError> {
    let identity = identity_of_any_format(root)?;
    match &identity {
        Some(Identity { format_version, .. }) if format_version != FORMAT_VERSION => {
            let (path, there) = (root.to_owned(), format_version.clone());
            let is_old = there == FIRST_FORMAT;
            Err(if is_old {
                DatasetError::OldFormat { path, there }
            } else {
                DatasetError::UnknownFormat { path, there }
            })
        }
        _ => Ok(identity),
    }
}

/// The same whatever names the dataset has.
pub(super) fn identity_of_any_format(root: &Path) -> Result<Option<Identity>, DatasetError> {
    read_record(&root.join(DATASET_FILE))
}

/// Reads a JSON record; `None` if there is none.
fn read_record<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, DatasetError> {
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
        Err(error) => return Err(DatasetError::io(path)(error)),
    };
    serde_json::from_slice(&text)
        .map(Some)
        .map_err(|error| DatasetError::Record { path: path.to_owned(), message: error.to_string() })
}

pub(super) fn json<T: Serialize>(record: &T) -> Vec<u8> {
    // Records hold strings, numbers and maps with string keys: that cannot fail to be JSON.
    let mut text = serde_json::to_vec_pretty(record).unwrap_or_default();
    text.push(b'\n');
    text
}

/// The entries of a folder, sorted; empty if there is no such folder.
pub(super) fn sorted_entries(folder: &Path) -> Result<Vec<PathBuf>, DatasetError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(DatasetError::io(folder)(error)),
    };
    let paths: Result<Vec<PathBuf>, _> = entries.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut paths = paths.map_err(DatasetError::io(folder))?;
    paths.sort();
    Ok(paths)
}

fn remove_file(path: &Path) -> Result<(), DatasetError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(DatasetError::io(path)(error)),
        _ => Ok(()),
    }
}

pub(super) fn remove_folder(path: &Path) -> Result<(), DatasetError> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(DatasetError::io(path)(error)),
        _ => Ok(()),
    }
}

/// Removes the folders above a removed file as far as they are empty.
fn remove_empty_parents(root: &Path, path: &Path) {
    for parent in path.ancestors().skip(1).take_while(|parent| !parent.as_os_str().is_empty()) {
        if fs::remove_dir(root.join(parent)).is_err() {
            break;
        }
    }
}

pub(super) fn slashed(path: &Path) -> String {
    path.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn brief(text: &str) -> String {
    text.chars().take(12).collect()
}

pub(super) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

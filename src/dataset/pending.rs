//! A finished piece of work on its way to the disk: what computes and what waits are apart, so that whoever computes
//! need not wait.

use super::store::{PLAN_FILE, json, remove_folder, sha256, slashed};
use super::writer::{Encoded, encode};
use super::{Commit, Dataset, DatasetError, OutputFile, Rows, write_atomically};

/// The files of a piece of work, encoded, with their record.
#[derive(Debug)]
pub struct Pending {
    commit: Commit,
    files: Vec<Encoded>,
}

impl Dataset {
    /// Encodes the rows of a segment; `commit.files` is filled here. Touches no disk.
    pub fn encode(&self, mut commit: Commit, rows: Rows) -> Result<Pending, DatasetError> {
        let files = encode(&commit.segment, rows, self.identity())?;
        let record =
            |file: &Encoded| OutputFile { path: slashed(&file.path), rows: file.rows, sha256: sha256(&file.bytes) };
        commit.files = files.iter().map(record).collect();
        Ok(Pending { commit, files })
    }

    /// Writes the files of a segment and commits them; then its work folder is removed.
    pub fn store(&self, Pending { commit, files }: Pending) -> Result<Commit, DatasetError> {
        self.clear(&commit.segment)?;
        let work = self.work_folder(&commit.segment);
        let temporary = work.join("file.tmp");
        write_atomically(&work.join(PLAN_FILE), &temporary, &json(&commit.files))?;
        for file in &files {
            write_atomically(&self.root().join(&file.path), &temporary, &file.bytes)?;
        }
        self.record(&commit, &temporary)?;
        remove_folder(&work)?;
        Ok(commit)
    }

    /// Encodes and stores the rows of a segment.
    pub fn write(&self, commit: Commit, rows: Rows) -> Result<Commit, DatasetError> {
        self.store(self.encode(commit, rows)?)
    }
}

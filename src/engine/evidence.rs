//! Saves the evidence of finished chunks, so that a killed run continues where it was.

use super::FrameRecord;
use crate::dataset::{DatasetError, write_without_sync};
use crate::model::Failure;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// What pass 1 made of one picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum Outcome {
    /// A frame was found.
    Frame(Box<FrameRecord>),
    /// No frame was reached.
    Failed(Failure),
}

/// The saved chunks of one segment, each with its checksum. Saved and unsaved evidence are the same to the bit: the
/// format keeps every float.
#[derive(Debug)]
pub(super) struct Evidence {
    folder: PathBuf,
    key: String,
}

impl Evidence {
    /// Evidence in a folder; `key` names inputs and settings: evidence with another key is not used.
    pub(super) fn new(folder: PathBuf, key: String) -> Self {
        Self { folder, key }
    }

    /// The outcomes of a chunk of `frames` frames, if they were saved whole.
    pub(super) fn load(&self, chunk: usize, frames: usize) -> Option<Vec<Outcome>> {
        let bytes = std::fs::read(self.file(chunk)).ok()?;
        let (check, payload) = bytes.split_at_checked(32)?;
        if check != self.check(payload) {
            return None;
        }
        let outcomes: Vec<Outcome> = postcard::from_bytes(payload).ok()?;
        (outcomes.len() == frames).then_some(outcomes)
    }

    /// Saves the outcomes of a chunk.
    pub(super) fn save(&self, chunk: usize, outcomes: &[Outcome]) -> Result<(), DatasetError> {
        let file = self.file(chunk);
        let payload = postcard::to_allocvec(outcomes)
            .map_err(|error| DatasetError::Record { path: file.clone(), message: error.to_string() })?;
        let mut bytes = self.check(&payload);
        bytes.extend(payload);
        write_without_sync(&file, &file.with_extension("tmp"), &bytes)
    }

    fn check(&self, payload: &[u8]) -> Vec<u8> {
        Sha256::new().chain_update(&self.key).chain_update(payload).finalize().to_vec()
    }

    fn file(&self, chunk: usize) -> PathBuf {
        self.folder.join(Path::new(&format!("{chunk:05}.evidence")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(message: &str) -> Outcome {
        Outcome::Failed(Failure {
            source_file: "a.png".to_owned(),
            frame_index: None,
            stage: "ingest".to_owned(),
            class: "truncated".to_owned(),
            message: message.to_owned(),
        })
    }

    #[test]
    fn only_whole_evidence_of_the_same_work_is_used() {
        let folder = tempfile::tempdir().unwrap();
        let evidence = Evidence::new(folder.path().to_owned(), "settings 1".to_owned());
        let outcomes = [failure("one"), failure("two")];
        evidence.save(3, &outcomes).unwrap();
        assert_eq!(evidence.load(3, 2).as_deref(), Some(&outcomes[..]));
        assert_eq!(evidence.load(3, 3), None);
        assert_eq!(evidence.load(4, 2), None);
        assert_eq!(Evidence::new(folder.path().to_owned(), "settings 2".to_owned()).load(3, 2), None);
        let file = folder.path().join("00003.evidence");
        let bytes = std::fs::read(&file).unwrap();
        for length in 0..bytes.len() {
            std::fs::write(&file, &bytes[..length]).unwrap();
            assert_eq!(evidence.load(3, 2), None, "cut to {length} bytes");
        }
    }
}

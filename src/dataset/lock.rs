//! Locks that keep two runs from doing the same work.

use super::DatasetError;
use std::fs::{File, TryLockError};
use std::path::Path;

/// A lock on a file; it ends with the process, however that ends. The file that stays behind locks nothing.
#[derive(Debug)]
pub struct Lock {
    // Held, not read: the lock goes when the file is closed.
    _file: File,
}

impl Lock {
    /// Takes a lock, or says that another process has it.
    pub(super) fn take(path: &Path) -> Result<Self, DatasetError> {
        let file = open(path)?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => Err(DatasetError::Busy { path: path.to_owned() }),
            // Some network file systems have no locks: then the user has to take care.
            Ok(()) | Err(TryLockError::Error(_)) => Ok(Self { _file: file }),
        }
    }

    /// Takes a lock once it is free.
    pub(super) fn wait(path: &Path) -> Result<Self, DatasetError> {
        let file = open(path)?;
        // As above: without locks go on.
        let _ = file.lock();
        Ok(Self { _file: file })
    }
}

fn open(path: &Path) -> Result<File, DatasetError> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(DatasetError::io(parent))?;
    }
    File::create(path).map_err(DatasetError::io(path))
}

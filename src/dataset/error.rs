//! Why a dataset cannot be written or read.

use std::path::{Path, PathBuf};

/// Why a dataset cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum DatasetError {
    /// A file or folder cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A Parquet file cannot be written or read.
    #[error("{}: {source}", path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// The library's reason.
        source: parquet::errors::ParquetError,
    },
    /// A table cannot be put together.
    #[error("{}: {source}", path.display())]
    Arrow {
        /// The file.
        path: PathBuf,
        /// The library's reason.
        source: arrow::error::ArrowError,
    },
    /// A record in `_log/` is not what this program writes.
    #[error("{}: {message}; start anew with --fresh", path.display())]
    Record {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
    /// The folder holds a dataset that was made with other settings.
    #[error(
        "{}: the dataset was made with another {what} (there {there}, now {now}); \
         write to another folder, or discard it with --fresh", path.display()
    )]
    Mismatch {
        /// The dataset's folder.
        path: PathBuf,
        /// What differs.
        what: &'static str,
        /// As the dataset has it.
        there: String,
        /// As this run has it.
        now: String,
    },
    /// The folder holds no dataset.
    #[error("{}: no dataset here (no _log/dataset.json); name the folder that `ionoscribe run` wrote", path.display())]
    NotADataset {
        /// The folder.
        path: PathBuf,
    },
    /// Another run writes the same part of the dataset.
    #[error("{}: another run is writing this part of the dataset; wait for it or give the runs different shards", path.display())]
    Busy {
        /// The lock file.
        path: PathBuf,
    },
}

impl DatasetError {
    /// An error of the file system at a path.
    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io { path: path.to_owned(), source }
    }
}

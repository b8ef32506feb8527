//! Why a dataset cannot be written or read.

use super::FORMAT_VERSION;
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
    /// The dataset has the names of an earlier format.
    #[error(
        "{}: the dataset has the names of format {there}, and this program reads format {FORMAT_VERSION}; \
         `ionoscribe migrate {}` converts it", path.display(), path.display()
    )]
    OldFormat {
        /// The dataset's folder.
        path: PathBuf,
        /// Its format.
        there: String,
    },
    /// The dataset has names that this program does not know.
    #[error(
        "{}: the dataset has format {there}, and this program reads format {FORMAT_VERSION}; \
         use the version of ionoscribe that wrote it", path.display()
    )]
    UnknownFormat {
        /// The dataset's folder.
        path: PathBuf,
        /// Its format.
        there: String,
    },
    /// A file is not that which its record names, so that it cannot be converted.
    #[error("{}: {what}; restore it, or make the dataset anew with `ionoscribe run --fresh`", path.display())]
    NotAsRecorded {
        /// The file.
        path: PathBuf,
        /// How it differs.
        what: &'static str,
    },
    /// A run into a dataset of an earlier format was not finished.
    #[error(
        "{}: the segment {segment} is not finished, and its work in progress cannot be converted; finish it with the \
         version that began it, or delete {} to give the segment up", root.display(), folder.display()
    )]
    Unfinished {
        /// The dataset's folder.
        root: PathBuf,
        /// The segment.
        segment: String,
        /// Its work folder.
        folder: PathBuf,
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

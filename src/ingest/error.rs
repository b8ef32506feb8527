//! Why an input cannot be used: the file, the kind of fault, and what a person can do about it.

use crate::model::Failure;

/// An input that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{file}{}: {fault}", page.map(|page| format!(", page {}", page + 1)).unwrap_or_default())]
pub struct IngestError {
    /// The file, as it is named in the dataset.
    pub file: String,
    /// The page of a multi-page file, counted from 0.
    pub page: Option<u32>,
    /// What is wrong with it.
    #[source]
    pub fault: Fault,
}

/// What is wrong with an input.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// There is no such file or folder.
    #[error("there is no such file or folder; check the path")]
    Missing,
    /// The system refuses to read it.
    #[error("cannot be read ({0}); check permissions and the disk")]
    Unreadable(#[source] std::io::Error),
    /// Symbolic links lead in a circle.
    #[error("this symbolic link leads back to itself or to a folder that holds it; remove the link")]
    SymlinkLoop,
    /// A folder is named like a picture and holds none.
    #[error("this is a folder, named like a picture, without a picture in it; rename or remove it")]
    Folder,
    /// A folder that was asked for holds no pictures.
    #[error("no pictures were found in this folder; check the path, or the formats (PNG, JPEG, TIFF, JPEG 2000, PDF)")]
    NoPictures,
    /// The file has no bytes.
    #[error("the file is empty; copy or scan it again")]
    Empty,
    /// The contents are no picture.
    #[error("the file is not a picture, whatever its name says; give PNG, JPEG, TIFF, JPEG 2000 or PDF")]
    NotAPicture,
    /// A picture format that is not read.
    #[error("{format} is not read; convert the file to PNG or TIFF")]
    UnsupportedFormat {
        /// Name of the format.
        format: &'static str,
    },
    /// A variant of a known format that is not read.
    #[error("{format} with {variant} is not read; save the file again as plain 8-bit grey PNG or TIFF")]
    UnsupportedVariant {
        /// Name of the format.
        format: &'static str,
        /// What is special about the file.
        variant: String,
    },
    /// The file ends too early.
    #[error("the {format} data end early ({detail}): the file is cut off; copy or scan it again")]
    Truncated {
        /// Name of the format.
        format: &'static str,
        /// Where it ended.
        detail: String,
    },
    /// The file contradicts its format.
    #[error("damaged {format} data ({detail}); copy or scan the file again")]
    Damaged {
        /// Name of the format.
        format: &'static str,
        /// What the decoder says.
        detail: String,
    },
    /// The picture is larger than the settings allow.
    #[error(
        "the picture is {width} x {height} pixels, more than the limit ({limit}); if that is right, raise `{setting}` in \
         [ingest] of the pipeline file"
    )]
    TooLarge {
        /// Width in pixels.
        width: u64,
        /// Height in pixels.
        height: u64,
        /// The limit, in words.
        limit: String,
        /// The setting to raise.
        setting: &'static str,
    },
    /// Reading the picture would take more memory than the settings allow.
    #[error(
        "reading this takes {needed_mb} MiB of memory, more than the limit of {limit_mb} MiB; save it as TIFF in strips of \
         few rows, or raise `max_memory_mb` (for film strips `strip_memory_mb`) in [ingest] of the pipeline file"
    )]
    TooMuchMemory {
        /// What is needed, in MiB.
        needed_mb: u64,
        /// The limit, in MiB.
        limit_mb: u64,
    },
    /// The file is larger than the settings allow.
    #[error(
        "the file has {size_mb} MiB, more than the limit of {limit_mb} MiB; split it, or raise `max_file_mb` in [ingest] \
         of the pipeline file"
    )]
    FileTooLarge {
        /// Size in MiB.
        size_mb: u64,
        /// The limit, in MiB.
        limit_mb: u64,
    },
    /// The file has more pages than the settings allow.
    #[error("the file has more than {limit} pages; split it, or raise `max_pages` in [ingest] of the pipeline file")]
    TooManyPages {
        /// The limit.
        limit: u32,
    },
    /// The picture is too small to show anything.
    #[error(
        "the picture is {width} x {height} pixels, too small to show an ionogram; scan the film again or remove the file"
    )]
    TooSmall {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
    /// The manifest cannot be used, or not all of it.
    #[error("{detail}; correct the manifest (columns file, station, date; a date is yyyy-mm-dd)")]
    Manifest {
        /// What is wrong with it, and where.
        detail: String,
    },
    /// The temporary copy of a strip cannot be written or read.
    #[error(
        "the temporary copy of the strip failed ({0}); free space there, or set `spool_dir` in [ingest] of the pipeline file"
    )]
    Spool(#[source] std::io::Error),
}

impl Fault {
    /// The kind of fault as the failures table has it.
    pub fn class(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Unreadable(_) => "unreadable",
            Self::SymlinkLoop => "symlink_loop",
            Self::Folder => "folder",
            Self::NoPictures => "no_pictures",
            Self::Empty => "empty_file",
            Self::NotAPicture => "not_a_picture",
            Self::UnsupportedFormat { .. } => "unsupported_format",
            Self::UnsupportedVariant { .. } => "unsupported_variant",
            Self::Truncated { .. } => "truncated",
            Self::Damaged { .. } => "damaged",
            Self::TooLarge { .. } => "too_large",
            Self::TooMuchMemory { .. } => "too_much_memory",
            Self::FileTooLarge { .. } => "file_too_large",
            Self::TooManyPages { .. } => "too_many_pages",
            Self::TooSmall { .. } => "too_small",
            Self::Manifest { .. } => "manifest",
            Self::Spool(_) => "spool",
        }
    }

    /// The fault of a named file.
    pub(super) fn of(self, file: &str) -> IngestError {
        IngestError { file: file.to_owned(), page: None, fault: self }
    }
}

impl IngestError {
    /// The kind of fault as the failures table has it.
    pub fn class(&self) -> &'static str {
        self.fault.class()
    }

    /// The row of the failures table.
    pub fn failure(&self) -> Failure {
        let page = self.page.map(|page| format!("page {}: ", page + 1)).unwrap_or_default();
        Failure {
            source_file: self.file.clone(),
            frame_index: self.page.and_then(|page| i32::try_from(page).ok()),
            stage: "ingest".to_owned(),
            class: self.class().to_owned(),
            message: format!("{page}{}", self.fault),
        }
    }
}

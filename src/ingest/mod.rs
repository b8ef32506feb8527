//! Opens scans: files, multi-page files, folders and long strips become rolls of pictures, within explicit limits.
//!
//! In: paths. Out: [`Roll`]s of [`Scan`](crate::model::Scan)s or [`Strip`]s, or an [`IngestError`] that names the file
//! and the remedy. [`discover`] looks at headers only; [`ScanRef::open`] and [`Strip::open`] decode.
//!
//! Decoders hand on rows of grey values (`grey`), so that a strip never stands in memory as a whole.

mod ccitt;
mod config;
mod discover;
mod error;
mod file;
mod format;
mod grey;
mod jpeg;
mod jpeg2000;
mod limits;
mod manifest;
mod natural;
mod pdf;
mod png;
mod roll;
mod samples;
mod spool;
mod strip;
mod tiff;
mod walk;

pub use config::{FileOrder, IngestConfig, VerticalStrip};
pub use discover::{Discovery, discover};
pub use error::{Fault, IngestError};
pub use manifest::Manifest;
pub use roll::{Roll, RollInput, ScanRef, StripRef};
pub use strip::Strip;

//! Rolls and references: what discovery found and the engine will open.

use super::file::{Foreign, Kept};
use super::grey::{Collector, Depth, Shape};
use super::limits::{self, Kind};
use super::{Fault, IngestConfig, IngestError};
use crate::model::{ManifestEntry, Scan, Source};
use std::path::Path;
use std::sync::Arc;

/// The pictures of one roll of film, in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Roll {
    /// Name of the roll, unique in a run: the folder's path below the input folder, and the file's stem if the roll is
    /// one file.
    pub name: String,
    /// The pictures.
    pub input: RollInput,
}

/// What a roll consists of.
#[derive(Debug, Clone, PartialEq)]
pub enum RollInput {
    /// Pictures of single ionograms, in the order of the film.
    Scans(Vec<ScanRef>),
    /// One long picture of many ionograms.
    Strip(StripRef),
}

/// One picture that can be opened: a file, or a page of it.
///
/// A run holds one for every picture that it was given: what several have in common is shared.
#[derive(Debug, Clone, PartialEq)]
pub struct ScanRef {
    /// The file.
    pub path: Arc<Path>,
    /// The page, counted from 0.
    pub page: u32,
    /// What the archive's manifest says of it.
    pub manifest: Arc<ManifestEntry>,
    pub(super) kept: Kept,
}

/// A strip that can be opened.
#[derive(Debug, Clone, PartialEq)]
pub struct StripRef {
    /// The file.
    pub path: Arc<Path>,
    /// The page, counted from 0.
    pub page: u32,
    /// Pixels along the film.
    pub length: u32,
    /// Pixels across the film.
    pub height: u32,
    /// What the archive's manifest says of it.
    pub manifest: Arc<ManifestEntry>,
    pub(super) kept: Kept,
}

impl ScanRef {
    /// A reference to the first page of a file of which no manifest speaks.
    pub fn new(path: impl AsRef<Path>) -> Self {
        Self { path: path.as_ref().into(), page: 0, manifest: Arc::default(), kept: Kept::default() }
    }

    /// Reads and decodes the picture.
    ///
    /// Colours become luma (ITU-R BT.601), alpha is ignored, one bit becomes 0 and 255. 16 bits are stretched to 8
    /// between the values that 0.1 % of the pixels lie below and above. Nothing is turned or inverted beyond what the
    /// file's own tags ask for.
    pub fn open(&self, config: &IngestConfig) -> Result<Scan, IngestError> {
        self.read(config).map_err(|fault| page_error(&self.path, self.page, fault))
    }

    fn read(&self, config: &IngestConfig) -> Result<Scan, Fault> {
        let memory = config.max_memory();
        let mut file = Foreign::open(&self.path, config)?;
        file.preload(memory)?;
        let sha256 = file.sha256(&self.kept)?;
        let mut collector = Collector::new(|shape| admit(shape, config));
        file.decode(self.page, &self.kept, memory, &mut collector)?;
        let picture = collector
            .finish()
            .ok_or_else(|| Fault::Damaged { format: "picture", detail: "rows are missing".to_owned() })?;
        Ok(Scan { picture, source: Source { file: self.file(), sha256, page: self.page } })
    }

    /// Bytes of the file.
    pub fn bytes(&self) -> u64 {
        self.kept.size(&self.path)
    }

    /// The file as the dataset names it: with forward slashes.
    pub fn file(&self) -> String {
        file_name(&self.path)
    }
}

impl StripRef {
    /// A reference to the first page of a file, with its pixels along and across the film.
    pub fn new(path: impl AsRef<Path>, length: u32, height: u32) -> Self {
        let (path, manifest) = (path.as_ref().into(), Arc::default());
        Self { path, page: 0, length, height, manifest, kept: Kept::default() }
    }

    /// Bytes of the file.
    pub fn bytes(&self) -> u64 {
        self.kept.size(&self.path)
    }

    /// The file as the dataset names it: with forward slashes.
    pub fn file(&self) -> String {
        file_name(&self.path)
    }
}

/// A picture that is to be held whole is within the limits.
fn admit(Shape { width, height, depth }: Shape, config: &IngestConfig) -> Result<(), Fault> {
    if limits::admit(width, height, config)? != Kind::Scan {
        limits::admit_scan(width, height, config)?;
    }
    let bytes = if depth == Depth::Eight { 1 } else { 3 };
    limits::within(u64::from(width) * u64::from(height) * bytes, config.max_memory())
}

/// The error of a page; the page is named where there are several.
pub(super) fn page_error(path: &Path, page: u32, fault: Fault) -> IngestError {
    IngestError { file: file_name(path), page: (page > 0).then_some(page), fault }
}

/// A path with forward slashes; what is not Unicode is replaced.
pub(super) fn file_name(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

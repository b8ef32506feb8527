//! One foreign file: its size, format and hash, and what is worth keeping while its pages are read one by one.

use super::format::{Format, HEAD};
use super::grey::RowSink;
use super::{Fault, IngestConfig, jpeg, jpeg2000, limits, pdf, png, tiff};
use crate::kernel::reuse::Reused;
use lopdf::Document;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Cursor, ErrorKind, Read, Seek};
use std::num::NonZeroU64;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Bytes that are read from the disk at once.
const BUFFER: usize = 1 << 16;

/// The size of one page's picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PageSize {
    /// The page, counted from 0.
    pub(super) page: u32,
    /// Width in pixels.
    pub(super) width: u32,
    /// Height in pixels.
    pub(super) height: u32,
}

/// What is kept of a file between the openings of its pages. There is one for every picture of a run: a file of one page
/// keeps only its size. It takes no part in comparisons.
#[derive(Debug, Clone, Default)]
pub(super) struct Kept {
    /// Bytes of the file when it was surveyed.
    size: Option<NonZeroU64>,
    /// Of a file of several pages; its clones share it.
    pages: Option<Arc<Pages>>,
}

#[derive(Debug, Default)]
struct Pages {
    sha256: OnceLock<String>,
    /// Directories of a TIFF file's pages.
    places: Vec<u64>,
    /// A PDF document, with the number of pages that were not read since it was loaded.
    document: Mutex<Option<(Arc<Document>, usize)>>,
}

impl Kept {
    fn new(size: u64, pages: usize, places: Vec<u64>) -> Self {
        let pages = (pages > 1).then(|| Arc::new(Pages { places, ..Pages::default() }));
        Self { size: NonZeroU64::new(size), pages }
    }

    /// Bytes of the file as they were when it was surveyed, else as they are now; 0 if it cannot be asked.
    pub(super) fn size(&self, path: &Path) -> u64 {
        self.size.map_or_else(|| fs::metadata(path).map_or(0, |metadata| metadata.len()), NonZeroU64::get)
    }
}

impl PartialEq for Kept {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// A file that is open: in memory, or to be read from the disk in parts.
pub(super) struct Foreign<'a> {
    path: &'a Path,
    format: Format,
    size: u64,
    /// Its first bytes.
    head: Vec<u8>,
    whole: Option<Reused<u8>>,
}

trait Input: BufRead + Seek {}
impl<T: BufRead + Seek> Input for T {}

/// Whether a file that nobody named is to be taken for a picture: it promises to be one, or its first bytes say so.
pub(super) fn is_candidate(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if Format::is_promised_by(&name) {
        return true;
    }
    let is_file = fs::metadata(path).is_ok_and(|metadata| metadata.is_file());
    let Ok(head) = (if is_file { head(path, 16) } else { Ok(Vec::new()) }) else { return false };
    match Format::recognise(&head) {
        Some(Format::Pdf) => head.starts_with(b"%PDF-"),
        Some(Format::Foreign(_)) | None => false,
        Some(_) => true,
    }
}

/// The pages of a file and their sizes, from its headers, and what is worth keeping of it.
pub(super) fn survey(path: &Path, config: &IngestConfig) -> Result<(Vec<PageSize>, Kept), Fault> {
    let mut file = Foreign::open(path, config)?;
    let one = |(width, height)| vec![PageSize { page: 0, width, height }];
    let mut places = Vec::new();
    let pages = match file.format {
        // The header stands at the very beginning.
        Format::Png => png::size(Cursor::new(&file.head)).map(one)?,
        Format::Jpeg => jpeg::size(file.input()?).map(one)?,
        Format::Tiff => {
            let pages = tiff::pages(file.input()?, config.max_pages)?;
            places = pages.iter().map(|page| page.place).collect();
            (0..).zip(&pages).map(|(page, of)| PageSize { page, width: of.width, height: of.height }).collect()
        }
        Format::Jpeg2000 => jpeg2000::size(file.read_whole(config.max_memory())?).map(one)?,
        Format::Pdf => {
            let document = pdf::load(file.read_whole(config.max_memory())?, config.max_memory())?;
            let pages = pdf::pages(&document, config.max_pages)?;
            pages.iter().map(|of| PageSize { page: of.number, width: of.width, height: of.height }).collect()
        }
        Format::Foreign(format) => return Err(Fault::UnsupportedFormat { format }),
    };
    let kept = Kept::new(file.size, pages.len(), places);
    Ok((pages, kept))
}

impl<'a> Foreign<'a> {
    /// Looks at a file's size and first bytes.
    pub(super) fn open(path: &'a Path, config: &IngestConfig) -> Result<Self, Fault> {
        let metadata = fs::metadata(path).map_err(unreadable)?;
        if metadata.is_dir() {
            return Err(Fault::Folder);
        }
        if !metadata.is_file() {
            // A device or pipe might never end.
            return Err(Fault::NotAPicture);
        }
        let size = metadata.len();
        if size == 0 {
            return Err(Fault::Empty);
        }
        if size.div_ceil(1 << 20) > config.max_file_mb {
            return Err(Fault::FileTooLarge { size_mb: size.div_ceil(1 << 20), limit_mb: config.max_file_mb });
        }
        let head = head(path, HEAD).map_err(unreadable)?;
        let format = Format::recognise(&head).ok_or(Fault::NotAPicture)?;
        Ok(Self { path, format, size, head, whole: None })
    }

    /// The format can be decoded without holding the whole picture.
    pub(super) fn reads_by_rows(&self) -> bool {
        matches!(self.format, Format::Png | Format::Tiff)
    }

    /// Decodes a page, taking no more than `memory` bytes besides the sink.
    pub(super) fn decode(&mut self, page: u32, kept: &Kept, memory: u64, sink: &mut dyn RowSink) -> Result<(), Fault> {
        let held = self.whole.as_ref().map_or(0, |whole| whole.len() as u64);
        match self.format {
            Format::Png => match &self.whole {
                Some(whole) => png::decode(whole, memory.saturating_sub(held), sink),
                None => png::decode_rows(self.input()?, memory, sink),
            },
            Format::Tiff => {
                let known = kept.pages.as_ref().and_then(|kept| kept.places.get(page as usize));
                let place = match known {
                    Some(&place) => place,
                    None => {
                        let pages = tiff::pages(self.input()?, u32::MAX)?;
                        let page = pages.get(page as usize);
                        page.map(|page| page.place).ok_or(Fault::Missing)?
                    }
                };
                tiff::decode(self.input()?, place, memory.saturating_sub(held), sink)
            }
            Format::Jpeg => {
                let data = self.read_whole(memory)?;
                jpeg::decode(data, memory - data.len() as u64, sink)
            }
            Format::Jpeg2000 => {
                let data = self.read_whole(memory)?;
                jpeg2000::decode(data, memory - data.len() as u64, sink)
            }
            Format::Pdf => {
                let document = self.document(kept, memory)?;
                pdf::decode(&document, page, memory, sink)
            }
            Format::Foreign(format) => Err(Fault::UnsupportedFormat { format }),
        }
    }

    /// Reads the file to memory, if it is to be read from one end to the other anyway.
    pub(super) fn preload(&mut self, memory: u64) -> Result<(), Fault> {
        /// A larger TIFF file may hold many pages: only the page's own parts are read.
        const LARGE: u64 = 8 << 20;
        let in_parts = match self.format {
            Format::Tiff => self.size > LARGE,
            // Kept as a document.
            Format::Pdf => true,
            _ => false,
        };
        if !in_parts {
            self.read_whole(memory)?;
        }
        Ok(())
    }

    /// SHA-256 of the whole file, lower-case hexadecimal, reckoned once for all its pages.
    pub(super) fn sha256(&mut self, kept: &Kept) -> Result<String, Fault> {
        let Some(pages) = &kept.pages else { return self.hash() };
        if let Some(known) = pages.sha256.get() {
            return Ok(known.clone());
        }
        let sha256 = self.hash()?;
        Ok(pages.sha256.get_or_init(|| sha256).clone())
    }

    fn hash(&self) -> Result<String, Fault> {
        let mut hash = Sha256::new();
        match &self.whole {
            Some(whole) => hash.update(whole.as_slice()),
            None => {
                let mut file = BufReader::with_capacity(BUFFER, File::open(self.path).map_err(unreadable)?);
                loop {
                    let part = file.fill_buf().map_err(unreadable)?;
                    if part.is_empty() {
                        break;
                    }
                    hash.update(part);
                    let count = part.len();
                    file.consume(count);
                }
            }
        }
        Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }

    fn input(&self) -> Result<Box<dyn Input + '_>, Fault> {
        Ok(match &self.whole {
            Some(whole) => Box::new(Cursor::new(whole.as_slice())),
            None => Box::new(BufReader::with_capacity(BUFFER, File::open(self.path).map_err(unreadable)?)),
        })
    }

    fn read_whole(&mut self, memory: u64) -> Result<&[u8], Fault> {
        limits::within(self.size, memory)?;
        if self.whole.is_none() {
            let file = File::open(self.path).map_err(unreadable)?;
            let mut whole = Reused::try_with_capacity(self.size as usize).map_err(|_| too_much(self.size, memory))?;
            // A file that grows while it is read does not exceed the limit.
            file.take(memory).read_to_end(&mut whole).map_err(unreadable)?;
            self.whole = Some(whole);
        }
        Ok(self.whole.as_ref().map_or(&[], |whole| whole.as_slice()))
    }

    /// The document of a PDF: kept until as many of its pages were read as it has.
    fn document(&mut self, kept: &Kept, memory: u64) -> Result<Arc<Document>, Fault> {
        let mut load = || {
            let document = pdf::load(self.read_whole(memory)?, memory)?;
            self.whole = None;
            Ok(Arc::new(document))
        };
        let Some(pages) = &kept.pages else { return load() };
        let mut held = pages.document.lock().unwrap_or_else(PoisonError::into_inner);
        let (document, left) = match held.take() {
            Some(known) => known,
            None => {
                let document = load()?;
                let pages = document.page_iter().count();
                (document, pages)
            }
        };
        if left > 1 {
            *held = Some((Arc::clone(&document), left - 1));
        }
        Ok(document)
    }
}

fn head(path: &Path, most: usize) -> std::io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(most);
    File::open(path)?.take(most as u64).read_to_end(&mut head)?;
    Ok(head)
}

fn too_much(needed: u64, memory: u64) -> Fault {
    Fault::TooMuchMemory { needed_mb: needed.div_ceil(1 << 20), limit_mb: memory >> 20 }
}

/// The fault behind an error of the system.
pub(super) fn unreadable(error: std::io::Error) -> Fault {
    /// ELOOP of Linux and of macOS: too many symbolic links.
    const ELOOP: [i32; 2] = [40, 62];
    match (error.kind(), error.raw_os_error()) {
        (ErrorKind::NotFound, _) => Fault::Missing,
        (_, Some(code)) if ELOOP.contains(&code) => Fault::SymlinkLoop,
        _ => Fault::Unreadable(error),
    }
}

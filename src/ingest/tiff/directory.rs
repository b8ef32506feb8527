//! The container: byte order, classic and BigTIFF, image file directories and their entries (TIFF 6.0, section 2).

use super::damaged;
use crate::ingest::Fault;
use std::collections::BTreeSet;
use std::io::{BufRead, ErrorKind, Read, Seek, SeekFrom};

/// The most bytes of one entry's values: strip offsets of 1,000,000 strips and their like.
const MOST_VALUE_BYTES: u64 = 1 << 24;
/// The most entries of a directory.
const MOST_ENTRIES: u64 = 4096;

/// Tags by their numbers in TIFF 6.0.
pub(super) mod tag {
    pub(in super::super) const SUBFILE_TYPE: u16 = 254;
    pub(in super::super) const WIDTH: u16 = 256;
    pub(in super::super) const HEIGHT: u16 = 257;
    pub(in super::super) const BITS: u16 = 258;
    pub(in super::super) const COMPRESSION: u16 = 259;
    pub(in super::super) const PHOTOMETRIC: u16 = 262;
    pub(in super::super) const FILL_ORDER: u16 = 266;
    pub(in super::super) const STRIP_OFFSETS: u16 = 273;
    pub(in super::super) const SAMPLES: u16 = 277;
    pub(in super::super) const ROWS_PER_STRIP: u16 = 278;
    pub(in super::super) const STRIP_BYTES: u16 = 279;
    pub(in super::super) const PLANAR: u16 = 284;
    pub(in super::super) const T4_OPTIONS: u16 = 292;
    pub(in super::super) const PREDICTOR: u16 = 317;
    pub(in super::super) const COLOUR_MAP: u16 = 320;
    pub(in super::super) const TILE_WIDTH: u16 = 322;
    pub(in super::super) const TILE_LENGTH: u16 = 323;
    pub(in super::super) const TILE_OFFSETS: u16 = 324;
    pub(in super::super) const TILE_BYTES: u16 = 325;
    pub(in super::super) const SAMPLE_FORMAT: u16 = 339;
    pub(in super::super) const JPEG_TABLES: u16 = 347;
    pub(in super::super) const SUBSAMPLING: u16 = 530;
}

/// A TIFF file.
#[derive(Debug)]
pub(super) struct Container<R> {
    pub(super) input: R,
    pub(super) big_endian: bool,
    big_tiff: bool,
    first: u64,
}

/// One directory: the tags of one picture.
#[derive(Debug, Clone, Default)]
pub(super) struct Directory {
    entries: Vec<Entry>,
    next: u64,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    tag: u16,
    kind: u16,
    count: u64,
    /// The value itself or its place in the file.
    value: [u8; 8],
}

impl<R: BufRead + Seek> Container<R> {
    /// Reads the header.
    pub(super) fn open(mut input: R) -> Result<Self, Fault> {
        let mut head = [0; 16];
        input.seek(SeekFrom::Start(0)).map_err(unreadable)?;
        exact(&mut input, &mut head[..8], "the header")?;
        let big_endian = match &head[..2] {
            b"II" => false,
            b"MM" => true,
            _ => return Err(Fault::NotAPicture),
        };
        let mut container = Self { input, big_endian, big_tiff: false, first: 0 };
        container.big_tiff = match container.integer(&head[2..4]) {
            42 => false,
            43 => true,
            _ => return Err(damaged("unknown version")),
        };
        container.first = if container.big_tiff {
            exact(&mut container.input, &mut head[8..], "the header")?;
            container.integer(&head[8..16])
        } else {
            container.integer(&head[4..8])
        };
        Ok(container)
    }

    /// Where the directories of the pages lie. Reduced copies of other pictures are left out.
    pub(super) fn pages(&mut self, most: u32) -> Result<Vec<u64>, Fault> {
        let mut pages = Vec::new();
        let mut seen = BTreeSet::new();
        let mut place = self.first;
        while place != 0 {
            if !seen.insert(place) {
                return Err(damaged("its directories form a circle"));
            }
            if seen.len() > most as usize {
                return Err(Fault::TooManyPages { limit: most });
            }
            let directory = self.directory(place)?;
            let reduced = self.number(&directory, tag::SUBFILE_TYPE)?.unwrap_or(0) & 1 == 1;
            if !reduced {
                pages.push(place);
            }
            place = directory.next;
        }
        if pages.is_empty() {
            return Err(damaged("it holds no picture"));
        }
        Ok(pages)
    }

    /// Reads the directory at a place.
    pub(super) fn directory(&mut self, place: u64) -> Result<Directory, Fault> {
        let (count_bytes, entry_bytes, word) = if self.big_tiff { (8, 20, 8) } else { (2, 12, 4) };
        self.input.seek(SeekFrom::Start(place)).map_err(unreadable)?;
        let mut bytes = [0; 20];
        exact(&mut self.input, &mut bytes[..count_bytes], "a directory")?;
        let count = self.integer(&bytes[..count_bytes]);
        if count == 0 || count > MOST_ENTRIES {
            return Err(damaged(&format!("a directory of {count} entries")));
        }
        let mut directory = Directory::default();
        for _ in 0..count {
            let entry = &mut bytes[..entry_bytes];
            exact(&mut self.input, entry, "a directory")?;
            let mut value = [0; 8];
            value[..word].copy_from_slice(&entry[4 + word..4 + 2 * word]);
            let [tag, kind] = [self.integer(&bytes[..2]) as u16, self.integer(&bytes[2..4]) as u16];
            let count = self.integer(&bytes[4..4 + word]);
            directory.entries.push(Entry { tag, kind, count, value });
        }
        exact(&mut self.input, &mut bytes[..word], "a directory")?;
        directory.next = self.integer(&bytes[..word]);
        Ok(directory)
    }

    /// The first value of a tag.
    pub(super) fn number(&mut self, directory: &Directory, tag: u16) -> Result<Option<u64>, Fault> {
        Ok(self.numbers(directory, tag)?.and_then(|values| values.first().copied()))
    }

    /// The values of a tag that holds unsigned integers.
    pub(super) fn numbers(&mut self, directory: &Directory, tag: u16) -> Result<Option<Vec<u64>>, Fault> {
        let Some((bytes, width)) = self.values(directory, tag)? else { return Ok(None) };
        Ok(Some(bytes.chunks_exact(width).map(|value| self.integer(value)).collect()))
    }

    /// The bytes of a tag.
    pub(super) fn bytes(&mut self, directory: &Directory, tag: u16) -> Result<Option<Vec<u8>>, Fault> {
        Ok(self.values(directory, tag)?.map(|(bytes, _)| bytes))
    }

    fn values(&mut self, directory: &Directory, tag: u16) -> Result<Option<(Vec<u8>, usize)>, Fault> {
        let Some(&entry) = directory.entries.iter().find(|entry| entry.tag == tag) else { return Ok(None) };
        let width: usize = match entry.kind {
            1 | 2 | 6 | 7 => 1,
            3 | 8 => 2,
            4 | 9 | 13 => 4,
            16..=18 => 8,
            kind => return Err(damaged(&format!("tag {tag} has the type {kind}"))),
        };
        let size = entry.count.checked_mul(width as u64).filter(|&size| size <= MOST_VALUE_BYTES);
        let size = size.ok_or_else(|| damaged(&format!("tag {tag} has {} values", entry.count)))? as usize;
        let inline = if self.big_tiff { 8 } else { 4 };
        if size <= inline {
            return Ok(Some((entry.value[..size].to_vec(), width)));
        }
        let place = self.integer(&entry.value[..inline]);
        self.input.seek(SeekFrom::Start(place)).map_err(unreadable)?;
        let bytes = up_to(&mut self.input, size as u64)?;
        if bytes.len() < size {
            return Err(Fault::Truncated { format: "TIFF", detail: format!("in tag {tag}") });
        }
        Ok(Some((bytes, width)))
    }

    fn integer(&self, bytes: &[u8]) -> u64 {
        let join = |value: u64, byte: &u8| value << 8 | u64::from(*byte);
        if self.big_endian { bytes.iter().fold(0, join) } else { bytes.iter().rev().fold(0, join) }
    }
}

/// Up to so many bytes; takes memory as the bytes come, not as a header promises them.
pub(super) fn up_to(input: &mut impl BufRead, size: u64) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    input.take(size).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

/// The error of reading that has nothing to do with the contents.
pub(super) fn unreadable(error: std::io::Error) -> Fault {
    match error.kind() {
        ErrorKind::UnexpectedEof => Fault::Truncated { format: "TIFF", detail: error.to_string() },
        // A place beyond what the system can seek to.
        ErrorKind::InvalidInput => damaged("a place outside the file"),
        _ => Fault::Unreadable(error),
    }
}

fn exact(input: &mut impl BufRead, bytes: &mut [u8], place: &str) -> Result<(), Fault> {
    input.read_exact(bytes).map_err(|error| match error.kind() {
        ErrorKind::UnexpectedEof => Fault::Truncated { format: "TIFF", detail: format!("in {place}") },
        _ => unreadable(error),
    })
}

//! What the tags of one picture say about its pixels and where they lie.

use super::directory::{Container, Directory, tag};
use super::{damaged, unsupported};
use crate::ingest::Fault;
use crate::ingest::grey::Shape;
use crate::ingest::samples::{Meaning, Packing, luma};
use std::io::{BufRead, Seek};

/// How the pixels of a chunk are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compression {
    None,
    /// Group 3 without end-of-line codes, each row on a byte (TIFF 6.0, section 10).
    FaxRows,
    Fax3,
    Fax4,
    Lzw,
    Deflate,
    PackBits,
    Jpeg,
}

/// The pixels of one picture.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub(super) width: u32,
    pub(super) height: u32,
    /// Size of a chunk: a tile, or a strip of whole rows.
    pub(super) chunk_width: u32,
    pub(super) chunk_height: u32,
    pub(super) is_tiled: bool,
    pub(super) bits: u32,
    pub(super) samples: usize,
    pub(super) meaning: Meaning,
    pub(super) is_planar: bool,
    pub(super) is_rgb: bool,
    pub(super) compression: Compression,
    pub(super) reversed_bits: bool,
    pub(super) has_predictor: bool,
    pub(super) two_dimensional: bool,
    pub(super) jpeg_tables: Option<Vec<u8>>,
    pub(super) offsets: Vec<u64>,
    pub(super) sizes: Vec<u64>,
}

impl Layout {
    /// Reads the tags of a directory.
    pub(super) fn read<R: BufRead + Seek>(file: &mut Container<R>, page: &Directory) -> Result<Self, Fault> {
        let (width, height) = size(file, page)?;
        let samples = small(file.number(page, tag::SAMPLES)?.unwrap_or(1), 64, "samples in a pixel")? as usize;
        let all_bits = file.numbers(page, tag::BITS)?.unwrap_or_else(|| vec![1]);
        let bits = all_bits.first().copied().unwrap_or(1);
        if all_bits.iter().any(|&other| other != bits) || !(1..=16).contains(&bits) {
            return Err(unsupported(format!("{all_bits:?} bits in a sample")));
        }
        let formats = file.numbers(page, tag::SAMPLE_FORMAT)?.unwrap_or_default();
        if formats.iter().any(|format| !matches!(format, 1 | 4)) {
            return Err(unsupported("signed or floating-point samples".to_owned()));
        }
        let compression = compression(file.number(page, tag::COMPRESSION)?.unwrap_or(1))?;
        let is_fax = matches!(compression, Compression::FaxRows | Compression::Fax3 | Compression::Fax4);
        let default_photometric = if is_fax { 0 } else { 1 };
        let photometric = file.number(page, tag::PHOTOMETRIC)?.unwrap_or(default_photometric);
        let meaning = match photometric {
            0 => Meaning::InvertedGrey,
            1 | 4 => Meaning::Grey,
            2 => Meaning::Rgb,
            3 => Meaning::Palette(palette(file, page, bits)?),
            5 => Meaning::Cmyk,
            6 if compression == Compression::Jpeg => Meaning::Grey,
            6 if file.numbers(page, tag::SUBSAMPLING)? == Some(vec![1, 1]) => Meaning::Grey,
            6 => return Err(unsupported("subsampled colours outside JPEG".to_owned())),
            // Lightness is the first sample of CIE L*a*b*.
            8 | 9 => Meaning::Grey,
            other => return Err(unsupported(format!("photometric interpretation {other}"))),
        };
        if samples < meaning.samples() || is_fax && (bits, samples) != (1, 1) {
            return Err(damaged(&format!("{samples} samples of {bits} bits do not fit the picture's kind")));
        }
        if compression == Compression::Jpeg && bits != 8 {
            return Err(unsupported(format!("JPEG samples of {bits} bits")));
        }
        let has_predictor = match file.number(page, tag::PREDICTOR)?.unwrap_or(1) {
            2 if matches!(compression, Compression::Lzw | Compression::Deflate) => true,
            3 => return Err(unsupported("a floating-point predictor".to_owned())),
            _ => false,
        };
        if has_predictor && !matches!(bits, 8 | 16) {
            return Err(unsupported(format!("a predictor on samples of {bits} bits")));
        }
        let is_planar = samples > 1 && file.number(page, tag::PLANAR)? == Some(2);
        if is_planar && meaning == Meaning::Cmyk {
            return Err(unsupported("inks in separate planes".to_owned()));
        }
        let mut layout = Self {
            width,
            height,
            chunk_width: width,
            chunk_height: height,
            is_tiled: false,
            bits: bits as u32,
            samples,
            is_rgb: photometric == 2,
            meaning,
            is_planar,
            compression,
            reversed_bits: file.number(page, tag::FILL_ORDER)? == Some(2),
            has_predictor,
            two_dimensional: file.number(page, tag::T4_OPTIONS)?.unwrap_or(0) & 1 == 1,
            jpeg_tables: file.bytes(page, tag::JPEG_TABLES)?,
            offsets: Vec::new(),
            sizes: Vec::new(),
        };
        layout.read_chunks(file, page)?;
        Ok(layout)
    }

    /// Size and depth of the picture.
    pub(super) fn shape(&self) -> Shape {
        Shape { width: self.width, height: self.height, depth: self.packing(self.meaning.clone()).depth() }
    }

    /// How the rows of a chunk are packed.
    pub(super) fn packing(&self, meaning: Meaning) -> Packing {
        let samples = if self.is_planar { 1 } else { self.samples };
        Packing { width: self.chunk_width as usize, bits: self.bits, samples, meaning, big_endian: true }
    }

    /// Chunks side by side, and one below the other.
    pub(super) fn chunks(&self) -> (u32, u32) {
        (self.width.div_ceil(self.chunk_width), self.height.div_ceil(self.chunk_height))
    }

    fn read_chunks<R: BufRead + Seek>(&mut self, file: &mut Container<R>, page: &Directory) -> Result<(), Fault> {
        let (offsets, sizes) = match file.numbers(page, tag::TILE_OFFSETS)? {
            Some(offsets) => {
                self.is_tiled = true;
                let side = |value: Option<u64>| small(value.unwrap_or(0), 1 << 20, "pixels in a tile's side");
                self.chunk_width = side(file.number(page, tag::TILE_WIDTH)?)?;
                self.chunk_height = side(file.number(page, tag::TILE_LENGTH)?)?;
                (Some(offsets), file.numbers(page, tag::TILE_BYTES)?)
            }
            None => {
                let rows = file.number(page, tag::ROWS_PER_STRIP)?.unwrap_or(u64::from(self.height));
                self.chunk_height = u32::try_from(rows).unwrap_or(u32::MAX).clamp(1, self.height);
                (file.numbers(page, tag::STRIP_OFFSETS)?, file.numbers(page, tag::STRIP_BYTES)?)
            }
        };
        self.offsets = offsets.ok_or_else(|| damaged("no place of the pixels is given"))?;
        let (across, down) = self.chunks();
        let planes = if self.is_planar { self.samples as u64 } else { 1 };
        let expected = u64::from(across) * u64::from(down) * planes;
        if (self.offsets.len() as u64) < expected {
            return Err(damaged(&format!("{} of {expected} places of pixels are given", self.offsets.len())));
        }
        self.sizes = match sizes {
            Some(sizes) if sizes.len() >= self.offsets.len() => sizes,
            _ if self.compression == Compression::None => vec![0; self.offsets.len()],
            _ => return Err(damaged("the sizes of the strips or tiles are missing")),
        };
        Ok(())
    }
}

/// Width and height of a picture.
pub(super) fn size<R: BufRead + Seek>(file: &mut Container<R>, page: &Directory) -> Result<(u32, u32), Fault> {
    let mut side = |tag, name| {
        let value = file.number(page, tag)?.ok_or_else(|| damaged(&format!("no {name} is given")))?;
        small(value, u64::from(u32::MAX), name)
    };
    Ok((side(tag::WIDTH, "width")?, side(tag::HEIGHT, "height")?))
}

fn small(value: u64, most: u64, name: &str) -> Result<u32, Fault> {
    match u32::try_from(value) {
        Ok(small) if value > 0 && value <= most => Ok(small),
        _ => Err(damaged(&format!("{value} is no possible {name}"))),
    }
}

fn compression(number: u64) -> Result<Compression, Fault> {
    Ok(match number {
        1 => Compression::None,
        2 => Compression::FaxRows,
        3 => Compression::Fax3,
        4 => Compression::Fax4,
        5 => Compression::Lzw,
        7 => Compression::Jpeg,
        8 | 32946 => Compression::Deflate,
        32773 => Compression::PackBits,
        6 => return Err(unsupported("old-style JPEG compression".to_owned())),
        other => return Err(unsupported(format!("compression {other}"))),
    })
}

/// Grey values of the palette: three rows of 16-bit values; some writers fill only 8 of the bits.
fn palette<R: BufRead + Seek>(file: &mut Container<R>, page: &Directory, bits: u64) -> Result<Vec<u8>, Fault> {
    let values = file.numbers(page, tag::COLOUR_MAP)?.unwrap_or_default();
    let colours = 1usize << bits;
    if bits > 8 || values.len() < 3 * colours {
        return Err(damaged("the palette is missing or too short"));
    }
    let shift = if values.iter().all(|&value| value < 256) { 0 } else { 8 };
    let channel = |index: usize| (values[index].min(65535) >> shift) as u32;
    Ok((0..colours).map(|i| luma(channel(i), channel(colours + i), channel(2 * colours + i)) as u8).collect())
}

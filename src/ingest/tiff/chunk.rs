//! Decompresses one strip or tile, row by row, so that even a picture in one single strip needs no more memory than
//! its rows.

use super::directory::{Container, unreadable, up_to};
use super::layout::{Compression, Layout};
use super::{damaged, unpack};
use crate::ingest::ccitt::{self, Fax};
use crate::ingest::grey::GreyRow;
use crate::ingest::jpeg::{self, Colours};
use crate::ingest::samples::{Meaning, Packing, RowSpace};
use crate::ingest::{Fault, limits};
use hayro_ccitt::EncodingMode;
use std::io::{BufRead, Cursor, ErrorKind, Read, Seek, SeekFrom};

/// Where the rows of a chunk go.
pub(super) type Push<'a> = dyn FnMut(GreyRow<'_>) -> Result<(), Fault> + 'a;

/// Decodes the chunk with this number and hands on its first `rows` rows.
pub(super) fn rows<R: BufRead + Seek>(
    file: &mut Container<R>,
    layout: &Layout,
    (index, rows): (usize, u32),
    meaning: &Meaning,
    memory: u64,
    push: &mut Push<'_>,
) -> Result<(), Fault> {
    let packing = Packing { big_endian: file.big_endian, ..layout.packing(meaning.clone()) };
    let row_bytes = packing.row_bytes().ok_or_else(|| damaged("impossible size"))?;
    limits::within(row_bytes as u64, memory)?;
    file.input.seek(SeekFrom::Start(layout.offsets[index])).map_err(unreadable)?;
    let mut size = layout.sizes[index];
    if layout.compression == Compression::None {
        // Sizes of uncompressed strips are often wrong and always known.
        size = row_bytes as u64 * u64::from(rows);
    }
    match layout.compression {
        Compression::Jpeg => {
            let data = whole(file, size, memory)?;
            jpeg_rows(&data, layout, rows, meaning, memory, push)
        }
        Compression::FaxRows | Compression::Fax3 | Compression::Fax4 => {
            let mut data = whole(file, size, memory)?;
            if layout.reversed_bits {
                reverse_bits(&mut data);
            }
            ccitt::decode(&data, fax(layout, rows, packing.two_levels()), push)
        }
        _ if layout.reversed_bits => {
            let mut data = whole(file, size, memory)?;
            reverse_bits(&mut data);
            packed_rows(&mut Cursor::new(data), layout, &packing, (rows, row_bytes), push)
        }
        _ => packed_rows(&mut (&mut file.input).take(size), layout, &packing, (rows, row_bytes), push),
    }
}

fn packed_rows(
    data: &mut dyn BufRead,
    layout: &Layout,
    packing: &Packing,
    (rows, row_bytes): (u32, usize),
    push: &mut Push<'_>,
) -> Result<(), Fault> {
    let mut reader: Box<dyn Read + '_> = match layout.compression {
        Compression::Lzw => Box::new(unpack::Lzw::new(data)),
        Compression::PackBits => Box::new(unpack::PackBits::new(data)),
        Compression::Deflate => Box::new(unpack::Inflate::new(data, row_bytes.saturating_mul(rows as usize))),
        _ => Box::new(data),
    };
    let mut space = RowSpace::default();
    let mut row = vec![0; row_bytes];
    for done in 0..rows {
        reader.read_exact(&mut row).map_err(|error| match error.kind() {
            ErrorKind::UnexpectedEof => {
                Fault::Truncated { format: "TIFF", detail: format!("{done} of {rows} rows of a strip or tile") }
            }
            ErrorKind::InvalidInput | ErrorKind::InvalidData | ErrorKind::Other => damaged(&error.to_string()),
            _ => Fault::Unreadable(error),
        })?;
        if layout.has_predictor {
            unpack::undo_differences(&mut row, packing);
        }
        push(packing.grey(&row, &mut space))?;
    }
    Ok(())
}

fn jpeg_rows(
    data: &[u8],
    layout: &Layout,
    rows: u32,
    meaning: &Meaning,
    memory: u64,
    push: &mut Push<'_>,
) -> Result<(), Fault> {
    let colours = if layout.is_rgb { Colours::Rgb } else { Colours::Own };
    let pixels = match &layout.jpeg_tables {
        // The tables are a JPEG stream of their own: it loses its end mark, the data their start mark.
        Some(tables) if tables.len() > 2 && data.len() > 2 => {
            let joined = [&tables[..tables.len() - 2], &data[2..]].concat();
            jpeg::pixels(&joined, colours, memory)?
        }
        _ => jpeg::pixels(data, colours, memory)?,
    };
    if pixels.width < layout.chunk_width as usize || pixels.height < rows as usize {
        return Err(damaged("the JPEG data are smaller than their strip or tile"));
    }
    let inverted = *meaning == Meaning::InvertedGrey && pixels.meaning == Meaning::Grey;
    let meaning = if inverted { Meaning::InvertedGrey } else { pixels.meaning.clone() };
    let packing = Packing { width: layout.chunk_width as usize, ..pixels.packing(meaning) };
    let mut space = RowSpace::default();
    for row in pixels.data.chunks_exact(pixels.width * pixels.samples).take(rows as usize) {
        push(packing.grey(row, &mut space))?;
    }
    Ok(())
}

fn fax(layout: &Layout, rows: u32, levels: [u8; 2]) -> Fax {
    let encoding = match layout.compression {
        Compression::Fax4 => EncodingMode::Group4,
        Compression::Fax3 if layout.two_dimensional => EncodingMode::Group3_2D,
        _ => EncodingMode::Group3_1D,
    };
    Fax {
        width: layout.chunk_width,
        height: rows,
        encoding,
        byte_aligned: layout.compression == Compression::FaxRows,
        levels,
    }
}

fn whole<R: BufRead + Seek>(file: &mut Container<R>, size: u64, memory: u64) -> Result<Vec<u8>, Fault> {
    limits::within(size, memory)?;
    let data = up_to(&mut file.input, size)?;
    if (data.len() as u64) < size {
        return Err(Fault::Truncated {
            format: "TIFF",
            detail: format!("{} of {size} bytes of a strip or tile", data.len()),
        });
    }
    Ok(data)
}

fn reverse_bits(data: &mut [u8]) {
    for byte in data {
        *byte = byte.reverse_bits();
    }
}

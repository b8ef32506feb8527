//! PNG: every colour type and depth, interlaced or not, row by row where the file allows it.

mod plain;

use super::Fault;
use super::grey::{RowSink, Shape};
use super::samples::{Meaning, Packing, RowSpace, luma};
use png::{ColorType, Decoder, DecodingError, Info, Limits};
use std::io::{BufRead, Cursor, ErrorKind, Seek};

/// Width and height, from the header.
pub(super) fn size(input: impl BufRead + Seek) -> Result<(u32, u32), Fault> {
    let mut decoder = Decoder::new(input);
    decoder.read_header_info().map(Info::size).map_err(fault)
}

/// Decodes a file that is in memory, taking no more than `memory` bytes more besides the sink.
pub(super) fn decode(file: &[u8], memory: u64, sink: &mut dyn RowSink) -> Result<(), Fault> {
    if plain::decode(file, memory, sink)? { Ok(()) } else { decode_rows(Cursor::new(file), memory, sink) }
}

/// Decodes the picture, taking no more than `memory` bytes besides the sink.
pub(super) fn decode_rows(input: impl BufRead + Seek, memory: u64, sink: &mut dyn RowSink) -> Result<(), Fault> {
    let bytes = usize::try_from(memory).unwrap_or(usize::MAX);
    let mut decoder = Decoder::new_with_limits(input, Limits { bytes });
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let mut reader = decoder.read_info().map_err(fault)?;
    let info = reader.info();
    let (width, height) = info.size();
    let packing = packing(info);
    let interlaced = info.interlaced;
    sink.start(Shape { width, height, depth: packing.depth() })?;
    let too_large = || Fault::Damaged { format: "PNG", detail: "impossible size".to_owned() };
    let row_bytes = packing.row_bytes().ok_or_else(too_large)?;
    let mut space = RowSpace::default();
    if interlaced {
        let needed = reader.output_buffer_size().ok_or_else(too_large)?;
        super::limits::within(needed as u64, memory)?;
        let mut whole = vec![0; needed];
        reader.next_frame(&mut whole).map_err(fault)?;
        for row in whole.chunks_exact(row_bytes.max(1)).take(height as usize) {
            sink.push(packing.grey(row, &mut space))?;
        }
        return Ok(());
    }
    let mut row = vec![0; row_bytes];
    for _ in 0..height {
        if reader.read_row(&mut row).map_err(fault)?.is_none() {
            return Err(Fault::Truncated { format: "PNG", detail: "rows are missing".to_owned() });
        }
        sink.push(packing.grey(&row, &mut space))?;
    }
    Ok(())
}

fn packing(info: &Info<'_>) -> Packing {
    let meaning = match info.color_type {
        ColorType::Grayscale | ColorType::GrayscaleAlpha => Meaning::Grey,
        ColorType::Rgb | ColorType::Rgba => Meaning::Rgb,
        ColorType::Indexed => Meaning::Palette(greys(info.palette.as_deref().unwrap_or_default())),
    };
    Packing {
        width: info.width as usize,
        bits: u32::from(info.bit_depth as u8),
        samples: info.color_type.samples(),
        meaning,
        big_endian: true,
    }
}

/// Grey values of a palette of red, green and blue.
fn greys(palette: &[u8]) -> Vec<u8> {
    let colours = palette.chunks_exact(3);
    colours.map(|rgb| luma(u32::from(rgb[0]), u32::from(rgb[1]), u32::from(rgb[2])) as u8).collect()
}

fn fault(error: DecodingError) -> Fault {
    let detail = error.to_string();
    match error {
        DecodingError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => {
            Fault::Truncated { format: "PNG", detail }
        }
        DecodingError::IoError(error) => Fault::Unreadable(error),
        DecodingError::LimitsExceeded => {
            Fault::Damaged { format: "PNG", detail: "a part of the file wants more memory than the limit".to_owned() }
        }
        _ => Fault::Damaged { format: "PNG", detail },
    }
}

//! One picture of a PDF: its filters, its samples, its colours.

use super::{colour, damaged, flag, integer, object, unsupported};
use crate::ingest::ccitt::{self, Fax};
use crate::ingest::grey::{Depth, RowSink, Shape};
use crate::ingest::jpeg::{self, Colours};
use crate::ingest::samples::{Meaning, Packing, RowSpace};
use crate::ingest::{Fault, jpeg2000, limits};
use hayro_ccitt::EncodingMode;
use lopdf::{Document, Object, Stream};

/// Decodes a picture.
pub(super) fn decode(
    document: &Document,
    stream: &Stream,
    (width, height): (u32, u32),
    memory: u64,
    sink: &mut dyn RowSink,
) -> Result<(), Fault> {
    let is_mask = flag(document, &stream.dict, b"ImageMask").unwrap_or(false);
    let bits = if is_mask { 1 } else { integer(document, &stream.dict, b"BitsPerComponent").unwrap_or(8) };
    let bits = u32::try_from(bits).ok().filter(|bits| matches!(bits, 1 | 2 | 4 | 8 | 16));
    let bits = bits.ok_or_else(|| damaged("impossible depth"))?;
    let mut filters = filters(document, stream)?;
    let codec = filters.pop_if(|name| is_codec(name));
    let data = plain(document, stream, &filters, memory)?;
    match codec.as_deref() {
        Some(b"DCTDecode" | b"DCT") => {
            let pixels = jpeg::pixels(&data, Colours::Own, memory)?;
            let inverted = colour::is_inverted(document, &stream.dict, 8)?;
            let meaning = colour::invert(pixels.meaning.clone(), inverted)?;
            let side = |side: usize| u32::try_from(side).unwrap_or(u32::MAX);
            sink.start(Shape { width: side(pixels.width), height: side(pixels.height), depth: Depth::Eight })?;
            pixels.push_rows(meaning, sink)
        }
        Some(b"JPXDecode") => jpeg2000::decode(&data, memory, sink),
        Some(b"CCITTFaxDecode" | b"CCF") => {
            sink.start(Shape { width, height, depth: Depth::Eight })?;
            let fax = fax(document, stream, (width, height))?;
            ccitt::decode(&data, fax, &mut |row| sink.push(row))
        }
        Some(name) => Err(unsupported(&format!("{} compression", String::from_utf8_lossy(name)))),
        None => {
            let meaning = colour::meaning(document, &stream.dict, bits)?;
            let packing =
                Packing { width: width as usize, bits, samples: meaning.samples(), meaning, big_endian: true };
            sink.start(Shape { width, height, depth: packing.depth() })?;
            let row_bytes = packing.row_bytes().ok_or_else(|| damaged("impossible size"))?.max(1);
            if data.len() / row_bytes < height as usize {
                let detail = format!("{} of {height} rows", data.len() / row_bytes);
                return Err(Fault::Truncated { format: "PDF", detail });
            }
            let mut space = RowSpace::default();
            for row in data.chunks_exact(row_bytes).take(height as usize) {
                sink.push(packing.grey(row, &mut space))?;
            }
            Ok(())
        }
    }
}

fn filters(document: &Document, stream: &Stream) -> Result<Vec<Vec<u8>>, Fault> {
    let name = |object: &Object| {
        let (_, object) = document.dereference(object).map_err(|error| damaged(&error.to_string()))?;
        object.as_name().map(<[u8]>::to_vec).map_err(|error| damaged(&error.to_string()))
    };
    match object(document, &stream.dict, b"Filter") {
        None => Ok(Vec::new()),
        Some(Object::Array(names)) => names.iter().map(name).collect(),
        Some(single) => Ok(vec![name(single)?]),
    }
}

/// Filters that give a picture rather than bytes.
fn is_codec(name: &[u8]) -> bool {
    matches!(name, b"DCTDecode" | b"DCT" | b"JPXDecode" | b"CCITTFaxDecode" | b"CCF" | b"JBIG2Decode")
}

/// The stream's bytes with these filters undone.
fn plain(document: &Document, stream: &Stream, filters: &[Vec<u8>], memory: u64) -> Result<Vec<u8>, Fault> {
    limits::within(stream.content.len() as u64, memory)?;
    if filters.is_empty() {
        return Ok(stream.content.clone());
    }
    let mut bare = Stream::new(lopdf::Dictionary::new(), stream.content.clone());
    bare.dict.set("Filter", Object::Array(filters.iter().map(|name| Object::Name(full_name(name))).collect()));
    let parameters = match object(document, &stream.dict, b"DecodeParms") {
        Some(Object::Array(all)) => {
            all.iter().map(|one| document.dereference(one).map_or(Object::Null, |(_, one)| one.clone())).collect()
        }
        Some(single) => vec![single.clone()],
        None => Vec::new(),
    };
    bare.dict.set("DecodeParms", Object::Array(parameters));
    let most = usize::try_from(memory).unwrap_or(usize::MAX);
    bare.decompressed_content_with_limit(most).map_err(|error| damaged(&error.to_string()))
}

/// Filters have short names too (ISO 32000-1, table 94).
fn full_name(name: &[u8]) -> Vec<u8> {
    match name {
        b"Fl" => b"FlateDecode".to_vec(),
        b"LZW" => b"LZWDecode".to_vec(),
        b"RL" => b"RunLengthDecode".to_vec(),
        b"A85" => b"ASCII85Decode".to_vec(),
        b"AHx" => b"ASCIIHexDecode".to_vec(),
        other => other.to_vec(),
    }
}

/// The parameters of ISO 32000-1, table 11.
fn fax(document: &Document, stream: &Stream, (width, height): (u32, u32)) -> Result<Fax, Fault> {
    let empty = lopdf::Dictionary::new();
    let given = colour::last_parameters(document, &stream.dict).unwrap_or(&empty);
    let encoding = match integer(document, given, b"K").unwrap_or(0) {
        ..0 => EncodingMode::Group4,
        0 => EncodingMode::Group3_1D,
        1.. => EncodingMode::Group3_2D,
    };
    if integer(document, given, b"Columns").unwrap_or(1728) != i64::from(width) {
        return Err(damaged("the fax data have another width than the picture"));
    }
    let meaning = if flag(document, &stream.dict, b"ImageMask").unwrap_or(false) {
        colour::invert(Meaning::Grey, colour::is_inverted(document, &stream.dict, 1)?)?
    } else {
        colour::meaning(document, &stream.dict, 1)?
    };
    let [zero, one] = Packing { width: 1, bits: 1, samples: 1, meaning, big_endian: true }.two_levels();
    let black_is_one = flag(document, given, b"BlackIs1").unwrap_or(false);
    let levels = if black_is_one { [zero, one] } else { [one, zero] };
    let byte_aligned = flag(document, given, b"EncodedByteAlign").unwrap_or(false);
    Ok(Fax { width, height, encoding, byte_aligned, levels })
}

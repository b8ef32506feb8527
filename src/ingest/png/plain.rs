//! PNG as scanners write it: one sample for each pixel, not interlaced, whole in memory.
//!
//! Such a file is inflated in pieces that stay in the cache and unfiltered many rows at a time. All else, and whatever is
//! wrong with a file, is left to the general decoder.

use super::greys;
use crate::ingest::Fault;
use crate::ingest::grey::{RowSink, Shape};
use crate::ingest::samples::{Meaning, Packing, RowSpace};
use crate::kernel::reuse::Reused;
use crate::kernel::unfilter::{ROWS, Unfilter};
use fdeflate::Decompressor;

/// How far back a compressed stream refers (RFC 1951).
const HISTORY: usize = 1 << 15;
/// Bytes that are inflated at once: they and the rows that they become stay in the second cache.
const AT_ONCE: usize = 1 << 18;

/// Decodes the file, taking no more than `memory` bytes besides the sink. False if the file is left to the general
/// decoder, even if the sink was given rows already.
pub(super) fn decode(file: &[u8], memory: u64, sink: &mut dyn RowSink) -> Result<bool, Fault> {
    let Some(picture) = Picture::of(file) else { return Ok(false) };
    let Some(line) = picture.packing.row_bytes().and_then(|bytes| bytes.checked_add(1)) else { return Ok(false) };
    let space = ROWS.checked_mul(line).map(|band| HISTORY + band.max(AT_ONCE));
    let Some(space) = space.filter(|&space| 2 * space as u64 <= memory) else { return Ok(false) };
    sink.start(Shape { width: picture.width, height: picture.height, depth: picture.packing.depth() })?;
    picture.rows(line, space, sink)
}

/// The parts of a file that matter.
struct Picture<'a> {
    width: u32,
    height: u32,
    packing: Packing,
    data: Vec<&'a [u8]>,
}

impl<'a> Picture<'a> {
    /// Finds the parts and proves their checksums; `None` if the file is not as plain as it should be.
    fn of(file: &'a [u8]) -> Option<Self> {
        let mut rest = file.strip_prefix(b"\x89PNG\r\n\x1a\n")?;
        let (mut header, mut colours, mut data) = (None, None, Vec::new());
        let mut last_kind = [0; 4];
        while last_kind != *b"IEND" {
            let (length, after) = rest.split_first_chunk()?;
            let (checked, after) = after.split_at_checked((u32::from_be_bytes(*length) as usize).checked_add(4)?)?;
            let (checksum, after) = after.split_first_chunk()?;
            if crc32fast::hash(checked) != u32::from_be_bytes(*checksum) {
                return None;
            }
            let (&kind, body) = checked.split_first_chunk()?;
            match &kind {
                b"IHDR" if last_kind == [0; 4] => header = Some(body),
                b"PLTE" if colours.is_none() && data.is_empty() => colours = Some(body),
                b"IDAT" if data.is_empty() || last_kind == *b"IDAT" => data.push(body),
                b"IEND" => {}
                // An animation. Other chunks with a small first letter may be passed over.
                b"acTL" => return None,
                [first, ..] if first.is_ascii_lowercase() && header.is_some() => {}
                _ => return None,
            }
            (last_kind, rest) = (kind, after);
        }
        let &[a, b, c, d, e, f, g, h, depth, colour, 0, 0, 0] = header? else { return None };
        let (width, height) = (u32::from_be_bytes([a, b, c, d]), u32::from_be_bytes([e, f, g, h]));
        let meaning = match colour {
            0 => Meaning::Grey,
            3 => Meaning::Palette(greys(colours?)),
            _ => return None,
        };
        if !matches!(depth, 1 | 2 | 4 | 8) || width == 0 || height == 0 {
            return None;
        }
        let (width_px, bits) = (width as usize, u32::from(depth));
        let packing = Packing { width: width_px, bits, samples: 1, meaning, big_endian: true };
        Some(Self { width, height, packing, data })
    }

    /// Hands on the rows of `line` bytes with their filter; false if the data are damaged or end early.
    fn rows(&self, line: usize, space: usize, sink: &mut dyn RowSink) -> Result<bool, Fault> {
        let mut inflate = Decompressor::new();
        inflate.ignore_adler32();
        let (mut unfilter, mut row_space) = (Unfilter::new(line - 1), RowSpace::default());
        let mut window = Reused::filled(space, 0);
        // Bytes of the window that were inflated, and where those begin that were not unfiltered yet.
        let (mut end, mut begin) = (0, 0);
        let mut left = self.height as usize;
        for (number, part) in self.data.iter().enumerate() {
            let (mut part, is_last) = (*part, number + 1 == self.data.len());
            loop {
                let Ok((taken, made)) = inflate.read(part, &mut window, end, is_last) else { return Ok(false) };
                part = &part[taken..];
                end += made;
                while end - begin >= ROWS.min(left) * line {
                    let band = begin..begin + ROWS.min(left) * line;
                    let Ok(rows) = unfilter.undo(&window[band.clone()]) else { return Ok(false) };
                    for row in rows {
                        sink.push(self.packing.grey(row, &mut row_space))?;
                        left -= 1;
                    }
                    begin = band.end;
                    if left == 0 {
                        return Ok(true);
                    }
                }
                if end == window.len() {
                    let kept = begin.min(end - HISTORY);
                    window.copy_within(kept.., 0);
                    (begin, end) = (begin - kept, end - kept);
                } else if part.is_empty() && !is_last {
                    break;
                } else if made == 0 {
                    // The stream is over, or stands still, before the last row.
                    return Ok(false);
                }
            }
        }
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::grey::{Collector, GreyRow};
    use proptest::prelude::*;

    /// A picture in the `png` crate's writing.
    fn written(width: u32, height: u32, depth: png::BitDepth, palette: Option<Vec<u8>>, raw: &[u8]) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, width, height);
        encoder.set_depth(depth);
        encoder.set_color(if palette.is_some() { png::ColorType::Indexed } else { png::ColorType::Grayscale });
        if let Some(palette) = palette {
            encoder.set_palette(palette);
        }
        encoder.set_filter(png::Filter::Adaptive);
        encoder.write_header().unwrap().write_image_data(raw).unwrap();
        file
    }

    fn plain(file: &[u8]) -> Option<Vec<u8>> {
        let mut collector = Collector::new(|_| Ok(()));
        let done = decode(file, 1 << 30, &mut collector).unwrap();
        done.then(|| collector.finish().unwrap().into_raw())
    }

    fn general(file: &[u8]) -> Result<Vec<u8>, Fault> {
        let mut collector = Collector::new(|_| Ok(()));
        super::super::decode_rows(std::io::Cursor::new(file), 1 << 30, &mut collector)?;
        Ok(collector.finish().unwrap().into_raw())
    }

    /// Grain over a slope, so that every filter has its rows.
    fn grain(bytes: usize, seed: u32) -> Vec<u8> {
        let mut state = seed;
        let noise = (0..bytes).map(|i| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (i / 7) as u8 ^ (state >> 28) as u8
        });
        noise.collect()
    }

    proptest! {
        #[test]
        fn equals_the_general_decoder(width in 1u32..300, height in 1u32..90, choice in 0usize..4, seed: u32) {
            let depth = [png::BitDepth::One, png::BitDepth::Two, png::BitDepth::Four, png::BitDepth::Eight][choice];
            let line = (width as usize * (1 << choice)).div_ceil(8);
            let raw = grain(line * height as usize, seed);
            for palette in [None, Some(grain(3 << (1 << choice), seed ^ 1))] {
                let file = written(width, height, depth, palette, &raw);
                prop_assert_eq!(plain(&file), Some(general(&file).unwrap()));
            }
        }

        #[test]
        fn takes_nothing_damaged_for_whole(place in 0usize..4000, byte: u8, cut in 0usize..4000) {
            let file = written(100, 90, png::BitDepth::Eight, None, &grain(9000, 3));
            let mut damaged = file.clone();
            let place = place % file.len();
            damaged[place] = byte;
            if let Some(picture) = plain(&damaged) {
                prop_assert_eq!(picture, general(&damaged).unwrap());
            }
            prop_assert_eq!(plain(&file[..cut % file.len()]), None);
        }
    }

    #[test]
    fn long_pictures_slide_through_the_window() {
        let file = written(1000, 2000, png::BitDepth::Eight, None, &grain(2_000_000, 5));
        assert_eq!(plain(&file), Some(general(&file).unwrap()));
    }

    #[test]
    fn little_memory_and_other_kinds_are_left_to_the_general_decoder() {
        let file = written(100, 90, png::BitDepth::Eight, None, &grain(9000, 3));
        let mut nothing = Collector::new(|_| Ok(()));
        assert!(!decode(&file, 1 << 16, &mut nothing).unwrap());
        let file = written(10, 9, png::BitDepth::Sixteen, None, &grain(180, 3));
        assert_eq!(plain(&file), None);
    }

    #[test]
    fn what_the_sink_refuses_is_its_own_fault() {
        let file = written(100, 90, png::BitDepth::Eight, None, &grain(9000, 3));
        let mut refusing = Collector::new(|_| Err(Fault::Empty));
        assert!(matches!(decode(&file, 1 << 30, &mut refusing), Err(Fault::Empty)));
        struct Full;
        impl RowSink for Full {
            fn start(&mut self, _: Shape) -> Result<(), Fault> {
                Ok(())
            }
            fn push(&mut self, _: GreyRow<'_>) -> Result<(), Fault> {
                Err(Fault::NoPictures)
            }
        }
        assert!(matches!(decode(&file, 1 << 30, &mut Full), Err(Fault::NoPictures)));
    }
}

//! Streams that undo Deflate, LZW and PackBits, and the horizontal predictor.

use crate::ingest::samples::Packing;
use crate::kernel::differences::add_up;
use crate::kernel::reuse::Reused;
use fdeflate::Decompressor;
use std::io::{BufRead, Error, ErrorKind, Read, Result};
use weezl::decode::{Configuration, Decoder};
use weezl::{BitOrder, LzwStatus};

/// Undoes Deflate in a zlib stream (RFC 1950).
pub(super) struct Inflate<R> {
    input: R,
    decoder: Decompressor,
    /// What came last, as far back as the stream may refer, and room for more.
    window: Reused<u8>,
    /// Bytes of the window that were handed out, and that came.
    taken: usize,
    end: usize,
}

/// How far back a compressed stream refers (RFC 1951).
const HISTORY: usize = 1 << 15;
/// Most bytes of the window.
const WINDOW: usize = 4 * HISTORY;

impl<R: BufRead> Inflate<R> {
    /// A stream over compressed data, of which `wanted` bytes will be read. As in other readers of images the checksum at
    /// the end is not asked for.
    pub(super) fn new(input: R, wanted: usize) -> Self {
        let mut decoder = Decompressor::new();
        decoder.ignore_adler32();
        Self { input, decoder, window: Reused::filled(wanted.min(WINDOW), 0), taken: 0, end: 0 }
    }

    /// Inflates more; false at the end of the stream or of the data.
    fn refill(&mut self) -> Result<bool> {
        if self.end == self.window.len() {
            // A smaller window holds all that is wanted.
            if self.end < WINDOW {
                return Ok(false);
            }
            self.window.copy_within(WINDOW - HISTORY.., 0);
            (self.taken, self.end) = (HISTORY, HISTORY);
        }
        while !self.decoder.is_done() {
            let data = self.input.fill_buf()?;
            let is_at_end = data.is_empty();
            let step = self.decoder.read(data, &mut self.window, self.end, false);
            let (used, made) = step.map_err(|error| Error::new(ErrorKind::InvalidData, format!("{error:?}")))?;
            self.input.consume(used);
            self.end += made;
            if made > 0 {
                return Ok(true);
            }
            if is_at_end {
                break;
            }
        }
        Ok(false)
    }
}

impl<R: BufRead> Read for Inflate<R> {
    fn read(&mut self, out: &mut [u8]) -> Result<usize> {
        if self.taken == self.end && !self.refill()? {
            return Ok(0);
        }
        let count = out.len().min(self.end - self.taken);
        out[..count].copy_from_slice(&self.window[self.taken..self.taken + count]);
        self.taken += count;
        Ok(count)
    }
}

/// Undoes TIFF's variant of LZW (TIFF 6.0, section 13).
pub(super) struct Lzw<R> {
    input: R,
    decoder: Decoder,
}

impl<R: BufRead> Lzw<R> {
    /// A stream over compressed data.
    pub(super) fn new(input: R) -> Self {
        let decoder = Configuration::with_tiff_size_switch(BitOrder::Msb, 8).with_yield_on_full_buffer(true).build();
        Self { input, decoder }
    }
}

impl<R: BufRead> Read for Lzw<R> {
    fn read(&mut self, out: &mut [u8]) -> Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        loop {
            let data = self.input.fill_buf()?;
            let is_at_end = data.is_empty();
            let step = self.decoder.decode_bytes(data, out);
            self.input.consume(step.consumed_in);
            if step.consumed_out > 0 {
                return Ok(step.consumed_out);
            }
            match step.status {
                Ok(LzwStatus::Done) => return Ok(0),
                Ok(LzwStatus::NoProgress) if is_at_end => return Ok(0),
                Ok(LzwStatus::Ok | LzwStatus::NoProgress) if step.consumed_in > 0 || !is_at_end => {}
                Ok(_) => return Ok(0),
                Err(error) => return Err(Error::new(ErrorKind::InvalidData, error)),
            }
        }
    }
}

/// Undoes PackBits (TIFF 6.0, section 9).
pub(super) struct PackBits<R> {
    input: R,
    run: Run,
}

enum Run {
    Literal(usize),
    Repeat(usize, u8),
}

impl<R: BufRead> PackBits<R> {
    /// A stream over compressed data.
    pub(super) fn new(input: R) -> Self {
        Self { input, run: Run::Literal(0) }
    }

    fn byte(&mut self) -> Result<Option<u8>> {
        let first = self.input.fill_buf()?.first().copied();
        self.input.consume(usize::from(first.is_some()));
        Ok(first)
    }
}

impl<R: BufRead> Read for PackBits<R> {
    fn read(&mut self, out: &mut [u8]) -> Result<usize> {
        loop {
            match self.run {
                Run::Literal(0) | Run::Repeat(0, _) => {
                    let Some(header) = self.byte()? else { return Ok(0) };
                    self.run = match header {
                        0..=127 => Run::Literal(usize::from(header) + 1),
                        128 => Run::Literal(0),
                        129..=255 => match self.byte()? {
                            Some(value) => Run::Repeat(257 - usize::from(header), value),
                            None => return Ok(0),
                        },
                    };
                }
                Run::Literal(left) => {
                    let count = left.min(out.len());
                    let count = self.input.read(&mut out[..count])?;
                    self.run = Run::Literal(left - count);
                    return Ok(count);
                }
                Run::Repeat(left, value) => {
                    let count = left.min(out.len());
                    out[..count].fill(value);
                    self.run = Run::Repeat(left - count, value);
                    return Ok(count);
                }
            }
        }
    }
}

/// Adds up the differences between neighbouring pixels of a row of 8- or 16-bit samples (TIFF 6.0, section 14).
pub(super) fn undo_differences(row: &mut [u8], packing: &Packing) {
    let samples = packing.samples;
    if packing.bits == 16 {
        let read = |bytes| if packing.big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) };
        let write = |value: u16| if packing.big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
        let mut place = 2 * samples;
        while place + 1 < row.len() {
            let before = read([row[place - 2 * samples], row[place - 2 * samples + 1]]);
            let sum = read([row[place], row[place + 1]]).wrapping_add(before);
            row[place..place + 2].copy_from_slice(&write(sum));
            place += 2;
        }
    } else if samples == 1 {
        add_up(row);
    } else {
        for place in samples..row.len() {
            row[place] = row[place].wrapping_add(row[place - samples]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::samples::Meaning;
    use std::io::Cursor;

    #[test]
    fn packbits_as_in_the_specification() {
        let packed = [0xfe, 0xaa, 0x02, 0x80, 0x00, 0x2a, 0xfd, 0xaa, 0x03, 0x80, 0x00, 0x2a, 0x22, 0xf7, 0xaa];
        let mut plain = Vec::new();
        PackBits::new(Cursor::new(packed)).read_to_end(&mut plain).unwrap();
        let mut expected = vec![0xaa, 0xaa, 0xaa, 0x80, 0x00, 0x2a, 0xaa, 0xaa, 0xaa, 0xaa, 0x80, 0x00, 0x2a, 0x22];
        expected.extend([0xaa; 10]);
        assert_eq!(plain, expected);
    }

    #[test]
    fn deflate_streams_in_small_pieces_and_stops_where_the_data_do() {
        let plain: Vec<u8> = (0..300_000u64).map(|i| (i * i / 977 % 251) as u8).collect();
        for level in [0, 1, 9] {
            let mut packer = flate2::read::ZlibEncoder::new(plain.as_slice(), flate2::Compression::new(level));
            let mut packed = Vec::new();
            packer.read_to_end(&mut packed).unwrap();
            let inflated = |packed: &[u8], wanted: usize| {
                let mut reader = Inflate::new(std::io::BufReader::with_capacity(7, Cursor::new(packed)), wanted);
                let (mut piece, mut out) = ([0; 1013], Vec::new());
                while let Ok(count @ 1..) = reader.read(&mut piece) {
                    out.extend_from_slice(&piece[..count]);
                }
                out
            };
            assert_eq!(inflated(&packed, plain.len()), plain, "level {level}");
            assert_eq!(inflated(&packed, 5000), plain[..5000], "level {level}");
            let cut = inflated(&packed[..packed.len() / 2], plain.len());
            assert!(!cut.is_empty() && cut.len() < plain.len() && plain.starts_with(&cut), "level {level}");
        }
    }

    #[test]
    fn lzw_streams_in_small_pieces() {
        let plain: Vec<u8> = (0..20_000u32).map(|i| (i * i / 977 % 251) as u8).collect();
        let packed = weezl::encode::Encoder::with_tiff_size_switch(BitOrder::Msb, 8).encode(&plain).unwrap();
        let mut reader = Lzw::new(std::io::BufReader::with_capacity(7, Cursor::new(packed)));
        let mut piece = [0; 13];
        let mut out = Vec::new();
        while let Ok(count @ 1..) = reader.read(&mut piece) {
            out.extend_from_slice(&piece[..count]);
        }
        assert_eq!(out, plain);
    }

    #[test]
    fn differences_add_up() {
        let packing = |bits, samples| Packing { width: 3, bits, samples, meaning: Meaning::Grey, big_endian: false };
        let mut row = [250, 10, 1];
        undo_differences(&mut row, &packing(8, 1));
        assert_eq!(row, [250, 4, 5]);
        let mut row = [1, 2, 1, 1, 255, 0];
        undo_differences(&mut row, &packing(8, 2));
        assert_eq!(row, [1, 2, 2, 3, 1, 3]);
        let mut row = [255, 0, 1, 0, 0, 1];
        undo_differences(&mut row, &packing(16, 1));
        assert_eq!(row, [255, 0, 0, 1, 0, 2]);
    }
}

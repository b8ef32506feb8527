//! Packed rows of samples, as PNG, TIFF and PDF store them, become grey values.

use super::grey::{Depth, GreyRow};

/// What the samples of a pixel mean. Samples beyond those named (alpha) are ignored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meaning {
    /// One sample, 0 black.
    Grey,
    /// One sample, 0 white.
    InvertedGrey,
    /// Red, green and blue.
    Rgb,
    /// Cyan, magenta, yellow and black ink, 0 no ink.
    Cmyk,
    /// An index into grey values that were made from the palette.
    Palette(Vec<u8>),
}

/// How a row of pixels is packed: samples from the most significant bit on, each row starting on a byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Packing {
    /// Pixels in a row.
    pub(super) width: usize,
    /// Bits of a sample, 1 to 16.
    pub(super) bits: u32,
    /// Samples of a pixel.
    pub(super) samples: usize,
    /// What they mean.
    pub(super) meaning: Meaning,
    /// 16-bit samples have their high byte first.
    pub(super) big_endian: bool,
}

/// Space for one row, kept between rows.
#[derive(Debug, Default)]
pub(super) struct RowSpace {
    raw: Vec<u16>,
    eight: Vec<u8>,
    sixteen: Vec<u16>,
}

impl Meaning {
    /// Samples that the meaning needs.
    pub(super) fn samples(&self) -> usize {
        match self {
            Self::Grey | Self::InvertedGrey | Self::Palette(_) => 1,
            Self::Rgb => 3,
            Self::Cmyk => 4,
        }
    }
}

impl Packing {
    /// Bytes of a packed row; `None` if the number overflows.
    pub(super) fn row_bytes(&self) -> Option<usize> {
        self.width.checked_mul(self.samples)?.checked_mul(self.bits as usize)?.checked_add(7).map(|bits| bits / 8)
    }

    /// Depth of the grey values.
    pub(super) fn depth(&self) -> Depth {
        if self.bits > 8 && !matches!(self.meaning, Meaning::Palette(_)) { Depth::Sixteen } else { Depth::Eight }
    }

    /// The grey values of a packed row; what a short row lacks is black.
    pub(super) fn grey<'a>(&self, packed: &'a [u8], space: &'a mut RowSpace) -> GreyRow<'a> {
        if self.bits == 8 && self.samples == 1 && self.meaning == Meaning::Grey && packed.len() >= self.width {
            return GreyRow::Eight(&packed[..self.width]);
        }
        if self.bits == 1 && self.samples == 1 {
            self.bits_to_grey(packed, &mut space.eight);
            return GreyRow::Eight(&space.eight);
        }
        if self.bits == 8 && packed.len() >= self.width * self.samples && self.bytes_to_grey(packed, &mut space.eight) {
            return GreyRow::Eight(&space.eight);
        }
        unpack(packed, self.bits, self.width * self.samples, self.big_endian, &mut space.raw);
        let full = (1u32 << self.bits) - 1;
        let pixels = space.raw.chunks_exact(self.samples.max(1));
        match self.depth() {
            Depth::Eight => {
                space.eight.clear();
                space.eight.extend(pixels.map(|pixel| self.pixel(pixel, full, 255) as u8));
                GreyRow::Eight(&space.eight)
            }
            Depth::Sixteen => {
                space.sixteen.clear();
                space.sixteen.extend(pixels.map(|pixel| self.pixel(pixel, full, 65535) as u16));
                GreyRow::Sixteen(&space.sixteen)
            }
        }
    }

    /// The grey values of the two values of a one-bit sample.
    pub(super) fn two_levels(&self) -> [u8; 2] {
        [self.pixel(&[0; 4], 1, 255) as u8, self.pixel(&[1; 4], 1, 255) as u8]
    }

    fn bits_to_grey(&self, packed: &[u8], row: &mut Vec<u8>) {
        let levels = self.two_levels();
        row.clear();
        for byte in packed.iter().take(self.width.div_ceil(8)) {
            row.extend((0..8).map(|bit| levels[usize::from(byte >> (7 - bit) & 1)]));
        }
        row.resize(self.width, 0);
    }

    /// The frequent kinds of 8-bit pixels, without unpacking; false if this is none of them.
    fn bytes_to_grey(&self, packed: &[u8], row: &mut Vec<u8>) -> bool {
        row.clear();
        let pixels = packed.chunks_exact(self.samples.max(1)).take(self.width);
        match &self.meaning {
            Meaning::Grey => row.extend(pixels.map(|pixel| pixel[0])),
            Meaning::InvertedGrey => row.extend(pixels.map(|pixel| 255 - pixel[0])),
            Meaning::Palette(greys) => {
                row.extend(pixels.map(|pixel| greys.get(usize::from(pixel[0])).copied().unwrap_or(0)));
            }
            Meaning::Rgb if self.samples >= 3 => row
                .extend(pixels.map(|pixel| luma(u32::from(pixel[0]), u32::from(pixel[1]), u32::from(pixel[2])) as u8)),
            Meaning::Rgb | Meaning::Cmyk => return false,
        }
        true
    }

    /// Grey value of a pixel whose samples reach `full`, on a scale that reaches `white`.
    fn pixel(&self, samples: &[u16], full: u32, white: u32) -> u32 {
        let scaled = |sample: u16| (u32::from(sample).min(full) * white + full / 2) / full;
        match (&self.meaning, samples) {
            (Meaning::Grey, [grey, ..]) => scaled(*grey),
            (Meaning::InvertedGrey, [grey, ..]) => white - scaled(*grey),
            (Meaning::Rgb, [red, green, blue, ..]) => luma(scaled(*red), scaled(*green), scaled(*blue)),
            (Meaning::Cmyk, [cyan, magenta, yellow, black, ..]) => {
                let rest = u64::from(white - scaled(*black));
                let light = |ink: u16| (u64::from(white - scaled(ink)) * rest / u64::from(white)) as u32;
                luma(light(*cyan), light(*magenta), light(*yellow))
            }
            (Meaning::Palette(greys), [index, ..]) => greys.get(usize::from(*index)).copied().map_or(0, u32::from),
            _ => 0,
        }
    }
}

/// Luma of red, green and blue (ITU-R BT.601, in 16-bit fixed point; values up to 65535 do not overflow).
pub(super) fn luma(red: u32, green: u32, blue: u32) -> u32 {
    (19595 * red + 38470 * green + 7471 * blue + 32768) >> 16
}

/// Samples of any width up to 16 bits; what is missing is 0.
fn unpack(packed: &[u8], bits: u32, count: usize, big_endian: bool, raw: &mut Vec<u16>) {
    raw.clear();
    match bits {
        8 => raw.extend(packed.iter().take(count).map(|&byte| u16::from(byte))),
        16 => raw.extend(packed.chunks_exact(2).take(count).map(|pair| {
            let pair = [pair[0], pair[1]];
            if big_endian { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
        })),
        _ => {
            let (mut held, mut held_bits) = (0u32, 0);
            let mut bytes = packed.iter();
            while raw.len() < count {
                while held_bits < bits {
                    let Some(&byte) = bytes.next() else {
                        raw.resize(count, 0);
                        return;
                    };
                    held = held << 8 | u32::from(byte);
                    held_bits += 8;
                }
                held_bits -= bits;
                raw.push((held >> held_bits) as u16 & ((1u32 << bits) - 1) as u16);
                held &= (1 << held_bits) - 1;
            }
        }
    }
    raw.resize(count, 0);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn t(bits: u32, samples: usize, meaning: Meaning, width: usize, packed: &[u8], expected: GreyRow<'_>) {
        let packing = Packing { width, bits, samples, meaning, big_endian: true };
        let mut space = RowSpace::default();
        assert_eq!(packing.grey(packed, &mut space), expected);
    }

    #[test]
    fn every_width_of_sample_reaches_black_and_white() {
        use Meaning::{Grey, InvertedGrey};
        t(1, 1, Grey, 10, &[0b1010_0000, 0b0100_0000], GreyRow::Eight(&[255, 0, 255, 0, 0, 0, 0, 0, 0, 255]));
        t(1, 1, InvertedGrey, 3, &[0b1010_0000], GreyRow::Eight(&[0, 255, 0]));
        t(2, 1, Grey, 4, &[0b0001_1011], GreyRow::Eight(&[0, 85, 170, 255]));
        t(4, 1, Grey, 3, &[0x0f, 0x80], GreyRow::Eight(&[0, 255, 136]));
        t(8, 1, Grey, 3, &[0, 7, 255], GreyRow::Eight(&[0, 7, 255]));
        t(12, 1, Grey, 2, &[0xff, 0xf0, 0x00], GreyRow::Sixteen(&[65535, 0]));
        t(16, 1, Grey, 2, &[0x12, 0x34, 0xff, 0xff], GreyRow::Sixteen(&[0x1234, 0xffff]));
        t(16, 1, InvertedGrey, 1, &[0x00, 0x00], GreyRow::Sixteen(&[0xffff]));
    }

    #[test]
    fn colours_become_luma_and_alpha_is_ignored() {
        t(8, 3, Meaning::Rgb, 2, &[255, 255, 255, 255, 0, 0], GreyRow::Eight(&[255, 76]));
        t(8, 4, Meaning::Rgb, 1, &[0, 255, 0, 9], GreyRow::Eight(&[150]));
        t(8, 2, Meaning::Grey, 2, &[11, 0, 12, 255], GreyRow::Eight(&[11, 12]));
        t(16, 3, Meaning::Rgb, 1, &[255; 6], GreyRow::Sixteen(&[65535]));
        t(8, 4, Meaning::Cmyk, 2, &[0, 0, 0, 0, 0, 0, 0, 255], GreyRow::Eight(&[255, 0]));
        t(4, 1, Meaning::Palette(vec![3, 9]), 3, &[0x01, 0x70], GreyRow::Eight(&[3, 9, 0]));
    }

    #[test]
    fn short_rows_do_no_harm() {
        t(8, 1, Meaning::Grey, 3, &[5], GreyRow::Eight(&[5, 0, 0]));
        t(1, 1, Meaning::Grey, 9, &[0xff], GreyRow::Eight(&[255, 255, 255, 255, 255, 255, 255, 255, 0]));
        t(3, 1, Meaning::Grey, 3, &[], GreyRow::Eight(&[0, 0, 0]));
    }
}

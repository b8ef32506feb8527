//! JPEG: baseline and progressive, grey and colour, as a file or inside TIFF and PDF.

use super::grey::{Depth, RowSink, Shape};
use super::samples::{Meaning, Packing, RowSpace};
use super::{Fault, limits};
use std::io::{BufRead, Cursor, Seek};
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

/// The largest size that the format can name.
const LARGEST: usize = 65_535;
/// Decoded bytes and the decoder's own space for one pixel and component: progressive files keep 16-bit coefficients.
const BYTES_PER_SAMPLE: u64 = 4;

/// What the three components of a colour picture inside another format are, where that format says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Colours {
    /// As the JPEG data themselves say.
    Own,
    /// Red, green and blue, whatever the JPEG data say.
    Rgb,
}

/// A decoded JPEG picture: interleaved 8-bit samples.
#[derive(Debug)]
pub(super) struct Pixels {
    /// Pixels in a row.
    pub(super) width: usize,
    /// Rows.
    pub(super) height: usize,
    /// Samples of a pixel.
    pub(super) samples: usize,
    /// What they mean.
    pub(super) meaning: Meaning,
    /// The samples.
    pub(super) data: Vec<u8>,
}

/// Width and height, from the header.
pub(super) fn size(input: impl BufRead + Seek) -> Result<(u32, u32), Fault> {
    let mut decoder = JpegDecoder::new_with_options(input, options());
    decoder.decode_headers().map_err(fault)?;
    let info = decoder.info().ok_or_else(|| damaged("no header"))?;
    Ok((u32::from(info.width), u32::from(info.height)))
}

/// Decodes a JPEG file.
pub(super) fn decode(data: &[u8], memory: u64, sink: &mut dyn RowSink) -> Result<(), Fault> {
    let (width, height) = size(Cursor::new(data))?;
    let mut start = |memory| {
        sink.start(Shape { width, height, depth: Depth::Eight })?;
        pixels(data, Colours::Own, memory)
    };
    let pixels = start(memory)?;
    pixels.push_rows(pixels.meaning.clone(), sink)
}

/// Decodes JPEG data to samples. Luma is taken as it stands in the data where there is one.
pub(super) fn pixels(data: &[u8], colours: Colours, memory: u64) -> Result<Pixels, Fault> {
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(data), options());
    decoder.decode_headers().map_err(fault)?;
    let info = decoder.info().ok_or_else(|| damaged("no header"))?;
    let (width, height) = (usize::from(info.width), usize::from(info.height));
    let (wanted, meaning) = match (decoder.input_colorspace(), colours) {
        (Some(ColorSpace::Luma), _) => (ColorSpace::Luma, Meaning::Grey),
        // Asking for the input's own space leaves the components as they are.
        (Some(ColorSpace::YCbCr), Colours::Rgb) => (ColorSpace::YCbCr, Meaning::Rgb),
        (Some(ColorSpace::YCbCr), Colours::Own) => (ColorSpace::Luma, Meaning::Grey),
        (Some(ColorSpace::RGB), _) => (ColorSpace::RGB, Meaning::Rgb),
        // Adobe's files, the only ones with four components, hold inverted inks: 255 is no ink, which zune-jpeg undoes
        // on its way to RGB.
        (Some(ColorSpace::CMYK | ColorSpace::YCCK), _) => (ColorSpace::RGB, Meaning::Rgb),
        (space, _) => {
            let variant = format!("{} components ({space:?})", info.components);
            return Err(Fault::UnsupportedVariant { format: "JPEG", variant });
        }
    };
    let samples = wanted.num_components();
    let needed = (width * height) as u64 * u64::from(info.components.max(1)) * BYTES_PER_SAMPLE;
    limits::within(needed + data.len() as u64, memory)?;
    decoder.set_options(options().jpeg_set_out_colorspace(wanted));
    let data = decoder.decode().map_err(fault)?;
    Ok(Pixels { width, height, samples, meaning, data })
}

impl Pixels {
    /// Hands the rows on, with another meaning if the file around the data says so.
    pub(super) fn push_rows(&self, meaning: Meaning, sink: &mut dyn RowSink) -> Result<(), Fault> {
        let packing = self.packing(meaning);
        let mut space = RowSpace::default();
        for row in self.data.chunks_exact((self.width * self.samples).max(1)).take(self.height) {
            sink.push(packing.grey(row, &mut space))?;
        }
        Ok(())
    }

    /// The packing of the rows of `data`.
    pub(super) fn packing(&self, meaning: Meaning) -> Packing {
        Packing { width: self.width, bits: 8, samples: self.samples, meaning, big_endian: true }
    }
}

/// Damage within the compressed data is an error: grey blocks in place of film must not look like film.
fn options() -> DecoderOptions {
    DecoderOptions::default().set_strict_mode(true).set_max_width(LARGEST).set_max_height(LARGEST)
}

fn damaged(detail: &str) -> Fault {
    Fault::Damaged { format: "JPEG", detail: detail.to_owned() }
}

fn fault(error: DecodeErrors) -> Fault {
    let detail = error.to_string().trim().to_owned();
    match error {
        DecodeErrors::ExhaustedData | DecodeErrors::IoErrors(_) => Fault::Truncated { format: "JPEG", detail },
        DecodeErrors::Unsupported(_) => Fault::UnsupportedVariant { format: "JPEG", variant: detail },
        _ => Fault::Damaged { format: "JPEG", detail },
    }
}

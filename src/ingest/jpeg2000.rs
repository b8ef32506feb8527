//! JPEG 2000, in a box file or bare, as a file or inside PDF.

use super::grey::{Depth, GreyRow, RowSink, Shape};
use super::samples::luma;
use super::{Fault, limits};
use hayro_jpeg2000::{ColorSpace, DecodeError, DecodeSettings, DecoderContext, Image};

/// The decoder's space for one sample: wavelet coefficients, samples as f32 and their copies.
const BYTES_PER_SAMPLE: u64 = 16;

/// Width and height, from the header.
pub(super) fn size(data: &[u8]) -> Result<(u32, u32), Fault> {
    Image::new(data, &settings()).map(|image| (image.width(), image.height())).map_err(fault)
}

/// Decodes the picture.
pub(super) fn decode(data: &[u8], memory: u64, sink: &mut dyn RowSink) -> Result<(), Fault> {
    let image = Image::new(data, &settings()).map_err(fault)?;
    let (width, height) = (image.width(), image.height());
    let colours = usize::from(image.color_space().num_channels());
    let is_ink = matches!(image.color_space(), ColorSpace::CMYK);
    let deep = image.original_bit_depth() > 8;
    sink.start(Shape { width, height, depth: if deep { Depth::Sixteen } else { Depth::Eight } })?;
    let samples = u64::from(width) * u64::from(height) * (colours as u64 + 1);
    limits::within(samples.saturating_mul(BYTES_PER_SAMPLE), memory)?;
    let mut context = DecoderContext::default();
    let decoded = image.decode(&mut context).map_err(fault)?;
    let planes: Vec<(&[f32], f32)> = decoded
        .components()
        .iter()
        .map(|plane| (plane.samples(), ((1u64 << plane.bit_depth().clamp(1, 32)) - 1) as f32))
        .collect();
    let width = width as usize;
    let pixels = width * height as usize;
    if planes.is_empty() || planes.iter().any(|(plane, _)| plane.len() < pixels) {
        return Err(Fault::Damaged { format: "JPEG 2000", detail: "components of unequal size".to_owned() });
    }
    let white = if deep { 65535.0 } else { 255.0 };
    let value = |plane: usize, index: usize| {
        let (samples, full) = planes[plane];
        // In range by clamping; a sample that is not a number becomes 0.
        (samples[index] / full * white).round().clamp(0.0, white) as u32
    };
    let grey = |index: usize| match planes.len() {
        4.. if is_ink => {
            let rest = white as u32 - value(3, index);
            let light = |plane| (u64::from(white as u32 - value(plane, index)) * u64::from(rest) / white as u64) as u32;
            luma(light(0), light(1), light(2))
        }
        3.. if colours >= 3 => luma(value(0, index), value(1, index), value(2, index)),
        _ => value(0, index),
    };
    let (mut eight, mut sixteen) = (Vec::new(), Vec::new());
    for row in 0..height as usize {
        let row = row * width..(row + 1) * width;
        if deep {
            sixteen.clear();
            sixteen.extend(row.map(|index| grey(index) as u16));
            sink.push(GreyRow::Sixteen(&sixteen))?;
        } else {
            eight.clear();
            eight.extend(row.map(|index| grey(index) as u8));
            sink.push(GreyRow::Eight(&eight))?;
        }
    }
    Ok(())
}

/// Strict, since a picture that is filled up where data are missing must not pass for film.
fn settings() -> DecodeSettings {
    DecodeSettings { strict: true, ..DecodeSettings::default() }
}

fn fault(error: DecodeError) -> Fault {
    Fault::Damaged { format: "JPEG 2000", detail: error.to_string() }
}

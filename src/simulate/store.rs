//! Joins frames to a strip and writes pictures.

use super::SimulateConfig;
use super::random::Random;
use super::wear::Film;
use crate::model::{Calibration, Echo};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use tiff::encoder::{Compression, DeflateLevel, Predictor};

/// File format of the pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PictureFormat {
    /// PNG, one bit for each pixel if the film is black and white only.
    Png,
    /// TIFF with Deflate over the differences of neighbours, as scanners write it.
    Tiff,
}

impl PictureFormat {
    /// The files' extension.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Tiff => "tif",
        }
    }
}

/// Bits of a pixel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Depth {
    /// Black and white; TIFF keeps them in eight bits.
    One,
    /// 256 levels.
    Eight,
    /// 65,536 levels.
    Sixteen,
}

/// Writes a picture; the error is said in words.
pub(super) fn write(picture: &Film, depth: Depth, format: PictureFormat, path: &Path) -> Result<(), String> {
    let file = BufWriter::new(File::create(path).map_err(|error| error.to_string())?);
    let (width, height) = picture.dimensions();
    let bytes = || -> Vec<u8> {
        let level = |&pixel: &u16| match depth {
            Depth::One => {
                if pixel > u16::MAX / 2 {
                    255
                } else {
                    0
                }
            }
            Depth::Eight | Depth::Sixteen => (pixel / 257) as u8,
        };
        picture.as_raw().iter().map(level).collect()
    };
    match format {
        PictureFormat::Tiff => tiff::encoder::TiffEncoder::new(file)
            .map(|encoder| encoder.with_compression(Compression::Deflate(DeflateLevel::Balanced)))
            .map(|encoder| encoder.with_predictor(Predictor::Horizontal))
            .and_then(|mut encoder| match depth {
                Depth::Sixteen => {
                    encoder.write_image::<tiff::encoder::colortype::Gray16>(width, height, picture.as_raw())
                }
                Depth::One | Depth::Eight => {
                    encoder.write_image::<tiff::encoder::colortype::Gray8>(width, height, &bytes())
                }
            })
            .map_err(|error| error.to_string()),
        PictureFormat::Png => {
            let mut encoder = png::Encoder::new(file, width, height);
            encoder.set_color(png::ColorType::Grayscale);
            encoder.set_compression(png::Compression::High);
            let (bits, data) = match depth {
                Depth::One => (png::BitDepth::One, bytes().chunks(width as usize).flat_map(pack).collect()),
                Depth::Eight => (png::BitDepth::Eight, bytes()),
                Depth::Sixteen => (
                    png::BitDepth::Sixteen,
                    picture.as_raw().iter().flat_map(|pixel| pixel.to_be_bytes()).collect::<Vec<u8>>(),
                ),
            };
            encoder.set_depth(bits);
            encoder
                .write_header()
                .and_then(|mut writer| {
                    writer.write_image_data(&data)?;
                    writer.finish()
                })
                .map_err(|error| error.to_string())
        }
    }
}

/// A row of bits, white as one, the first pixel in the highest bit.
fn pack(row: &[u8]) -> Vec<u8> {
    row.chunks(8)
        .map(|pixels| pixels.iter().enumerate().fold(0, |byte, (i, &pixel)| byte | (u8::from(pixel > 127) << (7 - i))))
        .collect()
}

/// Film with frames at an irregular pitch, a leader, and sometimes a splice.
pub(super) struct Strip {
    random: Random,
    margin: u16,
    frames: Vec<(u32, Film)>,
    width: u32,
    splices: Vec<u32>,
}

impl Strip {
    pub(super) fn new(calibration: &Calibration, config: &SimulateConfig) -> Self {
        let dark = 257 * if calibration.film.bare_panel { 250 } else { 18 };
        let is_light = (calibration.film.echo == Echo::Light) != config.inverted;
        let margin = if is_light { u16::MAX - dark } else { dark };
        Self { random: Random::part(config.seed, 3), margin, frames: Vec::new(), width: 0, splices: Vec::new() }
    }

    /// Adds a frame and returns its left edge.
    pub(super) fn append(&mut self, frame: &Film) -> u32 {
        let width = f64::from(frame.width());
        let gap = if self.frames.is_empty() {
            // The leader.
            self.random.between(0.3, 0.6)
        } else if self.random.chance(0.08) {
            self.splices.push(self.width + (0.06 * width) as u32);
            0.12
        } else {
            self.random.between(0.015, 0.07)
        };
        let x = self.width + (gap * width) as u32;
        self.width = x + frame.width();
        self.frames.push((x, frame.clone()));
        x
    }

    /// The whole strip.
    pub(super) fn finish(mut self) -> Film {
        let height = self.frames.first().map_or(1, |(_, frame)| frame.height());
        let width = (self.width + self.frames.first().map_or(1, |(_, frame)| frame.width() / 5)) as usize;
        let mut pixels = vec![self.margin; width * height as usize];
        for pixel in &mut pixels {
            *pixel = (f64::from(*pixel) + 771.0 * self.random.normal()).clamp(0.0, 65_535.0) as u16;
        }
        for (y, row) in pixels.chunks_mut(width).enumerate() {
            for &splice in &self.splices {
                // The cut shows as a line, the tape around it is paler.
                for (x, pixel) in row.iter_mut().enumerate().skip(splice as usize - 6).take(12) {
                    *pixel =
                        if x.abs_diff(splice as usize) < 2 { u16::MAX - self.margin } else { self.margin / 2 + 15_420 };
                }
            }
            for (x, frame) in &self.frames {
                let (x, frame_width) = (*x as usize, frame.width() as usize);
                row[x..x + frame_width].copy_from_slice(&frame.as_raw()[y * frame_width..(y + 1) * frame_width]);
            }
        }
        Film::from_raw(width as u32, height, pixels).unwrap_or_default()
    }
}

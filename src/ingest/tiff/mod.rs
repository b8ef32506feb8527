//! TIFF and BigTIFF: strips and tiles, pages, one to sixteen bits, grey, palette and colour; uncompressed, PackBits,
//! LZW, Deflate, JPEG and CCITT fax.
//!
//! The container is read here rather than by a library, since film strips need single rows out of strips of any height,
//! and archives need palettes, both fax groups and both bit orders.

mod chunk;
mod directory;
mod layout;
mod unpack;

use super::grey::{Depth, GreyRow, RowSink};
use super::samples::{Meaning, luma};
use super::{Fault, limits};
use directory::Container;
use layout::Layout;
use std::io::{BufRead, Seek};

/// Where a page's directory lies in the file, and the size of its picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Page {
    /// Place of the directory.
    pub(super) place: u64,
    /// Width in pixels.
    pub(super) width: u32,
    /// Height in pixels.
    pub(super) height: u32,
}

/// The pages of a file, up to `most`.
pub(super) fn pages(input: impl BufRead + Seek, most: u32) -> Result<Vec<Page>, Fault> {
    let mut file = Container::open(input)?;
    let places = file.pages(most)?;
    let mut pages = Vec::with_capacity(places.len());
    for place in places {
        let directory = file.directory(place)?;
        let (width, height) = layout::size(&mut file, &directory)?;
        pages.push(Page { place, width, height });
    }
    Ok(pages)
}

/// Decodes the picture whose directory lies at `place`, taking no more than `memory` bytes besides the sink.
pub(super) fn decode(input: impl BufRead + Seek, place: u64, memory: u64, sink: &mut dyn RowSink) -> Result<(), Fault> {
    let mut file = Container::open(input)?;
    let directory = file.directory(place)?;
    let layout = Layout::read(&mut file, &directory)?;
    sink.start(layout.shape())?;
    let (across, down) = layout.chunks();
    if across == 1 && layout.chunk_width == layout.width && !layout.is_planar {
        for index in 0..down {
            let rows = layout.chunk_height.min(layout.height - index * layout.chunk_height);
            let meaning = &layout.meaning;
            chunk::rows(&mut file, &layout, (index as usize, rows), meaning, memory, &mut |row| sink.push(row))?;
        }
        return Ok(());
    }
    let planes = if layout.is_planar && layout.meaning == Meaning::Rgb { 3 } else { 1 };
    let meaning = if planes == 3 { Meaning::Grey } else { layout.meaning.clone() };
    let mut bands = vec![Band::new(&layout, planes, memory)?; planes];
    let mut joined = Band { width: 0, depth: layout.shape().depth, eight: Vec::new(), sixteen: Vec::new() };
    for chunk_row in 0..down {
        let rows = layout.chunk_height.min(layout.height - chunk_row * layout.chunk_height);
        for (plane, band) in bands.iter_mut().enumerate() {
            for column in 0..across {
                let index = (plane * down as usize + chunk_row as usize) * across as usize + column as usize;
                let x = (column * layout.chunk_width) as usize;
                let mut y = 0;
                chunk::rows(&mut file, &layout, (index, rows), &meaning, memory, &mut |row| {
                    band.put(x, y, row);
                    y += 1;
                    Ok(())
                })?;
            }
        }
        for y in 0..rows as usize {
            match bands.as_slice() {
                [red, green, blue] => sink.push(luma_row([red, green, blue], y, &mut joined))?,
                bands => bands.iter().try_for_each(|band| sink.push(band.row(y)))?,
            }
        }
    }
    Ok(())
}

/// The rows of one row of tiles, or of one strip of one plane.
#[derive(Debug, Clone)]
struct Band {
    width: usize,
    depth: Depth,
    eight: Vec<u8>,
    sixteen: Vec<u16>,
}

impl Band {
    fn new(layout: &Layout, planes: usize, memory: u64) -> Result<Self, Fault> {
        let width = layout.width as usize;
        let pixels = u64::from(layout.width) * u64::from(layout.chunk_height.min(layout.height));
        let depth = layout.shape().depth;
        let bytes = if depth == Depth::Eight { 1 } else { 2 };
        limits::within(pixels.saturating_mul(bytes * planes as u64), memory)?;
        let (eight, sixteen) = match depth {
            Depth::Eight => (vec![0; pixels as usize], Vec::new()),
            Depth::Sixteen => (Vec::new(), vec![0; pixels as usize]),
        };
        Ok(Self { width, depth, eight, sixteen })
    }

    fn put(&mut self, x: usize, y: usize, row: GreyRow<'_>) {
        match row {
            GreyRow::Eight(values) => copy(&mut self.eight, self.width, x, y, values),
            GreyRow::Sixteen(values) => copy(&mut self.sixteen, self.width, x, y, values),
        }
    }

    fn row(&self, y: usize) -> GreyRow<'_> {
        let range = y * self.width..(y + 1) * self.width;
        match self.depth {
            Depth::Eight => GreyRow::Eight(&self.eight[range]),
            Depth::Sixteen => GreyRow::Sixteen(&self.sixteen[range]),
        }
    }
}

/// Copies what of the values lies inside the band.
fn copy<T: Copy>(band: &mut [T], width: usize, x: usize, y: usize, values: &[T]) {
    let count = values.len().min(width.saturating_sub(x));
    let start = y * width + x;
    if let Some(part) = band.get_mut(start..start + count) {
        part.copy_from_slice(&values[..count]);
    }
}

/// The luma of three planes.
fn luma_row<'a>([red, green, blue]: [&Band; 3], y: usize, row: &'a mut Band) -> GreyRow<'a> {
    let range = y * red.width..(y + 1) * red.width;
    match red.depth {
        Depth::Eight => {
            let pixels = red.eight[range.clone()].iter().zip(&green.eight[range.clone()]).zip(&blue.eight[range]);
            row.eight.clear();
            row.eight.extend(pixels.map(|((&r, &g), &b)| luma(r.into(), g.into(), b.into()) as u8));
            GreyRow::Eight(&row.eight)
        }
        Depth::Sixteen => {
            let pixels = red.sixteen[range.clone()].iter().zip(&green.sixteen[range.clone()]).zip(&blue.sixteen[range]);
            row.sixteen.clear();
            row.sixteen.extend(pixels.map(|((&r, &g), &b)| luma(r.into(), g.into(), b.into()) as u16));
            GreyRow::Sixteen(&row.sixteen)
        }
    }
}

fn damaged(detail: &str) -> Fault {
    Fault::Damaged { format: "TIFF", detail: detail.to_owned() }
}

fn unsupported(variant: String) -> Fault {
    Fault::UnsupportedVariant { format: "TIFF", variant }
}

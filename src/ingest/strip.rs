//! A strip of film in one long picture, read in windows.

use super::file::Foreign;
use super::grey::{Depth, GreyRow, Histogram, RowSink, Shape, Stretch};
use super::limits::{self, Kind};
use super::roll::page_error;
use super::spool::Spool;
use super::{Fault, IngestConfig, IngestError, StripRef, VerticalStrip};
use crate::model::{PixelBox, Source};
use image::GrayImage;
use std::path::Path;
use std::sync::Arc;

/// Bytes of rows that are gathered before they are written.
const GATHERED: usize = 8 << 20;

/// An open strip: x runs along the film. Windows can be read from several threads at once.
///
/// The pixels lie in a temporary file that has no name; memory holds the overview only.
#[derive(Debug)]
pub struct Strip {
    spool: Spool,
    length: u32,
    height: u32,
    factor: u32,
    overview: GrayImage,
    source: Source,
    path: Arc<Path>,
}

impl Strip {
    /// Decodes the strip once, row by row, to a temporary file, and its overview to memory.
    ///
    /// A strip of 16 bits is decoded twice: one stretch serves the whole of it.
    pub fn open(strip: &StripRef, config: &IngestConfig) -> Result<Self, IngestError> {
        Self::read(strip, config).map_err(|fault| page_error(&strip.path, strip.page, fault))
    }

    fn read(strip: &StripRef, config: &IngestConfig) -> Result<Self, Fault> {
        let mut file = Foreign::open(&strip.path, config)?;
        let memory = if file.reads_by_rows() { config.strip_memory() } else { config.max_memory() };
        let mut writer = Writer::new(config, None);
        file.decode(strip.page, &strip.kept, memory, &mut writer)?;
        if let Some(stretch) = writer.stretch_wanted() {
            writer = Writer::new(config, Some(stretch));
            file.decode(strip.page, &strip.kept, memory, &mut writer)?;
        }
        let sha256 = file.sha256(&strip.kept)?;
        let Film { spool, sums, .. } = writer.finish()?;
        let source = Source { file: strip.file(), sha256, page: strip.page };
        let (length, height, factor) = (sums.length as u32, sums.height as u32, sums.factor as u32);
        Ok(Self { spool, length, height, factor, overview: sums.overview(), source, path: strip.path.clone() })
    }

    /// Pixels along and across the film.
    pub fn dimensions(&self) -> (u32, u32) {
        (self.length, self.height)
    }

    /// The whole strip, reduced by [`factor`](Self::factor): each of its pixels is the mean of a square of the strip.
    /// The last column and row may stand for less than a full square.
    pub fn overview(&self) -> &GrayImage {
        &self.overview
    }

    /// Strip pixels to one overview pixel, in each direction.
    pub fn factor(&self) -> u32 {
        self.factor
    }

    /// The file.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The part of the strip in a box, as far as the box lies inside it.
    pub fn window(&self, window: PixelBox) -> Result<GrayImage, IngestError> {
        let inside = window.clamped(self.length, self.height);
        self.spool.read(inside).map_err(|fault| page_error(&self.path, self.source.page, fault))
    }
}

/// Takes the rows of the file and writes them to a spool, laid down so that x runs along the film.
struct Writer<'a> {
    config: &'a IngestConfig,
    stretch: Option<Stretch>,
    /// Values of a 16-bit strip that is read for the first time.
    histogram: Option<Histogram>,
    film: Option<Film>,
    eight: Vec<u8>,
}

/// The strip as it grows.
struct Film {
    spool: Spool,
    sums: Sums,
    /// Rows of the file run across the film, and how they are laid down.
    upright: Option<VerticalStrip>,
    /// Rows, or the block of columns, that were not written yet.
    gathered: Vec<u8>,
    /// Rows of the file that came.
    rows: usize,
}

impl<'a> Writer<'a> {
    fn new(config: &'a IngestConfig, stretch: Option<Stretch>) -> Self {
        Self { config, stretch, histogram: None, film: None, eight: Vec::new() }
    }

    fn stretch_wanted(&self) -> Option<Stretch> {
        self.histogram.as_ref().map(Histogram::stretch)
    }

    fn finish(self) -> Result<Film, Fault> {
        let mut film = self.film.ok_or_else(incomplete)?;
        film.flush()?;
        let expected = if film.upright.is_some() { film.sums.length } else { film.sums.height };
        if film.rows < expected { Err(incomplete()) } else { Ok(film) }
    }
}

impl RowSink for Writer<'_> {
    fn start(&mut self, Shape { width, height, depth }: Shape) -> Result<(), Fault> {
        let upright = match limits::admit(width, height, self.config)? {
            Kind::Strip { upright } => upright.then_some(self.config.vertical_strip),
            // The file changed since it was found, or the reference was made by hand.
            Kind::Scan => (height > width).then_some(self.config.vertical_strip),
        };
        if depth == Depth::Sixteen && self.stretch.is_none() {
            self.histogram = Some(Histogram::default());
            return Ok(());
        }
        let (length, height) = if upright.is_some() { (height, width) } else { (width, height) };
        let spool = Spool::create(&self.config.spool_dir, length, height)?;
        let factor = height.div_ceil(self.config.overview_height.max(1)).max(1) as usize;
        let sums = Sums::new(length as usize, height as usize, factor);
        self.film = Some(Film { spool, sums, upright, gathered: Vec::new(), rows: 0 });
        Ok(())
    }

    fn push(&mut self, row: GreyRow<'_>) -> Result<(), Fault> {
        match (row, &mut self.film) {
            (GreyRow::Eight(row), Some(film)) => film.row(row),
            (GreyRow::Sixteen(row), Some(film)) => {
                let Some(stretch) = self.stretch else { return Ok(()) };
                self.eight.clear();
                self.eight.extend(row.iter().map(|&value| stretch.apply(value)));
                film.row(&self.eight)
            }
            (GreyRow::Sixteen(row), None) => {
                if let Some(histogram) = &mut self.histogram {
                    histogram.add(row);
                }
                Ok(())
            }
            (GreyRow::Eight(_), None) => Err(incomplete()),
        }
    }
}

impl Film {
    fn row(&mut self, row: &[u8]) -> Result<(), Fault> {
        let place = self.rows;
        self.rows += 1;
        match self.upright {
            None => {
                if place >= self.sums.height || row.len() < self.sums.length {
                    return Err(incomplete());
                }
                let row = &row[..self.sums.length];
                self.sums.add_row(place, row);
                self.gathered.extend_from_slice(row);
                if self.gathered.len() >= GATHERED { self.flush() } else { Ok(()) }
            }
            Some(laid) => {
                if place >= self.sums.length || row.len() < self.sums.height {
                    return Err(incomplete());
                }
                let height = self.sums.height;
                let (first, width) = self.spool.block(place);
                self.gathered.resize(width * height, 0);
                let column = place - first;
                let cells = self.gathered.iter_mut().skip(column).step_by(width);
                match laid {
                    VerticalStrip::Transposed => cells.zip(row).for_each(|(cell, &value)| *cell = value),
                    VerticalStrip::Turned => {
                        cells.zip(row[..height].iter().rev()).for_each(|(cell, &value)| *cell = value);
                    }
                }
                if column + 1 < width {
                    return Ok(());
                }
                for (y, row) in self.gathered.chunks_exact(width).enumerate() {
                    self.sums.add_part(first, y, row);
                }
                self.spool.write_block(first, &self.gathered)
            }
        }
    }

    /// Writes the rows that were gathered; blocks of an upright strip are written as they become full.
    fn flush(&mut self) -> Result<(), Fault> {
        if self.upright.is_none() && !self.gathered.is_empty() {
            let rows = self.gathered.len() / self.sums.length.max(1);
            self.spool.write_rows(self.rows - rows, &self.gathered)?;
            self.gathered.clear();
        }
        Ok(())
    }
}

/// Sums over the squares that make the overview's pixels.
struct Sums {
    length: usize,
    height: usize,
    factor: usize,
    width: usize,
    sums: Vec<u32>,
}

impl Sums {
    fn new(length: usize, height: usize, factor: usize) -> Self {
        let width = length.div_ceil(factor);
        Self { length, height, factor, width, sums: vec![0; width * height.div_ceil(factor)] }
    }

    fn add_row(&mut self, y: usize, row: &[u8]) {
        let sums = &mut self.sums[y / self.factor * self.width..];
        for (sum, square) in sums.iter_mut().zip(row.chunks(self.factor)) {
            *sum += square.iter().map(|&value| u32::from(value)).sum::<u32>();
        }
    }

    fn add_part(&mut self, x: usize, y: usize, part: &[u8]) {
        let sums = &mut self.sums[y / self.factor * self.width..];
        for (x, &value) in (x..).zip(part) {
            sums[x / self.factor] += u32::from(value);
        }
    }

    fn overview(&self) -> GrayImage {
        let size = |whole: usize, index: usize| self.factor.min(whole - index * self.factor) as u32;
        let height = self.height.div_ceil(self.factor);
        GrayImage::from_fn(self.width as u32, height as u32, |x, y| {
            let (x, y) = (x as usize, y as usize);
            let count = size(self.length, x) * size(self.height, y);
            image::Luma([((self.sums[y * self.width + x] + count / 2) / count) as u8])
        })
    }
}

fn incomplete() -> Fault {
    Fault::Damaged { format: "strip", detail: "rows are missing or too short".to_owned() }
}

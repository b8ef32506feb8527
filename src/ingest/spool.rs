//! The pixels of a strip on disk, laid out so that a window is read with few, long reads.

use super::Fault;
use crate::model::PixelBox;
use image::GrayImage;
use std::fs::{File, OpenOptions};
use std::io::{Error, ErrorKind};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// Columns of a block. A block holds all rows of its columns, one row after the other.
const BLOCK: usize = 1024;

/// A temporary file without a name: the system frees it when it is closed, however the program ends.
#[derive(Debug)]
pub(super) struct Spool {
    file: File,
    length: usize,
    height: usize,
}

impl Spool {
    /// A spool for so many pixels along and across the film.
    pub(super) fn create(folder: &Path, length: u32, height: u32) -> Result<Self, Fault> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let system = std::env::temp_dir();
        let folder = if folder.as_os_str().is_empty() { &system } else { folder };
        let file = loop {
            let number = COUNT.fetch_add(1, Ordering::Relaxed);
            let path = folder.join(format!("ionoscribe-{}-{number}.tmp", std::process::id()));
            match OpenOptions::new().read(true).write(true).create_new(true).open(&path) {
                Ok(file) => {
                    std::fs::remove_file(&path).map_err(Fault::Spool)?;
                    break file;
                }
                // Left over from a program that was killed at the worst moment.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(Fault::Spool(error)),
            }
        };
        Ok(Self { file, length: length as usize, height: height as usize })
    }

    /// Columns of the block in which a column lies: the first one and their number.
    pub(super) fn block(&self, x: usize) -> (usize, usize) {
        let first = x / BLOCK * BLOCK;
        (first, BLOCK.min(self.length - first))
    }

    /// Writes whole rows, the first of which is row `y`.
    pub(super) fn write_rows(&self, y: usize, rows: &[u8]) -> Result<(), Fault> {
        let mut part = Vec::new();
        let mut x = 0;
        while x < self.length {
            let (first, width) = self.block(x);
            part.clear();
            for row in rows.chunks_exact(self.length) {
                part.extend_from_slice(&row[first..first + width]);
            }
            self.write(first * self.height + y * width, &part)?;
            x = first + width;
        }
        Ok(())
    }

    /// Writes the whole block that begins with column `first`.
    pub(super) fn write_block(&self, first: usize, block: &[u8]) -> Result<(), Fault> {
        self.write(first * self.height, block)
    }

    /// Reads a box, which must lie inside the strip.
    pub(super) fn read(&self, window: PixelBox) -> Result<GrayImage, Fault> {
        let side = |side: i32| usize::try_from(side).unwrap_or(0);
        let (left, top, width, height) = (side(window.x), side(window.y), side(window.w), side(window.h));
        let mut picture = vec![0; width * height];
        let mut rows = Vec::new();
        let mut x = left;
        while x < left + width && height > 0 {
            let (first, block_width) = self.block(x);
            let end = (first + block_width).min(left + width);
            rows.resize(block_width * height, 0);
            let place = first * self.height + top * block_width;
            self.file.read_exact_at(&mut rows, place as u64).map_err(Fault::Spool)?;
            for (from, to) in rows.chunks_exact(block_width).zip(picture.chunks_exact_mut(width)) {
                to[x - left..end - left].copy_from_slice(&from[x - first..end - first]);
            }
            x = end;
        }
        GrayImage::from_raw(width as u32, height as u32, picture)
            .ok_or_else(|| Fault::Spool(Error::from(ErrorKind::InvalidInput)))
    }

    fn write(&self, place: usize, bytes: &[u8]) -> Result<(), Fault> {
        self.file.write_all_at(bytes, place as u64).map_err(Fault::Spool)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(x: usize, y: usize) -> u8 {
        ((x * 7 + y * 13) % 251) as u8
    }

    #[test]
    fn windows_are_what_was_written() {
        let (length, height) = (2500, 40);
        let spool = Spool::create(Path::new(""), length as u32, height as u32).unwrap();
        for y in (0..height).step_by(8) {
            let rows: Vec<u8> = (y..y + 8).flat_map(|y| (0..length).map(move |x| value(x, y))).collect();
            spool.write_rows(y, &rows).unwrap();
        }
        for window in [(0, 0, 2500, 40), (1000, 3, 100, 30), (1023, 0, 2, 1), (2499, 39, 1, 1), (5, 5, 0, 0)] {
            let (x, y, w, h) = window;
            let picture = spool.read(PixelBox::new(x, y, w, h)).unwrap();
            assert_eq!(picture.dimensions(), (w as u32, h as u32));
            for (px, py, pixel) in picture.enumerate_pixels() {
                assert_eq!(pixel.0[0], value(x as usize + px as usize, y as usize + py as usize));
            }
        }
    }
}

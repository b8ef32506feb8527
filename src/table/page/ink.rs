//! From a scan to ink: how much darker than the paper around it each pixel is.

use crate::kernel::rotate::extract;
use crate::model::{PixelBox, Placement};
use image::GrayImage;

/// Pixels on a side of the blocks whose paper is measured.
const BLOCK: usize = 48;
/// Share of a block's pixels that are darker than its paper: print covers less.
const PAPER: f64 = 0.8;
/// A block whose paper is darker than this share of the page's is border or shadow of the binding.
const BORDER: f32 = 0.45;

/// Light pixels behind one another that end a border.
const BORDER_GAP: usize = 4;
/// Ink of a border's pixels at least.
const BORDER_INK: u8 = 110;

/// Ink of a page: 0 paper to 255 full ink.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Ink {
    pub(crate) picture: GrayImage,
}

impl Ink {
    /// Measures the ink of a page. `least_contrast` in grey values counts as full ink at least.
    pub(crate) fn of(scan: &GrayImage, least_contrast: f32) -> Self {
        let (width, height) = (scan.width() as usize, scan.height() as usize);
        let (columns, rows) = (width.div_ceil(BLOCK).max(1), height.div_ceil(BLOCK).max(1));
        let mut paper: Vec<f32> = Vec::with_capacity(columns * rows);
        for row in 0..rows {
            for column in 0..columns {
                paper.push(percentile(scan, column * BLOCK, row * BLOCK, PAPER));
            }
        }
        let mut sorted = paper.clone();
        sorted.sort_by(f32::total_cmp);
        let usual = sorted.get(sorted.len() * 3 / 4).copied().unwrap_or(255.0);
        let is_paper: Vec<bool> = paper.iter().map(|&level| level > BORDER * usual).collect();
        fill(&mut paper, &is_paper, columns, rows, usual);
        // How dark print is: the darkest thousandth part below its paper.
        let mut drops = vec![0u64; 256];
        let level_at = |x: usize, y: usize| {
            let place =
                |at: usize, count: usize| ((at as f32 + 0.5) / BLOCK as f32 - 0.5).clamp(0.0, (count - 1) as f32);
            let (cx, cy) = (place(x, columns), place(y, rows));
            let (x0, y0) = (cx as usize, cy as usize);
            let (x1, y1) = ((x0 + 1).min(columns - 1), (y0 + 1).min(rows - 1));
            let (fx, fy) = (cx - x0 as f32, cy - y0 as f32);
            let at = |x: usize, y: usize| paper[y * columns + x];
            (at(x0, y0) * (1.0 - fx) + at(x1, y0) * fx) * (1.0 - fy) + (at(x0, y1) * (1.0 - fx) + at(x1, y1) * fx) * fy
        };
        let mut below = vec![0u8; width * height];
        for (y, (row, out)) in
            scan.as_raw().chunks_exact(width.max(1)).zip(below.chunks_exact_mut(width.max(1))).enumerate()
        {
            // The paper changes slowly: once for four pixels is enough.
            for (start, (pixels, out)) in row.chunks(4).zip(out.chunks_mut(4)).enumerate() {
                let x = 4 * start;
                let inside = is_paper[(y / BLOCK) * columns + x / BLOCK];
                let level = level_at(x, y);
                for (&pixel, out) in pixels.iter().zip(out) {
                    let drop = if inside { (level - f32::from(pixel)).max(0.0) } else { 0.0 };
                    *out = drop as u8;
                    drops[usize::from(*out)] += 1;
                }
            }
        }
        let total = (width * height) as u64;
        let mut seen = 0;
        let full = (0..256).rev().find(|&drop| {
            seen += drops[drop];
            seen * 100 > total
        });
        let full = (full.unwrap_or(0) as f32).max(least_contrast);
        let scale: Vec<u8> = (0..256).map(|drop| (255.0 * (drop as f32 / full)).min(255.0) as u8).collect();
        below.iter_mut().for_each(|drop| *drop = scale[usize::from(*drop)]);
        let mut ink = Self { picture: GrayImage::from_raw(scan.width(), scan.height(), below).unwrap_or_default() };
        ink.clear_borders();
        ink
    }

    /// Takes away what is dark from the edge of the scan on: its borders, however narrow or aslant.
    fn clear_borders(&mut self) {
        let (width, height) = (self.width(), self.height());
        let raw: &mut [u8] = &mut self.picture;
        // From an edge inwards: first pixel, step, number of pixels.
        let rows = (0..height).flat_map(|y| [(y * width, 1i64, width), ((y + 1) * width - 1, -1, width)]);
        let across = height.saturating_sub(1) * width;
        let columns = (0..width).flat_map(|x| [(x, width as i64, height), (across + x, -(width as i64), height)]);
        let lines: Vec<(usize, i64, usize)> = rows.chain(columns).collect();
        let at = |start: usize, step: i64, index: usize| (start as i64 + step * index as i64) as usize;
        let depths: Vec<usize> = lines
            .iter()
            .map(|&(start, step, count)| {
                let light = |index: &usize| {
                    (*index..(*index + BORDER_GAP).min(count)).all(|i| raw[at(start, step, i)] < BORDER_INK)
                };
                let depth = (0..count).find(light).unwrap_or(count);
                // Its soft edge goes with it.
                if depth > 0 { (depth + BORDER_GAP).min(count) } else { 0 }
            })
            .collect();
        for (&(start, step, _), depth) in lines.iter().zip(depths) {
            (0..depth).for_each(|index| raw[at(start, step, index)] = 0);
        }
    }

    /// The ink turned upright, given how far it stands turned clockwise.
    pub(crate) fn upright(&self, degrees: f64) -> (Self, Placement) {
        let (width, height) = self.picture.dimensions();
        let bbox = PixelBox::new(0, 0, width as i32, height as i32);
        let placement = Placement { bbox, rotation_deg: degrees as f32, mirrored: false };
        (Self { picture: extract(&self.picture, &placement) }, placement)
    }

    /// A row of pixels.
    pub(crate) fn row(&self, y: usize) -> &[u8] {
        let width = self.picture.width() as usize;
        self.picture.as_raw().get(y * width..(y + 1) * width).unwrap_or_default()
    }

    pub(crate) fn width(&self) -> usize {
        self.picture.width() as usize
    }

    pub(crate) fn height(&self) -> usize {
        self.picture.height() as usize
    }

    /// Ink at a place between pixels, 0 to 1.
    pub(crate) fn sample(&self, x: f32, y: f32) -> f32 {
        let (x0, y0) = (x.floor(), y.floor());
        if x0 < 0.0 || y0 < 0.0 || x0 as usize + 1 >= self.width() || y0 as usize + 1 >= self.height() {
            return 0.0;
        }
        let (fx, fy) = (x - x0, y - y0);
        let at = y0 as usize * self.width() + x0 as usize;
        let raw = self.picture.as_raw();
        let value = |at: usize| f32::from(raw[at]);
        let below = at + self.width();
        ((value(at) * (1.0 - fx) + value(at + 1) * fx) * (1.0 - fy)
            + (value(below) * (1.0 - fx) + value(below + 1) * fx) * fy)
            / 255.0
    }
}

/// The level that a share of a block's pixels is darker than.
fn percentile(scan: &GrayImage, left: usize, top: usize, share: f64) -> f32 {
    let mut counts = [0u32; 256];
    let width = scan.width() as usize;
    let (right, bottom) = ((left + BLOCK).min(width), (top + BLOCK).min(scan.height() as usize));
    // Every second row is enough.
    for y in (top..bottom).step_by(2) {
        for &pixel in &scan.as_raw()[y * width + left..y * width + right] {
            counts[usize::from(pixel)] += 1;
        }
    }
    let wanted = (f64::from(counts.iter().sum::<u32>()) * share) as u32;
    let mut seen = 0;
    for (level, count) in counts.iter().enumerate() {
        seen += count;
        if seen > wanted {
            return level as f32;
        }
    }
    255.0
}

/// Gives blocks without paper that of their neighbours, and takes the median over each block's surround, so that a block
/// full of print does not count as dark paper.
fn fill(paper: &mut [f32], is_paper: &[bool], columns: usize, rows: usize, usual: f32) {
    let source = paper.to_vec();
    for row in 0..rows {
        for column in 0..columns {
            let mut near = Vec::with_capacity(25);
            for y in row.saturating_sub(2)..(row + 3).min(rows) {
                for x in column.saturating_sub(2)..(column + 3).min(columns) {
                    if is_paper[y * columns + x] {
                        near.push(source[y * columns + x]);
                    }
                }
            }
            near.sort_by(f32::total_cmp);
            paper[row * columns + column] = near.get(near.len() * 2 / 3).copied().unwrap_or(usual);
        }
    }
}

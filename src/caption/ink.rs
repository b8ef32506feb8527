//! The caption's part of the picture as ink: 0 for ground, 255 for the brightness of a full stroke.

use crate::kernel::histogram::Histogram;
use crate::kernel::reuse::Reused;
use crate::model::{CaptionTone, Frame, PixelBox};

/// A picture of ink, reduced by a whole factor, and where it lies in the frame.
#[derive(Debug, Clone)]
pub(super) struct Ink {
    /// Width.
    pub width: usize,
    /// Height.
    pub height: usize,
    /// Row by row.
    pub data: Reused<u8>,
    /// Frame pixels to one pixel of ink.
    pub factor: usize,
    /// Left and top of the region in frame pixels.
    pub origin: (usize, usize),
}

/// Which strips of the region belong to the panel and are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Strips {
    /// Captions run along a row: rows are judged.
    Rows,
    /// Lanes stand beside the panel: columns are judged.
    Columns,
}

/// Least contrast in grey levels of a caption against its ground.
const LEAST_CONTRAST: i32 = 14;

impl Ink {
    /// The ink of a region (shares of the frame), reduced by `factor`. `None` if nothing there stands out.
    pub(super) fn of(
        frame: &Frame,
        region: &[f64; 4],
        tone: CaptionTone,
        factor: usize,
        strips: Strips,
    ) -> Option<Self> {
        let (frame_width, frame_height) = frame.picture.dimensions();
        let share = |value: f64, size: u32| (value.clamp(0.0, 1.0) * f64::from(size)).round() as usize;
        let (left, right) = (share(region[0], frame_width), share(region[2], frame_width));
        let (top, bottom) = (share(region[1], frame_height), share(region[3], frame_height));
        let width = right.saturating_sub(left) / factor;
        let height = bottom.saturating_sub(top) / factor;
        if width < 24 || height < 8 {
            return None;
        }
        let cut = Cut { picture: frame.picture.as_raw(), stride: frame_width as usize, left, top, factor, tone };
        let (kept, medians) = match strips {
            Strips::Rows => rows_beside_panel((0..height).map(|y| cut.row_median(y, width)).collect()),
            Strips::Columns => columns_beside_panel((0..width).map(|x| cut.column_median(x, height)).collect()),
        };
        let mut data = Reused::filled(width * height, 0);
        let mut sums = vec![0u16; width * factor];
        for (y, row) in data.chunks_exact_mut(width).enumerate() {
            match strips {
                Strips::Rows if kept[y] => {
                    cut.reduce_row(y, &mut sums, row);
                    row.iter_mut().for_each(|value| *value = value.saturating_sub(medians[y]));
                }
                Strips::Rows => {}
                Strips::Columns => {
                    cut.reduce_row(y, &mut sums, row);
                    for ((value, kept), median) in row.iter_mut().zip(&kept).zip(&medians) {
                        *value = if *kept { value.saturating_sub(*median) } else { 0 };
                    }
                }
            }
        }
        stretch(&mut data, width).then_some(Self { width, height, data, factor, origin: (left, top) })
    }

    /// The value at a pixel; zero outside.
    pub(super) fn at(&self, x: i32, y: i32) -> f32 {
        if x < 0 || y < 0 || x as usize >= self.width || y as usize >= self.height {
            return 0.0;
        }
        f32::from(self.data[y as usize * self.width + x as usize])
    }

    /// Bilinear value at a place between pixels.
    pub(super) fn sample(&self, x: f32, y: f32) -> f32 {
        let (x0, y0) = (x.floor(), y.floor());
        let (fx, fy) = (x - x0, y - y0);
        let (x0, y0) = (x0 as i32, y0 as i32);
        let upper = self.at(x0, y0) * (1.0 - fx) + self.at(x0 + 1, y0) * fx;
        let lower = self.at(x0, y0 + 1) * (1.0 - fx) + self.at(x0 + 1, y0 + 1) * fx;
        upper * (1.0 - fy) + lower * fy
    }

    /// Value of the pixel nearest to a place in 256ths of pixels; zero outside.
    pub(super) fn nearest(&self, x: i32, y: i32) -> i32 {
        let (column, row) = ((x.wrapping_add(128) >> 8) as usize, (y.wrapping_add(128) >> 8) as usize);
        // A negative place is a huge one here.
        if column >= self.width || row >= self.height {
            return 0;
        }
        i32::from(self.data[row * self.width + column])
    }

    /// Bilinear value at a place in 256ths of pixels.
    pub(super) fn fixed(&self, x: i32, y: i32) -> i32 {
        let (column, row) = ((x >> 8) as usize, (y >> 8) as usize);
        let (across, down) = (x & 255, y & 255);
        if x < 0 || y < 0 || column + 1 >= self.width || row + 1 >= self.height {
            return self.sample(x as f32 / 256.0, y as f32 / 256.0) as i32;
        }
        let start = row * self.width + column;
        let mix = |start: usize| {
            let pair = &self.data[start..start + 2];
            (i32::from(pair[0]) << 8) + (i32::from(pair[1]) - i32::from(pair[0])) * across
        };
        let (upper, lower) = (mix(start), mix(start + self.width));
        ((upper << 8) + (lower - upper) * down) >> 16
    }

    /// Bilinear values, 0 to 1, on a square grid of a step around a centre.
    pub(super) fn grid<const COLUMNS: usize>(&self, centre: (f32, f32), step: f32, out: &mut [f32]) {
        let columns: [(f32, f32); COLUMNS] = std::array::from_fn(|column| {
            let x = centre.0 + (column as f32 - (COLUMNS - 1) as f32 / 2.0) * step;
            (x.floor(), x - x.floor())
        });
        let inside = columns[0].0 >= 0.0 && columns[COLUMNS - 1].0 + 1.0 < self.width as f32;
        let rows = (out.len() / COLUMNS) as f32;
        for (row, out) in out.chunks_exact_mut(COLUMNS).enumerate() {
            let y = centre.1 + (row as f32 - (rows - 1.0) / 2.0) * step;
            let (top, share) = (y.floor(), y - y.floor());
            if !inside || top < 0.0 || top + 1.0 >= self.height as f32 {
                for (value, column) in out.iter_mut().zip(&columns) {
                    *value = self.sample(column.0 + column.1, y) / 255.0;
                }
                continue;
            }
            let start = top as usize * self.width;
            let upper = &self.data[start..start + self.width];
            let lower = &self.data[start + self.width..start + 2 * self.width];
            for (value, &(x, across)) in out.iter_mut().zip(&columns) {
                let x = x as usize;
                let mix = |row: &[u8]| f32::from(row[x]) * (1.0 - across) + f32::from(row[x + 1]) * across;
                *value = (mix(upper) * (1.0 - share) + mix(lower) * share) / 255.0;
            }
        }
    }

    /// A box in ink pixels as a box in frame pixels.
    pub(super) fn to_frame(&self, left: f32, top: f32, width: f32, height: f32) -> PixelBox {
        let factor = self.factor as f32;
        PixelBox::new(
            (left * factor).round() as i32 + self.origin.0 as i32,
            (top * factor).round() as i32 + self.origin.1 as i32,
            (width * factor).round() as i32,
            (height * factor).round() as i32,
        )
    }
}

/// The region of the picture, seen at the reduced size.
struct Cut<'a> {
    picture: &'a [u8],
    stride: usize,
    left: usize,
    top: usize,
    factor: usize,
    tone: CaptionTone,
}

/// Samples from which the median of a row or column is taken: its error is a small part of the ground's noise.
const MEDIAN_SAMPLES: usize = 160;

impl Cut<'_> {
    /// One row of means over blocks; `sums` is scratch of `factor` values per pixel.
    fn reduce_row(&self, y: usize, sums: &mut [u16], out: &mut [u8]) {
        let start = |dy: usize| (self.top + y * self.factor + dy) * self.stride + self.left;
        if self.factor == 1 {
            out.copy_from_slice(&self.picture[start(0)..start(0) + out.len()]);
        } else {
            sums.fill(0);
            for dy in 0..self.factor {
                for (sum, &value) in sums.iter_mut().zip(&self.picture[start(dy)..]) {
                    *sum = sum.wrapping_add(u16::from(value));
                }
            }
            // Division by the block's area as a multiplication; a block is at most 16 x 16 pixels.
            let scale = (1u32 << 20).div_ceil((self.factor * self.factor) as u32);
            for (value, group) in out.iter_mut().zip(sums.chunks_exact(self.factor)) {
                let sum = group.iter().fold(0u32, |sum, &column| sum.wrapping_add(u32::from(column)));
                *value = (sum.wrapping_mul(scale) >> 20) as u8;
            }
        }
        if self.tone == CaptionTone::Dark {
            out.iter_mut().for_each(|value| *value = 255 - *value);
        }
    }

    fn row_median(&self, y: usize, width: usize) -> u8 {
        let start = (self.top + y * self.factor + self.factor / 2) * self.stride + self.left;
        let row = &self.picture[start..start + width * self.factor];
        self.median(row.iter().step_by((row.len() / MEDIAN_SAMPLES).max(1)))
    }

    fn column_median(&self, x: usize, height: usize) -> u8 {
        let step = (height * self.factor / MEDIAN_SAMPLES).max(1);
        let first = self.top * self.stride + self.left + x * self.factor + self.factor / 2;
        let end = (self.top + height * self.factor) * self.stride;
        self.median(self.picture[first..end].iter().step_by(step * self.stride))
    }

    fn median<'b>(&self, values: impl Iterator<Item = &'b u8>) -> u8 {
        let mut histogram = [0u32; 256];
        values.for_each(|&value| histogram[usize::from(value)] += 1);
        let median = quantile(&histogram, 0.5);
        if self.tone == CaptionTone::Dark { 255 - median } else { median }
    }
}

/// The value below which a share of a histogram lies.
fn quantile(histogram: &[u32; 256], share: f64) -> u8 {
    let total: u32 = histogram.iter().sum();
    let wanted = (f64::from(total) * share) as u32;
    let mut sum = 0;
    for (value, count) in histogram.iter().enumerate() {
        sum += count;
        if sum > wanted {
            return value as u8;
        }
    }
    255
}

/// Strips whose median is this far from the darkest towards the lightest one belong to the panel.
fn panel_limit(medians: &[u8]) -> u8 {
    let mut histogram = [0u32; 256];
    medians.iter().for_each(|&median| histogram[usize::from(median)] += 1);
    let (low, high) = (quantile(&histogram, 0.05), quantile(&histogram, 0.95));
    if high - low < 50 { 255 } else { low + (high - low) / 3 }
}

/// Which rows lie outside the panel, and the ground of each.
fn rows_beside_panel(medians: Vec<u8>) -> (Vec<bool>, Vec<u8>) {
    let limit = panel_limit(&medians);
    let beside = |y: usize| medians[y.saturating_sub(1)..(y + 2).min(medians.len())].iter().all(|&at| at <= limit);
    ((0..medians.len()).map(beside).collect(), medians)
}

/// Which columns lie outside the panel, and the ground of each. Lanes lie outside: everything from the panel's first
/// columns on is left out. A few light columns are no panel but the film's edge.
fn columns_beside_panel(medians: Vec<u8>) -> (Vec<bool>, Vec<u8>) {
    let limit = panel_limit(&medians);
    let run = (medians.len() / 20).max(4);
    let end = medians.windows(run).position(|group| group.iter().all(|&at| at > limit)).unwrap_or(medians.len());
    let end = end.saturating_sub(1);
    (medians.iter().enumerate().map(|(x, &at)| x < end && at <= limit).collect(), medians)
}

/// Scales the ink so that full strokes reach 255; false if there are none.
fn stretch(data: &mut [u8], width: usize) -> bool {
    let histogram = Histogram::of_rows(data.chunks_exact(width));
    let floor = i32::from(quantile(histogram.counts(), 0.75));
    let peak = i32::from(quantile(histogram.counts(), 0.997));
    if peak - floor < LEAST_CONTRAST {
        return false;
    }
    let mut table = [0u8; 256];
    for (value, entry) in table.iter_mut().enumerate() {
        *entry = ((value as i32 - floor) * 255 / (peak - floor)).clamp(0, 255) as u8;
    }
    data.iter_mut().for_each(|value| *value = table[usize::from(*value)]);
    true
}

//! The caption's part of the picture as ink: 0 for ground, 255 for the brightness of a full stroke.

use crate::model::{CaptionTone, Frame, PixelBox};

/// A picture of ink, reduced by a whole factor, and where it lies in the frame.
#[derive(Debug, Clone)]
pub(super) struct Ink {
    /// Width.
    pub width: usize,
    /// Height.
    pub height: usize,
    /// Row by row.
    pub data: Vec<u8>,
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
        let mut data = reduce(frame.picture.as_raw(), frame_width as usize, (left, top), (width, height), factor);
        if tone == CaptionTone::Dark {
            data.iter_mut().for_each(|value| *value = 255 - *value);
        }
        match strips {
            Strips::Rows => level_rows(&mut data, width, height),
            Strips::Columns => level_columns(&mut data, width, height),
        }
        stretch(&mut data).then_some(Self { width, height, data, factor, origin: (left, top) })
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

fn reduce(
    picture: &[u8],
    stride: usize,
    (left, top): (usize, usize),
    (width, height): (usize, usize),
    factor: usize,
) -> Vec<u8> {
    let mut data = vec![0u8; width * height];
    let area = (factor * factor) as u32;
    let mut sums = vec![0u32; width];
    for (y, out) in data.chunks_exact_mut(width).enumerate() {
        sums.fill(0);
        for dy in 0..factor {
            let start = (top + y * factor + dy) * stride + left;
            let row = &picture[start..start + width * factor];
            for (sum, group) in sums.iter_mut().zip(row.chunks_exact(factor)) {
                *sum += group.iter().map(|&value| u32::from(value)).sum::<u32>();
            }
        }
        for (value, sum) in out.iter_mut().zip(&sums) {
            *value = (sum / area) as u8;
        }
    }
    data
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

fn level_rows(data: &mut [u8], width: usize, height: usize) {
    let medians: Vec<u8> = data
        .chunks_exact(width)
        .map(|row| {
            let mut histogram = [0u32; 256];
            row.iter().for_each(|&value| histogram[usize::from(value)] += 1);
            quantile(&histogram, 0.5)
        })
        .collect();
    let limit = panel_limit(&medians);
    for (y, row) in data.chunks_exact_mut(width).enumerate() {
        let near_panel = medians[y.saturating_sub(1)..(y + 2).min(height)].iter().any(|&median| median > limit);
        for value in row {
            *value = if near_panel { 0 } else { value.saturating_sub(medians[y]) };
        }
    }
}

fn level_columns(data: &mut [u8], width: usize, height: usize) {
    let mut histograms = vec![[0u32; 256]; width];
    for row in data.chunks_exact(width) {
        for (histogram, &value) in histograms.iter_mut().zip(row) {
            histogram[usize::from(value)] += 1;
        }
    }
    let medians: Vec<u8> = histograms.iter().map(|histogram| quantile(histogram, 0.5)).collect();
    let limit = panel_limit(&medians);
    // Lanes lie outside the panel: everything from its first columns on is left out. A few light columns are no panel
    // but the film's edge.
    let run = (width / 20).max(4);
    let end = medians.windows(run).position(|group| group.iter().all(|&median| median > limit)).unwrap_or(width);
    let end = end.saturating_sub(1);
    for row in data.chunks_exact_mut(width).take(height) {
        for (x, value) in row.iter_mut().enumerate() {
            *value = if x >= end || medians[x] > limit { 0 } else { value.saturating_sub(medians[x]) };
        }
    }
}

/// Scales the ink so that full strokes reach 255; false if there are none.
fn stretch(data: &mut [u8]) -> bool {
    let mut histogram = [0u32; 256];
    data.iter().for_each(|&value| histogram[usize::from(value)] += 1);
    let floor = i32::from(quantile(&histogram, 0.75));
    let peak = i32::from(quantile(&histogram, 0.997));
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

//! The grey values of a picture or of a box of it, counted, and what follows from the counts.

use super::projection::rows;
use crate::model::PixelBox;
use image::GrayImage;

/// How often each grey value occurs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Histogram {
    counts: [u32; 256],
}

impl Default for Histogram {
    fn default() -> Self {
        Self { counts: [0; 256] }
    }
}

/// The two tones into which a histogram falls.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tones {
    /// Mean of the dark class.
    pub dark: f32,
    /// Mean of the light class.
    pub light: f32,
    /// Share of the pixels in the light class, 0 to 1.
    pub light_share: f32,
}

impl Histogram {
    /// Counts the pixels of `picture` in `region` (clamped to the picture).
    pub fn of(picture: &GrayImage, region: PixelBox) -> Self {
        Self::of_rows(rows(picture, region))
    }

    /// Counts the pixels of some rows.
    pub fn of_rows<'a>(rows: impl Iterator<Item = &'a [u8]>) -> Self {
        // Four interleaved tables, so that equal neighbours do not wait for each other's increment.
        let mut tables = [[0u32; 256]; 4];
        for row in rows {
            let (groups, rest) = row.as_chunks::<4>();
            for &[a, b, c, d] in groups {
                tables[0][usize::from(a)] += 1;
                tables[1][usize::from(b)] += 1;
                tables[2][usize::from(c)] += 1;
                tables[3][usize::from(d)] += 1;
            }
            for &value in rest {
                tables[0][usize::from(value)] += 1;
            }
        }
        let mut counts = [0u32; 256];
        for table in &tables {
            for (count, add) in counts.iter_mut().zip(table) {
                *count += add;
            }
        }
        Self { counts }
    }

    /// The histogram of the negative.
    pub fn of_negative(&self) -> Self {
        let mut counts = self.counts;
        counts.reverse();
        Self { counts }
    }

    /// Adds the counts of another histogram.
    pub fn add(&mut self, other: &Self) {
        for (count, add) in self.counts.iter_mut().zip(&other.counts) {
            *count = count.saturating_add(*add);
        }
    }

    /// Takes away the counts of a histogram that was added before.
    pub fn remove(&mut self, other: &Self) {
        for (count, taken) in self.counts.iter_mut().zip(&other.counts) {
            *count = count.saturating_sub(*taken);
        }
    }

    /// The counts by grey value.
    pub fn counts(&self) -> &[u32; 256] {
        &self.counts
    }

    /// Number of pixels counted.
    pub fn total(&self) -> u64 {
        self.counts.iter().map(|&count| u64::from(count)).sum()
    }

    /// The smallest grey value that at least the share `share` (0 to 1) of the pixels does not exceed; 0 if empty.
    pub fn quantile(&self, share: f64) -> u8 {
        let wanted = (share.clamp(0.0, 1.0) * self.total() as f64).max(1.0);
        let mut sum = 0u64;
        for (value, &count) in self.counts.iter().enumerate() {
            sum += u64::from(count);
            if sum as f64 >= wanted {
                return value as u8;
            }
        }
        0
    }

    /// Share of the pixels at or below a grey value, 0 to 1.
    pub fn share_up_to(&self, value: u8) -> f32 {
        let below: u64 = self.counts[..=usize::from(value)].iter().map(|&count| u64::from(count)).sum();
        below as f32 / self.total().max(1) as f32
    }

    /// Mean grey value; 0 if empty.
    pub fn mean(&self) -> f32 {
        let sum: u64 = self.counts.iter().enumerate().map(|(value, &count)| value as u64 * u64::from(count)).sum();
        sum as f32 / self.total().max(1) as f32
    }

    /// Splits the pixels into a dark and a light class so that the variance between the classes is largest
    /// (N. Otsu, IEEE Trans. Syst. Man Cybern. 9, 1979). A picture of one tone has that tone as both.
    pub fn tones(&self) -> Tones {
        let total = self.total();
        let sum_all: u64 = self.counts.iter().enumerate().map(|(value, &count)| value as u64 * u64::from(count)).sum();
        let (mut below, mut sum_below) = (0u64, 0u64);
        let mean = self.mean();
        let mut best = (0.0f64, Tones { dark: mean, light: mean, light_share: 1.0 });
        for (value, &count) in self.counts.iter().enumerate() {
            below += u64::from(count);
            sum_below += value as u64 * u64::from(count);
            if below == 0 || below == total {
                continue;
            }
            let above = total - below;
            let dark = sum_below as f64 / below as f64;
            let light = (sum_all - sum_below) as f64 / above as f64;
            let between = below as f64 * above as f64 * (light - dark) * (light - dark);
            if between > best.0 {
                let light_share = above as f32 / total as f32;
                best = (between, Tones { dark: dark as f32, light: light as f32, light_share });
            }
        }
        best.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(values: &[u8], width: u32) -> Histogram {
        let height = values.len() as u32 / width;
        let picture = GrayImage::from_raw(width, height, values.to_vec()).unwrap();
        Histogram::of(&picture, PixelBox::new(0, 0, width as i32, height as i32))
    }

    #[test]
    fn counts_each_pixel_of_the_box_once() {
        let picture = GrayImage::from_fn(37, 11, |x, y| image::Luma([(x * 7 + y * 3) as u8]));
        for region in [PixelBox::new(0, 0, 37, 11), PixelBox::new(3, 2, 9, 5), PixelBox::new(-5, -5, 100, 9)] {
            let inside = region.clamped(37, 11);
            let mut expected = [0u32; 256];
            for y in inside.y..inside.bottom() {
                for x in inside.x..inside.right() {
                    expected[usize::from(picture.get_pixel(x as u32, y as u32)[0])] += 1;
                }
            }
            assert_eq!(Histogram::of(&picture, region).counts(), &expected);
        }
    }

    #[test]
    fn quantiles_and_shares() {
        let histogram = whole(&[10, 10, 20, 30], 2);
        assert_eq!((histogram.quantile(0.0), histogram.quantile(0.5), histogram.quantile(0.6)), (10, 10, 20));
        assert_eq!(histogram.quantile(1.0), 30);
        assert_eq!(histogram.share_up_to(20), 0.75);
        assert_eq!(whole(&[], 1).quantile(0.5), 0);
    }

    #[test]
    fn two_tones_are_told_apart() {
        let tones = whole(&[5, 7, 200, 210, 220, 230], 6).tones();
        assert_eq!((tones.dark, tones.light), (6.0, 215.0));
        let flat = whole(&[90; 8], 4).tones();
        assert_eq!((flat.dark, flat.light), (90.0, 90.0));
    }
}

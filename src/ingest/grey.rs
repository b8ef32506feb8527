//! Rows of grey values on their way from a decoder to a picture or a strip.

use super::Fault;
use crate::kernel::reuse::Reused;
use image::GrayImage;

/// Bits of a decoder's grey values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    /// 0 to 255.
    Eight,
    /// 0 to 65535.
    Sixteen,
}

/// Size and depth of a picture that is about to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    /// Pixels in a row.
    pub(super) width: u32,
    /// Rows.
    pub(super) height: u32,
    /// Bits of a grey value.
    pub(super) depth: Depth,
}

/// One row of grey values, 0 black.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GreyRow<'a> {
    /// 8-bit values.
    Eight(&'a [u8]),
    /// 16-bit values.
    Sixteen(&'a [u16]),
}

/// Takes the rows of one picture from top to bottom.
pub(super) trait RowSink {
    /// Called before the first row; refuses a picture that is beyond the limits. A second call begins the picture anew.
    fn start(&mut self, shape: Shape) -> Result<(), Fault>;
    /// The next row.
    fn push(&mut self, row: GreyRow<'_>) -> Result<(), Fault>;
}

/// Collects rows to a whole 8-bit picture.
#[derive(Debug)]
pub(super) struct Collector<F> {
    admit: F,
    shape: Shape,
    eight: Reused<u8>,
    sixteen: Reused<u16>,
}

impl<F: Fn(Shape) -> Result<(), Fault>> Collector<F> {
    /// A collector that asks `admit` before it takes memory.
    pub(super) fn new(admit: F) -> Self {
        let shape = Shape { width: 0, height: 0, depth: Depth::Eight };
        Self { admit, shape, eight: Reused::with_capacity(0), sixteen: Reused::with_capacity(0) }
    }

    /// The picture; `None` if rows are missing.
    pub(super) fn finish(mut self) -> Option<GrayImage> {
        if self.shape.depth == Depth::Sixteen {
            let mut histogram = Histogram::default();
            histogram.add(&self.sixteen);
            let stretch = histogram.stretch();
            self.eight = Reused::with_capacity(self.sixteen.len());
            self.eight.extend(self.sixteen.iter().map(|&value| stretch.apply(value)));
        }
        GrayImage::from_raw(self.shape.width, self.shape.height, self.eight.into_vec())
    }
}

impl<F: Fn(Shape) -> Result<(), Fault>> RowSink for Collector<F> {
    fn start(&mut self, shape: Shape) -> Result<(), Fault> {
        (self.admit)(shape)?;
        self.shape = shape;
        let pixels = shape.width as usize * shape.height as usize;
        match shape.depth {
            Depth::Eight => self.eight = Reused::with_capacity(pixels),
            Depth::Sixteen => self.sixteen = Reused::with_capacity(pixels),
        }
        Ok(())
    }

    fn push(&mut self, row: GreyRow<'_>) -> Result<(), Fault> {
        match row {
            GreyRow::Eight(values) => self.eight.extend_from_slice(values),
            GreyRow::Sixteen(values) => self.sixteen.extend_from_slice(values),
        }
        Ok(())
    }
}

/// How often each 16-bit value occurs in a picture.
#[derive(Debug, Clone)]
pub(super) struct Histogram {
    counts: Vec<u64>,
    total: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { counts: vec![0; 1 << 16], total: 0 }
    }
}

impl Histogram {
    /// Counts values.
    pub(super) fn add(&mut self, values: &[u16]) {
        for &value in values {
            self.counts[usize::from(value)] += 1;
        }
        self.total += values.len() as u64;
    }

    /// The way from 16 to 8 bits: linear between the values that 0.1 % of the pixels lie below and above, so that dust
    /// and dead pixels do not decide. Scanners often use 10 to 14 of the 16 bits, hence a stretch and no plain shift.
    /// A range below 1/64 of the full scale is widened to that, so that the noise of blank film stays blank.
    pub(super) fn stretch(&self) -> Stretch {
        const LEAST_SPAN: u32 = 1024;
        let outside = self.total / 1000;
        let low = quantile(self.counts.iter(), outside);
        let high = 65535 - quantile(self.counts.iter().rev(), outside);
        let span = high.saturating_sub(low).max(LEAST_SPAN);
        Stretch { low: low.saturating_sub((span - high.saturating_sub(low)) / 2).min(65535 - span), span }
    }
}

/// The first place at which more than `outside` values have been counted.
fn quantile<'a>(counts: impl Iterator<Item = &'a u64>, outside: u64) -> u32 {
    let mut seen = 0;
    for (place, count) in (0..).zip(counts) {
        seen += count;
        if seen > outside {
            return place;
        }
    }
    0
}

/// A linear way from 16 to 8 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stretch {
    low: u32,
    span: u32,
}

impl Stretch {
    /// The 8-bit value.
    pub(super) fn apply(self, value: u16) -> u8 {
        let above = u32::from(value).saturating_sub(self.low).min(self.span);
        u8::try_from((above * 255 + self.span / 2) / self.span).unwrap_or(u8::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stretched(values: &[u16]) -> Vec<u8> {
        let mut histogram = Histogram::default();
        histogram.add(values);
        let stretch = histogram.stretch();
        values.iter().map(|&value| stretch.apply(value)).collect()
    }

    #[test]
    fn twelve_bits_in_sixteen_use_the_whole_range() {
        let ramp: Vec<u16> = (0..4096).collect();
        let grey = stretched(&ramp);
        assert_eq!((grey[0], grey[4095]), (0, 255));
        assert!((126..=129).contains(&grey[2048]));
        assert!(grey.windows(2).all(|pair| pair[0] <= pair[1]));
    }

    #[test]
    fn blank_film_stays_blank() {
        let noise: Vec<u16> = (0..10_000).map(|index| 30_000 + (index % 16)).collect();
        let grey = stretched(&noise);
        assert!(grey.iter().all(|&value| (124..=132).contains(&value)));
        assert!(stretched(&[0; 100]).iter().all(|&value| value <= 128));
        assert!(stretched(&[65535; 100]).iter().all(|&value| value >= 127));
        assert!(stretched(&[]).is_empty());
    }

    #[test]
    fn dead_pixels_do_not_decide() {
        let mut values: Vec<u16> = (0..100_000u32).map(|index| (20_000 + index % 10_000) as u16).collect();
        values[17] = 0;
        values[18] = 65535;
        let grey = stretched(&values);
        assert_eq!((grey[17], grey[18]), (0, 255));
        assert!((120..=135).contains(&grey[5000]));
    }
}

//! The panel reduced and smoothed: whole rows of 16-bit numbers, so that the loops vectorise and give the same at every
//! instruction set.

use crate::kernel::reuse::Reused;
use crate::kernel::smooth::{add_row, halve, smooth_across, smooth_down};

/// Units of a plane in one unit of amplitude: 255 becomes 14 bits, and four times that still fits 16.
pub(super) const UNIT: u16 = 64;

/// Passes of the binomial filter over every plane; each adds a variance of half a pixel.
const PASSES: usize = 2;

/// A smoothed picture.
#[derive(Debug)]
pub(super) struct Plane {
    pub(super) width: usize,
    pub(super) height: usize,
    /// In [`UNIT`]s of amplitude.
    pub(super) values: Reused<u16>,
}

impl Plane {
    /// The panel's pixels, reduced to means over `factor` pixels across and down.
    pub(super) fn reduced(raw: &[u8], stride: usize, factor: (usize, usize)) -> Self {
        let (width, height) = (stride / factor.0, raw.len() / stride / factor.1);
        Self { width, height, values: reduce(raw, stride, factor, (width, height)) }.smoothed()
    }

    /// The picture at half the size; an odd last row or column is left out.
    pub(super) fn halved(&self) -> Self {
        let (width, height) = (self.width / 2, self.height / 2);
        let mut values = Reused::filled(width * height, 0);
        halve(&self.values, self.width, &mut values);
        Self { width, height, values }.smoothed()
    }

    fn smoothed(mut self) -> Self {
        let (width, last) = (self.width, self.height.saturating_sub(1));
        let mut padded = vec![0; width + 2];
        for row in self.values.chunks_exact_mut(width.max(1)) {
            (0..PASSES).for_each(|_| smooth_across(row, &mut padded));
        }
        let mut other = Reused::filled(self.values.len(), 0);
        for _ in 0..PASSES {
            let row = |y: usize| &self.values[y * width..(y + 1) * width];
            for (y, target) in other.chunks_exact_mut(width.max(1)).enumerate() {
                smooth_down(row(y.saturating_sub(1)), row(y), row((y + 1).min(last)), target);
            }
            std::mem::swap(&mut self.values, &mut other);
        }
        self
    }
}

fn reduce(raw: &[u8], stride: usize, factor: (usize, usize), size: (usize, usize)) -> Reused<u16> {
    // The reciprocal of the area in 32nds of a bit, rounded up so that 255 stays 255.
    let area = (factor.0 * factor.1) as u64;
    let scale = (u64::from(UNIT) << 32).div_ceil(area);
    let mut out = Reused::filled(size.0 * size.1, 0u16);
    let mut sums = vec![0u16; size.0 * factor.0];
    for (target, rows) in out.chunks_exact_mut(size.0.max(1)).zip(raw.chunks_exact(stride * factor.1)) {
        sums.fill(0);
        // Sums of up to 256 rows fit 16 bits; more are never reduced to one.
        for row in rows.chunks_exact(stride) {
            add_row(row, &mut sums);
        }
        for (value, group) in target.iter_mut().zip(sums.chunks_exact(factor.0)) {
            let sum = group.iter().fold(0u64, |sum, &part| sum.wrapping_add(u64::from(part)));
            *value = (sum.wrapping_mul(scale) >> 32) as u16;
        }
    }
    out
}

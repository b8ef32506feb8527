//! The panel reduced and smoothed: whole rows of 16-bit numbers, so that the loops vectorise and give the same at every
//! instruction set.

use crate::kernel::reuse::Reused;
use multiversion::multiversion;

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
        smooth_across(&mut self.values, self.width);
        let mut other = Reused::filled(self.values.len(), 0);
        for _ in 0..PASSES {
            smooth_down(&self.values, self.width, &mut other);
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
            add(row, &mut sums);
        }
        for (value, group) in target.iter_mut().zip(sums.chunks_exact(factor.0)) {
            let sum = group.iter().fold(0u64, |sum, &part| sum.wrapping_add(u64::from(part)));
            *value = (sum.wrapping_mul(scale) >> 32) as u16;
        }
    }
    out
}

#[multiversion(targets("x86_64+avx512bw+avx512vl", "x86_64+avx2", "x86_64+sse4.1"))]
fn add(row: &[u8], sums: &mut [u16]) {
    for (sum, &value) in sums.iter_mut().zip(row) {
        *sum = sum.saturating_add(u16::from(value));
    }
}

#[multiversion(targets("x86_64+avx512bw+avx512vl", "x86_64+avx2", "x86_64+sse4.1"))]
fn halve(values: &[u16], width: usize, out: &mut [u16]) {
    for (pair, target) in values.chunks_exact(2 * width).zip(out.chunks_exact_mut((width / 2).max(1))) {
        let (upper, lower) = pair.split_at(width);
        for ((value, a), b) in target.iter_mut().zip(upper.chunks_exact(2)).zip(lower.chunks_exact(2)) {
            *value = a[0].wrapping_add(a[1]).wrapping_add(b[0]).wrapping_add(b[1]).wrapping_add(2) >> 2;
        }
    }
}

/// A quarter of a sum of four values of 14 bits each, rounded.
#[inline(always)]
fn quarter(a: u16, twice: u16, c: u16) -> u16 {
    a.wrapping_add(twice).wrapping_add(twice).wrapping_add(c).wrapping_add(2) >> 2
}

/// Passes of [1 2 1] / 4 along every row.
#[multiversion(targets("x86_64+avx512bw+avx512vl", "x86_64+avx2", "x86_64+sse4.1"))]
fn smooth_across(values: &mut [u16], width: usize) {
    let mut padded = vec![0u16; width + 2];
    for row in values.chunks_exact_mut(width) {
        for _ in 0..PASSES {
            padded[1..=width].copy_from_slice(row);
            padded[0] = row[0];
            padded[width + 1] = row[width - 1];
            let (left, middle, right) = (&padded[..width], &padded[1..=width], &padded[2..]);
            for (((value, &a), &b), &c) in row.iter_mut().zip(left).zip(middle).zip(right) {
                *value = quarter(a, b, c);
            }
        }
    }
}

/// One pass of [1 2 1] / 4 down every column.
#[multiversion(targets("x86_64+avx512bw+avx512vl", "x86_64+avx2", "x86_64+sse4.1"))]
fn smooth_down(from: &[u16], width: usize, to: &mut [u16]) {
    let last = from.len() / width - 1;
    let row = |y: usize| &from[y * width..(y + 1) * width];
    for (y, target) in to.chunks_exact_mut(width).enumerate() {
        let (above, here, below) = (row(y.saturating_sub(1)), row(y), row((y + 1).min(last)));
        for (((value, &a), &b), &c) in target.iter_mut().zip(above).zip(here).zip(below) {
            *value = quarter(a, b, c);
        }
    }
}

//! Shrinks a picture by a whole factor: the mean of each block.

use super::levels::vectorised;
use super::reuse::{black, copy};
use image::GrayImage;

/// Largest factor: sums of a block's columns stay within 16 bits.
pub const LARGEST_FACTOR: u32 = 256;

/// The picture at `1 / factor` of its size, each pixel the rounded mean of its block of `factor` x `factor` pixels.
///
/// Columns and rows that do not fill a block are left out. A factor of 0 counts as 1, one above
/// [`LARGEST_FACTOR`] as that; a picture smaller than a block gives an empty picture.
pub fn shrink(picture: &GrayImage, factor: u32) -> GrayImage {
    let factor = factor.clamp(1, LARGEST_FACTOR);
    let (width, height) = (picture.width() / factor, picture.height() / factor);
    if factor == 1 {
        return copy(picture);
    }
    let mut out = black(width, height);
    if width == 0 || height == 0 {
        return out;
    }
    let (side, stride) = (factor as usize, picture.width() as usize);
    let used = width as usize * side;
    let area = factor * factor;
    // Multiplied instead of divided: exact for sums below 2^24 and areas up to 2^16.
    let reciprocal = (1u64 << 40).div_ceil(u64::from(area));
    let mut sums = vec![0u16; used];
    for (block, out_row) in picture.as_raw().chunks(stride * side).zip(out.chunks_mut(width as usize)) {
        sums.fill(0);
        for row in block.chunks(stride) {
            add(&row[..used], &mut sums);
        }
        squeeze(&sums, side, (u64::from(area / 2), reciprocal), out_row);
    }
    out
}

vectorised! {
    /// Adds a row to the sums of its columns.
    fn add(row: &[u8], sums: &mut [u16]) {
        for (sum, &value) in sums.iter_mut().zip(row) {
            *sum = sum.wrapping_add(u16::from(value));
        }
    }
}

vectorised! {
    /// Means of groups of `side` sums; `rounding` is half an area and the reciprocal of the area in 40 bits.
    fn squeeze(sums: &[u16], side: usize, rounding: (u64, u64), out: &mut [u8]) {
        match side {
            2 => groups::<2>(sums, rounding, out),
            3 => groups::<3>(sums, rounding, out),
            4 => groups::<4>(sums, rounding, out),
            8 => groups::<8>(sums, rounding, out),
            _ => {
                for (pixel, group) in out.iter_mut().zip(sums.chunks_exact(side)) {
                    *pixel = mean(group, rounding);
                }
            }
        }
    }
}

/// Groups of a size that the compiler knows.
#[inline(always)]
fn groups<const SIDE: usize>(sums: &[u16], rounding: (u64, u64), out: &mut [u8]) {
    for (pixel, group) in out.iter_mut().zip(sums.as_chunks::<SIDE>().0) {
        *pixel = mean(group, rounding);
    }
}

#[inline(always)]
fn mean(group: &[u16], (half, reciprocal): (u64, u64)) -> u8 {
    let sum = group.iter().fold(0u32, |sum, &column| sum.wrapping_add(u32::from(column)));
    (u64::from(sum).wrapping_add(half).wrapping_mul(reciprocal) >> 40) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn scalar(picture: &GrayImage, factor: u32) -> GrayImage {
        GrayImage::from_fn(picture.width() / factor, picture.height() / factor, |x, y| {
            let mut sum = 0;
            for dy in 0..factor {
                for dx in 0..factor {
                    sum += u32::from(picture.get_pixel(x * factor + dx, y * factor + dy)[0]);
                }
            }
            let area = factor * factor;
            image::Luma([((sum + area / 2) / area) as u8])
        })
    }

    proptest! {
        #[test]
        fn equals_its_scalar_twin(width in 0u32..70, height in 0u32..40, factor in 1u32..9, seed in any::<u32>()) {
            let mut state = seed;
            let picture = GrayImage::from_fn(width, height, |_, _| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                image::Luma([(state >> 24) as u8])
            });
            prop_assert_eq!(shrink(&picture, factor), scalar(&picture, factor));
            for level in [add::plain, add::sse41, add::avx2, add::avx512] {
                let mut sums = vec![300u16; width as usize];
                let row = &picture.as_raw()[..(width * height.min(1)) as usize];
                level(row, &mut sums);
                prop_assert!(sums.iter().zip(row).all(|(&sum, &value)| sum == 300 + u16::from(value)));
            }
            let (side, area) = (factor as usize, u64::from(factor * factor));
            let sums: Vec<u16> = picture.as_raw().iter().map(|&value| u16::from(value) * factor as u16).collect();
            let exact: Vec<u8> = sums
                .chunks_exact(side)
                .map(|group| ((group.iter().map(|&sum| u64::from(sum)).sum::<u64>() + area / 2) / area) as u8)
                .collect();
            for level in [squeeze::plain, squeeze::sse41, squeeze::avx2, squeeze::avx512] {
                let mut means = vec![0; exact.len()];
                level(&sums, side, (area / 2, (1u64 << 40).div_ceil(area)), &mut means);
                prop_assert_eq!(&means, &exact);
            }
        }
    }
}

//! Ink with broader strokes, for a search in coarse steps.

use crate::caption::ink::Ink;
use crate::kernel::histogram::Histogram;

/// Ink with strokes as broad as the first search is coarse.
pub(super) fn soft(ink: &Ink, height: f32) -> Ink {
    let radius = (0.06 * height).round().max(1.0) as usize;
    let mut soft = ink.clone();
    let mut row = Vec::new();
    for _ in 0..2 {
        for line in soft.data.chunks_exact_mut(ink.width) {
            smooth_row(line, radius, &mut row);
        }
        smooth_columns(&mut soft, radius);
    }
    let histogram = Histogram::of_rows(soft.data.chunks_exact(ink.width));
    let peak = u32::from(histogram.quantile(0.995)).max(8);
    let table: Vec<u8> = (0..256u32).map(|value| (value * 255 / peak).min(255) as u8).collect();
    soft.data.iter_mut().for_each(|value| *value = table[usize::from(*value)]);
    soft
}

/// Factor for the mean of `2 * radius + 1` values, rounded down, as a multiplication and a shift by 16.
fn share(radius: usize) -> u32 {
    65536u32.div_ceil(2 * radius as u32 + 1)
}

/// Running mean over `2 * radius + 1` values; what lies outside counts as zero. `padded` is scratch.
fn smooth_row(line: &mut [u8], radius: usize, padded: &mut Vec<u8>) {
    let share = share(radius);
    padded.clear();
    padded.resize(radius, 0);
    padded.extend_from_slice(line);
    padded.resize(line.len() + 2 * radius + 1, 0);
    let mut sum: u32 = padded[..2 * radius].iter().map(|&value| u32::from(value)).sum();
    for ((out, &next), &last) in line.iter_mut().zip(&padded[2 * radius..]).zip(padded.iter()) {
        sum = sum.wrapping_add(u32::from(next));
        *out = (sum.wrapping_mul(share) >> 16) as u8;
        sum = sum.wrapping_sub(u32::from(last));
    }
}

/// The same down every column, a row at a time.
fn smooth_columns(ink: &mut Ink, radius: usize) {
    let (width, share) = (ink.width, share(radius));
    let source = ink.data.clone();
    let mut sums = vec![0u32; width];
    let row = |y: usize| source.get(y * width..(y + 1) * width);
    let change = |y: usize, sign: u32, sums: &mut [u32]| {
        for (sum, &value) in sums.iter_mut().zip(row(y).into_iter().flatten()) {
            *sum = sum.wrapping_add(sign.wrapping_mul(u32::from(value)));
        }
    };
    (0..radius).for_each(|y| change(y, 1, &mut sums));
    for (y, out) in ink.data.chunks_exact_mut(width).enumerate() {
        change(y + radius, 1, &mut sums);
        for (out, sum) in out.iter_mut().zip(&sums) {
            *out = (sum.wrapping_mul(share) >> 16) as u8;
        }
        if let Some(first) = y.checked_sub(radius) {
            change(first, u32::MAX, &mut sums);
        }
    }
}

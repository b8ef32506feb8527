//! How strongly a line runs through each pixel: curvatures across it, in units of noise, summed along directions.
//!
//! Values of a plane have 14 bits, so that second differences fit 16 with their sign.

use super::levels::vectorised;

/// Pixels over which a line is summed.
pub const LENGTH: usize = 9;
/// Pixels at the border in which no line is found.
pub const BORDER: usize = 4;

vectorised! {
    /// Downward second derivatives along the rows and along the columns of a plane of 14-bit values; the border is left.
    pub fn curvatures(values: &[u16], width: usize, across: &mut [i16], down: &mut [i16]) {
        if width < 3 {
            return;
        }
        let height = values.len() / width;
        let inside = width - 2;
        for y in 1..height.max(1) - 1 {
            let row = |y: usize, x: usize| &values[y * width + x..][..inside];
            let (above, left, here, right, below) = (row(y - 1, 1), row(y, 0), row(y, 1), row(y, 2), row(y + 1, 1));
            let to_across = &mut across[y * width + 1..][..inside];
            let to_down = &mut down[y * width + 1..][..inside];
            for x in 0..inside {
                let twice = (here[x] as i16).wrapping_mul(2);
                to_across[x] = twice.wrapping_sub(left[x] as i16).wrapping_sub(right[x] as i16);
                to_down[x] = twice.wrapping_sub(above[x] as i16).wrapping_sub(below[x] as i16);
            }
        }
    }
}

vectorised! {
    /// Adds to the sum of each column the sizes of its values, each up to the column's limit.
    pub fn add_clipped(values: &[i16], limits: &[i16], columns: &mut [u32]) {
        for row in values.chunks_exact(limits.len().max(1)) {
            for ((sum, &value), &limit) in columns.iter_mut().zip(row).zip(limits) {
                *sum = sum.wrapping_add(u32::from(value.saturating_abs().min(limit) as u16));
            }
        }
    }
}

vectorised! {
    /// Multiplies each value by the factor of its column, toward zero, and holds it within `limit` of zero.
    pub fn scale(values: &mut [i16], factors: &[f32], limit: f32) {
        for row in values.chunks_exact_mut(factors.len().max(1)) {
            for (value, &factor) in row.iter_mut().zip(factors) {
                *value = (f32::from(*value) * factor).clamp(-limit, limit) as i32 as i16;
            }
        }
    }
}

vectorised! {
    /// Three quarters of the sum of two values: the curvature across a slanted line, which shows half in the rows and half
    /// in the columns. Sums below 2^13.
    pub fn slant(across: &[i16], down: &[i16], out: &mut [i16]) {
        for ((value, &a), &b) in out.iter_mut().zip(across).zip(down) {
            *value = a.wrapping_add(b).wrapping_mul(3) >> 2;
        }
    }
}

vectorised! {
    /// Sums of nine values along one direction, `offsets` from the pixel; sixteen times the sum with the direction in the
    /// lowest four bits replaces a smaller one. Values up to 112, which nine times sixteen times fit 15 bits.
    pub fn sum_along(values: &[i16], width: usize, offsets: &[isize; LENGTH], direction: i16, sums: &mut [i16]) {
        if width <= 2 * BORDER || values.len() / width <= 2 * BORDER {
            return;
        }
        let inside = width - 2 * BORDER;
        for y in BORDER..values.len() / width - BORDER {
            let start = y * width + BORDER;
            let part = |i: usize| &values[(start as isize + offsets[i]) as usize..][..inside];
            let (a, b, c, d) = (part(0), part(1), part(2), part(3));
            let (e, f, g, h, i) = (part(4), part(5), part(6), part(7), part(8));
            let target = &mut sums[start..][..inside];
            for x in 0..inside {
                let four = a[x].wrapping_add(b[x]).wrapping_add(c[x].wrapping_add(d[x]));
                let eight = four.wrapping_add(e[x].wrapping_add(f[x])).wrapping_add(g[x].wrapping_add(h[x]));
                let sum = eight.wrapping_add(i[x]);
                let tagged = (if sum > 0 { sum } else { 0 } << 4) | direction;
                target[x] = if tagged > target[x] { tagged } else { target[x] };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A plane of signed values up to a limit.
    fn plane(limit: i16) -> impl Strategy<Value = (usize, Vec<i16>)> {
        (9usize..40, 9usize..20).prop_flat_map(move |(width, height)| {
            (Just(width), proptest::collection::vec(-limit..=limit, width * height))
        })
    }

    proptest! {
        #[test]
        fn curvatures_are_second_differences((width, values) in plane(16383)) {
            let values: Vec<u16> = values.iter().map(|value| value.unsigned_abs()).collect();
            let at = |index: usize| i32::from(values[index]);
            for level in [curvatures::plain, curvatures::sse41, curvatures::avx2, curvatures::avx512] {
                let (mut across, mut down) = (vec![0; values.len()], vec![0; values.len()]);
                level(&values, width, &mut across, &mut down);
                for index in 0..values.len() {
                    let (x, y) = (index % width, index / width);
                    let inside = x > 0 && x + 1 < width && y > 0 && y + 1 < values.len() / width;
                    let difference = |step: usize| 2 * at(index) - at(index - step) - at(index + step);
                    let expected = if inside { [difference(1), difference(width)] } else { [0, 0] };
                    prop_assert_eq!([across[index], down[index]], expected.map(|value| value as i16));
                }
            }
        }

        #[test]
        fn sizes_are_clipped_and_added((width, values) in plane(i16::MAX), limit in 0i16..i16::MAX) {
            let limits: Vec<i16> = (0..width).map(|x| limit / (1 + x as i16 % 3)).collect();
            for level in [add_clipped::plain, add_clipped::sse41, add_clipped::avx2, add_clipped::avx512] {
                let mut columns = vec![7; width];
                level(&values, &limits, &mut columns);
                for (x, &sum) in columns.iter().enumerate() {
                    let sizes = values.iter().skip(x).step_by(width).map(|value| value.unsigned_abs().min(limits[x] as u16));
                    prop_assert_eq!(sum, 7 + sizes.map(u32::from).sum::<u32>());
                }
            }
        }

        #[test]
        fn values_are_scaled_and_held((width, values) in plane(i16::MAX), factor in 0.0f32..2.0) {
            let factors: Vec<f32> = (0..width).map(|x| factor / (1 + x % 5) as f32).collect();
            for level in [scale::plain, scale::sse41, scale::avx2, scale::avx512] {
                let mut scaled = values.clone();
                level(&mut scaled, &factors, 112.0);
                for (index, &value) in scaled.iter().enumerate() {
                    let whole = (f32::from(values[index]) * factors[index % width]).clamp(-112.0, 112.0).trunc();
                    prop_assert_eq!(f32::from(value), whole);
                }
            }
        }

        #[test]
        fn slants_are_three_quarters_of_the_sum((_, a) in plane(112), seed: i16) {
            let b: Vec<i16> = a.iter().map(|value| (value ^ (seed & 63)).clamp(-112, 112)).collect();
            for level in [slant::plain, slant::sse41, slant::avx2, slant::avx512] {
                let mut out = vec![0; a.len()];
                level(&a, &b, &mut out);
                for (index, &value) in out.iter().enumerate() {
                    prop_assert_eq!(i32::from(value), (3 * (i32::from(a[index]) + i32::from(b[index]))).div_euclid(4));
                }
            }
        }

        #[test]
        fn the_strongest_direction_is_kept((width, values) in plane(112), lean in -1isize..=1) {
            let steps = [1, width as isize + lean];
            for level in [sum_along::plain, sum_along::sse41, sum_along::avx2, sum_along::avx512] {
                let mut sums = vec![0; values.len()];
                for (direction, step) in steps.iter().enumerate() {
                    let offsets = std::array::from_fn(|i| (i as isize - 4) * step);
                    level(&values, width, &offsets, direction as i16, &mut sums);
                }
                for (index, &sum) in sums.iter().enumerate() {
                    let (x, y) = (index % width, index / width);
                    let inside = (4..width - 4).contains(&x) && (4..values.len() / width - 4).contains(&y);
                    let along = |step: isize| -> i32 {
                        (-4..=4).map(|i| i32::from(values[(index as isize + i * step) as usize])).sum::<i32>().max(0)
                    };
                    let expected = if inside {
                        (0..2).map(|direction| along(steps[direction]) * 16 + direction as i32).max().unwrap()
                    } else {
                        0
                    };
                    prop_assert_eq!(i32::from(sum), expected);
                }
            }
        }
    }
}

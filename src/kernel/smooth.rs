//! Planes of 14-bit values, made smaller and smoother: sums that fit 16 bits, so that all instruction sets agree.

use super::levels::vectorised;

vectorised! {
    /// Adds a row of grey values to sums, which stay at the largest of 16 bits.
    pub fn add_row(row: &[u8], sums: &mut [u16]) {
        for (sum, &value) in sums.iter_mut().zip(row) {
            *sum = sum.saturating_add(u16::from(value));
        }
    }
}

vectorised! {
    /// Half the size: rounded means of blocks of four; an odd last row or column is left out.
    pub fn halve(values: &[u16], width: usize, out: &mut [u16]) {
        for (pair, target) in values.chunks_exact(2 * width.max(1)).zip(out.chunks_exact_mut((width / 2).max(1))) {
            let (upper, lower) = (pair[..width].as_chunks::<2>().0, pair[width..].as_chunks::<2>().0);
            for ((value, a), b) in target.iter_mut().zip(upper).zip(lower) {
                *value = a[0].wrapping_add(a[1]).wrapping_add(b[0]).wrapping_add(b[1]).wrapping_add(2) >> 2;
            }
        }
    }
}

vectorised! {
    /// [1 2 1] / 4 along a row, rounded; beyond the ends the first and last value go on. `padded` is space for the row and
    /// two values more.
    pub fn smooth_across(row: &mut [u16], padded: &mut [u16]) {
        let Some(last) = row.len().checked_sub(1) else { return };
        padded[1..=row.len()].copy_from_slice(row);
        padded[0] = row[0];
        padded[row.len() + 1] = row[last];
        let (left, middle, right) = (&padded[..row.len()], &padded[1..=row.len()], &padded[2..row.len() + 2]);
        for (((value, &a), &b), &c) in row.iter_mut().zip(left).zip(middle).zip(right) {
            *value = a.wrapping_add(b).wrapping_add(b).wrapping_add(c).wrapping_add(2) >> 2;
        }
    }
}

vectorised! {
    /// [1 2 1] / 4 down the columns: one row from itself and its neighbours, rounded.
    pub fn smooth_down(above: &[u16], here: &[u16], below: &[u16], out: &mut [u16]) {
        for (((value, &a), &b), &c) in out.iter_mut().zip(above).zip(here).zip(below) {
            *value = a.wrapping_add(b).wrapping_add(b).wrapping_add(c).wrapping_add(2) >> 2;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn row(length: usize) -> impl Strategy<Value = Vec<u16>> {
        proptest::collection::vec(0u16..16384, length)
    }

    fn quarter(a: u16, b: u16, c: u16) -> u16 {
        ((u32::from(a) + 2 * u32::from(b) + u32::from(c) + 2) / 4) as u16
    }

    proptest! {
        #[test]
        fn rows_add_up_to_the_largest_sum(values in proptest::collection::vec(any::<u8>(), 0..90), start: u16) {
            for level in [add_row::plain, add_row::sse41, add_row::avx2, add_row::avx512] {
                let mut sums = vec![start; values.len()];
                level(&values, &mut sums);
                let expected = values.iter().map(|&value| (u32::from(start) + u32::from(value)).min(65535) as u16);
                prop_assert_eq!(sums, expected.collect::<Vec<u16>>());
            }
        }

        #[test]
        fn blocks_of_four_become_their_mean((width, height, values) in (1usize..70, 1usize..9)
            .prop_flat_map(|(width, height)| (Just(width), Just(height), row(width * height))))
        {
            for level in [halve::plain, halve::sse41, halve::avx2, halve::avx512] {
                let mut out = vec![0; (width / 2) * (height / 2)];
                level(&values, width, &mut out);
                for (index, &value) in out.iter().enumerate() {
                    let (x, y) = (2 * (index % (width / 2)), 2 * (index / (width / 2)));
                    let at = |dx: usize, dy: usize| u32::from(values[(y + dy) * width + x + dx]);
                    prop_assert_eq!(u32::from(value), (at(0, 0) + at(1, 0) + at(0, 1) + at(1, 1) + 2) / 4);
                }
            }
        }

        #[test]
        fn neighbours_weigh_a_quarter((a, b, c) in (1usize..90).prop_flat_map(|n| (row(n), row(n), row(n)))) {
            let expected: Vec<u16> = (0..a.len()).map(|i| quarter(a[i], b[i], c[i])).collect();
            for level in [smooth_down::plain, smooth_down::sse41, smooth_down::avx2, smooth_down::avx512] {
                let mut out = vec![0; a.len()];
                level(&a, &b, &c, &mut out);
                prop_assert_eq!(&out, &expected);
            }
            let last = a.len() - 1;
            let expected: Vec<u16> =
                (0..=last).map(|i| quarter(a[i.saturating_sub(1)], a[i], a[(i + 1).min(last)])).collect();
            for level in [smooth_across::plain, smooth_across::sse41, smooth_across::avx2, smooth_across::avx512] {
                let (mut out, mut padded) = (a.clone(), vec![9; a.len() + 2]);
                level(&mut out, &mut padded);
                prop_assert_eq!(&out, &expected);
            }
        }
    }
}

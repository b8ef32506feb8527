//! Undoes the horizontal predictor of TIFF for 8-bit pixels of one sample: running sums along a row, modulo 256.

use super::levels::vectorised;

/// Bytes that are summed together.
const LANES: usize = 16;

vectorised! {
    /// Each byte becomes the sum of itself and all before it.
    pub fn add_up(row: &mut [u8]) {
        let (groups, rest) = row.as_chunks_mut::<LANES>();
        let mut before = 0u8;
        for group in groups {
            // Sums of two, of four, of eight, of sixteen: each step adds what stands so far to the left.
            let mut sums = *group;
            let mut reach = 1;
            while reach < LANES {
                let mut moved = [0; LANES];
                moved[reach..].copy_from_slice(&sums[..LANES - reach]);
                for lane in 0..LANES {
                    sums[lane] = sums[lane].wrapping_add(moved[lane]);
                }
                reach *= 2;
            }
            for lane in 0..LANES {
                group[lane] = sums[lane].wrapping_add(before);
            }
            before = group[LANES - 1];
        }
        for value in rest {
            before = before.wrapping_add(*value);
            *value = before;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn equals_its_scalar_twin_at_every_level(row in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut sum = 0u8;
            let expected: Vec<u8> = row.iter().map(|&value| { sum = sum.wrapping_add(value); sum }).collect();
            for level in [add_up::plain, add_up::sse41, add_up::avx2, add_up::avx512] {
                let mut sums = row.clone();
                level(&mut sums);
                prop_assert_eq!(&sums, &expected);
            }
        }
    }
}

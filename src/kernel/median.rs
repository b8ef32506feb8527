//! Running medians down a narrow picture: many columns at once.

use super::levels::vectorised;

/// Columns that are worked on together.
pub const LANES: usize = 16;

vectorised! {
    /// For each row and column the median of the rows up to `reach` above and below; beyond the ends the first and last
    /// row go on. Bit by bit from the top: how many of the window lie below the trial value says whether it is too large.
    pub fn running_median(rows: &[[u8; LANES]], reach: usize, out: &mut Vec<[u8; LANES]>) {
        out.clear();
        let Some(last) = rows.len().checked_sub(1) else { return };
        let half = reach.min(MOST_REACH);
        for middle in 0..rows.len() {
            let mut median = [0u8; LANES];
            for bit in (0..8).rev() {
                // Lanes by number: adaptors of arrays are calls where the compiler works on small units.
                let mut trial = [0u8; LANES];
                for lane in 0..LANES {
                    trial[lane] = median[lane] | 1 << bit;
                }
                let mut below = [0u8; LANES];
                for step in 0..=2 * half {
                    let row = &rows[(middle + step).saturating_sub(half).min(last)];
                    for lane in 0..LANES {
                        below[lane] = below[lane].wrapping_add(u8::from(row[lane] < trial[lane]));
                    }
                }
                for lane in 0..LANES {
                    median[lane] = if below[lane] <= half as u8 { trial[lane] } else { median[lane] };
                }
            }
            out.push(median);
        }
    }
}

/// Windows of at most 255 rows, whose counts 8 bits hold.
const MOST_REACH: usize = 127;

#[cfg(test)]
mod tests {
    use super::*;
    use image::{GrayImage, Luma};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn equals_the_median_filter_of_imageproc_at_every_level(height in 1usize..40, reach in 0usize..12, seed in any::<u32>()) {
            let mut state = seed | 1;
            let rows: Vec<[u8; LANES]> = (0..height)
                .map(|_| std::array::from_fn(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (state >> 24) as u8
                }))
                .collect();
            let picture = GrayImage::from_fn(LANES as u32, height as u32, |x, y| Luma([rows[y as usize][x as usize]]));
            let expected = imageproc::filter::median_filter(&picture, 0, reach as u32);
            for level in [running_median::plain, running_median::sse41, running_median::avx2, running_median::avx512] {
                let mut out = Vec::new();
                level(&rows, reach, &mut out);
                prop_assert_eq!(out.concat(), expected.as_raw().clone());
            }
        }
    }
}

//! Sums of rows of grey values: along a row, and down the columns row by row.

use super::levels::vectorised;

vectorised! {
    /// Sum of a row; rows of up to 2^24 pixels.
    pub fn row_sum(row: &[u8]) -> u32 {
        row.iter().fold(0u32, |sum, &value| sum.wrapping_add(u32::from(value)))
    }
}

vectorised! {
    /// Number of values of a row above a threshold.
    pub fn row_count_above(row: &[u8], threshold: u8) -> u32 {
        row.iter().fold(0u32, |count, &value| count.wrapping_add(u32::from(value > threshold)))
    }
}

vectorised! {
    /// Adds a row to the sums of its columns; up to 2^24 rows.
    pub fn add_to_columns(row: &[u8], sums: &mut [u32]) {
        for (sum, &value) in sums.iter_mut().zip(row) {
            *sum = sum.wrapping_add(u32::from(value));
        }
    }
}

vectorised! {
    /// Adds to each column's sum how far the row's value lies from the column's mean.
    pub fn add_deviations(row: &[u8], means: &[u8], sums: &mut [u32]) {
        for ((sum, &value), &mean) in sums.iter_mut().zip(row).zip(means) {
            *sum = sum.wrapping_add(u32::from(value.abs_diff(mean)));
        }
    }
}

vectorised! {
    /// Counts for each column the values above a threshold; up to 2^32 rows.
    pub fn count_columns_above(row: &[u8], threshold: u8, counts: &mut [u32]) {
        for (count, &value) in counts.iter_mut().zip(row) {
            *count = count.wrapping_add(u32::from(value > threshold));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn row() -> impl Strategy<Value = Vec<u8>> {
        proptest::collection::vec(any::<u8>(), 300)
    }

    proptest! {
        #[test]
        fn equal_their_plain_sums_at_every_level(a in row(), b in row(), n in 0usize..300, threshold: u8) {
            let (a, b) = (&a[..n], &b[..n]);
            for level in [row_sum::plain, row_sum::sse41, row_sum::avx2, row_sum::avx512] {
                prop_assert_eq!(u64::from(level(a)), a.iter().map(|&v| u64::from(v)).sum::<u64>());
            }
            for level in [row_count_above::plain, row_count_above::sse41, row_count_above::avx2, row_count_above::avx512] {
                prop_assert_eq!(level(a, threshold) as usize, a.iter().filter(|&&v| v > threshold).count());
            }
            let start: Vec<u32> = (0..n as u32).map(|i| i * 1000).collect();
            let added = |term: &dyn Fn(usize) -> i32| (0..n).map(|i| start[i] + term(i) as u32).collect::<Vec<u32>>();
            for level in [add_to_columns::plain, add_to_columns::sse41, add_to_columns::avx2, add_to_columns::avx512] {
                let mut sums = start.clone();
                level(a, &mut sums);
                prop_assert_eq!(sums, added(&|i| i32::from(a[i])));
            }
            for level in [add_deviations::plain, add_deviations::sse41, add_deviations::avx2, add_deviations::avx512] {
                let mut sums = start.clone();
                level(a, b, &mut sums);
                prop_assert_eq!(sums, added(&|i| (i32::from(a[i]) - i32::from(b[i])).abs()));
            }
            for level in [
                count_columns_above::plain,
                count_columns_above::sse41,
                count_columns_above::avx2,
                count_columns_above::avx512,
            ] {
                let mut counts = start.clone();
                level(a, threshold, &mut counts);
                prop_assert_eq!(counts, added(&|i| i32::from(a[i] > threshold)));
            }
        }

        #[test]
        fn agree_with_the_integral_image_of_imageproc(width in 1u32..50, height in 1u32..30, seed: u8) {
            let picture = image::GrayImage::from_fn(width, height, |x, y| image::Luma([(x * 37 + y * 91) as u8 ^ seed]));
            let integral = imageproc::integral_image::integral_image::<_, u32>(&picture);
            let mut sums = vec![0; width as usize];
            for (y, row) in picture.rows().enumerate() {
                let row: Vec<u8> = row.map(|pixel| pixel[0]).collect();
                add_to_columns(&row, &mut sums);
                let along = imageproc::integral_image::sum_image_pixels(&integral, 0, y as u32, width - 1, y as u32);
                prop_assert_eq!(row_sum(&row), along[0]);
            }
            for (x, &sum) in sums.iter().enumerate() {
                let down = imageproc::integral_image::sum_image_pixels(&integral, x as u32, 0, x as u32, height - 1);
                prop_assert_eq!(sum, down[0]);
            }
        }
    }
}

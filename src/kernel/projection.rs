//! Projections: one number for each row or column of a box of a picture.

use super::sums::{add_to_columns, count_columns_above, row_count_above, row_sum};
use crate::model::PixelBox;
use image::GrayImage;

/// For each row of `region` (clamped to the picture), how many pixels are lighter than `threshold`.
pub fn light_per_row(picture: &GrayImage, region: PixelBox, threshold: u8) -> Vec<u32> {
    rows(picture, region).map(|row| row_count_above(row, threshold)).collect()
}

/// For each column of `region` (clamped to the picture), how many pixels are lighter than `threshold`.
pub fn light_per_column(picture: &GrayImage, region: PixelBox, threshold: u8) -> Vec<u32> {
    let width = region.clamped(picture.width(), picture.height()).w as usize;
    let mut counts = vec![0u32; width];
    for row in rows(picture, region) {
        count_columns_above(row, threshold, &mut counts);
    }
    counts
}

/// For each row of `region` (clamped to the picture), the sum of its grey values.
pub fn sum_per_row(picture: &GrayImage, region: PixelBox) -> Vec<u32> {
    rows(picture, region).map(row_sum).collect()
}

/// For each column of `region` (clamped to the picture), the sum of its grey values.
pub fn sum_per_column(picture: &GrayImage, region: PixelBox) -> Vec<u32> {
    let width = region.clamped(picture.width(), picture.height()).w as usize;
    let mut sums = vec![0u32; width];
    for row in rows(picture, region) {
        add_to_columns(row, &mut sums);
    }
    sums
}

/// The rows of a box of a picture, cut to the box's columns; none if the picture has no pixels.
pub fn rows(picture: &GrayImage, region: PixelBox) -> impl Iterator<Item = &[u8]> {
    let region = region.clamped(picture.width(), picture.height());
    let (left, right) = (region.x as usize, region.right() as usize);
    picture
        .as_raw()
        .chunks_exact((picture.width() as usize).max(1))
        .skip(region.y as usize)
        .take(region.h as usize)
        .map(move |row| &row[left..right])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn equal_their_scalar_twins(width in 1u32..60, height in 0u32..30, x in -5i32..50, y in -5i32..30,
                                    w in 0i32..70, h in 0i32..40, threshold in any::<u8>()) {
            let picture = GrayImage::from_fn(width, height, |x, y| image::Luma([(x * 37 + y * 91) as u8]));
            let region = PixelBox::new(x, y, w, h);
            let inside = region.clamped(width, height);
            let at = |x: i32, y: i32| picture.get_pixel(x as u32, y as u32)[0];
            let columns = || inside.x..inside.right();
            let lines = || inside.y..inside.bottom();
            let light_rows: Vec<u32> = lines().map(|y| columns().filter(|&x| at(x, y) > threshold).count() as u32).collect();
            let light_columns: Vec<u32> = columns().map(|x| lines().filter(|&y| at(x, y) > threshold).count() as u32).collect();
            let sum_rows: Vec<u32> = lines().map(|y| columns().map(|x| u32::from(at(x, y))).sum()).collect();
            let sum_columns: Vec<u32> = columns().map(|x| lines().map(|y| u32::from(at(x, y))).sum()).collect();
            prop_assert_eq!(light_per_row(&picture, region, threshold), light_rows);
            prop_assert_eq!(light_per_column(&picture, region, threshold), light_columns);
            prop_assert_eq!(sum_per_row(&picture, region), sum_rows);
            prop_assert_eq!(sum_per_column(&picture, region), sum_columns);
        }
    }
}

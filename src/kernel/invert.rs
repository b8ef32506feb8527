//! Turns a negative into a positive.

use image::GrayImage;

/// Replaces every grey value by its complement, in place.
pub fn invert(picture: &mut GrayImage) {
    for value in picture.iter_mut() {
        *value = !*value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn black_becomes_white_and_back() {
        let mut picture = GrayImage::from_raw(4, 1, vec![0, 255, 100, 155]).unwrap();
        invert(&mut picture);
        assert_eq!(picture.as_raw(), &[255, 0, 155, 100]);
    }
}

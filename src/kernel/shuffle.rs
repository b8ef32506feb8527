//! Pixels to channels and back: blocks of 2 x 2 pixels of a plane stand as four channels of one pixel, in the order upper
//! left, upper right, lower left, lower right.

use super::levels::vectorised;

vectorised! {
    /// Writes two rows of a plane of values into four of the `channels` of a row of pixels, from channel `first` on.
    pub fn to_channels(upper: &[f32], lower: &[f32], channels: usize, first: usize, out: &mut [f32]) {
        let pairs = upper.as_chunks::<2>().0.iter().zip(lower.as_chunks::<2>().0);
        for (pixel, (a, b)) in out.chunks_exact_mut(channels.max(4)).zip(pairs) {
            pixel[first..][..4].copy_from_slice(&[a[0], a[1], b[0], b[1]]);
        }
    }
}

vectorised! {
    /// Writes four of the `channels` of a row of pixels, from channel `first` on, into two rows of a plane.
    pub fn from_channels(row: &[f32], channels: usize, first: usize, upper: &mut [f32], lower: &mut [f32]) {
        let pairs = upper.as_chunks_mut::<2>().0.iter_mut().zip(lower.as_chunks_mut::<2>().0);
        for (pixel, (a, b)) in row.chunks_exact(channels.max(4)).zip(pairs) {
            let four = &pixel[first..][..4];
            *a = [four[0], four[1]];
            *b = [four[2], four[3]];
        }
    }
}

vectorised! {
    /// Writes one of the `channels` of a row of pixels into a row of a plane.
    pub fn from_channel(row: &[f32], channels: usize, channel: usize, out: &mut [f32]) {
        for (value, pixel) in out.iter_mut().zip(row.chunks_exact(channels.max(1))) {
            *value = pixel[channel];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::block::twin;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn blocks_become_channels_and_come_back((width, planes) in (1usize..40, 1usize..6), seed: u32) {
            let channels = 4 * planes;
            let input = twin::values(planes * 4 * width, seed);
            let rows = |plane: usize| input[plane * 4 * width..][..4 * width].split_at(2 * width);
            let expected: Vec<f32> = (0..width * channels)
                .map(|index| {
                    let (x, plane, dy, dx) = (index / channels, index % channels / 4, index % 4 / 2, index % 2);
                    input[plane * 4 * width + dy * 2 * width + 2 * x + dx]
                })
                .collect();
            for level in [to_channels::plain, to_channels::sse41, to_channels::avx2, to_channels::avx512] {
                let mut out = vec![f32::NAN; width * channels];
                for plane in 0..planes {
                    level(rows(plane).0, rows(plane).1, channels, 4 * plane, &mut out);
                }
                prop_assert_eq!(&out, &expected);
            }
            for level in [from_channels::plain, from_channels::sse41, from_channels::avx2, from_channels::avx512] {
                for plane in 0..planes {
                    let (mut upper, mut lower) = (vec![f32::NAN; 2 * width], vec![f32::NAN; 2 * width]);
                    level(&expected, channels, 4 * plane, &mut upper, &mut lower);
                    prop_assert_eq!((&upper[..], &lower[..]), rows(plane));
                }
            }
            for level in [from_channel::plain, from_channel::sse41, from_channel::avx2, from_channel::avx512] {
                let mut out = vec![f32::NAN; width];
                level(&expected, channels, channels - 1, &mut out);
                let last: Vec<f32> = expected.iter().skip(channels - 1).step_by(channels).copied().collect();
                prop_assert_eq!(out, last);
            }
        }
    }
}

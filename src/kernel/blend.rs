//! Weighted means of two rows, and what is made of them.

use super::levels::vectorised;

/// The whole in the weights of this module.
pub const WHOLE: u16 = 256;

vectorised! {
    /// Mean of two rows, rounded down.
    pub fn average(first: &[u8], second: &[u8], out: &mut [u8]) {
        for ((out, &first), &second) in out.iter_mut().zip(first).zip(second) {
            *out = mix(first, second, WHOLE / 2);
        }
    }
}

vectorised! {
    /// Mean of two rows, rounded down, the second weighing `weight` of [`WHOLE`].
    pub fn blend(first: &[u8], second: &[u8], weight: u16, out: &mut [u8]) {
        for ((out, &first), &second) in out.iter_mut().zip(first).zip(second) {
            *out = mix(first, second, weight);
        }
    }
}

vectorised! {
    /// Takes the [`blend`] of two rows off a third, down to zero.
    pub fn subtract_blend(row: &mut [u8], first: &[u8], second: &[u8], weight: u16) {
        for ((value, &first), &second) in row.iter_mut().zip(first).zip(second) {
            *value = value.saturating_sub(mix(first, second, weight));
        }
    }
}

vectorised! {
    /// Multiplies each value by `factor` of [`WHOLE`], up to 255.
    pub fn gain(row: &mut [u8], factor: u16) {
        for value in row.iter_mut() {
            let product = u32::from(*value).wrapping_mul(u32::from(factor)) >> 8;
            *value = product.min(255) as u8;
        }
    }
}

/// At most 255 x 256, which 16 bits hold.
#[inline(always)]
fn mix(first: u8, second: u8, weight: u16) -> u8 {
    let first = u16::from(first).wrapping_mul(WHOLE.wrapping_sub(weight));
    (first.wrapping_add(u16::from(second).wrapping_mul(weight)) >> 8) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn row() -> impl Strategy<Value = Vec<u8>> {
        proptest::collection::vec(any::<u8>(), 300)
    }

    fn exact(first: u8, second: u8, weight: u16) -> u8 {
        let (first, second, weight) = (u64::from(first), u64::from(second), u64::from(weight));
        ((first * (256 - weight) + second * weight) / 256) as u8
    }

    proptest! {
        #[test]
        fn equal_their_plain_arithmetic_at_every_level(a in row(), b in row(), c in row(), n in 0usize..300,
                                                        weight in 0u16..=256, factor in 0u16..2048) {
            let (a, b, c) = (&a[..n], &b[..n], &c[..n]);
            for level in [blend::plain, blend::sse41, blend::avx2, blend::avx512] {
                let mut out = vec![0; n];
                level(a, b, weight, &mut out);
                prop_assert_eq!(out, (0..n).map(|i| exact(a[i], b[i], weight)).collect::<Vec<_>>());
            }
            for level in [average::plain, average::sse41, average::avx2, average::avx512] {
                let mut out = vec![0; n];
                level(a, b, &mut out);
                prop_assert_eq!(out, (0..n).map(|i| exact(a[i], b[i], 128)).collect::<Vec<_>>());
            }
            for level in [subtract_blend::plain, subtract_blend::sse41, subtract_blend::avx2, subtract_blend::avx512] {
                let mut out = c.to_vec();
                level(&mut out, a, b, weight);
                let expected: Vec<u8> = (0..n).map(|i| c[i].saturating_sub(exact(a[i], b[i], weight))).collect();
                prop_assert_eq!(out, expected);
            }
            for level in [gain::plain, gain::sse41, gain::avx2, gain::avx512] {
                let mut out = c.to_vec();
                level(&mut out, factor);
                let expected: Vec<u8> =
                    c.iter().map(|&v| (u64::from(v) * u64::from(factor) / 256).min(255) as u8).collect();
                prop_assert_eq!(out, expected);
            }
        }
    }
}

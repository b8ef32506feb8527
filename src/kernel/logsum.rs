//! Logarithms of sums of exponentials, the same on every machine: no mathematics of the platform.

use super::levels::vectorised;

/// Sums of a row that run side by side, so that vectors can hold them; they are added in their order at the end.
const LANES: usize = 16;

vectorised! {
    /// Holds in each column the larger of what it has and the row.
    pub fn keep_largest(row: &[f32], largest: &mut [f32]) {
        for (largest, &value) in largest.iter_mut().zip(row) {
            *largest = if value > *largest { value } else { *largest };
        }
    }
}

vectorised! {
    /// Adds to each column the exponential of the row's distance from the column's largest.
    pub fn add_exponentials(row: &[f32], largest: &[f32], sums: &mut [f32]) {
        for ((sum, &value), &largest) in sums.iter_mut().zip(row).zip(largest) {
            *sum += exponential(value - largest);
        }
    }
}

vectorised! {
    /// The logarithm of the sum of the exponentials of a row; of an empty one the smallest number.
    pub fn log_sum(row: &[f32]) -> f32 {
        let (whole, rest) = row.as_chunks::<LANES>();
        let mut largest = [f32::MIN; LANES];
        for values in whole {
            for lane in 0..LANES {
                largest[lane] = if values[lane] > largest[lane] { values[lane] } else { largest[lane] };
            }
        }
        let largest = largest.iter().chain(rest).fold(f32::MIN, |largest, &value| if value > largest { value } else { largest });
        let mut sums = [0.0; LANES];
        for values in whole {
            for lane in 0..LANES {
                sums[lane] += exponential(values[lane] - largest);
            }
        }
        for (sum, &value) in sums.iter_mut().zip(rest) {
            *sum += exponential(value - largest);
        }
        largest + logarithm(sums.iter().fold(0.0, |total, &sum| total + sum))
    }
}

/// e^x of numbers up to zero, to 2 units in the last place: 2^n times a polynomial of the rest, after Cody and Waite
/// (Software Manual for the Elementary Functions, 1980). What is smaller than the smallest normal number becomes that.
#[inline(always)]
pub fn exponential(x: f32) -> f32 {
    /// Adding it leaves a whole number in the last bits of the sum.
    const ROUND: f32 = 12_582_912.0;
    /// ln 2 in two parts, the first of them with so few bits that its multiples are exact.
    const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
    let x = if x > -87.0 { x } else { -87.0 };
    let x = if x < 0.0 { x } else { 0.0 };
    let rounded = x * std::f32::consts::LOG2_E + ROUND;
    let whole = rounded - ROUND;
    let rest = x - whole * LN_2[0] - whole * LN_2[1];
    // The Taylor series up to the seventh power; |rest| < 0.35, so that the next term is below 6e-9.
    let mut sum = 1.0 / 5040.0;
    for term in [1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0] {
        sum = sum * rest + term;
    }
    let power = rounded.to_bits().wrapping_sub(ROUND.to_bits()).wrapping_add(127) << 23;
    sum * f32::from_bits(power)
}

/// ln x of a positive normal number, to the last place; what is smaller counts as the smallest.
pub fn logarithm(x: f32) -> f32 {
    let bits = (if x > f32::MIN_POSITIVE { x } else { f32::MIN_POSITIVE }).to_bits();
    // The mantissa between 0.7 and 1.4: the power of two is taken at the square root of one half.
    let power = (bits.wrapping_sub(0x3f35_04f3) as i32) >> 23;
    let mantissa = f64::from(f32::from_bits(bits.wrapping_sub((power << 23) as u32)));
    // ln m = 2 artanh((m - 1) / (m + 1)); the argument is below 0.172, so that the next term is below 1e-12.
    let ratio = (mantissa - 1.0) / (mantissa + 1.0);
    let square = ratio * ratio;
    let mut sum = 1.0 / 13.0;
    for odd in [11.0, 9.0, 7.0, 5.0, 3.0, 1.0] {
        sum = sum * square + 1.0 / odd;
    }
    (2.0 * ratio * sum + f64::from(power) * std::f64::consts::LN_2) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::block::twin;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn exponentials_and_logarithms_are_those_of_mathematics(x in -86.0f32..0.0, y in 1e-30f32..1e30) {
            let (exact, found) = (f64::from(x).exp(), f64::from(exponential(x)));
            prop_assert!((found / exact - 1.0).abs() < 3e-7, "e^{x}: {found} for {exact}");
            let (exact, found) = (f64::from(y).ln(), f64::from(logarithm(y)));
            prop_assert!((found - exact).abs() <= 6.1e-8 * exact.abs().max(1e-6), "ln {y}: {found} for {exact}");
        }

        #[test]
        fn columns_agree_with_the_scalar_twin((width, height) in (1usize..60, 1usize..9), seed: u32) {
            let values: Vec<f32> = twin::values(width * height, seed).iter().map(|value| 30.0 * value).collect();
            let column = |x: usize| values.iter().skip(x).step_by(width).copied();
            let expected: Vec<f32> = (0..width).map(|x| column(x).fold(f32::MIN, f32::max)).collect();
            let mut largest = Vec::new();
            for level in [keep_largest::plain, keep_largest::sse41, keep_largest::avx2, keep_largest::avx512] {
                largest = vec![f32::MIN; width];
                values.chunks(width).for_each(|row| level(row, &mut largest));
                prop_assert_eq!(&largest, &expected);
            }
            let expected: Vec<f32> = (0..width)
                .map(|x| column(x).fold(0.0, |sum, value| sum + exponential(value - largest[x])))
                .collect();
            for level in
                [add_exponentials::plain, add_exponentials::sse41, add_exponentials::avx2, add_exponentials::avx512]
            {
                let mut sums = vec![0.0; width];
                values.chunks(width).for_each(|row| level(row, &largest, &mut sums));
                prop_assert_eq!(twin::bits(&sums), twin::bits(&expected));
            }
        }

        #[test]
        fn rows_agree_with_the_scalar_twin(length in 1usize..90, seed: u32) {
            let values: Vec<f32> = twin::values(length, seed).iter().map(|value| 30.0 * value).collect();
            let largest = values.iter().copied().fold(f32::MIN, f32::max);
            let mut sums = [0.0; LANES];
            values.iter().enumerate().for_each(|(i, &value)| sums[i % LANES] += exponential(value - largest));
            let expected = largest + logarithm(sums.iter().fold(0.0, |total, &sum| total + sum));
            for level in [log_sum::plain, log_sum::sse41, log_sum::avx2, log_sum::avx512] {
                prop_assert_eq!(level(&values).to_bits(), expected.to_bits());
            }
            let exact: f64 = values.iter().map(|&value| f64::from(value).exp()).sum::<f64>().ln();
            prop_assert!((f64::from(expected) - exact).abs() < 4e-6, "{expected} for {exact}");
        }
    }
}

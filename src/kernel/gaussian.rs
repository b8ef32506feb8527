//! Separable Gaussian smoothing with mirrored borders.

/// Smooths a picture of `width` columns with a Gaussian of `sigma` pixels, cut off at three sigma.
///
/// Every output is the same sum in the same order, so the result does not depend on how the loop is vectorised.
pub fn gaussian(values: &[f32], width: usize, sigma: f32) -> Vec<f32> {
    if width == 0 || values.len() < width || sigma <= 0.0 {
        return values.to_vec();
    }
    let taps = weights(sigma);
    let height = values.len() / width;
    let mut along = vec![0.0f32; width * height];
    for (source, target) in values.chunks_exact(width).zip(along.chunks_exact_mut(width)) {
        row(source, &taps, target);
    }
    let mut out = vec![0.0f32; width * height];
    for (y, target) in out.chunks_exact_mut(width).enumerate() {
        for (i, &tap) in taps.iter().enumerate() {
            for side in if i == 0 { &[0i64][..] } else { &[-1, 1] } {
                let from = mirror(y as i64 + side * i as i64, height);
                for (sum, &value) in target.iter_mut().zip(&along[from * width..(from + 1) * width]) {
                    *sum += tap * value;
                }
            }
        }
    }
    out
}

/// Half a Gaussian kernel, centre first, normalised as a whole.
fn weights(sigma: f32) -> Vec<f32> {
    let reach = (3.0 * sigma).ceil() as usize;
    let raw: Vec<f32> = (0..=reach).map(|i| (-0.5 * (i as f32 / sigma).powi(2)).exp()).collect();
    let total = raw[0] + 2.0 * raw[1..].iter().sum::<f32>();
    raw.iter().map(|weight| weight / total).collect()
}

fn row(source: &[f32], taps: &[f32], target: &mut [f32]) {
    let reach = taps.len() - 1;
    let padded: Vec<f32> =
        (-(reach as i64)..(source.len() + reach) as i64).map(|x| source[mirror(x, source.len())]).collect();
    for (i, &tap) in taps.iter().enumerate() {
        let left = &padded[reach - i..];
        let right = &padded[reach + i..];
        if i == 0 {
            for (sum, a) in target.iter_mut().zip(left) {
                *sum = tap * a;
            }
        } else {
            for ((sum, a), b) in target.iter_mut().zip(left).zip(right) {
                *sum += tap * (a + b);
            }
        }
    }
}

/// Index inside `0..length` of an index that may lie outside, reflected at the borders.
fn mirror(index: i64, length: usize) -> usize {
    let last = length as i64 - 1;
    if last == 0 {
        return 0;
    }
    let wrapped = index.rem_euclid(2 * last);
    (if wrapped > last { 2 * last - wrapped } else { wrapped }) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The same filter, one output at a time in double precision.
    fn scalar(values: &[f32], width: usize, sigma: f32) -> Vec<f32> {
        let height = values.len() / width;
        let taps = weights(sigma);
        let reach = taps.len() as i64 - 1;
        let mut out = vec![0.0; width * height];
        for y in 0..height as i64 {
            for x in 0..width as i64 {
                let mut sum = 0.0f64;
                for dy in -reach..=reach {
                    for dx in -reach..=reach {
                        let weight =
                            f64::from(taps[dy.unsigned_abs() as usize]) * f64::from(taps[dx.unsigned_abs() as usize]);
                        sum += weight * f64::from(values[mirror(y + dy, height) * width + mirror(x + dx, width)]);
                    }
                }
                out[y as usize * width + x as usize] = sum as f32;
            }
        }
        out
    }

    proptest! {
        #[test]
        fn agrees_with_the_plain_sum(width in 1usize..24, height in 1usize..24, seed in 0u32..1000, sigma in 0.4f32..3.0) {
            let values: Vec<f32> =
                (0..width * height).map(|i| ((i as u32).wrapping_mul(2_654_435_761).wrapping_add(seed * 97) >> 24) as f32).collect();
            for (a, b) in gaussian(&values, width, sigma).iter().zip(scalar(&values, width, sigma)) {
                prop_assert!((a - b).abs() < 1e-2, "{a} {b}");
            }
        }
    }
}

//! Summaries of errors.

/// Mean; not a number for no values.
pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Root mean square.
pub(super) fn rms(values: &[f64]) -> f64 {
    mean(&values.iter().map(|value| value * value).collect::<Vec<_>>()).sqrt()
}

/// Median of absolute values; not a number for no values.
pub(super) fn median_abs(values: &[f64]) -> f64 {
    let mut sorted: Vec<f64> = values.iter().map(|value| value.abs()).collect();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => sorted[n / 2],
        n => 0.5 * (sorted[n / 2 - 1] + sorted[n / 2]),
    }
}

/// Largest absolute value; not a number for no values.
pub(super) fn largest(values: &[f64]) -> f64 {
    values.iter().map(|value| value.abs()).fold(f64::NAN, f64::max)
}

/// Part over whole; not a number without a whole.
pub(super) fn share(part: f64, whole: f64) -> f64 {
    part / whole
}

/// Share of values that are at most `limit` in size; a rounding error more than it still counts.
pub(super) fn share_within(values: &[f64], limit: f64) -> f64 {
    let within = values.iter().filter(|value| value.abs() <= limit * 1.0001).count();
    share(within as f64, values.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_of_small_tables() {
        assert_eq!(mean(&[1.0, -2.0, 4.0]), 1.0);
        assert_eq!(rms(&[3.0, -3.0]), 3.0);
        assert_eq!(median_abs(&[5.0, -1.0, 3.0]), 3.0);
        assert_eq!(median_abs(&[-1.0, 3.0]), 2.0);
        assert_eq!(largest(&[1.0, -7.0]), 7.0);
        assert_eq!(share_within(&[0.1, -0.2, 0.5, 2.0], 0.5), 0.75);
        assert!(median_abs(&[]).is_nan() && mean(&[]).is_nan());
    }
}

//! The middle of plain numbers; `Summary` has the medians of tables, with their letters and limits.

/// The middle value; of an even number the upper one of the two in the middle. `None` of nothing. NaN counts as the largest.
pub fn upper_median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_one_is_taken() {
        for (values, middle) in [
            (vec![], None),
            (vec![4.0], Some(4.0)),
            (vec![9.0, 1.0, 5.0], Some(5.0)),
            (vec![2.0, 8.0, 4.0, 1.0], Some(4.0)),
        ] {
            assert_eq!(upper_median(values), middle);
        }
    }
}

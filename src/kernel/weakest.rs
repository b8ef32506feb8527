//! Sums of the smallest values across rows: at each place of a stack of rows, by a sorting network.

use multiversion::multiversion;

/// Places that are sorted together: a tile of two dozen rows stays in the fastest cache.
const TILE: usize = 256;

/// At each place the sum of the `kept` smallest of the rows' values. `rows` holds rows of `length` values one after the
/// other, up to 65,535 of them; an incomplete last row is left out.
pub fn sums_of_weakest(rows: &[u16], length: usize, kept: usize) -> Vec<u32> {
    let mut sums = vec![0u32; length];
    if length == 0 {
        return sums;
    }
    let count = rows.len() / length;
    let comparators = comparators(count);
    let mut tile = vec![0u16; count * TILE.min(length)];
    for (index, sums) in sums.chunks_mut(TILE).enumerate() {
        let width = sums.len();
        for (row, part) in rows.chunks_exact(length).zip(tile.chunks_exact_mut(width)) {
            part.copy_from_slice(&row[index * TILE..index * TILE + width]);
        }
        if kept < count {
            sort(&mut tile[..count * width], width, &comparators);
        }
        add(&tile[..count.min(kept) * width], sums);
    }
    sums
}

/// The pairs of rows that are put in order one after the other so that all are in order at the end (K. E. Batcher's
/// merge exchange; D. E. Knuth, The Art of Computer Programming 3, algorithm 5.2.2M).
fn comparators(count: usize) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    let mut run = 1;
    while run < count {
        let mut apart = run;
        while apart > 0 {
            for start in (apart % run..count.saturating_sub(apart)).step_by(2 * apart) {
                for low in start..(start + apart).min(count - apart) {
                    if low / (2 * run) == (low + apart) / (2 * run) {
                        pairs.push((low, low + apart));
                    }
                }
            }
            apart /= 2;
        }
        run *= 2;
    }
    pairs
}

#[multiversion(targets("x86_64+avx512bw+avx512vl", "x86_64+avx2", "x86_64+sse4.1"))]
fn sort(tile: &mut [u16], width: usize, comparators: &[(usize, usize)]) {
    for &(low, high) in comparators {
        let (before, after) = tile.split_at_mut(high * width);
        let (lower, upper) = (&mut before[low * width..low * width + width], &mut after[..width]);
        for (a, b) in lower.iter_mut().zip(upper) {
            (*a, *b) = ((*a).min(*b), (*a).max(*b));
        }
    }
}

#[multiversion(targets("x86_64+avx512bw+avx512vl", "x86_64+avx2", "x86_64+sse4.1"))]
fn add(tile: &[u16], sums: &mut [u32]) {
    for row in tile.chunks_exact(sums.len()) {
        for (sum, &value) in sums.iter_mut().zip(row) {
            *sum = sum.wrapping_add(u32::from(value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn scalar(rows: &[u16], length: usize, kept: usize) -> Vec<u32> {
        (0..length)
            .map(|place| {
                let mut values: Vec<u16> = rows.iter().skip(place).step_by(length).copied().collect();
                values.sort_unstable();
                values.iter().take(kept).map(|&value| u32::from(value)).sum()
            })
            .collect()
    }

    proptest! {
        #[test]
        fn equal_their_scalar_twin(count in 0usize..40, length in 1usize..600, kept in 0usize..45, seed in any::<u32>()) {
            let mut state = seed;
            let rows: Vec<u16> = (0..count * length)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (state >> 16) as u16
                })
                .collect();
            prop_assert_eq!(sums_of_weakest(&rows, length, kept), scalar(&rows, length, kept));
        }
    }

    #[test]
    fn a_network_of_24_rows_is_small() {
        assert_eq!(comparators(24).len(), 132);
        assert_eq!(comparators(2), [(0, 1)]);
        assert_eq!(comparators(1), []);
    }
}

//! Undoes the row filters of PNG (PNG specification, third edition, section 9) for pixels of one byte or less.
//!
//! Each byte of a filtered row waits for the one to its left, and one row for the row above it. So [`ROWS`] rows are
//! worked on together along a slanted front: while one row is at column x, the row below is at column x - 1, where all
//! that it needs is known. The front is one vector, whatever filters its rows have.

use super::levels::vectorised;
use super::reuse::Reused;

/// Rows that are worked on together.
pub const ROWS: usize = 32;

type Front = [u8; ROWS];

/// Unfilters a picture from top to bottom.
pub struct Unfilter {
    width: usize,
    /// Bytes from one row to the next.
    stride: usize,
    /// Row `k` begins at byte `k`: a column of this is a front.
    slanted: Reused<u8>,
    above: Reused<u8>,
}

/// A filter that the specification does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownFilter;

impl Unfilter {
    /// For rows of `width` bytes.
    pub fn new(width: usize) -> Self {
        let stride = (width + ROWS - 1).next_multiple_of(ROWS);
        let (slanted, above) = (Reused::filled(ROWS * stride, 0), Reused::filled(stride, 0));
        Self { width, stride, slanted, above }
    }

    /// The next rows, up to [`ROWS`]; each of `filtered` is one byte for its filter, then its bytes.
    pub fn undo(&mut self, filtered: &[u8]) -> Result<impl Iterator<Item = &[u8]>, UnknownFilter> {
        let (width, stride) = (self.width, self.stride);
        let (mut filters, mut count) = ([0; ROWS], 0);
        for row in filtered.chunks_exact(width + 1).take(ROWS) {
            if row[0] > 4 {
                return Err(UnknownFilter);
            }
            filters[count] = row[0];
            self.slanted[count * stride + count..][..width].copy_from_slice(&row[1..]);
            count += 1;
        }
        if filters != [0; ROWS] {
            along_front(&mut self.slanted, &self.above, &filters);
        }
        if let Some(last) = count.checked_sub(1) {
            self.above[..width].copy_from_slice(&self.slanted[last * stride + last..][..width]);
        }
        let slanted: &[u8] = &self.slanted;
        Ok((0..count).map(move |row| &slanted[row * stride + row..][..width]))
    }
}

vectorised! {
    /// Unfilters slanted rows in place. What stands beside a row is neither asked for nor kept.
    fn along_front(slanted: &mut [u8], above: &[u8], filters: &Front) {
        let stride = above.len();
        let rows_with = |filter: u8| -> Front { std::array::from_fn(|k| if filters[k] == filter { u8::MAX } else { 0 }) };
        let masks = [rows_with(1), rows_with(2), rows_with(3), rows_with(4)];
        // The front's own bytes one column ago, and those that stood above it then.
        let (mut left, mut corner) = ([0; ROWS], [0; ROWS]);
        for (start, first_row) in (0..stride).step_by(ROWS).zip(above.as_chunks::<ROWS>().0) {
            let mut block = [[0; ROWS]; ROWS];
            for (k, row) in block.iter_mut().enumerate() {
                row.copy_from_slice(&slanted[k * stride + start..][..ROWS]);
            }
            let mut fronts = transposed(&block);
            for (i, front) in fronts.iter_mut().enumerate() {
                let mut up = [first_row[i]; ROWS];
                up[1..].copy_from_slice(&left[..ROWS - 1]);
                advance(front, &left, &up, &corner, &masks);
                if start == 0 {
                    // Rows that have not begun are black to their left.
                    front[i + 1..].fill(0);
                }
                (left, corner) = (*front, up);
            }
            for (k, row) in transposed(&fronts).iter().enumerate() {
                slanted[k * stride + start..][..ROWS].copy_from_slice(row);
            }
        }
    }
}

/// One column further along the front: adds to each byte what its row's filter predicts.
#[inline(always)]
fn advance(front: &mut Front, left: &Front, up: &Front, corner: &Front, masks: &[Front; 4]) {
    for k in 0..ROWS {
        let (a, b, c) = (left[k], up[k], corner[k]);
        let mean = (a & b).wrapping_add((a ^ b) >> 1);
        let predicted = (a & masks[0][k]) | (b & masks[1][k]) | (mean & masks[2][k]) | (paeth(a, b, c) & masks[3][k]);
        front[k] = front[k].wrapping_add(predicted);
    }
}

/// Of left, above and corner the one nearest to left + above - corner, in eight bits: where the third distance does not
/// fit it is farther than the others anyway.
#[inline(always)]
fn paeth(a: u8, b: u8, c: u8) -> u8 {
    let (to_a, to_b) = (b.abs_diff(c), a.abs_diff(c));
    let to_c = if (a > c) == (b > c) { to_a.saturating_add(to_b) } else { to_a.abs_diff(to_b) };
    if to_a <= to_b && to_a <= to_c {
        a
    } else if to_b <= to_c {
        b
    } else {
        c
    }
}

/// Rows become columns: five perfect shuffles of the rows of a block of 32.
#[inline(always)]
fn transposed(block: &[Front; ROWS]) -> [Front; ROWS] {
    let mut block = shuffled(block);
    for _ in 1..ROWS.ilog2() {
        block = shuffled(&block);
    }
    block
}

/// The bytes of each row of the upper half, alternating with those of the row as far down the lower half.
#[inline(always)]
fn shuffled(block: &[Front; ROWS]) -> [Front; ROWS] {
    const HALF: usize = ROWS / 2;
    let mut out = [[0; ROWS]; ROWS];
    for i in 0..HALF {
        for k in 0..HALF {
            (out[2 * i][2 * k], out[2 * i][2 * k + 1]) = (block[i][k], block[i + HALF][k]);
            (out[2 * i + 1][2 * k], out[2 * i + 1][2 * k + 1]) = (block[i][k + HALF], block[i + HALF][k + HALF]);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The specification's own words, byte by byte.
    fn plain(filtered: &[u8], width: usize) -> Vec<u8> {
        let mut out: Vec<u8> = Vec::new();
        let mut above = vec![0; width];
        for row in filtered.chunks_exact(width + 1) {
            let mut done: Vec<u8> = Vec::new();
            for x in 0..width {
                let a = i32::from(if x > 0 { done[x - 1] } else { 0 });
                let b = i32::from(above[x]);
                let c = i32::from(if x > 0 { above[x - 1] } else { 0 });
                let p = a + b - c;
                let nearest = [a, b, c].into_iter().min_by_key(|&value| (p - value).abs()).unwrap();
                let predicted = [0, a, b, (a + b) / 2, nearest][usize::from(row[0])];
                done.push(row[x + 1].wrapping_add(predicted as u8));
            }
            out.extend(&done);
            above = done;
        }
        out
    }

    /// Rows with filters and bytes that seldom, sometimes and often repeat.
    fn filtered() -> impl Strategy<Value = (usize, Vec<u8>)> {
        (1usize..100, 1usize..80, 1u8..=255).prop_flat_map(|(width, rows, range)| {
            let row = (0u8..5, proptest::collection::vec(0..range, width));
            proptest::collection::vec(row, rows).prop_map(move |rows| {
                (width, rows.into_iter().flat_map(|(filter, row)| std::iter::once(filter).chain(row)).collect())
            })
        })
    }

    proptest! {
        #[test]
        fn agrees_with_the_specification((width, filtered) in filtered()) {
            let mut unfilter = Unfilter::new(width);
            let mut out = Vec::new();
            for band in filtered.chunks(ROWS * (width + 1)) {
                unfilter.undo(band).unwrap().for_each(|row| out.extend_from_slice(row));
            }
            prop_assert_eq!(out, plain(&filtered, width));
        }

        #[test]
        fn all_levels_agree((width, filtered) in filtered(), above: u8) {
            let mut start = Unfilter::new(width);
            start.above.fill(above);
            let mut filters = [0; ROWS];
            for (k, row) in filtered.chunks_exact(width + 1).take(ROWS).enumerate() {
                filters[k] = row[0];
                start.slanted[k * start.stride + k..][..width].copy_from_slice(&row[1..]);
            }
            let mut expected = start.slanted.to_vec();
            along_front::plain(&mut expected, &start.above, &filters);
            for level in [along_front::sse41, along_front::avx2, along_front::avx512] {
                let mut slanted = start.slanted.to_vec();
                level(&mut slanted, &start.above, &filters);
                prop_assert_eq!(&slanted, &expected);
            }
        }
    }

    #[test]
    fn an_unknown_filter_is_refused() {
        assert_eq!(Unfilter::new(2).undo(&[5, 1, 2]).map(Iterator::count), Err(UnknownFilter));
        assert_eq!(Unfilter::new(2).undo(&[]).map(Iterator::count), Ok(0));
    }
}

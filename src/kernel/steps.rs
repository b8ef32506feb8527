//! Values that stand out from both of their neighbours at a distance: what is thin, whatever the level around it.

use super::levels::vectorised;

vectorised! {
    /// How many values of `here` exceed both `before` and `after` by at least `step`. Slices of one length.
    pub fn count_peaks(before: &[u8], here: &[u8], after: &[u8], step: u8) -> u32 {
        let mut count = 0u32;
        for ((&before, &here), &after) in before.iter().zip(here).zip(after) {
            count = count.wrapping_add(u32::from(here >= before.max(after).saturating_add(step)));
        }
        count
    }
}

vectorised! {
    /// Adds one at each place where `here` exceeds both `before` and `after` by at least `step` to `above`, and where it
    /// falls short of both to `below`. Slices of one length; up to 255 calls until a count overflows.
    pub fn tally_steps(before: &[u8], here: &[u8], after: &[u8], step: u8, above: &mut [u8], below: &mut [u8]) {
        let neighbours = before.iter().zip(here).zip(after);
        for ((((&before, &here), &after), above), below) in neighbours.zip(above).zip(below) {
            *above = above.wrapping_add(u8::from(here >= before.max(after).saturating_add(step)));
            *below = below.wrapping_add(u8::from(here.saturating_add(step) <= before.min(after)));
        }
    }
}

vectorised! {
    /// Of the places where a line could show, because one of its sides at least is lighter than `open`, how many show
    /// it: `here` exceeds both sides by at least `step`. Both counts, the shown ones first. Slices of one length.
    pub fn count_line(before: &[u8], here: &[u8], after: &[u8], step: u8, open: u8) -> (u32, u32) {
        let (mut shown, mut places) = (0u32, 0u32);
        for ((&before, &here), &after) in before.iter().zip(here).zip(after) {
            let side = before.max(after);
            shown = shown.wrapping_add(u32::from(side < open && here >= side.saturating_add(step)));
            places = places.wrapping_add(u32::from(side < open));
        }
        (shown, places)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn row() -> impl Strategy<Value = Vec<u8>> {
        proptest::collection::vec(any::<u8>(), 300)
    }

    proptest! {
        #[test]
        fn counts_equal_their_plain_sum_at_every_level(a in row(), b in row(), c in row(), n in 0usize..300, step: u8, open: u8) {
            let (a, b, c) = (&a[..n], &b[..n], &c[..n]);
            let peak = |i: usize| u16::from(b[i]) >= (u16::from(a[i].max(c[i])) + u16::from(step)).min(255);
            let pit = |i: usize| (u16::from(b[i]) + u16::from(step)).min(255) <= u16::from(a[i].min(c[i]));
            let clear = |i: usize| a[i] < open && c[i] < open;
            let count = |test: &dyn Fn(usize) -> bool| (0..n).filter(|&i| test(i)).count() as u32;
            for level in [count_peaks::plain, count_peaks::sse41, count_peaks::avx2, count_peaks::avx512] {
                prop_assert_eq!(level(a, b, c, step), count(&peak));
            }
            for level in [count_line::plain, count_line::sse41, count_line::avx2, count_line::avx512] {
                prop_assert_eq!(level(a, b, c, step, open), (count(&|i| clear(i) && peak(i)), count(&clear)));
            }
            for level in [tally_steps::plain, tally_steps::sse41, tally_steps::avx2, tally_steps::avx512] {
                let (mut above, mut below) = (vec![7u8; n], vec![9u8; n]);
                level(a, b, c, step, &mut above, &mut below);
                for i in 0..n {
                    prop_assert_eq!(above[i], 7 + u8::from(peak(i)));
                    prop_assert_eq!(below[i], 9 + u8::from(pit(i)));
                }
            }
        }
    }
}

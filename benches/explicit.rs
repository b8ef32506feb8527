//! Explicit vectors against loops that the compiler vectorises: three kernels, each written both ways, on a plane of film
//! size row by row. Both choose their instruction set at run time.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use fearless_simd::{Level, Simd, dispatch, prelude::*};
use ionoscribe::kernel::{blend, ridge, smooth};

const WIDTH: usize = 2072;
const HEIGHT: usize = 816;

fn main() {
    let plane = plane();
    let (a, b, c) = (&plane[..WIDTH], &plane[WIDTH..2 * WIDTH], &plane[2 * WIDTH..3 * WIDTH]);
    let (mut explicit, mut loops) = (vec![0; WIDTH], vec![0; WIDTH]);
    dispatch!(Level::new(), simd => smooth_down(simd, a, b, c, &mut explicit));
    smooth::smooth_down(a, b, c, &mut loops);
    assert_eq!(explicit, loops, "both ways give the same");
    divan::main();
}

/// 14-bit values without any order.
fn plane() -> Vec<u16> {
    let mut state = 7u32;
    (0..WIDTH * HEIGHT)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 18) as u16
        })
        .collect()
}

/// Times work on every row of a plane with the rows above and below it.
fn triples<T: Copy>(bencher: Bencher<'_, '_>, plane: &[T], mut work: impl FnMut(&[T], &[T], &[T])) {
    bencher.counter(BytesCount::of_slice(plane)).bench_local(|| {
        for part in black_box(plane).windows(3 * WIDTH).step_by(WIDTH) {
            work(&part[..WIDTH], &part[WIDTH..2 * WIDTH], &part[2 * WIDTH..]);
        }
    });
}

#[divan::bench]
fn smooth_down_loop(bencher: Bencher<'_, '_>) {
    let mut out = vec![0; WIDTH];
    triples(bencher, &plane(), |above, here, below| smooth::smooth_down(above, here, below, &mut out));
}

#[divan::bench]
fn smooth_down_explicit(bencher: Bencher<'_, '_>) {
    let (level, mut out) = (Level::new(), vec![0; WIDTH]);
    triples(bencher, &plane(), |above, here, below| {
        dispatch!(level, simd => smooth_down(simd, above, here, below, &mut out));
    });
}

#[inline(always)]
fn smooth_down<S: Simd>(simd: S, above: &[u16], here: &[u16], below: &[u16], out: &mut [u16]) {
    let whole = out.len() / S::u16s::LEN * S::u16s::LEN;
    for at in (0..whole).step_by(S::u16s::LEN) {
        let part = |row: &[u16]| S::u16s::from_slice(simd, &row[at..at + S::u16s::LEN]);
        let (a, b, c) = (part(above), part(here), part(below));
        ((a + b + b + c + 2) >> 2).store_slice(&mut out[at..at + S::u16s::LEN]);
    }
    for at in whole..out.len() {
        out[at] = above[at].wrapping_add(here[at]).wrapping_add(here[at]).wrapping_add(below[at]).wrapping_add(2) >> 2;
    }
}

#[divan::bench]
fn slant_loop(bencher: Bencher<'_, '_>) {
    let mut out = vec![0; WIDTH];
    let plane: Vec<i16> = plane().iter().map(|&value| value as i16 - 8192).collect();
    triples(bencher, &plane, |above, _, below| ridge::slant(above, below, &mut out));
}

#[divan::bench]
fn slant_explicit(bencher: Bencher<'_, '_>) {
    let (level, mut out) = (Level::new(), vec![0; WIDTH]);
    let plane: Vec<i16> = plane().iter().map(|&value| value as i16 - 8192).collect();
    triples(bencher, &plane, |above, _, below| {
        dispatch!(level, simd => slant(simd, above, below, &mut out));
    });
}

#[inline(always)]
fn slant<S: Simd>(simd: S, across: &[i16], down: &[i16], out: &mut [i16]) {
    let whole = out.len() / S::i16s::LEN * S::i16s::LEN;
    for at in (0..whole).step_by(S::i16s::LEN) {
        let part = |row: &[i16]| S::i16s::from_slice(simd, &row[at..at + S::i16s::LEN]);
        (((part(across) + part(down)) * 3) >> 2).store_slice(&mut out[at..at + S::i16s::LEN]);
    }
    for at in whole..out.len() {
        out[at] = across[at].wrapping_add(down[at]).wrapping_mul(3) >> 2;
    }
}

#[divan::bench]
fn average_loop(bencher: Bencher<'_, '_>) {
    let mut out = vec![0; WIDTH];
    let plane: Vec<u8> = plane().iter().map(|&value| value as u8).collect();
    triples(bencher, &plane, |above, _, below| blend::average(above, below, &mut out));
}

#[divan::bench]
fn average_explicit(bencher: Bencher<'_, '_>) {
    let (level, mut out) = (Level::new(), vec![0; WIDTH]);
    let plane: Vec<u8> = plane().iter().map(|&value| value as u8).collect();
    triples(bencher, &plane, |above, _, below| {
        dispatch!(level, simd => average(simd, above, below, &mut out));
    });
}

#[inline(always)]
fn average<S: Simd>(simd: S, first: &[u8], second: &[u8], out: &mut [u8]) {
    let whole = out.len() / S::u8s::LEN * S::u8s::LEN;
    for at in (0..whole).step_by(S::u8s::LEN) {
        let part = |row: &[u8]| S::u8s::from_slice(simd, &row[at..at + S::u8s::LEN]);
        let (a, b) = (part(first), part(second));
        // Half the sum rounded down, without a wider lane.
        ((a & b) + ((a ^ b) >> 1)).store_slice(&mut out[at..at + S::u8s::LEN]);
    }
    for at in whole..out.len() {
        out[at] = first[at].midpoint(second[at]);
    }
}

//! Image kernels in MB/s on a panel of film size (2,072 x 816), in the form in which the stages call them: row by row.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use image::GrayImage;
use ionoscribe::kernel::running::{RunningSpace, running_max};
use ionoscribe::kernel::unfilter::{ROWS, Unfilter};
use ionoscribe::kernel::weakest::sums_of_weakest;
use ionoscribe::kernel::{
    blend, differences, histogram, invert, median, projection, ridge, rotate, shrink, smooth, steps, sums,
};
use ionoscribe::model::{PixelBox, Placement};

const WIDTH: usize = 2072;
const HEIGHT: usize = 816;

fn main() {
    divan::main();
}

/// A panel of grain without any order that a predictor could learn.
fn panel() -> Vec<u8> {
    let mut state = 7u32;
    (0..WIDTH * HEIGHT)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .collect()
}

fn picture() -> GrayImage {
    GrayImage::from_raw(WIDTH as u32, HEIGHT as u32, panel()).unwrap_or_default()
}

/// Times work on every row of a panel.
fn rows(bencher: Bencher<'_, '_>, mut work: impl FnMut(&[u8])) {
    let panel = panel();
    bencher.counter(BytesCount::new(panel.len())).bench_local(|| {
        for row in black_box(&panel).chunks_exact(WIDTH) {
            work(row);
        }
    });
}

/// Times work on every row of a panel with the rows above and below it.
fn triples(bencher: Bencher<'_, '_>, mut work: impl FnMut(&[u8], &[u8], &[u8])) {
    let panel = panel();
    bencher.counter(BytesCount::new(panel.len())).bench_local(|| {
        for part in black_box(&panel).windows(3 * WIDTH).step_by(WIDTH) {
            work(&part[..WIDTH], &part[WIDTH..2 * WIDTH], &part[2 * WIDTH..]);
        }
    });
}

#[divan::bench]
fn row_sum(bencher: Bencher<'_, '_>) {
    rows(bencher, |row| {
        black_box(sums::row_sum(row));
    });
}

#[divan::bench]
fn row_count_above(bencher: Bencher<'_, '_>) {
    rows(bencher, |row| {
        black_box(sums::row_count_above(row, 100));
    });
}

#[divan::bench]
fn add_to_columns(bencher: Bencher<'_, '_>) {
    let mut totals = vec![0; WIDTH];
    rows(bencher, |row| sums::add_to_columns(row, &mut totals));
}

#[divan::bench]
fn add_deviations(bencher: Bencher<'_, '_>) {
    let (mut totals, means) = (vec![0; WIDTH], vec![90; WIDTH]);
    rows(bencher, |row| sums::add_deviations(row, &means, &mut totals));
}

#[divan::bench]
fn count_peaks(bencher: Bencher<'_, '_>) {
    triples(bencher, |above, here, below| {
        black_box(steps::count_peaks(above, here, below, 24));
    });
}

#[divan::bench]
fn count_line(bencher: Bencher<'_, '_>) {
    triples(bencher, |above, here, below| {
        black_box(steps::count_line(above, here, below, 8, 128));
    });
}

#[divan::bench]
fn tally_steps(bencher: Bencher<'_, '_>) {
    let (mut darker, mut lighter) = (vec![0; WIDTH], vec![0; WIDTH]);
    triples(bencher, |above, here, below| steps::tally_steps(above, here, below, 24, &mut darker, &mut lighter));
}

#[divan::bench]
fn average(bencher: Bencher<'_, '_>) {
    let mut out = vec![0; WIDTH];
    triples(bencher, |above, _, below| blend::average(above, below, &mut out));
}

#[divan::bench]
fn subtract_blend(bencher: Bencher<'_, '_>) {
    let (first, second, mut out) = (vec![40; WIDTH], vec![60; WIDTH], vec![0; WIDTH]);
    rows(bencher, |row| {
        out.copy_from_slice(row);
        blend::subtract_blend(&mut out, &first, &second, 77);
    });
}

#[divan::bench]
fn add_up_differences(bencher: Bencher<'_, '_>) {
    let mut out = vec![0; WIDTH];
    rows(bencher, |row| {
        out.copy_from_slice(row);
        differences::add_up(&mut out);
    });
}

#[divan::bench]
fn gain(bencher: Bencher<'_, '_>) {
    let mut out = vec![0; WIDTH];
    rows(bencher, |row| {
        out.copy_from_slice(row);
        blend::gain(&mut out, 600);
    });
}

#[divan::bench]
fn running_median(bencher: Bencher<'_, '_>) {
    let lanes: Vec<[u8; median::LANES]> =
        panel().chunks_exact(median::LANES).take(HEIGHT).filter_map(|lane| lane.try_into().ok()).collect();
    let mut out = Vec::new();
    bencher.counter(BytesCount::new(lanes.len() * median::LANES)).bench_local(|| {
        median::running_median(black_box(&lanes), 12, &mut out);
    });
}

#[divan::bench]
fn counted_histogram(bencher: Bencher<'_, '_>) {
    let picture = picture();
    let whole = PixelBox::new(0, 0, WIDTH as i32, HEIGHT as i32);
    bencher
        .counter(BytesCount::new(WIDTH * HEIGHT))
        .bench_local(|| histogram::Histogram::of(black_box(&picture), whole));
}

#[divan::bench]
fn inverted(bencher: Bencher<'_, '_>) {
    let mut picture = picture();
    bencher.counter(BytesCount::new(WIDTH * HEIGHT)).bench_local(|| invert::invert(black_box(&mut picture)));
}

#[divan::bench]
fn light_per_column(bencher: Bencher<'_, '_>) {
    let picture = picture();
    let whole = PixelBox::new(0, 0, WIDTH as i32, HEIGHT as i32);
    bencher
        .counter(BytesCount::new(WIDTH * HEIGHT))
        .bench_local(|| projection::light_per_column(black_box(&picture), whole, 100));
}

#[divan::bench(args = [3, 8])]
fn shrunk(bencher: Bencher<'_, '_>, factor: u32) {
    let picture = picture();
    bencher.counter(BytesCount::new(WIDTH * HEIGHT)).bench_local(|| shrink::shrink(black_box(&picture), factor));
}

/// Rows of a filter of PNG: 1 the difference from the left, 2 from above, 3 from their mean, 4 from the nearest.
#[divan::bench(args = [1, 2, 3, 4])]
fn unfiltered(bencher: Bencher<'_, '_>, filter: u8) {
    let rows: Vec<u8> =
        panel().chunks_exact(WIDTH).flat_map(|row| std::iter::once(filter).chain(row.iter().copied())).collect();
    let mut unfilter = Unfilter::new(WIDTH);
    bencher.counter(BytesCount::new(WIDTH * HEIGHT)).bench_local(|| {
        for band in black_box(&rows).chunks(ROWS * (WIDTH + 1)) {
            let _ = black_box(unfilter.undo(band).map(Iterator::count));
        }
    });
}

#[divan::bench]
fn turned(bencher: Bencher<'_, '_>) {
    let picture = picture();
    let bbox = PixelBox::new(0, 0, WIDTH as i32, HEIGHT as i32);
    let placement = Placement { bbox, rotation_deg: 0.4, mirrored: false };
    bencher
        .counter(BytesCount::new(WIDTH * HEIGHT))
        .bench_local(|| rotate::extract(black_box(&picture), black_box(&placement)));
}

/// Bands of a panel as calibration has them: 24 rows of means.
#[divan::bench]
fn weakest_of_bands(bencher: Bencher<'_, '_>) {
    let bands: Vec<u16> = panel().iter().take(24 * WIDTH).map(|&value| u16::from(value) << 8).collect();
    bencher
        .counter(BytesCount::new(2 * bands.len()))
        .bench_local(|| sums_of_weakest(black_box(&bands), WIDTH, black_box(16)));
}

#[divan::bench]
fn running_maximum(bencher: Bencher<'_, '_>) {
    let line: Vec<f32> = panel().iter().take(WIDTH).map(|&value| f32::from(value)).collect();
    let (mut space, mut work) = (RunningSpace::default(), line.clone());
    bencher.counter(BytesCount::new(4 * WIDTH)).bench_local(|| {
        work.copy_from_slice(black_box(&line));
        running_max(&mut work, 12, &mut space);
    });
}

/// Planes as the search for traces has them: reduced to 414 columns.
const PLANE: usize = 414;

#[divan::bench]
fn curvatures(bencher: Bencher<'_, '_>) {
    let values: Vec<u16> = panel().iter().take(PLANE * 204).map(|&value| u16::from(value) << 6).collect();
    let (mut across, mut down) = (vec![0; values.len()], vec![0; values.len()]);
    bencher
        .counter(BytesCount::new(2 * values.len()))
        .bench_local(|| ridge::curvatures(black_box(&values), PLANE, &mut across, &mut down));
}

#[divan::bench]
fn sum_along(bencher: Bencher<'_, '_>) {
    let values: Vec<i16> = panel().iter().take(PLANE * 204).map(|&value| i16::from(value % 112)).collect();
    let offsets = std::array::from_fn(|i| (i as isize - 4) * (PLANE as isize + 1));
    let mut sums = vec![0; values.len()];
    bencher
        .counter(BytesCount::new(2 * values.len()))
        .bench_local(|| ridge::sum_along(black_box(&values), PLANE, &offsets, 3, &mut sums));
}

#[divan::bench]
fn scaled(bencher: Bencher<'_, '_>) {
    let values: Vec<i16> = panel().iter().take(PLANE * 204).map(|&value| i16::from(value) << 4).collect();
    let (factors, mut work) = (vec![0.3; PLANE], values.clone());
    bencher.counter(BytesCount::new(2 * values.len())).bench_local(|| {
        work.copy_from_slice(black_box(&values));
        ridge::scale(&mut work, &factors, 112.0);
    });
}

#[divan::bench]
fn smoothed_across(bencher: Bencher<'_, '_>) {
    let mut row: Vec<u16> = panel().iter().take(PLANE).map(|&value| u16::from(value) << 6).collect();
    let mut padded = vec![0; PLANE + 2];
    bencher.counter(BytesCount::new(2 * PLANE)).bench_local(|| smooth::smooth_across(black_box(&mut row), &mut padded));
}

#[divan::bench]
fn halved(bencher: Bencher<'_, '_>) {
    let values: Vec<u16> = panel().iter().take(PLANE * 204).map(|&value| u16::from(value) << 6).collect();
    let mut out = vec![0; values.len() / 4];
    bencher
        .counter(BytesCount::new(2 * values.len()))
        .bench_local(|| smooth::halve(black_box(&values), PLANE, &mut out));
}

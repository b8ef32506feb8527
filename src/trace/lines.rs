//! How strongly a line runs through each pixel, and in which direction.
//!
//! A film echo is faint and grainy across but long: the curvature across a line, in units of its noise, is summed over
//! [`LENGTH`] pixels along each of sixteen directions, and the direction with the largest sum is kept. No pixel counts
//! for more than [`CAP`] times the noise, so that a spot makes no line.

use super::plane::{Plane, UNIT};
use crate::kernel::reuse::Reused;
use crate::kernel::ridge::{LENGTH, add_clipped, curvatures, scale, slant, sum_along};

/// Directions, as slopes in quarters: nine of rows against columns, then seven of columns against rows.
const SLOPES: [i32; 16] = [0, 1, -1, 2, -2, 3, -3, 4, -4, 0, 1, -1, 2, -2, 3, -3];
/// How many of those are nearer to the rows.
const LEVEL: usize = 9;
/// Units of a pixel's curvature in one unit of noise.
const SCALE: f32 = 16.0;
/// Largest curvature that a pixel counts with, units of noise.
const CAP: f32 = 7.0;
/// Columns over which the noise is taken together, as a share of the picture.
const NOISE_BLOCKS: usize = 24;

/// Sums and directions of all pixels of a plane.
#[derive(Debug)]
pub(super) struct Lines {
    pub(super) width: usize,
    pub(super) height: usize,
    /// Sum over the strongest direction, and in the lowest four bits the direction.
    pub(super) sums: Reused<i16>,
}

impl Lines {
    /// Lines in a plane; noise below `floor` (amplitude) counts as that.
    pub(super) fn of(plane: &Plane, floor: f32) -> Self {
        let Plane { width, height, .. } = *plane;
        let mut across = Reused::filled(width * height, 0);
        let mut down = Reused::filled(width * height, 0);
        curvatures(&plane.values, width, &mut across, &mut down);
        normalise(&mut across, width, floor);
        normalise(&mut down, width, floor);
        let mut slanted = Reused::filled(width * height, 0);
        slant(&across, &down, &mut slanted);
        let mut sums = Reused::filled(width * height, 0);
        for (direction, slope) in SLOPES.iter().enumerate() {
            let source = match (slope.abs() >= 3, direction < LEVEL) {
                (true, _) => &slanted,
                (false, true) => &down,
                (false, false) => &across,
            };
            sum_along(source, width, &offsets(direction, width), direction as i16, &mut sums);
        }
        Self { width, height, sums }
    }

    /// Mean curvature along the line through a pixel, units of noise.
    pub(super) fn contrast(sum: i16) -> f32 {
        f32::from(sum >> 4) / (SCALE * LENGTH as f32)
    }

    /// The value that [`Self::contrast`] turns into `contrast`.
    pub(super) fn threshold(contrast: f32) -> i16 {
        ((contrast * SCALE * LENGTH as f32) as i16).clamp(1, i16::MAX >> 4) << 4
    }

    /// Unit vector along the line of a sum.
    pub(super) fn along(sum: i16) -> (f32, f32) {
        let direction = (sum & 15) as usize;
        let slope = SLOPES[direction] as f32 / 4.0;
        let length = (1.0 + slope * slope).sqrt();
        if direction < LEVEL { (1.0 / length, slope / length) } else { (slope / length, 1.0 / length) }
    }
}

/// Where the pixels of a line lie, seen from its middle, as differences of the index.
fn offsets(direction: usize, width: usize) -> [isize; LENGTH] {
    std::array::from_fn(|i| {
        let step = i as i32 - LENGTH as i32 / 2;
        let quarters = SLOPES[direction] * step;
        let aside = (quarters + 2 * quarters.signum()) / 4;
        let (dx, dy) = if direction < LEVEL { (step, aside) } else { (aside, step) };
        dy as isize * width as isize + dx as isize
    })
}

/// Turns values into units of the noise around their column, capped.
fn normalise(values: &mut [i16], width: usize, floor: f32) {
    let height = values.len() / width;
    let reach = (width / NOISE_BLOCKS / 2).max(1);
    let mut limits = vec![i16::MAX; width];
    let mut columns = vec![0u32; width];
    let mut scales = vec![0.0f32; width];
    // Twice is enough: the first mean counts echoes in full, the second clips them.
    for _ in 0..2 {
        columns.fill(0);
        add_clipped(values, &limits, &mut columns);
        for x in 0..width {
            let around = &columns[x.saturating_sub(reach)..(x + reach + 1).min(width)];
            let sum: u64 = around.iter().map(|&sum| u64::from(sum)).sum();
            let noise = (sum as f32 / (around.len() * height) as f32).max(floor * f32::from(UNIT));
            limits[x] = (3.0 * noise).min(f32::from(i16::MAX)) as i16;
            scales[x] = SCALE / noise;
        }
    }
    scale(values, &scales, CAP * SCALE);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sums one pixel and one direction at a time.
    fn plain(values: &[i16], width: usize, direction: usize, x: i32, y: i32) -> i32 {
        (-4..=4i32)
            .map(|step| {
                let aside = (f64::from(SLOPES[direction] * step) / 4.0).round() as i32;
                let (dx, dy) = if direction < LEVEL { (step, aside) } else { (aside, step) };
                i32::from(values[(y + dy) as usize * width + (x + dx) as usize])
            })
            .sum()
    }

    #[test]
    fn sums_equal_their_plain_twin_in_every_direction() {
        let (width, height) = (40, 20);
        let values: Vec<i16> = (0..width * height).map(|i| ((i * 7919) % 223) as i16 - 111).collect();
        for direction in 0..SLOPES.len() {
            let mut sums = vec![0; width * height];
            sum_along(&values, width, &offsets(direction, width), direction as i16, &mut sums);
            for (x, y) in [(4, 4), (17, 9), (35, 15)] {
                let expected = plain(&values, width, direction, x, y).max(0);
                assert_eq!(i32::from(sums[y as usize * width + x as usize] >> 4), expected, "{direction} {x} {y}");
            }
        }
    }

    #[test]
    fn a_slanted_line_is_found_in_its_direction() {
        let (width, height) = (64, 64);
        let mut raw = vec![0u8; width * height];
        for x in 0..width {
            raw[(16 + x / 2) * width + x] = 200;
        }
        let lines = Lines::of(&Plane::reduced(&raw, width, (1, 1)), 1.0);
        let best = lines.sums[32 * width + 32];
        let (dx, dy) = Lines::along(best);
        assert!(Lines::contrast(best) > 5.0);
        assert!((dy / dx - 0.5).abs() < 0.26, "{dx} {dy}");
    }
}

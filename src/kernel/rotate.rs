//! Turns and mirrors a picture about its centre.

use super::reuse::{Reused, black};
use crate::model::Placement;
use image::GrayImage;
use multiversion::multiversion;

/// The picture of the size of `placement.bbox` that `placement` sees in `scan`: bilinear where it is turned, exact
/// pixels where it is not. Points outside the scan take its nearest pixel. An empty scan gives black.
pub fn extract(scan: &GrayImage, placement: &Placement) -> GrayImage {
    let bbox = placement.bbox;
    let (width, height) = (bbox.w.max(0) as u32, bbox.h.max(0) as u32);
    if scan.width() == 0 || scan.height() == 0 || width == 0 {
        return black(width, height);
    }
    let mut out = Reused::with_capacity(width as usize * height as usize);
    if placement.rotation_deg == 0.0 {
        copy(scan, placement, &mut out);
    } else {
        sample(scan, placement, &mut out);
    }
    GrayImage::from_raw(width, height, out.into_vec()).unwrap_or_default()
}

/// The next row of a picture that grows: cleared when it is filled, while it is in the cache.
fn next_row(out: &mut Vec<u8>, width: usize) -> &mut [u8] {
    let start = out.len();
    out.resize(start + width, 0);
    &mut out[start..]
}

fn copy(scan: &GrayImage, placement: &Placement, out: &mut Vec<u8>) {
    let bbox = placement.bbox;
    let (scan_width, scan_height) = (scan.width() as i32, scan.height() as i32);
    let source = scan.as_raw();
    for y in 0..bbox.h {
        let out_row = next_row(out, bbox.w as usize);
        let row = (bbox.y + y).clamp(0, scan_height - 1) as usize * scan_width as usize;
        let row = &source[row..row + scan_width as usize];
        if bbox.x >= 0 && bbox.right() <= scan_width {
            out_row.copy_from_slice(&row[bbox.x as usize..bbox.right() as usize]);
        } else {
            for (x, value) in out_row.iter_mut().enumerate() {
                *value = row[(bbox.x + x as i32).clamp(0, scan_width - 1) as usize];
            }
        }
        if placement.mirrored {
            out_row.reverse();
        }
    }
}

/// Fractional bits of a place.
const SHIFT: u32 = 16;
const ONE: i64 = 1 << SHIFT;

/// Fixed-point bilinear sampling: 16 fractional bits for the place, 7 for the weights, the same on every machine once
/// the coefficients of the turn are rounded.
fn sample(scan: &GrayImage, placement: &Placement, out: &mut Vec<u8>) {
    let fixed = |value: f64| (value * ONE as f64).round() as i64;
    let origin = placement.to_scan(0.0, 0.0);
    let along = placement.to_scan(1.0, 0.0);
    let down = placement.to_scan(0.0, 1.0);
    let step = (fixed(along.0 - origin.0), fixed(along.1 - origin.1));
    for y in 0..placement.bbox.h {
        let out_row = next_row(out, placement.bbox.w as usize);
        // The start of each row is computed anew, so that rounding does not add up over the rows.
        let start_x = fixed(origin.0 + (down.0 - origin.0) * f64::from(y));
        let start_y = fixed(origin.1 + (down.1 - origin.1) * f64::from(y));
        let mut x = 0;
        while x < out_row.len() {
            let place = (start_x + step.0 * x as i64, start_y + step.1 * x as i64);
            let length = run_length(place, step).min(out_row.len() - x).min(until_edge(place.0 >> SHIFT, scan.width()));
            sample_run(scan, place, step, length, &mut out_row[x..]);
            x += length;
        }
    }
}

/// How many steps the whole part of the row stays the same while that of the column advances by one each; at most as many
/// as 16 bits count.
fn run_length(place: (i64, i64), step: (i64, i64)) -> usize {
    let stays = |fraction: i64, drift: i64| match drift {
        0 => i64::MAX,
        1.. => (ONE - 1 - fraction) / drift + 1,
        _ => fraction / -drift + 1,
    };
    stays(place.0 & (ONE - 1), step.0 - ONE).min(stays(place.1 & (ONE - 1), step.1)).min(ONE - 1) as usize
}

/// How many steps from a column it takes to enter the scan, or to leave the columns that have a right neighbour.
fn until_edge(column: i64, width: u32) -> usize {
    let last = i64::from(width) - 1;
    let steps = if column < 0 { -column } else { last - column };
    if steps > 0 { steps as usize } else { usize::MAX }
}

/// Points that are computed together: a run is rounded up to a multiple, and what is too much is overwritten by the next.
const BLOCK: usize = 32;

/// Samples a run of `length` points within one pair of scan rows to the beginning of `out`: as slices where all of it lies
/// inside the scan, else point by point with the places held inside.
fn sample_run(scan: &GrayImage, place: (i64, i64), step: (i64, i64), length: usize, out: &mut [u8]) {
    let (width, height) = (i64::from(scan.width()), i64::from(scan.height()));
    let (x, y) = (place.0 >> SHIFT, place.1 >> SHIFT);
    let stride = width as usize;
    let source = scan.as_raw();
    if x >= 0 && y >= 0 && x + (length as i64) < width && y + 1 < height {
        let (first, left) = (y as usize * stride, x as usize);
        let rounded = length.next_multiple_of(BLOCK);
        let count = if rounded <= out.len() && left + rounded < stride { rounded } else { length };
        let top = &source[first + left..=first + left + count];
        let bottom = &source[first + stride + left..=first + stride + left + count];
        // Within a run the fractions do not leave their 16 bits.
        let start = (place.0 as u16, place.1 as u16);
        blend_run(top, bottom, start, ((step.0 - ONE) as u16, step.1 as u16), &mut out[..count]);
        return;
    }
    for (index, value) in out[..length].iter_mut().enumerate() {
        let place_x = (place.0 + step.0 * index as i64).clamp(0, (width - 1) << SHIFT);
        let place_y = (place.1 + step.1 * index as i64).clamp(0, (height - 1) << SHIFT);
        let (x0, y0) = ((place_x >> SHIFT) as usize, (place_y >> SHIFT) as usize);
        let (x1, y1) = ((x0 + 1).min(stride - 1), (y0 + 1).min(height as usize - 1));
        let at = |x: usize, y: usize| source[y * stride + x];
        *value = blend([at(x0, y0), at(x1, y0), at(x0, y1), at(x1, y1)], place_x as u16, place_y as u16);
    }
}

/// Blends two scan rows point by point; `start` is the fraction of the first place, `drift` its change per point. All in
/// 16 bits, which are twice as many lanes as 32.
#[multiversion(targets("x86_64+avx512bw+avx512vl", "x86_64+avx2", "x86_64+sse4.1"))]
fn blend_run(top: &[u8], bottom: &[u8], start: (u16, u16), drift: (u16, u16), out: &mut [u8]) {
    let count = out.len();
    let (top, next_top) = (&top[..count], &top[1..=count]);
    let (bottom, next_bottom) = (&bottom[..count], &bottom[1..=count]);
    for index in 0..count {
        let step = index as u16;
        let right = start.0.wrapping_add(drift.0.wrapping_mul(step));
        let lower = start.1.wrapping_add(drift.1.wrapping_mul(step));
        out[index] = blend([top[index], next_top[index], bottom[index], next_bottom[index]], right, lower);
    }
}

/// Bilinear mean of four neighbours, given the fractions of the place; the weights of the right and lower ones are
/// 128ths.
#[inline(always)]
fn blend(corners: [u8; 4], right: u16, lower: u16) -> u8 {
    // One by one: a closure over the array is a call for every point.
    let [top_left, top_right, bottom_left, bottom_right] = corners;
    let (top_left, top_right) = (u16::from(top_left), u16::from(top_right));
    let (bottom_left, bottom_right) = (u16::from(bottom_left), u16::from(bottom_right));
    let (right, lower) = (right >> 9, lower >> 9);
    let along =
        |left: u16, next: u16| left.wrapping_mul(128u16.wrapping_sub(right)).wrapping_add(next.wrapping_mul(right));
    // The high half of a product of 16 bits is one instruction; seven bits stay behind the point.
    let weighed = |value: u16, weight: u16| ((u32::from(value << 1).wrapping_mul(u32::from(weight << 8))) >> 16) as u16;
    let sum = weighed(along(top_left, top_right), 128u16.wrapping_sub(lower))
        .wrapping_add(weighed(along(bottom_left, bottom_right), lower));
    (sum.wrapping_add(64) >> 7) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::PixelBox;

    fn ramp() -> GrayImage {
        GrayImage::from_fn(120, 90, |x, y| image::Luma([(x + y) as u8]))
    }

    fn placed(rotation_deg: f32, mirrored: bool) -> Placement {
        Placement { bbox: PixelBox::new(10, 10, 100, 70), rotation_deg, mirrored }
    }

    #[test]
    fn an_upright_frame_keeps_its_pixels() {
        let out = extract(&ramp(), &placed(0.0, false));
        assert_eq!(out.get_pixel(5, 7), ramp().get_pixel(15, 17));
        let out = extract(&ramp(), &placed(0.0, true));
        assert_eq!(out.get_pixel(5, 7), ramp().get_pixel(10 + 99 - 5, 17));
    }

    #[test]
    fn a_turned_frame_agrees_with_the_placement() {
        for rotation_deg in [-4.0, 0.3, 2.5, 180.0] {
            for mirrored in [false, true] {
                let placement = placed(rotation_deg, mirrored);
                let out = extract(&ramp(), &placement);
                for (x, y) in [(20, 20), (50, 35), (80, 60)] {
                    let (scan_x, scan_y) = placement.to_scan(f64::from(x), f64::from(y));
                    let error = f64::from(out.get_pixel(x, y)[0]) - (scan_x + scan_y);
                    assert!(error.abs() <= 1.0, "{rotation_deg} {mirrored} {x} {y}: {error}");
                }
            }
        }
    }

    #[test]
    fn runs_equal_their_scalar_twin() {
        let scan = GrayImage::from_fn(150, 110, |x, y| image::Luma([((x * 37) ^ (y * 91)) as u8]));
        for rotation_deg in [-3.3f32, -0.06, 0.2, 1.0, 44.0, 90.0, 181.0] {
            for mirrored in [false, true] {
                let placement = Placement { rotation_deg, mirrored, ..placed(0.0, false) };
                let out = extract(&scan, &placement);
                for (x, y, value) in out.enumerate_pixels() {
                    let (scan_x, scan_y) = placement.to_scan(f64::from(x), f64::from(y));
                    let (left, top) = (scan_x.floor(), scan_y.floor());
                    let at = |dx: f64, dy: f64| {
                        let (x, y) = ((left + dx).clamp(0.0, 149.0), (top + dy).clamp(0.0, 109.0));
                        f64::from(scan.get_pixel(x as u32, y as u32)[0])
                    };
                    let (wx, wy) = (scan_x - left, scan_y - top);
                    let exact = (at(0.0, 0.0) * (1.0 - wx) + at(1.0, 0.0) * wx) * (1.0 - wy)
                        + (at(0.0, 1.0) * (1.0 - wx) + at(1.0, 1.0) * wx) * wy;
                    // A place is rounded to a 128th of a pixel, and neighbours differ by up to 255.
                    assert!((exact - f64::from(value[0])).abs() <= 6.0, "{rotation_deg} {mirrored} {x} {y}");
                }
            }
        }
    }

    #[test]
    fn boxes_outside_the_scan_do_not_panic() {
        for rotation_deg in [0.0, 1.0] {
            let placement = Placement { bbox: PixelBox::new(-20, 80, 200, 50), rotation_deg, mirrored: false };
            assert_eq!(extract(&ramp(), &placement).dimensions(), (200, 50));
            assert_eq!(extract(&GrayImage::new(0, 0), &placement).dimensions(), (200, 50));
        }
    }
}

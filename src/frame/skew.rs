//! Skew: by how much the height markers and the panel's long edges lean.

use super::FrameConfig;
use crate::kernel::projection::sum_per_row;
use crate::model::PixelBox;
use image::GrayImage;
use multiversion::multiversion;

/// The skew of a panel and how far it can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Skew {
    /// Turn of the content in degrees, clockwise positive; 0 if no lines show it.
    pub(super) degrees: f64,
    /// Height of the best alignment over the typical one, in units of their scatter; 0 if there are no lines.
    pub(super) clarity: f64,
}

/// Strips into which the panel is cut from left to right.
const STRIPS: usize = 24;

/// Measures the skew of the lines that run along `region`, up to `config.largest_skew_deg`.
///
/// The panel is cut into strips; each gives a profile of its rows in which narrow lines and edges stand out. At the
/// right slope the shifted profiles agree, and the energy of their sum is largest.
pub(super) fn measure(picture: &GrayImage, region: PixelBox, config: &FrameConfig) -> Skew {
    // A little of the surround, so that the panel's own edges take part.
    let rim = region.h / 16;
    let band =
        PixelBox { y: region.y - rim, h: region.h + 2 * rim, ..region }.clamped(picture.width(), picture.height());
    let strip_width = band.w / STRIPS as i32;
    if strip_width < 4 || band.h < 32 {
        return Skew::default();
    }
    let profiles: Vec<Vec<f32>> = (0..STRIPS as i32)
        .map(|strip| PixelBox { x: band.x + strip * strip_width, w: strip_width, ..band })
        .map(|strip| lines_of(&sum_per_row(picture, strip), strip_width))
        .collect();
    let half_width = f64::from(band.w) / 2.0;
    let largest = config.largest_skew_deg.to_radians().tan();
    // Steps of half a pixel at the outer strips.
    let step = 0.5 / half_width;
    let count = (largest / step).ceil() as i32;
    let slopes: Vec<f64> = (-count..=count).map(|index| f64::from(index) * step).collect();
    let energies: Vec<f64> = slopes.iter().map(|&slope| energy(&profiles, slope, f64::from(strip_width))).collect();
    let best = (0..energies.len()).fold(0, |best, index| if energies[index] > energies[best] { index } else { best });
    let mut sorted = energies.clone();
    sorted.sort_unstable_by(f64::total_cmp);
    let middle = sorted[sorted.len() / 2];
    let scatter = sorted[sorted.len() * 3 / 4] - sorted[sorted.len() / 4];
    let clarity = (energies[best] - middle) / scatter.max(middle * 0.02).max(1e-9);
    if clarity < config.least_skew_clarity || best == 0 || best + 1 == energies.len() {
        return Skew { degrees: 0.0, clarity: 0.0 };
    }
    let mut slope = slopes[best] + step * vertex(energies[best - 1], energies[best], energies[best + 1]);
    for _ in 0..2 {
        slope = refined(&profiles, slope, f64::from(strip_width));
    }
    Skew { degrees: slope.atan().to_degrees(), clarity }
}

/// The slope through the places where each strip's profile agrees best with the sum of all, weighted by how well it
/// does. The scan over slopes alone leans towards slopes whose shifts are whole pixels.
fn refined(profiles: &[Vec<f32>], slope: f64, strip_width: f64) -> f64 {
    let reference = aligned_sum(profiles, slope, strip_width);
    let centre = (profiles.len() as f64 - 1.0) / 2.0;
    let (mut weights, mut weighted_squares, mut weighted_products) = (0.0, 0.0, 0.0);
    let (mut mean_x, mut mean_y) = (0.0, 0.0);
    let mut places = Vec::with_capacity(profiles.len());
    for (index, profile) in profiles.iter().enumerate() {
        let x = (index as f64 - centre) * strip_width;
        let near = (slope * x).round() as i64;
        let agreement = |lag: i64| correlation(profile, &reference, near + lag);
        let best = (-2..=2).fold(0, |best, lag| if agreement(lag) > agreement(best) { lag } else { best });
        let (before, middle, after) = (agreement(best - 1), agreement(best), agreement(best + 1));
        let weight = (2.0 * middle - before - after).max(0.0);
        if middle > 0.0 && best.abs() < 2 {
            places.push((x, (near + best) as f64 + vertex(before, middle, after), weight));
        }
    }
    for &(x, y, weight) in &places {
        weights += weight;
        mean_x += weight * x;
        mean_y += weight * y;
    }
    if places.len() < 4 || weights <= 0.0 {
        return slope;
    }
    (mean_x, mean_y) = (mean_x / weights, mean_y / weights);
    for &(x, y, weight) in &places {
        weighted_squares += weight * (x - mean_x) * (x - mean_x);
        weighted_products += weight * (x - mean_x) * (y - mean_y);
    }
    weighted_products / weighted_squares.max(1e-9)
}

/// Sum of `profile[row + lag] * reference[row]`.
fn correlation(profile: &[f32], reference: &[f32], lag: i64) -> f64 {
    let rows = profile.len() as i64;
    let (first, last) = ((-lag).clamp(0, rows), (rows - lag).clamp(0, rows));
    if first >= last {
        return 0.0;
    }
    let source = &profile[(first + lag) as usize..(last + lag) as usize];
    let target = &reference[first as usize..last as usize];
    f64::from(source.iter().zip(target).map(|(a, b)| a * b).sum::<f32>())
}

/// Place of a parabola's vertex through three equidistant values, in steps from the middle one.
fn vertex(before: f64, middle: f64, after: f64) -> f64 {
    let bend = before - 2.0 * middle + after;
    if bend < 0.0 { (0.5 * (before - after) / bend).clamp(-0.5, 0.5) } else { 0.0 }
}

/// Narrow lines and edges in a profile of row sums: what stands out of the running mean, limited so that one strong
/// line does not outvote the others, of unit energy, and smoothed so that shifts by parts of a pixel cost nothing.
fn lines_of(sums: &[u32], strip_width: i32) -> Vec<f32> {
    const REACH: usize = 3;
    let n = sums.len();
    let mean: Vec<f32> = sums.iter().map(|&sum| sum as f32 / strip_width as f32).collect();
    let detail: Vec<f32> = (0..n)
        .map(|row| {
            let (from, to) = (row.saturating_sub(REACH), (row + REACH + 1).min(n));
            mean[row] - mean[from..to].iter().sum::<f32>() / (to - from) as f32
        })
        .collect();
    let mut sizes: Vec<f32> = detail.iter().map(|value| value.abs()).collect();
    let typical = *sizes.select_nth_unstable_by(n / 2, f32::total_cmp).1;
    let limit = 4.0 * typical + 0.5;
    let limited: Vec<f32> = detail.iter().map(|value| value.clamp(-limit, limit) / limit).collect();
    (0..n)
        .map(|row| {
            let at = |offset: usize| limited[(row + offset).saturating_sub(2).min(n - 1)];
            (at(0) + at(4)) / 16.0 + (at(1) + at(3)) / 4.0 + at(2) * 0.375
        })
        .collect()
}

/// Energy of the sum of the profiles at a slope.
fn energy(profiles: &[Vec<f32>], slope: f64, strip_width: f64) -> f64 {
    aligned_sum(profiles, slope, strip_width).iter().map(|&value| f64::from(value) * f64::from(value)).sum()
}

/// Sum of the profiles, each shifted as a line of that slope asks.
fn aligned_sum(profiles: &[Vec<f32>], slope: f64, strip_width: f64) -> Vec<f32> {
    let rows = profiles.first().map_or(0, Vec::len);
    let mut sum = vec![0f32; rows];
    let centre = (profiles.len() as f64 - 1.0) / 2.0;
    for (index, profile) in profiles.iter().enumerate() {
        let shift = slope * (index as f64 - centre) * strip_width;
        let whole = shift.floor();
        let part = (shift - whole) as f32;
        let whole = whole as i64;
        // Row y of the sum takes row y + shift of the profile; rows that would fall outside stay without it.
        let first = (-whole).clamp(0, rows as i64) as usize;
        let last = (rows as i64 - 1 - whole).clamp(0, rows as i64) as usize;
        if first >= last {
            continue;
        }
        let from = (first as i64 + whole) as usize;
        let source = &profile[from..from + (last - first) + 1];
        add_between(source, part, &mut sum[first..last]);
    }
    sum
}

/// Adds to each place what stands `part` of the way from there to the next.
#[multiversion(targets("x86_64+avx512bw+avx512vl", "x86_64+avx2", "x86_64+sse4.1"))]
fn add_between(source: &[f32], part: f32, sums: &mut [f32]) {
    for ((sum, &here), &next) in sums.iter_mut().zip(source).zip(&source[1..]) {
        *sum += here * (1.0 - part) + next * part;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::rotate::extract;
    use crate::kernel::shrink::shrink;
    use crate::model::Placement;

    /// A panel with height markers, frequency markers and a trace, turned clockwise by `degrees`.
    fn turned(degrees: f32) -> GrayImage {
        let upright = GrayImage::from_fn(1600, 700, |x, y| {
            let panel = (100..1560).contains(&x) && (60..620).contains(&y);
            let height_marker = y % 40 < 3;
            let marker = x % 130 < 4;
            let trace = (i64::from(y) - 200 - i64::from(x) / 6).abs() < 6;
            let noise =
                (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(2_246_822_519)).wrapping_mul(3_266_489_917) >> 24;
            let base = if !panel {
                10
            } else if height_marker || marker || trace {
                90
            } else {
                200
            };
            image::Luma([(base + noise / 6) as u8])
        });
        // To see the upright picture turned clockwise, sample it turned the other way.
        let placement = Placement { bbox: PixelBox::new(0, 0, 1600, 700), rotation_deg: -degrees, mirrored: false };
        extract(&upright, &placement)
    }

    #[test]
    fn the_skew_of_rulings_is_measured() {
        for degrees in [0.0f32, 0.1, -0.25, 0.6, 1.0, -2.3, 4.0] {
            let reduced = shrink(&turned(degrees), 3);
            let skew = measure(&reduced, PixelBox::new(33, 20, 487, 186), &FrameConfig::default());
            assert!((skew.degrees - f64::from(degrees)).abs() < 0.05, "{degrees}: {skew:?}");
        }
    }

    #[test]
    fn noise_has_no_skew() {
        let noise = GrayImage::from_fn(500, 200, |x, y| {
            image::Luma([((x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(2_246_822_519)).wrapping_mul(3_266_489_917)
                >> 24) as u8])
        });
        assert_eq!(measure(&noise, PixelBox::new(10, 5, 480, 190), &FrameConfig::default()).degrees, 0.0);
        assert_eq!(measure(&GrayImage::new(3, 3), PixelBox::new(0, 0, 3, 3), &FrameConfig::default()), Skew::default());
    }
}

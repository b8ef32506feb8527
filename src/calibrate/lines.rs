//! Straight lines in the panel: where they stand, how they lean, how strong they are.

use super::CalibrateConfig;
use super::strips::{Strips, Tone, contrast};
use crate::kernel::reuse::Reused;
use crate::kernel::weakest::sums_of_weakest;
use crate::model::Line;
use multiversion::multiversion;

/// One line: a peak of the contrast summed along the common lean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Peak {
    /// Place on the reference row or column, in frame pixels, sub-pixel.
    pub(super) px: f64,
    /// Mean contrast over the bands, 0 to 1.
    pub(super) strength: f32,
    /// Full width at half strength, pixels.
    pub(super) width: f32,
}

/// Every line of one direction.
#[derive(Debug, Clone, Default)]
pub(super) struct Lines {
    /// In order of place.
    pub(super) peaks: Vec<Peak>,
    /// Pixels along for each pixel across.
    pub(super) lean: f64,
    /// Row or column for which the positions hold, in frame pixels.
    pub(super) reference: f64,
    /// First pixel of the searched stretch and its length, in frame pixels.
    pub(super) origin: f64,
    /// Length of the searched stretch in pixels.
    pub(super) length: f64,
}

/// Finds the lines of one direction. `origin` is the frame pixel of the strips' first place.
pub(super) fn find_lines(
    strips: &Strips,
    origin: f64,
    tone: Tone,
    lean: Option<f64>,
    config: &CalibrateConfig,
) -> Lines {
    let radius = ((strips.length as f64 * config.line_width).round() as usize).max(3);
    let mut contrasts = contrast(strips, radius, tone);
    contrasts.iter_mut().for_each(|value| *value = value.min(config.full_contrast) / config.full_contrast);
    let reference = match (strips.centre.first(), strips.centre.last()) {
        (Some(first), Some(last)) => (first + last) / 2.0,
        _ => 0.0,
    };
    let lean = lean.unwrap_or_else(|| common_lean(strips, &contrasts, reference, 2 * radius, config.lean));
    let steady = steady(strips, &contrasts, lean, reference, config.steady_share);
    let peaks = peaks(&steady, origin);
    Lines { peaks, lean, reference, origin, length: strips.length as f64 }
}

impl Lines {
    /// The lines strong enough to be taken out of the picture, each from one end of the panel to the other.
    pub(super) fn listed(&self, from: f64, to: f64, config: &CalibrateConfig) -> Vec<Line> {
        self.peaks
            .iter()
            .filter(|peak| peak.strength >= config.listed_contrast)
            .map(|peak| Line {
                start_px: peak.px + self.lean * (from - self.reference),
                end_px: peak.px + self.lean * (to - self.reference),
                width_px: peak.width,
                strength: peak.strength,
            })
            .collect()
    }
}

/// The lean at which summed contrast is sharpest (largest sum of fourth powers). The `margin` at both ends is left out:
/// the panel's own edge is no line.
fn common_lean(strips: &Strips, contrasts: &[f32], reference: f64, margin: usize, limit: f64) -> f64 {
    let reach = strips.centre.iter().map(|centre| (centre - reference).abs()).fold(0.0, f64::max);
    if reach < 1.0 || limit <= 0.0 {
        return 0.0;
    }
    // A byte is fine enough to choose by.
    let mut bytes = Reused::with_capacity(contrasts.len());
    bytes.extend(contrasts.iter().map(|&value| (value * 255.0 + 0.5) as u8));
    let mut summed = vec![0u16; strips.length];
    let mut sharpness = |lean: f64| -> f64 {
        // Whole-pixel shifts, so that no lean is blurred more than another; fourth powers, so that a mesh of faint lines,
        // which fits again at a lean of one mesh, does not outvote the strong ones.
        summed.fill(0);
        for (band, centre) in bytes.chunks_exact(strips.length).zip(&strips.centre) {
            add_shifted(&mut summed, band, (lean * (centre - reference)).round() as isize);
        }
        fourth_powers(inner(&summed, margin))
    };
    // Coarse steps move a line's end by half a pixel (more where lines are wide), fine ones by a quarter of that.
    let step = (strips.length as f64 / 1500.0).clamp(0.5, 2.0) / reach;
    let mut best = (sharpness(0.0), 0.0);
    for (step, around, reach_steps) in [(step, 0.0, (limit / step).floor() as i32), (step / 4.0, f64::NAN, 3)] {
        let middle = if around == 0.0 { 0.0 } else { best.1 };
        for k in -reach_steps..=reach_steps {
            let lean = middle + f64::from(k) * step;
            let score = sharpness(lean);
            if score > best.0 * (1.0 + 1e-9) {
                best = (score, lean);
            }
        }
    }
    best.1
}

fn inner(values: &[u16], margin: usize) -> &[u16] {
    values.get(margin..values.len().saturating_sub(margin)).unwrap_or(values)
}

/// Adds a band at a shift; what it lacks counts as nothing.
fn add_shifted(sum: &mut [u16], band: &[u8], shift: isize) {
    let skip = shift.unsigned_abs();
    if skip >= band.len() {
        return;
    }
    if shift >= 0 { add_row(&band[skip..], sum) } else { add_row(band, &mut sum[skip..]) }
}

/// Mean contrast over the weakest share of the bands, each shifted by the lean: what runs through most of the panel stays, an
/// echo or a burst of interference does not.
fn steady(strips: &Strips, contrasts: &[f32], lean: f64, reference: f64, share: f64) -> Vec<f32> {
    let (length, count) = (strips.length, strips.centre.len());
    // Two strips at the panel's edges hold ticks, which may be missing in one of them.
    let share = if count <= 2 { 1.0 } else { share };
    let kept = ((count as f64 * share).round() as usize).clamp(1, count.max(1));
    // Whole numbers, so that a sum does not depend on its order.
    let mut shifted = Reused::filled(count * length, 0u16);
    let mut padded = Vec::new();
    for (index, centre) in strips.centre.iter().enumerate() {
        let band = &contrasts[index * length..(index + 1) * length];
        let shift = lean * (centre - reference);
        let whole = shift.floor();
        let part = (shift - whole) as f32;
        let whole = (whole as isize).clamp(-(length as isize) - 1, length as isize);
        padded.clear();
        padded.resize(whole.min(0).unsigned_abs().min(length), 0.0);
        padded.extend_from_slice(&band[whole.max(0).unsigned_abs().min(length)..]);
        padded.resize(length + 1, 0.0);
        let neighbours = padded[..length].iter().zip(&padded[1..]);
        for (value, (&here, &next)) in shifted[index * length..].iter_mut().zip(neighbours) {
            *value = ((here * (1.0 - part) + next * part) * FULL + 0.5) as u16;
        }
    }
    let scale = 1.0 / (kept as f32 * FULL);
    sums_of_weakest(&shifted, length, kept).into_iter().map(|sum| sum as f32 * scale).collect()
}

/// Full contrast in whole numbers.
const FULL: f32 = 65535.0;

/// Adds a row to sums; up to 257 rows.
#[multiversion(targets("x86_64+avx512bw+avx512vl", "x86_64+avx2", "x86_64+sse4.1"))]
fn add_row(row: &[u8], sums: &mut [u16]) {
    for (sum, &value) in sums.iter_mut().zip(row) {
        *sum = sum.wrapping_add(u16::from(value));
    }
}

/// Sum of the fourth powers, in lanes of a fixed number so that every machine adds in the same order.
#[multiversion(targets("x86_64+avx512bw+avx512vl", "x86_64+avx2", "x86_64+sse4.1"))]
fn fourth_powers(values: &[u16]) -> f64 {
    const LANES: usize = 16;
    let mut sums = [0f32; LANES];
    let (groups, rest) = values.as_chunks::<LANES>();
    let last: [u16; LANES] = std::array::from_fn(|lane| rest.get(lane).copied().unwrap_or(0));
    for group in groups.iter().chain([&last]) {
        for (sum, &value) in sums.iter_mut().zip(group) {
            let square = f32::from(value) * f32::from(value);
            *sum += square * square;
        }
    }
    sums.iter().map(|&sum| f64::from(sum)).sum()
}

/// Local maxima with their centroid above half height.
fn peaks(summed: &[f32], origin: f64) -> Vec<Peak> {
    /// Weaker maxima are grain.
    const GRAIN: f32 = 0.012;
    let mut found = Vec::new();
    let mut i = 0;
    while i < summed.len() {
        let value = summed[i];
        let before = if i > 0 { summed[i - 1] } else { 0.0 };
        let mut end = i;
        while end + 1 < summed.len() && summed[end + 1] == value {
            end += 1;
        }
        let after = summed.get(end + 1).copied().unwrap_or(0.0);
        if value > GRAIN && value > before && value > after {
            let half = value * 0.5;
            let (mut left, mut right) = (i, end);
            while left > 0 && summed[left - 1] > half && summed[left - 1] <= value {
                left -= 1;
            }
            while right + 1 < summed.len() && summed[right + 1] > half && summed[right + 1] <= value {
                right += 1;
            }
            let (mut weight, mut moment) = (0.0, 0.0);
            for (offset, &sample) in summed[left..=right].iter().enumerate() {
                let excess = f64::from(sample - half);
                weight += excess;
                moment += excess * offset as f64;
            }
            let centre = if weight > 0.0 { left as f64 + moment / weight } else { (i + end) as f64 / 2.0 };
            let area: f32 = summed[left..=right].iter().sum();
            found.push(Peak { px: origin + centre, strength: value.min(1.0), width: (area / value).max(1.0) });
        }
        i = end + 1;
    }
    suppress_shoulders(found)
}

/// Of peaks closer than a pixel and a half the strongest stays: the rest are its grain.
fn suppress_shoulders(peaks: Vec<Peak>) -> Vec<Peak> {
    let mut kept: Vec<Peak> = Vec::with_capacity(peaks.len());
    for peak in peaks {
        match kept.last_mut() {
            Some(last) if peak.px - last.px < 1.5 => {
                if peak.strength > last.strength {
                    *last = peak;
                }
            }
            _ => kept.push(peak),
        }
    }
    kept
}

//! Seams between frames that touch: on some films the end of one sweep is the start of the next.

use super::captions::{Demand, text_lines};
use crate::kernel::projection::{sum_per_column, sum_per_row};
use crate::model::{Calibration, PixelBox};
use image::GrayImage;
use image::imageops::crop_imm;

/// Cuts a stretch of film that is longer than a panel into as many panels as it has captions, each cut on the
/// clearest line near its even share. A stretch whose captions do not agree with its length is left whole.
pub(super) fn split(
    film: &GrayImage,
    (start, end): (i32, i32),
    panel_height: i32,
    calibration: &Calibration,
) -> Vec<(i32, i32)> {
    let whole = vec![(start, end)];
    let height = film.height() as i32;
    let stretch = crop_imm(film, start.max(0) as u32, 0, (end - start).max(0) as u32, height as u32).to_image();
    let Some(panel) = middle_band(&stretch, panel_height) else { return whole };
    let lines = text_lines(&stretch, panel, calibration, Demand::Remnant);
    let length = end - start;
    let Some(pitch) = mean_pitch(&lines) else { return whole };
    // Captions are printed by a clock and wander along the frame, so that they give the number of frames only.
    let frames = (f64::from(length) / pitch).round() as i32;
    let [narrow, wide] = calibration.film.panel_aspect.map(|aspect| aspect * f64::from(panel_height));
    let each = f64::from(length) / f64::from(frames.max(1));
    if frames < 2 || each < 0.9 * narrow || each > 1.1 * wide || (each - pitch).abs() > 0.2 * pitch {
        return whole;
    }
    let contrast = line_contrast(&stretch, panel);
    let mut cuts = vec![0];
    for index in 1..frames {
        let last = cuts[cuts.len() - 1];
        let even = (length - last) / (frames - index + 1);
        cuts.push(strongest(&contrast, last + even, (even / 60).max(1)));
    }
    cuts.push(length);
    cuts.windows(2).map(|pair| (start + pair[0], start + pair[1])).collect()
}

/// The mean distance of lines of text that stand about evenly, with some of them lost.
fn mean_pitch(lines: &[(i32, i32)]) -> Option<f64> {
    let starts: Vec<i32> = lines.iter().map(|line| line.0).collect();
    let mut pitches: Vec<i32> = starts.windows(2).map(|pair| pair[1] - pair[0]).collect();
    pitches.sort_unstable();
    let usual = f64::from(*pitches.get(pitches.len() / 2)?);
    let steps: Vec<f64> = pitches.iter().map(|&pitch| f64::from(pitch) / usual).collect();
    let even = steps.iter().filter(|step| (*step - step.round().max(1.0)).abs() < 0.3).count();
    (usual > 0.0 && even * 4 >= steps.len() * 3).then(|| {
        let apart = f64::from(starts[starts.len() - 1] - starts[0]);
        apart / steps.iter().map(|step| step.round().max(1.0)).sum::<f64>()
    })
}

/// A box of the panels' height in the middle of the light rows of a stretch.
fn middle_band(stretch: &GrayImage, panel_height: i32) -> Option<PixelBox> {
    let (width, height) = (stretch.width() as i32, stretch.height() as i32);
    let sums = sum_per_row(stretch, PixelBox::new(0, 0, width, height));
    let tall = panel_height.clamp(1, height);
    let mut window: u64 = sums.get(..tall as usize)?.iter().map(|&sum| u64::from(sum)).sum();
    let mut best = (window, 0);
    for top in 1..=(height - tall) {
        window += u64::from(sums[(top + tall - 1) as usize]);
        window -= u64::from(sums[(top - 1) as usize]);
        if window > best.0 {
            best = (window, top);
        }
    }
    Some(PixelBox::new(0, best.1, width, tall))
}

/// How much each column differs from those a little to its left and right.
fn line_contrast(stretch: &GrayImage, panel: PixelBox) -> Vec<u32> {
    let sums = sum_per_column(stretch, panel);
    let last = sums.len().saturating_sub(1);
    (0..sums.len())
        .map(|x| 2 * sums[x])
        .enumerate()
        .map(|(x, twice)| twice.abs_diff(sums[x.saturating_sub(3)] + sums[(x + 3).min(last)]))
        .collect()
}

/// The column of largest contrast within `reach` of a place, the place itself if it lies outside.
fn strongest(contrast: &[u32], place: i32, reach: i32) -> i32 {
    let from = (place - reach).clamp(0, contrast.len() as i32);
    let to = (place + reach + 1).clamp(from, contrast.len() as i32);
    (from..to).max_by_key(|&x| (contrast[x as usize], -(x - place).abs())).unwrap_or(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pitch_is_the_mean_of_lines_with_some_lost() {
        let at = |starts: &[i32]| mean_pitch(&starts.iter().map(|&x| (x, x + 40)).collect::<Vec<_>>());
        assert_eq!(at(&[]), None);
        assert_eq!(at(&[7]), None);
        assert_eq!(at(&[10, 110]), Some(100.0));
        // They wander, and the third is lost.
        assert_eq!(at(&[10, 130, 310, 410, 510]), Some(100.0));
        assert_eq!(at(&[0, 50, 500, 540, 900]), None);
    }
}

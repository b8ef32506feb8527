//! A caption that is written into the panel of a bare raster is not echo.

use super::Ink;
use crate::model::Calibration;

/// Clears the text line inside the caption's usual place, where a bare raster has one: the strip of one digit's height
/// with the most ink.
pub(super) fn remove(ink: &mut Ink, calibration: &Calibration) {
    if !calibration.film.bare_panel {
        return;
    }
    let (w, h) = (ink.width as f64, ink.height as f64);
    for layout in &calibration.captions {
        let [left, top, right, bottom] = layout.region;
        let columns = (left * w).max(0.0) as usize..((right * w).max(0.0) as usize).min(ink.width);
        let lines = (top * h).max(0.0) as usize..((bottom * h).max(0.0) as usize).min(ink.height);
        let strip = ((layout.digit_height[1] * h).ceil() as usize).max(2);
        if columns.is_empty() || lines.len() <= strip {
            continue;
        }
        let sums: Vec<u64> = lines
            .clone()
            .map(|y| ink.values[y * ink.width..][columns.clone()].iter().map(|&value| u64::from(value)).sum())
            .collect();
        let best = (0..=sums.len() - strip)
            .max_by_key(|&start| (sums[start..start + strip].iter().sum::<u64>(), std::cmp::Reverse(start)));
        if let Some(start) = best {
            for y in lines.start + start..lines.start + start + strip {
                ink.values[y * ink.width..][columns.clone()].fill(0);
            }
        }
    }
}

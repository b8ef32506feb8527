//! Axes that differ from those of the neighbouring frames: markers taken for others, a wrong height scale.

use super::{Sounding, median};
use crate::model::{Grid, GridOrigin, PixelBox};
use crate::quality::SeriesConfig;

/// What the edges of the panel stand for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Axes {
    /// Columns of the left and right edge, frame pixels.
    pub x: [f64; 2],
    /// Rows of the top and bottom edge, frame pixels.
    pub y: [f64; 2],
    /// Frequencies at the left and right edge, MHz.
    pub mhz: [f64; 2],
    /// Heights at the top and bottom edge, km.
    pub km: [f64; 2],
    /// Change of frequency from one column to the next at the left and right edge, MHz.
    pub mhz_per_px: [f64; 2],
    /// Change of height from one row to the next at the top and bottom edge, km.
    pub km_per_px: [f64; 2],
}

impl Axes {
    /// The axes of a frame over its panel; `None` unless both were measured on the frame itself.
    pub fn of(grid: &Grid, panel: PixelBox) -> Option<Self> {
        let (sweep, range) = (grid.sweep.as_ref()?, grid.range.as_ref()?);
        let x = [f64::from(panel.x), f64::from(panel.right())];
        let y = [f64::from(panel.y), f64::from(panel.bottom())];
        let (column, row) = (0.5 * (x[0] + x[1]), 0.5 * (y[0] + y[1]));
        // Just inside the panel: beyond its markers a curve may end.
        let (step_x, step_y) = (0.05 * (x[1] - x[0]), 0.05 * (y[1] - y[0]));
        let mhz_per_px = [(x[0], step_x), (x[1], -step_x)]
            .map(|(x, step)| (sweep.mhz_at(x + step, row) - sweep.mhz_at(x, row)) / step);
        let km_per_px = [(y[0], step_y), (y[1], -step_y)]
            .map(|(y, step)| (range.km_at(column, y + step) - range.km_at(column, y)) / step);
        (grid.origin == GridOrigin::Own).then(|| Self {
            x,
            y,
            mhz: x.map(|x| sweep.mhz_at(x, row)),
            km: y.map(|y| range.km_at(column, y)),
            mhz_per_px,
            km_per_px,
        })
    }

    fn frequency(&self) -> [End; 2] {
        let end = |k: usize| {
            let mhz = self.mhz[k].max(1e-3);
            End { px: self.x[k], value: mhz.ln(), per_px: self.mhz_per_px[k] / mhz }
        };
        [end(0), end(1)]
    }

    fn height(&self) -> [End; 2] {
        let end = |k: usize| End { px: self.y[k], value: self.km[k], per_px: self.km_per_px[k] };
        [end(0), end(1)]
    }
}

/// One end of an axis: a place in frame pixels, what it stands for, and how that changes from pixel to pixel.
struct End {
    px: f64,
    value: f64,
    per_px: f64,
}

/// Frames whose axes are not those of their neighbours on the film.
pub(super) fn drifting(frames: &[Sounding], config: &SeriesConfig) -> Vec<usize> {
    let measured: Vec<(usize, Axes)> =
        frames.iter().enumerate().filter_map(|(k, frame)| Some((k, frame.axes?))).collect();
    let differs = |place: usize| {
        let first = place.saturating_sub(config.drift_frames);
        let last = (place + config.drift_frames + 1).min(measured.len());
        let others: Vec<Axes> = (first..last).filter(|&other| other != place).map(|other| measured[other].1).collect();
        let own = measured[place].1;
        let frequency = config.drift_frequency_share;
        let height = config.drift_height_share * (own.km[0] - own.km[1]).abs();
        others.len() >= 4
            && (has_moved(&own, &others, Axes::frequency, [4.0 * frequency, frequency])
                || has_moved(&own, &others, Axes::height, [height, height]))
    };
    (0..measured.len()).filter(|&place| differs(place)).map(|place| measured[place].0).collect()
}

/// An axis does not stand for what it stands for in the other frames, whichever of three things is held still: the picture,
/// or the panel by one of its two edges. Pictures are cut and panels found with some play, which moves one of these.
fn has_moved(own: &Axes, others: &[Axes], axis: fn(&Axes) -> [End; 2], allowed: [f64; 2]) -> bool {
    let ends = axis(own);
    let usual =
        |k: usize, of: fn(&End) -> f64| middle_and_scatter(others.iter().map(|one| of(&axis(one)[k])).collect());
    let px = [0, 1].map(|k| usual(k, |end| end.px).0);
    let value = [0, 1].map(|k| usual(k, |end| end.value));
    let fits = |shift: f64| {
        (0..2).all(|k| {
            let there = ends[k].value + ends[k].per_px * (px[k] + shift - ends[k].px);
            let (middle, scatter) = value[k];
            (there - middle).abs() <= allowed[k].max(5.0 * scatter)
        })
    };
    ![0.0, ends[0].px - px[0], ends[1].px - px[1]].into_iter().any(fits)
}

/// Median, and median distance from it as one sigma.
fn middle_and_scatter(values: Vec<f64>) -> (f64, f64) {
    let middle = median(values.clone());
    (middle, 1.4826 * median(values.into_iter().map(|value| (value - middle).abs()).collect()))
}

//! Frames on film whose panels have no surround: told by the height ticks that stand at both edges of each.

use crate::kernel::histogram::Histogram;
use crate::kernel::projection::rows;
use crate::model::{Calibration, MarkerStyle, PixelBox};
use image::GrayImage;
use std::cmp::Reverse;

/// What speaks for a frame: matching ticks at both edges less its stray from the usual width; that stray, first column,
/// width.
type Candidate = (Reverse<i32>, i32, i32, i32);

/// First and one past the last column of each frame on a film with dark echoes, from left to right; `None` if the
/// format has a surround or no height ticks.
pub(super) fn frames(film: &GrayImage, calibration: &Calibration) -> Option<Vec<(i32, i32)>> {
    if !calibration.film.bare_panel || calibration.height.style != MarkerStyle::Tick {
        return None;
    }
    let height = f64::from(film.height());
    let [narrow, wide] = calibration.film.panel_aspect;
    let aspect = calibration.film.size_px.map_or(0.5 * (narrow + wide), |[w, h]| f64::from(w) / f64::from(h.max(1)));
    let usual = (aspect * height).round() as i32;
    let reach = usual / 64;
    // Some ticks may be lost, and specks may look like one.
    let ticks =
        [0.5 / calibration.height.spacing_share[1].max(1e-3), 2.0 / calibration.height.spacing_share[0].max(1e-3)];
    let limits = ticks.map(|count| count.ceil().min(height) as u32);
    let dashes = Dashes::of(film, (usual / 144).max(2) as usize);
    let mut candidates: Vec<Candidate> = (usual - reach..=usual + reach)
        .flat_map(|width| {
            let stray = (width - usual).abs();
            // A speck more does not speak for an odd width.
            let cost = 256 * stray / usual.max(1);
            dashes
                .matching(width.max(1) as usize)
                .into_iter()
                .enumerate()
                .filter(|(_, count)| *count >= limits[0].max(3) && *count <= limits[1])
                .map(move |(x, count)| (Reverse(count as i32 - cost), stray, x as i32, width))
        })
        .collect();
    candidates.sort_unstable();
    let mut found: Vec<(i32, i32)> = Vec::new();
    for (_, _, start, width) in candidates {
        let end = start + width;
        // Neighbours may share a few columns at most.
        if found.iter().all(|&(other, other_end)| end.min(other_end) - start.max(other) <= usual / 32) {
            found.push((start, end));
        }
    }
    found.sort_unstable();
    Some(found)
}

/// Where dark dashes of a certain length begin.
struct Dashes {
    length: usize,
    /// One entry for each row: 1 where a dash begins.
    rows: Vec<Vec<u8>>,
}

impl Dashes {
    fn of(film: &GrayImage, length: usize) -> Self {
        let whole = PixelBox::new(0, 0, film.width() as i32, film.height() as i32);
        let histogram = Histogram::of(film, whole);
        let (dark, ground) = (f32::from(histogram.quantile(0.001)), f32::from(histogram.quantile(0.5)));
        // A tick thinner than the overview's pixels is grey.
        let threshold = (ground - 0.35 * (ground - dark)) as u8;
        let begins =
            |row: &[u8]| row.windows(length).map(|part| u8::from(part.iter().all(|&v| v < threshold))).collect();
        Self { length, rows: rows(film, whole).map(begins).collect() }
    }

    /// For each column the number of ticks that begin there and have their like at the other edge of a frame of that
    /// `width`; 0 where what matches is no row of ticks but a line down the film.
    fn matching(&self, width: usize) -> Vec<u32> {
        let apart = width.saturating_sub(self.length);
        let columns = self.rows.first().map_or(0, |row| row.len().saturating_sub(apart));
        let (mut ticks, mut dark, mut above) = (vec![0u32; columns], vec![0u32; columns], vec![0u8; columns]);
        for row in &self.rows {
            let there = row.get(apart..).unwrap_or_default();
            for (x, (&left, &right)) in row.iter().zip(there).enumerate() {
                let both = left & right;
                dark[x] += u32::from(both);
                ticks[x] += u32::from(both & (1 - above[x]));
                above[x] = both;
            }
        }
        let thick = (self.rows.len() as u32 / 80).max(2);
        ticks.iter().zip(&dark).map(|(&ticks, &dark)| if dark <= thick * ticks { ticks } else { 0 }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::shipped_calibration;

    #[test]
    fn frames_stand_between_their_ticks() {
        let calibration = shipped_calibration("ips42").unwrap();
        let starts = [40u32, 350, 655, 943];
        let film = GrayImage::from_fn(1300, 256, |x, y| {
            let tick =
                starts.iter().any(|&start| (x >= start && x < start + 3) || (x >= start + 285 && x < start + 288));
            let line = x % 117 == 50;
            image::Luma([if (tick && y % 32 == 20) || line { 0 } else { 255 }])
        });
        let found = frames(&film, &calibration).unwrap();
        assert_eq!(found.len(), starts.len(), "{found:?}");
        for (&start, (from, to)) in starts.iter().zip(found) {
            // The ticks of the last two, which touch, run into each other.
            assert!((from - start as i32).abs() <= 1 && to - from == 288, "{start}: {from} {to}");
        }
        assert_eq!(frames(&GrayImage::new(0, 0), &calibration), Some(Vec::new()));
        assert_eq!(frames(&film, &shipped_calibration("c4").unwrap()), None);
    }
}

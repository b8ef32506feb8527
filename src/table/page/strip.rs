//! A line of print as a strip of fixed height, which the network reads from left to right.

/// Rows of a strip.
pub const ROWS: usize = 20;
/// Rows that the height of capitals takes; the columns of a strip have the same scale.
pub const CAPITAL_ROWS: f32 = 14.0;
/// Columns that the network looks at from one place.
pub const WINDOW: usize = 24;
/// Columns from one place to the next.
pub const STRIDE: usize = 2;
/// Steps of the scan, in pixels, from which on a value of the strip is the mean of more than one sample.
const COARSE: f32 = 1.3;

/// A resampled stretch of a line: ink from 0 to 1, column by column, with half a window of blank columns before and behind.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Strip {
    values: Vec<f32>,
    places: usize,
}

impl Strip {
    /// Samples `width` pixels of a line from `left` on. `ink` gives the ink at (x, y); `middle` the middle of the capitals at x;
    /// `height` is theirs. All in pixels.
    pub fn sample(
        ink: impl Fn(f32, f32) -> f32,
        (left, width): (f32, f32),
        middle: impl Fn(f32) -> f32,
        height: f32,
    ) -> Self {
        let step = height / CAPITAL_ROWS;
        let columns = (width / step).ceil().max(0.0) as usize;
        let fine = (step / COARSE).ceil().max(1.0) as usize;
        let part = step / fine as f32;
        let mut values = vec![0.0f32; (columns + WINDOW) * ROWS];
        let inside = values.chunks_exact_mut(ROWS).skip(WINDOW / 2).take(columns);
        for (column, out) in inside.enumerate() {
            let x = left + column as f32 * step;
            let top = middle(x) - 0.5 * (ROWS - 1) as f32 * step;
            for (row, value) in out.iter_mut().enumerate() {
                let y = top + row as f32 * step;
                let mut sum = 0.0;
                for index in 0..fine * fine {
                    let off = |at: usize| (at as f32 - 0.5 * (fine - 1) as f32) * part;
                    sum += ink(x + off(index % fine), y + off(index / fine));
                }
                *value = sum / (fine * fine) as f32;
            }
        }
        Self { values, places: columns / STRIDE + 1 }
    }

    /// Number of places that the network reads.
    pub fn places(&self) -> usize {
        self.places
    }

    /// What the network sees from a place: `WINDOW` columns.
    pub fn window(&self, place: usize) -> &[f32] {
        let from = place * STRIDE * ROWS;
        self.values.get(from..from + WINDOW * ROWS).unwrap_or_default()
    }

    /// `width` columns around one of them.
    pub fn around(&self, column: usize, width: usize) -> Option<&[f32]> {
        let from = (column + WINDOW / 2).checked_sub(width / 2)? * ROWS;
        self.values.get(from..from + width * ROWS)
    }

    /// Most ink of the columns around a place that a character with its middle there would cover.
    pub fn darkest(&self, place: usize) -> f32 {
        const NEAR: usize = 3;
        let middle = place * STRIDE + WINDOW / 2;
        let from = (middle - NEAR) * ROWS;
        let near = self.values.get(from..(from + 2 * NEAR * ROWS).min(self.values.len())).unwrap_or_default();
        near.iter().copied().fold(0.0, f32::max)
    }
}

/// Distance of a place from the left end of its strip, in heights of capitals.
pub fn distance(place: usize) -> f32 {
    ((place * STRIDE) as f32 - 0.5) / CAPITAL_ROWS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_centred_on_its_place() {
        // A stroke one strip column wide at x = 100, capitals of 28 pixels.
        let ink = |x: f32, _: f32| f32::from(u8::from((x - 100.0).abs() < 1.01));
        let strip = Strip::sample(ink, (40.0, 200.0), |_| 50.0, 28.0);
        let place = (0..strip.places()).find(|&place| (40.0 + 28.0 * distance(place) - 100.0).abs() <= 2.0).unwrap();
        let columns: Vec<f32> = strip.window(place).chunks_exact(ROWS).map(|column| column.iter().sum()).collect();
        let dark = columns.iter().position(|&sum| sum > 5.0).unwrap();
        assert!(dark.abs_diff(WINDOW / 2) <= 1, "{columns:?}");
        assert!(strip.darkest(place) > 0.9 && strip.darkest(0) == 0.0);
        let near = strip.around((100.0 - 40.0) as usize / 2, 6).unwrap();
        let sums: Vec<f32> = near.chunks_exact(ROWS).map(|column| column.iter().sum()).collect();
        assert!(sums[2] + sums[3] > 5.0 && sums[0] + sums[5] < 0.1, "{sums:?}");
        assert!(strip.around(100_000, 6).is_none());
        assert_eq!(strip.window(strip.places() - 1).len(), WINDOW * ROWS);
    }
}

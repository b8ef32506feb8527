//! A picture of light values to draw on with sub-pixel accuracy.

/// Light values, 0 black to 1 white, row by row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Canvas {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) light: Vec<f32>,
}

impl Canvas {
    /// An even picture.
    pub(super) fn new(width: usize, height: usize, light: f32) -> Self {
        Self { width, height, light: vec![light; width * height] }
    }

    /// Draws towards a light value where `coverage` (0 to 1) tells how much of the pixel is covered.
    pub(super) fn blend(&mut self, x: i64, y: i64, target: f32, coverage: f32) {
        if x >= 0 && y >= 0 && (x as usize) < self.width && (y as usize) < self.height {
            let pixel = &mut self.light[y as usize * self.width + x as usize];
            *pixel += (target - *pixel) * coverage.clamp(0.0, 1.0);
        }
    }

    /// A rectangle with soft edges; limits in pixel coordinates, a pixel reaching half a pixel around its centre.
    pub(super) fn rectangle(&mut self, [left, top, right, bottom]: [f64; 4], target: f32, strength: f32) {
        for y in top.round() as i64..=bottom.round() as i64 {
            let cover_y = overlap(top, bottom, y as f64);
            for x in left.round() as i64..=right.round() as i64 {
                let coverage = cover_y * overlap(left, right, x as f64);
                self.blend(x, y, target, coverage as f32 * strength);
            }
        }
    }

    /// A straight stroke with round ends.
    pub(super) fn stroke(&mut self, from: (f64, f64), to: (f64, f64), width: f64, target: f32, strength: f32) {
        let reach = 0.5 * width + 1.0;
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length2 = (dx * dx + dy * dy).max(1e-9);
        for y in (from.1.min(to.1) - reach).floor() as i64..=(from.1.max(to.1) + reach).ceil() as i64 {
            for x in (from.0.min(to.0) - reach).floor() as i64..=(from.0.max(to.0) + reach).ceil() as i64 {
                let (px, py) = (x as f64 - from.0, y as f64 - from.1);
                let along = ((px * dx + py * dy) / length2).clamp(0.0, 1.0);
                let distance = (px - along * dx).hypot(py - along * dy);
                let coverage = (0.5 * width + 0.5 - distance).clamp(0.0, 1.0);
                if coverage > 0.0 {
                    self.blend(x, y, target, coverage as f32 * strength);
                }
            }
        }
    }

    /// Blurs with a Gaussian of `sigma` pixels.
    pub(super) fn blur(&mut self, sigma: f64) {
        let reach = (3.0 * sigma).ceil() as usize;
        if reach == 0 || sigma < 0.05 {
            return;
        }
        let raw: Vec<f64> = (0..=reach).map(|i| (-0.5 * (i as f64 / sigma).powi(2)).exp()).collect();
        let sum = raw[0] + 2.0 * raw[1..].iter().sum::<f64>();
        let kernel: Vec<f32> = raw.iter().map(|weight| (weight / sum) as f32).collect();
        // Across: each row with its ends repeated.
        let mut wide = vec![0.0; self.width + 2 * reach];
        for row in self.light.chunks_mut(self.width) {
            wide[..reach].fill(row[0]);
            wide[reach..reach + row.len()].copy_from_slice(row);
            wide[reach + row.len()..].fill(row[row.len() - 1]);
            row.iter_mut().zip(&wide[reach..]).for_each(|(pixel, light)| *pixel = kernel[0] * light);
            for (offset, weight) in kernel.iter().enumerate().skip(1) {
                let (before, after) = (&wide[reach - offset..], &wide[reach + offset..]);
                for ((pixel, before), after) in row.iter_mut().zip(before).zip(after) {
                    *pixel += weight * (before + after);
                }
            }
        }
        // Down: whole rows at a time.
        let source = self.light.clone();
        let row = |y: usize| &source[y * self.width..(y + 1) * self.width];
        for (y, out) in self.light.chunks_mut(self.width).enumerate() {
            out.iter_mut().for_each(|pixel| *pixel *= kernel[0]);
            for (offset, weight) in kernel.iter().enumerate().skip(1) {
                let (above, below) = (row(y.saturating_sub(offset)), row((y + offset).min(self.height - 1)));
                for ((pixel, above), below) in out.iter_mut().zip(above).zip(below) {
                    *pixel += weight * (above + below);
                }
            }
        }
    }
}

/// How much of the pixel around `at` the interval covers.
fn overlap(low: f64, high: f64, at: f64) -> f64 {
    (high.min(at + 0.5) - low.max(at - 0.5)).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Whole pixels shift the centre of a soft line by at most a twentieth.
    #[test]
    fn a_soft_line_has_its_centre_where_it_was_drawn() {
        let mut canvas = Canvas::new(40, 10, 1.0);
        canvas.rectangle([20.3 - 1.1, -1.0, 20.3 + 1.1, 20.0], 0.0, 1.0);
        canvas.blur(1.0);
        let row = &canvas.light[5 * 40..6 * 40];
        let ink: f32 = row.iter().map(|light| 1.0 - light).sum();
        let centre: f32 = row.iter().enumerate().map(|(x, light)| x as f32 * (1.0 - light)).sum::<f32>() / ink;
        assert!((centre - 20.3).abs() < 0.05 && (ink - 2.2).abs() < 0.02, "{centre} {ink}");
    }
}

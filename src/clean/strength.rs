//! How strong what is left counts as: gain of a faint picture, and the noise.

use super::{CleanConfig, Ink};
use crate::kernel::blend::{WHOLE, gain};
use crate::kernel::histogram::Histogram;

/// Every such row is counted: the strongest and the quietest pixels are spread over the panel.
const EVERY: usize = 4;

/// Brings a faint picture's strongest echoes to full strength. Returns the noise level.
pub(super) fn settle(ink: &mut Ink, config: &CleanConfig) -> f32 {
    let rows = ink.values.chunks_exact(ink.width.max(1)).step_by(EVERY);
    let histogram = Histogram::of_rows(rows);
    let strongest = histogram.quantile(1.0 - f64::from(config.strongest_share)).max(1);
    let factor = (220.0 / f32::from(strongest)).clamp(1.0, config.most_gain.max(1.0));
    let factor = (factor * f32::from(WHOLE)) as u16;
    if factor > WHOLE {
        gain(&mut ink.values, factor);
    }
    noise(&histogram) * f32::from(factor) / f32::from(WHOLE)
}

/// Median absolute deviation x 1.4826, with the mean x 1.2533 where more than half of the panel is empty, as it should
/// be.
fn noise(histogram: &Histogram) -> f32 {
    if histogram.total() == 0 {
        return 0.0;
    }
    let median = histogram.quantile(0.5);
    let half = histogram.total() / 2;
    let counts = histogram.counts();
    let mut inside = u64::from(counts[usize::from(median)]);
    let mut deviation = 0u8;
    while inside <= half && deviation < 255 {
        deviation += 1;
        let sides = [median.checked_sub(deviation), median.checked_add(deviation)];
        inside += sides.into_iter().flatten().map(|value| u64::from(counts[usize::from(value)])).sum::<u64>();
    }
    if deviation > 0 { 1.4826 * f32::from(deviation) } else { 1.2533 * histogram.mean() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faint_film_is_raised_and_full_film_left() {
        for (top, expected) in [(60u8, 220), (20, 80), (250, 250)] {
            let values = (0..4000).map(|i| if i % 100 == 0 { top } else { 0 }).collect();
            let mut ink = Ink { width: 40, height: 100, values };
            settle(&mut ink, &CleanConfig::default());
            assert!(ink.values[0].abs_diff(expected) <= 1, "{top}: {}", ink.values[0]);
        }
    }

    #[test]
    fn noise_is_the_median_deviation() {
        let rows: Vec<u8> = (0..100u8).map(|i| 50 + i % 5).collect();
        let histogram = Histogram::of_rows(std::iter::once(rows.as_slice()));
        assert_eq!(noise(&histogram), 1.4826);
        assert_eq!(noise(&Histogram::default()), 0.0);
    }
}

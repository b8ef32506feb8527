//! The last steps: uneven light, film and scanner, gradation, number of levels.

use super::super::canvas::Canvas;
use super::super::geometry::Axes;
use super::super::random::Random;
use super::super::wear::{Film, Wear, expose};
use super::style::Style;

/// Makes the picture of what was drawn, dark on light.
pub(super) fn develop(style: &Style, mut canvas: Canvas, axes: &Axes, wear: &Wear, random: &mut Random) -> Film {
    let [across, down] = style.gradient;
    if across != 0.0 || down != 0.0 {
        let (width, height) = (canvas.width as f32, canvas.height as f32);
        for (y, row) in canvas.light.chunks_mut(canvas.width).enumerate() {
            let middle = 0.9 + down * (y as f32 / height - 0.5);
            for (x, light) in row.iter_mut().enumerate() {
                *light *= (middle + across * (x as f32 / width - 0.5)).clamp(0.3, 1.0);
            }
        }
    }
    if style.on_screen {
        canvas.blur(style.blur_px);
        let tone = tones(style);
        let (width, height) = (canvas.width as u32, canvas.height as u32);
        let pixels = canvas.light.iter().map(|light| tone[(light.clamp(0.0, 1.0) * 4095.0) as usize]).collect();
        return Film::from_raw(width, height, pixels).unwrap_or_default();
    }
    // Wear counts blur in thousandths of the height.
    let wear = Wear { blur: 1000.0 * style.blur_px / canvas.height as f64, ..*wear };
    let mut picture = expose(canvas, &axes.placement, &wear, random);
    let tone = tones(style);
    picture.iter_mut().for_each(|pixel| *pixel = tone[usize::from(*pixel >> 4)]);
    picture
}

/// Pixel values of 4096 lights.
fn tones(style: &Style) -> Vec<u16> {
    (0..4096)
        .map(|i| {
            let light = (i as f32 / 4095.0).powf(style.gamma);
            let light = match style.levels {
                0 => light,
                levels => (light * (levels - 1) as f32).round() / (levels - 1) as f32,
            };
            (light * 65_535.0) as u16
        })
        .collect()
}

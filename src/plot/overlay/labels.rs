//! What the labeller says, as a tint over the echogram: hue for the component, depth for the probability.

use super::view::View;
use super::{Layout, Stages, mode_colour};
use crate::label::Class;
use crate::label::raster::{COLUMNS, ROWS, km_of, mhz_of};
use crate::model::Mode;
use crate::plot::Colour;
use image::{Rgb, RgbImage};

/// Probability, as a level, from which a cell is tinted.
const SHOWN: u8 = 77;
/// Deepest tint.
const DEPTH: f64 = 0.5;

/// Tints the cells of the raster where an echo is likely.
pub(super) fn tint(page: &mut RgbImage, stages: &Stages<'_>, view: &View, layout: &Layout) {
    let grid = &stages.metadata.grid;
    let (Some(labels), Some(sweep), Some(range)) = (stages.labels, &grid.sweep, &grid.range) else { return };
    let maps = Class::ALL.map(|class| (class, labels.map(class)));
    let region = stages.region();
    let at = |mhz: f64, km: f64| {
        let y = range.y_at(km, sweep.x_at(mhz, sweep.reference_y));
        let x = sweep.x_at(mhz, y);
        let left = layout.gutter + view.column(stages, x + 0.5);
        (left, layout.echo_top + (y + 0.5 - f64::from(region.y)) * view.zoom)
    };
    let foot = layout.echo_top + f64::from(region.h) * view.zoom;
    for cell in (0..ROWS * COLUMNS).filter(|&cell| labels.raster.valid[cell] == 1) {
        let best = maps.iter().map(|(class, map)| (*class, map[cell])).max_by_key(|(_, level)| *level);
        let Some((class, level)) = best.filter(|(_, level)| *level >= SHOWN) else { continue };
        let (row, column) = ((cell / COLUMNS) as f64, (cell % COLUMNS) as f64);
        let (left, top) = at(mhz_of(column - 0.5), km_of(row - 0.5));
        let (right, bottom) = at(mhz_of(column + 0.5), km_of(row + 0.5));
        let (top, bottom) = (top.min(bottom).max(layout.echo_top), top.max(bottom).min(foot));
        let depth = DEPTH * f64::from(level) / 255.0;
        let colour = colour(class);
        for y in top.round() as i64..bottom.round() as i64 {
            for x in left.min(right).round() as i64..left.max(right).round() as i64 {
                if let Some(pixel) =
                    u32::try_from(x).ok().zip(u32::try_from(y).ok()).and_then(|(x, y)| page.get_pixel_mut_checked(x, y))
                {
                    blend(pixel, colour, depth);
                }
            }
        }
    }
}

fn colour(class: Class) -> Colour {
    match class {
        Class::EO | Class::EsO | Class::FO => mode_colour(Mode::O),
        Class::EX | Class::EsX | Class::FX => mode_colour(Mode::X),
        Class::Z => mode_colour(Mode::Z),
        Class::Multiple => Colour::SKY,
    }
}

fn blend(pixel: &mut Rgb<u8>, colour: Colour, depth: f64) {
    for (own, tint) in pixel.0.iter_mut().zip(colour.rgb) {
        *own = (f64::from(*own) * (1.0 - depth) + f64::from(tint) * depth) as u8;
    }
}

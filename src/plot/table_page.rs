//! A scanned page of a table with its grid, the reading of every cell, and the failed checks over it.

use super::{Anchor, Baseline, Colour, Scene, Stroke, Text};
use crate::model::{Flag, PixelBox};
use crate::quality::qc_cell;
use crate::table::Layout;
use crate::table::page::Page;
use image::{DynamicImage, GrayImage, RgbImage};

/// The page with a box for every cell: green where it passes, orange where it is suspect or was inferred, red where it was
/// not read; blue for counts and medians, red where they differ from the values. The reading stands under each cell, and
/// diagnostics at the top.
pub fn table_page(picture: &GrayImage, page: &Page, layout: &Layout) -> RgbImage {
    let mut out = DynamicImage::ImageLuma8(picture.clone()).to_rgb8();
    let mut scene = Scene::new(f64::from(picture.width()), f64::from(picture.height()));
    for monthly_table in &page.parsed.tables {
        for cell in &monthly_table.readings {
            let Some(bbox) = cell.bbox else { continue };
            let (flag, tests) = qc_cell(cell, &layout.quality);
            let colour = match flag {
                Flag::Pass => Colour::GREEN,
                Flag::Missing if tests.is_empty() => Colour::GREEN,
                Flag::Missing | Flag::Fail => Colour::VERMILLION,
                _ => Colour::ORANGE,
            };
            mark(&mut scene, bbox, &cell.text, colour);
        }
        for summary in &monthly_table.summaries {
            let Some(bbox) = summary.bbox else { continue };
            let differs = summary.recomputed.is_some() && summary.recomputed != summary.number;
            let words = match summary.recomputed.filter(|_| differs) {
                Some(recomputed) => format!("{} not {recomputed}", summary.text),
                None => summary.text.clone(),
            };
            mark(&mut scene, bbox, &words, if differs { Colour::VERMILLION } else { Colour::BLUE });
        }
    }
    let size = (f64::from(picture.height()) / 120.0).max(10.0);
    for (line, diagnostic) in page.parsed.diagnostics.iter().take(8).enumerate() {
        let at = (size, size * (1.5 + 1.3 * line as f64));
        scene.text(Text::new(at, &diagnostic.message, size).colour(Colour::VERMILLION).halo(Colour::WHITE));
    }
    scene.draw_on(&mut out, 1.0);
    out
}

fn mark(scene: &mut Scene, bbox: PixelBox, words: &str, colour: Colour) {
    let (from, to) = ((f64::from(bbox.x), f64::from(bbox.y)), (f64::from(bbox.right()), f64::from(bbox.bottom())));
    scene.outline(from, to, Stroke::solid(colour, 1.0));
    let text = Text::new((to.0 - 2.0, to.1), words, (to.1 - from.1) * 0.34);
    scene.text(text.colour(colour).anchored(Anchor::End, Baseline::Foot).halo(Colour::WHITE));
}

//! The caption's characters one by one, in reading order: the film, the digit read, its probability.

use super::view::{View, enlarged, lay};
use super::{Layout, Stages};
use crate::model::{Character, PixelBox};
use crate::plot::{Anchor, Baseline, Colour, Face, Point, Scene, Stroke, Text};
use image::RgbImage;

/// Space that one character takes, in font sizes.
const TILE: f64 = 3.2;
/// Height of a character's film, in font sizes.
const FILM: f64 = 2.6;

/// Height of the row of characters at a font size; 0 without characters.
pub(super) fn height(stages: &Stages<'_>, width: f64, text: f64) -> f64 {
    let count = stages.caption.characters.len();
    if count == 0 { 0.0 } else { count.div_ceil(columns(width, text)) as f64 * text * (FILM + 3.2) }
}

fn columns(width: f64, text: f64) -> usize {
    ((width / (text * TILE)) as usize).max(1)
}

/// Where the film of each character stands and how much it is enlarged.
fn tiles<'a>(stages: &'a Stages<'_>, view: &View, layout: &Layout) -> Vec<(&'a Character, Point, f64)> {
    let text = layout.text;
    let columns = columns(view.width(), text);
    stages
        .caption
        .characters
        .iter()
        .enumerate()
        .map(|(index, character)| {
            let (column, row) = (index % columns, index / columns);
            let left = layout.gutter + column as f64 * text * TILE;
            let top = layout.characters_top + row as f64 * text * (FILM + 3.2);
            let (w, h) = (f64::from(character.bbox.w.max(1)), f64::from(character.bbox.h.max(1)));
            let zoom = (text * FILM / h).min(text * (TILE - 0.6) / w);
            (character, (left, top), zoom)
        })
        .collect()
}

/// Lays the film of the characters on the page.
pub(super) fn paste(page: &mut RgbImage, stages: &Stages<'_>, view: &View, layout: &Layout) {
    for (character, at, zoom) in tiles(stages, view, layout) {
        let PixelBox { w, h, .. } = character.bbox;
        if w > 0 && h > 0 {
            lay(page, &enlarged(&stages.frame.picture, character.bbox, zoom), at, |grey| grey);
        }
    }
}

/// Writes digit and probability below each.
pub(super) fn annotate(scene: &mut Scene, stages: &Stages<'_>, view: &View, layout: &Layout) {
    let text = layout.text;
    for (character, (left, top), zoom) in tiles(stages, view, layout) {
        let (digit, probability) = best(character);
        let colour = match probability {
            p if p >= 0.95 => Colour::GREEN,
            p if p >= 0.6 => Colour::ORANGE,
            _ => Colour::VERMILLION,
        };
        let (w, h) = (f64::from(character.bbox.w) * zoom, f64::from(character.bbox.h) * zoom);
        scene.outline((left, top), (left + w, top + h), Stroke::solid(colour, 1.5));
        let middle = left + w / 2.0;
        let foot = top + text * FILM;
        let mut write = |y: f64, words: String, size: f64| {
            scene.text(
                Text::new((middle, y), words, size)
                    .face(Face::Fixed)
                    .colour(colour)
                    .anchored(Anchor::Middle, Baseline::Foot),
            );
        };
        write(foot + text * 1.25, digit.to_string(), text * 1.35);
        write(foot + text * 2.1, format!("{:.0}%", 100.0 * probability), text * 0.75);
    }
}

/// The most likely digit and its probability.
fn best(character: &Character) -> (usize, f32) {
    let mut best = (0, f32::NEG_INFINITY);
    for (digit, log) in character.log_likelihood.iter().enumerate() {
        if *log > best.1 {
            best = (digit, *log);
        }
    }
    (best.0, best.1.exp())
}

//! One picture of a frame with every stage: the film with what was found on it, the caption's characters, the cleaned
//! echogram with traces and scaled values on calibrated axes, and the figures in words.

mod characters;
mod echo;
mod film;
mod labels;
mod view;
mod words;

use super::{Colour, Scene};
use crate::label::EchoLabels;
use crate::model::{
    Calibration, CaptionEvidence, Characteristic, Echogram, Frame, Grid, Mode, PixelBox, Ridge, Scan, Trace,
};
use crate::quality::QcResult;
use crate::roll::ResolvedMetadata;
use image::{Rgb, RgbImage};
use view::View;

/// What every stage made of one frame.
#[derive(Debug, Clone, Copy)]
pub struct Stages<'a> {
    /// The scan, or the part of a strip in which `frame` has its place.
    pub scan: &'a Scan,
    /// The frame.
    pub frame: &'a Frame,
    /// Caption candidates.
    pub caption: &'a CaptionEvidence,
    /// The frame's own calibration.
    pub grid: &'a Grid,
    /// The cleaned panel; `None` if the frame's class holds no echo to look for.
    pub echogram: Option<&'a Echogram>,
    /// Curves of echo.
    pub ridges: &'a [Ridge],
    /// What the labeller says; `None` for topside film and without axes.
    pub labels: Option<&'a EchoLabels>,
    /// What the roll decided.
    pub metadata: &'a ResolvedMetadata,
    /// Named curves.
    pub traces: &'a [Trace],
    /// Scaled values.
    pub characteristics: &'a [Characteristic],
    /// The judgement.
    pub qc: &'a QcResult,
    /// The instrument.
    pub calibration: &'a Calibration,
}

impl Stages<'_> {
    /// The part of the frame that the echogram shows, in frame pixels.
    fn region(&self) -> PixelBox {
        self.echogram.map_or(self.frame.panel, |echogram| echogram.region)
    }
}

/// Sizes that all parts share, in pixels of the picture.
#[derive(Debug, Clone, Copy)]
struct Layout {
    /// Font size.
    text: f64,
    /// Width of the column left of the pictures, for heights.
    gutter: f64,
    /// Top of the film.
    film_top: f64,
    /// Top of the row of characters.
    characters_top: f64,
    /// Top of the echogram.
    echo_top: f64,
}

/// Draws all stages of a frame.
pub fn overlay(stages: &Stages<'_>) -> RgbImage {
    let view = View::of(stages);
    let text = (view.width() / 95.0).clamp(13.0, 19.0);
    let gutter = text * 4.2;
    let film_top = text * 4.0;
    let characters_top = film_top + view.height() + text * 1.2;
    let tiles = characters::height(stages, view.width(), text);
    let labels = echo::label_rows(stages, &view, text);
    let echo_top = characters_top + tiles + text * (2.2 + 1.35 * labels as f64);
    let words_left = gutter + view.width() + text * 4.5;
    let layout = Layout { text, gutter, film_top, characters_top, echo_top };

    let page = words::page(stages, text);
    let echo_height = f64::from(stages.region().h) * view.zoom;
    let width = words_left + page.width + text;
    let height = (echo_top + echo_height + text * 4.0).max(page.height + text * 2.0);
    let mut picture = RgbImage::from_pixel(width.ceil() as u32, height.ceil() as u32, Rgb([255; 3]));
    film::paste(&mut picture, stages, &view, &layout);
    characters::paste(&mut picture, stages, &view, &layout);
    echo::paste(&mut picture, stages, &view, &layout);
    labels::tint(&mut picture, stages, &view, &layout);
    let mut scene = Scene::new(width, height);
    film::annotate(&mut scene, stages, &view, &layout);
    characters::annotate(&mut scene, stages, &view, &layout);
    echo::annotate(&mut scene, stages, &view, &layout);
    page.write(&mut scene, (words_left, text * 1.5));
    scene.draw_on(&mut picture, 1.0);
    picture
}

/// The colour of a component.
pub(super) fn mode_colour(mode: Mode) -> Colour {
    match mode {
        Mode::O => Colour::GREEN,
        Mode::X => Colour::PURPLE,
        Mode::Z => Colour::ORANGE,
        Mode::Unknown => Colour::INK,
    }
}

#[cfg(test)]
mod tests;

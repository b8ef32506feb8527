//! The film with frame, panel and caption boxes, frequency markers, height markers and traces.

use super::view::{View, enlarged, lay};
use super::{Layout, Stages, mode_colour};
use crate::model::{PixelBox, TracePoint};
use crate::plot::{Anchor, Baseline, Colour, Marker, Point, Scene, Stroke, Text, ticks};
use image::RgbImage;

/// Lays the scan on the page.
pub(super) fn paste(page: &mut RgbImage, stages: &Stages<'_>, view: &View, layout: &Layout) {
    let film = enlarged(&stages.scan.picture, view.window, view.zoom);
    lay(page, &film, (layout.gutter, layout.film_top), |grey| grey);
}

/// Draws what was found on it.
pub(super) fn annotate(scene: &mut Scene, stages: &Stages<'_>, view: &View, layout: &Layout) {
    let film = Film { stages, view, layout };
    let title = "Film: frame (blue), panel (sky), caption (orange); frequency and height markers fitted (dashed) and measured (pointers); lines found (ticks)";
    scene.text(Text::new((layout.gutter, layout.text * 1.2), title, layout.text).colour(Colour::SLATE));
    let frame = &stages.frame;
    let (w, h) = frame.picture.dimensions();
    film.outline(scene, PixelBox::new(0, 0, w as i32, h as i32), Stroke::solid(Colour::BLUE, 3.0));
    film.outline(scene, frame.panel, Stroke::solid(Colour::SKY, 2.0));
    film.loose_lines(scene);
    film.markers(scene);
    film.height_markers(scene);
    film.traces(scene);
    film.caption(scene);
}

struct Film<'a> {
    stages: &'a Stages<'a>,
    view: &'a View,
    layout: &'a Layout,
}

impl Film<'_> {
    fn at(&self, x: f64, y: f64) -> Point {
        let (x, y) = self.view.place(self.stages, x, y);
        (x + self.layout.gutter, y + self.layout.film_top)
    }

    /// The outer edge of a box in frame pixels.
    fn outline(&self, scene: &mut Scene, part: PixelBox, stroke: Stroke) {
        let (left, right) = (f64::from(part.x) - 0.5, f64::from(part.right()) - 0.5);
        let (top, foot) = (f64::from(part.y) - 0.5, f64::from(part.bottom()) - 0.5);
        let corners = [(left, top), (right, top), (right, foot), (left, foot), (left, top)];
        scene.path(corners.iter().map(|(x, y)| self.at(*x, *y)).collect(), stroke);
    }

    /// Lines that were found, named or not: ticks at the panel's foot and right edge.
    fn loose_lines(&self, scene: &mut Scene) {
        let panel = self.stages.frame.panel;
        let (right, foot) = (f64::from(panel.right() - 1), f64::from(panel.bottom() - 1));
        let stroke = Stroke::solid(Colour::ORANGE, 1.0);
        for line in &self.stages.grid.vertical_lines {
            let (x, y) = self.at(line.end_px, foot);
            scene.line((x, y), (x, y - 7.0), stroke);
        }
        for line in &self.stages.grid.horizontal_lines {
            let (x, y) = self.at(right, line.end_px);
            scene.line((x, y), (x - 7.0, y), stroke);
        }
    }

    fn markers(&self, scene: &mut Scene) {
        let grid = &self.stages.metadata.grid;
        let Some(sweep) = &grid.sweep else { return };
        let panel = self.stages.frame.panel;
        let (top, foot) = (f64::from(panel.y), f64::from(panel.bottom() - 1));
        let size = self.layout.text;
        let mut free = f64::NEG_INFINITY;
        for marker in &grid.frequency_markers {
            let from = self.at(sweep.x_at(marker.value, top), top);
            let to = self.at(sweep.x_at(marker.value, foot), foot);
            scene.path(vec![from, to], Stroke::dashed(Colour::VERMILLION.faded(170), 1.0, 5.0, 5.0));
            let colour = if marker.measured_px.is_some() { Colour::VERMILLION } else { Colour::SLATE };
            if let Some(x) = marker.measured_px {
                let lean = sweep.shear * (top - sweep.reference_y);
                let tip = self.at(x + lean, top);
                scene.marker((tip.0, tip.1 - 5.0), Marker::Pointer, 5.0, Colour::VERMILLION);
            }
            let words = ticks::label(marker.value);
            let half = words.len() as f64 * size * 0.3;
            if from.0 - half > free {
                let place = (from.0, self.layout.film_top - size * 0.9);
                scene.line((from.0, place.1 + 2.0), (from.0, from.1), Stroke::solid(colour.faded(90), 1.0));
                scene.text(Text::new(place, words, size).colour(colour).anchored(Anchor::Middle, Baseline::Foot));
                free = from.0 + half;
            }
        }
        let place = (self.layout.gutter + self.view.width(), self.layout.film_top - size * 2.0);
        scene.text(Text::new(place, "MHz", size).colour(Colour::VERMILLION).anchored(Anchor::End, Baseline::Foot));
    }

    fn height_markers(&self, scene: &mut Scene) {
        let grid = &self.stages.metadata.grid;
        let Some(range) = &grid.range else { return };
        let panel = self.stages.frame.panel;
        let (left, right) = (f64::from(panel.x), f64::from(panel.right() - 1));
        let size = self.layout.text;
        let mut free = (f64::NEG_INFINITY, f64::INFINITY);
        for height_marker in &grid.height_markers {
            let from = self.at(left, range.y_at(height_marker.value, left));
            let to = self.at(right, range.y_at(height_marker.value, right));
            scene.path(vec![from, to], Stroke::dashed(Colour::BLUE.faded(130), 1.0, 5.0, 7.0));
            let colour = if height_marker.measured_px.is_some() { Colour::BLUE } else { Colour::SLATE };
            if let Some(y) = height_marker.measured_px {
                let lean = range.tilt * (right - range.reference_x);
                let end = self.at(right, y + lean);
                scene.marker((end.0 + 6.0, end.1), Marker::Diamond, 3.5, Colour::BLUE);
            }
            if from.1 > free.0 + size || from.1 < free.1 - size {
                let place = (self.layout.gutter - size * 0.4, from.1);
                let words = format!("{:.0}", height_marker.value);
                scene.text(Text::new(place, words, size).colour(colour).anchored(Anchor::End, Baseline::Middle));
                free = (from.1.max(free.0), from.1.min(free.1));
            }
        }
        let place = (self.layout.gutter - size * 0.4, self.layout.film_top - size * 2.0);
        scene.text(Text::new(place, "km", size).colour(Colour::BLUE).anchored(Anchor::End, Baseline::Foot));
    }

    fn traces(&self, scene: &mut Scene) {
        for trace in self.stages.traces {
            for run in runs(&trace.ridge.points) {
                let points = run.iter().map(|point| self.at(f64::from(point.x), f64::from(point.y))).collect();
                scene.path(points, Stroke::solid(mode_colour(trace.mode).faded(190), 1.2));
            }
        }
    }

    fn caption(&self, scene: &mut Scene) {
        let caption = self.stages.caption;
        if caption.bbox.w > 0 && caption.bbox.h > 0 {
            self.outline(scene, caption.bbox, Stroke::solid(Colour::ORANGE, 1.5));
        }
        for character in &caption.characters {
            self.outline(scene, character.bbox, Stroke::solid(Colour::ORANGE, 1.0));
        }
    }
}

/// Points of a curve in stretches without gaps.
pub(super) fn runs(points: &[TracePoint]) -> Vec<&[TracePoint]> {
    /// Points further apart than this are not joined, frame pixels.
    const GAP: f32 = 6.0;
    points.chunk_by(|a, b| (a.x - b.x).abs() <= GAP && (a.y - b.y).abs() <= 4.0 * GAP).collect()
}

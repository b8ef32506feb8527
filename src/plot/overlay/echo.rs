//! The cleaned echogram on its calibrated axes, with ridges, traces and scaled values.

use super::film::runs;
use super::view::{View, enlarged, lay};
use super::{Layout, Stages, mode_colour};
use crate::model::{Characteristic, Flag, PixelBox, Sounder, Trace};
use crate::plot::{Anchor, Baseline, Colour, Point, Scene, Stroke, Text, glyphs, ticks};
use crate::plot::{Face, Marker};
use image::RgbImage;

/// Lays the cleaned echogram on the page, dark on white and a little faded, so that lines show on it.
pub(super) fn paste(page: &mut RgbImage, stages: &Stages<'_>, view: &View, layout: &Layout) {
    let Some(echogram) = stages.echogram else { return };
    let (w, h) = echogram.amplitude.dimensions();
    let whole = PixelBox::new(0, 0, w as i32, h as i32);
    if w > 0 && h > 0 {
        let picture = enlarged(&echogram.amplitude, whole, view.zoom);
        let left = layout.gutter + view.column(stages, f64::from(echogram.region.x));
        // The root lifts faint echoes out of the white.
        let tone = |strength: u8| 255 - (153.0 * (f32::from(strength) / 255.0).sqrt()) as u8;
        lay(page, &picture, (left, layout.echo_top), tone);
    }
}

/// Number of rows that the labels of scaled frequencies need.
pub(super) fn label_rows(stages: &Stages<'_>, view: &View, text: f64) -> usize {
    frequencies(stages, view, text).iter().map(|label| label.row + 1).max().unwrap_or(0)
}

/// Draws axes, curves and values.
pub(super) fn annotate(scene: &mut Scene, stages: &Stages<'_>, view: &View, layout: &Layout) {
    let panel = Panel { stages, view, layout };
    panel.frame(scene);
    panel.axes(scene);
    for ridge in stages.ridges {
        for run in runs(&ridge.points) {
            let points = run.iter().map(|point| panel.at(f64::from(point.x), f64::from(point.y))).collect();
            scene.path(points, Stroke::solid(Colour::SKY.faded(190), 1.0));
        }
    }
    panel.values(scene);
    for trace in stages.traces {
        panel.trace(scene, trace);
    }
    panel.legend(scene);
}

struct Panel<'a> {
    stages: &'a Stages<'a>,
    view: &'a View,
    layout: &'a Layout,
}

impl Panel<'_> {
    /// A frame pixel on the page.
    fn at(&self, x: f64, y: f64) -> Point {
        let region = self.stages.region();
        let left = self.layout.gutter + self.view.column(self.stages, x + 0.5);
        (left, self.layout.echo_top + (y + 0.5 - f64::from(region.y)) * self.view.zoom)
    }

    /// Corners of the region: left, top, right, bottom.
    fn corners(&self) -> [f64; 4] {
        let region = self.stages.region();
        let (left, top) = self.at(f64::from(region.x) - 0.5, f64::from(region.y) - 0.5);
        let (right, foot) = self.at(f64::from(region.right()) - 0.5, f64::from(region.bottom()) - 0.5);
        [left, top, right, foot]
    }

    fn frame(&self, scene: &mut Scene) {
        let [left, top, right, foot] = self.corners();
        scene.outline((left, top), (right, foot), Stroke::solid(Colour::SLATE, 1.0));
    }

    fn axes(&self, scene: &mut Scene) {
        let [left, top, right, foot] = self.corners();
        let text = self.layout.text;
        let region = self.stages.region();
        let grid = &self.stages.metadata.grid;
        let lowest = f64::from(region.bottom() - 1);
        let axis = Stroke::solid(Colour::SLATE, 1.0);
        if let Some(sweep) = &grid.sweep {
            let ends = [f64::from(region.x), f64::from(region.right() - 1)].map(|x| sweep.mhz_at(x, lowest));
            // What lies outside the sweep is not an axis.
            let axis_ends = &self.stages.calibration.sweep;
            let (low, high) = (
                ends[0].min(ends[1]).max(axis_ends.start_mhz - 1e-6),
                ends[0].max(ends[1]).min(axis_ends.stop_mhz + 1e-6),
            );
            let steps = (1..=60).map(f64::from).chain([0.1, 0.25, 0.5, 1.5]).collect::<Vec<_>>();
            let mut free = f64::NEG_INFINITY;
            let mut places: Vec<(f64, f64)> = steps
                .into_iter()
                .filter(|mhz| (low..=high).contains(mhz))
                .map(|mhz| (self.at(sweep.x_at(mhz, lowest), lowest).0, mhz))
                .collect();
            places.sort_by(|a, b| a.0.total_cmp(&b.0));
            for (x, mhz) in places {
                scene.line((x, foot), (x, foot + text * 0.4), axis);
                let words = ticks::label(mhz);
                let half = glyphs::width(&words, text, Face::Label) / 2.0;
                if x - half > free {
                    let at = (x, foot + text * 0.7);
                    scene.text(Text::new(at, words, text).anchored(Anchor::Middle, Baseline::Head));
                    free = x + half + text * 0.4;
                }
            }
            let at = ((left + right) / 2.0, foot + text * 2.0);
            scene.text(Text::new(at, "frequency (MHz)", text).anchored(Anchor::Middle, Baseline::Head));
        }
        if let Some(range) = &grid.range {
            let x = f64::from(region.x);
            let ends = [f64::from(region.y), lowest].map(|y| range.km_at(x, y));
            let wanted = ((foot - top) / (text * 2.6)) as usize;
            for km in ticks::linear(ends[0].min(ends[1]), ends[0].max(ends[1]), wanted.min(16)) {
                let y = self.at(x, range.y_at(km, x)).1;
                scene.line((left - text * 0.4, y), (left, y), axis);
                let at = (left - text * 0.6, y);
                scene.text(Text::new(at, format!("{km:.0}"), text).anchored(Anchor::End, Baseline::Middle));
            }
            let at = (left - text * 3.3, (top + foot) / 2.0);
            let name = match self.stages.calibration.sounder {
                Sounder::Bottomside => "virtual height (km)",
                Sounder::Topside => "apparent range (km)",
            };
            scene.text(Text::new(at, name, text).anchored(Anchor::Middle, Baseline::Foot).upward());
        }
    }

    fn trace(&self, scene: &mut Scene, trace: &Trace) {
        let colour = mode_colour(trace.mode);
        let stroke = match trace.hop {
            0 | 1 => Stroke::solid(colour, 2.2),
            _ => Stroke::dashed(colour, 2.2, 7.0, 4.0),
        };
        for run in runs(&trace.ridge.points) {
            let points: Vec<Point> = run.iter().map(|point| self.at(f64::from(point.x), f64::from(point.y))).collect();
            scene.path(points.clone(), Stroke::solid(Colour::WHITE.faded(170), 4.5));
            scene.path(points, stroke);
        }
        let middle = trace.ridge.points.len() / 2;
        if let Some(point) = trace.ridge.points.get(middle) {
            let (x, y) = self.at(f64::from(point.x), f64::from(point.y));
            let at = (x, y - self.layout.text * 0.5);
            scene.text(
                Text::new(at, trace_name(trace), self.layout.text * 0.85)
                    .colour(colour)
                    .anchored(Anchor::Middle, Baseline::Foot)
                    .halo(Colour::WHITE),
            );
        }
    }

    fn values(&self, scene: &mut Scene) {
        let [left, top, right, foot] = self.corners();
        let text = self.layout.text;
        for label in frequencies(self.stages, self.view, text) {
            let x = self.layout.gutter + label.x;
            if let Some((low, high)) = label.bounds {
                let (low, high) = (self.layout.gutter + low, self.layout.gutter + high);
                scene.fill((low.max(left), top), (high.min(right), foot), label.colour.faded(26));
            }
            let base = top - text * (0.4 + 1.35 * label.row as f64);
            scene.line((x, base), (x, foot), Stroke::dashed(label.colour, 1.2, 6.0, 4.0));
            scene.text(
                Text::new((x, base), label.words, text * 0.9)
                    .colour(label.colour)
                    .anchored(Anchor::Middle, Baseline::Foot)
                    .halo(Colour::WHITE),
            );
        }
        let Some(range) = &self.stages.metadata.grid.range else { return };
        let mut taken: Vec<f64> = Vec::new();
        for (row, flag) in self.rows("km") {
            let Some(km) = row.value else { continue };
            let x = f64::from(self.stages.region().right() - 1);
            let y = self.at(x, range.y_at(km, x)).1;
            if !(top..=foot).contains(&y) {
                continue;
            }
            let mut place = y;
            while taken.iter().any(|other| (other - place).abs() < text) {
                place += text;
            }
            taken.push(place);
            let colour = flag_colour(flag);
            scene.line((left, y), (right, y), Stroke::dashed(colour.faded(200), 1.0, 3.0, 5.0));
            scene.marker((right + 4.0, y), Marker::Diamond, 3.0, colour);
            let words = format!("{} {km:.0}", short(row.name.as_str()));
            let at = (right - 4.0, place - text * 0.2);
            scene.text(
                Text::new(at, words, text * 0.9)
                    .colour(colour)
                    .anchored(Anchor::End, Baseline::Foot)
                    .halo(Colour::WHITE),
            );
        }
    }

    fn rows(&self, unit: &'static str) -> impl Iterator<Item = (&Characteristic, Flag)> {
        rows(self.stages, unit)
    }

    fn legend(&self, scene: &mut Scene) {
        let text = self.layout.text;
        let rows = label_rows(self.stages, self.view, text) as f64;
        let y = self.layout.echo_top - text * (1.1 + 1.35 * rows);
        let words = "Cleaned echogram: ";
        let mut x = self.layout.gutter;
        let mut write = |scene: &mut Scene, words: &str, colour: Colour| {
            scene.text(Text::new((x, y), words, text).colour(colour));
            x += glyphs::width(words, text, Face::Label) + text * 0.8;
        };
        write(scene, words, Colour::SLATE);
        write(scene, "O trace", Colour::GREEN);
        write(scene, "X trace", Colour::PURPLE);
        write(scene, "Z trace", Colour::ORANGE);
        write(scene, "not told apart", Colour::INK);
        write(scene, "ridge", Colour::SKY);
        write(scene, "(dashed: multiple hops)", Colour::SLATE);
    }
}

/// Component, layer and hop in a few letters.
fn trace_name(trace: &Trace) -> String {
    let mode = if trace.mode == crate::model::Mode::Unknown { "?" } else { trace.mode.as_str() };
    let hop = if trace.hop > 1 { format!(" {} hops", trace.hop) } else { String::new() };
    format!("{} {mode}{hop}", trace.layer.as_str())
}

/// The name of a characteristic where the kind of sounder is plain.
pub(super) fn short(name: &str) -> String {
    name.strip_prefix("topside_").unwrap_or(name).replace('_', " ")
}

/// The colour of a flag.
pub(super) fn flag_colour(flag: Flag) -> Colour {
    match flag {
        Flag::Pass => Colour::INK,
        Flag::NotEvaluated | Flag::Missing => Colour::SLATE,
        Flag::Suspect => Colour::opaque(176, 110, 0),
        Flag::Fail => Colour::VERMILLION,
    }
}

/// Characteristics of a unit with their flags.
fn rows<'a>(stages: &'a Stages<'_>, unit: &'static str) -> impl Iterator<Item = (&'a Characteristic, Flag)> {
    let flags = stages.qc.values.iter().map(|value| value.0).chain(std::iter::repeat(Flag::NotEvaluated));
    stages.characteristics.iter().zip(flags).filter(move |(row, _)| row.name.unit() == unit)
}

/// A scaled frequency, ready to be drawn: places relative to the view's left edge.
struct Label {
    x: f64,
    bounds: Option<(f64, f64)>,
    words: String,
    colour: Colour,
    row: usize,
}

/// The scaled frequencies from left to right, each in the lowest row where its label is free.
fn frequencies(stages: &Stages<'_>, view: &View, text: f64) -> Vec<Label> {
    let Some(sweep) = &stages.metadata.grid.sweep else { return Vec::new() };
    let region = stages.region();
    let y = f64::from(region.y) + f64::from(region.h) / 2.0;
    let place = |mhz: f64| view.column(stages, sweep.x_at(mhz, y) + 0.5);
    let (left, right) = (f64::from(region.x), f64::from(region.right()));
    let mut labels: Vec<Label> = rows(stages, "MHz")
        .filter_map(|(row, flag)| {
            let mhz = row.value?;
            let x = sweep.x_at(mhz, y);
            (x >= left && x <= right).then(|| Label {
                x: place(mhz),
                bounds: row.lower.zip(row.upper).map(|(low, high)| (place(low), place(high))),
                words: format!("{} {}", short(row.name.as_str()), ticks::label((mhz * 100.0).round() / 100.0)),
                colour: flag_colour(flag),
                row: 0,
            })
        })
        .collect();
    labels.sort_by(|a, b| a.x.total_cmp(&b.x));
    let mut ends: Vec<f64> = Vec::new();
    for label in &mut labels {
        let half = glyphs::width(&label.words, text, Face::Label) / 2.0;
        let row = ends.iter().position(|end| *end < label.x - half).unwrap_or(ends.len());
        if row == ends.len() {
            ends.push(0.0);
        }
        ends[row] = label.x + half + text * 0.5;
        label.row = row;
    }
    labels
}

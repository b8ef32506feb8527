//! One panel of a series: the characteristics of one unit, with bounds, flags and the letters of missing values.

use super::axis::{self, Axis, Law, NORMAL, Plane, SMALL};
use super::series::flag_marker;
use super::{Anchor, Baseline, Colour, Face, Marker, Scene, Stroke, Text, glyphs};
use crate::series::Reading;

/// Height of a row of letters.
const LETTER_ROW: f64 = 14.0;
/// Letters nearer than this to the one before are left out.
const LETTER_PITCH: f64 = 9.0;
/// With more rows than this a panel shows a cloud of points: no joins, no bounds, ticks instead of letters.
const DENSE: usize = 6000;
/// Values whose neighbour is further than this many usual intervals are not joined.
const GAP: f64 = 2.5;

/// What a panel shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Frequencies.
    Frequency,
    /// Virtual heights.
    Height,
    /// Apparent ranges of a topside sounder, growing downward.
    Range,
    /// Factors.
    Factor,
}

impl Kind {
    pub(super) const ALL: [Self; 4] = [Self::Frequency, Self::Height, Self::Range, Self::Factor];

    fn of(reading: &Reading) -> Option<Self> {
        match reading.name.unit() {
            "MHz" => Some(Self::Frequency),
            "km" if reading.name.as_str().starts_with("topside") => Some(Self::Range),
            "km" => Some(Self::Height),
            "1" => Some(Self::Factor),
            _ => None,
        }
    }

    /// Height of the panel in scene units.
    pub(super) fn height(self) -> f64 {
        match self {
            Self::Frequency => 270.0,
            Self::Height | Self::Range => 210.0,
            Self::Factor => 110.0,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Frequency => "frequency (MHz)",
            Self::Height => "virtual height (km)",
            Self::Range => "apparent range (km)",
            Self::Factor => "factor",
        }
    }
}

/// The colour of a characteristic: layers alike in frequency and height, components as on the overlays.
fn colour(name: &str) -> Colour {
    match name {
        "foF2" | "h'F" | "M(3000)F2" => Colour::BLUE,
        "foF1" | "h'F2" | "M(3000)F1" => Colour::SKY,
        "foE" | "h'E" | "topside_fo_deepest" | "topside_range_o_deepest" => Colour::GREEN,
        "foEs" | "h'Es" => Colour::ORANGE,
        "fxF2" | "fxI" | "topside_fx_deepest" | "topside_range_x_deepest" => Colour::PURPLE,
        "MUF(3000)F2" | "hpF2" | "fbEs" => Colour::VERMILLION,
        _ => Colour::SLATE,
    }
}

/// The characteristic changes little from one sounding to the next. Sporadic E does not deserve a line.
fn joins(name: &str) -> bool {
    !name.ends_with("Es")
}

/// A panel and the readings that it shows, by characteristic in order of appearance.
pub(super) struct Panel<'a> {
    pub(super) kind: Kind,
    lines: Vec<(&'a str, Vec<&'a Reading>)>,
}

impl<'a> Panel<'a> {
    /// The panel of a kind; `None` if no reading of that kind has a value.
    pub(super) fn of(kind: Kind, readings: &[&'a Reading]) -> Option<Self> {
        let mut lines: Vec<(&str, Vec<&Reading>)> = Vec::new();
        for reading in readings.iter().filter(|reading| Kind::of(reading) == Some(kind)) {
            match lines.iter_mut().find(|(name, _)| *name == reading.name.as_str()) {
                Some((_, rows)) => rows.push(*reading),
                None => lines.push((reading.name.as_str(), vec![*reading])),
            }
        }
        lines.retain(|(_, rows)| rows.iter().any(|reading| reading.value.is_some()));
        for (_, rows) in &mut lines {
            rows.sort_by_key(|reading| reading.time);
        }
        (!lines.is_empty()).then_some(Self { kind, lines })
    }

    /// Number of readings.
    fn count(&self) -> usize {
        self.lines.iter().map(|(_, rows)| rows.len()).sum()
    }

    /// Characteristics with missing values.
    fn missing(&self) -> impl Iterator<Item = &(&'a str, Vec<&'a Reading>)> {
        self.lines.iter().filter(|(_, rows)| rows.iter().any(|reading| reading.value.is_none()))
    }

    /// Height of the rows of letters below the plane.
    pub(super) fn letters_height(&self) -> f64 {
        let rows = self.missing().count() as f64;
        if rows > 0.0 { rows * LETTER_ROW + 12.0 } else { 0.0 }
    }

    /// Draws grid, values, legend and letters.
    pub(super) fn draw(&self, scene: &mut Scene, plane: &Plane, time: &Axis) {
        let Some(axis) = self.axis(plane) else { return };
        axis::upright(scene, plane, &axis, self.kind.name());
        let radius = match self.count() {
            0..400 => 3.2,
            400..2000 => 2.4,
            2000..DENSE => 1.6,
            _ => 1.1,
        };
        // The first characteristic is the chief one: on top.
        for (name, rows) in self.lines.iter().rev() {
            let line = Line { colour: colour(name), rows, plane, time, axis: &axis };
            if self.count() >= DENSE {
                line.cloud(scene, radius);
                continue;
            }
            if joins(name) {
                line.joined(scene);
            }
            line.bounds(scene);
            line.markers(scene, radius);
        }
        self.legend(scene, plane);
        self.letters(scene, plane, time);
    }

    /// Letters of values right above their markers, where they hide no other letters and no marker.
    pub(super) fn value_letters(&self, scene: &mut Scene, plane: &Plane, time: &Axis) {
        let Some(axis) = self.axis(plane) else { return };
        let place = |reading: &Reading| {
            let y = axis.at(reading.value?).clamp(plane.top, plane.foot);
            Some((time.at(reading.time?.as_second() as f64), y))
        };
        let mut taken: Vec<(f64, f64, f64, f64)> = self
            .lines
            .iter()
            .flat_map(|(_, rows)| rows)
            .filter_map(|reading| place(reading))
            .map(|(x, y)| (x - 3.0, y - 3.0, x + 3.0, y + 3.0))
            .collect();
        for (name, rows) in &self.lines {
            for reading in rows {
                let letters = reading.letters();
                let Some((x, y)) = place(reading).filter(|_| !letters.is_empty()) else { continue };
                let half = glyphs::width(&letters, SMALL, Face::Label) / 2.0;
                // Above the marker or, if that place is taken, below it.
                let boxes = [y - 15.0, y + 5.0].map(|top| (x - half, top, x + half, top + 9.0));
                let free = |new: &&(f64, f64, f64, f64)| {
                    let inside = new.1 > plane.top && new.3 < plane.foot;
                    let apart =
                        |old: &(f64, f64, f64, f64)| new.2 < old.0 || old.2 < new.0 || new.3 < old.1 || old.3 < new.1;
                    inside && taken.iter().all(apart)
                };
                let Some(&place) = boxes.iter().find(free) else { continue };
                let text = Text::new((x, place.3), letters, SMALL).colour(colour(name)).halo(Colour::WHITE);
                scene.text(text.anchored(Anchor::Middle, Baseline::Foot));
                taken.push(place);
            }
        }
    }

    fn axis(&self, plane: &Plane) -> Option<Axis> {
        let values = |worst: u8| {
            self.lines
                .iter()
                .flat_map(|(_, rows)| rows)
                .filter(move |reading| reading.flag <= worst)
                .filter_map(|reading| reading.value)
        };
        let wanted = ((plane.foot - plane.top) / 40.0) as usize;
        let (from, until) = axis::span(values(3), wanted).or_else(|| axis::span(values(9), wanted))?;
        let (start, stop) = if self.kind == Kind::Range { (plane.top, plane.foot) } else { (plane.foot, plane.top) };
        Some(Axis { from: from.max(0.0), until, start, stop, law: Law::Linear })
    }

    fn legend(&self, scene: &mut Scene, plane: &Plane) {
        let mut x = plane.right;
        for (name, _) in self.lines.iter().rev() {
            let words = name.strip_prefix("topside_").unwrap_or(name).replace('_', " ");
            x -= glyphs::width(&words, NORMAL, Face::Label);
            scene.text(Text::new((x, plane.top - 7.0), words, NORMAL));
            x -= 12.0;
            scene.marker((x + 4.0, plane.top - 11.0), Marker::Disc, 4.0, colour(name));
            x -= 18.0;
        }
    }

    fn letters(&self, scene: &mut Scene, plane: &Plane, time: &Axis) {
        for (index, (name, rows)) in self.missing().enumerate() {
            let y = plane.foot + 16.0 + LETTER_ROW * index as f64;
            let colour = colour(name);
            let label = name.strip_prefix("topside_").unwrap_or(name).replace('_', " ");
            // A long name would leave the page.
            let label = if label.chars().count() > 12 { label.replace(" deepest", "") } else { label };
            scene.text(
                Text::new((plane.left - 8.0, y), label, SMALL).colour(colour).anchored(Anchor::End, Baseline::Middle),
            );
            let mut free = f64::NEG_INFINITY;
            for reading in rows.iter().filter(|reading| reading.value.is_none()) {
                let Some(at) = reading.time else { continue };
                let x = time.at(at.as_second() as f64);
                if self.count() >= DENSE {
                    scene.line((x, y - 4.0), (x, y + 4.0), Stroke::solid(colour.faded(50), 0.7));
                    continue;
                }
                if x < free {
                    continue;
                }
                free = x + LETTER_PITCH;
                let letters = reading.letters();
                let letters = if letters.is_empty() { "-".to_owned() } else { letters };
                scene.text(Text::new((x, y), letters, SMALL).colour(colour).anchored(Anchor::Middle, Baseline::Middle));
            }
        }
    }
}

/// One characteristic in its panel.
struct Line<'a> {
    colour: Colour,
    rows: &'a [&'a Reading],
    plane: &'a Plane,
    time: &'a Axis,
    axis: &'a Axis,
}

impl Line<'_> {
    fn x(&self, reading: &Reading) -> Option<f64> {
        Some(self.time.at(reading.time?.as_second() as f64))
    }

    /// The place of a value, at the plane's edge if it lies outside.
    fn y(&self, value: f64) -> f64 {
        self.axis.at(value).clamp(self.plane.top, self.plane.foot)
    }

    /// Joins passing values that follow one another at the usual interval.
    fn joined(&self, scene: &mut Scene) {
        let mut steps: Vec<f64> =
            self.rows.windows(2).filter_map(|pair| Some(self.x(pair[1])? - self.x(pair[0])?)).collect();
        steps.sort_by(f64::total_cmp);
        let usual = steps.get(steps.len() / 2).copied().unwrap_or(0.0);
        let good = |reading: &&&Reading| reading.flag == 1;
        let places: Vec<(f64, f64)> = self
            .rows
            .iter()
            .filter(good)
            .filter_map(|reading| Some((self.x(reading)?, self.y(reading.value?))))
            .collect();
        for run in places.chunk_by(|a, b| b.0 - a.0 <= GAP * usual + 0.5) {
            scene.path(run.to_vec(), Stroke::solid(self.colour.faded(120), 1.2));
        }
    }

    /// Bars from the lower to the upper bound; an open bound fades out.
    fn bounds(&self, scene: &mut Scene) {
        const OPEN: f64 = 16.0;
        let bar = Stroke::solid(self.colour.faded(110), 1.2);
        let open = Stroke::dashed(self.colour.faded(150), 1.2, 2.0, 2.5);
        let up = (self.axis.stop - self.axis.start).signum();
        for reading in self.rows.iter().filter(|reading| reading.flag != 4) {
            let (Some(x), Some(value)) = (self.x(reading), reading.value) else { continue };
            let y = self.y(value);
            for (bound, direction) in [(reading.lower, -up), (reading.upper, up)] {
                match bound {
                    Some(bound) => scene.line((x, y), (x, self.y(bound)), bar),
                    None => {
                        scene.line((x, y), (x, (y + direction * OPEN).clamp(self.plane.top, self.plane.foot)), open)
                    }
                }
            }
        }
    }

    /// Points alone, faint, so that their density shows; failed values are left out.
    fn cloud(&self, scene: &mut Scene, radius: f64) {
        for reading in self.rows.iter().filter(|reading| reading.flag != 4) {
            let (Some(x), Some(value)) = (self.x(reading), reading.value) else { continue };
            scene.marker((x, self.y(value)), Marker::Disc, radius, self.colour.faded(100));
        }
    }

    fn markers(&self, scene: &mut Scene, radius: f64) {
        for reading in self.rows {
            let (Some(x), Some(value)) = (self.x(reading), reading.value) else { continue };
            let faint = if reading.flag == 4 { self.colour.faded(150) } else { self.colour };
            scene.marker((x, self.y(value)), flag_marker(reading.flag).0, radius, faint);
        }
    }
}

//! The picture of what confidence is worth: the share of wrong values against coverage, a curve for each characteristic.

use crate::evaluate::CurvePoint;
use crate::plot::{Anchor, Baseline, Colour, Marker, Point, Scene, Stroke, Text};

/// Characteristics that are drawn, in the order of the legend.
pub(super) const SHOWN: [(&str, Colour); 7] = [
    ("foF2", Colour::BLUE),
    ("foF1", Colour::SKY),
    ("foE", Colour::GREEN),
    ("foEs", Colour::ORANGE),
    ("fmin", Colour::SLATE),
    ("h'F", Colour::VERMILLION),
    ("M(3000)F2", Colour::PURPLE),
];

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 440.0;
/// Left, top, right and bottom of the plane.
const PLANE: [f64; 4] = [76.0, 46.0, 580.0, 384.0];

/// A plane of shares: across from 0 to 1, up from 0 to `top`.
pub(super) struct Plane {
    scene: Scene,
    top: f64,
}

impl Plane {
    /// An empty plane with its grid, a title, and what runs across.
    pub(super) fn new(title: &str, across: &str, top: f64) -> Self {
        let mut scene = Scene::new(WIDTH, HEIGHT);
        scene.fill((0.0, 0.0), (WIDTH, HEIGHT), Colour::WHITE);
        let [left, head, right, foot] = PLANE;
        let mut plane = Self { scene, top };
        for step in 0..=5 {
            let part = f64::from(step) / 5.0;
            let (x, y) = plane.at(part, part * top);
            plane.scene.line((x, head), (x, foot), Stroke::solid(Colour::MIST, 1.0));
            plane.scene.line((left, y), (right, y), Stroke::solid(Colour::MIST, 1.0));
            let label =
                |place, value: f64| Text::new(place, format!("{:.0} %", 100.0 * value), 13.0).colour(Colour::SLATE);
            plane.scene.text(label((x, foot + 6.0), part).anchored(Anchor::Middle, Baseline::Head));
            plane.scene.text(label((left - 8.0, y), part * top).anchored(Anchor::End, Baseline::Middle));
        }
        plane.scene.text(Text::new((left, 14.0), title, 15.0).anchored(Anchor::Start, Baseline::Head));
        let below = Text::new((0.5 * (left + right), foot + 28.0), across, 13.0);
        plane.scene.text(below.anchored(Anchor::Middle, Baseline::Head));
        plane
    }

    fn at(&self, across: f64, up: f64) -> Point {
        let [left, head, right, foot] = PLANE;
        (left + (right - left) * across.clamp(0.0, 1.0), foot - (foot - head) * up / self.top)
    }

    /// A line between two places.
    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64), stroke: Stroke) {
        let (from, to) = (self.at(from.0, from.1), self.at(to.0, to.1));
        self.scene.line(from, to, stroke);
    }

    /// A curve with its points and its name in the legend's row `row`; nothing without points.
    pub(super) fn curve(&mut self, row: usize, name: &str, colour: Colour, points: &[(f64, f64)]) {
        if points.is_empty() {
            return;
        }
        let points: Vec<Point> = points.iter().map(|&(across, up)| self.at(across, up)).collect();
        let [_, head, right, _] = PLANE;
        let y = head + 22.0 * row as f64;
        self.scene.line((right + 18.0, y), (right + 40.0, y), Stroke::solid(colour, 2.0));
        self.scene.text(Text::new((right + 46.0, y), name, 13.0).anchored(Anchor::Start, Baseline::Middle));
        for &point in &points {
            self.scene.marker(point, Marker::Disc, 2.5, colour);
        }
        self.scene.path(points, Stroke::solid(colour, 2.0));
    }

    /// The picture.
    pub(super) fn scene(self) -> Scene {
        self.scene
    }
}

/// Draws the curves; each point stands for a smallest confidence, which falls to the right.
pub(super) fn draw(curve: &[&CurvePoint]) -> Scene {
    let wrong = |point: &CurvePoint| 1.0 - point.in_one_unit;
    let worst = curve.iter().map(|point| wrong(point)).fold(0.1, f64::max);
    let top = (10.0 * worst).ceil() / 10.0;
    let mut plane = Plane::new("Values more than one reading unit off", "true values claimed", top);
    for (i, (name, colour)) in SHOWN.iter().enumerate() {
        let own = curve.iter().filter(|point| point.characteristic == *name && point.coverage.is_finite());
        let points: Vec<(f64, f64)> = own.map(|point| (point.coverage, wrong(point))).collect();
        plane.curve(i, name, *colour, &points);
    }
    plane.scene()
}

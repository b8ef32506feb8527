//! The picture of what confidence is worth: the share of wrong values against coverage, a curve for each characteristic.

use crate::evaluate::CurvePoint;
use crate::plot::{Anchor, Baseline, Colour, Marker, Point, Scene, Stroke, Text};

/// Characteristics that are drawn, in the order of the legend.
const SHOWN: [(&str, Colour); 7] = [
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

/// Draws the curves; each point stands for a smallest confidence, which falls to the right.
pub(super) fn trade(curve: &[&CurvePoint]) -> Scene {
    let mut scene = Scene::new(WIDTH, HEIGHT);
    scene.fill((0.0, 0.0), (WIDTH, HEIGHT), Colour::WHITE);
    let wrong = |point: &CurvePoint| 1.0 - point.in_one_unit;
    let worst = curve.iter().map(|point| wrong(point)).fold(0.1, f64::max);
    let top = (10.0 * worst).ceil() / 10.0;
    let [left, head, right, foot] = PLANE;
    let at = |coverage: f64, share: f64| -> Point {
        (left + (right - left) * coverage.clamp(0.0, 1.0), foot - (foot - head) * share / top)
    };
    for step in 0..=5 {
        let part = f64::from(step) / 5.0;
        let (x, y) = at(part, part * top);
        scene.line((x, head), (x, foot), Stroke::solid(Colour::MIST, 1.0));
        scene.line((left, y), (right, y), Stroke::solid(Colour::MIST, 1.0));
        let label = |place, value: f64| Text::new(place, format!("{:.0} %", 100.0 * value), 13.0).colour(Colour::SLATE);
        scene.text(label((x, foot + 6.0), part).anchored(Anchor::Middle, Baseline::Head));
        scene.text(label((left - 8.0, y), part * top).anchored(Anchor::End, Baseline::Middle));
    }
    scene.text(
        Text::new((left, 14.0), "Values more than one reading unit off", 15.0).anchored(Anchor::Start, Baseline::Head),
    );
    let below = Text::new((0.5 * (left + right), foot + 28.0), "true values claimed", 13.0);
    scene.text(below.anchored(Anchor::Middle, Baseline::Head));
    for (i, (name, colour)) in SHOWN.iter().enumerate() {
        let points: Vec<Point> = curve
            .iter()
            .filter(|point| point.characteristic == *name && point.coverage.is_finite())
            .map(|point| at(point.coverage, wrong(point)))
            .collect();
        if points.is_empty() {
            continue;
        }
        let y = head + 22.0 * i as f64;
        scene.line((right + 18.0, y), (right + 40.0, y), Stroke::solid(*colour, 2.0));
        scene.text(Text::new((right + 46.0, y), *name, 13.0).anchored(Anchor::Start, Baseline::Middle));
        for &point in &points {
            scene.marker(point, Marker::Disc, 2.5, *colour);
        }
        scene.path(points, Stroke::solid(*colour, 2.0));
    }
    scene
}

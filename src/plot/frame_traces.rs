//! One ionogram on axes of frequency and height: its traces and the values scaled from them.

use super::axis::{self, Axis, LARGE, Law, NORMAL, Plane, SMALL};
use super::readings::Curve;
use super::{Anchor, Baseline, Colour, Face, Scene, Stroke, Text, glyphs, ticks};
use crate::series::Reading;

const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 640.0;
/// Neighbouring points further apart than this share of the plane's width are not joined.
const GAP: f64 = 0.015;

/// Draws the traces and values of a frame: range downward for a topside sounder, height upward and a logarithmic frequency axis
/// for one on the ground. `None` if no trace has calibrated points.
pub fn frame_traces(curves: &[Curve], readings: &[Reading]) -> Option<Scene> {
    let points = || curves.iter().flat_map(|curve| curve.points.iter().copied());
    let topside = curves.iter().any(|curve| curve.layer == "topside");
    let (low, high) = axis::span(points().map(|point| point.0), 8)?;
    let (near, far) = axis::span(points().map(|point| point.1).chain([if topside { 0.0 } else { 80.0 }]), 8)?;
    let plane = Plane { left: 84.0, top: 76.0, right: WIDTH - 28.0, foot: HEIGHT - 62.0 };
    let law = if topside { Law::Linear } else { Law::Logarithmic };
    let low = if topside { low.max(0.0) } else { low.clamp(0.5, 1.0) };
    let frequency = Axis { from: low, until: high.max(low * 1.5), start: plane.left, stop: plane.right, law };
    let (start, stop) = if topside { (plane.top, plane.foot) } else { (plane.foot, plane.top) };
    let height = Axis { from: near.max(0.0), until: far, start, stop, law: Law::Linear };

    let mut scene = Scene::new(WIDTH, HEIGHT);
    heading(&mut scene, curves, &plane);
    axis::upright(&mut scene, &plane, &height, if topside { "apparent range (km)" } else { "virtual height (km)" });
    let values = match law {
        Law::Linear => ticks::linear(frequency.from, frequency.until, 10),
        Law::Logarithmic => [0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 12.0, 15.0, 20.0, 25.0]
            .into_iter()
            .filter(|mhz| frequency.holds(*mhz))
            .collect(),
    };
    for mhz in values {
        let x = frequency.at(mhz);
        scene.line((x, plane.top), (x, plane.foot), Stroke::solid(Colour::MIST, 1.0));
        let label = Text::new((x, plane.foot + 9.0), ticks::label(mhz), NORMAL).colour(Colour::SLATE);
        scene.text(label.anchored(Anchor::Middle, Baseline::Head));
    }
    let middle = ((plane.left + plane.right) / 2.0, plane.foot + 32.0);
    scene.text(Text::new(middle, "frequency (MHz)", NORMAL).anchored(Anchor::Middle, Baseline::Head));
    for curve in curves {
        draw(&mut scene, curve, &plane, &frequency, &height);
    }
    scaled(&mut scene, readings, &plane, &frequency, &height);
    axis::edges(&mut scene, &plane);
    Some(scene)
}

/// Values as lines across the plane, frequencies with their names at the top, heights at the right.
fn scaled(scene: &mut Scene, readings: &[Reading], plane: &Plane, frequency: &Axis, height: &Axis) {
    let words = |reading: &Reading, value: f64| {
        let decimals = if reading.name.unit() == "km" { 0 } else { 2 };
        let letters = reading.letters();
        let name = reading.name.as_str().trim_start_matches("topside_").replace('_', " ");
        format!("{name} {value:.decimals$}{}{letters}", if letters.is_empty() { "" } else { " " })
    };
    let of_unit = |unit: &str, axis: &Axis| -> Vec<(f64, String, u8)> {
        let mut all: Vec<(f64, String, u8)> = readings
            .iter()
            .filter(|reading| reading.name.unit() == unit && reading.flag != 4)
            .filter_map(|reading| reading.value.map(|value| (reading, value)))
            .filter(|(_, value)| axis.holds(*value))
            .map(|(reading, value)| (axis.at(value), words(reading, value), reading.flag))
            .collect();
        all.sort_by(|a, b| a.0.total_cmp(&b.0));
        all
    };
    let stroke = |flag: u8| Stroke::dashed(if flag == 3 { Colour::VERMILLION } else { Colour::INK }, 1.0, 2.0, 3.0);
    let label = |at, words: &str, flag: u8| {
        let colour = if flag == 3 { Colour::VERMILLION } else { Colour::INK };
        Text::new(at, words, SMALL).colour(colour).halo(Colour::WHITE)
    };
    // Each label in the first of a few rows that is free where it would stand.
    let mut rows: Vec<f64> = Vec::new();
    for (x, words, flag) in of_unit("MHz", frequency) {
        scene.line((x, plane.top), (x, plane.foot), stroke(flag));
        let width = glyphs::width(&words, SMALL, Face::Label);
        let start = (x + 3.0).min(plane.right - width);
        let row = rows.iter().position(|end| *end + 8.0 < start).unwrap_or_else(|| {
            rows.push(f64::NEG_INFINITY);
            rows.len() - 1
        });
        rows[row] = start + width;
        scene.text(label((start, plane.top + 14.0 + 14.0 * row as f64), &words, flag));
    }
    // Labels of the upper half stand above one another, not over the labels of frequencies.
    let ceiling = plane.top + 14.0 * rows.len() as f64 + 16.0;
    let mut last = f64::NEG_INFINITY;
    for (y, words, flag) in of_unit("km", height) {
        scene.line((plane.left, y), (plane.right, y), stroke(flag));
        let at = (y - 3.0).max(last + 13.0).max(ceiling).min(plane.foot - 3.0);
        last = at;
        scene.text(label((plane.right - 4.0, at), &words, flag).anchored(Anchor::End, Baseline::Foot));
    }
    let rest: Vec<String> = readings
        .iter()
        .filter(|reading| reading.name.unit() == "1" && reading.flag != 4)
        .filter_map(|reading| Some(words(reading, reading.value?)))
        .collect();
    let at = (plane.left, plane.foot + 52.0);
    scene.text(Text::new(at, rest.join("    "), SMALL).colour(Colour::SLATE));
    if !readings.is_empty() {
        let words = "dotted: scaled values; in this colour with flag suspect";
        let text = Text::new((plane.right, plane.foot + 52.0), words, SMALL).colour(Colour::VERMILLION);
        scene.text(text.anchored(Anchor::End, Baseline::Foot));
    }
}

fn draw(scene: &mut Scene, curve: &Curve, plane: &Plane, frequency: &Axis, height: &Axis) {
    let colour = colour(curve);
    let stroke = if curve.hop > 1 { Stroke::dashed(colour, 2.4, 7.0, 4.0) } else { Stroke::solid(colour, 2.4) };
    let places: Vec<(f64, f64)> = curve.points.iter().map(|(mhz, km)| (frequency.at(*mhz), height.at(*km))).collect();
    let gap = GAP * (plane.right - plane.left);
    for run in places.chunk_by(|a, b| (a.0 - b.0).abs() <= gap) {
        scene.path(run.to_vec(), stroke);
    }
}

fn heading(scene: &mut Scene, curves: &[Curve], plane: &Plane) {
    let Some(first) = curves.first() else { return };
    let station = first.station.as_deref().unwrap_or("Station unknown");
    let time =
        first.time.map_or_else(|| "time unknown".to_owned(), |time| time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string());
    scene.text(Text::new((plane.left, 36.0), format!("{station}  {time}"), LARGE));
    scene.text(Text::new((plane.left, 58.0), format!("frame {}", first.frame_id), NORMAL).colour(Colour::SLATE));
    let mut seen: Vec<String> = Vec::new();
    let mut x = plane.right;
    for curve in curves.iter().rev() {
        let hop = if curve.hop > 1 { format!(" hop {}", curve.hop) } else { String::new() };
        let words = format!("{} {}{hop}", curve.layer, curve.mode);
        if seen.contains(&words) {
            continue;
        }
        x -= glyphs::width(&words, NORMAL, Face::Label);
        scene.text(Text::new((x, 58.0), words.as_str(), NORMAL));
        let stroke = if curve.hop > 1 {
            Stroke::dashed(colour(curve), 2.4, 5.0, 3.0)
        } else {
            Stroke::solid(colour(curve), 2.4)
        };
        scene.line((x - 26.0, 54.0), (x - 6.0, 54.0), stroke);
        x -= 44.0;
        seen.push(words);
    }
}

fn colour(curve: &Curve) -> Colour {
    match curve.mode.as_str() {
        "O" => Colour::GREEN,
        "X" => Colour::PURPLE,
        "Z" => Colour::ORANGE,
        _ => Colour::SLATE,
    }
}

//! The electron-density profile of one frame: true height against plasma frequency and density.

use super::axis::{self, Axis, LARGE, Law, NORMAL, Plane, SMALL};
use super::readings::ProfileCurve;
use super::{Anchor, Baseline, Colour, Scene, Stroke, Text, ticks};

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 760.0;
/// Electrons in a cubic metre at a plasma frequency of 1 MHz: f = 8.98 Hz sqrt(N).
const DENSITY_AT_1_MHZ: f64 = 1.24e10;

/// Draws a profile with its bounds, if it has them. `None` without points.
pub fn profile(profile: &ProfileCurve) -> Option<Scene> {
    let mut scene = Scene::new(WIDTH, HEIGHT);
    let plane = Plane { left: 84.0, top: 120.0, right: WIDTH - 28.0, foot: HEIGHT - 62.0 };
    let (low, high) = axis::span(profile.points.iter().map(|point| point.1), 8)?;
    let (_, most) = axis::span(profile.points.iter().map(|point| point.0).chain([0.0]), 8)?;
    let height = Axis { from: low.max(0.0), until: high, start: plane.foot, stop: plane.top, law: Law::Linear };
    let frequency = Axis { from: 0.0, until: most, start: plane.left, stop: plane.right, law: Law::Linear };
    let station = profile.station.as_deref().unwrap_or("station unknown");
    let time = profile
        .time
        .map_or_else(|| "time unknown".to_owned(), |time| time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string());
    scene.text(Text::new((plane.left, 36.0), format!("Electron density  {station}  {time}"), LARGE));
    scene.text(Text::new((plane.left, 58.0), format!("frame {}", profile.frame_id), NORMAL).colour(Colour::SLATE));
    axis::upright(&mut scene, &plane, &height, "true height (km)");
    for mhz in ticks::linear(0.0, most, 8) {
        let x = frequency.at(mhz);
        scene.line((x, plane.top), (x, plane.foot), Stroke::solid(Colour::MIST, 1.0));
        let below = Text::new((x, plane.foot + 9.0), ticks::label(mhz), NORMAL).colour(Colour::SLATE);
        scene.text(below.anchored(Anchor::Middle, Baseline::Head));
        let density = ticks::label((DENSITY_AT_1_MHZ * mhz * mhz / 1e9).round() / 100.0);
        let above = Text::new((x, plane.top - 6.0), density, SMALL).colour(Colour::SLATE);
        scene.text(above.anchored(Anchor::Middle, Baseline::Foot));
    }
    let middle = (plane.left + plane.right) / 2.0;
    let below = Text::new((middle, plane.foot + 32.0), "plasma frequency (MHz)", NORMAL);
    scene.text(below.anchored(Anchor::Middle, Baseline::Head));
    let above = Text::new((middle, plane.top - 22.0), "electron density (10¹¹ per m³)", NORMAL);
    scene.text(above.anchored(Anchor::Middle, Baseline::Foot));
    let place = |point: &(f64, f64)| (frequency.at(point.0), height.at(point.1));
    for bound in [&profile.lower, &profile.upper] {
        scene.path(bound.iter().map(place).collect(), Stroke::dashed(Colour::SKY, 1.4, 6.0, 4.0));
    }
    scene.path(profile.points.iter().map(place).collect(), Stroke::solid(Colour::BLUE, 2.4));
    axis::edges(&mut scene, &plane);
    (profile.points.len() > 1).then_some(scene)
}

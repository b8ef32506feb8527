//! The series of characteristics: frequencies, heights and factors above one another on one time axis, a block for
//! each station.

use super::axis::{self, Axis, LARGE, Law, NORMAL, Plane, SMALL};
use super::panel::{Kind, Panel};
use super::{Anchor, Baseline, Colour, Marker, Scene, Text, glyphs};
use crate::plot::Face;
use crate::series::Reading;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Width of the page in scene units.
const WIDTH: f64 = 1280.0;
/// Left and right edge of the planes.
const LEFT: f64 = 84.0;
const RIGHT: f64 = WIDTH - 28.0;
/// More stations than this do not fit a page; those with the most values are shown.
const MOST_STATIONS: usize = 4;

/// Draws the series of the readings given, which may be of several stations. `None` if none of them has a time.
pub fn series(readings: &[Reading]) -> Option<Scene> {
    let mut stations: BTreeMap<Option<&str>, Vec<&Reading>> = BTreeMap::new();
    for reading in readings.iter().filter(|reading| reading.time.is_some()) {
        stations.entry(reading.station.as_deref()).or_default().push(reading);
    }
    if stations.is_empty() {
        return None;
    }
    let mut by_size: Vec<_> = stations.iter().map(|(name, rows)| (std::cmp::Reverse(rows.len()), *name)).collect();
    by_size.sort();
    let left_out = by_size.split_off(by_size.len().min(MOST_STATIONS));
    let mut scene = Scene::new(WIDTH, 0.0);
    let mut top = 22.0;
    for (name, rows) in &stations {
        if by_size.iter().any(|(_, shown)| shown == name) {
            top = block(&mut scene, *name, rows, top) + 34.0;
        }
    }
    let mut notes = Vec::new();
    let undated = readings.iter().filter(|reading| reading.time.is_none()).count();
    if undated > 0 {
        notes.push(format!("{undated} readings without a time are not shown."));
    }
    if !left_out.is_empty() {
        let names: Vec<&str> = left_out.iter().map(|(_, name)| name.unwrap_or("unknown")).collect();
        notes.push(format!("Stations not shown: {}.", names.join(", ")));
    }
    flags(&mut scene, top - 20.0, &notes.join("  "));
    scene.height = top + 8.0;
    Some(scene)
}

/// Draws one station below `top`; returns where it ends.
fn block(scene: &mut Scene, station: Option<&str>, readings: &[&Reading], top: f64) -> f64 {
    let times = || readings.iter().filter_map(|reading| reading.time);
    let (Some(first), Some(last)) = (times().min(), times().max()) else { return top };
    let name = station.map_or_else(|| "Station unknown".to_owned(), |name| format!("Station {name}"));
    let title = Text::new((LEFT, top), name.as_str(), LARGE).anchored(Anchor::Start, Baseline::Head);
    scene.text(title);
    let values = readings.iter().filter(|reading| reading.value.is_some()).count();
    let passed = readings.iter().filter(|reading| reading.value.is_some() && reading.flag == 1).count();
    let words = format!("{}    {values} values, {passed} with flag pass", span_words(first, last));
    let at = (LEFT + glyphs::width(&name, LARGE, Face::Label) + 18.0, top + LARGE * 0.6);
    scene.text(Text::new(at, words, NORMAL).colour(Colour::SLATE));

    let panels: Vec<Panel<'_>> = Kind::ALL.iter().filter_map(|kind| Panel::of(*kind, readings)).collect();
    let (from, until) = (first.as_second() as f64, last.as_second() as f64);
    let air = ((until - from) * 0.012).max(600.0);
    let time = Axis { from: from - air, until: until + air, start: LEFT, stop: RIGHT, law: Law::Linear };
    let mut y = top + LARGE + 14.0;
    for (index, panel) in panels.iter().enumerate() {
        let plane = Plane { left: LEFT, top: y + 20.0, right: RIGHT, foot: y + 20.0 + panel.kind.height() };
        axis::time(scene, &plane, &time, None);
        panel.draw(scene, &plane, &time);
        y = plane.foot + panel.letters_height();
        let last = index + 1 == panels.len();
        if last {
            axis::time(scene, &Plane { top: y, foot: y, ..plane }, &time, Some(y));
        }
        axis::edges(scene, &plane);
        y += 6.0;
    }
    // Clear of the first date, which is centred on the edge.
    let zone = Text::new((LEFT - 46.0, y + 20.0), "UTC", NORMAL).colour(Colour::SLATE);
    scene.text(zone.anchored(Anchor::End, Baseline::Head));
    y + 42.0
}

/// First and last time, as short as their distance allows.
fn span_words(first: Timestamp, last: Timestamp) -> String {
    let date = |time: Timestamp| time.strftime("%Y-%m-%d").to_string();
    let minute = |time: Timestamp| time.strftime("%H:%M").to_string();
    if date(first) == date(last) {
        format!("{}, {} to {} UTC", date(first), minute(first), minute(last))
    } else {
        format!("{} {} to {} {} UTC", date(first), minute(first), date(last), minute(last))
    }
}

/// The marker of a flag; missing values have none.
pub(super) fn flag_marker(flag: u8) -> (Marker, &'static str) {
    match flag {
        1 => (Marker::Disc, "pass"),
        3 => (Marker::Triangle, "suspect"),
        4 => (Marker::Cross, "fail"),
        _ => (Marker::Ring, "not evaluated"),
    }
}

fn flags(scene: &mut Scene, y: f64, notes: &str) {
    let x = flag_legend(scene, LEFT, y);
    let rest = "bars: 95 % bounds    letters below a panel: no value, URSI reason";
    scene.text(Text::new((x, y), rest, SMALL).colour(Colour::SLATE));
    if !notes.is_empty() {
        scene.text(Text::new((LEFT, y + 17.0), notes, SMALL).colour(Colour::SLATE));
    }
}

/// The markers of flags with their names, from `x` on; returns where they end.
pub(super) fn flag_legend(scene: &mut Scene, mut x: f64, y: f64) -> f64 {
    for flag in [1, 2, 3, 4] {
        let (marker, name) = flag_marker(flag);
        scene.marker((x + 4.0, y - 4.0), marker, 3.6, Colour::INK);
        scene.text(Text::new((x + 14.0, y), name, SMALL).colour(Colour::SLATE));
        x += 14.0 + glyphs::width(name, SMALL, Face::Label) + 16.0;
    }
    x
}

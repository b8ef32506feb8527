//! Monthly medians over years with their quartiles, one panel for each hour.

use super::axis::{self, Axis, LARGE, Law, NORMAL, Plane, SMALL};
use super::{Anchor, Baseline, Colour, Face, Scene, Stroke, Text, glyphs};
use crate::series::Month;
use jiff::civil::Date;
use jiff::tz::TimeZone;

const WIDTH: f64 = 1280.0;
const PANEL: f64 = 210.0;
/// Medians of months further apart than this many seconds are not joined.
const GAP: f64 = 45.0 * 86_400.0;

/// The median of one month at the hour of a panel.
struct Point {
    /// First and last second of the month.
    span: (f64, f64),
    median: f64,
    quartiles: Option<(f64, f64)>,
    count: usize,
    /// The median depends on limits.
    limited: bool,
}

/// Draws the months, which are of one station and characteristic, at the hours given. `None` without a median.
pub fn medians(months: &[Month], hours: &[i8]) -> Option<Scene> {
    let panels: Vec<(i8, Vec<Point>)> =
        hours.iter().map(|hour| (*hour, points(months, *hour))).filter(|(_, points)| !points.is_empty()).collect();
    let all = || panels.iter().flat_map(|(_, points)| points);
    let begin = all().map(|point| point.span.0).reduce(f64::min)?;
    let end = all().map(|point| point.span.1).reduce(f64::max)?;
    let example = months.first()?;
    let mut scene = Scene::new(WIDTH, 0.0);
    let (left, right) = (84.0, WIDTH - 28.0);
    let station = example.station.as_deref().unwrap_or("station unknown");
    let title = format!("Monthly median {}  {station}", example.name.as_str());
    scene.text(Text::new((left, 36.0), title.as_str(), LARGE));
    let x = left + glyphs::width(&title, LARGE, Face::Label) + 18.0;
    let words = "by the rules of UAG-23; hours UTC";
    scene.text(Text::new((x, 36.0), words, NORMAL).colour(Colour::SLATE));
    legend(&mut scene, left, 58.0);

    let air = (end - begin) * 0.01;
    let time = Axis { from: begin - air, until: end + air, start: left, stop: right, law: Law::Linear };
    let mut top = 84.0;
    for (index, (hour, points)) in panels.iter().enumerate() {
        let plane = Plane { left, top, right, foot: top + PANEL };
        let last = index + 1 == panels.len();
        let values = points.iter().flat_map(|point| {
            let (low, high) = point.quartiles.unwrap_or((point.median, point.median));
            [low.min(point.median), high.max(point.median)]
        });
        let (low, high) = axis::span(values, 5)?;
        let height = Axis { from: low.max(0.0), until: high, start: plane.foot, stop: plane.top, law: Law::Linear };
        let unit = match example.name.unit() {
            "1" => String::new(),
            unit => format!(" ({unit})"),
        };
        axis::upright(&mut scene, &plane, &height, &format!("{}{unit}", example.name.as_str()));
        axis::time(&mut scene, &plane, &time, last.then_some(plane.foot));
        draw(&mut scene, points, &time, &height);
        axis::edges(&mut scene, &plane);
        let name = Text::new((right - 6.0, top + 8.0), format!("{hour:02} h"), NORMAL * 1.2).halo(Colour::WHITE);
        scene.text(name.anchored(Anchor::End, Baseline::Head));
        top = plane.foot + if last { 56.0 } else { 22.0 };
    }
    scene.height = top;
    Some(scene)
}

fn points(months: &[Month], hour: i8) -> Vec<Point> {
    let second = |date: Date| Some(date.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second() as f64);
    let point = |month: &Month| {
        let summary = &month.hours.iter().find(|one| one.hour == hour)?.summary;
        let first = Date::new(month.year, month.month, 1).ok()?;
        let median = summary.median?;
        let quartiles = summary.quartiles.and_then(|[low, high]| Some((low.value?, high.value?)));
        Some(Point {
            span: (second(first)?, second(first.last_of_month())? + 86_400.0),
            median: median.value?,
            quartiles,
            count: summary.count,
            limited: matches!(median.qualifier, Some('D' | 'E')),
        })
    };
    months.iter().filter_map(point).collect()
}

/// Months with fewer values than this are drawn faint: their median says little.
const FEW: usize = 10;

fn draw(scene: &mut Scene, points: &[Point], time: &Axis, height: &Axis) {
    let middle = |point: &Point| (point.span.0 + point.span.1) / 2.0;
    for point in points {
        let Some((low, high)) = point.quartiles else { continue };
        let (from, to) = (time.at(point.span.0), time.at(point.span.1));
        let colour = Colour::SKY.faded(if point.count < FEW { 60 } else { 130 });
        scene.fill((from, height.at(high)), (to.max(from + 0.8), height.at(low)), colour);
    }
    for run in points.chunk_by(|a, b| middle(b) - middle(a) <= GAP) {
        let places = run.iter().map(|point| (time.at(middle(point)), height.at(point.median))).collect();
        scene.path(places, Stroke::solid(Colour::BLUE, 1.5));
    }
    let radius = if points.len() > 300 { 1.1 } else { 2.2 };
    for point in points {
        let at = (time.at(middle(point)), height.at(point.median));
        let (marker, colour) = if point.limited {
            (super::Marker::Diamond, Colour::VERMILLION)
        } else if point.count < FEW {
            (super::Marker::Ring, Colour::BLUE)
        } else {
            (super::Marker::Disc, Colour::BLUE)
        };
        scene.marker(at, marker, if point.limited { radius + 1.4 } else { radius }, colour);
    }
}

fn legend(scene: &mut Scene, left: f64, y: f64) {
    let mut x = left;
    let word = |scene: &mut Scene, x: &mut f64, words: &str| {
        scene.text(Text::new((*x, y), words, SMALL).colour(Colour::SLATE).anchored(Anchor::Start, Baseline::Middle));
        *x += glyphs::width(words, SMALL, Face::Label) + 20.0;
    };
    scene.line((x, y), (x + 20.0, y), Stroke::solid(Colour::BLUE, 1.5));
    scene.marker((x + 10.0, y), super::Marker::Disc, 2.6, Colour::BLUE);
    x += 26.0;
    word(scene, &mut x, "median");
    scene.fill((x, y - 6.0), (x + 18.0, y + 6.0), Colour::SKY.faded(130));
    x += 24.0;
    word(scene, &mut x, "lower to upper quartile");
    scene.marker((x + 5.0, y), super::Marker::Ring, 2.6, Colour::BLUE);
    x += 14.0;
    word(scene, &mut x, "fewer than 10 values");
    scene.marker((x + 5.0, y), super::Marker::Diamond, 3.2, Colour::VERMILLION);
    x += 14.0;
    word(scene, &mut x, "a limit (D, E)");
}

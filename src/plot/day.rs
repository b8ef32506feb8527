//! The plots of one day: critical frequencies against the hour (f-plot) and virtual heights against the hour (h'-plot),
//! with the letters of every value (URSI Handbook, UAG-23, on f-plots).

use super::axis::{self, Axis, LARGE, Law, NORMAL, Plane, SMALL};
use super::panel::{Kind, Panel};
use super::series::flag_legend;
use super::{Anchor, Baseline, Colour, Face, Scene, Text, glyphs};
use crate::series::Reading;
use jiff::civil::Date;
use jiff::tz::TimeZone;

const WIDTH: f64 = 1280.0;
const HEIGHT: f64 = 520.0;

/// Which plot of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayPlot {
    /// Critical frequencies, fmin and fxI.
    Frequencies,
    /// Virtual heights.
    Heights,
}

/// Draws a day, UTC, of one station. `None` if no reading of the day has a value of that kind.
pub fn day(readings: &[Reading], date: Date, plot: DayPlot) -> Option<Scene> {
    let of_day = |reading: &&Reading| reading.time.is_some_and(|time| time.to_zoned(TimeZone::UTC).date() == date);
    let rows: Vec<&Reading> = readings.iter().filter(of_day).collect();
    let (kind, title) = match plot {
        DayPlot::Frequencies => (Kind::Frequency, "f-plot"),
        DayPlot::Heights => (Kind::Height, "h'-plot"),
    };
    let panel = Panel::of(kind, &rows)?;
    let start = date.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second() as f64;
    let plane = Plane { left: 84.0, top: 84.0, right: WIDTH - 28.0, foot: 84.0 + HEIGHT };
    let time = Axis {
        from: start,
        until: start + 86_400.0,
        start: plane.left + 8.0,
        stop: plane.right - 8.0,
        law: Law::Linear,
    };
    let foot = plane.foot + panel.letters_height();
    let mut scene = Scene::new(WIDTH, foot + 76.0);
    let station = rows.first().and_then(|reading| reading.station.as_deref()).unwrap_or("station unknown");
    let name = format!("{title}  {station}  {date}");
    scene.text(Text::new((plane.left, 36.0), name.as_str(), LARGE));
    let words = "UTC; letters beside a value qualify and describe it, letters below the plot stand for a missing value";
    let at = (plane.left + glyphs::width(&name, LARGE, Face::Label) + 18.0, 36.0);
    scene.text(Text::new(at, words, NORMAL).colour(Colour::SLATE));
    axis::hours(&mut scene, &Plane { foot, ..plane }, &time);
    panel.draw(&mut scene, &plane, &time);
    panel.value_letters(&mut scene, &plane, &time);
    axis::edges(&mut scene, &plane);
    let hour = Text::new((plane.left - 12.0, foot + 9.0), "hour", NORMAL).colour(Colour::SLATE);
    scene.text(hour.anchored(Anchor::End, Baseline::Head));
    let x = flag_legend(&mut scene, plane.left, foot + 52.0);
    scene.text(Text::new((x, foot + 52.0), "bars: 95 % bounds", SMALL).colour(Colour::SLATE));
    Some(scene)
}

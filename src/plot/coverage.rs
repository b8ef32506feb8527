//! Coverage: a calendar of the frames of each day by status.

use super::axis::{LARGE, NORMAL, SMALL};
use super::readings::FrameMark;
use super::{Anchor, Baseline, Colour, Face, Scene, Stroke, Text, glyphs};
use jiff::civil::{Date, Weekday};
use std::collections::{BTreeMap, BTreeSet};

/// Side of a day's square and distance from one to the next.
const DAY: f64 = 17.0;
const PITCH: f64 = 20.0;
const LEFT: f64 = 84.0;
const WIDTH: f64 = LEFT + 54.0 * PITCH + 28.0;
/// Height of one year: weekdays, names of months, gap.
const YEAR: f64 = 7.0 * PITCH + 44.0;

/// The statuses in the order in which they are stacked, with their colours.
const STATUSES: [(&str, Colour); 4] =
    [("scaled", Colour::GREEN), ("no_echo", Colour::SKY), ("rejected", Colour::ORANGE), ("failed", Colour::VERMILLION)];

/// Draws a calendar of all frames given: each day is filled in proportion to its number of frames, divided by status.
pub fn coverage(frames: &[FrameMark]) -> Scene {
    let mut days: BTreeMap<Date, [usize; 4]> = BTreeMap::new();
    let mut totals = [0; 4];
    let mut undated = 0;
    let mut stations = BTreeSet::new();
    for frame in frames {
        let Some(status) = STATUSES.iter().position(|(name, _)| *name == frame.status) else { continue };
        totals[status] += 1;
        stations.extend(frame.station.as_deref());
        match frame.time {
            Some(time) => days.entry(time.to_zoned(jiff::tz::TimeZone::UTC).date()).or_default()[status] += 1,
            None => undated += 1,
        }
    }
    let most = days.values().map(|counts| counts.iter().sum::<usize>()).max().unwrap_or(0);
    let years: BTreeSet<i16> = days.keys().map(|date| date.year()).collect();
    let mut scene = Scene::new(WIDTH, 100.0 + YEAR * years.len() as f64);
    heading(&mut scene, &stations, totals, most, undated);
    for (index, year) in years.iter().enumerate() {
        calendar(&mut scene, *year, &days, most, 92.0 + YEAR * index as f64);
    }
    scene
}

fn heading(scene: &mut Scene, stations: &BTreeSet<&str>, totals: [usize; 4], most: usize, undated: usize) {
    let names: Vec<&str> = stations.iter().take(8).copied().collect();
    let more = if stations.len() > 8 { format!(" and {} more", stations.len() - 8) } else { String::new() };
    let title = if names.is_empty() {
        "Frames by day".to_owned()
    } else {
        format!("Frames by day: {}{more}", names.join(", "))
    };
    scene.text(Text::new((LEFT, 40.0), title, LARGE));
    let mut x = LEFT;
    for ((name, colour), total) in STATUSES.iter().zip(totals) {
        scene.fill((x, 55.0), (x + 12.0, 67.0), *colour);
        let words = format!("{} {total}", name.replace('_', " "));
        x += 18.0;
        scene.text(Text::new((x, 66.0), words.as_str(), NORMAL));
        x += glyphs::width(&words, NORMAL, Face::Label) + 22.0;
    }
    let days = format!("a full square is {most} frames; {undated} frames without a time are not shown");
    scene.text(Text::new((x, 66.0), days, NORMAL).colour(Colour::SLATE));
}

/// One year: a column for each week, a row for each weekday.
fn calendar(scene: &mut Scene, year: i16, days: &BTreeMap<Date, [usize; 4]>, most: usize, top: f64) {
    let name = Text::new((LEFT - 44.0, top + 3.5 * PITCH), year.to_string(), LARGE * 0.8);
    scene.text(name.anchored(Anchor::Middle, Baseline::Foot).upward());
    for (row, name) in ["Mon", "", "Wed", "", "Fri", "", "Sun"].into_iter().enumerate() {
        let at = (LEFT - 8.0, top + PITCH * row as f64 + DAY / 2.0);
        scene.text(Text::new(at, name, SMALL).colour(Colour::SLATE).anchored(Anchor::End, Baseline::Middle));
    }
    let Ok(first) = Date::new(year, 1, 1) else { return };
    let offset = i64::from(first.weekday().since(Weekday::Monday));
    for date in first.series(jiff::Span::new().days(1)).take_while(|date| date.year() == year) {
        let index = i64::from(date.day_of_year()) - 1 + offset;
        let (x, y) = (LEFT + PITCH * (index / 7) as f64, top + PITCH * (index % 7) as f64);
        if date.day() == 1 {
            let name = date.strftime("%b").to_string();
            scene.text(Text::new((x, top + 7.0 * PITCH + 12.0), name, SMALL).colour(Colour::SLATE));
        }
        scene.fill((x, y), (x + DAY, y + DAY), Colour::MIST);
        let Some(counts) = days.get(&date) else { continue };
        let total: usize = counts.iter().sum();
        // A single frame must show.
        let full = DAY * (total as f64 / most.max(1) as f64).max(0.2);
        let mut foot = y + DAY;
        for (count, (_, colour)) in counts.iter().zip(STATUSES) {
            let part = full * *count as f64 / total.max(1) as f64;
            if *count > 0 {
                scene.fill((x, foot - part), (x + DAY, foot), colour);
                foot -= part;
            }
        }
        scene.outline((x, y), (x + DAY, y + DAY), Stroke::solid(Colour::SLATE.faded(130), 0.8));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_has_its_square() {
        let frame = |time: &str, status: &str| FrameMark {
            station: Some("BOU".to_owned()),
            time: time.parse().ok(),
            status: status.to_owned(),
        };
        let scene = coverage(&[
            frame("1965-12-31T23:59:00Z", "scaled"),
            frame("1966-01-01T00:01:00Z", "failed"),
            frame("", "no_echo"),
        ]);
        let squares = scene
            .items
            .iter()
            .filter(
                |item| matches!(item, super::super::Item::Box { fill: Some(colour), .. } if *colour == Colour::MIST),
            )
            .count();
        assert_eq!(squares, 730);
        assert!(coverage(&[]).height > 0.0);
    }
}

//! A month as a matrix of day and hour: values as a monthly sheet prints them, coloured by size, with letters, flags and
//! the rows of count, median and quartiles below.

use super::axis::{LARGE, NORMAL, SMALL};
use super::{Anchor, Baseline, Colour, Face, Scene, Stroke, Text, glyphs};
use crate::series::Reading;
use crate::statistics::{Cell, Figure, Rules, Summary};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;

const LEFT: f64 = 84.0;
const TOP: f64 = 96.0;
const CELL: (f64, f64) = (46.0, 20.0);

/// Draws the month that begins with `first` of the readings, one for each hour ([`crate::series::hourly`]), of one
/// station and characteristic. Values that a test found wrong (flag 4) show and do not count. `None` without a reading.
pub fn month(readings: &[Reading], first: Date, rules: &Rules) -> Option<Scene> {
    let mut cells: BTreeMap<(i8, i8), &Reading> = BTreeMap::new();
    for reading in readings {
        let civil = reading.time?.to_zoned(TimeZone::UTC).datetime();
        if (civil.year(), civil.month()) == (first.year(), first.month()) {
            cells.insert((civil.day(), civil.hour()), reading);
        }
    }
    let example = *cells.values().next()?;
    let name = example.name;
    let days = first.days_in_month();
    let sheet = Sheet::of(name.unit());
    let values = || cells.values().filter(|reading| reading.flag != 4).filter_map(|reading| reading.value);
    let (low, high) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));

    let foot = TOP + CELL.1 * f64::from(days);
    let mut scene = Scene::new(LEFT + 24.0 * CELL.0 + 28.0, foot + 6.0 + 5.0 * CELL.1 + 46.0);
    let station = example.station.as_deref().unwrap_or("station unknown");
    let title = format!("{}  {station}  {}", name.as_str(), first.strftime("%B %Y"));
    scene.text(Text::new((LEFT, 36.0), title.as_str(), LARGE));
    let at = (LEFT + glyphs::width(&title, LARGE, Face::Label) + 18.0, 36.0);
    let words = format!("unit {}, hours UTC; value, qualifying letter, descriptive letter", sheet.words);
    scene.text(Text::new(at, words, NORMAL).colour(Colour::SLATE));
    legend(&mut scene, (low, high), &sheet);
    for hour in 0..24 {
        let middle = (x(hour) + CELL.0 / 2.0, TOP - 8.0);
        scene.text(Text::new(middle, format!("{hour:02}"), NORMAL).anchored(Anchor::Middle, Baseline::Foot));
    }
    for day in 1..=days {
        row_name(&mut scene, y(day), &day.to_string());
        for hour in 0..24 {
            let from = (x(hour), y(day));
            match cells.get(&(day, hour)) {
                Some(reading) => cell(&mut scene, from, reading, (low, high), &sheet),
                None => scene.fill(from, (from.0 + CELL.0 - 1.0, from.1 + CELL.1 - 1.0), Colour::MIST.faded(130)),
            }
        }
    }
    summary_rows(&mut scene, &cells, name.as_str(), rules, &sheet, foot + 6.0);
    Some(scene)
}

fn x(hour: i8) -> f64 {
    LEFT + CELL.0 * f64::from(hour)
}

fn y(day: i8) -> f64 {
    TOP + CELL.1 * f64::from(day - 1)
}

/// How the sheet prints values: whole numbers of a small unit.
struct Sheet {
    factor: f64,
    words: &'static str,
}

impl Sheet {
    fn of(unit: &str) -> Self {
        match unit {
            "MHz" => Self { factor: 10.0, words: "0.1 MHz" },
            "1" => Self { factor: 100.0, words: "0.01" },
            _ => Self { factor: 1.0, words: "km" },
        }
    }

    fn print(&self, value: f64) -> String {
        format!("{:.0}", value * self.factor)
    }
}

fn row_name(scene: &mut Scene, top: f64, name: &str) {
    let at = (LEFT - 8.0, top + CELL.1 / 2.0);
    scene.text(Text::new(at, name, NORMAL).anchored(Anchor::End, Baseline::Middle));
}

fn cell(scene: &mut Scene, from: (f64, f64), reading: &Reading, (low, high): (f64, f64), sheet: &Sheet) {
    let to = (from.0 + CELL.0 - 1.0, from.1 + CELL.1 - 1.0);
    let middle = ((from.0 + to.0) / 2.0, (from.1 + to.1) / 2.0);
    let letter = |letter: Option<char>| letter.unwrap_or(' ');
    let (words, ground) = match reading.value {
        Some(value) if reading.flag != 4 => {
            let words = format!("{}{}{}", sheet.print(value), letter(reading.qualifier), letter(reading.descriptor));
            (words, shade((value - low) / (high - low).max(1e-9)))
        }
        Some(value) => (sheet.print(value), Colour::WHITE),
        None => (letter(reading.descriptor).to_string(), Colour::MIST),
    };
    scene.fill(from, to, ground);
    let ink = if dark(ground) { Colour::WHITE } else { Colour::INK };
    scene.text(Text::new(middle, words.trim_end(), SMALL).colour(ink).anchored(Anchor::Middle, Baseline::Middle));
    match reading.flag {
        3 => {
            scene.outline(
                (from.0 + 0.5, from.1 + 0.5),
                (to.0 - 0.5, to.1 - 0.5),
                Stroke::solid(Colour::VERMILLION, 1.6),
            );
        }
        4 => {
            scene.outline(from, to, Stroke::solid(Colour::VERMILLION, 1.0));
            scene.line((from.0 + 3.0, middle.1), (to.0 - 3.0, middle.1), Stroke::solid(Colour::VERMILLION, 1.4));
        }
        _ => {}
    }
}

/// The rows below the sheet.
fn summary_rows(
    scene: &mut Scene,
    cells: &BTreeMap<(i8, i8), &Reading>,
    name: &str,
    rules: &Rules,
    sheet: &Sheet,
    top: f64,
) {
    for (row, words) in ["count", "median", "upper q.", "lower q."].into_iter().enumerate() {
        row_name(scene, top + CELL.1 * row as f64, words);
    }
    let edge = Stroke::solid(Colour::SLATE, 1.0);
    scene.line((LEFT, top - 3.0), (LEFT + 24.0 * CELL.0, top - 3.0), edge);
    for hour in 0..24 {
        let of_hour = cells.iter().filter(|((_, at), reading)| *at == hour && reading.flag != 4);
        let of_hour: Vec<Cell> = of_hour
            .map(|(_, one)| Cell { value: one.value, qualifier: one.qualifier, descriptor: one.descriptor })
            .collect();
        let summary = Summary::of(&of_hour, name, rules);
        let figure = |figure: Option<Figure>| {
            let Some(figure) = figure else { return String::new() };
            let letters: String = figure.qualifier.into_iter().chain(figure.descriptor).collect();
            figure.value.map(|value| sheet.print(value)).unwrap_or_default() + &letters
        };
        let rows = [
            summary.count.to_string(),
            figure(summary.median),
            figure(summary.quartiles.map(|pair| pair[1])),
            figure(summary.quartiles.map(|pair| pair[0])),
        ];
        for (row, words) in rows.into_iter().enumerate() {
            let at = (x(hour) + CELL.0 / 2.0, top + CELL.1 * (row as f64 + 0.5));
            scene.text(Text::new(at, words, SMALL).anchored(Anchor::Middle, Baseline::Middle));
        }
    }
}

/// The scale of colours and the marks of flags.
fn legend(scene: &mut Scene, (low, high): (f64, f64), sheet: &Sheet) {
    let y = 58.0;
    let mut x = LEFT;
    let word = |scene: &mut Scene, x: f64, words: &str| {
        scene.text(Text::new((x, y), words, SMALL).colour(Colour::SLATE).anchored(Anchor::Start, Baseline::Middle));
        x + glyphs::width(words, SMALL, Face::Label) + 6.0
    };
    if low.is_finite() {
        x = word(scene, x, &sheet.print(low));
        for step in 0..24 {
            let from = x + 5.0 * f64::from(step);
            scene.fill((from, y - 6.0), (from + 5.0, y + 6.0), shade(f64::from(step) / 23.0));
        }
        x = word(scene, x + 126.0, &sheet.print(high)) + 14.0;
    }
    let boxes: [(Colour, Option<Colour>, &str); 4] = [
        (Colour::WHITE, Some(Colour::VERMILLION), "suspect (flag 3)"),
        (Colour::WHITE, Some(Colour::VERMILLION), "struck out: fail (flag 4), not counted"),
        (Colour::MIST, None, "no value, letter says why"),
        (Colour::MIST.faded(130), None, "no sounding"),
    ];
    for (index, (fill, outline, words)) in boxes.into_iter().enumerate() {
        scene.fill((x, y - 6.0), (x + 18.0, y + 6.0), fill);
        if let Some(colour) = outline {
            scene.outline((x + 0.5, y - 5.5), (x + 17.5, y + 5.5), Stroke::solid(colour, 1.4));
        }
        if index == 1 {
            scene.line((x + 3.0, y), (x + 15.0, y), Stroke::solid(Colour::VERMILLION, 1.4));
        }
        x = word(scene, x + 24.0, words) + 12.0;
    }
}

/// A colour for a share of the range: cividis, which grows evenly in lightness for any kind of colour vision (J. Nunez,
/// C. Anderton and R. Renslow, PLOS ONE 13, 2018), between six of its colours.
fn shade(share: f64) -> Colour {
    const STEPS: [[u8; 3]; 6] =
        [[0, 32, 77], [49, 68, 107], [102, 104, 112], [149, 143, 120], [203, 186, 105], [255, 234, 70]];
    let place = share.clamp(0.0, 1.0) * (STEPS.len() - 1) as f64;
    let index = (place as usize).min(STEPS.len() - 2);
    let part = place - index as f64;
    let [red, green, blue] = std::array::from_fn(|channel| {
        let (a, b) = (f64::from(STEPS[index][channel]), f64::from(STEPS[index + 1][channel]));
        (a + (b - a) * part).round() as u8
    });
    Colour::opaque(red, green, blue)
}

/// White text reads better on the colour than black.
fn dark(colour: Colour) -> bool {
    let [red, green, blue] = colour.rgb.map(f64::from);
    0.299 * red + 0.587 * green + 0.114 * blue < 125.0
}

//! What a page prints often is likelier: the shapes of its cells, its letters, and the values of each hour weigh the
//! readings of doubtful cells.

use super::cells::ReadCell;
use crate::table::MonthlyTable;
use crate::table::format::cell::Cell;
use jiff::civil::Time;
use std::collections::BTreeMap;

/// Probability from which on a reading teaches.
const SURE: f32 = 0.8;
/// Weight of what shapes and letters are usual, as a power of their shares.
const STRENGTH: f32 = 0.65;
/// Times that each letter counts as seen before any is.
const UNSEEN: f32 = 0.3;
/// Share of values that keep to no other value of their hour.
const STRANGE: f32 = 0.1;

/// Weighs the choices of every cell of a table and takes the likeliest.
pub(super) fn weigh(monthly_table: &mut MonthlyTable, cells: &mut [ReadCell]) {
    let page = Page::of(monthly_table, cells);
    for read in cells.iter_mut().filter(|read| !read.is_summary) {
        let Some(reading) = monthly_table.readings.get_mut(read.index) else { continue };
        let total: f32 = read.choices.iter().map(|choice| choice.2).sum();
        for (text, cell, probability) in &mut read.choices {
            *probability *= page.likelihood(text, cell, reading.time.time());
        }
        let weighed: f32 = read.choices.iter().map(|choice| choice.2).sum();
        // How well the ink is explained at all stays as it was.
        let scale = if weighed > 0.0 { total / weighed } else { 0.0 };
        read.choices.iter_mut().for_each(|choice| choice.2 *= scale);
        read.choices.sort_by(|a, b| b.2.total_cmp(&a.2));
        if let Some((text, cell, probability)) = read.choices.first() {
            reading.text = text.as_str().into();
            reading.value = cell.number.map(|number| monthly_table.unit.value(number));
            (reading.qualifier, reading.descriptor) = (cell.qualifier, cell.descriptor);
            reading.likelihood = *probability;
        }
    }
}

/// What the sure readings of a table have in common.
struct Page {
    /// Share of each shape: number of digits, qualifying letter, descriptive letter.
    shapes: BTreeMap<(u32, bool, bool), f32>,
    /// Share of each qualifying and each descriptive letter.
    letters: [BTreeMap<char, f32>; 2],
    /// Median and usual deviation of the numbers of each hour.
    hours: BTreeMap<Time, (f32, f32)>,
    /// The same of all.
    all: (f32, f32),
}

impl Page {
    fn of(monthly_table: &MonthlyTable, cells: &[ReadCell]) -> Self {
        let mut shapes: BTreeMap<(u32, bool, bool), f32> = BTreeMap::new();
        let mut letters: [BTreeMap<char, f32>; 2] =
            [0, 1].map(|_| ('A'..='Z').map(|letter| (letter, UNSEEN)).collect());
        let mut hours: BTreeMap<Time, Vec<f32>> = BTreeMap::new();
        let mut count = 0.0;
        for read in cells.iter().filter(|read| !read.is_summary) {
            let Some((text, cell, _)) = read.choices.first().filter(|choice| choice.2 >= SURE) else { continue };
            *shapes.entry(shape(text, cell)).or_insert(0.5) += 1.0;
            count += 1.0;
            for (letters, letter) in letters.iter_mut().zip([cell.qualifier, cell.descriptor]) {
                if let Some(share) = letter.and_then(|letter| letters.get_mut(&letter)) {
                    *share += 1.0;
                }
            }
            if let (Some(number), Some(reading)) = (cell.number, monthly_table.readings.get(read.index)) {
                hours.entry(reading.time.time()).or_default().push(number as f32);
            }
        }
        for letters in &mut letters {
            let total: f32 = letters.values().sum();
            letters.values_mut().for_each(|share| *share /= total);
        }
        shapes.values_mut().for_each(|share| *share /= count + 1.0);
        let mut all: Vec<f32> = hours.values().flatten().copied().collect();
        let hours = hours
            .into_iter()
            .filter(|(_, numbers)| numbers.len() >= 5)
            .map(|(time, mut numbers)| (time, centre(&mut numbers)))
            .collect();
        Self { shapes, letters, hours, all: centre(&mut all) }
    }

    /// How likely a cell is before it is looked at, up to a constant.
    fn likelihood(&self, text: &str, cell: &Cell, time: Time) -> f32 {
        let shape = self.shapes.get(&shape(text, cell)).copied().unwrap_or(5e-4);
        let letters = self.letters.iter().zip([cell.qualifier, cell.descriptor]);
        let share = |(letters, letter): (&BTreeMap<char, f32>, Option<char>)| {
            letter.map_or(1.0, |letter| letters.get(&letter).copied().unwrap_or(0.01))
        };
        let letters: f32 = letters.map(share).product();
        let number = cell.number.map_or(1.0, |number| {
            let (middle, spread) = self.hours.get(&time).copied().unwrap_or(self.all);
            let near = (-(number as f32 - middle).abs() / spread).exp() / (2.0 * spread);
            (1.0 - STRANGE) * near + STRANGE / 1000.0
        });
        // What a table prints often must not outweigh clear print.
        ((shape * letters).powf(STRENGTH) * number).max(1e-9)
    }
}

/// Digits as printed, so that a table without leading noughts makes them unlikely, and letters.
fn shape(text: &str, cell: &Cell) -> (u32, bool, bool) {
    let digits = text.bytes().filter(u8::is_ascii_digit).count() as u32;
    let is_led = digits > 1 && text.starts_with('0');
    (digits + if is_led { LED } else { 0 }, cell.qualifier.is_some(), cell.descriptor.is_some())
}

/// Added to the digits of a number with leading noughts.
const LED: u32 = 16;

/// Median and mean deviation from it, at least what rounding leaves.
fn centre(numbers: &mut [f32]) -> (f32, f32) {
    numbers.sort_by(f32::total_cmp);
    let Some(&median) = numbers.get(numbers.len() / 2) else { return (50.0, 1000.0) };
    let deviation = numbers.iter().map(|number| (number - median).abs()).sum::<f32>() / numbers.len() as f32;
    (median, (1.5 * deviation).max(3.0))
}

//! Reads scanned pages of tables.
//!
//! In: a picture and a layout. Out: the tables of the page with the box of every cell, and diagnostics. The page is
//! turned upright, its rules are taken away, the header of hours, the rows and the columns are found, and every cell is
//! read by a small network of our own under the grammar of the layout. Printed counts and medians repair single wrong
//! characters.

mod cells;
mod columns;
pub mod glyph;
mod ink;
mod line;
mod lines;
mod prior;
mod repair;
mod shapes;
mod skew;
pub mod strip;
mod structure;
mod words;

use super::checks;
use super::heading::Heading;
use super::layout::Layout;
use super::pattern::Exactness;
use super::{Diagnostic, MonthlyTable, Parsed};
use crate::model::{PixelBox, Placement};
use cells::ReadCell;
use image::GrayImage;
use ink::Ink;
use jiff::civil::Date;
use line::Line;
use lines::TextLine;
use std::collections::BTreeSet;
use structure::Block;

/// What is read from a page.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Page {
    /// Tables and diagnostics.
    pub parsed: Parsed,
    /// How far the page stood turned in the scan, degrees, clockwise positive.
    pub rotation_deg: f64,
}

/// A page that is being read.
struct Upright {
    ink: Ink,
    placement: Placement,
}

/// Reads a page.
pub fn read_page(picture: &GrayImage, layout: &Layout) -> Page {
    let config = &layout.page;
    let raw = Ink::of(picture, config.least_contrast);
    let heights = lines::usual_heights(&raw);
    let Some(&height) = heights.first() else {
        let diagnostic = Diagnostic::whole("blank_page", "the page shows no print");
        return Page { parsed: Parsed { tables: Vec::new(), diagnostics: vec![diagnostic] }, rotation_deg: 0.0 };
    };
    let lean = skew::measure(&raw, config.largest_skew_deg);
    let mut best: Option<(usize, Parsed, f64)> = None;
    for (degrees, height) in
        [0.0, 180.0].iter().flat_map(|turn| heights.iter().map(move |&height| (lean + turn, height)))
    {
        let turned = degrees - lean > 90.0;
        if turned && best.is_some() {
            break;
        }
        let (mut ink, placement) = raw.upright(degrees);
        lines::remove_rules(&mut ink, height);
        let Some(mut parsed) = (Upright { ink, placement }).read(height, layout) else { continue };
        if turned {
            parsed.diagnostics.push(Diagnostic::whole("upside_down", "the scan stands upside down; it was turned"));
        }
        let cells = || parsed.tables.iter().flat_map(|monthly_table| &monthly_table.readings);
        let read = cells().filter(|cell| !cell.tests.contains(&"day_unsure")).count();
        let hours: BTreeSet<i8> = cells().map(|cell| cell.time.hour()).collect();
        if best.as_ref().is_none_or(|best| read > best.0) {
            best = Some((read, parsed, degrees));
        }
        // Nearly all days of a month in every column: no other height reads more.
        if read > 0 && read >= 27 * hours.len() {
            break;
        }
    }
    if let Some((_, parsed, rotation_deg)) = best {
        return Page { parsed, rotation_deg };
    }
    let message = format!(
        "no row of hours was found among the lines of print, which are {height} px high; the page is no table of the layout {:?}, or too poor",
        layout.table
    );
    let diagnostics = vec![Diagnostic::whole("no_table", message)];
    Page { parsed: Parsed { tables: Vec::new(), diagnostics }, rotation_deg: lean }
}

impl Upright {
    /// The factor on the height of the lines at which the network knows best what it sees, tried on lines with much print.
    fn fit(&self, lines: &[TextLine]) -> f32 {
        const TRIED: usize = 5;
        let dark = |line: &TextLine| -> usize {
            let rows = line.top.max(0.0) as usize..line.foot.max(0.0) as usize;
            rows.map(|y| self.ink.row(y).iter().filter(|&&value| value >= lines::PRINT).count()).sum()
        };
        let mut order: Vec<(usize, usize)> = lines.iter().enumerate().map(|(at, line)| (dark(line), at)).collect();
        order.sort_by(|a, b| b.cmp(a));
        // The darkest may be borders.
        let skip = order.len() / 10;
        let tried: Vec<&TextLine> = order.iter().skip(skip).take(TRIED).map(|&(_, at)| &lines[at]).collect();
        let clearness = |factor: f32| -> f32 {
            let looked = tried.iter().map(|line| Line::new(&self.ink, line.scaled(factor)).clearness());
            let (sum, count) = looked.fold((0.0, 0), |all, one| (all.0 + one.0, all.1 + one.1));
            sum / count.max(1) as f32
        };
        let factors = [0.93, 1.0, 1.07].map(|factor| (clearness(factor), factor));
        factors.into_iter().max_by(|a, b| a.0.total_cmp(&b.0)).map_or(1.0, |best| best.1)
    }

    /// The tables, or `None` if no header of hours is found.
    fn read(&self, height: f32, layout: &Layout) -> Option<Parsed> {
        let found = lines::find(&self.ink, height);
        let factor = self.fit(&found);
        let lines: Vec<Line> = found.iter().map(|line| Line::new(&self.ink, line.scaled(factor))).collect();
        let characters: Vec<_> = lines.iter().map(Line::characters).collect();
        let words = words::words(&lines, &characters);
        let blocks = structure::find(&self.ink, &lines, &characters, &words, layout);
        if blocks.is_empty() {
            return None;
        }
        let mut parsed = Parsed::default();
        let mut heading = Heading::default();
        let mut monthly_tables: Vec<(Option<Date>, MonthlyTable, Vec<ReadCell>)> = Vec::new();
        let mut next = 0;
        for block in &blocks {
            // What stands between the last row above and the header.
            let is_row = |at: usize| blocks.iter().any(|block| block.rows.iter().any(|row| row.0 == at));
            let above: Vec<usize> = (next..block.header).filter(|&at| !is_row(at)).collect();
            if above.iter().any(|&at| !words[at].is_empty()) {
                heading.lines.clear();
            }
            for at in above {
                let text: Vec<&str> = words[at].iter().map(|(word, _, _)| word.as_str()).collect();
                tracing::debug!("line {at}: {}", text.join(" "));
                heading.read(&text.join(" "), layout, Exactness::Loose);
            }
            next = block.header + 1;
            self.block(block, &lines, &heading, layout, &mut monthly_tables, &mut parsed.diagnostics);
        }
        for (_, mut monthly_table, mut cells) in monthly_tables {
            shapes::weigh(&lines, &mut cells);
            prior::weigh(&mut monthly_table, &mut cells);
            cells::withhold(&mut monthly_table);
            repair::repair(&mut monthly_table, &cells, layout);
            checks::check(&mut monthly_table, layout.checks.half, layout.quality.unit_share);
            if !monthly_table.readings.is_empty() {
                parsed.tables.push(monthly_table);
            }
        }
        Some(parsed)
    }

    fn block(
        &self,
        block: &Block,
        lines: &[Line],
        heading: &Heading,
        layout: &Layout,
        monthly_tables: &mut Vec<(Option<Date>, MonthlyTable, Vec<ReadCell>)>,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        let month = heading.month();
        let mut notes = Vec::new();
        let fresh = heading.monthly_table(layout, block.header, &mut notes);
        let lacks = |monthly_table: &MonthlyTable| {
            !monthly_table.readings.iter().any(|cell| block.hours.contains(&(cell.time.hour() as u32)))
        };
        let same = |(of, monthly_table, _): &(Option<Date>, MonthlyTable, Vec<ReadCell>)| {
            *of == month && monthly_table.name == fresh.name && lacks(monthly_table)
        };
        let index = monthly_tables.iter().position(same).unwrap_or_else(|| {
            diagnostics.append(&mut notes);
            monthly_tables.push((month, fresh.clone(), Vec::new()));
            monthly_tables.len() - 1
        });
        let Some(month) = month else {
            let message = format!(
                "month and year were not read above the table, without which no value has a time; read were {:?}",
                heading.lines
            );
            diagnostics.push(Diagnostic::at(block.header, "no_month", message));
            return;
        };
        let (_, monthly_table, cells) = &mut monthly_tables[index];
        cells::read_block(self, block, lines, month, layout, monthly_table, cells, diagnostics);
    }

    /// A box of the upright page in the scan.
    fn to_scan(&self, left: f32, top: f32, right: f32, foot: f32) -> PixelBox {
        let corners = [(left, top), (right, top), (left, foot), (right, foot)]
            .map(|(x, y)| self.placement.to_scan(f64::from(x), f64::from(y)));
        let least = |value: fn(&(f64, f64)) -> f64| corners.iter().map(value).fold(f64::MAX, f64::min).floor();
        let most = |value: fn(&(f64, f64)) -> f64| corners.iter().map(value).fold(f64::MIN, f64::max).ceil();
        let (x, y) = (least(|corner| corner.0), least(|corner| corner.1));
        PixelBox::new(x as i32, y as i32, (most(|corner| corner.0) - x) as i32, (most(|corner| corner.1) - y) as i32)
    }
}

#[cfg(test)]
mod accuracy_tests;

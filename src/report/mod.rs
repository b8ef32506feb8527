//! One page about the quality of a dataset, for a reviewer and for an archive: self-contained HTML that opens from disk
//! and prints.
//!
//! In: the dataset's tables, and the scans where they can be found. Out: a string.

mod charts;
mod facts;
mod html;
mod thumbnail;

use crate::dataset::DatasetError;
use crate::model::CharacteristicName as Name;
use crate::plot::{coverage, frames, series};
use crate::series::{Selection, readings};
use facts::Facts;
use html::{Page, number, percent};
use std::path::{Path, PathBuf};

/// What to put on the page.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportOptions {
    /// Folders in which scans are looked for that are not at the place the dataset names.
    pub sources: Vec<PathBuf>,
    /// Frames shown as pictures.
    pub pictures: usize,
    /// Stretches of time shown as f-plots for each station.
    pub stretches: usize,
}

impl Default for ReportOptions {
    fn default() -> Self {
        Self { sources: Vec::new(), pictures: 8, stretches: 3 }
    }
}

/// Characteristics of an f-plot, and of the heights and factors below it.
const SHOWN: &[Name] = &[
    Name::FoF2,
    Name::FoF1,
    Name::FoE,
    Name::FoEs,
    Name::Fmin,
    Name::HF,
    Name::M3000F2,
    Name::TopsideFoDeepest,
    Name::TopsideFxDeepest,
];
/// Length of a stretch, days.
const STRETCH_DAYS: i64 = 4;

/// The page about a dataset.
pub fn report(root: &Path, options: &ReportOptions) -> Result<String, DatasetError> {
    let facts = Facts::read(root)?;
    let name = root.file_name().map_or_else(|| root.display().to_string(), |name| name.to_string_lossy().into_owned());
    let mut page = Page::new(&format!("Quality of {name}"));
    summary(&mut page, &facts);
    page.section("Coverage", "Frames of each day by status; a full square is the day with most frames.");
    page.picture(&coverage(&frames(root)?).to_svg(), "Calendar of frames by day and status");
    tests(&mut page, &facts);
    plots(&mut page, root, options)?;
    page.section(
        "Residuals of the axes",
        "Each frame's root mean square of measured less fitted frequency and height markers, in pixels.",
    );
    for (title, values) in [("frequency markers", &facts.frequency_px), ("height markers", &facts.height_px)] {
        page.picture(
            &charts::histogram(values, title, "px").to_svg(),
            &format!("Histogram of the residuals of {title}"),
        );
    }
    worst(&mut page, &facts, options);
    rolls(&mut page, &facts);
    Ok(page.finish())
}

fn summary(page: &mut Page, facts: &Facts) {
    let values: u64 = facts.flags.iter().filter(|(flag, _)| **flag != 9).map(|(_, count)| count).sum();
    let share = |flag: u8| percent(facts.flags.get(&flag).copied().unwrap_or(0), values);
    let scaled = facts.statuses.get("scaled").copied().unwrap_or(0);
    let dated = facts.rolls.values().map(|roll| roll.dated).sum();
    page.tiles(&[
        ("frames", number(facts.frames)),
        ("scaled", percent(scaled, facts.frames)),
        ("with a time", percent(dated, facts.frames)),
        ("values", number(values)),
        ("pass", share(1)),
        ("suspect", share(3)),
        ("fail", share(4)),
        ("failures", number(facts.failures)),
    ]);
    let made: Vec<String> = facts.origins.iter().cloned().collect();
    page.note(&format!("Made by {}. Flags: QARTOD; the tests are explained in docs/quality.md.", made.join("; ")));
}

fn tests(page: &mut Page, facts: &Facts) {
    page.section("Flags by test", "Share of all values that did not pass a test; a value may be marked by several.");
    let values: u64 = facts.flags.iter().filter(|(flag, _)| !matches!(**flag, 2 | 9)).map(|(_, count)| count).sum();
    let mut counts: Vec<(&String, &u64)> = facts.tests.iter().collect();
    counts.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    let bars: Vec<(String, f64)> =
        counts.iter().map(|(name, count)| ((*name).clone(), 100.0 * **count as f64 / values.max(1) as f64)).collect();
    if bars.is_empty() {
        page.note("No value was marked.");
    } else {
        page.picture(&charts::bars(&bars, "% of values").to_svg(), "Share of values marked by each test");
    }
    let rows: Vec<Vec<String>> = facts
        .names
        .iter()
        .map(|(name, counts)| {
            let [pass, suspect, fail, missing, other] = *counts;
            let all = pass + suspect + fail + other;
            vec![
                name.clone(),
                number(all),
                percent(pass, all),
                percent(suspect, all),
                percent(fail, all),
                percent(other, all),
                number(missing),
            ]
        })
        .collect();
    page.table(&["characteristic", "values", "pass", "suspect", "fail", "not evaluated", "without value"], &rows);
}

fn plots(page: &mut Page, root: &Path, options: &ReportOptions) -> Result<(), DatasetError> {
    let words = format!(
        "Stretches of {STRETCH_DAYS} days with most flagged values of each station: disc pass, ring not evaluated, triangle suspect, cross fail."
    );
    page.section("f-plots with flags", &words);
    let mut all = readings(root, &Selection { characteristics: SHOWN.to_vec(), ..Selection::default() })?;
    all.sort_by_key(|reading| (SHOWN.iter().position(|name| *name == reading.name), reading.time));
    for (station, starts) in facts::stretches(&all, STRETCH_DAYS, options.stretches) {
        for start in starts {
            let inside: Vec<_> = all
                .iter()
                .filter(|reading| {
                    let day = reading.time.map(|time| time.as_second().div_euclid(86_400));
                    reading.station == station && day.is_some_and(|day| (start..start + STRETCH_DAYS).contains(&day))
                })
                .cloned()
                .collect();
            if let Some(scene) = series(&inside) {
                page.picture(&scene.to_svg(), "f-plot with flags");
            }
        }
    }
    Ok(())
}

fn worst(page: &mut Page, facts: &Facts, options: &ReportOptions) {
    page.section(
        "Frames to look at first",
        "Frames by the summed gain of reviewing their values; O blue, X orange, others grey.",
    );
    let mut missing = 0;
    page.open_grid();
    for frame in facts.worst.iter().take(options.pictures) {
        let picture = thumbnail::thumbnail(frame, &options.sources);
        missing += usize::from(picture.is_none());
        let mut words = vec![format!("{} #{}", frame.source_file, frame.frame_index)];
        words.extend(frame.time.map(|time| time.to_string()));
        words.extend(frame.values.iter().take(3).cloned());
        page.card(picture.as_deref(), &words);
    }
    page.close_grid();
    if missing > 0 {
        page.note(&format!("{missing} scans were not found; name their folder with --sources."));
    }
}

fn rolls(page: &mut Page, facts: &Facts) {
    page.section(
        "Health of the rolls",
        "Worst first: by the share of frames that are not scaled and of values that are flagged.",
    );
    let mut rolls: Vec<_> = facts.rolls.iter().collect();
    rolls.sort_by(|a, b| b.1.trouble().total_cmp(&a.1.trouble()).then(a.0.cmp(b.0)));
    let rows: Vec<Vec<String>> = rolls
        .into_iter()
        .map(|(name, roll)| {
            let pixels = |values: &[f64]| facts::median(values).map_or_else(String::new, |px| format!("{px:.2}"));
            let reason = roll.reasons.iter().max_by_key(|(words, count)| (**count, std::cmp::Reverse(*words)));
            vec![
                name.clone(),
                number(roll.frames),
                percent(roll.scaled, roll.frames),
                percent(roll.rejected, roll.frames),
                percent(roll.dated, roll.frames),
                percent(roll.inferred, roll.dated),
                pixels(&roll.frequency_px),
                pixels(&roll.height_px),
                percent(roll.flagged, roll.values),
                reason.map_or_else(String::new, |(words, count)| format!("{words} ({count})")),
            ]
        })
        .collect();
    let headings = [
        "roll",
        "frames",
        "scaled",
        "rejected",
        "with a time",
        "of these inferred",
        "frequency px",
        "height px",
        "values flagged",
        "commonest reason",
    ];
    page.table(&headings, &rows);
}

#[cfg(test)]
mod tests;

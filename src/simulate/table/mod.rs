//! Prints legacy tables from given values, as text and as worn page scans, with their truth.

mod page;
mod print;
mod values;
mod wear;

pub use page::{Face, Scanned, scan};
pub use print::{Mark, Printed, What, print};
pub use values::made_up;

use super::random::Random;
use super::store::{self, Depth};
use super::{Level, PictureFormat, SimulateError};
use crate::table::{Layout, MonthlyTable};
use std::path::{Path, PathBuf};

/// What to print.
#[derive(Debug, Clone, PartialEq)]
pub struct TableConfig {
    /// Months of made-up values, if no sheets are given.
    pub months: u32,
    /// Start of the random sequence.
    pub seed: u64,
    /// Condition of the pages.
    pub level: Level,
    /// Resolution of the scans; drawn between 200 and 300 dots per inch if `None`.
    pub dpi: Option<f64>,
    /// Typefaces, each a TrueType or OpenType file; pages take turns. Without one the face that rides in the program.
    pub fonts: Vec<PathBuf>,
    /// File format of the scans.
    pub format: PictureFormat,
}

/// Prints sheets, or made-up ones if none are given, into a folder: `NAME.txt`, the scan beside it, and `truth.csv`.
pub fn simulate_tables(
    layout: &Layout,
    sheets: &[MonthlyTable],
    config: &TableConfig,
    output: &Path,
) -> Result<Vec<String>, SimulateError> {
    std::fs::create_dir_all(output).map_err(|error| SimulateError::write(output)(&error))?;
    let made: Vec<MonthlyTable>;
    let sheets = if sheets.is_empty() {
        made = (0..config.months).map(|month| made_up(layout, month, config.seed)).collect();
        &made
    } else {
        sheets
    };
    let faces = faces(&config.fonts)?;
    let truth_path = output.join("truth.csv");
    let failed = |error: csv::Error| SimulateError::write(&truth_path)(&error);
    let mut truth = csv::Writer::from_path(&truth_path).map_err(failed)?;
    let head = [
        "file",
        "characteristic",
        "time_utc",
        "printed_time",
        "value",
        "qualifier",
        "descriptor",
        "text",
        "x",
        "y",
        "w",
        "h",
    ];
    truth.write_record(head).map_err(failed)?;
    let mut names = Vec::new();
    for (number, sheet) in sheets.iter().enumerate() {
        let printed = print(sheet, layout);
        let month = sheet.readings.first().map_or_else(String::new, |cell| cell.time.strftime("%Y%m").to_string());
        let stem = format!("sheet_{number:03}_{month}");
        let text = output.join(format!("{stem}.txt"));
        std::fs::write(&text, printed.text()).map_err(|error| SimulateError::write(&text)(&error))?;
        let seed = Random::part(config.seed, 1000 + number as u64).bits();
        let scanned = scan(&printed, &faces[number % faces.len()], config.level, config.dpi, seed);
        let file = format!("{stem}.{}", config.format.extension());
        let path = output.join(&file);
        let film = widened(&scanned);
        store::write(&film, Depth::Eight, config.format, &path)
            .map_err(|message| SimulateError::write(&path)(&message))?;
        for (mark, bbox) in printed.marks.iter().zip(&scanned.boxes) {
            let What::Reading(index) = mark.what else { continue };
            let cell = &sheet.readings[index];
            let utc = sheet.zone.utc_of(cell.time).map_or_else(String::new, |utc| utc.to_string());
            let letter = |letter: Option<char>| letter.map_or_else(String::new, String::from);
            let record = [
                file.clone(),
                sheet.name.clone(),
                utc,
                cell.time.to_string(),
                cell.value.map_or_else(String::new, |value| value.to_string()),
                letter(cell.qualifier),
                letter(cell.descriptor),
                mark.text.trim().to_owned(),
                bbox.x.to_string(),
                bbox.y.to_string(),
                bbox.w.to_string(),
                bbox.h.to_string(),
            ];
            truth.write_record(&record).map_err(failed)?;
        }
        names.push(file);
    }
    truth.flush().map_err(|error| SimulateError::write(&truth_path)(&error))?;
    Ok(names)
}

fn faces(fonts: &[PathBuf]) -> Result<Vec<Face>, SimulateError> {
    if fonts.is_empty() {
        return Ok(vec![Face::own()]);
    }
    fonts
        .iter()
        .map(|path| {
            let bytes = std::fs::read(path).map_err(|error| error.to_string());
            bytes
                .and_then(|bytes| Face::new(bytes).ok_or_else(|| "no TrueType or OpenType face".to_owned()))
                .map_err(|message| SimulateError::Font { path: path.clone(), message })
        })
        .collect()
}

fn widened(scanned: &Scanned) -> super::wear::Film {
    let (width, height) = scanned.picture.dimensions();
    let pixels = scanned.picture.as_raw().iter().map(|&value| u16::from(value) * 257).collect();
    super::wear::Film::from_raw(width, height, pixels).unwrap_or_default()
}

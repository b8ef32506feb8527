//! Files for colleagues: the readings of a dataset in exchange formats.
//!
//! In: the folder of a dataset and a [`Selection`]. Out: files, one for each station (netCDF, CSV), station and month
//! (IIWG, SAO.XML) or characteristic and year (SWS), and in words what the format could not hold. The formats of tables
//! are written by [`crate::table::format`], which also reads them.

mod csv;
mod lost;
mod netcdf;
mod monthly_tables;

use crate::dataset::{DatasetError, write_atomically};
use crate::series::{Selection, SelectionError, Sounding, by_year, soundings};
use crate::statistics::Rules;
use crate::table::MonthlyTable;
use crate::table::format::{iiwg, sao_xml, sws};
use lost::Lost;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// An exchange format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// netCDF classic, CF conventions.
    NetCdf,
    /// Comma-separated values, one row for each reading.
    Csv,
    /// IIWG ("CHARS"): a month of a station with medians, quartiles and deciles.
    Iiwg,
    /// SAO.XML 5.0.
    SaoXml,
    /// SWS (IPS): hourly values of one characteristic and year.
    Sws,
}

/// What a dataset does not know of a station.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Place {
    /// Geographic latitude and longitude, degrees, north and east positive.
    pub coordinates: Option<(f64, f64)>,
    /// Name in words.
    pub name: Option<String>,
}

/// A written file.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// The file.
    pub path: PathBuf,
    /// Readings in it.
    pub readings: usize,
}

/// Files and what they lack.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Export {
    /// The files.
    pub files: Vec<Written>,
    /// What the format could not hold, one sentence each.
    pub lost: Vec<String>,
}

/// Why nothing was exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The dataset cannot be read, or a file not be written.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    /// The selection has no answer.
    #[error(transparent)]
    Selection(#[from] SelectionError),
    /// A file cannot be put together.
    #[error("{}: {source}", path.display())]
    Contents {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A table cannot be written in the format.
    #[error(transparent)]
    Table(#[from] crate::table::format::WriteError),
    /// The rules of medians cannot be read.
    #[error(transparent)]
    Rules(#[from] crate::statistics::RulesError),
    /// Nothing matches.
    #[error("no reading with a time matches; `ionoscribe query DATASET coverage` shows what there is")]
    Nothing,
    /// Coordinates belong to one station.
    #[error("coordinates and name are of one station: name it with --station (there are {0})")]
    Stations(String),
}

/// Writes the readings of a selection into a folder. `history` is the line that says how the files came to be.
pub fn export(
    root: &Path,
    selection: &Selection,
    format: Format,
    place: &Place,
    history: &str,
    folder: &Path,
) -> Result<Export, ExportError> {
    selection.check(root)?;
    let mut stations = match &selection.station {
        Some(station) => vec![station.clone()],
        None => crate::series::stations(root)?,
    };
    if *place != Place::default() && stations.len() > 1 {
        return Err(ExportError::Stations(stations.join(", ")));
    }
    let mut export = Export::default();
    let mut lost = Lost::default();
    for station in stations.drain(..) {
        // Formats without flags leave values out by their flag, so that the cell stays with its letter.
        let flags = if format.has_flags() { selection.flags.clone() } else { Vec::new() };
        let all = Selection { station: Some(station.clone()), flags, ..selection.clone() };
        let all = by_year(root, &all, soundings)?;
        let count = |soundings: &[Sounding]| soundings.iter().map(|one| one.readings.len()).sum::<usize>();
        let (dated, undated): (Vec<Sounding>, Vec<Sounding>) = all.into_iter().partition(|one| one.time.is_some());
        lost.undated += count(&undated);
        if dated.is_empty() {
            continue;
        }
        lost.note(format, &dated);
        let pieces = match format {
            Format::NetCdf => {
                let mut bytes = Vec::new();
                let path = folder.join(format!("{}.nc", file_stem(&station)));
                netcdf::write(&dated, &station, place, history, &mut bytes)
                    .map_err(|source| ExportError::Contents { path: path.clone(), source })?;
                vec![(path, bytes, count(&dated))]
            }
            Format::Csv => {
                let mut bytes = Vec::new();
                let path = folder.join(format!("{}.csv", file_stem(&station)));
                csv::write(&dated, &mut bytes)
                    .map_err(|source| ExportError::Contents { path: path.clone(), source })?;
                vec![(path, bytes, count(&dated))]
            }
            Format::Iiwg | Format::SaoXml | Format::Sws => {
                let flags = if selection.flags.is_empty() { &[1, 2][..] } else { &selection.flags };
                let monthly_tables = monthly_tables::monthly_tables(
                    &dated,
                    &station,
                    place,
                    (format, flags),
                    &Rules::uag23()?,
                    &mut lost,
                );
                tables(&monthly_tables, format, folder)?
            }
        };
        for (path, bytes, readings) in pieces {
            write_atomically(&path, &path.with_added_extension("tmp"), &bytes)?;
            export.files.push(Written { path, readings });
        }
    }
    if export.files.is_empty() {
        return Err(ExportError::Nothing);
    }
    export.lost = lost.sentences();
    Ok(export)
}

impl Format {
    fn has_flags(self) -> bool {
        matches!(self, Self::NetCdf | Self::Csv)
    }
}

/// The files of tables, with their contents and numbers of readings.
fn tables(
    monthly_tables: &[MonthlyTable],
    format: Format,
    folder: &Path,
) -> Result<Vec<(PathBuf, Vec<u8>, usize)>, ExportError> {
    // Tables stand by month; the files of SWS are of a year.
    let mut files: BTreeMap<PathBuf, Vec<MonthlyTable>> = BTreeMap::new();
    for monthly_table in monthly_tables {
        let Some(first) = monthly_table.readings.first().map(|reading| reading.time.date()) else { continue };
        let station = file_stem(&monthly_table.station.code);
        let name = match format {
            Format::Sws => {
                let code = monthly_table.characteristic.map_or(0, |name| name.ursi_code());
                format!("{station}{code:02}.{:02}", first.year().rem_euclid(100))
            }
            Format::SaoXml => format!("{station}_{}.xml", first.strftime("%Y%m")),
            _ => format!("{station}_{}.iiwg", first.strftime("%Y%m")),
        };
        files.entry(folder.join(name)).or_default().push(monthly_table.clone());
    }
    let file = |(path, monthly_tables): (PathBuf, Vec<MonthlyTable>)| {
        let text = match format {
            Format::Sws => sws::write(&monthly_tables),
            Format::SaoXml => sao_xml::write(&monthly_tables),
            _ => iiwg::write(&monthly_tables),
        }?;
        let readings = monthly_tables.iter().map(|monthly_table| monthly_table.readings.len()).sum();
        Ok((path, text.into_bytes(), readings))
    };
    files.into_iter().map(file).collect()
}

/// A station id as a file name: what has a meaning in paths becomes an underscore.
fn file_stem(station: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() || "-_".contains(c) { c } else { '_' };
    let stem: String = station.chars().map(plain).collect();
    if stem.is_empty() { "_".to_owned() } else { stem }
}

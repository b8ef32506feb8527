//! Files for colleagues: the readings of a dataset in exchange formats.
//!
//! In: the folder of a dataset and a [`Selection`]. Out: files, one for each station (netCDF, CSV) or as the format has
//! it, and in words what the format could not hold.

mod csv;
mod lost;
mod netcdf;

use crate::dataset::{DatasetError, write_atomically};
use crate::series::{Selection, SelectionError, Sounding, by_year, soundings};
use lost::Lost;
use std::path::{Path, PathBuf};

/// An exchange format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// netCDF classic, CF conventions.
    NetCdf,
    /// Comma-separated values, one row for each reading.
    Csv,
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
        let selection = Selection { station: Some(station.clone()), ..selection.clone() };
        let all = by_year(root, &selection, soundings)?;
        let count = |soundings: &[Sounding]| soundings.iter().map(|one| one.readings.len()).sum::<usize>();
        let (dated, undated): (Vec<Sounding>, Vec<Sounding>) = all.into_iter().partition(|one| one.time.is_some());
        lost.undated += count(&undated);
        if dated.is_empty() {
            continue;
        }
        let mut bytes = Vec::new();
        let path = folder.join(format!("{}.{}", file_stem(&station), format.ending()));
        match format {
            Format::NetCdf => netcdf::write(&dated, &station, place, history, &mut bytes),
            Format::Csv => csv::write(&dated, &mut bytes),
        }
        .map_err(|source| ExportError::Contents { path: path.clone(), source })?;
        lost.note(format, &dated);
        write_atomically(&path, &path.with_extension("tmp"), &bytes)?;
        export.files.push(Written { path, readings: count(&dated) });
    }
    if export.files.is_empty() {
        return Err(ExportError::Nothing);
    }
    export.lost = lost.sentences();
    Ok(export)
}

impl Format {
    fn ending(self) -> &'static str {
        match self {
            Self::NetCdf => "nc",
            Self::Csv => "csv",
        }
    }
}

/// A station id as a file name: what has a meaning in paths becomes an underscore.
fn file_stem(station: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() || "-_".contains(c) { c } else { '_' };
    let stem: String = station.chars().map(plain).collect();
    if stem.is_empty() { "_".to_owned() } else { stem }
}

//! Film with known truth, read as a run reads it up to where the frames are compared with each other.

use ionoscribe::engine::{Pipeline, Stopwatch, extract_frame, resolve_metadata, scale_frame};
use ionoscribe::ingest::ScanRef;
use ionoscribe::model::{CharacteristicName as Name, ManifestEntry};
use ionoscribe::quality::Sounding;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::Path;

pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What is true of a frame's characteristic, by the frame's number: the value (`None` if the film does not show it), and whether
/// it is a limit (letters D and E).
pub(crate) type Truth = BTreeMap<(usize, Name), (Option<f64>, bool)>;

/// The pipeline that comes with the program.
pub(crate) fn pipeline(instrument: &str) -> Result<Pipeline, Failure> {
    Ok(Pipeline::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("pipelines/{instrument}.toml")))?)
}

/// The readings of a folder that `ionoscribe simulate` wrote, and the truth.
pub(crate) fn read(pipeline: &Pipeline, folder: &Path) -> Result<(Vec<Sounding>, Truth), Failure> {
    let mut rows = Vec::new();
    for row in csv::Reader::from_path(folder.join("truth.csv"))?.records() {
        rows.push(row?);
    }
    let mut names: Vec<String> = rows.iter().map(|row| row[0].to_owned()).collect();
    names.sort_unstable();
    names.dedup();
    let stopwatch = Stopwatch::default();
    let records = names
        .par_iter()
        .map(|name| -> Result<_, Failure> {
            let scan = ScanRef::new(folder.join(name)).open(&pipeline.settings.ingest)?;
            let manifest = ManifestEntry::default();
            let extracted =
                extract_frame(&scan, &manifest, pipeline, &stopwatch).map_err(|(failure, _)| failure.message)?;
            Ok(extracted.record(scan.source, 0, manifest))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let resolved = resolve_metadata(&records, pipeline);
    let soundings = records
        .par_iter()
        .zip(resolved)
        .map(|(record, metadata)| -> Result<_, Failure> {
            let done = scale_frame(record, metadata, pipeline, &stopwatch).map_err(|stopped| stopped.0.message)?;
            let station = done.metadata.station_facts(&pipeline.calibration);
            Ok(Sounding::new(&done.metadata, record.panel, station, done.characteristics, done.qc))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let mut truth = Truth::new();
    for row in &rows {
        if let (Ok(k), Some(name)) =
            (names.binary_search_by(|name| name.as_str().cmp(&row[0])), Name::from_name(&row[2]))
        {
            truth.insert((k, name), (row[3].parse().ok(), matches!(&row[9], "D" | "E")));
        }
    }
    Ok((soundings, truth))
}

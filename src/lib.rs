//! Ionoscribe recovers the historical record of the ionosphere: scans of ionogram film go in, a Parquet time series
//! of scaled characteristics comes out, with provenance down to the film frame.
//!
//! The modules stand in the order in which the data flows through them:
//! `ingest` opens scans, `frame` finds the ionogram, `caption` reads its station and time, `calibrate` identifies
//! its markers, `roll` decides for the whole sequence, `clean` and `trace` extract the echoes, `label` says what each of
//! them is, `scale` turns them into characteristics, `table` reads legacy tables, `quality` judges, `dataset` writes,
//! `series` reads back. `engine` runs the stages over rolls in parallel. Arrows between modules point backward along
//! this list. `model`, `kernel`, `physics` and `statistics` serve all.

pub mod model;
pub mod kernel;
pub mod physics;
pub mod statistics;
pub mod ingest;
pub mod frame;
pub mod caption;
pub mod calibrate;
pub mod roll;
pub mod clean;
pub mod trace;
pub mod label;
pub mod scale;
pub mod table;
pub mod quality;
pub mod dataset;
pub mod series;
#[cfg(feature = "query")]
pub mod query;
pub mod simulate;
pub mod evaluate;
pub mod engine;
pub mod plot;
pub mod export;
pub mod report;
pub mod cli;

#[cfg(test)]
mod testdata;
#[cfg(test)]
mod architecture;

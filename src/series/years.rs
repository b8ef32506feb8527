//! Work on a long series year by year, so that memory does not grow with its length.

use super::monthly::Month;
use super::selection::partitions;
use super::{Reading, Selection, hourly, monthly, readings};
use crate::dataset::{DatasetError, Partition, UNKNOWN_STATION};
use crate::statistics::Rules;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use rayon::prelude::*;
use std::path::Path;

/// Calls `work` with the readings of each station and year in parallel; the results in order of station and year.
/// Readings without a time are a year of their own.
pub fn by_year<T: Send>(
    root: &Path,
    selection: &Selection,
    work: impl Fn(Vec<Reading>) -> Vec<T> + Sync,
) -> Result<Vec<T>, DatasetError> {
    let partitions: Vec<Partition> = partitions(root, selection)?.into_iter().collect();
    let parts: Result<Vec<Vec<T>>, DatasetError> = partitions
        .par_iter()
        .map(|partition| Ok(work(readings(root, &part(selection, partition, SignedDuration::ZERO))?)))
        .collect();
    Ok(parts?.into_iter().flatten().collect())
}

/// The reading that stands for each hour, see [`hourly`], by station, year, characteristic and time.
pub fn hours(root: &Path, selection: &Selection, tolerance_ms: i64) -> Result<Vec<Reading>, DatasetError> {
    let parts = each_year(
        root,
        selection,
        tolerance_ms,
        |readings| hourly(readings, tolerance_ms),
        |reading| reading.time.map(year),
    )?;
    Ok(parts.into_iter().filter(|reading| selection.holds(reading.time)).collect())
}

/// The months of a selection, see [`monthly`], by station, year, characteristic and month. The flags of the selection
/// decide which values count, not which cells there are.
pub fn months(
    root: &Path,
    selection: &Selection,
    tolerance_ms: i64,
    rules: &Rules,
) -> Result<Vec<Month>, DatasetError> {
    let all_flags = Selection { flags: Vec::new(), ..selection.clone() };
    let work = |readings| monthly(readings, &selection.flags, tolerance_ms, rules);
    each_year(root, &all_flags, tolerance_ms, work, |month: &Month| Some(month.year))
}

/// As [`by_year`], of soundings near full hours; each year begins with the soundings shortly before it that stand for
/// its first hour, and results of another year are dropped.
fn each_year<T: Send>(
    root: &Path,
    selection: &Selection,
    tolerance_ms: i64,
    work: impl Fn(Vec<Reading>) -> Vec<T> + Sync,
    year_of: impl Fn(&T) -> Option<i16> + Sync,
) -> Result<Vec<T>, DatasetError> {
    let near = Selection { near_hour_ms: Some(tolerance_ms), ..selection.clone() };
    let partitions: Vec<Partition> =
        partitions(root, &near)?.into_iter().filter(|partition| partition.year.is_some()).collect();
    let parts: Result<Vec<Vec<T>>, DatasetError> = partitions
        .par_iter()
        .map(|partition| {
            let lead = SignedDuration::from_millis(tolerance_ms);
            let mut results = work(readings(root, &part(&near, partition, lead))?);
            results.retain(|result| year_of(result).map(i32::from) == partition.year);
            Ok(results)
        })
        .collect();
    Ok(parts?.into_iter().flatten().collect())
}

/// The selection within a partition, begun earlier by `lead`.
fn part(selection: &Selection, partition: &Partition, lead: SignedDuration) -> Selection {
    let start = |year: i32| {
        let date = Date::new(i16::try_from(year).ok()?, 1, 1).ok()?;
        Some(date.to_zoned(TimeZone::UTC).ok()?.timestamp())
    };
    let begin = partition.year.and_then(start).and_then(|time| time.checked_sub(lead).ok());
    let end = partition.year.and_then(|year| start(year + 1));
    Selection {
        station: Some(partition.station.clone().unwrap_or_else(|| UNKNOWN_STATION.to_owned())),
        from: selection.from.map(|from| from.checked_sub(lead).unwrap_or(from)).max(begin),
        to: match (selection.to, end) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        },
        ..selection.clone()
    }
}

fn year(time: Timestamp) -> i16 {
    time.to_zoned(TimeZone::UTC).year()
}

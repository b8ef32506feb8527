//! What part of a dataset is asked for.

use crate::dataset::{DatasetError, Partition, Table, UNKNOWN_STATION, table_files};
use crate::model::CharacteristicName;
use jiff::{Timestamp, tz::TimeZone};
use parquet::file::reader::{FileReader, SerializedFileReader};
use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;

/// What part of a dataset is asked for; what is empty restricts nothing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Selection {
    /// Station id; `unknown` for readings without one.
    pub station: Option<String>,
    /// Characteristics.
    pub characteristics: Vec<CharacteristicName>,
    /// From this time on.
    pub from: Option<Timestamp>,
    /// Before this time.
    pub to: Option<Timestamp>,
    /// QARTOD flags.
    pub flags: Vec<u8>,
    /// Only readings of this frame.
    pub frame: Option<String>,
    /// Only soundings this near to a full hour, milliseconds; without their bounds.
    pub near_hour_ms: Option<i64>,
}

/// Why a selection cannot have an answer.
#[derive(Debug, thiserror::Error)]
pub enum SelectionError {
    /// The dataset cannot be read.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    /// No file of the dataset is of this station.
    #[error("there is no station {wanted} in the dataset; it holds {there}")]
    Station {
        /// The station asked for.
        wanted: String,
        /// The stations of the dataset.
        there: String,
    },
    /// The times are the wrong way round.
    #[error("the time range is empty: from {from} is not before to {to} (to is exclusive)")]
    Range {
        /// First time.
        from: Timestamp,
        /// Time after the last.
        to: Timestamp,
    },
}

/// The partitions of the table `characteristics` that can hold rows of a selection, sorted.
pub(super) fn partitions(root: &Path, selection: &Selection) -> Result<BTreeSet<Partition>, DatasetError> {
    let files = table_files(root, Table::Characteristics)?;
    if files.is_empty() && !root.join("_log/dataset.json").is_file() {
        return Err(DatasetError::NotADataset { path: root.to_owned() });
    }
    let of = |file: &std::path::PathBuf| Partition::of(file.strip_prefix(root).unwrap_or(file));
    Ok(files.iter().map(of).filter(|partition| selection.touches(partition)).collect())
}

/// The stations of a dataset, sorted; `unknown` stands for rows without one.
pub fn stations(root: &Path) -> Result<Vec<String>, DatasetError> {
    let mut stations = BTreeSet::new();
    for table in [Table::Frames, Table::Characteristics] {
        for file in table_files(root, table)? {
            match Partition::of(file.strip_prefix(root).unwrap_or(&file)).station {
                Some(station) => {
                    stations.insert(station);
                }
                // A table without rows has an empty file there.
                None if !stations.contains(UNKNOWN_STATION) && has_rows(&file)? => {
                    stations.insert(UNKNOWN_STATION.to_owned());
                }
                None => {}
            }
        }
    }
    Ok(stations.into_iter().collect())
}

fn has_rows(path: &Path) -> Result<bool, DatasetError> {
    let file = File::open(path).map_err(DatasetError::io(path))?;
    let reader = SerializedFileReader::new(file);
    let reader = reader.map_err(|source| DatasetError::Parquet { path: path.to_owned(), source })?;
    Ok(reader.metadata().file_metadata().num_rows() > 0)
}

impl Selection {
    /// The dataset has the station, and the time range is not reversed.
    pub fn check(&self, root: &Path) -> Result<(), SelectionError> {
        if let (Some(from), Some(to)) = (self.from, self.to)
            && from >= to
        {
            return Err(SelectionError::Range { from, to });
        }
        if let Some(wanted) = &self.station {
            let there = stations(root)?;
            if !there.contains(wanted) {
                let there = if there.is_empty() { "none".to_owned() } else { there.join(", ") };
                return Err(SelectionError::Station { wanted: wanted.clone(), there });
            }
        }
        Ok(())
    }

    /// First and last year, UTC, that the time range touches.
    pub fn years(&self) -> (Option<i32>, Option<i32>) {
        let year = |time: Timestamp| i32::from(time.to_zoned(TimeZone::UTC).year());
        let last = self.to.map(|to| to.checked_sub(jiff::SignedDuration::from_millis(1)).unwrap_or(to));
        (self.from.map(year), last.map(year))
    }

    /// Files of the partition can hold rows of the selection.
    pub fn touches(&self, partition: &Partition) -> bool {
        let (first, last) = self.years();
        let year = partition.year;
        let station = partition.station.as_deref().unwrap_or(UNKNOWN_STATION);
        self.station.as_deref().is_none_or(|wanted| wanted == station)
            && first.is_none_or(|first| year.is_some_and(|year| year >= first))
            && last.is_none_or(|last| year.is_some_and(|year| year <= last))
    }

    /// The time is in the range. An unknown time is in no range that has an end.
    pub fn holds(&self, time: Option<Timestamp>) -> bool {
        self.from.is_none_or(|from| time.is_some_and(|time| time >= from))
            && self.to.is_none_or(|to| time.is_some_and(|time| time < to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partitions_of_other_years_and_stations_are_left_out() {
        let time = |text: &str| Some(text.parse::<Timestamp>().unwrap());
        let selection = Selection {
            station: Some("BOU".to_owned()),
            from: time("1957-07-01T00:00:00Z"),
            to: time("1959-01-01T00:00:00Z"),
            ..Selection::default()
        };
        let t = |station: Option<&str>, year: Option<i32>, expected: bool| {
            let partition = Partition { station: station.map(str::to_owned), year };
            assert_eq!(selection.touches(&partition), expected, "{partition:?}");
        };
        t(Some("BOU"), Some(1957), true);
        t(Some("BOU"), Some(1958), true);
        t(Some("BOU"), Some(1959), false);
        t(Some("BOU"), Some(1956), false);
        t(Some("BOU"), None, false);
        t(Some("OTT"), Some(1957), false);
        t(None, Some(1957), false);
        assert!(Selection::default().touches(&Partition::default()));
        assert!(selection.holds(time("1957-07-01T00:00:00Z")) && !selection.holds(time("1959-01-01T00:00:00Z")));
        assert!(!selection.holds(None) && Selection::default().holds(None));
    }
}

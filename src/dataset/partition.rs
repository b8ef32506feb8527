//! Hive partitions: station and year as folder names.

use std::path::{Path, PathBuf};

/// Folder value of a station that is not known.
///
/// Not `__HIVE_DEFAULT_PARTITION__`: pyarrow cannot infer the type of a key that is null everywhere, and pandas cannot
/// convert one that is null in some files, so that neither opens such a folder without further arguments.
pub const UNKNOWN_STATION: &str = "unknown";

/// Folder value of a year that is not known.
pub const UNKNOWN_YEAR: i32 = 0;

/// What Hive and its followers write for null; read as unknown.
const HIVE_NULL: &str = "__HIVE_DEFAULT_PARTITION__";

/// Station and year of a file's rows; `None` is unknown, and comes first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Partition {
    /// Station id.
    pub station: Option<String>,
    /// Year of the time, UTC.
    pub year: Option<i32>,
}

impl Partition {
    /// The folder below the table's, `station=<id>/year=<yyyy>`.
    pub fn folder(&self) -> PathBuf {
        let station = self.station.as_deref().map_or_else(|| UNKNOWN_STATION.to_owned(), escape);
        let year = self.year.unwrap_or(UNKNOWN_YEAR);
        [format!("station={station}"), format!("year={year}")].iter().collect()
    }

    /// The partition of a file from its path; what the path does not say is unknown.
    pub fn of(path: &Path) -> Self {
        let mut partition = Self::default();
        for part in path.iter().filter_map(|part| part.to_str()) {
            match part.split_once('=') {
                Some(("station", value)) if value != UNKNOWN_STATION && value != HIVE_NULL => {
                    partition.station = Some(unescape(value));
                }
                Some(("year", value)) => {
                    partition.year = value.parse().ok().filter(|&year| year != UNKNOWN_YEAR);
                }
                _ => {}
            }
        }
        partition
    }
}

/// Percent-encodes what has a meaning in folder names, as Hive does.
fn escape(value: &str) -> String {
    let mut escaped = String::new();
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    match escaped.as_str() {
        // An empty name, "." and ".." are no folder names, and a station that is called "unknown" must stay one.
        "" => "%".to_owned(),
        "." | ".." => escaped.replace('.', "%2E"),
        UNKNOWN_STATION => escaped.replace('u', "%75"),
        _ => escaped,
    }
}

fn unescape(value: &str) -> String {
    if value == "%" {
        return String::new();
    }
    let mut bytes = Vec::new();
    let mut rest = value.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let code = tail.get(..2).and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) if first == b'%' => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_and_partitions_are_inverse() {
        let cases = [
            (Some("OTT"), Some(1965), "station=OTT/year=1965"),
            (None, None, "station=unknown/year=0"),
            (Some("A/B c"), None, "station=A%2FB%20c/year=0"),
            (Some(".."), Some(1), "station=%2E%2E/year=1"),
            (Some("unknown"), None, "station=%75nknown/year=0"),
            (Some("Jicamarca é"), Some(1970), "station=Jicamarca%20%C3%A9/year=1970"),
            (Some(""), Some(1970), "station=%/year=1970"),
        ];
        for (station, year, folder) in cases {
            let partition = Partition { station: station.map(str::to_owned), year };
            assert_eq!(partition.folder(), Path::new(folder));
            assert_eq!(Partition::of(&Path::new("/data/frames").join(folder).join("a.parquet")), partition);
        }
    }

    #[test]
    fn the_null_of_other_writers_is_unknown() {
        let path = Path::new("x/station=__HIVE_DEFAULT_PARTITION__/year=__HIVE_DEFAULT_PARTITION__/a.parquet");
        assert_eq!(Partition::of(path), Partition::default());
    }
}

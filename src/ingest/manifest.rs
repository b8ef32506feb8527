//! An archive's manifest: a CSV file that says what the film does not.

use super::Fault;
use crate::model::{ManifestAxes, ManifestEntry, SweepLaw};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The rows of a manifest.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Manifest {
    /// What is known of each file, and of each page where the manifest counts pages.
    entries: BTreeMap<(String, Option<u32>), Arc<ManifestEntry>>,
    /// What is wrong with rows that are left out, in words; empty if nothing is.
    pub complaint: String,
}

impl Manifest {
    /// Reads a manifest: a header row with the column `file` and any of `page` (from 1), `station`, `date`
    /// (yyyy-mm-dd), `time` (hh:mm or hh:mm:ss, UTC) and `axis_law` (linear, logarithmic), `start_mhz`, `stop_mhz`,
    /// `start_km`, `stop_km`; other columns are passed over. File names are relative to the manifest's folder.
    ///
    /// A row that cannot be used is left out and complained of. A manifest without its column `file`, or with two rows
    /// for one file, is an error.
    pub fn parse(bytes: &[u8]) -> Result<Self, Fault> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).comment(Some(b'#')).from_reader(bytes);
        let header = reader.headers().map_err(|error| bad(error.to_string()))?.clone();
        let column = |name: &str| header.iter().position(|found| found.eq_ignore_ascii_case(name));
        let file = column("file").ok_or_else(|| bad("it has no column `file`".to_owned()))?;
        let columns = ManifestColumns {
            page: column("page"),
            station: column("station"),
            date: column("date"),
            time: column("time"),
            axes: ["axis_law", "start_mhz", "stop_mhz", "start_km", "stop_km"].map(column),
        };
        let mut manifest = Self::default();
        let mut complaints = Vec::new();
        for record in reader.records() {
            let record = match record {
                Ok(record) => record,
                Err(error) => {
                    complaints.push(error.to_string());
                    continue;
                }
            };
            let line = record.position().map_or(0, csv::Position::line);
            let name = record.get(file).unwrap_or_default().replace('\\', "/");
            let name = name.trim_start_matches("./").to_owned();
            match columns.entry(&record) {
                Ok(_) if name.is_empty() => complaints.push(format!("line {line} names no file")),
                Ok((page, entry)) => {
                    if manifest.entries.insert((name.clone(), page), Arc::new(entry)).is_some() {
                        return Err(bad(format!("line {line} names {name} once more")));
                    }
                }
                Err(what) => complaints.push(format!("line {line}: {what}")),
            }
        }
        manifest.complaint = summary(&complaints);
        Ok(manifest)
    }

    /// What the manifest says of a page of a file.
    pub fn entry(&self, file: &str, page: u32) -> Option<&Arc<ManifestEntry>> {
        let by_page = self.entries.get(&(file.to_owned(), Some(page)));
        by_page.or_else(|| self.entries.get(&(file.to_owned(), None)))
    }
}

struct ManifestColumns {
    page: Option<usize>,
    station: Option<usize>,
    date: Option<usize>,
    time: Option<usize>,
    axes: [Option<usize>; 5],
}

impl ManifestColumns {
    fn entry(&self, record: &csv::StringRecord) -> Result<(Option<u32>, ManifestEntry), String> {
        let text = |column: Option<usize>| {
            column.and_then(|column| record.get(column)).filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let page = match text(self.page) {
            None => None,
            Some(page) => match page.parse::<u32>() {
                Ok(page @ 1..) => Some(page - 1),
                _ => return Err(format!("{page} is no page; pages count from 1")),
            },
        };
        let date = text(self.date);
        if let Some(date) = &date
            && date.parse::<jiff::civil::Date>().is_err()
        {
            return Err(format!("{date} is no date"));
        }
        let time = text(self.time);
        if let Some(time) = &time
            && time.parse::<jiff::civil::Time>().is_err()
        {
            return Err(format!("{time} is no time"));
        }
        Ok((page, ManifestEntry { station: text(self.station), date, time, axes: axes(self.axes.map(text))? }))
    }
}

fn axes(texts: [Option<String>; 5]) -> Result<Option<ManifestAxes>, String> {
    if texts.iter().all(Option::is_none) {
        return Ok(None);
    }
    let [Some(law), Some(start_mhz), Some(stop_mhz), Some(start_km), Some(stop_km)] = texts else {
        return Err("the axis columns are filled in part only".to_owned());
    };
    let number = |text: String| match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        _ => Err(format!("{text} is no number")),
    };
    let law = match law.as_str() {
        "linear" => SweepLaw::Linear,
        "logarithmic" => SweepLaw::Logarithmic,
        _ => return Err(format!("{law} is no axis law; it is linear or logarithmic")),
    };
    let axes = ManifestAxes {
        law,
        start_mhz: number(start_mhz)?,
        stop_mhz: number(stop_mhz)?,
        start_km: number(start_km)?,
        stop_km: number(stop_km)?,
    };
    if axes.start_mhz <= 0.0 || axes.stop_mhz <= axes.start_mhz || axes.start_km == axes.stop_km {
        return Err("frequencies must grow from above 0, and heights must differ".to_owned());
    }
    Ok(Some(axes))
}

fn summary(complaints: &[String]) -> String {
    match complaints {
        [] => String::new(),
        [one] => format!("a row was left out: {one}"),
        [first, ..] => format!("{} rows were left out, the first: {first}", complaints.len()),
    }
}

fn bad(detail: String) -> Fault {
    Fault::Manifest { detail }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_by_file_and_page() {
        let text =
            "File, station ,date,time,page,remark\na.png,ott,1964-07-01,12:30,,x\nb.tif,QUI,,,2,\n\"c,d.png\",,,,,\n";
        let manifest = Manifest::parse(text.as_bytes()).unwrap();
        let entry = manifest.entry("a.png", 0).unwrap();
        assert_eq!(entry.station.as_deref(), Some("ott"));
        assert_eq!((entry.date.as_deref(), entry.time.as_deref()), (Some("1964-07-01"), Some("12:30")));
        assert!(manifest.entry("b.tif", 0).is_none());
        assert_eq!(manifest.entry("b.tif", 1).unwrap().station.as_deref(), Some("QUI"));
        assert_eq!(manifest.entry("c,d.png", 7), Some(&Arc::default()));
        assert_eq!(manifest.complaint, "");
    }

    #[test]
    fn axes_of_bare_rasters() {
        let head = "file,axis_law,start_mhz,stop_mhz,start_km,stop_km\n";
        let manifest = Manifest::parse(format!("{head}a.png,linear,1,11.5,0,750\n").as_bytes()).unwrap();
        let axes = manifest.entry("a.png", 0).unwrap().axes.unwrap();
        assert_eq!((axes.law, axes.stop_mhz, axes.stop_km), (SweepLaw::Linear, 11.5, 750.0));
        for row in
            ["a.png,linear,1,,0,750", "a.png,cubic,1,2,0,750", "a.png,linear,2,1,0,750", "a.png,linear,1,nan,0,1"]
        {
            let manifest = Manifest::parse(format!("{head}{row}\n").as_bytes()).unwrap();
            assert!(manifest.entry("a.png", 0).is_none() && manifest.complaint.contains("line 2"), "{row}");
        }
    }

    #[test]
    fn bad_rows_are_left_out_and_bad_manifests_refused() {
        let manifest = Manifest::parse(b"file,date\na.png,1964-13-01\nb.png,1964-12-01\nc.png,x,y\n").unwrap();
        assert!(manifest.entry("a.png", 0).is_none() && manifest.entry("b.png", 0).is_some());
        assert!(manifest.complaint.starts_with("2 rows were left out, the first: line 2"), "{}", manifest.complaint);
        assert!(Manifest::parse(b"name,date\na.png,1964-12-01\n").is_err());
        assert!(Manifest::parse(b"file\na.png\na.png\n").is_err());
        assert!(Manifest::parse(b"").is_err());
        assert!(Manifest::parse(b"\xff\xfe\0f\0i").is_err());
    }
}

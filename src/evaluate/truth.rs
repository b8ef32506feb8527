//! Readings in CSV: which kind a file holds is told by its columns.

use super::EvaluateError;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Kind of a truth file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `caption_text`: what captions say.
    Captions,
    /// `mark_mhz`, `x_px`: frequency markers.
    FrequencyMarkers,
    /// `y_px` as a list: height markers.
    HeightMarkers,
    /// `characteristic`, `value`: scaled characteristics.
    Characteristics,
    /// `trace` or `mode`, `x_px`, `y_px`: points on traces.
    Points,
    /// `x`, `y`, `w`, `h`: frames of a strip.
    Boxes,
}

impl Kind {
    /// Heading of the report.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Captions => "captions",
            Self::FrequencyMarkers => "frequency markers",
            Self::HeightMarkers => "height markers",
            Self::Characteristics => "characteristics",
            Self::Points => "trace points",
            Self::Boxes => "frames",
        }
    }
}

/// One truth file: rows by column name.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TruthFile {
    pub(super) path: PathBuf,
    pub(super) kind: Kind,
    pub(super) rows: Vec<Row>,
}

/// One row.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Row(BTreeMap<String, String>);

impl Row {
    /// A cell, if it is there and not empty.
    pub(super) fn text(&self, column: &str) -> Option<&str> {
        self.0.get(column).map(|cell| cell.trim()).filter(|cell| !cell.is_empty())
    }

    /// A cell as a number.
    pub(super) fn number(&self, column: &str) -> Option<f64> {
        self.text(column)?.parse().ok()
    }

    /// A cell as numbers separated by spaces.
    pub(super) fn numbers(&self, column: &str) -> Vec<f64> {
        self.text(column).unwrap_or_default().split_whitespace().filter_map(|word| word.parse().ok()).collect()
    }

    /// The picture that the row is about.
    pub(super) fn file(&self) -> &str {
        self.text("file").unwrap_or_default()
    }

    /// The frame within the picture, if the row names one.
    pub(super) fn frame_index(&self) -> Option<i32> {
        self.text("frame_index")?.parse().ok()
    }
}

/// Reads a truth file. A remark after a column's name, in brackets, does not belong to the name.
pub(super) fn read_truth(path: &Path) -> Result<TruthFile, EvaluateError> {
    let bad = |message: String| EvaluateError::Truth { path: path.to_owned(), message };
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).from_path(path).map_err(|error| bad(error.to_string()))?;
    let headings = reader.headers().map_err(|error| bad(error.to_string()))?;
    let columns: Vec<String> = headings
        .iter()
        .map(|heading| heading.trim_start_matches('\u{feff}').split(" (").next().unwrap_or_default().trim().to_owned())
        .collect();
    let has = |name: &str| columns.iter().any(|column| column == name);
    let kind = match () {
        () if !has("file") => None,
        () if has("caption_text") => Some(Kind::Captions),
        () if has("mark_mhz") && has("x_px") => Some(Kind::FrequencyMarkers),
        () if has("characteristic") && has("value") => Some(Kind::Characteristics),
        () if (has("trace") || has("mode")) && has("x_px") && has("y_px") => Some(Kind::Points),
        () if has("w") && has("h") => Some(Kind::Boxes),
        () if has("y_px") => Some(Kind::HeightMarkers),
        () => None,
    };
    let kind = kind.ok_or_else(|| bad(format!("no known kind of readings: the columns are {}", columns.join(", "))))?;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| bad(error.to_string()))?;
        let cells = columns.iter().cloned().zip(record.iter().map(str::to_owned));
        rows.push(Row(cells.collect()));
    }
    Ok(TruthFile { path: path.to_owned(), kind, rows })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_columns_tell_the_kind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("truth.csv");
        let t = |heading: &str| {
            std::fs::write(&path, format!("{heading}\na/b.png,1 2,3,4,5,6\n")).unwrap();
            read_truth(&path).ok().map(|truth| truth.kind)
        };
        assert_eq!(t("file,caption_kind,caption_text,station_code"), Some(Kind::Captions));
        assert_eq!(t("file,mark_mhz,x_px"), Some(Kind::FrequencyMarkers));
        assert_eq!(t("file,y_px (about 22 px = about 202 km apparent range)"), Some(Kind::HeightMarkers));
        assert_eq!(t("file,characteristic,value,unit,qualifier"), Some(Kind::Characteristics));
        assert_eq!(t("file,trace,x_px,y_px,sigma_px"), Some(Kind::Points));
        assert_eq!(t("file,frame_index,x,y,w,h"), Some(Kind::Boxes));
        assert_eq!(t("file,axis,label,px"), None);
        assert_eq!(t("picture,value"), None);
    }
}

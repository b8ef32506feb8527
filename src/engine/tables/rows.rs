//! From tables to the rows of the dataset.

use crate::dataset::{CellRow, CharacteristicRow, FrameRow, Rows, ValueOrigin};
use crate::model::{Flag, Origin, PixelBox, Status};
use crate::quality::qc_cell;
use crate::table::{Diagnostic, Layout, MonthlyTable, Reading};
use jiff::Timestamp;

/// Where a table comes from.
pub(super) struct Provenance<'a> {
    pub(super) source_file: &'a str,
    pub(super) sha256: &'a str,
    pub(super) page: u32,
    /// Number of the table in the file.
    pub(super) number: usize,
}

/// Complaints that leave nothing out: they are reasons of the table's flag and no failures.
pub(super) const NOTES: [&str; 6] = [
    "missing_days",
    "day_mismatch",
    "heading_contradiction",
    "upside_down",
    "characteristic_assumed",
    "columns_assumed",
];

/// The rows of one table: one of `frames`, its characteristics and its cells.
pub(super) fn rows(
    monthly_table: &MonthlyTable,
    from: &Provenance<'_>,
    notes: &[&Diagnostic],
    layout: &Layout,
) -> Rows {
    let frame_id = format!("{}-{}-{}", &from.sha256[..16.min(from.sha256.len())], from.page, from.number);
    let station = layout.station_id(&monthly_table.station.code, &monthly_table.station.name);
    let time_utc = monthly_table.readings.iter().filter_map(|cell| monthly_table.zone.utc_of(cell.time)).min();
    let place = Place { frame_id: &frame_id, station: station.as_deref(), monthly_table };
    let mut rows = Rows::default();
    for (name, text) in place.heading() {
        rows.cells.push(CellRow { kind: "heading".to_owned(), printed_time: name, text, ..place.cell(time_utc) });
    }
    let mut flags = [0u64; 10];
    for reading in &monthly_table.readings {
        let (flag, tests) = qc_cell(reading, &layout.quality);
        if !reading.is_blank() {
            flags[flag as usize] += 1;
        }
        place.reading(reading, flag, &tests.join(" "), &mut rows);
    }
    for summary in &monthly_table.summaries {
        rows.cells.push(CellRow {
            kind: summary.kind.as_str().to_owned(),
            printed_time: summary.time.to_string(),
            text: summary.text.clone(),
            value: summary.number.map(f64::from),
            row: summary.row,
            column: summary.column,
            bbox: summary.bbox,
            tests: summary.tests.join(" "),
            ..place.cell(monthly_table.zone.utc_of(summary.time))
        });
    }
    let differing = monthly_table.summaries.iter().filter(|summary| !summary.tests.is_empty()).count();
    let mut reasons: Vec<String> = notes.iter().map(|note| note.message.clone()).collect();
    if differing > 0 {
        reasons.push(format!("{differing} printed summaries differ from the values"));
    }
    if flags[Flag::Suspect as usize] + flags[Flag::Fail as usize] > 0 {
        reasons.push(format!("{} values suspect", flags[Flag::Suspect as usize] + flags[Flag::Fail as usize]));
    }
    let bounds = monthly_table.readings.iter().filter_map(|reading| reading.bbox).reduce(|a, b| {
        let (x, y) = (a.x.min(b.x), a.y.min(b.y));
        PixelBox::new(x, y, a.right().max(b.right()) - x, a.bottom().max(b.bottom()) - y)
    });
    let lines: Vec<&str> =
        monthly_table.heading.iter().filter(|(name, _)| name == "heading").map(|(_, text)| text.as_str()).collect();
    rows.frames.push(FrameRow {
        source_file: from.source_file.to_owned(),
        source_sha256: from.sha256.to_owned(),
        frame_index: i32::try_from(from.page).unwrap_or(i32::MAX),
        roll: from.source_file.to_owned(),
        bbox: bounds.unwrap_or_default(),
        rotation_deg: 0.0,
        mirrored: false,
        inverted: false,
        station_code: Some(monthly_table.station.code.clone()).filter(|code| !code.is_empty()),
        station_origin: station
            .as_ref()
            .map(|_| if monthly_table.station.code.is_empty() { Origin::Manifest } else { Origin::Read }),
        station,
        time_utc,
        time_quality: time_utc.map(|_| 3),
        time_origin: time_utc.map(|_| Origin::Read),
        time_confidence: if time_utc.is_some() { 1.0 } else { 0.0 },
        caption_text: lines.join("\n"),
        calibration_id: layout.table.clone(),
        markers_found: 0,
        markers_expected: 0,
        frequency_residual_px: None,
        height_residual_px: None,
        axes_origin: None,
        frame_class: None,
        status: if flags.iter().sum::<u64>() > 0 { Status::Scaled } else { Status::NoEcho },
        flag: if reasons.is_empty() { Flag::Pass } else { Flag::Suspect },
        reason: reasons.join("; "),
        frame_id,
    });
    rows
}

struct Place<'a> {
    frame_id: &'a str,
    station: Option<&'a str>,
    monthly_table: &'a MonthlyTable,
}

impl Place<'_> {
    /// All that must be kept to print the table again.
    fn heading(&self) -> Vec<(String, String)> {
        let MonthlyTable { station, unit, zone, .. } = self.monthly_table;
        let mut fields = vec![
            ("@code".to_owned(), station.code.clone()),
            ("@name".to_owned(), station.name.clone()),
            ("@decimals".to_owned(), unit.decimals.to_string()),
        ];
        let degrees = [("@latitude", station.latitude_deg), ("@longitude", station.longitude_deg)];
        fields.extend(degrees.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.to_string()))));
        fields.extend(zone.ahead_min.map(|minutes| ("@ahead_min".to_owned(), minutes.to_string())));
        fields.extend(self.monthly_table.heading.iter().cloned());
        fields
    }

    fn cell(&self, time_utc: Option<Timestamp>) -> CellRow {
        CellRow {
            frame_id: self.frame_id.to_owned(),
            station: self.station.map(str::to_owned),
            time_utc,
            characteristic: self.monthly_table.name.clone(),
            kind: String::new(),
            printed_time: String::new(),
            zone: self.monthly_table.zone.text.clone(),
            unit: self.monthly_table.unit.text.clone(),
            text: String::new(),
            value: None,
            row: 0,
            column: 0,
            bbox: None,
            likelihood: 1.0,
            inferred: false,
            tests: String::new(),
        }
    }

    fn reading(&self, reading: &Reading, flag: Flag, tests: &str, rows: &mut Rows) {
        let time_utc = self.monthly_table.zone.utc_of(reading.time);
        rows.cells.push(CellRow {
            kind: "value".to_owned(),
            printed_time: reading.time.to_string(),
            text: reading.text.to_string(),
            value: reading.value,
            row: reading.row,
            column: reading.column,
            bbox: reading.bbox,
            likelihood: reading.likelihood,
            inferred: reading.inferred,
            tests: tests.to_owned(),
            ..self.cell(time_utc)
        });
        let Some(name) = self.monthly_table.characteristic.filter(|_| !reading.is_blank()) else { return };
        // A printed value is rounded to a unit: half a unit to each side; D and E leave a side open (URSI Handbook).
        let half = 0.5 / 10f64.powi(i32::from(self.monthly_table.unit.decimals));
        let (lower, upper) = match reading.qualifier {
            Some('D') => (reading.value, None),
            Some('E') => (None, reading.value),
            _ => (reading.value.map(|value| value - half), reading.value.map(|value| value + half)),
        };
        rows.characteristics.push(CharacteristicRow {
            frame_id: self.frame_id.to_owned(),
            station: self.station.map(str::to_owned),
            time_utc,
            name,
            value: reading.value,
            lower,
            upper,
            qualifier: reading.qualifier,
            descriptor: reading.descriptor,
            confidence: reading.likelihood,
            flag,
            tests: tests.to_owned(),
            origin: ValueOrigin::Table,
        });
    }
}

//! Exchange formats: what is written is read back, by our own readers and, where there is one, by another program.

use ionoscribe::dataset::{CharacteristicRow, Commit, Dataset, FORMAT_VERSION, Identity, Input, Rows, ValueOrigin};
use ionoscribe::export::{Format, Place, export};
use ionoscribe::model::CharacteristicName::{self, FoE, FoF2, HF, M3000F2, Muf3000F2};
use ionoscribe::model::Flag;
use ionoscribe::series::Selection;
use ionoscribe::table::format::{iiwg, sao_xml, sws};
use ionoscribe::table::{Parsed, SummaryKind, Zone};
use jiff::{Timestamp, civil::date, tz::TimeZone};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// Time, characteristic, value and letters of a reading.
type Cells = BTreeMap<(Timestamp, CharacteristicName), (Option<f64>, Option<char>, Option<char>)>;

/// Two months of hourly values with every kind of letter, on the digits that the formats print.
fn made() -> Vec<CharacteristicRow> {
    let start = date(1957, 7, 1).to_zoned(TimeZone::UTC).unwrap().timestamp().as_second();
    let mut rows = Vec::new();
    for hour in 0..62 * 24 {
        for (index, name) in [FoF2, M3000F2, HF, FoE, Muf3000F2].into_iter().enumerate() {
            let chance = (hour * 7919 + index as i64 * 1009).rem_euclid(101);
            let value = match name {
                FoF2 | Muf3000F2 => f64::from(40 + (chance % 60) as i32) / 10.0,
                M3000F2 => f64::from(250 + (chance % 90) as i32) / 100.0,
                HF => f64::from(200 + 5 * (chance % 40) as i32),
                _ => f64::from(150 + 5 * (chance % 40) as i32) / 100.0,
            };
            let (value, qualifier, descriptor, flag) = match chance {
                0..=6 => (None, None, Some(['A', 'B', 'C', 'G', 'S'][chance as usize % 5]), Flag::Missing),
                7..=9 => (Some(value), Some('D'), Some('R'), Flag::Pass),
                10..=12 => (Some(value), Some('E'), Some('S'), Flag::Pass),
                13..=19 => (Some(value), Some('U'), Some('F'), Flag::Pass),
                20..=22 => (Some(value), None, Some('H'), Flag::Pass),
                23 => (Some(value), None, None, Flag::Suspect),
                _ => (Some(value), None, None, Flag::Pass),
            };
            rows.push(CharacteristicRow {
                frame_id: format!("{hour:08x}-0"),
                station: Some("BOU".to_owned()),
                time_utc: Timestamp::from_second(start + 3600 * hour).ok(),
                name,
                value,
                lower: value.map(|value| value * 0.98),
                upper: value.map(|value| value * 1.02),
                qualifier,
                descriptor,
                confidence: 0.9,
                flag,
                tests: String::new(),
                origin: ValueOrigin::Film,
            });
        }
    }
    rows
}

fn dataset(root: &Path) -> Vec<CharacteristicRow> {
    let identity = Identity {
        format_version: FORMAT_VERSION.to_owned(),
        engine_version: "0".to_owned(),
        pipeline_sha256: String::new(),
        calibration_id: "made".to_owned(),
        calibration_sha256: String::new(),
    };
    let commit = Commit {
        segment: "made-0".to_owned(),
        roll: "made".to_owned(),
        identity: identity.clone(),
        input: Input::default(),
        statuses: BTreeMap::new(),
        reasons: BTreeMap::new(),
        failures: BTreeMap::new(),
        files: Vec::new(),
    };
    let rows = made();
    let all = Rows { characteristics: rows.clone(), ..Rows::default() };
    Dataset::create(root, &identity).unwrap().write(commit, all).unwrap();
    rows
}

/// What the formats of tables hold of the rows: all but the values whose flag is not good.
fn expected(rows: &[CharacteristicRow]) -> Cells {
    let good = rows.iter().filter(|row| row.flag != Flag::Suspect);
    good.map(|row| ((row.time_utc.unwrap(), row.name), (row.value, row.qualifier, row.descriptor))).collect()
}

fn cells(parsed: &[Parsed]) -> Cells {
    let monthly_tables = parsed.iter().flat_map(|parsed| {
        assert_eq!(parsed.diagnostics, []);
        &parsed.tables
    });
    monthly_tables
        .flat_map(|monthly_table| monthly_table.readings.iter().map(move |reading| (monthly_table, reading)))
        .filter(|(_, reading)| !reading.is_blank())
        .map(|(monthly_table, one)| {
            let time = monthly_table.zone.utc_of(one.time).unwrap();
            ((time, monthly_table.characteristic.unwrap()), (one.value, one.qualifier, one.descriptor))
        })
        .collect()
}

#[test]
fn tables_are_read_back_as_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("dataset");
    let rows = dataset(&root);
    let expected = expected(&rows);
    let place = Place { coordinates: Some((40.1, -105.2)), name: Some("Boulder".to_owned()) };
    let read = |format: Format, files: usize, reader: fn(&str) -> Parsed| -> Vec<Parsed> {
        let out = folder.path().join(format!("{format:?}"));
        let export = export(&root, &Selection::default(), format, &place, "test", &out).unwrap();
        assert_eq!(export.files.len(), files, "{format:?}");
        let suspects = rows.iter().filter(|row| row.flag == Flag::Suspect).count();
        assert!(export.lost.iter().any(|words| words.starts_with(&format!("{suspects} values with another flag"))));
        assert!(!export.lost.iter().any(|words| words.contains("keep only the digits")), "{:?}", export.lost);
        export.files.iter().map(|file| reader(&std::fs::read_to_string(&file.path).unwrap())).collect()
    };
    let months = read(Format::Iiwg, 2, iiwg::read);
    assert_eq!(cells(&months), expected);
    // The medians below the values are those of the values.
    let monthly_table =
        months[0].tables.iter().find(|monthly_table| monthly_table.characteristic == Some(FoF2)).unwrap();
    assert_eq!(monthly_table.station.name.trim(), "Boulder");
    let counts = monthly_table.summaries.iter().filter(|summary| summary.kind == SummaryKind::Count);
    assert_eq!(counts.filter(|count| count.number.is_some_and(|number| number > 20)).count(), 24);
    assert_eq!(cells(&read(Format::SaoXml, 2, sao_xml::read)), expected);
    assert_eq!(cells(&read(Format::Sws, 5, |text| sws::read(text, &Zone::utc()))), expected);
}

/// Opens the netCDF file with the library of its makers and with a checker of the CF conventions, if they are
/// installed. `IONOSCRIBE_PYTHON` names a Python that has `netCDF4` and `compliance-checker`.
#[test]
fn netcdf_follows_the_conventions() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("dataset");
    let rows = dataset(&root);
    let place = Place { coordinates: Some((40.1, -105.2)), name: None };
    let files = export(&root, &Selection::default(), Format::NetCdf, &place, "test", folder.path()).unwrap().files;
    assert_eq!(files.len(), 1);
    assert_eq!(files[0].readings, rows.len());
    let Ok(python) = std::env::var("IONOSCRIBE_PYTHON") else {
        eprintln!("skipped: IONOSCRIBE_PYTHON is not set");
        return;
    };
    let values: String = rows
        .iter()
        .filter(|row| row.name == FoF2)
        .map(|row| row.value.map_or_else(|| "nan\n".to_owned(), |value| format!("{value}\n")))
        .collect();
    let truth = folder.path().join("truth.txt");
    std::fs::write(&truth, values).unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/netcdf.py");
    let output = Command::new(python).arg(script).arg(&files[0].path).arg(&truth).output().unwrap();
    let words = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words}");
}

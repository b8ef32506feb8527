use super::{Format, QueryError, query};
use arrow::array::{Float64Array, RecordBatch, StringArray, TimestampMillisecondArray};
use arrow::datatypes::{DataType, Field, Schema, TimeUnit};
use parquet::arrow::ArrowWriter;
use std::fs::{File, create_dir_all, write};
use std::path::Path;
use std::sync::Arc;

/// A small file of characteristics: one value for each hour from `start_hour` after 1965-01-01.
fn characteristics(root: &Path, folder: &str, start_hour: i64, values: &[f64]) {
    let folder = root.join("characteristics").join(folder);
    create_dir_all(&folder).unwrap();
    let time = DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()));
    let schema = Arc::new(Schema::new(vec![
        Field::new("time_utc", time, true),
        Field::new("characteristic", DataType::Utf8, false),
        Field::new("value", DataType::Float64, true),
    ]));
    let start = 1000 * (-157_766_400 + 3600 * start_hour);
    let times = (0..values.len() as i64).map(|hour| start + 3_600_000 * hour).collect::<Vec<_>>();
    let batch = RecordBatch::try_new(
        schema.clone(),
        vec![
            Arc::new(TimestampMillisecondArray::from(times).with_timezone("UTC")),
            Arc::new(StringArray::from(vec!["foF2"; values.len()])),
            Arc::new(Float64Array::from(values.to_vec())),
        ],
    )
    .unwrap();
    let mut writer = ArrowWriter::try_new(File::create(folder.join("a.parquet")).unwrap(), schema, None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

fn table(root: &Path, sql: &str) -> String {
    let mut out = Vec::new();
    query(root, sql).unwrap().write(Format::Table, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn two_stations() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    characteristics(root.path(), "station=BOU/year=1965", 0, &[4.5, 5.25]);
    characteristics(root.path(), "station=OTT/year=1966", 8760, &[6.0]);
    root
}

#[test]
fn the_folders_are_columns() {
    let root = two_stations();
    let sql = "SELECT station, year, count(*) AS n, max(value) AS top FROM characteristics GROUP BY station, year ORDER BY station";
    assert_eq!(
        table(root.path(), sql),
        "\
station  year  n   top
-------  ----  -  ----
BOU      1965  2  5.25
OTT      1966  1     6
(2 rows)
"
    );
}

#[test]
fn times_compare_with_written_times() {
    let root = two_stations();
    let sql = "SELECT time_utc, value FROM characteristics WHERE time_utc >= '1965-01-01 00:30:00' AND time_utc < '1966-01-01'";
    assert!(table(root.path(), sql).contains("1965-01-01T01:00:00Z   5.25\n(1 row)"), "{}", table(root.path(), sql));
}

#[test]
fn conditions_on_the_folders_leave_other_files_unopened() {
    let root = two_stations();
    for folder in ["station=WUH/year=1965", "station=OTT/year=1967"] {
        let folder = root.path().join("characteristics").join(folder);
        create_dir_all(&folder).unwrap();
        write(folder.join("a.parquet"), "this is no Parquet").unwrap();
    }
    let count = |condition: &str| query(root.path(), &format!("SELECT value FROM characteristics {condition}"));
    assert_eq!(count("WHERE station = 'BOU'").unwrap().rows(), 2);
    assert_eq!(count("WHERE station = 'OTT' AND year = 1966").unwrap().rows(), 1);
    assert_eq!(count("WHERE year < 1967 AND station IN ('BOU', 'OTT')").unwrap().rows(), 3);
    assert!(count("").is_err());
}

#[test]
fn folders_above_the_dataset_are_no_partitions() {
    let above = tempfile::tempdir().unwrap();
    let root = above.path().join("region=[north]/station=XXX");
    characteristics(&root, "station=BOU/year=1965", 0, &[4.5]);
    assert!(table(&root, "SELECT * FROM characteristics").contains("BOU"));
    assert!(!table(&root, "SELECT * FROM characteristics").contains("XXX"));
}

#[test]
fn null_partitions_are_null() {
    let root = tempfile::tempdir().unwrap();
    let null = "__HIVE_DEFAULT_PARTITION__";
    characteristics(root.path(), &format!("station={null}/year={null}"), 0, &[4.5]);
    characteristics(root.path(), "station=BOU/year=1965", 0, &[4.5]);
    assert_eq!(
        query(root.path(), "SELECT * FROM characteristics WHERE station IS NULL AND year IS NULL").unwrap().rows(),
        1
    );
}

#[test]
fn tables_without_files_are_empty() {
    let root = two_stations();
    assert_eq!(query(root.path(), "SELECT frame_id, status, station, year FROM frames").unwrap().rows(), 0);
    let sql = "SELECT c.value, f.status FROM characteristics c LEFT JOIN frames f ON c.station = f.station";
    assert_eq!(query(root.path(), sql).unwrap().rows(), 3);
    assert!(table(root.path(), "SELECT count(*) AS n FROM failures").contains("0\n(1 row)"));
}

#[test]
fn a_wrong_question_is_answered_with_the_tables() {
    let root = two_stations();
    for sql in ["SELECT nonsense FROM characteristics", "SELECT * FROM nothing", "no sql at all"] {
        let Err(error @ QueryError::Sql { .. }) = query(root.path(), sql) else { panic!("{sql}") };
        assert!(error.to_string().contains("characteristics: time_utc, characteristic,"), "{error}");
    }
}

#[test]
fn every_format_holds_the_values() {
    let root = two_stations();
    let answer = query(root.path(), "SELECT time_utc, value FROM characteristics WHERE station = 'OTT'").unwrap();
    let text = |format| {
        let mut out = Vec::new();
        answer.write(format, &mut out).unwrap();
        out
    };
    assert_eq!(text(Format::Csv), b"time_utc,value\n1966-01-01T00:00:00.000Z,6.0\n");
    let json: serde_json::Value = serde_json::from_slice(&text(Format::Json)).unwrap();
    assert_eq!(json[0]["value"], 6.0);
    assert!(text(Format::Parquet).starts_with(b"PAR1"));
    let arrow = arrow_ipc::reader::FileReader::try_new(std::io::Cursor::new(text(Format::Arrow)), None).unwrap();
    assert_eq!(arrow.map(|batch| batch.unwrap().num_rows()).sum::<usize>(), 1);
}

#[test]
fn named_questions_ask_for_the_files_they_need() {
    use super::Named;
    use crate::series::{Selection, SelectionError};
    let root = two_stations();
    let station = |id: &str| Selection { station: Some(id.to_owned()), ..Selection::default() };
    let count = |selection: &Selection| Named::Coverage.answer(root.path(), selection, &[]).unwrap().rows();
    // There are no frames: an empty answer, not an error.
    assert_eq!(count(&station("OTT")), 0);
    let unknown = Named::Coverage.answer(root.path(), &station("WUH"), &[]);
    assert!(matches!(unknown, Err(QueryError::Selection(SelectionError::Station { .. }))));
    for (name, named) in Named::ALL {
        assert_eq!(Named::from_name(name), Some(named));
    }
}

#[test]
fn windows_and_subqueries_can_be_asked() {
    let root = two_stations();
    let sql = "WITH ranked AS (SELECT station, value, ROW_NUMBER() OVER (PARTITION BY station ORDER BY value DESC) AS n \
               FROM characteristics) SELECT station, value FROM ranked WHERE n = 1 ORDER BY station";
    assert_eq!(table(root.path(), sql), "station  value\n-------  -----\nBOU       5.25\nOTT          6\n(2 rows)\n");
}

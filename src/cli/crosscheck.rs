//! `ionoscribe crosscheck`.

use super::Outcome;
use crate::dataset::{Table, read_table};
use crate::model::CharacteristicName;
use crate::quality::{FilmTableConfig, SeriesValue, film_table};
use anyhow::Context;
use arrow::array::{Array, ArrowPrimitiveType, AsArray, RecordBatch};
use arrow::datatypes::{Float64Type, TimestampMillisecondType, UInt8Type};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Every table value is set beside the film value of the same station and characteristic that is nearest to its hour. Pairs \
that differ by more than the bounds of both allow are listed (test film_table) for review.

Example:
  ionoscribe crosscheck film/ tables/ --output disagreements.csv")]
pub(super) struct Args {
    /// Dataset from film.
    film: PathBuf,
    /// Dataset from tables.
    table: PathBuf,
    /// Write the disagreements to this CSV file instead of listing them.
    #[arg(short, long)]
    output: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let pairs = film_table(&values(&args.film)?, &values(&args.table)?, &FilmTableConfig::default());
    let mut out = std::io::stdout().lock();
    let mut counts: BTreeMap<CharacteristicName, (u64, u64, f64)> = BTreeMap::new();
    for pair in &pairs {
        let count = counts.entry(pair.table.name).or_default();
        count.0 += 1;
        count.1 += u64::from(pair.disagrees());
        count.2 += pair.difference * pair.difference;
    }
    for (name, (all, differ, squares)) in &counts {
        let rms = (squares / (*all).max(1) as f64).sqrt();
        writeln!(
            out,
            "{:>12}  {all} hours in both, {differ} disagree, rms difference {rms:.3} {}",
            name.as_str(),
            name.unit()
        )?;
    }
    if counts.is_empty() {
        writeln!(out, "no hour of a station is in both datasets")?;
    }
    let sink: Box<dyn Write> = match &args.output {
        Some(path) => Box::new(std::fs::File::create(path).with_context(|| path.display().to_string())?),
        None => Box::new(&mut out),
    };
    let mut writer = csv::Writer::from_writer(sink);
    writer.write_record([
        "test",
        "station",
        "characteristic",
        "time_utc",
        "film",
        "table",
        "difference",
        "allowed",
        "film_frame",
        "table_frame",
    ])?;
    for pair in pairs.iter().filter(|pair| pair.disagrees()) {
        let (film, table) = (&pair.film, &pair.table);
        let numbers = [film.value, table.value, pair.difference, pair.allowed].map(|number| format!("{number:.3}"));
        let [own, printed, difference, allowed] = &numbers;
        let time = table.time_utc.to_string();
        writer.write_record([
            "film_table",
            &table.station,
            table.name.as_str(),
            &time,
            own,
            printed,
            difference,
            allowed,
            &film.frame_id,
            &table.frame_id,
        ])?;
    }
    writer.flush()?;
    Ok(Outcome::Clean)
}

/// The values of a dataset that have a station and a time.
fn values(root: &Path) -> anyhow::Result<Vec<SeriesValue>> {
    let mut values = Vec::new();
    for batch in read_table(root, Table::Characteristics)? {
        let text = |name: &str, row: usize| {
            let column = batch.column_by_name(name).and_then(|column| column.as_string_opt::<i32>());
            column.filter(|column| column.is_valid(row)).map(|column| column.value(row).to_owned())
        };
        for row in 0..batch.num_rows() {
            let time = number::<TimestampMillisecondType>(&batch, "time_utc", row);
            let name = text("characteristic", row).and_then(|name| CharacteristicName::from_name(&name));
            let value = number::<Float64Type>(&batch, "value", row);
            let time = time.and_then(|time| Timestamp::from_millisecond(time).ok());
            let (Some(time_utc), Some(name), Some(value), Some(station)) = (time, name, value, text("station", row))
            else {
                continue;
            };
            values.push(SeriesValue {
                station,
                time_utc,
                name,
                value,
                lower: number::<Float64Type>(&batch, "lower", row),
                upper: number::<Float64Type>(&batch, "upper", row),
                flag: number::<UInt8Type>(&batch, "flag", row).unwrap_or(2),
                frame_id: text("frame_id", row).unwrap_or_default(),
            });
        }
    }
    Ok(values)
}

fn number<T: ArrowPrimitiveType>(batch: &RecordBatch, name: &str, row: usize) -> Option<T::Native> {
    let column = batch.column_by_name(name)?.as_primitive_opt::<T>()?;
    column.is_valid(row).then(|| column.value(row))
}

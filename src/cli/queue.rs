//! `ionoscribe queue`.

use super::Outcome;
use crate::dataset::{Columns, Table, read_table};
use crate::model::{CharacteristicName, Flag};
use crate::quality::test_named;
use anyhow::bail;
use jiff::Timestamp;
use serde::Serialize;
use std::io::Write;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ionoscribe queue dataset/
  ionoscribe queue dataset/ --flagged --station BOU --characteristic foF2 --test spike
  ionoscribe queue dataset/ --roll boulder_1957 --limit 0 --format csv > review.csv")]
pub(super) struct Args {
    /// Folder of the dataset.
    dataset: PathBuf,
    /// Only this station.
    #[arg(long)]
    station: Option<String>,
    /// Only this characteristic.
    #[arg(long, value_name = "NAME")]
    characteristic: Option<String>,
    /// Only values that did not pass this test.
    #[arg(long, value_name = "NAME")]
    test: Option<String>,
    /// Only frames of this roll.
    #[arg(long)]
    roll: Option<String>,
    /// Only values with a flag: by default the queue goes on with those that no test doubts but that may be wrong.
    #[arg(long)]
    flagged: bool,
    /// Most rows to show; 0 for all.
    #[arg(long, default_value_t = 25)]
    limit: usize,
    /// How to write the rows.
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Format {
    Table,
    Csv,
    Json,
}

/// One row of the queue, as it is shown.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Item {
    gain: f64,
    error_probability: f64,
    station: Option<String>,
    time_utc: Option<String>,
    characteristic: String,
    value: Option<f64>,
    suggested: Option<f64>,
    confidence: f64,
    flag: i32,
    tests: String,
    frame_id: String,
    source_file: String,
    frame_index: i32,
    roll: String,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Outcome> {
    if let Some(name) = args.characteristic.as_deref().filter(|name| CharacteristicName::from_name(name).is_none()) {
        bail!("there is no characteristic {name}; an example is foF2");
    }
    if let Some(name) = args.test.as_deref().filter(|name| test_named(name).is_none()) {
        bail!("there is no test {name}; docs/quality.md lists them");
    }
    let mut items = items(&args.dataset)?;
    items.retain(|item| args.wants(item));
    let all = items.len();
    if args.limit > 0 {
        items.truncate(args.limit);
    }
    let mut out = std::io::stdout().lock();
    match args.format {
        Format::Table => table(&mut out, &items, all)?,
        Format::Json => {
            serde_json::to_writer_pretty(&mut out, &items)?;
            writeln!(out)?;
        }
        Format::Csv => {
            let mut writer = csv::Writer::from_writer(out);
            items.iter().try_for_each(|item| writer.serialize(item))?;
            writer.flush()?;
        }
    }
    Ok(Outcome::Clean)
}

impl Args {
    fn wants(&self, item: &Item) -> bool {
        let same = |wanted: &Option<String>, is: Option<&str>| wanted.is_none() || wanted.as_deref() == is;
        same(&self.station, item.station.as_deref())
            && same(&self.characteristic, Some(&item.characteristic))
            && same(&self.roll, Some(&item.roll))
            && (!self.flagged || item.flag != i32::from(Flag::Pass as u8))
            && self.test.as_deref().is_none_or(|test| item.tests.split_whitespace().any(|name| name == test))
    }
}

/// The whole queue, largest gain first.
fn items(root: &Path) -> anyhow::Result<Vec<Item>> {
    let mut items = Vec::new();
    for batch in read_table(root, Table::Queue)? {
        let columns = Columns(&batch);
        for row in 0..batch.num_rows() {
            let text = |name| columns.text(name, row).unwrap_or_default();
            let number = |name| columns.number(name, row).unwrap_or_default();
            items.push(Item {
                gain: number("gain"),
                error_probability: number("error_probability"),
                station: columns.text("station", row),
                time_utc: columns.time(row).as_ref().map(Timestamp::to_string),
                characteristic: text("characteristic"),
                value: columns.number("value", row),
                suggested: columns.number("suggested", row),
                confidence: number("confidence"),
                flag: columns.integer("flag", row).unwrap_or_default(),
                tests: text("tests"),
                frame_id: text("frame_id"),
                source_file: text("source_file"),
                frame_index: columns.integer("frame_index", row).unwrap_or_default(),
                roll: text("roll"),
            });
        }
    }
    items.sort_by(|a, b| {
        b.gain
            .total_cmp(&a.gain)
            .then_with(|| (&a.station, &a.time_utc, &a.frame_id).cmp(&(&b.station, &b.time_utc, &b.frame_id)))
    });
    Ok(items)
}

fn table(out: &mut impl Write, items: &[Item], all: usize) -> std::io::Result<()> {
    writeln!(
        out,
        "{:>5} {:>5} {:4} {:<8} {:<20} {:<11} {:>8} {:>9}  tests; frame",
        "gain", "error", "flag", "station", "time", "value of", "value", "suggested"
    )?;
    let number = |value: Option<f64>| value.map_or_else(String::new, |value| format!("{value:.2}"));
    for item in items {
        writeln!(
            out,
            "{:>5.2} {:>5.2} {:>4} {:<8} {:<20} {:<11} {:>8} {:>9}  {}; {}#{}",
            item.gain,
            item.error_probability,
            item.flag,
            item.station.as_deref().unwrap_or("unknown"),
            item.time_utc.as_deref().unwrap_or("unknown"),
            item.characteristic,
            number(item.value),
            number(item.suggested),
            if item.tests.is_empty() { "none" } else { item.tests.as_str() },
            item.source_file,
            item.frame_index,
        )?;
    }
    writeln!(out, "{} of {all} values to review", items.len())
}

//! `ionoscribe query`.

use super::Outcome;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Tables: frames, characteristics, traces, marks, failures. Every table also has the columns station and year, by which
it is partitioned: conditions on them make a question fast. Unknown are station 'unknown' and year 0.

Examples:
  ionoscribe query dataset/ \"SELECT status, count(*) AS n FROM frames GROUP BY status\"
  ionoscribe query dataset/ \"SELECT time_utc, value, lower, upper FROM characteristics
                            WHERE characteristic = 'foF2' AND flag = 1 AND year = 1965 ORDER BY time_utc\"
  ionoscribe query dataset/ \"SELECT * FROM traces WHERE station = 'OTT'\" --format parquet --output ott.parquet")]
pub(super) struct Args {
    /// Folder of the dataset.
    dataset: PathBuf,
    /// The question in SQL.
    sql: String,
    /// Format of the answer; by default the one that the output's name ends in, or a table.
    #[arg(long, value_enum)]
    format: Option<FormatName>,
    /// File to write instead of standard output.
    #[arg(short, long)]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum FormatName {
    /// Columns for a person (long lists abbreviated), and the number of rows.
    Table,
    /// Comma-separated values.
    Csv,
    /// An array of objects.
    Json,
    /// Parquet.
    Parquet,
}

#[cfg(feature = "query")]
pub(super) fn run(args: &Args) -> anyhow::Result<Outcome> {
    use crate::query::{Format, query};
    use anyhow::{Context, bail};
    use std::io::{BufWriter, IsTerminal, Write};

    let ending = args.output.as_ref().and_then(|path| path.extension()).and_then(|ending| ending.to_str());
    let name = args.format.unwrap_or(match ending {
        Some("csv") => FormatName::Csv,
        Some("json") => FormatName::Json,
        Some("parquet") => FormatName::Parquet,
        _ => FormatName::Table,
    });
    let format = match name {
        FormatName::Table => Format::Table,
        FormatName::Csv => Format::Csv,
        FormatName::Json => Format::Json,
        FormatName::Parquet => Format::Parquet,
    };
    if format == Format::Parquet && args.output.is_none() && std::io::stdout().is_terminal() {
        bail!("Parquet is not for a terminal: add --output FILE");
    }
    let answer = query(&args.dataset, &args.sql)?;
    match &args.output {
        None => {
            let mut out = BufWriter::new(std::io::stdout().lock());
            answer.write(format, &mut out)?;
            out.flush()?;
        }
        Some(path) => {
            let file = std::fs::File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
            let mut out = BufWriter::new(file);
            answer.write(format, &mut out)?;
            out.flush().with_context(|| format!("cannot write {}", path.display()))?;
            tracing::info!("{} rows in {}", answer.rows(), path.display());
        }
    }
    Ok(Outcome::Clean)
}

#[cfg(not(feature = "query"))]
pub(super) fn run(_: &Args) -> anyhow::Result<Outcome> {
    anyhow::bail!(
        "this program was built without SQL: build it with `cargo build --release` (the feature `query` is on by \
         default); the dataset is plain Parquet, so that DuckDB, pandas or polars can read it too"
    )
}

//! `ionoscribe query`.

use super::Outcome;
use super::selection::{SelectionArgs, unit};
use crate::series::Unit;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Named questions, which take the options --station, --characteristic, --from, --to, --flag and --unit:
  monthly-median  count, median, quartiles and deciles of each hour of each month by the rules of the URSI handbook
                  (UAG-23); values flagged 1 or 2 count unless --flag says otherwise
  hourly          the sounding nearest to each hour, at most 7 minutes away
  latest          the last value of each characteristic, of the newest year of each station
  coverage        frames of each month by status; with --characteristic its values of each month by flag
  flagged         values with flag 3 or 4, and the film frame to look at
  series          one row for each time, with columns for value, letters and flag of each characteristic

Tables for SQL: frames, characteristics, traces, profiles, markers, cells, failures. Every table also has the columns station and year, by
which it is partitioned: conditions on them make a question fast. Unknown are station 'unknown' and year 0. Joins, WITH
and window functions can be used. Exit status: 0 answered, also if no row matches; 2 the question cannot be answered.

Examples:
  ionoscribe query dataset/ monthly-median --station BOU --characteristic foF2 --from 1957-07 --to 1958-01
  ionoscribe query dataset/ series --station BOU --characteristic foF2,\"h'F\" --from 1957-07-04 --to 1957-07-05
  ionoscribe query dataset/ \"SELECT status, count(*) AS n FROM frames GROUP BY status\"
  ionoscribe query dataset/ \"SELECT time_utc, value, lower, upper FROM characteristics
                            WHERE characteristic = 'foF2' AND flag = 1 AND year = 1965 ORDER BY time_utc\"
  ionoscribe query dataset/ \"SELECT * FROM traces WHERE station = 'OTT'\" --format parquet --output ott.parquet")]
pub(super) struct Args {
    /// Folder of the dataset.
    dataset: PathBuf,
    /// The question in SQL, or the name of one.
    #[arg(value_name = "SQL|NAME")]
    sql: String,
    #[command(flatten)]
    selection: SelectionArgs,
    /// Units of a named question, separated by commas: MHz, 0.1MHz, 0.01MHz, kHz, Hz; km, m; 0.01 (factors).
    #[arg(long, value_delimiter = ',', value_parser = unit)]
    unit: Vec<Unit>,
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
    /// Arrow IPC file (Feather).
    Arrow,
}

#[cfg(feature = "query")]
pub(super) fn run(args: &Args) -> anyhow::Result<Outcome> {
    use crate::query::Format;
    use anyhow::{Context, bail};
    use std::io::{BufWriter, IsTerminal, Write};

    let ending = args.output.as_ref().and_then(|path| path.extension()).and_then(|ending| ending.to_str());
    let name = args.format.unwrap_or(match ending {
        Some("csv") => FormatName::Csv,
        Some("json") => FormatName::Json,
        Some("parquet") => FormatName::Parquet,
        Some("arrow" | "feather") => FormatName::Arrow,
        _ => FormatName::Table,
    });
    let format = match name {
        FormatName::Table => Format::Table,
        FormatName::Csv => Format::Csv,
        FormatName::Json => Format::Json,
        FormatName::Parquet => Format::Parquet,
        FormatName::Arrow => Format::Arrow,
    };
    if matches!(format, Format::Parquet | Format::Arrow) && args.output.is_none() && std::io::stdout().is_terminal() {
        bail!("Parquet and Arrow are not for a terminal: add --output FILE");
    }
    super::warn_of_unfinished(&args.dataset)?;
    let answer = answer(args)?;
    if answer.rows() == 0 {
        tracing::warn!("no row matches; `ionoscribe query DATASET coverage` shows what there is");
    }
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

#[cfg(feature = "query")]
fn answer(args: &Args) -> anyhow::Result<crate::query::Answer> {
    use crate::query::{Named, query};
    use anyhow::bail;

    let mut selection = args.selection.selection();
    let Some(named) = Named::from_name(&args.sql) else {
        if !args.selection.is_empty() || !args.unit.is_empty() {
            bail!(
                "--station, --characteristic, --from, --to, --flag and --unit are for named questions; in SQL write a WHERE"
            );
        }
        if !args.sql.trim().contains(char::is_whitespace) {
            let names = Named::ALL.map(|(name, _)| name).join(", ");
            bail!("there is no question named {:?}; there are {names}; or ask in SQL: \"SELECT ...\"", args.sql);
        }
        return Ok(query(&args.dataset, &args.sql)?);
    };
    if named == Named::MonthlyMedian && selection.flags.is_empty() {
        selection.flags = vec![1, 2];
    }
    Ok(named.answer(&args.dataset, &selection, &args.unit)?)
}

#[cfg(not(feature = "query"))]
pub(super) fn run(_: &Args) -> anyhow::Result<Outcome> {
    anyhow::bail!(
        "this program was built without SQL: build it with `cargo build --release` (the feature `query` is on by \
         default); the dataset is plain Parquet, so that DuckDB, pandas or polars can read it too"
    )
}

//! The command line: one file per command. Arguments are parsed here, the work is done by the library.
//!
//! Results go to standard output, messages to standard error. Exit status: 0 clean, 1 done but some frames failed,
//! 2 the command failed, 130 interrupted.

mod completions;
mod crosscheck;
mod evaluate;
mod export;
mod inspect;
mod migrate;
mod plot;
mod progress;
mod quality;
mod query;
mod queue;
mod reliability;
mod report;
mod run;
mod selection;
mod simulate;
mod coverage_error_plot;
mod verify;

use clap::{CommandFactory, Parser, Subcommand};
use std::io::Write;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// How a command ended, if it ended without an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Everything was done. Exit status 0.
    Clean,
    /// The result is complete, but some inputs failed and are named in it. Exit status 1.
    SomeFailed,
    /// The user stopped the command; the same command continues it. Exit status 130, as shells expect.
    Interrupted,
}

impl Outcome {
    fn status(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::SomeFailed => 1,
            Self::Interrupted => 130,
        }
    }
}

/// Recovers the historical record of the ionosphere from scanned ionogram film.
#[derive(Debug, Parser)]
#[command(name = "ionoscribe", version, propagate_version = true, after_help = EXAMPLES)]
struct Arguments {
    /// Say more: -v shows each step, -vv everything.
    #[arg(short, long, action = clap::ArgAction::Count, global = true)]
    verbose: u8,
    /// Say less: only errors.
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  ionoscribe run pipelines/isis2.toml scans/ --output dataset/
  ionoscribe inspect pipelines/isis2.toml scans/frame_0001.png --output overlay.png
  ionoscribe query dataset/ \"SELECT status, count(*) FROM frames GROUP BY status\"
  ionoscribe plot dataset/ --output series.png
  ionoscribe queue dataset/
  ionoscribe report dataset/ --output report.html

Exit status: 0 clean; 1 complete, but some inputs failed (see the table failures); 2 the command failed.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Turn scans into a dataset; continues where an earlier run stopped.
    Run(run::Args),
    /// Draw every stage of one frame.
    Inspect(inspect::Args),
    /// Draw the series of a dataset.
    Plot(plot::Args),
    /// Ask a dataset in SQL.
    Query(query::Args),
    /// Test a whole dataset: what needs more than one segment.
    Quality(quality::Args),
    /// List what a reviewer should look at first.
    Queue(queue::Args),
    /// Write a page about the quality of a dataset.
    Report(report::Args),
    /// Make film with known truth.
    Simulate(simulate::Args),
    /// Compare a dataset with readings.
    Evaluate(evaluate::Args),
    /// Write files in exchange formats.
    Export(export::Args),
    /// Compare film with legacy tables of the same station and hours.
    Crosscheck(crosscheck::Args),
    /// Check that a dataset is complete and unchanged.
    Verify(verify::Args),
    /// Give a dataset of an earlier version the names of this one.
    Migrate(migrate::Args),
    /// Print the completions of a shell.
    Completions(completions::Args),
}

/// Runs the program.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    start_log(&arguments);
    let outcome = match &arguments.command {
        Command::Run(args) => run::run(args),
        Command::Inspect(args) => inspect::run(args),
        Command::Plot(args) => plot::run(args),
        Command::Query(args) => query::run(args),
        Command::Quality(args) => quality::run(args),
        Command::Queue(args) => queue::run(args),
        Command::Report(args) => report::run(args),
        Command::Simulate(args) => simulate::run(args),
        Command::Evaluate(args) => evaluate::run(args),
        Command::Export(args) => export::run(args),
        Command::Crosscheck(args) => crosscheck::run(args),
        Command::Verify(args) => verify::run(args),
        Command::Migrate(args) => migrate::run(args),
        Command::Completions(args) => completions::run(args, &mut Arguments::command()),
    };
    match outcome {
        Ok(outcome) => ExitCode::from(outcome.status()),
        // The reader of our output (head, less) has seen enough.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to tell the user if standard error is gone.
            let _ = writeln!(std::io::stderr(), "error: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Sends log lines to standard error; `RUST_LOG` overrides `-v` and `-q`.
fn start_log(arguments: &Arguments) {
    let level = match (arguments.quiet, arguments.verbose) {
        (true, _) => "ionoscribe=error",
        (false, 0) => "ionoscribe=warn",
        (false, 1) => "ionoscribe=info",
        (false, _) => "ionoscribe=trace",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    // A second subscriber can only exist if a test started one: keep that.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        .without_time()
        .try_init();
}

/// Says so if the dataset is not complete: a run is at work on it or was interrupted.
fn warn_of_unfinished(root: &std::path::Path) -> anyhow::Result<()> {
    let unfinished = crate::dataset::unfinished(root)?;
    if let Some(first) = unfinished.first() {
        tracing::warn!(
            "{}: {} part{} not finished ({first}{}): answers lack rows; the command that wrote the dataset continues it",
            root.display(),
            unfinished.len(),
            if unfinished.len() == 1 { " is" } else { "s are" },
            if unfinished.len() == 1 { "" } else { " ..." }
        );
    }
    Ok(())
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<std::io::Error>().is_some_and(|cause| cause.kind() == std::io::ErrorKind::BrokenPipe)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }
}

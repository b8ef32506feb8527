//! `ionoscribe migrate`.

use super::Outcome;
use crate::dataset::{self, FORMAT_VERSION, Migration};
use std::io::Write;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  ionoscribe migrate dataset/

Gives tables, columns, quality tests and origins of a dataset that version 0.1 wrote the names of this version (CHANGELOG.md
lists them), and writes the records of its segments anew. Rows and numbers stay as they are. An interrupted command is
simply repeated. Film cannot be added to the dataset then: all rows of one come from one version of the program.")]
pub(super) struct Args {
    /// Folder of the dataset.
    dataset: PathBuf,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let mut out = std::io::stdout().lock();
    let name = args.dataset.display();
    match dataset::migrate(&args.dataset)? {
        Migration::UpToDate => writeln!(out, "{name}: has format {FORMAT_VERSION} already")?,
        Migration::Converted { segments, files } => {
            writeln!(out, "{name}: converted to format {FORMAT_VERSION}: {files} files of {segments} segments")?;
        }
    }
    Ok(Outcome::Clean)
}

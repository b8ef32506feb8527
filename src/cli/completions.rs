//! `ionoscribe completions SHELL`.

use super::Outcome;
use std::io::Write;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  ionoscribe completions bash > ~/.local/share/bash-completion/completions/ionoscribe"
)]
pub(super) struct Args {
    /// The shell.
    shell: clap_complete::Shell,
}

pub(super) fn run(args: &Args, command: &mut clap::Command) -> anyhow::Result<Outcome> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, command, "ionoscribe", &mut script);
    std::io::stdout().write_all(&script)?;
    Ok(Outcome::Clean)
}

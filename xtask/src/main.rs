//! Development tasks: `cargo xtask ci` runs every check, `cargo xtask help` lists the tasks.

use anyhow::{Result, bail};
use std::process::Command;

/// A check of `ci`: its name and the cargo arguments. One profile and one package everywhere, so that the heavy
/// dependencies compile once.
const CHECKS: &[(&str, &[&str])] = &[
    ("format", &["fmt", "--all", "--check"]),
    ("lint", &["clippy", "--release", "--locked", "--all-targets", "--", "-D", "warnings"]),
    ("tests", &["test", "--release", "--locked"]),
    ("documentation", &["doc", "--release", "--locked", "--no-deps", "--package", "ionoscribe"]),
];

fn main() -> Result<()> {
    let tasks: Vec<String> = std::env::args().skip(1).collect();
    match tasks.first().map(String::as_str) {
        Some("ci") => CHECKS.iter().try_for_each(|(name, arguments)| cargo(name, arguments)),
        Some(name) if CHECKS.iter().any(|check| check.0 == name) => {
            CHECKS.iter().filter(|check| check.0 == name).try_for_each(|(name, arguments)| cargo(name, arguments))
        }
        _ => {
            let names: Vec<&str> = CHECKS.iter().map(|check| check.0).collect();
            bail!("usage: cargo xtask ci (all checks), or one of: {}", names.join(", "))
        }
    }
}

/// Runs cargo at the repository root with warnings as errors.
#[expect(clippy::print_stderr, reason = "a task says what it runs")]
fn cargo(name: &str, arguments: &[&str]) -> Result<()> {
    eprintln!("== {name}: cargo {}", arguments.join(" "));
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let mut command = Command::new("cargo");
    command.args(arguments).current_dir(root);
    // What cargo tells this program of itself is no business of the build: build scripts that watch it would run anew, and
    // half of the dependencies be compiled again.
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_"]
            .iter()
            .any(|own| text.starts_with(own))
        {
            command.env_remove(&name);
        }
    }
    if name == "documentation" {
        command.env("RUSTDOCFLAGS", "-D warnings");
    }
    if !command.status()?.success() {
        bail!("{name} failed");
    }
    Ok(())
}

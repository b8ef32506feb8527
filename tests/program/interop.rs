//! Other engines open the dataset by its folder.

use super::bench::{Bench, write};
use std::process::Command;

/// Runs `tests/interop.py`, which opens each table with every one of pyarrow, pandas, polars and duckdb that is
/// installed. Set `IONOSCRIBE_INTEROP=2` to demand at least two of them, as continuous integration does.
#[test]
fn python_engines_agree_on_row_counts() {
    let bench = Bench::new();
    bench.draw("known", 6);
    bench.draw("unknown", 5);
    write(&bench.path("scans/empty.png"), b"");
    // Stations and dates from a manifest, so that there are several partitions.
    let manifest = (0..6).map(|n| format!("frame_{n:04}.png,ST{},19{}-06-21\n", n % 2, 57 + n / 3)).collect::<String>();
    write(&bench.path("scans/known/manifest.csv"), format!("file,station,date\n{manifest}").as_bytes());
    assert_eq!(bench.run("dataset", &[]).status.code(), Some(1));
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/interop.py");
    let demanded = std::env::var("IONOSCRIBE_INTEROP").unwrap_or_else(|_| "0".to_owned());
    let output = Command::new("python3").args([script, "--at-least", &demanded]).arg(bench.path("dataset")).output();
    let Ok(output) = output else {
        assert_eq!(demanded, "0", "python3 is not there");
        eprintln!("skipped: no python3");
        return;
    };
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    eprintln!("{text}");
}

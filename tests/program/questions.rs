//! Questions, exports and checks as a user makes them on the command line.

use super::bench::{Bench, write};
use std::path::Path;
use std::process::{Command, Output};

fn ionoscribe(arguments: &[&str], dataset: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ionoscribe"));
    command.arg(arguments[0]).arg(dataset).args(&arguments[1..]).output().unwrap()
}

fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// A dataset of two stations, and its folder.
fn dataset(bench: &Bench) -> std::path::PathBuf {
    bench.draw("known", 4);
    let manifest = (0..4).map(|n| format!("frame_{n:04}.png,ST{},1957-06-2{n}\n", n % 2)).collect::<String>();
    write(&bench.path("scans/known/manifest.csv"), format!("file,station,date\n{manifest}").as_bytes());
    assert!(bench.run("dataset", &[]).status.code().is_some_and(|code| code < 2));
    bench.path("dataset")
}

#[cfg(feature = "query")]
#[test]
fn what_cannot_be_answered_is_said() {
    let bench = Bench::new();
    let dataset = dataset(&bench);
    let t = |arguments: &[&str], status: i32, expected: &str| {
        let output = ionoscribe(arguments, &dataset);
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {}", words(&output));
        assert!(words(&output).contains(expected), "{arguments:?}: {}", words(&output));
    };
    t(&["query", "SELECT vlaue FROM characteristics"], 2, "         ^^^^^  did you mean value?");
    t(&["query", "latset"], 2, "there are monthly-median, hourly, latest");
    t(&["query", "latest", "--station", "ST7"], 2, "no station ST7 in the dataset; it holds ST0, ST1");
    t(&["query", "latest", "--characteristic", "foo"], 2, "there are foF2");
    t(&["query", "hourly", "--from", "1958", "--to", "1957"], 2, "the time range is empty");
    t(&["query", "hourly", "--from", "1990"], 0, "no row matches");
    t(&["query", "SELECT 1", "--station", "ST0"], 2, "in SQL write a WHERE");
    t(&["query", "coverage", "--station", "ST1"], 0, "ST1");
    t(&["plot", "--station", "ST7", "--output", "x.png"], 2, "no station ST7");
    t(&["plot", "--kind", "f-plot", "--station", "ST0", "--output", "x.png"], 2, "--from");
    t(&["plot", "--output", "x.gif"], 2, "must end in .png or .svg");
    t(&["export", "--format", "csv", "--station", "ST7", "--output", "x"], 2, "no station ST7");
    t(&["export", "--format", "csv", "--from", "1990", "--output", "x"], 2, "no reading with a time matches");
    let nothing = ionoscribe(&["query", "SELECT 1"], &bench.path("scans"));
    assert_eq!(nothing.status.code(), Some(2));
    assert!(words(&nothing).contains("no dataset here"), "{}", words(&nothing));
}

#[test]
fn an_unfinished_dataset_is_said_to_be_so() {
    let bench = Bench::new();
    let dataset = dataset(&bench);
    assert_eq!(ionoscribe(&["verify"], &dataset).status.code(), Some(0));
    // As a killed run leaves it: a segment in the making, and a file that no record names.
    std::fs::create_dir_all(dataset.join("_log/work/segment-0001")).unwrap();
    let file = dataset.join("frames/station=ST0/year=1957");
    let there = std::fs::read_dir(&file).unwrap().next().unwrap().unwrap().path();
    std::fs::copy(there, file.join("segment-0001.parquet")).unwrap();
    let verify = ionoscribe(&["verify"], &dataset);
    assert_eq!(verify.status.code(), Some(1));
    assert!(words(&verify).contains("segment-0001: not finished"), "{}", words(&verify));
    assert!(words(&verify).contains("segment-0001.parquet: in no record of a finished run"), "{}", words(&verify));
    let picture = bench.path("coverage.svg");
    let plot = ionoscribe(&["plot", "--kind", "coverage", "--output", picture.to_str().unwrap()], &dataset);
    assert!(words(&plot).contains("1 part is not finished (segment-0001)"), "{}", words(&plot));
    assert!(picture.is_file());
}

#[test]
fn verify_finds_what_was_changed() {
    let bench = Bench::new();
    let dataset = dataset(&bench);
    let folder = dataset.join("frames/station=ST0/year=1957");
    let file = std::fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    let bytes = std::fs::read(&file).unwrap();
    let t = |contents: &[u8], expected: &str| {
        std::fs::write(&file, contents).unwrap();
        let output = ionoscribe(&["verify"], &dataset);
        assert_eq!(output.status.code(), Some(1));
        assert!(words(&output).contains(expected), "{}", words(&output));
    };
    t(&bytes[..bytes.len() / 2], "changed since it was written");
    t(&bytes[..bytes.len() / 2], "cannot be read as Parquet");
    let failures = dataset.join("failures/station=unknown/year=0").join(file.file_name().unwrap());
    t(&std::fs::read(failures).unwrap(), "columns: frame_id is missing");
    std::fs::write(&file, &bytes).unwrap();
    assert_eq!(ionoscribe(&["verify"], &dataset).status.code(), Some(0));
    std::fs::remove_file(&file).unwrap();
    assert!(words(&ionoscribe(&["verify"], &dataset)).contains("missing"));
}

//! A strip of simulated film becomes one roll whose frames lie where they were drawn.

use super::bench::{Bench, write};
use arrow::array::AsArray;
use arrow::datatypes::Int32Type;
use ionoscribe::dataset::Table;
use std::process::Command;

#[test]
fn frames_of_a_strip_lie_where_they_were_drawn() {
    let bench = Bench::new();
    write(&bench.path("pipeline.toml"), b"calibration = \"alouette1\"\n");
    let mut simulate = Command::new(env!("CARGO_BIN_EXE_ionoscribe"));
    simulate.args([
        "simulate",
        "--instrument",
        "alouette1",
        "--frames",
        "4",
        "--seed",
        "3",
        "--scale",
        "0.35",
        "--strip",
    ]);
    let made = simulate.arg("--output").arg(bench.path("scans")).output().unwrap();
    assert!(made.status.success(), "{}", super::bench::stderr(&made));
    assert_eq!(bench.run("dataset", &[]).status.code(), Some(0));
    let truth = std::fs::read_to_string(bench.path("scans/frames.csv")).unwrap();
    let lefts: Vec<i32> = truth.lines().skip(1).map(|line| line.split(',').nth(2).unwrap().parse().unwrap()).collect();
    let mut found = Vec::new();
    for batch in bench.table("dataset", Table::Frames) {
        let column = |name: &str| batch.column_by_name(name).unwrap().as_primitive::<Int32Type>().clone();
        let (index, left, width) = (column("frame_index"), column("bbox_x"), column("bbox_w"));
        found.extend((0..batch.num_rows()).map(|row| (index.value(row), left.value(row), width.value(row))));
    }
    found.sort_unstable();
    assert_eq!(found.len(), lefts.len());
    for ((index, left, width), truth) in found.into_iter().zip(lefts) {
        assert!((left - truth).abs() < width / 20, "frame {index} at {left}, drawn at {truth}");
    }
}

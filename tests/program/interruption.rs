//! A run that is killed at any moment is continued by the same command, to the same bytes.

use super::bench::{Bench, assert_same};
use std::process::Command;
use std::time::{Duration, Instant};

/// Moments of the kills, as shares of the time that a whole run takes.
const MOMENTS: [f64; 10] = [0.02, 0.31, 0.11, 0.07, 0.19, 0.005, 0.43, 0.09, 0.27, 0.15];

#[test]
fn ten_kills_leave_no_trace() {
    let bench = Bench::new();
    bench.draw("roll_a", 150);
    bench.draw("roll_b", 50);
    let start = Instant::now();
    assert_eq!(bench.run("whole", &[]).status.code(), Some(0));
    let whole = start.elapsed();
    for moment in MOMENTS {
        let mut run = bench.start("killed", &[]);
        std::thread::sleep(whole.mul_f64(moment));
        run.kill().unwrap();
        run.wait().unwrap();
    }
    assert_eq!(bench.run("killed", &[]).status.code(), Some(0));
    assert_same(&bench.files("whole"), &bench.files("killed"));
}

#[test]
fn an_interrupted_run_exits_with_130_and_goes_on() {
    let bench = Bench::new();
    bench.draw("", 120);
    assert_eq!(bench.run("whole", &[]).status.code(), Some(0));
    let mut run = bench.start("stopped", &[]);
    std::thread::sleep(Duration::from_millis(60));
    Command::new("kill").args(["-INT", &run.id().to_string()]).status().unwrap();
    // Too late on a fast machine, or before the handler stands: then it ended by itself or by the signal.
    let status = run.wait().unwrap();
    assert!([Some(130), Some(0), None].contains(&status.code()), "{status}");
    assert_eq!(bench.run("stopped", &[]).status.code(), Some(0));
    assert_same(&bench.files("whole"), &bench.files("stopped"));
}

#[test]
fn finished_work_is_not_done_again() {
    let bench = Bench::new();
    bench.draw("", 30);
    assert_eq!(bench.run("dataset", &[]).status.code(), Some(0));
    let before = bench.files("dataset");
    let report = bench.path("report.json");
    let again = bench.run("dataset", &["--report", "report.json"]);
    assert_eq!(again.status.code(), Some(0));
    assert!(std::fs::read_to_string(report).unwrap().contains("\"frames_now\": 0"));
    assert_same(&before, &bench.files("dataset"));
}

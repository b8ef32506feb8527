//! The whole job on simulated film: simulate, run, evaluate.

use ionoscribe::engine::shipped_calibration;
use ionoscribe::evaluate::{EvaluateConfig, Pool, Report, evaluate};
use ionoscribe::simulate::{Level, SimulateConfig, simulate};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// Simulates a roll, works on it and compares.
fn report(instrument: &str, config: &SimulateConfig, truths: &[&str]) -> Report {
    let folder = TempDir::new().unwrap();
    let film = folder.path().join("film");
    simulate(&shipped_calibration(instrument).unwrap(), config, &film).unwrap();
    let dataset = folder.path().join("dataset");
    let pipeline = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("pipelines/{instrument}.toml"));
    let output = Command::new(env!("CARGO_BIN_EXE_ionoscribe"))
        .arg("run")
        .args([&pipeline, &film])
        .args(["--quiet", "--output"])
        .arg(&dataset)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let truths: Vec<PathBuf> = truths.iter().map(|name| film.join(name)).collect();
    evaluate(&[dataset], &truths, Pool::Apart, &EvaluateConfig::default()).unwrap()
}

fn figure(report: &Report, subject: &str, name: &str) -> f64 {
    let mut rows = report.sections.iter().flat_map(|section| &section.results);
    let row = rows.rfind(|row| row.subject == subject).unwrap();
    row.figures.iter().find(|figure| figure.0 == name).unwrap().1
}

#[test]
fn axes_and_traces_of_simulated_film_are_found() {
    for instrument in ["c4", "alouette1", "ips42"] {
        let config = SimulateConfig { frames: 3, seed: 4, scale: 1.0, level: Level::Typical, ..Default::default() };
        let report = report(instrument, &config, &["frequency_marks.csv", "height_rulings.csv", "traces.csv"]);
        assert!(report.sections.iter().all(|section| section.compared > 0 && section.without_frame == 0));
        assert_eq!(figure(&report, "frequency markers", "misnamed"), 0.0, "{instrument}");
        assert!(
            figure(&report, "frequency markers", "named") > 20.0
                && figure(&report, "frequency markers", "rms px") < 1.0,
            "{instrument}"
        );
        assert!(figure(&report, "height markers", "median px") < 1.0, "{instrument}");
        assert!(figure(&report, "all", "within 5 px") > 0.5, "{instrument}");
    }
}

#[test]
fn the_frames_of_a_simulated_strip_are_found() {
    let config = SimulateConfig { frames: 5, seed: 5, scale: 0.4, strip: true, ..Default::default() };
    let report = report("alouette1", &config, &["frames.csv", "frequency_marks.csv"]);
    assert_eq!([figure(&report, "frames", "found"), figure(&report, "frames", "false")], [5.0, 0.0]);
    assert_eq!(figure(&report, "frequency markers", "misnamed"), 0.0);
}

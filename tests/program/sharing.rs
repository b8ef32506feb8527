//! The dataset does not depend on how the work was shared out.

use super::bench::{Bench, assert_same, stderr};

fn bench() -> Bench {
    let bench = Bench::new();
    bench.draw("roll_a", 47);
    bench.draw("roll_b", 3);
    bench.draw("roll_c/part 1", 21);
    bench
}

#[test]
fn shards_make_the_dataset_of_a_single_run() {
    let bench = bench();
    assert_eq!(bench.run("whole", &[]).status.code(), Some(0));
    let runs: Vec<_> = ["2/3", "1/3", "3/3"].iter().map(|shard| bench.start("shards", &["--shard", shard])).collect();
    for mut run in runs {
        assert_eq!(run.wait().unwrap().code(), Some(0));
    }
    assert_same(&bench.files("whole"), &bench.files("shards"));
}

#[test]
fn the_number_of_threads_does_not_show() {
    let bench = bench();
    for threads in ["1", "2", "5"] {
        let output = bench.run(threads, &["--threads", threads]);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    }
    assert_same(&bench.files("1"), &bench.files("2"));
    assert_same(&bench.files("1"), &bench.files("5"));
}

#[test]
fn a_dataset_verifies_until_it_is_changed() {
    let bench = bench();
    assert_eq!(bench.run("dataset", &[]).status.code(), Some(0));
    let verify = || {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_ionoscribe"));
        command.arg("verify").arg(bench.path("dataset")).output().unwrap()
    };
    assert_eq!(verify().status.code(), Some(0), "{}", stderr(&verify()));
    let file = bench.files("dataset").into_keys().find(|path| path.starts_with("traces")).unwrap();
    let path = bench.path("dataset").join(&file);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[10] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let changed = verify();
    assert_eq!(changed.status.code(), Some(1));
    let text = String::from_utf8(changed.stdout).unwrap();
    assert!(text.contains("changed") && text.contains(file.to_str().unwrap()), "{text}");
}

//! Legacy tables: a layout file makes `run` read them; troubles are failures, and nothing is invented.

use super::bench::{Bench, stderr, write};
use arrow::array::{Array, AsArray};
use arrow::datatypes::Float64Type;
use ionoscribe::dataset::{Table, read_table};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn layout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/tables/sodankyla.toml")
}

fn ionoscribe(bench: &Bench, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ionoscribe"));
    command.current_dir(bench.path("")).args(arguments).output().unwrap()
}

fn run(bench: &Bench, input: &str) -> Output {
    ionoscribe(bench, &["run", &layout().to_string_lossy(), input, "--quiet", "--output", "tables"])
}

/// A printed month, and its scan.
fn printed(bench: &Bench) -> String {
    let layout = layout();
    let output = ionoscribe(
        bench,
        &[
            "simulate",
            "--table",
            &layout.to_string_lossy(),
            "--frames",
            "1",
            "--seed",
            "3",
            "--level",
            "clean",
            "--dpi",
            "200",
            "--output",
            "print",
        ],
    );
    assert!(output.status.success(), "{}", stderr(&output));
    let folder = std::fs::read_dir(bench.path("print")).unwrap();
    let text = folder.map(|entry| entry.unwrap().path()).find(|path| path.extension().is_some_and(|e| e == "txt"));
    std::fs::read_to_string(text.unwrap()).unwrap()
}

fn values(bench: &Bench) -> usize {
    let batches = read_table(&bench.path("tables"), Table::Characteristics).unwrap();
    let count = |batch: &arrow::array::RecordBatch| {
        let column = batch.column_by_name("value").unwrap().as_primitive::<Float64Type>();
        column.len() - column.null_count()
    };
    batches.iter().map(count).sum()
}

#[test]
fn text_and_scan_of_a_month_give_the_same_values() {
    let bench = Bench::new();
    let text = printed(&bench);
    write(&bench.path("text/month.txt"), text.as_bytes());
    let output = run(&bench, "text");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let from_text = values(&bench);
    assert!(from_text > 500);
    assert!(bench.texts("tables", Table::Characteristics, "origin").iter().all(|origin| origin == "table"));
    assert!(bench.rows("tables", Table::Cells) > from_text);
    std::fs::remove_dir_all(bench.path("tables")).unwrap();
    let scan = std::fs::read_dir(bench.path("print")).unwrap().map(|entry| entry.unwrap().path());
    let scan = scan.into_iter().find(|path| path.extension().is_some_and(|e| e == "png")).unwrap();
    std::fs::create_dir(bench.path("scan")).unwrap();
    std::fs::copy(&scan, bench.path("scan/month.png")).unwrap();
    let output = run(&bench, "scan");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(values(&bench).abs_diff(from_text) <= from_text / 100, "{} {from_text}", values(&bench));
    let again = run(&bench, "scan");
    assert!(String::from_utf8_lossy(&again.stdout).contains("1 of 1 segments were finished before"));
}

#[test]
fn troubles_with_tables_are_told_and_nothing_is_invented() {
    let bench = Bench::new();
    let text = printed(&bench);
    let lines: Vec<&str> = text.lines().collect();
    let header = lines.iter().position(|line| line.starts_with("DAY")).unwrap();
    let with = |change: &dyn Fn(&mut Vec<String>)| {
        let mut lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        change(&mut lines);
        lines.join("\n") + "\n"
    };
    let first = header + 1;
    let troubles: Vec<(&str, String, &str)> = vec![
        (
            "cut",
            with(&|lines| {
                lines.truncate(first + 4);
                let cut = lines[first + 3].len() / 2;
                lines[first + 3].truncate(cut);
            }),
            "truncated",
        ),
        (
            "day32",
            with(&|lines| {
                let row = lines[first].replacen("  1", " 32", 1);
                lines.insert(first + 1, row);
            }),
            "no_such_day",
        ),
        (
            "interleaved",
            with(&|lines| {
                let row = lines[first].clone();
                lines.insert(first + 1, row);
            }),
            "day_repeated",
        ),
        (
            "letters",
            with(&|lines| {
                let row = &mut lines[first + 1];
                row.replace_range(5..8, "4?1");
            }),
            "cell_grammar",
        ),
        ("nothing", "Dear Sir,\nthe tables are in box 7.\n".to_owned(), "no_table"),
        (
            "no_month",
            with(&|lines| {
                lines.remove(0);
            }),
            "no_month",
        ),
    ];
    for (name, text, _) in &troubles {
        write(&bench.path(&format!("bad/{name}.txt")), text.as_bytes());
    }
    image::GrayImage::from_pixel(800, 1000, image::Luma([230])).save(bench.path("bad/blank.png")).unwrap();
    let output = run(&bench, "bad");
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let files = bench.texts("tables", Table::Failures, "source_file");
    let classes = bench.texts("tables", Table::Failures, "class");
    let told =
        |name: &str, class: &str| files.iter().zip(&classes).any(|(file, found)| file.contains(name) && found == class);
    for (name, _, class) in &troubles {
        assert!(told(name, class), "{name}: {class} is not among {:?}", files.iter().zip(&classes).collect::<Vec<_>>());
    }
    assert!(told("blank", "blank_page"));
    let sources = bench.texts("tables", Table::Frames, "source_file");
    assert!(
        !sources
            .iter()
            .any(|source| source.contains("nothing") || source.contains("no_month") || source.contains("blank"))
    );
}

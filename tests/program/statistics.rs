//! Medians by the rules of UAG-23: against an implementation in Python, and against medians that an observatory
//! printed.

use ionoscribe::statistics::{Cell, Figure, Rules, Summary};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

const NAMES: [&str; 8] = ["foF2", "foF1", "foEs", "fbEs", "h'F2", "h'F", "M(3000)F2", "fmin"];

/// Cells of made months: values with and without letters, letters alone, months of any length.
fn made_cells() -> Vec<(&'static str, String, Cell)> {
    let mut state = 7u64;
    let mut chance = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut cells = Vec::new();
    for month in 0..400 {
        let (days, wear) = (chance(32), chance(100));
        for _ in 0..days {
            let letter = |letters: &str, index: u64| letters.chars().nth(index as usize);
            let mut cell = Cell { value: Some((20 + chance(60)) as f64 / 10.0), ..Cell::default() };
            if chance(100) < wear {
                match chance(4) {
                    0 => cell = Cell { descriptor: letter("ABCDEFGLRSW", chance(11)), ..Cell::default() },
                    1 => (cell.qualifier, cell.descriptor) = (letter("DEA", chance(3)), letter("RSA", chance(3))),
                    _ => (cell.qualifier, cell.descriptor) = (letter("UJ", chance(2)), letter("FR", chance(2))),
                }
            }
            cells.push((NAMES[month % NAMES.len()], format!("{month:03}"), cell));
        }
    }
    cells
}

fn words(figure: Option<Figure>) -> String {
    let letter = |letter: Option<char>| letter.map(String::from).unwrap_or_default();
    match figure {
        None => "-".to_owned(),
        Some(Figure { value: None, descriptor, .. }) => descriptor.map_or_else(|| "?".to_owned(), String::from),
        Some(Figure { value: Some(value), qualifier, descriptor }) => {
            format!("{value:.6}{}{}", letter(qualifier), letter(descriptor))
        }
    }
}

#[test]
fn python_finds_the_same_medians() {
    let cells = made_cells();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/uag23.py");
    let child = Command::new("python3").arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let Ok(mut child) = child else {
        eprintln!("skipped: no python3");
        return;
    };
    let mut rows = String::new();
    for (name, key, cell) in &cells {
        let letter = |letter: Option<char>| letter.map(String::from).unwrap_or_default();
        let value = cell.value.map(|value| value.to_string()).unwrap_or_default();
        rows += &format!("{name},{key},{value},{},{}\n", letter(cell.qualifier), letter(cell.descriptor));
    }
    child.stdin.take().unwrap().write_all(rows.as_bytes()).unwrap();
    let theirs = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();

    let rules = Rules::uag23().unwrap();
    let mut months: BTreeMap<(&str, &str), Vec<Cell>> = BTreeMap::new();
    for (name, key, cell) in &cells {
        months.entry((name, key)).or_default().push(*cell);
    }
    let mut ours = String::new();
    for ((name, key), cells) in &months {
        let summary = Summary::of(cells, name, &rules);
        let pair = |pair: Option<[Figure; 2]>| [0, 1].map(|index| words(pair.map(|pair| pair[index])));
        let [[low, high], [least, most]] = [pair(summary.quartiles), pair(summary.deciles)];
        ours += &format!("{name},{key},{},{},{low},{high},{least},{most}\n", summary.count, words(summary.median));
    }
    assert!(months.len() > 350);
    for (ours, theirs) in ours.lines().zip(theirs.lines()) {
        assert_eq!(ours, theirs);
    }
    assert_eq!(ours.lines().count(), theirs.lines().count());
}

/// Counts, medians and their letters as two tables of Sodankyla print them. The tables are kept beside the project:
/// `IONOSCRIBE_SHARED` names the folder.
#[test]
fn printed_medians_are_found() {
    let Ok(shared) = std::env::var("IONOSCRIBE_SHARED") else {
        eprintln!("skipped: IONOSCRIBE_SHARED is not set");
        return;
    };
    let rules = Rules::uag23().unwrap();
    for month in ["200607", "201907"] {
        let stem = format!("sgo_sodankyla_foF2_IB_{month}_00-11h");
        let read = |name: &str| {
            let path = Path::new(&shared).join("tables").join(name);
            let reader = csv::Reader::from_path(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            reader.into_records().map(Result::unwrap).collect::<Vec<_>>()
        };
        let mut hours: BTreeMap<String, Vec<Cell>> = BTreeMap::new();
        for row in read(&format!("{stem}.csv")) {
            let cell = Cell {
                value: row[2].parse().ok(),
                qualifier: row[3].chars().next(),
                descriptor: row[4].chars().next(),
            };
            hours.entry(row[1].to_owned()).or_default().push(cell);
        }
        let printed = read(&format!("{stem}_summary.csv"));
        assert_eq!(printed.len(), 12);
        for row in printed {
            let summary = Summary::of(&hours[&row[0]], "foF2", &rules);
            let median = summary.median.unwrap();
            // These tables drop the half of a median between two values.
            let number = median.value.unwrap().floor();
            let letter = |letter: Option<char>| letter.map(String::from).unwrap_or_default();
            let ours =
                (summary.count.to_string(), number.to_string(), letter(median.qualifier), letter(median.descriptor));
            assert_eq!(
                ours,
                (row[1].to_owned(), row[2].to_owned(), row[3].to_owned(), row[4].to_owned()),
                "{month} {row:?}"
            );
        }
    }
}

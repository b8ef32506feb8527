//! Measures what flags, sequence and review queue are worth on film with known truth.
//!
//! ```sh
//! cargo run --release --example quality_figures DATASET FILM [DATASET FILM]...
//! ```
//!
//! FILM is the folder that `ionoscribe simulate` wrote; it holds `truth.csv`. A value is wrong if it strays by more than letter U
//! allows: the larger of 5 % and two reading units (0.3 MHz for foF2); or if the film does not show the characteristic.

use ionoscribe::dataset::{Columns, Table, read_table};
use ionoscribe::model::CharacteristicName as Name;
use ionoscribe::quality::tolerance;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

type Failure = Box<dyn std::error::Error>;

/// A value and what the film shows: `None` if it shows none.
struct Value {
    frame: String,
    name: Name,
    read: f64,
    is: Option<f64>,
    flag: i32,
    /// What the sequence gives in its place.
    instead: Option<f64>,
}

impl Value {
    fn is_wrong(&self) -> bool {
        self.is.is_none_or(|is| (self.read - is).abs() > tolerance(self.name, is))
    }

    fn is_flagged(&self) -> bool {
        self.flag == 3
    }
}

#[expect(clippy::print_stdout, reason = "a task says what it measured")]
fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    for pair in arguments.chunks_exact(2) {
        let (dataset, film) = (Path::new(&pair[0]), Path::new(&pair[1]));
        let (values, added) = values(dataset, film)?;
        println!("{}", pair[0]);
        let fo_f2: Vec<&Value> = values.iter().filter(|value| value.name == Name::FoF2).collect();
        let passed: Vec<&&Value> = fo_f2.iter().filter(|value| value.flag == 1).collect();
        let right = passed.iter().filter(|value| !value.is_wrong()).count();
        println!("  foF2 with flag 1 within 0.3 MHz {} of {}", share(right, passed.len()), passed.len());
        for (what, part) in [("foF2", fo_f2.clone()), ("all", values.iter().collect())] {
            let count = |test: &dyn Fn(&Value) -> bool| part.iter().filter(|value| test(value)).count();
            let wrong = count(&Value::is_wrong);
            let flagged = count(&|value| value.is_wrong() && value.is_flagged());
            let cried = count(&|value| !value.is_wrong() && value.is_flagged());
            println!(
                "  {what}: {} values, {wrong} wrong, of these flagged {}; good ones flagged {}",
                part.len(),
                share(flagged, wrong),
                share(cried, part.len() - wrong)
            );
        }
        let rms = |errors: &[f64]| {
            (errors.iter().map(|error| error * error).sum::<f64>() / errors.len().max(1) as f64).sqrt()
        };
        let shown = || fo_f2.iter().filter_map(|value| Some((value, value.is?)));
        let alone: Vec<f64> = shown().map(|(value, is)| value.read - is).collect();
        let course: Vec<f64> = shown().map(|(value, is)| value.instead.unwrap_or(value.read) - is).collect();
        let replaced = shown().filter(|(value, _)| value.instead.is_some()).count();
        println!(
            "  foF2 RMSE frame by frame {:.3} MHz, with letter T instead {:.3} ({:+.0} %), {replaced} of {} values",
            rms(&alone),
            rms(&course),
            100.0 * (rms(&course) / rms(&alone).max(1e-9) - 1.0),
            alone.len()
        );
        let inside = added.iter().filter(|added| (added[1]..=added[2]).contains(&added[3])).count();
        let errors: Vec<f64> = added.iter().map(|added| added[0] - added[3]).collect();
        println!(
            "  letters I and T: {}, RMSE {:.3} MHz, bounds hold the truth {}",
            added.len(),
            rms(&errors),
            share(inside, added.len())
        );
        queue(dataset, &values)?;
    }
    Ok(())
}

/// How many wrong values the start of the review queue holds.
#[expect(clippy::print_stdout, reason = "a task says what it measured")]
fn queue(dataset: &Path, values: &[Value]) -> Result<(), Failure> {
    let mut rows = Vec::new();
    for batch in read_table(dataset, Table::Queue)? {
        let columns = Columns(&batch);
        for row in 0..batch.num_rows() {
            let text = |name| columns.text(name, row).unwrap_or_default();
            rows.push((columns.number("gain", row).unwrap_or_default(), text("frame_id"), text("characteristic")));
        }
    }
    rows.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| (&a.1, &a.2).cmp(&(&b.1, &b.2))));
    for (tenths, words) in [(1, "10 %"), (2, "20 %"), (5, "50 %"), (10, "all")] {
        let first: BTreeSet<(&str, &str)> =
            rows.iter().take((rows.len() * tenths).div_ceil(10)).map(|row| (row.1.as_str(), row.2.as_str())).collect();
        let found = |value: &&Value| first.contains(&(value.frame.as_str(), value.name.as_str()));
        // Who opens a frame sees all its values.
        let frames: BTreeSet<&str> = first.iter().map(|row| row.0).collect();
        let wrong_values = values.iter().filter(|value| value.is_wrong());
        let on_frames = wrong_values.clone().filter(|value| frames.contains(value.frame.as_str())).count();
        let on_frames = share(on_frames, wrong_values.count());
        let wrong = |name: Option<Name>| {
            let all: Vec<&Value> =
                values.iter().filter(|value| value.is_wrong() && name.is_none_or(|name| value.name == name)).collect();
            format!("{} of {}", share(all.iter().copied().filter(|value| found(value)).count(), all.len()), all.len())
        };
        println!(
            "  queue of {}, {words}: wrong values {}, wrong foF2 {}; on its {} frames wrong values {on_frames}",
            rows.len(),
            wrong(None),
            wrong(Some(Name::FoF2)),
            frames.len(),
        );
    }
    Ok(())
}

fn share(part: usize, all: usize) -> String {
    if all == 0 { "-".to_owned() } else { format!("{:.1} %", 100.0 * part as f64 / all as f64) }
}

/// The values of a dataset beside the truth, and value, bounds and truth of what the sequence added. Limits in the truth are left out.
fn values(dataset: &Path, film: &Path) -> Result<(Vec<Value>, Vec<[f64; 4]>), Failure> {
    let mut truth = BTreeMap::new();
    for row in csv::Reader::from_path(film.join("truth.csv"))?.records() {
        let row = row?;
        let is_limit = matches!(&row[9], "D" | "E");
        truth.insert((row[0].to_owned(), row[2].to_owned()), (row[3].parse::<f64>().ok(), is_limit));
    }
    let mut files = BTreeMap::new();
    for batch in read_table(dataset, Table::Frames)? {
        let columns = Columns(&batch);
        for row in 0..batch.num_rows() {
            let text = |name| columns.text(name, row).unwrap_or_default();
            let file = text("source_file");
            files.insert(text("frame_id"), file.rsplit('/').next().unwrap_or_default().to_owned());
        }
    }
    let (mut values, mut added, mut instead) = (Vec::new(), Vec::new(), BTreeMap::new());
    for batch in read_table(dataset, Table::Characteristics)? {
        let columns = Columns(&batch);
        for row in 0..batch.num_rows() {
            let text = |name| columns.text(name, row).unwrap_or_default();
            let (frame, name) = (text("frame_id"), text("characteristic"));
            let key = (files.get(&frame).cloned().unwrap_or_default(), name.clone());
            let Some((is, is_limit)) = truth.get(&key).copied() else { continue };
            let (Some(name), Some(read)) = (Name::from_name(&name), columns.number("value", row)) else { continue };
            let flag = columns.integer("flag", row).unwrap_or_default();
            let letter = text("qualifier");
            if text("origin") == "estimated" {
                let bound = |name| columns.number(name, row).unwrap_or(f64::NAN);
                added.extend(is.filter(|_| !is_limit).map(|is| [read, bound("lower"), bound("upper"), is]));
                if letter == "T" {
                    instead.insert((frame, name), read);
                }
            } else if matches!(flag, 1 | 3) && !is_limit && !matches!(letter.as_str(), "D" | "E") {
                values.push(Value { frame, name, read, is, flag, instead: None });
            }
        }
    }
    for value in &mut values {
        value.instead = instead.get(&(value.frame.clone(), value.name)).copied();
    }
    Ok((values, added))
}

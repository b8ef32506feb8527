//! Fits the weights of `src/quality/error_probability.toml` on film with known truth, and prints them.
//!
//! ```sh
//! cargo run --release --example fit_error_probability INSTRUMENT FILM [INSTRUMENT FILM]...
//! ```
//!
//! FILM is a folder that `ionoscribe simulate` wrote. Logistic regression by Newton's method, with a normal prior on every weight: of a
//! test the logarithm of its odds in the catalogue, so that what is never seen stays as it was judged.

#[path = "shared/film.rs"]
mod film;

use film::{Failure, pipeline, read};
use ionoscribe::model::{CharacteristicName as Name, Flag};
use ionoscribe::quality::{CATALOGUE, FACTS, OWN, facts, qc_roll, tolerance};
use std::collections::BTreeMap;
use std::path::Path;

/// Precision of the prior.
const PRIOR: f64 = 3.0;
/// Log odds to be wrong of a characteristic, before any is seen.
const USUALLY: f64 = -3.0;
/// Values that a weight must rest on to be written.
const LEAST: usize = 8;

/// The sums of a value: its parts with a weight each, and whether it is wrong.
type Seen = (Vec<(usize, f64)>, bool);

#[expect(clippy::print_stdout, reason = "a task says what it measured")]
fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // Places of the weights: facts, tests, and for each characteristic its offset and the weights of its own.
    let mut names: BTreeMap<Name, usize> = BTreeMap::new();
    let first = FACTS.len() + CATALOGUE.len();
    let each = 1 + OWN.len();
    let mut all: Vec<Seen> = Vec::new();
    for pair in arguments.chunks_exact(2) {
        let pipeline = pipeline(&pair[0])?;
        let (mut frames, truth) = read(&pipeline, Path::new(&pair[1]))?;
        let mut config = pipeline.settings.quality;
        config.off.push("improbable".to_owned());
        qc_roll(&mut frames, &config);
        let known = facts(&frames, &config);
        for (k, (frame, known)) in frames.iter().zip(&known).enumerate() {
            for (judged, facts) in frame.values.iter().zip(known) {
                let row = &judged.characteristic;
                let Some((facts, value)) = facts.as_ref().zip(row.value) else { continue };
                let Some((is, false)) = truth.get(&(k, row.name)) else { continue };
                if !matches!(judged.flag, Flag::Pass | Flag::Suspect) || matches!(row.qualifier, Some('D' | 'E')) {
                    continue;
                }
                let wrong = is.is_none_or(|is| (value - is).abs() > tolerance(row.name, is));
                let next = first + each * names.len();
                let place = *names.entry(row.name).or_insert(next);
                let mut parts = vec![(place, 1.0)];
                parts.extend(OWN.iter().enumerate().map(|(n, fact)| (place + 1 + n, facts.known[*fact])));
                parts.extend(facts.known.iter().copied().enumerate());
                let place = |test: &&str| CATALOGUE.iter().position(|other| other.name == *test);
                parts.extend(judged.tests.iter().filter_map(|test| Some((FACTS.len() + place(test)?, 1.0))));
                all.push((parts, wrong));
            }
        }
    }
    let mut prior = vec![0.0; FACTS.len()];
    prior.extend(CATALOGUE.iter().map(|test| test.odds.ln()));
    (0..names.len()).for_each(|_| prior.extend(std::iter::once(USUALLY).chain(OWN.map(|_| 0.0))));
    let weights = fit(&all, &prior);
    let mut seen = vec![0; prior.len()];
    all.iter().flat_map(|(parts, _)| parts).for_each(|(place, _)| seen[*place] += 1);
    println!("# {} values, {} of them wrong", all.len(), all.iter().filter(|seen| seen.1).count());
    println!("\n[offset]");
    names.iter().filter(|(_, place)| seen[**place] >= LEAST).for_each(|(name, place)| {
        println!("\"{}\" = {:.2}", name.as_str(), weights[*place]);
    });
    println!("\n[facts]");
    FACTS.iter().zip(&weights).for_each(|(fact, weight)| println!("{fact} = {weight:.2}"));
    println!("\n[own]");
    for (name, place) in names.iter().filter(|(_, place)| seen[**place] >= LEAST) {
        let own = OWN.iter().enumerate().map(|(n, fact)| format!("{} = {:.2}", FACTS[*fact], weights[place + 1 + n]));
        println!("\"{}\" = {{ {} }}", name.as_str(), own.collect::<Vec<_>>().join(", "));
    }
    println!("\n[tests]");
    for (place, test) in CATALOGUE.iter().enumerate().filter(|(place, _)| seen[FACTS.len() + place] >= LEAST) {
        println!("{} = {:.2}", test.name, weights[FACTS.len() + place]);
    }
    Ok(())
}

/// The weights of highest posterior probability.
fn fit(all: &[Seen], prior: &[f64]) -> Vec<f64> {
    let n = prior.len();
    let mut weights = prior.to_vec();
    for _ in 0..20 {
        let mut slope: Vec<f64> = prior.iter().zip(&weights).map(|(prior, weight)| PRIOR * (prior - weight)).collect();
        let mut curve = vec![vec![0.0; n]; n];
        (0..n).for_each(|place| curve[place][place] = PRIOR);
        for (parts, wrong) in all {
            let sum: f64 = parts.iter().map(|(place, number)| weights[*place] * number).sum();
            let probability = 1.0 / (1.0 + (-sum).exp());
            for (place, number) in parts {
                slope[*place] += (f64::from(u8::from(*wrong)) - probability) * number;
                for (other, second) in parts {
                    curve[*place][*other] += probability * (1.0 - probability) * number * second;
                }
            }
        }
        let step = solve(curve, slope);
        weights.iter_mut().zip(step).for_each(|(weight, step)| *weight += step.clamp(-1.0, 1.0));
    }
    weights
}

/// Gauss and Jordan; the matrix is positive definite.
fn solve(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Vec<f64> {
    for place in 0..right.len() {
        let pivot = matrix[place].clone();
        let value = right[place];
        for row in (0..right.len()).filter(|row| *row != place) {
            let share = matrix[row][place] / pivot[place];
            matrix[row].iter_mut().zip(&pivot).for_each(|(entry, pivot)| *entry -= share * pivot);
            right[row] -= share * value;
        }
    }
    right.iter().enumerate().map(|(place, value)| value / matrix[place][place]).collect()
}

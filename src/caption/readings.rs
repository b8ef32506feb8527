//! The most probable readings of a row of characters that obey the layout's rules, by best-first search.

use super::{CaptionConfig, rules};
use crate::model::{Calibration, CaptionLayout, CaptionReading};
use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// Readings that are kept.
const KEPT: usize = 16;
/// Combinations that are looked at.
const LOOKED_AT: usize = 600;
/// Log likelihood below which a character's alternative is not considered.
const FLOOR: f32 = -14.0;

/// Readings, most probable first. `log_odds`: that there is a readable caption of this layout.
pub(super) fn readings(
    likelihoods: &[&[f32]],
    log_odds: f64,
    layout: &CaptionLayout,
    calibration: &Calibration,
    config: &CaptionConfig,
) -> Vec<CaptionReading> {
    let mut found = Vec::new();
    let (mut obeying, mut breaking) = (0.0f64, 0.0f64);
    for (digits, log_likelihood) in Combinations::new(likelihoods).take(LOOKED_AT) {
        let likelihood = f64::from(log_likelihood).exp();
        let meanings = rules::meanings(&digits, layout, calibration);
        if meanings.is_empty() {
            breaking += likelihood;
        } else {
            obeying += likelihood;
        }
        // A year of which the film shows only the last digit stands for each year that it can be.
        let share = likelihood / meanings.len().max(1) as f64;
        for time in meanings {
            if found.len() < KEPT {
                found.push((rules::text(&digits, layout), time, share));
            }
        }
        if found.len() >= KEPT {
            break;
        }
    }
    let unreadable = (-log_odds).exp();
    let total = obeying + config.broken_rule * breaking + unreadable;
    found.sort_by(|a, b| b.2.total_cmp(&a.2));
    found
        .into_iter()
        .map(|(text, time, share)| CaptionReading { text, time, probability: (share / total) as f32 })
        .collect()
}

/// The most likely digit of each character.
pub(super) fn most_likely(likelihoods: &[&[f32]]) -> Vec<u8> {
    likelihoods.iter().filter_map(|values| ranked(values).first().map(|(digit, _)| *digit)).collect()
}

fn ranked(values: &[f32]) -> Vec<(u8, f32)> {
    let mut ranked: Vec<(u8, f32)> = values.iter().enumerate().map(|(digit, &value)| (digit as u8, value)).collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let best = ranked.first().map_or(0.0, |first| first.1);
    ranked.retain(|(_, value)| *value >= best + FLOOR);
    ranked
}

/// Combinations of one alternative per character in order of falling joint likelihood.
struct Combinations {
    ranked: Vec<Vec<(u8, f32)>>,
    heap: BinaryHeap<Node>,
}

/// Ranks of the alternatives; only characters from `free` on may be lowered further, so that each combination is
/// reached once.
#[derive(Debug, PartialEq)]
struct Node {
    log_likelihood: f32,
    ranks: Vec<u8>,
    free: usize,
}

impl Eq for Node {}

impl Ord for Node {
    fn cmp(&self, other: &Self) -> Ordering {
        self.log_likelihood.total_cmp(&other.log_likelihood).then_with(|| other.ranks.cmp(&self.ranks))
    }
}

impl PartialOrd for Node {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Combinations {
    fn new(likelihoods: &[&[f32]]) -> Self {
        let ranked: Vec<_> = likelihoods.iter().map(|values| ranked(values)).collect();
        let mut heap = BinaryHeap::new();
        if !ranked.is_empty() && ranked.iter().all(|alternatives| !alternatives.is_empty()) {
            let log_likelihood = ranked.iter().map(|alternatives| alternatives[0].1).sum();
            heap.push(Node { log_likelihood, ranks: vec![0; ranked.len()], free: 0 });
        }
        Self { ranked, heap }
    }
}

impl Iterator for Combinations {
    type Item = (Vec<u8>, f32);

    fn next(&mut self) -> Option<Self::Item> {
        let node = self.heap.pop()?;
        for place in node.free..self.ranked.len() {
            let rank = usize::from(node.ranks[place]);
            let alternatives = &self.ranked[place];
            if rank + 1 < alternatives.len() {
                let mut ranks = node.ranks.clone();
                ranks[place] += 1;
                let log_likelihood = node.log_likelihood - alternatives[rank].1 + alternatives[rank + 1].1;
                self.heap.push(Node { log_likelihood, ranks, free: place });
            }
        }
        let digits = node.ranks.iter().zip(&self.ranked).map(|(&rank, alternatives)| alternatives[usize::from(rank)].0);
        Some((digits.collect(), node.log_likelihood))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn combinations_come_in_order_and_once() {
        let rows: Vec<Vec<f32>> = vec![vec![-0.1, -2.5, -4.0], vec![-0.7, -0.7, -9.0], vec![-1.0, -3.0, -0.5]];
        let rows: Vec<&[f32]> = rows.iter().map(Vec::as_slice).collect();
        let all: Vec<_> = Combinations::new(&rows).collect();
        assert_eq!(all.len(), 27);
        assert!(all.windows(2).all(|pair| pair[0].1 >= pair[1].1 - 1e-5));
        let mut digits: Vec<_> = all.into_iter().map(|(digits, _)| digits).collect();
        digits.sort();
        digits.dedup();
        assert_eq!(digits.len(), 27);
    }
}

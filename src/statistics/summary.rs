//! Count, median, quartiles and deciles of cells.

use super::{Cell, Entry, Rules};
use std::collections::BTreeMap;

/// A median, quartile or decile with its letters.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Figure {
    /// The value; `None` if it lies among cells without one, then the descriptor says why.
    pub value: Option<f64>,
    /// `D`: the true figure is at least this, `E`: at most, `U`: either, or most values are uncertain.
    pub qualifier: Option<char>,
    /// Descriptive letter that most of the values carry.
    pub descriptor: Option<char>,
}

/// What the rows below a monthly table say of one hour.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Summary {
    /// Cells that count: values, and letters that tell on which side of the median the value would lie.
    pub count: usize,
    /// Cells with a value.
    pub values: usize,
    /// Least and greatest value.
    pub range: Option<(f64, f64)>,
    /// Median; `None` if nothing counts.
    pub median: Option<Figure>,
    /// Lower and upper quartile; `None` with too few cells.
    pub quartiles: Option<[Figure; 2]>,
    /// Lower and upper decile; `None` with too few cells.
    pub deciles: Option<[Figure; 2]>,
}

impl Summary {
    /// The summary of the cells of one characteristic and hour.
    ///
    /// The median of an even count is the mean of the two middle values. A quartile is the median of the values on its
    /// side of the median, the middle one left out of an odd count. A decile has the rank (count + 1) / 10 from its end,
    /// rounded to a half. Each is found for the least and the greatest that the limits can be, too: if these differ much
    /// from the value as tabulated, a letter says in which direction.
    pub fn of(cells: &[Cell], characteristic: &str, rules: &Rules) -> Self {
        let counted: Vec<(Entry, &Cell)> =
            cells.iter().filter_map(|cell| Some((Entry::of(cell, characteristic, rules)?, cell))).collect();
        let count = counted.len();
        let numbers = || counted.iter().map(|(entry, _)| entry.face).filter(|face| face.is_finite());
        let sorted = |side: fn(&Entry) -> f64| {
            let mut all: Vec<f64> = counted.iter().map(|(entry, _)| side(entry)).collect();
            all.sort_by(f64::total_cmp);
            all
        };
        let ladder = Ladder {
            low: sorted(|entry| entry.low),
            face: sorted(|entry| entry.face),
            high: sorted(|entry| entry.high),
            unlettered: rules.unlettered,
        };
        let letter =
            |of: fn(&Cell) -> Option<char>| common(counted.iter().map(|(_, cell)| of(cell)), rules.letter_share);
        let letters = (letter(|cell| cell.qualifier.filter(|letter| *letter == 'U')), letter(|cell| cell.descriptor));
        let pair = |rank: f64| [ladder.at(rank, letters), ladder.at((count + 1) as f64 - rank, letters)];
        Self {
            count,
            values: numbers().count(),
            range: numbers().next().map(|first| numbers().fold((first, first), |(a, b), v| (a.min(v), b.max(v)))),
            median: (count > 0).then(|| ladder.at((count + 1) as f64 / 2.0, letters)),
            quartiles: (count >= rules.quartile_count.max(2)).then(|| pair(((count / 2) + 1) as f64 / 2.0)),
            deciles: (count >= rules.decile_count.max(1))
                .then(|| pair(((count + 1) as f64 / 5.0).round().max(2.0) / 2.0)),
        }
    }
}

/// The counted cells in order, for the least, tabulated and greatest values.
struct Ladder {
    low: Vec<f64>,
    face: Vec<f64>,
    high: Vec<f64>,
    /// Share of a figure by which limits may move it without a letter.
    unlettered: f64,
}

impl Ladder {
    /// The figure at a rank from 1, whole or half.
    fn at(&self, rank: f64, (qualifier, descriptor): (Option<char>, Option<char>)) -> Figure {
        let pair = |values: &[f64]| {
            let at = |rank: f64| values[(rank as usize).clamp(1, values.len()) - 1];
            (at(rank.floor()), at(rank.ceil()))
        };
        let (below, above) = pair(&self.face);
        let (value, limit) = match (below.is_finite(), above.is_finite()) {
            (true, true) => ((below + above) / 2.0, None),
            // One of the middle two is only known to lie beyond the other.
            (true, false) => (below, Some('D')),
            (false, true) => (above, Some('E')),
            (false, false) => return Figure { value: None, qualifier: None, descriptor },
        };
        let mean = |(a, b): (f64, f64)| (a + b) / 2.0;
        let (low, high) = (mean(pair(&self.low)), mean(pair(&self.high)));
        let least = self.unlettered * value.abs();
        let limit = limit.or(match (low < value - least, high > value + least) {
            (false, false) => None,
            (false, true) => Some('D'),
            (true, false) => Some('E'),
            (true, true) => Some('U'),
        });
        Figure { value: Some(value), qualifier: limit.or(qualifier), descriptor }
    }
}

/// The letter that more than a share of the cells carry.
fn common(letters: impl ExactSizeIterator<Item = Option<char>>, share: f64) -> Option<char> {
    let least = share * letters.len() as f64;
    let mut counts: BTreeMap<char, usize> = BTreeMap::new();
    for letter in letters.flatten() {
        *counts.entry(letter).or_default() += 1;
    }
    let (letter, count) = counts.into_iter().max_by_key(|(letter, count)| (*count, std::cmp::Reverse(*letter)))?;
    (count as f64 > least).then_some(letter)
}

#[cfg(test)]
mod tests;

//! What one cell contributes to a median.

use super::Rules;

/// One cell of a monthly table.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Cell {
    /// The value, in any unit.
    pub value: Option<f64>,
    /// URSI qualifying letter.
    pub qualifier: Option<char>,
    /// URSI descriptive letter.
    pub descriptor: Option<char>,
}

/// A cell that counts: the least and the greatest that the true value can be, and what stands in the table. Infinite
/// for a cell whose letter says no more than on which side of the median it lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Entry {
    /// The least that the true value can be.
    pub low: f64,
    /// The value as tabulated.
    pub face: f64,
    /// The greatest that the true value can be.
    pub high: f64,
}

impl Entry {
    /// The contribution of a cell of a characteristic; `None` if it does not count.
    pub fn of(cell: &Cell, characteristic: &str, rules: &Rules) -> Option<Self> {
        let concerns = |names: &[String]| names.iter().any(|name| name == characteristic);
        let Some(value) = cell.value.filter(|value| value.is_finite()) else {
            let letter = cell.descriptor?;
            let mut rules = rules.missing.iter().filter(|rule| concerns(&rule.characteristics));
            return rules.find_map(|rule| {
                if rule.below.contains(&letter) {
                    Some(Self::exact(f64::NEG_INFINITY))
                } else {
                    rule.above.contains(&letter).then_some(Self::exact(f64::INFINITY))
                }
            });
        };
        let exact = Self::exact(value);
        let Some(letter) = cell.qualifier else { return Some(exact) };
        let less = rules.less_than.contains(&letter)
            || rules.limit.iter().any(|rule| concerns(&rule.characteristics) && rule.less_than.contains(&letter));
        if rules.greater_than.contains(&letter) {
            Some(Self { high: f64::INFINITY, ..exact })
        } else if less {
            Some(Self { low: f64::NEG_INFINITY, ..exact })
        } else {
            Some(exact)
        }
    }

    fn exact(value: f64) -> Self {
        Self { low: value, face: value, high: value }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_decide_what_counts() {
        let rules = Rules::uag23().unwrap();
        let (low, high) = (f64::NEG_INFINITY, f64::INFINITY);
        let t = |characteristic: &str, text: &str, expected: Option<(f64, f64, f64)>| {
            let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
            let mut letters = text.chars().skip(digits.len()).map(|letter| (letter != ' ').then_some(letter));
            let value = digits.parse().ok();
            // A lone letter is a descriptive letter.
            let qualifier = if value.is_some() { letters.next().flatten() } else { None };
            let cell = Cell { value, qualifier, descriptor: letters.next().flatten() };
            let entry = Entry::of(&cell, characteristic, &rules).map(|entry| (entry.low, entry.face, entry.high));
            assert_eq!(entry, expected, "{characteristic} {text}");
        };
        t("foF2", "36", Some((36.0, 36.0, 36.0)));
        t("foF2", "36UR", Some((36.0, 36.0, 36.0)));
        t("foF2", "36JF", Some((36.0, 36.0, 36.0)));
        t("foF2", "34 F", Some((34.0, 34.0, 34.0)));
        t("foF2", "36DR", Some((36.0, 36.0, high)));
        t("foF2", "16ES", Some((low, 16.0, 16.0)));
        t("foF2", "A", None);
        t("foF2", "C", None);
        t("foF2", "", None);
        t("foF2", "G", Some((low, low, low)));
        t("h'F2", "G", Some((high, high, high)));
        t("foF1", "G", None);
        t("foF1", "L", None);
        t("h'F2", "W", Some((high, high, high)));
        t("foF2", "W", None);
        t("fbEs", "30AA", Some((low, 30.0, 30.0)));
        t("foEs", "30AA", Some((30.0, 30.0, 30.0)));
        t("foEs", "G", Some((low, low, low)));
    }
}

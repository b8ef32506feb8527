//! The order in which people count file names: `frame9` before `frame10`.

use std::cmp::Ordering;
use std::path::Path;

/// Compares names; digits count as numbers, and what is then equal is compared byte by byte, so that the order is total.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let (mut x, mut y) = (a.as_bytes(), b.as_bytes());
    loop {
        match (x.first(), y.first()) {
            (None, None) => return a.cmp(b),
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(p), Some(q)) if p.is_ascii_digit() && q.is_ascii_digit() => {
                let (p, q) = (number(&mut x), number(&mut y));
                match p.len().cmp(&q.len()).then_with(|| p.cmp(q)) {
                    Ordering::Equal => {}
                    unequal => return unequal,
                }
            }
            (Some(p), Some(q)) if p != q => return p.cmp(q),
            _ => (x, y) = (&x[1..], &y[1..]),
        }
    }
}

/// Compares paths part by part.
pub(super) fn compare_paths(a: &Path, b: &Path) -> Ordering {
    let (mut x, mut y) = (a.components(), b.components());
    loop {
        match (x.next(), y.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(p), Some(q)) => {
                let (p, q) = (p.as_os_str(), q.as_os_str());
                match compare(&p.to_string_lossy(), &q.to_string_lossy()).then_with(|| p.cmp(q)) {
                    Ordering::Equal => {}
                    unequal => return unequal,
                }
            }
        }
    }
}

/// Takes the digits at the start, without leading zeros.
fn number<'a>(text: &mut &'a [u8]) -> &'a [u8] {
    let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    *text = rest;
    let zeros = digits.iter().take_while(|&&digit| digit == b'0').count();
    &digits[zeros..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_count() {
        let mut names = ["b", "a10", "a9", "a09", "a", "a9b", "a123456789012345678901234567890", "A9", "a1.5", "a1.10"];
        names.sort_by(|a, b| compare(a, b));
        let expected = ["A9", "a", "a1.5", "a1.10", "a09", "a9", "a9b", "a10", "a123456789012345678901234567890", "b"];
        assert_eq!(names, expected);
    }

    #[test]
    fn folders_come_before_what_is_in_their_neighbours() {
        let order = |a: &str, b: &str| compare_paths(Path::new(a), Path::new(b));
        assert_eq!(order("roll2/a.png", "roll10/a.png"), Ordering::Less);
        assert_eq!(order("roll2", "roll2/a.png"), Ordering::Less);
        assert_eq!(order("x/y", "x/y"), Ordering::Equal);
    }
}

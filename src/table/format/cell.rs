//! The five characters of a value in the exchange formats: three digits and two letters.

use super::WriteError;
use crate::table::{MonthlyTable, Reading, Unit};

/// Letters that qualify a value (URSI Handbook, UAG-23).
pub(crate) const QUALIFIERS: &str = "ADEIJMOTUZ";

/// What a cell says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Cell {
    /// The number in printed units.
    pub(crate) number: Option<i32>,
    /// Qualifying letter.
    pub(crate) qualifier: Option<char>,
    /// Descriptive letter.
    pub(crate) descriptor: Option<char>,
}

/// A letter of a cell; blank and `/` stand for none. `Err` for what is no letter.
pub(crate) fn letter(c: char) -> Result<Option<char>, ()> {
    match c {
        ' ' | '/' | '-' => Ok(None),
        c if c.is_ascii_alphabetic() => Ok(Some(c.to_ascii_uppercase())),
        _ => Err(()),
    }
}

/// Reads digits and the letters in their two places. `Err` if the digits are none or a letter is none.
pub(crate) fn parse(digits: &str, qualifier: char, descriptor: char) -> Result<Cell, ()> {
    let number = number(digits.as_bytes().trim_ascii())?;
    Ok(interpret(number, letter(qualifier)?, letter(descriptor)?))
}

/// The number that digits make; `None` of none, `Err` of what is no digit or more than nine of them.
pub(crate) fn number(digits: &[u8]) -> Result<Option<i32>, ()> {
    let mut number = None;
    for byte in digits {
        let digit = i32::from(byte.wrapping_sub(b'0'));
        if digit > 9 || digits.len() > 9 {
            return Err(());
        }
        number = Some(10 * number.unwrap_or(0) + digit);
    }
    Ok(number)
}

/// A letter alone in a cell, and a single letter that cannot qualify, is a descriptive letter.
pub(crate) fn interpret(number: Option<i32>, qualifier: Option<char>, descriptor: Option<char>) -> Cell {
    match (qualifier, descriptor) {
        (Some(letter), None) if number.is_none() || !QUALIFIERS.contains(letter) => {
            Cell { number, qualifier: None, descriptor: Some(letter) }
        }
        _ => Cell { number, qualifier, descriptor },
    }
}

/// Reads `VVVQD`: three digits, the qualifying and the descriptive letter. Digits that end before the third column were cut.
pub(crate) fn value_letters(text: &str) -> Result<Cell, ()> {
    let bytes = text.as_bytes();
    // Most cells of many files are blank.
    if bytes == b"     " || bytes.is_empty() {
        return Ok(Cell::default());
    }
    let is_cut = bytes.len() < 3 && bytes.iter().any(|&byte| byte != b' ');
    if !text.is_ascii() || bytes.len() > 5 || is_cut {
        return Err(());
    }
    let at = |place: usize| bytes.get(place).map_or(' ', |&byte| char::from(byte));
    parse(text.get(..3).unwrap_or(text), at(3), at(4))
}

/// The letters of a printed cell, whatever stands before them.
pub(crate) fn interpret_text(text: &str) -> (Option<char>, Option<char>) {
    let cell = value_letters(text).unwrap_or_default();
    (cell.qualifier, cell.descriptor)
}

/// Fills a reading with what its cell says.
pub(crate) fn fill(reading: &mut Reading, text: &str, cell: Result<Cell, ()>, unit: &Unit) {
    if text.bytes().any(|byte| !byte.is_ascii_whitespace()) {
        reading.text = text.into();
    }
    match cell {
        Ok(cell) => {
            reading.value = cell.number.map(|number| unit.value(number));
            (reading.qualifier, reading.descriptor) = (cell.qualifier, cell.descriptor);
        }
        Err(()) => reading.tests.push("cell_grammar"),
    }
}

/// The text of a reading in a format: as printed where that still says the same, else made by `make`.
pub(crate) fn printed(
    reading: &Reading,
    monthly_table: &MonthlyTable,
    width: usize,
    read: impl Fn(&str) -> Result<Cell, ()>,
    make: impl Fn(&Cell) -> String,
) -> Result<String, WriteError> {
    let number = reading.value.map(|value| monthly_table.unit.number(value));
    let cell = Cell { number, qualifier: reading.qualifier, descriptor: reading.descriptor };
    let as_printed =
        reading.text.len() == width && read(&reading.text).map_or(cell == Cell::default(), |read| read == cell);
    if as_printed {
        return Ok(reading.text.to_string());
    }
    if let Some(number) = number.filter(|number| !(0..=999).contains(number)) {
        return Err(WriteError::TooWide {
            station: monthly_table.station.code.clone(),
            characteristic: monthly_table.name.clone(),
            time: reading.time.to_string(),
            number,
            digits: 3,
        });
    }
    Ok(make(&cell))
}

/// `VVVQD`.
pub(crate) fn make_value_letters(cell: &Cell) -> String {
    let digits = cell.number.map_or_else(|| "   ".to_owned(), |number| format!("{number:3}"));
    format!("{digits}{}{}", cell.qualifier.unwrap_or(' '), cell.descriptor.unwrap_or(' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_read_by_place() {
        let t = |text: &str| value_letters(text).map(|cell| (cell.number, cell.qualifier, cell.descriptor));
        assert_eq!(t(" 36UR"), Ok((Some(36), Some('U'), Some('R'))));
        assert_eq!(t("036 F"), Ok((Some(36), None, Some('F'))));
        assert_eq!(t(" 34F "), Ok((Some(34), None, Some('F'))), "F cannot qualify");
        assert_eq!(t(" 34U "), Ok((Some(34), Some('U'), None)));
        assert_eq!(t("   A "), Ok((None, None, Some('A'))), "a letter alone says why there is no value");
        assert_eq!(t("   EB"), Ok((None, Some('E'), Some('B'))));
        assert_eq!(t("     "), Ok((None, None, None)));
        assert_eq!(t("019/ "), Ok((Some(19), None, None)));
        assert_eq!(t("3A6  "), Err(()));
        assert_eq!(t(" 3"), Err(()), "a digit was cut off");
        assert_eq!(t(" 36*R"), Err(()));
    }
}

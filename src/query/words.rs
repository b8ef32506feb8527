//! Points at the word of a question that is wrong.

use crate::dataset::{Table, schema};

/// The engine's reason, with the line of the question, a mark under the word and the nearest name that there is. What
/// cannot be placed is given as it is.
pub(super) fn explain(sql: &str, reason: &str) -> String {
    // The engine appends its plan and all columns: the plan helps nobody, and the tables follow anyway.
    let reason = reason.split("Resolved plan until failure").next().unwrap_or_default();
    let reason = reason.split("; valid columns:").next().unwrap_or_default().trim();
    let Some((line, column, length)) = place(sql, reason) else { return reason.to_owned() };
    let text = sql.lines().nth(line).unwrap_or_default();
    let indent: String = text.chars().take(column).map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
    let word: String = text.chars().skip(column).take(length).collect();
    let near = nearest(&word).map(|name| format!("  did you mean {name}?")).unwrap_or_default();
    format!("{reason}\n  {text}\n  {indent}{}{near}", "^".repeat(length.max(1)))
}

/// Line, column and length, in characters from 0, of the word that the reason is about.
fn place(sql: &str, reason: &str) -> Option<(usize, usize, usize)> {
    if let Some(place) = stated(sql, reason) {
        return Some(place);
    }
    // The first quoted word of the reason that stands in the question, in the order in which the reason has them.
    let words = quoted(reason);
    words.iter().find_map(|word| find_word(sql, word))
}

/// The place that a parser states as "Line: 1, Column: 8", or the end of the question.
fn stated(sql: &str, reason: &str) -> Option<(usize, usize, usize)> {
    let number = |after: &str| -> Option<usize> {
        let rest = &reason[reason.find(after)? + after.len()..];
        let digits: String = rest.trim_start().chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<usize>().ok()?.checked_sub(1)
    };
    if let (Some(line), Some(column)) = (number("Line:"), number("Column:")) {
        let text = sql.lines().nth(line)?;
        let length = text.chars().skip(column).take_while(|c| is_word(*c)).count();
        return Some((line, column.min(text.chars().count()), length.max(1)));
    }
    if reason.contains("found: EOF") {
        let line = sql.lines().count().checked_sub(1)?;
        return Some((line, sql.lines().nth(line)?.chars().count(), 1));
    }
    None
}

/// Words between quotation marks of any kind.
fn quoted(reason: &str) -> Vec<String> {
    let mut words = Vec::new();
    for mark in ['"', '\'', '`'] {
        words.extend(reason.split(mark).skip(1).step_by(2).filter(|word| !word.is_empty()).map(str::to_owned));
    }
    words
}

/// The place of a word that stands alone in the question, outside of text in single quotation marks.
fn find_word(sql: &str, word: &str) -> Option<(usize, usize, usize)> {
    let wanted = word.to_lowercase();
    let mut in_text = false;
    for (number, line) in sql.lines().enumerate() {
        let characters: Vec<char> = line.chars().collect();
        let length = wanted.chars().count();
        for column in 0..characters.len() {
            if characters[column] == '\'' {
                in_text = !in_text;
            }
            let Some(here) = characters.get(column..column + length) else { continue };
            let alone = (column == 0 || !is_word(characters[column - 1]))
                && characters.get(column + length).is_none_or(|after| !is_word(*after));
            if !in_text && alone && here.iter().collect::<String>().to_lowercase() == wanted {
                return Some((number, column, length));
            }
        }
    }
    None
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// The table or column whose name is nearest to a word, if it is near.
fn nearest(word: &str) -> Option<String> {
    let schemas: Vec<_> = Table::ALL.iter().map(|table| schema(*table, "")).collect();
    let columns = schemas.iter().flat_map(|schema| schema.fields().iter().map(|field| field.name().as_str()));
    let names = Table::ALL.iter().map(|table| table.as_str()).chain(columns).chain(["station", "year"]);
    let lower = word.to_lowercase();
    let (distance, name) = names.map(|name| (distance(&lower, name), name)).min()?;
    (distance > 0 && distance * 5 <= 2 * name.len()).then(|| name.to_owned())
}

/// Edits that make one word of another (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wrong_word_is_marked() {
        fn t(sql: &str, reason: &str, expected: &str) {
            assert_eq!(explain(sql, reason), format!("{reason}\n{expected}"));
        }
        t(
            "SELECT vlaue FROM frames",
            "unable to find column \"vlaue\"",
            "  SELECT vlaue FROM frames\n         ^^^^^  did you mean value?",
        );
        t(
            "SELECT *\nFROM framez",
            "relation 'framez' was not found",
            "  FROM framez\n       ^^^^^^  did you mean frames?",
        );
        t("SELECT 'nose', nose FROM x", "no \"nose\"", "  SELECT 'nose', nose FROM x\n                 ^^^^");
        t("SELEC 1", "Expected: a statement, found: SELEC at Line: 1, Column: 1", "  SELEC 1\n  ^^^^^");
        t("SELECT a FROM", "Expected: identifier, found: EOF", "  SELECT a FROM\n               ^");
        assert_eq!(explain("SELECT 1", "out of memory"), "out of memory");
    }
}

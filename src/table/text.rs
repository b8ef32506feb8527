//! Bytes into lines of text, whatever the encoding and the line ends.

use std::borrow::Cow;

/// The text of a file: UTF-8, with or without a byte order mark, UTF-16 with one, else Latin-1, in which every byte is a
/// character. A control character other than tab and line ends becomes a blank, so that columns stay where they are.
pub fn decode(bytes: &[u8]) -> Cow<'_, str> {
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.as_chunks::<2>().0.iter().map(|&pair| unit(pair)).collect();
        String::from_utf16_lossy(&units)
    };
    let text = match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest),
        [0xFF, 0xFE, rest @ ..] => Cow::Owned(wide(rest, u16::from_le_bytes)),
        [0xFE, 0xFF, rest @ ..] => Cow::Owned(wide(rest, u16::from_be_bytes)),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => Cow::Owned(bytes.iter().map(|&byte| char::from(byte)).collect()),
        },
    };
    let is_odd = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\x0c');
    // Nearly all texts are ASCII, in which a byte is a character.
    let is_odd_byte = |&byte: &u8| (byte < b' ' || byte == 0x7f) & !matches!(byte, b'\n' | b'\r' | b'\t' | 0x0c);
    let has_odd = text.as_bytes().chunks(64).any(|part| part.iter().filter(|byte| is_odd_byte(byte)).count() > 0)
        || !text.is_ascii() && text.contains(is_odd);
    if has_odd { Cow::Owned(text.chars().map(|c| if is_odd(c) { ' ' } else { c }).collect()) } else { text }
}

/// The lines of a text without their ends: LF, CR LF, or CR alone.
pub(super) fn lines(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    let old = text.contains('\r') && !text.contains('\n');
    let end = if old { '\r' } else { '\n' };
    text.split_terminator(end).map(|line| line.strip_suffix('\r').unwrap_or(line))
}

/// The text with tabs filled up to every eighth column, in lines that `wants` picks.
pub(super) fn expand_tabs(text: &str, wants: impl Fn(&str) -> bool) -> Cow<'_, str> {
    if !text.contains('\t') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(2 * text.len());
    for line in text.split_inclusive(['\n', '\r']) {
        if !wants(line) {
            out.push_str(line);
            continue;
        }
        let mut column = 0;
        for c in line.chars() {
            if c == '\t' {
                let room = 8 - column % 8;
                out.extend(std::iter::repeat_n(' ', room));
                column += room;
            } else {
                out.push(c);
                column += 1;
            }
        }
    }
    Cow::Owned(out)
}

/// The columns `from..to` of a line, counted in characters from 0; what the line does not reach is left out.
pub(super) fn field(line: &str, from: usize, to: usize) -> &str {
    if let Some(head) = line.get(..to.min(line.len())).filter(|head| head.is_ascii()) {
        return head.get(from..).unwrap_or_default();
    }
    let mut places = line.char_indices().map(|(at, _)| at).chain([line.len()]);
    let start = places.clone().nth(from).unwrap_or(line.len());
    let end = places.nth(to).unwrap_or(line.len());
    line.get(start..end).unwrap_or_default()
}

/// A line whose columns are asked for many times.
#[derive(Debug, Clone, Copy)]
pub(super) struct TextColumns<'a> {
    line: &'a str,
    is_ascii: bool,
}

impl<'a> TextColumns<'a> {
    pub(super) fn new(line: &'a str) -> Self {
        Self { line, is_ascii: line.is_ascii() }
    }

    /// The columns `from..to`, like [`field`].
    pub(super) fn field(&self, from: usize, to: usize) -> &'a str {
        if self.is_ascii {
            self.line.get(from..to.min(self.line.len())).unwrap_or_default()
        } else {
            field(self.line, from, to)
        }
    }
}

/// A right-aligned whole number as Fortran reads it; blank is `None`.
pub(super) fn integer(field: &str) -> Option<i32> {
    field.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_and_line_ends_are_met() {
        assert_eq!(decode(b"\xEF\xBB\xBFabc"), "abc");
        assert_eq!(decode(b"\xFF\xFEa\0b\0"), "ab");
        assert_eq!(decode(b"Sodankyl\xE4"), "Sodankyl\u{e4}");
        assert_eq!(decode(b"a\0b"), "a b");
        for text in ["a\nb\n", "a\r\nb\r\n", "a\rb\r", "a\nb"] {
            assert_eq!(lines(text).collect::<Vec<_>>(), ["a", "b"], "{text:?}");
        }
    }

    #[test]
    fn tabs_reach_to_the_next_eighth_column() {
        assert_eq!(expand_tabs("a\tbcd\te\r\n1\t2\n", |_| true), "a       bcd     e\r\n1       2\n");
        assert_eq!(expand_tabs("a\tb\n", |_| false), "a\tb\n");
    }

    #[test]
    fn fields_count_characters() {
        assert_eq!(field("abcdef", 2, 4), "cd");
        assert_eq!(field("abc", 2, 9), "c");
        assert_eq!(field("abc", 5, 9), "");
        assert_eq!(field("\u{e4}bcdef", 1, 3), "bc");
        for (line, from, to) in [("abcdef", 2, 4), ("abc", 2, 9), ("abc", 5, 9), ("\u{e4}bcdef", 1, 3)] {
            assert_eq!(TextColumns::new(line).field(from, to), field(line, from, to));
        }
    }
}

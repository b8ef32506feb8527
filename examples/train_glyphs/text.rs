//! What stands on the pages that are drawn.

use crate::random::Random;

/// What a stretch of a line holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Values with letters.
    Cells,
    /// Any characters in any order.
    Mixed,
    /// Words of headings.
    Words,
    /// Words of headings in small letters.
    Small,
}

impl Kind {
    pub(crate) fn drawn(random: &mut Random) -> Self {
        match random.below(100) {
            0..48 => Self::Cells,
            48..74 => Self::Mixed,
            74..92 => Self::Words,
            _ => Self::Small,
        }
    }
}

const WORDS: &[&str] = &[
    "JANUARY",
    "FEBRUARY",
    "MARCH",
    "APRIL",
    "MAY",
    "JUNE",
    "JULY",
    "AUGUST",
    "SEPTEMBER",
    "OCTOBER",
    "NOVEMBER",
    "DECEMBER",
    "IONOSPHERIC",
    "DATA",
    "STATION",
    "OBSERVATORY",
    "VALUES",
    "OF",
    "FOF2",
    "FOF1",
    "FOE",
    "FOES",
    "FMIN",
    "FBES",
    "M(3000)F2",
    "H'F",
    "CHARACTERISTIC",
    "CODE",
    "NO",
    "UNIT",
    "0.1MHZ",
    "0.1",
    "MHZ",
    "KM",
    "TIME=",
    "30E",
    "(UT+2H)",
    "UT",
    "UTC",
    "135",
    "EMT",
    "DAY",
    "CNT",
    "MED",
    "MEDIAN",
    "COUNT",
    "HOUR",
    "DATE",
    "QUARTILE",
    "UPPER",
    "LOWER",
    "RANGE",
    "LAT",
    "LONG",
    "MEAN",
    "GEOPHYSICAL",
    "00H",
    "GMT",
    "1.",
    "2-3",
    "N/A",
    "TABLE",
    "SWEEP",
];

/// A word.
pub(crate) fn word(kind: Kind, random: &mut Random) -> String {
    match kind {
        Kind::Cells => cell(random),
        Kind::Mixed => (0..1 + random.below(6)).map(|_| character(random)).collect(),
        Kind::Words if random.chance(0.25) => random.below(2100).to_string(),
        Kind::Words if random.chance(0.25) => (0..2 + random.below(7)).map(|_| letter(random)).collect(),
        Kind::Words => WORDS[random.below(WORDS.len())].to_owned(),
        Kind::Small => {
            let word = WORDS[random.below(WORDS.len())];
            let tail = word.get(1..).unwrap_or_default().to_ascii_lowercase();
            if random.chance(0.5) { format!("{}{tail}", &word[..1]) } else { word.to_ascii_lowercase() }
        }
    }
}

fn cell(random: &mut Random) -> String {
    let mut text = String::new();
    if !random.chance(0.15) {
        let first = if random.chance(0.7) { 1 } else { 0 };
        for index in 0..1 + random.below(3) {
            let low = if index == 0 { first } else { 0 };
            text.push(char::from(b'0' + (low + random.below(10 - low)) as u8));
        }
    }
    if random.chance(0.45) {
        text.push(letter(random));
    } else if random.chance(0.1) {
        text.push('/');
    }
    if random.chance(0.4) {
        text.push(letter(random));
    }
    text
}

fn letter(random: &mut Random) -> char {
    char::from(b'A' + random.below(26) as u8)
}

fn character(random: &mut Random) -> char {
    match random.below(100) {
        0..48 => char::from(b'0' + random.below(10) as u8),
        48..93 => letter(random),
        93..98 => ['/', '-', '.'][random.below(3)],
        _ => ['(', ')', '=', '+', ':', '\''][random.below(6)],
    }
}

//! Words of the lines of a page: characters with room between them.

use super::line::Line;

/// Words of a line with the middles of their first and last characters, in pixels.
pub(crate) type Words = Vec<(String, f32, f32)>;

/// Share of neighbours at the pitch from which on a page is printed with one pitch.
const FIXED: f32 = 0.75;
/// Stray from the pitch, in shares of it.
const STRAY: f32 = 0.12;

/// The words of each line, from its characters and their middles.
pub(crate) fn words(lines: &[Line], characters: &[Vec<(char, f32)>]) -> Vec<Words> {
    let pitch = pitch(lines, characters);
    lines
        .iter()
        .zip(characters)
        .map(|(line, characters)| {
            let parts = |a: &(char, f32), b: &(char, f32)| match pitch {
                Some(pitch) => b.1 - a.1 > 1.5 * pitch,
                None => (b.1 - a.1) / line.line.height() > 0.5 * (width(a.0) + width(b.0)) + 0.31,
            };
            let words = characters.chunk_by(|a, b| !parts(a, b));
            words
                .filter_map(|word| {
                    Some((word.iter().map(|character| character.0).collect(), word.first()?.1, word.last()?.1))
                })
                .collect()
        })
        .collect()
}

/// The distance of neighbours, if it is the same for all.
fn pitch(lines: &[Line], characters: &[Vec<(char, f32)>]) -> Option<f32> {
    let pairs = |with: fn(char, char) -> bool| -> Vec<f32> {
        let mut gaps: Vec<f32> = Vec::new();
        for (line, characters) in lines.iter().zip(characters) {
            let height = line.line.height();
            let near =
                characters.windows(2).filter(|pair| with(pair[0].0, pair[1].0)).map(|pair| pair[1].1 - pair[0].1);
            gaps.extend(near.filter(|gap| (0.3 * height..1.45 * height).contains(gap)));
        }
        gaps.sort_by(f32::total_cmp);
        gaps
    };
    let all = pairs(|_, _| true);
    let middle = *all.get(all.len() / 2)?;
    // Digits are alike in width in book faces too: letters tell.
    let letters = pairs(|a, b| a.is_ascii_alphabetic() || b.is_ascii_alphabetic());
    let alike = letters.iter().filter(|&&gap| (gap / middle - 1.0).abs() < STRAY).count();
    (letters.len() < 20 || alike as f32 > FIXED * letters.len() as f32).then_some(middle)
}

/// Usual room that a character of a book face takes, in heights of capitals.
fn width(c: char) -> f32 {
    match c {
        'I' | '.' | '-' | '/' => 0.48,
        'J' => 0.62,
        'M' | 'W' => 1.32,
        '0'..='9' | 'S' | 'F' | 'P' | 'L' | 'E' | 'Z' | 'T' | 'B' => 0.86,
        _ => 1.02,
    }
}

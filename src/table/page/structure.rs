//! Finds the table on a page: the header of hours, the rows of days and summaries, the columns.

use super::columns;
use super::ink::Ink;
use super::line::Line;
use super::words::Words;
use crate::table::layout::Layout;

/// A block of hours.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Block {
    /// Number of the line that heads it.
    pub(crate) header: usize,
    /// Hours of its columns.
    pub(crate) hours: Vec<u32>,
    /// Left edge of each column and right edge of the last, in pixels.
    pub(crate) edges: Vec<f32>,
    /// Lines of the block, what stands in them, and how well the better of the labels at
    /// its ends agrees with that: 0 at best.
    pub(crate) rows: Vec<(usize, Label, f32)>,
    /// Days whose number stands at more than one row.
    pub(crate) repeated: Vec<i8>,
}

/// What a row of the table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Label {
    /// The values of a day.
    Day(i8),
    /// A row of summaries, by its number in the layout.
    Summary(usize),
}

/// The blocks of a page. `characters` and `words` are those of each line.
pub(crate) fn find(
    ink: &Ink,
    lines: &[Line],
    characters: &[Vec<(char, f32)>],
    words: &[Words],
    layout: &Layout,
) -> Vec<Block> {
    let mut headers = Vec::new();
    for (at, words) in words.iter().enumerate() {
        if let Some((hours, places)) = header(words, layout) {
            headers.push((at, hours, places));
        }
    }
    let mut blocks = Vec::new();
    for (index, (at, hours, places)) in headers.iter().enumerate() {
        let end = headers.get(index + 1).map_or(lines.len(), |next| next.0);
        let body: Vec<usize> = (at + 1..end).collect();
        let edges = columns::edges(&columns::Body { ink, lines, characters, rows: &body, layout }, places);
        let (mut rows, repeated) = label(lines, &body, &edges, layout);
        doubt_uneven(lines, &mut rows);
        blocks.push(Block { header: *at, hours: hours.clone(), edges, rows, repeated });
    }
    blocks
}

/// A word's number if it can be one: letters that look like digits count as these.
fn number(word: &str) -> Option<u32> {
    let digits: String = word
        .chars()
        .map_while(|c| match c {
            '0'..='9' => Some(c),
            'O' | 'Q' | 'D' => Some('0'),
            'I' | 'L' => Some('1'),
            'Z' => Some('2'),
            'S' => Some('5'),
            'G' => Some('6'),
            'B' => Some('8'),
            _ => None,
        })
        .take(2)
        .collect();
    (digits.len() == 2).then(|| digits.parse().ok()).flatten()
}

/// The hours of a header and their places, from words that are most of the hours of a block in their order, evenly spaced.
fn header(words: &Words, layout: &Layout) -> Option<(Vec<u32>, Vec<f32>)> {
    let mut first = layout.grid.first_hour;
    for &count in &layout.grid.blocks {
        let hours: Vec<u32> = (first..first + count).map(|hour| hour % 24).collect();
        first += count;
        if count < 2 {
            continue;
        }
        let mut found: Vec<(u32, f32)> = Vec::new();
        // The first label has a letter behind it: all are measured from their first character.
        for (word, from, _) in words {
            if let Some(hour) = number(word).filter(|hour| hours.contains(hour)) {
                found.push((hour, *from));
            }
        }
        if found.len() * 2 < count as usize {
            continue;
        }
        // Half of the pairs agree on the slope even if single hours are misread.
        let mut slopes: Vec<f32> = Vec::new();
        for (index, a) in found.iter().enumerate() {
            let later = found[index + 1..].iter().filter(|b| b.0 > a.0);
            slopes.extend(later.map(|b| (b.1 - a.1) / (b.0 - a.0) as f32));
        }
        slopes.sort_by(f32::total_cmp);
        let slope = slopes.get(slopes.len() / 2).copied()?;
        let mut starts: Vec<f32> = found.iter().map(|&(hour, x)| x - slope * (hour as f32 - hours[0] as f32)).collect();
        starts.sort_by(f32::total_cmp);
        let start = starts[starts.len() / 2];
        let agree = starts.iter().filter(|&&other| (other - start).abs() < 0.2 * slope).count();
        if slope > 8.0 && agree * 2 >= count as usize {
            let places = (0..count).map(|index| start + slope * index as f32).collect();
            return Some((hours, places));
        }
    }
    None
}

/// Names the lines of a block: days grow from line to line, and the summaries follow. What fits best as a whole is taken. Also
/// the days that lines show which were not named so.
fn label(lines: &[Line], body: &[usize], edges: &[f32], layout: &Layout) -> (Vec<(usize, Label, f32)>, Vec<i8>) {
    let mut labels: Vec<(Label, String)> = (1..=31).map(|day| (Label::Day(day), day.to_string())).collect();
    for (index, row) in layout.checks.rows.iter().enumerate() {
        labels.push((Label::Summary(index), row.label.to_ascii_uppercase()));
    }
    let (left, right) = (edges[0], edges[edges.len() - 1]);
    let step = (right - left) / (edges.len() - 1) as f32;
    let any = |_: u8, _: u8| Some(0);
    let fit: Vec<Vec<(f32, f32)>> = body
        .iter()
        .map(|&at| {
            // Farther out are borders and the next table.
            let room = (1.6 * step).max(6.0 * lines[at].line.height());
            let before = lines[at].read(left - room, left, &any);
            let behind = lines[at].read(right, right + room, &any);
            let score = |readings: &[super::line::Spelling], text: &str| -> f32 {
                let best = readings[0].score;
                let found = readings.iter().find(|reading| same_label(&reading.text, text));
                found.map_or(-9.0, |reading| (reading.score - best).max(-9.0))
            };
            labels
                .iter()
                .map(|(label, text)| {
                    let own = score(&before, text);
                    let other = if behind[0].text.is_empty() { -1.5 } else { score(&behind, text) };
                    // Summaries need not have their name at both ends.
                    let both = own + if matches!(label, Label::Summary(_)) { other.max(-1.0) } else { other };
                    (both, if behind[0].text.is_empty() { own } else { own.max(other) })
                })
                .collect()
        })
        .collect();
    // best[r][l]: score of the first r rows with the last label used below l.
    const UNNAMED: f32 = -12.0;
    const SKIPPED: f32 = -2.5;
    let (rows, count) = (body.len(), labels.len());
    let mut best = vec![vec![f32::MIN; count + 1]; rows + 1];
    let mut from = vec![vec![(0usize, false); count + 1]; rows + 1];
    best[0][0] = 0.0;
    for row in 0..=rows {
        for next in 0..=count {
            let now = best[row][next];
            if now == f32::MIN {
                continue;
            }
            let mut offer = |to_row: usize, to_next: usize, score: f32, named: bool| {
                if score > best[to_row][to_next] {
                    best[to_row][to_next] = score;
                    from[to_row][to_next] = (row * (count + 1) + next, named);
                }
            };
            if next < count {
                // The days after the last of a short month, and summaries that are not printed, cost nothing.
                let free = matches!(labels[next].0, Label::Summary(_)) || next >= 28;
                offer(row, next + 1, now + if free { -0.1 } else { SKIPPED }, false);
            }
            if row < rows {
                offer(row + 1, next, now + UNNAMED, false);
                if next < count {
                    offer(row + 1, next + 1, now + fit[row][next].0, true);
                }
            }
        }
    }
    let mut named = Vec::new();
    let (mut row, mut next) = (rows, (0..=count).max_by(|&a, &b| best[rows][a].total_cmp(&best[rows][b])).unwrap_or(0));
    while row > 0 || next > 0 {
        let (before, is_named) = from[row][next];
        let (old_row, old_next) = (before / (count + 1), before % (count + 1));
        if is_named && old_row < row {
            named.push((body[old_row], labels[old_next].0, fit[old_row][old_next].1));
        }
        if (old_row, old_next) == (row, next) {
            break;
        }
        (row, next) = (old_row, old_next);
    }
    named.reverse();
    let mut repeated: Vec<i8> = Vec::new();
    for (row, fit) in body.iter().zip(&fit) {
        let is_other = named.iter().all(|(named, _, _)| named != row);
        let day = labels.iter().zip(fit).find(|(_, fit)| is_other && fit.0 > SAME);
        if let Some((Label::Day(day), _)) = day.map(|(label, fit)| (label.0, fit))
            && named.iter().any(|(_, label, _)| *label == Label::Day(day))
        {
            repeated.push(day);
        }
    }
    (named, repeated)
}

/// Logarithm of the odds against both labels of a row above which it shows that day.
const SAME: f32 = -0.5;

/// Days stand evenly below one another: a row that stands as it should to neither of its neighbours is doubted. Tables leave
/// room between groups of days, so that one neighbour is enough.
fn doubt_uneven(lines: &[Line], rows: &mut [(usize, Label, f32)]) {
    let places: Vec<(usize, f32, f32)> = rows
        .iter()
        .enumerate()
        .filter_map(|(index, row)| match row.1 {
            Label::Day(day) => Some((index, f32::from(day), lines[row.0].line.middle())),
            Label::Summary(_) => None,
        })
        .collect();
    let mut steps: Vec<f32> = places.windows(2).map(|pair| (pair[1].2 - pair[0].2) / (pair[1].1 - pair[0].1)).collect();
    steps.sort_by(f32::total_cmp);
    let Some(&step) = steps.get(steps.len() / 2) else { return };
    let fits = |a: usize, b: usize| match (places.get(a), places.get(b)) {
        // Up to a line is left out between groups.
        (Some(a), Some(b)) => (-0.4..1.2).contains(&((b.2 - a.2) / step - (b.1 - a.1))),
        _ => false,
    };
    for (at, place) in places.iter().enumerate() {
        let is_even = fits(at, at + 1) || at > 0 && fits(at - 1, at);
        if !is_even {
            rows[place.0].2 = -9.0;
        }
    }
}

/// A label as read: letters that look alike count as the same.
fn same_label(read: &str, label: &str) -> bool {
    let alike = |c: char| match c {
        'O' | 'Q' => '0',
        'I' | 'L' => '1',
        'Z' => '2',
        'S' => '5',
        'B' => '8',
        c => c,
    };
    let read = read.trim_start_matches('0').trim_matches('.');
    read.chars().map(alike).eq(label.chars().map(alike))
}

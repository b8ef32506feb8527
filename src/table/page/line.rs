//! Reads the characters of a line of print: cuts it into pieces, joins pieces to characters, and finds the texts that
//! explain the ink best.

use super::glyph::{self, CHARACTERS, CLASSES, NONE};
use super::ink::Ink;
use super::lines::{PRINT, TextLine};
use crate::caption::net;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// A stretch of columns with print in it.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Piece {
    from: usize,
    to: usize,
    /// Print pixels, in squares of the capitals' height.
    ink: f32,
}

/// A text and its logarithm of probability, up to a constant of the place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reading {
    pub(crate) text: String,
    pub(crate) score: f32,
    /// Middle of each character, in pixels.
    pub(crate) places: Vec<f32>,
}

/// What may stand where: from a state and a character to the next state.
pub(crate) type Grammar<'a> = &'a dyn Fn(u8, u8) -> Option<u8>;

/// Log-probabilities of the classes and of the best, by first and last piece.
type Looks = BTreeMap<(usize, usize), ([f32; CLASSES], f32)>;

/// A line that is being read.
pub(crate) struct Line<'a> {
    ink: &'a Ink,
    pub(crate) line: TextLine,
    /// Distance of neighbouring characters, in pixels.
    pitch: f32,
    pieces: Vec<Piece>,
    /// Log-probabilities of joined pieces, by first and last piece.
    seen: RefCell<Looks>,
}

/// Readings that are followed at each place.
const BEAM: usize = 14;
/// Most pieces of one character.
const MOST_PIECES: usize = 5;
/// Logarithm of the probability below which a character is not considered.
const HOPELESS: f32 = -11.0;

impl<'a> Line<'a> {
    /// Cuts a line into pieces. `pitch` may be 0 while it is not known.
    pub(crate) fn new(ink: &'a Ink, line: TextLine, pitch: f32) -> Self {
        let pieces = cut(ink, line, pitch);
        Self { ink, line, pitch, pieces, seen: RefCell::default() }
    }

    /// Middles of the single blots of about a character's width, pieces that hang together taken as one.
    pub(crate) fn blots(&self) -> Vec<f32> {
        let height = self.line.height();
        let joined = self.pieces.chunk_by(|a, b| a.to == b.from);
        let whole = joined.filter_map(|pieces| Some((pieces.first()?.from, pieces.last()?.to, pieces)));
        whole
            .filter(|(from, to, pieces)| {
                let ink: f32 = pieces.iter().map(|piece| piece.ink).sum();
                ((to - from) as f32) < 1.3 * height && ink > 0.08
            })
            .map(|(from, to, _)| 0.5 * (from + to) as f32)
            .collect()
    }

    /// The pieces whose middle lies between two columns.
    fn within(&self, from: f32, to: f32) -> std::ops::Range<usize> {
        let middle = |piece: &Piece| 0.5 * (piece.from + piece.to) as f32;
        let start = self.pieces.partition_point(|piece| middle(piece) < from);
        let end = self.pieces.partition_point(|piece| middle(piece) < to);
        start..end.max(start)
    }

    /// The best readings of what lies between two columns, best first, at least one.
    pub(crate) fn read(&self, from: f32, to: f32, grammar: Grammar<'_>) -> Vec<Reading> {
        let range = self.within(from, to);
        let count = range.len();
        let mut beams: Vec<Vec<(Reading, u8)>> = vec![Vec::new(); count + 1];
        beams[0].push((Reading { text: String::new(), score: 0.0, places: Vec::new() }, 0));
        for at in 0..count {
            let hypotheses = prune(std::mem::take(&mut beams[at]));
            let piece = range.start + at;
            for (reading, state) in hypotheses {
                // A speck: the more ink is left unexplained, the less likely.
                let skipped = Reading { score: reading.score - self.doubt(piece), ..reading.clone() };
                beams[at + 1].push((skipped, state));
                for length in 1..=MOST_PIECES.min(count - at) {
                    if !self.is_character(piece, piece + length - 1) {
                        break;
                    }
                    let (logs, place) = self.classes(piece, piece + length - 1);
                    let gap = reading.places.last().map(|last| place - last);
                    for (class, &log) in logs.iter().enumerate().take(NONE) {
                        if log < HOPELESS {
                            continue;
                        }
                        let Some(next) = grammar(state, CHARACTERS[class]) else { continue };
                        let spaced = gap.map_or(0.0, |gap| self.spacing(gap, CHARACTERS[class]));
                        let mut longer = reading.clone();
                        longer.text.push(char::from(CHARACTERS[class]));
                        longer.places.push(place);
                        longer.score += log - spaced;
                        beams[at + length].push((longer, next));
                    }
                }
            }
        }
        let mut found = prune(beams.pop().unwrap_or_default());
        found.truncate(BEAM);
        let mut readings: Vec<Reading> = found.into_iter().map(|(reading, _)| reading).collect();
        if readings.is_empty() {
            readings.push(Reading { text: String::new(), score: 0.0, places: Vec::new() });
        }
        readings
    }

    /// Cost of taking a piece for dirt.
    fn doubt(&self, piece: usize) -> f32 {
        let ink = self.pieces[piece].ink;
        0.4 + 60.0 * ink.min(0.25)
    }

    /// Cost of a distance to the character before.
    fn spacing(&self, gap: f32, character: u8) -> f32 {
        if self.pitch <= 0.0 {
            return 0.0;
        }
        let pitches = gap / self.pitch;
        // A letter may stand one place further on.
        let steps = if character.is_ascii_digit() { 1.0 } else { pitches.round().clamp(1.0, 3.0) };
        let stray = 0.5 * ((pitches - steps) / 0.22).powi(2);
        // Halves of a character stand closer than two characters can.
        let crowded = 25.0 * (0.78 - pitches).max(0.0);
        stray.min(9.0) + crowded.min(12.0)
    }

    fn is_character(&self, first: usize, last: usize) -> bool {
        let height = self.line.height();
        let (from, to) = (self.pieces[first].from, self.pieces[last].to);
        let widest = if self.pitch > 0.0 { (1.12 * self.pitch).max(0.8 * height) } else { 1.15 * height };
        let most = if self.pitch > 0.0 { 1.4 * self.pitch } else { 1.5 * height };
        let torn = self.pieces[first..=last].windows(2).any(|pair| (pair[1].from - pair[0].to) as f32 > 0.4 * height);
        first == last && ((to - from) as f32) < most || (to - from) as f32 <= widest && !torn
    }

    /// Log-probabilities of what pieces show together, and the middle of it.
    fn classes(&self, first: usize, last: usize) -> ([f32; CLASSES], f32) {
        if let Some(&known) = self.seen.borrow().get(&(first, last)) {
            return known;
        }
        let (from, to) = (self.pieces[first].from, self.pieces[last].to);
        let middle = 0.5 * (from + to) as f32 - 0.5;
        let (mut centre, mut height) = (self.line.middle(), self.line.height());
        // Lines are not quite straight: a character of about the usual height has its own place.
        if let Some((top, foot)) = self.extent(from, to)
            && ((foot - top) / height - 1.0).abs() < 0.16
        {
            centre = 0.5 * (top + foot);
            height = 0.5 * (height + foot - top);
        }
        let network = glyph::shipped();
        let look = |shift: f32| {
            let cell = net::cell(|x, y| self.ink.sample(x, y), (middle + shift * height, centre), height);
            glyph::log_probabilities(network, &cell)
        };
        let best_of = |logs: &[f32; CLASSES]| logs[..NONE].iter().copied().fold(f32::MIN, f32::max);
        let mut logs = look(0.0);
        if best_of(&logs) < -0.05 {
            // Half a character may have faded: its middle is elsewhere. The mean of three looks errs less than one.
            let looks = [logs, look(-0.09), look(0.09)];
            for (class, log) in logs.iter_mut().enumerate() {
                let sum: f32 = looks.iter().map(|look| look[class].exp()).sum();
                *log = (sum / 3.0).max(1e-12).ln();
            }
        }
        // Pieces stand where print is: that no character has its middle here does not weigh all.
        let other = logs[..NONE].iter().map(|log| log.exp()).sum::<f32>().max(1e-9).ln();
        logs[..NONE].iter_mut().for_each(|log| *log -= 0.2 * other);
        let found = (logs, middle);
        self.seen.borrow_mut().insert((first, last), found);
        found
    }

    /// First and last row of print between two columns.
    fn extent(&self, from: usize, to: usize) -> Option<(f32, f32)> {
        let rim = 0.3 * self.line.height();
        let top = (self.line.top - rim).max(0.0) as usize;
        let foot = ((self.line.foot + rim) as usize).min(self.ink.height());
        let has = |y: &usize| self.ink.row(*y)[from..to].iter().filter(|&&value| value >= PRINT).count() >= 2;
        let first = (top..foot).find(has)?;
        let last = (top..foot).rev().find(has)?;
        Some((first as f32 - 0.5, last as f32 + 0.5))
    }
}

/// Keeps the best readings; of readings with the same text and state the best one.
fn prune(mut readings: Vec<(Reading, u8)>) -> Vec<(Reading, u8)> {
    readings.sort_by(|a, b| b.0.score.total_cmp(&a.0.score));
    let mut kept: Vec<(Reading, u8)> = Vec::with_capacity(BEAM);
    for (reading, state) in readings {
        if kept.len() == BEAM {
            break;
        }
        if kept.iter().all(|(other, of)| *of != state || other.text != reading.text) {
            kept.push((reading, state));
        }
    }
    kept
}

/// Cuts a line at columns without print, and blots wider than a character where they are thinnest.
fn cut(ink: &Ink, line: TextLine, pitch: f32) -> Vec<Piece> {
    let height = line.height();
    let rim = 0.12 * height;
    let top = (line.top - rim).max(0.0) as usize;
    let foot = ((line.foot + rim).ceil() as usize).min(ink.height());
    let mut profile = vec![0u16; ink.width()];
    for y in top..foot {
        for (count, &value) in profile.iter_mut().zip(ink.row(y)) {
            *count += u16::from(value >= PRINT);
        }
    }
    let mut pieces = Vec::new();
    let mut x = 0;
    while x < profile.len() {
        if profile[x] == 0 {
            x += 1;
            continue;
        }
        let from = x;
        while x < profile.len() && profile[x] > 0 {
            x += 1;
        }
        let mut edges = vec![from];
        if (x - from) as f32 > 0.62 * height {
            edges.extend(thin_places(&profile[from..x], height).into_iter().map(|at| from + at));
        }
        // Characters that run into each other without a thin place are cut near where the pitch has them end.
        let count = if pitch > 0.0 { ((x - from) as f32 / pitch).round() as usize } else { 1 };
        for part in 1..count {
            let place = from + (x - from) * part / count;
            let reach = (0.28 * pitch) as usize;
            let near = place.saturating_sub(reach).max(from + 1)..(place + reach).min(x - 1);
            if !edges.iter().any(|edge| near.contains(edge))
                && let Some(thinnest) = near.min_by_key(|&at| (profile[at], at.abs_diff(place)))
            {
                edges.push(thinnest);
            }
        }
        edges.sort_unstable();
        edges.push(x);
        for pair in edges.windows(2) {
            let ink = profile[pair[0]..pair[1]].iter().map(|&count| f32::from(count)).sum::<f32>() / (height * height);
            pieces.push(Piece { from: pair[0], to: pair[1], ink });
        }
    }
    pieces
}

/// Columns at which a wide blot has less print than to both sides; at least a fifth of the height apart.
fn thin_places(profile: &[u16], height: f32) -> Vec<usize> {
    let reach = (0.2 * height) as usize;
    let most = (0.45 * height) as u16;
    let mut order: Vec<usize> = (reach.max(1)..profile.len().saturating_sub(reach.max(1)))
        .filter(|&at| profile[at] <= most && profile[at] <= profile[at - 1] && profile[at] <= profile[at + 1])
        .collect();
    order.sort_by_key(|&at| (profile[at], at));
    let mut kept: Vec<usize> = Vec::new();
    for at in order {
        if kept.iter().all(|&other| other.abs_diff(at) >= reach.max(1)) {
            kept.push(at);
        }
    }
    kept.sort_unstable();
    kept
}

/// The usual distance of neighbouring characters: the median distance of blots that stand closer than one and a half heights.
pub(crate) fn pitch(lines: &[Line<'_>]) -> f32 {
    let mut gaps: Vec<f32> = Vec::new();
    for line in lines {
        let height = line.line.height();
        let blots = line.blots();
        gaps.extend(
            blots.windows(2).map(|pair| pair[1] - pair[0]).filter(|gap| (0.45 * height..1.45 * height).contains(gap)),
        );
    }
    gaps.sort_by(f32::total_cmp);
    gaps.get(gaps.len() / 2).copied().unwrap_or(0.0)
}

impl<'a> Line<'a> {
    /// The line with a known pitch.
    pub(crate) fn with_pitch(self, pitch: f32) -> Self {
        Self::new(self.ink, self.line, pitch)
    }

    /// All words of the line with their beginnings and ends in pixels, read without grammar.
    pub(crate) fn words(&self) -> Vec<(String, f32, f32)> {
        let any = |_: u8, _: u8| Some(0);
        let pitch = if self.pitch > 0.0 { self.pitch } else { 0.85 * self.line.height() };
        // A blank is a place left out: narrow characters stand far apart, but their middles do not.
        let parts = |a: &Piece, b: &Piece| {
            let gap = b.from as f32 - a.to as f32;
            let middles = 0.5 * ((b.from + b.to) as f32 - (a.from + a.to) as f32);
            gap > 1.1 * pitch || gap > 0.5 * pitch && middles > 1.5 * pitch
        };
        let mut words = Vec::new();
        let mut start = 0;
        for at in 0..self.pieces.len() {
            let is_end = self.pieces.get(at + 1).is_none_or(|next| parts(&self.pieces[at], next));
            if is_end {
                let (from, to) = (self.pieces[start].from as f32, self.pieces[at].to as f32);
                let best = self.read(from, to, &any).swap_remove(0);
                if !best.text.is_empty() {
                    words.push((best.text, from, to));
                }
                start = at + 1;
            }
        }
        words
    }
}

//! Reads a line of print: the network moves along it, and the texts are found that explain what it saw best.

use super::glyph::{self, CHARACTERS, Logs, NONE};
use super::ink::Ink;
use super::lines::TextLine;
use super::strip::{self, Strip};

/// A text and the logarithm of its probability.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Spelling {
    pub(crate) text: String,
    /// Logarithm of the probability that the network gives to the text where it stands: 0 at best.
    pub(crate) score: f32,
    /// Middle of each character, in pixels.
    pub(crate) places: Vec<f32>,
}

/// What may stand where: from a state and a character to the next state.
pub(crate) type Grammar<'a> = &'a dyn Fn(u8, u8) -> Option<u8>;

/// A character that may have its middle at a place.
#[derive(Debug, Clone, Copy, PartialEq)]
struct SpellingCandidate {
    place: usize,
    class: usize,
    /// Gain in the logarithm of probability against nothing standing there.
    gain: f32,
    /// Part of the gain that comes from the places before and behind.
    beside: [f32; 2],
}

/// A line with what the network says about it.
pub(crate) struct Line {
    pub(crate) line: TextLine,
    left: f32,
    strip: Strip,
    /// Logarithms of probability at each place.
    logs: Vec<Logs>,
    candidates: Vec<SpellingCandidate>,
    /// Sum of the logarithms that nothing stands at the places before each.
    nothing: Vec<f32>,
}

/// Readings that are followed.
const BEAM: usize = 32;
/// Logarithm of the probability below which a character is not considered.
const HOPELESS: f32 = -8.0;
/// The network's errors at neighbouring places go together: what it says counts for less than it would if they did not.
const TEMPER: f32 = 0.8;

impl Line {
    /// Looks at a line.
    pub(crate) fn new(ink: &Ink, line: TextLine) -> Self {
        let height = line.height();
        let bends = bends(ink, line);
        let middle = |x: f32| {
            let at = (x / (BEND * height) - 0.5).clamp(0.0, (bends.len() - 1) as f32);
            let (low, part) = (at as usize, at - at.floor());
            line.middle() + bends[low] * (1.0 - part) + bends[(low + 1).min(bends.len() - 1)] * part
        };
        let strip = Strip::sample(|x, y| ink.sample(x, y), (0.0, ink.width() as f32), middle, height);
        let logs = glyph::look(glyph::shipped(), &strip);
        let mut nothing = vec![0.0; logs.len() + 1];
        for (place, logs) in logs.iter().enumerate() {
            nothing[place + 1] = nothing[place] + logs[NONE];
        }
        Self { line, left: 0.0, strip, candidates: candidates(&logs), logs, nothing }
    }

    /// Mean logarithm of the probability of the likeliest class at places with print: how well the network knows what it sees.
    pub(crate) fn clearness(&self) -> (f32, u32) {
        let mut sum = 0.0;
        let mut count = 0;
        for logs in self.logs.iter().filter(|logs| logs[NONE] < -0.01) {
            sum += logs.iter().copied().fold(f32::MIN, f32::max);
            count += 1;
        }
        (sum, count)
    }

    /// The ink of `width` columns of the strip around a place in pixels, `shift` columns beside it.
    pub(crate) fn around(&self, x: f32, shift: i64, width: usize) -> Option<&[f32]> {
        let column = (x - self.left) / self.line.height() * strip::CAPITAL_ROWS + 0.5;
        self.strip.around(usize::try_from(column.round() as i64 + shift).ok()?, width)
    }

    /// Pixels from the left of the page.
    fn x(&self, place: usize) -> f32 {
        self.left + strip::distance(place) * self.line.height()
    }

    /// The first place at or behind a column of pixels.
    fn place(&self, x: f32) -> usize {
        let step = strip::distance(1) - strip::distance(0);
        let at = ((x - self.left) / self.line.height() - strip::distance(0)) / step;
        (at.ceil().max(0.0) as usize).min(self.logs.len())
    }

    /// The best readings of the characters whose middles lie between two columns, best first, at least one.
    pub(crate) fn read(&self, from: f32, to: f32, grammar: Grammar<'_>) -> Vec<Spelling> {
        let (first, end) = (self.place(from), self.place(to));
        let start = self.candidates.partition_point(|candidate| candidate.place < first);
        let stop = self.candidates.partition_point(|candidate| candidate.place < end);
        let mut beam = vec![Followed::default()];
        let candidates = self.candidates.get(start..stop).unwrap_or_default();
        for same in candidates.chunk_by(|a, b| a.place == b.place) {
            let mut longer = Vec::new();
            for followed in &beam {
                for candidate in same {
                    let Some(state) = grammar(followed.state, CHARACTERS[candidate.class]) else { continue };
                    longer.extend(followed.with(candidate, state));
                }
            }
            beam.append(&mut longer);
            prune(&mut beam);
        }
        // A character just outside shows in the outermost places too.
        let (inner, last) = (first + APART, end.saturating_sub(APART));
        let nothing = if inner < last { self.nothing[last] - self.nothing[inner] } else { 0.0 };
        let reading = |followed: Followed| Spelling {
            text: followed.classes.iter().map(|&class| char::from(CHARACTERS[class])).collect(),
            score: TEMPER * (followed.gain + nothing),
            places: followed.places.iter().map(|&place| self.x(place)).collect(),
        };
        beam.into_iter().map(reading).collect()
    }

    /// The likeliest characters of the whole line with their middles in pixels.
    pub(crate) fn characters(&self) -> Vec<(char, f32)> {
        // Best gain of what ends with each candidate, and the candidate before.
        let mut best: Vec<(f32, Option<usize>)> = Vec::with_capacity(self.candidates.len());
        let mut top: Option<usize> = None;
        for (index, candidate) in self.candidates.iter().enumerate() {
            let mut own = (candidate.gain, None);
            for before in (0..index).rev() {
                let distance = candidate.place - self.candidates[before].place;
                if distance >= APART {
                    let gain = best[before].0 + candidate.gain - shared(&self.candidates[before], candidate);
                    if gain > own.0 {
                        own = (gain, Some(before));
                    }
                }
                if distance > 60 {
                    break;
                }
            }
            best.push(own);
            if top.is_none_or(|top| own.0 > best[top].0) {
                top = Some(index);
            }
        }
        let mut characters = Vec::new();
        let mut at = top.filter(|&top| best[top].0 > 0.0);
        while let Some(index) = at {
            let candidate = &self.candidates[index];
            characters.push((char::from(CHARACTERS[candidate.class]), self.x(candidate.place)));
            at = best[index].1;
        }
        characters.reverse();
        characters
    }
}

/// Least places from one character to the next.
const APART: usize = 2;

/// What two characters close to each other both claim.
fn shared(a: &SpellingCandidate, b: &SpellingCandidate) -> f32 {
    if b.place - a.place == 2 { a.beside[1].min(b.beside[0]).max(0.0) } else { 0.0 }
}

/// The characters that may stand on a line.
fn candidates(logs: &[Logs]) -> Vec<SpellingCandidate> {
    let gain = |place: usize, class: usize| -> (f32, [f32; 2]) {
        let here = &logs[place];
        // A place beside the middle may show the character or none.
        let beside = |near: Option<usize>| {
            let near = near.and_then(|near| logs.get(near));
            near.map_or(0.0, |near| (1.0 + (near[class] - near[NONE]).exp()).ln())
        };
        let beside = [beside(place.checked_sub(1)), beside(Some(place + 1))];
        (here[class] - here[NONE] + beside[0] + beside[1], beside)
    };
    let mut found = Vec::new();
    for place in 0..logs.len() {
        for class in 0..NONE {
            if logs[place][class] < HOPELESS {
                continue;
            }
            let (own, beside) = gain(place, class);
            let is_most = |other: Option<usize>, or_equal: bool| match other.filter(|&other| other < logs.len()) {
                Some(other) => {
                    let there = gain(other, class).0;
                    own > there || or_equal && own == there
                }
                None => true,
            };
            if own > HOPELESS && is_most(place.checked_sub(1), false) && is_most(Some(place + 1), true) {
                found.push(SpellingCandidate { place, class, gain: own, beside });
            }
        }
    }
    found
}

/// A reading that is followed.
#[derive(Debug, Clone, Default)]
struct Followed {
    classes: Vec<usize>,
    places: Vec<usize>,
    gain: f32,
    state: u8,
    last: Option<SpellingCandidate>,
}

impl Followed {
    fn with(&self, candidate: &SpellingCandidate, state: u8) -> Option<Self> {
        let mut gain = self.gain + candidate.gain;
        if let Some(last) = &self.last {
            if candidate.place < last.place + APART {
                return None;
            }
            gain -= shared(last, candidate);
        }
        let mut longer = Self { gain, state, last: Some(*candidate), ..self.clone() };
        longer.classes.push(candidate.class);
        longer.places.push(candidate.place);
        Some(longer)
    }
}

/// Keeps the best readings; of readings with the same text the best one.
fn prune(beam: &mut Vec<Followed>) {
    beam.sort_by(|a, b| b.gain.total_cmp(&a.gain));
    let mut kept: Vec<Followed> = Vec::with_capacity(BEAM);
    for followed in beam.drain(..) {
        if kept.len() == BEAM {
            break;
        }
        if kept.iter().all(|other| other.classes != followed.classes) {
            kept.push(followed);
        }
    }
    *beam = kept;
}

/// Heights of capitals over which a line may bend.
const BEND: f32 = 8.0;

/// By how much stretches of a line stand lower than its middle, in pixels.
fn bends(ink: &Ink, line: TextLine) -> Vec<f32> {
    let height = line.height();
    let width = (BEND * height).max(1.0);
    let count = (ink.width() as f32 / width).ceil().max(1.0) as usize;
    let reach = (0.2 * height).max(1.0) as i64;
    let rim = (0.2 * height).max(2.0) as i64;
    let measured: Vec<(f32, f32)> = (0..count)
        .map(|index| {
            let (from, to) =
                ((index as f32 * width) as usize, (((index + 1) as f32 * width) as usize).min(ink.width()));
            let sum = |y: i64| -> f32 {
                let row = usize::try_from(y).map_or(&[][..], |y| ink.row(y));
                row.get(from..to).unwrap_or_default().iter().map(|&value| u32::from(value)).sum::<u32>() as f32 / 255.0
            };
            let (top, foot) = (line.top.round() as i64, line.foot.round() as i64);
            let rows: Vec<f32> = (top - reach - rim..foot + reach + rim).map(sum).collect();
            let part = |from: i64, to: i64| rows[from as usize..to as usize].iter().sum::<f32>();
            let tall = foot - top;
            let score = |shift: i64| {
                let start = reach + rim + shift;
                part(start, start + tall) - part(start - rim, start) - part(start + tall, start + tall + rim)
            };
            let best = (-reach..=reach).max_by(|&a, &b| score(a).total_cmp(&score(b)).then(b.abs().cmp(&a.abs())));
            // Rows that fit alike say nothing: their middle counts.
            let most = best.map_or(0.0, score);
            let alike: Vec<i64> = (-reach..=reach).filter(|&shift| score(shift) >= 0.995 * most).collect();
            let middle = alike.iter().sum::<i64>() as f32 / alike.len().max(1) as f32;
            (middle, part(reach + rim, reach + rim + tall).max(0.0))
        })
        .collect();
    let least = 2.0 * height;
    (0..count)
        .map(|index| {
            let near = index.saturating_sub(1)..(index + 2).min(count);
            let weight: f32 = measured[near.clone()].iter().map(|at| at.1).sum();
            measured[near].iter().map(|at| at.0 * at.1).sum::<f32>() / (weight + least)
        })
        .collect()
}

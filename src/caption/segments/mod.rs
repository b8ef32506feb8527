//! Reads a line of seven-segment digits: how much ink lies on each segment of each cell, and between them.
//!
//! Film shows two forms of the 1 and the 4 (right strokes: ISIS; a stroke in the middle: IPS-42) and of the 6 and 9
//! (with the closing bar: ISIS; without: IPS-42); a line keeps to one of each. The line's place, pitch, gaps, width
//! and slant are fitted first so that segments meet ink and the spaces between none. Brightness of lit and dark
//! segments and its scatter are then learned from the line itself, which makes the likelihoods of a dim or a dirty
//! line as broad as they are.

mod fit;
mod levels;
mod soft;

use super::ink::Ink;
use super::{CaptionMatch, Cell};
use levels::{Levels, learn, normalised};

/// A line of digits in ink pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    /// Middle of the first cell.
    pub x: f32,
    /// Middle of the top strokes.
    pub y: f32,
    /// Middle of the top strokes to the middle of the foot strokes.
    pub height: f32,
    /// Middle of the left strokes to the middle of the right ones.
    pub width: f32,
    /// Cell to cell.
    pub pitch: f32,
    /// Last cell before a gap to the first one after it.
    pub gap: f32,
    /// Shift to the right per height from foot to top.
    pub slant: f32,
}

/// The seven segments, two halves of a stroke in the middle, and four places around the digit that stay dark.
const PLACES: usize = 13;
/// Places that some digit lights.
const LIT: usize = 9;

const TOP: u16 = 1;
const UPPER_LEFT: u16 = 1 << 1;
const UPPER_RIGHT: u16 = 1 << 2;
const MIDDLE: u16 = 1 << 3;
const LOWER_LEFT: u16 = 1 << 4;
const LOWER_RIGHT: u16 = 1 << 5;
const FOOT: u16 = 1 << 6;
const STEM: u16 = 0b11 << 7;
const ALL: u16 = (1 << 7) - 1;

/// Ends of each place in the unit cell, short of the corners. The last two stand half a pitch to either side.
const ENDS: [[[f32; 2]; 2]; PLACES] = [
    [[0.25, 0.0], [0.75, 0.0]],
    [[0.0, 0.14], [0.0, 0.38]],
    [[1.0, 0.14], [1.0, 0.38]],
    [[0.25, 0.5], [0.75, 0.5]],
    [[0.0, 0.62], [0.0, 0.86]],
    [[1.0, 0.62], [1.0, 0.86]],
    [[0.25, 1.0], [0.75, 1.0]],
    [[0.5, 0.15], [0.5, 0.36]],
    [[0.5, 0.64], [0.5, 0.85]],
    [[0.2, -0.3], [0.8, -0.3]],
    [[0.2, 1.3], [0.8, 1.3]],
    [[0.0, 0.1], [0.0, 0.9]],
    [[0.0, 0.1], [0.0, 0.9]],
];

/// Samples along a place.
const SAMPLES: usize = 5;

/// The ten digits in a style: bit 0 stands for strokes in the middle, bit 1 for open 6 and 9.
const fn patterns(style: usize) -> [u16; 10] {
    let stem = style & 1 == 1;
    let open = style & 2 == 2;
    [
        ALL & !MIDDLE,
        if stem { STEM } else { UPPER_RIGHT | LOWER_RIGHT },
        TOP | UPPER_RIGHT | MIDDLE | LOWER_LEFT | FOOT,
        TOP | UPPER_RIGHT | MIDDLE | LOWER_RIGHT | FOOT,
        if stem { UPPER_LEFT | MIDDLE | STEM } else { UPPER_LEFT | UPPER_RIGHT | MIDDLE | LOWER_RIGHT },
        TOP | UPPER_LEFT | MIDDLE | LOWER_RIGHT | FOOT,
        if open { ALL & !(UPPER_RIGHT | TOP) } else { ALL & !UPPER_RIGHT },
        TOP | UPPER_RIGHT | LOWER_RIGHT,
        ALL,
        if open { ALL & !(LOWER_LEFT | FOOT) } else { ALL & !LOWER_LEFT },
    ]
}

const STYLES: [[u16; 10]; 4] = [patterns(0), patterns(1), patterns(2), patterns(3)];

/// Every form of every digit.
const FORMS: [u16; 14] = {
    let (closed, open) = (STYLES[0], STYLES[3]);
    [
        closed[0], closed[1], closed[2], closed[3], closed[4], closed[5], closed[6], closed[7], closed[8], closed[9],
        open[1], open[4], open[6], open[9],
    ]
};

/// Ink at the places of one cell, 0 to 1.
#[derive(Debug, Clone, Copy)]
struct Measured {
    value: [f32; PLACES],
    /// Bit set where the place lies in the picture.
    seen: u16,
}

impl Measured {
    fn sees(&self, place: usize) -> bool {
        self.seen >> place & 1 == 1
    }
}

/// Fits a line from each of some rough starts, and reads the cells of the best. `spaces`: pitches and gaps from the
/// first cell to each.
pub(super) fn read(ink: &Ink, starts: &[Line], spaces: &[(f32, f32)]) -> Option<CaptionMatch> {
    let soft = soft::soft(ink, starts.first()?.height);
    let mut lines: Vec<(f32, Line)> = starts.iter().map(|start| fit::near(&soft, start, spaces)).collect();
    lines.sort_by(|a, b| b.0.total_cmp(&a.0));
    lines.truncate(REFINED);
    let lines = lines.into_iter().map(|line| fit::spread(&soft, line, spaces));
    let mut lines: Vec<(f32, Line)> =
        lines.map(|(_, line)| fit::climb(&soft, line, &[1.0, 0.5], spaces, fit::Look::Soft)).collect();
    lines.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (_, line) = fit::climb(ink, lines.first()?.1, &[0.5, 0.25, 0.12], spaces, fit::Look::Sharp);
    Some(cells(ink, &line, spaces))
}

/// Starts that are followed after a first look.
const REFINED: usize = 2;

fn cells(ink: &Ink, line: &Line, spaces: &[(f32, f32)]) -> CaptionMatch {
    let middles: Vec<f32> = spaces.iter().map(|space| fit::settle(ink, line, middle(line, space))).collect();
    let measured: Vec<Measured> = middles
        .iter()
        .map(|&middle| {
            let mut cell = measure(ink, line, middle, tolerance(line));
            cell.seen &= !crossed(ink, line, middle);
            cell
        })
        .collect();
    let (levels, style) = learn(&measured);
    let patterns = &STYLES[style];
    let pen = 0.12 * line.height;
    let read = |(cell, &middle): (&Measured, &f32)| {
        let log_likelihood = normalised(&levels.log_likelihoods(cell, patterns));
        let best = (0..10).max_by(|&a, &b| log_likelihood[a].total_cmp(&log_likelihood[b])).unwrap_or(0);
        let left = middle - 0.5 * (line.width + pen);
        Cell {
            bbox: ink.to_frame(left, line.y - 0.5 * pen, line.width + pen, line.height + pen),
            log_likelihood: log_likelihood.to_vec(),
            quality: correlation(cell, patterns[best]),
        }
    };
    let cells: Vec<Cell> = measured.iter().zip(&middles).map(read).collect();
    let outliers = strangers(ink, line, spaces, &levels);
    CaptionMatch { cells, outliers }
}

/// The upright places of a cell through which a line runs from above the digits to below them: interference, which
/// says nothing about what the sounder wrote.
fn crossed(ink: &Ink, line: &Line, middle: f32) -> u16 {
    let across = |place: usize| 0.5 * (ENDS[place][0][0] + ENDS[place][1][0]) - 0.5;
    let mean = |x: f32, from: f32, to: f32| {
        let samples = (1..=CROSSING).map(|step| from + (to - from) * step as f32 / CROSSING as f32);
        samples.map(|y| ink.sample(x, line.y + y * line.height)).sum::<f32>() / (255.0 * CROSSING as f32)
    };
    UPRIGHT
        .into_iter()
        .filter(|&place| {
            let x = middle + across(place) * line.width;
            let runs = |x: f32| mean(x, -0.15, -0.65).min(mean(x, 1.15, 1.65)) > CROSSED;
            let reach = tolerance(line);
            runs(x) || runs(x - reach) || runs(x + reach)
        })
        .fold(0, |places, place| places | 1 << place)
}

/// The places whose strokes stand upright.
const UPRIGHT: [usize; 6] = [1, 2, 4, 5, 7, 8];
/// Samples above and below, and the ink on both sides that makes a line.
const CROSSING: usize = 8;
const CROSSED: f32 = 0.3;

fn middle(line: &Line, &(pitches, gaps): &(f32, f32)) -> f32 {
    line.x + pitches * line.pitch + gaps * line.gap
}

/// How far across a stroke its ink is looked for when cells are read.
fn tolerance(line: &Line) -> f32 {
    (0.05 * line.height).max(0.5)
}

/// Ends of a place from the middle of its cell across and from the top of the picture down; `half` a pitch in widths.
fn ends_at(line: &Line, place: usize, ends: &[[f32; 2]; 2], half: f32) -> ((f32, f32), (f32, f32)) {
    let shift = match place {
        11 => 0.5 - half,
        12 => 0.5 + half,
        _ => 0.0,
    };
    let at = |end: [f32; 2]| {
        let across = (end[0] + shift - 0.5) * line.width + (0.5 - end[1]) * line.slant * line.height;
        (across, line.y + end[1] * line.height)
    };
    (at(ends[0]), at(ends[1]))
}

fn measure(ink: &Ink, line: &Line, middle: f32, tolerance: f32) -> Measured {
    let mut measured = Measured { value: [0.0; PLACES], seen: 0 };
    let half = 0.5 * line.pitch / line.width;
    for (place, ends) in ENDS.iter().enumerate() {
        let (from, to) = ends_at(line, place, ends, half);
        let (from, to) = ((from.0 + middle, from.1), (to.0 + middle, to.1));
        let middle = 0.5 * (from.0 + to.0);
        if middle < -0.6
            || middle > ink.width as f32 - 0.4
            || from.1.max(to.1) > ink.height as f32
            || from.1.min(to.1) < -1.0
        {
            continue;
        }
        measured.seen |= 1 << place;
        let across = if ends[0][1] == ends[1][1] { (0.0, tolerance) } else { (tolerance, 0.0) };
        let line = |side: f32| {
            let sum: f32 = (0..SAMPLES)
                .map(|sample| {
                    let share = sample as f32 / (SAMPLES - 1) as f32;
                    let x = from.0 + (to.0 - from.0) * share + across.0 * side;
                    ink.sample(x, from.1 + (to.1 - from.1) * share + across.1 * side)
                })
                .sum();
            sum / (255.0 * SAMPLES as f32)
        };
        measured.value[place] =
            if tolerance > 0.0 && place < LIT { line(0.0).max(line(-1.0)).max(line(1.0)) } else { line(0.0) };
    }
    measured
}

/// Correlation of a cell's ink with a digit, all places that are seen.
fn correlation(cell: &Measured, pattern: u16) -> f32 {
    let places = || (0..PLACES).filter(|&place| cell.sees(place));
    let lit = |place: usize| f32::from(pattern >> place & 1);
    let count = places().count().max(1) as f32;
    let mean = places().map(|place| cell.value[place]).sum::<f32>() / count;
    let share = places().map(lit).sum::<f32>() / count;
    let (mut both, mut ink, mut form) = (0.0f32, 0.0f32, 0.0f32);
    for place in places() {
        let (a, b) = (cell.value[place] - mean, lit(place) - share);
        both += a * b;
        ink += a * a;
        form += b * b;
    }
    if ink * form > 1e-9 { both / (ink * form).sqrt() } else { 0.0 }
}

/// Digits that stand where the layout has none: before, after and in the gaps.
fn strangers(ink: &Ink, line: &Line, spaces: &[(f32, f32)], levels: &Levels) -> f32 {
    let (Some(first), Some(last)) = (spaces.first(), spaces.last()) else { return 0.0 };
    let mut places = vec![middle(line, first) - line.pitch, middle(line, last) + line.pitch];
    if line.gap > 1.8 * line.pitch {
        places.extend(
            spaces
                .windows(2)
                .filter(|pair| pair[1].1 > pair[0].1)
                .map(|pair| 0.5 * (middle(line, &pair[0]) + middle(line, &pair[1]))),
        );
    }
    let lit = |place: f32| -> f32 {
        let cell = measure(ink, line, place, 0.0);
        (0..7)
            .filter(|&place| cell.sees(place))
            .map(|place| (cell.value[place] / levels.on[place].max(0.05)).min(1.0))
            .sum()
    };
    places.into_iter().map(|place| (0.5 * lit(place) - 0.75).clamp(0.0, 1.0)).sum()
}

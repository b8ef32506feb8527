//! Reads a line of seven-segment digits: how much ink lies on each segment of each cell, and between them.
//!
//! Film shows two forms of the 1 and the 4 (right strokes: ISIS; a stroke in the middle: IPS-42) and of the 6 and 9
//! (with the closing bar: ISIS; without: IPS-42); a line keeps to one of each. The line's place, pitch, gaps, width
//! and slant are fitted first so that segments meet ink and the spaces between none. Brightness of lit and dark
//! segments and its scatter are then learned from the line itself, which makes the likelihoods of a dim or a dirty
//! line as broad as they are.

use super::ink::Ink;
use super::{Cell, Sighting};

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
pub(super) fn read(ink: &Ink, starts: &[Line], spaces: &[(f32, f32)]) -> Option<Sighting> {
    let soft = soft(ink, starts.first()?.height);
    let mut lines: Vec<(f32, Line)> = starts.iter().map(|start| near(&soft, start, spaces)).collect();
    lines.sort_by(|a, b| b.0.total_cmp(&a.0));
    lines.truncate(REFINED);
    let mut lines: Vec<(f32, Line)> =
        lines.into_iter().map(|(_, line)| climb(&soft, line, &[1.0, 0.5], spaces)).collect();
    lines.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (_, line) = climb(ink, lines.first()?.1, &[0.5, 0.25, 0.12], spaces);
    Some(cells(ink, &line, spaces))
}

/// Starts that are followed after a first look.
const REFINED: usize = 2;

fn cells(ink: &Ink, line: &Line, spaces: &[(f32, f32)]) -> Sighting {
    let middles: Vec<f32> = spaces.iter().map(|space| settle(ink, line, middle(line, space))).collect();
    let measured: Vec<Measured> = middles.iter().map(|&middle| measure(ink, line, middle, tolerance(line))).collect();
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
    Sighting { cells, outliers }
}

/// Ink with strokes as broad as the first search is coarse.
fn soft(ink: &Ink, height: f32) -> Ink {
    let radius = (0.06 * height).round().max(1.0) as usize;
    let mut soft = ink.clone();
    let mut line = Vec::new();
    for _ in 0..2 {
        for row in soft.data.chunks_exact_mut(ink.width) {
            line.clear();
            line.extend_from_slice(row);
            smooth(&line, radius, |place, value| row[place] = value);
        }
        for x in 0..ink.width {
            line.clear();
            line.extend(soft.data.iter().skip(x).step_by(ink.width));
            smooth(&line, radius, |place, value| soft.data[place * ink.width + x] = value);
        }
    }
    let mut sorted = soft.data.clone();
    let brightest = sorted.len() - 1 - sorted.len() / 200;
    let peak = u32::from(*sorted.select_nth_unstable(brightest).1).max(8);
    soft.data.iter_mut().for_each(|value| *value = (u32::from(*value) * 255 / peak).min(255) as u8);
    soft
}

/// Running mean over `2 * radius + 1` values; what lies outside counts as zero.
fn smooth(line: &[u8], radius: usize, mut put: impl FnMut(usize, u8)) {
    let mut sum: u32 = line.iter().take(radius).map(|&value| u32::from(value)).sum();
    let count = 2 * radius as u32 + 1;
    for place in 0..line.len() {
        sum += line.get(place + radius).map_or(0, |&value| u32::from(value));
        put(place, (sum / count) as u8);
        sum -= place.checked_sub(radius).map_or(0, |first| u32::from(line[first]));
    }
}

fn middle(line: &Line, &(pitches, gaps): &(f32, f32)) -> f32 {
    line.x + pitches * line.pitch + gaps * line.gap
}

/// How far across a stroke its ink is looked for when cells are read.
fn tolerance(line: &Line) -> f32 {
    (0.05 * line.height).max(0.5)
}

fn measure(ink: &Ink, line: &Line, middle: f32, tolerance: f32) -> Measured {
    let mut measured = Measured { value: [0.0; PLACES], seen: 0 };
    let half = 0.5 * line.pitch / line.width;
    for (place, ends) in ENDS.iter().enumerate() {
        let shift = match place {
            11 => 0.5 - half,
            12 => 0.5 + half,
            _ => 0.0,
        };
        let at = |end: [f32; 2]| {
            let y = line.y + end[1] * line.height;
            let x = middle + (end[0] + shift - 0.5) * line.width + (0.5 - end[1]) * line.slant * line.height;
            (x, y)
        };
        let (from, to) = (at(ends[0]), at(ends[1]));
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

/// How well a cell looks like some digit when lit segments have the ink `on`: 1 per place. Also the mean of what the
/// best digit lights.
fn likeness(cell: &Measured, on: f32) -> (f32, f32) {
    let mut vote = [0.0f32; PLACES];
    let mut dark = 0.0;
    for (place, vote) in vote.iter_mut().enumerate() {
        if cell.sees(place) {
            *vote = 2.0 * (cell.value[place] / on).min(1.3) - 1.0;
            dark -= *vote;
        }
    }
    let mut best = (f32::MIN, 0u16);
    for pattern in FORMS {
        let score: f32 = (0..LIT).map(|place| f32::from(pattern >> place & 1) * vote[place]).sum();
        if score > best.0 {
            best = (score, pattern);
        }
    }
    let lit = best.1.count_ones().max(1) as f32;
    let ink: f32 = (0..LIT).filter(|place| best.1 >> place & 1 == 1).map(|place| cell.value[place]).sum();
    (dark + 2.0 * best.0, ink / lit)
}

/// Likeness of the whole line and the mean ink of its lit segments.
fn line_likeness(ink: &Ink, line: &Line, spaces: &[(f32, f32)], on: f32) -> (f32, f32) {
    let (mut score, mut level) = (0.0, 0.0);
    for space in spaces {
        let (cell, lit) = likeness(&measure(ink, line, middle(line, space), 0.0), on);
        score += cell;
        level += lit;
    }
    (score, level / spaces.len().max(1) as f32)
}

/// Ink of a lit segment before anything is known.
const FIRST_ON: f32 = 0.5;

/// The best place of the line near a start, by a coarse search in place and size; with its likeness.
fn near(ink: &Ink, start: &Line, spaces: &[(f32, f32)]) -> (f32, Line) {
    let mut best = (f32::MIN, *start);
    for scale in [0.86, 1.0, 1.16] {
        for dy in -2i32..=2 {
            for dx in -4i32..=4 {
                let height = start.height * scale;
                let line = Line {
                    x: start.x + dx as f32 * 0.1 * start.pitch,
                    y: start.y + 0.5 * (start.height - height) + dy as f32 * 0.08 * start.height,
                    height,
                    width: (0.52 * height).min(0.8 * start.pitch),
                    ..*start
                };
                let score = line_likeness(ink, &line, spaces, FIRST_ON).0;
                if score > best.0 {
                    best = (score, line);
                }
            }
        }
    }
    best
}

/// Moves the line by ever smaller steps to where its segments meet the ink and the spaces between none.
fn climb(ink: &Ink, mut line: Line, steps: &[f32], spaces: &[(f32, f32)]) -> (f32, Line) {
    let mut score = f32::MIN;
    for &step in steps {
        let on = line_likeness(ink, &line, spaces, FIRST_ON).1.clamp(0.12, 1.0);
        score = line_likeness(ink, &line, spaces, on).0;
        for parameter in [0, 1, 2, 3, 7, 4, 5, 6, 0, 2, 7] {
            for sign in [1.0, -1.0] {
                for _ in 0..3 {
                    let moved = moved(&line, parameter, sign * step, spaces);
                    let other = line_likeness(ink, &moved, spaces, on).0;
                    if other <= score {
                        break;
                    }
                    (score, line) = (other, moved);
                }
            }
        }
    }
    (score, line)
}

/// One step of one parameter. Pitch and gap turn about the middle of the line.
fn moved(line: &Line, parameter: usize, step: f32, spaces: &[(f32, f32)]) -> Line {
    let mut moved = *line;
    let (pitches, gaps) = spaces.last().copied().unwrap_or_default();
    match parameter {
        0 => moved.x += 0.06 * step * line.pitch,
        1 => moved.y += 0.05 * step * line.height,
        2 => {
            let change = 0.012 * step * line.pitch;
            moved.pitch += change;
            moved.x -= 0.5 * pitches * change;
        }
        3 => {
            let change = 0.03 * step * line.gap;
            moved.gap += change;
            moved.x -= 0.5 * gaps * change;
        }
        4 => moved.width = (line.width * (1.0 + 0.06 * step)).clamp(0.35 * line.height, 0.9 * line.pitch),
        5 => {
            let change = 0.05 * step * line.height;
            moved.height += change;
            moved.y -= 0.5 * change;
        }
        // Pitch against gap, the line's ends staying where they are.
        7 => {
            let change = 0.02 * step * line.pitch;
            moved.pitch += change;
            moved.gap -= change * pitches / gaps.max(1.0);
        }
        _ => moved.slant = (line.slant + 0.03 * step).clamp(-0.25, 0.25),
    }
    moved
}

/// A digit stands up to a tenth of a pitch off the regular comb.
fn settle(ink: &Ink, line: &Line, middle: f32) -> f32 {
    let mut best = (f32::MIN, middle);
    for step in -4i32..=4 {
        let shift = 0.03 * step as f32;
        let place = middle + shift * line.pitch;
        let score = likeness(&measure(ink, line, place, 0.0), FIRST_ON).0 - 60.0 * shift * shift;
        if score > best.0 {
            best = (score, place);
        }
    }
    best.1
}

/// Brightness of lit and of dark segments, place by place, and its scatter.
#[derive(Debug, Clone)]
struct Levels {
    on: [f32; LIT],
    off: [f32; LIT],
    scatter_on: f32,
    scatter_off: f32,
}

/// Probability that dust, a scratch or a gap in the emulsion decides a segment. From film: about one in 500.
const DAMAGE: f32 = 0.002;
/// Scatter below which a line of some hundred segments does not determine it, in shares of the contrast.
const LEAST_SCATTER: f32 = 0.10;

impl Levels {
    /// Log likelihood of a cell for each digit.
    fn log_likelihoods(&self, cell: &Measured, patterns: &[u16; 10]) -> [f32; 10] {
        let mut lit = [0.0f32; LIT];
        let mut dark = 0.0;
        for (place, lit) in lit.iter_mut().enumerate() {
            if cell.sees(place) {
                let value = cell.value[place];
                let on = density(value - self.on[place], self.scatter_on);
                let off = density(value - self.off[place], self.scatter_off);
                *lit = on - off;
                dark += off;
            }
        }
        let mut all = [dark; 10];
        for (value, pattern) in all.iter_mut().zip(patterns) {
            *value += (0..LIT).filter(|place| pattern >> place & 1 == 1).map(|place| lit[place]).sum::<f32>();
        }
        all
    }
}

/// Logarithm of a density with broad tails (Student's t of fifteen degrees of freedom, as level and scatter are
/// learned from few segments) and a floor of damaged segments, whose ink may be anything from 0 to 1.
fn density(difference: f32, scatter: f32) -> f32 {
    let z = difference / scatter;
    ((1.0 - DAMAGE) * 0.392 / (scatter * (1.0 + z * z / 15.0).powi(8)) + DAMAGE).ln()
}

/// Levels and style that explain the cells best.
fn learn(cells: &[Measured]) -> (Levels, usize) {
    let mut values: Vec<f32> =
        cells.iter().flat_map(|cell| (0..7).filter(|&place| cell.sees(place)).map(|place| cell.value[place])).collect();
    values.sort_by(f32::total_cmp);
    let at = |share: f32| values.get((values.len() as f32 * share) as usize).copied().unwrap_or(0.0);
    let (low, high) = (at(0.1), at(0.7).max(at(0.1) + 0.05));
    let mut best = (f32::MIN, 0, None);
    for (style, patterns) in STYLES.iter().enumerate() {
        let scatter = 0.25 * (high - low);
        let mut levels = Levels { on: [high; LIT], off: [low; LIT], scatter_on: scatter, scatter_off: scatter };
        for _ in 0..4 {
            levels = update(cells, &levels, patterns);
        }
        let likelihood: f32 =
            cells.iter().map(|cell| levels.log_likelihoods(cell, patterns).into_iter().fold(f32::MIN, f32::max)).sum();
        if likelihood > best.0 {
            best = (likelihood, style, Some(levels));
        }
    }
    let none = Levels { on: [1.0; LIT], off: [0.0; LIT], scatter_on: 1.0, scatter_off: 1.0 };
    (best.2.unwrap_or(none), best.1)
}

/// One step of expectation and maximisation.
fn update(cells: &[Measured], levels: &Levels, patterns: &[u16; 10]) -> Levels {
    // Shares of lit for each cell and place.
    let shares: Vec<[f32; LIT]> = cells
        .iter()
        .map(|cell| {
            let weights = normalised(&levels.log_likelihoods(cell, patterns)).map(f32::exp);
            let mut lit = [0.0f32; LIT];
            for (weight, pattern) in weights.iter().zip(patterns) {
                (0..LIT).filter(|place| pattern >> place & 1 == 1).for_each(|place| lit[place] += weight);
            }
            lit
        })
        .collect();
    let seen = || {
        cells.iter().zip(&shares).flat_map(|(cell, share)| {
            (0..LIT).filter(|&place| cell.sees(place)).map(move |place| (place, cell.value[place], share[place]))
        })
    };
    let mut sums = [[0.0f32; 4]; LIT];
    for (place, value, share) in seen() {
        sums[place][0] += share;
        sums[place][1] += share * value;
        sums[place][2] += 1.0 - share;
        sums[place][3] += (1.0 - share) * value;
    }
    let total = |index: usize| sums.iter().map(|sum| sum[index]).sum::<f32>();
    let on_all = total(1) / total(0).max(1.0);
    let off_all = total(3) / total(2).max(1.0);
    // A place is drawn to the mean of all as by two further cells.
    let on = sums.map(|sum| (sum[1] + 2.0 * on_all) / (sum[0] + 2.0));
    let off = sums.map(|sum| (sum[3] + 2.0 * off_all) / (sum[2] + 2.0));
    let (mut spread_on, mut spread_off) = (0.0f32, 0.0f32);
    for (place, value, share) in seen() {
        spread_on += share * (value - on[place]).powi(2);
        spread_off += (1.0 - share) * (value - off[place]).powi(2);
    }
    let least = (LEAST_SCATTER * (on_all - off_all)).max(0.02);
    Levels {
        on,
        off,
        scatter_on: (spread_on / total(0).max(1.0)).sqrt().max(least),
        scatter_off: (spread_off / total(2).max(1.0)).sqrt().max(least),
    }
}

fn normalised(values: &[f32; 10]) -> [f32; 10] {
    let best = values.iter().copied().fold(f32::MIN, f32::max);
    let sum: f32 = values.iter().map(|value| (value - best).exp()).sum();
    values.map(|value| value - best - sum.ln())
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

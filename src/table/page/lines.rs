//! The lines of print on an upright page, and the rules between them.

use super::ink::Ink;

/// Ink of a pixel that counts as print.
pub(crate) const PRINT: u8 = 96;

/// A line of print: rows of pixels from the top to the foot of its capitals.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct TextLine {
    pub(crate) top: f32,
    pub(crate) foot: f32,
}

impl TextLine {
    /// Height of the capitals.
    pub(crate) fn height(&self) -> f32 {
        self.foot - self.top
    }

    /// The line with another height about the same middle.
    pub(crate) fn scaled(&self, factor: f32) -> Self {
        let half = 0.5 * factor * self.height();
        Self { top: self.middle() - half, foot: self.middle() + half }
    }

    pub(crate) fn middle(&self) -> f32 {
        0.5 * (self.top + self.foot)
    }
}

/// Takes away rules: runs of print much longer than a character is wide or high, and thin.
pub(crate) fn remove_rules(ink: &mut Ink, height: f32) {
    let (width, rows) = (ink.width(), ink.height());
    let long = (6.0 * height) as usize;
    let thick = (0.35 * height).max(3.0) as usize;
    // Gaps of a pixel or two do not end a run.
    const GAP: usize = 2;
    let mut wiped: Vec<(usize, usize, usize, bool)> = Vec::new();
    for y in 0..rows {
        runs(&smoothed(ink.row(y).iter().copied()), GAP, long, |from, to| wiped.push((y, from, to, true)));
    }
    for x in 0..width {
        let column = (0..rows).map(|y| ink.picture.as_raw()[y * width + x]);
        runs(&smoothed(column), GAP, long, |from, to| wiped.push((x, from, to, false)));
    }
    let raw: &mut [u8] = &mut ink.picture;
    let original = raw.to_vec();
    for (at, from, to, is_level) in wiped {
        for along in from..to {
            let (x, y) = if is_level { (along, at) } else { (at, along) };
            // Print that crosses the rule goes on beyond it and stays.
            let reach = |sign: i64| {
                (1..=thick as i64 + 1)
                    .take_while(|step| {
                        let (px, py) = if is_level {
                            (x as i64, y as i64 + sign * step)
                        } else {
                            (x as i64 + sign * step, y as i64)
                        };
                        px >= 0
                            && py >= 0
                            && (px as usize) < width
                            && (py as usize) < rows
                            && original[py as usize * width + px as usize] >= PRINT
                    })
                    .count()
            };
            if original[y * width + x] > 0 && reach(-1) + reach(1) < thick {
                raw[y * width + x] = 0;
                // The soft edge of the rule goes with it.
                for step in [-2i64, -1, 1, 2] {
                    let (px, py) = if is_level { (x as i64, y as i64 + step) } else { (x as i64 + step, y as i64) };
                    if px >= 0 && py >= 0 && (px as usize) < width && (py as usize) < rows {
                        raw[py as usize * width + px as usize] = 0;
                    }
                }
            }
        }
    }
}

/// Ink that counts as part of a rule in the mean of five pixels along it: thin rules are paler than print.
const RULE: u16 = 5 * 60;

/// Sums of five pixels along a line.
fn smoothed(line: impl Iterator<Item = u8>) -> Vec<u16> {
    let values: Vec<u16> = line.map(u16::from).collect();
    let at =
        |place: usize, off: usize| (place + off).checked_sub(2).and_then(|at| values.get(at)).copied().unwrap_or(0);
    (0..values.len()).map(|place| (0..5).map(|off| at(place, off)).sum()).collect()
}

/// Calls with each run of at least `long` pixels.
fn runs(line: &[u16], gap: usize, long: usize, mut call: impl FnMut(usize, usize)) {
    let (mut start, mut last) = (None, 0);
    let mut count = 0;
    for (at, &value) in line.iter().enumerate() {
        count = at + 1;
        if value >= RULE {
            start.get_or_insert(at);
            last = at;
        } else if let Some(from) = start
            && at - last > gap
        {
            if last + 1 - from >= long {
                call(from, last + 1);
            }
            start = None;
        }
    }
    if let Some(from) = start.filter(|from| count > 0 && last + 1 - from >= long) {
        call(from, last + 1);
    }
}

/// Heights that the capitals of the page may have, likeliest first: those of connected pieces of print; none for a page with
/// less than twenty pieces.
pub(crate) fn usual_heights(ink: &Ink) -> Vec<f32> {
    // Specks are many and small, rules few and long: of what is left print has the most area.
    let print: Vec<u32> = pieces(ink).into_iter().filter(|height| (8..=120).contains(height)).collect();
    if print.len() < 20 {
        return Vec::new();
    }
    let area = |height: u32| {
        let alike = print.iter().filter(|&&other| other.abs_diff(height) <= height / 10).count();
        alike * (height * height) as usize
    };
    let mut order: Vec<(usize, u32)> = (8..=120).map(|height| (area(height), height)).collect();
    order.sort_by(|a, b| b.cmp(a));
    let mut kept: Vec<u32> = Vec::new();
    for (area, height) in order {
        let is_new = kept.iter().all(|&other| other.abs_diff(height) * 7 > other);
        if area > 0 && is_new && kept.len() < MOST_HEIGHTS {
            kept.push(height);
        }
    }
    kept.into_iter().map(|height| height as f32).collect()
}

/// Heights that are tried.
const MOST_HEIGHTS: usize = 3;

/// Heights of the connected pieces of print.
fn pieces(ink: &Ink) -> Vec<u32> {
    let width = ink.width();
    // Runs of the row above with the piece each belongs to.
    let mut above: Vec<(usize, usize, usize)> = Vec::new();
    let mut parent: Vec<usize> = Vec::new();
    let mut spans: Vec<(usize, usize)> = Vec::new();
    fn root(parent: &mut [usize], mut at: usize) -> usize {
        while parent[at] != at {
            parent[at] = parent[parent[at]];
            at = parent[at];
        }
        at
    }
    for y in 0..ink.height() {
        let row = ink.row(y);
        let mut here = Vec::new();
        let mut x = 0;
        while x < width {
            if row[x] < PRINT {
                x += 1;
                continue;
            }
            let from = x;
            while x < width && row[x] >= PRINT {
                x += 1;
            }
            let mut piece = None;
            for of in above.iter().filter(|&&(left, right, _)| left <= x && right >= from).map(|run| run.2) {
                let of = root(&mut parent, of);
                match piece {
                    None => piece = Some(of),
                    Some(own) if own != of => {
                        parent[of] = own;
                        spans[own] = (spans[own].0.min(spans[of].0), spans[own].1.max(spans[of].1));
                    }
                    Some(_) => {}
                }
            }
            let piece = piece.unwrap_or_else(|| {
                parent.push(parent.len());
                spans.push((y, y));
                parent.len() - 1
            });
            spans[piece].1 = y;
            here.push((from, x, piece));
        }
        above = here;
    }
    (0..parent.len()).filter(|&at| parent[at] == at).map(|at| (spans[at].1 - spans[at].0 + 1) as u32).collect()
}

/// The lines of print from top to bottom, for capitals of a usual height: where a band of that height has most ink against
/// the gaps above and below.
pub(crate) fn find(ink: &Ink, height: f32) -> Vec<TextLine> {
    let sums: Vec<f32> =
        (0..ink.height()).map(|y| ink.row(y).iter().filter(|&&value| value >= PRINT).count() as f32).collect();
    let smooth: Vec<f32> = (0..sums.len())
        .map(|y| {
            let (from, to) = (y.saturating_sub(1), (y + 2).min(sums.len()));
            sums[from..to].iter().sum::<f32>() / (to - from) as f32
        })
        .collect();
    let band = height.round().max(4.0) as usize;
    let mut before = vec![0.0f32; smooth.len() + 1];
    for (y, value) in smooth.iter().enumerate() {
        before[y + 1] = before[y] + value;
    }
    let sum = |from: i64, to: i64| {
        let clamp = |at: i64| at.clamp(0, smooth.len() as i64) as usize;
        before[clamp(to)] - before[clamp(from)]
    };
    let rim = (band / 4).max(2) as i64;
    let score: Vec<f32> = (0..smooth.len() as i64)
        .map(|top| {
            let foot = top + band as i64;
            sum(top, foot) / band as f32 - 0.5 * (sum(top - rim, top) + sum(foot, foot + rim)) / rim as f32
        })
        .collect();
    // A line of a few characters has less than a pixel of print in each row.
    let least = 0.35 * height;
    let mut order: Vec<usize> = (0..score.len()).filter(|&top| score[top] > least).collect();
    order.sort_by(|&a, &b| score[b].total_cmp(&score[a]).then(a.cmp(&b)));
    let mut tops: Vec<usize> = Vec::new();
    for top in order {
        if tops.iter().all(|&other| other.abs_diff(top) >= band) {
            tops.push(top);
        }
    }
    tops.sort_unstable();
    tops.into_iter().map(|top| TextLine { top: top as f32 - 0.5, foot: (top + band) as f32 - 0.5 }).collect()
}

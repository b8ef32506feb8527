//! Reads lanes: each lane is one digit, the sum of the weights that are marked in it, by small weight digits or bare
//! dots at the weights' own columns. Lanes follow each other from the foot of the panel upward.

use super::ink::{Ink, Strips};
use super::template::{self, DIGIT_ROWS, PATCH_COLUMNS, PATCH_ROWS, Patch};
use super::{CaptionConfig, CaptionMatch, Cell};
use crate::model::{CaptionKind, CaptionLayout, CaptionTone, Frame};

/// A connected blob of ink.
#[derive(Debug, Clone, Default)]
pub(super) struct Blob {
    left: usize,
    top: usize,
    right: usize,
    bottom: usize,
    area: u32,
    sum: u64,
    sum_x: u64,
    sum_y: u64,
    /// Centre of the ink.
    x: f32,
    y: f32,
    /// Correlation with each weight of the layout; the same for all on dots.
    shape: [f32; 4],
    /// Log likelihood if no lane explains it.
    stray: f32,
}

/// Where lanes and columns lie, in ink pixels: x = x0 + column * dx + lean * (y - y0), y = y0 - pitch * lane + bend * lane^2.
#[derive(Debug, Clone, Copy)]
struct LaneGrid {
    x0: f32,
    y0: f32,
    dx: f32,
    pitch: f32,
    lean: f32,
    bend: f32,
}

/// Digit size in ink pixels that reading needs; larger ones are reduced.
const WORKING_HEIGHT: f64 = 14.0;
/// Spots beyond this number: not a caption but texture.
const MOST_BLOBS: usize = 120;
/// Log likelihood of a blob that no lane explains.
const STRAY: f32 = -7.0;

/// The best reading of the layout in the frame, if lanes are there.
pub(super) fn read(
    frame: &Frame,
    layout: &CaptionLayout,
    tone: CaptionTone,
    config: &CaptionConfig,
) -> Option<CaptionMatch> {
    let panel_height = f64::from(frame.panel.h.max(1));
    let heights = layout.digit_height.map(|share| share * panel_height);
    if heights[0] < 1.5 || layout.weights.len() != 4 {
        return None;
    }
    let factor = ((heights[0] * heights[1]).sqrt() / WORKING_HEIGHT).round().max(1.0);
    let ink = Ink::of(frame, &layout.region, tone, factor as usize, Strips::Columns)?;
    let mut blobs = blobs(&ink, (heights[1] / factor) as f32);
    if blobs.len() < 4 || blobs.len() > MOST_BLOBS {
        return None;
    }
    for blob in &mut blobs {
        (blob.x, blob.y) = (blob.sum_x as f32 / blob.sum as f32, blob.sum_y as f32 / blob.sum as f32);
        blob.shape = shape(&ink, blob, layout);
        blob.stray = STRAY * blob.weight();
    }
    let lanes: usize = layout.fields.iter().map(|field| usize::from(field.digits)).sum();
    if lanes == 0 {
        return None;
    }
    let grid = best_lane_grid(&blobs, layout, lanes, (panel_height / factor) as f32)?;
    Some(caption_match(&ink, &blobs, &grid, layout, lanes, config))
}

impl Blob {
    fn width(&self) -> f32 {
        (self.right - self.left + 1) as f32
    }
    fn height(&self) -> f32 {
        (self.bottom - self.top + 1) as f32
    }
    /// How much a stray of this kind should worry: 1 for a likely digit, near 0 for a smudge.
    fn weight(&self) -> f32 {
        self.shape.iter().copied().fold(0.0f32, f32::max).clamp(0.0, 1.0)
    }
}

/// Connected blobs of a digit's size, from top to bottom.
fn blobs(ink: &Ink, largest: f32) -> Vec<Blob> {
    let (width, height) = (ink.width, ink.height);
    let mut label = vec![false; width * height];
    let mut stack = Vec::new();
    let mut blobs = Vec::new();
    for start in 0..width * height {
        if label[start] || ink.data[start] < 90 {
            continue;
        }
        let mut blob = Blob { left: width, top: height, ..Blob::default() };
        label[start] = true;
        stack.push(start);
        while let Some(place) = stack.pop() {
            let (x, y) = (place % width, place / width);
            let value = u64::from(ink.data[place]);
            blob.left = blob.left.min(x);
            blob.right = blob.right.max(x);
            blob.top = blob.top.min(y);
            blob.bottom = blob.bottom.max(y);
            blob.area += 1;
            blob.sum += value;
            blob.sum_x += value * x as u64;
            blob.sum_y += value * y as u64;
            for next_y in y.saturating_sub(1)..(y + 2).min(height) {
                for next_x in x.saturating_sub(1)..(x + 2).min(width) {
                    let next = next_y * width + next_x;
                    if !label[next] && ink.data[next] >= 90 {
                        label[next] = true;
                        stack.push(next);
                    }
                }
            }
        }
        let (w, h) = (blob.width(), blob.height());
        let whole = w <= 1.5 * largest && h <= 1.5 * largest && w >= 0.22 * largest && h >= 0.12 * largest;
        if whole && blob.area >= 4 {
            blobs.push(blob);
        }
    }
    // Marks of one caption are about equally strong; dust is fainter.
    let mut strengths: Vec<u64> = blobs.iter().map(|blob| blob.sum).collect();
    strengths.sort_unstable();
    let usual = strengths.get(strengths.len() * 3 / 4).copied().unwrap_or(0);
    blobs.retain(|blob| blob.sum * 5 >= usual);
    blobs
}

/// Correlation of a blob with each weight.
fn shape(ink: &Ink, blob: &Blob, layout: &CaptionLayout) -> [f32; 4] {
    if layout.kind == CaptionKind::Dots {
        // A dot fills its box as a disc does and is about as wide as high.
        let fill = blob.area as f32 / (blob.width() * blob.height());
        let ratio = (blob.width() / blob.height()).ln().abs();
        let round = 1.0 - (fill - 0.79).abs() - 0.6 * (ratio - 0.25).max(0.0);
        return [round; 4];
    }
    let scores = template::correlations(CaptionKind::Lanes, &patch(ink, blob), &layout.weights);
    let mut shape = [0.0; 4];
    for (value, &weight) in shape.iter_mut().zip(&layout.weights) {
        *value = scores.get(usize::from(weight)).copied().unwrap_or(-1.0);
    }
    shape
}

/// The blob turned upright: on the film a weight digit stands turned by a quarter turn counterclockwise.
fn patch(ink: &Ink, blob: &Blob) -> Patch {
    let mut patch = [0.0; PATCH_COLUMNS * PATCH_ROWS];
    let step = blob.width() / DIGIT_ROWS;
    let (centre_x, centre_y) = ((blob.left + blob.right) as f32 / 2.0, (blob.top + blob.bottom) as f32 / 2.0);
    for (index, value) in patch.iter_mut().enumerate() {
        let across = ((index % PATCH_COLUMNS) as f32 - (PATCH_COLUMNS - 1) as f32 / 2.0) * step;
        let down = ((index / PATCH_COLUMNS) as f32 - (PATCH_ROWS - 1) as f32 / 2.0) * step;
        let (x, y) = (centre_x + down, centre_y - across);
        let inside = x >= blob.left as f32 - 1.5
            && x <= blob.right as f32 + 1.5
            && y >= blob.top as f32 - 1.5
            && y <= blob.bottom as f32 + 1.5;
        if inside {
            *value = ink.sample(x, y) / 255.0;
        }
    }
    patch
}

/// The lane grid that explains the blobs best: the best of all pitches, anchors and columns, found without looking at
/// those that their lanes alone rule out.
fn best_lane_grid(blobs: &[Blob], layout: &CaptionLayout, lanes: usize, panel_height: f32) -> Option<LaneGrid> {
    let between = |range: &[f64; 2], share: f32| range[0] as f32 + (range[1] - range[0]) as f32 * share;
    // The last lane of a field that is never zero bears a mark; so does the first one if its value is fixed.
    let last = layout.kind == CaptionKind::Dots;
    let anchor_lane = if last { lanes - 1 } else { 0 };
    let columns: Vec<usize> = (0..4).filter(|&column| last || layout.weights[column] == 1).collect();
    let mut rows: Vec<(f32, f32, usize)> = Vec::with_capacity(21 * blobs.len());
    for step in 0..=20 {
        let pitch = panel_height * between(&layout.pitch, step as f32 / 20.0);
        for (anchor, blob) in blobs.iter().enumerate() {
            let y0 = blob.y + anchor_lane as f32 * pitch;
            rows.push((bound(blobs, y0, pitch, lanes), pitch, anchor));
        }
    }
    rows.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut best: Option<(f32, LaneGrid)> = None;
    for (bound, pitch, anchor) in rows {
        let score = |best: &Option<(f32, LaneGrid)>| best.as_ref().map_or(f32::MIN, |best| best.0);
        if bound <= score(&best) {
            break;
        }
        for step in 0..=5 {
            let dx = pitch * between(&layout.weight_pitch, step as f32 / 5.0);
            for &column in &columns {
                let x0 = blobs[anchor].x - column as f32 * dx;
                let y0 = blobs[anchor].y + anchor_lane as f32 * pitch;
                let grid = LaneGrid { x0, y0, dx, pitch, lean: 0.0, bend: 0.0 };
                if let Some(score) = explained(blobs, &grid, lanes, layout, score(&best)) {
                    best = Some((score, grid));
                }
            }
        }
    }
    let (mut score, mut grid) = best?;
    for _ in 0..4 {
        let fitted = fit(blobs, &grid, lanes);
        let Some(fitted_score) = explained(blobs, &fitted, lanes, layout, score) else { break };
        (score, grid) = (fitted_score, fitted);
    }
    Some(grid)
}

/// What the lanes' places alone leave of the log likelihood: no column can raise it.
fn bound(blobs: &[Blob], y0: f32, pitch: f32, lanes: usize) -> f32 {
    let per_lane = 1.0 / pitch;
    blobs
        .iter()
        .map(|blob| {
            let place = (y0 - blob.y) * per_lane;
            let off = (place - place.round().clamp(0.0, (lanes - 1) as f32)) / OFF_LANE;
            (-0.5 * off * off).max(blob.stray)
        })
        .sum()
}

impl LaneGrid {
    /// Nearest lane and column of a blob, and how far off it is in lanes and columns.
    fn nearest(&self, blob: &Blob) -> (i32, i32, f32, f32) {
        let (x, y) = (blob.x, blob.y);
        let rough = (self.y0 - y) / self.pitch;
        let lane = (rough + self.bend / self.pitch * rough * rough).round();
        let place = self.y0 - self.pitch * lane + self.bend * lane * lane;
        let column = (x - self.x0 - self.lean * (y - self.y0)) / self.dx;
        (lane as i32, column.round() as i32, (y - place) / self.pitch, column - column.round())
    }
}

/// Scatter of marks about their places, in lanes and in columns.
const OFF_LANE: f32 = 0.14;
const OFF_COLUMN: f32 = 0.17;

fn log_position(off_lane: f32, off_column: f32) -> f32 {
    -0.5 * ((off_lane / OFF_LANE).powi(2) + (off_column / OFF_COLUMN).powi(2))
}

/// Log likelihood of all blobs under a lane grid if it is above `least`.
fn explained(blobs: &[Blob], grid: &LaneGrid, lanes: usize, layout: &CaptionLayout, least: f32) -> Option<f32> {
    let mut taken = [[false; 4]; 32];
    let mut total = 0.0;
    for blob in blobs {
        // No blob adds to the sum.
        if total <= least {
            return None;
        }
        let (lane, column, off_lane, off_column) = grid.nearest(blob);
        if lane < 0 || lane as usize >= lanes.min(32) || !(0..4).contains(&column) {
            total += blob.stray;
            continue;
        }
        let cell = &mut taken[lane as usize][column as usize];
        let best = blob.shape.iter().copied().fold(-1.0f32, f32::max);
        let shape = if layout.kind == CaptionKind::Dots { 0.0 } else { 25.0 * (blob.shape[column as usize] - best) };
        let here = log_position(off_lane, off_column) + shape.max(-6.0);
        if *cell || here < blob.stray {
            total += blob.stray;
        } else {
            *cell = true;
            total += here;
        }
    }
    (total > least).then_some(total)
}

/// Least squares of lane places (with a bend) and column places (with a lean) over the blobs that fit.
fn fit(blobs: &[Blob], grid: &LaneGrid, lanes: usize) -> LaneGrid {
    let mut rows = Vec::new();
    let mut columns = Vec::new();
    for blob in blobs {
        let (lane, column, off_lane, off_column) = grid.nearest(blob);
        let inside = lane >= 0 && (lane as usize) < lanes && (0..4).contains(&column);
        if inside && off_lane.abs() < 0.32 && off_column.abs() < 0.36 && blob.weight() > 0.6 {
            let lane = lane as f64;
            rows.push(([1.0, lane, lane * lane], f64::from(blob.y)));
            columns.push(([1.0, f64::from(column), f64::from(blob.y - grid.y0)], f64::from(blob.x)));
        }
    }
    if rows.len() < 6 {
        return *grid;
    }
    // A little weight on what is known keeps a short grid from bending and a single column from spreading.
    let pitch = f64::from(grid.pitch);
    rows.push(([0.0, 0.0, 30.0], 0.0));
    columns.push(([0.0, 1.0, 0.0], f64::from(grid.dx)));
    columns.push(([0.0, 0.0, 4.0 * pitch], f64::from(grid.lean) * 4.0 * pitch));
    let (Some(row), Some(column)) = (solve(&rows), solve(&columns)) else {
        return *grid;
    };
    LaneGrid {
        y0: row[0] as f32,
        pitch: -row[1] as f32,
        bend: row[2] as f32,
        x0: column[0] as f32,
        dx: column[1] as f32,
        lean: column[2] as f32,
    }
}

/// Normal equations of three unknowns by elimination.
fn solve(rows: &[([f64; 3], f64)]) -> Option<[f64; 3]> {
    let mut m = [[0.0f64; 4]; 3];
    for (a, b) in rows {
        for i in 0..3 {
            for j in 0..3 {
                m[i][j] += a[i] * a[j];
            }
            m[i][3] += a[i] * b;
        }
    }
    for i in 0..3 {
        let pivot = (i..3).max_by(|&a, &b| m[a][i].abs().total_cmp(&m[b][i].abs()))?;
        m.swap(i, pivot);
        if m[i][i].abs() < 1e-9 {
            return None;
        }
        for k in 0..3 {
            if k != i {
                let factor = m[k][i] / m[i][i];
                let pivot_row = m[i];
                m[k].iter_mut().zip(pivot_row).skip(i).for_each(|(value, pivot)| *value -= factor * pivot);
            }
        }
    }
    Some([m[0][3] / m[0][0], m[1][3] / m[1][1], m[2][3] / m[2][2]])
}

/// Turns marks into likelihoods of each lane's sum.
fn caption_match(
    ink: &Ink,
    blobs: &[Blob],
    grid: &LaneGrid,
    layout: &CaptionLayout,
    lanes: usize,
    config: &CaptionConfig,
) -> CaptionMatch {
    // Log odds that a mark is there, for each lane and column.
    let mut odds = vec![[-7.0f32; 4]; lanes];
    let mut quality = vec![1.0f32; lanes];
    let mut outliers = 0.0;
    let mut marks = 0usize;
    for blob in blobs {
        let (lane, column, off_lane, off_column) = grid.nearest(blob);
        let best = blob.shape.iter().copied().fold(-1.0f32, f32::max);
        let inside = lane >= 0 && (lane as usize) < lanes && (0..4).contains(&column);
        let position = log_position(off_lane, off_column);
        if !inside || position < -6.0 {
            // Dust that has not a digit's shape does not count.
            outliers += ((best - config.unreadable) * 6.0).clamp(0.0, 1.0);
            continue;
        }
        let (lane, column) = (lane as usize, column as usize);
        let fit = blob.shape[column];
        let present = (25.0 * (fit - config.unreadable) - 12.0 * (best - fit) + position).clamp(-3.0, 7.0);
        if odds[lane][column] > -7.0 {
            outliers += 0.5;
        }
        odds[lane][column] = odds[lane][column].max(present);
        quality[lane] = quality[lane].min(fit.max(best - 0.08));
        marks += 1;
    }
    let cells = (0..lanes)
        .map(|lane| {
            let middle = grid.y0 - grid.pitch * lane as f32 + grid.bend * (lane * lane) as f32;
            let left = grid.x0 + grid.lean * (middle - grid.y0) - 0.5 * grid.dx;
            let mut likelihood = [0.0f32; 16];
            for (value, out) in likelihood.iter_mut().enumerate() {
                for (column, &weight) in layout.weights.iter().enumerate() {
                    let there = value as u8 & weight != 0;
                    let log_odds = odds[lane][column];
                    *out -= (1.0 + (if there { -log_odds } else { log_odds }).exp()).ln();
                }
            }
            Cell {
                bbox: ink.to_frame(left, middle - 0.5 * grid.pitch, 4.0 * grid.dx, grid.pitch),
                log_likelihood: likelihood.to_vec(),
                quality: quality[lane],
            }
        })
        .collect();
    if marks < lanes / 2 {
        outliers += 2.0;
    }
    CaptionMatch { cells, outliers }
}

//! Compares a patch of ink with drawn digits: the recogniser of film digits.
//!
//! Templates are drawn from the strokes of [`super::font`] with several pens and widths, once per process. The score
//! of a digit is the best correlation coefficient over its templates and small shifts.

use super::font;
use crate::model::CaptionKind;
use std::sync::OnceLock;

/// Columns of a template.
pub(super) const COLUMNS: usize = 16;
/// Rows of a template.
pub(super) const ROWS: usize = 18;
/// Margin of a patch on each side for shifts.
pub(super) const MARGIN: usize = 3;
/// Columns of a patch.
pub(super) const PATCH_COLUMNS: usize = COLUMNS + 2 * MARGIN;
/// Rows of a patch.
pub(super) const PATCH_ROWS: usize = ROWS + 2 * MARGIN;
/// Patch pixels to one digit height.
pub(super) const DIGIT_ROWS: f32 = 14.0;

/// Ink around a digit's place, `DIGIT_ROWS` pixels to the digit's height.
pub(super) type Patch = [f32; PATCH_COLUMNS * PATCH_ROWS];

struct Template {
    digit: u8,
    centroid: (f32, f32),
    /// Standard deviation of the ink in x.
    spread: f32,
    /// Mean zero, norm one.
    data: Vec<f32>,
}

/// Best correlation of a patch with each digit, -1 to 1; digits outside `digits` score -1.
pub(super) fn correlations(kind: CaptionKind, patch: &Patch, digits: &[u8]) -> [f32; 10] {
    let mut best = [-1.0f32; 10];
    let Some((centroid_x, centroid_y)) = centroid(patch, PATCH_COLUMNS) else {
        return best;
    };
    let norms = window_norms(patch);
    let patch_spread = spread(patch, PATCH_COLUMNS, centroid_x);
    let templates = templates(kind);
    // With centroids laid on each other, as good a first look as any; the best of each digit are then moved about.
    let mut first: Vec<(u8, f32, usize)> = templates
        .iter()
        .enumerate()
        .filter(|(_, template)| digits.contains(&template.digit))
        .map(|(index, template)| {
            let limit = |shift: f32| shift.round().clamp(0.0, 2.0 * MARGIN as f32) as usize;
            let shift = (limit(centroid_x - template.centroid.0), limit(centroid_y - template.centroid.1));
            let score = correlation(patch, &norms, template, shift) - penalty(template, patch_spread);
            (template.digit, score, index)
        })
        .collect();
    first.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
    for group in first.chunk_by(|a, b| a.0 == b.0) {
        for &(digit, _, index) in &group[..group.len().min(MOVED)] {
            let template = &templates[index];
            let penalty = penalty(template, patch_spread);
            let shift_x = (centroid_x - template.centroid.0).round() as i32;
            let shift_y = (centroid_y - template.centroid.1).round() as i32;
            for y in (shift_y - 1).max(0)..=(shift_y + 1).min(2 * MARGIN as i32) {
                for x in (shift_x - 1).max(0)..=(shift_x + 1).min(2 * MARGIN as i32) {
                    let score = correlation(patch, &norms, template, (x as usize, y as usize)) - penalty;
                    best[usize::from(digit)] = best[usize::from(digit)].max(score);
                }
            }
        }
    }
    best
}

/// Templates of a digit that are moved about.
const MOVED: usize = 4;

/// Correlation alone forgives a stem for being wider than any 1.
fn penalty(template: &Template, patch_spread: f32) -> f32 {
    let misfit = (patch_spread / template.spread).max(1e-3).ln();
    WIDTH_PENALTY * misfit * misfit
}

/// Correlation with the window of the patch at a shift; -1 where it is empty.
fn correlation(patch: &Patch, norms: &Norms, template: &Template, (x, y): (usize, usize)) -> f32 {
    let norm = norms[y * (2 * MARGIN + 1) + x];
    if norm <= 0.0 {
        return -1.0;
    }
    // One sum per column keeps the order of additions fixed and lets the compiler use wide registers.
    let mut sums = [0.0f32; COLUMNS];
    for (line, window) in template.data.chunks_exact(COLUMNS).zip(patch[y * PATCH_COLUMNS + x..].chunks(PATCH_COLUMNS))
    {
        for ((sum, a), b) in sums.iter_mut().zip(line).zip(&window[..COLUMNS]) {
            *sum += a * b;
        }
    }
    sums.iter().sum::<f32>() / norm
}

/// Loss of correlation per squared logarithm of the ratio of widths.
const WIDTH_PENALTY: f32 = 0.6;

fn spread(data: &[f32], columns: usize, centre: f32) -> f32 {
    let (mut sum, mut squares) = (0.0f32, 0.0f32);
    for row in data.chunks_exact(columns) {
        for (x, &value) in row.iter().enumerate() {
            sum += value;
            squares += value * (x as f32 - centre).powi(2);
        }
    }
    (squares / sum.max(1e-6)).sqrt().max(0.1)
}

fn centroid(data: &[f32], columns: usize) -> Option<(f32, f32)> {
    let (mut sum, mut sum_x, mut sum_y) = (0.0f32, 0.0f32, 0.0f32);
    for (y, row) in data.chunks_exact(columns).enumerate() {
        for (x, &value) in row.iter().enumerate() {
            sum += value;
            sum_x += value * x as f32;
            sum_y += value * y as f32;
        }
    }
    (sum > 0.0).then(|| (sum_x / sum, sum_y / sum))
}

type Norms = [f32; (2 * MARGIN + 1) * (2 * MARGIN + 1)];

/// Norm of each shifted window with its mean removed; zero for an empty one.
fn window_norms(patch: &Patch) -> Norms {
    let mut norms = [0.0; (2 * MARGIN + 1) * (2 * MARGIN + 1)];
    for (index, norm) in norms.iter_mut().enumerate() {
        let (x, y) = (index % (2 * MARGIN + 1), index / (2 * MARGIN + 1));
        let (mut sum, mut squares) = (0.0f32, 0.0f32);
        for row in 0..ROWS {
            let start = (y + row) * PATCH_COLUMNS + x;
            for &value in &patch[start..start + COLUMNS] {
                sum += value;
                squares += value * value;
            }
        }
        let variance = squares - sum * sum / (COLUMNS * ROWS) as f32;
        *norm = if variance > 1e-3 { variance.sqrt() } else { 0.0 };
    }
    norms
}

/// Pen width and blur in digit heights: thin and sharp, usual, usual and blurred, bloated, bloated and blurred.
const PENS: [(f32, f32); 5] = [(0.08, 0.09), (0.15, 0.10), (0.15, 0.24), (0.26, 0.12), (0.26, 0.28)];
/// Widths of the outline against the usual one; lanes are also scanned with unequal scales in x and y.
const WIDTHS: [f32; 3] = [0.80, 1.0, 1.22];
const LANE_WIDTHS: [f32; 5] = [0.62, 0.80, 1.0, 1.25, 1.7];

fn templates(kind: CaptionKind) -> &'static [Template] {
    static PRINTED: OnceLock<Vec<Template>> = OnceLock::new();
    static LANES: OnceLock<Vec<Template>> = OnceLock::new();
    static SEGMENTS: OnceLock<Vec<Template>> = OnceLock::new();
    static DOTS: OnceLock<Vec<Template>> = OnceLock::new();
    match kind {
        CaptionKind::Printed => PRINTED.get_or_init(|| draw_all(kind, &WIDTHS)),
        CaptionKind::Lanes => LANES.get_or_init(|| draw_all(kind, &LANE_WIDTHS)),
        CaptionKind::SevenSegment => SEGMENTS.get_or_init(|| draw_all(kind, &WIDTHS)),
        CaptionKind::Dots => DOTS.get_or_init(Vec::new),
    }
}

fn draw_all(kind: CaptionKind, widths: &[f32]) -> Vec<Template> {
    let mut all = Vec::new();
    for digit in 0..10 {
        for glyph in font::forms(kind, digit) {
            for (pen, blur) in PENS {
                for width in widths {
                    // Bloom widens a stroke by the same amount in both directions.
                    let aspect = (font::aspect(kind) - 0.13) * width + pen;
                    all.push(draw(glyph, digit, pen, blur, aspect));
                }
            }
        }
    }
    all
}

/// Draws a glyph of height 1 (outer edge to outer edge) and width `aspect` with a round pen and a soft edge.
fn draw(glyph: font::Glyph, digit: u8, pen: f32, blur: f32, aspect: f32) -> Template {
    let reach = |axis: usize| {
        let places = || glyph.iter().flat_map(|line| line.iter()).map(|point| point[axis]);
        (places().fold(f32::MAX, f32::min) + places().fold(f32::MIN, f32::max)) / 2.0
    };
    // Patches are centred on their ink, and so are templates.
    let middle = (reach(0), reach(1));
    let radius = pen / 2.0;
    let inner_width = (aspect - pen).max(0.05);
    let inner_height = 1.0 - pen;
    let mut data = vec![0.0f32; COLUMNS * ROWS];
    for (index, value) in data.iter_mut().enumerate() {
        let x = ((index % COLUMNS) as f32 - (COLUMNS - 1) as f32 / 2.0) / DIGIT_ROWS;
        let y = ((index / COLUMNS) as f32 - (ROWS - 1) as f32 / 2.0) / DIGIT_ROWS;
        let mut nearest = f32::MAX;
        for polyline in glyph {
            for pair in polyline.windows(2) {
                let place = |p: [f32; 2]| ((p[0] - middle.0) * inner_width, (p[1] - middle.1) * inner_height);
                nearest = nearest.min(distance((x, y), place(pair[0]), place(pair[1])));
            }
        }
        // A soft edge stands for the blur of film and scanner.
        *value = ((radius - nearest) / blur + 0.5).clamp(0.0, 1.0);
    }
    let centroid = centroid(&data, COLUMNS).unwrap_or((0.0, 0.0));
    let spread = spread(&data, COLUMNS, centroid.0);
    let mean = data.iter().sum::<f32>() / data.len() as f32;
    data.iter_mut().for_each(|value| *value -= mean);
    let norm = data.iter().map(|value| value * value).sum::<f32>().sqrt().max(1e-6);
    data.iter_mut().for_each(|value| *value /= norm);
    Template { digit, centroid, spread, data }
}

fn distance(p: (f32, f32), a: (f32, f32), b: (f32, f32)) -> f32 {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let length = dx * dx + dy * dy;
    let t = if length > 0.0 { (((p.0 - a.0) * dx + (p.1 - a.1) * dy) / length).clamp(0.0, 1.0) } else { 0.0 };
    let (ex, ey) = (p.0 - a.0 - t * dx, p.1 - a.1 - t * dy);
    (ex * ex + ey * ey).sqrt()
}

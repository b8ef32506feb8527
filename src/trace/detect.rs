//! Ridge points: places where the evidence for a line is highest across it, with the line's direction and contrast.

use super::TraceConfig;
use super::lines::Lines;
use super::plane::Plane;
use crate::kernel::reuse::{Reused, elements};
use crate::kernel::ridge::BORDER;
use crate::model::Echogram;
use std::borrow::Cow;

/// A ridge point in working pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    pub(super) x: f32,
    pub(super) y: f32,
    /// Unit vector along the line.
    pub(super) along: (f32, f32),
    /// Mean curvature along the line in units of the local noise.
    pub(super) contrast: f32,
    /// Working pixels in one pixel of the plane it was found in.
    pub(super) size: u8,
}

elements!(Node);

/// The ridge points of an echogram and where they are.
pub(super) struct Field {
    pub(super) width: usize,
    pub(super) height: usize,
    /// Echogram pixels in one working pixel, across and down; below 1 where a small picture was enlarged.
    pub(super) factor: (f32, f32),
    /// Index into `nodes` for each working pixel, `NONE` where there is no ridge point.
    pub(super) at: Reused<u32>,
    pub(super) nodes: Reused<Node>,
}

impl Field {
    /// Place of a node in pixels of the echogram.
    pub(super) fn place(&self, node: &Node) -> (f32, f32) {
        // The centre of a working pixel lies in the middle of the pixels it was made of.
        let full = |value: f32, factor: f32| (value + 0.5) * factor - 0.5;
        (full(node.x, self.factor.0), full(node.y, self.factor.1))
    }
}

/// No node at a pixel.
pub(super) const NONE: u32 = u32::MAX;
/// Nodes that a usual frame has.
const NODES: usize = 4096;
/// Scales at which lines are looked for, each half as fine as the one before.
const LEVELS: usize = 3;

/// Most that a small picture is enlarged in either direction.
const MOST_ENLARGED: usize = 3;

/// How much stronger a line must be on a coarser plane than on a finer one.
const FAVOUR: f32 = 1.3;

/// Ridge points of the echogram; `None` if it is too small to hold a trace.
pub(super) fn detect(echogram: &Echogram, config: &TraceConfig) -> Option<Field> {
    let size = (echogram.amplitude.width() as usize, echogram.amplitude.height() as usize);
    if size.0 < 24 || size.1 < 24 {
        return None;
    }
    // A line is summed over some working pixels: on a small raster these would be too much of an echo.
    let times = |size: usize, working: u32| ((working as f32 / size as f32) as usize).clamp(1, MOST_ENLARGED);
    let enlarged = (times(size.0, config.working_columns), times(size.1, config.working_rows));
    let (w, h) = (size.0 * enlarged.0, size.1 * enlarged.1);
    let raw = match enlarged {
        (1, 1) => Cow::Borrowed(echogram.amplitude.as_raw().as_slice()),
        times => Cow::Owned(enlarge(echogram.amplitude.as_raw(), size.0, times)),
    };
    let factor = |size: usize, working: u32| ((size as f32 / working.max(16) as f32).round() as usize).max(1);
    let factor = (factor(w, config.working_columns), factor(h, config.working_rows));
    let (width, height) = (w / factor.0, h / factor.1);
    if width < 24 || height < 24 {
        return None;
    }
    let mut plane = Plane::reduced(&raw, w, factor);
    let mut levels = vec![Lines::of(&plane, config.noise_floor)];
    while levels.len() < LEVELS && plane.width > 48 && plane.height > 48 {
        plane = plane.halved();
        levels.push(Lines::of(&plane, config.noise_floor));
    }
    let factor = (factor.0 as f32 / enlarged.0 as f32, factor.1 as f32 / enlarged.1 as f32);
    let mut field =
        Field { width, height, factor, at: Reused::filled(width * height, NONE), nodes: Reused::with_capacity(NODES) };
    for (level, lines) in levels.iter().enumerate() {
        crests(lines, config.follow_contrast, |node, sum| {
            let node = refined(node, level);
            let (x, y) = (node.x.round() as usize, node.y.round() as usize);
            let stronger = levels.iter().enumerate().any(|(other, lines)| {
                // Two lines close to each other are one broad one to a coarser plane: the finer has the better word.
                let favoured = if other < level { FAVOUR } else { 1.0 / FAVOUR };
                other != level && f32::from(strength(lines, x >> other, y >> other)) * favoured > f32::from(sum >> 4)
            });
            if x < width && y < height && !stronger && field.at[y * width + x] == NONE {
                field.at[y * width + x] = field.nodes.len() as u32;
                field.nodes.push(node);
            }
        });
    }
    Some(field)
}

/// The picture with each pixel as a block of pixels.
fn enlarge(raw: &[u8], width: usize, times: (usize, usize)) -> Vec<u8> {
    let rows = raw.chunks_exact(width).flat_map(|row| std::iter::repeat_n(row, times.1));
    rows.flat_map(|row| row.iter().flat_map(|&value| std::iter::repeat_n(value, times.0))).collect()
}

/// A node of a coarser plane in pixels of the finest.
fn refined(node: Node, level: usize) -> Node {
    let size = f32::from(1u16 << level);
    Node { x: (node.x + 0.5) * size - 0.5, y: (node.y + 0.5) * size - 0.5, size: 1 << level, ..node }
}

/// Largest sum near a pixel.
fn strength(lines: &Lines, x: usize, y: usize) -> i16 {
    let mut best = 0;
    for row in y.saturating_sub(1)..(y + 2).min(lines.height) {
        for column in x.saturating_sub(1)..(x + 2).min(lines.width) {
            best = best.max(lines.sums[row * lines.width + column] >> 4);
        }
    }
    best
}

/// Calls `found` with each pixel that stands over both of its neighbours across its line.
fn crests(lines: &Lines, least: f32, mut found: impl FnMut(Node, i16)) {
    const RUN: usize = 16;
    let (width, threshold) = (lines.width, Lines::threshold(least));
    let steps: [(isize, isize); 16] = std::array::from_fn(|direction| {
        let (dx, dy) = Lines::along(direction as i16);
        ((-dy).round() as isize, dx.round() as isize)
    });
    for y in BORDER..lines.height - BORDER {
        let row = &lines.sums[y * width..(y + 1) * width];
        for (i, run) in row.chunks(RUN).enumerate() {
            if !run.iter().fold(false, |any, &sum| any | (sum >= threshold)) {
                continue;
            }
            for (j, &sum) in run.iter().enumerate() {
                if sum >= threshold {
                    let x = i * RUN + j;
                    if let Some(node) = crest(lines, x, y, sum, steps[(sum & 15) as usize]) {
                        found(node, sum);
                    }
                }
            }
        }
    }
}

/// The node at a pixel; `None` if the line is clearer beside it. `step` leads to the neighbour across the line.
fn crest(lines: &Lines, x: usize, y: usize, sum: i16, step: (isize, isize)) -> Option<Node> {
    let index = (y * lines.width + x) as isize;
    let offset = step.1 * lines.width as isize + step.0;
    let at = |index: isize| lines.sums[index as usize] >> 4;
    let (before, here, after) = (at(index - offset), sum >> 4, at(index + offset));
    if before > here || after >= here {
        return None;
    }
    let (before, here, after) = (f32::from(before), f32::from(here), f32::from(after));
    let offset = 0.5 * (before - after) / (before - 2.0 * here + after).min(-1.0);
    Some(Node {
        x: x as f32 + offset * step.0 as f32,
        y: y as f32 + offset * step.1 as f32,
        along: Lines::along(sum),
        contrast: Lines::contrast(sum),
        size: 1,
    })
}

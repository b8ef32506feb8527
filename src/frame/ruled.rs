//! The data panel of film whose panel is no lighter than its surround: the box that the grid lines span.
//!
//! Frequency markers end at the panel's upper and lower edge, height markers at its left and right one. Lines are
//! looked for in blocks across their direction, along a common lean, so that a skewed scan shows them as well.

use super::panel::{Panel, runs};
use crate::kernel::histogram::Histogram;
use crate::model::PixelBox;
use image::GrayImage;

/// Blocks along a line.
const BLOCKS: usize = 32;
/// Fewest lines in each direction that make a grid.
const LINES: usize = 3;
/// Steepest lean of a line that is tried, pixels for each pixel: about 2 degrees.
const LEAN: f32 = 0.035;
/// Leans tried to either side.
const LEANS: i32 = 14;
/// A block shows a line from this many times the usual scatter on.
pub(super) const CLEAR: f32 = 3.0;
/// A line crosses at least this share of the blocks.
const CROSSED: f32 = 0.4;
/// A line's ends may lie this many blocks from those of most lines.
const RAGGED: usize = 3;

/// The panel of a picture with dark lines on light ground, `None` if they show no grid.
pub(super) fn find_ruled(picture: &GrayImage) -> Option<Panel> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let ground = Histogram::of(picture, PixelBox::new(0, 0, width as i32, height as i32)).quantile(0.5);
    let pixels = picture.as_raw();
    let across = Grey { along: width, lines: height, at: &|along, line| pixels[line * width + along] };
    let down = Grey { along: height, lines: width, at: &|along, line| pixels[along * width + line] };
    let (left, right, height_marker) = extent(&across)?;
    let (top, bottom, marker) = extent(&down)?;
    let region = PixelBox::new(left as i32, top as i32, (right - left) as i32, (bottom - top) as i32);
    let large = region.w * 4 > width as i32 && region.h * 4 > height as i32;
    large.then(|| Panel {
        region,
        threshold: ground / 2,
        contrast: height_marker.min(marker) / 255.0,
        fill: 1.0,
        edge: super::panel::Edge::Lines,
    })
}

/// A picture seen along one direction of lines.
pub(super) struct Grey<'a> {
    /// Pixels along a line.
    pub(super) along: usize,
    /// Number of parallel lines.
    pub(super) lines: usize,
    /// The grey value at a place along a line.
    pub(super) at: &'a dyn Fn(usize, usize) -> u8,
}

/// First place along the lines, one past the last, and the lines' usual depth in grey values.
fn extent(grey: &Grey<'_>) -> Option<(usize, usize, f32)> {
    let block = grey.along / BLOCKS;
    if block < 2 || grey.lines < 16 {
        return None;
    }
    let depth = depths(grey, block, BLOCKS);
    let scatter = scatter(grey, block).max(0.5);
    let shown: Vec<bool> = depth.iter().map(|&value| value > CLEAR * scatter).collect();
    let lean = lean_of(&shown, grey.lines, block)?;
    let lines = lines_of(&shown, &depth, grey.lines, block, lean);
    if lines.len() < LINES {
        return None;
    }
    let middle = |of: &dyn Fn(&Found) -> usize| {
        let mut sorted: Vec<usize> = lines.iter().map(of).collect();
        sorted.sort_unstable();
        sorted[sorted.len() / 2]
    };
    let (first, last) = (middle(&|line| line.first), middle(&|line| line.last));
    let agreeing: Vec<&Found> = lines
        .iter()
        .filter(|line| line.first.abs_diff(first) <= RAGGED && line.last.abs_diff(last) <= RAGGED)
        .collect();
    if agreeing.len() < LINES || agreeing.len() * 2 < lines.len() {
        return None;
    }
    // The ends to the pixel: where the depth of all lines together falls to half.
    let profile: Vec<f32> = (0..grey.along)
        .map(|along| agreeing.iter().map(|line| depth_at(grey, along, line.place(lean, along))).sum::<f32>())
        .map(|sum| sum / agreeing.len() as f32)
        .collect();
    let smooth: Vec<f32> = (0..grey.along)
        .map(|along| {
            let near = &profile[along.saturating_sub(2)..(along + 3).min(grey.along)];
            near.iter().sum::<f32>() / near.len() as f32
        })
        .collect();
    let mut inside = smooth[first * block..((last + 1) * block).min(grey.along)].to_vec();
    inside.sort_by(f32::total_cmp);
    let usual = inside[inside.len() / 2];
    let half = 0.5 * usual;
    let reach = |centre: usize| centre.saturating_sub(2 * block)..(centre + 2 * block).min(grey.along);
    let start = reach(first * block).find(|&along| smooth[along] > half)?;
    let end = reach((last + 1) * block).rev().find(|&along| smooth[along] > half)?;
    (end > start).then_some((start, end + 1, usual))
}

/// How much darker each line is than its surround in each of `count` blocks: `count` values a line.
pub(super) fn depths(grey: &Grey<'_>, block: usize, count: usize) -> Vec<f32> {
    let mut means = vec![0.0f32; grey.lines * count];
    for line in 0..grey.lines {
        for at in 0..count {
            let sum: u32 = (at * block..(at + 1) * block).map(|along| u32::from((grey.at)(along, line))).sum();
            means[line * count + at] = sum as f32 / block as f32;
        }
    }
    let mut depth = vec![0.0f32; means.len()];
    for line in 2..grey.lines.saturating_sub(2) {
        for at in 0..count {
            let value = |line: usize| means[line * count + at];
            depth[line * count + at] = value(line - 2).min(value(line + 2)) - value(line);
        }
    }
    depth
}

/// Depth over three lines, which a line between two pixels does not leave.
fn depth_at(grey: &Grey<'_>, along: usize, line: f32) -> f32 {
    let line = line.round();
    if line < 3.0 || line as usize + 3 >= grey.lines {
        return 0.0;
    }
    let value = |line: usize| f32::from((grey.at)(along, line));
    let line = line as usize;
    1.5 * (value(line - 3) + value(line + 3)) - value(line - 1) - value(line) - value(line + 1)
}

/// Scatter of a block's depth from the grain of the film: the usual difference of neighbours along the lines, which
/// the lines themselves do not widen, however dense they are.
pub(super) fn scatter(grey: &Grey<'_>, block: usize) -> f32 {
    let step = (grey.lines / 64).max(1);
    let mut counts = [0u32; 256];
    for line in (0..grey.lines).step_by(step) {
        for along in 1..grey.along {
            counts[usize::from((grey.at)(along, line).abs_diff((grey.at)(along - 1, line)))] += 1;
        }
    }
    let half = counts.iter().sum::<u32>() / 2;
    let mut below = 0;
    // Differences are whole numbers: the place of the median inside its step is taken as even.
    let median = counts
        .iter()
        .enumerate()
        .find_map(|(size, &count)| {
            below += count;
            (below > half).then(|| size as f32 + 0.5 - (below - half) as f32 / count as f32)
        })
        .unwrap_or(0.0);
    // Median to sigma of a difference 1.48, of a pixel over root 2, of a block's mean, against the lower of two others.
    1.48 / std::f32::consts::SQRT_2 * 1.3 * median.max(0.0) / (block as f32).sqrt()
}

/// Lines that a line with this lean meets in the block `at`, counted from its place in the middle of the picture.
fn offset(lean: f32, at: usize, block: usize) -> f32 {
    lean * (at as f32 + 0.5 - 0.5 * BLOCKS as f32) * block as f32
}

fn hits(shown: &[bool], lines: usize, line: usize, lean: f32, block: usize) -> impl Iterator<Item = bool> {
    (0..BLOCKS).map(move |at| {
        let place = (line as f32 + offset(lean, at, block)).round();
        place >= 0.0 && (place as usize) < lines && shown[place as usize * BLOCKS + at]
    })
}

/// The lean along which blocks line up best.
fn lean_of(shown: &[bool], lines: usize, block: usize) -> Option<f32> {
    let score = |lean: f32| -> usize {
        (0..lines).map(|line| hits(shown, lines, line, lean, block).filter(|hit| *hit).count().pow(2)).sum()
    };
    let leans = (-LEANS..=LEANS).map(|step| LEAN * step as f32 / LEANS as f32);
    // Of equal scores the flattest.
    leans.max_by_key(|&lean| (score(lean), -((lean.abs() * 1e6) as i64)))
}

/// A line and the blocks where it begins and ends.
struct Found {
    /// Its place in the middle of the picture.
    line: usize,
    first: usize,
    last: usize,
    middle: f32,
}

impl Found {
    fn place(&self, lean: f32, along: usize) -> f32 {
        self.line as f32 + lean * (along as f32 - self.middle)
    }
}

fn lines_of(shown: &[bool], depth: &[f32], lines: usize, block: usize, lean: f32) -> Vec<Found> {
    let strength = |line: usize| -> f32 {
        (0..BLOCKS)
            .filter_map(|at| {
                let place = (line as f32 + offset(lean, at, block)).round();
                (place >= 0.0 && (place as usize) < lines).then(|| depth[place as usize * BLOCKS + at])
            })
            .sum()
    };
    let strengths: Vec<f32> = (0..lines).map(strength).collect();
    (0..lines)
        .filter(|&line| {
            let near = line.saturating_sub(2)..(line + 3).min(lines);
            near.clone().all(|other| strengths[other] < strengths[line] || other == line)
        })
        .filter_map(|line| {
            let flags: Vec<bool> = hits(shown, lines, line, lean, block).collect();
            // Echoes, interference and crossing lines hide a block here and there.
            let (first, end) = runs(&flags, 3).into_iter().max_by_key(|(first, end)| end - first)?;
            let count = flags[first..end].iter().filter(|flag| **flag).count() as f32;
            let whole = count >= CROSSED * BLOCKS as f32 && count >= 0.6 * (end - first) as f32;
            whole.then_some(Found { line, first, last: end - 1, middle: 0.5 * (BLOCKS * block) as f32 })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::rotate::extract;
    use crate::model::Placement;

    /// Grid lines in `panel` on ground of one tone, with noise.
    fn ruled(panel: PixelBox) -> GrayImage {
        let mut state = 1u32;
        GrayImage::from_fn(500, 200, |x, y| {
            let (x, y) = (x as i32, y as i32);
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = (state >> 27) as i32 - 16;
            let inside = x >= panel.x && x < panel.right() && y >= panel.y && y < panel.bottom();
            let line = inside && ((x - panel.x) % 37 == 0 || (y - panel.y) % 19 == 0);
            image::Luma([(200 + noise - if line { 60 } else { 0 }) as u8])
        })
    }

    #[test]
    fn the_grid_bounds_the_panel() {
        let panel = PixelBox::new(40, 20, 371, 134);
        for degrees in [0.0, 0.8, -1.2] {
            let placement = Placement { rotation_deg: degrees, ..Placement::whole(500, 200) };
            let found = find_ruled(&extract(&ruled(panel), &placement)).unwrap().region;
            let slack = if degrees == 0.0 { 3 } else { 8 };
            for (a, b) in [
                (found.x, panel.x),
                (found.y, panel.y),
                (found.right(), panel.right()),
                (found.bottom(), panel.bottom()),
            ] {
                assert!((a - b).abs() <= slack, "{degrees}: {found:?} {panel:?}");
            }
        }
    }

    #[test]
    fn ground_without_lines_has_no_panel() {
        assert_eq!(find_ruled(&ruled(PixelBox::new(0, 0, 0, 0))), None);
        assert_eq!(find_ruled(&GrayImage::from_pixel(20, 9, image::Luma([7]))), None);
    }
}

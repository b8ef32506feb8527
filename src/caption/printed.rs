//! Reads a line of printed digits cell by cell with the network.

use super::ink::Ink;
use super::line::DigitGrid;
use super::net;
use super::{CaptionConfig, CaptionMatch, Cell};

/// Reads the line in the place whose cells look most like digits; places are looked at until one convinces.
pub(super) fn read_best(
    ink: &Ink,
    grids: impl Iterator<Item = DigitGrid>,
    spaces: &[(f32, f32)],
    config: &CaptionConfig,
) -> Option<CaptionMatch> {
    let mut best: Option<(f32, DigitGrid)> = None;
    for grid in grids {
        let quality = first_look(ink, &grid, spaces, config);
        if best.as_ref().is_none_or(|best| quality > best.0) {
            best = Some((quality, grid));
        }
        if quality - config.unreadable > CONVINCING {
            break;
        }
    }
    let (_, grid) = best.filter(|best| best.0 - config.unreadable > HOPELESS)?;
    Some(CaptionMatch { cells: cells(ink, &grid, spaces, &MISPLACEMENTS, config).collect(), outliers: 0.0 })
}

/// Mean quality of the cells at one look each; the first few are enough to turn a hopeless line down.
fn first_look(ink: &Ink, grid: &DigitGrid, spaces: &[(f32, f32)], config: &CaptionConfig) -> f32 {
    let mut sum = 0.0;
    for (count, cell) in (1u8..).zip(cells(ink, grid, spaces, &MISPLACEMENTS[..1], config)) {
        sum += cell.quality - config.unreadable;
        if count >= 4 && sum < HOPELESS * f32::from(count) {
            return config.unreadable + sum / f32::from(count);
        }
    }
    config.unreadable + sum / spaces.len().max(1) as f32
}

/// Quality above that of doubt at which no other place needs to be looked at: lines on film have 0.44 and more, a band
/// of rows that cuts their digits less.
const CONVINCING: f32 = 0.43;

/// Quality above that of doubt below which there is no line of digits: cells without any have 0.07 (the odds of
/// [`NONE_IN_A_LINE`] alone), worn digits 0.3 and more.
const HOPELESS: f32 = 0.13;

fn cells<'a>(
    ink: &'a Ink,
    grid: &'a DigitGrid,
    spaces: &'a [(f32, f32)],
    looks: &'a [(f32, f32, f32)],
    config: &'a CaptionConfig,
) -> impl Iterator<Item = Cell> + 'a {
    extents(ink, grid, spaces).into_iter().map(move |extent| digit(ink, &extent, grid, looks, config))
}

/// The boxes of the digits. Those of a line are about equally high: where a box is much higher than most, an arc of a
/// perforation or a dot above touches the digit, and the box keeps the edge that lies where most do.
fn extents(ink: &Ink, grid: &DigitGrid, spaces: &[(f32, f32)]) -> Vec<Extent> {
    let mut extents: Vec<Extent> = spaces
        .iter()
        .map(|&(pitches, gaps)| extent(ink, grid.x + pitches * grid.pitch + gaps * grid.gap, grid))
        .collect();
    let median = |value: fn(&Extent) -> f32| {
        let mut all: Vec<f32> = extents.iter().map(value).collect();
        all.sort_by(f32::total_cmp);
        all.get(all.len() / 2).copied().unwrap_or_default()
    };
    let (top, bottom) = (median(|extent| extent.top), median(|extent| extent.bottom));
    let height = median(|extent| extent.bottom - extent.top);
    for extent in &mut extents {
        if extent.bottom - extent.top > HIGHEST * height + 1.0 {
            if (extent.top - top).abs() <= (extent.bottom - bottom).abs() {
                extent.bottom = extent.top + height;
            } else {
                extent.top = extent.bottom - height;
            }
        }
    }
    extents
}

/// Height of a digit against the usual one of its line beyond which its box holds something else too.
const HIGHEST: f32 = 1.1;

/// Reads one printed digit with the network.
fn digit(ink: &Ink, extent: &Extent, grid: &DigitGrid, looks: &[(f32, f32, f32)], config: &CaptionConfig) -> Cell {
    let centre = ((extent.left + extent.right) / 2.0, (extent.top + extent.bottom) / 2.0);
    let height = extent.bottom - extent.top + 1.0;
    // Mean over small misplacements: a box drawn around blurred ink is not exact.
    let mut probabilities = [0.0f32; net::CLASSES];
    for &(dx, dy, scale) in looks {
        let place = (centre.0 + dx * grid.height, centre.1 + dy * grid.height);
        let mut cell = [0.0; net::INPUTS];
        ink.grid::<{ net::COLUMNS }>(place, height * scale / net::DIGIT_ROWS, &mut cell);
        net::standardise(&mut cell);
        for (sum, value) in probabilities.iter_mut().zip(net::reader().log_probabilities(&cell)) {
            *sum += value.exp() / looks.len() as f32;
        }
    }
    // One in ten drawn cells holds no digit; where the digit grid found a whole line, far fewer do.
    let none = (NONE_IN_A_LINE * probabilities[10]).clamp(1e-6, 1.0 - 1e-6);
    let probabilities = probabilities.map(|value| value.powf(AGREEMENT));
    let digits: f32 = probabilities.iter().take(10).sum::<f32>().max(1e-6);
    let doubt = config.network_doubt;
    let log_likelihood =
        probabilities.iter().take(10).map(|value| ((1.0 - doubt) * value / digits + doubt / 10.0).ln());
    Cell {
        bbox: ink.to_frame(extent.left, extent.top, extent.right - extent.left + 1.0, height),
        log_likelihood: log_likelihood.collect(),
        // On the scale of a correlation, as log odds are made from it.
        quality: config.unreadable + ((1.0 - none) / none).ln() / 30.0,
    }
}

/// Power of the mean over looks: the mean is right more often than a single look and claims too little. On 36 000
/// unseen drawn digits in every state of wear, 1.4 makes the claimed share right (97.7 %) the true one.
const AGREEMENT: f32 = 1.4;

/// Odds of a cell without a digit in a found line, against those among the cells of training.
const NONE_IN_A_LINE: f32 = 0.1;

/// Shifts in x and y (digit heights) and scales at which a printed digit is looked at.
const MISPLACEMENTS: [(f32, f32, f32); 5] =
    [(0.0, 0.0, 1.0), (0.04, 0.0, 1.06), (-0.04, 0.0, 1.06), (0.0, 0.04, 0.95), (0.0, -0.04, 0.95)];

/// A digit's own box inside its cell.
#[derive(Debug, Clone, Copy)]
struct Extent {
    left: f32,
    right: f32,
    top: f32,
    bottom: f32,
}

/// Ink above this share of the cell's brightest ink bounds a digit.
const BOUND: f32 = 0.4;

/// The box of the ink in a cell: digits stand a little off the regular pitch and differ a little in size.
fn extent(ink: &Ink, middle: f32, grid: &DigitGrid) -> Extent {
    let (reach_x, reach_y) = (0.72 * grid.pitch, 0.28 * grid.height);
    let (x0, x1) = ((middle - reach_x).round() as i32, (middle + reach_x).round() as i32);
    let (y0, y1) = ((grid.y - reach_y).round() as i32, (grid.y + grid.height - 1.0 + reach_y).round() as i32);
    let band = (grid.y.round() as i32, (grid.y + grid.height - 1.0).round() as i32);
    let core = ((middle - 0.45 * grid.pitch) as i32, (middle + 0.45 * grid.pitch) as i32);
    let mut peak = 0.0f32;
    for y in band.0..=band.1 {
        for x in core.0..=core.1 {
            peak = peak.max(ink.at(x, y));
        }
    }
    let limit = BOUND * peak.max(40.0);
    let columns: Vec<bool> = (x0..=x1).map(|x| (band.0..=band.1).any(|y| ink.at(x, y) > limit)).collect();
    let usual = usual_extent(middle, grid);
    let Some((left, right)) = run(&columns, middle - x0 as f32, 0.3 * grid.pitch, 0.13 * grid.height) else {
        return usual;
    };
    let (left, right) = (x0 + left as i32, x0 + right as i32);
    let wide = (right - left) as f32 > 1.05 * grid.pitch;
    let (left, right) = if wide { (usual.left as i32, usual.right as i32) } else { (left, right) };
    let rows: Vec<bool> = (y0..=y1).map(|y| (left..=right).any(|x| ink.at(x, y) > limit)).collect();
    let centre = grid.y + (grid.height - 1.0) / 2.0 - y0 as f32;
    let (top, bottom) = match run(&rows, centre, 0.4 * grid.height, 0.2 * grid.height) {
        Some((top, bottom)) => ((y0 + top as i32) as f32, (y0 + bottom as i32) as f32),
        None => (usual.top, usual.bottom),
    };
    let share = (bottom - top + 1.0) / grid.height;
    let (top, bottom) = if (0.75..=1.3).contains(&share) { (top, bottom) } else { (usual.top, usual.bottom) };
    Extent { left: left as f32, right: right as f32, top, bottom }
}

/// The cell itself.
fn usual_extent(middle: f32, grid: &DigitGrid) -> Extent {
    Extent {
        left: middle - 0.5 * grid.pitch,
        right: middle + 0.5 * grid.pitch,
        top: grid.y,
        bottom: grid.y + grid.height - 1.0,
    }
}

/// First and last place of what is set within `reach` of the centre, bridging gaps of up to `bridge`.
fn run(set: &[bool], centre: f32, reach: f32, bridge: f32) -> Option<(usize, usize)> {
    let near = |place: usize| (place as f32 - centre).abs() <= reach;
    let seed = (0..set.len())
        .filter(|&place| set[place] && near(place))
        .min_by(|&a, &b| (a as f32 - centre).abs().total_cmp(&(b as f32 - centre).abs()))?;
    let bridge = bridge.round().max(1.0) as usize;
    let (mut first, mut last) = (seed, seed);
    while let Some(next) = (first.saturating_sub(bridge + 1)..first).rev().find(|&place| set[place]) {
        first = next;
    }
    while let Some(next) = (last + 1..(last + bridge + 2).min(set.len())).find(|&place| set[place]) {
        last = next;
    }
    Some((first, last))
}

//! What lit and dark segments look like in a line, learned from the line itself.

use super::{LIT, Measured, STYLES};

/// Brightness of lit and of dark segments, place by place, and its scatter.
#[derive(Debug, Clone)]
pub(super) struct Levels {
    pub(super) on: [f32; LIT],
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
    pub(super) fn log_likelihoods(&self, cell: &Measured, patterns: &[u16; 10]) -> [f32; 10] {
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
pub(super) fn learn(cells: &[Measured]) -> (Levels, usize) {
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

pub(super) fn normalised(values: &[f32; 10]) -> [f32; 10] {
    let best = values.iter().copied().fold(f32::MIN, f32::max);
    let sum: f32 = values.iter().map(|value| (value - best).exp()).sum();
    values.map(|value| value - best - sum.ln())
}

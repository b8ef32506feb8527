//! Pairs of O and X: the same rise to the cusp, shifted by about half the gyrofrequency.

use super::TraceConfig;
use super::profile::{Profile, median};

/// Indices of an O ridge and its X twin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pair {
    pub(super) o: usize,
    pub(super) x: usize,
    /// 0 to 1.
    pub(super) sureness: f32,
}

/// How far the gyrofrequency at the reflection may be from the station's, as ratios: the field falls with height, and both
/// frequencies are read.
const KNOWN: [f64; 2] = [0.78, 1.2];
/// Smallest common rise, as a share of the higher of the two rises.
const COMMON: f64 = 0.1;

/// The pairs that fit, best first; no ridge is in two.
pub(super) fn pairs(profiles: &[Option<Profile>], gyro_mhz: Option<f64>, config: &TraceConfig) -> Vec<Pair> {
    let mut found: Vec<(f64, Pair)> = Vec::new();
    for (o, left) in profiles.iter().enumerate() {
        for (x, right) in profiles.iter().enumerate() {
            if let (Some(left), Some(right)) = (left, right)
                && o != x
                && let Some((score, sureness)) = fit(left, right, gyro_mhz, config)
            {
                found.push((score, Pair { o, x, sureness }));
            }
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut used = vec![false; profiles.len()];
    let mut out = Vec::new();
    for (_, pair) in found {
        if !used[pair.o] && !used[pair.x] {
            used[pair.o] = true;
            used[pair.x] = true;
            out.push(pair);
        }
    }
    out
}

/// How well `right` is `left` shifted: a score to rank by, and how sure the pair is.
fn fit(left: &Profile, right: &Profile, gyro_mhz: Option<f64>, config: &TraceConfig) -> Option<(f64, f32)> {
    let bottom = left.lowest_km().max(right.lowest_km());
    let top = left.highest_km().min(right.highest_km());
    let rise = top - bottom;
    let rises = (left.highest_km() - left.lowest_km()).max(right.highest_km() - right.lowest_km());
    if rise < config.common_rise_km || rise < COMMON * rises {
        return None;
    }
    let twins: Vec<(f64, f64)> = (0..20)
        .map(|i| bottom + rise * (f64::from(i) + 0.5) / 20.0)
        .filter_map(|km| left.mhz_at(km).zip(right.mhz_at(km)))
        .collect();
    if twins.len() < 8 {
        return None;
    }
    // The upper half tells: near the foot the two run together.
    let gyros: Vec<f64> = twins[twins.len() / 2..].iter().map(|&(o, x)| gyro_of(o, x)).collect();
    let gyro = median(gyros.clone())?;
    let (least, most) = match gyro_mhz {
        Some(known) => (KNOWN[0] * known, KNOWN[1] * known),
        None => (config.gyro_mhz[0], config.gyro_mhz[1]),
    };
    let scatter = median(gyros.iter().map(|one| (one - gyro).abs()).collect())? / gyro;
    if !(least..=most).contains(&gyro) || scatter > config.gyro_scatter {
        return None;
    }
    let sureness = (0.95 - scatter) * (0.5 + 0.5 * (twins.len() as f64 / 20.0));
    Some((rise * (1.0 - scatter), sureness.clamp(0.3, 0.95) as f32))
}

/// The gyrofrequency with which plasma that reflects the O wave of one frequency reflects the X wave of another:
/// fx (fx - fB) = fo^2.
pub(super) fn gyro_of(o_mhz: f64, x_mhz: f64) -> f64 {
    (x_mhz * x_mhz - o_mhz * o_mhz) / x_mhz
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Curve, Grid, RangeAxis, Ridge, Sweep, TracePoint};

    fn grid() -> Grid {
        let curve = |first: f64, last: f64| Curve { px: vec![0.0, 1000.0], value: vec![first, last] };
        Grid {
            sweep: Some(Sweep { curve: curve(1.0, 11.0), ..Sweep::default() }),
            range: Some(RangeAxis { curve: curve(1000.0, 0.0), ..RangeAxis::default() }),
            ..Grid::unproved("")
        }
    }

    /// A parabolic layer with critical frequency `fc`, in the pixels of the grid above.
    fn layer(fc: f64) -> Option<Profile> {
        let points = (0..80)
            .map(|i| fc * (0.4 + 0.598 * f64::from(i) / 79.0))
            .map(|f| (f, 220.0 + 20.0 * f / fc * ((fc + f) / (fc - f)).ln()))
            .map(|(f, km)| {
                let (x, y) = (((f - 1.0) * 100.0) as f32, (1000.0 - km) as f32);
                TracePoint { x, y, edge_y: y, amplitude: 200 }
            })
            .collect();
        Profile::of(&Ridge { points, contrast: 10.0 }, &grid())
    }

    #[test]
    fn the_left_twin_is_ordinary() {
        let profiles = [layer(5.6), layer(5.0), layer(9.0)];
        let found = pairs(&profiles, None, &TraceConfig::default());
        assert_eq!(found.iter().map(|pair| (pair.o, pair.x)).collect::<Vec<_>>(), [(1, 0)]);
    }
}

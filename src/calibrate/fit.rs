//! From named lines to positions: the measured one where its neighbours allow it, theirs where not.

use super::sequence::{Assignment, Expected};

/// Places of a sequence, with an honest residual.
#[derive(Debug, Clone)]
pub(super) struct Settled {
    /// Place of every marker in pixels.
    pub(super) px: Vec<f64>,
    /// For each marker measured between two others: its position in pixels and how far it is off the line between them.
    residuals: Vec<(f64, f64)>,
}

impl Settled {
    /// Root mean square of the residuals, each times `scale` at its position. The line between two neighbours carries
    /// noise of its own: variance 1.5 for equal spacings, which is divided out.
    pub(super) fn rms(&self, scale: impl Fn(f64) -> f64) -> f32 {
        let sum: f64 = self.residuals.iter().map(|&(px, residual)| (residual * scale(px)).powi(2)).sum();
        (sum / 1.5 / self.residuals.len().max(1) as f64).sqrt() as f32
    }
}

/// Settles an assignment. A marker further than `limit` pixels off the line between its neighbours (in deviation from
/// the usual position) is taken for another line. Beyond the last seen marker the deviation goes on with `trend` (0 to
/// 1) of its local slope.
pub(super) fn settle(expected: &[Expected], assignment: &Assignment, limit: f64, trend: f64) -> Settled {
    let n = expected.len();
    let (first, last) = (assignment.px[0], assignment.px[n - 1]);
    let usual = |i: usize| first + (last - first) * expected[i].position;
    let mut kept: Vec<(usize, f64, f64)> = (0..n)
        .filter(|&i| assignment.peaks[i].is_some())
        .map(|i| (i, expected[i].position, assignment.px[i] - usual(i)))
        .collect();
    while let Some((worst, residual)) = worst_inner(&kept) {
        if residual <= limit || kept.len() <= 3 {
            break;
        }
        kept.remove(worst);
    }
    drop_stray_ends(&mut kept, (last - first).abs() / (n - 1).max(1) as f64, trend);
    let residuals = (0..n)
        .filter(|&i| assignment.peaks[i].is_some())
        .filter_map(|i| {
            let others: Vec<(usize, f64, f64)> = kept.iter().copied().filter(|entry| entry.0 != i).collect();
            let inner = others.first()?.0 < i && others.last()?.0 > i;
            inner.then(|| {
                (assignment.px[i], assignment.px[i] - usual(i) - deviation_at(&others, expected[i].position, trend))
            })
        })
        .collect();
    let px = (0..n)
        .map(|i| match kept.iter().find(|entry| entry.0 == i) {
            Some(_) => assignment.px[i],
            None => usual(i) + deviation_at(&kept, expected[i].position, trend),
        })
        .collect();
    Settled { px, residuals }
}

/// In a sequence with a trend the outermost markers are held to it too: the panel's edge is easily taken for the marker
/// beside it.
fn drop_stray_ends(kept: &mut Vec<(usize, f64, f64)>, step: f64, trend: f64) {
    let limit = 1.0 + 0.03 * step;
    for end in [0, 1] {
        if trend <= 0.0 || kept.len() < 5 {
            return;
        }
        let index = end * (kept.len() - 1);
        let entry = kept.remove(index);
        if (entry.2 - deviation_at(kept, entry.1, trend)).abs() <= limit {
            kept.insert(index, entry);
        }
    }
}

/// The inner marker furthest off the line between its neighbours.
fn worst_inner(kept: &[(usize, f64, f64)]) -> Option<(usize, f64)> {
    (1..kept.len().saturating_sub(1))
        .map(|k| (k, (kept[k].2 - line(kept[k - 1], kept[k + 1], kept[k].1)).abs()))
        .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
}

fn line(a: (usize, f64, f64), b: (usize, f64, f64), position: f64) -> f64 {
    if b.1 <= a.1 { a.2 } else { a.2 + (b.2 - a.2) * (position - a.1) / (b.1 - a.1) }
}

/// The deviation at a position: linear between markers, outside with the trend of the outermost four.
fn deviation_at(kept: &[(usize, f64, f64)], position: f64, trend: f64) -> f64 {
    let after = kept.partition_point(|entry| entry.1 < position);
    match (after.checked_sub(1).map(|i| kept[i]), kept.get(after)) {
        (Some(a), Some(&b)) => line(a, b, position),
        (Some(a), None) => a.2 + trend * slope(&kept[kept.len().saturating_sub(4)..]) * (position - a.1),
        (None, Some(b)) => b.2 + trend * slope(&kept[..kept.len().min(4)]) * (position - b.1),
        (None, None) => 0.0,
    }
}

/// Least-squares slope of deviation against position.
fn slope(points: &[(usize, f64, f64)]) -> f64 {
    let n = points.len().max(1) as f64;
    let (mean_place, mean_stray) =
        (points.iter().map(|p| p.1).sum::<f64>() / n, points.iter().map(|p| p.2).sum::<f64>() / n);
    let spread: f64 = points.iter().map(|p| (p.1 - mean_place).powi(2)).sum();
    if spread <= 0.0 {
        return 0.0;
    }
    points.iter().map(|p| (p.1 - mean_place) * (p.2 - mean_stray)).sum::<f64>() / spread
}

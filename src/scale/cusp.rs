//! The critical frequency from the shape of a trace near its cusp.
//!
//! Below the peak of a parabolic layer the virtual height is h0 + ym/2 x ln((1 + x)/(1 - x)) with x = f/fc (Appleton and
//! Beynon, Proc. Phys. Soc. 52, 1940): for a trial fc the heights are a straight line in that term, and the fc with the
//! smallest residual is where the trace would go to infinity.

/// A critical frequency with its 95 % bounds, in MHz.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Critical {
    pub(super) mhz: f64,
    pub(super) lower: f64,
    pub(super) upper: f64,
    /// Height gained from the flat part to the last point, km: how much of a cusp is seen.
    pub(super) rise_km: f64,
}

/// Fits the cusp of a trace given as (MHz, km) with frequency growing. `noise_km` is the scatter of the heights and
/// `reach` the largest relative distance of the asymptote above the last point.
///
/// Returns `None` for fewer than four points. Where no cusp shows, the last frequency is the lower bound and the value.
pub(super) fn critical(points: &[(f64, f64)], noise_km: f64, reach: f64) -> Option<Critical> {
    if points.len() < 4 {
        return None;
    }
    let last = points.iter().map(|point| point.0).fold(f64::MIN, f64::max);
    let floor = points.iter().map(|point| point.1).fold(f64::MAX, f64::min);
    let rise_km = points.iter().filter(|point| point.0 > 0.9 * last).map(|point| point.1).fold(floor, f64::max) - floor;
    // The upper part alone is near-parabolic: lower layers bend the rest.
    let near: Vec<(f64, f64)> = points.iter().copied().filter(|point| point.0 > 0.75 * last).collect();
    let near = if near.len() >= 4 { near } else { points.to_vec() };
    let trials = 120;
    let costs: Vec<(f64, f64)> = (1..=trials)
        .filter_map(|i| {
            let fc = last * (1.0 + reach * (f64::from(i) / f64::from(trials)).powi(2)) + 1e-9;
            residual(&near, fc).map(|cost| (fc, cost))
        })
        .collect();
    let (best_fc, best) = costs.iter().copied().min_by(|a, b| a.1.total_cmp(&b.1))?;
    if rise_km < 4.0 * noise_km {
        return Some(Critical { mhz: last, lower: last, upper: last * (1.0 + reach), rise_km });
    }
    // Chi-square of one parameter, with the scatter taken no smaller than what the fit itself leaves.
    let variance = (best / near.len() as f64).max(noise_km * noise_km);
    let inside = |cost: f64| (cost - best) / variance <= 3.84;
    let within = costs.iter().filter(|(_, cost)| inside(*cost));
    let lower = within.clone().map(|(fc, _)| *fc).fold(best_fc, f64::min);
    let upper = within.map(|(fc, _)| *fc).fold(best_fc, f64::max);
    Some(Critical { mhz: best_fc, lower: lower.min(last), upper, rise_km })
}

/// Sum of squared height residuals of the best parabolic layer with critical frequency `fc`; `None` if the layer would
/// have to be thinner than nothing.
fn residual(points: &[(f64, f64)], fc: f64) -> Option<f64> {
    let n = points.len() as f64;
    let term = |f: f64| {
        let x = (f / fc).min(1.0 - 1e-9);
        0.5 * x * ((1.0 + x) / (1.0 - x)).ln()
    };
    let (mut su, mut sh, mut suu, mut suh) = (0.0, 0.0, 0.0, 0.0);
    for &(f, h) in points {
        let u = term(f);
        su += u;
        sh += h;
        suu += u * u;
        suh += u * h;
    }
    let determinant = n * suu - su * su;
    if determinant <= 1e-12 {
        return None;
    }
    let thickness = (n * suh - su * sh) / determinant;
    if thickness <= 0.0 {
        return None;
    }
    let base = (sh - thickness * su) / n;
    Some(points.iter().map(|&(f, h)| (h - base - thickness * term(f)).powi(2)).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(fc: f64, up_to: f64) -> Vec<(f64, f64)> {
        (0..60)
            .map(|i| 2.0 + (up_to - 2.0) * f64::from(i) / 59.0)
            .map(|f| (f, 220.0 + 45.0 * f / fc * ((fc + f) / (fc - f)).ln()))
            .collect()
    }

    #[test]
    fn the_asymptote_of_a_parabolic_layer_is_found_beyond_the_last_point() {
        for (fc, seen) in [(7.0, 0.995), (7.0, 0.98), (3.5, 0.97)] {
            let found = critical(&layer(fc, fc * seen), 2.0, 0.1).unwrap();
            assert!((found.mhz - fc).abs() < 0.02 * fc / 7.0 * 2.0, "{fc} {seen}: {found:?}");
            assert!(found.lower <= fc && fc <= found.upper + 0.02);
        }
    }

    #[test]
    fn a_flat_trace_gives_only_a_lower_bound() {
        let flat: Vec<_> = (0..30).map(|i| (3.0 + 0.1 * f64::from(i), 300.0)).collect();
        let found = critical(&flat, 3.0, 0.1).unwrap();
        assert!((found.mhz - 5.9).abs() < 1e-9 && found.upper > 6.3);
    }

    #[test]
    fn too_few_points_give_nothing() {
        assert_eq!(critical(&[(1.0, 200.0); 3], 2.0, 0.1), None);
    }
}

//! The standard 3000 km transmission curve: M(3000)F2 and MUF(3000)F2.

/// The factor M(h') by which a vertical echo at virtual height `km` is multiplied for a 3000 km path.
///
/// Closed form used by automatic scalers for the standard transmission curve of the URSI Handbook (UAG-23).
pub fn transmission_factor(km: f64) -> f64 {
    (67.6542 - 0.014938 * km) / km.sqrt()
}

/// MUF(3000) of a trace given as (MHz, km of virtual height): the largest f x M(h'), where the transmission curve
/// touches the trace. Heights outside 150 to 800 km, where the closed form does not hold, are left out.
pub fn maximum_usable_frequency(points: &[(f64, f64)]) -> Option<f64> {
    points
        .iter()
        .filter(|point| (150.0..=800.0).contains(&point.1))
        .map(|&(mhz, km)| mhz * transmission_factor(km))
        .max_by(f64::total_cmp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_factor_agrees_with_the_handbook_table() {
        for (km, factor) in [(200.0, 4.57), (250.0, 4.04), (300.0, 3.65), (350.0, 3.34), (400.0, 3.08), (500.0, 2.69)] {
            assert!((transmission_factor(km) - factor).abs() < 0.01, "{km}");
        }
    }
}

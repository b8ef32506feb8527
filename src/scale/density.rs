//! The electron density profile that the fitted layers stand for.

use super::bottomside::Sight;
use super::layer::Amounts;

/// Electron density at a height, with 95 % bounds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DensityPoint {
    /// True height, km.
    pub height_km: f64,
    /// Electrons in a cubic metre.
    pub electron_density_m3: f64,
    /// Lower bound.
    pub lower: f64,
    /// Upper bound.
    pub upper: f64,
}

/// Electrons in a cubic metre for each MHz^2 of the square of the plasma frequency.
const DENSITY: f64 = 1.2404e10;
/// Heights of the points, from one to the next, km.
const STEP_KM: f64 = 5.0;
/// One sigma of the true height of a layer beside that of its echoes, km: what lies between layers is not seen.
const VALLEY_KM: f64 = 8.0;

/// A layer between the plasma frequencies at which its echoes begin and end.
struct Part {
    critical_mhz: f64,
    sigma_mhz: f64,
    from_mhz: f64,
    amounts: Amounts,
    sigma_km: f64,
}

impl Part {
    /// True height of a plasma frequency: the shapes of the fit (see `retardation`).
    fn km(&self, mhz: f64) -> f64 {
        let u2 = (mhz / self.critical_mhz).powi(2).min(1.0);
        self.amounts.base + self.amounts.parabola * (1.0 - (1.0 - u2).sqrt()) + self.amounts.linear * u2
    }

    /// Plasma frequency at a height inside the layer.
    fn mhz(&self, km: f64) -> f64 {
        let (mut low, mut high) = (self.from_mhz, self.critical_mhz);
        for _ in 0..40 {
            let middle = 0.5 * (low + high);
            if self.km(middle) < km { low = middle } else { high = middle }
        }
        0.5 * (low + high)
    }
}

/// Densities from the lowest layer seen to the F2 peak. Heights between layers and below what echoes show are left out.
pub(super) fn density(sight: &Sight<'_>) -> Vec<DensityPoint> {
    let mut out: Vec<DensityPoint> = Vec::new();
    for part in parts(sight) {
        let (bottom, top) = (part.km(part.from_mhz), part.km(part.critical_mhz));
        let floor = out.last().map_or(0.0, |point| point.height_km);
        let first = ((bottom.max(floor + 0.1)) / STEP_KM).ceil() as i64;
        let at = |km: f64| DENSITY * part.mhz(km.clamp(bottom, top)).powi(2);
        let share = 1.96 * 2.0 * part.sigma_mhz / part.critical_mhz;
        for i in first..=(top / STEP_KM).floor() as i64 {
            let km = i as f64 * STEP_KM;
            let reach = 1.96 * part.sigma_km;
            out.push(DensityPoint {
                height_km: km,
                electron_density_m3: at(km),
                lower: at(km - reach) * (1.0 - share).max(0.0),
                upper: at(km + reach) * (1.0 + share),
            });
        }
    }
    out
}

fn parts(sight: &Sight<'_>) -> Vec<Part> {
    let mut parts = Vec::new();
    let sigma_km = sight.scene.km_error;
    if let Some(normal) = sight.low.normal.as_ref().filter(|normal| normal.rises) {
        let first = normal.points.iter().flatten().map(|point| point.mhz).fold(f64::MAX, f64::min);
        parts.push(Part {
            critical_mhz: normal.fo_mhz,
            sigma_mhz: normal.sigma_mhz,
            from_mhz: first.min(normal.fo_mhz),
            amounts: normal.amounts,
            sigma_km: sigma_km.hypot(2.0),
        });
    }
    let layers = sight.region.iter().flat_map(|region| region.lower.iter().chain([&region.upper]));
    for layer in layers {
        let seen = sight.named.first_mhz().unwrap_or(0.0);
        let below: f64 = parts.last().map_or(0.0, |part: &Part| part.critical_mhz);
        let critical_mhz = layer.fit.layer.critical_mhz;
        parts.push(Part {
            critical_mhz,
            sigma_mhz: sight.sigma(layer),
            from_mhz: seen.max(below).min(critical_mhz),
            amounts: layer.fit.amounts,
            sigma_km: sigma_km.hypot(VALLEY_KM),
        });
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(linear: f64) -> Part {
        let amounts = Amounts { base: 210.0, parabola: 80.0, linear, passed: 0.0 };
        Part { critical_mhz: 7.0, sigma_mhz: 0.02, from_mhz: 2.0, amounts, sigma_km: 3.0 }
    }

    #[test]
    fn a_parabola_has_its_peak_density_at_its_peak() {
        let part = part(0.0);
        assert!((part.km(7.0) - 290.0).abs() < 1e-9);
        assert!((part.mhz(290.0) - 7.0).abs() < 1e-3);
        // N = Nm (1 - ((hm - h) / ym)^2)
        let km = 250.0;
        let expected = 7.0 * (1.0f64 - ((290.0 - km) / 80.0f64).powi(2)).sqrt();
        assert!((part.mhz(km) - expected).abs() < 1e-6, "{}", part.mhz(km));
    }

    #[test]
    fn density_grows_with_height() {
        for linear in [-30.0, 0.0, 40.0] {
            let part = part(linear);
            let (bottom, top) = (part.km(2.0), part.km(7.0));
            let all: Vec<f64> = (0..20).map(|i| part.mhz(bottom + (top - bottom) * f64::from(i) / 19.0)).collect();
            assert!(all.windows(2).all(|pair| pair[1] >= pair[0]), "{linear}: {all:?}");
        }
    }
}

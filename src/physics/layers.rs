//! Electron density as smooth layers added up.

/// A layer of the shape of Epstein, with its own thickness below and above the peak. A sum of such layers is the NeQuick
/// profiler (di Giovanni and Radicella 1990; Nava, Coisson and Radicella 2008): smooth, so that its echoes have cusps only where
/// the density has a true maximum or ledge.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Epstein {
    /// Square of the plasma frequency at the layer's peak, MHz^2.
    pub peak_mhz2: f64,
    /// Height of the peak, km.
    pub peak_km: f64,
    /// Thickness below the peak, km; a parabola of twice that half thickness touches the peak.
    pub below_km: f64,
    /// Thickness above the peak, km.
    pub above_km: f64,
    /// Growth of the thickness above the peak, km for each km.
    pub above_growth: f64,
}

impl Epstein {
    /// Square of the plasma frequency that the layer adds at a height, MHz^2.
    pub fn plasma_mhz2(&self, km: f64) -> f64 {
        let above = km - self.peak_km;
        let thickness = if above < 0.0 { self.below_km } else { self.above_km + self.above_growth * above };
        // Symmetric in the sign of the exponent: a falling exponential cannot overflow.
        let fall = (-(above / thickness).abs()).exp();
        4.0 * self.peak_mhz2 * fall / ((1.0 + fall) * (1.0 + fall))
    }
}

/// Sets the layers' amplitudes so that the sum has the plasma frequencies `critical_mhz` at the layers' peaks; a layer that
/// the others already exceed there vanishes.
pub fn fit_peaks(layers: &mut [Epstein], critical_mhz: &[f64]) {
    for _ in 0..8 {
        for i in 0..layers.len().min(critical_mhz.len()) {
            let km = layers[i].peak_km;
            let others: f64 =
                layers.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, other)| other.plasma_mhz2(km)).sum();
            layers[i].peak_mhz2 = (critical_mhz[i] * critical_mhz[i] - others).max(0.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_passes_through_the_wanted_peaks() {
        let layer =
            |peak_km, below_km, above_km| Epstein { peak_mhz2: 0.0, peak_km, below_km, above_km, above_growth: 0.0 };
        let mut layers = [layer(110.0, 6.0, 9.0), layer(185.0, 20.0, 25.0), layer(290.0, 45.0, 50.0)];
        fit_peaks(&mut layers, &[3.2, 4.6, 8.0]);
        for (km, mhz) in [(110.0, 3.2), (185.0, 4.6), (290.0, 8.0)] {
            let sum: f64 = layers.iter().map(|layer| layer.plasma_mhz2(km)).sum();
            assert!((sum.sqrt() - mhz).abs() < 1e-3, "{km}: {}", sum.sqrt());
        }
    }
}

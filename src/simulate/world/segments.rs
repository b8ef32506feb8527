//! Profiles of segments joined smoothly: E, a valley of any width and depth, and an F region that rises out of it.

use super::profile::Peak;
use crate::simulate::random::Random;

/// Shape of the F2 layer below its peak.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Curve {
    Parabola,
    /// exp(-x^B1) / cosh x with x the depth below the peak in units of B0.
    Reference {
        b1: f64,
    },
}

/// A profile from the base of E to the topside.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Segments {
    curve: Curve,
    e: Peak,
    /// Height at which the density of the E peak comes back, km.
    valley_top_km: f64,
    /// Share of the E peak's density that the valley lacks at its bottom.
    valley_depth: f64,
    f1: Option<Peak>,
    f2: Peak,
}

impl Segments {
    /// Segments through the peaks, with any valley.
    pub(super) fn random(curve: Curve, e: &Peak, f1: Option<&Peak>, f2: &Peak, random: &mut Random) -> Self {
        let lowest = f1.map_or(f2.km, |f1| f1.km);
        let width = (2.0 * 30f64.powf(random.share())).min(0.6 * (lowest - e.km));
        let depth = random.share().powi(2).mul_add(0.9, 0.005);
        let valley_top_km = e.km + width;
        // A peak must not lie within the foot of the layer above it.
        let (mut f1, mut f2) = (f1.copied(), *f2);
        if curve == Curve::Parabola {
            let below = f1.map_or((valley_top_km, e.mhz), |f1| (f1.km, f1.mhz));
            f2.below_km = thin(&f2, below);
            if let Some(f1) = &mut f1 {
                f1.below_km = thin(f1, (valley_top_km, e.mhz));
            }
        }
        Self { curve, e: *e, valley_top_km, valley_depth: depth, f1, f2 }
    }

    /// Square of the plasma frequency at a height, MHz^2.
    pub(super) fn plasma_mhz2(&self, km: f64) -> f64 {
        let foot = self.e.mhz * self.e.mhz;
        if km < self.e.km {
            // A parabola whose foot thins out.
            let x = (km - self.e.km) / self.e.below_km;
            return foot * if x > -0.9 { 1.0 - x * x } else { 0.19 * ((x + 0.9) * 9.47).exp() };
        }
        if km < self.valley_top_km {
            let t = (km - self.e.km) / (self.valley_top_km - self.e.km);
            return foot * (1.0 - self.valley_depth * (std::f64::consts::PI * t).sin().powi(2));
        }
        if km > self.f2.km {
            let z = (km - self.f2.km) / self.f2.above_km;
            return self.f2.mhz.powi(2) * (1.0 - z - (-z).exp()).exp();
        }
        match (self.curve, self.f1) {
            (Curve::Reference { b1 }, _) => self.reference(km, b1),
            (Curve::Parabola, Some(f1)) if km < f1.km => joined(km, (self.valley_top_km, self.e.mhz), &f1),
            (Curve::Parabola, Some(f1)) => joined(km, (f1.km, f1.mhz), &self.f2),
            (Curve::Parabola, None) => joined(km, (self.valley_top_km, self.e.mhz), &self.f2),
        }
    }

    /// The reference's F2 layer, its heights bent so that it meets the valley's top with the density of E.
    fn reference(&self, km: f64, b1: f64) -> f64 {
        let peak = self.f2.mhz * self.f2.mhz;
        let shape = |km: f64| {
            let x = ((self.f2.km - km) / (0.8 * self.f2.below_km)).max(0.0);
            (-x.powf(b1)).exp() / x.cosh()
        };
        let share = (self.e.mhz / self.f2.mhz).powi(2);
        let (mut low, mut high) = (self.f2.km - 8.0 * self.f2.below_km, self.f2.km);
        for _ in 0..30 {
            let middle = 0.5 * (low + high);
            if shape(middle) < share { low = middle } else { high = middle }
        }
        // Straight below the joint, so that it never turns back.
        let t = (km - self.valley_top_km) / (self.f2.km - self.valley_top_km);
        let bend = (low - self.valley_top_km) / (self.f2.km - self.valley_top_km);
        let bend = bend.min(0.65);
        let at = km + bend * (self.f2.km - self.valley_top_km) * (1.0 - t).powf(1.5);
        (peak * shape(at)).max(self.e.mhz.powi(2))
    }
}

/// The half thickness of a parabola, at most such that it passes below a lower peak (km, MHz), km.
fn thin(peak: &Peak, (km, mhz): (f64, f64)) -> f64 {
    let (own, other) = (peak.mhz * peak.mhz, mhz * mhz);
    let most = (peak.km - km) * (own / (own - other).max(1e-3 * own)).sqrt();
    peak.below_km.min(0.95 * most)
}

/// Rise from a lower peak to an upper one: an upturned parabola that touches the lower peak and passes without a bend into the
/// parabola of the upper one (Dyson and Bennett 1988).
fn joined(km: f64, (foot_km, foot_mhz): (f64, f64), peak: &Peak) -> f64 {
    let (top, foot) = (peak.mhz * peak.mhz, foot_mhz * foot_mhz);
    let curvature = top / (peak.below_km * peak.below_km);
    let way = peak.km - foot_km;
    // Equal values and slopes where the two meet.
    let v = (top - foot) / (curvature * way);
    let below = peak.km - km;
    if below < v {
        return top - curvature * below * below;
    }
    let u = (way - v).max(1e-9);
    foot + curvature * v / u * (km - foot_km).powi(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_pass_without_a_step_through_their_peaks() {
        let peak = |mhz, km, below_km| Peak { mhz, km, below_km, above_km: 40.0 };
        let (e, f1, f2) = (peak(3.0, 110.0, 12.0), peak(4.5, 180.0, 30.0), peak(8.0, 290.0, 90.0));
        let mut random = Random::new(5);
        for (curve, f1) in [
            (Curve::Parabola, Some(&f1)),
            (Curve::Parabola, None),
            (Curve::Reference { b1: 2.5 }, None),
            (Curve::Reference { b1: 1.7 }, None),
        ] {
            let segments = Segments::random(curve, &e, f1, &f2, &mut random);
            for peak in [Some(&e), f1, Some(&f2)].into_iter().flatten() {
                assert!((segments.plasma_mhz2(peak.km).sqrt() - peak.mhz).abs() < 1e-3, "{curve:?} {peak:?}");
            }
            let table: Vec<f64> = (600..6000).map(|i| segments.plasma_mhz2(f64::from(i) * 0.1)).collect();
            let steps = table.windows(2).map(|pair| (pair[1] - pair[0]).abs());
            assert!(steps.fold(0.0, f64::max) < 0.5, "{curve:?}");
        }
    }
}

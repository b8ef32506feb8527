//! The intermediate layer E2: a thick layer between E and F1, whose trace comes down from the cusp of E and ends in one of
//! its own.

use super::Scene;
use super::curve::Curve;
use super::eregion::{Normal, SAME_CUSP};
use super::fregion::along;
use super::gain::WELL;
use super::layer::{Prior, Sample};
use super::refine::{least, only};
use super::sample::samples;
use crate::physics::x_of_o;

/// A thick layer between E and F1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Intermediate {
    /// Critical frequency of O, MHz.
    pub(super) fo_mhz: f64,
    /// One sigma of it, MHz.
    pub(super) sigma_mhz: f64,
    /// Least height of its trace, km.
    foot_km: f64,
}

/// Foot, parabolic thickness, even growth, lower layer, slow beginning and thin ionization of such a layer, km.
const PRIOR: Prior = Prior([(125.0, 20.0), (18.0, 10.0), (0.0, 8.0), (5.0, 6.0), (0.0, 1e-3), (0.0, 1e-3)]);
/// Ratios of its critical frequency to foE.
const SHARES: std::ops::Range<f64> = 1.06..1.6;
/// How much higher than E's foot its trace stands at least, km.
const ABOVE_KM: f64 = 10.0;
/// Virtual height below which its trace shows; F1 stands higher, km.
const HIGHEST_KM: f64 = 170.0;
/// Samples of its trace that are fitted.
const SAMPLES: usize = 60;
/// Least rise of its trace to its cusp, km.
const RISE_KM: f64 = 9.0;
/// Least fall of its first points from the cusp of E, km.
const FALL_KM: f64 = 5.0;
const FIRST_POINTS: usize = 3;
/// How near to the X cusp of E a cusp is E's own, as a share.
const TWIN: f64 = 0.03;
/// Share of its trace that the layer explains.
const EXPLAINED: f64 = 0.7;
/// Share of the critical frequency that is one sigma of it.
const SIGMA_SHARE: f64 = 0.01;

/// The intermediate layer over normal E among first echoes: low ones and those that F begins with.
pub(super) fn intermediate(curves: &[Curve], normal: &Normal, scene: &Scene<'_>) -> Option<Intermediate> {
    let from_cusp = |curve: &Curve| (0.97..SAME_CUSP).contains(&(curve.first_mhz() / normal.fo_mhz));
    let at_height =
        |curve: &Curve| curve.tenth_km().is_some_and(|km| (normal.foot_km + ABOVE_KM..HIGHEST_KM).contains(&km));
    let is = |curve: &&Curve| {
        let of_x = curve.last_mhz() / x_of_o(normal.fo_mhz, scene.gyro_mhz);
        let begins = curve.points.iter().take(FIRST_POINTS).map(|point| point.edge_km).fold(f64::MAX, f64::min);
        let cusps = begins > curve.lowest_km() + FALL_KM && curve.end_rise() > RISE_KM;
        curve.hop == 1 && cusps && from_cusp(curve) && at_height(curve) && (of_x - 1.0).abs() > TWIN
    };
    let found = curves.iter().find(is)?;
    let own: Vec<Sample> = samples(curves, scene, SAMPLES, |curve| std::ptr::eq(curve, found))
        .iter()
        .map(|sample| only(sample, 0))
        .collect();
    let fit = along(&own, scene, &PRIOR, found.last_mhz(), Some(normal.fo_mhz))?;
    let explained = own.iter().filter(|sample| least(&fit, sample).1 < WELL).count();
    let fo_mhz = fit.layer.critical_mhz;
    let shown = (explained as f64) > EXPLAINED * own.len() as f64;
    (shown && SHARES.contains(&(fo_mhz / normal.fo_mhz))).then_some(Intermediate {
        fo_mhz,
        sigma_mhz: SIGMA_SHARE * fo_mhz,
        foot_km: normal.foot_km + ABOVE_KM,
    })
}

impl Intermediate {
    /// The curve is the layer's O or X.
    pub(super) fn has(&self, curve: &Curve, scene: &Scene<'_>) -> bool {
        let ends = |mhz: f64| (curve.last_mhz() / mhz - 1.0).abs() < TWIN;
        let at_height = curve.tenth_km().is_some_and(|km| (self.foot_km..HIGHEST_KM).contains(&km));
        at_height && curve.end_rise() > RISE_KM && (ends(self.fo_mhz) || ends(x_of_o(self.fo_mhz, scene.gyro_mhz)))
    }

    /// A layer of this critical frequency is this one.
    pub(super) fn is(&self, critical_mhz: f64) -> bool {
        (critical_mhz / self.fo_mhz - 1.0).abs() < TWIN
    }
}

#[cfg(test)]
mod tests {
    use crate::model::Mode;
    use crate::physics::Stratum;
    use crate::scale::eregion::e_region;
    use crate::scale::testcurves::{scene, sky, stratum, traces};

    /// Layers one above the other, thin above their peaks.
    fn layer(critical_mhz: f64, peak_km: f64, half_km: f64) -> Stratum {
        Stratum { scale_km: 6.0, ..stratum(critical_mhz, peak_km, half_km) }
    }

    #[test]
    fn a_layer_between_e_and_f1_is_no_sheet() {
        let sky = sky(vec![layer(3.0, 110.0, 12.0), layer(3.6, 138.0, 16.0), stratum(7.0, 280.0, 90.0)]);
        for modes in [&[Mode::O][..], &[Mode::O, Mode::X]] {
            let curves = traces(&sky, modes, &[(1.6, 2.99), (3.02, 3.59), (3.64, 6.9)]);
            let read = e_region(&curves, &scene(), &[curves[1].points.clone(), curves[2].points.clone()]);
            let (normal, between) = (read.normal.unwrap(), read.intermediate.unwrap());
            assert!((normal.fo_mhz - 3.0).abs() < 0.06, "{}", normal.fo_mhz);
            assert!((between.fo_mhz - 3.6).abs() < 0.06, "{}", between.fo_mhz);
            assert!(read.sporadic.is_none(), "{:?}", read.sporadic);
        }
    }

    #[test]
    fn without_one_there_is_none() {
        let sky = sky(vec![layer(3.0, 110.0, 12.0), stratum(7.0, 280.0, 90.0)]);
        let curves = traces(&sky, &[Mode::O, Mode::X], &[(1.6, 2.99), (3.04, 6.9)]);
        let read = e_region(&curves, &scene(), &[curves[1].points.clone()]);
        assert!((read.normal.unwrap().fo_mhz - 3.0).abs() < 0.06);
        assert!(read.intermediate.is_none());
    }
}

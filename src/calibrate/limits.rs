//! Axes that are the picture's limits: formats without markers, and overrides by an archive's manifest.

use crate::model::{
    Calibration, Curve, HeightAxis, HeightDirection, MarkerStyle, PixelBox, RangeAxis, Sweep, SweepAxis, SweepLaw,
};

/// The same calibration with other limits for one picture, as a manifest gives them: the centre of the first column is
/// `start_mhz` and that of the last `stop_mhz`; the highest row is `stop_km` and the lowest `start_km` for heights that
/// grow upward. Markers are given up: the limits are the axis.
pub fn with_limits(
    calibration: &Calibration,
    law: SweepLaw,
    start_mhz: f64,
    stop_mhz: f64,
    start_km: f64,
    stop_km: f64,
) -> Calibration {
    let mut limited = calibration.clone();
    limited.sweep.law = law;
    limited.sweep.style = MarkerStyle::None;
    limited.sweep.start_mhz = start_mhz;
    limited.sweep.stop_mhz = stop_mhz;
    limited.sweep.markers.clear();
    limited.sweep_variants.clear();
    limited.height.style = MarkerStyle::None;
    limited.height.start_km = start_km;
    limited.height.stop_km = stop_km;
    limited
}

/// The frequency axis from the limits; `None` if they make no axis.
pub(super) fn limit_sweep(axis: &SweepAxis, panel: PixelBox) -> Option<Sweep> {
    let logarithmic = axis.law == SweepLaw::Logarithmic;
    let usable = panel.w > 1
        && axis.start_mhz.is_finite()
        && axis.stop_mhz.is_finite()
        && axis.stop_mhz > axis.start_mhz
        && (!logarithmic || axis.start_mhz > 0.0);
    if !usable {
        return None;
    }
    let value = |mhz: f64| if logarithmic { mhz.ln() } else { mhz };
    let curve = Curve {
        px: vec![f64::from(panel.x), f64::from(panel.right() - 1)],
        value: vec![value(axis.start_mhz), value(axis.stop_mhz)],
    };
    Some(Sweep { curve, logarithmic, shear: 0.0, reference_y: f64::from(panel.y) + f64::from(panel.h - 1) / 2.0 })
}

/// The height axis from the limits; `None` if they make no axis.
pub(super) fn limit_range(axis: &HeightAxis, panel: PixelBox) -> Option<RangeAxis> {
    let usable = panel.h > 1 && axis.start_km.is_finite() && axis.stop_km.is_finite() && axis.stop_km > axis.start_km;
    if !usable {
        return None;
    }
    let value = match axis.direction {
        HeightDirection::Up => vec![axis.stop_km, axis.start_km],
        HeightDirection::Down => vec![axis.start_km, axis.stop_km],
    };
    let curve = Curve { px: vec![f64::from(panel.y), f64::from(panel.bottom() - 1)], value };
    Some(RangeAxis { curve, tilt: 0.0, reference_x: f64::from(panel.x) + f64::from(panel.w - 1) / 2.0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::shipped_calibration;

    #[test]
    fn limits_stand_at_pixel_centres() {
        let linear = shipped_calibration("linear").expect("shipped");
        let limited = with_limits(&linear, SweepLaw::Logarithmic, 1.0, 16.0, 90.0, 290.0);
        let panel = PixelBox::new(0, 0, 301, 201);
        let sweep = limit_sweep(&limited.sweep, panel).expect("axis");
        assert!((sweep.mhz_at(0.0, 0.0) - 1.0).abs() < 1e-9);
        assert!((sweep.mhz_at(150.0, 3.0) - 4.0).abs() < 1e-9);
        assert!((sweep.mhz_at(300.0, 0.0) - 16.0).abs() < 1e-9);
        let range = limit_range(&limited.height, panel).expect("axis");
        assert!((range.km_at(0.0, 0.0) - 290.0).abs() < 1e-9);
        assert!((range.km_at(0.0, 200.0) - 90.0).abs() < 1e-9);
    }

    #[test]
    fn limits_that_make_no_axis_are_refused() {
        let linear = shipped_calibration("linear").expect("shipped");
        let panel = PixelBox::new(0, 0, 301, 201);
        for (law, start, stop) in
            [(SweepLaw::Linear, 5.0, 5.0), (SweepLaw::Logarithmic, 0.0, 5.0), (SweepLaw::Linear, f64::NAN, 5.0)]
        {
            assert!(limit_sweep(&with_limits(&linear, law, start, stop, 0.0, 800.0).sweep, panel).is_none());
        }
        assert!(limit_sweep(&linear.sweep, PixelBox::new(0, 0, 1, 1)).is_none());
    }
}

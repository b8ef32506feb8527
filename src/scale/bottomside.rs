//! Characteristics of a ground-based ionogram.

use super::cusp::{Critical, critical};
use super::reading::{Letters, Reading, bottom, lowest, points, strongest, top};
use super::transmission::maximum_usable_frequency;
use super::{ScaleConfig, Scene};
use crate::model::{Characteristic, CharacteristicName as Name, Layer, Mode, Trace};

/// First-hop traces by layer and component.
struct Selection<'a>(&'a [Trace]);

impl<'a> Selection<'a> {
    fn of(&self, layers: &[Layer], modes: &[Mode]) -> Vec<&'a Trace> {
        self.0
            .iter()
            .filter(|trace| trace.hop == 1 && layers.contains(&trace.layer) && modes.contains(&trace.mode))
            .collect()
    }
}

/// Scales the F, E and Es characteristics. Letters for what is absent: B no echo (absorption or none seen), L no cusp,
/// G too thin to be seen.
pub(super) fn scale(traces: &[Trace], scene: &Scene<'_>, config: &ScaleConfig) -> Vec<Characteristic> {
    let select = Selection(traces);
    let highest = [Layer::F, Layer::F2];
    let ordinary = [Mode::O, Mode::Unknown];
    let o = select.of(&highest, &[Mode::O]);
    let x = select.of(&highest, &[Mode::X]);
    let f = select.of(&[Layer::F, Layer::F1, Layer::F2], &ordinary);
    let f1 = select.of(&[Layer::F1], &[Mode::O]);
    let e = select.of(&[Layer::E], &ordinary);
    let fo_e = cusp(&e, scene, config);
    let es: Vec<&Trace> = select
        .of(&[Layer::Es], &ordinary)
        .into_iter()
        .filter(|trace| !is_extraordinary_e(trace, fo_e.as_ref(), scene, config))
        .collect();
    let echoes = select.of(&[Layer::E, Layer::Es, Layer::F, Layer::F1, Layer::F2], &ordinary);

    let fo_f2 = fo_f2(&select, scene, config);
    let muf = muf(&o, fo_f2.as_ref(), scene);
    let factor = muf.zip(fo_f2).map(|(muf, fo)| Reading { value: muf.value / fo.value, ..muf });
    let factor = factor.map(|factor| Reading::around(factor.value, 0.03 * factor.value, factor.confidence));
    let plain = |traces: &[&Trace]| {
        cusp(traces, scene, config).map(|found| Reading::critical(&found, scene, Letters::none(), strongest(traces)))
    };
    vec![
        Reading::row(Name::FoF2, fo_f2, 'B'),
        Reading::row(Name::FxF2, plain(&x), 'B'),
        Reading::row(Name::M3000F2, factor, 'B'),
        Reading::row(Name::Muf3000F2, muf, 'B'),
        Reading::row(Name::FoF1, plain(&f1), 'L'),
        Reading::row(Name::HF, lowest(&f, scene), 'B'),
        Reading::row(Name::FoE, plain(&e), 'B'),
        Reading::row(Name::HE, lowest(&e, scene), 'B'),
        Reading::row(Name::FoEs, top(&es, scene), 'G'),
        Reading::row(Name::HEs, lowest(&es, scene), 'G'),
        Reading::row(Name::Fmin, bottom(&echoes, scene), 'B'),
        Reading::row(Name::FxI, top(&x, scene), 'B'),
    ]
}

/// foF2 from the O trace; deduced from the X trace (letters J X) where only that is seen; uncertain (U M) where the
/// component is not known.
fn fo_f2(select: &Selection<'_>, scene: &Scene<'_>, config: &ScaleConfig) -> Option<Reading> {
    let highest = [Layer::F, Layer::F2];
    let o = select.of(&highest, &[Mode::O]);
    if let Some(found) = cusp(&o, scene, config) {
        let letters = fading(&found, config);
        let share = if letters.is_plain() { 1.0 } else { 0.6 };
        return Some(Reading::critical(&found, scene, letters, share * strongest(&o)));
    }
    let x = select.of(&highest, &[Mode::X]);
    if let (Some(found), Some(gyro)) = (cusp(&x, scene, config), scene.gyrofrequency_mhz) {
        // fx (fx - fB) = fo^2 follows from fx = fB/2 + sqrt(fo^2 + fB^2/4).
        let ordinary = |fx: f64| (fx * (fx - gyro)).max(0.0).sqrt();
        let deduced = Critical {
            mhz: ordinary(found.mhz),
            lower: ordinary(found.lower),
            upper: ordinary(found.upper),
            rise_km: found.rise_km,
        };
        return Some(Reading::critical(&deduced, scene, Letters::new(Some('J'), Some('X')), 0.8 * strongest(&x)));
    }
    let unknown = select.of(&highest, &[Mode::Unknown]);
    let found = cusp(&unknown, scene, config)?;
    let letters = Letters::new(Some('U'), Some('M'));
    let mut reading = Reading::critical(&found, scene, letters, 0.3 * strongest(&unknown));
    // If it is the X trace after all, foF2 lies half a gyrofrequency lower.
    let half_gyro = 0.5 * scene.gyrofrequency_mhz.unwrap_or(config.unknown_gyrofrequency_mhz);
    reading.lower = reading.lower.map(|lower| (lower - half_gyro).max(0.0));
    Some(reading)
}

/// D R where the trace ends before a cusp rises, U R where the rise leaves the asymptote wide open.
fn fading(found: &Critical, config: &ScaleConfig) -> Letters {
    let width = (found.upper - found.lower) / found.mhz.max(0.1);
    if found.rise_km < config.cusp_rise_km {
        Letters::new(Some('D'), Some('R'))
    } else if width > config.uncertain_share {
        Letters::new(Some('U'), Some('R'))
    } else {
        Letters::none()
    }
}

/// A trace of unknown component that ends where the X component of the E layer must end is that, and no sporadic E.
fn is_extraordinary_e(trace: &Trace, fo_e: Option<&Critical>, scene: &Scene<'_>, config: &ScaleConfig) -> bool {
    let (Some(fo_e), Some(end)) = (fo_e, points(&[trace], scene).last().map(|point| point.0)) else { return false };
    let half = 0.5 * scene.gyrofrequency_mhz.unwrap_or(config.unknown_gyrofrequency_mhz);
    let fx_e = half + fo_e.mhz.hypot(half);
    trace.mode == Mode::Unknown && (end - fx_e).abs() < config.component_tolerance_mhz
}

/// MUF(3000)F2 of the O trace, read only where foF2 itself is sure.
fn muf(o: &[&Trace], fo_f2: Option<&Reading>, scene: &Scene<'_>) -> Option<Reading> {
    fo_f2.filter(|reading| reading.letters.is_plain())?;
    let value = maximum_usable_frequency(&points(o, scene))?;
    Some(Reading::around(value, 0.03 * value, strongest(o)))
}

fn cusp(traces: &[&Trace], scene: &Scene<'_>, config: &ScaleConfig) -> Option<Critical> {
    critical(&points(traces, scene), scene.km_error, config.cusp_reach)
}

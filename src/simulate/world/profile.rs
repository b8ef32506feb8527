//! Electron density against height: layers drawn at random, in one of several families of shapes.

use super::chapman::Chapman;
use super::segments::{Curve, Segments};
use crate::physics::Epstein;
use crate::simulate::random::Random;

/// A family of profile shapes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::simulate) enum Family {
    /// Chapman layers whose scale height varies with height.
    Chapman,
    /// Parabolic segments joined smoothly (Dyson and Bennett, J. Atmos. Terr. Phys. 50, 1988).
    Segments,
    /// The bottomside of the International Reference Ionosphere: exp(-x^B1) / cosh x (Bilitza, Adv. Space Res. 25, 2000).
    Reference,
    /// Layers of the shape of Epstein.
    Epstein,
}

impl Family {
    pub(in crate::simulate) const ALL: [Self; 4] = [Self::Chapman, Self::Segments, Self::Reference, Self::Epstein];
}

/// Part of the day, which decides what the E and F1 layers are like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hour {
    Day,
    Twilight,
    Night,
}

impl Hour {
    /// Cosine of the sun's zenith angle.
    pub(super) fn sun(self, random: &mut Random) -> f64 {
        let [low, high] = match self {
            Self::Day => [0.1, 1.0],
            Self::Twilight => [-0.1, 0.15],
            Self::Night => [-1.0, -0.15],
        };
        random.between(low, high)
    }
}

/// One peak of a draft.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Peak {
    pub(super) mhz: f64,
    pub(super) km: f64,
    /// Thickness below, km: the half thickness of the parabola that touches the peak.
    pub(super) below_km: f64,
    /// Scale height above, km.
    pub(super) above_km: f64,
}

/// The shape of a family with its layers.
enum Shape {
    Chapman(Vec<Chapman>),
    Segments(Segments),
    Epstein(Vec<Epstein>),
}

impl Shape {
    fn mhz2(&self, km: f64) -> f64 {
        match self {
            Self::Chapman(layers) => layers.iter().map(|layer| layer.plasma_mhz2(km)).sum(),
            Self::Segments(segments) => segments.plasma_mhz2(km),
            Self::Epstein(layers) => layers.iter().map(|layer| layer.plasma_mhz2(km)).sum(),
        }
    }
}

/// A profile as it is drawn at random.
pub(super) struct Draft {
    shape: Shape,
    /// Layers that lie on top of the shape: a faint F1, an intermediate layer, underlying ionization.
    extra: Vec<Epstein>,
    /// Ripple of a travelling disturbance in the F region: amplitude as a share of the density, wavelength (km), phase (turns).
    ripple: [f64; 3],
    pub(super) hour: Hour,
    pub(super) e_km: f64,
    pub(super) e2_km: Option<f64>,
    pub(super) f2_mhz: f64,
}

impl Draft {
    pub(super) fn random(family: Family, random: &mut Random) -> Self {
        let hour = match random.share() {
            share if share < 0.52 => Hour::Day,
            share if share < 0.67 => Hour::Twilight,
            _ => Hour::Night,
        };
        let [least, most] = match hour {
            Hour::Day => [2.0, 4.5],
            Hour::Twilight => [1.0, 2.5],
            Hour::Night => [0.3, 0.8],
        };
        let e = Peak {
            mhz: random.between(least, most),
            km: random.between(98.0, 125.0),
            below_km: random.between(6.0, 24.0),
            above_km: random.between(4.0, 18.0),
        };
        let f2 = f2_of(e.mhz, random);
        let f1 = f1_of(&e, &f2, hour, random);
        let distinct = random.share();
        let mut extra = Vec::new();
        let shape = match family {
            Family::Chapman => Shape::Chapman(Chapman::layers(&e, f1.as_ref(), &f2, random)),
            Family::Segments => {
                let joined = f1.filter(|_| distinct > 0.4);
                Shape::Segments(Segments::random(Curve::Parabola, &e, joined.as_ref(), &f2, random))
            }
            Family::Reference => {
                let b1 = random.between(1.6, 4.0);
                Shape::Segments(Segments::random(Curve::Reference { b1 }, &e, None, &f2, random))
            }
            Family::Epstein => {
                let layer = |peak: &Peak, growth: f64| Epstein {
                    peak_mhz2: 0.0,
                    peak_km: peak.km,
                    below_km: 0.5 * peak.below_km,
                    above_km: peak.above_km,
                    above_growth: growth,
                };
                let mut layers = vec![layer(&f2, 0.15), layer(&e, 0.0)];
                layers.extend(f1.as_ref().map(|f1| layer(f1, 0.0)));
                let mut targets = vec![f2.mhz, e.mhz];
                targets.extend(f1.as_ref().map(|f1| f1.mhz));
                crate::physics::fit_peaks(&mut layers, &targets);
                Shape::Epstein(layers)
            }
        };
        // Where the family has no F1 of its own, it lies on top.
        let on_top = match family {
            Family::Segments => f1.filter(|_| distinct <= 0.4),
            Family::Reference => f1,
            Family::Chapman | Family::Epstein => None,
        };
        let reach =
            |km: f64, extra: &[Epstein]| shape.mhz2(km) + extra.iter().map(|layer| layer.plasma_mhz2(km)).sum::<f64>();
        let add = |km: f64, mhz: f64, [below_km, above_km]: [f64; 2], extra: &mut Vec<Epstein>| {
            let peak_mhz2 = mhz * mhz - reach(km, extra);
            let is_denser = peak_mhz2 > 0.0;
            if is_denser {
                extra.push(Epstein { peak_mhz2, peak_km: km, below_km, above_km, above_growth: 0.0 });
            }
            is_denser
        };
        if let Some(f1) = on_top {
            add(f1.km, f1.mhz, [0.5 * f1.below_km, f1.above_km], &mut extra);
        }
        let mut e2_km = None;
        if hour != Hour::Night && random.chance(0.12) {
            let (km, mhz) = (random.between(e.km + 20.0, 170.0), e.mhz * random.between(1.04, 1.4));
            let widths = [random.between(2.0, 8.0), random.between(2.0, 8.0)];
            e2_km = add(km, mhz, widths, &mut extra).then_some(km);
        }
        if hour != Hour::Day && random.chance(0.4) {
            let (km, mhz) = (random.between(130.0, f2.km - 70.0), random.between(0.3, 0.75) * f2.mhz.min(3.0));
            let widths = [random.between(8.0, 30.0), random.between(8.0, 40.0)];
            // So thin that it only delays what passes.
            if km > 130.0 {
                add(km, mhz.min(0.98 * shape.mhz2(f2.km - 40.0).sqrt()), widths, &mut extra);
            }
        }
        let amplitude = if random.chance(0.2) { random.between(0.004, 0.04) } else { 0.0 };
        let ripple = [amplitude, random.between(40.0, 180.0), random.share()];
        Self { shape, extra, ripple, hour, e_km: e.km, e2_km, f2_mhz: f2.mhz }
    }

    /// Square of the plasma frequency against height, MHz^2 and km.
    pub(super) fn density(&self) -> impl Fn(f64) -> f64 + '_ {
        |km| {
            let [amplitude, wave_km, phase] = self.ripple;
            // It grows out of the lower F region.
            let grown = ((km - 150.0) / 40.0).clamp(0.0, 1.0);
            let ripple = amplitude * grown * (std::f64::consts::TAU * (km / wave_km + phase)).sin();
            // Below E electrons vanish fast, whatever the tail of a thick layer would have.
            let below = ((self.e_km - km) / 14.0).max(0.0);
            (1.0 + ripple)
                * (-below * below).exp()
                * (self.shape.mhz2(km) + self.extra.iter().map(|layer| layer.plasma_mhz2(km)).sum::<f64>())
        }
    }
}

/// F2 of any height and thickness; mostly of 2.5 to 12 MHz, always above E.
fn f2_of(e_mhz: f64, random: &mut Random) -> Peak {
    let [low, high]: [f64; 2] = if random.chance(0.75) { [2.5, 12.0] } else { [1.2, 18.0] };
    let low = low.max(1.2 * e_mhz);
    let km = random.between(200.0, 450.0) + random.between(-20.0, 100.0);
    Peak {
        mhz: low * (high / low).powf(random.share()),
        km,
        below_km: ((km - 105.0) * random.between(0.2, 0.85)).max(28.0),
        above_km: random.between(35.0, 90.0),
    }
}

/// F1 by day and rarely in twilight, from what hardly shows to a full peak.
fn f1_of(e: &Peak, f2: &Peak, hour: Hour, random: &mut Random) -> Option<Peak> {
    let chance = match hour {
        Hour::Day => 0.6,
        Hour::Twilight => 0.15,
        Hour::Night => 0.0,
    };
    let km = random.between(155.0, 225.0);
    let [low, high] = [1.12 * e.mhz, 0.95 * f2.mhz];
    let mhz = random.between(low.max(1.1 * e.mhz), high.min(1.9 * e.mhz + 0.5).max(low));
    let fits = random.chance(chance) && high > low && km > e.km + 35.0 && km < f2.km - 35.0;
    fits.then(|| Peak { mhz, km, below_km: random.between(16.0, 55.0), above_km: random.between(8.0, 45.0) })
}

//! Ionospheres of every kind, far wider than one station's climate: parameters drawn widely and independently for each frame, so
//! that whoever learns from the film learns the physics of echoes and not one model's habits (domain randomisation).
//!
//! One concept a file: [`profile`] the density, [`place`] the field, [`sporadic`] Es, [`spread`] spread F and oblique traces.

mod chapman;
mod place;
mod profile;
mod segments;
mod sporadic;
mod spread;

use super::echo::Receiver;
use super::random::Random;
use super::sky::{Lacuna, Place, Sky, Traits, ledge_of};
use crate::physics::Sounding;
pub(super) use profile::Family;
use profile::{Draft, Hour};

/// Height of the density tables, km.
const TOP_KM: f64 = 900.0;

/// Prominence of the O trace's height from which an operator reads a cusp of F1, km.
const PROMINENCE_KM: f64 = 10.0;

/// A place and its ionosphere, of a profile family or of any.
pub(super) fn random_sky(random: &mut Random, family: Option<Family>) -> (Place, Sky) {
    let family = family.unwrap_or_else(|| Family::ALL[random.index(Family::ALL.len())]);
    loop {
        let (place, sin2) = place::random_place(random);
        // A draft whose layers swallow each other is drawn again.
        if let Some(sky) = sky_of(&place, sin2, &Draft::random(family, random), random) {
            return (place, sky);
        }
    }
}

/// What a sounder of any kind makes of the echoes; band, reach and film are those of `usual`.
pub(super) fn random_receiver(random: &mut Random, usual: &Receiver) -> Receiver {
    /// Loss of the component that a polarised antenna rejects, dB.
    const REJECTED_DB: f64 = 45.0;
    let [mut o_db, mut x_db] = [0.0, random.between(-1.0, 10.0)];
    if random.chance(0.06) {
        if random.chance(0.6) {
            x_db = REJECTED_DB;
        } else {
            [o_db, x_db] = [REJECTED_DB, 0.0];
        }
    }
    Receiver { power_db: random.between(30.0, 60.0), x_db, o_db, antenna_mhz: random.between(0.8, 2.5), ..*usual }
}

/// The ionosphere of a draft; `None` if its layers are not in order.
fn sky_of(place: &Place, sin2: f64, draft: &Draft, random: &mut Random) -> Option<Sky> {
    let sounding = Sounding::new(draft.density(), TOP_KM, place.gyro_mhz, sin2, place.sounder_km);
    let f2 = sounding.maxima().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let near = |km: f64| {
        let peaks = sounding.maxima().filter(move |peak| (peak.0 - km).abs() < 12.0);
        peaks.min_by(move |a, b| (a.0 - km).abs().total_cmp(&(b.0 - km).abs()))
    };
    // Thin lower layers may drown in the F layer's foot at night: then there is no trace that could show them.
    let e = near(draft.e_km).unwrap_or((draft.e_km, sounding.plasma_mhz(draft.e_km)));
    let e2 = draft.e2_km.and_then(near).filter(|e2| e2.1 > e.1 && e2.0 > e.0);
    let top = e2.unwrap_or(e);
    let in_order = f2.1 > 1.08 * top.1 && f2.0 > top.0 + 35.0 && (f2.1 / draft.f2_mhz - 1.0).abs() < 0.1;
    if !in_order || (draft.hour == Hour::Day && near(draft.e_km).is_none()) {
        return None;
    }
    // Peaks that rise above all below them make a cusp each: more than one between E and F2 has no name.
    let mut highest = top;
    let cusps = sounding.maxima().filter(|&peak| {
        let rises = peak.0 > top.0 + 1.0 && peak.1 > highest.1;
        if rises {
            highest = peak;
        }
        rises
    });
    if cusps.count() > 2 {
        return None;
    }
    let f1 = ledge_of(&sounding, top, f2, PROMINENCE_KM);
    let is_night = draft.hour == Hour::Night;
    // Without sun there is no F1: underlying ionization that makes a cusp is another draft's.
    if is_night && f1.is_some_and(|f1| f1.is_cusp) {
        return None;
    }
    let f1 = f1.filter(|_| !is_night);
    let traits = Traits {
        is_wide: true,
        e2,
        z_db: place::random_z(sin2, random),
        hops: 5,
        dispersion_km_mhz: 10f64.powf(random.between(2.3, 3.6)),
        cut_share: if random.chance(0.12) { random.between(0.004, 0.08) } else { 0.0 },
        x_share: random.between(0.2, 1.1),
        lacuna: random_lacuna(e.1, f1.map(|f1| f1.mhz), f2.1, random),
        satellites: spread::random_satellites(random),
    };
    Some(Sky {
        e,
        f1,
        f2,
        sporadic: sporadic::random_sporadic(e, draft.hour, sin2, random),
        spread: spread::random_spread(random),
        absorption_db: random_absorption(is_night, random),
        sun: draft.hour.sun(random),
        sin2,
        traits,
        sounding,
    })
}

/// Absorption at 1 MHz effective frequency, dB: from none to that of a storm, which leaves no echo at all.
fn random_absorption(is_night: bool, random: &mut Random) -> f64 {
    let [least, most]: [f64; 2] = match random.share() {
        share if share < 0.06 => [500.0, 4000.0],
        _ if is_night => [2.0, 60.0],
        _ => [10.0, 700.0],
    };
    least * (most / least).powf(random.share())
}

/// A missing stretch of F1 or F2, in a few frames (URSI Handbook, section 2.75).
fn random_lacuna(fo_e: f64, fo_f1: Option<f64>, fo_f2: f64, random: &mut Random) -> Option<Lacuna> {
    if !random.chance(0.05) {
        return None;
    }
    let split = fo_f1.unwrap_or(fo_e + (fo_f2 - fo_e) * random.between(0.3, 0.8));
    let (from, to) = if random.chance(0.5) { (fo_e, split) } else { (split, fo_f2) };
    let whole = random.chance(0.4);
    let [low, high] = if whole { [0.0, 1.0] } else { [random.between(0.0, 0.5), random.between(0.5, 1.02)] };
    let mhz = [from + low * (to - from), from + high * (to - from)];
    Some(Lacuna { mhz, loss_db: random.between(10.0, 60.0) })
}

#[cfg(test)]
mod tests;

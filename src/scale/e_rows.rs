//! Characteristics of normal and sporadic E.

use super::bottomside::Sight;
use super::es_type::{Around, type_es};
use super::letters::Condition;
use super::naming::lowest_km;
use super::reading::Reading;
use crate::model::{Characteristic, CharacteristicName as Name};

/// Largest height over the layer's foot at which a trace still counts as seen to its flat part, km.
const FLAT_KM: f64 = 12.0;
/// Share of the sureness of foEs that is left where the trace is patchy.
const PATCHY: f64 = 0.5;
/// How sure fbEs is where multiples of the sheet cover the low end of F, and foEs where a weak end is X or noise.
const UNCLEAR: f64 = 0.005;
/// Cosine of the sun's zenith angle below which no light reaches the E region and what was left of it is gone.
const DARK: f64 = -0.25;
/// How sure a layer between E and F1 is that shows both its cusps.
const INTERMEDIATE: f64 = 0.8;
/// Ratio to the first frequency of the sweep up to which F from there on shows that E lies below the band.
const NO_E_BELOW: f64 = 1.25;

pub(super) fn rows(sight: &Sight<'_>) -> Vec<Characteristic> {
    let (scene, named) = (sight.scene, sight.named);
    let normal = sight.low.normal.as_ref();
    let sheet = sight.low.sporadic.as_ref();
    let no_e = Some(match sheet {
        Some(_) => Condition::Blanketed,
        None if f_from_start(sight) => Condition::BelowBand,
        None => Condition::Absorbed,
    });
    // A thick layer long after sunset is made by particles.
    let is_particle = normal.is_some_and(|normal| normal.rises) && scene.sun.is_some_and(|sun| sun < DARK);
    let fo_e = normal.map(|normal| {
        let sigma = normal.sigma_mhz.hypot(scene.mhz_axis);
        let reading = Reading::measured(normal.fo_mhz, sigma, 0.05, if normal.rises { 0.95 } else { 0.8 });
        match normal.rises {
            true if is_particle => reading.under(Name::FoE, Condition::Particles),
            true => reading,
            false => reading.under(Name::FoE, Condition::UncertainCusp),
        }
    });
    // A trace of which only the rise is seen does not show its lowest height.
    let flat_seen = |km: &f64| normal.is_some_and(|normal| km - normal.foot_km < FLAT_KM);
    let h_e = normal.and_then(|normal| lowest_km(&normal.points, |_| true)).filter(flat_seen);
    let h_e_reading = h_e.map(|km| match sight.height(km, 0.9) {
        reading if is_particle => reading.under(Name::HE, Condition::Particles),
        reading => reading,
    });
    let fo_es = sheet.map(|sheet| {
        let sigma = if sheet.step_seen { 0.04 } else { 0.06 };
        let sure = if sheet.step_seen { 0.8 } else { 0.75 };
        let sure = if sheet.is_doubtful { UNCLEAR } else { sure };
        let reading = Reading::measured(sheet.fo_mhz, sigma, 0.1, if sheet.is_patchy { PATCHY * sure } else { sure });
        if sheet.step_seen { reading } else { reading.under(Name::FoEs, Condition::FromX) }
    });
    let fb_es = sheet.and_then(|sheet| {
        let Some(first) = named.first_mhz() else {
            return Some(Reading::measured(sheet.fo_mhz, 0.06, 0.1, 0.4).under(Name::FbEs, Condition::BlanketsAll));
        };
        // Where F may begin within a multiple of the sheet, the place is not told.
        let sure = if named.unclear_from.is_some() { UNCLEAR } else { 0.85 };
        let reading = Reading::measured(first.min(sheet.fo_mhz), 0.06, 0.1, sure);
        let transparent = first <= sheet.first_mhz * 1.04;
        if transparent {
            return Some(Reading { lower: None, ..reading.under(Name::FbEs, Condition::Transparent) });
        }
        (first < sheet.last_mhz).then_some(reading)
    });
    let no_sheet = normal.map(|_| Condition::NoDenser);
    let intermediate = sight.low.intermediate.as_ref().map(|layer| {
        let reading = Reading::measured(layer.fo_mhz, layer.sigma_mhz.hypot(scene.mhz_axis), 0.05, INTERMEDIATE);
        sight.row(Name::FoE2, Some(reading), None)
    });
    let mut rows = vec![
        sight.row(Name::FoE, fo_e, no_e),
        sight.row(Name::HE, h_e_reading, no_e),
        sight.row(Name::FoEs, fo_es, no_sheet),
        sight.row(Name::FbEs, fb_es, no_sheet),
        sight.row(Name::HEs, sheet.map(|sheet| sight.height(sheet.km, 0.9)), no_sheet),
        type_of(sight, h_e),
    ];
    rows.extend(intermediate);
    rows
}

/// Type of the sheet. The letter stands as a small descriptive letter.
fn type_of(sight: &Sight<'_>, h_e_km: Option<f64>) -> Characteristic {
    let row = sight.row(Name::TypeEs, None, sight.low.normal.as_ref().map(|_| Condition::NoDenser));
    let Some(sheet) = &sight.low.sporadic else { return row };
    let around = Around { sun: sight.scene.sun, h_e_km, f_from_start: f_from_start(sight) };
    match type_es(sheet, sight.low.normal.as_ref(), around) {
        None => Characteristic { descriptor: None, ..row },
        kind => Characteristic { descriptor: kind, confidence: (0.7 * sheet.sureness) as f32, ..row },
    }
}

/// The F region shows from the first frequency of the sweep on: E lies below the band.
fn f_from_start(sight: &Sight<'_>) -> bool {
    sight.named.first_mhz().is_some_and(|first| first < NO_E_BELOW * sight.scene.band_mhz[0])
}

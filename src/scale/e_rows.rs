//! Characteristics of normal and sporadic E.

use super::bottomside::Sight;
use super::letters::Condition;
use super::naming::lowest_km;
use super::reading::Reading;
use crate::model::{Characteristic, CharacteristicName as Name};

/// Largest height over the layer's foot at which a trace still counts as seen to its flat part, km.
const FLAT_KM: f64 = 12.0;
/// Share of the sureness of foEs that is left where the trace is patchy.
const PATCHY: f64 = 0.5;
/// How sure fbEs is where multiples of the sheet cover the low end of F.
const UNCLEAR: f64 = 0.005;
/// Ratio to the first frequency of the sweep up to which F from there on shows that E lies below the band.
const NO_E_BELOW: f64 = 1.25;

pub(super) fn rows(sight: &Sight<'_>) -> Vec<Characteristic> {
    let (scene, named) = (sight.scene, sight.named);
    let normal = sight.low.normal.as_ref();
    let sheet = sight.low.sporadic.as_ref();
    let no_e = Some(match (sheet, named.first_mhz()) {
        (Some(_), _) => Condition::Blanketed,
        (None, Some(first)) if first < NO_E_BELOW * scene.band_mhz[0] => Condition::BelowBand,
        _ => Condition::Absorbed,
    });
    let fo_e = normal.map(|normal| {
        let sigma = normal.sigma_mhz.hypot(scene.mhz_axis);
        let reading = Reading::measured(normal.fo_mhz, sigma, 0.05, if normal.rises { 0.95 } else { 0.8 });
        if normal.rises { reading } else { reading.under(Name::FoE, Condition::UncertainCusp) }
    });
    // A trace of which only the rise is seen does not show its lowest height.
    let flat_seen = |km: &f64| normal.is_some_and(|normal| km - normal.foot_km < FLAT_KM);
    let h_e = normal.and_then(|normal| lowest_km(&normal.points, |_| true)).filter(flat_seen);
    let fo_es = sheet.map(|sheet| {
        let sigma = if sheet.step_seen { 0.04 } else { 0.06 };
        let sure = if sheet.step_seen { 0.8 } else { 0.75 };
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
    vec![
        sight.row(Name::FoE, fo_e, no_e),
        sight.row(Name::HE, h_e.map(|km| sight.height(km, 0.9)), no_e),
        sight.row(Name::FoEs, fo_es, no_sheet),
        sight.row(Name::FbEs, fb_es, no_sheet),
        sight.row(Name::HEs, sheet.map(|sheet| sight.height(sheet.km, 0.9)), no_sheet),
        type_es(sight),
    ]
}

/// Type of the sheet: at night f, by day c if it begins at the cusp of E or h if it lies well above, else l. The letter
/// stands as a small descriptive letter.
fn type_es(sight: &Sight<'_>) -> Characteristic {
    let row = sight.row(Name::TypeEs, None, sight.low.normal.as_ref().map(|_| Condition::NoDenser));
    let Some(sheet) = &sight.low.sporadic else { return row };
    let kind = match &sight.low.normal {
        None => return Characteristic { descriptor: None, ..row },
        Some(normal) if sheet.falls && sheet.km > normal.foot_km + HIGH_KM => 'h',
        Some(_) if sheet.falls => 'c',
        Some(_) => 'l',
    };
    Characteristic { descriptor: Some(kind), confidence: (0.7 * sheet.sureness) as f32, ..row }
}

/// Height over the foot of E from which a sheet is of the high type, km.
const HIGH_KM: f64 = 25.0;

//! Characteristics of normal and sporadic E.

use super::FrameContext;
use super::es_type::{Around, EsTrace, type_es};
use super::letters::Condition;
use super::reading::Reading;
use crate::model::{Characteristic, CharacteristicName as Name, Layer, Mode};

/// Cosine of the sun's zenith angle below which no light reaches the E region and what was left of it is gone.
const DARK: f64 = -0.25;
/// Ratio to the first frequency of the sweep up to which F from there on shows that E lies below the band.
const NO_E_BELOW: f64 = 1.25;
/// Fall of an Es trace from its low end from which it comes down from a cusp, km.
const FALLS_KM: f64 = 8.0;
/// Probability of foEs below which there is evidence that no sheet is there.
const NO_ES: f64 = 0.15;
/// Share of foEs from which the blanketing is complete where no F shows.
const SPREAD_OF_TOP: f64 = 0.97;

pub(super) fn rows(frame: &FrameContext<'_>) -> Vec<Characteristic> {
    let no_e = Some(if frame.is_present(Name::FoEs) {
        Condition::Blanketed
    } else if f_from_start(frame) {
        Condition::BelowBand
    } else {
        Condition::Absorbed
    });
    let fo_e = frame.reading(Name::FoE, None);
    // A thick layer long after sunset is made by particles.
    let is_particle = frame.geometry.sun.is_some_and(|sun| sun < DARK);
    let fo_e = fo_e.map(|reading| match is_particle && reading.is_plain() {
        true => reading.under(Name::FoE, Condition::Particles),
        false => reading,
    });
    let fo_e_value = fo_e.map(|reading| reading.value);
    let top = fo_e_value.unwrap_or(frame.geometry.band_mhz[1]);
    let h_e = frame.reading(Name::HE, frame.lowest(&[Layer::E], [0.0, top]));
    let mut out = vec![frame.row(Name::FoE, fo_e, no_e), frame.row(Name::HE, h_e, no_e)];
    out.extend(sporadic(frame, fo_e_value, h_e.map(|reading| reading.value)));
    out
}

/// Echoes of the F region show from the first frequency of the sweep on: no E in the band.
fn f_from_start(frame: &FrameContext<'_>) -> bool {
    let first = frame.span_mhz(Mode::O, &super::ANY_F).map(|(first, _)| first);
    first.is_some_and(|first| first < NO_E_BELOW * frame.geometry.band_mhz[0])
}

fn sporadic(frame: &FrameContext<'_>, fo_e: Option<f64>, h_e: Option<f64>) -> Vec<Characteristic> {
    // G needs evidence that no sheet is there beside a layer that is.
    let none = frame.presence(Name::FoEs) < NO_ES;
    let why = if none && fo_e.is_some() { Some(Condition::NoDenser) } else { None };
    let names = [Name::FoEs, Name::FbEs, Name::HEs, Name::TypeEs];
    let o = frame.span_mhz(Mode::O, &[Layer::Es]);
    let Some(fo_es) = frame.reading(Name::FoEs, None) else {
        let why = why.or((!none).then_some(Condition::NotTold));
        return names.map(|name| frame.row(name, None, why.filter(|_| name != Name::TypeEs))).to_vec();
    };
    let x = frame.span_mhz(Mode::X, &[Layer::Es]);
    let from_x = o.is_none_or(|(_, last)| last < 0.9 * fo_es.value) && x.is_some();
    let top = fo_es.value;
    let fo_es = if from_x { fo_es.under(Name::FoEs, Condition::FromX) } else { fo_es };
    let f = frame.span_mhz(Mode::O, &super::ANY_F);
    let f_shows = f.is_some();
    let fb_es =
        frame.reading(Name::FbEs, f.map(|(first, _)| frame.end(first))).map(|reading| match reading.value > top {
            true => Reading { value: top, ..reading },
            false => reading,
        });
    let fb_es = match fb_es {
        Some(reading) => Some(reading),
        // Nothing shows through: the blanketing is complete.
        None if !f_shows => {
            let all =
                Reading { confidence: fo_es.confidence, ..Reading::around(top, top * (1.0 - SPREAD_OF_TOP), 0.0) };
            Some(all.under(Name::FbEs, Condition::BlanketsAll))
        }
        None => None,
    };
    let h_es = frame.reading(Name::HEs, frame.lowest(&[Layer::Es], [0.0, 1.02 * top]));
    let kind = h_es.and_then(|h_es| {
        let curve = frame.first(Mode::O, &[Layer::Es]).min_by(|a, b| a.points[0].mhz.total_cmp(&b.points[0].mhz))?;
        let tenth = curve.points.len() / 10;
        let falls = curve.points[0].edge_km > curve.points[tenth.max(1).min(curve.points.len() - 1)].edge_km + FALLS_KM
            || curve.points[tenth].edge_km > h_es.value + FALLS_KM;
        let trace = EsTrace { first_mhz: curve.points[0].mhz, km: h_es.value, falls };
        let normal = fo_e.map(|fo| (fo, h_e));
        type_es(trace, Around { sun: frame.geometry.sun, normal, f_from_start: f_from_start(frame) })
    });
    let letter = frame.row(Name::TypeEs, None, None);
    let confidence = fo_es.confidence;
    vec![
        frame.row(Name::FoEs, Some(fo_es), None),
        frame.row(Name::FbEs, fb_es, Some(Condition::Transparent)),
        frame.row(Name::HEs, h_es, None),
        Characteristic { descriptor: kind, confidence: if kind.is_some() { confidence } else { 0.0 }, ..letter },
    ]
}

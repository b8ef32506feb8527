//! Types of sporadic E (UAG-23 section 4.8): where the Es layer stands to the normal E layer, and whether it is day.

/// What is read of a sporadic E trace.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct EsTrace {
    /// Lowest frequency of the trace, MHz.
    pub(super) first_mhz: f64,
    /// Its lowest height, km.
    pub(super) km: f64,
    /// Its low end comes down from a cusp: it lies above the normal E layer.
    pub(super) falls: bool,
}

/// What else the sky shows beside the Es layer.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Around {
    /// Cosine of the sun's zenith angle, where place and time are known.
    pub(super) sun: Option<f64>,
    /// Critical frequency of the normal E layer, MHz, and lowest height of its trace, km.
    pub(super) normal: Option<(f64, Option<f64>)>,
    /// The F region shows from the first frequency of the sweep on: there is no normal E layer in the band.
    pub(super) f_from_start: bool,
}

/// Share of foE above which an Es layer's trace begins that lies above the layer: below foE the layer hides it.
const HIDDEN_SHARE: f64 = 0.93;
/// Height over h'E from which an Es layer above the layer is of the high type, km.
const HIGH_KM: f64 = 16.0;
/// Lowest height of the E trace where it is not read, km.
const USUAL_E_KM: f64 = 105.0;
/// Cosines of the sun's zenith angle below which it is night for the E region, and above which it is day.
const NIGHT: f64 = -0.05;
const DAY: f64 = 0.05;

/// Letter of the type, if it can be told: f flat by night; by day l below the normal layer, c with a cusp at foE, h well
/// above it.
pub(super) fn type_es(es: EsTrace, around: Around) -> Option<char> {
    if let Some((fo_e, h_e)) = around.normal {
        let lies_above = es.falls || es.first_mhz > HIDDEN_SHARE * fo_e;
        let high = es.km > h_e.unwrap_or(USUAL_E_KM) + HIGH_KM;
        return Some(match (lies_above, high) {
            (true, true) => 'h',
            (true, false) => 'c',
            (false, _) => 'l',
        });
    }
    match around.sun {
        Some(sun) if sun < NIGHT => Some('f'),
        // The layer is there by day: what shows below its critical frequency lies below it.
        Some(sun) if sun > DAY && es.first_mhz < HIDDEN_SHARE * least_fo_e(sun) => Some('l'),
        Some(_) => None,
        None => around.f_from_start.then_some('f'),
    }
}

/// foE at the least solar activity, MHz: 0.9 (180 cos chi)^(1/4) (Davies, Ionospheric Radio, 1990).
fn least_fo_e(sun: f64) -> f64 {
    (0.9 * (180.0 * sun.max(0.0)).powf(0.25)).min(4.6)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn es(first_mhz: f64, km: f64, falls: bool) -> EsTrace {
        EsTrace { first_mhz, km, falls }
    }

    #[test]
    fn the_type_is_told_by_the_layer_and_the_sun() {
        for (trace, sun, wanted) in [
            (es(1.6, 98.0, false), None, 'l'),
            (es(3.25, 115.0, false), None, 'c'),
            (es(3.3, 117.0, true), Some(0.5), 'c'),
            (es(3.3, 135.0, true), Some(0.5), 'h'),
            (es(3.2, 128.0, false), None, 'h'),
        ] {
            let around = Around { sun, normal: Some((3.2, Some(105.0))), f_from_start: false };
            assert_eq!(type_es(trace, around), Some(wanted), "{trace:?}");
        }
    }

    #[test]
    fn without_the_layer_the_sun_tells_or_nothing() {
        let kind = |first_mhz, sun, f_from_start| {
            type_es(es(first_mhz, 105.0, false), Around { sun, normal: None, f_from_start })
        };
        assert_eq!(kind(1.0, Some(-0.4), false), Some('f'));
        assert_eq!(kind(1.4, Some(0.6), false), Some('l'));
        assert_eq!(kind(3.6, Some(0.6), false), None, "absorption hides the layer: the trace may be of any type");
        assert_eq!(kind(1.4, Some(0.0), false), None);
        assert_eq!(kind(1.4, None, false), None);
        assert_eq!(kind(1.4, None, true), Some('f'));
    }
}

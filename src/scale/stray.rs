//! Lines of noise that stand alone beyond all echoes.

use super::curve::Curve;

/// Span up to which a trace is a scrap and from which another is an echo to go by, as logarithms of frequencies.
const SCRAP: f64 = 0.045;
const LONG: f64 = 0.1;
/// Ratio to the highest frequency of all longer traces from which a scrap stands alone.
const BEYOND: f64 = 1.25;
/// Least rise of such a line, km.
const RISE_KM: f64 = 30.0;

/// A steep scrap far above the frequencies of all longer traces: a layer whose cusp it were would show below it too, down to
/// the cusp of the next one.
pub(super) fn stands_alone(curve: &Curve, others: &[Curve]) -> bool {
    let longer = others.iter().filter(|other| other.span() > LONG && other.first_mhz() < curve.first_mhz());
    let highest = longer.map(Curve::last_mhz).reduce(f64::max);
    let alone = highest.is_some_and(|mhz| curve.first_mhz() > BEYOND * mhz);
    alone && curve.span() < SCRAP && curve.rise() > RISE_KM
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Mode;
    use crate::scale::curve::Point;
    use crate::scale::testcurves::{sky, stratum, traces};

    #[test]
    fn a_steep_line_far_beyond_the_cusps_is_no_echo() {
        let layer = traces(&sky(vec![stratum(7.0, 300.0, 90.0)]), &[Mode::O, Mode::X], &[(2.5, 6.93)]);
        let at = |from: f64| {
            let points = layer[0].points.iter().enumerate().take(20);
            let place = |i: usize| (from + 0.01 * i as f64, 380.0 + 5.0 * i as f64);
            let points = points.map(|(i, p)| Point { mhz: place(i).0, edge_km: place(i).1, ..*p });
            Curve { points: points.collect(), ..layer[0].clone() }
        };
        assert!(stands_alone(&at(14.0), &layer));
        // The end of a trace whose middle is lost.
        assert!(!stands_alone(&at(8.4), &layer));
        assert!(!stands_alone(&at(14.0), &[]), "nothing to go by");
        assert!(layer.iter().all(|curve| !stands_alone(curve, &layer)));
    }
}

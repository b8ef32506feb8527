//! What is read of a topside ionogram: the deepest points of its O and X traces. A wave of higher frequency is reflected
//! deeper, so that is the point of highest frequency; near its cut-off X is slow and its range greater, but not its depth.

use super::letters::Condition;
use super::reading::{Accuracy, Reading, absent, points, strongest};
use crate::model::{Characteristic, CharacteristicName as Name, Layer, Mode, Trace};
use crate::scale::ScalingGeometry;

/// Frequency and apparent range of the deepest point of each trace.
pub(in crate::scale) fn scale(traces: &[Trace], geometry: &ScalingGeometry<'_>) -> Vec<Characteristic> {
    let of = |mode: Mode| -> Vec<&Trace> {
        traces.iter().filter(|t| t.hop == 1 && t.layer == Layer::Topside && t.mode == mode).collect()
    };
    let mut out = deepest(&of(Mode::O), geometry, Name::TopsideFoDeepest, Name::TopsideRangeODeepest);
    out.extend(deepest(&of(Mode::X), geometry, Name::TopsideFxDeepest, Name::TopsideRangeXDeepest));
    out
}

fn deepest(traces: &[&Trace], geometry: &ScalingGeometry<'_>, frequency: Name, range: Name) -> Vec<Characteristic> {
    let all = points(traces, geometry);
    let point = all.iter().copied().max_by(|a, b| a.0.total_cmp(&b.0)).filter(|_| all.len() >= 4);
    let confidence = strongest(traces);
    let mhz = point.map(|(mhz, _)| Reading::around(mhz, 2.0 * geometry.mhz_error, confidence));
    let km = point.map(|(_, km)| Reading::around(km, 2.0 * geometry.km_error, confidence));
    let row = |name: Name, reading: Option<Reading>| {
        reading.map_or_else(|| absent(name, Some(Condition::Absorbed)), |reading| reading.row(name, &Accuracy::ANY))
    };
    vec![row(frequency, mhz), row(range, km)]
}

//! Names for the ridges of topside film: O and X by a layer that explains them.

use super::{TraceConfig, topside};
use crate::model::{Grid, Layer, Mode, Ridge, Trace};

/// Names every ridge; what the geometry does not show stays unknown.
pub(super) fn label(ridges: &[Ridge], grid: &Grid, config: &TraceConfig) -> Vec<Trace> {
    let parts = ridges.iter().cloned().flat_map(topside::cut_where_it_turns_back);
    let unknown = |ridge| Trace { mode: Mode::Unknown, layer: Layer::Topside, hop: 1, confidence: 0.3, ridge };
    let mut traces: Vec<Trace> = parts.map(unknown).collect();
    topside::name(&mut traces, grid, config);
    traces
}

//! Tests of the values against the traces that they were read from: contrast, coverage, fit, multiple echoes.

use super::{Finding, QcInput, QualityConfig};
use crate::model::{Characteristic, CharacteristicName as Name, Flag, Layer, Mode, Trace};
use crate::scale::maximum_usable_frequency;

/// What the traces of a frame show, measured once for all its values.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct TraceFacts {
    /// Contrast of the best F trace, units of the noise.
    contrast: Option<f32>,
    /// Share of the frequencies between 0.6 foF2 and foF2 at which an F echo is seen.
    coverage: Option<f64>,
    /// M(3000)F2 by the seen O trace alone.
    factor: Option<f64>,
    /// Median of h'(second hop) - 2 h'(first hop), km.
    hop_km: Option<f64>,
}

/// Bins of frequency for the coverage.
const BINS: usize = 24;
/// Fewest points at which both hops are seen.
const HOP_POINTS: usize = 6;

impl TraceFacts {
    pub(super) fn of(input: &QcInput<'_>) -> Self {
        let (Some(sweep), Some(range)) = (&input.metadata.grid.sweep, &input.metadata.grid.range) else {
            return Self::default();
        };
        let points = |trace: &Trace| -> Vec<(f64, f64)> {
            let place =
                |x: f32, y: f32| (sweep.mhz_at(f64::from(x), f64::from(y)), range.km_at(f64::from(x), f64::from(y)));
            trace.ridge.points.iter().map(|point| place(point.x, point.edge_y)).collect()
        };
        let is_f = |trace: &&Trace| matches!(trace.layer, Layer::F | Layer::F1 | Layer::F2) && trace.hop == 1;
        let f_traces: Vec<&Trace> = input.traces.iter().filter(is_f).collect();
        let fo_f2 = input.characteristics.iter().find(|row| row.name == Name::FoF2).and_then(|row| row.value);
        let seen: Vec<(f64, f64)> = f_traces.iter().flat_map(|trace| points(trace)).collect();
        let coverage = fo_f2.filter(|_| !seen.is_empty()).map(|fo| {
            let mut bins = [false; BINS];
            for (mhz, _) in &seen {
                let share = (mhz / fo - 0.6) / 0.4;
                if (0.0..1.0).contains(&share) {
                    bins[(share * BINS as f64) as usize] = true;
                }
            }
            bins.iter().filter(|seen| **seen).count() as f64 / BINS as f64
        });
        let ordinary: Vec<(f64, f64)> = f_traces
            .iter()
            .filter(|trace| trace.mode == Mode::O)
            .flat_map(|trace| points(trace))
            .filter(|point| fo_f2.is_some_and(|fo| (0.5 * fo..=fo).contains(&point.0)))
            .collect();
        let factor = fo_f2
            .filter(|fo| ordinary.iter().any(|point| point.0 > 0.93 * fo))
            .and_then(|fo| Some(maximum_usable_frequency(&ordinary)? / fo));
        Self {
            contrast: f_traces.iter().map(|trace| trace.ridge.contrast).reduce(f32::max),
            coverage,
            factor,
            hop_km: hop_km(input.traces, &points),
        }
    }
}

/// By how much second hops stand off twice the height of first ones of the same component and region.
fn hop_km(traces: &[Trace], points: &dyn Fn(&Trace) -> Vec<(f64, f64)>) -> Option<f64> {
    let region = |layer: Layer| matches!(layer, Layer::E | Layer::Es);
    let mut off = Vec::new();
    for second in traces.iter().filter(|trace| trace.hop == 2 && trace.mode != Mode::Unknown) {
        let first: Vec<(f64, f64)> = traces
            .iter()
            .filter(|trace| trace.hop == 1 && trace.mode == second.mode && region(trace.layer) == region(second.layer))
            .flat_map(points)
            .collect();
        for (mhz, km) in points(second) {
            let nearest = first.iter().min_by(|a, b| (a.0 - mhz).abs().total_cmp(&(b.0 - mhz).abs()));
            // Where the trace is steep a small error of the frequency is a large one of the height.
            if let Some(point) = nearest.filter(|point| (point.0 / mhz - 1.0).abs() < 0.004) {
                off.push(km - 2.0 * point.1);
            }
        }
    }
    off.sort_by(f64::total_cmp);
    (off.len() >= HOP_POINTS).then(|| off[off.len() / 2])
}

/// Values that rest on the F traces' frequencies, and on their heights.
const OF_TRACE: &[Name] = &[Name::FoF2, Name::FxF2, Name::M3000F2, Name::Muf3000F2, Name::HpF2, Name::HF2, Name::HF];
const OF_HEIGHT: &[Name] =
    &[Name::HF, Name::HF2, Name::HpF2, Name::M3000F2, Name::M3000F1, Name::Muf3000F2, Name::HE, Name::HEs];

/// The tests that a value does not pass.
pub(super) fn run(row: &Characteristic, facts: &TraceFacts, config: &QualityConfig) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut add = |test| found.push(Finding { test, flag: Flag::Suspect, words: String::new() });
    if OF_TRACE.contains(&row.name) {
        if facts.contrast.is_some_and(|contrast| contrast < config.trace_contrast) {
            add("trace_contrast");
        }
        let is_unsure = row.confidence < config.sure_confidence;
        if is_unsure && facts.coverage.is_some_and(|share| share < config.trace_coverage) {
            add("trace_coverage");
        }
    }
    if row.name == Name::M3000F2
        && let (Some(seen), Some(fitted)) = (facts.factor, row.value)
        && (seen - fitted).abs() > config.fit_factor
    {
        add("fit_residual");
    }
    if OF_HEIGHT.contains(&row.name) && facts.hop_km.is_some_and(|off| off.abs() > config.hop_km) {
        add("hop_ratio");
    }
    found
}

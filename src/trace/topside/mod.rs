//! O and X of a topside ionogram.
//!
//! Near the sounder the X wave is close to its cut-off over a long path: its trace comes down steeply from the sounder's
//! own pulse and lies at greater range than the O trace, whose range only grows. Toward the peak of the layer it is the
//! O wave that is close to reflection; the traces cross, and O turns down at the lower frequency. Between, they run
//! together. No rule of thumb tells them apart everywhere; a layer that explains both traces does (`fit`), and each stretch
//! of a ridge then goes by the curve that it keeps to (`assign`).

mod assign;
mod curve;
mod fit;
mod turns;

use super::TraceConfig;
use crate::model::{Grid, Ridge, Trace};
use crate::statistics::upper_median;
use curve::Sample;
use fit::Scene;

pub(super) use turns::cut_where_it_turns_back;

/// Names the traces of a topside frame, parting them where they change from one curve to another. Where no layer explains
/// them, or two namings do, they stay as they are.
pub(super) fn name(traces: &mut Vec<Trace>, grid: &Grid, config: &TraceConfig) {
    let mut spaced: Vec<Vec<Sample>> = traces.iter().map(|trace| spaced(&trace.ridge, grid)).collect();
    let grounds: Vec<bool> = (0..spaced.len()).map(|own| is_ground(&spaced, own)).collect();
    spaced.iter_mut().zip(&grounds).filter(|(_, ground)| **ground).for_each(|(samples, _)| samples.clear());
    drop_resonances(&mut spaced);
    let samples = spaced.concat();
    let Some(px_per_km) = samples.first().map(|sample| sample.px_per_km) else { return };
    let tolerance_px = (config.topside_km * px_per_km).max(config.topside_px);
    let mut ends: Vec<(usize, f64)> =
        traces.iter().filter_map(|trace| Some((trace.ridge.points.len(), last_mhz(&trace.ridge, grid)?))).collect();
    ends.sort_by_key(|(length, _)| std::cmp::Reverse(*length));
    let ends_mhz: Vec<f64> = ends.into_iter().take(ENDS).map(|(_, mhz)| mhz).collect();
    let scene = Scene { samples: &samples, ends_mhz: &ends_mhz, tolerance_px, gyro_mhz: config.gyro_mhz };
    let Some(fit) = fit::fit(&scene) else { return };
    if fit.explained < config.topside_explained || fit.margin < config.topside_margin {
        return;
    }
    // Half of the margin that is always enough makes the names as likely as not.
    let sureness = 1.0 - 0.5 * (-fit.margin / config.topside_margin + 1.0).exp2().min(1.0);
    // A component of which nothing is seen but what it shares with the other is named, and not relied on.
    let confidence = fit.own.map(|own| {
        let sureness = sureness * fit.explained.powf(1.5) * (own / OWN).min(1.0);
        sureness.clamp(0.3, 0.95) as f32
    });
    *traces = assign::assign(traces, &grounds, &fit.layer, grid, tolerance_px, confidence);
}

/// Ridges whose ends are tried as the end of O or of X: the longest.
const ENDS: usize = 5;
/// Share of the points that a component should explain alone.
const OWN: f64 = 0.1;
/// Points that a ridge as long as the panel is high gives to the fit.
const SAMPLES: f64 = 40.0;

/// Whether a ridge is the ground, seen through the whole layer: its range falls with frequency, from where most of the other
/// ridges end. (The range of X falls too, near its cut-off.)
fn is_ground(ridges: &[Vec<Sample>], own: usize) -> bool {
    let Some((first, last)) = ridges[own].first().zip(ridges[own].last()) else { return false };
    let others = || ridges.iter().enumerate().filter(|(index, _)| *index != own).flat_map(|(_, samples)| samples);
    let lower = others().filter(|sample| sample.mhz < first.mhz).count();
    last.km < first.km && 2 * lower > others().count()
}

/// Drops what may be a resonance of the plasma and not the beginning of a trace: near to the sounder both come down from it,
/// but a resonance straight.
fn drop_resonances(ridges: &mut [Vec<Sample>]) {
    let near_km =
        assign::RESONANCE * upper_median(ridges.iter().flatten().map(|sample| sample.km).collect()).unwrap_or_default();
    for ridge in ridges {
        let near: Vec<&Sample> = ridge.iter().filter(|sample| sample.km < near_km).collect();
        let Some((first, last)) = near.first().zip(near.last()) else { continue };
        let width = (last.mhz - first.mhz).abs() * first.px_per_mhz;
        let height = (last.km - first.km).abs() * first.px_per_km;
        if width <= STRAIGHT * height {
            ridge.retain(|sample| sample.km >= near_km);
        }
    }
}

/// Widest leaning of a resonance, columns for each row.
const STRAIGHT: f64 = 0.06;

/// Points of a ridge, evenly spaced along it.
fn spaced(ridge: &Ridge, grid: &Grid) -> Vec<Sample> {
    let Some(range) = &grid.range else { return Vec::new() };
    let height = range.curve.px.last().zip(range.curve.px.first()).map_or(500.0, |(last, first)| last - first);
    let spacing = (height / SAMPLES) as f32;
    let mut out = Vec::new();
    let mut since = 0.5 * spacing;
    let mut before = None;
    for point in &ridge.points {
        since += before.map_or(0.0, |(x, y): (f32, f32)| (point.x - x).hypot(point.y - y));
        before = Some((point.x, point.y));
        if since >= spacing {
            since = 0.0;
            out.extend(Sample::at(f64::from(point.x), f64::from(point.y), grid));
        }
    }
    out
}

fn last_mhz(ridge: &Ridge, grid: &Grid) -> Option<f64> {
    let point = ridge.points.iter().max_by(|a, b| a.x.total_cmp(&b.x))?;
    Some(grid.sweep.as_ref()?.mhz_at(f64::from(point.x), f64::from(point.y))).filter(|mhz| *mhz > 0.3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Curve, Layer, Mode, RangeAxis, Sweep, TracePoint};
    use crate::physics::{Profile, Stratum};

    /// One pixel is 10 kHz by 2 km.
    fn grid() -> Grid {
        let curve = |last: f64, value: f64| Curve { px: vec![0.0, last], value: vec![0.0, value] };
        Grid {
            sweep: Some(Sweep { curve: curve(1000.0, 10.0), ..Sweep::default() }),
            range: Some(RangeAxis { curve: curve(750.0, 1500.0), ..RangeAxis::default() }),
            ..Grid::unproved("")
        }
    }

    /// What a satellite sees of one component between two frequencies.
    fn echo(mode: Mode, from: f64, to: f64) -> Trace {
        let layer = Stratum { critical_mhz: 5.0, peak_km: 320.0, half_km: 90.0, scale_km: 45.0, scale_growth: 0.1 };
        let sky = Profile { strata: vec![layer], gyro_mhz: 1.4, sin2: 0.05, sounder_km: 1000.0 };
        let points = (0..200)
            .map(|i| from + (to - from) * f64::from(i) / 199.0)
            .filter_map(|mhz| Some((mhz, sky.virtual_range(mhz, mode)?)))
            .map(|(mhz, km)| ((100.0 * mhz) as f32, (0.5 * km) as f32))
            .map(|(x, y)| TracePoint { x, y, edge_y: y, amplitude: 200 })
            .collect();
        let ridge = Ridge { points, contrast: 7.0 };
        Trace { mode: Mode::Unknown, layer: Layer::Topside, hop: 1, confidence: 0.3, ridge }
    }

    /// Share of the pixels' columns over which a component goes by its name.
    fn named(traces: &[Trace], mode: Mode, truth: &Trace) -> f64 {
        let held = |x: f32, y: f32| {
            traces
                .iter()
                .filter(|t| t.mode == mode)
                .flat_map(|t| &t.ridge.points)
                .any(|p| (p.x - x).hypot(p.y - y) < 3.0)
        };
        let points = &truth.ridge.points;
        points.iter().filter(|p| held(p.x, p.y)).count() as f64 / points.len() as f64
    }

    #[test]
    fn both_components_are_named_before_and_behind_their_crossing() {
        let truth = [echo(Mode::X, 2.3, 5.5), echo(Mode::O, 2.5, 4.95)];
        let mut traces = truth.to_vec();
        name(&mut traces, &grid(), &TraceConfig::default());
        let shares = [named(&traces, Mode::X, &truth[0]), named(&traces, Mode::O, &truth[1])];
        assert!(shares.iter().all(|share| *share > 0.9), "{shares:?}");
    }

    #[test]
    fn a_shape_that_no_layer_makes_stays_unnamed() {
        let line = |down: f32| {
            let points = (0..200).map(|i| (200.0 + 2.0 * i as f32, 300.0 + down - 0.8 * i as f32));
            let points = points.map(|(x, y)| TracePoint { x, y, edge_y: y, amplitude: 200 }).collect();
            Trace { ridge: Ridge { points, contrast: 7.0 }, ..echo(Mode::O, 2.0, 2.1) }
        };
        let mut traces = vec![line(0.0), line(150.0)];
        name(&mut traces, &grid(), &TraceConfig::default());
        assert!(traces.iter().all(|trace| trace.mode == Mode::Unknown));
    }
}

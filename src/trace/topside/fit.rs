//! A layer below the satellite whose O and X echoes go along the ridges that are seen.
//!
//! Which ridge is O and which is X is not assumed: each point counts for the nearer of the two curves. A coarse search over
//! all five numbers of the layer finds the ways in which the ridges can be named; each is then fitted, and the next best
//! naming tells how sure the best one is.

use super::curve::{Curve, Sample};
use crate::model::Mode;
use crate::physics::Topside;
use crate::statistics::upper_median;

/// What the fit looks at.
pub(super) struct Scene<'a> {
    /// Points evenly spaced along all ridges.
    pub(super) samples: &'a [Sample],
    /// Frequencies at which ridges end, MHz.
    pub(super) ends_mhz: &'a [f64],
    /// Distance at which a point is half explained, frame pixels.
    pub(super) tolerance_px: f64,
    /// Least and greatest gyrofrequency at 300 km, MHz.
    pub(super) gyro_mhz: [f64; 2],
}

/// The best layer and what speaks for its naming.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fit {
    pub(super) layer: Topside,
    /// Share of the points that are explained.
    pub(super) explained: f64,
    /// Shares of the points that O and X explain and the other does not.
    pub(super) own: [f64; 2],
    /// How much less of the points the best other naming explains, as a share of all.
    pub(super) margin: f64,
}

/// Steps of a curve in the coarse and in the fine search.
const COARSE: usize = 12;
const FINE: usize = 20;
/// Every so many samples count in the coarse search.
const THIN: usize = 3;
/// Weight of the part of the curves along which nothing is seen.
const UNSEEN: f64 = 0.12;
/// Share of the points in whose names two namings must differ to be two.
const DIFFERENT: f64 = 0.2;
/// Starts that are fitted roughly, how much they must differ, and how many of them are fitted to the end.
const STARTS: usize = 10;
const APART: f64 = 0.08;
const FINISHED: usize = 3;

/// The best layer for the ridges; `None` if there is next to nothing to fit.
pub(super) fn fit(scene: &Scene<'_>) -> Option<Fit> {
    if scene.samples.len() < 12 {
        return None;
    }
    let thin: Vec<Sample> = scene.samples.iter().step_by(THIN).copied().collect();
    let coarse = Judge { samples: &thin, tolerance_px: 2.5 * scene.tolerance_px, steps: COARSE, gyro: scene.gyro_mhz };
    let fine = Judge { samples: scene.samples, tolerance_px: scene.tolerance_px, steps: FINE, gyro: scene.gyro_mhz };
    let rough = Judge { tolerance_px: 1.5 * scene.tolerance_px, ..coarse };
    let mut starts: Vec<(f64, Topside)> =
        guesses(scene).into_iter().map(|layer| (coarse.cost(&layer), layer)).collect();
    starts.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut chosen: Vec<(Vec<Name>, Topside)> = Vec::new();
    for (_, layer) in &starts {
        let names = coarse.names(layer);
        if chosen.iter().all(|(other, _)| differ(other, &names) > APART) {
            chosen.push((names, *layer));
        }
        if chosen.len() == STARTS {
            break;
        }
    }
    let by_cost = |fits: &mut Vec<(f64, Topside)>| fits.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut sketches: Vec<(f64, Topside)> = chosen.iter().map(|(_, layer)| rough.refine(*layer, ROUGH_STEPS)).collect();
    by_cost(&mut sketches);
    let mut finished: Vec<(Vec<Name>, Topside)> = Vec::new();
    for (_, layer) in sketches {
        let names = rough.names(&layer);
        if finished.len() < FINISHED && finished.iter().all(|(other, _)| differ(other, &names) > DIFFERENT) {
            finished.push((names, layer));
        }
    }
    let mut fits: Vec<(f64, Topside)> = finished.iter().map(|(_, layer)| fine.refine(*layer, STEPS)).collect();
    by_cost(&mut fits);
    let (cost, layer) = *fits.first()?;
    let names = fine.names(&layer);
    let other = fits.iter().skip(1).find(|(_, other)| differ(&fine.names(other), &names) > DIFFERENT);
    let explained = names.iter().flatten().count() as f64 / names.len() as f64;
    let own = [Mode::O, Mode::X]
        .map(|mode| names.iter().filter(|name| **name == Some(mode)).count() as f64 / names.len() as f64);
    Some(Fit { layer, explained, own, margin: other.map_or(1.0, |other| other.0) - cost })
}

/// What a point of a ridge is by a layer's curves; `None` if it lies near neither.
type Name = Option<Mode>;

/// Share of the points that two namings name differently, of those that either names. What both curves explain alike
/// (`Mode::Unknown`) contradicts neither name.
fn differ(a: &[Name], b: &[Name]) -> f64 {
    let pairs = || a.iter().zip(b).filter(|(a, b)| a.is_some() || b.is_some());
    let unequal = pairs().filter(|(a, b)| {
        a.is_none() || b.is_none() || (a != b && **a != Some(Mode::Unknown) && **b != Some(Mode::Unknown))
    });
    unequal.count() as f64 / pairs().count().max(1) as f64
}

/// Layers that might be: any ridge may end at the peak's frequency, as O or as X.
fn guesses(scene: &Scene<'_>) -> Vec<Topside> {
    let range = upper_median(scene.samples.iter().map(|sample| sample.km).collect()).unwrap_or_default();
    let [least, most] = scene.gyro_mhz;
    let gyros = [0.45, 0.7].into_iter().map(|share| least + (most - least) * share);
    let mut out = Vec::new();
    for gyro_mhz in gyros {
        let mut criticals: Vec<f64> = Vec::new();
        for end in scene.ends_mhz {
            let as_x = (end * (end - gyro_mhz)).max(0.0).sqrt();
            for critical in [1.03 * end, 1.03 * as_x] {
                if critical > 0.3 && criticals.iter().all(|other| (other / critical - 1.0).abs() > 0.02) {
                    criticals.push(critical);
                }
            }
        }
        for &critical_mhz in &criticals {
            for depth_km in [0.68, 0.77, 0.86, 0.95].map(|share| share * range) {
                for scale_km in [30.0, 50.0, 80.0] {
                    for growth in [0.05, 0.14] {
                        out.push(Topside { critical_mhz, depth_km, scale_km, growth, gyro_mhz, sin2: SIN2 });
                    }
                }
            }
        }
    }
    out
}

/// The field's square of the sine to the vertical where the place is unknown: that of middle latitudes.
const SIN2: f64 = 0.08;

/// Compares a layer's curves with the samples.
#[derive(Clone, Copy)]
struct Judge<'a> {
    samples: &'a [Sample],
    tolerance_px: f64,
    steps: usize,
    gyro: [f64; 2],
}

impl Judge<'_> {
    fn curves(&self, layer: &Topside) -> [Curve; 2] {
        [Mode::O, Mode::X].map(|mode| Curve::of(layer, mode, self.steps))
    }

    /// Share of the points that stay unexplained, and a little for curves where nothing is seen.
    fn cost(&self, layer: &Topside) -> f64 {
        let plausible = (self.gyro[0]..=self.gyro[1]).contains(&layer.gyro_mhz)
            && (8.0..=400.0).contains(&layer.scale_km)
            && (0.0..=0.45).contains(&layer.growth)
            && layer.depth_km > 100.0
            && layer.critical_mhz > 0.3;
        if !plausible {
            return 2.0;
        }
        let curves = self.curves(layer);
        let mut left = 0.0;
        for sample in self.samples {
            let distance = curves[0].distance(sample).min(curves[1].distance(sample));
            let square = (distance / self.tolerance_px).powi(2);
            left += square / (1.0 + square);
        }
        left /= self.samples.len() as f64;
        if self.steps == COARSE { left } else { left + UNSEEN * self.unseen(&curves) }
    }

    /// Share of the curves, between the least and the greatest range seen, that no sample is near.
    fn unseen(&self, curves: &[Curve; 2]) -> f64 {
        let ranges = self.samples.iter().map(|sample| sample.km);
        let (least, most) = ranges.fold((f64::MAX, f64::MIN), |(low, high), km| (low.min(km), high.max(km)));
        let (mut all, mut unseen) = (0.0, 0.0);
        for pair in curves.iter().flat_map(Curve::segments) {
            let (mhz, km) = (0.5 * (pair[0].0 + pair[1].0), 0.5 * (pair[0].1 + pair[1].1));
            if !(least..=most).contains(&km) {
                continue;
            }
            let first = &self.samples[0];
            let length = ((pair[1].0 - pair[0].0) * first.px_per_mhz).hypot((pair[1].1 - pair[0].1) * first.px_per_km);
            let reach = 0.5 * length + 4.0 * self.tolerance_px;
            let near = |sample: &Sample| {
                let (dx, dy) = ((sample.mhz - mhz) * sample.px_per_mhz, (sample.km - km) * sample.px_per_km);
                dx * dx + dy * dy < reach * reach
            };
            all += length;
            if !self.samples.iter().any(near) {
                unseen += length;
            }
        }
        unseen / f64::max(all, 1.0)
    }

    /// The nearer curve of each sample.
    fn names(&self, layer: &Topside) -> Vec<Name> {
        let curves = self.curves(layer);
        let name = |sample: &Sample| {
            let [o, x] = [curves[0].distance(sample), curves[1].distance(sample)];
            let nearer = match (o < x, (o - x).abs() < self.tolerance_px) {
                (_, true) => Mode::Unknown,
                (true, false) => Mode::O,
                (false, false) => Mode::X,
            };
            (o.min(x) < 1.5 * self.tolerance_px).then_some(nearer)
        };
        self.samples.iter().map(name).collect()
    }

    /// The lowest cost near a layer: the downhill simplex (Nelder and Mead, The Computer Journal 7, 1965).
    fn refine(&self, start: Topside, steps: usize) -> (f64, Topside) {
        let numbers = |layer: &Topside| {
            [layer.critical_mhz.ln(), layer.depth_km.ln(), layer.scale_km.ln(), layer.growth, layer.gyro_mhz.ln()]
        };
        let layer = |n: &[f64; 5]| Topside {
            critical_mhz: n[0].exp(),
            depth_km: n[1].exp(),
            scale_km: n[2].exp(),
            growth: n[3],
            gyro_mhz: n[4].exp(),
            sin2: SIN2,
        };
        let cost = |n: &[f64; 5]| self.cost(&layer(n));
        let first = numbers(&start);
        let mut simplex: Vec<(f64, [f64; 5])> = vec![(cost(&first), first)];
        for (i, step) in [0.02, 0.04, 0.3, 0.04, 0.12].into_iter().enumerate() {
            let mut other = first;
            other[i] += step;
            simplex.push((cost(&other), other));
        }
        for _ in 0..steps {
            simplex.sort_by(|a, b| a.0.total_cmp(&b.0));
            let worst = simplex[5];
            let centre: [f64; 5] = std::array::from_fn(|i| simplex[..5].iter().map(|(_, n)| n[i]).sum::<f64>() / 5.0);
            let along = |t: f64| {
                let n: [f64; 5] = std::array::from_fn(|i| centre[i] + t * (worst.1[i] - centre[i]));
                (cost(&n), n)
            };
            let reflected = along(-1.0);
            let next = if reflected.0 < simplex[0].0 {
                let further = along(-2.0);
                if further.0 < reflected.0 { further } else { reflected }
            } else if reflected.0 < simplex[4].0 {
                reflected
            } else {
                along(if reflected.0 < worst.0 { -0.5 } else { 0.5 })
            };
            if next.0 < worst.0 {
                simplex[5] = next;
            } else {
                let best = simplex[0].1;
                for (value, n) in &mut simplex[1..] {
                    *n = std::array::from_fn(|i| 0.5 * (n[i] + best[i]));
                    *value = cost(n);
                }
            }
        }
        simplex.sort_by(|a, b| a.0.total_cmp(&b.0));
        (simplex[0].0, layer(&simplex[0].1))
    }
}

/// Steps of the simplex, for a rough fit and after that.
const ROUGH_STEPS: usize = 60;
const STEPS: usize = 70;

//! Points on traces, and frames of strips.

use super::EvaluateConfig;
use super::join::{Join, box_of, overlap};
use super::report::Figures;
use super::series::FrameRecord;
use super::statistics::{median_abs, share_within};
use super::truth::Row;
use std::collections::BTreeMap;

/// Distance of each true point from the nearest trace, name by name and over all.
pub(super) fn compare(pairs: &[(&Row, &FrameRecord)], config: &EvaluateConfig) -> Vec<Figures> {
    let mut subjects: BTreeMap<String, Subject> = BTreeMap::new();
    for (row, frame) in pairs {
        let (Some(x), Some(y)) = (row.number("x_px"), row.number("y_px")) else { continue };
        let name = row.text("trace").or(row.text("mode")).unwrap_or("trace");
        let hop = row.text("hop").filter(|hop| *hop != "1").map_or_else(String::new, |hop| format!(" hop {hop}"));
        let layer = row.text("layer").map_or_else(String::new, |layer| format!(" {layer}"));
        let near: Vec<(f64, &str)> =
            frame.traces.iter().map(|trace| (distance(&trace.points, x, y), trace.mode.as_str())).collect();
        let nearest = near.iter().map(|(distance, _)| *distance).min_by(f64::total_cmp);
        let component = COMPONENTS.into_iter().find(|mode| name.split('_').next() == Some(mode));
        for subject in [format!("{name}{layer}{hop}"), "~all".to_owned()] {
            let entry = subjects.entry(subject).or_default();
            entry.components += usize::from(component.is_some());
            match nearest.filter(|distance| *distance <= config.farthest_px) {
                Some(distance) => {
                    entry.distances.push(distance);
                    // Where components run together each of them has the point.
                    let named =
                        |mode: &str| near.iter().any(|(other, m)| *m == mode && *other <= distance + TOGETHER_PX);
                    if let Some(component) = component {
                        let same = named(component);
                        entry.same += usize::from(same);
                        entry.other += usize::from(!same && COMPONENTS.into_iter().any(named));
                    }
                }
                None => entry.missed += 1,
            }
        }
    }
    subjects.into_iter().map(|(name, subject)| subject.figures(name.trim_start_matches('~'))).collect()
}

/// Names of traces that tell the component. What follows an underscore says more of the point (`O_end`).
const COMPONENTS: [&str; 3] = ["O", "X", "Z"];
/// Traces this much farther than the nearest one run together with it, px.
const TOGETHER_PX: f64 = 0.5;

#[derive(Default)]
struct Subject {
    distances: Vec<f64>,
    /// Points whose true component is known, those that have it, and those that have another.
    components: usize,
    same: usize,
    other: usize,
    missed: usize,
}

impl Subject {
    fn figures(&self, name: &str) -> Figures {
        let count = self.distances.len() + self.missed;
        // A point without a trace counts as infinitely far in the median and the shares.
        let mut all = self.distances.clone();
        all.resize(count, f64::INFINITY);
        Figures {
            subject: name.to_owned(),
            figures: vec![
                ("points", count as f64),
                ("median px", median_abs(&all)),
                ("within 3 px", share_within(&all, 3.0)),
                ("within 5 px", share_within(&all, 5.0)),
                ("same mode", self.same as f64 / self.components as f64),
                ("other mode", self.other as f64 / self.components as f64),
                ("missed", self.missed as f64),
            ],
            notes: Vec::new(),
        }
    }
}

/// Distance of a point from a polyline; steps wider than a gap are not bridged.
fn distance(points: &[(f64, f64)], x: f64, y: f64) -> f64 {
    /// Widest step along x that still belongs to the trace, px.
    const GAP_PX: f64 = 60.0;
    let mut best = points.iter().map(|point| (point.0 - x).hypot(point.1 - y)).fold(f64::INFINITY, f64::min);
    for pair in points.windows(2) {
        let (dx, dy) = (pair[1].0 - pair[0].0, pair[1].1 - pair[0].1);
        let length2 = dx * dx + dy * dy;
        if length2 > 0.0 && dx.abs() < GAP_PX {
            let t = (((x - pair[0].0) * dx + (y - pair[0].1) * dy) / length2).clamp(0.0, 1.0);
            best = best.min((pair[0].0 + t * dx - x).hypot(pair[0].1 + t * dy - y));
        }
    }
    best
}

/// Compares the frames found in each picture with the true ones.
pub(super) fn compare_boxes(rows: &[Row], join: &Join) -> Vec<Figures> {
    let mut files: BTreeMap<&str, Vec<[f64; 4]>> = BTreeMap::new();
    for row in rows {
        files.entry(row.file()).or_default().extend(box_of(row));
    }
    let (mut found, mut missed, mut spurious, mut scaled) = (0, 0, 0, 0);
    let mut overlaps = Vec::new();
    for (file, truths) in files {
        let ours = join.pictures(file);
        scaled += ours.iter().filter(|frame| frame.status == "scaled").count();
        for truth in &truths {
            match ours.iter().map(|frame| overlap(&frame.bbox, truth)).max_by(f64::total_cmp) {
                Some(share) if share > 0.7 => {
                    found += 1;
                    overlaps.push(share);
                }
                _ => missed += 1,
            }
        }
        spurious += ours.iter().filter(|frame| truths.iter().all(|truth| overlap(&frame.bbox, truth) <= 0.7)).count();
    }
    vec![Figures {
        subject: "frames".to_owned(),
        figures: vec![
            ("found", f64::from(found)),
            ("missed", f64::from(missed)),
            ("false", spurious as f64),
            ("median overlap", median_abs(&overlaps)),
            ("scaled", scaled as f64),
        ],
        notes: Vec::new(),
    }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_is_measured_to_the_segments() {
        let line = [(0.0, 0.0), (10.0, 0.0), (200.0, 0.0)];
        assert_eq!(distance(&line, 5.0, 3.0), 3.0);
        assert_eq!(distance(&line, 13.0, 4.0), 5.0);
        assert!(distance(&line, 100.0, 0.0) > 80.0, "a hole is no trace");
        assert!(distance(&[], 0.0, 0.0).is_infinite());
    }
}

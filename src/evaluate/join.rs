//! Finds the frame of the dataset that a row of truth is about.

use super::series::FrameRecord;
use super::truth::{Kind, Row, TruthFile};
use std::collections::BTreeMap;
use std::path::{Component, Path};

/// Frames by the last part of their path.
pub(super) struct Join<'a> {
    frames: BTreeMap<String, Vec<&'a FrameRecord>>,
    /// Left, top, width and height that the truth gives the frames of each file.
    boxes: BTreeMap<(String, i32), [f64; 4]>,
    /// Parts of the truth file's folder.
    folder: Vec<String>,
}

impl<'a> Join<'a> {
    /// Prepares for a truth file. Boxes that lie beside it in `frames.csv` tell the frames of a strip apart.
    pub(super) fn new(series: &'a [FrameRecord], truth: &TruthFile) -> Self {
        let mut frames: BTreeMap<String, Vec<&FrameRecord>> = BTreeMap::new();
        for frame in series {
            if let Some(name) = parts(Path::new(&frame.source_file)).pop() {
                frames.entry(name).or_default().push(frame);
            }
        }
        let beside =
            if truth.kind == Kind::Boxes { None } else { truth.path.parent().map(|folder| folder.join("frames.csv")) };
        let boxes = beside
            .and_then(|path| super::truth::read_truth(&path).ok())
            .filter(|beside| beside.kind == Kind::Boxes)
            .map_or_else(BTreeMap::new, |beside| {
                let row = |row: &Row| Some(((row.file().to_owned(), row.frame_index()?), box_of(row)?));
                beside.rows.iter().filter_map(row).collect()
            });
        let folder = truth.path.parent().map_or_else(Vec::new, |folder| {
            parts(&std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned()))
        });
        Self { frames, boxes, folder }
    }

    /// The frame that a row is about; `None` if the dataset has none.
    pub(super) fn frame(&self, row: &Row) -> Option<&'a FrameRecord> {
        let candidates = self.pictures(row.file());
        let index = row.frame_index();
        if let Some(truth) = index.and_then(|index| self.boxes.get(&(row.file().to_owned(), index))) {
            let best = candidates.iter().max_by(|a, b| overlap(&a.bbox, truth).total_cmp(&overlap(&b.bbox, truth)))?;
            return (overlap(&best.bbox, truth) > 0.5 || candidates.len() == 1).then_some(best);
        }
        match index {
            Some(index) => candidates.into_iter().find(|frame| frame.frame_index == index),
            None => candidates.into_iter().min_by_key(|frame| frame.frame_index),
        }
    }

    /// The frames of the picture that a truth file names: the longest common end of the paths decides.
    pub(super) fn pictures(&self, file: &str) -> Vec<&'a FrameRecord> {
        let named = parts(Path::new(file));
        let Some(candidates) = named.last().and_then(|name| self.frames.get(name)) else { return Vec::new() };
        let mut wanted = self.folder.clone();
        wanted.extend(named.iter().cloned());
        let common = |frame: &FrameRecord| {
            let own = parts(Path::new(&frame.source_file));
            // Either the path as the truth gives it, or that with the truth's folder, ends the same.
            common_end(&own, &wanted).max(common_end(&own, &named))
        };
        let best = candidates.iter().map(|frame| common(frame)).max().unwrap_or(0);
        let mut found: Vec<&FrameRecord> = candidates.iter().copied().filter(|frame| common(frame) == best).collect();
        // Two pictures that fit equally well: better no comparison than a wrong one.
        let ambiguous = found.windows(2).any(|pair| pair[0].source_file != pair[1].source_file);
        let own_parts = found.first().map_or(0, |frame| parts(Path::new(&frame.source_file)).len());
        if ambiguous || best < named.len().min(own_parts) {
            found.clear();
        }
        found
    }
}

/// The box of a row of `frames.csv`.
pub(super) fn box_of(row: &Row) -> Option<[f64; 4]> {
    Some([row.number("x")?, row.number("y")?, row.number("w")?, row.number("h")?])
}

/// Common area over joint area along x: frames of a strip share its height.
pub(super) fn overlap(a: &[f64; 4], b: &[f64; 4]) -> f64 {
    let common = (a[0] + a[2]).min(b[0] + b[2]) - a[0].max(b[0]);
    let joint = (a[0] + a[2]).max(b[0] + b[2]) - a[0].min(b[0]);
    if joint > 0.0 { (common / joint).max(0.0) } else { 0.0 }
}

fn common_end(a: &[String], b: &[String]) -> usize {
    a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count()
}

fn parts(path: &Path) -> Vec<String> {
    path.components()
        .filter_map(|part| match part {
            Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(file: &str, index: i32) -> FrameRecord {
        FrameRecord { source_file: file.to_owned(), frame_index: index, ..FrameRecord::default() }
    }

    #[test]
    fn the_longest_common_end_of_the_paths_decides() {
        let series = [frame("/film/a/x.png", 0), frame("/film/b/x.png", 0), frame("scans/y.png", 2)];
        let truth = TruthFile { path: "/film/truth/t.csv".into(), kind: Kind::FrequencyMarkers, rows: Vec::new() };
        let join = Join::new(&series, &truth);
        let t = |file: &str| join.pictures(file).first().map(|frame| frame.source_file.clone());
        assert_eq!(t("b/x.png").as_deref(), Some("/film/b/x.png"));
        assert_eq!(t("y.png").as_deref(), Some("scans/y.png"));
        assert_eq!(t("x.png"), None, "two pictures fit");
        assert_eq!(t("c/x.png"), None);
        let beside = TruthFile { path: "/film/a/t.csv".into(), kind: Kind::FrequencyMarkers, rows: Vec::new() };
        let join = Join::new(&series, &beside);
        assert_eq!(join.pictures("x.png").len(), 1);
    }
}

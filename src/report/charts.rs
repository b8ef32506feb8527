//! Bars and histograms.

use crate::plot::{Anchor, Baseline, Colour, Scene, Stroke, Text};

const WIDTH: f64 = 720.0;
const SIZE: f64 = 13.0;

/// Horizontal bars, one for each name.
pub(super) fn bars(rows: &[(String, f64)], unit: &str) -> Scene {
    const PITCH: f64 = 22.0;
    const LEFT: f64 = 170.0;
    const ROOM: f64 = WIDTH - LEFT - 70.0;
    let mut scene = Scene::new(WIDTH, PITCH * rows.len() as f64 + 30.0);
    let longest = rows.iter().map(|row| row.1).fold(0.1, f64::max);
    for (place, (name, value)) in rows.iter().enumerate() {
        let y = PITCH * place as f64 + 4.0;
        let end = LEFT + ROOM * value / longest;
        scene.fill((LEFT, y), (end.max(LEFT + 1.0), y + 15.0), Colour::ORANGE);
        let name = Text::new((LEFT - 8.0, y + 7.5), name.as_str(), SIZE);
        scene.text(name.anchored(Anchor::End, Baseline::Middle));
        let label = Text::new((end + 6.0, y + 7.5), format!("{value:.2}"), SIZE).colour(Colour::SLATE);
        scene.text(label.anchored(Anchor::Start, Baseline::Middle));
    }
    let foot = PITCH * rows.len() as f64 + 18.0;
    scene.text(Text::new((LEFT, foot), unit, SIZE).colour(Colour::SLATE));
    scene
}

/// A histogram up to the 99th percentile; what lies beyond is in the last bin.
pub(super) fn histogram(values: &[f64], title: &str, unit: &str) -> Scene {
    const BINS: usize = 30;
    const LEFT: f64 = 60.0;
    const TOP: f64 = 34.0;
    const FOOT: f64 = 190.0;
    const RIGHT: f64 = WIDTH - 20.0;
    let mut scene = Scene::new(WIDTH, 228.0);
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at =
        |share: f64| sorted.get((share * (sorted.len().saturating_sub(1)) as f64) as usize).copied().unwrap_or(0.0);
    let words =
        format!("{title}: {} frames, median {:.2} {unit}, 95 % below {:.2} {unit}", sorted.len(), at(0.5), at(0.95));
    scene.text(Text::new((LEFT, 12.0), words, SIZE).anchored(Anchor::Start, Baseline::Head));
    let longest = at(0.99).max(1e-3) * 1.02;
    let mut bins = [0usize; BINS];
    for value in &sorted {
        bins[((value / longest * BINS as f64) as usize).min(BINS - 1)] += 1;
    }
    let most = bins.iter().copied().max().unwrap_or(0).max(1);
    let pitch = (RIGHT - LEFT) / BINS as f64;
    for (bin, count) in bins.iter().enumerate().filter(|(_, count)| **count > 0) {
        let x = LEFT + pitch * bin as f64;
        let y = FOOT - (FOOT - TOP) * *count as f64 / most as f64;
        scene.fill((x + 0.5, y), (x + pitch - 0.5, FOOT), Colour::BLUE);
    }
    scene.line((LEFT, FOOT), (RIGHT, FOOT), Stroke::solid(Colour::SLATE, 1.0));
    for step in 0..=5 {
        let share = f64::from(step) / 5.0;
        let label = Text::new((LEFT + (RIGHT - LEFT) * share, FOOT + 6.0), format!("{:.2}", longest * share), SIZE);
        scene.text(label.colour(Colour::SLATE).anchored(Anchor::Middle, Baseline::Head));
    }
    let label = Text::new((LEFT - 8.0, TOP), most.to_string(), SIZE).colour(Colour::SLATE);
    scene.text(label.anchored(Anchor::End, Baseline::Middle));
    scene
}

//! Reads the caption: which layout, which characters, which times and stations they can mean.
//!
//! In: a [`Frame`]. Out: [`CaptionEvidence`]: candidates with probabilities. What the time *is*, `roll` decides.

pub mod font;
pub mod net;

mod ink;
mod lanes;
mod line;
mod printed;
mod readings;
mod rules;
mod segments;
mod template;

#[cfg(test)]
mod film_tests;
#[cfg(test)]
mod segments_tests;

use crate::model::{Calibration, CaptionEvidence, CaptionKind, CaptionLayout, CaptionTone, Character, Frame, PixelBox};
use serde::{Deserialize, Serialize};

/// Parameters of the stage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CaptionConfig {
    /// Share of a printed digit's probability that goes to all digits alike, for faults that no drawn digit has.
    /// Default 0.001.
    pub network_doubt: f32,
    /// Correlation at which a character is as likely no digit at all. Default 0.62.
    pub unreadable: f32,
    /// Weight of readings that break a rule against the same number that obey them: evidence that the characters
    /// were misread. Default 0.3.
    pub broken_rule: f64,
}

impl Default for CaptionConfig {
    fn default() -> Self {
        Self { network_doubt: 0.001, unreadable: 0.62, broken_rule: 0.3 }
    }
}

/// One character as a layout's reader saw it.
#[derive(Debug, Clone)]
struct Cell {
    bbox: PixelBox,
    /// Normalised; ten values for a digit, sixteen for a lane.
    log_likelihood: Vec<f32>,
    /// How much it looks like its best digit: a correlation, -1 to 1.
    quality: f32,
}

/// A caption as one layout sees it.
#[derive(Debug, Clone)]
struct CaptionMatch {
    cells: Vec<Cell>,
    /// Ink of digit size that the layout does not explain, in digits.
    outliers: f32,
}

impl CaptionMatch {
    /// Log odds that this is the layout's caption and readable.
    fn log_odds(&self, config: &CaptionConfig) -> f64 {
        let odds = |quality: f32| f64::from((quality - config.unreadable) * 30.0);
        let worst = self.cells.iter().map(|cell| odds(cell.quality)).fold(f64::MAX, f64::min);
        let mean =
            self.cells.iter().map(|cell| odds(cell.quality).min(8.0)).sum::<f64>() / self.cells.len().max(1) as f64;
        worst.min(8.0).min(2.0 * mean) - 3.0 * f64::from(self.outliers)
    }
}

/// Log odds at which a match ends the search: no other layout or tone can be much surer.
const SURE: f64 = 6.0;

/// Reads the caption of a frame with the layouts of the calibration file in their order and keeps the best; one that
/// is surely a readable caption ends the search.
pub fn caption(frame: &Frame, calibration: &Calibration, config: &CaptionConfig) -> CaptionEvidence {
    let mut best: Option<(f64, CaptionEvidence)> = None;
    for layout in &calibration.captions {
        let tones: &[CaptionTone] = match layout.tone {
            CaptionTone::Auto => &[CaptionTone::Light, CaptionTone::Dark],
            CaptionTone::Light => &[CaptionTone::Light],
            CaptionTone::Dark => &[CaptionTone::Dark],
        };
        for &tone in tones {
            let found = match layout.kind {
                CaptionKind::Printed | CaptionKind::SevenSegment => line::read(frame, layout, tone, config),
                CaptionKind::Lanes | CaptionKind::Dots => lanes::read(frame, layout, tone, config),
            };
            let Some(found) = found else { continue };
            let log_odds = found.log_odds(config);
            if best.as_ref().is_none_or(|(other, _)| log_odds > *other) {
                best = Some((log_odds, evidence(&found, log_odds, layout, calibration, config)));
            }
            if log_odds > SURE {
                return best.map(|(_, evidence)| evidence).unwrap_or_default();
            }
        }
    }
    best.map(|(_, evidence)| evidence).unwrap_or_default()
}

fn evidence(
    found: &CaptionMatch,
    log_odds: f64,
    layout: &CaptionLayout,
    calibration: &Calibration,
    config: &CaptionConfig,
) -> CaptionEvidence {
    let likelihoods: Vec<&[f32]> = found.cells.iter().map(|cell| cell.log_likelihood.as_slice()).collect();
    CaptionEvidence {
        layout: Some(layout.name.clone()),
        kind: Some(layout.kind),
        bbox: hull(&found.cells),
        characters: found.cells.iter().map(character).collect(),
        readings: readings::readings(&likelihoods, log_odds, layout, calibration, config),
        raw_text: rules::text(&readings::most_likely(&likelihoods), layout),
    }
}

fn character(cell: &Cell) -> Character {
    let mut log_likelihood = [-30.0f32; 10];
    let sum: f32 = cell.log_likelihood.iter().take(10).map(|value| value.exp()).sum();
    for (out, value) in log_likelihood.iter_mut().zip(&cell.log_likelihood) {
        *out = value - sum.max(1e-12).ln();
    }
    Character { bbox: cell.bbox, log_likelihood }
}

fn hull(cells: &[Cell]) -> PixelBox {
    let left = cells.iter().map(|cell| cell.bbox.x).min().unwrap_or(0);
    let top = cells.iter().map(|cell| cell.bbox.y).min().unwrap_or(0);
    let right = cells.iter().map(|cell| cell.bbox.right()).max().unwrap_or(0);
    let bottom = cells.iter().map(|cell| cell.bbox.bottom()).max().unwrap_or(0);
    PixelBox::new(left, top, right - left, bottom - top)
}

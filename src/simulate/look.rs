//! How differently sounders, films and scanners draw the same echoes.
//!
//! A calibration file tells what an instrument's axes are; a style tells what its echoes, noise and marks look like.
//! Styles are drawn at random, wider than any archive, so that what learns from them learns echoes and not a style.

mod develop;
mod fading;
mod grid;
mod instrument;
mod noise;
mod paper;
mod receive;
mod ruler;
mod style;
mod video;

pub(super) use instrument::random_instrument;
pub(super) use style::Style;

use super::canvas::Canvas;
use super::echo::Echo;
use super::geometry::{Axes, Format};
use super::interference::{Carrier, Interference};
use super::random::Random;
use super::wear::{Film, Wear};
use crate::model::Calibration;
use serde::{Deserialize, Serialize};
use video::Video;

/// Whose drawing style the film has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Look {
    /// That of the calibration's own instrument.
    #[default]
    Instrument,
    /// Any: every roll draws its style and its wear at random.
    Wide,
}

impl Style {
    /// Fits the proportions of a roll to the style: margins, and the length of a pulse.
    pub(super) fn fit(&self, format: &mut Format, bare: bool) {
        let (width, height) = (format.width as f64, format.height as f64);
        if !bare {
            let [left, top, right, bottom] = self.margins;
            format.move_panel([
                (width * left).round(),
                (height * top).round(),
                (width * (1.0 - right)).round() - 1.0,
                (height * (1.0 - bottom)).round() - 1.0,
            ]);
        }
        format.pulse_km = self.pulse_km;
    }

    /// What the style makes of the amounts of wear: pictures that were never on film neither turn nor scratch.
    pub(super) fn fit_wear(&self, wear: Wear) -> Wear {
        // A picture of amplitudes shows faint echoes as a faint grey.
        let faintest = wear.faintest.max(f64::from(self.knee + 0.22 * self.soft + 0.5 * self.slope)).min(0.5);
        let interference = (f64::from(wear.interference) * self.stations).round() as u32;
        let wear = Wear { interference, faintest, skew_deg: wear.skew_deg * self.turn, ..wear };
        if !self.on_screen {
            return wear;
        }
        Wear { grain: 0.0, skew_deg: 0.0, uneven: 0.0, scratches: 0, dust: 0, contrast: 1.0, ..wear }
    }

    /// Some stations of the roll as wide as the style has them.
    pub(super) fn widen(&self, carriers: &mut [Carrier], random: &mut Random) {
        for carrier in carriers {
            carrier.half_mhz *= self.carrier_width * random.between(0.5, 1.5);
            if random.chance(self.blocks) {
                carrier.half_mhz *= random.between(3.0, 12.0);
            }
            carrier.level = (carrier.level * self.carrier_level).min(1.0);
        }
    }

    /// Draws a frame up to its caption: paper, what the receiver catches, marks and rulings.
    pub(super) fn draw(
        &self,
        calibration: &Calibration,
        format: &Format,
        axes: &Axes,
        (echoes, interference): (&[Echo], &Interference),
        wear: &Wear,
        random: &mut Random,
    ) -> Canvas {
        let mut canvas = paper::paper(self, calibration, format, random);
        if !self.grid.is_above {
            grid::draw_grid(&mut canvas, self, calibration, format, axes, wear, random);
        }
        let mut video = Video::new(self, format, axes);
        video.add_echoes(self, wear, echoes, random);
        receive::receive(&mut video, self, wear, interference, random);
        video.show(self, &mut canvas);
        if self.grid.is_above {
            grid::draw_grid(&mut canvas, self, calibration, format, axes, wear, random);
        }
        if self.has_caption_inside {
            paper::caption_inside(&mut canvas, self, format, random);
        }
        canvas
    }

    /// Makes the picture of what was drawn.
    pub(super) fn develop(&self, canvas: Canvas, axes: &Axes, wear: &Wear, random: &mut Random) -> Film {
        develop::develop(self, canvas, axes, wear, random)
    }
}

#[cfg(test)]
mod tests;

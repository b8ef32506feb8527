//! Amounts of wear of a page for each level.

use super::Random;
use crate::simulate::Level;

/// What print, age and scanner do to a page. Lengths in heights of capitals.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct PageWear {
    /// Largest turn, degrees.
    pub(super) skew_deg: f64,
    /// Stray of a character from its place.
    pub(super) jitter: f64,
    /// Share of characters printed weakly.
    pub(super) weak: f64,
    /// Breaks for each character.
    pub(super) breaks: f64,
    /// Largest radius of a break.
    pub(super) break_size: f64,
    /// How far ink spreads or lacks at most: shift of the threshold.
    pub(super) spread: f64,
    /// Blur, pixels at 300 dots per inch.
    pub(super) blur: f64,
    /// Specks for each square inch.
    pub(super) specks: f64,
    /// Fall of light across the page.
    pub(super) uneven: f64,
    /// Noise of the scanner, one sigma of light.
    pub(super) noise: f64,
    /// Darkness of the ink against the paper.
    pub(super) contrast: f64,
    /// Chance of a black border.
    pub(super) border: f64,
}

impl PageWear {
    pub(super) fn of(level: Level) -> Self {
        let clean = Self {
            skew_deg: 0.1,
            jitter: 0.0,
            weak: 0.0,
            breaks: 0.0,
            break_size: 0.0,
            spread: 0.0,
            blur: 0.6,
            specks: 0.0,
            uneven: 0.03,
            noise: 0.01,
            contrast: 0.85,
            border: 0.0,
        };
        match level {
            Level::Clean => clean,
            Level::Typical => Self {
                skew_deg: 2.0,
                jitter: 0.025,
                weak: 0.15,
                breaks: 0.12,
                break_size: 0.07,
                spread: 0.2,
                blur: 0.9,
                specks: 6.0,
                uneven: 0.25,
                noise: 0.04,
                contrast: 0.75,
                border: 0.5,
            },
            Level::Poor => Self {
                skew_deg: 3.0,
                jitter: 0.045,
                weak: 0.3,
                breaks: 0.3,
                break_size: 0.1,
                spread: 0.3,
                blur: 1.3,
                specks: 20.0,
                uneven: 0.4,
                noise: 0.07,
                contrast: 0.6,
                border: 0.8,
            },
            Level::Ruined => Self {
                skew_deg: 3.5,
                jitter: 0.07,
                weak: 0.5,
                breaks: 0.8,
                break_size: 0.16,
                spread: 0.4,
                blur: 2.0,
                specks: 60.0,
                uneven: 0.55,
                noise: 0.12,
                contrast: 0.4,
                border: 1.0,
            },
        }
    }

    /// A turn of the page.
    pub(super) fn skew(&self, random: &mut Random) -> f64 {
        random.between(-self.skew_deg, self.skew_deg)
    }
}

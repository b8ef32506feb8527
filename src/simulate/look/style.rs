//! What varies in drawing beside axes and wear.

use super::super::random::Random;
use super::grid::Grid;
use crate::model::Calibration;

/// The cells of a digital sounder.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cells {
    /// Length of a range gate, km.
    pub(super) gate_km: f64,
    /// Step of frequency, MHz.
    pub(super) step_mhz: f64,
}

/// The drawing style of a roll.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct Style {
    /// A picture made by a computer, never on film.
    pub(super) on_screen: bool,
    /// Cells of a digital sounder; lines of film without.
    pub(super) cells: Option<Cells>,
    /// Distance of the film's lines, px.
    pub(super) pitch_px: f64,
    /// How much lighter film is between its lines, 0 to 1.
    pub(super) line_gap: f32,
    /// Length of a pulse, km.
    pub(super) pulse_km: f64,
    /// Height over which an echo rises from its leading edge, km.
    pub(super) rise_km: f64,
    /// Height over which the tail decays to a third in amplitude, km; 0 without a tail.
    pub(super) tail_km: f64,
    /// How raggedly echoes end, 0 to 1.
    pub(super) ragged: f64,
    /// How far the leading edge strays from line to line, km.
    pub(super) jitter_km: f64,
    /// Share of a trace's lines that are lost.
    pub(super) holes: f64,
    /// How much the cells of an echo differ, 0 to 1.
    pub(super) mottle: f32,
    /// Slow and fast fading against the wear's.
    pub(super) fading: [f64; 2],
    /// Strength at which the picture begins to show anything.
    pub(super) knee: f32,
    /// Strength from there to full black: small for a hard limiter, near 1 for a picture of amplitudes.
    pub(super) soft: f32,
    /// Share of the mean that a differentiating receiver takes away, and the height over which it means, km.
    pub(super) differentiated: (f32, f64),
    /// Share of a column's mean strength that the gain control takes away.
    pub(super) gain_control: f32,
    /// Fall of the gain over the sweep, in strength.
    pub(super) slope: f32,
    /// Noise against the wear's.
    pub(super) noise: f64,
    /// Usual length of a noise spike, km.
    pub(super) spike_km: f64,
    /// Grey behind everything, and how columns, rows and cells differ from it.
    pub(super) grey: [f32; 4],
    /// Strength of a weave of grey, and its turns for each column and cell.
    pub(super) hum: [f32; 3],
    /// Number of stations against the wear's.
    pub(super) stations: f64,
    /// Width and level of stations against the usual, and the share of them that is a wide block.
    pub(super) carrier_width: f64,
    pub(super) carrier_level: f64,
    pub(super) blocks: f64,
    /// Share of stations that fill a part of the height only.
    pub(super) part: f64,
    /// Share of stations that show as a comb or as slanting dots.
    pub(super) combs: f64,
    /// Top of the transmitter's pulse and how far it rings on, km; none if the receiver is gated.
    pub(super) ground_km: Option<(f64, f64)>,
    /// Lines of one height throughout, km.
    pub(super) traps_km: Vec<f64>,
    /// Slanting lines of other sounders.
    pub(super) foreign: usize,
    /// Height below which the receiver is closed, km; below the panel if it never is.
    pub(super) closed_km: f64,
    /// Columns lost for each hundred.
    pub(super) lost: f64,
    /// Impulses for each hundred columns.
    pub(super) impulses: f64,
    /// Left, top, right and bottom margin in shares of the picture.
    pub(super) margins: [f64; 4],
    /// Light of the margin, of the empty panel, and of full black.
    pub(super) tones: [f32; 3],
    /// A caption stands in a corner of the panel.
    pub(super) has_caption_inside: bool,
    /// Marks and rulings.
    pub(super) grid: Grid,
    /// Blur, one sigma, px.
    pub(super) blur_px: f64,
    /// Turn against the wear's.
    pub(super) turn: f64,
    /// Change of light from left to right and from top to bottom.
    pub(super) gradient: [f32; 2],
    /// Exponent of the tones.
    pub(super) gamma: f32,
    /// Number of grey levels; 0 for all.
    pub(super) levels: u32,
}

/// Evenly by the logarithm between two limits.
pub(super) fn scale(random: &mut Random, low: f64, high: f64) -> f64 {
    random.between(low.ln(), high.ln()).exp()
}

impl Style {
    /// A style for a roll of an instrument.
    pub(in super::super) fn random(calibration: &Calibration, random: &mut Random) -> Self {
        let bare = calibration.film.bare_panel;
        let on_screen = random.chance(if bare { 0.8 } else { 0.2 });
        let cells = random.chance(if on_screen { 0.75 } else { 0.08 }).then(|| Cells {
            gate_km: [2.5, 3.0, 5.0, 6.0, 10.0, scale(random, 1.0, 10.0)][random.index(6)],
            step_mhz: [0.02, 0.025, 0.05, 0.1, 0.05, scale(random, 0.02, 0.12)][random.index(6)],
        });
        let pulse_km = if random.chance(0.15) { scale(random, 25.0, 60.0) } else { scale(random, 3.0, 28.0) };
        // Cleaned pictures keep what a threshold passed.
        let is_cleaned = on_screen && random.chance(0.35);
        let hard = calibration.film.bilevel || random.chance(0.35);
        let is_dark_margin = random.chance(if on_screen { 0.2 } else { 0.65 });
        let margins = |random: &mut Random| if random.chance(0.3) { random.between(0.06, 0.16) } else { 0.012 };
        Self {
            on_screen,
            cells,
            pitch_px: scale(random, 1.0, 3.0),
            line_gap: if random.chance(0.4) { random.between(0.0, 0.5) as f32 } else { 0.0 },
            pulse_km,
            rise_km: if random.chance(0.4) { random.between(0.0, 0.25) * pulse_km.min(12.0) } else { 0.0 },
            tail_km: if random.chance(0.5) { scale(random, 2.0, 40.0) } else { 0.0 },
            ragged: random.between(0.05, 0.7),
            jitter_km: if random.chance(0.4) { random.between(0.0, 2.5) } else { 0.3 },
            holes: if random.chance(0.4) { random.between(0.0, 0.35) } else { 0.0 },
            mottle: if random.chance(0.5) { random.between(0.0, 0.6) as f32 } else { 0.08 },
            fading: [random.between(0.2, 1.5), random.between(0.0, 1.5)],
            knee: random.between(0.03, 0.11) as f32,
            soft: if hard { random.between(0.01, 0.15) } else { random.between(0.15, 0.95) } as f32,
            differentiated: if random.chance(0.3) {
                (random.between(0.4, 1.0) as f32, scale(random, 8.0, 80.0))
            } else {
                (0.0, 1.0)
            },
            gain_control: if random.chance(0.35) { random.between(0.2, 1.0) as f32 } else { 0.0 },
            slope: if random.chance(0.3) { random.between(0.0, 0.08) as f32 } else { 0.0 },
            noise: if is_cleaned { random.between(0.0, 0.1) } else { scale(random, 0.3, 6.0) },
            spike_km: if random.chance(0.3) { 0.1 } else { pulse_km * random.between(0.2, 1.3) },
            grey: if random.chance(0.35) && !is_cleaned && !calibration.film.bilevel {
                [0.35, 0.08, 0.03, 0.15].map(|most| random.between(0.0, most) as f32)
            } else {
                [0.0; 4]
            },
            hum: if random.chance(0.12) && !calibration.film.bilevel {
                [random.between(0.02, 0.15), 0.3 * random.share().powi(2), random.between(-0.3, 0.3)].map(|h| h as f32)
            } else {
                [0.0; 3]
            },
            stations: scale(random, 0.3, 4.0),
            carrier_width: scale(random, 0.3, 3.0),
            carrier_level: if is_cleaned { random.between(0.0, 0.4) } else { random.between(0.2, 1.4) },
            blocks: if random.chance(0.3) { random.between(0.0, 0.15) } else { 0.0 },
            part: random.between(0.0, 0.5),
            combs: if random.chance(0.5) { random.between(0.0, 0.4) } else { 0.0 },
            ground_km: random.chance(if is_cleaned { 0.25 } else { 0.6 }).then(|| {
                let top = if random.chance(0.12) { random.between(30.0, 80.0) } else { random.between(2.0, 30.0) };
                (top, if random.chance(0.4) { random.between(0.0, 60.0) } else { 4.0 })
            }),
            traps_km: (0..if random.chance(0.12) { 1 + random.index(2) } else { 0 })
                .map(|_| random.between(90.0, 900.0))
                .collect(),
            foreign: if random.chance(0.08) { 1 + random.index(4) } else { 0 },
            closed_km: if random.chance(0.12) { random.between(20.0, 70.0) } else { -1e3 },
            lost: if random.chance(0.25) { random.between(0.0, 4.0) } else { 0.0 },
            impulses: if random.chance(0.5) { scale(random, 0.2, 8.0) } else { 0.0 },
            margins: [0; 4].map(|_| margins(random)),
            tones: [
                if is_dark_margin { random.between(0.0, 0.3) } else { random.between(0.6, 1.0) } as f32,
                if on_screen && random.chance(0.7) { 1.0 } else { random.between(0.65, 1.0) as f32 },
                if on_screen && random.chance(0.7) { 0.0 } else { random.between(0.0, 0.2) as f32 },
            ],
            has_caption_inside: bare && random.chance(0.25),
            grid: Grid::random(on_screen, random),
            blur_px: match random.index(10) {
                _ if on_screen && random.chance(0.7) => 0.0,
                0 => random.between(1.5, 3.0),
                1..=6 => random.between(0.3, 1.2),
                _ => 0.0,
            },
            turn: if random.chance(0.7) { random.between(0.3, 1.5) } else { 0.0 },
            gradient: [0; 2].map(|_| {
                let sloping = random.chance(if on_screen { 0.1 } else { 0.4 });
                if sloping { 0.3 * random.normal().clamp(-1.5, 1.5) as f32 } else { 0.0 }
            }),
            gamma: if random.chance(0.6) { scale(random, 0.6, 1.7) as f32 } else { 1.0 },
            levels: if random.chance(0.25) { [3, 4, 8, 16, 32][random.index(5)] } else { 0 },
        }
    }
}

//! Where everything stands on one frame of film.

use super::random::Random;
use crate::model::{
    Calibration, CaptionKind, CaptionLayout, Curve, HeightDirection, PixelBox, Placement, RangeAxis, Sounder, Sweep,
    SweepLaw,
};

/// Picture size where the calibration file names none: a 35 mm frame at usual scanner resolution.
const USUAL_SIZE: [u32; 2] = [2072, 816];

/// Proportions that frames of one roll share.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Format {
    pub(super) width: usize,
    pub(super) height: usize,
    /// Left, top, right and bottom limit of the data panel.
    pub(super) panel: [f64; 4],
    /// First to last mark in shares of the panel's width, and the place of the first.
    span: (f64, f64),
    /// Pixels from one ruling to the next.
    step_px: f64,
    /// Length of a pulse, km.
    pub(super) pulse_km: f64,
    /// Pixels are black or white only.
    pub(super) bilevel: bool,
}

/// The axes of one frame, before the frame is turned.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Axes {
    pub(super) sweep: Sweep,
    pub(super) range: RangeAxis,
    /// MHz and column of each frequency mark.
    pub(super) marks: Vec<(f64, f64)>,
    /// Kilometres and row of each height ruling within the panel.
    pub(super) rulings: Vec<(f64, f64)>,
    /// How the frame lies in its picture.
    pub(super) placement: Placement,
    /// Length of a pulse, km.
    pub(super) pulse_km: f64,
}

impl Format {
    /// Proportions drawn at random within the calibration's limits.
    pub(super) fn new(
        calibration: &Calibration,
        layout: Option<&CaptionLayout>,
        scale: f64,
        random: &mut Random,
    ) -> Self {
        let [width, height] = calibration.film.size_px.unwrap_or(USUAL_SIZE).map(|side| f64::from(side) * scale);
        let (width, height) = (width.round().max(64.0), height.round().max(64.0));
        let panel = if calibration.film.bare_panel {
            [0.0, 0.0, width - 1.0, height - 1.0]
        } else {
            let beside = layout.is_some_and(|layout| matches!(layout.kind, CaptionKind::Dots | CaptionKind::Lanes));
            let edge = width * random.between(0.008, 0.02);
            let left = if beside { width * random.between(0.19, 0.225) } else { edge };
            let bottom = if beside { random.between(0.93, 0.95) } else { random.between(0.86, 0.89) };
            [left, (height * random.between(0.045, 0.06)).round(), width - 1.0 - edge, (height * bottom).round()]
        };
        let [low, high] = calibration.sweep.span;
        let span = if low >= high { high } else { random.between(0.4 * low + 0.6 * high, 0.1 * low + 0.9 * high) };
        let span = if calibration.film.bare_panel { 1.0 } else { span };
        let first = (1.0 - span) * random.between(0.35, 0.75);
        let axis = &calibration.height;
        let panel_height = panel[3] - panel[1];
        let range_km = (axis.stop_km - axis.edge_km.unwrap_or(axis.start_km)).max(1.0);
        let mut share = axis.spacing_km.max(1.0) / range_km;
        if !calibration.film.bare_panel && axis.spacing_share[1] > 0.0 {
            share =
                (share * random.between(1.0, 1.04)).clamp(axis.spacing_share[0] * 1.03, axis.spacing_share[1] * 0.97);
        }
        // Pulses of 50 to 100 microseconds; echoes from a satellite's long way are broader.
        let pulse_km = match calibration.sounder {
            Sounder::Bottomside => random.between(8.0, 14.0),
            Sounder::Topside => random.between(18.0, 28.0),
        };
        Self {
            width: width as usize,
            height: height as usize,
            panel,
            span: (span, first),
            step_px: share * panel_height,
            pulse_km,
            bilevel: calibration.film.bilevel,
        }
    }

    /// Gives the panel other limits; heights and marks keep their shares of it.
    pub(super) fn move_panel(&mut self, panel: [f64; 4]) {
        self.step_px *= (panel[3] - panel[1]) / (self.panel[3] - self.panel[1]);
        self.panel = panel;
    }

    /// The axes of one frame: marks stray as the calibration allows, and the sweep passes through them.
    pub(super) fn axes(&self, calibration: &Calibration, skew_deg: f64, random: &mut Random) -> Axes {
        let [left, top, right, bottom] = self.panel;
        let width = right - left;
        let sweep = &calibration.sweep;
        let stray = if calibration.film.bare_panel { 0.0 } else { sweep.position_sigma };
        let warp = [random.normal(), random.normal()].map(|normal| normal * 0.6 * stray);
        let shift = if calibration.film.bare_panel { 0.0 } else { width * 0.004 * random.normal() };
        let (span, first) = self.span;
        let logarithmic = sweep.law == SweepLaw::Logarithmic;
        let value = |mhz: f64| if logarithmic { mhz.ln() } else { mhz };
        let place = |mhz: f64| {
            (value(mhz) - value(sweep.start_mhz)) / (value(sweep.stop_mhz) - value(sweep.start_mhz)).max(1e-9)
        };
        let column = |share: f64| {
            let bend = warp[0] * (std::f64::consts::PI * share).sin() + warp[1] * (std::f64::consts::TAU * share).sin();
            left + shift + width * (first + span * (share + bend))
        };
        let marks: Vec<(f64, f64)> = sweep
            .markers
            .iter()
            .map(|mark| {
                (mark.mhz, column(mark.position.unwrap_or_else(|| place(mark.mhz)) + 0.1 * stray * random.normal()))
            })
            .collect();
        let mut knots = marks.clone();
        if knots.len() < 2 {
            knots = vec![(sweep.start_mhz, column(0.0)), (sweep.stop_mhz, column(1.0))];
        }
        let curve = Curve {
            px: knots.iter().map(|knot| knot.1).collect(),
            value: knots.iter().map(|knot| value(knot.0)).collect(),
        };
        let axis = &calibration.height;
        let edge_km = axis.edge_km.unwrap_or(axis.start_km);
        let (zero_row, sign) = match axis.direction {
            HeightDirection::Up => (bottom, -1.0),
            HeightDirection::Down => (top, 1.0),
        };
        let slope = sign * self.step_px / axis.spacing_km.max(1.0);
        let row = |km: f64| zero_row + slope * (km - edge_km);
        let ends = if slope > 0.0 { [axis.start_km, axis.stop_km] } else { [axis.stop_km, axis.start_km] };
        let count = if axis.spacing_km > 0.0 { 200 } else { 0 };
        let rulings = (0..count)
            .map(|i| axis.first_km + f64::from(i) * axis.spacing_km)
            .map(|km| (km, row(km)))
            .filter(|&(_, y)| y >= top - 0.01 && y <= bottom + 0.01)
            .collect();
        let placement = Placement {
            bbox: PixelBox::new(0, 0, self.width as i32, self.height as i32),
            rotation_deg: skew_deg as f32,
            mirrored: false,
        };
        Axes {
            sweep: Sweep { curve, logarithmic, shear: 0.0, reference_y: 0.5 * (top + bottom) },
            range: RangeAxis {
                curve: Curve { px: ends.map(row).to_vec(), value: ends.to_vec() },
                tilt: 0.0,
                reference_x: 0.5 * (left + right),
            },
            marks,
            rulings,
            placement,
            pulse_km: self.pulse_km,
        }
    }
}

//! What the receiver hands to the display: the strength in cells of frequency and height.

use super::super::canvas::Canvas;
use super::super::echo::{Echo, EchoPoint, Kind};
use super::super::geometry::{Axes, Format};
use super::super::random::Random;
use super::super::wear::Wear;
use super::fading::Fading;
use super::ruler::Ruler;
use super::style::Style;

/// Strength of each cell, on the scale of `EchoPoint::strength`: 1 is 25 dB over the noise.
///
/// A cell is a gate of a digital sounder, or on film one line of the beam wide and one pixel high.
pub(super) struct Video {
    /// Column after column, each from low to high.
    pub(super) strength: Vec<f32>,
    /// Cells of a column.
    pub(super) rows: usize,
    /// Frequency of each column's middle, MHz.
    pub(super) mhz: Vec<f64>,
    /// Height of the lowest cell's lower side and height of a cell, km.
    pub(super) low_km: f64,
    pub(super) cell_km: f64,
    /// Limits of the columns, px.
    edges: Vec<f64>,
    panel: [f64; 4],
    /// Row of height zero, and rows for each km: negative where heights grow upward.
    zero_px: f64,
    km_px: f64,
    ruler: Ruler,
    is_continuous: bool,
}

impl Video {
    /// Empty cells over the panel.
    pub(super) fn new(style: &Style, format: &Format, axes: &Axes) -> Self {
        let [left, top, right, bottom] = format.panel;
        let ruler = Ruler::new(&axes.sweep, left, right);
        let zero_px = axes.range.y_at(0.0, 0.0);
        let km_px = (axes.range.y_at(1000.0, 0.0) - zero_px) / 1000.0;
        let [near, far] = if km_px < 0.0 { [bottom + 0.5, top - 0.5] } else { [top - 0.5, bottom + 0.5] };
        let [near_km, far_km] = [near, far].map(|y| (y - zero_px) / km_px);
        let fine_km = 1.0 / km_px.abs();
        let cell_km = style.cells.map_or(fine_km, |cells| cells.gate_km.max(fine_km));
        let low_km = if style.cells.is_some() { (near_km / cell_km).floor() * cell_km } else { near_km };
        let rows = ((far_km - low_km) / cell_km).ceil().max(1.0) as usize;
        let mut edges = vec![left - 0.5];
        while edges[edges.len() - 1] < right + 0.5 {
            let last = edges[edges.len() - 1];
            edges.push(match style.cells {
                Some(cells) => ruler.x_at(ruler.mhz_at(last) + cells.step_mhz).clamp(last + 1.0, last + 24.0),
                None => last + style.pitch_px.max(1.0),
            });
        }
        let mhz: Vec<f64> = edges.windows(2).map(|pair| ruler.mhz_at(0.5 * (pair[0] + pair[1]))).collect();
        Self {
            strength: vec![0.0; rows * mhz.len()],
            rows,
            mhz,
            low_km,
            cell_km,
            edges,
            panel: format.panel,
            zero_px,
            km_px,
            ruler,
            is_continuous: style.cells.is_none(),
        }
    }

    /// Cells of a length in km, at least one.
    pub(super) fn cells(&self, km: f64) -> usize {
        (km / self.cell_km).round().max(1.0) as usize
    }

    /// Adds all echoes.
    pub(super) fn add_echoes(&mut self, style: &Style, wear: &Wear, echoes: &[Echo], random: &mut Random) {
        let columns = self.mhz.len();
        let depth = (wear.fading * random.between(0.4, 1.5)).min(0.95);
        let jitter: Vec<[f64; 3]> = (0..columns).map(|_| [random.normal(), random.normal(), random.normal()]).collect();
        let mut spans: Vec<Option<Span>> = vec![None; columns];
        for echo in echoes {
            spans.fill(None);
            for pair in echo.points.windows(2) {
                self.pass(pair[0], pair[1], &mut spans);
            }
            let depth = if echo.kind == Kind::Scatter { 0.5 + 0.5 * depth } else { depth };
            let fading = Fading::new([depth * style.fading[0], depth * style.fading[1]].map(|d| d.min(0.95)), random);
            let holes = style.holes * if echo.kind == Kind::Scatter { 2.0 } else { 1.0 };
            for (column, span) in spans.iter().enumerate() {
                let Some(span) = span.filter(|_| !random.chance(holes)) else { continue };
                let faded = fading.at(column as f64 / columns as f64) + 0.1 * depth * jitter[column][0];
                self.stamp(style, column, span, (span.strength + faded).min(1.0), &jitter[column], random);
            }
        }
    }

    /// Notes the heights at which a piece of a trace passes through each column.
    fn pass(&self, from: EchoPoint, to: EchoPoint, spans: &mut [Option<Span>]) {
        let (x0, x1) = (self.ruler.x_at(from.mhz), self.ruler.x_at(to.mhz));
        // A hole in the trace, where the sheet below hides it, is not bridged.
        let wide = 0.02 * (self.panel[2] - self.panel[0]);
        if (x1 - x0).abs() > wide.max(4.0) || x1 < self.edges[0] || x0 < self.edges[0] - wide {
            return;
        }
        let column = |x: f64| self.edges.partition_point(|&edge| edge <= x).saturating_sub(1);
        for (i, span) in spans.iter_mut().enumerate().take(column(x1) + 1).skip(column(x0)) {
            let (low, high) = (self.edges[i].max(x0), self.edges[i + 1].min(x1));
            let middle = 0.5 * (self.edges[i] + self.edges[i + 1]);
            let share = |x: f64| ((x - x0) / (x1 - x0).max(1e-9)).clamp(0.0, 1.0);
            let km = |x: f64| from.km + share(x) * (to.km - from.km);
            let strength = from.strength + share(middle) * (to.strength - from.strength);
            if self.is_continuous {
                let (a, b) = (km(low), km(high));
                Span { low_km: a.min(b), high_km: a.max(b), strength }.join(span);
            } else if middle >= x0 && middle < x1 {
                // A digital sounder listens on one frequency of the step.
                Span { low_km: km(middle), high_km: km(middle), strength }.join(span);
            }
        }
    }

    /// Writes the pulse of one column.
    fn stamp(
        &mut self,
        style: &Style,
        column: usize,
        span: Span,
        strength: f64,
        jitter: &[f64; 3],
        random: &mut Random,
    ) {
        if strength <= 0.0 {
            return;
        }
        let edge = (span.low_km + style.jitter_km * jitter[1] - self.low_km) / self.cell_km;
        let first = edge.round().max(0.0) as usize;
        if first >= self.rows || edge < -(self.rows as f64) {
            return;
        }
        let ragged = (1.0 + style.ragged * (0.6 * jitter[2] + 0.4 * random.normal())).max(0.3);
        let long_km = style.pulse_km * (0.5 + 0.6 * strength.clamp(0.0, 1.0)) * ragged;
        let steep = (span.high_km - span.low_km) / self.cell_km;
        let full = edge + steep + (long_km / self.cell_km).max(1.0);
        // A decay to 1/e in amplitude is 8.7 dB; full strength is 25 dB.
        let decay = if style.tail_km > 0.0 { 0.35 * self.cell_km / (style.tail_km * ragged) } else { 1e9 };
        let rise = if style.rise_km > 0.0 { self.cell_km / style.rise_km } else { 1e9 };
        let cells = &mut self.strength[column * self.rows..][..self.rows];
        for (i, cell) in cells.iter_mut().enumerate().skip(first) {
            let after = i as f64 + 0.5 - full;
            let value = if after > 0.0 {
                strength - decay * (after + 0.5)
            } else {
                strength * (rise * (i as f64 + 1.0 - edge)).clamp(0.3, 1.0)
            };
            if value < 0.02 {
                break;
            }
            let value = value as f32 * (1.0 + style.mottle * random.normal() as f32);
            *cell = cell.max(value);
        }
    }

    /// Draws the cells, which now hold ink from 0 to 1, over the panel.
    pub(super) fn show(&self, style: &Style, canvas: &mut Canvas) {
        let [left, top, right, bottom] = self.panel;
        let ink = (style.tones[1] - style.tones[2]) / style.tones[1];
        let mut column = 0;
        let columns: Vec<(usize, f32)> = (left.round() as usize..=right.round() as usize)
            .map(|x| {
                while column + 2 < self.edges.len() && self.edges[column + 1] < x as f64 {
                    column += 1;
                }
                // The beam does not quite fill the space between its lines.
                let last = self.edges[column + 1] - x as f64 <= 1.0 && style.pitch_px >= 2.0;
                (column * self.rows, ink * if last { 1.0 - style.line_gap } else { 1.0 })
            })
            .collect();
        for y in top.round() as usize..=(bottom.round() as usize).min(canvas.height - 1) {
            let km = (y as f64 - self.zero_px) / self.km_px;
            let row = (((km - self.low_km) / self.cell_km).max(0.0) as usize).min(self.rows - 1);
            let pixels = &mut canvas.light[y * canvas.width..][..canvas.width];
            for (pixel, (start, ink)) in pixels.iter_mut().skip(left.round() as usize).zip(&columns) {
                *pixel *= 1.0 - ink * self.strength[start + row];
            }
        }
    }
}

/// Heights of an echo in a column, km.
#[derive(Debug, Clone, Copy)]
struct Span {
    low_km: f64,
    high_km: f64,
    strength: f64,
}

impl Span {
    fn join(self, other: &mut Option<Self>) {
        *other = Some(other.map_or(self, |other| Self {
            low_km: self.low_km.min(other.low_km),
            high_km: self.high_km.max(other.high_km),
            strength: self.strength.max(other.strength),
        }));
    }
}

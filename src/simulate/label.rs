//! The caption of a frame: what it says, and drawing it.

use super::canvas::Canvas;
use super::stroke;
use crate::model::{Calibration, CaptionKind, CaptionLayout, FieldName, Station};
use jiff::civil::DateTime;

/// What a caption says.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Label {
    /// Each digit, and whether a gap follows.
    pub(super) digits: Vec<(u8, bool)>,
    /// Digits with a space at each gap; lanes have none.
    pub(super) text: String,
    /// Printed local time of the frame.
    pub(super) time: DateTime,
}

impl Label {
    /// The caption of a layout for a printed time and a station code.
    pub(super) fn new(layout: &CaptionLayout, time: DateTime, station_code: u32) -> Self {
        let mut digits = Vec::new();
        for field in &layout.fields {
            let value = match field.name {
                FieldName::Station => station_code,
                FieldName::Year => (i32::from(time.year()) - i32::from(layout.rule.year_base)).unsigned_abs(),
                FieldName::DayOfYear => time.date().day_of_year().unsigned_abs().into(),
                FieldName::Month => time.month().unsigned_abs().into(),
                FieldName::Day => time.day().unsigned_abs().into(),
                FieldName::Hour => time.hour().unsigned_abs().into(),
                FieldName::Minute => time.minute().unsigned_abs().into(),
                FieldName::Second => time.second().unsigned_abs().into(),
                FieldName::Satellite | FieldName::Mode | FieldName::Other => {
                    field.values.first().map_or(1, |&value| value.into())
                }
            };
            if field.digits == 1 && matches!(layout.kind, CaptionKind::Lanes | CaptionKind::Dots) {
                // The four weights of one lane can show more than a decimal digit.
                digits.push((value.min(15) as u8, field.gap));
                continue;
            }
            for i in (0..field.digits).rev() {
                digits.push(((value / 10u32.pow(i.into()) % 10) as u8, i == 0 && field.gap));
            }
        }
        if let Some(last) = digits.last_mut() {
            last.1 = false;
        }
        let text = digits.iter().map(|(digit, gap)| format!("{digit}{}", if *gap { " " } else { "" })).collect();
        Self { digits, text, time }
    }

    /// Draws the caption in its usual place around or on a panel (left, top, right, bottom).
    pub(super) fn draw(&self, canvas: &mut Canvas, calibration: &Calibration, layout: &CaptionLayout, panel: [f64; 4]) {
        let panel_height = panel[3] - panel[1];
        let height = panel_height * (layout.digit_height[0] * 0.55 + layout.digit_height[1] * 0.45);
        match layout.kind {
            CaptionKind::Printed | CaptionKind::SevenSegment => {
                self.draw_line(canvas, calibration, layout, panel, height);
            }
            CaptionKind::Lanes | CaptionKind::Dots => self.draw_lanes(canvas, layout, panel, height),
        }
    }

    fn draw_line(
        &self,
        canvas: &mut Canvas,
        calibration: &Calibration,
        layout: &CaptionLayout,
        panel: [f64; 4],
        height: f64,
    ) {
        let pitch = height * (0.7 * layout.pitch[0] + 0.3 * layout.pitch[1]);
        let bare = calibration.film.bare_panel;
        let (width, full) = (canvas.width as f64, canvas.height as f64);
        let (mut x, middle) = if bare {
            (width * layout.region[0] + 1.0, full * 0.5 * (layout.region[1] + layout.region[3]))
        } else {
            (width * 0.19, panel[3] + 0.6 * (full - panel[3]))
        };
        let top = middle - 0.5 * height;
        let target = if bare { 0.0 } else { 1.0 };
        for &(digit, gap) in &self.digits {
            if layout.kind == CaptionKind::Printed {
                let strokes: Vec<_> = stroke::printed(digit).collect();
                for (thickness, strength) in [(0.34, 0.35), (0.19, 0.97)] {
                    for line in &strokes {
                        for pair in line.windows(2) {
                            let at =
                                |(u, v): (f64, f64)| (x + (0.04 + 0.92 * u) * height, top + (0.06 + 0.88 * v) * height);
                            canvas.stroke(at(pair[0]), at(pair[1]), thickness * height, target, strength);
                        }
                    }
                }
            } else {
                // Drawn by a tube on film or by the sounder itself, pixel by pixel, on a bare panel.
                let (gap, thickness, slant, broad) =
                    if bare { (0.0, 1.0, 0.0, 0.8) } else { (0.07, 0.1 * height, 0.06, 1.0) };
                for segment in stroke::segments(digit, gap) {
                    let at = |(u, v): (f64, f64)| {
                        let place = (x + (broad * u + slant * (1.0 - v)) * height, top + v * height);
                        if bare { (place.0.round(), place.1.round()) } else { place }
                    };
                    canvas.stroke(at(segment[0]), at(segment[1]), thickness, target, 0.9);
                }
            }
            x += if gap { 2.0 * pitch } else { pitch };
        }
    }

    /// Lanes run from the bottom to the top of the black panel on the left; text in them stands on its side.
    fn draw_lanes(&self, canvas: &mut Canvas, layout: &CaptionLayout, panel: [f64; 4], height: f64) {
        let panel_height = panel[3] - panel[1];
        let pitch = panel_height * 0.5 * (layout.pitch[0] + layout.pitch[1]);
        let bottom = panel[3] - 0.5 * pitch;
        for (lane, &(digit, _)) in self.digits.iter().enumerate() {
            let y = bottom - lane as f64 * pitch;
            for (column, weight) in [1u8, 2, 4, 8].into_iter().enumerate().filter(|(_, weight)| digit & weight != 0) {
                if layout.kind == CaptionKind::Dots {
                    // Bare dots stand closer: 8 4 2 1 from the left.
                    let x = 0.68 * panel[0] - 0.3 * pitch * column as f64;
                    canvas.stroke((x, y), (x, y), 0.019 * panel_height, 1.0, 0.97);
                    continue;
                }
                let x = 0.22 * panel[0] + pitch * column as f64;
                for (thickness, strength) in [(0.28, 0.3), (0.16, 0.97)] {
                    let at = |(u, v): (f64, f64)| (x + (v - 0.5) * height, y - (u - 0.3) * height);
                    for line in stroke::printed(weight) {
                        for pair in line.windows(2) {
                            canvas.stroke(at(pair[0]), at(pair[1]), thickness * height, 1.0, strength);
                        }
                    }
                }
            }
        }
    }
}

/// Stations whose code may stand on film of a date and fits the layout.
pub(super) fn stations_at<'a>(
    calibration: &'a Calibration,
    layout: Option<&CaptionLayout>,
    date: DateTime,
) -> Vec<(&'a Station, u32)> {
    let date = date.date().to_string();
    let field = layout.and_then(|layout| layout.fields.iter().find(|field| field.name == FieldName::Station));
    let fits = |code: u32| {
        field.is_none_or(|field| {
            let few = code < 10u32.pow(u32::from(field.digits.min(9)));
            if field.values.is_empty() { few } else { field.values.iter().any(|&value| u32::from(value) == code) }
        })
    };
    calibration
        .stations
        .iter()
        .filter(|station| station.from.as_ref().is_none_or(|from| *from <= date))
        .filter(|station| station.until.as_ref().is_none_or(|until| *until >= date))
        .filter_map(|station| Some((station, station.code.parse::<u32>().ok()?)))
        .filter(|&(_, code)| fits(code))
        .collect()
}

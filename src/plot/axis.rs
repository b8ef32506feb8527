//! Axes of a chart: from values to places on the page, with ticks, grid lines and names.

use super::ticks;
use super::{Anchor, Baseline, Colour, Scene, Stroke, Text};
use jiff::Timestamp;

/// Font sizes in scene units.
pub(super) const SMALL: f64 = 11.5;
pub(super) const NORMAL: f64 = 13.0;
pub(super) const LARGE: f64 = 21.0;

/// The rectangle in which values are drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Plane {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) right: f64,
    pub(super) foot: f64,
}

/// How values grow along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Law {
    Linear,
    Logarithmic,
}

/// An axis: values at its two ends and the places of the ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Axis {
    pub(super) from: f64,
    pub(super) until: f64,
    pub(super) start: f64,
    pub(super) stop: f64,
    pub(super) law: Law,
}

impl Axis {
    /// The place of a value.
    pub(super) fn at(&self, value: f64) -> f64 {
        let (value, from, until) = match self.law {
            Law::Linear => (value, self.from, self.until),
            Law::Logarithmic => (value.max(1e-9).ln(), self.from.ln(), self.until.ln()),
        };
        self.start + (value - from) / (until - from) * (self.stop - self.start)
    }

    /// The value lies between the ends.
    pub(super) fn holds(&self, value: f64) -> bool {
        (self.from.min(self.until)..=self.from.max(self.until)).contains(&value)
    }
}

/// The span of the values with some air, ends on ticks; `None` without values.
pub(super) fn span(values: impl Iterator<Item = f64>, wanted: usize) -> Option<(f64, f64)> {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for value in values.filter(|value| value.is_finite()) {
        low = low.min(value);
        high = high.max(value);
    }
    if low > high {
        return None;
    }
    let air = ((high - low) * 0.04).max(high.abs() * 1e-3).max(1e-3);
    let step = ticks::round_step((high - low + 2.0 * air) / wanted.max(1) as f64);
    Some((((low - air) / step).floor() * step, ((high + air) / step).ceil() * step))
}

/// Ground, grid lines, ticks and name of an upright axis left of a plane.
pub(super) fn upright(scene: &mut Scene, plane: &Plane, axis: &Axis, name: &str) {
    let wanted = (((plane.foot - plane.top) / 34.0) as usize).clamp(2, 10);
    for value in ticks::linear(axis.from.min(axis.until), axis.from.max(axis.until), wanted) {
        let y = axis.at(value);
        scene.line((plane.left, y), (plane.right, y), Stroke::solid(Colour::MIST, 1.0));
        let label = Text::new((plane.left - 8.0, y), ticks::label(value), NORMAL).colour(Colour::SLATE);
        scene.text(label.anchored(Anchor::End, Baseline::Middle));
    }
    let middle = (plane.left - 50.0, (plane.top + plane.foot) / 2.0);
    scene.text(Text::new(middle, name, NORMAL).anchored(Anchor::Middle, Baseline::Foot).upward());
}

/// Grid lines and, `labelled`, ticks of a time axis; the labels stand below `labels_at`.
pub(super) fn time(scene: &mut Scene, plane: &Plane, axis: &Axis, labels_at: Option<f64>) {
    let seconds = |value: f64| Timestamp::from_second(value.round() as i64);
    let (Ok(from), Ok(until)) = (seconds(axis.from), seconds(axis.until)) else { return };
    let wanted = ((plane.right - plane.left) / 78.0) as usize;
    for tick in ticks::time(from, until, wanted) {
        let x = axis.at(tick.at.as_second() as f64);
        scene.line((x, plane.top), (x, plane.foot), Stroke::solid(Colour::MIST, 1.0));
        let Some(y) = labels_at else { continue };
        scene.line((x, y), (x, y + 5.0), Stroke::solid(Colour::SLATE, 1.0));
        let label = Text::new((x, y + 9.0), tick.label, NORMAL).colour(Colour::SLATE);
        scene.text(label.anchored(Anchor::Middle, Baseline::Head));
        if let Some(heading) = tick.heading {
            let label = Text::new((x, y + 26.0), heading, NORMAL);
            scene.text(label.anchored(Anchor::Middle, Baseline::Head));
        }
    }
}

/// Grid lines and labels of the hours of a day on a time axis.
pub(super) fn hours(scene: &mut Scene, plane: &Plane, axis: &Axis) {
    for hour in 0..=24 {
        let x = axis.at(axis.from + 3600.0 * f64::from(hour));
        scene.line((x, plane.top), (x, plane.foot), Stroke::solid(Colour::MIST, 1.0));
        scene.line((x, plane.foot), (x, plane.foot + 5.0), Stroke::solid(Colour::SLATE, 1.0));
        let label = Text::new((x, plane.foot + 9.0), format!("{hour:02}"), NORMAL).colour(Colour::SLATE);
        scene.text(label.anchored(Anchor::Middle, Baseline::Head));
    }
}

/// The plane's outline: left and lower edge.
pub(super) fn edges(scene: &mut Scene, plane: &Plane) {
    let stroke = Stroke::solid(Colour::SLATE, 1.0);
    scene.line((plane.left, plane.top), (plane.left, plane.foot), stroke);
    scene.line((plane.left, plane.foot), (plane.right, plane.foot), stroke);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_place_their_ends() {
        for law in [Law::Linear, Law::Logarithmic] {
            let axis = Axis { from: 1.0, until: 25.0, start: 700.0, stop: 60.0, law };
            assert!((axis.at(1.0) - 700.0).abs() < 1e-9 && (axis.at(25.0) - 60.0).abs() < 1e-9);
            assert!(axis.holds(3.0) && !axis.holds(26.0));
        }
    }

    #[test]
    fn spans_end_on_ticks() {
        assert_eq!(span([4.1, 9.7].into_iter(), 5), Some((2.0, 10.0)));
        assert_eq!(span([f64::NAN].into_iter(), 5), None);
        let (low, high) = span([250.0].into_iter(), 5).unwrap();
        assert!(low < 250.0 && high > 250.0);
    }
}

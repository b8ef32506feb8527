//! Writes what is true of the simulated film, in the same columns as readings made by eye.

use super::roll::{FilmFrame, Roll};
use crate::model::{CaptionKind, CharacteristicName, Layer, Mode};
use crate::physics::x_of_o;
use crate::scale::maximum_usable_frequency;
use std::fs::File;
use std::path::Path;

/// Where a frame ended up.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Spot {
    pub(super) file: String,
    pub(super) frame_index: u32,
    /// Left edge in the file, px.
    pub(super) x: u32,
}

/// The truth files of a folder, open for writing.
pub(super) struct Truth {
    characteristics: csv::Writer<File>,
    captions: csv::Writer<File>,
    marks: csv::Writer<File>,
    rulings: csv::Writer<File>,
    points: csv::Writer<File>,
    traces: csv::Writer<File>,
    frames: csv::Writer<File>,
}

impl Truth {
    /// Opens the files and writes their headings.
    pub(super) fn create(folder: &Path) -> csv::Result<Self> {
        let open = |name: &str, columns: &[&str]| -> csv::Result<csv::Writer<File>> {
            let mut writer = csv::Writer::from_path(folder.join(name))?;
            writer.write_record(columns)?;
            Ok(writer)
        };
        Ok(Self {
            characteristics: open(
                "truth.csv",
                &[
                    "file",
                    "frame_index",
                    "characteristic",
                    "value",
                    "unit",
                    "lower",
                    "upper",
                    "station_code",
                    "time_utc",
                ],
            )?,
            captions: open(
                "captions.csv",
                &[
                    "file",
                    "frame_index",
                    "caption_kind",
                    "caption_text",
                    "station_code",
                    "year",
                    "day_of_year",
                    "hour",
                    "minute",
                    "second",
                    "time_utc",
                ],
            )?,
            marks: open("frequency_marks.csv", &["file", "frame_index", "mark_mhz", "x_px"])?,
            rulings: open("height_rulings.csv", &["file", "frame_index", "y_px", "height_km"])?,
            points: open("topside_points.csv", &["file", "frame_index", "trace", "x_px", "y_px", "sigma_px"])?,
            traces: open(
                "traces.csv",
                &[
                    "file",
                    "frame_index",
                    "mode",
                    "layer",
                    "hop",
                    "frequency_mhz",
                    "height_km",
                    "x_px",
                    "y_px",
                    "edge_y_px",
                ],
            )?,
            frames: open("frames.csv", &["file", "frame_index", "x", "y", "w", "h", "rotation_deg", "time_utc"])?,
        })
    }

    /// Adds everything about one frame.
    pub(super) fn add(&mut self, roll: &Roll, frame: &FilmFrame, spot: &Spot) -> csv::Result<()> {
        let index = spot.frame_index.to_string();
        let start = [spot.file.as_str(), index.as_str()];
        let time = format!("{}Z", frame.time_utc);
        let to_file = |x: f64, y: f64| {
            let (x, y) = frame.axes.placement.to_scan(x, y);
            (x + f64::from(spot.x), y)
        };
        let code = roll.station.map_or_else(String::new, |(station, _)| station.code.clone());
        for reading in characteristics(frame, roll.band_stop_mhz()) {
            self.characteristics.write_record([
                start[0],
                start[1],
                reading.name.as_str(),
                &number(reading.value, 4),
                reading.name.unit(),
                &number(reading.lower, 4),
                &number(reading.upper, 4),
                &code,
                &time,
            ])?;
        }
        if let (Some(label), Some(layout)) = (&frame.label, roll.layout) {
            let kind = match layout.kind {
                CaptionKind::Dots => "dots",
                CaptionKind::Lanes => "lanes",
                CaptionKind::Printed | CaptionKind::SevenSegment => "digits",
            };
            let seconds = layout.fields.iter().any(|field| field.name == crate::model::FieldName::Second);
            let date = label.time.date();
            let numbers = [
                i32::from(date.year()),
                i32::from(date.day_of_year()),
                i32::from(label.time.hour()),
                i32::from(label.time.minute()),
            ]
            .map(|number| number.to_string());
            let second = if seconds { label.time.second().to_string() } else { String::new() };
            self.captions.write_record([
                start[0],
                start[1],
                kind,
                &label.text,
                &code,
                &numbers[0],
                &numbers[1],
                &numbers[2],
                &numbers[3],
                &second,
                &time,
            ])?;
        }
        for &(mhz, x) in &frame.axes.marks {
            let (x, _) = to_file(x, frame.axes.sweep.reference_y);
            self.marks.write_record([start[0], start[1], &format!("{mhz}"), &format!("{x:.2}")])?;
        }
        let rows: Vec<f64> =
            frame.axes.rulings.iter().map(|&(_, y)| to_file(frame.axes.range.reference_x, y).1).collect();
        let list = |values: &mut dyn Iterator<Item = String>| values.collect::<Vec<_>>().join(" ");
        self.rulings.write_record([
            start[0],
            start[1],
            &list(&mut rows.iter().map(|y| format!("{y:.2}"))),
            &list(&mut frame.axes.rulings.iter().map(|(km, _)| format!("{km}"))),
        ])?;
        self.add_traces(frame, start, to_file)?;
        let (width, height) = frame.picture.dimensions();
        self.frames.write_record([
            start[0],
            start[1],
            &spot.x.to_string(),
            "0",
            &width.to_string(),
            &height.to_string(),
            &format!("{:.4}", frame.axes.placement.rotation_deg),
            &time,
        ])
    }

    fn add_traces(
        &mut self,
        frame: &FilmFrame,
        start: [&str; 2],
        to_file: impl Fn(f64, f64) -> (f64, f64),
    ) -> csv::Result<()> {
        for echo in &frame.echoes {
            let mut last = f64::NEG_INFINITY;
            for point in &echo.points {
                let x = frame.axes.sweep.x_at(point.mhz, frame.axes.sweep.reference_y);
                let edge_y = frame.axes.range.y_at(point.km, x);
                let (_, file_edge_y) = to_file(x, edge_y);
                let (file_x, file_y) = to_file(x, edge_y + 0.5 * super::panel::pulse_px(&frame.axes, point.strength));
                let (file_x, file_y) = (format!("{file_x:.2}"), format!("{file_y:.2}"));
                self.traces.write_record([
                    start[0],
                    start[1],
                    echo.mode.as_str(),
                    echo.layer.map_or("ground", Layer::as_str),
                    &echo.hop.to_string(),
                    &format!("{:.4}", point.mhz),
                    &format!("{:.2}", point.km),
                    &file_x,
                    &file_y,
                    &format!("{file_edge_y:.2}"),
                ])?;
                if echo.layer == Some(Layer::Topside) && x > last + 0.006 * f64::from(frame.picture.width()) {
                    last = x;
                    self.points.write_record([start[0], start[1], echo.mode.as_str(), &file_x, &file_y, "1"])?;
                }
            }
        }
        Ok(())
    }

    /// Completes the files.
    pub(super) fn finish(mut self) -> std::io::Result<()> {
        self.characteristics.flush()?;
        self.captions.flush()?;
        self.marks.flush()?;
        self.rulings.flush()?;
        self.points.flush()?;
        self.traces.flush()?;
        self.frames.flush()
    }
}

/// A true value; without one the characteristic cannot be read, and the limits may still bound it.
struct Reading {
    name: CharacteristicName,
    value: Option<f64>,
    lower: Option<f64>,
    upper: Option<f64>,
}

/// The characteristics by their URSI definitions, from the profile and from what the film shows.
fn characteristics(frame: &FilmFrame, stop_mhz: f64) -> Vec<Reading> {
    use CharacteristicName as Name;
    let exact = |name, value: Option<f64>| Reading { name, value, lower: value, upper: value };
    let points = |mode: Mode, layers: &'static [Layer]| {
        frame
            .echoes
            .iter()
            .filter(move |echo| {
                echo.mode == mode && echo.hop == 1 && echo.layer.is_some_and(|layer| layers.contains(&layer))
            })
            .flat_map(|echo| &echo.points)
    };
    let deepest = |mode| points(mode, &[Layer::Topside]).max_by(|a, b| a.km.total_cmp(&b.km));
    if frame.sky.profile.sounder_km > 0.0 {
        let (o, x) = (deepest(Mode::O), deepest(Mode::X));
        return vec![
            exact(Name::TopsideFoDeepest, o.map(|point| point.mhz)),
            exact(Name::TopsideRangeODeepest, o.map(|point| point.km)),
            exact(Name::TopsideFxDeepest, x.map(|point| point.mhz)),
            exact(Name::TopsideRangeXDeepest, x.map(|point| point.km)),
        ];
    }
    const F: &[Layer] = &[Layer::F, Layer::F1, Layer::F2];
    let lowest = |layers| points(Mode::O, layers).map(|point| point.km).min_by(f64::total_cmp);
    let first = |layers| points(Mode::O, layers).map(|point| point.mhz).min_by(f64::total_cmp);
    let seen = |layers| points(Mode::O, layers).map(|point| point.mhz).max_by(f64::total_cmp);
    let within = |name, value: f64, layers| match seen(layers) {
        Some(_) if value < stop_mhz => exact(name, Some(value)),
        Some(top) => Reading { name, value: None, lower: Some(top), upper: None },
        None => exact(name, None),
    };
    let sky = &frame.sky;
    let peak =
        |critical: f64| sky.profile.strata.iter().find(|s| s.critical_mhz == critical).map_or(300.0, |s| s.peak_km);
    let fx_f2 = x_of_o(sky.fo_f2, sky.profile.gyro_at(peak(sky.fo_f2)));
    let upper: &[Layer] = &[Layer::F, Layer::F2];
    let full: Vec<(f64, f64)> = points(Mode::O, upper).map(|point| (point.mhz, point.km)).collect();
    let factor = maximum_usable_frequency(&full).map(|muf| muf / sky.fo_f2).filter(|_| sky.fo_f2 < stop_mhz);
    let all: &[Layer] = &[Layer::E, Layer::Es, Layer::F, Layer::F1, Layer::F2];
    let sheet = sky.sporadic.filter(|_| seen(&[Layer::Es]).is_some());
    let visible = |fo: Option<f64>, layer: &'static [Layer]| fo.filter(|_| seen(layer).is_some());
    vec![
        within(Name::FoF2, sky.fo_f2, upper),
        exact(Name::M3000F2, factor),
        exact(Name::HF2, lowest(&[Layer::F2])),
        exact(Name::FoF1, visible(sky.fo_f1, &[Layer::F1])),
        exact(Name::HF, lowest(F)),
        exact(Name::FoE, visible(sky.fo_e, &[Layer::E])),
        exact(Name::HE, lowest(&[Layer::E])),
        exact(Name::FoEs, sheet.map(|sheet| sheet.fo_mhz)),
        exact(Name::FbEs, sheet.map(|sheet| sheet.blanket_mhz)),
        exact(Name::HEs, sheet.map(|sheet| sheet.km)),
        exact(Name::Fmin, first(all)),
        within(Name::FxI, fx_f2, upper),
    ]
}

fn number(value: Option<f64>, decimals: usize) -> String {
    value.map_or_else(String::new, |value| format!("{value:.decimals$}"))
}

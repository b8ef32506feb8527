//! Writes what is true of the simulated film, in the same columns as readings made by eye.

use super::echo::Kind;
use super::reading::characteristics;
use super::roll::{FilmFrame, Roll};
use crate::model::{CaptionKind, Layer};
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
    profiles: csv::Writer<File>,
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
                    "qualifier",
                    "descriptor",
                    "level",
                    "instrument",
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
            profiles: open(
                "profiles.csv",
                &["file", "frame_index", "time_utc", "height_km", "plasma_mhz", "electron_density_m3"],
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
        let letter = |letter: Option<char>| letter.map_or_else(String::new, String::from);
        for reading in characteristics(frame, roll.band_mhz()) {
            self.characteristics.write_record([
                start[0],
                start[1],
                reading.name.as_str(),
                &reading.words.map_or_else(|| number(reading.value, 4), String::from),
                reading.name.unit(),
                &number(reading.lower, 4),
                &number(reading.upper, 4),
                &code,
                &time,
                &letter(reading.qualifier),
                &letter(reading.descriptor),
                roll.level().as_str(),
                roll.instrument(),
            ])?;
        }
        self.add_profile(frame, start, &time)?;
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

    /// Electron density against height up to the F2 peak, or from it to the satellite.
    fn add_profile(&mut self, frame: &FilmFrame, start: [&str; 2], time: &str) -> csv::Result<()> {
        /// Electrons in a cubic metre for each MHz^2 of plasma frequency squared.
        const DENSITY: f64 = 1.2404e10;
        let sounding = &frame.sky.sounding;
        let (from, to, step) = if sounding.sounder_km() > 0.0 {
            (frame.sky.f2.0, sounding.sounder_km(), 20.0)
        } else {
            (90.0, frame.sky.f2.0 + 5.0, 5.0)
        };
        for i in 0..((to - from) / step) as u32 + 1 {
            let km = from + f64::from(i) * step;
            let mhz = sounding.plasma_mhz(km);
            self.profiles.write_record([
                start[0],
                start[1],
                time,
                &format!("{km:.1}"),
                &format!("{mhz:.4}"),
                &format!("{:.4e}", DENSITY * mhz * mhz),
            ])?;
        }
        Ok(())
    }

    fn add_traces(
        &mut self,
        frame: &FilmFrame,
        start: [&str; 2],
        to_file: impl Fn(f64, f64) -> (f64, f64),
    ) -> csv::Result<()> {
        for echo in frame.echoes.iter().filter(|echo| echo.kind == Kind::Trace) {
            let mut last = f64::NEG_INFINITY;
            let shown =
                |point: &&super::echo::EchoPoint| point.strength >= frame.faintest && !frame.is_disturbed(point.mhz);
            for point in echo.points.iter().filter(shown) {
                let x = frame.axes.sweep.x_at(point.mhz, frame.axes.sweep.reference_y);
                let edge_y = frame.axes.range.y_at(point.km, x);
                let (_, file_edge_y) = to_file(x, edge_y);
                let (file_x, file_y) =
                    to_file(x, edge_y + 0.5 * super::draw_echo::pulse_px(&frame.axes, point.strength));
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
        self.profiles.flush()?;
        self.frames.flush()
    }
}

fn number(value: Option<f64>, decimals: usize) -> String {
    value.map_or_else(String::new, |value| format!("{value:.decimals$}"))
}

//! The figures of every stage in words.

use super::Stages;
use super::echo::flag_colour;
use crate::model::{Characteristic, Flag, Grid, Origin};
use crate::plot::{Colour, Face, Point, Scene, Text, glyphs};

/// Longest line, letters.
const COLUMNS: usize = 58;
/// Distance of lines, font sizes.
const LEADING: f64 = 1.32;

/// Lines of fixed-width text with their colours.
pub(super) struct Page {
    lines: Vec<(String, Colour)>,
    size: f64,
    /// Width in pixels.
    pub(super) width: f64,
    /// Height in pixels.
    pub(super) height: f64,
}

impl Page {
    /// Writes the lines from a left top corner downward.
    pub(super) fn write(&self, scene: &mut Scene, at: Point) {
        for (index, (words, colour)) in self.lines.iter().enumerate() {
            let y = at.1 + self.size * (0.8 + LEADING * index as f64);
            scene.text(Text::new((at.0, y), words.as_str(), self.size).face(Face::Fixed).colour(*colour));
        }
    }
}

/// The words for a frame.
pub(super) fn page(stages: &Stages<'_>, text: f64) -> Page {
    let mut notes = Notes { lines: Vec::new() };
    notes.qc(stages);
    notes.source(stages);
    notes.caption(stages);
    notes.axes(stages);
    notes.echo(stages);
    notes.values(stages);
    let size = text * 0.95;
    let longest = notes.lines.iter().map(|(words, _)| words.chars().count()).max().unwrap_or(0);
    let width = glyphs::width("0", size, Face::Fixed) * longest.max(20) as f64;
    let height = size * LEADING * (notes.lines.len() + 1) as f64;
    Page { lines: notes.lines, size, width, height }
}

struct Notes {
    lines: Vec<(String, Colour)>,
}

impl Notes {
    fn heading(&mut self, words: &str) {
        self.lines.push((String::new(), Colour::INK));
        self.lines.push((words.to_uppercase(), Colour::BLUE));
    }

    fn add(&mut self, words: impl AsRef<str>) {
        self.tinted(words, Colour::INK);
    }

    fn tinted(&mut self, words: impl AsRef<str>, colour: Colour) {
        for line in wrapped(words.as_ref()) {
            self.lines.push((line, colour));
        }
    }

    fn qc(&mut self, stages: &Stages<'_>) {
        let qc = stages.qc;
        let metadata = stages.metadata;
        let time = metadata.time_utc.map_or_else(|| "time unknown".to_owned(), |time| time.to_string());
        let station = metadata.station.as_deref().unwrap_or("station unknown");
        let name = metadata.station_facts(stages.calibration).map_or("", |facts| facts.name.as_str());
        self.add(&stages.calibration.title);
        self.add(format!("{station}  {name}"));
        self.add(time);
        self.tinted(format!("{}, {}", qc.status.as_str(), flag_words(qc.flag)), flag_colour(qc.flag));
        if !qc.reason.is_empty() {
            self.tinted(&qc.reason, flag_colour(qc.flag));
        }
    }

    fn source(&mut self, stages: &Stages<'_>) {
        let frame = stages.frame;
        self.heading("frame");
        let file = stages.scan.source.file.rsplit('/').next().unwrap_or_default();
        self.add(format!("{file}, page {}", stages.scan.source.page));
        let bbox = frame.placement.bbox;
        self.add(format!("box {} x {} at {}, {}", bbox.w, bbox.h, bbox.x, bbox.y));
        let turned = format!("turned {:+.2} degrees", frame.placement.rotation_deg);
        let mirrored = if frame.placement.mirrored { ", mirrored" } else { "" };
        let inverted = if frame.inverted { ", light echoes" } else { ", dark echoes" };
        self.add(format!("{turned}{mirrored}{inverted}"));
        let evidence = frame.evidence;
        self.add(format!(
            "{:?} ({:.2}), contrast {:.2}",
            frame.class, evidence.class_confidence, evidence.panel_contrast
        ));
        self.add(format!("ink {:.3}", evidence.ink_share));
    }

    fn caption(&mut self, stages: &Stages<'_>) {
        let (caption, metadata) = (stages.caption, stages.metadata);
        self.heading("caption");
        self.add(format!(
            "layout {}, {} characters",
            caption.layout.as_deref().unwrap_or("none"),
            caption.characters.len()
        ));
        self.add(format!("most likely text {:?}", caption.raw_text));
        for reading in caption.readings.iter().take(3) {
            self.add(format!("{:>7.3} {}", reading.probability, reading.text));
        }
        if caption.readings.is_empty() {
            self.add("no reading obeys the rules");
        }
        if metadata.time_utc.is_some() {
            let quality = match metadata.time_quality {
                Some(1) => "to the second",
                Some(2) => "to the minute",
                Some(3) => "to the hour",
                Some(4) => "to the day",
                _ => "",
            };
            self.add(format!(
                "time {} {quality}, probability {:.3}",
                origin_words(metadata.time_origin),
                metadata.time_confidence
            ));
        }
        if let Some(station) = &metadata.station {
            let code = metadata.station_code.as_deref().unwrap_or("none");
            self.add(format!("station {station} {}, code {code}", origin_words(metadata.station_origin)));
        }
    }

    fn axes(&mut self, stages: &Stages<'_>) {
        let grid = &stages.metadata.grid;
        self.heading("axes");
        let found =
            |markers: &[crate::model::AxisMarker]| markers.iter().filter(|marker| marker.measured_px.is_some()).count();
        self.add(format!(
            "{} of {} frequency markers, rms {:.2} px, {:.3} MHz",
            grid.markers_found(),
            grid.frequency_markers.len(),
            grid.frequency_residual_px,
            grid.frequency_residual_mhz
        ));
        self.add(format!(
            "{} of {} height markers, rms {:.2} px, {:.1} km",
            found(&grid.height_markers),
            grid.height_markers.len(),
            grid.height_residual_px,
            grid.height_residual_km
        ));
        self.add(format!("identity wins by {:.1} (log likelihood)", grid.identity_margin));
        self.add(format!("axes from {}{}", origin_of_axes(grid), missing_axes(grid)));
        for reason in [&stages.grid.reason, &grid.reason] {
            if !reason.is_empty() && self.lines.last().is_none_or(|(line, _)| line != reason) {
                self.tinted(reason, Colour::VERMILLION);
            }
        }
    }

    fn echo(&mut self, stages: &Stages<'_>) {
        self.heading("echo");
        match stages.echogram {
            Some(found) => {
                self.add(format!(
                    "noise {:.1}, {:.0}% of columns unreadable",
                    found.noise,
                    100.0 * found.masked_share()
                ));
            }
            None => self.add("not looked for: the frame's class excludes it"),
        }
        self.add(format!("{} ridges, {} traces", stages.ridges.len(), stages.traces.len()));
        for trace in stages.traces.iter().take(12) {
            self.tinted(
                format!(
                    "{:8}{:8} hop {}  {:4} points  p {:.2}",
                    trace.layer.as_str(),
                    trace.mode.as_str(),
                    trace.hop,
                    trace.ridge.points.len(),
                    trace.confidence
                ),
                super::mode_colour(trace.mode),
            );
        }
    }

    fn values(&mut self, stages: &Stages<'_>) {
        self.heading("values");
        if stages.characteristics.is_empty() {
            self.add("none");
        }
        let nothing = (Flag::NotEvaluated, Vec::new());
        for (index, row) in stages.characteristics.iter().enumerate() {
            let (flag, tests) = stages.qc.values.get(index).unwrap_or(&nothing);
            self.tinted(value_words(row, *flag), flag_colour(*flag));
            if !tests.is_empty() {
                self.tinted(format!("      {}", tests.join(", ")), flag_colour(*flag));
            }
        }
    }
}

/// One characteristic: name, value, bounds, letters, confidence, flag.
fn value_words(row: &Characteristic, flag: Flag) -> String {
    let unit = if row.name.unit() == "1" { "" } else { row.name.unit() };
    let number = |value: f64| if unit == "km" { format!("{value:.0}") } else { format!("{value:.2}") };
    let value = row.value.map_or_else(|| "-".to_owned(), number);
    let letters: String = row.qualifier.into_iter().chain(row.descriptor).collect();
    let bound = |bound: Option<f64>| bound.map_or_else(|| "..".to_owned(), number);
    let bounds =
        if row.value.is_some() { format!("[{}, {}]", bound(row.lower), bound(row.upper)) } else { String::new() };
    let name = super::echo::short(row.name.as_str());
    format!("{name:15}{value:>7} {unit:3} {letters:2} {bounds:14} {}", flag_words(flag))
}

fn flag_words(flag: Flag) -> &'static str {
    match flag {
        Flag::Pass => "1 pass",
        Flag::NotEvaluated => "2 not evaluated",
        Flag::Suspect => "3 suspect",
        Flag::Fail => "4 fail",
        Flag::Missing => "9 missing",
    }
}

fn origin_words(origin: Origin) -> &'static str {
    match origin {
        Origin::Read => "read on the film",
        Origin::Inferred => "inferred from the roll",
        Origin::Manifest => "from the manifest",
    }
}

fn origin_of_axes(grid: &Grid) -> &'static str {
    match grid.origin {
        crate::model::GridOrigin::Own => "the frame's own markers",
        crate::model::GridOrigin::Roll => "the roll",
        crate::model::GridOrigin::Limits => "the picture's limits",
    }
}

fn missing_axes(grid: &Grid) -> &'static str {
    match (&grid.sweep, &grid.range) {
        (Some(_), Some(_)) => "",
        (None, Some(_)) => "; no frequency axis",
        (Some(_), None) => "; no height axis",
        (None, None) => "; neither axis proved",
    }
}

/// Breaks words into lines of at most [`COLUMNS`] letters.
fn wrapped(words: &str) -> Vec<String> {
    if words.chars().count() <= COLUMNS {
        return vec![words.to_owned()];
    }
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in words.split(' ') {
        let long = line.chars().count() + 1 + word.chars().count() > COLUMNS;
        if long && !line.is_empty() {
            lines.push(std::mem::take(&mut line));
            line.push_str("  ");
        } else if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_reasons_are_wrapped() {
        let reason = "the frequency markers could not be told from another assignment; the height markers are hidden";
        let lines = wrapped(reason);
        assert!(lines.len() == 2 && lines.iter().all(|line| line.chars().count() <= COLUMNS));
        assert_eq!(lines.concat().replace("  ", " "), reason);
        assert_eq!(wrapped("short"), ["short"]);
    }
}

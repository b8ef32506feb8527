//! `ionoscribe plot`.

use super::Outcome;
use crate::plot::{Scene, coverage, curves, frame_traces, frames, readings, series};
use anyhow::{Context, bail};
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ionoscribe plot dataset/ --output series.png
  ionoscribe plot dataset/ --station BOU --characteristic foF2,foEs,\"h'F\" --from 1957-07-01 --to 1957-07-08 --output week.svg
  ionoscribe plot dataset/ --kind coverage --output coverage.png
  ionoscribe plot dataset/ --frame 3f0c9a2b11d4e8aa-0 --output traces.svg")]
pub(super) struct Args {
    /// Folder of the dataset.
    dataset: PathBuf,
    /// Picture to write, .png or .svg.
    #[arg(short, long)]
    output: PathBuf,
    /// What to draw.
    #[arg(long, value_enum, default_value = "series")]
    kind: Kind,
    /// Only this station.
    #[arg(long)]
    station: Option<String>,
    /// Only these characteristics, separated by commas; by default the chief ones.
    #[arg(long, value_delimiter = ',', value_name = "NAME")]
    characteristic: Vec<String>,
    /// Only from this time on: 1957-07-01 or 1957-07-01T06:00.
    #[arg(long, value_name = "TIME", value_parser = time)]
    from: Option<Timestamp>,
    /// Only before this time.
    #[arg(long, value_name = "TIME", value_parser = time)]
    to: Option<Timestamp>,
    /// The traces of this frame instead (column frame_id).
    #[arg(long, value_name = "FRAME_ID", conflicts_with = "kind")]
    frame: Option<String>,
    /// Pixels of a PNG to a unit of the drawing.
    #[arg(long, default_value_t = 1.5)]
    scale: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Kind {
    /// Characteristics against time.
    Series,
    /// A calendar of frames by status.
    Coverage,
}

/// What a series shows unless the user says otherwise: enough for an f-plot, few enough to tell apart.
const CHIEF: &[&str] = &[
    "foF2",
    "foF1",
    "foE",
    "foEs",
    "fmin",
    "h'F",
    "h'E",
    "h'Es",
    "M(3000)F2",
    "topside_fo_deepest",
    "topside_fx_deepest",
    "topside_range_o_deepest",
    "topside_range_x_deepest",
];

pub(super) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let ending = args.output.extension().and_then(|ending| ending.to_str()).map(str::to_lowercase);
    if !matches!(ending.as_deref(), Some("png" | "svg")) {
        bail!("{}: the picture's name must end in .png or .svg", args.output.display());
    }
    if !(0.2..=8.0).contains(&args.scale) {
        bail!("--scale must lie between 0.2 and 8");
    }
    let scene = match (&args.frame, args.kind) {
        (Some(frame), _) => frame_traces(&curves(&args.dataset, frame)?)
            .with_context(|| format!("frame {frame} has no traces with proved axes"))?,
        (None, Kind::Series) => chosen_series(args)?,
        (None, Kind::Coverage) => {
            let mut all = frames(&args.dataset)?;
            all.retain(|frame| args.covers(frame.station.as_deref(), frame.time));
            coverage(&all)
        }
    };
    if ending.as_deref() == Some("svg") {
        std::fs::write(&args.output, scene.to_svg())
    } else {
        scene.to_picture(args.scale).save(&args.output).map_err(std::io::Error::other)
    }
    .with_context(|| format!("cannot write {}", args.output.display()))?;
    Ok(Outcome::Clean)
}

fn chosen_series(args: &Args) -> anyhow::Result<Scene> {
    let mut all = readings(&args.dataset)?;
    for name in &args.characteristic {
        if crate::model::CharacteristicName::from_name(name).is_none() {
            bail!("there is no characteristic {name}; an example is foF2");
        }
    }
    let wanted = |name: &str| {
        if args.characteristic.is_empty() {
            CHIEF.contains(&name)
        } else {
            args.characteristic.iter().any(|wanted| wanted == name)
        }
    };
    all.retain(|reading| wanted(&reading.characteristic) && args.covers(reading.station.as_deref(), reading.time));
    all.sort_by_key(|reading| (CHIEF.iter().position(|name| *name == reading.characteristic), reading.time));
    series(&all).context("no reading with a time matches; `ionoscribe query DATASET \"SELECT station, status, reason, count(*) AS n FROM frames GROUP BY station, status, reason\"` shows what there is")
}

impl Args {
    /// The station and time are among those asked for.
    fn covers(&self, station: Option<&str>, time: Option<Timestamp>) -> bool {
        self.station.as_deref().is_none_or(|wanted| station == Some(wanted))
            && self.from.is_none_or(|from| time.is_some_and(|time| time >= from))
            && self.to.is_none_or(|to| time.is_some_and(|time| time < to))
    }
}

/// A date or a date with time of day, UTC.
fn time(text: &str) -> Result<Timestamp, String> {
    let words = |error: jiff::Error| error.to_string();
    let civil: DateTime = text.trim_end_matches('Z').parse().map_err(words)?;
    civil.to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp()).map_err(words)
}

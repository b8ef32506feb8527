//! `ionoscribe plot`.

use super::Outcome;
use super::selection::SelectionArgs;
use crate::model::CharacteristicName;
use crate::plot::{
    DayPlot, Scene, coverage, curves, day, frame_traces, frames, medians, month, profile, profiles, series,
};
use crate::series::{Selection, TOLERANCE_MS, hourly, months, readings};
use crate::statistics::Rules;
use anyhow::{Context, bail};
use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date, tz::TimeZone};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ionoscribe plot dataset/ --output series.png
  ionoscribe plot dataset/ --station BOU --characteristic foF2,foEs,\"h'F\" --from 1957-07-01 --to 1957-07-08 --output week.svg
  ionoscribe plot dataset/ --kind f-plot --station BOU --from 1957-07-04 --output day.svg
  ionoscribe plot dataset/ --kind month --station BOU --characteristic foF2 --from 1957-07 --output july.png
  ionoscribe plot dataset/ --kind medians --station BOU --characteristic foF2 --hour 0,12 --output medians.svg
  ionoscribe plot dataset/ --kind coverage --output coverage.png
  ionoscribe plot dataset/ --frame 3f0c9a2b11d4e8aa-0 --output ionogram.svg")]
pub(super) struct Args {
    /// Folder of the dataset.
    dataset: PathBuf,
    /// Picture to write, .png or .svg.
    #[arg(short, long)]
    output: PathBuf,
    /// What to draw.
    #[arg(long, value_enum, default_value = "series")]
    kind: Kind,
    #[command(flatten)]
    selection: SelectionArgs,
    /// Hours (UTC) of medians, separated by commas.
    #[arg(long, value_delimiter = ',', default_value = "0,12", value_parser = clap::value_parser!(i8).range(0..24))]
    hour: Vec<i8>,
    /// The frame of an ionogram or profile (column frame_id).
    #[arg(long, value_name = "FRAME_ID")]
    frame: Option<String>,
    /// Pixels of a PNG to a unit of the drawing.
    #[arg(long, default_value_t = 1.5)]
    scale: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Kind {
    /// Characteristics against time.
    Series,
    /// Critical frequencies of the day --from against the hour, with letters.
    FPlot,
    /// Virtual heights of the day --from against the hour, with letters.
    HPlot,
    /// The month of --from as a matrix of day and hour, with flags, letters and medians.
    Month,
    /// Monthly medians over years with quartiles.
    Medians,
    /// A calendar of frames by status.
    Coverage,
    /// The ionogram --frame: traces and values. The default with --frame.
    Ionogram,
    /// The electron-density profile of --frame.
    Profile,
}

/// What a series shows unless the user says otherwise: enough for an f-plot, few enough to tell apart.
const CHIEF: &[CharacteristicName] = &[
    CharacteristicName::FoF2,
    CharacteristicName::FoF1,
    CharacteristicName::FoE,
    CharacteristicName::FoEs,
    CharacteristicName::Fmin,
    CharacteristicName::HF,
    CharacteristicName::HE,
    CharacteristicName::HEs,
    CharacteristicName::M3000F2,
    CharacteristicName::TopsideFoDeepest,
    CharacteristicName::TopsideFxDeepest,
    CharacteristicName::TopsideRangeODeepest,
    CharacteristicName::TopsideRangeXDeepest,
];

/// What an f-plot shows, in the order in which markers are drawn from the top.
const F_PLOT: &[CharacteristicName] = &[
    CharacteristicName::FoF2,
    CharacteristicName::FoF1,
    CharacteristicName::FoE,
    CharacteristicName::FoEs,
    CharacteristicName::FbEs,
    CharacteristicName::Fmin,
    CharacteristicName::FxI,
];

const H_PLOT: &[CharacteristicName] = &[
    CharacteristicName::HF,
    CharacteristicName::HF2,
    CharacteristicName::HE,
    CharacteristicName::HEs,
    CharacteristicName::HpF2,
];

const NOTHING: &str = "nothing to draw matches; `ionoscribe query DATASET coverage` shows what there is";

pub(super) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let ending = args.output.extension().and_then(|ending| ending.to_str()).map(str::to_lowercase);
    if !matches!(ending.as_deref(), Some("png" | "svg")) {
        bail!("{}: the picture's name must end in .png or .svg", args.output.display());
    }
    if !(0.2..=8.0).contains(&args.scale) {
        bail!("--scale must lie between 0.2 and 8");
    }
    let selection = args.selection.selection();
    selection.check(&args.dataset)?;
    super::warn_of_unfinished(&args.dataset)?;
    let scene = scene(args, &selection)?;
    if ending.as_deref() == Some("svg") {
        std::fs::write(&args.output, scene.to_svg())
    } else {
        scene.to_picture(args.scale).save(&args.output).map_err(std::io::Error::other)
    }
    .with_context(|| format!("cannot write {}", args.output.display()))?;
    Ok(Outcome::Clean)
}

fn scene(args: &Args, selection: &Selection) -> anyhow::Result<Scene> {
    let kind = if args.frame.is_some() && args.kind != Kind::Profile { Kind::Ionogram } else { args.kind };
    match kind {
        Kind::Series => {
            let selection = or_chief(selection, CHIEF);
            let mut all = readings(&args.dataset, &selection)?;
            let rank = |name| selection.characteristics.iter().position(|other| *other == name);
            all.sort_by_key(|reading| (rank(reading.name), reading.time));
            series(&all).context(NOTHING)
        }
        Kind::FPlot => one_day(args, &or_chief(selection, F_PLOT), DayPlot::Frequencies),
        Kind::HPlot => one_day(args, &or_chief(selection, H_PLOT), DayPlot::Heights),
        Kind::Month => one_month(args, selection),
        Kind::Medians => {
            let mut selection = or_chief(selection, &[CharacteristicName::FoF2]);
            one_series(&args.dataset, &selection)?;
            if selection.flags.is_empty() {
                selection.flags = vec![1, 2];
            }
            let months = months(&args.dataset, &selection, TOLERANCE_MS, &Rules::uag23()?)?;
            medians(&months, &args.hour).context(NOTHING)
        }
        Kind::Coverage => {
            let mut all = frames(&args.dataset)?;
            let station = selection.station.as_deref();
            all.retain(|frame| {
                station.is_none_or(|wanted| frame.station.as_deref() == Some(wanted)) && selection.holds(frame.time)
            });
            Ok(coverage(&all))
        }
        Kind::Ionogram => {
            let frame = args.frame.as_deref().context("say which ionogram with --frame FRAME_ID")?;
            let curves = curves(&args.dataset, frame)?;
            let values = Selection { frame: Some(frame.to_owned()), ..Selection::default() };
            let values = readings(&args.dataset, &values)?;
            frame_traces(&curves, &values).with_context(|| format!("frame {frame} has no traces with proved axes"))
        }
        Kind::Profile => {
            let frame = args.frame.as_deref().context("say which profile with --frame FRAME_ID")?;
            profile(&profiles(&args.dataset, frame)?).with_context(|| format!("frame {frame} has no profile"))
        }
    }
}

/// The selection with these characteristics if it names none.
fn or_chief(selection: &Selection, chief: &[CharacteristicName]) -> Selection {
    let mut selection = selection.clone();
    if selection.characteristics.is_empty() {
        selection.characteristics = chief.to_vec();
    }
    selection
}

/// Plots of one station and characteristic need to know which.
fn one_series(dataset: &std::path::Path, selection: &Selection) -> anyhow::Result<()> {
    let stations = crate::series::stations(dataset)?;
    if selection.station.is_none() && stations.len() > 1 {
        bail!("say which station with --station; there are {}", stations.join(", "));
    }
    if selection.characteristics.len() != 1 {
        bail!("say which one with --characteristic, for instance foF2");
    }
    Ok(())
}

fn from_date(selection: &Selection) -> anyhow::Result<Date> {
    let from = selection.from.context("say which one with --from, for instance 1957-07-04")?;
    Ok(from.to_zoned(TimeZone::UTC).date())
}

fn midnight(date: Date) -> anyhow::Result<Timestamp> {
    Ok(date.to_zoned(TimeZone::UTC)?.timestamp())
}

fn one_day(args: &Args, selection: &Selection, plot: DayPlot) -> anyhow::Result<Scene> {
    let stations = crate::series::stations(&args.dataset)?;
    if selection.station.is_none() && stations.len() > 1 {
        bail!("say which station with --station; there are {}", stations.join(", "));
    }
    let date = from_date(selection)?;
    let (from, to) = (midnight(date)?, midnight(date.tomorrow()?)?);
    let selection = Selection { from: Some(from), to: Some(to), ..selection.clone() };
    let mut all = readings(&args.dataset, &selection)?;
    all.sort_by_key(|reading| selection.characteristics.iter().position(|name| *name == reading.name));
    day(&all, date, plot).context(NOTHING)
}

fn one_month(args: &Args, selection: &Selection) -> anyhow::Result<Scene> {
    let selection = or_chief(selection, &[CharacteristicName::FoF2]);
    one_series(&args.dataset, &selection)?;
    let first = from_date(&selection)?.first_of_month();
    let lead = SignedDuration::from_millis(TOLERANCE_MS);
    let selection = Selection {
        from: Some(midnight(first)?.checked_sub(lead)?),
        to: Some(midnight(first.checked_add(1.month())?)?),
        ..selection
    };
    let all = hourly(readings(&args.dataset, &selection)?, TOLERANCE_MS);
    month(&all, first, &Rules::uag23()?).context(NOTHING)
}

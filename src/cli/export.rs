//! `ionoscribe export`.

use super::Outcome;
use super::selection::SelectionArgs;
use crate::export::{Format, Place, export};
use anyhow::bail;
use std::io::Write;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
What the format cannot hold is said at the end. `ionoscribe run` reads IIWG, SAO.XML and SWS back. IIWG, SAO.XML and SWS
have no flags: values flagged 1 or 2 are written unless --flag says otherwise.

Examples:
  ionoscribe export dataset/ --format netcdf --station BOU --latitude 40.1 --longitude -105.2 --output files/
  ionoscribe export dataset/ --format iiwg --station BOU --name Boulder --from 1957-07 --to 1957-08 --output files/
  ionoscribe export dataset/ --format csv --characteristic foF2 --from 1957-07 --to 1958 --output files/")]
pub(super) struct Args {
    /// Folder of the dataset.
    dataset: PathBuf,
    /// Format of the files.
    #[arg(long, value_enum)]
    format: FormatName,
    /// Folder to write the files into.
    #[arg(short, long)]
    output: PathBuf,
    #[command(flatten)]
    selection: SelectionArgs,
    /// Geographic latitude of the station in degrees, north positive.
    #[arg(long, allow_negative_numbers = true, requires = "longitude")]
    latitude: Option<f64>,
    /// Geographic longitude of the station in degrees, east positive.
    #[arg(long, allow_negative_numbers = true, requires = "latitude")]
    longitude: Option<f64>,
    /// Name of the station in words.
    #[arg(long)]
    name: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum FormatName {
    /// netCDF (classic, 64-bit offsets) with the CF conventions.
    Netcdf,
    /// One row for each reading.
    Csv,
    /// IIWG ("CHARS"): one file for each month, with medians, quartiles and deciles.
    Iiwg,
    /// SAO.XML 5.0: one file for each month.
    SaoXml,
    /// SWS (IPS): one file of hourly values for each characteristic and year.
    Sws,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let coordinates = args.latitude.zip(args.longitude);
    if let Some((latitude, longitude)) = coordinates
        && !((-90.0..=90.0).contains(&latitude) && (-180.0..=360.0).contains(&longitude))
    {
        bail!("--latitude lies between -90 and 90, --longitude between -180 and 360");
    }
    let format = match args.format {
        FormatName::Netcdf => Format::NetCdf,
        FormatName::Csv => Format::Csv,
        FormatName::Iiwg => Format::Iiwg,
        FormatName::SaoXml => Format::SaoXml,
        FormatName::Sws => Format::Sws,
    };
    super::warn_of_unfinished(&args.dataset)?;
    let place = Place { coordinates, name: args.name.clone() };
    let history = concat!("ionoscribe ", env!("CARGO_PKG_VERSION"), " export");
    let export = export(&args.dataset, &args.selection.selection(), format, &place, history, &args.output)?;
    let mut out = std::io::stdout().lock();
    for file in &export.files {
        writeln!(out, "{}: {} readings", file.path.display(), file.readings)?;
    }
    for sentence in &export.lost {
        writeln!(out, "not exported: {sentence}")?;
    }
    Ok(Outcome::Clean)
}

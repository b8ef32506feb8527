//! `ionoscribe simulate`.

use super::Outcome;
use crate::engine::{LayoutFile, shipped_calibration, shipped_names};
use crate::simulate::table::{TableConfig, simulate_tables};
use crate::simulate::{Depth, Level, Look, PictureFormat, SimulateConfig, World, simulate};
use crate::table::read_text;
use anyhow::{Context, bail};
use std::io::Write;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Beside the pictures stands what is true of them: truth.csv (characteristics), captions.csv, frequency_marks.csv, \
height_rulings.csv, traces.csv, topside_points.csv, profiles.csv and frames.csv.

Example:
  ionoscribe simulate --instrument c4 --frames 96 --seed 7 --level typical --output film/
  ionoscribe simulate --table pipelines/tables/sodankyla.toml --frames 3 --seed 7 --output monthly_tables/")]
pub(super) struct Args {
    /// Name of a shipped calibration, or a calibration file.
    #[arg(long, required_unless_present = "table", default_value = "", hide_default_value = true)]
    instrument: String,
    /// Layout file of a table: prints tables instead of film, as text and as page scans.
    #[arg(long, value_name = "LAYOUT.toml", conflicts_with = "instrument")]
    table: Option<PathBuf>,
    /// Print the values of this file instead of made-up ones; --values-layout tells how it is read.
    #[arg(long, requires = "table", requires = "values_layout")]
    values: Vec<PathBuf>,
    /// Layout file of the values.
    #[arg(long, requires = "values", value_name = "LAYOUT.toml")]
    values_layout: Option<PathBuf>,
    /// Typeface of the page scans, a TrueType or OpenType file; several take turns.
    #[arg(long, requires = "table")]
    font: Vec<PathBuf>,
    /// Resolution of the page scans in dots per inch; by default between 200 and 300.
    #[arg(long, requires = "table")]
    dpi: Option<f64>,
    /// Number of frames, or of months of a table.
    #[arg(long, default_value_t = 8)]
    frames: u32,
    /// Start of the random sequence; the same seed gives the same bytes.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Condition of the film.
    #[arg(long, value_enum, default_value = "typical")]
    level: LevelName,
    /// One strip picture instead of one picture for each frame.
    #[arg(long)]
    strip: bool,
    /// File format of the pictures.
    #[arg(long, value_enum, default_value = "png")]
    format: FormatName,
    /// Size of the pictures against the usual scan of the instrument.
    #[arg(long, default_value_t = 1.0)]
    scale: f64,
    /// Caption layout by its name in the calibration file; the first one by default.
    #[arg(long)]
    layout: Option<String>,
    /// Smoothed sunspot number, 0 to 250; by default that of the roll's date.
    #[arg(long)]
    sunspots: Option<f64>,
    /// Bits of a pixel; by default as the instrument's pictures have it.
    #[arg(long, value_parser = ["1", "8", "16"])]
    bits: Option<String>,
    /// Reverse the tones against the instrument's usual film.
    #[arg(long)]
    inverted: bool,
    /// Drawing style: the instrument's own, or any, drawn at random for the roll with its wear (--level is not used then).
    #[arg(long, value_enum, default_value = "instrument")]
    look: LookName,
    /// Ionospheres: one station's climate, or independent ones of any kind.
    #[arg(long, value_enum, default_value = "climate")]
    world: WorldName,
    /// Folder to write.
    #[arg(short, long)]
    output: PathBuf,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum LevelName {
    Clean,
    Typical,
    Poor,
    Ruined,
}

impl LevelName {
    fn level(self) -> Level {
        match self {
            Self::Clean => Level::Clean,
            Self::Typical => Level::Typical,
            Self::Poor => Level::Poor,
            Self::Ruined => Level::Ruined,
        }
    }
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum LookName {
    Instrument,
    Wide,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum WorldName {
    Climate,
    Wide,
}

impl WorldName {
    fn world(self) -> World {
        match self {
            Self::Climate => World::Climate,
            Self::Wide => World::Wide,
        }
    }
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum FormatName {
    Png,
    Tiff,
}

impl FormatName {
    fn format(self) -> PictureFormat {
        match self {
            Self::Png => PictureFormat::Png,
            Self::Tiff => PictureFormat::Tiff,
        }
    }
}

pub(super) fn run(args: &Args) -> anyhow::Result<Outcome> {
    if let Some(layout) = &args.table {
        return tables(args, layout);
    }
    let calibration = match shipped_calibration(&args.instrument) {
        Some(calibration) => calibration,
        None => {
            let known = shipped_names().collect::<Vec<_>>().join(", ");
            let text = std::fs::read_to_string(&args.instrument)
                .with_context(|| format!("{}: neither a shipped calibration ({known}) nor a file", args.instrument))?;
            toml::from_str(&text).with_context(|| args.instrument.clone())?
        }
    };
    let config = SimulateConfig {
        frames: args.frames,
        seed: args.seed,
        level: args.level.level(),
        strip: args.strip,
        format: args.format.format(),
        scale: args.scale,
        layout: args.layout.clone(),
        sunspots: args.sunspots,
        depth: args.bits.as_deref().map(|bits| match bits {
            "1" => Depth::One,
            "16" => Depth::Sixteen,
            _ => Depth::Eight,
        }),
        inverted: args.inverted,
        look: match args.look {
            LookName::Instrument => Look::Instrument,
            LookName::Wide => Look::Wide,
        },
        world: args.world.world(),
    };
    let pictures = simulate(&calibration, &config, &args.output)?;
    writeln!(
        std::io::stdout(),
        "{}: {} picture(s) with {} frame(s) of {}",
        args.output.display(),
        pictures.len(),
        args.frames,
        calibration.title
    )?;
    Ok(Outcome::Clean)
}

/// Prints tables; `--frames` counts their months.
fn tables(args: &Args, layout: &Path) -> anyhow::Result<Outcome> {
    let layout = LayoutFile::load(layout)?.layout;
    let mut monthly_tables = Vec::new();
    if let Some(values_layout) = &args.values_layout {
        let values_layout = LayoutFile::load(values_layout)?.layout;
        for path in &args.values {
            let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
            let parsed = read_text(&bytes, &values_layout);
            if let Some(diagnostic) = parsed.diagnostics.first() {
                bail!("{}: line {}: {}", path.display(), diagnostic.line, diagnostic.message);
            }
            monthly_tables.extend(parsed.tables);
        }
    }
    let config = TableConfig {
        months: args.frames,
        seed: args.seed,
        level: args.level.level(),
        dpi: args.dpi,
        fonts: args.font.clone(),
        format: args.format.format(),
    };
    let pages = simulate_tables(&layout, &monthly_tables, &config, &args.output)?;
    writeln!(std::io::stdout(), "{}: {} page(s) of {}", args.output.display(), pages.len(), layout.title)?;
    Ok(Outcome::Clean)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;
    use std::collections::BTreeMap;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: Args,
    }

    fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
        std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap())
            .map(|entry| (entry.file_name().to_string_lossy().into_owned(), std::fs::read(entry.path()).unwrap()))
            .collect()
    }

    /// What a file says: the pixels of a picture, since its compressed bytes depend on the compressor that other
    /// dependencies select; all bytes of other files.
    fn content(name: &str, bytes: &[u8]) -> Vec<u8> {
        if !name.ends_with(".png") {
            return bytes.to_vec();
        }
        let picture = image::load_from_memory(bytes).unwrap();
        let mut content = format!("{:?} {} {} ", picture.color(), picture.width(), picture.height()).into_bytes();
        content.extend_from_slice(picture.as_bytes());
        content
    }

    #[test]
    fn the_samples_are_made_by_the_commands_in_their_readme() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let readme = std::fs::read_to_string(root.join("samples/README.md")).unwrap();
        let commands: Vec<&str> = readme.lines().filter(|line| line.starts_with("ionoscribe simulate")).collect();
        assert_eq!(commands.len(), 2);
        for command in commands {
            let mut line = Line::parse_from(command.split_whitespace().skip(1));
            let folder = tempfile::tempdir().unwrap();
            let kept = std::mem::replace(&mut line.args.output, folder.path().to_owned());
            run(&line.args).unwrap();
            let (kept, made) = (files(&root.join(kept)), files(folder.path()));
            assert_eq!(kept.keys().collect::<Vec<_>>(), made.keys().collect::<Vec<_>>());
            for (name, bytes) in &kept {
                assert!(
                    content(name, &made[name]) == content(name, bytes),
                    "{name} differs: make the samples again with the commands of their README"
                );
            }
        }
    }
}

//! `ionoscribe simulate`.

use super::Outcome;
use crate::engine::{shipped_calibration, shipped_names};
use crate::simulate::{Depth, Level, PictureFormat, SimulateConfig, simulate};
use anyhow::Context;
use std::io::Write;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Beside the pictures stands what is true of them: truth.csv (characteristics), captions.csv, frequency_marks.csv, \
height_rulings.csv, traces.csv, topside_points.csv, profiles.csv and frames.csv.

Example:
  ionoscribe simulate --instrument c4 --frames 96 --seed 7 --level typical --output film/")]
pub(super) struct Args {
    /// Name of a shipped calibration, or a calibration file.
    #[arg(long)]
    instrument: String,
    /// Number of frames.
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

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum FormatName {
    Png,
    Tiff,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Outcome> {
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
        level: match args.level {
            LevelName::Clean => Level::Clean,
            LevelName::Typical => Level::Typical,
            LevelName::Poor => Level::Poor,
            LevelName::Ruined => Level::Ruined,
        },
        strip: args.strip,
        format: match args.format {
            FormatName::Png => PictureFormat::Png,
            FormatName::Tiff => PictureFormat::Tiff,
        },
        scale: args.scale,
        layout: args.layout.clone(),
        sunspots: args.sunspots,
        depth: args.bits.as_deref().map(|bits| match bits {
            "1" => Depth::One,
            "16" => Depth::Sixteen,
            _ => Depth::Eight,
        }),
        inverted: args.inverted,
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

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;
    use std::collections::BTreeMap;
    use std::path::Path;

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

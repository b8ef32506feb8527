//! Limits and habits of reading foreign files (`[ingest]` in the pipeline file).

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// In which order the pictures of a roll stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileOrder {
    /// By name, with numbers in names compared as numbers; pages in the order of the file.
    #[default]
    Name,
    /// The other way round: a roll that was scanned from its end.
    Reversed,
}

/// How a strip that stands upright in its file is laid down, so that x runs along the film.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerticalStrip {
    /// Rows become columns: the top of the file is the left end, its left edge the upper edge. The picture comes out
    /// mirrored against the file, as film does that was scanned from its other side.
    #[default]
    Transposed,
    /// Turned by a quarter counter-clockwise: the top of the file is the left end, its left edge the lower edge.
    Turned,
}

/// Parameters of the stage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct IngestConfig {
    /// Most pixels that a picture may have (a strip has limits of its own); checked on the header. Default 200,000,000.
    pub max_pixels: u64,
    /// Most memory that reading one picture may take, in MiB: the file, its decoded samples and the result. Checked on
    /// the header. Default 1024.
    pub max_memory_mb: u64,
    /// Largest file that is opened, in MiB. Default 8192.
    pub max_file_mb: u64,
    /// Most pages of a multi-page file. Default 100,000.
    pub max_pages: u32,
    /// Shortest side of a picture worth opening, in pixels. Default 32.
    pub min_side: u32,
    /// A picture is a film strip if its longer side is at least this many times the shorter one. Default 6.
    pub strip_aspect: f64,
    /// And if its longer side has at least this many pixels, since single frames can be narrow too. Default 3000.
    pub strip_min_length: u32,
    /// Most pixels along a strip. Default 200,000.
    pub max_strip_length: u32,
    /// Most pixels across a strip. Default 4096.
    pub max_strip_height: u32,
    /// Most memory that reading a strip may take, in MiB, above its overview. Default 128.
    pub strip_memory_mb: u64,
    /// Most rows of a strip's overview: the reduction is the smallest whole number that gives no more. Default 256.
    pub overview_height: u32,
    /// How an upright strip is laid down. Default "transposed".
    pub vertical_strip: VerticalStrip,
    /// Folder for the temporary copy of a strip's pixels; empty for the system's folder for such files. Default empty.
    pub spool_dir: PathBuf,
    /// Order of the pictures in a roll. Default "name".
    pub order: FileOrder,
    /// Name of the archive's manifest in a roll's folder or a folder above it. Default "manifest.csv".
    pub manifest: String,
}

impl Default for IngestConfig {
    fn default() -> Self {
        Self {
            max_pixels: 200_000_000,
            max_memory_mb: 1024,
            max_file_mb: 8192,
            max_pages: 100_000,
            min_side: 32,
            strip_aspect: 6.0,
            strip_min_length: 3000,
            max_strip_length: 200_000,
            max_strip_height: 4096,
            strip_memory_mb: 128,
            overview_height: 256,
            vertical_strip: VerticalStrip::default(),
            spool_dir: PathBuf::new(),
            order: FileOrder::default(),
            manifest: "manifest.csv".to_owned(),
        }
    }
}

impl IngestConfig {
    /// A picture of this size is a strip of film rather than one ionogram.
    pub(super) fn is_strip(&self, width: u32, height: u32) -> bool {
        let (long, short) = (width.max(height), width.min(height));
        long >= self.strip_min_length && f64::from(long) >= self.strip_aspect * f64::from(short)
    }

    /// The memory limit for one picture, in bytes.
    pub(super) fn max_memory(&self) -> u64 {
        self.max_memory_mb.saturating_mul(1 << 20)
    }

    /// The memory limit for reading a strip, in bytes.
    pub(super) fn strip_memory(&self) -> u64 {
        self.strip_memory_mb.saturating_mul(1 << 20)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_frames_are_no_strips() {
        let config = IngestConfig::default();
        for (width, height, strip) in [
            (2128, 768, false),
            (124, 940, false),
            (2128, 300, false),
            (150_000, 2000, true),
            (2000, 150_000, true),
            (3000, 500, true),
            (3000, 501, false),
            (10_000, 7000, false),
        ] {
            assert_eq!(config.is_strip(width, height), strip, "{width} x {height}");
        }
    }

    #[test]
    fn settings_survive_toml_and_unknown_ones_are_refused() {
        let config: IngestConfig = toml::from_str("order = \"reversed\"\nmax_pixels = 10").unwrap();
        assert_eq!((config.order, config.max_pixels), (FileOrder::Reversed, 10));
        let text = toml::to_string(&config).unwrap();
        assert_eq!(toml::from_str::<IngestConfig>(&text).unwrap(), config);
        assert!(toml::from_str::<IngestConfig>("max_pixel = 10").is_err());
    }
}

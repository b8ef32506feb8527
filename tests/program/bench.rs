//! A place to run the command: a temporary folder with pictures and a pipeline.

use arrow::array::{AsArray, RecordBatch};
use image::{GrayImage, Luma};
use ionoscribe::dataset::{Table, read_table};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;

/// A temporary folder with `scans/`, a pipeline file, and room for datasets.
pub(crate) struct Bench {
    folder: TempDir,
}

impl Bench {
    /// A bench whose rolls are cut small, so that a few frames exercise every boundary.
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let settings = "calibration = \"linear\"\n[engine]\nsegment_frames = 20\nchunk_frames = 4\n";
        fs::write(folder.path().join("pipeline.toml"), settings).unwrap();
        fs::create_dir(folder.path().join("scans")).unwrap();
        Self { folder }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Draws frames into `scans/<roll>`.
    pub(crate) fn draw(&self, roll: &str, frames: u32) {
        let folder = self.path("scans").join(roll);
        fs::create_dir_all(&folder).unwrap();
        for number in 0..frames {
            ionogram(number).save(folder.join(format!("frame_{number:04}.png"))).unwrap();
        }
    }

    /// The command `ionoscribe run` on `scans`, in the bench's folder.
    pub(crate) fn command(&self, dataset: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ionoscribe"));
        command.current_dir(self.folder.path());
        command.args(["run", "pipeline.toml", "scans", "--quiet", "--output", dataset]).args(arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs to the end.
    pub(crate) fn run(&self, dataset: &str, arguments: &[&str]) -> Output {
        self.command(dataset, arguments).output().unwrap()
    }

    /// Starts a run.
    pub(crate) fn start(&self, dataset: &str, arguments: &[&str]) -> Child {
        self.command(dataset, arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// The files of a dataset and their contents.
    pub(crate) fn files(&self, dataset: &str) -> BTreeMap<PathBuf, Vec<u8>> {
        let root = self.path(dataset);
        let mut files = BTreeMap::new();
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    files.insert(path.strip_prefix(&root).unwrap().to_owned(), fs::read(&path).unwrap());
                }
            }
        }
        files
    }

    pub(crate) fn table(&self, dataset: &str, table: Table) -> Vec<RecordBatch> {
        read_table(&self.path(dataset), table).unwrap()
    }

    /// A text column of a table.
    pub(crate) fn texts(&self, dataset: &str, table: Table, column: &str) -> Vec<String> {
        let mut texts = Vec::new();
        for batch in self.table(dataset, table) {
            let column = batch.column_by_name(column).unwrap().as_string::<i32>();
            texts.extend(column.iter().map(|text| text.unwrap_or("").to_owned()));
        }
        texts
    }

    pub(crate) fn rows(&self, dataset: &str, table: Table) -> usize {
        self.table(dataset, table).iter().map(RecordBatch::num_rows).sum()
    }
}

/// Asserts that two datasets have the same files with the same bytes.
pub(crate) fn assert_same(a: &BTreeMap<PathBuf, Vec<u8>>, b: &BTreeMap<PathBuf, Vec<u8>>) {
    let names = |files: &BTreeMap<PathBuf, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(a), names(b));
    for (path, bytes) in a {
        assert!(b[path] == *bytes, "{} differs", path.display());
    }
}

/// A plain picture of a trace that climbs from frame to frame.
pub(crate) fn ionogram(number: u32) -> GrayImage {
    let critical = 150.0 + f64::from(number % 40);
    let mut picture = GrayImage::from_fn(240, 160, |x, y| {
        // Grain, without a source of randomness.
        let grain = (x.wrapping_mul(7919) ^ y.wrapping_mul(104_729) ^ number.wrapping_mul(1_299_709)) % 23;
        Luma([225 - grain as u8])
    });
    for x in 20..critical as u32 {
        let rise = 1.0 / (1.02 - f64::from(x) / critical);
        let y = 120.0 - 4.0 * rise.min(25.0);
        for thickness in 0..3 {
            picture.put_pixel(x, y as u32 + thickness, Luma([30]));
        }
    }
    picture
}

/// Standard error of a run, for messages.
pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Writes a file, with the folders above it.
pub(crate) fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

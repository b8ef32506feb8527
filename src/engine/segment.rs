//! Segments: the pieces of rolls that are worked on, committed and shared out between machines.

use super::EngineConfig;
use crate::dataset::Input;
use crate::ingest::{Roll, RollInput, ScanRef, StripRef};
use crate::model::ManifestEntry;
use sha2::{Digest, Sha256};
use std::path::Path;

/// A piece of a roll: what is decided together and becomes one file for each table, station and year.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    /// Name, unique in a run; a file stem.
    pub name: String,
    /// Name of the roll.
    pub roll: String,
    /// The pictures.
    pub pictures: Pictures,
}

/// The pictures of a segment.
#[derive(Debug, Clone, PartialEq)]
pub enum Pictures {
    /// Pictures of single ionograms.
    Scans(Vec<ScanRef>),
    /// One strip.
    Strip(StripRef),
}

/// Part `index` of `count` of the work, `index` from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// Which part, from 0.
    pub index: usize,
    /// How many parts.
    pub count: usize,
}

impl Default for Shard {
    fn default() -> Self {
        Self { index: 0, count: 1 }
    }
}

/// Cuts rolls into segments, in the order of the rolls. The names depend on the rolls' names and paths only, so that
/// every shard cuts and names alike and other inputs can be added to the dataset later.
pub fn cut(rolls: Vec<Roll>, config: &EngineConfig) -> Vec<Segment> {
    let mut segments = Vec::new();
    for roll in rolls {
        match roll.input {
            RollInput::Strip(strip) => {
                let stem = stem(&roll.name, &strip.path);
                segments.push(Segment { name: stem, roll: roll.name, pictures: Pictures::Strip(strip) });
            }
            RollInput::Scans(scans) => {
                let folder = scans.first().map_or(Path::new(""), |scan| &scan.path);
                let is_one_file = scans.iter().all(|scan| *scan.path == *folder);
                let folder = if is_one_file { folder } else { folder.parent().unwrap_or(Path::new("")) };
                let stem = stem(&roll.name, folder);
                let mut scans = scans.into_iter();
                for number in 0.. {
                    let part: Vec<ScanRef> = scans.by_ref().take(config.segment_frames.max(1) as usize).collect();
                    if part.is_empty() {
                        break;
                    }
                    let name = format!("{stem}-{number:04}");
                    segments.push(Segment { name, roll: roll.name.clone(), pictures: Pictures::Scans(part) });
                }
            }
        }
    }
    segments
}

/// A readable file stem for a roll: its name with harmless characters, and a hash of its path that keeps rolls of the
/// same name apart.
pub(super) fn stem(roll: &str, path: &Path) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || c == '-' || c == '.' { c } else { '_' };
    let name: String = roll.chars().map(safe).take(48).collect();
    let name = name.trim_matches(|c| c == '.' || c == '_');
    let mut hash = Sha256::new();
    hash.update(roll.as_bytes());
    hash.update([0]);
    hash.update(path.to_string_lossy().replace('\\', "/").as_bytes());
    let hash: String = hash.finalize().iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    if name.is_empty() { format!("roll-{hash}") } else { format!("{name}-{hash}") }
}

impl Segment {
    /// The inputs in brief. Looks at names and sizes and opens nothing.
    pub fn input(&self) -> Input {
        let mut hash = Sha256::new();
        let pictures = match &self.pictures {
            Pictures::Scans(scans) => {
                let each = |scan: &ScanRef| update(&mut hash, &scan.path, scan.page, &scan.manifest, scan.bytes());
                scans.iter().for_each(each);
                scans.len() as u64
            }
            Pictures::Strip(strip) => {
                update(&mut hash, &strip.path, strip.page, &strip.manifest, strip.bytes());
                1
            }
        };
        Input { pictures, sha256: hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect() }
    }
}

fn update(hash: &mut Sha256, path: &Path, page: u32, manifest: &ManifestEntry, bytes: u64) {
    // Texts and finite numbers: there is nothing that JSON refuses.
    let brief = (path.to_string_lossy(), page, manifest, bytes);
    hash.update(serde_json::to_vec(&brief).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roll(name: &str, folder: &str, n: usize) -> Roll {
        let scan = |i| ScanRef::new(Path::new(folder).join(format!("{i}.png")));
        Roll { name: name.to_owned(), input: RollInput::Scans((0..n).map(scan).collect()) }
    }

    #[test]
    fn segments_keep_order_and_have_names_of_their_own() {
        let config = EngineConfig { segment_frames: 4, chunk_frames: 2 };
        let segments = cut(vec![roll("a/b", "x/a/b", 9), roll("a_b", "x/a_b", 1), roll("a/b", "y/a/b", 4)], &config);
        let sizes: Vec<u64> = segments.iter().map(|segment| segment.input().pictures).collect();
        assert_eq!(sizes, [4, 4, 1, 1, 4]);
        let mut names: Vec<&str> = segments.iter().map(|segment| segment.name.as_str()).collect();
        assert!(names.iter().all(|name| name.starts_with("a_b-") && name.len() == 17), "{names:?}");
        names.sort();
        names.dedup();
        assert_eq!(names.len(), 5);
    }

    #[test]
    fn a_change_of_the_inputs_shows() {
        let config = EngineConfig::default();
        let segment = |n| cut(vec![roll("a", "x", n)], &config).remove(0).input();
        assert_eq!(segment(3), segment(3));
        assert_ne!(segment(3).sha256, segment(4).sha256);
    }
}

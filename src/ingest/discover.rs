//! Looks through the inputs: which rolls there are, and what cannot be used.

use super::file::{Kept, PageSize, survey};
use super::limits::{self, Kind};
use super::roll::{file_name, page_error};
use super::walk::{Expectation, Folder, walk};
use super::{Fault, FileOrder, IngestConfig, IngestError, Manifest, Roll, RollInput, ScanRef, StripRef};
use crate::model::{Failure, ManifestEntry};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What was found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Discovery {
    /// The rolls, in the order of the inputs and by name below each.
    pub rolls: Vec<Roll>,
    /// Inputs that cannot be used, each once.
    pub failures: Vec<Failure>,
}

/// Finds the rolls in files and folders, in an order that depends on names only.
///
/// Every folder that holds pictures is a roll; a multi-page file and a strip are rolls of their own; files named one by
/// one form a roll for each folder they lie in. Other files in a folder are passed over; an input that should be a
/// picture and is none is a failure. Symbolic links are followed; a folder that is reached twice is read once.
pub fn discover(inputs: &[PathBuf], config: &IngestConfig) -> Discovery {
    let found = walk(inputs);
    let mut gathering = Gathering { errors: found.errors, ..Gathering::new(config) };
    let mut manifests = Manifests { config, known: BTreeMap::new(), none: Arc::default(), errors: Vec::new() };
    let mut usable: Vec<&Path> = Vec::new();
    for folder in &found.folders {
        let surveyed: Vec<Survey> = folder.files.par_iter().map(|path| survey(path, config)).collect();
        usable.extend(surveyed.iter().any(Result::is_ok).then_some(folder.path.as_path()));
        gathering.folder(folder, surveyed, &mut manifests);
    }
    let touched: BTreeSet<&str> = gathering.errors.iter().map(|error| error.file.as_str()).collect();
    let mut missing = Vec::new();
    for (folder, expectation) in &found.expected {
        let has_pictures = usable.iter().any(|path| path.starts_with(folder));
        let has_failures = touched.iter().any(|file| Path::new(file).starts_with(folder));
        if !has_pictures && !has_failures {
            missing.push(match expectation {
                Expectation::Asked => Fault::NoPictures.of(&file_name(folder)),
                Expectation::Named => Fault::Folder.of(&file_name(folder)),
            });
        }
    }
    let errors = gathering.errors.iter().chain(&manifests.errors).chain(&missing);
    let mut failures: Vec<Failure> = errors.map(IngestError::failure).collect();
    failures.sort();
    failures.dedup();
    Discovery { rolls: gathering.rolls, failures }
}

/// What the headers of a file say.
type Survey = Result<(Vec<PageSize>, Kept), Fault>;

struct Gathering<'a> {
    config: &'a IngestConfig,
    rolls: Vec<Roll>,
    names: BTreeSet<String>,
    errors: Vec<IngestError>,
}

impl<'a> Gathering<'a> {
    fn new(config: &'a IngestConfig) -> Self {
        Self { config, rolls: Vec::new(), names: BTreeSet::new(), errors: Vec::new() }
    }

    /// The rolls of one folder: its single pictures together, then its multi-page files and strips.
    fn folder(&mut self, folder: &Folder, surveyed: Vec<Survey>, manifests: &mut Manifests<'_>) {
        let mut singles = Vec::new();
        let mut own = Vec::new();
        for (path, survey) in folder.files.iter().zip(surveyed) {
            let (pages, kept) = match survey {
                Ok(found) => found,
                Err(fault) => {
                    self.errors.push(fault.of(&file_name(path)));
                    continue;
                }
            };
            let is_single = pages.len() == 1;
            let mut scans = Vec::new();
            for PageSize { page, width, height } in pages {
                let manifest = manifests.entry(folder, path, page);
                let (path, kept) = (Arc::clone(path), kept.clone());
                match limits::admit(width, height, self.config) {
                    Ok(Kind::Scan) => scans.push(ScanRef { path, page, manifest, kept }),
                    Ok(Kind::Strip { .. }) => {
                        let (length, height) = (width.max(height), width.min(height));
                        let stem = stem(&path);
                        let name = if is_single { stem } else { format!("{stem}-{}", page + 1) };
                        own.push((name, RollInput::Strip(StripRef { path, page, length, height, manifest, kept })));
                    }
                    Err(fault) => self.errors.push(page_error(&path, page, fault)),
                }
            }
            if is_single {
                singles.append(&mut scans);
            } else if !scans.is_empty() {
                own.push((stem(path), RollInput::Scans(self.ordered(scans))));
            }
        }
        if !singles.is_empty() {
            let scans = self.ordered(singles);
            self.roll(folder.name.clone(), RollInput::Scans(scans));
        }
        for (name, input) in own {
            self.roll(format!("{}/{name}", folder.name), input);
        }
    }

    fn ordered(&self, mut scans: Vec<ScanRef>) -> Vec<ScanRef> {
        if self.config.order == FileOrder::Reversed {
            scans.reverse();
        }
        scans
    }

    /// Adds a roll; a name that is taken gets a number.
    fn roll(&mut self, wanted: String, input: RollInput) {
        let mut name = wanted.clone();
        let mut number = 2;
        while !self.names.insert(name.clone()) {
            name = format!("{wanted}-{number}");
            number += 1;
        }
        self.rolls.push(Roll { name, input });
    }
}

/// The manifests of the folders, each read once.
struct Manifests<'a> {
    config: &'a IngestConfig,
    known: BTreeMap<PathBuf, Option<Manifest>>,
    /// What is said of a page that no manifest names.
    none: Arc<ManifestEntry>,
    errors: Vec<IngestError>,
}

impl Manifests<'_> {
    /// What the manifest of the file's folder, or of the nearest folder above it within the input, says of a page.
    fn entry(&mut self, folder: &Folder, file: &Path, page: u32) -> Arc<ManifestEntry> {
        for base in folder.path.ancestors() {
            self.read(base);
            if let Some(Some(manifest)) = self.known.get(base) {
                let relative = file.strip_prefix(base).unwrap_or(file);
                return Arc::clone(manifest.entry(&file_name(relative), page).unwrap_or(&self.none));
            }
            if base == folder.root || folder.root == Path::new("") {
                break;
            }
        }
        Arc::clone(&self.none)
    }

    fn read(&mut self, base: &Path) {
        /// No manifest of a million rows is larger.
        const LARGEST: u64 = 1 << 28;
        if self.known.contains_key(base) {
            return;
        }
        let path = base.join(&self.config.manifest);
        let manifest = match fs::metadata(&path) {
            Ok(metadata) if metadata.is_file() && metadata.len() <= LARGEST => {
                let parsed = fs::read(&path).map_err(super::file::unreadable).and_then(|text| Manifest::parse(&text));
                match parsed {
                    Ok(manifest) => {
                        if !manifest.complaint.is_empty() {
                            let detail = manifest.complaint.clone();
                            self.errors.push(Fault::Manifest { detail }.of(&file_name(&path)));
                        }
                        Some(manifest)
                    }
                    Err(fault) => {
                        self.errors.push(fault.of(&file_name(&path)));
                        None
                    }
                }
            }
            Ok(metadata) if metadata.is_file() => {
                let detail = "it is larger than 256 MiB".to_owned();
                self.errors.push(Fault::Manifest { detail }.of(&file_name(&path)));
                None
            }
            _ => None,
        };
        self.known.insert(base.to_owned(), manifest);
    }
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

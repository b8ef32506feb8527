//! Walks the inputs: which folders hold files that should be pictures. Nothing is opened but for a look at the first
//! bytes of files without a telling name.

use super::file::{is_candidate, unreadable};
use super::format::Format;
use super::natural;
use super::roll::file_name;
use super::{Fault, IngestError};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A folder with the files in it that are or should be pictures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Folder {
    /// The input that it belongs to, counted from 0.
    pub(super) input: usize,
    /// The folder.
    pub(super) path: PathBuf,
    /// The folder that was given as an input and holds this one.
    pub(super) root: PathBuf,
    /// Name of the roll that the folder makes.
    pub(super) name: String,
    /// The files, in natural order.
    pub(super) files: Vec<Arc<Path>>,
}

/// What the walk found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Folders with candidates, in the order of the inputs and naturally below each.
    pub(super) folders: Vec<Folder>,
    /// What cannot be looked at.
    pub(super) errors: Vec<IngestError>,
    /// Folders that should hold pictures: those that were asked for, and those named like a picture.
    pub(super) expected: Vec<(PathBuf, Expectation)>,
}

/// Why a folder should hold pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expectation {
    /// It was given as an input.
    Asked,
    /// Its name ends like a picture's.
    Named,
}

/// Walks files and folders.
pub(super) fn walk(inputs: &[PathBuf]) -> Found {
    let mut walk = Walk::default();
    for (number, input) in inputs.iter().enumerate() {
        walk.input(number, input);
    }
    // Linked folders come last, so that a folder is found under its own name rather than under that of a link to it.
    while let Some(next) = walk.linked.pop_front() {
        walk.linked_folder(next);
    }
    let mut found = walk.found;
    found.folders.retain(|folder| !folder.files.is_empty());
    for folder in &mut found.folders {
        folder.files.sort_by(|a, b| natural::compare_paths(a, b));
    }
    found.folders.sort_by(|a, b| a.input.cmp(&b.input).then_with(|| natural::compare_paths(&a.path, &b.path)));
    found
}

#[derive(Default)]
struct Walk {
    found: Found,
    linked: std::collections::VecDeque<Next>,
    /// Folders that were walked, by their real paths.
    walked: BTreeSet<PathBuf>,
    /// Files that were taken, by their paths as given.
    taken: BTreeSet<Arc<Path>>,
    /// Links in a circle that were reported.
    circles: BTreeSet<PathBuf>,
}

/// A folder to walk.
struct Next {
    input: usize,
    root: PathBuf,
    path: PathBuf,
    name: String,
    /// Real paths of the folders above it.
    above: Vec<PathBuf>,
}

impl Walk {
    fn input(&mut self, number: usize, input: &Path) {
        match fs::metadata(input) {
            Err(error) => self.error(input, unreadable(error)),
            Ok(metadata) if metadata.is_dir() => {
                self.found.expected.push((input.to_owned(), Expectation::Asked));
                let (root, path) = (input.to_owned(), input.to_owned());
                self.folder(Next { input: number, root, path, name: String::new(), above: Vec::new() });
            }
            Ok(_) => {
                if self.taken.insert(input.into()) {
                    let parent = input.parent().filter(|parent| !parent.as_os_str().is_empty());
                    self.named_file(number, parent.unwrap_or(Path::new(".")), input);
                }
            }
        }
    }

    /// A file that was named joins the others of its folder that were named.
    fn named_file(&mut self, number: usize, parent: &Path, file: &Path) {
        let folders = &mut self.found.folders;
        let place = folders
            .iter()
            .position(|folder| folder.path == parent && folder.root == Path::new(""))
            .unwrap_or_else(|| {
                let name = own_name(parent);
                let (path, root) = (parent.to_owned(), PathBuf::new());
                folders.push(Folder { input: number, path, root, name, files: Vec::new() });
                folders.len() - 1
            });
        folders[place].files.push(file.into());
    }

    fn linked_folder(&mut self, next: Next) {
        match fs::canonicalize(&next.path) {
            Err(error) => self.error(&next.path, unreadable(error)),
            Ok(real) if next.above.contains(&real) => self.error(&next.path, Fault::SymlinkLoop),
            Ok(_) => self.folder(next),
        }
    }

    fn folder(&mut self, next: Next) {
        let listing = fs::canonicalize(&next.path).and_then(|real| Ok((real, fs::read_dir(&next.path)?)));
        let (real, listing) = match listing {
            Ok(both) => both,
            Err(error) => return self.error(&next.path, unreadable(error)),
        };
        if !self.walked.insert(real.clone()) {
            return;
        }
        let mut entries = Vec::new();
        for entry in listing {
            match entry {
                Ok(entry) => entries.push(entry.path()),
                Err(error) => self.error(&next.path, unreadable(error)),
            }
        }
        entries.sort_by(|a, b| natural::compare_paths(a, b));
        let mut above = next.above;
        above.push(real);
        let mut files = Vec::new();
        for path in entries {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if name.starts_with('.') {
                continue;
            }
            match self.look(&path, &name) {
                Look::File => {
                    let path: Arc<Path> = path.into();
                    if self.taken.insert(Arc::clone(&path)) {
                        files.push(path);
                    }
                }
                Look::Folder { is_link } => {
                    if Format::is_promised_by(&name) {
                        self.found.expected.push((path.clone(), Expectation::Named));
                    }
                    let name = if next.name.is_empty() { name } else { format!("{}/{name}", next.name) };
                    let below = Next { input: next.input, root: next.root.clone(), path, name, above: above.clone() };
                    if is_link {
                        self.linked.push_back(below);
                    } else {
                        self.folder(below);
                    }
                }
                Look::PassOver => {}
            }
        }
        let name = if next.name.is_empty() { own_name(&next.path) } else { next.name };
        self.found.folders.push(Folder { input: next.input, path: next.path, root: next.root, name, files });
    }

    fn look(&mut self, path: &Path, name: &str) -> Look {
        let own = fs::symlink_metadata(path);
        let is_link = own.as_ref().is_ok_and(fs::Metadata::is_symlink);
        if is_link {
            let circle = links_in_a_circle(path);
            if !circle.is_empty() {
                if !circle.iter().any(|link| self.circles.contains(link)) {
                    self.error(path, Fault::SymlinkLoop);
                }
                self.circles.extend(circle);
                return Look::PassOver;
            }
        }
        match if is_link { fs::metadata(path) } else { own } {
            Ok(metadata) if metadata.is_dir() => Look::Folder { is_link },
            Ok(_) if is_candidate(path) => Look::File,
            Ok(_) => Look::PassOver,
            Err(error) => {
                let fault = unreadable(error);
                if matches!(fault, Fault::SymlinkLoop) || Format::is_promised_by(name) {
                    self.error(path, fault);
                }
                Look::PassOver
            }
        }
    }

    fn error(&mut self, path: &Path, fault: Fault) {
        self.found.errors.push(fault.of(&file_name(path)));
    }
}

enum Look {
    File,
    Folder { is_link: bool },
    PassOver,
}

/// The links that lead back to one of themselves; none if the links lead somewhere.
fn links_in_a_circle(start: &Path) -> Vec<PathBuf> {
    let mut chain: Vec<PathBuf> = Vec::new();
    let mut link = start.to_owned();
    while let Ok(target) = fs::read_link(&link) {
        if chain.contains(&link) {
            return chain;
        }
        let next = link.parent().unwrap_or(Path::new(".")).join(target);
        chain.push(link);
        link = simplified(&next);
    }
    Vec::new()
}

/// The path without `.` parts.
fn simplified(path: &Path) -> PathBuf {
    path.components().filter(|part| !matches!(part, std::path::Component::CurDir)).collect()
}

/// The name of a folder, also of one that was given as `.` or `..`.
fn own_name(path: &Path) -> String {
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    name(path).or_else(|| fs::canonicalize(path).ok().as_deref().and_then(name)).unwrap_or_else(|| "roll".to_owned())
}

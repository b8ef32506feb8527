//! The layout file and the files to read.

use crate::engine::PipelineError;
use crate::ingest::discover;
use crate::model::Failure;
use crate::table::{Diagnostic, Layout, Parsed, page, pdf, read_text};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};

/// A layout that was read from a file.
#[derive(Debug, Clone, PartialEq)]
pub struct LayoutFile {
    /// The layout.
    pub layout: Layout,
    /// SHA-256 of the file.
    pub sha256: String,
}

/// Whether a pipeline file describes a table: it has the key `table`.
pub fn is_layout(path: &Path) -> bool {
    let text = fs::read_to_string(path).unwrap_or_default();
    text.parse::<toml::Table>().is_ok_and(|table| table.contains_key("table"))
}

impl LayoutFile {
    /// Reads a layout file.
    pub fn load(path: &Path) -> Result<Self, PipelineError> {
        let text = fs::read_to_string(path).map_err(|source| PipelineError::Read { path: path.to_owned(), source })?;
        let layout = toml::from_str(&text)
            .map_err(|error| PipelineError::Parse { path: path.to_owned(), message: error.to_string() })?;
        Ok(Self { layout, sha256: hash(text.as_bytes()) })
    }
}

/// What a file holds.
pub(super) struct Content {
    pub(super) sha256: String,
    /// Pages with the number of each, from 0. A text is one page.
    pub(super) pages: Vec<(u32, Parsed)>,
}

/// The files of the inputs, folders with all below them, in the order of their names; and inputs that are not there.
pub(super) fn files(inputs: &[PathBuf]) -> (Vec<PathBuf>, Vec<Failure>) {
    let (mut found, mut failures) = (Vec::new(), Vec::new());
    let mut open: Vec<(PathBuf, u32)> = inputs.iter().rev().map(|input| (input.clone(), 0)).collect();
    while let Some((path, depth)) = open.pop() {
        match fs::metadata(&path) {
            Ok(metadata) if metadata.is_file() => found.push(path),
            // Deeper than any archive: a loop of links.
            Ok(metadata) if metadata.is_dir() && depth < 32 => {
                let entries = fs::read_dir(&path).into_iter().flatten().flatten().map(|entry| entry.path());
                let hidden =
                    |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
                let mut entries: Vec<PathBuf> = entries.filter(|path| !hidden(path)).collect();
                entries.sort();
                open.extend(entries.into_iter().rev().map(|path| (path, depth + 1)));
            }
            Ok(_) => failures.push(failure(&path, None, "ingest", "not_a_file", "neither a file nor a folder")),
            Err(error) => {
                failures.push(failure(&path, None, "ingest", "unreadable", &format!("{error}; check the path")))
            }
        }
    }
    found.dedup();
    (found, failures)
}

/// Reads a file: a text, a PDF with text in it, or pictures of pages.
pub(super) fn read(path: &Path, layout: &Layout) -> Result<Content, Failure> {
    let fail = |class: &str, message: &str| failure(path, None, "ingest", class, message);
    let size = fs::metadata(path).map_err(|error| fail("unreadable", &error.to_string()))?.len();
    if size == 0 {
        return Err(fail("empty", "the file has no bytes"));
    }
    if size.div_ceil(1 << 20) > layout.ingest.max_file_mb {
        let message =
            format!("the file has {size} bytes, more than [ingest] max_file_mb = {}", layout.ingest.max_file_mb);
        return Err(fail("file_too_large", &message));
    }
    let bytes = fs::read(path).map_err(|error| fail("unreadable", &error.to_string()))?;
    let sha256 = hash(&bytes);
    if bytes.starts_with(b"%PDF-")
        && let Some(pages) = pdf::text_pages(&bytes)
    {
        let pages = pages.into_iter().map(|(number, text)| (number, read_text(text.as_bytes(), layout))).collect();
        return Ok(Content { sha256, pages });
    }
    if is_picture(&bytes) {
        drop(bytes);
        return Ok(Content { sha256, pages: pictures(path, layout)? });
    }
    let is_wide = matches!(bytes.get(..2), Some(b"\xFF\xFE" | b"\xFE\xFF"));
    let odd = bytes.iter().take(4096).filter(|&&byte| byte < 9).count();
    if !is_wide && odd > 16 {
        return Err(fail("not_a_table", "the file is neither text nor a picture that can be read"));
    }
    Ok(Content { sha256, pages: vec![(0, read_text(&bytes, layout))] })
}

fn pictures(path: &Path, layout: &Layout) -> Result<Vec<(u32, Parsed)>, Failure> {
    let found = discover(&[path.to_owned()], &layout.ingest);
    let mut pages = Vec::new();
    for roll in &found.rolls {
        if let crate::ingest::RollInput::Scans(scans) = &roll.input {
            for scan in scans {
                let parsed = match scan.open(&layout.ingest) {
                    Ok(opened) => page::read_page(&opened.picture, layout).parsed,
                    Err(error) => {
                        let failure = error.failure();
                        Parsed {
                            diagnostics: vec![Diagnostic::whole("unreadable", failure.message)],
                            ..Parsed::default()
                        }
                    }
                };
                pages.push((scan.page, parsed));
            }
        }
    }
    match found.failures.into_iter().next() {
        Some(failure) if pages.is_empty() => Err(failure),
        _ if pages.is_empty() => {
            Err(failure(path, None, "ingest", "not_a_page", "the picture is no page: it is a long strip"))
        }
        _ => Ok(pages),
    }
}

/// By its first bytes: PNG, JPEG, TIFF, JPEG 2000, PDF.
fn is_picture(bytes: &[u8]) -> bool {
    const MAGIC: [&[u8]; 9] = [
        b"\x89PNG",
        b"\xff\xd8\xff",
        b"II\x2a\0",
        b"MM\0\x2a",
        b"II\x2b\0",
        b"MM\0\x2b",
        b"\0\0\0\x0cjP",
        b"\xff\x4f\xff\x51",
        b"%PDF-",
    ];
    MAGIC.iter().any(|magic| bytes.starts_with(magic))
}

pub(super) fn failure(path: &Path, page: Option<u32>, stage: &str, class: &str, message: &str) -> Failure {
    Failure {
        source_file: path.to_string_lossy().replace('\\', "/"),
        frame_index: page.and_then(|page| i32::try_from(page).ok()),
        stage: stage.to_owned(),
        class: class.to_owned(),
        message: message.to_owned(),
    }
}

pub(super) fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

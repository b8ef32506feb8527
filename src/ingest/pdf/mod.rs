//! PDF: the scans inside, one for each page. Text, drawings and the page's layout are not looked at.

mod colour;
mod picture;

use super::Fault;
use super::grey::RowSink;
use lopdf::{Dictionary, Document, LoadOptions, Object, ObjectId, Stream};

/// How deep forms may hold forms that hold the picture.
const DEEPEST_FORM: usize = 4;
/// The most pictures of one page that are looked at.
const MOST_PICTURES: usize = 10_000;

/// A page that shows a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Page {
    /// The page in the file, counted from 0.
    pub(super) number: u32,
    /// Width in pixels.
    pub(super) width: u32,
    /// Height in pixels.
    pub(super) height: u32,
}

/// Reads a document. Streams that hold its structure may not grow beyond `memory` bytes.
pub(super) fn load(data: &[u8], memory: u64) -> Result<Document, Fault> {
    let most = usize::try_from(memory).unwrap_or(usize::MAX);
    let options = LoadOptions { max_decompressed_size: Some(most), ..LoadOptions::default() };
    let document = Document::load_mem_with_options(data, options).map_err(|error| damaged(&error.to_string()))?;
    if document.is_encrypted() {
        return Err(Fault::UnsupportedVariant { format: "PDF", variant: "encryption".to_owned() });
    }
    Ok(document)
}

/// The pages that show a picture.
pub(super) fn pages(document: &Document, most: u32) -> Result<Vec<Page>, Fault> {
    let mut pages = Vec::new();
    for (number, id) in (0u32..).zip(document.page_iter()) {
        if number >= most {
            return Err(Fault::TooManyPages { limit: most });
        }
        if let Some((_, width, height)) = largest_picture(document, id) {
            pages.push(Page { number, width, height });
        }
    }
    if pages.is_empty() {
        return Err(Fault::UnsupportedVariant { format: "PDF", variant: "no scanned page in it".to_owned() });
    }
    Ok(pages)
}

/// Decodes the largest picture of a page.
pub(super) fn decode(document: &Document, number: u32, memory: u64, sink: &mut dyn RowSink) -> Result<(), Fault> {
    let page = document.page_iter().nth(number as usize).ok_or_else(|| damaged("the page is missing"))?;
    let (stream, width, height) =
        largest_picture(document, page).ok_or_else(|| damaged("the page shows no picture"))?;
    picture::decode(document, stream, (width, height), memory, sink)
}

/// The picture of most pixels on a page, also inside forms; the first of equals in the order of their names.
fn largest_picture(document: &Document, page: ObjectId) -> Option<(&Stream, u32, u32)> {
    let mut pictures = Vec::new();
    collect(document, resources(document, page)?, DEEPEST_FORM, &mut pictures);
    pictures.sort_by(|(a, _), (b, _)| a.cmp(b));
    let mut best: Option<(&Stream, u32, u32)> = None;
    for (_, stream) in pictures {
        let side = |key| integer(document, &stream.dict, key).and_then(|value| u32::try_from(value).ok());
        let (Some(width), Some(height)) = (side(b"Width"), side(b"Height")) else { continue };
        let area = |width: u32, height: u32| u64::from(width) * u64::from(height);
        if best.is_none_or(|(_, w, h)| area(width, height) > area(w, h)) {
            best = Some((stream, width, height));
        }
    }
    best
}

/// The resources of a page, its own or those of the nodes above it.
fn resources(document: &Document, page: ObjectId) -> Option<&Dictionary> {
    let mut node = document.get_dictionary(page).ok()?;
    for _ in 0..64 {
        if let Some(found) = dictionary(document, node, b"Resources") {
            return Some(found);
        }
        node = dictionary(document, node, b"Parent")?;
    }
    None
}

fn collect<'a>(
    document: &'a Document,
    resources: &'a Dictionary,
    depth: usize,
    pictures: &mut Vec<(Vec<u8>, &'a Stream)>,
) {
    let Some(objects) = dictionary(document, resources, b"XObject") else { return };
    for (name, object) in objects {
        if pictures.len() >= MOST_PICTURES {
            return;
        }
        let Ok((_, Object::Stream(stream))) = document.dereference(object) else { continue };
        match name_of(document, &stream.dict, b"Subtype") {
            Some(b"Image") => pictures.push((name.clone(), stream)),
            Some(b"Form") if depth > 0 => {
                if let Some(inner) = dictionary(document, &stream.dict, b"Resources") {
                    collect(document, inner, depth - 1, pictures);
                }
            }
            _ => {}
        }
    }
}

/// The object of a key, wherever it lies.
fn object<'a>(document: &'a Document, dictionary: &'a Dictionary, key: &[u8]) -> Option<&'a Object> {
    dictionary.get(key).ok().and_then(|value| document.dereference(value).ok()).map(|(_, object)| object)
}

fn dictionary<'a>(document: &'a Document, of: &'a Dictionary, key: &[u8]) -> Option<&'a Dictionary> {
    object(document, of, key)?.as_dict().ok()
}

fn name_of<'a>(document: &'a Document, of: &'a Dictionary, key: &[u8]) -> Option<&'a [u8]> {
    object(document, of, key)?.as_name().ok()
}

fn integer(document: &Document, of: &Dictionary, key: &[u8]) -> Option<i64> {
    object(document, of, key)?.as_i64().ok()
}

fn flag(document: &Document, of: &Dictionary, key: &[u8]) -> Option<bool> {
    object(document, of, key)?.as_bool().ok()
}

fn damaged(detail: &str) -> Fault {
    Fault::Damaged { format: "PDF", detail: detail.to_owned() }
}

fn unsupported(variant: &str) -> Fault {
    Fault::UnsupportedVariant { format: "PDF", variant: variant.to_owned() }
}

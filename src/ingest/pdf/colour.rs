//! Colour spaces of PDF pictures (ISO 32000-1, section 8.6).

use super::{damaged, dictionary, integer, object, unsupported};
use crate::ingest::Fault;
use crate::ingest::samples::{Meaning, luma};
use lopdf::{Dictionary, Document, Object};

/// Colour spaces may name others; a picture's space is never deeper than this.
const DEEPEST: usize = 4;

/// What the samples of a picture mean, its `Decode` array included.
pub(super) fn meaning(document: &Document, picture: &Dictionary, bits: u32) -> Result<Meaning, Fault> {
    let space = object(document, picture, b"ColorSpace");
    let meaning = match space {
        Some(space) => space_meaning(document, space, bits, DEEPEST)?,
        None => Meaning::Grey,
    };
    invert(meaning, is_inverted(document, picture, bits)?)
}

/// The `Decode` array swaps black and white.
pub(super) fn is_inverted(document: &Document, picture: &Dictionary, bits: u32) -> Result<bool, Fault> {
    let Some(Object::Array(decode)) = object(document, picture, b"Decode") else { return Ok(false) };
    let number = |value: &Object| document.dereference(value).ok().and_then(|(_, value)| value.as_float().ok());
    let values: Vec<f32> = decode.iter().filter_map(number).collect();
    let full = (1u32 << bits.min(16)) as f32 - 1.0;
    let pairs = || values.chunks_exact(2);
    if pairs().all(|pair| pair[0] == 0.0 && (pair[1] == 1.0 || pair[1] == full)) {
        Ok(false)
    } else if pairs().all(|pair| pair[1] == 0.0 && (pair[0] == 1.0 || pair[0] == full)) {
        Ok(true)
    } else {
        Err(unsupported("an unusual Decode array"))
    }
}

/// The meaning with black and white swapped, if they are.
pub(super) fn invert(meaning: Meaning, inverted: bool) -> Result<Meaning, Fault> {
    Ok(match (meaning, inverted) {
        (meaning, false) => meaning,
        (Meaning::Grey, true) => Meaning::InvertedGrey,
        (Meaning::InvertedGrey, true) => Meaning::Grey,
        (Meaning::Palette(mut greys), true) => {
            greys.reverse();
            Meaning::Palette(greys)
        }
        (Meaning::Rgb | Meaning::Cmyk, true) => return Err(unsupported("inverted colours")),
    })
}

fn space_meaning(document: &Document, space: &Object, bits: u32, depth: usize) -> Result<Meaning, Fault> {
    if depth == 0 {
        return Err(damaged("a colour space that names itself"));
    }
    let resolved = |value: &'_ Object| document.dereference(value).ok().map(|(_, value)| value.clone());
    if let Ok(name) = space.as_name() {
        return named(name);
    }
    let Ok(parts) = space.as_array() else { return Err(damaged("no colour space")) };
    let part = |index: usize| parts.get(index).and_then(resolved);
    let kind = part(0).ok_or_else(|| damaged("an empty colour space"))?;
    match kind.as_name().unwrap_or_default() {
        b"ICCBased" => {
            let Some(Object::Stream(profile)) = part(1) else { return Err(damaged("a colour profile is missing")) };
            match integer(document, &profile.dict, b"N") {
                Some(1) => Ok(Meaning::Grey),
                Some(3) => Ok(Meaning::Rgb),
                Some(4) => Ok(Meaning::Cmyk),
                _ => Err(damaged("a colour profile without its number of components")),
            }
        }
        // Lightness comes first.
        b"Lab" => Ok(Meaning::Grey),
        // One ink: full tint is dark.
        b"Separation" => Ok(Meaning::InvertedGrey),
        b"Indexed" | b"I" => {
            let base = part(1).ok_or_else(|| damaged("a palette without colours"))?;
            let base = space_meaning(document, &base, 8, depth - 1)?;
            let table = match part(3) {
                Some(Object::String(bytes, _)) => bytes,
                Some(Object::Stream(stream)) => stream.get_plain_content_with_limit(1 << 20).unwrap_or_default(),
                _ => return Err(damaged("a palette without colours")),
            };
            Ok(Meaning::Palette(palette(&base, &table, 1 << bits.min(8))))
        }
        name => named(name),
    }
}

fn named(name: &[u8]) -> Result<Meaning, Fault> {
    Ok(match name {
        b"DeviceGray" | b"CalGray" | b"G" => Meaning::Grey,
        b"DeviceRGB" | b"CalRGB" | b"RGB" => Meaning::Rgb,
        b"DeviceCMYK" | b"CMYK" => Meaning::Cmyk,
        other => return Err(unsupported(&format!("the colour space {}", String::from_utf8_lossy(other)))),
    })
}

/// Grey values of a palette's colours; what the table lacks is black.
fn palette(base: &Meaning, table: &[u8], colours: usize) -> Vec<u8> {
    let mut greys: Vec<u8> = table
        .chunks_exact(base.samples())
        .take(colours)
        .map(|colour| match (base, colour) {
            (Meaning::Rgb, [r, g, b]) => luma((*r).into(), (*g).into(), (*b).into()) as u8,
            (Meaning::Cmyk, [c, m, y, k]) => {
                let light = |ink: u8| u32::from(255 - ink) * u32::from(255 - k) / 255;
                luma(light(*c), light(*m), light(*y)) as u8
            }
            (Meaning::InvertedGrey, [grey]) => 255 - grey,
            (_, [grey, ..]) => *grey,
            _ => 0,
        })
        .collect();
    greys.resize(colours, 0);
    greys
}

/// The parameters of a picture's last filter.
pub(super) fn last_parameters<'a>(document: &'a Document, picture: &'a Dictionary) -> Option<&'a Dictionary> {
    match object(document, picture, b"DecodeParms")? {
        Object::Array(all) => document.dereference(all.last()?).ok()?.1.as_dict().ok(),
        Object::Dictionary(_) => dictionary(document, picture, b"DecodeParms"),
        _ => None,
    }
}

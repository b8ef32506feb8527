//! A small picture of a frame with its traces.

use super::facts::WorstFrame;
use crate::ingest::{IngestConfig, RollInput, Strip, discover};
use crate::model::PixelBox;
use crate::plot::{Colour, Marker, Scene};
use image::imageops::{FilterType, crop_imm, resize};
use image::{GrayImage, ImageFormat, Rgb, RgbImage};
use std::io::Cursor;
use std::path::{Path, PathBuf};

/// Width of a thumbnail, px.
const WIDTH: u32 = 520;

/// The frame as PNG; `None` if its scan cannot be found or opened.
pub(super) fn thumbnail(frame: &WorstFrame, sources: &[PathBuf]) -> Option<Vec<u8>> {
    let path = find(Path::new(&frame.source_file), sources)?;
    let [x, y, w, h] = frame.bbox;
    let window = PixelBox::new(x, y, w, h);
    let picture = open(&path, frame.frame_index, window)?;
    let scale = f64::from(WIDTH) / f64::from(picture.width().max(1));
    let height = (f64::from(picture.height()) * scale).round().clamp(1.0, 2000.0) as u32;
    let small = resize(&picture, WIDTH, height, FilterType::Triangle);
    let mut page = RgbImage::from_fn(WIDTH, height, |x, y| {
        let light = small.get_pixel(x, y).0[0];
        Rgb([light; 3])
    });
    let mut scene = Scene::new(f64::from(WIDTH), f64::from(height));
    for (mode, points) in &frame.traces {
        let colour = match mode.as_str() {
            "O" => Colour::SKY,
            "X" => Colour::ORANGE,
            _ => Colour::SLATE,
        };
        for (px, py) in points {
            let place = ((px - f64::from(x)) * scale, (py - f64::from(y)) * scale);
            scene.marker(place, Marker::Disc, 1.4, colour);
        }
    }
    scene.draw_on(&mut page, 1.0);
    let mut png = Cursor::new(Vec::new());
    page.write_to(&mut png, ImageFormat::Png).ok()?;
    Some(png.into_inner())
}

/// The file at its place, or by its name below one of the folders.
fn find(file: &Path, sources: &[PathBuf]) -> Option<PathBuf> {
    let parts: Vec<_> = file.components().collect();
    let ends = (0..parts.len()).map(|from| parts[from..].iter().collect::<PathBuf>());
    let elsewhere = ends.flat_map(|end| sources.iter().map(move |folder| folder.join(&end)));
    std::iter::once(file.to_owned()).chain(elsewhere).find(|path| path.is_file())
}

/// The part of the scan that shows the frame.
fn open(path: &Path, frame_index: i32, window: PixelBox) -> Option<GrayImage> {
    let config = IngestConfig::default();
    let index = usize::try_from(frame_index).ok()?;
    let mut pages = 0;
    for roll in discover(&[path.to_owned()], &config).rolls {
        match roll.input {
            RollInput::Strip(strip) => return Strip::open(&strip, &config).ok()?.window(window).ok(),
            RollInput::Scans(scans) => match scans.get(index - pages) {
                Some(scan) => {
                    let picture = scan.open(&config).ok()?.picture;
                    let inside = window.clamped(picture.width(), picture.height());
                    let side = |length: i32| u32::try_from(length).ok().filter(|length| *length > 0);
                    let (x, y) = (inside.x as u32, inside.y as u32);
                    return Some(crop_imm(&picture, x, y, side(inside.w)?, side(inside.h)?).to_image());
                }
                None => pages += scans.len(),
            },
        }
    }
    None
}

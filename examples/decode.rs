//! Decodes pictures with the decoders alone, one thread, nothing else: the floor that the engine is measured against.
//!
//! `cargo run --release --example decode -- FOLDER` prints the pictures, the bytes of their pixels and the seconds.

use std::fs::File;
use std::io::{BufReader, Error, Read};
use std::path::Path;
use std::time::Instant;

#[expect(clippy::print_stdout, reason = "a measurement says what it found")]
fn main() -> std::io::Result<()> {
    let mut files = Vec::new();
    for folder in std::env::args().skip(1) {
        files.extend(std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?);
    }
    files.retain(|file| ["png", "tif", "tiff"].iter().any(|end| file.extension().is_some_and(|e| e == *end)));
    files.sort();
    let start = Instant::now();
    let (mut pictures, mut bytes) = (0, 0);
    for file in &files {
        let (count, size) = if file.extension().is_some_and(|end| end == "png") { png(file)? } else { tiff(file)? };
        (pictures, bytes) = (pictures + count, bytes + size);
    }
    println!("{pictures} {bytes} {:.6}", start.elapsed().as_secs_f64());
    Ok(())
}

/// Pictures of a file and the bytes of their pixels.
fn png(file: &Path) -> std::io::Result<(usize, usize)> {
    let mut bytes = Vec::new();
    File::open(file)?.read_to_end(&mut bytes)?;
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().map_err(Error::other)?;
    let mut picture = vec![0; reader.output_buffer_size().unwrap_or_default()];
    reader.next_frame(&mut picture).map_err(Error::other)?;
    Ok((1, std::hint::black_box(picture).len()))
}

fn tiff(file: &Path) -> std::io::Result<(usize, usize)> {
    let mut decoder = tiff::decoder::Decoder::new(BufReader::new(File::open(file)?)).map_err(Error::other)?;
    let (mut pages, mut bytes) = (0, 0);
    loop {
        bytes += match decoder.read_image().map_err(Error::other)? {
            tiff::decoder::DecodingResult::U8(picture) => std::hint::black_box(picture).len(),
            tiff::decoder::DecodingResult::U16(picture) => 2 * std::hint::black_box(picture).len(),
            _ => return Err(Error::other("only pictures of 8 and 16 bits are expected")),
        };
        pages += 1;
        if !decoder.more_images() {
            return Ok((pages, bytes));
        }
        decoder.next_image().map_err(Error::other)?;
    }
}

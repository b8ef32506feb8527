//! The text layer of a PDF as lines of characters in columns.

use lopdf::content::{Content, Operation};
use lopdf::{Document, LoadOptions, Object};
use std::collections::BTreeMap;

/// Most bytes that streams of a document may unpack to.
const MOST_BYTES: usize = 1 << 28;
/// Least characters of a page that has a text layer worth the name: a stamp or a page number is none.
const LEAST_TEXT: usize = 200;
/// Width of a character against the size of its font where the font does not tell: that of typewriter faces.
const USUAL_WIDTH: f64 = 0.6;
/// Most lines and columns of a page.
const MOST_CELLS: usize = 2000;

/// The pages that have text, with their numbers from 0; `None` if there is none.
pub fn text_pages(data: &[u8]) -> Option<Vec<(u32, String)>> {
    let options = LoadOptions { max_decompressed_size: Some(MOST_BYTES), ..LoadOptions::default() };
    let document = Document::load_mem_with_options(data, options).ok()?;
    let mut pages = Vec::new();
    for (number, id) in (0u32..).zip(document.page_iter()) {
        let Ok(content) = document.get_page_content_with_limit(id, MOST_BYTES) else { continue };
        let Ok(content) = Content::decode(&content) else { continue };
        let fonts = document.get_page_fonts(id).unwrap_or_default();
        let encodings = fonts
            .iter()
            .map(|(name, font)| (name.clone(), (font.get_font_encoding(&document).ok(), width(&document, font))));
        let fonts: BTreeMap<_, _> = encodings.collect();
        let mut pen = Pen::default();
        for operation in &content.operations {
            pen.step(operation, |name, bytes| match fonts.get(name) {
                Some((Some(encoding), width)) => (Document::decode_text(encoding, bytes).unwrap_or_default(), *width),
                Some((None, width)) => (bytes.iter().map(|&byte| char::from(byte)).collect(), *width),
                None => (bytes.iter().map(|&byte| char::from(byte)).collect(), USUAL_WIDTH),
            });
        }
        if pen.words.iter().map(|word| word.text.trim().len()).sum::<usize>() >= LEAST_TEXT {
            pages.push((number, lay_out(pen.words)));
        }
    }
    (!pages.is_empty()).then_some(pages)
}

/// The mean width of the digits of a font, against its size.
fn width(document: &Document, font: &lopdf::Dictionary) -> f64 {
    let widths = font.get_deref(b"Widths", document).and_then(Object::as_array);
    let first = font.get_deref(b"FirstChar", document).and_then(Object::as_i64).unwrap_or(0);
    let digit = |code: i64| {
        let place = usize::try_from(code - first).ok()?;
        widths.as_ref().ok()?.get(place)?.as_float().ok()
    };
    match digit(i64::from(b'0')) {
        Some(width) if width > 0.0 => f64::from(width) / 1000.0,
        _ => USUAL_WIDTH,
    }
}

/// A piece of text at its place, in units of the page.
struct Word {
    x: f64,
    y: f64,
    /// Width of one character.
    step: f64,
    size: f64,
    text: String,
}

/// The state of the text operators (ISO 32000, 9.3 and 9.4).
struct Pen {
    words: Vec<Word>,
    page: [f64; 6],
    saved: Vec<[f64; 6]>,
    line: [f64; 6],
    place: [f64; 6],
    font: Vec<u8>,
    size: f64,
    leading: f64,
}

const UNIT: [f64; 6] = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

impl Default for Pen {
    fn default() -> Self {
        let (line, place, page) = (UNIT, UNIT, UNIT);
        Self { words: Vec::new(), page, saved: Vec::new(), line, place, font: Vec::new(), size: 1.0, leading: 0.0 }
    }
}

fn product(a: [f64; 6], b: [f64; 6]) -> [f64; 6] {
    [
        a[0] * b[0] + a[1] * b[2],
        a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2],
        a[2] * b[1] + a[3] * b[3],
        a[4] * b[0] + a[5] * b[2] + b[4],
        a[4] * b[1] + a[5] * b[3] + b[5],
    ]
}

impl Pen {
    fn step(&mut self, operation: &Operation, decode: impl Fn(&[u8], &[u8]) -> (String, f64)) {
        let operands = &operation.operands;
        let number =
            |index: usize| operands.get(index).and_then(|object| object.as_float().ok()).map_or(0.0, f64::from);
        let matrix = || [number(0), number(1), number(2), number(3), number(4), number(5)];
        match operation.operator.as_str() {
            "q" if self.saved.len() < 64 => self.saved.push(self.page),
            "Q" => self.page = self.saved.pop().unwrap_or(self.page),
            "cm" => self.page = product(matrix(), self.page),
            "BT" => (self.line, self.place) = (UNIT, UNIT),
            "Tf" => {
                self.font = operands.first().and_then(|object| object.as_name().ok()).unwrap_or_default().to_vec();
                self.size = number(1);
            }
            "TL" => self.leading = number(0),
            "Td" => self.move_by(number(0), number(1)),
            "TD" => {
                self.leading = -number(1);
                self.move_by(number(0), number(1));
            }
            "Tm" => (self.line, self.place) = (matrix(), matrix()),
            "T*" => self.move_by(0.0, -self.leading),
            "Tj" => self.show(operands.first(), &decode),
            "'" => {
                self.move_by(0.0, -self.leading);
                self.show(operands.first(), &decode);
            }
            "\"" => {
                self.move_by(0.0, -self.leading);
                self.show(operands.get(2), &decode);
            }
            "TJ" => {
                for object in operands.first().and_then(|object| object.as_array().ok()).into_iter().flatten() {
                    match object.as_float() {
                        Ok(shift) => self.advance(-f64::from(shift) / 1000.0 * self.size),
                        Err(_) => self.show(Some(object), &decode),
                    }
                }
            }
            _ => {}
        }
    }

    fn move_by(&mut self, x: f64, y: f64) {
        self.line = product([1.0, 0.0, 0.0, 1.0, x, y], self.line);
        self.place = self.line;
    }

    fn advance(&mut self, along: f64) {
        self.place = product([1.0, 0.0, 0.0, 1.0, along, 0.0], self.place);
    }

    fn show(&mut self, object: Option<&Object>, decode: &impl Fn(&[u8], &[u8]) -> (String, f64)) {
        let Some(bytes) = object.and_then(|object| object.as_str().ok()) else { return };
        let (text, width) = decode(&self.font, bytes);
        let at = product(self.place, self.page);
        let scale = at[0].hypot(at[1]);
        let step = width * self.size;
        let count = text.chars().count() as f64;
        if text.len() < MOST_CELLS && at.iter().all(|value| value.is_finite()) {
            self.words.push(Word {
                x: at[4],
                y: at[5],
                step: (step * scale).abs(),
                size: (self.size * scale).abs(),
                text,
            });
        }
        self.advance(count * step);
    }
}

/// Puts words into lines by their height and into columns by the width of a character.
fn lay_out(mut words: Vec<Word>) -> String {
    words.retain(|word| !word.text.trim().is_empty());
    words.sort_by(|a, b| b.y.total_cmp(&a.y).then(a.x.total_cmp(&b.x)));
    let mut steps: Vec<f64> = words.iter().map(|word| word.step).filter(|step| *step > 0.0).collect();
    steps.sort_by(f64::total_cmp);
    let step = steps.get(steps.len() / 2).copied().unwrap_or(1.0);
    let left = words.iter().map(|word| word.x).fold(f64::MAX, f64::min);
    let mut out = String::new();
    let mut lines: Vec<Vec<&Word>> = Vec::new();
    for word in &words {
        match lines.last_mut() {
            Some(line) if (line[0].y - word.y).abs() < 0.4 * word.size.max(1e-6) => line.push(word),
            _ => lines.push(vec![word]),
        }
    }
    for mut line in lines.into_iter().take(MOST_CELLS) {
        line.sort_by(|a, b| a.x.total_cmp(&b.x));
        let mut row: Vec<char> = Vec::new();
        for word in line {
            let column = ((word.x - left) / step).round().clamp(0.0, MOST_CELLS as f64) as usize;
            // What would stand upon other text goes behind it.
            let column = column.max(row.len());
            row.resize(column, ' ');
            row.extend(word.text.chars());
        }
        out.extend(row);
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_in_their_lines_and_columns() {
        let word = |x: f64, y: f64, text: &str| Word { x, y, step: 6.0, size: 10.0, text: text.to_owned() };
        let text = lay_out(vec![
            word(72.0, 700.0, "DAY"),
            word(108.0, 700.5, "00H"),
            word(84.0, 688.0, "1"),
            word(108.0, 688.0, "36UR"),
        ]);
        assert_eq!(text, "DAY   00H\n  1   36UR\n");
    }

    #[test]
    fn what_is_no_document_has_no_text() {
        assert_eq!(text_pages(b"%PDF-1.4 nothing"), None);
    }

    /// A document with each text on a page of its own, line by line in Courier.
    fn document(texts: &[String]) -> Vec<u8> {
        use lopdf::{Stream, dictionary};
        let mut document = Document::with_version("1.4");
        let pages = document.new_object_id();
        let font = document.add_object(dictionary! {
            "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Courier", "Encoding" => "WinAnsiEncoding",
        });
        let resources = document.add_object(dictionary! { "Font" => dictionary! { "F1" => font } });
        let kids: Vec<Object> = texts
            .iter()
            .map(|text| {
                let mut content = String::from("BT /F1 8 Tf 9 TL 40 800 Td\n");
                for line in text.lines() {
                    let line = line.replace('(', "\\(").replace(')', "\\)");
                    content.push_str(&format!("({line}) Tj T*\n"));
                }
                content.push_str("ET");
                let content = document.add_object(Stream::new(dictionary! {}, content.into_bytes()));
                let media: Vec<Object> = [0, 0, 595, 842].into_iter().map(Object::Integer).collect();
                let page = dictionary! {
                    "Type" => "Page", "Parent" => pages, "Contents" => content, "Resources" => resources, "MediaBox" => media,
                };
                Object::Reference(document.add_object(page))
            })
            .collect();
        let count = kids.len() as i64;
        let tree = dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count };
        document.objects.insert(pages, Object::Dictionary(tree));
        let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
        document.trailer.set("Root", catalog);
        let mut bytes = Vec::new();
        document.save_to(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn pages_with_text_are_read_like_text() {
        use crate::simulate::table::{made_up, print};
        let layout: crate::table::Layout =
            toml::from_str(include_str!("../../pipelines/tables/sodankyla.toml")).unwrap();
        let monthly_tables: Vec<_> = (0..12).map(|month| made_up(&layout, month, 3)).collect();
        let texts: Vec<String> =
            monthly_tables.iter().map(|monthly_table| print(monthly_table, &layout).text()).collect();
        let bytes = document(&texts);
        let begin = std::time::Instant::now();
        let pages = text_pages(&bytes).unwrap();
        assert_eq!(pages.len(), 12);
        let read: Vec<_> = pages.iter().map(|(_, text)| crate::table::read_text(text.as_bytes(), &layout)).collect();
        println!("{:.1} pages/s", 12.0 / begin.elapsed().as_secs_f64());
        for ((parsed, (_, text)), monthly_table) in read.iter().zip(&pages).zip(&monthly_tables) {
            assert_eq!(parsed.diagnostics, [], "{text}");
            let said = |monthly_table: &crate::table::MonthlyTable| -> Vec<_> {
                monthly_table
                    .readings
                    .iter()
                    .map(|cell| (cell.time, cell.value, cell.qualifier, cell.descriptor))
                    .collect()
            };
            let mut read = said(&parsed.tables[0]);
            // Blocks stand one below the other in print.
            read.sort_by_key(|cell| cell.0);
            assert_eq!(read, said(monthly_table), "{text}");
        }
    }
}

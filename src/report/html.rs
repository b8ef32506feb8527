//! The page: sections, tables, pictures, and a style that also prints.

use std::fmt::Write;

const STYLE: &str = "\
:root{color:#22262c;background:#fff;font:15px/1.45 system-ui,-apple-system,'Segoe UI',sans-serif}
body{max-width:1180px;margin:0 auto;padding:24px 20px 60px}
h1{font-size:26px;margin:0 0 14px}h2{font-size:19px;margin:38px 0 4px;border-top:1px solid #e4e7eb;padding-top:18px}
p{margin:4px 0 12px;color:#69707a}
.tiles{display:flex;flex-wrap:wrap;gap:10px;margin:0 0 12px}.tiles div{background:#f4f6f8;border-radius:6px;padding:9px 16px;min-width:84px}
.tiles b{display:block;font-size:21px}.tiles span{color:#69707a;font-size:13px}
figure{margin:10px 0;overflow-x:auto}svg{max-width:100%;height:auto}
table{border-collapse:collapse;font-size:13.5px;margin:10px 0}th,td{padding:3px 12px 3px 0;text-align:right;vertical-align:top}
th:first-child,td:first-child,th:last-child,td:last-child{text-align:left}th{color:#69707a;font-weight:600;border-bottom:1px solid #c9ced4}
.grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(330px,1fr));gap:16px}
.card{font-size:12.5px;break-inside:avoid;overflow-wrap:anywhere}.card img{width:100%;border:1px solid #c9ced4;display:block}.card div{margin-top:2px}
@media print{@page{margin:14mm}:root{font-size:11px}body{max-width:none;padding:0}h2{break-after:avoid}figure,tr,.card{break-inside:avoid}.grid{grid-template-columns:1fr 1fr}.tiles div{border:1px solid #c9ced4}}
";

/// A page being written.
pub(super) struct Page {
    text: String,
}

impl Page {
    pub(super) fn new(title: &str) -> Self {
        let title = escape(title);
        Self {
            text: format!(
                "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n\
                 <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n\
                 <title>{title}</title>\n<style>{STYLE}</style></head>\n<body>\n<h1>{title}</h1>\n"
            ),
        }
    }

    fn add(&mut self, line: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.text.write_fmt(line);
        self.text.push('\n');
    }

    pub(super) fn section(&mut self, title: &str, words: &str) {
        self.add(format_args!("<h2>{}</h2>\n<p>{}</p>", escape(title), escape(words)));
    }

    pub(super) fn note(&mut self, words: &str) {
        self.add(format_args!("<p>{}</p>", escape(words)));
    }

    pub(super) fn tiles(&mut self, tiles: &[(&str, String)]) {
        let tile = |(name, value): &(&str, String)| {
            format!("<div><b>{}</b><span>{}</span></div>", escape(value), escape(name))
        };
        self.add(format_args!("<div class=\"tiles\">{}</div>", tiles.iter().map(tile).collect::<String>()));
    }

    /// A picture as SVG.
    pub(super) fn picture(&mut self, svg: &str, words: &str) {
        // Inside a page an SVG needs no namespace of its own, and a role for readers that cannot see it.
        let labelled = svg.replacen("<svg ", &format!("<svg role=\"img\" aria-label=\"{}\" ", escape(words)), 1);
        self.add(format_args!("<figure>{}</figure>", labelled.trim()));
    }

    pub(super) fn table(&mut self, headings: &[&str], rows: &[Vec<String>]) {
        let cells = |cells: &mut dyn Iterator<Item = String>, tag: &str| -> String {
            cells.map(|cell| format!("<{tag}>{}</{tag}>", escape(&cell))).collect()
        };
        let head = cells(&mut headings.iter().map(|heading| (*heading).to_owned()), "th");
        let rows: String =
            rows.iter().map(|row| format!("<tr>{}</tr>\n", cells(&mut row.iter().cloned(), "td"))).collect();
        self.add(format_args!(
            "<figure><table><thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody></table></figure>"
        ));
    }

    pub(super) fn open_grid(&mut self) {
        self.add(format_args!("<div class=\"grid\">"));
    }

    /// A picture in PNG, if there is one, with lines of words.
    pub(super) fn card(&mut self, png: Option<&[u8]>, words: &[String]) {
        let picture =
            png.map_or_else(String::new, |png| format!("<img alt=\"\" src=\"data:image/png;base64,{}\">", base64(png)));
        let lines: String = words.iter().map(|line| format!("<div>{}</div>", escape(line))).collect();
        self.add(format_args!("<div class=\"card\">{picture}{lines}</div>"));
    }

    pub(super) fn close_grid(&mut self) {
        self.add(format_args!("</div>"));
    }

    pub(super) fn finish(mut self) -> String {
        self.text.push_str("</body></html>\n");
        self.text
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Base 64 (RFC 4648).
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |place: usize| u32::from(group.get(place).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let digit = (bits >> (18 - 6 * place) & 63) as usize;
            text.push(if place <= group.len() { char::from(DIGITS[digit]) } else { '=' });
        }
    }
    text
}

/// A count with thin gaps between thousands.
pub(super) fn number(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// A part of a whole.
pub(super) fn percent(part: u64, all: u64) -> String {
    if all == 0 { "–".to_owned() } else { format!("{:.1} %", 100.0 * part as f64 / all as f64) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_become_base_64() {
        for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn counts_are_grouped_and_words_escaped() {
        assert_eq!([number(7), number(1234567)], ["7".to_owned(), "1\u{202f}234\u{202f}567".to_owned()]);
        assert_eq!(percent(1, 8), "12.5 %");
        let mut page = Page::new("a < b");
        page.note("\"x\" & y");
        let text = page.finish();
        assert!(text.contains("<h1>a &lt; b</h1>") && text.contains("&quot;x&quot; &amp; y"));
    }
}

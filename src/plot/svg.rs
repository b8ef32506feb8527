//! Renders a scene as SVG.

use super::{Anchor, Baseline, Face, Item, Marker, Scene, Stroke, Text};
use std::fmt::Write;

impl Scene {
    /// The scene as an SVG document on a white ground.
    pub fn to_svg(&self) -> String {
        let (width, height) = (number(self.width), number(self.height));
        let mut out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n\
             <rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n"
        );
        for item in &self.items {
            out.push_str(&element(item));
            out.push('\n');
        }
        out.push_str("</svg>\n");
        out
    }
}

fn element(item: &Item) -> String {
    match item {
        Item::Path { points, stroke } => {
            let mut places = String::new();
            for (x, y) in points {
                let gap = if places.is_empty() { "" } else { " " };
                // Writing to a string cannot fail.
                let _ = write!(places, "{gap}{},{}", number(*x), number(*y));
            }
            format!("<polyline points=\"{places}\" fill=\"none\" {}/>", stroke_attributes(stroke))
        }
        Item::Box { from, to, fill, stroke } => {
            let fill = fill.map_or_else(
                || "fill=\"none\"".to_owned(),
                |colour| format!("fill=\"{}\"{}", colour.hex(), opacity("fill", colour.opacity())),
            );
            let stroke = stroke.as_ref().map(stroke_attributes).unwrap_or_default();
            let (x, y) = (from.0.min(to.0), from.1.min(to.1));
            let (w, h) = ((to.0 - from.0).abs(), (to.1 - from.1).abs());
            format!(
                "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" {fill} {stroke}/>",
                number(x),
                number(y),
                number(w),
                number(h)
            )
        }
        Item::Marker { at, marker, radius, colour } => {
            let (x, y, r) = (at.0, at.1, *radius);
            let faded = opacity("fill", colour.opacity()) + &opacity("stroke", colour.opacity());
            let hex = colour.hex();
            let filled = format!("fill=\"{hex}\"{faded}");
            let hollow = format!("fill=\"#ffffff\" stroke=\"{hex}\" stroke-width=\"1.2\"{faded}");
            let path = |corners: &[(f64, f64)], style: &str| {
                let corners: Vec<String> =
                    corners.iter().map(|(dx, dy)| format!("{},{}", number(x + dx * r), number(y + dy * r))).collect();
                format!("<polygon points=\"{}\" {style}/>", corners.join(" "))
            };
            let circle = |style: &str| {
                format!("<circle cx=\"{}\" cy=\"{}\" r=\"{}\" {style}/>", number(x), number(y), number(r))
            };
            match marker {
                Marker::Disc => circle(&filled),
                Marker::Ring => circle(&hollow),
                Marker::Triangle => path(&[(0.0, -1.1), (1.0, 0.75), (-1.0, 0.75)], &hollow),
                Marker::Pointer => path(&[(0.0, 1.1), (1.0, -0.75), (-1.0, -0.75)], &filled),
                Marker::Diamond => path(&[(0.0, -1.2), (1.2, 0.0), (0.0, 1.2), (-1.2, 0.0)], &filled),
                Marker::Square => path(&[(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)], &filled),
                Marker::Cross => {
                    let d = 0.85 * r;
                    let (left, right, top, foot) = (number(x - d), number(x + d), number(y - d), number(y + d));
                    format!(
                        "<path d=\"M{left} {top}L{right} {foot}M{left} {foot}L{right} {top}\" stroke=\"{hex}\" \
                         stroke-width=\"1.3\"{}/>",
                        opacity("stroke", colour.opacity())
                    )
                }
            }
        }
        Item::Text(text) => text_element(text),
    }
}

fn text_element(text: &Text) -> String {
    let family = match text.face {
        Face::Label => "Ubuntu, 'Helvetica Neue', Arial, sans-serif",
        Face::Fixed => "Hack, 'DejaVu Sans Mono', monospace",
    };
    let anchor = match text.anchor {
        Anchor::Start => "start",
        Anchor::Middle => "middle",
        Anchor::End => "end",
    };
    // The font size of a scene is ascent to descent, that of SVG the em.
    let em = text.size * 0.86;
    let shift = match text.baseline {
        Baseline::Foot => 0.0,
        Baseline::Middle => text.size * 0.3,
        Baseline::Head => text.size * 0.6,
    };
    let (x, y) = (number(text.at.0), number(text.at.1));
    let turn = if text.upward { format!(" transform=\"rotate(-90 {x} {y})\"") } else { String::new() };
    let halo = text.halo.map_or_else(String::new, |colour| {
        format!(" stroke=\"{}\" stroke-width=\"3\" stroke-linejoin=\"round\" paint-order=\"stroke\"", colour.hex())
    });
    format!(
        "<text x=\"{x}\" y=\"{y}\" dy=\"{}\" font-family=\"{family}\" font-size=\"{}\" fill=\"{}\"{} \
         text-anchor=\"{anchor}\" xml:space=\"preserve\"{halo}{turn}>{}</text>",
        number(shift),
        number(em),
        text.colour.hex(),
        opacity("fill", text.colour.opacity()),
        escape(&text.words)
    )
}

fn stroke_attributes(stroke: &Stroke) -> String {
    let dash = stroke
        .dash
        .map_or_else(String::new, |[dash, gap]| format!(" stroke-dasharray=\"{},{}\"", number(dash), number(gap)));
    format!(
        "stroke=\"{}\" stroke-width=\"{}\" stroke-linejoin=\"round\"{dash}{}",
        stroke.colour.hex(),
        number(stroke.width),
        opacity("stroke", stroke.colour.opacity())
    )
}

fn opacity(of: &str, value: f64) -> String {
    if value >= 1.0 { String::new() } else { format!(" {of}-opacity=\"{}\"", number(value)) }
}

/// At most two decimals, so that files are small and the same everywhere.
fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

fn escape(words: &str) -> String {
    words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::Colour;

    #[test]
    fn numbers_are_short() {
        fn t(value: f64, expected: &str) {
            assert_eq!(number(value), expected);
        }
        t(1.0, "1");
        t(-0.001, "0");
        t(12.345, "12.35");
        t(100.0, "100");
        t(0.5, "0.5");
    }

    #[test]
    fn words_are_escaped() {
        let mut scene = Scene::new(10.0, 10.0);
        scene.text(Text::new((0.0, 0.0), "h'F < 3 & \"x\"", 4.0).colour(Colour::BLUE));
        assert!(scene.to_svg().contains(">h'F &lt; 3 &amp; &quot;x&quot;</text>"));
    }
}

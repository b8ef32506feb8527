//! Renders a scene as pixels: every shape by its distance function, so that edges are smooth at any scale.

use super::{Colour, Item, Marker, Point, Scene, Stroke, Text, glyphs};
use image::{Rgb, RgbImage};

/// A picture larger than this is refused and comes out as one white pixel, pixels on a side.
const LARGEST_SIDE: f64 = 30_000.0;

/// Exponent of the coverage of text.
const TEXT_GAMMA: f64 = 0.7;

impl Scene {
    /// The scene on a white ground, `scale` pixels to a scene unit.
    pub fn to_picture(&self, scale: f64) -> RgbImage {
        let (width, height) = (self.width * scale, self.height * scale);
        let fits = |side: f64| (1.0..=LARGEST_SIDE).contains(&side);
        let (width, height) =
            if fits(width) && fits(height) { (width.ceil() as u32, height.ceil() as u32) } else { (1, 1) };
        let mut picture = RgbImage::from_pixel(width, height, Rgb([255; 3]));
        self.draw_on(&mut picture, scale);
        picture
    }

    /// Draws the scene over a picture, `scale` pixels to a scene unit.
    pub fn draw_on(&self, picture: &mut RgbImage, scale: f64) {
        for item in &self.items {
            match item {
                Item::Path { points, stroke } => path(picture, points, stroke, scale),
                Item::Box { from, to, fill, stroke } => {
                    if let Some(colour) = fill {
                        fill_box(picture, *from, *to, *colour, scale);
                    }
                    if let Some(stroke) = stroke {
                        let corners = [*from, (to.0, from.1), *to, (from.0, to.1), *from];
                        path(picture, &corners, stroke, scale);
                    }
                }
                Item::Marker { at, marker: shape, radius, colour } => {
                    marker(picture, (at.0 * scale, at.1 * scale), *shape, radius * scale, *colour, scale);
                }
                Item::Text(words) => text(picture, words, scale),
            }
        }
    }
}

fn blend(picture: &mut RgbImage, x: i32, y: i32, colour: Colour, coverage: f64) {
    if x < 0 || y < 0 || x as u32 >= picture.width() || y as u32 >= picture.height() {
        return;
    }
    let weight = coverage.clamp(0.0, 1.0) * colour.opacity();
    let pixel = picture.get_pixel_mut(x as u32, y as u32);
    for (old, new) in pixel.0.iter_mut().zip(colour.rgb) {
        let mixed = f64::from(*old) * (1.0 - weight) + f64::from(new) * weight;
        *old = mixed.round() as u8;
    }
}

/// Fills the pixels of a box in pixels by a signed distance (negative inside).
fn cover(picture: &mut RgbImage, from: Point, to: Point, colour: Colour, distance: impl Fn(f64, f64) -> f64) {
    let clamp = |value: f64, limit: u32| value.clamp(0.0, f64::from(limit)) as i32;
    let (left, right) = (clamp(from.0.floor(), picture.width()), clamp(to.0.ceil(), picture.width()));
    let (top, foot) = (clamp(from.1.floor(), picture.height()), clamp(to.1.ceil(), picture.height()));
    for y in top..foot {
        for x in left..right {
            let coverage = 0.5 - distance(f64::from(x) + 0.5, f64::from(y) + 0.5);
            if coverage > 0.0 {
                blend(picture, x, y, colour, coverage);
            }
        }
    }
}

fn fill_box(picture: &mut RgbImage, from: Point, to: Point, colour: Colour, scale: f64) {
    let (left, right) = ((from.0.min(to.0) * scale).round(), (from.0.max(to.0) * scale).round());
    let (top, foot) = ((from.1.min(to.1) * scale).round(), (from.1.max(to.1) * scale).round());
    cover(picture, (left, top), (right, foot), colour, |_, _| -1.0);
}

fn path(picture: &mut RgbImage, points: &[Point], stroke: &Stroke, scale: f64) {
    let points: Vec<Point> = points.iter().map(|(x, y)| (x * scale, y * scale)).collect();
    let width = (stroke.width * scale).max(0.7);
    let mut pen = stroke.dash.map(|[dash, gap]| Pen { dash: dash * scale, gap: gap * scale, travelled: 0.0 });
    for pair in points.windows(2) {
        let (from, to) = crisp(pair[0], pair[1], width);
        if ![from.0, from.1, to.0, to.1].iter().all(|value| value.abs() < 1e6) {
            continue;
        }
        match &mut pen {
            None => segment(picture, from, to, width, stroke.colour),
            Some(pen) => {
                for (start, end) in pen.pieces(from, to) {
                    segment(picture, start, end, width, stroke.colour);
                }
            }
        }
    }
}

/// Moves an upright or level line so that its edges fall on pixel edges.
fn crisp(from: Point, to: Point, width: f64) -> (Point, Point) {
    let snap = |value: f64| (value - width / 2.0).round() + width / 2.0;
    if (from.0 - to.0).abs() < 1e-6 {
        ((snap(from.0), from.1), (snap(from.0), to.1))
    } else if (from.1 - to.1).abs() < 1e-6 {
        ((from.0, snap(from.1)), (to.0, snap(from.1)))
    } else {
        (from, to)
    }
}

/// Where along a dashed line the drawing stands.
struct Pen {
    dash: f64,
    gap: f64,
    travelled: f64,
}

impl Pen {
    /// The drawn pieces of a segment.
    fn pieces(&mut self, from: Point, to: Point) -> Vec<(Point, Point)> {
        let length = (to.0 - from.0).hypot(to.1 - from.1);
        let period = (self.dash + self.gap).max(1.0);
        let place = |along: f64| {
            let t = if length > 0.0 { along / length } else { 0.0 };
            (from.0 + (to.0 - from.0) * t, from.1 + (to.1 - from.1) * t)
        };
        let mut pieces = Vec::new();
        let mut start = -(self.travelled % period);
        while start < length {
            let (begin, end) = (start.max(0.0), (start + self.dash).min(length));
            if end > begin {
                pieces.push((place(begin), place(end)));
            }
            start += period;
        }
        self.travelled += length;
        pieces
    }
}

/// A segment with flat ends if it is upright or level, with round ends otherwise.
fn segment(picture: &mut RgbImage, from: Point, to: Point, width: f64, colour: Colour) {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let radius = width / 2.0;
    if dx.abs() < 1e-6 || dy.abs() < 1e-6 {
        let (half_x, half_y) = if dx.abs() < 1e-6 { (radius, 0.0) } else { (0.0, radius) };
        let (left, right) = (from.0.min(to.0) - half_x, from.0.max(to.0) + half_x);
        let (top, foot) = (from.1.min(to.1) - half_y, from.1.max(to.1) + half_y);
        cover(picture, (left - 1.0, top - 1.0), (right + 1.0, foot + 1.0), colour, |x, y| {
            (left - x).max(x - right).max(top - y).max(y - foot)
        });
        return;
    }
    let square = dx * dx + dy * dy;
    let distance = |x: f64, y: f64| {
        let t = (((x - from.0) * dx + (y - from.1) * dy) / square).clamp(0.0, 1.0);
        (x - from.0 - t * dx).hypot(y - from.1 - t * dy) - radius
    };
    let reach = radius + 1.0;
    let (top, foot) = (from.1.min(to.1) - reach, from.1.max(to.1) + reach);
    let rows = top.floor().max(0.0) as i32..(foot.ceil().min(f64::from(picture.height())) as i32);
    for row in rows {
        // Only the stretch of the segment that can touch this row.
        let y = f64::from(row) + 0.5;
        let (a, b) = ((y - reach - from.1) / dy, (y + reach - from.1) / dy);
        let (a, b) = (a.min(b).clamp(0.0, 1.0), a.max(b).clamp(0.0, 1.0));
        let (xa, xb) = (from.0 + a * dx, from.0 + b * dx);
        cover(
            picture,
            (xa.min(xb) - reach, f64::from(row)),
            (xa.max(xb) + reach, f64::from(row + 1)),
            colour,
            distance,
        );
    }
}

fn marker(picture: &mut RgbImage, at: Point, shape: Marker, radius: f64, colour: Colour, scale: f64) {
    let reach = radius * 1.3 + 2.0 * scale;
    let (from, to) = ((at.0 - reach, at.1 - reach), (at.0 + reach, at.1 + reach));
    if !(at.0.abs() < 1e6 && at.1.abs() < 1e6) {
        return;
    }
    let line = (0.6 * scale).max(0.5);
    let circle = |x: f64, y: f64| (x - at.0).hypot(y - at.1) - radius;
    // Upright isosceles triangle; `sign` -1 points up.
    let triangle = |x: f64, y: f64, sign: f64| {
        let (dx, dy) = ((x - at.0).abs(), (y - at.1) * sign);
        let (nx, ny) = (1.85 / 1.85f64.hypot(1.0), 1.0 / 1.85f64.hypot(1.0));
        (nx * dx + ny * (dy - 1.1 * radius)).max(-dy - 0.75 * radius)
    };
    let mut ring = |distance: &dyn Fn(f64, f64) -> f64| {
        cover(picture, from, to, Colour::WHITE.faded(colour.alpha), distance);
        cover(picture, from, to, colour, |x, y| distance(x, y).abs() - line);
    };
    match shape {
        Marker::Ring => ring(&circle),
        Marker::Triangle => ring(&|x, y| triangle(x, y, -1.0)),
        Marker::Disc => cover(picture, from, to, colour, circle),
        Marker::Pointer => cover(picture, from, to, colour, |x, y| triangle(x, y, 1.0)),
        Marker::Diamond => cover(picture, from, to, colour, |x, y| {
            ((x - at.0).abs() + (y - at.1).abs() - 1.2 * radius) * std::f64::consts::FRAC_1_SQRT_2
        }),
        Marker::Square => {
            cover(picture, from, to, colour, |x, y| (x - at.0).abs().max((y - at.1).abs()) - 0.9 * radius);
        }
        Marker::Cross => {
            let d = 0.85 * radius;
            segment(picture, (at.0 - d, at.1 - d), (at.0 + d, at.1 + d), 1.3 * scale, colour);
            segment(picture, (at.0 - d, at.1 + d), (at.0 + d, at.1 - d), 1.3 * scale, colour);
        }
    }
}

fn text(picture: &mut RgbImage, text: &Text, scale: f64) {
    if let Some(halo) = text.halo {
        let reach = (1.5 * scale).round().max(1.0) as i32;
        glyphs::cover(text, scale, |x, y, coverage| {
            for dy in -reach..=reach {
                for dx in -reach..=reach {
                    if dx * dx + dy * dy <= reach * reach {
                        blend(picture, x + dx, y + dy, halo, f64::from(coverage));
                    }
                }
            }
        });
    }
    glyphs::cover(text, scale, |x, y, coverage| {
        // Mixed in sRGB, thin stems look paler than they are.
        blend(picture, x, y, text.colour, f64::from(coverage).powf(TEXT_GAMMA));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_upright_line_covers_whole_pixels() {
        let mut scene = Scene::new(9.0, 9.0);
        scene.line((4.3, 2.0), (4.3, 7.0), Stroke::solid(Colour::BLACK, 1.0));
        let picture = scene.to_picture(1.0);
        for y in 2..7 {
            let dark = (0..9).filter(|&x| picture.get_pixel(x, y).0 == [0; 3]).count();
            assert_eq!(dark, 1);
        }
        assert_eq!(picture.get_pixel(4, 1).0, [255; 3]);
    }

    #[test]
    fn a_leaning_line_has_its_width_in_ink() {
        let mut scene = Scene::new(100.0, 100.0);
        scene.line((10.0, 20.0), (90.0, 80.0), Stroke::solid(Colour::BLACK, 2.0));
        let picture = scene.to_picture(1.0);
        let ink: f64 = picture.pixels().map(|pixel| 1.0 - f64::from(pixel.0[0]) / 255.0).sum();
        assert!((ink - 200.0).abs() < 12.0, "{ink}");
    }

    #[test]
    fn nothing_outside_the_picture_harms() {
        let mut scene = Scene::new(20.0, 20.0);
        scene.line((-1e9, f64::NAN), (1e9, 5.0), Stroke::solid(Colour::BLUE, 1.0));
        scene.line((-50.0, -3.0), (70.0, 90.0), Stroke::dashed(Colour::BLUE, 1.0, 0.0, 0.0));
        scene.marker((f64::INFINITY, 0.0), Marker::Cross, 3.0, Colour::BLUE);
        scene.marker((-2.0, 19.0), Marker::Triangle, 3.0, Colour::BLUE);
        scene.fill((-5.0, -5.0), (500.0, 1.0), Colour::SKY);
        scene.text(Text::new((-30.0, 500.0), "away", 12.0).halo(Colour::WHITE));
        assert_eq!(scene.to_picture(2.0).dimensions(), (40, 40));
        assert_eq!(Scene::new(1e9, f64::NAN).to_picture(1.0).dimensions(), (1, 1));
    }
}

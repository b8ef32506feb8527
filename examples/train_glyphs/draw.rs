//! Draws cells with printed characters as worn pages show them: many typefaces, uneven ribbons, broken and touching
//! strokes, specks, rules, blur and grain.

use ab_glyph::{Font, FontVec, Glyph, Point, PxScale, ScaleFont};
use ionoscribe::caption::net::{self, Cell};
use ionoscribe::table::page::glyph::{CHARACTERS, NONE};

const FOLDERS: [&str; 2] = ["/usr/share/fonts", "/usr/share/texmf/fonts/opentype/public/lm"];

/// Typefaces to learn from, below the folders: machines that print with one pitch first, then book faces.
pub(crate) const TAUGHT: &[&str] = &[
    "truetype/dejavu/DejaVuSansMono.ttf",
    "truetype/dejavu/DejaVuSansMono-Bold.ttf",
    "truetype/freefont/FreeMono.ttf",
    "truetype/freefont/FreeMonoBold.ttf",
    "truetype/liberation/LiberationMono-Bold.ttf",
    "opentype/urw-base35/NimbusMonoPS-Regular.otf",
    "opentype/urw-base35/NimbusMonoPS-Bold.otf",
    "lmmono10-regular.otf",
    "lmmono8-regular.otf",
    "lmmonolt10-regular.otf",
    "lmmonolt10-bold.otf",
    "opentype/ocr-b/OCRB.otf",
    "opentype/ocr-b/OCRBS.otf",
    "truetype/ocr-a/OCRA.ttf",
    "truetype/hack/Hack-Regular.ttf",
    "truetype/hack/Hack-Bold.ttf",
    "truetype/noto/NotoMono-Regular.ttf",
    "truetype/noto/NotoSansMono-Bold.ttf",
    "opentype/urw-base35/NimbusRoman-Regular.otf",
    "opentype/urw-base35/NimbusSans-Regular.otf",
    "opentype/urw-base35/NimbusSansNarrow-Regular.otf",
    "opentype/urw-base35/C059-Roman.otf",
    "opentype/urw-base35/URWBookman-Light.otf",
    "truetype/dejavu/DejaVuSerif.ttf",
    "truetype/dejavu/DejaVuSans.ttf",
    "truetype/liberation/LiberationSans-Regular.ttf",
    "lmroman10-regular.otf",
    "lmroman8-bold.otf",
];

/// Typefaces that only the report uses.
pub(crate) const HELD_OUT: &[&str] = &[
    "truetype/liberation/LiberationMono-Regular.ttf",
    "truetype/noto/NotoSansMono-Regular.ttf",
    "truetype/inconsolata/Inconsolata.otf",
    "lmmono12-regular.otf",
    "truetype/liberation/LiberationSerif-Regular.ttf",
];

/// Numbers from a fixed seed (xorshift64*).
pub(crate) struct Random(pub u64);

impl Random {
    pub(crate) fn unit(&mut self) -> f32 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 40) as f32 / (1u64 << 24) as f32
    }
    pub(crate) fn within(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }
    pub(crate) fn chance(&mut self, share: f32) -> bool {
        self.unit() < share
    }
    pub(crate) fn below(&mut self, count: usize) -> usize {
        ((self.unit() * count as f32) as usize).min(count - 1)
    }
    /// About normal: mean zero, standard deviation one.
    pub(crate) fn normal(&mut self) -> f32 {
        (0..4).map(|_| self.unit() - 0.5).sum::<f32>() * 1.732
    }
}

/// Typefaces with the height of their capitals at scale 1.
pub(crate) struct Faces {
    faces: Vec<(FontVec, f32)>,
    pub(crate) missing: Vec<String>,
}

impl Faces {
    pub(crate) fn load(names: &[&str]) -> Self {
        let mut faces = Self { faces: Vec::new(), missing: Vec::new() };
        for name in names {
            let bytes = FOLDERS.iter().find_map(|folder| std::fs::read(format!("{folder}/{name}")).ok());
            match bytes.and_then(|bytes| FontVec::try_from_vec(bytes).ok()) {
                Some(font) => {
                    let glyph = font.glyph_id('H').with_scale(1000.0);
                    let height = font.outline_glyph(glyph).map_or(0.7, |outline| outline.px_bounds().height() / 1000.0);
                    faces.faces.push((font, height));
                }
                None => faces.missing.push((*name).to_owned()),
            }
        }
        faces
    }

    pub(crate) fn len(&self) -> usize {
        self.faces.len()
    }
}

struct Sheet {
    ink: Vec<f32>,
    width: usize,
    height: usize,
}

/// A cell and its class. `hard` from 0 (clean) to 1 (badly degraded).
pub(crate) fn example(faces: &Faces, random: &mut Random, hard: f32) -> (Cell, usize) {
    let (font, capital) = &faces.faces[random.below(faces.len())];
    let height = random.within(2.35, 3.7).exp();
    let (width, rows) = ((4.2 * height) as usize + 2, (2.4 * height) as usize + 2);
    let mut sheet = Sheet { ink: vec![0.0; width * rows], width, height: rows };
    let middle = (width as f32 / 2.0, rows as f32 / 2.0);
    let scale = height / capital;
    let class = if random.chance(0.14) { NONE } else { character(random) };
    let tight = if random.chance(0.3) { random.within(0.86, 0.97) } else { random.within(0.97, 1.2) };
    let stretch = random.within(0.88, 1.12);
    let advance = |c: u8| font.as_scaled(scale).h_advance(font.glyph_id(char::from(c))) * tight * stretch;
    let put = |sheet: &mut Sheet, random: &mut Random, c: u8, x: f32| {
        let strength = if random.chance(0.25) { random.within(0.5, 1.0) } else { 1.0 };
        let y = middle.1 + 0.035 * height * random.normal();
        draw(sheet, font, (scale * stretch, scale), height, c, (x, y), strength);
    };
    let mut aim = 0.0;
    let other = |random: &mut Random| CHARACTERS[character(random)];
    if class == NONE {
        match random.below(5) {
            // Between two characters, or beside one.
            0 | 1 => {
                let (left, right) = (other(random), other(random));
                let gap = (advance(left) + advance(right)) / 2.0;
                put(&mut sheet, random, left, middle.0 - gap / 2.0);
                if random.chance(0.6) {
                    put(&mut sheet, random, right, middle.0 + gap / 2.0);
                }
                aim = random.within(-0.12, 0.12) * gap;
            }
            2 => {
                let side = if random.chance(0.5) { 1.0 } else { -1.0 };
                let far = other(random);
                let x = middle.0 + side * random.within(0.62, 1.3) * height;
                put(&mut sheet, random, far, x);
            }
            3 => specks(&mut sheet, random, 6, height),
            _ => {}
        }
    } else {
        let own = CHARACTERS[class];
        put(&mut sheet, random, own, middle.0);
        for side in [-1.0f32, 1.0] {
            if random.chance(0.6) {
                let next = other(random);
                let gap = (advance(own) + advance(next)) / 2.0 * random.within(0.96, 1.04);
                put(&mut sheet, random, next, middle.0 + side * gap);
            }
        }
    }
    wear(&mut sheet, random, hard, height);
    let reach = 0.09;
    let x = middle.0 + aim + random.within(-reach, reach) * height;
    let y = middle.1 + random.within(-0.08, 0.08) * height;
    let seen = height * random.within(0.92, 1.09);
    (net::cell(|x, y| sample(&sheet, x, y), (x - 0.5, y - 0.5), seen), class)
}

/// Digits as often as all letters together.
fn character(random: &mut Random) -> usize {
    match random.below(100) {
        0..52 => random.below(10),
        52..94 => 10 + random.below(26),
        _ => 36 + random.below(3),
    }
}

fn draw(
    sheet: &mut Sheet,
    font: &FontVec,
    (wide, high): (f32, f32),
    height: f32,
    c: u8,
    (x, y): (f32, f32),
    strength: f32,
) {
    let scaled = PxScale { x: wide, y: high };
    let id = font.glyph_id(char::from(c));
    let advance = font.as_scaled(scaled).h_advance(id);
    let position = Point { x: x - advance / 2.0, y: y + height / 2.0 };
    let glyph = Glyph { id, scale: scaled, position };
    let Some(outline) = font.outline_glyph(glyph) else { return };
    let bounds = outline.px_bounds();
    outline.draw(|gx, gy, coverage| {
        let (px, py) = (bounds.min.x as i64 + i64::from(gx), bounds.min.y as i64 + i64::from(gy));
        if px >= 0 && py >= 0 && (px as usize) < sheet.width && (py as usize) < sheet.height {
            let value = &mut sheet.ink[py as usize * sheet.width + px as usize];
            *value = value.max(coverage * strength);
        }
    });
}

fn wear(sheet: &mut Sheet, random: &mut Random, hard: f32, height: f32) {
    // Breaks: the ribbon skipped, or the ink did not take.
    if random.chance(0.15 + 0.45 * hard) {
        for _ in 0..1 + random.below(4) {
            let at = (random.within(0.2, 0.8) * sheet.width as f32, random.within(0.2, 0.8) * sheet.height as f32);
            disc(sheet, at, random.within(0.03, 0.05 + 0.08 * hard) * height, -random.within(0.4, 1.0));
        }
    }
    if random.chance(0.1 + 0.2 * hard) {
        let count = 1 + random.below(3);
        specks(sheet, random, count, height);
    }
    if random.chance(0.06) {
        // What is left of a rule.
        let (across, thick) = (random.within(0.5, 0.95), random.within(0.02, 0.06) * height);
        let side = if random.chance(0.5) { across } else { -across };
        let upright = random.chance(0.5);
        let strength = random.within(0.3, 1.0);
        for y in 0..sheet.height {
            for x in 0..sheet.width {
                let (dx, dy) = (x as f32 - sheet.width as f32 / 2.0, y as f32 - sheet.height as f32 / 2.0);
                let off = if upright { dx - side * height } else { dy - side * height };
                if off.abs() < thick {
                    let value = &mut sheet.ink[y * sheet.width + x];
                    *value = value.max(strength);
                }
            }
        }
    }
    let sigma = random.within(0.25, 0.5 + 0.07 * hard * height);
    blur(sheet, sigma);
    // Strokes that spread or thin: a threshold below or above half.
    let gain = random.within(1.0, 3.5);
    let threshold = 0.5 + random.within(-0.36, 0.2);
    let grain = random.within(0.0, 0.05 + 0.17 * hard);
    let fade = random.within(0.3, 1.0);
    let ground = random.within(-0.04, 0.06);
    for value in &mut sheet.ink {
        let sharp = ((*value - threshold) * gain + 0.5).clamp(0.0, 1.0);
        let floor = ((-threshold) * gain + 0.5).clamp(0.0, 1.0);
        *value = ((sharp - floor) / (1.0 - floor).max(0.2) * fade + ground + grain * random.normal()).clamp(0.0, 1.0);
    }
}

fn specks(sheet: &mut Sheet, random: &mut Random, count: usize, height: f32) {
    for _ in 0..count {
        let at = (random.unit() * sheet.width as f32, random.unit() * sheet.height as f32);
        disc(sheet, at, random.within(0.02, 0.09) * height, random.within(0.4, 1.0));
    }
}

/// Adds or takes away a spot.
fn disc(sheet: &mut Sheet, (cx, cy): (f32, f32), radius: f32, strength: f32) {
    let limit = |value: f32, size: usize| value.clamp(0.0, size as f32) as usize;
    for y in limit(cy - radius - 1.0, sheet.height)..limit(cy + radius + 2.0, sheet.height) {
        for x in limit(cx - radius - 1.0, sheet.width)..limit(cx + radius + 2.0, sheet.width) {
            let cover = (radius - (x as f32 - cx).hypot(y as f32 - cy) + 0.5).clamp(0.0, 1.0);
            let value = &mut sheet.ink[y * sheet.width + x];
            *value = (*value + cover * strength).clamp(0.0, 1.0);
        }
    }
}

fn blur(sheet: &mut Sheet, sigma: f32) {
    let reach = (2.5 * sigma).ceil() as usize;
    let kernel: Vec<f32> =
        (0..=2 * reach).map(|i| (-0.5 * ((i as f32 - reach as f32) / sigma).powi(2)).exp()).collect();
    let total: f32 = kernel.iter().sum();
    let (width, height) = (sheet.width, sheet.height);
    let mut across = vec![0.0f32; width * height];
    for (row, out) in sheet.ink.chunks_exact(width).zip(across.chunks_exact_mut(width)) {
        for (i, weight) in kernel.iter().enumerate() {
            let (from, to) = (reach.saturating_sub(i), (width + reach).saturating_sub(i).min(width));
            for x in from..to {
                out[x] += weight / total * row[x + i - reach];
            }
        }
    }
    sheet.ink.fill(0.0);
    for y in 0..height {
        for (i, weight) in kernel.iter().enumerate() {
            let Some(from) = (y + i).checked_sub(reach).filter(|&from| from < height) else { continue };
            for x in 0..width {
                sheet.ink[y * width + x] += weight / total * across[from * width + x];
            }
        }
    }
}

fn sample(sheet: &Sheet, x: f32, y: f32) -> f32 {
    let at = |x: f32, y: f32| {
        if x < 0.0 || y < 0.0 || x as usize >= sheet.width || y as usize >= sheet.height {
            0.0
        } else {
            sheet.ink[y as usize * sheet.width + x as usize]
        }
    };
    let (x0, y0) = (x.floor(), y.floor());
    let (fx, fy) = (x - x0, y - y0);
    (at(x0, y0) * (1.0 - fx) + at(x0 + 1.0, y0) * fx) * (1.0 - fy)
        + (at(x0, y0 + 1.0) * (1.0 - fx) + at(x0 + 1.0, y0 + 1.0) * fx) * fy
}

//! Typefaces to learn from and to test with.

use ab_glyph::{Font, FontVec};

const FOLDERS: [&str; 3] = [
    "/usr/share/fonts",
    "/usr/share/texmf/fonts/opentype/public/lm",
    "/usr/share/texmf/fonts/opentype/public/tex-gyre",
];

/// Typefaces to learn from, below the folders: of typewriters and line printers.
pub(crate) const MACHINES: &[&str] = &[
    "truetype/dejavu/DejaVuSansMono.ttf",
    "truetype/dejavu/DejaVuSansMono-Bold.ttf",
    "truetype/freefont/FreeMono.ttf",
    "truetype/freefont/FreeMonoBold.ttf",
    "truetype/liberation/LiberationMono-Regular.ttf",
    "truetype/liberation/LiberationMono-Bold.ttf",
    "opentype/urw-base35/NimbusMonoPS-Regular.otf",
    "opentype/urw-base35/NimbusMonoPS-Bold.otf",
    "opentype/courier-prime/Courier Prime.otf",
    "opentype/courier-prime/Courier Prime Bold.otf",
    "opentype/courier-prime/Courier Prime Sans.otf",
    "texgyrecursor-regular.otf",
    "texgyrecursor-bold.otf",
    "lmmono10-regular.otf",
    "lmmono8-regular.otf",
    "lmmonolt10-regular.otf",
    "lmmonolt10-bold.otf",
    "lmmonoltcond10-regular.otf",
    "opentype/ocr-b/OCRB.otf",
    "opentype/ocr-b/OCRBS.otf",
    "truetype/ocr-a/OCRA.ttf",
    "truetype/hack/Hack-Regular.ttf",
    "truetype/hack/Hack-Bold.ttf",
    "truetype/noto/NotoMono-Regular.ttf",
    "truetype/noto/NotoSansMono-Bold.ttf",
    "truetype/anonymous-pro/Anonymous Pro.ttf",
    "opentype/linux-libertine/LinLibertine_M.otf",
];

/// Typefaces to learn from: of books.
pub(crate) const BOOKS: &[&str] = &[
    "opentype/urw-base35/NimbusRoman-Regular.otf",
    "opentype/urw-base35/NimbusRoman-Bold.otf",
    "opentype/urw-base35/NimbusSans-Regular.otf",
    "opentype/urw-base35/NimbusSansNarrow-Regular.otf",
    "opentype/urw-base35/C059-Roman.otf",
    "opentype/urw-base35/C059-Bold.otf",
    "opentype/urw-base35/URWBookman-Light.otf",
    "opentype/linux-libertine/LinLibertine_R.otf",
    "truetype/dejavu/DejaVuSerif.ttf",
    "truetype/dejavu/DejaVuSerif-Bold.ttf",
    "truetype/dejavu/DejaVuSerifCondensed.ttf",
    "truetype/dejavu/DejaVuSans.ttf",
    "truetype/dejavu/DejaVuSans-Bold.ttf",
    "truetype/freefont/FreeSerif.ttf",
    "truetype/freefont/FreeSerifBold.ttf",
    "truetype/freefont/FreeSans.ttf",
    "truetype/liberation/LiberationSans-Regular.ttf",
    "truetype/liberation/LiberationSans-Bold.ttf",
    "truetype/liberation/LiberationSerif-Regular.ttf",
    "truetype/liberation/LiberationSerif-Bold.ttf",
    "texgyrebonum-regular.otf",
    "texgyreschola-regular.otf",
    "lmroman10-regular.otf",
    "lmroman10-bold.otf",
    "lmroman8-regular.otf",
    "lmsans10-regular.otf",
];

/// Typefaces that only the report uses.
pub(crate) const HELD_OUT: &[&str] = &[
    "truetype/noto/NotoSansMono-Regular.ttf",
    "truetype/inconsolata/Inconsolata.otf",
    "fonts-go/Go-Mono.ttf",
    "lmmono12-regular.otf",
    "truetype/crosextra/Caladea-Regular.ttf",
    "opentype/urw-base35/P052-Roman.otf",
];

/// A typeface with the height of its capitals at scale 1.
pub(crate) struct Face {
    pub(crate) font: FontVec,
    pub(crate) capital: f32,
}

/// The typefaces that are installed, and the names of the others.
pub(crate) fn load(names: &[&str]) -> (Vec<Face>, Vec<String>) {
    let mut faces = Vec::new();
    let mut missing = Vec::new();
    for name in names {
        let bytes = FOLDERS.iter().find_map(|folder| std::fs::read(format!("{folder}/{name}")).ok());
        match bytes.and_then(|bytes| FontVec::try_from_vec(bytes).ok()) {
            Some(font) => {
                let glyph = font.glyph_id('H').with_scale(1000.0);
                let capital = font.outline_glyph(glyph).map_or(0.7, |outline| outline.px_bounds().height() / 1000.0);
                faces.push(Face { font, capital });
            }
            None => missing.push((*name).to_owned()),
        }
    }
    (faces, missing)
}

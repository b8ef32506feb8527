//! Which format a file has, by its first bytes and never by its name.

/// Bytes that [`Format::recognise`] wants to see.
pub(super) const HEAD: usize = 1024;

/// A picture format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// Portable Network Graphics.
    Png,
    /// JPEG.
    Jpeg,
    /// TIFF and BigTIFF.
    Tiff,
    /// JPEG 2000, in a box file or bare.
    Jpeg2000,
    /// PDF, read for its page images.
    Pdf,
    /// A picture format that is not read, with its name.
    Foreign(&'static str),
}

impl Format {
    /// The format of a file that begins with these bytes, if it is a picture.
    pub(super) fn recognise(head: &[u8]) -> Option<Self> {
        const MAGIC: &[(&[u8], Format)] = &[
            (b"\x89PNG\r\n\x1a\n", Format::Png),
            (b"\xff\xd8\xff", Format::Jpeg),
            (b"II\x2a\0", Format::Tiff),
            (b"MM\0\x2a", Format::Tiff),
            (b"II\x2b\0", Format::Tiff),
            (b"MM\0\x2b", Format::Tiff),
            (b"\0\0\0\x0cjP  \r\n\x87\n", Format::Jpeg2000),
            (b"\xff\x4f\xff\x51", Format::Jpeg2000),
            (b"GIF8", Format::Foreign("GIF")),
            (b"AT&TFORM", Format::Foreign("DjVu")),
            (b"8BPS", Format::Foreign("Photoshop")),
            (b"\0\0\0\x0cJXL \r\n\x87\n", Format::Foreign("JPEG XL")),
            (b"\xff\x0a", Format::Foreign("JPEG XL")),
        ];
        if let Some((_, format)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
            return Some(*format);
        }
        match head {
            // Readers accept a PDF whose header does not stand at the very start (ISO 32000, annex H, note 13).
            _ if head.windows(5).any(|window| window == b"%PDF-") => Some(Self::Pdf),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Self::Foreign("WebP")),
            [_, _, _, _, b'f', b't', b'y', b'p', b'h', b'e', ..] => Some(Self::Foreign("HEIF")),
            [_, _, _, _, b'f', b't', b'y', b'p', b'a', b'v', b'i', ..] => Some(Self::Foreign("AVIF")),
            [b'B', b'M', rest @ ..] if is_bitmap(rest) => Some(Self::Foreign("BMP")),
            [b'P', b'1'..=b'6', b'\n' | b' ' | b'\r' | b'\t', ..] => Some(Self::Foreign("Netpbm")),
            _ => None,
        }
    }

    /// A file of this name should be a picture.
    pub(super) fn is_promised_by(name: &str) -> bool {
        const EXTENSIONS: &[&str] = &[
            "png", "apng", "jpg", "jpeg", "jpe", "jfif", "tif", "tiff", "btf", "tf8", "jp2", "j2k", "j2c", "jpc",
            "jpf", "jpx", "pdf", "gif", "bmp", "webp", "heic", "heif", "avif", "jxl", "djvu", "djv", "psd", "pbm",
            "pgm", "ppm",
        ];
        let Some((stem, extension)) = name.rsplit_once('.') else { return false };
        !stem.is_empty() && EXTENSIONS.iter().any(|known| extension.eq_ignore_ascii_case(known))
    }
}

/// What follows "BM" is a bitmap file's header: two reserved words are zero and the size of the next header is known.
fn is_bitmap(rest: &[u8]) -> bool {
    rest.len() > 16 && rest[4..8] == [0; 4] && matches!(rest[12], 12 | 40 | 52 | 56 | 64 | 108 | 124) && rest[13] == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn magic_bytes_decide() {
        fn t(head: &[u8], expected: Option<Format>) {
            assert_eq!(Format::recognise(head), expected, "{head:?}");
        }
        t(b"\x89PNG\r\n\x1a\n....", Some(Format::Png));
        t(b"\xff\xd8\xff\xe0", Some(Format::Jpeg));
        t(b"MM\0\x2b\0\x08\0\0", Some(Format::Tiff));
        t(b"\xff\x4f\xff\x51\0\x29", Some(Format::Jpeg2000));
        t(b"%PDF-1.4\n", Some(Format::Pdf));
        t(b"\xef\xbb\xbf%PDF-1.4\n", Some(Format::Pdf));
        t(b"GIF89a", Some(Format::Foreign("GIF")));
        t(b"file,station,date\n", None);
        t(b"BMX is not a bitmap, it is a bicycle", None);
        t(b"", None);
    }

    #[test]
    fn names_only_promise() {
        for (name, promised) in [("a.PNG", true), ("a.b.tiff", true), (".png", false), ("png", false), ("a.csv", false)]
        {
            assert_eq!(Format::is_promised_by(name), promised, "{name}");
        }
    }
}

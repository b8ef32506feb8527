//! Colours: the palette of Okabe and Ito, which people with any kind of colour vision can tell apart
//! (M. Okabe and K. Ito, "Color Universal Design", 2002).

/// A colour with its opacity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour {
    /// Red, green, blue.
    pub rgb: [u8; 3],
    /// 0 invisible to 255 opaque.
    pub alpha: u8,
}

impl Colour {
    /// Black.
    pub const BLACK: Self = Self::opaque(0, 0, 0);
    /// White.
    pub const WHITE: Self = Self::opaque(255, 255, 255);
    /// Text.
    pub const INK: Self = Self::opaque(34, 38, 44);
    /// Secondary text, axes.
    pub const SLATE: Self = Self::opaque(105, 112, 122);
    /// Grid lines.
    pub const MIST: Self = Self::opaque(228, 231, 235);
    /// Palette: orange.
    pub const ORANGE: Self = Self::opaque(230, 159, 0);
    /// Palette: sky blue.
    pub const SKY: Self = Self::opaque(86, 180, 233);
    /// Palette: bluish green.
    pub const GREEN: Self = Self::opaque(0, 158, 115);
    /// Palette: yellow.
    pub const YELLOW: Self = Self::opaque(240, 228, 66);
    /// Palette: blue.
    pub const BLUE: Self = Self::opaque(0, 114, 178);
    /// Palette: vermillion.
    pub const VERMILLION: Self = Self::opaque(213, 94, 0);
    /// Palette: reddish purple.
    pub const PURPLE: Self = Self::opaque(204, 121, 167);

    /// An opaque colour.
    pub const fn opaque(red: u8, green: u8, blue: u8) -> Self {
        Self { rgb: [red, green, blue], alpha: 255 }
    }

    /// The same colour at another opacity, 0 to 255.
    pub const fn faded(self, alpha: u8) -> Self {
        Self { rgb: self.rgb, alpha }
    }

    /// The colour as SVG writes it, without opacity.
    pub(super) fn hex(self) -> String {
        let [red, green, blue] = self.rgb;
        format!("#{red:02x}{green:02x}{blue:02x}")
    }

    /// Opacity, 0 to 1.
    pub(super) fn opacity(self) -> f64 {
        f64::from(self.alpha) / 255.0
    }
}

//! Refuses pictures that are larger than the settings allow, before memory is taken for them.

use super::{Fault, IngestConfig};

/// What a picture of some size is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A picture of one ionogram.
    Scan,
    /// A strip of film; upright if its rows run across the film.
    Strip {
        /// The film runs from top to bottom.
        upright: bool,
    },
}

/// What the picture is, if its size is within the limits.
pub(super) fn admit(width: u32, height: u32, config: &IngestConfig) -> Result<Kind, Fault> {
    if width.min(height) < config.min_side {
        return Err(Fault::TooSmall { width, height });
    }
    if !config.is_strip(width, height) {
        return admit_scan(width, height, config).map(|()| Kind::Scan);
    }
    let (length, across) = (width.max(height), width.min(height));
    let refuse = |limit: u32, setting| {
        let limit = format!("{limit} pixels for a film strip");
        Err(Fault::TooLarge { width: width.into(), height: height.into(), limit, setting })
    };
    if length > config.max_strip_length {
        return refuse(config.max_strip_length, "max_strip_length");
    }
    if across > config.max_strip_height {
        return refuse(config.max_strip_height, "max_strip_height");
    }
    Ok(Kind::Strip { upright: height > width })
}

/// Whether a picture may be read whole.
pub(super) fn admit_scan(width: u32, height: u32, config: &IngestConfig) -> Result<(), Fault> {
    if u64::from(width) * u64::from(height) > config.max_pixels {
        let limit = format!("{} pixels", config.max_pixels);
        return Err(Fault::TooLarge { width: width.into(), height: height.into(), limit, setting: "max_pixels" });
    }
    Ok(())
}

/// Whether something may take so many bytes of memory.
pub(super) fn within(needed: u64, limit: u64) -> Result<(), Fault> {
    if needed > limit {
        return Err(Fault::TooMuchMemory { needed_mb: needed.div_ceil(1 << 20), limit_mb: limit >> 20 });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_judged() {
        let config = IngestConfig::default();
        let t = |width, height| admit(width, height, &config).map_err(|fault| fault.class());
        assert_eq!(t(2128, 768), Ok(Kind::Scan));
        assert_eq!(t(200_000, 2000), Ok(Kind::Strip { upright: false }));
        assert_eq!(t(2000, 200_000), Ok(Kind::Strip { upright: true }));
        assert_eq!(t(200_001, 2000), Err("too_large"));
        assert_eq!(t(100_000, 100_000), Err("too_large"));
        assert_eq!(t(1, 1), Err("too_small"));
        assert_eq!(t(u32::MAX, u32::MAX), Err("too_large"));
        assert_eq!(t(0, 0), Err("too_small"));
    }
}

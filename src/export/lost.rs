//! What a format could not hold.

use super::Format;
use crate::series::Sounding;

/// Counts of what was left out.
#[derive(Debug, Default)]
pub(super) struct Lost {
    /// Readings without a time.
    pub(super) undated: usize,
    /// Readings of characteristics without an URSI code, or whose values are letters.
    pub(super) uncoded: usize,
    /// Values left out by their flag.
    pub(super) flagged: usize,
    /// Readings between the hours.
    pub(super) between_hours: usize,
    /// Values that lost digits.
    pub(super) rounded: usize,
    /// Readings whose bounds are lost.
    pub(super) bounds: usize,
}

impl Lost {
    /// Counts what netCDF and CSV lack of the soundings.
    pub(super) fn note(&mut self, format: Format, soundings: &[Sounding]) {
        let readings = || soundings.iter().flat_map(|sounding| &sounding.readings);
        if format == Format::NetCdf {
            self.uncoded += readings().filter(|reading| reading.name.unit() == "letters").count();
        }
    }

    /// One sentence for each kind.
    pub(super) fn sentences(&self) -> Vec<String> {
        let counted = [
            (self.undated, "readings without a time"),
            (self.uncoded, "readings of characteristics for which the format has no place"),
            (self.flagged, "values with another flag than 1 or 2 (or than --flag says); the format has no flags"),
            (self.between_hours, "readings between the hours"),
            (self.rounded, "values keep only the digits that the format prints"),
            (self.bounds, "readings are written without their 95 % bounds"),
        ];
        let mut sentences: Vec<String> =
            counted.iter().filter(|(count, _)| *count > 0).map(|(count, words)| format!("{count} {words}")).collect();
        sentences.push("confidence, tests, frames and earlier revisions: they stay in the dataset".to_owned());
        sentences
    }
}

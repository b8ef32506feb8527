//! What a format could not hold.

use super::Format;
use crate::series::Sounding;

/// Counts of what was left out.
#[derive(Debug, Default)]
pub(super) struct Lost {
    /// Readings without a time.
    pub(super) undated: usize,
    /// Readings whose values are letters.
    letters: usize,
}

impl Lost {
    /// Counts what the format lacks of the soundings.
    pub(super) fn note(&mut self, format: Format, soundings: &[Sounding]) {
        let readings = || soundings.iter().flat_map(|sounding| &sounding.readings);
        if format == Format::NetCdf {
            self.letters += readings().filter(|reading| reading.name.unit() == "letters").count();
        }
    }

    /// One sentence for each kind.
    pub(super) fn sentences(&self) -> Vec<String> {
        let mut sentences = Vec::new();
        if self.undated > 0 {
            sentences.push(format!("{} readings have no time and are not in the files", self.undated));
        }
        if self.letters > 0 {
            sentences
                .push(format!("{} readings of types of Es, which are letters, are not in the files", self.letters));
        }
        sentences.push(
            "confidence, names of tests, frames and earlier revisions stay in the dataset: no exchange format has a place for them"
                .to_owned(),
        );
        sentences
    }
}

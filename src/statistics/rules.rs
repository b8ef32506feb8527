//! The rules file: which letters count.

use serde::Deserialize;

/// Why a rules file cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the rules of medians: {0}")]
pub struct RulesError(#[from] toml::de::Error);

/// How cells enter medians. Read from a file like `uag23.toml`, which describes each field.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// Version of the rules.
    pub version: u32,
    /// Qualifying letters of lower limits.
    pub greater_than: Vec<char>,
    /// Qualifying letters of upper limits.
    pub less_than: Vec<char>,
    /// Share of a figure by which limits may move it without a letter, 0 to 1.
    pub unlettered: f64,
    /// Share of the counted values above which a common letter goes to the median, 0 to 1.
    pub letter_share: f64,
    /// Least count with quartiles.
    pub quartile_count: usize,
    /// Least count with deciles.
    pub decile_count: usize,
    /// Letters of cells without a value that count.
    pub missing: Vec<Missing>,
    /// Letters that make a limit of some characteristics only.
    #[serde(default)]
    pub limit: Vec<Limit>,
}

/// Letters of cells without a value that tell on which side of the median they lie.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Missing {
    /// For these characteristics.
    pub characteristics: Vec<String>,
    /// Descriptive letters of values below the median.
    #[serde(default)]
    pub below: Vec<char>,
    /// Descriptive letters of values above the median.
    #[serde(default)]
    pub above: Vec<char>,
}

/// Qualifying letters that make a limit of some characteristics only.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// For these characteristics.
    pub characteristics: Vec<String>,
    /// Qualifying letters of upper limits.
    pub less_than: Vec<char>,
}

impl Rules {
    /// The rules that ride in the program.
    pub fn uag23() -> Result<Self, RulesError> {
        Self::from_toml(include_str!("uag23.toml"))
    }

    /// Rules from the text of a file.
    pub fn from_toml(text: &str) -> Result<Self, RulesError> {
        Ok(toml::from_str(text)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::CharacteristicName;

    #[test]
    fn the_rules_name_characteristics_of_the_dataset() {
        let rules = Rules::uag23().unwrap();
        let names = rules.missing.iter().flat_map(|rule| &rule.characteristics);
        for name in names.chain(rules.limit.iter().flat_map(|rule| &rule.characteristics)) {
            assert!(CharacteristicName::from_name(name).is_some(), "{name}");
        }
        assert!(Rules::from_toml("version = 1\nmedain = 2").is_err());
    }
}

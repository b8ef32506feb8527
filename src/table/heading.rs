//! What the heading lines of a bulletin say, by the patterns of its layout.

use super::layout::Layout;
use super::{
    Diagnostic, MonthlyTable, StationHead, Unit, Zone,
    pattern::{self, Exactness},
};
use crate::model::CharacteristicName;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// The fields read so far.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Heading {
    fields: BTreeMap<String, String>,
    /// The lines as printed.
    pub(crate) lines: Vec<String>,
}

impl Heading {
    /// Reads a line by every pattern; fields that are found again replace the earlier ones. Of what a reader of scans
    /// gives, only what is understood counts, and a zone that the layout names itself is not read.
    pub(crate) fn read(&mut self, line: &str, layout: &Layout, exactness: Exactness) {
        for pattern in &layout.heading {
            for (name, text) in pattern::read(pattern, line, exactness).unwrap_or_default() {
                let counts = exactness == Exactness::Exact
                    || match name.as_str() {
                        "zone" => layout.zone.is_none(),
                        "unit" => layout.unit.is_none() && Unit::parse(&text).is_some(),
                        "characteristic" => named(&text).is_some(),
                        _ => true,
                    };
                if counts {
                    self.fields.insert(name, text);
                }
            }
        }
        if !line.trim().is_empty() {
            self.lines.push(line.trim_end().to_owned());
        }
    }

    fn field(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str)
    }

    /// First day of the month of the table.
    pub(crate) fn month(&self) -> Option<Date> {
        let year = self.field("year")?.parse().ok()?;
        Date::new(year, pattern::month(self.field("month")?)?, 1).ok()
    }

    /// A table with what the heading and the layout say, without cells; what is missing is complained of.
    pub(crate) fn monthly_table(
        &self,
        layout: &Layout,
        line: usize,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> MonthlyTable {
        let named = |name: &str| {
            CharacteristicName::ALL.iter().copied().find(|known| known.as_str().eq_ignore_ascii_case(name))
        };
        let by_code =
            self.field("code").and_then(|code| code.parse().ok()).and_then(CharacteristicName::from_ursi_code);
        let by_name = self.field("characteristic").and_then(named);
        let by_layout = layout.characteristic.as_deref().and_then(named);
        if let (Some(code), Some(name)) = (by_code, by_name)
            && code != name
        {
            let message = format!(
                "the heading names {} and the URSI code of {}; the name is taken",
                name.as_str(),
                code.as_str()
            );
            diagnostics.push(Diagnostic::at(line, "heading_contradiction", message));
        }
        let characteristic = by_name.or(by_code).or(by_layout);
        let name = self.field("characteristic").map(str::to_owned);
        let name = name.or_else(|| characteristic.map(|name| name.as_str().to_owned())).unwrap_or_default();
        if characteristic.is_none() {
            let message = format!(
                "the heading names no known characteristic (found {name:?}); add a heading pattern or `characteristic` to the layout"
            );
            diagnostics.push(Diagnostic::at(line, "unknown_characteristic", message));
        }
        let printed = self.field("unit").or(layout.unit.as_deref());
        let unit = printed.and_then(Unit::parse);
        if unit.is_none() {
            let message = match printed {
                Some(text) => format!("the unit {text:?} is not understood; values are left out"),
                None => "no unit is printed; add a heading pattern or `unit` to the layout".to_owned(),
            };
            diagnostics.push(Diagnostic::at(line, "unknown_unit", message));
        }
        let unit = unit.map(|unit| Unit { text: printed.unwrap_or_default().to_owned(), ..unit });
        let zone = self.field("zone").map(Zone::parse).or_else(|| layout.zone()).unwrap_or_default();
        if zone.ahead_min.is_none() {
            let message = format!(
                "the time zone {:?} is not understood, so that no UTC can be given; add `zone` to the layout",
                zone.text
            );
            diagnostics.push(Diagnostic::at(line, "unknown_zone", message));
        }
        let text = |name: &str| self.field(name).unwrap_or_default().to_owned();
        let mut heading: Vec<(String, String)> =
            self.lines.iter().map(|line| ("heading".to_owned(), line.clone())).collect();
        heading.extend(self.fields.iter().map(|(name, text)| (name.clone(), text.clone())));
        MonthlyTable {
            station: StationHead { code: text("station_code"), name: text("station_name"), ..StationHead::default() },
            name,
            // Without a unit there is no value.
            characteristic: characteristic.filter(|_| unit.is_some()),
            unit: unit.unwrap_or_default(),
            zone,
            heading,
            ..MonthlyTable::default()
        }
    }
}

/// A characteristic by its name in any case; a nought counts as the letter.
fn named(name: &str) -> Option<CharacteristicName> {
    let alike = |text: &str| text.to_ascii_uppercase().replace('0', "O");
    CharacteristicName::ALL.iter().copied().find(|known| alike(known.as_str()) == alike(name))
}

//! From bytes to tables by the layout: the format's reader, then the checks that all formats share.

use super::layout::{FormatName, Layout};
use super::{Parsed, Zone, checks, decode, format};

/// Reads the text of a file and checks it.
pub fn read_text(bytes: &[u8], layout: &Layout) -> Parsed {
    let text = decode(bytes);
    let mut parsed = match layout.format {
        FormatName::Iiwg => format::iiwg::read(&text),
        FormatName::UrsiCards => format::ursi_cards::read(&text, layout),
        FormatName::Sws => format::sws::read(&text, &layout.zone().unwrap_or_else(Zone::utc)),
        FormatName::WdcB => format::wdc_b::read(&text, layout),
        FormatName::Sao => format::sao::read(&text, layout),
        FormatName::SaoXml => format::sao_xml::read(&text),
        FormatName::Bulletin => format::bulletin::read(&text, layout),
        FormatName::Csv => format::csv::read(&text, layout),
    };
    for monthly_table in &mut parsed.tables {
        checks::check(monthly_table, layout.checks.half, layout.quality.unit_share);
    }
    parsed
}

//! Reads legacy tables of hourly values: text in the exchange formats, bulletins, and scans of printed pages.
//!
//! In: the bytes or the picture of a table and its [`Layout`]. Out: [`MonthlyTable`]s, each the readings of one
//! characteristic at one station with what was printed beside them, and [`Diagnostic`]s about what could not be read.
//! Nothing is invented: a cell that cannot be read has no value.

mod cell_text;
mod checks;
mod columns;
pub mod format;
mod heading;
mod layout;
pub mod page;
mod pattern;
pub mod pdf;
mod read;
mod record;
mod text;
mod units;

pub use cell_text::CellText;
pub use checks::recompute;
pub use layout::{
    CardLayout, CellLayout, CheckRow, ChecksLayout, CsvLayout, DateOrder, DayPlace, FormatName, GridLayout, HalfUnit,
    Layout, PageConfig, StationCode, TableQualityConfig,
};
pub use pattern::print as print_pattern;
pub use read::read_text;
pub use record::{Diagnostic, MonthlyTable, Parsed, Reading, StationHead, Summary, SummaryKind, Zone};
pub use text::decode;
pub use units::{Quantity, Unit, physical_range};

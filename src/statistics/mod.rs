//! Counts, medians, quartiles and deciles as monthly ionospheric tables have them.
//!
//! In: the cells of one characteristic, one hour and one month. Out: a [`Summary`]. Which letters count, and how a limit
//! enters, is the rules file `uag23.toml` ([`Rules::uag23`]), after the conventions of the URSI handbook.

mod middle;
mod entry;
mod hour;
mod rules;
mod summary;

pub use entry::{Cell, Entry};
pub use hour::{HourlyCell, on_the_hour};
pub use middle::upper_median;
pub use rules::{Rules, RulesError};
pub use summary::{Figure, Summary};

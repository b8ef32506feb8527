//! The readings of a dataset as series: by station, characteristic, time and flag; on the hour; by month.
//!
//! In: the folder of a dataset and a [`Selection`]. Out: [`Reading`]s, or [`Month`]s with the counts and medians of
//! [`crate::statistics`]. Only the files of the years asked for are opened.

mod hourly;
mod monthly;
mod reading;
mod selection;
mod sounding;
mod unit;
mod years;

pub use hourly::{TOLERANCE_MS, hourly};
pub use monthly::{Hour, Month, monthly};
pub use reading::{Origin, Reading, readings};
pub use selection::{Selection, SelectionError, stations};
pub use sounding::{Sounding, soundings};
pub use unit::Unit;
pub use years::{by_year, hours, months};

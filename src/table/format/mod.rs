//! The text formats, one file each; what exchange formats read they also write.
//!
//! Every reader takes the decoded text and gives [`Parsed`](super::Parsed): it never stops at what it cannot read but
//! complains of it and goes on. Every writer takes tables and gives text that its reader turns back into the same
//! tables.

pub mod bulletin;
pub mod csv;
pub mod iiwg;
pub mod sao;
pub mod sao_xml;
pub mod sws;
pub mod ursi_cards;
pub mod wdc_b;

pub(crate) mod cell;
mod date;
mod xml;

#[cfg(test)]
mod round_trip_tests;
#[cfg(test)]
pub(crate) mod testing;

/// Why tables cannot be written in a format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// The format has no place for the value.
    #[error("{station} {characteristic} at {time}: {number} has more than {digits} digits; choose a coarser unit")]
    TooWide {
        /// Station.
        station: String,
        /// Characteristic.
        characteristic: String,
        /// Printed time.
        time: String,
        /// The number in printed units.
        number: i32,
        /// Digits that the format has.
        digits: usize,
    },
    /// The format needs an URSI code.
    #[error("{characteristic}: the format needs an URSI code below 100; leave this characteristic out")]
    NoCode {
        /// Characteristic.
        characteristic: String,
    },
    /// The format is for hourly values.
    #[error("{station} {characteristic}: {time} is not on the hour, and the format has hourly values only")]
    NotHourly {
        /// Station.
        station: String,
        /// Characteristic.
        characteristic: String,
        /// Printed time.
        time: String,
    },
    /// The text of a field cannot be written in the format.
    #[error("{field}: {text:?} does not fit into {width} columns")]
    Field {
        /// Field.
        field: &'static str,
        /// Its text.
        text: String,
        /// Columns of the field.
        width: usize,
    },
}

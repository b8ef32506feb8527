//! The IIWG monthly format, also called CHARS (R. R. Gamache and B. W. Reinisch, University of Lowell, 1989; URSI standard
//! of 1990; format page of the UK Solar System Data Centre).
//!
//! A month of a station: a heading, the times of the measurements, then for each characteristic the values of each day and
//! the hourly medians, counts with ranges, quartiles and deciles. Several months may follow one another.

mod read;
mod write;

pub use read::read;
pub use write::write;

use crate::table::SummaryKind;

/// The summaries in their order; counts share their line with ranges.
const SUMMARIES: [SummaryKind; 6] = [
    SummaryKind::Median,
    SummaryKind::Count,
    SummaryKind::UpperQuartile,
    SummaryKind::LowerQuartile,
    SummaryKind::UpperDecile,
    SummaryKind::LowerDecile,
];

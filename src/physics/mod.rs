//! How radio pulses travel through the ionosphere: the magnetoionic theory that `scale` inverts and `simulate` draws.

mod plasma;
mod profile;

pub use plasma::{Plasma, x_of_o};
pub use profile::{Profile, Stratum};

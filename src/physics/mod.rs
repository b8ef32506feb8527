//! How radio pulses travel through the ionosphere: the magnetoionic theory that `scale` inverts and `simulate` draws.
//!
//! [`Profile`] is a few parabolic layers, evaluated as they stand; [`Topside`] one layer seen from above, for fits; [`Sounding`] tabulates any density, smooth sums of
//! [`Epstein`] layers for instance, for many frequencies.

mod field;
mod layers;
mod plasma;
mod profile;
mod quadrature;
mod sounding;
mod sun;
mod topside;

pub use field::Field;
pub use layers::{Epstein, fit_peaks};
pub use plasma::{Plasma, o_of_x, x_of_o};
pub use profile::{Profile, Stratum};
pub use sounding::{Delay, Sounding};
pub use sun::{OBLIQUITY_DEG, declination, zenith_cosine};
pub use topside::Topside;

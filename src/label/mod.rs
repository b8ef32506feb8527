//! The echo labeller: a small convolutional network that says of each pixel which echo it belongs to, and of each
//! characteristic where it stands on its axis.
//!
//! In: [`Planes`] of a raster of the panel. Out: [`Outputs`], logits.

mod exchange;
mod network;
mod plane;
mod weights;

pub use exchange::{Outputs, Planes};
pub use network::{Network, Scratch};
pub use weights::{NetworkError, Shape};

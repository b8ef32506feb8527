//! Image kernels: one operation per file, each with a scalar twin that the tests hold it to.

pub mod gaussian;
pub mod histogram;
pub mod invert;
mod levels;
pub mod projection;
pub mod rotate;
pub mod running;
pub mod shrink;
pub mod sums;
pub mod weakest;

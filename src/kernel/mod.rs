//! Image kernels: one operation per file, each with a scalar twin that the tests hold it to.

pub mod gaussian;
pub mod histogram;
pub mod invert;
pub mod projection;
pub mod rotate;
pub mod shrink;

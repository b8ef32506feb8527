//! Image kernels: one operation per file, each with a scalar twin that the tests hold it to.

mod levels;

pub mod blend;
pub mod block;
pub mod convolve;
pub mod depthwise;
pub mod differences;
pub mod histogram;
pub mod invert;
pub mod logsum;
pub mod median;
pub mod pointwise;
pub mod projection;
pub mod reuse;
pub mod ridge;
pub mod rotate;
pub mod running;
pub mod shrink;
pub mod shuffle;
pub mod smooth;
pub mod steps;
pub mod sums;
pub mod unfilter;
pub mod upsample;
pub mod viterbi;
pub mod weakest;

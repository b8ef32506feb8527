//! One ionogram, cut out of the scan and put upright.

use super::{PixelBox, Placement};
use image::GrayImage;
use serde::{Deserialize, Serialize};

/// What a frame shows, as far as its overall appearance tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FrameClass {
    /// An ionogram that can be worked on.
    Ionogram,
    /// Blank film or leader.
    Blank,
    /// A panel that holds noise only: no markers, no echo.
    Noise,
    /// The picture straddles two frames: the end of one and the start of the next.
    OutOfPhase,
    /// Two frames in one picture.
    Double,
    /// Part of the ionogram is cut off.
    BadCrop,
}

/// What `frame` measured, for quality control to judge and for a reviewer to see.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct FrameEvidence {
    /// How clearly the panel stands out from its surround, 0 to 1.
    pub panel_contrast: f32,
    /// Share of the panel's pixels that are echo-dark, 0 to 1.
    pub ink_share: f32,
    /// How sure the class is, 0 to 1.
    pub class_confidence: f32,
}

/// One ionogram: echoes dark on a light panel, upright, frequency growing to the right.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The frame with its caption and margins, deskewed; size of `placement.bbox`.
    pub picture: GrayImage,
    /// The way from frame pixels back to scan pixels.
    pub placement: Placement,
    /// The scan showed light echoes on a dark panel, and the picture was inverted.
    pub inverted: bool,
    /// The data panel inside `picture`, in frame pixels: what lies between the frequency and height limits, without
    /// caption and film edge.
    pub panel: PixelBox,
    /// What the frame shows.
    pub class: FrameClass,
    /// What the class rests on.
    pub evidence: FrameEvidence,
}

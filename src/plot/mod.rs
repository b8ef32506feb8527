//! Draws: every stage of one frame ([`overlay`]), the series of a dataset, its coverage, the traces of a frame.
//!
//! In: nouns of the other modules. Out: a [`Scene`] of lines, markers and text, which becomes a picture
//! ([`Scene::to_picture`]) or SVG ([`Scene::to_svg`]); or, over film, a picture right away. Only `readings` reads files.

mod axis;
mod colour;
mod coverage;
mod frame_traces;
mod glyphs;
mod overlay;
mod panel;
mod raster;
mod readings;
mod scene;
mod series;
mod svg;
mod ticks;

pub use colour::Colour;
pub use coverage::coverage;
pub use frame_traces::frame_traces;
pub use overlay::{Stages, overlay};
pub use readings::{Curve, FrameMark, Reading, curves, frames, readings};
pub use scene::{Anchor, Baseline, Face, Item, Marker, Point, Scene, Stroke, Text};
pub use series::series;

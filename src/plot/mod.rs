//! Draws: every stage of one frame ([`overlay()`]), series, days, months, medians and coverage of a
//! dataset, the traces and values of a frame.
//!
//! In: nouns of the other modules. Out: a [`Scene`] of lines, markers and text, which becomes a picture
//! ([`Scene::to_picture`]) or SVG ([`Scene::to_svg`]); or, over film, a picture right away. Only `readings` reads files.

mod axis;
mod colour;
mod coverage;
mod day;
mod frame_traces;
mod glyphs;
mod medians;
mod month;
mod overlay;
mod panel;
mod profile;
mod raster;
mod readings;
mod scene;
mod series;
mod svg;
mod table_page;
mod ticks;

pub use colour::Colour;
pub use coverage::coverage;
pub use day::{DayPlot, day};
pub use frame_traces::frame_traces;
pub use medians::medians;
pub use month::month;
pub use overlay::{Stages, overlay};
pub use profile::profile;
pub use readings::{Curve, FrameMark, ProfileCurve, curves, frames, profiles};
pub use scene::{Anchor, Baseline, Face, Item, Marker, Point, Scene, Stroke, Text};
pub use series::series;
pub use table_page::table_page;

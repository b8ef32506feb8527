//! The nouns that the stages exchange: pictures, frames, captions, axes, traces, characteristics. No logic beyond
//! what makes a noun usable (coordinate mapping, evaluating an axis).
//!
//! Conventions: pixel coordinates have their origin at the top left, x to the right, y downward; the centre of the
//! first pixel is (0, 0). *Scan pixels* count in the file as it was scanned, *frame pixels* in [`Frame::picture`].
//! Frequencies are in MHz and heights in km, and the unit is part of every name.

mod axis;
mod calibration;
mod caption;
mod characteristic;
mod frame;
mod geometry;
mod record;
mod scan;
mod trace;

pub use axis::{AxisMarker, Curve, Grid, GridOrigin, Line, RangeAxis, Sweep};
pub use calibration::{
    Calibration, CaptionField, CaptionLayout, CaptionRule, CaptionTone, Echo, FieldName, Film, FrequencyMarker,
    HeightAxis, HeightDirection, MarkerStyle, Sounder, Station, SweepAxis, SweepLaw, TimeBase,
};
pub use caption::{CaptionEvidence, CaptionKind, CaptionReading, CaptionTime, Character};
pub use characteristic::{Characteristic, CharacteristicName};
pub use frame::{Frame, FrameClass, FrameEvidence};
pub use geometry::{PixelBox, Placement};
pub use record::{Failure, Flag, Origin, Status};
pub use scan::{ManifestAxes, ManifestEntry, Scan, Source};
pub use trace::{Candidate, Candidates, Echogram, Layer, Mode, Ridge, Trace, TracePoint};

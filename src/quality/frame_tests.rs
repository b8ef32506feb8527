//! Tests on the frame as a whole: what it shows, its axes, its caption.

use super::{Finding, QcInput, QualityConfig};
use crate::model::{Calibration, Flag, FrameClass, GridOrigin};

/// The tests that a frame does not pass.
pub(super) fn run(input: &QcInput<'_>, calibration: &Calibration, config: &QualityConfig) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut add = |test, flag, words: String| found.push(Finding { test, flag, words });
    match input.class {
        FrameClass::Ionogram => {}
        FrameClass::Blank => add("frame_class", Flag::Fail, "blank film".to_owned()),
        FrameClass::Noise => add("frame_class", Flag::Fail, "noise only".to_owned()),
        FrameClass::OutOfPhase => add("frame_class", Flag::Fail, "picture straddles two frames".to_owned()),
        FrameClass::Double => add("frame_class", Flag::Fail, "two frames in one picture".to_owned()),
        FrameClass::BadCrop => add("frame_class", Flag::Fail, "part of the ionogram is cut off".to_owned()),
    }
    let grid = &input.metadata.grid;
    if !grid.is_complete() {
        let why = if grid.reason.is_empty() { "axes not proved" } else { &grid.reason };
        add("calibration_missing", Flag::Fail, format!("not calibrated: {why}"));
    } else {
        if grid.frequency_residual_px > config.frequency_residual_px {
            let px = grid.frequency_residual_px;
            add("frequency_residual", Flag::Suspect, format!("frequency markers stray by {px:.1} px"));
        }
        if grid.height_residual_px > config.height_residual_px {
            let px = grid.height_residual_px;
            add("height_residual", Flag::Suspect, format!("height markers stray by {px:.1} px"));
        }
        if grid.origin == GridOrigin::Own {
            if grid.identity_margin < config.identity_margin {
                add("identity_margin", Flag::Suspect, "identity of the frequency markers is not clear".to_owned());
            }
            let share = grid.markers_found() as f32 / grid.frequency_markers.len().max(1) as f32;
            if share < config.frequency_markers_share {
                add("markers_found", Flag::Suspect, format!("only {:.0} % of the markers found", 100.0 * share));
            }
        }
    }
    if input.masked_share > config.masked_share {
        add("masked_share", Flag::Suspect, format!("{:.0} % of the panel unreadable", 100.0 * input.masked_share));
    }
    if input.band_share > config.band_share {
        let share = 100.0 * input.band_share;
        add("interference_bands", Flag::Suspect, format!("interference bands over {share:.0} % of the height"));
    }
    if input.metadata.time_utc.is_none() {
        add("time_withheld", Flag::Suspect, "time not read".to_owned());
    }
    if input.metadata.station.is_none() {
        add("station_withheld", Flag::Suspect, "station not known".to_owned());
    }
    if input.metadata.time_utc.is_some() && input.metadata.time_confidence < config.time_confidence {
        let share = 100.0 * input.metadata.time_confidence;
        add("caption_confidence", Flag::Suspect, format!("time sure to {share:.0} % only"));
    }
    if station_is_out_of_date(input, calibration) {
        add("caption_date", Flag::Suspect, "the station code was not in use at this date".to_owned());
    }
    found
}

/// The calibration file knows the station, but not at the date of the frame.
fn station_is_out_of_date(input: &QcInput<'_>, calibration: &Calibration) -> bool {
    let (Some(id), Some(time)) = (&input.metadata.station, input.metadata.time_utc) else { return false };
    let date = time.strftime("%Y-%m-%d").to_string();
    let mut known = calibration.stations.iter().filter(|station| station.id == *id).peekable();
    // Dates in this form are in order as texts.
    known.peek().is_some()
        && !known.any(|station| {
            station.from.as_ref().is_none_or(|from| *from <= date)
                && station.until.as_ref().is_none_or(|until| date <= *until)
        })
}

//! Frequency and height markers.

use super::report::Figures;
use super::series::{FrameRecord, MarkerRecord};
use super::statistics::{largest, median_abs, rms, share_within};
use super::truth::Row;
use std::collections::BTreeMap;

/// A frame whose markers are off by more than this (root mean square) is named in the report, px.
const NOTED_PX: f64 = 2.0;

/// Compares where the fitted axis has each marker with where the marker is.
pub(super) fn compare_frequency_markers(pairs: &[(&Row, &FrameRecord)]) -> Vec<Figures> {
    let (mut px, mut mhz, mut withheld, mut misnamed) = (Vec::new(), Vec::new(), 0, 0);
    let mut notes = Vec::new();
    let mut by_file: BTreeMap<(&str, i32), Vec<f64>> = BTreeMap::new();
    for (row, frame) in pairs {
        let (Some(value), Some(x)) = (row.number("mark_mhz"), row.number("x_px")) else { continue };
        let markers = sorted(frame, |marker| marker.is_frequency);
        let Some(own) = markers.iter().position(|marker| (marker.value - value).abs() < 1e-3) else {
            withheld += 1;
            continue;
        };
        let error = markers[own].fitted_px - x;
        let nearest = markers.iter().min_by(|a, b| (a.fitted_px - x).abs().total_cmp(&(b.fitted_px - x).abs()));
        if nearest.is_some_and(|marker| marker.value != markers[own].value) {
            misnamed += 1;
            notes.push(format!(
                "misnamed: {} has {value} MHz at {x} px, the dataset at {:.1} px",
                row.file(),
                markers[own].fitted_px
            ));
        }
        px.push(error);
        by_file.entry((row.file(), frame.frame_index)).or_default().push(error);
        mhz.push(error * slope(&markers, own));
    }
    let far = by_file.iter().filter(|(_, errors)| rms(errors) > NOTED_PX);
    notes.extend(far.map(|((file, index), errors)| {
        format!("far off: {file} frame {index}: rms {:.2} px, largest {:.2} px", rms(errors), largest(errors))
    }));
    vec![Figures {
        subject: "frequency markers".to_owned(),
        figures: vec![
            ("named", px.len() as f64),
            ("withheld", f64::from(withheld)),
            ("misnamed", f64::from(misnamed)),
            ("rms px", rms(&px)),
            ("largest px", largest(&px)),
            ("median MHz", median_abs(&mhz)),
            ("largest MHz", largest(&mhz)),
        ],
        notes,
    }]
}

/// Compares the rows of height markers; their heights too where the truth gives them.
pub(super) fn compare_height_markers(pairs: &[(&Row, &FrameRecord)]) -> Vec<Figures> {
    let (mut px, mut withheld, mut misnamed) = (Vec::new(), 0, 0);
    for (row, frame) in pairs {
        let height_markers = sorted(frame, |marker| !marker.is_frequency);
        let heights = row.numbers("height_km");
        for (i, y) in row.numbers("y_px").into_iter().enumerate() {
            let Some(nearest) =
                height_markers.iter().min_by(|a, b| (a.fitted_px - y).abs().total_cmp(&(b.fitted_px - y).abs()))
            else {
                withheld += 1;
                continue;
            };
            px.push(nearest.fitted_px - y);
            misnamed += i32::from(heights.get(i).is_some_and(|km| (km - nearest.value).abs() > 1.0));
        }
    }
    vec![Figures {
        subject: "height markers".to_owned(),
        figures: vec![
            ("found", px.len() as f64),
            ("withheld", f64::from(withheld)),
            ("misnamed", f64::from(misnamed)),
            ("rms px", rms(&px)),
            ("median px", median_abs(&px)),
            ("within 2 px", share_within(&px, 2.0)),
            ("largest px", largest(&px)),
        ],
        notes: Vec::new(),
    }]
}

fn sorted(frame: &FrameRecord, keep: impl Fn(&MarkerRecord) -> bool) -> Vec<&MarkerRecord> {
    let mut markers: Vec<&MarkerRecord> = frame.markers.iter().filter(|marker| keep(marker)).collect();
    markers.sort_by(|a, b| a.fitted_px.total_cmp(&b.fitted_px));
    markers
}

/// MHz for each pixel around a marker, from its neighbours.
fn slope(markers: &[&MarkerRecord], at: usize) -> f64 {
    let (before, after) = (markers[at.saturating_sub(1)], markers[(at + 1).min(markers.len() - 1)]);
    let width = after.fitted_px - before.fitted_px;
    if width > 0.0 { (after.value - before.value) / width } else { f64::NAN }
}

//! Pass 1: what one frame shows by itself.

use super::{Pipeline, Stopwatch, guard};
use crate::kernel::reuse;
use crate::label::PanelCopy;
use crate::model::{
    CaptionEvidence, Echogram, Failure, Frame, FrameClass, FrameEvidence, Grid, PixelBox, Placement, Ridge, Scan,
    Sounder, Source,
};
use crate::roll::{ManifestAxes, ManifestEntry};
use crate::{calibrate, caption, clean, frame, trace};
use serde::{Deserialize, Serialize};

/// What the stages of pass 1 made of one frame, with its pictures.
#[derive(Debug, Clone)]
pub struct ExtractedFrame {
    /// The frame.
    pub frame: Frame,
    /// Caption candidates.
    pub caption: CaptionEvidence,
    /// The frame's own axes.
    pub grid: Grid,
    /// The cleaned panel; `None` if the frame is of a class that holds no echo to look for.
    pub echogram: Option<Echogram>,
    /// Echoes, not yet named.
    pub ridges: Vec<Ridge>,
    /// A small copy of the panel, to be labelled when the axes are settled; empty for topside film.
    pub panel_copy: PanelCopy,
}

/// What is kept of a frame between the passes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FrameRecord {
    /// The file.
    pub source: Source,
    /// Page of the file or number of the frame on the strip, from 0.
    pub frame_index: i32,
    /// What the archive's manifest says.
    pub manifest: ManifestEntry,
    /// The frame's place in the scan.
    pub placement: Placement,
    /// The scan showed light echoes on a dark panel.
    pub inverted: bool,
    /// The data panel in frame pixels.
    pub panel: PixelBox,
    /// What the frame shows.
    pub class: FrameClass,
    /// What the class rests on.
    pub evidence: FrameEvidence,
    /// Caption candidates.
    pub caption: CaptionEvidence,
    /// The frame's own axes.
    pub grid: Grid,
    /// Echoes, not yet named.
    pub ridges: Vec<Ridge>,
    /// A small copy of the panel, to be labelled when the axes are settled; empty for topside film.
    pub panel_copy: PanelCopy,
    /// Share of the panel's columns that are unreadable, 0 to 1.
    pub masked_share: f32,
    /// Those columns: first and last edge of each stretch, in frame pixels.
    pub masked: Vec<[f32; 2]>,
    /// Share of the panel's rows in interference bands, 0 to 1.
    pub band_share: f32,
    /// Why the work on this frame stopped, if it did.
    pub failure: Option<Failure>,
}

/// Runs the stages of pass 1 on a scan of one frame. `manifest` gives the axes of bare rasters.
///
/// Errors and panics of a stage become the row for the failures table; if the frame itself was found before that, it is
/// returned in the second part of the error.
pub fn extract_frame(
    scan: &Scan,
    manifest: &ManifestEntry,
    pipeline: &Pipeline,
    stopwatch: &Stopwatch,
) -> Result<ExtractedFrame, (Failure, Option<Box<Frame>>)> {
    let Pipeline { settings, calibration, .. } = pipeline;
    let failure = |stage: &str, class: &str, message: String| Failure {
        source_file: scan.source.file.clone(),
        frame_index: i32::try_from(scan.source.page).ok(),
        stage: stage.to_owned(),
        class: class.to_owned(),
        message,
    };
    let frame = stopwatch.time("frame", || guard(|| frame::frame(scan, calibration, &settings.frame)));
    let frame = match frame {
        Ok(Ok(frame)) => frame,
        Ok(Err(error)) => return Err((failure("frame", "no_frame", error.to_string()), None)),
        Err(panic) => return Err((failure("frame", "panic", panic), None)),
    };
    let rest = guard(|| {
        let caption = stopwatch.time("caption", || caption::caption(&frame, calibration, &settings.caption));
        let grid = stopwatch.time("calibrate", || grid(&frame, manifest, pipeline));
        if matches!(frame.class, FrameClass::Blank | FrameClass::OutOfPhase | FrameClass::Double) {
            return (caption, grid, None, Vec::new(), PanelCopy::default());
        }
        let echogram = stopwatch.time("clean", || clean::clean(&frame, &grid, calibration, &settings.clean));
        let ridges = stopwatch.time("trace", || trace::trace(&echogram, calibration, &settings.trace).ridges);
        let panel_copy = match calibration.sounder {
            Sounder::Bottomside => stopwatch.time("label", || PanelCopy::of(&frame)),
            Sounder::Topside => PanelCopy::default(),
        };
        (caption, grid, Some(echogram), ridges, panel_copy)
    });
    match rest {
        Ok((caption, grid, echogram, ridges, panel_copy)) => {
            Ok(ExtractedFrame { frame, caption, grid, echogram, ridges, panel_copy })
        }
        Err(panic) => Err((failure("engine", "panic", panic), Some(Box::new(frame)))),
    }
}

/// The frame's axes: what the manifest says of a bare raster, else what its markers prove.
fn grid(frame: &Frame, manifest: &ManifestEntry, pipeline: &Pipeline) -> Grid {
    let Pipeline { settings, calibration, .. } = pipeline;
    let Some(axes) = &manifest.axes else { return calibrate::calibrate(frame, calibration, &settings.calibrate) };
    let ManifestAxes { law, start_mhz, stop_mhz, start_km, stop_km } = *axes;
    let limited = calibrate::with_limits(calibration, law, start_mhz, stop_mhz, start_km, stop_km);
    calibrate::calibrate(frame, &limited, &settings.calibrate)
}

impl ExtractedFrame {
    /// What is kept of the frame.
    pub fn record(self, source: Source, frame_index: i32, manifest: ManifestEntry) -> FrameRecord {
        let record = FrameRecord {
            masked_share: self.echogram.as_ref().map_or(0.0, Echogram::masked_share),
            masked: self.echogram.as_ref().map(|echogram| echogram.masked.clone()).unwrap_or_default(),
            band_share: self.echogram.as_ref().map_or(0.0, |echogram| echogram.band_share),
            caption: self.caption,
            grid: self.grid,
            ridges: self.ridges,
            panel_copy: self.panel_copy,
            ..FrameRecord::of_frame(&self.frame, source, frame_index, manifest)
        };
        reuse::give_back(self.frame.picture.into_raw());
        reuse::give_back(self.echogram.map(|echogram| echogram.amplitude.into_raw()).unwrap_or_default());
        record
    }
}

impl FrameRecord {
    /// The record of a frame of which no more than its place is known.
    pub(super) fn of_frame(frame: &Frame, source: Source, frame_index: i32, manifest: ManifestEntry) -> Self {
        Self {
            source,
            frame_index,
            manifest,
            placement: frame.placement,
            inverted: frame.inverted,
            panel: frame.panel,
            class: frame.class,
            evidence: frame.evidence,
            caption: CaptionEvidence::default(),
            grid: Grid::unproved(""),
            ridges: Vec::new(),
            panel_copy: PanelCopy::default(),
            masked_share: 0.0,
            masked: Vec::new(),
            band_share: 0.0,
            failure: None,
        }
    }
}

//! Decides for the whole roll: times, stations and calibrations that agree with every frame's evidence.
//!
//! In: one [`RollEvidence`] per frame, in the order of the roll. Out: one [`ResolvedMetadata`] per frame.

mod axes;
mod clock;
mod infer;
mod sequence;
mod time;

pub use axes::AxesConfig;
pub use clock::ClockConfig;

use crate::model::{Calibration, CaptionEvidence, CaptionReading, Grid, Origin, PixelBox, Station};
pub use crate::model::{ManifestAxes, ManifestEntry};
use jiff::Timestamp;
use sequence::{Choice, Setting, TimeCandidate};
use serde::{Deserialize, Serialize};

/// Parameters of the stage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RollConfig {
    /// Probability below which a time is withheld (1). Default 0.9.
    pub accept_probability: f32,
    /// Chance that the station changes from one frame of a stretch to the next (1). Default 0.01.
    pub station_change: f64,
    /// How likely a station code is that the calibration file does not know at that date, against one it knows (1).
    /// Default 0.02.
    pub unknown_station: f64,
    /// Smallest probability given to "none of the readings is right" (1). Default 0.0001.
    pub unread_floor: f64,
    /// Digits in which an inferred time may contradict the caption's clear digits (digits). Default 1.
    pub contradicting_digits: usize,
    /// How clear a digit must be to contradict (probability, 1). Default 0.8.
    pub clear_digit: f32,
    /// The clock of the roll.
    pub clock: ClockConfig,
    /// Calibration from neighbours.
    pub axes: AxesConfig,
}

impl Default for RollConfig {
    fn default() -> Self {
        Self {
            accept_probability: 0.9,
            station_change: 0.01,
            unknown_station: 0.02,
            unread_floor: 1e-4,
            contradicting_digits: 1,
            clear_digit: 0.8,
            clock: ClockConfig::default(),
            axes: AxesConfig::default(),
        }
    }
}

/// What one frame says of itself, before the roll is heard.
#[derive(Debug, Clone, Copy)]
pub struct RollEvidence<'a> {
    /// Caption candidates.
    pub caption: &'a CaptionEvidence,
    /// Own calibration.
    pub grid: &'a Grid,
    /// The data panel in frame pixels.
    pub panel: PixelBox,
    /// What the archive's manifest says.
    pub manifest: &'a ManifestEntry,
}

/// Station, time and axes of one frame, as the roll decided.
#[derive(Debug, Clone, PartialEq)]
pub struct ResolvedMetadata {
    /// Station id of the dataset, if known.
    pub station: Option<String>,
    /// Station code as the film has it.
    pub station_code: Option<String>,
    /// Where the station was learned.
    pub station_origin: Origin,
    /// Time of the frame.
    pub time_utc: Option<Timestamp>,
    /// 1 second, 2 minute, 3 hour, 4 day.
    pub time_quality: Option<u8>,
    /// Where the time was learned.
    pub time_origin: Origin,
    /// Probability of the time, 0 to 1.
    pub time_confidence: f32,
    /// The caption's text that was decided for, or the raw reading if none was.
    pub caption_text: String,
    /// The axes to scale with: the frame's own, or the roll's.
    pub grid: Grid,
}

impl ResolvedMetadata {
    /// What the calibration file says of the decided station.
    pub fn station_facts<'a>(&self, calibration: &'a Calibration) -> Option<&'a Station> {
        let id = self.station.as_deref()?;
        calibration.stations.iter().find(|station| station.id == id)
    }
}

/// Decides for all frames of a roll.
pub fn resolve_metadata(
    frames: &[RollEvidence<'_>],
    calibration: &Calibration,
    config: &RollConfig,
) -> Vec<ResolvedMetadata> {
    let candidates: Vec<Vec<TimeCandidate>> =
        frames.iter().map(|frame| candidates(frame, calibration, config)).collect();
    let interval_s = infer::interval(&candidates, calibration.time.cadence_s);
    let setting = Setting {
        clock: &config.clock,
        interval_s,
        resolution_s: resolution(frames),
        station_change: config.station_change,
        unread_floor: config.unread_floor,
    };
    let choices = sequence::decode(&candidates, &setting);
    let mut resolved: Vec<ResolvedMetadata> =
        (0..frames.len()).map(|k| read(&frames[k], &candidates[k], &choices, k, calibration, config)).collect();
    infer::fill(frames, &choices, &mut resolved, calibration, config);
    for (k, metadata) in resolved.iter_mut().enumerate() {
        metadata.grid = axes::complete(frames, k, &config.axes);
        apply_manifest(metadata, frames[k].manifest);
    }
    resolved
}

/// The readings that name an instant, in the caption's order. A station that the calibration file does not know at that
/// date is less likely by `unknown_station` than one it knows; the probability of all readings together stays.
fn candidates(frame: &RollEvidence<'_>, calibration: &Calibration, config: &RollConfig) -> Vec<TimeCandidate> {
    let weighed = |reading: &CaptionReading| {
        let instant = time::instant(&reading.time, calibration.time.offset_hours)?;
        let station = reading.time.station_code.clone();
        let known = station.as_ref().is_none_or(|code| time::is_known(calibration, code, instant));
        let weight = if known { 1.0 } else { config.unknown_station };
        let probability = f64::from(reading.probability) * weight;
        Some(TimeCandidate { seconds: instant.as_second(), station, probability })
    };
    let mut candidates: Vec<TimeCandidate> = frame.caption.readings.iter().filter_map(weighed).collect();
    let before: f64 = frame.caption.readings.iter().map(|reading| f64::from(reading.probability)).sum();
    let after: f64 = candidates.iter().map(|candidate| candidate.probability).sum();
    if after > 0.0 {
        candidates.iter_mut().for_each(|candidate| candidate.probability *= before / after);
    }
    candidates
}

/// The smallest unit of the roll's captions, in seconds.
fn resolution(frames: &[RollEvidence<'_>]) -> f64 {
    let finest =
        frames.iter().flat_map(|frame| &frame.caption.readings).map(|reading| time::quality(&reading.time)).min();
    match finest {
        Some(2) => 60.0,
        Some(3) => 3600.0,
        Some(4) => 86_400.0,
        _ => 1.0,
    }
}

/// The metadata from the frame's own caption, as far as the sequence accepts it.
fn read(
    frame: &RollEvidence<'_>,
    candidates: &[TimeCandidate],
    choices: &[Option<Choice>],
    k: usize,
    calibration: &Calibration,
    config: &RollConfig,
) -> ResolvedMetadata {
    let mut metadata = ResolvedMetadata {
        station: None,
        station_code: None,
        station_origin: Origin::Read,
        time_utc: None,
        time_quality: None,
        time_origin: Origin::Read,
        time_confidence: 0.0,
        caption_text: frame.caption.raw_text.clone(),
        grid: frame.grid.clone(),
    };
    let Some(choice) = choices[k] else { return metadata };
    let chosen = &candidates[choice.candidate];
    let Some(reading) = frame
        .caption
        .readings
        .iter()
        .filter(|reading| time::instant(&reading.time, calibration.time.offset_hours).is_some())
        .nth(choice.candidate)
    else {
        return metadata;
    };
    let confidence = infer::support(choices, k, chosen.probability);
    metadata.time_confidence = confidence as f32;
    if metadata.time_confidence < config.accept_probability {
        return metadata;
    }
    let Ok(instant) = Timestamp::from_second(chosen.seconds) else { return metadata };
    metadata.caption_text = reading.text.clone();
    metadata.time_utc = Some(instant);
    metadata.time_quality = Some(time::quality(&reading.time));
    if choice.candidate > 0 {
        metadata.time_origin = Origin::Inferred;
    }
    if let Some(code) = &chosen.station {
        metadata.station_code = Some(code.clone());
        metadata.station = Some(match time::station(calibration, code, Some(instant)) {
            Some(station) => station.id.clone(),
            None => code.clone(),
        });
    }
    metadata
}

/// The archive's own word on station and date: it fills what the film leaves open and never overrides a reading.
fn apply_manifest(metadata: &mut ResolvedMetadata, manifest: &ManifestEntry) {
    if metadata.station.is_none()
        && let Some(station) = &manifest.station
    {
        metadata.station = Some(station.clone());
        metadata.station_origin = Origin::Manifest;
    }
    if metadata.time_utc.is_none()
        && let Some((instant, quality)) = manifest_time(manifest)
    {
        metadata.time_utc = Some(instant);
        metadata.time_quality = Some(quality);
        metadata.time_origin = Origin::Manifest;
        metadata.time_confidence = 1.0;
    }
}

/// The instant that a manifest gives and its quality: a second or minute where it has a time of day, else a day.
fn manifest_time(manifest: &ManifestEntry) -> Option<(Timestamp, u8)> {
    let date: jiff::civil::Date = manifest.date.as_ref()?.parse().ok()?;
    let (time, quality) = match &manifest.time {
        Some(text) => (text.parse().ok()?, if text.matches(':').count() > 1 { 1 } else { 2 }),
        None => (jiff::civil::Time::midnight(), 4),
    };
    let zoned = date.to_datetime(time).to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some((zoned.timestamp(), quality))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::CaptionTime;

    fn reading(minute: u8, second: u8, probability: f32) -> CaptionReading {
        let time = CaptionTime {
            satellite: Some(10),
            station_code: Some("43".to_owned()),
            year: Some(1965),
            day_of_year: Some(225),
            hour: Some(3),
            minute: Some(minute),
            second: Some(second),
        };
        CaptionReading { text: format!("10 43 65 225 03{minute:02} {second:02}"), time, probability }
    }

    fn empty_grid() -> Grid {
        Grid::unproved("no markers")
    }

    fn resolved(captions: &[Vec<CaptionReading>]) -> Vec<ResolvedMetadata> {
        let calibration = crate::engine::shipped_calibration("alouette1").unwrap();
        let captions: Vec<CaptionEvidence> = captions
            .iter()
            .map(|readings| CaptionEvidence { readings: readings.clone(), ..CaptionEvidence::default() })
            .collect();
        let grid = empty_grid();
        let manifest = ManifestEntry::default();
        let frames: Vec<RollEvidence<'_>> = captions
            .iter()
            .map(|caption| RollEvidence {
                caption,
                grid: &grid,
                panel: PixelBox::new(0, 0, 500, 250),
                manifest: &manifest,
            })
            .collect();
        resolve_metadata(&frames, &calibration, &RollConfig::default())
    }

    #[test]
    fn a_wrong_digit_is_repaired_from_the_neighbours_and_marked() {
        let captions: Vec<_> = (0..8)
            .map(|k| {
                let (minute, second) = (k * 18 / 60, k * 18 % 60);
                if k == 3 { vec![reading(50, second, 0.97)] } else { vec![reading(minute, second, 0.97)] }
            })
            .collect();
        let decided = resolved(&captions);
        assert_eq!(decided[3].time_utc.unwrap().to_string(), "1965-08-13T03:00:54Z");
        assert_eq!(decided[3].time_origin, Origin::Inferred);
        assert_eq!(decided[3].station.as_deref(), Some("RES"));
        assert!(decided.iter().enumerate().all(|(k, d)| (d.time_origin == Origin::Read) == (k != 3)));
    }

    #[test]
    fn a_doubtful_reading_is_withheld_alone_and_accepted_in_sequence() {
        assert_eq!(resolved(&[vec![reading(5, 6, 0.7)]])[0].time_utc, None);
        let captions: Vec<_> = (0..5).map(|k| vec![reading(0, 5 + k * 11, 0.7)]).collect();
        assert!(resolved(&captions).iter().all(|metadata| metadata.time_utc.is_some()));
    }

    #[test]
    fn a_station_that_the_file_knows_is_believed_over_one_it_does_not() {
        let mut unknown = reading(5, 6, 0.8);
        unknown.time.station_code = Some("47".to_owned());
        let decided = resolved(&[vec![unknown.clone(), reading(5, 6, 0.19)]]);
        assert_eq!(decided[0].station.as_deref(), Some("RES"));
        // Alone, an unknown code stands as it is read.
        unknown.probability = 0.99;
        assert_eq!(resolved(&[vec![unknown]])[0].station.as_deref(), Some("47"));
    }

    #[test]
    fn the_manifest_fills_gaps_only() {
        let calibration = crate::engine::shipped_calibration("alouette1").unwrap();
        let caption = CaptionEvidence { readings: vec![reading(5, 6, 0.99)], ..CaptionEvidence::default() };
        let blank = CaptionEvidence::default();
        let grid = empty_grid();
        let manifest = ManifestEntry {
            station: Some("OTT".to_owned()),
            date: Some("1963-01-02".to_owned()),
            ..Default::default()
        };
        let panel = PixelBox::new(0, 0, 500, 250);
        let frame = |caption| RollEvidence { caption, grid: &grid, panel, manifest: &manifest };
        let decided = resolve_metadata(&[frame(&caption), frame(&blank)], &calibration, &RollConfig::default());
        assert_eq!(decided[0].station.as_deref(), Some("RES"));
        assert_eq!(decided[1].station.as_deref(), Some("OTT"));
        assert_eq!(decided[1].station_origin, Origin::Manifest);
        assert_eq!(decided[1].time_quality, Some(4));
    }
}

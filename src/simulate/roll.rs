//! A roll: one station, one caption layout, frame after frame.

use super::echo::{Echo, echoes};
use super::geometry::{Axes, Format};
use super::label::{Label, stations_at};
use super::random::Random;
use super::sky::{Place, Sky, Weather, dipole_gyro_mhz};
use super::wear::{Wear, expose};
use super::{SimulateConfig, SimulateError, panel};
use crate::model::{Calibration, CaptionLayout, Echo as Tone, Sounder, Station};
use image::GrayImage;
use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, ToSpan};

/// Parts of the random sequence.
const ROLL: u64 = 1;
const WEATHER: u64 = 2;
const FIRST_FRAME: u64 = 1000;

/// A roll before its frames are drawn.
pub(super) struct Roll<'a> {
    calibration: &'a Calibration,
    config: &'a SimulateConfig,
    pub(super) layout: Option<&'a CaptionLayout>,
    pub(super) station: Option<(&'a Station, u32)>,
    format: Format,
    wear: Wear,
    skies: Vec<(Sky, DateTime)>,
}

/// A frame as it was drawn, with everything that is true of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct FilmFrame {
    pub(super) picture: GrayImage,
    pub(super) label: Option<Label>,
    pub(super) time_utc: DateTime,
    pub(super) sky: Sky,
    pub(super) axes: Axes,
    pub(super) echoes: Vec<Echo>,
}

impl<'a> Roll<'a> {
    /// Plans a roll: everything that its frames share, and the course of the ionosphere.
    pub(super) fn new(calibration: &'a Calibration, config: &'a SimulateConfig) -> Result<Self, SimulateError> {
        let mut random = Random::part(config.seed, ROLL);
        let layout = match &config.layout {
            None => calibration.captions.first(),
            Some(name) => {
                Some(calibration.captions.iter().find(|layout| layout.name == *name).ok_or_else(|| {
                    SimulateError::NoLayout { name: name.clone(), instrument: calibration.id.clone() }
                })?)
            }
        };
        let start = start_time(calibration, layout, &mut random);
        let known = stations_at(calibration, layout, start);
        let station = known.get(random.index(known.len())).copied();
        let latitude = station.and_then(|(station, _)| station.latitude).unwrap_or(40.0);
        let sounder_km = match calibration.sounder {
            Sounder::Bottomside => 0.0,
            // Sounders of the period flew at about two thirds of the range they displayed, and not over 1400 km.
            Sounder::Topside => (calibration.height.stop_km * 2.0 / 3.0).clamp(500.0, 1400.0),
        };
        let place = Place {
            sounder: calibration.sounder,
            latitude,
            longitude: station.and_then(|(station, _)| station.longitude).unwrap_or(0.0),
            gyro_mhz: station
                .and_then(|(station, _)| station.gyrofrequency_mhz)
                .unwrap_or_else(|| dipole_gyro_mhz(latitude)),
            sounder_km,
        };
        let mut weather = Weather::new(Random::part(config.seed, WEATHER));
        let cadence_s = if calibration.time.cadence_s > 0.0 { calibration.time.cadence_s } else { 900.0 };
        let life_hours = if sounder_km > 0.0 { 0.2 } else { 4.0 };
        let mut skies = Vec::new();
        for i in 0..config.frames {
            let time = start.saturating_add(SignedDuration::from_secs_f64((f64::from(i) * cadence_s).round()));
            let clock = f64::from(time.hour()) + f64::from(time.minute()) / 60.0 + f64::from(time.second()) / 3600.0;
            let day = f64::from(time.date().day_of_year()) + clock / 24.0;
            skies.push((weather.sky(&place, day), time));
            weather.pass(cadence_s / 3600.0, life_hours);
        }
        let wear = Wear::of(config.level);
        let format = Format::new(calibration, layout, config.scale, &mut random);
        Ok(Self { calibration, config, layout, station, format, wear, skies })
    }

    /// Highest frequency of the sweep, MHz.
    pub(super) fn band_stop_mhz(&self) -> f64 {
        self.calibration.sweep.stop_mhz
    }

    /// Draws one frame; the same picture whatever other frames are drawn.
    pub(super) fn frame(&self, index: usize) -> FilmFrame {
        let mut random = Random::part(self.config.seed, FIRST_FRAME + index as u64);
        let (sky, time_utc) = &self.skies[index];
        let calibration = self.calibration;
        let bilevel = calibration.film.bilevel;
        let skew = if bilevel { 0.0 } else { self.wear.skew_deg * random.normal().clamp(-1.0, 1.0) };
        let axes = self.format.axes(calibration, skew, &mut random);
        let echoes = echoes(sky, calibration.sounder, &self.sweep_mhz(&axes), calibration.height.stop_km);
        let mut canvas = panel::blank_frame(calibration, &self.format, &axes, &mut random);
        panel::draw_noise(&mut canvas, &self.format, &self.wear, &mut random);
        if calibration.sounder == Sounder::Topside {
            panel::draw_resonances(&mut canvas, &self.format, &axes, &resonances(sky), &mut random);
        }
        panel::draw_echoes(&mut canvas, &self.format, &axes, &echoes, &self.wear, &mut random);
        panel::draw_grid(&mut canvas, calibration, &self.format, &axes, &self.wear, &mut random);
        let label = self.layout.map(|layout| {
            let printed = time_utc.saturating_add(hours(calibration.time.offset_hours));
            Label::new(layout, printed, self.station.map_or(1, |(_, code)| code))
        });
        if let (Some(label), Some(layout)) = (&label, self.layout) {
            label.draw(&mut canvas, calibration, layout, self.format.panel);
        }
        let mut picture = if bilevel {
            let pixels = canvas.light.iter().map(|&light| if light < 0.6 { 0 } else { 255 }).collect();
            GrayImage::from_raw(canvas.width as u32, canvas.height as u32, pixels).unwrap_or_default()
        } else {
            expose(canvas, &axes.placement, &self.wear, &mut random)
        };
        if calibration.film.echo == Tone::Light {
            picture.iter_mut().for_each(|pixel| *pixel = 255 - *pixel);
        }
        FilmFrame { picture, label, time_utc: *time_utc, sky: sky.clone(), axes, echoes }
    }

    /// Frequencies that the sweep passes, every two pixels over the panel.
    fn sweep_mhz(&self, axes: &Axes) -> Vec<f64> {
        let [left, _, right, _] = self.format.panel;
        let step = 2.0f64.max((right - left) / 700.0);
        (0..((right - left) / step) as u32)
            .map(|i| axes.sweep.mhz_at(left + f64::from(i) * step, axes.sweep.reference_y))
            .filter(|&mhz| mhz >= self.calibration.sweep.start_mhz && mhz <= self.calibration.sweep.stop_mhz * 1.02)
            .collect()
    }
}

/// Plasma and gyro resonances at the satellite.
fn resonances(sky: &Sky) -> Vec<f64> {
    let (plasma, gyro) = (sky.profile.plasma_mhz(sky.profile.sounder_km), sky.profile.gyro_at(sky.profile.sounder_km));
    let mut all = vec![plasma, plasma.hypot(gyro)];
    all.extend((1..6).map(|harmonic| f64::from(harmonic) * gyro));
    all
}

/// Start of a roll: any day of the years of such film, on the cadence's grid. Stations are looked up at that date.
fn start_time(calibration: &Calibration, layout: Option<&CaptionLayout>, random: &mut Random) -> DateTime {
    let (first, last) = layout.map_or((1958, 1978), |layout| (layout.rule.first_year, layout.rule.last_year));
    for _ in 0..64 {
        let year = first + random.index(usize::from((last - first).unsigned_abs()) + 1) as i16;
        let day = 1 + random.index(365) as i32;
        let start = Date::new(year, 1, 1).unwrap_or_default().saturating_add((day - 1).days()).at(0, 0, 0, 0);
        let cadence = calibration.time.cadence_s.max(1.0);
        let steps = random.index((86_400.0 / cadence) as usize) as f64;
        let start = start.saturating_add(SignedDuration::from_secs_f64((steps * cadence).round()));
        if layout.is_none_or(|layout| !layout.known_station) || !stations_at(calibration, layout, start).is_empty() {
            return start;
        }
    }
    Date::new(first, 1, 1).unwrap_or_default().at(0, 0, 0, 0)
}

fn hours(count: f64) -> SignedDuration {
    SignedDuration::from_secs_f64((count * 3600.0).round())
}

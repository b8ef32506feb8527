//! A roll: one station, one caption layout, frame after frame.

use super::echo::{Echo, Receiver, echoes};
use super::geometry::{Axes, Format};
use super::interference::{Carrier, Interference, interference, stations};
use super::label::{Label, stations_at};
use super::look::{Look, Style};
use super::random::Random;
use super::sky::{Place, Sky, Weather};
use super::sun::dipole_gyro_mhz;
use super::wear::{Film, Level, Wear, expose};
use super::world::{random_receiver, random_sky};
use super::{SimulateConfig, SimulateError, World, draw_echo, draw_noise, panel};
use crate::model::{Calibration, CaptionLayout, Echo as Tone, Sounder, Station};
use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, ToSpan};

/// Parts of the random sequence.
const ROLL: u64 = 1;
const WEATHER: u64 = 2;
const RECEIVER: u64 = 4;
const LOOK: u64 = 5;
const ECHOES: u64 = 1 << 40;
const WORLD: u64 = 1 << 41;
const FIRST_FRAME: u64 = 1000;

/// A roll before its frames are drawn.
pub(super) struct Roll<'a> {
    calibration: &'a Calibration,
    config: &'a SimulateConfig,
    pub(super) layout: Option<&'a CaptionLayout>,
    pub(super) station: Option<(&'a Station, u32)>,
    format: Format,
    wear: Wear,
    /// How everything is drawn, if not as the calibration's instrument draws it.
    style: Option<Style>,
    band_mhz: [f64; 2],
    /// Stations that disturb the roll.
    carriers: Vec<Carrier>,
    skies: Vec<Moment>,
}

/// One frame's time and ionosphere.
struct Moment {
    place: Place,
    sky: Sky,
    receiver: Receiver,
    time_utc: DateTime,
    /// The transmitter is off.
    is_silent: bool,
}

/// A frame as it was drawn, with everything that is true of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct FilmFrame {
    pub(super) picture: Film,
    pub(super) label: Option<Label>,
    pub(super) time_utc: DateTime,
    /// Where it was exposed: in the wider world each frame elsewhere.
    pub(super) place: Place,
    pub(super) sky: Sky,
    pub(super) axes: Axes,
    pub(super) echoes: Vec<Echo>,
    pub(super) interference: Interference,
    /// The transmitter was off: no echoes.
    pub(super) is_silent: bool,
    /// Weakest echo that the film shows.
    pub(super) faintest: f64,
    /// Height that the film reaches, km.
    pub(super) reach_km: f64,
}

impl FilmFrame {
    /// A station hides any echo of this frequency.
    pub(super) fn is_disturbed(&self, mhz: f64) -> bool {
        self.interference.hides(mhz)
    }
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
            sunspots: config.sunspots.unwrap_or_else(|| sunspots(start)),
        };
        let mut weather = Weather::new(Random::part(config.seed, WEATHER));
        let cadence_s = if calibration.time.cadence_s > 0.0 { calibration.time.cadence_s } else { 900.0 };
        let life_hours = if sounder_km > 0.0 { 0.2 } else { 4.0 };
        let mut looks = Random::part(config.seed, LOOK);
        let (style, wear) = match config.look {
            Look::Instrument => (None, Wear::of(config.level)),
            Look::Wide => {
                let style = Style::random(calibration, &mut looks);
                let wear = style.fit_wear(Wear::random(&mut looks));
                (Some(style), wear)
            }
        };
        let mut events = Random::part(config.seed, RECEIVER);
        let band_mhz = [calibration.sweep.start_mhz, calibration.sweep.stop_mhz];
        let receiver = Receiver {
            power_db: 44.0 + 2.5 * events.normal(),
            x_db: 2.0 + 2.0 * events.normal(),
            o_db: 0.0,
            antenna_mhz: events.between(1.2, 2.2),
            band_mhz,
            reach_km: calibration.height.stop_km,
            faintest: wear.faintest,
        };
        let mut carriers = stations(&wear, band_mhz, &mut events);
        let mut skies = Vec::new();
        let mut elapsed_s = 0.0f64;
        for i in 0..config.frames {
            if i > 0 {
                // Film runs out, the power fails: some frames were never taken.
                let steps = if events.chance(wear.gaps) { 2 + events.index(12) } else { 1 } as f64;
                elapsed_s += steps * cadence_s;
                weather.pass(steps * cadence_s / 3600.0, life_hours);
            }
            let time_utc = start.saturating_add(SignedDuration::from_secs_f64(elapsed_s.round()));
            let clock = f64::from(time_utc.hour())
                + f64::from(time_utc.minute()) / 60.0
                + f64::from(time_utc.second()) / 3600.0;
            let day = f64::from(time_utc.date().day_of_year()) + clock / 24.0;
            let is_silent = events.chance(wear.silent);
            if config.world == World::Wide && calibration.sounder == Sounder::Bottomside {
                let mut random = Random::part(config.seed, WORLD + u64::from(i));
                let (place, sky) = random_sky(&mut random, None);
                let receiver = random_receiver(&mut random, &receiver);
                skies.push(Moment { place, sky, receiver, time_utc, is_silent });
            } else {
                skies.push(Moment { place, sky: weather.sky(&place, day), receiver, time_utc, is_silent });
            }
        }
        let mut format = Format::new(calibration, layout, config.scale, &mut random);
        if let Some(style) = &style {
            style.fit(&mut format, calibration.film.bare_panel);
            style.widen(&mut carriers, &mut looks);
        }
        Ok(Self { calibration, config, layout, station, format, wear, style, band_mhz, carriers, skies })
    }

    /// Lowest and highest frequency of the sweep, MHz.
    pub(super) fn band_mhz(&self) -> [f64; 2] {
        self.band_mhz
    }

    /// Condition of the film.
    pub(super) fn level(&self) -> Level {
        self.config.level
    }

    /// Instrument.
    pub(super) fn instrument(&self) -> &str {
        &self.calibration.id
    }

    /// Draws one frame; the same picture whatever other frames are drawn.
    pub(super) fn frame(&self, index: usize) -> FilmFrame {
        let mut random = Random::part(self.config.seed, FIRST_FRAME + index as u64);
        let Moment { place, sky, receiver, time_utc, is_silent } = &self.skies[index];
        let calibration = self.calibration;
        let bilevel = calibration.film.bilevel;
        let skew = if bilevel { 0.0 } else { self.wear.skew_deg * random.normal().clamp(-1.0, 1.0) };
        let axes = self.format.axes(calibration, skew, &mut random);
        let mut scatter = Random::part(self.config.seed, ECHOES + index as u64);
        let echoes = if *is_silent {
            Vec::new()
        } else {
            echoes(sky, calibration.sounder, &self.sweep_mhz(&axes), receiver, &mut scatter)
        };
        let interference = interference(&self.carriers, sky.sun, &self.wear, &mut random);
        let mut canvas = match &self.style {
            Some(style) => {
                let received = (echoes.as_slice(), &interference);
                style.draw(calibration, &self.format, &axes, received, &self.wear, &mut random)
            }
            None => {
                let mut canvas = panel::blank_frame(calibration, &self.format, &axes, &mut random);
                draw_noise::draw_noise(&mut canvas, &self.format, &axes, &interference, &self.wear, &mut random);
                if calibration.sounder == Sounder::Topside && !is_silent {
                    panel::draw_resonances(&mut canvas, &self.format, &axes, &resonances(sky), &mut random);
                }
                draw_echo::draw_echoes(&mut canvas, &self.format, &axes, &echoes, &self.wear, &mut random);
                panel::draw_grid(&mut canvas, calibration, &self.format, &axes, &self.wear, &mut random);
                canvas
            }
        };
        let label = self.layout.map(|layout| {
            let printed = time_utc.saturating_add(hours(calibration.time.offset_hours));
            Label::new(layout, printed, self.station.map_or(1, |(_, code)| code))
        });
        if let (Some(label), Some(layout)) = (&label, self.layout) {
            label.draw(&mut canvas, calibration, layout, self.format.panel);
        }
        let mut picture = if bilevel {
            Film::from_fn(canvas.width as u32, canvas.height as u32, |x, y| {
                let light = canvas.light[y as usize * canvas.width + x as usize];
                image::Luma([if light < 0.6 { 0 } else { u16::MAX }])
            })
        } else {
            match &self.style {
                Some(style) => style.develop(canvas, &axes, &self.wear, &mut random),
                None => expose(canvas, &axes.placement, &self.wear, &mut random),
            }
        };
        if (calibration.film.echo == Tone::Light) != self.config.inverted {
            picture.iter_mut().for_each(|pixel| *pixel = u16::MAX - *pixel);
        }
        FilmFrame {
            picture,
            label,
            time_utc: *time_utc,
            place: *place,
            sky: sky.clone(),
            axes,
            echoes,
            interference,
            is_silent: *is_silent,
            faintest: self.wear.faintest,
            reach_km: calibration.height.stop_km,
        }
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
    let (sounding, km) = (&sky.sounding, sky.sounding.sounder_km());
    let (plasma, gyro) = (sounding.plasma_mhz(km), sounding.gyro_at(km));
    let mut all = vec![plasma, plasma.hypot(gyro)];
    all.extend((1..6).map(|harmonic| f64::from(harmonic) * gyro));
    all
}

/// Smoothed sunspot number of a date: cycles of 10.9 years with a maximum at the end of 1957.
fn sunspots(start: DateTime) -> f64 {
    let year = f64::from(start.year()) + f64::from(start.date().day_of_year()) / 365.25;
    8.0 + 70.0 * (1.0 + (std::f64::consts::TAU * (year - 1957.9) / 10.9).cos())
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

//! The ionosphere from frame to frame: a daily course with weather on it.

use super::random::Random;
use super::sun::{field_sin2, season, zenith_cosine};
use crate::model::{Mode, Sounder};
use crate::physics::{Epstein, Sounding, fit_peaks};

/// Where and when a roll was exposed, and what its sounder is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Place {
    pub(super) sounder: Sounder,
    pub(super) latitude: f64,
    pub(super) longitude: f64,
    /// Gyrofrequency at 300 km, MHz.
    pub(super) gyro_mhz: f64,
    /// Height of the sounder, km.
    pub(super) sounder_km: f64,
    /// Smoothed sunspot number.
    pub(super) sunspots: f64,
}

/// The ionosphere of one frame.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sky {
    pub(super) sounding: Sounding,
    /// Peak of the normal E layer: km and MHz.
    pub(super) e: (f64, f64),
    /// Critical frequency of F1 and whether its cusp is definite; `None` if the trace shows none.
    pub(super) f1: Option<Ledge>,
    /// Peak of F2 (of the F layer at night): km and MHz.
    pub(super) f2: (f64, f64),
    pub(super) sporadic: Option<Sporadic>,
    pub(super) spread: Option<Spread>,
    /// Absorption in the D region: dB at 1 MHz effective frequency.
    pub(super) absorption_db: f64,
    /// Cosine of the sun's zenith angle.
    pub(super) sun: f64,
    /// Square of the sine of the angle between the field and the vertical.
    pub(super) sin2: f64,
    pub(super) traits: Traits,
}

impl Sky {
    /// Plasma frequency that a wave must exceed to come through the E layer and what stands above it, MHz.
    pub(super) fn e_top_mhz(&self) -> f64 {
        self.traits.e2.map_or(self.e.1, |e2| e2.1.max(self.e.1))
    }
}

/// How the traces of one frame look beyond what the density profile makes of them. The default is the climate's.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Traits {
    /// Drawn by [`super::world`]: delays are tabulated, and the truth gives reasons that the climate never has.
    pub(super) is_wide: bool,
    /// Peak of an intermediate layer between E and F (E2): km and MHz.
    pub(super) e2: Option<(f64, f64)>,
    /// How much weaker Z is than O, dB; `None` if no wave couples into Z.
    pub(super) z_db: Option<f64>,
    /// Reflections between layer and ground that are followed.
    pub(super) hops: u8,
    /// Slope at which a pulse is drawn out to twice its length, km for each MHz: a small one makes cusps fade early.
    pub(super) dispersion_km_mhz: f64,
    /// Share of foF2 by which the F trace ends before its cusp.
    pub(super) cut_share: f64,
    /// Share of the field's part along the path that weakens X against O in the D region: 1 by theory.
    pub(super) x_share: f64,
    pub(super) lacuna: Option<Lacuna>,
    pub(super) satellites: Vec<Satellite>,
}

impl Traits {
    /// Those of the climate at a place: Z only where the field stands nearly upright.
    fn climate(sin2: f64) -> Self {
        Self {
            is_wide: false,
            e2: None,
            z_db: (sin2 <= 0.05).then_some(16.0),
            hops: 4,
            dispersion_km_mhz: 700.0,
            cut_share: 0.0,
            x_share: 1.0,
            lacuna: None,
            satellites: Vec::new(),
        }
    }
}

/// A stretch of the F trace that is missing though nothing blankets it (URSI Handbook, letter Y).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Lacuna {
    /// Plasma frequencies between which echoes fail, MHz.
    pub(super) mhz: [f64; 2],
    /// What is lost there, dB.
    pub(super) loss_db: f64,
}

impl Lacuna {
    /// Echoes from plasma of this frequency fail.
    pub(super) fn covers(&self, mhz: f64) -> bool {
        mhz >= self.mhz[0] && mhz <= self.mhz[1]
    }
}

/// A second F trace beside the main one: an oblique echo from a tilted or rippled layer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Satellite {
    /// Excess of its critical frequency over the main trace's, as a share.
    pub(super) share: f64,
    /// How its frequencies part from the main trace's: 0 shifts all alike, 4 forks near the cusp only.
    pub(super) fork: f64,
    /// Extra range, km.
    pub(super) range_km: f64,
    /// Strength against the main trace, 0 to 1.
    pub(super) strength: f64,
}

/// Where F1 turns into F2.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Ledge {
    pub(super) km: f64,
    pub(super) mhz: f64,
    /// The density has a maximum there, or the trace a maximum of its height: a cusp that can be read.
    pub(super) is_cusp: bool,
}

/// A sheet of sporadic E.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sporadic {
    /// Top O frequency, MHz.
    pub(super) fo_mhz: f64,
    /// Blanketing frequency, MHz.
    pub(super) blanket_mhz: f64,
    /// Real height, km.
    pub(super) km: f64,
    /// Letter of its type (URSI Handbook): f at night, l below the E layer, c and h above it; from the wider world also q, r, a, s.
    pub(super) kind: char,
    /// Loss at the top frequency against that at the blanketing frequency, dB.
    pub(super) fade_db: f64,
    /// Loss of X beyond the receiver's, dB.
    pub(super) x_db: f64,
    /// Half thickness that retards the trace towards its own top frequency, as type r shows, km; 0 for a thin layer.
    pub(super) half_km: f64,
    /// Range over which diffuse echoes follow the trace, as types q and a show, km.
    pub(super) diffuse_km: f64,
    /// Climb of an oblique trace that leaves the layer's (type s), km for each MHz; 0 for none.
    pub(super) slant_km_mhz: f64,
    /// Holes along frequency: their depth, dB, and the phase of their pattern, in turns.
    pub(super) holes: [f64; 2],
}

impl Sporadic {
    /// A thin and even layer.
    pub(super) fn thin(fo_mhz: f64, blanket_mhz: f64, km: f64, kind: char) -> Self {
        Self {
            fo_mhz,
            blanket_mhz,
            km,
            kind,
            fade_db: 15.0,
            x_db: 0.0,
            half_km: 0.0,
            diffuse_km: 0.0,
            slant_km_mhz: 0.0,
            holes: [0.0; 2],
        }
    }
}

/// Spread F.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Spread {
    /// Extra range of the farthest scatter, km.
    pub(super) range_km: f64,
    /// Largest excess over the critical frequency, as a share of it.
    pub(super) share: f64,
    /// Number of scattered copies, and their least and greatest strength against the trace.
    pub(super) copies: usize,
    pub(super) strength: [f64; 2],
}

/// Slow random deviations, each near standard normal, that remember the frame before.
#[derive(Debug, Clone)]
pub(super) struct Weather {
    random: Random,
    memory: [f64; 11],
}

impl Weather {
    pub(super) fn new(mut random: Random) -> Self {
        let memory = [(); 11].map(|()| random.normal());
        Self { random, memory }
    }

    /// Lets `hours` pass for the weather that lives about `life_hours`.
    pub(super) fn pass(&mut self, hours: f64, life_hours: f64) {
        let keep = (-hours / life_hours).exp();
        for value in &mut self.memory {
            *value = keep * *value + (1.0 - keep * keep).sqrt() * self.random.normal();
        }
    }

    /// The ionosphere over a place; `day` counts from the start of the year, with its fraction in UTC.
    pub(super) fn sky(&self, place: &Place, day: f64) -> Sky {
        let [peak, height, thickness, absorption, sheet, satellite, ledge, spread, clear, kind, valley] = self.memory;
        let sun = zenith_cosine(place, day);
        let (season, spots) = (season(place, day), place.sunspots);
        let high = ((place.latitude.abs() - 40.0) / 40.0).clamp(0.0, 1.0);
        // foE and foF1 follow the sun (Davies, Ionospheric Radio, 1990, chapter 5); the E layer's night floor is far below the band.
        let lit = sun.max(0.0);
        let fo_e = (0.9 * ((180.0 + 1.44 * spots) * lit).powf(0.25)).max(0.55);
        let fo_f1 = (4.3 + 0.01 * spots) * lit.max(0.02).powf(0.2);
        // F2 lags behind the sun and never quite vanishes; it is densest by day in winter and by night in summer.
        let lagged = (zenith_cosine(place, day - 1.5 / 24.0) + 0.3).max(0.0) / 1.3;
        let noon = (6.2 + 0.036 * spots) * (1.0 - 0.18 * season) * (1.0 - 0.12 * high);
        let night = (3.0 + 0.018 * spots) * (1.0 + 0.2 * season) * (1.0 - 0.2 * high);
        let fo_f2 = (night + (noon - night).max(0.3) * lagged.powf(0.6)) * (0.09 * peak).exp();
        // By day the peak is lower, more so in winter.
        let peak_km = 300.0 + 0.24 * spots.min(150.0) - (62.0 - 18.0 * season) * lit.sqrt() + 14.0 * height;
        let below_km = (27.0 + 3.0 * thickness + 7.0 * lit.sqrt() + 2.0 * season).clamp(19.0, 0.32 * (peak_km - 105.0));
        let mut layers = vec![
            Epstein {
                peak_mhz2: 0.0,
                peak_km,
                below_km,
                above_km: 78.0 + 6.0 * thickness,
                above_growth: 0.18 + 0.02 * satellite,
            },
            Epstein {
                peak_mhz2: 0.0,
                peak_km: 110.0 + 2.0 * height - 4.0 * lit,
                below_km: 5.5 + 0.5 * thickness.clamp(-2.0, 2.0),
                above_km: 9.0 + valley.clamp(-2.0, 2.0),
                above_growth: 0.0,
            },
        ];
        let mut targets = vec![fo_f2, fo_e];
        // F1 shows in summer and when the sun is quiet; the sharper it falls above its peak the more it stands out.
        let distinct = (0.8 * season - 0.008 * (spots - 80.0) + 0.6 * ledge + 2.5 * (sun - 0.35)).clamp(-1.5, 1.5);
        let middle = (186.0 + 4.0 * height - 10.0 * lit).min(peak_km - 45.0);
        if sun > 0.15 && distinct > -1.0 && fo_f1 < 0.9 * fo_f2 && fo_f1 > 1.15 * fo_e {
            layers.push(Epstein {
                peak_mhz2: 0.0,
                peak_km: middle,
                below_km: 16.0 + thickness.clamp(-2.0, 2.0),
                above_km: 19.0 - 6.0 * distinct,
                above_growth: 0.0,
            });
            targets.push(fo_f1);
        }
        fit_peaks(&mut layers, &targets);
        let sin2 = field_sin2(place.latitude);
        let density = |km: f64| layers.iter().map(|layer| layer.plasma_mhz2(km)).sum();
        let sounding = Sounding::new(density, 700.0, place.gyro_mhz, sin2, place.sounder_km);
        let f2 = sounding.maxima().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((peak_km, fo_f2));
        let e = sounding.maxima().find(|(km, _)| *km < 135.0).unwrap_or((layers[1].peak_km, fo_e));
        let f1 = (place.sounder == Sounder::Bottomside && layers.len() > 2)
            .then(|| ledge_of(&sounding, e, f2, 3.0))
            .flatten();
        let storm = if absorption > 2.1 && high > 0.3 { 4.0 } else { 1.0 };
        Sky {
            e,
            f1,
            f2,
            sporadic: sheet_of(season, sun, e, [sheet, height, clear, kind]),
            spread: spread_of(spread + 0.5 * high, sun, thickness),
            absorption_db: storm * (8.0 + 150.0 * lit.powf(0.75) * (1.0 + 0.0037 * spots)) * (0.22 * absorption).exp(),
            sun,
            sin2,
            traits: Traits::climate(sin2),
            sounding,
        }
    }
}

/// The F1 cusp or ledge of a profile: a maximum of the density between E and F2, else a maximum of the O trace's height, else its
/// steepest rise before it flattens, which no operator would read. A maximum of the height counts from a prominence on, km.
pub(super) fn ledge_of(sounding: &Sounding, e: (f64, f64), f2: (f64, f64), prominence_km: f64) -> Option<Ledge> {
    if let Some((km, mhz)) = sounding.maxima().find(|&(km, mhz)| km > e.0 + 15.0 && km < f2.0 - 5.0 && mhz > e.1) {
        return Some(Ledge { km, mhz, is_cusp: true });
    }
    const STEP_MHZ: f64 = 0.02;
    let start = e.1 * 1.12 + 0.1;
    let count = ((f2.1 * 0.95 - start) / STEP_MHZ).max(0.0) as usize;
    let trace: Vec<(f64, f64)> = (0..count)
        .map(|i| start + i as f64 * STEP_MHZ)
        .filter_map(|mhz| Some((mhz, sounding.echo(mhz, Mode::O)?.km)))
        .collect();
    let lowest = trace.iter().map(|point| point.1).fold(f64::INFINITY, f64::min);
    let km = |mhz: f64| sounding.reflection_km(mhz, Mode::O).unwrap_or(f2.0);
    // A bump that sinks again by more than a reading unit after it is a cusp, if a rounded one.
    let mut crest: Option<(f64, f64)> = None;
    for &(mhz, height) in &trace {
        match crest {
            Some(top)
                if height < top.1 - prominence_km && top.1 > lowest + 6.0 && top.0 > trace[0].0 + 3.0 * STEP_MHZ =>
            {
                return Some(Ledge { km: km(top.0), mhz: top.0, is_cusp: true });
            }
            Some(top) if height <= top.1 => {}
            _ => crest = Some((mhz, height)),
        }
    }
    // Steepest place that is followed by a clearly flatter one.
    let slopes: Vec<(f64, f64)> =
        trace.windows(2).map(|pair| (pair[0].0, (pair[1].1 - pair[0].1) / STEP_MHZ)).collect();
    (1..slopes.len().saturating_sub(1))
        .filter(|&i| slopes[i].1 > slopes[i - 1].1 && slopes[i].1 >= slopes[i + 1].1 && slopes[i].1 > 15.0)
        .find(|&i| slopes[i..].iter().any(|slope| slope.1 < 0.6 * slopes[i].1))
        .map(|i| Ledge { km: km(slopes[i].0), mhz: slopes[i].0, is_cusp: false })
}

/// Sporadic E of mid latitudes: mostly in summer and by day.
fn sheet_of(season: f64, sun: f64, e: (f64, f64), [sheet, height, clear, kind]: [f64; 4]) -> Option<Sporadic> {
    let excess = sheet + 0.45 * season + if sun > 0.0 { 0.25 } else { 0.0 } - 0.9;
    if excess <= 0.0 {
        return None;
    }
    let strong = 1.0 - 1.0 / (1.0 + 0.8 * excess);
    let is_day = sun > 0.06;
    let fo_mhz = 2.0 + 6.0 * strong + if is_day { 0.75 * e.1 } else { 0.0 };
    let share = (0.62 + 0.2 * clear + 0.25 * strong).clamp(0.2, 0.97);
    let (letter, km) = match is_day {
        false => ('f', 104.0 + 4.0 * height + 2.0 * kind),
        true if kind < -0.3 => ('l', e.0 - 9.0 + 1.5 * height),
        true if kind < 0.9 => ('c', e.0 + 4.0 + 1.0 * height.abs()),
        true => ('h', e.0 + 16.0 + 4.0 * height.abs()),
    };
    // A sheet above the E layer shows only where its frequency penetrates that.
    let shows = !matches!(letter, 'c' | 'h') || fo_mhz > e.1 + 0.25;
    shows.then(|| Sporadic::thin(fo_mhz, (fo_mhz * share).max(1.0), km, letter))
}

/// Spread F: by night.
fn spread_of(spread: f64, sun: f64, thickness: f64) -> Option<Spread> {
    let excess = spread - 1.25;
    (excess > 0.0 && sun < -0.05).then(|| Spread {
        range_km: (14.0 + 55.0 * excess) * (1.0 - 0.35 * thickness.clamp(-1.0, 1.0)),
        share: (0.015 + 0.08 * excess) * (1.0 + 0.5 * thickness.clamp(-1.0, 1.0)),
        copies: 14,
        strength: [0.35, 0.75],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place = Place {
        sounder: Sounder::Bottomside,
        latitude: 40.0,
        longitude: 0.0,
        gyro_mhz: 1.3,
        sounder_km: 0.0,
        sunspots: 60.0,
    };

    #[test]
    fn layers_come_with_the_sun_and_keep_their_order() {
        let mut cusps = 0;
        for hour in (0..24).step_by(3) {
            for seed in 0..10 {
                let sky = Weather::new(Random::new(seed)).sky(&PLACE, 172.0 + f64::from(hour) / 24.0);
                assert!(sky.f2.1 > 2.0 && sky.f2.1 < 14.0 && sky.e.1 < sky.f2.1);
                assert!(sky.f1.is_none_or(|f1| f1.mhz > sky.e.1 && f1.mhz < sky.f2.1 && f1.km > sky.e.0));
                if hour == 12 {
                    assert!(sky.e.1 > 3.0);
                    cusps += usize::from(sky.f1.is_some_and(|f1| f1.is_cusp));
                }
                if hour == 0 {
                    assert!(sky.e.1 < 1.0 && sky.f1.is_none());
                }
            }
        }
        assert!((3..=10).contains(&cusps), "in summer F1 usually shows: {cusps} of 10");
    }

    #[test]
    fn the_sun_makes_the_layers_denser_over_its_cycle() {
        let sky = |sunspots| Weather::new(Random::new(4)).sky(&Place { sunspots, ..PLACE }, 80.5);
        let (quiet, active) = (sky(10.0), sky(160.0));
        assert!(active.f2.1 > 1.4 * quiet.f2.1 && active.e.1 > 1.1 * quiet.e.1 && active.f2.0 > quiet.f2.0 + 15.0);
    }

    #[test]
    fn neighbouring_frames_resemble_each_other() {
        let mut weather = Weather::new(Random::new(5));
        let mut before = weather.sky(&PLACE, 100.0).f2.1;
        for i in 1..96 {
            weather.pass(0.25, 4.0);
            let now = weather.sky(&PLACE, 100.0 + f64::from(i) / 96.0).f2.1;
            assert!((now / before - 1.0).abs() < 0.25);
            before = now;
        }
    }
}

//! What reaches the receiver beside echoes: broadcasting stations in their bands, night hiss, atmospherics.

use super::random::Random;
use super::wear::Wear;

/// Broadcasting bands of the world (ITU Radio Regulations): lower and upper limit in MHz, and how crowded they are.
const BROADCASTING: [(f64, f64, f64); 10] = [
    (0.55, 1.6, 1.0),
    (3.9, 4.0, 0.5),
    (5.9, 6.2, 1.0),
    (7.1, 7.3, 1.0),
    (9.5, 9.9, 1.0),
    (11.65, 12.05, 0.9),
    (15.1, 15.6, 0.8),
    (17.55, 17.9, 0.6),
    (21.45, 21.85, 0.4),
    (25.67, 26.1, 0.1),
];

/// A carrier that darkens its columns.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Carrier {
    pub(super) mhz: f64,
    /// Half its width, MHz.
    pub(super) half_mhz: f64,
    /// Darkness, 0 to 1.
    pub(super) level: f64,
}

/// Noise over one sweep.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Interference {
    pub(super) carriers: Vec<Carrier>,
    /// Frequencies of lightning crashes, each of which darkens a column or two from some delay on.
    pub(super) crashes: Vec<f64>,
    /// Growth of noise at low frequencies by night, 0 to 1.
    pub(super) hiss: f64,
}

/// The stations on the air during a roll: those that a seed gives.
pub(super) fn stations(wear: &Wear, band_mhz: [f64; 2], random: &mut Random) -> Vec<Carrier> {
    (0..wear.interference)
        .map(|_| {
            let (low, high, crowd) = BROADCASTING[random.index(BROADCASTING.len())];
            let is_band = random.chance(0.75 * crowd);
            let mhz = if is_band {
                random.between(low, high)
            } else {
                // Telegraphy and the like, anywhere: evenly by the logarithm.
                (random.between(band_mhz[0].max(0.5).ln(), band_mhz[1].ln())).exp()
            };
            let level = random.between(0.1, 0.55) + if is_band { 0.25 } else { 0.0 };
            Carrier { mhz, half_mhz: random.between(0.002, 0.012) * if random.chance(0.12) { 3.0 } else { 1.0 }, level }
        })
        .collect()
}

/// What of it one frame catches. By night the low bands come in from afar, the high ones fall silent.
pub(super) fn interference(stations: &[Carrier], sun: f64, wear: &Wear, random: &mut Random) -> Interference {
    let night = (0.2 - 2.0 * sun).clamp(0.0, 1.0);
    let carriers = stations
        .iter()
        .filter_map(|station| {
            let propagates =
                if station.mhz < 5.0 { 0.25 + 0.75 * night } else { 1.0 - 0.6 * night * (station.mhz / 26.0) };
            let level = station.level * propagates * random.between(0.7, 1.2);
            // Stations come and go.
            (random.chance(0.85) && level > 0.05).then_some(Carrier { level, ..*station })
        })
        .collect();
    let crashes = (random.share() * 2.0 * f64::from(wear.interference) * 0.25) as usize;
    let crashes = (0..crashes).map(|_| (random.between(0.5f64.ln(), 20.0f64.ln())).exp()).collect();
    Interference { carriers, crashes, hiss: night }
}

impl Interference {
    /// No echo shows at a frequency.
    pub(super) fn hides(&self, mhz: f64) -> bool {
        self.carriers.iter().any(|carrier| carrier.level > 0.7 && (mhz - carrier.mhz).abs() < carrier.half_mhz)
    }
}

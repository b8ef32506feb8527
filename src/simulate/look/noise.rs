//! Noise, stations, impulses and the transmitter itself in the cells.

use super::super::interference::{Carrier, Interference};
use super::super::random::Random;
use super::super::wear::Wear;
use super::style::Style;
use super::video::Video;

/// A cheap generator for each cell: xorshift of 32 bits (Marsaglia, J. Stat. Softw. 8, 2003).
pub(super) struct Cheap(u32);

impl Cheap {
    pub(super) fn new(random: &mut Random) -> Self {
        Self(random.bits() as u32 | 1)
    }

    /// Evenly from 0 up to 1, never 0.
    pub(super) fn share(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        ((self.0 >> 8) as f32 + 0.5) / (1 << 24) as f32
    }
}

/// How loud the noise is in each column, 0 to 1: louder by night at the low end, in broad swells, and around stations.
pub(super) fn loudness(video: &Video, interference: &Interference, random: &mut Random) -> Vec<f64> {
    let (first, last) = (video.mhz[0], video.mhz[video.mhz.len() - 1]);
    let floor = random.between(0.05, 0.5);
    let low_end = random.share() * interference.hiss + random.between(0.0, 0.4);
    let mut swells: Vec<[f64; 3]> = (0..random.index(7))
        .map(|_| [random.between(first, last), (last - first) * random.between(0.01, 0.15), random.between(0.05, 0.8)])
        .collect();
    let around = random.between(0.0, 0.03) * (last - first);
    let near = interference.carriers.iter().map(|carrier| [carrier.mhz, 1e-3 + around * random.share(), carrier.level]);
    swells.extend(near);
    let jump = random.between(0.0, 0.4);
    video
        .mhz
        .iter()
        .map(|&mhz| {
            let place = (mhz - first) / (last - first);
            let sum: f64 = swells
                .iter()
                .filter(|[at, reach, _]| (mhz - at).abs() < 2.0 * reach)
                .map(|[at, reach, level]| level * (1.0 - ((mhz - at) / (2.0 * reach)).powi(2)))
                .sum();
            ((floor + low_end * (1.0 - place / 0.35).max(0.0) + sum) * (1.0 + jump * random.normal())).clamp(0.0, 1.0)
        })
        .collect()
}

/// Adds noise to a column of a loudness.
pub(super) fn hiss(cells: &mut [f32], style: &Style, wear: &Wear, (loud, spike): (f64, usize), cheap: &mut Cheap) {
    let covered = (3.0 * wear.speckle * style.noise * loud).min(0.45);
    if covered < 1e-5 {
        return;
    }
    // Strength falls off so that this share of the cells passes the threshold.
    let scale = style.knee / -(covered as f32).ln();
    let mut next = 0;
    let mut value = 0.0;
    for (i, cell) in cells.iter_mut().enumerate() {
        if i >= next {
            value = -scale * cheap.share().ln();
            next = i + if spike > 1 {
                (spike as f32 * (0.1 + 1.5 * cheap.share() * cheap.share())) as usize + 1
            } else {
                1
            };
        }
        *cell = cell.max(value);
    }
}

/// Adds the stations.
pub(super) fn stations(video: &mut Video, style: &Style, carriers: &[Carrier], random: &mut Random) {
    let (rows, mut cheap) = (video.rows, Cheap::new(random));
    for carrier in carriers {
        let first = video.mhz.partition_point(|&mhz| mhz < carrier.mhz - carrier.half_mhz);
        let end = video.mhz.partition_point(|&mhz| mhz <= carrier.mhz + carrier.half_mhz);
        let end = end.max(first + 1).min(video.mhz.len());
        let (mut start, mut stop) = (0, rows);
        if random.chance(style.part) {
            start = (rows as f64 * random.between(0.0, 0.7)) as usize;
            stop = start + ((rows - start) as f64 * random.between(0.1, 1.0)) as usize;
        }
        let is_comb = random.chance(style.combs);
        let period = video.cells(random.between(6.0, 90.0)).max(2) as f32;
        let (duty, lean) = (random.between(0.15, 0.7) as f32, random.between(-0.5, 0.5) as f32);
        let (spike, uneven) = (video.cells(style.spike_km), random.between(0.0, 1.2) as f32);
        for column in first..end {
            let level = carrier.level as f32 * (0.6 + 0.5 * cheap.share());
            let cells = &mut video.strength[column * rows..][..rows];
            let (mut next, mut value) = (0, level);
            for (i, cell) in cells.iter_mut().enumerate().take(stop).skip(start) {
                if i >= next {
                    value = level * (1.0 + uneven * (cheap.share() - 0.6));
                    next = i + 1 + (spike as f32 * 1.5 * cheap.share()) as usize;
                }
                let phase = (i as f32 / period + lean * (column - first) as f32).rem_euclid(1.0);
                if !is_comb || phase < duty {
                    *cell = cell.max(value);
                }
            }
        }
    }
}

/// Adds lightning and other impulses: a column or two for a part of the height.
pub(super) fn impulses(video: &mut Video, style: &Style, interference: &Interference, random: &mut Random) {
    let rows = video.rows;
    let lightning = interference.crashes.iter().map(|&mhz| video.mhz.partition_point(|&at| at < mhz));
    let mut at: Vec<usize> = lightning.filter(|&column| column < video.mhz.len()).collect();
    let count = style.impulses * 0.01 * video.mhz.len() as f64;
    at.extend((0..count as usize).map(|_| random.index(video.mhz.len())));
    for column in at {
        let cells = &mut video.strength[column * rows..][..rows];
        let start = random.index(rows);
        let long = (rows as f64 * random.share().powi(3)) as usize + 2;
        let mut value = random.between(0.2, 0.9) as f32;
        let fall = if random.chance(0.5) { 0.97 } else { 1.0 };
        for cell in cells.iter_mut().skip(start).take(long) {
            *cell = cell.max(value * (0.4 + 0.8 * random.share() as f32));
            value *= fall;
        }
    }
}

/// Adds the transmitter's pulse with its ringing, and lines of one height.
pub(super) fn ground(video: &mut Video, style: &Style, random: &mut Random) {
    let rows = video.rows;
    let gate = |km: f64| ((km - video.low_km) / video.cell_km).max(0.0) as usize;
    let mut cheap = Cheap::new(random);
    if let Some((top_km, ring_km)) = style.ground_km {
        let (from, top) = (gate(0.0), gate(top_km));
        let ring = video.cells(ring_km);
        let broken = if random.chance(0.25) { random.between(0.1, 0.6) as f32 } else { 0.0 };
        let period = video.cells(random.between(4.0, 20.0)).max(2) as f32;
        let mut is_off = false;
        for cells in video.strength.chunks_mut(rows) {
            // A weak pulse comes and goes for some columns at a time.
            if cheap.share() < 0.2 {
                is_off = cheap.share() < broken;
            }
            let end = top + (ring as f32 * (0.2 + 1.2 * cheap.share() * cheap.share())) as usize;
            if is_off {
                continue;
            }
            for (i, cell) in cells.iter_mut().enumerate().take(end).skip(from) {
                let value = if i < top {
                    1.0
                } else {
                    let wave = 0.7 + 0.3 * (std::f32::consts::TAU * i as f32 / period).cos();
                    0.9 * wave * (1.0 - (i - top) as f32 / (end - top) as f32).max(0.0).sqrt()
                };
                *cell = cell.max(value * (0.75 + 0.25 * cheap.share()));
            }
        }
    }
    for &km in &style.traps_km {
        let (from, thick) = (gate(km), 1 + random.index(3));
        let level = random.between(0.2, 1.0) as f32;
        let broken = if random.chance(0.5) { 0.5 } else { 0.05 };
        for cells in video.strength.chunks_mut(rows) {
            if cheap.share() > broken {
                for cell in cells.iter_mut().skip(from).take(thick) {
                    *cell = cell.max(level * (0.7 + 0.3 * cheap.share()));
                }
            }
        }
    }
}

/// Adds other sounders that sweep past: lines that slant through a part of the panel.
pub(super) fn foreign(video: &mut Video, style: &Style, random: &mut Random) {
    let (rows, columns) = (video.rows, video.mhz.len());
    let lean = random.between(-1.0, 1.0) * 4.0 * rows as f64 / columns as f64;
    for _ in 0..style.foreign {
        let (start, at) = (random.index(columns), random.between(0.0, rows as f64));
        let long = (columns as f64 * random.between(0.05, 0.5)) as usize;
        let (level, thick) = (random.between(0.15, 0.7) as f32, 1 + random.index(3));
        for column in start..(start + long).min(columns) {
            let low = at + lean * (column - start) as f64;
            let end = low + lean.abs().max(thick as f64);
            if low < 0.0 || low >= rows as f64 || random.chance(0.15) {
                continue;
            }
            let cells = &mut video.strength[column * rows..][..rows];
            for cell in &mut cells[low as usize..(end as usize).min(rows)] {
                *cell = cell.max(level * (0.6 + 0.5 * random.share() as f32));
            }
        }
    }
}

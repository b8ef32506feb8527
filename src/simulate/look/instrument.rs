//! Instruments that never were, drawn as widely as real ones differ.

use super::super::random::Random;
use crate::model::{
    Calibration, Echo, Film, FrequencyMarker, HeightAxis, HeightDirection, MarkerStyle, Sounder, SweepAxis, SweepLaw,
    TimeBase,
};

/// A bottomside instrument with a sweep, heights, marks and a picture of any usual kind; without caption and stations.
pub(in super::super) fn random_instrument(random: &mut Random) -> Calibration {
    let bare = random.chance(0.4);
    let echo = if random.chance(0.5) { Echo::Dark } else { Echo::Light };
    let film = Film {
        echo,
        panel_aspect: [0.2, 4.0],
        frame_aspect: [0.2, 4.0],
        bare_panel: bare,
        perforations: !bare && random.chance(0.3),
        size_px: Some(size(bare, random)),
        bilevel: bare && random.chance(0.3),
    };
    Calibration {
        id: "invented".to_owned(),
        title: "Invented bottomside sounder".to_owned(),
        sources: Vec::new(),
        sounder: Sounder::Bottomside,
        film,
        sweep: sweep(random),
        sweep_variants: Vec::new(),
        height: heights(random),
        captions: Vec::new(),
        stations: Vec::new(),
        time: TimeBase { offset_hours: 0.0, cadence_s: [300.0, 600.0, 900.0, 1800.0, 3600.0][random.index(5)] },
    }
}

/// Width and height of the picture, px. A twentieth of bare pictures are as narrow as some digital sounders' are.
fn size(bare: bool, random: &mut Random) -> [u32; 2] {
    let (low, high): (f64, f64) = if random.chance(0.1) {
        (900.0, if bare { 1800.0 } else { 1600.0 })
    } else if bare {
        (250.0, 1000.0)
    } else {
        (480.0, 1100.0)
    };
    let width = random.between(low.ln(), high.ln()).exp();
    if bare && random.chance(0.06) {
        return [random.between(140.0, 320.0) as u32, random.between(250.0, 900.0) as u32];
    }
    let aspect = random.between(0.8f64.ln(), 3.5f64.ln()).exp();
    let height = (width / aspect).clamp(180.0, 1000.0);
    [(height * aspect).clamp(200.0, width) as u32, height as u32]
}

fn sweep(random: &mut Random) -> SweepAxis {
    let start_mhz = match random.index(4) {
        0 => [0.25, 0.5, 1.0, 1.0, 1.5, 1.6, 2.0][random.index(7)],
        _ => random.between(0.25f64.ln(), 2.0f64.ln()).exp(),
    };
    let stop_mhz = match random.index(4) {
        0 => [8.0, 10.0, 12.0, 15.0, 16.0, 20.0, 25.0, 30.0][random.index(8)],
        _ => random.between(8.0f64.ln(), 30.0f64.ln()).exp(),
    };
    let law = [SweepLaw::Logarithmic, SweepLaw::Linear, SweepLaw::Markers][random.index(20) / 8];
    let style = [MarkerStyle::Line, MarkerStyle::Tick, MarkerStyle::None][random.index(20) / 8];
    let mut all: Vec<f64> = match random.index(6) {
        0 => (-4..10).map(|i| 2f64.powf(f64::from(i) / 2.0)).collect(),
        1 => (-2..5).map(|i| 2f64.powi(i)).collect(),
        kind => {
            let step = [0.5, 1.0, 2.0, 5.0][kind - 2];
            (1..=60).map(|i| step * f64::from(i)).collect()
        }
    };
    all.retain(|mhz| (start_mhz..=stop_mhz).contains(mhz));
    if style == MarkerStyle::None && law != SweepLaw::Markers {
        all.clear();
    }
    // A sweep by marks is told by its ends too, and by not too few marks.
    if law == SweepLaw::Markers {
        if all.len() > 12 {
            all.retain(|mhz| mhz.fract() == 0.0);
        }
        all.retain(|mhz| *mhz > 1.1 * start_mhz && *mhz < 0.93 * stop_mhz);
        all.insert(0, start_mhz);
        all.push(stop_mhz);
    }
    // Between the logarithm and MHz, and bent once more.
    let power = random.between(0.05, 1.3);
    let bend = random.between(-0.12, 0.12);
    let place = |mhz: f64| {
        let share = (mhz.powf(power) - start_mhz.powf(power)) / (stop_mhz.powf(power) - start_mhz.powf(power));
        share + bend * (std::f64::consts::PI * share).sin() * share
    };
    let marks = all
        .into_iter()
        .map(|mhz| FrequencyMarker { mhz, position: (law == SweepLaw::Markers).then(|| place(mhz)), visibility: 1.0 })
        .collect();
    SweepAxis {
        law,
        start_mhz,
        stop_mhz,
        style,
        markers: marks,
        span: [random.between(0.8, 0.95), 1.0],
        position_sigma: if law == SweepLaw::Markers { 0.0015 } else { random.between(0.0, 0.004) },
        panel_edge_position: None,
    }
}

fn heights(random: &mut Random) -> HeightAxis {
    let start_km = match random.index(5) {
        0 => 0.0,
        1 => random.between(-60.0, 0.0),
        _ => random.between(0.0, 80.0),
    };
    let spacing_km: f64 = [0.0, 50.0, 100.0, 100.0, 200.0][random.index(5)];
    let style = match random.index(5) {
        _ if spacing_km == 0.0 => MarkerStyle::None,
        0 | 1 => MarkerStyle::Line,
        2 | 3 => MarkerStyle::Tick,
        _ => MarkerStyle::None,
    };
    HeightAxis {
        direction: HeightDirection::Up,
        start_km,
        stop_km: random.between(400f64.ln(), 1200f64.ln()).exp(),
        style,
        first_km: (start_km / spacing_km.max(1.0)).ceil().max(0.0) * spacing_km,
        spacing_km,
        strong_every: [0, 0, 2, 5][random.index(4)],
        zero_line: false,
        edge_km: None,
        spacing_share: [0.0, 0.0],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sweeps_rise_and_marks_lie_within_them() {
        for seed in 0..400 {
            let made = random_instrument(&mut Random::new(seed));
            let sweep = &made.sweep;
            assert!(sweep.start_mhz >= 0.25 && sweep.start_mhz <= 2.0 && sweep.stop_mhz >= 8.0);
            assert!(sweep.markers.windows(2).all(|pair| pair[0].mhz < pair[1].mhz), "{seed}");
            assert!(sweep.markers.iter().all(|mark| mark.mhz >= sweep.start_mhz && mark.mhz <= sweep.stop_mhz));
            let places: Vec<f64> = sweep.markers.iter().filter_map(|mark| mark.position).collect();
            assert!(places.windows(2).all(|pair| pair[0] < pair[1]), "{seed} {places:?}");
            let [width, height] = made.film.size_px.unwrap();
            assert!((140..=1800).contains(&width) && (180..=1000).contains(&height), "{width} x {height}");
            assert!(toml::to_string(&made).is_ok());
        }
    }
}

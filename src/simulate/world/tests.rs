//! Invariants of the wider world.

use super::*;
use crate::engine::shipped_calibration;
use crate::model::{CharacteristicName as Name, Mode, Sounder};
use crate::physics::x_of_o;
use crate::simulate::echo::{Echo, Kind, echoes};
use crate::simulate::reading::characteristics;
use crate::simulate::roll::Roll;
use crate::simulate::{Level, SimulateConfig, World};
use std::collections::BTreeSet;

const STRONG: Receiver = Receiver {
    power_db: 60.0,
    x_db: 0.0,
    o_db: 0.0,
    antenna_mhz: 0.8,
    band_mhz: [0.8, 22.0],
    reach_km: 1500.0,
    faintest: 0.2,
};

fn sweep() -> Vec<f64> {
    (0..500).map(|i| 0.8 * 27f64.powf(f64::from(i) / 500.0)).collect()
}

fn top(echoes: &[Echo], mode: Mode) -> Option<f64> {
    let traces = echoes.iter().filter(|echo| echo.kind == Kind::Trace && echo.hop == 1 && echo.mode == mode);
    traces.flat_map(|echo| &echo.points).map(|point| point.mhz).max_by(f64::total_cmp)
}

#[test]
fn every_family_keeps_its_layers_in_order_and_its_echoes_finite() {
    let sweep = sweep();
    let (mut kinds, mut dips) = (BTreeSet::new(), BTreeSet::new());
    for (number, family) in Family::ALL.into_iter().enumerate() {
        let (mut cusps, mut valleys) = (0, 0);
        for i in 0..300 {
            let mut random = Random::part(7, 1000 * number as u64 + i);
            let (place, sky) = random_sky(&mut random, Some(family));
            dips.insert((sky.sin2.sqrt().acos().to_degrees() / 10.0) as u32);
            kinds.extend(sky.sporadic.map(|es| es.kind));
            assert!((1.0..20.0).contains(&sky.f2.1) && (150.0..600.0).contains(&sky.f2.0), "{:?}", sky.f2);
            assert!(sky.e.1 <= sky.e_top_mhz() && sky.e_top_mhz() < sky.f2.1 && sky.e.0 < sky.f2.0);
            assert!(sky.f1.is_none_or(|f1| f1.mhz > sky.e.1 && f1.mhz < sky.f2.1 && f1.km < sky.f2.0));
            cusps += usize::from(sky.f1.is_some_and(|f1| f1.is_cusp));
            valleys += usize::from(sky.sounding.maxima().count() > 1);
            // Echoes of some are enough, they take time.
            if i % 6 > 0 {
                continue;
            }
            let all = echoes(&sky, Sounder::Bottomside, &sweep, &STRONG, &mut random);
            for point in all.iter().flat_map(|echo| &echo.points) {
                assert!(point.km.is_finite() && point.km > 50.0 && (0.0..=1.0).contains(&point.strength), "{point:?}");
            }
            let fx = x_of_o(sky.f2.1, sky.sounding.gyro_at(sky.f2.0));
            let es = sky.sporadic.map_or(0.0, |es| es.fo_mhz);
            assert!(top(&all, Mode::O).is_none_or(|o| o <= sky.f2.1.max(es)), "{:?} {sky:?}", place);
            assert!(top(&all, Mode::X).is_none_or(|x| x <= fx.max(x_of_o(es, 2.0))));
            if sky.sin2 > 0.6 {
                assert_eq!(top(&all, Mode::Z), None);
            }
        }
        assert!((20..200).contains(&cusps) && valleys > 60, "{family:?}: {cusps} cusps, {valleys} valleys");
    }
    assert_eq!(kinds.into_iter().collect::<String>(), "acfhlqrs");
    assert_eq!(dips.into_iter().collect::<Vec<_>>(), (0..9).collect::<Vec<_>>());
}

#[test]
fn tabulated_delays_are_those_computed_one_by_one() {
    let sweep = sweep();
    for i in 0..4 {
        let sky = random_sky(&mut Random::part(11, i), None).1;
        let slow = Sky { traits: Traits { is_wide: false, ..sky.traits.clone() }, ..sky.clone() };
        let traces = |sky: &Sky| -> Vec<Echo> {
            let all = echoes(sky, Sounder::Bottomside, &sweep, &STRONG, &mut Random::new(1));
            all.into_iter().filter(|echo| echo.kind == Kind::Trace && echo.hop == 1).collect()
        };
        let (fast, slow) = (traces(&sky), traces(&slow));
        assert_eq!(fast.len(), slow.len());
        for (fast, slow) in fast.iter().zip(&slow) {
            for point in &fast.points {
                let Some(exact) = slow.points.iter().find(|other| other.mhz == point.mhz) else { continue };
                assert!((point.km - exact.km).abs() < 1.5, "{point:?} {exact:?}");
            }
        }
    }
}

#[test]
fn the_truth_of_the_wide_world_keeps_the_relations_of_every_ionogram() {
    let mut seen = BTreeSet::new();
    let mut letters = BTreeSet::new();
    for (name, seed) in [("c4", 1), ("ips42", 2), ("linear", 3)] {
        let calibration = shipped_calibration(name).unwrap();
        let config = SimulateConfig {
            frames: 24,
            seed,
            scale: 0.12,
            level: Level::Typical,
            world: World::Wide,
            ..SimulateConfig::default()
        };
        let roll = Roll::new(&calibration, &config).unwrap();
        for index in 0..24 {
            let frame = roll.frame(index);
            let all = characteristics(&frame, roll.band_mhz());
            let value = |name| all.iter().find(|reading| reading.name == name && reading.qualifier.is_none())?.value;
            let ordered = |low, high, slack: f64| {
                let (low, high) = (value(low), value(high));
                assert!(low.zip(high).is_none_or(|(low, high)| low <= high + slack), "{name} {index}: {all:#?}");
            };
            ordered(Name::Fmin, Name::FoE, 0.0);
            ordered(Name::FoE, Name::FoF1, 0.0);
            ordered(Name::FoF1, Name::FoF2, 0.0);
            ordered(Name::FbEs, Name::FoEs, 1e-6);
            ordered(Name::HE, Name::HF, 0.0);
            ordered(Name::HF, Name::HF2, 1e-6);
            ordered(Name::FoF2, Name::FxF2, 0.0);
            ordered(Name::FxF2, Name::FxI, 1e-6);
            assert!(value(Name::FoF2).is_none_or(|fo| (fo - frame.sky.f2.1).abs() < 1e-9));
            for reading in &all {
                let values = [reading.value, reading.lower, reading.upper];
                assert!(values.into_iter().flatten().all(f64::is_finite), "{reading:?}");
                seen.extend(reading.value.map(|_| reading.name));
                letters.extend(reading.descriptor);
            }
        }
    }
    for name in [Name::FoF2, Name::HF, Name::FoE, Name::HE, Name::FoF1, Name::FoEs, Name::FbEs, Name::FxI] {
        assert!(seen.contains(&name), "no frame of them all shows {}", name.as_str());
    }
    assert!(['A', 'B', 'F', 'R'].iter().all(|letter| letters.contains(letter)), "{letters:?}");
}

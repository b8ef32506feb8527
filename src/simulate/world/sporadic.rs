//! Sporadic E of every type.

use super::profile::Hour;
use crate::simulate::random::Random;
use crate::simulate::sky::Sporadic;

/// An Es layer, in about half of the frames. `e` is the peak of the normal E layer: km and MHz.
pub(super) fn random_sporadic(e: (f64, f64), hour: Hour, sin2: f64, random: &mut Random) -> Option<Sporadic> {
    if !random.chance(0.55) {
        return None;
    }
    let kind = kind_of(hour, sin2, random);
    let km = match kind {
        'l' => random.between(85.0, e.0 - 2.0),
        'c' => e.0 + random.between(1.0, 8.0),
        'h' => e.0 + random.between(10.0, 28.0),
        'q' => random.between(95.0, 112.0),
        _ => random.between(88.0, 140.0),
    };
    let is_above = km > e.0;
    // Above the E layer it shows only where its frequency penetrates that.
    let least = if is_above { (e.1 + 0.3).max(1.0) } else { 1.0 };
    let fo_mhz = least * (15.0 / least).powf(random.share().powf(1.7));
    let share = match random.share() {
        share if share < 0.15 => random.between(0.05, 0.3),
        share if share < 0.35 => random.between(0.92, 0.995),
        _ => random.between(0.3, 0.95),
    };
    // Equatorial and auroral Es let pass nearly everything, slant Es much.
    let share = if matches!(kind, 'q' | 'a' | 's') { share * random.between(0.2, 0.9) } else { share };
    let holes = if random.chance(0.3) { [random.between(6.0, 40.0), random.share()] } else { [0.0; 2] };
    Some(Sporadic {
        fo_mhz,
        blanket_mhz: (fo_mhz * share).max(0.5),
        km,
        kind,
        fade_db: random.between(2.0, 26.0),
        x_db: random.between(-2.0, 14.0),
        half_km: if kind == 'r' { random.between(3.0, 16.0) } else { 0.0 },
        diffuse_km: match kind {
            'q' => random.between(8.0, 50.0),
            'a' => random.between(20.0, 140.0),
            _ if random.chance(0.12) => random.between(4.0, 25.0),
            _ => 0.0,
        },
        slant_km_mhz: if kind == 's' { random.between(12.0, 60.0) } else { 0.0 },
        holes,
    })
}

/// The letter of a type that the hour and the field allow (URSI Handbook, section 4.8).
fn kind_of(hour: Hour, sin2: f64, random: &mut Random) -> char {
    let is_equator = sin2 > 0.95;
    let is_auroral = sin2 < 0.15;
    let of_day: &[char] = match (is_equator, is_auroral) {
        (true, _) => &['q', 'q', 'q', 'l', 'c', 'h', 's'],
        (_, true) => &['l', 'c', 'h', 'l', 'c', 'h', 'r', 's'],
        _ => &['l', 'c', 'h', 'l', 'c', 'h', 'l', 'c', 'h', 's'],
    };
    let of_night: &[char] = match (is_equator, is_auroral) {
        (true, _) => &['f', 'f', 'f', 's'],
        (_, true) => &['f', 'f', 'r', 'a', 'r', 'a', 's'],
        _ => &['f', 'f', 'f', 'f', 'f', 'f', 'r', 'a', 's'],
    };
    let kinds = match hour {
        Hour::Day => of_day,
        Hour::Twilight if random.chance(0.6) => of_day,
        Hour::Twilight | Hour::Night => of_night,
    };
    kinds[random.index(kinds.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_occurs_and_keeps_its_side_of_the_e_layer() {
        let mut random = Random::new(9);
        let mut seen = std::collections::BTreeSet::new();
        for i in 0..3000 {
            let hour = [Hour::Day, Hour::Twilight, Hour::Night][i % 3];
            let e = (110.0, if hour == Hour::Night { 0.5 } else { 3.0 });
            let sin2 = random.share();
            let Some(es) = random_sporadic(e, hour, sin2, &mut random) else { continue };
            seen.insert(es.kind);
            assert!(es.blanket_mhz <= es.fo_mhz && es.fo_mhz <= 15.0 && (85.0..=140.0).contains(&es.km));
            match es.kind {
                'l' => assert!(es.km < e.0),
                'c' | 'h' => assert!(es.km > e.0 && es.fo_mhz > e.1),
                _ => {}
            }
        }
        assert_eq!(seen.into_iter().collect::<String>(), "acfhlqrs");
    }
}

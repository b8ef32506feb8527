//! Spread F, and oblique traces from tilts and travelling disturbances.

use crate::simulate::random::Random;
use crate::simulate::sky::{Satellite, Spread};

/// Spread F of any kind and strength, in a fifth of the frames: along range, along frequency, or both (URSI Handbook, section
/// 2.8).
pub(super) fn random_spread(random: &mut Random) -> Option<Spread> {
    if !random.chance(0.2) {
        return None;
    }
    let strength = random.share().powi(2);
    let [range, share] = match random.index(3) {
        0 => [1.0, 0.04],
        1 => [0.06, 1.0],
        _ => [random.between(0.2, 1.0), random.between(0.2, 1.0)],
    };
    let weak = random.between(0.15, 0.5);
    Some(Spread {
        range_km: range * (10.0 + 260.0 * strength),
        share: share * (0.01 + 0.22 * strength),
        copies: 12 + random.index(34),
        strength: [weak, weak + random.between(0.1, 0.5)],
    })
}

/// Second traces beside the main one, in a sixth of the frames: forks that part near the cusp, and shifted copies.
pub(super) fn random_satellites(random: &mut Random) -> Vec<Satellite> {
    if !random.chance(0.16) {
        return Vec::new();
    }
    (0..1 + random.index(3))
        .map(|_| {
            let is_fork = random.chance(0.4);
            Satellite {
                share: random.between(-0.12, 0.12),
                fork: if is_fork { random.between(2.0, 8.0) } else { random.between(0.0, 1.0) },
                range_km: if is_fork { random.between(0.0, 6.0) } else { random.between(8.0, 160.0) },
                strength: random.between(0.25, 0.75),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spread_comes_along_range_and_along_frequency() {
        let mut random = Random::new(2);
        let all: Vec<Spread> = (0..1000).filter_map(|_| random_spread(&mut random)).collect();
        assert!((130..280).contains(&all.len()));
        assert!(all.iter().any(|spread| spread.range_km > 150.0 && spread.share < 0.02));
        assert!(all.iter().any(|spread| spread.range_km < 20.0 && spread.share > 0.1));
        assert!(all.iter().all(|spread| spread.strength[1] <= 1.0 && spread.copies > 1));
    }
}
